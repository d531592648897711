package factors

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// checkDuplicates refuses rows that would answer the same key: equal in all that Resolve chooses by, with a year in common.
func (l *loader) checkDuplicates() {
	for _, key := range l.seriesKeys() {
		s := l.pack.series[key]
		var places []span
		for _, at := range s.at {
			if at.to-at.from > 1 {
				places = append(places, at)
			}
		}
		slices.SortFunc(places, func(a, b span) int { return cmp.Compare(a.from, b.from) })
		for _, at := range places {
			l.checkPlace(slices.Clone(s.ids[at.from:at.to]))
		}
	}
}

// seriesKeys are those of the pack in order of their names.
func (l *loader) seriesKeys() []seriesKey {
	return slices.SortedFunc(maps.Keys(l.pack.series), func(a, b seriesKey) int {
		return cmp.Or(strings.Compare(a.factor, b.factor), strings.Compare(a.category, b.category))
	})
}

// checkPlace refuses rows of one place that would answer the same key.
func (l *loader) checkPlace(ids []int32) {
	rows := l.pack.Rows
	slices.SortFunc(ids, func(a, b int32) int {
		return cmp.Or(compareChoice(&rows[a], &rows[b]), cmp.Compare(rows[a].From, rows[b].From), cmp.Compare(a, b))
	})
	var reach *Row // of the rows like this one, the one that is valid longest
	for _, id := range ids {
		r := &rows[id]
		if reach == nil || compareChoice(reach, r) != 0 {
			reach = r
			continue
		}
		if r.overlaps(reach) {
			first, second := reach, r
			if first.ID > second.ID {
				first, second = second, first
			}
			l.probs.Add(duplicate(first, second))
		}
		if reach.From != 0 && r.To > reach.To {
			reach = r
		}
	}
}

// compareChoice orders rows of one place by all that Resolve tells apart but the year.
func compareChoice(a, b *Row) int {
	return cmp.Or(compareForms(a.Form, b.Form), cmp.Compare(a.stands, b.stands), cmp.Compare(a.order, b.order), cmp.Compare(a.published, b.published))
}

func compareForms(a, b *Form) int {
	if a == b {
		return 0
	}
	return cmp.Or(cmp.Compare(a.Flow, b.Flow), cmp.Compare(a.Point, b.Point), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Margin, b.Margin), cmp.Compare(a.Boundary, b.Boundary))
}

func duplicate(first, second *Row) diag.Problem {
	p := diag.Problem{Code: diag.DuplicateID, Place: second.Place(),
		Message: fmt.Sprintf("%s for %s stands also at %s for %s", second.title(), second.period(), first.Place(), first.period()),
		Why:     "one factor, category, region, technology, boundary and kind of figure has one row for a year"}
	if first.Series != second.Series {
		p.Why += "; of several series the pack says which it prefers"
		p.Hint = "list both series in pack.yaml, the preferred first, with the reason"
	}
	return p
}

// floors are what no true value can be below, whoever published it.
var floors = []struct {
	factor string
	least  float64
	unit   string
	why    string
}{
	{"pue", 1, "1", "power usage effectiveness is the energy of a facility over that of its computers, which is part of it"},
	{"grid_losses", 1, "1", "no grid delivers more than was generated"},
}

// slack keeps a sum that should be a floor, and is short of it by rounding, from being reported.
const slack = 1e-9

// checkFloors refuses values that physics rules out. What is merely unlikely is for Lint.
func (l *loader) checkFloors() {
	for _, f := range floors {
		s := l.pack.series[seriesKey{f.factor, ""}]
		if s == nil {
			continue
		}
		floorUnit := unit.MustParse(f.unit)
		for _, id := range slices.Sorted(slices.Values(s.ids)) {
			r := &l.pack.Rows[id]
			factor, ok := l.scale(r, floorUnit, f.unit)
			if !ok || r.Value*factor >= f.least*(1-slack) {
				continue
			}
			l.probs.Add(diag.Problem{Code: diag.BadFigure, Place: r.Place(), Why: f.why,
				Message: fmt.Sprintf("%s for %s is %s, below %s", r.title(), r.period(), quantity(r.Value, r.UnitText), quantity(f.least, f.unit))})
		}
	}
}

// quantity writes a value with its unit, where it has one.
func quantity(value float64, unit string) string {
	return strings.TrimSuffix(number(value)+" "+unit, " 1")
}

