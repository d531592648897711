package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// soundMethod has no problem. A formula under test takes the place of FORMULA, in line 31 from column 33 on.
const soundMethod = `method: example
version: "1"
status: draft
date: "2025-01-01"
title: Sound
categories: [climate_change]
classes:
  row: quality
  basis:
    energy_basis: {of: [energy], words: {metered: measured}}
parameters:
  load: {value: 0.5, unit: "1", distribution: "uniform(0.4, 0.6)", source: made up}
  limit: {value: 5, unit: kWh, distribution: fixed, source: made up}
factors:
  electricity: {fallbacks: [{nearest_year: 3}]}
ladders:
  boundary:
    steps:
      - {from: device, to: node, times: load}
      - {from: node, to: it, times: load}
kinds:
  runs:
    lookups:
      losses: {factor: losses, region: region}
    quantities:
      used:
        unit: kWh
        ladder: boundary
        tiers:
          - {yields: node, expr: energy}
      tested: {unit: kWh, expr: FORMULA}
    impacts:
      - {name: use, perspective: service, stage: training, amount: tested, factor: electricity, region: region}
      - {name: heat, perspective: service, stage: training, category: final_energy, value: used.it}
    functional_units:
      - {name: run, unit: "1", count: count, class: [phase]}
`

const errorPack = `
factor losses per 1 value 1 by region
factor electricity per kWh value 1 by region year
factor pue per 1 value 1 by technology
factor free per kg value 1
`

// runsSchema is a kind with a column of each type.
func runsSchema() *Schema {
	number := func(name, unit string) lca.Field { return lca.Field{Name: name, Type: lca.Number, Unit: unit} }
	text := func(name string) lca.Field { return lca.Field{Name: name, Type: lca.Text} }
	hardware := []lca.Field{text("hardware_id"), number("rated_power", "W"), number("lifetime", "a")}
	table := &column.Table{Names: []string{"hardware_id", "rated_power", "lifetime"},
		Data: []column.Column{{Type: column.String, Dict: &column.Dict{}}, {}, {}}}
	ref, err := vector.NewReference("hardware", table, "hardware_id")
	if err != nil {
		panic(err)
	}
	return &Schema{Kind: "runs", From: "started", Year: "year",
		Fields: []lca.Field{number("energy", "kWh"), number("device_hours", "h"), number("power", "W"), number("mass", "kg"), number("count", "1"),
			text("region"), text("phase"), text("hardware_id"), text("quality"), text("energy_basis"),
			{Name: "started", Type: lca.Date}, {Name: "metered", Type: lca.Boolean}, {Name: "year", Type: lca.Integer}},
		References: []*Reference{{Name: "hardware", Key: "hardware_id", Fields: hardware, Table: ref}}}
}

// problemsOf loads and compiles a method and returns the first line of each problem.
func problemsOf(t *testing.T, method string) []string {
	t.Helper()
	var probs diag.List
	if m := Load("m.yaml", []byte(method), &probs); m != nil {
		Compile(m, runsSchema(), parsePack(t, errorPack), nil, &probs)
	}
	var out []string
	for _, p := range probs.Problems() {
		line, _, _ := strings.Cut(p.String(), "\n")
		out = append(out, line)
	}
	return out
}

func TestTheSoundMethodHasNoProblem(t *testing.T) {
	if got := problemsOf(t, strings.Replace(soundMethod, "FORMULA", "energy", 1)); got != nil {
		t.Fatalf("problems:\n%s", strings.Join(got, "\n"))
	}
}

