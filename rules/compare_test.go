package rules

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// loaded loads a method for a comparison: its form must be sound, but it need not compile.
func loaded(t *testing.T, file, text string) *Method {
	t.Helper()
	var probs diag.List
	m := Load(file, []byte(text), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return m
}

const earlier = `method: m
version: "1"
status: draft
date: "2025-01-01"
title: A method
categories: [climate_change, primary_energy]
parameters:
  load: {value: 0.80, unit: "1", distribution: fixed, source: a paper}
  spare: {value: 2, unit: kWh, distribution: fixed, source: a paper}
  old: {value: 3, unit: h, distribution: fixed, source: another}
factors:
  electricity: {select: {margin: average}, fallbacks: [{nearest_year: 5}, {world: true}]}
common:
  quantities:
    used:
      unit: kWh
      tiers:
        - {expr: energy, class: reported}
        - {expr: device_hours * power}
        - {expr: spare}
    shared: {unit: h, expr: device_hours}
choices:
  boundary: {default: all, options: {all: {doc: everything}, use: {doc: electricity alone}}}
kinds:
  training_runs:
    impacts:
      - {name: electricity, perspective: service, stage: training, amount: used, factor: electricity}
      - {name: gone, perspective: service, stage: training, category: final_energy, value: used}
  deployments:
    impacts:
      - {name: electricity, perspective: service, stage: inference, amount: used, factor: electricity}
cut_offs: [{name: buildings, reason: none are known}]
`

// TestAComparisonNamesWhatWasAddedRemovedAndChanged lists for each change of the file what is said of it: section, kind, name, what, whether words alone
// differ, and the fields.
func TestAComparisonNamesWhatWasAddedRemovedAndChanged(t *testing.T) {
	for _, c := range []struct{ name, was, now, want string }{
		{"nothing", "", "", ""},
		{"how a number is written", "value: 0.80", "value: 0.8", ""},
		{"layout and the order of keys", `{value: 2, unit: kWh, distribution: fixed, source: a paper}`, "\n    source: a paper\n    unit: kWh\n    distribution: fixed\n    value: 2", ""},
		{"blanks in a formula", "device_hours * power", "device_hours  *  power", ""},
		{"a default that is written out", "amount: used, factor: electricity}\n      - {name: gone", "amount: used, factor: electricity, share_of: total, accounting: [market, location], categories: [primary_energy, climate_change]}\n      - {name: gone", ""},
		{"one formula or one tier", "shared: {unit: h, expr: device_hours}", "shared: {unit: h, tiers: [{expr: device_hours}]}", ""},
		{"a value", "value: 0.80", "value: 0.9", "changed parameters load [value: 0.80 → 0.9]"},
		{"a source", "source: another", "source: one more", "changed (words) parameters old [source: another → one more]"},
		{"a title", "title: A method", "title: Another", "changed (words) method title [: A method → Another]"},
		{"the categories", "[climate_change, primary_energy]", "[climate_change]", "changed method categories [: [climate_change, primary_energy] → [climate_change]]"},
		{"the order of categories", "[climate_change, primary_energy]", "[primary_energy, climate_change]", ""},
		{"a parameter less", "  old: {value: 3, unit: h, distribution: fixed, source: another}\n", "", "removed parameters old [value: 3 → unit: h → distribution: fixed → source: another → ]"},
		{"another name", "  old: {", "  new: {", "renamed parameters new [name: old → new]"},
		{"another fallback ahead", "[{nearest_year: 5}", "[{parent_region: true}, {nearest_year: 5}", "changed factors electricity [fallback:  → 1. parent_region: true]"},
		{"a tier's formula", "{expr: device_hours * power}", "{expr: device_hours * power * load}", "changed quantities common used [tier: 2. device_hours * power → 2. device_hours * power * load]"},
		{"a tier that comes first now", "        - {expr: energy, class: reported}\n        - {expr: device_hours * power}\n", "        - {expr: device_hours * power}\n        - {expr: energy, class: reported}\n",
			"changed quantities common used [tier: 1. energy; class: reported → 2. energy; class: reported]"},
		{"a tier less", "        - {expr: energy, class: reported}\n", "", "changed quantities common used [tier: 1. energy; class: reported → ]"},
		{"a quantity that one kind has alone now", "    shared: {unit: h, expr: device_hours}\nchoices:\n  boundary: {default: all, options: {all: {doc: everything}, use: {doc: electricity alone}}}\nkinds:\n  training_runs:\n",
			"choices:\n  boundary: {default: all, options: {all: {doc: everything}, use: {doc: electricity alone}}}\nkinds:\n  training_runs:\n    quantities: {shared: {unit: h, expr: device_hours}}\n",
			"changed quantities training_runs shared [kind: common → training_runs]"},
		{"an impact of one kind", "stage: inference, amount: used,", "stage: inference, amount: used * load,", "changed impacts deployments electricity [amount: used → used * load]"},
		{"a credit", "category: final_energy, value: used}", "category: final_energy, value: used, share_of: credit}", "changed impacts training_runs gone [share_of: total → credit]"},
		{"the default of a choice", "default: all", "default: use", "changed choices boundary [default: all → use]"},
		{"what is said of an option", "{doc: everything}", "{doc: all of it}",
			"changed (words) choices boundary [options: {all: {doc: everything}; use: {doc: electricity alone}} → {all: {doc: all of it}; use: {doc: electricity alone}}]"},
		{"another option", "use: {doc: electricity alone}}", "use: {doc: electricity alone}, die: {}}",
			"changed choices boundary [options: {all: {doc: everything}; use: {doc: electricity alone}} → {all: {doc: everything}; use: {doc: electricity alone}; die: {}}]"},
		{"a goal and a predecessor", "title: A method", "title: A method\ngoal: to know\nrevises: m@0\nmeets: [{how: so, requirement: allocation}]",
			"added (words) method goal [: → to know]\nadded (words) method revises [: → m@0]\nadded (words) meets allocation [how: → so]"},
		{"what is cut off, in words", "reason: none are known", "reason: nobody counts them", "changed (words) cut_offs buildings [reason: none are known → nobody counts them]"},
		{"an estimate of it", "reason: none are known}", "reason: none are known, estimate: {stage: manufacturing, category: climate_change, share: 0.2, source: a paper}}",
			"changed cut_offs buildings [estimate:  → {stage: manufacturing; category: climate_change; share: 0.2; source: a paper}]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.want = blankLines(c.want)
			if strings.Count(earlier, c.was) != 1 && c.was != "" {
				t.Fatalf("%q does not stand once in the method", c.was)
			}
			got := Compare(loaded(t, "was.yaml", earlier), loaded(t, "now.yaml", strings.Replace(earlier, c.was, c.now, 1)))
			if told := tell(got); told != c.want {
				t.Errorf("told is\n%s\nwant\n%s", told, c.want)
			}
			if (c.want != "" && !strings.Contains(c.want, "(words)")) != got.Differs() {
				t.Errorf("Differs is %v", got.Differs())
			}
			back := Compare(loaded(t, "now.yaml", strings.Replace(earlier, c.was, c.now, 1)), loaded(t, "was.yaml", earlier))
			if len(back.Changes) != len(got.Changes) {
				t.Errorf("the other way round there are %d changes, not %d", len(back.Changes), len(got.Changes))
			}
		})
	}
}

