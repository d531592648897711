package factors

import (
	"cmp"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Change is a value that two packs do not share.
type Change struct {
	Was, Now *Row // nil where the first or the second pack has no such row
	// Ratio is the new value over the old one, both in one unit; 0 where there is none.
	Ratio float64
	What  []string // of a row that both have: value, distribution, source, ..., by the names of the columns
}

// rowKey is what a row is a value of.
type rowKey struct {
	factor, category, region, technology string
	from, to                             int
	form                                 Form
	series                               string
}

// Diff lists what differs between two packs, in order of factor, category, region, technology and year. Of several releases of a series in one pack
// the one that Resolve takes is compared. A row without a series is compared with the one row of any series that the other pack has for the same. Rows
// that a pack derives are compared as well.
func Diff(a, b *Pack) []Change {
	was, now := a.byKey(), b.byKey()
	adopt(was, now)
	adopt(now, was)
	var out []Change
	for key, r := range was {
		other := now[key]
		if other == nil {
			out = append(out, Change{Was: r})
		} else if c := changed(r, other); len(c.What) > 0 {
			out = append(out, c)
		}
	}
	for key, r := range now {
		if was[key] == nil {
			out = append(out, Change{Now: r})
		}
	}
	slices.SortFunc(out, func(x, y Change) int {
		p, q := cmp.Or(x.Now, x.Was), cmp.Or(y.Now, y.Was)
		return cmp.Or(cmp.Compare(p.Factor, q.Factor), cmp.Compare(p.Category, q.Category), cmp.Compare(p.Region, q.Region), cmp.Compare(p.Technology, q.Technology),
			cmp.Compare(p.From, q.From), cmp.Compare(p.To, q.To), cmp.Compare(p.selectors().String(), q.selectors().String()), cmp.Compare(p.Boundary, q.Boundary), cmp.Compare(p.Series, q.Series))
	})
	return out
}

// adopt gives rows without a series that of the other side's row for the same, where there is one such row and it has no counterpart yet.
func adopt(rows, others map[rowKey]*Row) {
	candidates := map[rowKey][]string{} // series by key without one
	for key := range others {
		if key.series != "" && rows[key] == nil {
			bare := key
			bare.series = ""
			candidates[bare] = append(candidates[bare], key.series)
		}
	}
	for key, series := range candidates {
		if r := rows[key]; r != nil && others[key] == nil && len(series) == 1 {
			delete(rows, key)
			key.series = series[0]
			rows[key] = r
		}
	}
}

func (p *Pack) byKey() map[rowKey]*Row {
	out := map[rowKey]*Row{}
	for i := range p.Rows {
		r := &p.Rows[i]
		key := rowKey{r.Factor, r.Category, r.Region, r.Technology, r.From, r.To, *r.Form, r.Series}
		if have := out[key]; have == nil || r.before(have) {
			out[key] = r
		}
	}
	return out
}

func changed(was, now *Row) Change {
	c := Change{Was: was, Now: now}
	factor, ok := unit.Factor(was.Unit, now.Unit)
	before := float64(was.Value * factor)
	same := before == now.Value
	if was.UnitText != now.UnitText { // 0.54546 kg and 545.46 g are one value, but for the rounding of a conversion
		same = math.Abs(before-now.Value) <= 1e-14*math.Abs(now.Value)
	}
	if !ok || !same {
		c.What = append(c.What, columnNames[colValue])
		if ok && before != 0 {
			c.Ratio = now.Value / before
		}
	}
	for _, f := range []struct {
		col  int
		same bool
	}{
		{colSeries, was.Series == now.Series},
		{colUnit, was.UnitText == now.UnitText},
		{colDistribution, was.Distribution == now.Distribution},
		{colQuality, was.Quality == now.Quality},
		{colSource, was.Source == now.Source},
		{colURL, was.URL == now.URL},
		{colReleased, was.Released == now.Released},
		{colLicence, was.Licence == now.Licence},
		{colNote, was.Note == now.Note},
	} {
		if !f.same {
			c.What = append(c.What, columnNames[f.col])
		}
	}
	return c
}
