package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
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

// Brackets are counted before any parser sees them, first over the file and then, for texts that come another way, over the formula.
func TestBracketsWithoutEndAreRefused(t *testing.T) {
	for _, n := range []int{50, 8000, 500_000} {
		method := strings.Replace(soundMethod, "FORMULA", strings.Repeat("(", n)+"energy", 1)
		if got := problemsOf(t, method); len(got) != 1 || got[0] != "m.yaml:31:80: nested deeper than 48 levels [too-large]" {
			t.Errorf("%d brackets: %q", n, got)
		}
	}
	for n, want := range map[int]string{64: "unexpected token EOF", 65: "brackets nested deeper than 64", 500_000: "the formula has 500006 bytes"} {
		var probs diag.List
		c := &compiler{m: &Method{}, schema: runsSchema(), probs: &probs, p: &Program{builder: &vector.Builder{}}}
		c.check(&document.Node{Kind: document.Scalar, Text: strings.Repeat("(", n) + "energy"})
		if err := probs.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d brackets: %v, want %s", n, err, want)
		}
	}
}

// A formula is never run while it is read: what doubles a text twelve times is refused as it stands.
func TestDoublingsAreRefusedUnread(t *testing.T) {
	formula := `"0123456789abcdef"`
	for range 12 {
		formula = "(" + formula + " + " + formula + ")"
		if len(formula) > 4000 {
			break
		}
	}
	method := strings.Replace(soundMethod, "{unit: kWh, expr: FORMULA}", "\n        unit: kWh\n        expr: |\n          "+formula, 1)
	got := problemsOf(t, method)
	if len(got) == 0 || !strings.HasSuffix(got[0], "+ takes numbers, not a string [bad-type]") {
		t.Errorf("got %q", got)
	}
	doubled := "let a = \"x\" + \"x\"; "
	for i := range 12 {
		doubled += fmt.Sprintf("let %c = %c + %c; ", 'b'+i, 'a'+i, 'a'+i)
	}
	method = strings.Replace(soundMethod, "{unit: kWh, expr: FORMULA}", "\n        unit: kWh\n        expr: |\n          "+doubled+"energy", 1)
	if got := problemsOf(t, method); len(got) != 1 || !strings.HasSuffix(got[0], "this construct is not part of the rules language [refused-construct]") {
		t.Errorf("got %q", got)
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

// Each case replaces a piece of the sound method.
func TestWrongMethodFilesAreRefusedAtTheirPlace(t *testing.T) {
	quantities := func(lines string) string { return "tested: {unit: kWh, expr: energy}\n" + lines }
	const tested = "tested: {unit: kWh, expr: energy}"
	for _, c := range []struct{ name, old, new, want string }{
		{"a key that is not known", "title: Sound", "titel: Sound", `m.yaml:1:1: the key "title" is missing [missing-key]`},
		{"a key that is missing", "title: Sound\n", "", `m.yaml:1:1: the key "title" is missing [missing-key]`},
		{"a status that is no word", "status: draft", "status: final", `m.yaml:3:9: unknown word "final" [unknown-name]`},
		{"a category that is unknown", "[climate_change]", "[climate_chnge]", `m.yaml:6:14: unknown word "climate_chnge" [unknown-name]`},
		{"an anchor", "value: 0.5", "value: &x 0.5", `m.yaml:12:17: YAML anchors are not accepted here; write the value out [refused-construct]`},
		{"a parameter without source", `"uniform(0.4, 0.6)", source: made up`, `"uniform(0.4, 0.6)"`, `m.yaml:12:9: the key "source" is missing [missing-key]`},
		{"a parameter with an empty source", `0.6)", source: made up`, `0.6)", source: ""`, `m.yaml:12:76: a parameter needs a source [missing-value]`},
		{"a parameter without distribution", `distribution: "uniform(0.4, 0.6)", `, "", `m.yaml:12:9: the key "distribution" is missing [missing-key]`},
		{"a median that is not the value", "uniform(0.4, 0.6)", "uniform(0.4, 0.9)", `m.yaml:12:47: the median of uniform(0.4, 0.9) is 0.65, the value is 0.5: more than 0.5 % apart [bad-distribution]`},
		{"an unknown distribution", "uniform(0.4, 0.6)", "unifrom(0.4, 0.6)", `m.yaml:12:47: unknown distribution "unifrom"; did you mean uniform? [bad-distribution]`},
		{"a value that is no number", "value: 0.5", "value: half", `m.yaml:12:17: expected a number, found "half" [bad-type]`},
		{"a unit that is not known", `value: 5, unit: kWh`, `value: 5, unit: kwh`, `m.yaml:13:27: unit "kwh": unknown unit kwh; write kWh [bad-unit]`},
		{"a class that is unknown", "source: made up}\n  limit", "class: guessed, source: made up}\n  limit", `m.yaml:12:75: unknown word "guessed" [unknown-name]`},
		{"a name with a capital", "  load: {", "  Load: {", `m.yaml:12:3: "Load" is not a name of a parameter [bad-value]`},
		{"a word of the language as a name", tested, quantities("      not: {unit: kWh, expr: energy}"), `m.yaml:32:12: not names a quantity, but it is a word of the language already [duplicate-name]`},
		{"a fallback of two kinds", "{nearest_year: 3}", "{nearest_year: 3, world: true}", `m.yaml:15:29: a fallback is one of nearest_year: N, parent_region: true, world: true, technology: NAME [bad-value]`},
		{"a column that grades but holds no words", "    energy_basis: {of", "    count: {of", `m.yaml:10:12: the column count of runs holds no words that could grade others [bad-type]`},
		{"a row's class in a column that the kind lacks", "row: quality", "row: qualty", `m.yaml:8:8: the class of a row must stand in a text column of runs, not in "qualty" [unknown-name]`},
		{"a grading word without class", "{metered: measured}", "{metered: }", `m.yaml:10:50: the word metered needs a quality class [missing-value]`},
		{"a ladder with a gap", "{from: node, to: it,", "{from: nod, to: it,", `m.yaml:20:9: the step starts at nod, but the one before leads to node [bad-value]`},
		{"a ladder that comes back", "{from: node, to: it,", "{from: node, to: device,", `m.yaml:20:9: the ladder comes to device twice [duplicate-name]`},
		{"a ladder without steps", "      - {from: device, to: node, times: load}\n      - {from: node, to: it, times: load}\n", "      []\n", `m.yaml:18:5: a ladder needs at least one step [missing-key]`},
		{"a ladder that is not there", "ladder: boundary", "ladder: boundry", `m.yaml:28:17: there is no ladder "boundry" [unknown-name]`},
		{"a tier without its rung", "{yields: node, expr: energy}", "{expr: energy}", `m.yaml:30:13: the tier must say which rung of boundary it yields [missing-key]`},
		{"a rung that is not there", "{yields: node, expr", "{yields: nod, expr", `m.yaml:30:22: unknown word "nod" [unknown-name]`},
		{"a rung without a ladder", tested, "tested: {unit: kWh, tiers: [{yields: node, expr: energy}]}", `m.yaml:31:35: yields says a rung, but tested stands on no ladder [bad-value]`},
		{"a quantity without a formula", tested, "tested: {unit: kWh}", `m.yaml:31:15: the quantity tested needs an expr or tiers [missing-key]`},
		{"a quantity with two", tested, "tested: {unit: kWh, expr: energy, tiers: [{expr: energy}]}", `m.yaml:31:33: a quantity has either tiers or one expr, not both [bad-value]`},
		{"a class beside tiers", tested, "tested: {unit: kWh, class: modelled, tiers: [{expr: energy}]}", `m.yaml:31:34: each tier says its own class [bad-value]`},
		{"a tier's condition that is a number", tested, "tested: {unit: kWh, tiers: [{when: energy, expr: energy}]}", `m.yaml:31:42: when must be true or false, not a number [bad-type]`},
		{"a quantity without a unit", tested, "tested: {expr: energy}", `m.yaml:31:15: the key "unit" is missing [missing-key]`},
		{"a quantity that uses itself", tested, "tested: {unit: kWh, expr: tested * 2}", `m.yaml:31:33: tested uses itself: tested → tested [cycle]`},
		{"quantities that use each other", tested, "tested: {unit: kWh, expr: second}\n      second: {unit: kWh, expr: third}\n      third: {unit: kWh, expr: second + energy}", `m.yaml:33:32: second uses itself: second → third → second [cycle]`},
		{"a quantity under a column's name", tested, quantities("      mass: {unit: kWh, expr: tested}"), `m.yaml:32:13: mass names a quantity, but it is a column of runs already [duplicate-name]`},
		{"a quantity under a parameter's name", tested, quantities("      limit: {unit: kWh, expr: tested}"), `m.yaml:32:14: limit names a quantity, but it is a parameter already [duplicate-name]`},
		{"a quantity under a table's name", tested, quantities("      hardware: {unit: kWh, expr: tested}"), `m.yaml:32:17: hardware names a quantity, but it is a table that runs refers to already [duplicate-name]`},
		{"a quantity written twice", tested, quantities("      tested: {unit: kWh, expr: energy}"), `m.yaml:32:7: the key "tested" stands twice in this map [duplicate-name]`},
		{"a lookup of an unknown factor", "{factor: losses,", "{factor: loses,", `m.yaml:24:24: the factor pack has no factor "loses" [unknown-name]`},
		{"a lookup without its key", "{factor: losses, region: region}", "{factor: losses}", `m.yaml:24:15: losses is found by region: the key "region" is missing here [missing-key]`},
		{"a lookup with a key too many", "{factor: losses, region: region}", "{factor: losses, region: region, technology: phase}", `m.yaml:24:60: losses is not found by technology, but by region [unknown-key]`},
		{"a lookup by a number", "{factor: losses, region: region}", "{factor: losses, region: count}", `m.yaml:24:40: region must be a text, not a number [bad-type]`},
		{"an impact of an unknown factor", "factor: electricity, region", "factor: elctricity, region", `m.yaml:33:84: the factor pack has no factor "elctricity" [unknown-name]`},
		{"an impact in another unit", "amount: tested, factor: electricity, region: region", "amount: tested, factor: free", `m.yaml:33:68: the amount for the factor free is due in kg, but its formula yields kWh [unit-mismatch]`},
		{"an impact with half of two forms", "amount: tested, factor: electricity, region: region", "amount: tested", `m.yaml:33:9: the impact use needs either amount and factor, or category and value [missing-key]`},
		{"an impact in another unit than its category", "value: used.it", "value: mass", `m.yaml:34:92: the impact heat is due in kWh, but its formula yields kg [unit-mismatch]`},
		{"a category of an impact that is unknown", "category: final_energy", "category: final_enrgy", `m.yaml:34:71: unknown word "final_enrgy" [unknown-name]`},
		{"a stage that is unknown", "name: use, perspective: service, stage: training", "name: use, perspective: service, stage: trainng", `m.yaml:33:50: unknown word "trainng" [unknown-name]`},
		{"a perspective that is unknown", "name: use, perspective: service", "name: use, perspective: servic", `m.yaml:33:34: unknown word "servic" [unknown-name]`},
		{"two impacts of one name", "name: heat", "name: use", `m.yaml:34:9: two impacts are named use [duplicate-name]`},
		{"an impact's condition that is a text", "name: heat,", "name: heat, when: region,", `m.yaml:34:28: when must be true or false, not a string [bad-type]`},
		{"an impact's time that is no date", "name: heat,", "name: heat, time: energy,", `m.yaml:34:28: time must name a date column of runs, not "energy" [unknown-name]`},
		{"a functional unit without count", "count: count, ", "", `m.yaml:36:9: the key "count" is missing [missing-key]`},
		{"a functional unit in another unit", "count: count", "count: energy", `m.yaml:36:39: the functional unit run is due in 1, but its formula yields kWh [unit-mismatch]`},
		{"a functional unit of an unknown unit", `{name: run, unit: "1"`, `{name: run, unit: runs`, "m.yaml:36:27: unit \"runs\": unknown unit runs; `ailca units` lists those that are known [bad-unit]"},
		{"a comparison class of numbers", "class: [phase]", "class: [energy]", `m.yaml:36:54: a comparison class is made of text columns of runs, not "energy" [unknown-name]`},
		{"two functional units of one name", "class: [phase]}\n", "class: [phase]}\n      - {name: run, unit: \"1\", count: count}\n", `m.yaml:37:9: two functional units are named run [duplicate-name]`},
		{"a formula that is a list", tested, "tested: {unit: kWh, expr: [energy]}", `m.yaml:31:33: expected a formula, found a list [bad-type]`},
		{"a kind with an unknown key", "    impacts:\n", "    impact:\n", `m.yaml:23:5: the key "impacts" is missing [missing-key]`},
		{"an unless of an unknown factor", "factor: electricity, region: region", "factor: electricity, region: region, unless: {factor: embodid, technology: hardware_id, boundary: [server]}", `m.yaml:33:130: the factor pack has no factor "embodid" [unknown-name]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			sound := strings.Replace(soundMethod, "FORMULA", "energy", 1)
			method := strings.Replace(sound, c.old, c.new, 1)
			if method == sound {
				t.Fatalf("%q does not stand in the method", c.old)
			}
			got := problemsOf(t, method)
			if len(got) == 0 {
				t.Fatal("no problem")
			}
			if got[0] != c.want {
				t.Errorf("got  %s\nwant %s", got[0], c.want)
			}
		})
	}
}

func TestCyclesThroughLookupsAreFound(t *testing.T) {
	sound := strings.Replace(soundMethod, "FORMULA", "energy * losses * first", 1)
	for _, c := range []struct{ lookups, want string }{
		{`first: {factor: pue, technology: 'first > 1 ? region : phase'}`, `lookup first uses itself: lookup first → lookup first [cycle]`},
		{`first: {factor: pue, technology: 'second > 1 ? region : phase'}
      second: {factor: pue, technology: 'first > 1 ? region : phase'}`, `lookup first uses itself: lookup first → lookup second → lookup first [cycle]`},
		{`first: {factor: pue, technology: 'tested > limit ? region : phase'}`, `lookup first uses itself: lookup first → tested → lookup first [cycle]`},
	} {
		got := problemsOf(t, strings.Replace(sound, "    lookups:\n", "    lookups:\n      "+c.lookups+"\n", 1))
		if len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), c.want) {
			t.Errorf("got %q\nwant %s", got, c.want)
		}
	}
}

func TestARowWithoutPeriodNeedsATimeOfItsOwn(t *testing.T) {
	schema := runsSchema()
	schema.From, schema.Year = "", ""
	var probs diag.List
	m := Load("m.yaml", []byte(strings.Replace(soundMethod, "FORMULA", "energy", 1)), &probs)
	Compile(m, schema, parsePack(t, errorPack), nil, &probs)
	var got []string
	for _, p := range probs.Problems() {
		got = append(got, p.Message)
	}
	want := []string{"rows of runs have no period: the impact use must say its time", "rows of runs have no period: the impact heat must say its time",
		"rows of runs have no period: nothing can be counted for a year"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestAFilterIsACondition(t *testing.T) {
	for text, want := range map[string]string{
		"energy":             "where:1:1: where must be true or false, not a number [bad-type]",
		"regoin == \"FRA\"":  `where:1:1: unknown name "regoin": it is no column of runs, parameter, lookup or quantity [unknown-name]`,
		"region == \"FRA\" ": "",
	} {
		var probs diag.List
		m := Load("m.yaml", []byte(strings.Replace(soundMethod, "FORMULA", "energy", 1)), &probs)
		Compile(m, runsSchema(), parsePack(t, errorPack), document.Parse("where", []byte(text), &probs), &probs)
		got := ""
		if err := probs.Err(); err != nil {
			got, _, _ = strings.Cut(err.Error(), "\n")
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestAMethodWithTooManyNamesIsRefused(t *testing.T) {
	var many strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&many, "      n%d: {unit: kWh, expr: energy}\n", i)
	}
	got := problemsOf(t, strings.Replace(strings.Replace(soundMethod, "FORMULA", "energy", 1), "    impacts:\n", many.String()+"    impacts:\n", 1))
	if len(got) != 1 || got[0] != "m.yaml: runs has 1018 columns, parameters, lookups and quantities; at most 1000 are taken [too-large]" {
		t.Errorf("got %q", got)
	}
}
