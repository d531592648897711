package study

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/montecarlo"
)

const (
	mostCauses   = 10        // that are told of a total one by one
	indexDraws   = 4096      // that indices are computed from at most
	fewestIndex  = 1024      // that they are computed from where there are as many, unless memory is short
	indexWork    = 1 << 22   // terms of a total times draws, beyond which there are fewer draws
	mostOfCauses = 20_000    // terms of a total whose variance is parted
	indexMemory  = 256 << 20 // bytes for draws that indices are computed from: of many quantities there are fewer, whatever memory a run has
)

var origins = []string{originParameter, originFactor, originInventory}

// parted says of the totals of the study's year what their variance comes from: the uncertain quantities with the largest share, and all of one origin together.
// unknown are the totals of which it cannot say so.
func (a *assessment) parted(ctx context.Context, q *quantities, sums []aggregateKey, o *Options) (out []lca.Cause, unknown int, err error) {
	var totals []int
	for i, k := range sums {
		if k.by == byTotal && int(k.year) == a.p.study.Year {
			totals = append(totals, i)
		}
	}
	s, err := a.p.shares(ctx, q, totals, o)
	if err != nil {
		return nil, 0, err
	}
	for _, i := range totals {
		if !s.knows(&q.model.Figures[i]) {
			unknown++
			continue
		}
		x, err := s.of(ctx, &q.model.Figures[i], mostCauses)
		if err != nil {
			return nil, 0, err
		}
		for at, origin := range origins {
			if x.origins[at].Total > 0 {
				out = append(out, a.cause(sums[i], origin, "", &x.origins[at]))
			}
		}
		for _, u := range x.largest {
			out = append(out, a.cause(sums[i], s.parts[u].origin, s.parts[u].title, &x.each[u]))
		}
	}
	return out, unknown, nil
}

// shares parts the variance of figures.
type shares struct {
	model    *montecarlo.Model
	drawn    *montecarlo.Drawn // nil: there are too many variables
	parts    []sharePart
	partOf   []int32 // of each variable
	originOf []int32
	terms    int // that a figure has at most
	jobs     int
}

// sharePart is a part of the variables that is independent of all others: one, or all that share an error or are made of each other.
type sharePart struct {
	title, origin string
	variables     []int32
	members       []string // what is drawn: more than one where a formula makes something of several
}

// together names what a formula ties together, whose variance cannot be parted.
func together(members []string) string {
	const most = 4
	slices.Sort(members)
	if more := len(members) - most; more > 1 {
		return fmt.Sprintf("%s and %d more, together", strings.Join(members[:most], ", "), more)
	}
	if len(members) > 1 {
		return strings.Join(members, ", ") + ", together"
	}
	return strings.Join(members, "")
}

// shares draws what given figures depend on, as often as indexMemory holds them and the products of the given figures.
func (p *plan) shares(ctx context.Context, q *quantities, figures []int, o *Options) (*shares, error) {
	units, count := q.model.Units()
	s := &shares{model: q.model, parts: make([]sharePart, count), partOf: units, originOf: make([]int32, len(q.about)), jobs: o.Jobs}
	for i := range q.about {
		x := &s.parts[units[i]]
		if x.origin == "" || x.origin != originParameter && q.about[i].origin == originParameter {
			x.origin = q.about[i].origin
		}
		x.variables = append(x.variables, int32(i))
		if v := &q.model.Variables[i]; v.Made == nil && !slices.Contains(x.members, q.title(i)) {
			x.members = append(x.members, q.title(i))
		}
	}
	for u := range s.parts {
		s.parts[u].title = together(s.parts[u].members)
	}
	for i, u := range units { // parameters and factors that one rule without normal form makes a quantity of cannot be parted: they count as parameters
		s.originOf[i] = int32(slices.Index(origins, s.parts[u].origin))
	}
	for _, i := range figures {
		if n := q.model.Width(&q.model.Figures[i]); n <= mostOfCauses {
			s.terms = max(s.terms, n)
		}
	}
	if len(figures) == 0 {
		return s, nil
	}
	// Of each term a product is held, and one without the variables of a part.
	width := int64(8 * (len(q.model.Needed(figures...)) + 2*s.terms))
	n := min(indexDraws, max(fewestIndex, indexWork/max(1, s.terms)), p.study.Sampling.Draws, int(indexMemory/max(1, width)))
	if n < fewestDraws {
		return s, nil
	}
	design, err := p.design(q, n)
	if err == nil {
		s.drawn, err = q.model.Hold(ctx, montecarlo.Options{Design: design, Jobs: o.Jobs}, figures...)
	}
	return s, err
}

// knows says whether the variance of a figure can be parted.
func (s *shares) knows(f *montecarlo.Figure) bool {
	return s.drawn != nil && s.model.Width(f) <= s.terms
}

// share is what the variance of a figure comes from.
type share struct {
	origins []montecarlo.Index // parallel to origins
	each    []montecarlo.Index // of each part
	largest []int              // parts that explain any of it, those that explain most first, and as many as were asked for
}

func (s *shares) of(ctx context.Context, f *montecarlo.Figure, most int) (x share, err error) {
	rest := slices.Index(origins, originInventory)
	if x.origins, err = s.drawn.Indices(ctx, f, s.originOf, len(origins), rest, len(origins), s.jobs); err != nil {
		return x, err
	}
	if x.each, err = s.drawn.Indices(ctx, f, s.partOf, len(s.parts), -1, most, s.jobs); err != nil {
		return x, err
	}
	for u := range x.each {
		if x.each[u].First > 0 {
			x.largest = append(x.largest, u)
		}
	}
	slices.SortStableFunc(x.largest, func(a, b int) int {
		return cmp.Or(cmp.Compare(x.each[b].First, x.each[a].First), cmp.Compare(s.parts[a].title, s.parts[b].title))
	})
	x.largest = x.largest[:min(len(x.largest), most)]
	return x, nil
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
