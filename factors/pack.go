// Package factors says which value applies to a region, a year and a technology, and where it came from.
//
// A factor pack is a folder: pack.yaml defines the factors, CSV files hold their rows, each with its unit, distribution, source and
// licence. Load reads one whole, reports every problem at its place, and computes the rows that pack.yaml derives from others.
// Resolve finds the row for a key: exactly first, then by the fallbacks that the method declares, and says which it took. A value
// that is not there is absent: never zero, never a world average that nobody asked for.
package factors

import (
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Pack is a released, immutable set of factor tables. It is safe for concurrent use.
type Pack struct {
	Name    string
	Version string
	Status  string // draft or released
	Date    string // of the release, or of the draft
	Title   string
	Doc     string
	Digest  string // "sha256:" and the hexadecimal digest of the files' names and bytes

	Definitions []Definition // in the order of pack.yaml
	Rows        []Row        // Rows[i].ID is i: files by name, rows in file order, derived rows last

	byName map[string]int // into Definitions
	series map[seriesKey]*series
}

// Definition says what a factor is per unit of, and by what its rows are found.
type Definition struct {
	Name  string
	Title string
	Doc   string
	Per   unit.Unit  // the unit of activity
	Keys  []string   // of region, year and technology, those that a row is found by
	Place diag.Place // in pack.yaml

	perKnown   bool
	unit       unit.Unit // of a factor without categories: declared, or that of the first row
	unitKnown  bool
	started    bool // a row was read
	categories bool // and it had a category

	byRegion, byYear, byTechnology bool
}

// Row is one value with its provenance.
type Row struct {
	ID         int32
	Factor     string
	Category   string // of the registry; empty for a factor that is no burden, such as a share
	Region     string // code of the registry of regions; empty where the value does not depend on it
	Technology string // a hardware id, a way of generating, an operator; empty likewise
	From, To   int    // calendar years, both included; 0 and 0: any year

	Value        float64 // finite, not negative, in Unit
	Unit         unit.Unit
	UnitText     string
	Distribution dist.Dist // of the value; its median is the value

	Boundary                   string // how much of a machine an embodied value holds, see Boundaries
	Flow, Point, Scope, Margin string // of electricity, see Select

	Quality  string // measured, reported, modelled or defaulted
	Source   string // citation in words
	URL      string
	Released string // date of the source's publication: 2025, 2025-03 or 2025-03-14
	Licence  string // SPDX identifier of the source's licence, or "cited figures"
	Note     string

	Derived []int32    // of a row that the pack derives: the rows it was computed from, in order of technology
	Place   diag.Place // of the row in its file; of a derived row the entry in pack.yaml

	rank uint8 // of Boundary, fullest highest
}

// Ref is name@version.
func (p *Pack) Ref() string { return p.Name + "@" + p.Version }

// Definition returns what pack.yaml says of a factor.
func (p *Pack) Definition(name string) (*Definition, bool) {
	i, ok := p.byName[name]
	if !ok {
		return nil, false
	}
	return &p.Definitions[i], true
}

// Unit is the unit that all rows of a factor and category can be converted to: the category's unit per unit of activity, such as
// kg CO2e/kWh. Of a factor without categories (category empty) it is the declared unit, or that of its first row. It is false where the
// pack defines no such factor, the registry no such category, or nothing says what the unit is.
func (p *Pack) Unit(factor, category string) (unit.Unit, bool) {
	d, ok := p.Definition(factor)
	if !ok {
		return unit.Unit{}, false
	}
	return d.expects(category)
}

func (d *Definition) expects(category string) (unit.Unit, bool) {
	if category == "" {
		return d.unit, d.unitKnown
	}
	c, ok := lca.Words().Category(category)
	if !ok || !d.perKnown {
		return unit.Unit{}, false
	}
	u, err := unit.Parse(c.Unit)
	if err != nil {
		return unit.Unit{}, false
	}
	return u.Div(d.Per), true
}

// Keyed reports whether rows of the factor are found by region, year or technology.
func (d *Definition) Keyed(by string) bool {
	switch by {
	case "region":
		return d.byRegion
	case "year":
		return d.byYear
	case "technology":
		return d.byTechnology
	}
	return false
}

// Categories lists the categories that the pack holds any row of for a factor, in the registry's order.
func (p *Pack) Categories(factor string) []string {
	var out []string
	for _, c := range lca.Words().Categories {
		if _, ok := p.series[seriesKey{factor, c.Name}]; ok {
			out = append(out, c.Name)
		}
	}
	return out
}

// covers reports whether a row is valid in a year.
func (r *Row) covers(year int) bool { return r.From == 0 || r.From <= year && year <= r.To }

// overlaps reports whether two rows are valid in a common year.
func (r *Row) overlaps(o *Row) bool {
	return r.From == 0 || o.From == 0 || r.From <= o.To && o.From <= r.To
}

// period is the validity in words.
func (r *Row) period() string { return period(r.From, r.To) }
