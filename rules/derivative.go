package rules

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// The derivative of an amount with respect to a symbol follows from its normal form: that of a monomial. Where there is none, the formula is
// derived by the rules of calculus, through quantities, and evaluated over columns as the formula is. Where it has a kink the derivative is
// that of the branch which the value is taken from; ceil, floor, round and ceil_pow2 are flat, which says nothing of their jumps. Which tier or
// branch a row takes counts as settled.

// partial is the derivative of a flow's amount with respect to one symbol.
type partial struct {
	by   symbol
	expr *vector.Expr
}

// tangent is the derivative of a quantity, for each of its tiers; nil where a tier does not depend on the symbol.
type tangent struct {
	by    symbol
	slot  int
	tiers []*vector.Expr
}

// maxDerived bounds the parts of formulas that are looked at and made while deriving all of a kind.
const maxDerived = 200_000

// gradient derives a flow without normal form with respect to each symbol that it depends on; false where that takes too many parts.
func (c *compiler) gradient(f *flow) bool {
	for _, s := range f.node.symbols(nil) {
		d := c.derivative(f.node, s)
		if c.deriving > maxDerived {
			f.gradient = nil
			return false
		}
		if d != nil {
			f.gradient = append(f.gradient, partial{s, c.vector(d)})
		}
	}
	return true
}

// tangentOf is the column that holds a quantity's derivative.
func (c *compiler) tangentOf(q *quantity, by symbol) *vector.Expr {
	at := slices.IndexFunc(q.tangents, func(t *tangent) bool { return t.by == by })
	if at < 0 {
		t := &tangent{by: by, slot: c.slot(slot{quantity: q, by: by})}
		at, q.tangents = len(q.tangents), append(q.tangents, t)
		for i := range q.tiers {
			var e *vector.Expr
			if d := c.derivative(q.tiers[i].node, by); d != nil && c.deriving <= maxDerived {
				e = c.vector(d)
			}
			t.tiers = append(t.tiers, e)
		}
	}
	return c.p.builder.Column(q.tangents[at].slot, column.Float)
}

// derivative is that of a number with respect to a symbol; nil where it does not depend on it.
func (c *compiler) derivative(n *node, by symbol) *node {
	if c.deriving++; c.deriving > maxDerived {
		return nil
	}
	switch n.leaf {
	case inner:
	case quantityLeaf:
		if slices.Contains(n.quantity.symbols, by) {
			return &node{leaf: tangentLeaf, quantity: n.quantity, tangent: by}
		}
		return nil
	default:
		if by.leaf == n.leaf && n.symbol() == by {
			return number(1)
		}
		return nil
	}
	if n.typ != column.Float {
		return nil
	}
	a := n.args[0]
	da := c.derivative(a, by)
	switch n.op {
	case vector.Neg:
		return whole(minus, da)
	case vector.Sqrt: // da / (2 √a)
		return whole(func(d *node) *node { return over(d, times(number(2), n)) }, da)
	case vector.Exp:
		return whole(func(d *node) *node { return times(n, d) }, da)
	case vector.Ln:
		return whole(func(d *node) *node { return over(d, a) }, da)
	case vector.Log2:
		return whole(func(d *node) *node { return over(d, times(a, number(ln2))) }, da)
	case vector.Abs:
		return whole(func(d *node) *node { return c.choose(less(a, number(0)), minus(d), d) }, da)
	case vector.Ceil, vector.Floor, vector.Round, vector.CeilPow2:
		return nil
	case vector.If:
		return c.choose(n.args[0], c.derivative(n.args[1], by), c.derivative(n.args[2], by))
	}
	b := n.args[1]
	db := c.derivative(b, by)
	switch n.op {
	case vector.Add:
		return sum(da, db)
	case vector.Sub:
		return sum(da, whole(minus, db))
	case vector.Mul:
		return sum(whole(func(d *node) *node { return times(d, b) }, da), whole(func(d *node) *node { return times(a, d) }, db))
	case vector.Div: // (da − (a / b) db) / b
		return whole(func(d *node) *node { return over(d, b) }, sum(da, whole(func(d *node) *node { return minus(times(n, d)) }, db)))
	case vector.Pow: // b a^(b − 1) da + ln(a) a^b db
		return sum(
			whole(func(d *node) *node {
				return times(times(b, &node{op: vector.Pow, args: []*node{a, {op: vector.Sub, args: []*node{b, number(1)}}}}), d)
			}, da),
			whole(func(d *node) *node { return times(times(&node{op: vector.Ln, args: []*node{a}}, n), d) }, db))
	case vector.Min:
		return c.choose(less(b, a), db, da)
	case vector.Max:
		return c.choose(less(a, b), db, da)
	case vector.Coalesce:
		return c.choose(has(a), da, db)
	}
	panic("rules: a number of an unknown operation")
}

// ln2 is the natural logarithm of 2, to the nearest float64.
const ln2 = 0.693147180559945309417232121458176568

// whole applies a step to a derivative that is not zero.
func whole(step func(d *node) *node, d *node) *node {
	if d == nil {
		return nil
	}
	return step(d)
}

func sum(a, b *node) *node {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return &node{op: vector.Add, args: []*node{a, b}}
}

func less(a, b *node) *node {
	return &node{op: vector.Less, typ: column.Bool, args: []*node{a, b}}
}

func (c *compiler) choose(when, a, b *node) *node {
	if a == nil && b == nil {
		return nil
	}
	for _, side := range []**node{&a, &b} {
		if *side == nil {
			*side = number(0)
		}
	}
	return &node{op: vector.If, args: []*node{when, a, b}}
}
