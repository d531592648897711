package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// runsKinds knows the kind runs and the table that it refers to.
type runsKinds struct{}

func (runsKinds) Schema(kind string) (*Schema, string, bool) {
	return runsSchema(), "hardware_id", kind == "runs" || kind == "hardware"
}

func (runsKinds) Fault(_ string, f lca.Field, text string, _ float64) string {
	if f.Name == "phase" && text == "pause" {
		return "pause is no phase"
	}
	return ""
}

// exampleMethod takes examples in place of EXAMPLES.
const exampleMethod = `method: example
version: "1"
status: draft
date: "2025-01-01"
title: Examples
categories: [climate_change, primary_energy]
classes:
  row: quality
parameters:
  load: {value: 0.5, unit: "1", distribution: "uniform(0.4, 0.6)", class: modelled, source: made up}
ladders:
  boundary:
    steps:
      - {from: device, to: it, times: load}
kinds:
  runs:
    lookups:
      lost: {factor: losses, region: region}
    quantities:
      used:
        unit: kWh
        ladder: boundary
        tiers:
          - {yields: it, expr: energy, class: reported}
          - {yields: device, expr: device_hours * hardware.rated_power}
      share: {unit: "1", expr: device_hours / hardware.lifetime}
      unused: {unit: Wh, expr: energy * 2}
    impacts:
      - {name: electricity, perspective: service, stage: training, amount: used.it * lost, factor: electricity, region: region}
      - {name: embodied, perspective: service, stage: manufacturing, amount: share, factor: free, categories: [climate_change]}
      - {name: heat, perspective: service, stage: training, category: final_energy, when: metered, value: used.it}
    functional_units:
      - {name: run, unit: "1", count: count}
examples:
EXAMPLES
`

// tried runs a method's examples and gives its checks, one a line, and its problems.
func tried(t *testing.T, examples string) (checks, problems []string) {
	t.Helper()
	var probs diag.List
	pack := parsePack(t, strings.Replace(errorPack, "factor free per kg", "factor free per 1", 1))
	m := Load("m.yaml", []byte(strings.Replace(exampleMethod, "EXAMPLES", examples, 1)), &probs)
	Compile(m, runsSchema(), pack, nil, &probs)
	var trials []*Trial
	for i := range m.Examples {
		if trial := NewTrial(m, &m.Examples[i], runsKinds{}, pack, &probs); trial != nil {
			trials = append(trials, trial)
		}
	}
	if probs.Count(diag.Error) == 0 {
		for _, trial := range trials {
			for _, c := range trial.Run(&probs) {
				checks = append(checks, fmt.Sprintf("%t %s: %s, %s", c.OK, c.Name, c.Expected, c.Got))
			}
		}
	}
	for _, p := range probs.Problems() {
		problems = append(problems, p.Message)
	}
	return checks, problems
}

func TestExamplesRun(t *testing.T) {
	const grid = `
    factors:
      - {factor: losses, region: FRA, value: 110, unit: "%", class: defaulted}
      - {factor: losses, value: 1, unit: "1"}
      - {factor: electricity, category: climate_change, region: FRA, year: 2022, value: 50, unit: g CO2e/kWh}
      - {factor: electricity, category: climate_change, year: 2023, value: 20, unit: g CO2e/kWh}
`
	for _, c := range []struct{ name, example string }{
		{"a lookup, a factor by region and year, its class", `
    row: {energy: 2 MWh, region: FRA, year: 2022}` + grid + `
    expect: {used.it: 2000 kWh, electricity: {climate_change: 110 kg CO2e, primary_energy: missing}}
    class: {used.it: reported, electricity: defaulted}`},
		{"a value for all regions", `
    row: {energy: 2 MWh, region: DEU, year: 2023}` + grid + `
    expect: {electricity: {climate_change: 40 kg CO2e}}
    class: {electricity: reported}`},
		{"a year without a value", `
    row: {energy: 2 MWh, region: DEU, year: 2022}` + grid + `
    expect: {electricity: missing, used.it: 2 MWh}`},
		{"a lone day", `
    row: {energy: 2 MWh, region: DEU, started: 2023-07-01}` + grid + `
    expect: {electricity: {climate_change: 40 kg CO2e}}`},
		{"a ladder climbed, a table's attributes, tiers", `
    row: {device_hours: 3, hardware_id: gpu}
    tables: {hardware: [{hardware_id: other}, {hardware_id: gpu, rated_power: 0.7 kW, lifetime: 2 a}]}
    factors: [{factor: free, category: climate_change, value: 17520, unit: kg CO2e}]
    expect: {used.device: 2.1 kWh, used.it: 1.05 kWh, share: 1.7123287671232876e-4, embodied: 3 kg CO2e}
    tier: {used.it: 2}
    class: {used.it: modelled, used.device: measured}`},
		{"a rule that does not apply, and one that does", `
    row: {energy: 1, metered: false}
    expect: {heat: missing, used.device: 2 kWh}`},
		{"a condition without value", `
    row: {energy: 1, metered: }
    expect: {heat: missing}`},
		{"a value of one category", `
    row: {energy: 1, metered: true, count: 12}
    expect: {heat: 3.6 MJ, run: 12}`},
		{"a quantity that no impact needs", `
    row: {energy: 1}
    expect: {unused: 2000 Wh}`},
		{"a tolerance", `
    row: {energy: 1}
    expect: {unused: 2.02 kWh}
    within: 1 %`},
		{"values as they were rounded for print, in their own units", `
    row: {energy: 0.61728394505}
    expect: {unused: 1.2346 kWh, used.device: 1.23457e3 Wh, used.it: 0.62 kWh, electricity: missing}
    within: printed`},
		{"as many digits as a float has", `
    row: {energy: 0.1234567890123}
    expect: {unused: 0.2469135780246 kWh}
    within: printed`},
	} {
		t.Run(c.name, func(t *testing.T) {
			checks, problems := tried(t, "  - name: x\n    kind: runs"+c.example)
			for _, line := range checks {
				if !strings.HasPrefix(line, "true ") {
					t.Error(line)
				}
			}
			if len(problems) > 0 || len(checks) == 0 {
				t.Errorf("%d checks, problems %q", len(checks), problems)
			}
		})
	}
}

