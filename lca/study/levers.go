package study

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/draws/stat"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/levers"
)

// A lever is computed as the difference between two cases: the study as it is, and the study under the method in which the lever gives names other values. Each lever is computed alone, and once more
// on top of those that stand before it, so that what several do together is counted once. All cases are drawn from the same numbers, by the names of what is uncertain and by what rows held before
// any lever changed them: what cases have in common cancels. A lever that stands apart is the difference between two cases of its own (see leverapart.go).

// LeverOptions of a computation of levers. Levers and their order change the result, the others do not.
type LeverOptions struct {
	Options
	Levers  []*levers.Lever
	Lenient bool // a lever that the study's method cannot do is left out, and said so; else it is a problem
}

// LeverResults are what levers change of a study's totals of its year.
type LeverResults struct {
	Study, Method, Pack string
	Year                int
	Draws               int
	Levers              []LeverResult     // in the order in which they are applied
	Effects             []lca.LeverEffect // by lever, then of all together
	Notes               []string
	Warnings            diag.List // of the study as it is
}

// LeverResult is a lever among others.
type LeverResult struct {
	Lever *levers.Lever
	Why   string   // it was not computed, or changes nothing; empty: it changes some total
	Still bool     // it changes nothing of what is documented in the year: Why says so
	Off   string   // name@version of the lever before it that excludes it; empty: none does
	Down  []string // categories whose total of the service perspective becomes smaller
	Up    []string // and those that become larger: what is traded
	Lacks []string // what it asks for and is not known: factors that the pack does not have, impacts of which rows have no amount
	Fills []string // what is not known of the study as it is, and with it is
}

// levering is a computation of levers.
type levering struct {
	ctx      context.Context
	o        *LeverOptions
	base     *plan
	as       *leverCase // the study as it is
	study    *Study
	sampling Sampling
	content  map[string][]string // by kind: columns that tell rows apart whose errors are drawn
}

// ComputeLevers computes what levers change of a study's totals. Problems, of the study too, are returned as a *diag.Invalid.
func (s *Study) ComputeLevers(ctx context.Context, o LeverOptions) (*LeverResults, error) {
	own := *s
	own.GroupBy, own.Reconcile, own.Sampling = nil, nil, s.Sampling.paired()
	own.dropLevers()
	x := &levering{ctx: ctx, o: &o, study: &own, sampling: own.Sampling, content: map[string][]string{}}
	var probs diag.List
	if o.Levers = s.giving(o.Levers, &probs); probs.Err() == nil && s.given != nil {
		s.loadLevers(o.Levers, &probs) // for numbers that no lever takes
	}
	if !o.Lenient {
		s.notGiven(o.Levers, &probs)
	}
	if probs.Err() != nil {
		return nil, probs.Err()
	}
	if len(o.Levers) == 0 {
		probs.Add(diag.Problem{Code: diag.Usage, Message: "there is no lever to compute"})
		return nil, probs.Err()
	}
	if len(s.Amounts) > 0 {
		probs.Add(s.at("amounts").Problem(diag.BadValue, "amounts tables of other runs do not hold their rows: levers cannot be computed of them"))
		return nil, probs.Err()
	}
	p, err := own.compiled(ctx, o.Jobs, &probs)
	if p != nil {
		defer p.close()
	}
	if err == nil && probs.Count(diag.Error) > 0 {
		err = p.check(ctx, true, o.Jobs, &probs)
	}
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		return nil, err
	}
	x.base, p.undrawn, p.refusals = p, true, true
	for _, k := range p.kinds {
		x.content[k.kind.Name] = k.program.Columns()
		k.content = x.content[k.kind.Name]
	}
	run := &runState{space: &amounts.Space{}, options: o.Options}
	res, err := p.compute(ctx, run, &probs)
	if err != nil {
		return nil, err
	}
	defer res.close()
	if x.as, err = x.measured(res.assessment); err != nil {
		return nil, err
	}
	base := x.as
	out := &LeverResults{Study: s.Name, Method: p.method.Ref(), Pack: p.pack.Ref(), Year: s.Year, Draws: own.Sampling.Draws}
	for _, list := range []*diag.List{&probs, &res.warnings} {
		out.Warnings.Merge(list)
	}
	if len(totalKeys(s.Year, base)) == 0 {
		problem := s.at("year").Problem(diag.NoTotal, "no row of %d enters a total: there is nothing to change", s.Year)
		problem.Hint = "name another year of the study, one of which its inventories have rows"
		probs.Add(problem)
		return nil, probs.Err()
	}
	return out, x.all(out, base)
}

