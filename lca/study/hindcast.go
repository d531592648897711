package study

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// Hindsight is what a projection had for a year, beside what a later study has of it.
type Hindsight struct {
	Scenario, Category, Unit string
	Year                     int
	Perspective, Accounting  string
	Base                     float64 // in the projection's base year
	Projected                float64
	P05, P95                 *float64
	Later                    *float64 // nil: the later study has no such total
	Error                    *float64 // projected less later, over later
	Unchanged                *float64 // the error of the base year's value, taken for the later year: what any scenario should beat
	Within                   *bool    // the later value lies within the 90 % interval
	Complete                 bool     // in both
}

// Hindcast sets a projection beside a study of a later year. Notes say what keeps the two from being of the same thing.
func (p *Projection) Hindcast(ctx context.Context, later *Study, o Options) (rows []Hindsight, notes []string, err error) {
	if later.Year <= p.Base || later.Year > p.To {
		var probs diag.List
		probs.Add(later.at("year").Problem(diag.OutOfRange, "the later study is of %d; the projection is of %d to %d", later.Year, p.Base, p.To))
		return nil, nil, probs.Err()
	}
	totals, method, pack, err := later.totals(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	if method != p.Method() || pack != p.Pack() {
		notes = append(notes, fmt.Sprintf("the later study is computed with %s and %s, the projection with %s and %s: what differs is not of the drivers alone", method, pack, p.Method(), p.Pack()))
	}
	notes = append(notes, "what a later inventory documents for the first time stands in its totals, and in no projection: compare editions with ailca compare for what was added")
	for _, t := range p.Totals {
		if t.Year != later.Year {
			continue
		}
		base, _ := p.Total(t.Scenario, t.Category, t.Perspective, t.Accounting, p.Base)
		h := Hindsight{Scenario: t.Scenario, Category: t.Category, Unit: t.Unit, Year: t.Year, Perspective: t.Perspective, Accounting: t.Accounting, Base: base.Value, Projected: t.Value, P05: t.P05, P95: t.P95}
		if i := slices.IndexFunc(totals, func(o ProjectedTotal) bool {
			return o.Year == t.Year && o.Category == t.Category && o.Perspective == t.Perspective && o.Accounting == t.Accounting
		}); i >= 0 {
			v := totals[i].Value
			h.Later, h.Complete = &v, t.Complete && totals[i].Complete
			if v != 0 {
				e, same := (t.Value-v)/v, (base.Value-v)/v
				h.Error, h.Unchanged = &e, &same
			}
			if t.P05 != nil {
				within := *t.P05 <= v && v <= *t.P95
				h.Within = &within
			}
		}
		rows = append(rows, h)
	}
	return rows, notes, nil
}

// totals assesses a study, and gives its totals; nothing is drawn or written.
func (s *Study) totals(ctx context.Context, o Options) (out []ProjectedTotal, method, pack string, err error) {
	var probs diag.List
	run := &runState{space: &amounts.Space{}, options: o, started: time.Now()}
	own := *s
	own.Sampling.Draws = 0
	p, err := own.compiled(ctx, o.Jobs, &probs)
	defer p.close()
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		return nil, "", "", err
	}
	res, err := p.compute(ctx, run, &probs)
	if err != nil {
		return nil, "", "", err
	}
	defer res.close()
	type key struct {
		perspective, accounting, category string
		year                              int
	}
	sums := map[key]*exact.Sum{}
	err = res.impacts.each(func(row *lca.Impact, _ uint32) error {
		if row.ShareOf == lca.Words().ShareOf[0].Name {
			k := key{row.Perspective, row.Accounting, row.Category, row.Year}
			if sums[k] == nil {
				sums[k] = &exact.Sum{}
			}
			sums[k].Add(row.Value)
		}
		return nil
	})
	for k, sum := range sums {
		c, _ := lca.Words().Category(k.category)
		out = append(out, ProjectedTotal{Scenario: scenario, Category: k.category, Unit: c.Unit, Year: k.year, Perspective: k.perspective, Accounting: k.accounting, Value: sum.Float64(),
			Complete: !res.incomplete[incompleteKey{k.year, k.perspective, k.accounting, k.category}]})
	}
	slices.SortFunc(out, func(a, b ProjectedTotal) int {
		return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Perspective, b.Perspective), cmp.Compare(a.Accounting, b.Accounting), cmp.Compare(a.Category, b.Category))
	})
	return out, p.method.Ref(), p.pack.Ref(), err
}
