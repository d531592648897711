package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// checkSchema is a small kind.
func checkSchema() *Schema {
	return &Schema{Kind: "runs", Fields: []lca.Field{
		{Name: "energy", Type: lca.Number, Unit: "kWh"}, {Name: "hours", Type: lca.Number, Unit: "h"}, {Name: "power", Type: lca.Number, Unit: "W"},
		{Name: "started", Type: lca.Date}, {Name: "ended", Type: lca.Date}, {Name: "licence", Type: lca.Text}, {Name: "basis", Type: lca.Text, Values: []string{"metered", "estimated"}},
	}}
}

// checkFile is a file with one check of a condition and a message.
func checkFile(when, message string, more ...string) string {
	return "checks: test\ndoc: for the test\n" + strings.Join(more, "") + "look_for:\n  one:\n    kinds: [runs]\n    severity: warning\n    code: implausible-value\n    column: energy\n" +
		"    when: " + when + "\n    message: " + message + "\n    why: because\n    source: this test\n"
}

func TestChecksAreCheckedLikeMethods(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"units that do not meet", checkFile("energy > power", "m"), "> needs values of one dimension: kWh is energy, W is power"},
		{"units that do", checkFile("energy > power * hours", "m"), ""},
		{"a number in place of a condition", checkFile("energy", "m"), "when must be true or false"},
		{"an unknown column", checkFile("enrgy > q(1, \"kWh\")", "m"), `unknown name "enrgy"`},
		{"an unknown column of a message", checkFile("energy == nil", `"{enrgy}"`), `unknown name "enrgy"`},
		{"another unit of a message", checkFile("energy == nil", `"{power * hours | MWh}"`), ""},
		{"a unit of a message that does not fit", checkFile("energy == nil", `"{power | MWh}"`), "due in MWh"},
		{"a message that is not closed", checkFile("energy == nil", `"{energy"`), "{ is not closed by }"},
		{"dates are compared", checkFile("ended < started", "m"), ""},
		{"and subtracted", checkFile("ended - started > hours", "m"), ""},
		{"not added", checkFile("ended + started > hours", "m"), "takes no dates"},
		{"nor compared with numbers", checkFile("ended > hours", "m"), "takes no dates"},
		{"a list by name", checkFile("licence in licences", "m"), ""},
		{"a list that is not there", checkFile("licence in licenses", "m"), "in takes a text and a list"},
		{"a word that cannot stand in a column", checkFile(`basis == "guessed"`, "m"), `never "guessed"`},
		{"a constant", checkFile("power > most", "m", "constants:\n  most: {value: 3, unit: kW, source: a table}\n"), ""},
		{"a constant without source", checkFile("power > most", "m", "constants:\n  most: {value: 3, unit: kW, source: \"\"}\n"), "a constant needs a source"},
		{"a definition", checkFile("work > energy", "m", "definitions:\n  work: power * hours\n"), ""},
		{"a definition that uses itself", checkFile("work > energy", "m", "definitions:\n  work: work + energy\n"), "uses itself"},
		{"a definition that is a column", checkFile("energy == nil", "m", "definitions:\n  hours: energy\n"), "already"},
		{"a key that is none", checkFile("energy == nil", "m") + "    becuase: x\n", `unknown key "becuase"`},
		{"a code that is none of checks", strings.Replace(checkFile("energy == nil", "m"), "implausible-value", "syntax", 1), `unknown word "syntax"`},
		{"a severity that is none", strings.Replace(checkFile("energy == nil", "m"), "warning", "fatal", 1), `not "fatal"`},
		{"a place that is no column", strings.Replace(checkFile("energy == nil", "m"), "column: energy", "column: enrgy", 1), `no column "enrgy"`},
		{"counts without lacking", checkFile("energy == nil", "m") + "    counts: basis\n", "both or neither"},
		{"counts of a column without words", checkFile("energy == nil", "m") + "    counts: licence\n    lacking: energy == nil\n", `no column "licence" with a list of words`},
	} {
		var probs diag.List
		if f := LoadChecks("test.yaml", []byte(c.text), &probs); f != nil {
			CompileChecks([]*CheckFile{f}, checkSchema(), map[string][]string{"licences": {"MIT"}}, &probs)
		}
		got := ""
		for _, p := range probs.Problems() {
			got += p.String() + "\n"
		}
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got\n%swant %s", c.name, got, c.want)
		}
	}
}

