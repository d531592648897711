package study

import (
	"cmp"
	"context"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/montecarlo"
)

const (
	mostCauses   = 10     // that are told of a total one by one
	causeDraws   = 4096   // that indices are computed from at most
	mostOfCauses = 20_000 // terms of a total whose variance is parted
)

var origins = []string{originParameter, originFactor, originInventory}

// parted says of the totals of the study's year what their variance comes from: the uncertain quantities with the largest share, and all of one origin together.
func (a *assessment) parted(ctx context.Context, q *quantities, sums []aggregateKey, o *Options) ([]lca.Cause, error) {
	units, count := q.model.Units()
	byOrigin := make([]int32, len(q.about))
	titles := make([]string, count)
	originOf := make([]string, count)
	for i := range q.about {
		byOrigin[i] = int32(slices.Index(origins, q.about[i].origin))
		if u := units[i]; titles[u] == "" {
			titles[u], originOf[u] = q.title(i), q.about[i].origin
		}
	}
	var out []lca.Cause
	design, err := a.p.design(q, min(causeDraws, a.p.study.Sampling.Draws))
	if err != nil {
		return nil, err
	}
	drawn, err := q.model.Hold(ctx, montecarlo.Options{Design: design, Jobs: o.Jobs})
	if err != nil {
		return nil, err
	}
	for i, k := range sums {
		f := &q.model.Figures[i]
		if k.by != byTotal || int(k.year) != a.p.study.Year || len(f.Terms) > mostOfCauses {
			continue
		}
		whole, err := drawn.Indices(ctx, f, byOrigin, len(origins), slices.Index(origins, originInventory), len(origins), o.Jobs)
		if err != nil {
			return nil, err
		}
		each, err := drawn.Indices(ctx, f, units, count, -1, mostCauses, o.Jobs)
		if err != nil {
			return nil, err
		}
		for at, origin := range origins {
			if whole[at].Total > 0 {
				out = append(out, a.cause(k, origin, "", &whole[at]))
			}
		}
		order := make([]int, 0, count)
		for u := range each {
			if each[u].First > 0 {
				order = append(order, u)
			}
		}
		slices.SortStableFunc(order, func(x, y int) int {
			return cmp.Or(cmp.Compare(each[y].First, each[x].First), cmp.Compare(titles[x], titles[y]))
		})
		for _, u := range order[:min(len(order), mostCauses)] {
			out = append(out, a.cause(k, originOf[u], titles[u], &each[u]))
		}
	}
	return out, nil
}

// title is how a variable is called where it stands for all that share its error.
func (q *quantities) title(i int) string {
	if q.about[i].shared != "" {
		return q.about[i].shared
	}
	return q.about[i].title
}

func (a *assessment) cause(k aggregateKey, origin, quantity string, x *montecarlo.Index) lca.Cause {
	w, p := lca.Words(), a.p
	return lca.Cause{Study: p.study.Name, Scenario: scenario, Year: int(k.year), Category: w.Categories[k.category].Name, Perspective: w.Perspectives[k.perspective].Name,
		Accounting: w.Accountings[k.accounting].Name, Origin: origin, Quantity: quantity, First: x.First, FirstError: x.FirstError, Total: x.Total, TotalError: x.TotalError,
		Method: p.method.Ref(), Pack: p.pack.Ref()}
}
