package iamc

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// told are a list's problems as people read them.
func told(probs *diag.List) []string {
	var out []string
	for _, p := range probs.Problems() {
		out = append(out, p.String())
	}
	return out
}

func same(t *testing.T, name string, probs *diag.List, want []string) {
	t.Helper()
	if got := told(probs); !slices.Equal(got, want) {
		t.Errorf("%s: told is\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestEveryRuleOfATableHasItsMessage(t *testing.T) {
	good := Series{"M", "S", "R", "Energy|Use", "kWh"}
	with := func(change func(*Series)) func(*Table) {
		return func(table *Table) {
			s := good
			change(&s)
			table.Add(s, 2025, 1)
		}
	}
	for name, tc := range map[string]struct {
		fill func(*Table)
		want []string
	}{
		"no problem": {with(func(s *Series) {}), nil},
		"no unit":    {with(func(s *Series) { s.Unit = "" }), nil},
		"nothing":    {func(*Table) {}, []string{"the table has no values [missing-value]\n   pyam finds no time domain in it"}},
		"an empty name": {with(func(s *Series) { s.Region = "" }),
			[]string{"the region \"\" is empty [missing-value]\n   pyam refuses empty cells in every column but unit"}},
		"Namibia by its code": {with(func(s *Series) { s.Region = "NA" }),
			[]string{"the region \"NA\" reads as an empty cell [missing-value]\n   pandas, which pyam reads files with, takes it for missing, and pyam refuses the file\n   write the name in full"}},
		"a unit that means none": {with(func(s *Series) { s.Unit = "n/a" }),
			[]string{"the unit \"n/a\" reads as an empty cell [missing-value]\n   pandas, which pyam reads files with, takes it for no unit\n   leave the unit of a number without dimension empty"}},
		"no UTF-8":    {with(func(s *Series) { s.Model = "\xff" }), []string{`the model "\xff" is not UTF-8 text [bad-value]`}},
		"a long name": {with(func(s *Series) { s.Model = strings.Repeat("ä", 1001) }), []string{`the model "` + strings.Repeat("ä", 40) + `…" is longer than 1000 characters [too-large]`}},
		"a line end": {with(func(s *Series) { s.Model = "A\nb" }),
			[]string{"the model \"A\\nb\" has a character that nobody sees, or a space that is none [bad-value]\n   pyam takes it for another name than the one that is read"}},
		"a space that is none": {with(func(s *Series) { s.Scenario = "A\u00a0b" }),
			[]string{"the scenario \"A\\u00a0b\" has a character that nobody sees, or a space that is none [bad-value]\n   pyam takes it for another name than the one that is read"}},
		"a space at the end": {with(func(s *Series) { s.Region = "R " }),
			[]string{"the region \"R \" begins or ends with a space [bad-value]\n   pyam takes it for another name, nomenclature refuses it"}},
		"a wildcard": {with(func(s *Series) { s.Variable = "Energy|*" }),
			[]string{"the variable \"Energy|*\" has a * or a \\ [bad-value]\n   * stands for any text in pyam and nomenclature, and \\ is not found as it is written"}},
		"a colon in a variable": {with(func(s *Series) { s.Variable = "Energy: Use" }),
			[]string{"the variable \"Energy: Use\" has one of { } : ; \" [bad-value]\n   nomenclature takes none of them in a list of names"}},
		"a colon in a model": {with(func(s *Series) { s.Model = "M: 1" }),
			[]string{"warning: the model \"M: 1\" has one of { } : ; \" [bad-value]\n   nomenclature takes none of them in a list of names"}},
		"an empty part": {with(func(s *Series) { s.Variable = "Energy||Use|" }),
			[]string{"the variable \"Energy||Use|\" has an empty part before or behind a \"|\" [bad-value]\n   \"|\" joins the parts of a name, without spaces around it"}},
		"a space at a bar": {with(func(s *Series) { s.Region = "M | R" }),
			[]string{"the region \"M | R\" has a space before or behind a \"|\" [bad-value]\n   \"|\" joins the parts of a name, without spaces around it"}},
		"a formula": {with(func(s *Series) { s.Scenario = "+1" }),
			[]string{"warning: the scenario \"+1\" stands with an apostrophe before it in CSV files, lest a spreadsheet takes it for a formula [bad-value]\n   pyam takes the apostrophe for a part of it",
				"warning: every scenario is a number, such as \"+1\" [bad-type]\n   pandas, which pyam reads files with, makes no text of such a column: 1.10 becomes 1.1, and filters by name find nothing"}},
		"a unit that is a number": {with(func(s *Series) { s.Unit = "1" }),
			[]string{"warning: the unit \"1\" is JSON [bad-unit]\n   nomenclature has no such unit: it reads one that is JSON as what it means\n   leave the unit of a number without dimension empty",
				"warning: every unit is a number, such as \"1\" [bad-type]\n   pandas, which pyam reads files with, makes no text of such a column: 1.10 becomes 1.1, and filters by name find nothing"}},
		"words of truth": {with(func(s *Series) { s.Scenario = "True" }),
			[]string{"warning: every scenario is True or False, such as \"True\" [bad-type]\n   pandas, which pyam reads files with, makes no text of such a column: 1.10 becomes 1.1, and filters by name find nothing"}},
		"a number among names": {func(table *Table) {
			with(func(s *Series) { s.Scenario = "1.10" })(table)
			with(func(s *Series) {})(table)
		}, nil},
		"the world in small letters": {with(func(s *Series) { s.Region = "world" }),
			[]string{"warning: the region \"world\" is not the name of the total [unknown-place]\n   pyam adds regions up to World where nothing else is said\n   did you mean World?"}},
		"a word in small letters": {with(func(s *Series) { s.Variable = "Energy|Use of kWh and heat" }),
			[]string{"warning: the variable \"Energy|Use of kWh and heat\" has a word that is not capitalised: heat [bad-value]\n   nomenclature's conventions capitalise all words but and, of, w/o and the like"}},
		"names that differ in case": {func(table *Table) {
			with(func(s *Series) { s.Region = "France" })(table)
			with(func(s *Series) { s.Region = "FRANCE" })(table)
		}, []string{"warning: the regions \"FRANCE\" and \"France\" differ in the case of letters alone [suspected-duplicate]\n   pyam and nomenclature take them for two"}},
		"two units": {func(table *Table) {
			with(func(s *Series) {})(table)
			with(func(s *Series) { s.Unit = "MWh" })(table)
			with(func(s *Series) { s.Unit, s.Region = "MWh", "T" })(table)
		}, []string{"the variable \"Energy|Use\" has the unit \"kWh\" here and \"MWh\" elsewhere [unit-mismatch]\n   nomenclature refuses a variable of several units"}},
		"a value twice": {func(table *Table) {
			table.Add(good, 2025, 1)
			table.Add(good, 2026, 1)
			table.Add(good, 2025, 1)
		}, []string{"M, S, R, Energy|Use [kWh]: a second value of 2025 [duplicate-row]\n   which of them holds cannot be told; pyam refuses duplicate rows"}},
		"no numbers": {func(table *Table) {
			table.Add(good, 2025, math.NaN())
			table.Add(good, 2026, math.Inf(-1))
		}, []string{"M, S, R, Energy|Use [kWh]: the value of 2025 is NaN [not-finite]", "M, S, R, Energy|Use [kWh]: the value of 2026 is -Inf [not-finite]"}},
		"no years": {func(table *Table) {
			table.Add(good, 25, 1)
			table.Add(good, 12025, 1)
		}, []string{"M, S, R, Energy|Use [kWh]: 25 is no year of four digits [out-of-range]", "M, S, R, Energy|Use [kWh]: 12025 is no year of four digits [out-of-range]"}},
	} {
		var table Table
		tc.fill(&table)
		var probs diag.List
		table.Check(&probs)
		same(t, name, &probs, tc.want)
		for form, write := range map[string]func(*bytes.Buffer) error{
			"wide": func(b *bytes.Buffer) error { return table.WriteWide(b) },
			"long": func(b *bytes.Buffer) error { return table.WriteLong(b) },
			"xlsx": func(b *bytes.Buffer) error { return table.WriteXLSX(b) },
		} {
			var b bytes.Buffer
			if err := write(&b); (err == nil) != (probs.Err() == nil) || err != nil && b.Len() > 0 {
				t.Errorf("%s: written as %s are %d bytes with the error %v", name, form, b.Len(), err)
			}
		}
	}
}

func TestATableIsHeldToListsOfNames(t *testing.T) {
	var probs diag.List
	sample().CheckListed([]Variable{{Name: "Efficiency|PUE", Unit: "%"}}, []Region{{Name: "World", Hierarchy: "World"}}, &probs)
	same(t, "listed", &probs, []string{
		`the variable "Final Energy|Data Centers|Electricity" is not listed [unknown-name]`,
		`the variable "Efficiency|PUE" has the unit ""; listed is "%" [unit-mismatch]`,
		`the region "Korea, Republic" is not listed [unknown-name]`,
	})
	probs = diag.List{}
	sample().CheckListed(nil, nil, &probs)
	same(t, "no lists", &probs, nil)
}
