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
}

// Exact reports whether no fallback was taken.
func (f Found) Exact() bool { return f.Asked == f.Taken }

// Steps lists the fallbacks taken, such as "year 2025 -> 2024", "region FRA -> EUR"; none where the row is exact. Order: year, region,
// technology.
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
	return out
}

// Resolve finds the row for a key: the exact region, year and technology first, then by the policy's fallbacks. Among rows that fit
// equally and differ in boundary it takes the fullest: building, rack, server, accelerator, board, die, none.
//
// The error is an *Ambiguous where the pack holds several kinds of this figure and sel does not say which (whatever this key would have
// found, so that one region's answer does not hang on another's), else a *Missing. A row found costs no allocation.
func (p *Pack) Resolve(k Key, sel Select, pol Policy) (Found, error) {
	s := p.series[seriesKey{k.Factor, k.Category}]
	if s == nil {
		return Found{}, p.missing(k, sel)
	}
	if s.ambiguous(&sel) >= 0 {
		return Found{}, p.Ambiguity(k.Factor, k.Category, sel)
	}
	if !s.def.byRegion {
		k.Region = ""
	}
	if !s.def.byTechnology {
		k.Technology = ""
	}
	if !s.def.byYear {
		k.Year = 0
	}
	q := search{pack: p, series: s, sel: sel, steps: pol.steps, at: k}
	r := q.try(len(q.steps))
	if r == nil {
		return Found{}, p.missing(k, sel)
	}
	return Found{Row: r, Asked: k, Taken: q.at}, nil
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
		return q.pack.find(q.series, placeKey{q.at.Region, q.at.Technology}, q.at.Year, &q.sel)
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
