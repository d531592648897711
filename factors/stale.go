package factors

import (
	"cmp"
	"slices"
)

// Age says how old the newest values of a factor, category and series are.
type Age struct {
	Factor, Category, Series string
	Places                   int    // regions and technologies
	Newest                   int    // year that the newest value holds for; 0 where values hold for any year
	Behind                   int    // years from it to the year asked about, 0 where it is later
	Released                 string // the newest release
	Stale                    []*Row // the newest row of each place that is behind by more than was asked, in order of region and technology
}

// Ages lists how old the values of a pack are, seen from a year: places whose newest value holds for a year more than behind years before it are stale.
// Values that hold for any year are old where they were released so long ago. Derived rows are left out: they are as old as what they were derived from.
func (p *Pack) Ages(year, behind int) []Age {
	var out []Age
	l := loader{pack: p}
	for _, key := range l.seriesKeys() {
		newest := map[string]map[placeKey]*Row{} // by series
		for _, id := range p.series[key].ids {
			r := &p.Rows[id]
			if r.Derived != nil {
				continue
			}
			if newest[r.Series] == nil {
				newest[r.Series] = map[placeKey]*Row{}
			}
			at := placeKey{r.region, r.technology}
			if have := newest[r.Series][at]; have == nil || r.year() > have.year() {
				newest[r.Series][at] = r
			}
		}
		for series, places := range newest {
			a := Age{Factor: key.factor, Category: key.category, Series: series, Places: len(places)}
			for _, r := range places {
				a.Newest = max(a.Newest, r.To)
				a.Released = max(a.Released, r.Released)
				a.Behind = max(a.Behind, year-r.year())
				if year-r.year() > behind {
					a.Stale = append(a.Stale, r)
				}
			}
			slices.SortFunc(a.Stale, func(x, y *Row) int {
				return cmp.Or(cmp.Compare(x.Region, y.Region), cmp.Compare(x.Technology, y.Technology), cmp.Compare(x.ID, y.ID))
			})
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b Age) int {
		return cmp.Or(cmp.Compare(a.Factor, b.Factor), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Series, b.Series))
	})
	return out
}

// year is the last year that a row holds for, of a row for any year that of its release.
func (r *Row) year() int {
	if r.To != 0 {
		return r.To
	}
	return int(r.published / 10000)
}