// The place is that of the very character: the formula stands in a block of line 34 that begins in column 11.
func TestWrongFormulasAreRefusedAtTheirPlace(t *testing.T) {
	sum := func(n int) string { return strings.Repeat("energy + ", n-1) + "energy" }
	for _, c := range []struct{ formula, want string }{
		// Names.
		{`device_hour * power`, `m.yaml:34:11: unknown name "device_hour": it is no column of runs, parameter, lookup or quantity [unknown-name]`},
		{`energy + enrgy`, `m.yaml:34:20: unknown name "enrgy": it is no column of runs, parameter, lookup or quantity [unknown-name]`},
		{`hardware.rated_powr * device_hours`, `m.yaml:34:11: hardware has no column "rated_powr" [unknown-name]`},
		{`hard.rated_power * device_hours`, `m.yaml:34:11: "hard" is no table that runs refers to and no quantity on a ladder [unknown-name]`},
		{`energy.node`, `m.yaml:34:11: "energy" is no table that runs refers to and no quantity on a ladder [unknown-name]`},
		{`used`, `m.yaml:34:11: used is known at several boundaries: say at which it is read [bad-value]`},
		{`used.facility`, `m.yaml:34:11: facility is no rung of boundary [unknown-name]`},
		{`exp(count) * energy`, `m.yaml:34:11: the function exp is not part of the rules language [unknown-name]`},
		{`hardware`, `m.yaml:34:11: unknown name "hardware": it is no column of runs, parameter, lookup or quantity [unknown-name]`},
		// Units.
		{`energy + mass`, `m.yaml:34:18: + needs values of one dimension: kWh is energy, kg is mass [unit-mismatch]`},
		{`energy + 5`, `m.yaml:34:18: + needs values of one dimension: kWh is energy, 1 is dimensionless [unit-mismatch]`},
		{`device_hours`, `m.yaml:34:11: the quantity tested is due in kWh, but its formula yields h [unit-mismatch]`},
		{`energy * energy`, `m.yaml:34:11: the quantity tested is due in kWh, but its formula yields kWh2 [unit-mismatch]`},
		{`min(energy, mass)`, `m.yaml:34:23: min needs values of one dimension: kWh is energy, kg is mass [unit-mismatch]`},
		{`energy ?? mass`, `m.yaml:34:18: ?? needs values of one dimension: kWh is energy, kg is mass [unit-mismatch]`},
		{`metered ? energy : mass`, `m.yaml:34:30: ?: needs values of one dimension: kWh is energy, kg is mass [unit-mismatch]`},
		{`energy > mass ? energy : energy`, `m.yaml:34:18: > needs values of one dimension: kWh is energy, kg is mass [unit-mismatch]`},
		{`ceil(energy)`, `m.yaml:34:16: ceil needs values of one dimension: 1 is dimensionless, kWh is energy [unit-mismatch]`},
		{`q(5, "kWH")`, `m.yaml:34:16: unit "kWH": unknown unit kWH; did you mean kWh? [bad-unit]`},
		{`q(count, "kWh")`, `m.yaml:34:11: q takes a constant number and a unit [bad-value]`},
		{`q(-5, "kWh")`, `m.yaml:34:11: q takes a constant number and a unit [bad-value]`},
		{`q(q(5, "h"), "kWh")`, `m.yaml:34:11: q takes a constant number and a unit [bad-value]`},
		{`q(5)`, `m.yaml:34:11: q takes a constant number and a unit [bad-value]`},
		// Types.
		{`region`, `m.yaml:34:11: the quantity tested must be a number, not a string [bad-type]`},
		{`region + phase`, `m.yaml:34:18: + takes numbers, not a string [bad-type]`},
		{`"a" + "b"`, `m.yaml:34:15: + takes numbers, not a string [bad-type]`},
		{`energy * metered`, `m.yaml:34:18: * takes numbers, not a boolean [bad-type]`},
		{`-metered * energy`, `m.yaml:34:11: - takes numbers, not a boolean [bad-type]`},
		{`started - started`, `m.yaml:34:19: - takes no dates [bad-type]`},
		{`started`, `m.yaml:34:11: the quantity tested must be a number, not a date [bad-type]`},
		{`started > 5 ? energy : energy`, `m.yaml:34:19: > takes no dates [bad-type]`},
		{`region == 5 ? energy : energy`, `m.yaml:34:18: a string is never equal to a number [bad-type]`},
		{`not energy ? energy : energy`, `m.yaml:34:11: not takes true or false, not a number [bad-type]`},
		{`energy and metered ? energy : energy`, `m.yaml:34:18: and takes true or false, not a number and a boolean [bad-type]`},
		{`energy ? energy : energy`, `m.yaml:34:11: a condition must be true or false, not a number [bad-type]`},
		{`metered ? energy : region`, `m.yaml:34:35: both branches must be of one type, not a number and a string [bad-type]`},
		{`energy ?? region`, `m.yaml:34:18: both sides of ?? must be of one type, not a number and a string [bad-type]`},
		{`region in [5] ? energy : energy`, `m.yaml:34:18: in takes a text and a list of constant texts [bad-type]`},
		{`region in phase ? energy : energy`, `m.yaml:34:18: in takes a text and a list of constant texts [bad-type]`},
		{`energy in ["a"] ? energy : energy`, `m.yaml:34:18: in takes a text and a list of constant texts [bad-type]`},
		{`max(energy, region)`, `m.yaml:34:23: max takes numbers, not a string [bad-type]`},
		{`max(energy)`, `m.yaml:34:11: max takes 2 numbers, not 1 [bad-value]`},
		{`sqrt(count, count) * energy`, `m.yaml:34:11: sqrt takes 1 numbers, not 2 [bad-value]`},
		// Constructs that have no column kernel.
		{`nil`, `m.yaml:34:11: nil stands only beside == or != [refused-construct]`},
		{`energy + nil`, `m.yaml:34:20: nil stands only beside == or != [refused-construct]`},
		{`nil == nil ? energy : energy`, `m.yaml:34:11: nil stands only beside == or != [refused-construct]`},
		{`let x = energy; x`, `m.yaml:34:15: this construct is not part of the rules language [refused-construct]`},
		{`energy; energy`, `m.yaml:34:11: this construct is not part of the rules language [refused-construct]`},
		{`count % 2 * energy`, `m.yaml:34:17: the operator % is not part of the rules language [refused-construct]`},
		{`region matches "^F" ? energy : energy`, `m.yaml:34:18: the operator matches is not part of the rules language [refused-construct]`},
		{`region contains "F" ? energy : energy`, `m.yaml:34:18: the operator contains is not part of the rules language [refused-construct]`},
		{`region startsWith "F" ? energy : energy`, `m.yaml:34:18: the operator startsWith is not part of the rules language [refused-construct]`},
		{`count .. 5`, `m.yaml:34:17: the operator .. is not part of the rules language [refused-construct]`},
		{`energy ** 0.5`, `m.yaml:34:18: an exponent must be a whole number from 1 to 9 [refused-construct]`},
		{`energy ** count`, `m.yaml:34:18: an exponent must be a whole number from 1 to 9 [refused-construct]`},
		{`count ^ q(200, "%") * energy`, `m.yaml:34:17: an exponent must be a whole number from 1 to 9 [refused-construct]`},
		{`all([1, 2], # > 0) ? energy : energy`, `m.yaml:34:11: the function all is not part of the rules language [unknown-name]`},
		{`map(1..9, {# * 2})`, `m.yaml:34:11: the function map is not part of the rules language [unknown-name]`},
		{`[energy][0]`, `m.yaml:34:19: only name.name is accepted here [refused-construct]`},
		{`{a: 1}.a * energy`, `m.yaml:34:18: only name.name is accepted here [refused-construct]`},
		{`hardware?.rated_power * device_hours`, `m.yaml:34:21: this construct is not part of the rules language [refused-construct]`},
		{`now().Year() * energy`, `m.yaml:34:17: this construct is not part of the rules language [refused-construct]`},
		{`len(region) * energy`, `m.yaml:34:11: the function len is not part of the rules language [unknown-name]`},
		{`region[0:1]`, `m.yaml:34:17: this construct is not part of the rules language [refused-construct]`},
		{`if metered { energy } else { energy }`, `m.yaml:34:14: not readable as a formula: unexpected token Identifier("metered") [syntax]`},
		// Not readable.
		{`energy +`, `m.yaml:34:18: not readable as a formula: unexpected token EOF [syntax]`},
		{`energy * (device_hours`, `m.yaml:34:32: not readable as a formula: unexpected token EOF [syntax]`},
		{`energy energy`, `m.yaml:34:18: not readable as a formula: unexpected token Identifier("energy") [syntax]`},
		{`energy = 5`, `m.yaml:34:18: not readable as a formula: unexpected token Operator("=") [syntax]`},
		{`energy $ 5`, `m.yaml:34:18: not readable as a formula: unexpected token Identifier("$") [syntax]`},
		{`1e999 * energy`, `m.yaml:34:17: not readable as a formula: invalid float literal: strconv.ParseFloat: parsing "1e999": value out of range [syntax]`},
		// Sizes.
		{sum(70), `m.yaml:34:45: the formula is too large: at most 1000 parts, nested at most 64 deep [too-large]`},
		{"(" + strings.Repeat("energy + ", 600) + "energy)", `m.yaml:34:4519: the formula is too large: at most 1000 parts, nested at most 64 deep [too-large]`},
		{"energy" + strings.Repeat(" ", 16<<10) + "+ energy", `m.yaml:33:15: the formula has 16398 bytes; at most 16384 are read [too-large]`},
		{`((((count ** 9) ** 9) ** 9) ** 9) ** 9 * energy`, `m.yaml:34:33: the formula is too large: at most 1000 parts, nested at most 64 deep [too-large]`},
		{strings.Repeat("not ", 400) + "metered ? energy : energy", `m.yaml:34:267: the formula is too large: at most 1000 parts, nested at most 64 deep [too-large]`},
	} {
		formula := c.formula
		if len(formula) > 60 {
			formula = formula[:60] + "..."
		}
		t.Run(formula, func(t *testing.T) {
			got := problemsOf(t, strings.Replace(soundMethod, "{unit: kWh, expr: FORMULA}", "\n        unit: kWh\n        expr: |\n          "+c.formula, 1))
			if len(got) == 0 {
				t.Fatal("no problem")
			}
			if got[0] != c.want {
				t.Errorf("got  %s\nwant %s", got[0], c.want)
			}
			if len(got) > 1 {
				t.Errorf("%d problems of one fault:\n%s", len(got), strings.Join(got, "\n"))
			}
		})
	}
}