func TestExamplesThatDifferSayHow(t *testing.T) {
	for _, c := range []struct{ name, example, want string }{
		{"a value", "row: {energy: 1}, expect: {unused: 2.1 kWh}, within: 1 %", "expected 2.1 kWh of unused, got 2 kWh (4.8 % off; within 1 %)"},
		{"a tiny difference", "row: {energy: 1}, expect: {unused: 2000.00001 Wh}", "expected 2000.00001 Wh of unused, got 2000 Wh (5e-07 % off; expected exactly, to 1e-9)"},
		{"all digits, to be pasted", "row: {energy: 0.1234567890123}, expect: {unused: 200 Wh}, within: 0.0001", "expected 200 Wh of unused, got 246.9135780246 Wh (23.5 % off; within 0.01 %)"},
		{"a digit, as printed", "row: {energy: 0.61728394505}, expect: {unused: 1.2345 kWh}, within: printed", "expected 1.2345 kWh of unused, got 1.2345678901 kWh (0.0055 % off; expected to the last digit)"},
		{"a thousand times as much, as printed", "row: {energy: 1}, expect: {unused: 2.0 Wh}, within: printed", "expected 2.0 Wh of unused, got 2000 Wh (100000 % off; expected to the last digit)"},
		{"none where one is due", "row: {count: 1}, expect: {unused: 2 Wh}", "expected 2 Wh of unused, got missing: no value of energy"},
		{"one where none is due", "row: {energy: 1}, expect: {unused: missing}", "expected no value of unused, got 2000 Wh"},
		{"zero", "row: {energy: 1}, expect: {unused: 0 Wh}", "expected 0 Wh of unused, got 2000 Wh"},
		{"a rule that does not apply", "row: {energy: 1, metered: false}, expect: {heat: 1 kWh}", "expected 1 kWh of heat, got missing: the impact does not apply to the row: its when is not true"},
		{"no factor", "row: {energy: 1, region: FRA, year: 2022}, factors: [{factor: losses, value: 1, unit: \"1\"}], expect: {electricity: {climate_change: 1 kg CO2e}}",
			"expected 1 kg CO2e of electricity climate_change, got missing: the example has no electricity for climate_change (region FRA, year 2022)"},
		{"a class", "row: {energy: 1}, expect: {used.it: 1 kWh}, class: {used.it: measured}", "expected measured of used.it, got reported"},
		{"a tier", "row: {energy: 1}, expect: {used.it: 1 kWh}, tier: {used.it: 2}", "expected tier 2 of used.it, got tier 1"},
		{"an infinite value", "row: {energy: 1e308}, expect: {used.device: 1e308 kWh}", "expected 1e308 kWh of used.device, got +Inf"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, problems := tried(t, "  - {name: x, kind: runs, "+c.example+"}")
			if len(problems) != 1 || problems[0] != c.want {
				t.Errorf("got %q\nwant %q", problems, c.want)
			}
		})
	}
}

func TestHalfOfTheLastDigitIsThatOfTheNumberAsWritten(t *testing.T) {
	for number, want := range map[string]float64{"1.43": 0.005, "120": 0.5, "1.20": 0.005, "7e-9": 0.5e-9, "1.536243521642994e-5": 0.5e-20, "2.5E3": 50, "0": 0.5, "-0.1": 0.05} {
		if got := halfDigit(number); math.Abs(got-want) > 1e-12*want {
			t.Errorf("%s: got %g, want %g", number, got, want)
		}
	}
}