// Methods say nothing of the calendar: what checks may, they may not.
func TestDatesStayOutOfMethods(t *testing.T) {
	c, _ := newCompiler(&Method{}, checkSchema(), noFactors{}, &diag.List{})
	var probs diag.List
	c.probs = &probs
	f := LoadChecks("test.yaml", []byte(checkFile("ended < started", "m")), &probs)
	if n := c.check(f.Checks[0].when); n != nil || probs.Count(diag.Error) != 1 {
		t.Errorf("%v", probs.Problems())
	}
}

func TestAMessageShowsTheValuesOfItsRow(t *testing.T) {
	var probs diag.List
	f := LoadChecks("test.yaml", []byte(checkFile("energy > q(1, \"kWh\")", `"{energy} {power * hours | kWh} {energy | MWh} {started} {licence} {energy > power * hours} {hours}"`)), &probs)
	p := CompileChecks([]*CheckFile{f}, checkSchema(), nil, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	none := column.NewBitmap(2)
	columns := map[string]column.Column{"energy": {Floats: []float64{1, 1287000}}, "power": {Floats: []float64{5, 700}}, "hours": {Floats: []float64{3, 1.0 / 3}}, "started": {Floats: []float64{0, 19723}},
		"licence": {Type: column.String, Codes: []int32{0, 0}, Dict: &column.Dict{Values: []string{"a\"b"}}}}
	b := column.Batch{Rows: 2}
	for _, name := range p.Columns() {
		b.Columns = append(b.Columns, columns[name])
	}
	var got []string
	r := p.NewRunner()
	evaluate := func() {
		r.Evaluate(&b, func(check, row int, message func() string) { got = append(got, fmt.Sprint(row, " ", message())) })
	}
	evaluate()
	for i, name := range p.Columns() {
		if name == "hours" {
			b.Columns[i].Valid = none
		}
	}
	evaluate()
	want := `1 1287000 kWh 0.2333 kWh 1287 MWh 2024-01-01 "a\"b" true 0.3333333333333333 h|1 1287000 kWh unknown 1287 MWh 2024-01-01 "a\"b" unknown unknown`
	if strings.Join(got, "|") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "|"), want)
	}
}

func TestAFindingKnowsWhereItsBoundsComeFrom(t *testing.T) {
	var probs diag.List
	f := LoadChecks("test.yaml", []byte(checkFile("work > energy", "m", "constants:\n  most: {value: 3, unit: kW, source: a table.}\n  other: {value: 1, unit: h, source: b}\ndefinitions:\n  work: most * hours\n")), &probs)
	if got := f.Checks[0].Origin(); got != "this test; most = 3 kW: a table" {
		t.Errorf("got %s", got)
	}
}

// Ratings are checked like checks.
func TestRatingsAreChecked(t *testing.T) {
	file := func(level, when string) string {
		return "quality: test\ntitle: t\ndoc: d\nsource: s\nclasses: [{name: good, most: 5}]\nclasses_source: s\nlevels: [{name: good, most: 5}]\nweight: energy\nindicators:\n" +
			"  - {name: a, short: A, column: hours, rules: [{kinds: [runs], level: " + level + ", when: '" + when + "', why: w}], otherwise: {level: 5, why: w}}\n"
	}
	for _, c := range []struct{ name, text, want string }{
		{"sound", file("1", "energy != nil"), ""},
		{"a level that is none", file("6", "energy != nil"), "levels are 1, very good, to 5"},
		{"a condition that is none", file("1", "energy"), "true or false"},
		{"a column that is none", strings.Replace(file("1", "energy != nil"), "column: hours", "column: licence", 1), `no column "licence" of numbers`},
		{"classes out of order", strings.Replace(file("1", "energy != nil"), "{name: good, most: 5}]\nclasses_s", "{name: good, most: 5}, {name: bad, most: 1}]\nclasses_s", 1), "ascending"},
	} {
		var probs diag.List
		if r := LoadRatings("test.yaml", []byte(c.text), &probs); r != nil {
			r.Compile(checkSchema(), nil, &probs)
		}
		got := ""
		for _, p := range probs.Problems() {
			got += p.String() + "\n"
		}
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got\n%swant %s", c.name, got, c.want)
		}
	}
}
