package importers

import (
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// perOf is what the factors of the importers' tables are counted per.
var perOf = map[string]string{"electricity": "kWh", "generation": "kWh", "embodied": "1"}

// sound fails the test where a row could not stand in a pack: a unit of another kind than its category's, a region out of the registry, a year out of
// this age, no quality, no source or no licence.
func (c *collected) sound(t *testing.T) {
	t.Helper()
	seen := map[Row]bool{}
	for name, rows := range c.rows {
		table := c.tables[name]
		if table.Licence == "" || table.Released == "" || table.Source == "" || table.Series == "" || table.URL == "" || table.Title == "" {
			t.Errorf("table %s lacks a part: %+v", name, table)
		}
		for _, r := range rows {
			u, err := unit.Parse(r.Unit)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if category, ok := lca.Words().Category(r.Category); ok {
				if want := unit.MustParse(category.Unit).Div(unit.MustParse(perOf[r.Factor])); !u.Compatible(want) {
					t.Errorf("%s: %s of %s in %s", name, r.Category, r.Factor, r.Unit)
				}
			} else if r.Category != "" {
				t.Errorf("%s: no category %s", name, r.Category)
			}
			if _, ok := names.Regions().Lookup(r.Region); !ok && r.Region != "" {
				t.Errorf("%s: no region %s", name, r.Region)
			}
			if r.Value == "" || r.Quality == "" || r.Distribution == "" || r.From != r.To || r.From != 0 && (r.From < 1990 || r.From > 2060) {
				t.Errorf("%s: %+v", name, r)
			}
			key := Row{Factor: r.Factor, Category: r.Category, Region: r.Region, Technology: r.Technology, From: r.From, Boundary: r.Boundary, Flow: r.Flow, Point: r.Point, Scope: r.Scope, Margin: r.Margin}
			key.Source = name
			if seen[key] {
				t.Errorf("%s: two rows answer %+v", name, key)
			}
			seen[key] = true
		}
	}
	for _, l := range c.left {
		if l.Place.Line < 1 || l.Why == "" || l.What == "" {
			t.Errorf("left out without its place or reason: %+v", l)
		}
	}
}

func TestYearsAreReadFromFolders(t *testing.T) {
	for name, want := range map[string]int{"2016/usa_emissions.json": 2016, `data\2016\a.json`: 2016, "2016.json": 0, "a/b.json": 0, "data/2019/2023/x/a.json": 2023, "0016/a.json": 0} {
		if got := (&File{Name: name}).folderYear(); got != want {
			t.Errorf("%s: %d, expected %d", name, got, want)
		}
	}
}

func TestProvidersAreReadFromNames(t *testing.T) {
	for name, want := range map[string]string{"x/coefficients-aws-embodied.csv": "aws", "gcp-instances-latest-2026.csv": "gcp", "laws.csv": "", "aws/coefficients.csv": "", "AZURE_use.csv": "azure"} {
		if got, ok := (&job{File: File{Name: name}, probs: &diag.List{}}).provider(); got != want || ok != (want != "") {
			t.Errorf("%s: %q, expected %q", name, got, want)
		}
	}
}

// sane fails the test where a row that was read from any text has no finite value.
func (c *collected) sane(t *testing.T) {
	t.Helper()
	for name, rows := range c.rows {
		for _, r := range rows {
			if _, err := foreign.ParseNumber(r.Value); err != nil {
				t.Errorf("%s: %+v", name, r)
			}
			if _, err := unit.Parse(r.Unit); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