func TestADifferenceNamesTheToleranceThatItIsWithin(t *testing.T) {
	for _, c := range []struct {
		share float64
		want  string
	}{{0.0004, "0.05 %"}, {0.001, "0.1 %"}, {0.0011, "0.2 %"}, {1e-8, "1e-6 %"}, {0.06, "10 %"}, {0.11, ""}, {0, ""}, {math.Inf(1), ""}, {math.NaN(), ""}} {
		if c.want != "" {
			c.want = "a wider tolerance: within: " + c.want
		}
		if got := strings.Replace(wider(c.share), "e-06", "e-6", 1); got != c.want {
			t.Errorf("%v: got %q, want %q", c.share, got, c.want)
		}
	}
}

// What is missing is told by tiers and through quantities, down to what the file can supply.
func TestAMissingResultSaysWhatItLacks(t *testing.T) {
	for _, c := range []struct{ name, example, want string }{
		{"each tier's own", "row: {count: 1}, expect: {used.it: 1 kWh}", "no tier has a value: tier 1: energy; tier 2: device_hours, hardware.rated_power (the row has no hardware_id)"},
		{"a table without the row", "row: {device_hours: 1, hardware_id: gpu}, expect: {used.it: 1 kWh}", "no tier has a value: tier 1: energy; tier 2: hardware.rated_power (hardware has no row gpu)"},
		{"a table's row without the value", "row: {device_hours: 1, hardware_id: gpu}, tables: {hardware: [{hardware_id: gpu}]}, expect: {share: 1}", "no value of hardware.lifetime of gpu"},
		{"a quantity and a lookup of an amount", "row: {region: FRA, year: 2022, device_hours: 1}, expect: {electricity: {climate_change: 1 kg CO2e}}",
			"no value of used.it (tier 1: energy; tier 2: hardware.rated_power (the row has no hardware_id)), lost (no losses for region FRA)"},
		{"a lookup's key", "row: {energy: 1, year: 2022}, expect: {electricity: {climate_change: 1 kg CO2e}}", "no value of lost (the row has no region)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, problems := tried(t, "  - {name: x, kind: runs, "+c.example+"}")
			if len(problems) != 1 || !strings.HasSuffix(problems[0], "got missing: "+c.want) {
				t.Errorf("got %q\nwant %q", problems, c.want)
			}
		})
	}
}

func TestWrongExamplesAreRefused(t *testing.T) {
	for _, c := range []struct{ name, example, want string }{
		{"no rung", "row: {}, expect: {used: 1}", "used is known at several boundaries: say at which it is expected"},
		{"an unknown rung", "row: {}, expect: {used.node: 1}", `"node" is no rung of boundary`},
		{"a rung of what has none", "row: {}, expect: {share.it: 1}", "share stands on no ladder: it is named alone"},
		{"one value of several categories", "row: {}, expect: {electricity: 1}", "the impact electricity gives several categories: expect a value of each"},
		{"a fault of the kind", "row: {phase: pause}, expect: {share: 1}", "pause is no phase"},
		{"no truth", "row: {metered: yes}, expect: {share: 1}", `metered is true or false, not "yes"`},
		{"a hexadecimal number", "row: {energy: 0x1p3}, expect: {share: 1}", `energy: "0x1p3" is no number with or without a unit, such as 1287 or 1287 MWh`},
		{"a number with separators", `row: {energy: "1,287"}, expect: {share: 1}`, `energy: "1,287" is no number with or without a unit, such as 1287 or 1287 MWh`},
		{"a hostile unit", "row: {energy: 1 " + strings.Repeat("k", 300) + "}, expect: {share: 1}", ""},
		{"a number that a unit makes infinite", "row: {energy: 1e308 GWh}, expect: {share: 1}", "energy: the number 1e308 GWh is out of range in kWh"},
		{"two values for one key", "row: {}, factors: [{factor: losses, value: 1, unit: \"1\"}, {factor: losses, value: 2, unit: \"1\"}], expect: {share: 1}", "the example has two values of losses for one key"},
		{"a burden without category", "row: {}, factors: [{factor: electricity, value: 1, unit: kg CO2e/kWh}], expect: {share: 1}", "electricity is due in 1, not in kg CO2e/kWh"},
		{"a list of classes", "row: {}, expect: {share: 1}, class: [measured]", "expected a map by quantity, impact or functional unit, found a list"},
		{"a tier that is no number", "row: {}, expect: {share: 1}, tier: {share: first}", "share has the tiers 1 to 1"},
		{"a value without its unit", "row: {energy: 1}, expect: {unused: 2000}", "unused is expected with its unit: 2000 alone could be of any"},
		{"nothing", "row: {}, expect: ", "an example expects something: a map of values by quantity, impact or functional unit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, problems := tried(t, "  - {name: x, kind: runs, "+c.example+"}")
			if len(problems) != 1 || c.want != "" && problems[0] != c.want {
				t.Errorf("got %q\nwant %q", problems, c.want)
			}
		})
	}
}

