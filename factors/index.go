package factors

import (
	"cmp"
	"slices"
)

// seriesKey names the rows of one factor and category.
type seriesKey struct{ factor, category string }

// series is the rows of one factor and category.
type series struct {
	def   *Definition
	at    map[placeKey]span
	ids   []int32                  // by place; of one place by first year, then ID
	has   [len(selectors)][]string // the distinct words of each selector, sorted
	forms []*Form                  // distinct
	used  map[int32]bool           // technologies
	first int                      // year of the earliest and
	last  int                      // of the latest row; 0 where no row has a year
}

// placeKey names those rows that hold for one region and technology, by their codes.
type placeKey struct{ region, technology int32 }

// span is a part of a series' ids.
type span struct{ from, to int32 }

// rows are the rows of one place.
func (s *series) rows(region, technology int32) []int32 {
	at := s.at[placeKey{region, technology}]
	return s.ids[at.from:at.to]
}

func (s *series) hasTechnology(code int32) bool { return s.used[code] }

// index makes the rows findable. It starts afresh: rows may have been added since.
func (l *loader) index() {
	p := l.pack
	p.series = map[seriesKey]*series{}
	type entry struct {
		series, region, technology, from, id int32
	}
	entries := make([]entry, len(p.Rows))
	var all []*series
	numbers := map[seriesKey]int32{}
	var lastKey seriesKey
	var lastNumber int32 = -1
	for i := range p.Rows {
		r := &p.Rows[i]
		key := seriesKey{r.Factor, r.Category}
		if lastNumber < 0 || key != lastKey {
			n, ok := numbers[key]
			if !ok {
				n = int32(len(all))
				def, _ := p.Definition(r.Factor)
				s := &series{def: def, at: map[placeKey]span{}, used: map[int32]bool{}}
				all, numbers[key], p.series[key] = append(all, s), n, s
			}
			lastKey, lastNumber = key, n
		}
		s := all[lastNumber]
		if len(s.forms) == 0 || s.forms[len(s.forms)-1] != r.Form && !slices.Contains(s.forms, r.Form) {
			s.forms = append(s.forms, r.Form)
		}
		if r.From != 0 {
			if s.first == 0 || r.From < s.first {
				s.first = r.From
			}
			s.last = max(s.last, r.To)
		}
		entries[i] = entry{lastNumber, r.region, r.technology, int32(r.From), r.ID}
	}
	slices.SortFunc(entries, func(a, b entry) int {
		if a.series != b.series {
			return cmp.Compare(a.series, b.series)
		}
		if a.region != b.region {
			return cmp.Compare(a.region, b.region)
		}
		if a.technology != b.technology {
			return cmp.Compare(a.technology, b.technology)
		}
		if a.from != b.from {
			return cmp.Compare(a.from, b.from)
		}
		return cmp.Compare(a.id, b.id)
	})
	ids := make([]int32, len(entries))
	for i := range entries {
		ids[i] = entries[i].id
	}
	for from := 0; from < len(entries); {
		e := entries[from]
		s := all[e.series]
		start := from
		for from < len(entries) && entries[from].series == e.series && entries[from].region == e.region && entries[from].technology == e.technology {
			from++
		}
		base := len(s.ids)
		if base == 0 {
			s.ids = ids[start:start:len(ids)]
		}
		s.ids = s.ids[:base+from-start] // the series' entries stand one behind the other
		s.used[e.technology] = true
		s.at[placeKey{e.region, e.technology}] = span{int32(base), int32(base + from - start)}
	}
	for _, s := range all {
		for i := range s.has {
			for _, f := range s.forms {
				if v := f.selectors().values()[i]; !slices.Contains(s.has[i], v) {
					s.has[i] = append(s.has[i], v)
				}
			}
			slices.Sort(s.has[i])
		}
	}
}

// before reports whether a row stands before another that fits a key as well: that of the upper layer, of a derived row that of its mix, and of one
// layer the row of a file; then that of the fuller boundary, of the preferred series, of the later release. Two rows of a pack that loaded without an
// error are never equal in all of these.
func (r *Row) before(o *Row) bool {
	switch {
	case r.stands != o.stands:
		return r.stands > o.stands
	case r.rank != o.rank:
		return r.rank > o.rank
	case r.order != o.order:
		return r.order < o.order
	}
	return r.published > o.published
}

// find returns the row of exactly this place and year that is of the kind asked for; nil where there is none.
func (p *Pack) find(s *series, place placeKey, year int, sel *Select) *Row {
	var best *Row
	for _, id := range s.rows(place.region, place.technology) {
		r := &p.Rows[id]
		if r.covers(year) && sel.matches(r) && (best == nil || r.before(best)) {
			best = r
		}
	}
	return best
}