// countMasked counts the rows of lower layers that rows of upper ones stand before.
func (l *loader) countMasked() {
	p := l.pack
	if len(p.Layers) < 2 || l.failed() {
		return
	}
	for _, s := range p.series {
		for _, at := range s.at {
			ids := s.ids[at.from:at.to]
			top := map[Select]*[lastYear - firstYear + 1]uint8{} // the uppermost layer with a row for each year
			for _, id := range ids {
				r := &p.Rows[id]
				if top[r.selectors()] == nil {
					top[r.selectors()] = new([lastYear - firstYear + 1]uint8)
				}
				years := r.years(top[r.selectors()])
				for i := range years {
					years[i] = max(years[i], r.stands/2)
				}
			}
			for _, id := range ids {
				r := &p.Rows[id]
				if by := slices.Max(r.years(top[r.selectors()])); by > r.stands/2 {
					p.Layers[by].Masks++
				}
			}
		}
	}
}

// years is the part of a list of all years that a row is valid in.
func (r *Row) years(all *[lastYear - firstYear + 1]uint8) []uint8 {
	if r.From == 0 {
		return all[:]
	}
	return all[r.From-firstYear : r.To-firstYear+1]
}

// checkUnused warns of factors without rows.
func (l *loader) checkUnused() {
	used := map[string]bool{}
	for key := range l.pack.series {
		used[key.factor] = true
	}
	for _, d := range l.pack.Definitions {
		if l.pack.AsOf != "" {
			break // what the pack holds later is not known
		}
		if !used[d.Name] {
			l.probs.Add(diag.Problem{Code: diag.UnusedName, Severity: diag.Warning, Place: d.Place, Message: "the pack holds no row of the factor " + d.Name})
		}
	}
}

const (
	sharesWithin    = 1e-9 // how far from 1 the shares of a mix may add up to
	maxTechnologies = 200  // in one mix
)

// checkShares refuses mixes whose shares do not add up to one.
func (l *loader) checkShares() {
	var done []string
	for _, d := range l.derived {
		if slices.Contains(done, d.mix.Name) {
			continue
		}
		done = append(done, d.mix.Name)
		if !d.mix.unitKnown {
			continue
		}
		if !d.mix.unit.Compatible(unit.One) {
			l.probs.Errorf(diag.UnitMismatch, d.mix.Place, "the rows of %s are shares, of unit 1, not %s", d.mix.Name, d.mix.unit)
			continue
		}
		for _, group := range l.mixes(d.mix) {
			first := &l.pack.Rows[group[0]]
			if len(group) > maxTechnologies {
				l.probs.Errorf(diag.TooLarge, first.Place(), "%s in %s %s has %d technologies; at most %d are read", d.mix.Name, first.Region, first.period(), len(group), maxTechnologies)
				continue
			}
			total := 0.0
			for _, id := range group {
				r := &l.pack.Rows[id]
				if r.selectors() != (Select{}) || r.Boundary != "" {
					l.probs.Errorf(diag.BadValue, r.Place(), "a share has no boundary, flow, point, scope or margin")
				}
				total += l.share(r)
			}
			if !(math.Abs(total-1) <= sharesWithin) {
				l.probs.Add(diag.Problem{Code: diag.OutOfRange, Place: first.Place(),
					Message: fmt.Sprintf("the shares of %s in %s %s add up to %.12g, not 1", d.mix.Name, first.Region, first.period(), total),
					Why:     "all technologies of one region and period together, with the same valid_from and valid_to, make up its generation"})
			}
		}
	}
}

// mixes groups the rows of a mix: each group is one release of a region's and period's mix in one layer, its rows by technology; groups by
// region, period, layer and release.
func (l *loader) mixes(mix *Definition) [][]int32 {
	rows := l.pack.Rows
	s := l.pack.series[seriesKey{mix.Name, ""}]
	if s == nil {
		return nil
	}
	ids := slices.Clone(s.ids)
	same := func(a, b int32) int {
		return cmp.Or(cmp.Compare(rows[a].Region, rows[b].Region), cmp.Compare(rows[a].From, rows[b].From), cmp.Compare(rows[a].To, rows[b].To),
			cmp.Compare(rows[a].layer, rows[b].layer), cmp.Compare(rows[a].order, rows[b].order), cmp.Compare(rows[a].Released, rows[b].Released))
	}
	slices.SortFunc(ids, func(a, b int32) int {
		return cmp.Or(same(a, b), cmp.Compare(rows[a].Technology, rows[b].Technology), cmp.Compare(a, b))
	})
	var out [][]int32
	for start := 0; start < len(ids); {
		end := start + 1
		for end < len(ids) && same(ids[start], ids[end]) == 0 {
			end++
		}
		out = append(out, ids[start:end:end])
		start = end
	}
	return out
}

// share is a row's value as a part of one.
func (l *loader) share(r *Row) float64 {
	factor, _ := l.scale(r, unit.One, "1")
	return float64(r.Value * factor) // rounded here: callers add it up
}