func TestTheNumberOfExamplesIsBounded(t *testing.T) {
	var b strings.Builder
	for i := range maxExamples + 1 {
		fmt.Fprintf(&b, "  - {name: e%d, kind: runs, row: {energy: 1}, expect: {unused: 2000 Wh}}\n", i)
	}
	all := b.String()
	if _, problems := tried(t, all); !slices.Equal(problems, []string{"a method has at most 1000 examples, not 1001"}) {
		t.Errorf("%q", problems)
	}
	checks, problems := tried(t, all[strings.Index(all, "\n")+1:])
	if len(checks) != maxExamples || len(problems) > 0 {
		t.Errorf("%d checks, problems %q", len(checks), problems)
	}
}

// Whatever stands in a method's examples ends in checks or in problems at their places.
func FuzzExamples(f *testing.F) {
	for _, seed := range []string{
		"  - {name: x, kind: runs, row: {energy: 1 MWh, year: 2022}, expect: {used.it: 1 kWh, unused: missing}, within: 1 %}",
		"  - {name: x, kind: runs, row: {device_hours: 3, hardware_id: gpu, started: 2023-07-01}, tables: {hardware: [{hardware_id: gpu, rated_power: 1e308}]}, expect: {used.device: 1 kWh}, tier: {used.it: 2}}",
		"  - {name: x, kind: runs, row: {region: FRA, energy: -0}, factors: [{factor: electricity, category: climate_change, year: -5, value: 0, unit: g CO2e/kWh}, {factor: losses, value: 1e308, unit: \"%\"}], expect: {electricity: {climate_change: 1 kg CO2e}}, class: {electricity: measured}}",
		"  - {name: x, kind: hardware, row: , tables: [], expect: {run: }}\n  - []\n  - {name: , row: {}, expect: {}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, examples string) {
		var probs diag.List
		pack := parsePack(t, strings.Replace(errorPack, "factor free per kg", "factor free per 1", 1))
		m := Load("m.yaml", []byte(strings.Replace(exampleMethod, "EXAMPLES", examples, 1)), &probs)
		if m == nil {
			return
		}
		Compile(m, runsSchema(), pack, nil, &probs)
		var trials []*Trial
		for i := range m.Examples {
			if trial := NewTrial(m, &m.Examples[i], runsKinds{}, pack, &probs); trial != nil {
				trials = append(trials, trial)
			}
		}
		if probs.Count(diag.Error) > 0 {
			return
		}
		for _, trial := range trials {
			for _, c := range trial.Run(&probs) {
				if c.OK && c.Expected != "missing" && c.Got == "missing" {
					t.Errorf("%+v", c)
				}
			}
		}
		for _, p := range probs.Problems() {
			if p.Place.Line == 0 {
				t.Errorf("a problem without place: %s", p)
			}
		}
	})
}

// However many quantities and tiers stand between a result and what it lacks, the text is short and soon written.
func TestWhatIsLackingIsBounded(t *testing.T) {
	var quantities strings.Builder
	for i := range 200 {
		before := "energy"
		if i > 0 {
			before = fmt.Sprintf("q%d", i-1)
		}
		if fmt.Fprintf(&quantities, "      q%d: {unit: kWh, ", i); i%2 == 0 {
			fmt.Fprintf(&quantities, "expr: %s + %s}\n", before, before)
		} else {
			fmt.Fprintf(&quantities, "tiers: [{expr: %s + energy}, {when: metered, expr: %s}, {expr: (%s ?? energy) + (%s ?? energy)}]}\n", before, before, before, before)
		}
	}
	text := strings.Replace(exampleMethod, "      used:\n", quantities.String()+"      used:\n", 1)
	var probs diag.List
	pack := parsePack(t, strings.Replace(errorPack, "factor free per kg", "factor free per 1", 1))
	m := Load("m.yaml", []byte(strings.Replace(text, "EXAMPLES", "  - {name: x, kind: runs, row: {count: 1}, expect: {q199: 1 kWh}}", 1)), &probs)
	trial := NewTrial(m, &m.Examples[0], runsKinds{}, pack, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	trial.Run(&probs)
	if got := probs.Problems(); len(got) != 1 || !strings.Contains(got[0].Message, "no tier has a value: tier 1: q197 (tier 1: ") || len(got[0].Message) > 2000 {
		t.Errorf("%v", got)
	}
}