// tell writes a comparison in one line for each change.
func tell(c *Comparison) string {
	var out []string
	for _, x := range c.Changes {
		var fields []string
		for _, f := range x.Fields {
			fields = append(fields, f.Field+": "+f.Was+" → "+f.Now)
		}
		words := ""
		if x.Words {
			words = "(words)"
		}
		out = append(out, strings.Join(strings.Fields(fmt.Sprint(x.What, " ", words, " ", x.Section, " ", x.Kind, " ", x.Name, " ", fields)), " "))
	}
	return strings.Join(out, "\n")
}

// blankLines leaves one blank between the words of each line.
func blankLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.Join(strings.Fields(lines[i]), " ")
	}
	return strings.Join(lines, "\n")
}

func TestAChangeSaysWhereItStandsInBothFiles(t *testing.T) {
	now := strings.Replace(strings.Replace(earlier, "title: A method\n", "title: A method\ndoc: Of two lines,\n", 1), "device_hours * power", "device_hours * power * load", 1)
	for _, x := range Compare(loaded(t, "was.yaml", earlier), loaded(t, "now.yaml", now)).Changes {
		if x.Name != "used" {
			continue
		}
		f := x.Fields[0]
		if x.Was != "was.yaml:15:5" || x.Now != "now.yaml:16:5" || f.WasPlace != "was.yaml:19:11" || f.NowPlace != "now.yaml:20:11" {
			t.Errorf("it stands at %s and %s, the tier at %s and %s", x.Was, x.Now, f.WasPlace, f.NowPlace)
		}
		return
	}
	t.Error("the quantity is not told")
}

