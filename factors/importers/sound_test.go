package importers

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

var fiveScores = regexp.MustCompile(`^pedigree\([1-5],[1-5],[1-5],[1-5],[1-5]\)$`)

// factorUnits are what the rows of a factor without a category are converted to.
var factorUnits = map[string]string{"pue": "1", "wue": "L/kWh", "renewable_share": "1", "carbon_free_share": "1", "provider_renewable_share": "1", "provider_carbon_free_share": "1"}

// checkRows fails the test where a row cannot be one of a pack, or something is left out without its place, name or reason.
func checkRows(t *testing.T, got *collected) {
	t.Helper()
	for name, table := range got.tables {
		if table.Series == "" || table.Licence == "" || table.Released == "" || table.Title == "" || !strings.HasPrefix(table.URL, "https://") || !strings.Contains(table.Source, "{released}") {
			t.Errorf("the table %s is not described: %+v", name, table)
		}
		for _, r := range got.rows[name] {
			want := factorUnits[r.Factor]
			if r.Category != "" {
				category, ok := lca.Words().Category(r.Category)
				if !ok {
					t.Fatalf("%+v: unknown category", r)
				}
				want = category.Unit + "/kWh"
			}
			u, err := unit.Parse(r.Unit)
			if err != nil || want == "" || !u.Compatible(unit.MustParse(want)) {
				t.Fatalf("%+v: %v, expected a unit such as %s", r, err, want)
			}
			if v, err := foreign.ParseNumber(r.Value); err != nil || v < 0 {
				t.Fatalf("%+v: %v", r, err)
			}
			if r.Distribution != "fixed" && !fiveScores.MatchString(r.Distribution) {
				t.Fatalf("%+v: the distribution", r)
			}
			if !slices.Contains(lca.Names(lca.Words().Qualities), r.Quality) {
				t.Fatalf("%+v: the quality", r)
			}
			if (r.Category == "") != (r.Margin == "") {
				t.Fatalf("%+v: only electricity has a margin", r)
			}
			if (r.Region == "") == (r.Technology == "") {
				t.Fatalf("%+v: expected a region or a technology", r)
			}
			if _, ok := names.Regions().Lookup(r.Region + r.Technology); !ok {
				t.Fatalf("%+v: the registry has no such place", r)
			}
		}
	}
	for _, l := range got.left {
		if l.Place.Line < 1 || l.What == "" || l.Why == "" {
			t.Errorf("left out without its place, name or reason: %+v", l)
		}
	}
}

func TestAYearIsReadFromAFilesName(t *testing.T) {
	for name, want := range map[string]int{
		"2019.csv": 2019, "electricity-maps-yearly_2023.json": 2023, "a/2020/2021.csv": 2021, `c:\2020\x.csv`: 0, "latest.csv": 0, "20230101.csv": 0, "2023-2024.csv": 0, "2023-of-2023.csv": 2023,
		"9999.csv": 0, "": 0,
	} {
		if got := yearAmong((&File{Name: name}).base()); got != want {
			t.Errorf("the year of %q is %d, expected %d", name, got, want)
		}
	}
}

// expectTexts fails the test unless two lists are the same.
func expectTexts(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