// A block's second line and a flow map's plain text have places as exact.
func TestPlacesInFlowMapsAndBlocks(t *testing.T) {
	for _, c := range []struct{ formula, want string }{
		{"device_hours * (power + pwer)", `m.yaml:31:57: unknown name "pwer"`},
		{"'device_hours * (power + pwer)'", `m.yaml:31:33: unknown name "pwer"`}, // of a quoted text its beginning: quotes may be folded
	} {
		got := problemsOf(t, strings.Replace(soundMethod, "FORMULA", c.formula, 1))
		if len(got) != 1 || !strings.HasPrefix(got[0], c.want) {
			t.Errorf("%s: got %q, want %q", c.formula, got, c.want)
		}
	}
	block := "\n        unit: kWh\n        expr: |\n          metered\n            ? energy\n            : mass + pwer"
	got := problemsOf(t, strings.Replace(soundMethod, " {unit: kWh, expr: FORMULA}", block, 1))
	if len(got) != 1 || !strings.HasPrefix(got[0], `m.yaml:36:22: unknown name "pwer"`) {
		t.Errorf("in the block's third line: %q", got)
	}
}

func TestProblemsNameWhatWasMeant(t *testing.T) {
	var probs diag.List
	m := Load("m.yaml", []byte(strings.Replace(soundMethod, "FORMULA", "device_hour * power", 1)), &probs)
	Compile(m, runsSchema(), parsePack(t, errorPack), nil, &probs)
	want := `m.yaml:31:33: unknown name "device_hour": it is no column of runs, parameter, lookup or quantity [unknown-name]
 |       tested: {unit: kWh, expr: device_hour * power}
 |                                 ^ did you mean device_hours?`
	if got := fmt.Sprint(probs.Problems()[0]); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
