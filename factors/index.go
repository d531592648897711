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
	var all []*series
	type place struct {
		series *series
		key    placeKey
		rows   int32 // how many; then where the next of them goes in the series' ids
	}
	var places []place // in order of their first row
	at := make([]int32, len(p.Rows))
	var key seriesKey // of the row before
	var s *series
	for i := range p.Rows {
		r := &p.Rows[i]
		if now := (seriesKey{r.Factor, r.Category}); s == nil || now != key {
			key = now
			if s = p.series[key]; s == nil {
				def, _ := p.Definition(r.Factor)
				s = &series{def: def, at: map[placeKey]span{}, used: map[int32]bool{}}
				p.series[key] = s
				all = append(all, s)
			}
		}
		if len(s.forms) == 0 || s.forms[len(s.forms)-1] != r.Form && !slices.Contains(s.forms, r.Form) {
			s.forms = append(s.forms, r.Form)
		}
		if r.From != 0 {
			if s.first == 0 || r.From < s.first {
				s.first = r.From
			}
			s.last = max(s.last, r.To)
		}
		here := placeKey{r.region, r.technology}
		if i > 0 && places[at[i-1]].series == s && places[at[i-1]].key == here {
			at[i] = at[i-1]
		} else if known, ok := s.at[here]; ok {
			at[i] = known.from
		} else {
			at[i] = int32(len(places))
			s.at[here] = span{from: at[i]} // the place's number as yet
			s.used[r.technology] = true
			places = append(places, place{series: s, key: here})
		}
		places[at[i]].rows++
	}
	sizes := map[*series]int32{}
	for i := range places {
		here := &places[i]
		from := sizes[here.series]
		to := from + here.rows
		here.series.at[here.key] = span{from, to}
		here.rows, sizes[here.series] = from, to
	}
	for _, s := range all {
		s.ids = make([]int32, sizes[s])
	}
	for i := range p.Rows {
		here := &places[at[i]]
		here.series.ids[here.rows] = p.Rows[i].ID
		here.rows++
	}
	byYear := func(a, b int32) int { return cmp.Compare(p.Rows[a].From, p.Rows[b].From) }
	for _, here := range places {
		if ids := here.series.rows(here.key.region, here.key.technology); !slices.IsSortedFunc(ids, byYear) {
			slices.SortStableFunc(ids, byYear) // they stand in order of ID
		}
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
