package factors

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// checkDuplicates refuses rows that would answer the same key: equal in all but their boundary, with a year in common.
func (l *loader) checkDuplicates() {
	rows := l.pack.Rows
	ids := make([]int32, len(rows))
	for i := range ids {
		ids[i] = int32(i)
	}
	slices.SortFunc(ids, func(a, b int32) int {
		return cmp.Or(compareIdentity(&rows[a], &rows[b]), cmp.Compare(rows[a].From, rows[b].From), cmp.Compare(a, b))
	})
	var reach *Row // of the rows like this one, the one that is valid longest
	for _, id := range ids {
		r := &rows[id]
		if reach == nil || compareIdentity(reach, r) != 0 {
			reach = r
			continue
		}
		if r.overlaps(reach) {
			first, second := reach, r
			if first.ID > second.ID {
				first, second = second, first
			}
			l.probs.Add(diag.Problem{Code: diag.DuplicateID, Place: second.Place,
				Message: fmt.Sprintf("%s for %s stands also at %s for %s", second.title(), second.period(), first.Place, first.period()),
				Why:     "one factor, category, region, technology, boundary and kind of figure has one row for a year"})
		}
		if reach.From != 0 && r.To > reach.To {
			reach = r
		}
	}
}

// compareIdentity orders rows by all that a key and a Select tell apart but the year, and by boundary.
func compareIdentity(a, b *Row) int {
	return cmp.Or(cmp.Compare(a.Factor, b.Factor), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Region, b.Region),
		cmp.Compare(a.Technology, b.Technology), cmp.Compare(a.Flow, b.Flow), cmp.Compare(a.Point, b.Point), cmp.Compare(a.Scope, b.Scope),
		cmp.Compare(a.Margin, b.Margin), cmp.Compare(a.Boundary, b.Boundary))
}

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

// floors are what no true value can be below.
var floors = []struct {
	factor   string // empty: any
	category string
	per      string // of the factor; empty: any
	least    float64
	unit     string
	severity diag.Severity
	why      string
}{
	{"pue", "", "", 1, "1", diag.Error, "power usage effectiveness is the energy of a facility over that of its computers, which is part of it"},
	{"grid_losses", "", "", 1, "1", diag.Error, "no grid delivers more than was generated"},
	{"", "primary_energy", "kWh", 3.6, "MJ/kWh", diag.Warning, "1 kWh is 3.6 MJ: a lower value counts a part of the primary energy only, such as that of fossil fuels"},
}

// slack keeps a sum that should be a floor, and is short of it by rounding, from being reported.
const slack = 1e-9

// checkFloors reports values that physics rules out.
func (l *loader) checkFloors() {
	for _, f := range floors {
		floorUnit, per := unit.MustParse(f.unit), unit.One
		if f.per != "" {
			per = unit.MustParse(f.per)
		}
		for i := range l.pack.Rows {
			r := &l.pack.Rows[i]
			if r.Category != f.category || f.factor != "" && r.Factor != f.factor {
				continue
			}
			if d, _ := l.pack.Definition(r.Factor); f.per != "" && !d.Per.Compatible(per) {
				continue
			}
			factor, ok := l.scale(r, floorUnit, f.unit)
			if !ok || r.Value*factor >= f.least*(1-slack) {
				continue
			}
			l.probs.Add(diag.Problem{Code: diag.BadFigure, Severity: f.severity, Place: r.Place, Why: f.why,
				Message: fmt.Sprintf("%s for %s is %s, below %s", r.title(), r.period(), quantity(r.Value, r.UnitText), quantity(f.least, f.unit))})
		}
	}
}

// quantity writes a value with its unit, where it has one.
func quantity(value float64, unit string) string {
	return strings.TrimSuffix(number(value)+" "+unit, " 1")
}

// A value is remarkable where it differs from the median of at least enough others by more than a factor of remarkable.
const (
	remarkable = 1000
	enough     = 5
)

// checkOutliers warns of burdens far from those beside them: mostly a slip of a unit's prefix or a decimal point.
func (l *loader) checkOutliers() {
	p := l.pack
	for i := range p.Definitions {
		for _, c := range lca.Words().Categories {
			want, ok := p.Unit(p.Definitions[i].Name, c.Name)
			s := p.series[seriesKey{p.Definitions[i].Name, c.Name}]
			if !ok || s == nil {
				continue
			}
			text := want.String()
			type figure struct {
				id    int32
				value float64
			}
			var figures []figure
			for _, ids := range s.at {
				for _, id := range ids {
					if factor, ok := l.scale(&p.Rows[id], want, text); ok && p.Rows[id].Value > 0 {
						figures = append(figures, figure{id, float64(p.Rows[id].Value * factor)})
					}
				}
			}
			if len(figures) < enough {
				continue
			}
			slices.SortFunc(figures, func(a, b figure) int { return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.id, b.id)) })
			median := figures[len(figures)/2].value
			for _, f := range figures {
				if f.value <= remarkable*median && median <= remarkable*f.value {
					continue
				}
				r := &p.Rows[f.id]
				l.probs.Add(diag.Problem{Code: diag.BadFigure, Severity: diag.Warning, Place: r.Place,
					Message: fmt.Sprintf("%s is %s, the median of the %d figures of its kind %s", r.title(), quantity(r.Value, r.UnitText), len(figures), quantity(median, text)),
					Why:     fmt.Sprintf("a difference of more than %d times is mostly a slip of a unit or a decimal point", remarkable)})
			}
		}
	}
}

// checkUnused warns of factors without rows.
func (l *loader) checkUnused() {
	used := map[string]bool{}
	for key := range l.pack.series {
		used[key.factor] = true
	}
	for _, d := range l.pack.Definitions {
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
				l.probs.Errorf(diag.TooLarge, first.Place, "%s in %s %s has %d technologies; at most %d are read", d.mix.Name, first.Region, first.period(), len(group), maxTechnologies)
				continue
			}
			total := 0.0
			for _, id := range group {
				r := &l.pack.Rows[id]
				if r.selectors() != (Select{}) || r.Boundary != "" {
					l.probs.Errorf(diag.BadValue, r.Place, "a share has no boundary, flow, point, scope or margin")
				}
				total += l.share(r)
			}
			if !(math.Abs(total-1) <= sharesWithin) {
				l.probs.Add(diag.Problem{Code: diag.OutOfRange, Place: first.Place,
					Message: fmt.Sprintf("the shares of %s in %s %s add up to %.12g, not 1", d.mix.Name, first.Region, first.period(), total),
					Why:     "all technologies of one region and period together, with the same valid_from and valid_to, make up its generation"})
			}
		}
	}
}

// mixes groups the rows of a mix: each group is a region and period, its rows by technology; groups by region and period.
func (l *loader) mixes(mix *Definition) [][]int32 {
	rows := l.pack.Rows
	var ids []int32
	for i := range rows {
		if rows[i].Factor == mix.Name {
			ids = append(ids, rows[i].ID)
		}
	}
	same := func(a, b int32) int {
		return cmp.Or(cmp.Compare(rows[a].Region, rows[b].Region), cmp.Compare(rows[a].From, rows[b].From), cmp.Compare(rows[a].To, rows[b].To))
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