// TestNoChangeOfAMethodIsMissed changes every single value of a file in turn: each must be told, once, and nothing else.
func TestNoChangeOfAMethodIsMissed(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of methods on one goroutine")
	}
	var probs diag.List
	was, now := Embedded("observatory@1.1.0", &probs), Embedded("observatory@1.1.0", &probs)
	values := 0
	for _, f := range now.root.Fields {
		if f.Key == "method" || f.Key == "version" || f.Key == "status" || f.Key == "date" {
			continue // what a method is called by, see Revision
		}
		eachValue(f.Value, func(n *document.Node) {
			values++
			text := n.Text
			n.Text += " else"
			got := Compare(was, now)
			n.Text = text
			if len(got.Changes) != 1 || len(got.Changes[0].Fields) != 1 {
				t.Errorf("%s: of %.40q that became another %d changes are told: %.200s", n.Place, text, len(got.Changes), tell(got))
			}
		})
	}
	if values < 500 {
		t.Errorf("only %d values were changed", values)
	}
}

// eachValue visits the values of a node that are no name of a thing in a list.
func eachValue(n *document.Node, visit func(*document.Node)) {
	if n.Kind == document.Scalar {
		visit(n)
	}
	for _, item := range n.Items {
		eachValue(item, visit)
	}
	for _, f := range n.Fields {
		if f.Key != "name" {
			eachValue(f.Value, visit)
		}
	}
}

func TestAComparisonIsTheSameEachTime(t *testing.T) {
	var probs diag.List
	var first string
	for i := range 5 {
		text, err := json.Marshal(Compare(Embedded("observatory@1.0.0", &probs), Embedded("observatory@1.1.0", &probs)))
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = string(text)
		}
		if string(text) != first || strings.Contains(string(text), "null") {
			t.Fatalf("the comparison differs from run to run, or has a null: %s", text)
		}
	}
}

func TestMethodsWithNothingInCommonAreCompared(t *testing.T) {
	var probs diag.List
	c := Compare(Embedded("boavizta-gpu@2.4", &probs), Embedded("observatory@1.0.0", &probs))
	added, removed := 0, 0
	for _, x := range c.Changes {
		switch x.What {
		case Added:
			added++
		case Removed:
			removed++
		}
	}
	if added < 30 || removed < 10 {
		t.Errorf("%d added, %d removed of %d", added, removed, len(c.Changes))
	}
}

func TestLongTextsAreShownFromWhereTheyDiffer(t *testing.T) {
	long := func(n int) string { return strings.TrimSpace(strings.Repeat("some words that are the same ", n)) }
	for _, c := range []struct{ name, was, now, wantWas, wantNow string }{
		{"short ones are shown whole", "a b c", "a b d", "a b c", "a b d"},
		{"one that is not there", "", long(20), "", long(20)},
		{"alike at the beginning", long(20) + " and old", long(20) + " and new ones",
			"… some words that are the same some words that are the same and old", "… some words that are the same some words that are the same and new ones"},
		{"alike at the end", "old " + long(20), "new ones " + long(20),
			"old some words that are the same some words that are the same some …", "new ones some words that are the same some words that are the same some …"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := FieldChange{Was: c.was, Now: c.now}
			if was, now := f.Excerpts(); was != c.wantWas || now != c.wantNow {
				t.Errorf("shown are %q and %q, want %q and %q", was, now, c.wantWas, c.wantNow)
			}
		})
	}
}
