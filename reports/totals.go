package reports

import (
	"fmt"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// Totals is what a report needs of an impact table: its totals and their parts by stage and quality class, each an exact sum, and what its rows are of. It
// takes the rows one by one, so that a table of any length needs the memory of its totals and of the names in its group columns. The zero value is ready.
type Totals struct {
	Year int // the study's, of which totals are told apart by the names in group columns; 0: of none

	actors   map[string]*actors // by perspective
	sums     map[Selection]*cells
	of       Selection // of the row that came last
	last     *cells
	rows     int64
	base     Selection // study, scenario, method and pack of the first row
	mixed    error     // of a row that has others
	units    []unitOf
	holdings map[perspectiveKind]*held
	lastHeld *held
	heldAs   perspectiveKind
	kinds    map[string]bool
	largest  map[string]*lca.Impact // the largest row that names an item, of the first category, by perspective
}

// unitOf is a category with its unit, in the order of the rows.
type unitOf struct{ category, unit string }

type perspectiveKind struct{ perspective, kind string }

// held is what a perspective's totals hold of the activities of a kind.
type held struct {
	years     []int
	unnamed   bool // some row names no item
	now, ever int  // distinct items in the totals of the study's year, and in those of all years
}

// cells are the rows of one total, added up.
type cells struct {
	units     []string // distinct, in order of appearance
	odd       float64  // the first value that is no finite number; 0: all are
	sum       exact.Sum
	stages    []partSum
	qualities []partSum
	rows      int64
	p05, p95  *float64 // of the first row
	bare      bool     // some row has no quantiles
}

// partSum is the sum of the cells of one stage or quality class.
type partSum struct {
	name string
	sum  exact.Sum
}

// Add takes a row.
func (t *Totals) Add(row *lca.Impact) {
	own := Selection{Study: row.Study, Scenario: row.Scenario, Method: row.Method, Pack: row.Pack}
	if t.rows++; t.rows == 1 {
		t.base = own
	}
	if own != t.base && t.mixed == nil {
		t.mixed = mixture(t.base, own, t.rows)
	}
	if n := len(t.units); n == 0 || t.units[n-1] != (unitOf{row.Category, row.Unit}) {
		if u := (unitOf{row.Category, row.Unit}); !slices.Contains(t.units, u) {
			t.units = append(t.units, u)
		}
	}
	if row.Kind != "" && !t.kinds[row.Kind] {
		if t.kinds == nil {
			t.kinds = map[string]bool{}
		}
		t.kinds[row.Kind] = true
	}
	if row.ShareOf != whole {
		return
	}
	if sel := selectionOf(row); t.last == nil || sel != t.of {
		if t.sums == nil {
			t.sums = map[Selection]*cells{}
		}
		if t.sums[sel] == nil {
			t.sums[sel] = &cells{}
		}
		t.of, t.last = sel, t.sums[sel]
	}
	t.last.add(row)
	t.meetItem(row)
	if row.Year == t.Year && t.Year != 0 {
		t.act(row)
	}
	h := t.held(row.Perspective, row.Kind)
	h.unnamed = h.unnamed || row.Item == ""
	if n := len(h.years); n == 0 || h.years[n-1] != row.Year {
		if !slices.Contains(h.years, row.Year) {
			h.years = append(h.years, row.Year)
		}
	}
}

// meetItem keeps the largest row of each perspective that names an item, in the category that came first; of equals, the one whose item comes first by name.
func (t *Totals) meetItem(row *lca.Impact) {
	most := t.largest[row.Perspective]
	if row.Item == "" || most != nil && (row.Category != most.Category || row.Value < most.Value || row.Value == most.Value && row.Item >= most.Item) {
		return
	}
	if t.largest == nil {
		t.largest = map[string]*lca.Impact{}
	}
	kept := *row
	t.largest[row.Perspective] = &kept
}

// Items says how many distinct items of a kind stand in a perspective's totals of the study's year, and of all years.
func (t *Totals) Items(perspective, kind string, now, ever int) {
	h := t.held(perspective, kind)
	h.now, h.ever = now, ever
}

func (t *Totals) held(perspective, kind string) *held {
	k := perspectiveKind{perspective, kind}
	if t.lastHeld == nil || t.heldAs != k {
		if t.holdings == nil {
			t.holdings = map[perspectiveKind]*held{}
		}
		if t.holdings[k] == nil {
			t.holdings[k] = &held{}
		}
		t.heldAs, t.lastHeld = k, t.holdings[k]
	}
	return t.lastHeld
}

// totalsOf reads a table that is held whole.
func totalsOf(impacts []lca.Impact, year int) *Totals {
	t := &Totals{Year: year}
	now, ever := map[perspectiveKind]map[string]bool{}, map[perspectiveKind]map[string]bool{}
	for i := range impacts {
		row := &impacts[i]
		if t.Add(row); row.ShareOf != whole {
			continue
		}
		k := perspectiveKind{row.Perspective, row.Kind}
		if ever[k] == nil {
			now[k], ever[k] = map[string]bool{}, map[string]bool{}
		}
		if ever[k][row.Item] = true; row.Year == year {
			now[k][row.Item] = true
		}
	}
	for k := range ever {
		t.Items(k.perspective, k.kind, len(now[k]), len(ever[k]))
	}
	return t
}

// mixture is the error of a table that is not of one study, scenario, method and pack: its totals have no meaning.
func mixture(first, now Selection, row int64) error {
	var probs diag.List
	for _, f := range []struct{ column, first, now string }{
		{"study", first.Study, now.Study}, {"scenario", first.Scenario, now.Scenario},
		{"method", first.Method, now.Method}, {"factor_pack", first.Pack, now.Pack},
	} {
		if f.first != f.now {
			probs.Add(diag.Problem{
				Code: diag.NoTotal, Place: diag.Place{File: "impacts", Row: row, Column: f.column},
				Message: fmt.Sprintf("a report is of one %s, and the table has %q and %q", f.column, f.first, f.now),
			})
			break
		}
	}
	return probs.Err()
}

// Total is the total of a selection, as the function Total says.
func (t *Totals) Total(sel Selection) (float64, error) {
	if err := sel.open(); err != nil {
		return 0, err
	}
	c := t.sums[sel]
	if c == nil {
		c = &cells{}
	}
	return c.total(sel)
}

func (c *cells) add(i *lca.Impact) {
	if len(c.units) == 0 || c.units[len(c.units)-1] != i.Unit {
		c.units = append(c.units, i.Unit)
	}
	if i.Value-i.Value != 0 && c.odd == 0 {
		c.odd = i.Value
	}
	if c.rows++; c.rows == 1 {
		c.p05, c.p95 = i.P05, i.P95
	}
	c.bare = c.bare || i.P05 == nil || i.P95 == nil
	c.sum.Add(i.Value)
	c.stages = addPart(c.stages, i.Stage, i.Value)
	c.qualities = addPart(c.qualities, i.Quality, i.Value)
}

func addPart(parts []partSum, name string, v float64) []partSum {
	for i := range parts {
		if parts[i].name == name {
			parts[i].sum.Add(v)
			return parts
		}
	}
	parts = append(parts, partSum{name: name})
	parts[len(parts)-1].sum.Add(v)
	return parts
}

func (c *cells) total(sel Selection) (float64, error) {
	var probs diag.List
	refuse := func(code diag.Code, format string, args ...any) (float64, error) {
		probs.Errorf(code, diag.Place{}, "no total of %s, %d, %s, %s: %s", sel.Category, sel.Year, sel.Perspective, sel.Accounting,
			fmt.Sprintf(format, args...))
		return 0, probs.Err()
	}
	switch {
	case c.rows == 0:
		return refuse(diag.NoTotal, "the table has no such row with share_of = %s", whole)
	case len(c.units) > 1:
		return refuse(diag.NoTotal, "its rows are in %q and in %q", c.units[0], c.units[1])
	case c.odd != 0:
		return refuse(diag.NotFinite, "a row's value is %v", c.odd)
	case !c.sum.IsFinite():
		return refuse(diag.Overflow, "the sum is beyond what a number can hold")
	}
	return c.sum.Float64(), nil
}

// split gives the sums of parts by name; nil where a name has no cell.
func split(parts []partSum, names []string) []*float64 {
	out := make([]*float64, len(names))
	for i, name := range names {
		for j := range parts {
			if parts[j].name == name {
				s := parts[j].sum.Float64()
				out[i] = &s
			}
		}
	}
	return out
}

// value is a total; nil where there is none.
func (t *Totals) value(sel Selection) *float64 {
	c := t.sums[sel]
	if c == nil {
		return nil
	}
	v := c.sum.Float64()
	return &v
}

// Of is the total of the table's study, scenario, method and pack; nil where it has none.
func (t *Totals) Of(year int, perspective, accounting, category string) *float64 {
	sel := t.base
	sel.Year, sel.Perspective, sel.Accounting, sel.Category = year, perspective, accounting, category
	return t.value(sel)
}
