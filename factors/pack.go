// Package factors says which value applies to a region, a year and a technology, and where it came from.
//
// A factor pack is a folder: pack.yaml defines the factors and describes the tables, CSV files hold their rows, each with its unit,
// distribution, source, release date and licence. A pack without rows says so, tables: []. Load reads one whole and reports every problem at its place; Stack lays packs over each other,
// so that a study can put its own rows over those of a pack. Rows that pack.yaml derives from others are computed from what the layers hold.
//
// Resolve finds the row for a key: exactly first, then by the fallbacks that the method declares, and says which it took. A value
// that is not there is absent: never zero, never a world average that nobody asked for. Where several publications give a value for one key, the
// pack says which it prefers and why; where one publication gives it in several releases, the latest counts, or the latest as of a day.
//
// Lint looks for what others have published by mistake: units mixed up, energy that is not there, values copied from year to year.
package factors

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Pack is an immutable set of factor tables, of one layer or of several. It is safe for concurrent use.
type Pack struct {
	Name    string // of the undermost layer, as are the version, the date, the title and the doc
	Version string
	Status  string // draft or released; released where every layer is
	Date    string // of the release, or of the draft
	Title   string
	Doc     string

	Digest string  // "sha256:" and the hexadecimal digest of the files' names and bytes; of several layers or a day, of their digests
	AsOf   string  // what was published later is not in Rows; empty: everything is
	Layers []Layer // the undermost first

	Definitions []Definition // in the order of the layers and of pack.yaml
	Rank        []string     // factors, the most important first: in this order their rows get the first dimensions of a design, behind what the method ranks
	Tables      []*Table     // in the order of the layers; files by name
	Series      []Series     // the preferred first; those of upper layers before those beneath
	Accepted    []Accepted   // findings of Lint that the layers accept
	Rows        []Row        // Rows[i].ID is i: tables in their order, rows in file order, derived rows last

	byName       map[string]int // into Definitions
	order        map[string]int // rank of each series, 0 the preferred
	series       map[seriesKey]*series
	regions      codes
	technologies codes
}

// Layer is a pack that lies under or over others.
type Layer struct {
	Ref     string // name@version; of a CSV file its name
	Status  string
	Digest  string // of its own files
	Path    string // where it was read, as problems name it
	Rows    int    // read from its tables, save those published after the day
	Later   int    // left out as they were published after the day
	Overlay bool   // not the undermost
	Masks   int    // rows of layers beneath that its own stand before, for some year

	Correlations []Correlation // that its own rows fall under, in the order of pack.yaml
}

// Table is a CSV file of a pack.
type Table struct {
	File    string // within the pack
	Title   string
	Licence string // of all rows; empty where pack.yaml does not say and rows do
	Doc     string
	Layer   int // index into Layers

	shown  string // as problems name it
	column int    // where rows start: 1, of derived rows that of the entry in pack.yaml
}

// Series is a publication that comes out in releases, such as a yearly data set.
type Series struct {
	Name  string
	Title string
	Why   string // why it stands where it does in the order of preference
}

// Definition says what a factor is per unit of, and by what its rows are found.
type Definition struct {
	Name  string
	Title string
	Doc   string
	Per   unit.Unit  // the unit of activity
	Keys  []string   // of region, year and technology, those that a row is found by
	Min   *float64   // what no row's quantity is below, in the factor's unit; nil: 0. See Pack.Bounds
	Max   *float64   // and above; nil: there is none
	Place diag.Place // in pack.yaml

	perKnown   bool
	unit       unit.Unit // of a factor without categories: declared, or that of the first row
	unitKnown  bool
	started    bool // a row was read
	categories bool // and it had a category

	byRegion, byYear, byTechnology bool
}

// Row is one value with its provenance. What many rows have in common is shared between them and must not be written to.
type Row struct {
	ID         int32
	Factor     string
	Category   string // of the registry; empty for a factor that is no burden, such as a share
	Region     string // code of the registry of regions; empty where the value does not depend on it
	Technology string // a hardware id, a way of generating, an operator; empty likewise
	From, To   int    // calendar years, both included; 0 and 0: any year

	Value        float64 // finite, not negative, in Unit
	Distribution dist.Dist
	*Measure
	*Form
	*Origin
	Note string

	Derived []int32 // of a row that the pack derives: the rows it was computed from, in order of technology

	table              *Table
	line               int32
	region, technology int32 // codes of the pack's dictionaries
	published          int32 // last day of Released, as 20250331; of a derived row that of its mix, whose releases Resolve tells apart by it
	order              int32 // of its series in the order of preference
	rank               uint8 // of Boundary, fullest highest
	layer              uint8 // of a derived row the uppermost of those it was computed from
	stands             uint8 // the layer that Resolve goes by, twice: of a derived row that of its mix; one more where the row stands in a file
}

