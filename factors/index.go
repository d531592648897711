package factors

import (
	"cmp"
	"slices"
)

// seriesKey names the rows of one factor and category.
type seriesKey struct{ factor, category string }

// placeKey names those of them that hold for one region and technology.
type placeKey struct{ region, technology string }

// series is the rows of one factor and category.
type series struct {
	def *Definition
	at  map[placeKey][]int32     // by first year, then ID
	has [len(selectors)][]string // the distinct words of each selector, sorted
}

// index makes the rows findable. It starts afresh: rows may have been added since.
func (p *Pack) index() {
	p.series = map[seriesKey]*series{}
	for i := range p.Rows {
		r := &p.Rows[i]
		key := seriesKey{r.Factor, r.Category}
		s := p.series[key]
		if s == nil {
			def, _ := p.Definition(r.Factor)
			s = &series{def: def, at: map[placeKey][]int32{}}
			p.series[key] = s
		}
		place := placeKey{r.Region, r.Technology}
		s.at[place] = append(s.at[place], r.ID)
		for i, v := range r.selectors().values() {
			if at, ok := slices.BinarySearch(s.has[i], v); !ok {
				s.has[i] = slices.Insert(s.has[i], at, v)
			}
		}
	}
	for _, s := range p.series {
		for _, ids := range s.at {
			slices.SortFunc(ids, func(a, b int32) int {
				return cmp.Or(cmp.Compare(p.Rows[a].From, p.Rows[b].From), cmp.Compare(a, b))
			})
		}
	}
}

// find returns the row of exactly this place and year that is of the kind asked for, the fullest boundary where several are; nil
// where there is none. A pack that loaded without an error has no two rows that fit equally.
func (p *Pack) find(s *series, place placeKey, year int, sel *Select) *Row {
	var best *Row
	for _, id := range s.at[place] {
		r := &p.Rows[id]
		if r.covers(year) && sel.matches(r) && (best == nil || r.rank > best.rank) {
			best = r
		}
	}
	return best
}