// all computes the levers one after the other.
func (x *levering) all(out *LeverResults, base *leverCase) error {
	var applied []*levers.Lever
	before := base
	for _, l := range x.o.Levers {
		r := LeverResult{Lever: l}
		for _, other := range applied {
			if l.Against(other) && !l.Apart() {
				r.Off = other.Ref()
			}
		}
		if r.Why, r.Lacks = x.impossible(l); r.Why != "" || r.Lacks != nil {
			out.Levers = append(out.Levers, r)
			continue
		}
		alone, why, err := x.with(l)
		if err != nil {
			return err
		}
		own := base
		if alone != nil && l.Apart() {
			if own, why, err = x.under(l); err != nil {
				return err
			}
		}
		if r.Why = why; alone == nil || own == nil {
			out.Levers = append(out.Levers, r)
			continue
		}
		if l.Apart() {
			if err := x.effects(out, &r, len(out.Levers)+1, own, alone, before, nil); err != nil {
				return err
			}
			out.Levers = append(out.Levers, r)
			continue
		}
		together := alone
		if r.Off != "" {
			together = nil
		} else if before != base {
			var err error
			if together, err = x.computed(append(slices.Clip(applied), l)); err != nil {
				return err
			}
		}
		if err := x.effects(out, &r, len(out.Levers)+1, base, alone, before, together); err != nil {
			return err
		}
		if together != nil && !r.Still { // one that does nothing excludes no other
			before, applied = together, append(applied, l)
		}
		out.Levers = append(out.Levers, r)
	}
	if len(applied) > 0 {
		return x.together(out, base, before)
	}
	return nil
}

// with computes a lever alone; nil, with the reason, where it sets nothing of the study, or the method cannot do it and that is no problem.
func (x *levering) with(l *levers.Lever) (*leverCase, string, error) {
	p, why, err := x.alone(l)
	if p == nil || err != nil {
		return nil, why, err
	}
	c, err := x.assessed(p)
	return c, "", err
}

// alone compiles the study's method under one lever; nil, with the reason, as with says.
func (x *levering) alone(l *levers.Lever) (*plan, string, error) {
	p, err := x.plan(&l.Under, []*levers.Lever{l})
	if err == nil {
		err = x.sorts(l)
	}
	p, why, err := x.leniently(p, err)
	if why != "" {
		return nil, why, nil
	}
	if err == nil {
		err = x.unknown(p, l)
	}
	if err != nil {
		return nil, "", err
	}
	if slices.ContainsFunc(p.kinds, func(k *kindPlan) bool { return k.program.Overridden(l.Name) }) {
		return p, "", nil
	}
	// A name that is said to be of kinds which the study does not have may well be one of theirs; one that is said to be of none is a mistake.
	if x.o.Lenient || !slices.ContainsFunc(l.Overrides.Set, func(o rules.Override) bool { return len(o.Kinds) == 0 }) {
		return nil, "it sets nothing that the method reads of the inventories of the study", nil
	}
	var probs diag.List
	problem := l.Problem(diag.UnusedName, "%s sets nothing that the method %s reads of the inventories of the study", l.Ref(), x.base.method.Ref())
	problem.Hint = "names are columns, parameters, lookups, quantities and impacts: ailca methods show " + x.base.method.Name
	probs.Add(problem)
	return nil, "", probs.Err()
}

// leniently has a plan that does not compile be no problem where levers are left out that the method cannot do: then there is a reason.
func (x *levering) leniently(p *plan, err error) (*plan, string, error) {
	if invalid, is := err.(*diag.Invalid); is && x.o.Lenient {
		return nil, "it is of another method: " + invalid.List.Problems()[0].Message, nil
	}
	return p, "", err
}

// unknown refuses names that no inventory of the study has, where the lever does not say of which they are.
func (x *levering) unknown(p *plan, l *levers.Lever) error {
	var probs diag.List
	for i := range l.Overrides.Set {
		o := &l.Overrides.Set[i]
		if len(o.Kinds) > 0 || o.Optional || x.o.Lenient || slices.ContainsFunc(p.kinds, func(k *kindPlan) bool { return k.program.Knows(o.Name) }) {
			continue
		}
		problem := o.At.Get("name").Problem(diag.UnknownName, "no inventory of the study has %q, and the method %s no such parameter, lookup or quantity for them", diag.Excerpt(o.Name, 80), x.base.method.Ref())
		problem.Hint = "names are columns, parameters, lookups, quantities and impacts, see ailca methods show " + x.base.method.Name + "; kinds says of which inventory a name is"
		probs.Add(problem)
	}
	return probs.Err()
}

func (x *levering) computed(list []*levers.Lever) (*leverCase, error) {
	p, err := x.plan(nil, list)
	if err != nil {
		return nil, err
	}
	return x.assessed(p)
}

// totalKeys are the totals of a year that some of the cases have, in the order of tables.
func totalKeys(year int, cases ...*leverCase) (out []totalKey) {
	seen := map[totalKey]bool{}
	for _, c := range cases {
		if c == nil {
			continue
		}
		for k := range c.totals {
			if int(k.year) == year && !seen[k] {
				seen[k] = true
				out = append(out, k)
			}
		}
	}
	slices.SortFunc(out, totalKey.compare)
	return out
}

