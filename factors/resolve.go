package factors

import (
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca/names"
)

// Key is what a value is looked for by. Region, Technology and Year count where the factor is found by them and are ignored elsewhere,
// so that a caller can pass all it knows. Year 0 finds only rows that hold for any year.
type Key struct {
	Factor     string
	Category   string
	Region     string
	Technology string
	Year       int
}

// Found is the row that applies and how it differs from what was asked. Two Founds are equal by == where the row and the steps are.
type Found struct {
	Row   *Row
	Asked Key // as asked, without what the factor is not found by
	Taken Key // Asked with the year, region and technology under which the row was found
	// Kind is the kind of figure that stands in for the one that was asked for, Instead what it stands in for; both are empty where the row is of that.
	Kind, Instead Select
}

// Exact reports whether no fallback was taken.
func (f Found) Exact() bool { return f.Asked == f.Taken && f.Kind == Select{} }

// Steps lists the fallbacks taken, such as "year 2025 -> 2024", "region FRA -> EUR", "margin residual -> average"; none where the row is exact.
// Order: year, region, technology, kind.
func (f Found) Steps() []string {
	if f.Exact() {
		return nil
	}
	var out []string
	if f.Asked.Year != f.Taken.Year {
		out = append(out, "year "+strconv.Itoa(f.Asked.Year)+" -> "+strconv.Itoa(f.Taken.Year))
	}
	if f.Asked.Region != f.Taken.Region {
		out = append(out, "region "+f.Asked.Region+" -> "+f.Taken.Region)
	}
	if f.Asked.Technology != f.Taken.Technology {
		out = append(out, "technology "+f.Asked.Technology+" -> "+f.Taken.Technology)
	}
	if f.Kind != (Select{}) {
		asked := f.Instead.values()
		for i, taken := range f.Kind.values() {
			if taken != asked[i] {
				out = append(out, selectors[i].name+" "+asked[i]+" -> "+taken)
			}
		}
	}
	return out
}

// Resolve finds the row for a key: the exact region, year and technology first, then by the policy's fallbacks. Among rows that fit
// equally it takes that of the upper layer, then of the fullest boundary (building, rack, server, accelerator, board, die, none), then of the
// series that the pack prefers, then of the latest release.
//
// The error is an *Ambiguous where the pack holds several kinds of this figure and sel does not say which (whatever this key would have
// found, so that one region's answer does not hang on another's), else a *Missing. A row found costs no allocation.
func (p *Pack) Resolve(k Key, sel Select, pol Policy) (Found, error) {
	s := p.series[seriesKey{k.Factor, k.Category}]
	if s == nil {
		if d, ok := p.Definition(k.Factor); ok {
			k = d.asks(k)
		}
		return Found{}, p.missing(k, sel)
	}
	return p.resolve(s, k, sel, pol)
}

// asks is a key without what the factor is not found by.
func (d *Definition) asks(k Key) Key {
	if !d.byRegion {
		k.Region = ""
	}
	if !d.byTechnology {
		k.Technology = ""
	}
	if !d.byYear {
		k.Year = 0
	}
	return k
}

func (p *Pack) resolve(s *series, k Key, sel Select, pol Policy) (Found, error) {
	if s.ambiguous(&sel) >= 0 {
		return Found{}, p.Ambiguity(k.Factor, k.Category, sel)
	}
	k = s.def.asks(k)
	r := p.look(s, k, sel, pol)
	if r == nil {
		return Found{}, p.missing(k, sel)
	}
	return s.found(k, r, sel), nil
}

// look finds the row for a key that asks has been over; nil where there is none.
func (p *Pack) look(s *series, k Key, sel Select, pol Policy) *Row {
	q := search{pack: p, series: s, sel: sel, steps: pol.steps, at: k}
	return q.try(len(q.steps))
}

// found says how a row differs from what was asked, which asks has been over: the row alone tells, since of years as near the first that leads to it is the nearest that it holds for.
func (s *series) found(k Key, r *Row, sel Select) Found {
	f := Found{Row: r, Asked: k, Taken: k}
	if s.def.byRegion {
		f.Taken.Region = r.Region
	}
	if s.def.byTechnology {
		f.Taken.Technology = r.Technology
	}
	if s.def.byYear && r.From != 0 {
		f.Taken.Year = min(max(k.Year, r.From), r.To)
	}
	f.Kind, f.Instead = r.selectors().apart(sel)
	return f
}

// place is where rows of a region and technology stand; nowhere, where the pack has no row of either.
func (p *Pack) place(region, technology string) placeKey {
	return placeKey{p.regions.find(region), p.technologies.find(technology)}
}

// search is one lookup. at moves through what is looked for; it stays where a row was found.
type search struct {
	pack   *Pack
	series *series
	sel    Select
	steps  []Step
	at     Key
}

// try looks with the first n steps allowed. Without success, at is what it was.
func (q *search) try(n int) *Row {
	if n == 0 {
		return q.pack.find(q.series, q.pack.place(q.at.Region, q.at.Technology), q.at.Year, &q.sel)
	}
	n--
	r := q.try(n)
	if r != nil {
		return r
	}
	asked := q.at
	switch step := &q.steps[n]; step.Kind {
	case NearestYear:
		if asked.Year == 0 {
			return nil
		}
		for d := 1; d <= step.Max; d++ {
			if q.at.Year = asked.Year - d; q.at.Year > 0 {
				if r = q.try(n); r != nil {
					return r
				}
			}
			q.at.Year = asked.Year + d
			if r = q.try(n); r != nil {
				return r
			}
		}
	case ParentRegion:
		for level := 1; step.Max == 0 || level <= step.Max; level++ {
			parent, ok := names.Regions().Parent(q.at.Region)
			if !ok || parent == names.World {
				break
			}
			q.at.Region = parent
			if r = q.try(n); r != nil {
				return r
			}
		}
	case WorldRegion:
		if q.series.def.byRegion && asked.Region != names.World {
			q.at.Region = names.World
			if r = q.try(n); r != nil {
				return r
			}
		}
	case OtherKind:
		if sel := step.Select.over(q.sel); sel != q.sel {
			was := q.sel
			q.sel = sel
			if r = q.try(n); r != nil {
				return r
			}
			q.sel = was
		}
	case OtherTechnology:
		if q.series.def.byTechnology && asked.Technology != step.To {
			q.at.Technology = step.To
			if r = q.try(n); r != nil {
				return r
			}
		}
	}
	q.at = asked
	return nil
}
