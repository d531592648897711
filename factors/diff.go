package factors

import (
	"cmp"
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
// the one that Resolve takes is compared. Rows that a pack derives are compared as well.
func Diff(a, b *Pack) []Change {
	was, now := a.byKey(), b.byKey()
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
	if before := float64(was.Value * factor); !ok || before != now.Value {
		c.What = append(c.What, columnNames[colValue])
		if ok && before != 0 {
			c.Ratio = now.Value / before
		}
	}
	for _, f := range []struct {
		col  int
		same bool
	}{
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