// Measure is a unit, and how a row's distribution came about.
type Measure struct {
	Unit     unit.Unit
	UnitText string
	// Uncertainty says where the distribution is from: "declared", "pedigree(2,1,1,1,2)", "spread" (of the values of several series within one boundary),
	// "spread(TECHNOLOGY)", or "none": no distribution is stated.
	Uncertainty string
}

// Form tells figures of one factor apart.
type Form struct {
	Boundary                   string // how much of a machine an embodied value holds, see Boundaries
	Flow, Point, Scope, Margin string // of electricity, see Select
}

// Origin is where figures come from.
type Origin struct {
	Quality  string // measured, reported, modelled or defaulted
	Series   string // the publication of which this is a release; may be empty
	Source   string // citation in words
	URL      string
	Released string // date of the source's publication: 2025, 2025-03 or 2025-03-14
	Licence  string // SPDX identifier of the source's licence, or "cited figures"
}

// Ref is name@version, of several layers "open@2025.2+mine@1", with the day where there is one: "open@2025.2 as of 2025-06-30".
func (p *Pack) Ref() string {
	refs := make([]string, len(p.Layers))
	for i, l := range p.Layers {
		refs[i] = l.Ref
	}
	out := strings.Join(refs, "+")
	if p.AsOf != "" {
		out += " as of " + p.AsOf
	}
	return out
}

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

// PerText is the unit of activity as pack.yaml writes it.
func (d *Definition) PerText() string {
	if text := d.Per.String(); text != "" {
		return text
	}
	return "1"
}

// UnitText is the unit of a factor without categories; empty where the factor has categories or nothing says the unit.
func (d *Definition) UnitText() string {
	if d.categories || !d.unitKnown {
		return ""
	}
	if text := d.unit.String(); text != "" {
		return text
	}
	return "1"
}

// same reports whether two layers mean the same by a factor.
func (d *Definition) same(o *Definition) bool {
	return d.Per.Equal(o.Per) && d.byRegion == o.byRegion && d.byYear == o.byYear && d.byTechnology == o.byTechnology &&
		(!d.unitKnown || !o.unitKnown || d.unit.Compatible(o.unit))
}

// meaning is what same compares, in words.
func (d *Definition) meaning() string {
	out := "per " + d.Per.String()
	if d.unitKnown {
		out += " in " + d.unit.String()
	}
	return out + " and found by " + list(d.Keys)
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

// Place is the row's place in its file; of a derived row that of the entry in pack.yaml.
func (r *Row) Place() diag.Place {
	return diag.Place{File: r.table.shown, Line: int(r.line), Col: r.table.column}
}

// Table is the file that a row stands in; nil for a derived row.
func (p *Pack) Table(r *Row) *Table {
	if r.Derived != nil {
		return nil
	}
	return r.table
}

// Layer is the layer that a row stands in; of a derived row the uppermost of those it was computed from.
func (p *Pack) Layer(r *Row) *Layer { return &p.Layers[r.layer] }

// Overlaid lists the rows of upper layers that a row is or was computed from; none where it is the undermost layer's alone.
func (p *Pack) Overlaid(r *Row) []*Row {
	if r.layer == 0 {
		return nil
	}
	if r.Derived == nil {
		return []*Row{r}
	}
	var out []*Row
	for _, id := range r.Derived {
		if part := &p.Rows[id]; part.layer > 0 && !slices.Contains(out, part) {
			out = append(out, part)
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

// title names what a row is a value of.
func (r *Row) title() string {
	out := r.Factor
	for _, part := range []string{r.Category, r.Region, r.Technology, r.Boundary, r.selectors().String()} {
		if part != "" {
			out += " " + part
		}
	}
	return out
}

// String names the row and where it stands within its pack, wherever that is.
func (r *Row) String() string {
	return fmt.Sprintf("%s for %s (%s:%d)", r.title(), r.period(), r.table.File, r.line)
}
