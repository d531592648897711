package rules

import (
	"fmt"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// divisors refuses parameters that a flow is divided by, itself or through a quantity, and whose distribution reaches 0: such a quotient has no mean, or an interval that
// tells of the number of draws alone. What stands inside a function, or in a sum that is divided by, is not looked at.
func (c *compiler) divisors() {
	w := divisors{c: c, near0: map[int]bool{}, seen: map[divisor]bool{}}
	for i := range c.m.Parameters {
		if lo, hi := c.m.Parameters[i].ends(); lo <= 0 && hi >= 0 {
			w.near0[i] = true
		}
	}
	for i := range c.p.flows {
		w.look(c.p.flows[i].node, c.p.Flows[i].formula(), divided{})
	}
}

type divisors struct {
	c     *compiler
	near0 map[int]bool // parameters whose distribution reaches 0, by number
	seen  map[divisor]bool
}

// divisor is a quantity that has been looked at: as a factor, or as what is divided by.
type divisor struct {
	quantity *quantity
	below    bool
}

// divided is a quantity as it stands in a flow; the zero value is the flow's own formula.
type divided struct {
	quantity *quantity
	below    diag.Place // of the divisor that it is, or is a factor of; the zero value where it is none
}

func (d divided) isBelow() bool { return d.below.Line > 0 }

// look follows a formula's factors and divisors.
func (w *divisors) look(n *node, at *document.Node, in divided) {
	if !slices.ContainsFunc(w.c.symbolsOf(n).parameters(), func(p int) bool { return w.near0[p] }) {
		return
	}
	form, why := w.c.normalise(n)
	if why != "" {
		w.whole(n, at, in, in.isBelow())
		return
	}
	for _, x := range form.cases {
		if in.isBelow() && len(x.terms) > 1 {
			continue // a sum
		}
		for _, t := range x.terms {
			for _, p := range t.powers {
				w.leaf(p.leaf, at, in, in.isBelow() != (p.exponent < 0))
			}
		}
	}
}

// whole looks at a formula, or a part of it, that has no normal form.
func (w *divisors) whole(n *node, at *document.Node, in divided, below bool) {
	if n.leaf != inner {
		w.leaf(n, at, in, below)
		return
	}
	args := n.args
	switch n.op {
	case vector.Mul, vector.Neg, vector.Coalesce:
	case vector.Add, vector.Sub:
		if below {
			return
		}
	case vector.If:
		args = args[1:]
	case vector.Div:
		w.whole(args[1], at, in, !below)
		args = args[:1]
	default:
		return
	}
	for _, a := range args {
		w.whole(a, at, in, below)
	}
}

// leaf looks at what is multiplied by, or divided by.
func (w *divisors) leaf(n *node, at *document.Node, in divided, below bool) {
	place := n.at
	if place.Line == 0 {
		place = at.Place
	}
	switch n.leaf {
	case quantityLeaf:
		key := divided{quantity: n.quantity}
		switch {
		case below && in.isBelow():
			key.below = in.below
		case below:
			key.below = place
		}
		if done := (divisor{n.quantity, below}); w.seen[done] {
			return
		} else {
			w.seen[done] = true
		}
		for _, t := range n.quantity.tiers {
			w.look(t.node, t.at, key)
		}
	case parameterLeaf:
		if !below || !w.near0[n.parameter] {
			return
		}
		p := &w.c.m.Parameters[n.parameter]
		wrong := at.ProblemAt(place, diag.BadDistribution, "divides by %s, whose distribution %s reaches 0", p.Name, p.Distribution)
		wrong.Why = fmt.Sprintf("what is divided by a draw near 0 has no bound, so that the mean and the interval tell nothing; the parameter stands at %v", p.Place)
		if in.isBelow() {
			wrong.Message = fmt.Sprintf("%s is divided by, and its factor %s has a distribution, %s, that reaches 0", in.quantity.name, p.Name, p.Distribution)
			wrong.Why += fmt.Sprintf(", the division at %v", in.below)
		}
		wrong.Hint = "a distribution that stays above 0: lognormal, or uniform, triangular, pert or truncated_normal with lo above 0"
		if p.Value < 0 {
			wrong.Hint = "a distribution that stays below 0: uniform, triangular, pert or truncated_normal with hi below 0"
		}
		w.c.probs.Add(wrong)
	}
}

// ends are what the parameter reaches to within its bounds: the ends of a distribution that ends, and the quantiles of 0.1 % and 99.9 % of a normal one, which if it is cut are those of the whole.
// NaN of fixed.
func (p *Parameter) ends() (lo, hi float64) {
	d := p.Distribution
	lo, hi = d.Bounds()
	switch params := d.Params(); d.Family() {
	case dist.Normal, dist.TruncatedNormal:
		reach := float64(params[1] * dist.NormalQuantile(1-tail))
		lo, hi = max(lo, params[0]-reach), min(hi, params[0]+reach)
	case dist.Lognormal, dist.LognormalInterval:
		lo = math.SmallestNonzeroFloat64
	case dist.Fixed:
		return lo, hi
	}
	least, most := p.Bounds()
	return max(lo, least), min(hi, most)
}