// effects adds what a lever changes. A total that a case does not have is 0 in it.
func (x *levering) effects(out *LeverResults, r *LeverResult, position int, base, alone, before, together *leverCase) error {
	moved, compared := false, false
	cases := []*leverCase{base, alone, before, together}
	if r.Lever.Apart() {
		cases = []*leverCase{base, alone}
	}
	for _, k := range totalKeys(x.study.Year, cases...) {
		if accounting := lca.Words().Accountings[k.accounting].Name; !among(r.Lever.Accountings, accounting) {
			continue
		}
		if base.lacksOther(k, x.as) { // the case that it is set against is not known: there is no total to state
			moved = true
			continue
		}
		if err := x.possible(k, r.Lever, base, alone, together); err != nil {
			return err
		}
		e := x.effect(k, base)
		e.Position, e.Lever, e.Title, e.Area = position, r.Lever.Ref(), r.Lever.Title, r.Lever.Area
		if r.Lever.Apart() {
			e.Apart = r.Lever.Approach
		}
		e.Difference, e.P05, e.P95 = x.difference(k, base, alone)
		compared = compared || e.Difference != nil
		if together != nil {
			e.Added, e.AddedP05, e.AddedP95 = x.difference(k, before, together)
		}
		if together != nil && (e.Added == nil || tells(*e.Added, &e.Base)) {
			moved = true
		}
		if e.Difference == nil {
			moved = true
		} else if tells(*e.Difference, &e.Base) {
			moved = true
			if e.Perspective == lca.Words().Perspectives[0].Name && e.Accounting == lca.Words().Accountings[0].Name {
				if *e.Difference < 0 {
					r.Down = append(r.Down, e.Category)
				} else {
					r.Up = append(r.Up, e.Category)
				}
			}
		}
		out.Effects = append(out.Effects, e)
	}
	r.Lacks, r.Fills = x.lacking(r.Lever, base, alone)
	if !moved && compared && len(r.Lacks) == 0 { // of what is not known nothing is claimed
		r.Why, r.Still = fmt.Sprintf("it changes nothing of what is documented in %d", x.study.Year), true
	}
	return x.ctx.Err()
}

func sortedHoles(of map[holeKey]bool) []holeKey {
	return slices.SortedFunc(maps.Keys(of), func(a, b holeKey) int {
		return cmp.Or(strings.Compare(a.factor, b.factor), strings.Compare(a.kind, b.kind), strings.Compare(a.impact, b.impact), rankCategory(a.category, b.category), strings.Compare(a.region, b.region), strings.Compare(a.technology, b.technology), strings.Compare(a.of, b.of))
	})
}

// together adds what all levers change that do not exclude each other.
func (x *levering) together(out *LeverResults, base, all *leverCase) error {
	for _, k := range totalKeys(x.study.Year, base, all) {
		e := x.effect(k, base)
		e.Title = "all together"
		e.Difference, e.P05, e.P95 = x.difference(k, base, all)
		e.Added, e.AddedP05, e.AddedP95 = e.Difference, e.P05, e.P95
		out.Effects = append(out.Effects, e)
	}
	return x.ctx.Err()
}

// effect is a row of a total.
func (x *levering) effect(k totalKey, base *leverCase) lca.LeverEffect {
	words := lca.Words()
	c, perspective, accounting := words.Categories[k.category], words.Perspectives[k.perspective].Name, words.Accountings[k.accounting].Name
	return lca.LeverEffect{Study: x.study.Name, Year: int(k.year), Category: c.Name, Unit: c.Unit, Perspective: perspective, Accounting: accounting,
		Base: base.totals[k], Complete: !base.incomplete[incompleteKey{int(k.year), perspective, accounting, c.Name}], Method: x.base.method.Ref(), Pack: x.base.pack.Ref()}
}

// difference is what a case has more than another, and the percentiles of that, draw by draw; nil where one of them lacks what the study as it is does not lack, or has what that lacks.
func (x *levering) difference(k totalKey, of, to *leverCase) (difference, low, high *float64) {
	if of.lacksOther(k, x.as) || to.lacksOther(k, x.as) {
		return nil, nil, nil
	}
	value := to.totals[k] - of.totals[k]
	if of.drawn == nil || to.drawn == nil {
		return &value, nil, nil
	}
	draws := make([]float64, x.sampling.Draws)
	for i := range draws {
		if v := to.drawn[k]; v != nil {
			draws[i] = v[i]
		}
		if v := of.drawn[k]; v != nil {
			draws[i] -= v[i]
		}
	}
	sample := stat.NewSample(len(draws))
	sample.Set(draws)
	q, _, _ := sample.Quantiles([]float64{0.05, 0.95}, 0.95)
	return &value, &q[0], &q[1]
}
