package rules

import (
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// The derivative of an amount with respect to a symbol follows from its normal form: that of a monomial. Where there is none, the formula is
// derived by the rules of calculus, through quantities, and evaluated over columns as the formula is. Where it has a kink the derivative is
// that of the branch which the value is taken from; ceil, floor, round and ceil_pow2 are flat, which says nothing of their jumps. Which tier or
// branch a row takes counts as settled.

// deriver derives formulas. It looks at no more than maxDerivativeParts of them.
type deriver struct {
	looked int
}

// maxDerivativeParts bounds what deriving one flow, or one symbol, looks at and makes.
const maxDerivativeParts = 20_000

func (d *deriver) tooLarge() bool { return d.looked > maxDerivativeParts }

// derivative is that of a number with respect to a symbol; nil where it does not depend on it. It means nothing where the deriver looked at too
// much. The derivative of a quantity is a leaf of its own.
func (d *deriver) derivative(n *node, by symbol) *node {
	if d.looked++; d.tooLarge() {
		return nil
	}
	switch n.leaf {
	case inner:
	case quantityLeaf:
		if n.quantity.symbols.has(by) {
			return &node{leaf: tangentLeaf, quantity: n.quantity, tangent: by}
		}
		return nil
	default:
		if n.symbol() == by {
			return number(1)
		}
		return nil
	}
	if n.typ != column.Float {
		return nil
	}
	a := n.args[0]
	da := d.derivative(a, by)
	switch n.op {
	case vector.Neg:
		return with(minus, da)
	case vector.Sqrt: // da / (2 √a)
		return with(func(d *node) *node { return unlessZero(d, over(d, times(number(2), n))) }, da)
	case vector.Exp:
		return with(func(d *node) *node { return times(n, d) }, da)
	case vector.Ln:
		return with(func(d *node) *node { return over(d, a) }, da)
	case vector.Log2:
		return with(func(d *node) *node { return over(d, times(a, number(ln2))) }, da)
	case vector.Abs:
		return with(func(d *node) *node { return choose(less(a, number(0)), minus(d), d) }, da)
	case vector.Ceil, vector.Floor, vector.Round, vector.CeilPow2:
		return nil
	case vector.If:
		return choose(n.args[0], d.derivative(n.args[1], by), d.derivative(n.args[2], by))
	}
	b := n.args[1]
	db := d.derivative(b, by)
	switch n.op {
	case vector.Add:
		return sum(da, db)
	case vector.Sub:
		return sum(da, with(minus, db))
	case vector.Mul:
		return sum(with(func(d *node) *node { return times(d, b) }, da), with(func(d *node) *node { return times(a, d) }, db))
	case vector.Div: // (da − (a / b) db) / b
		return with(func(d *node) *node { return over(d, b) }, sum(da, with(func(d *node) *node { return minus(times(n, d)) }, db)))
	case vector.Pow: // b a^(b − 1) da + ln(a) a^b db
		return sum(
			with(func(d *node) *node {
				return unlessZero(d, times(times(b, &node{op: vector.Pow, args: []*node{a, {op: vector.Sub, args: []*node{b, number(1)}}}}), d))
			}, da),
			with(func(d *node) *node {
				return unlessZero(n, times(times(&node{op: vector.Ln, args: []*node{a}}, n), d))
			}, db))
	case vector.Min:
		return choose(less(b, a), db, da)
	case vector.Max:
		return choose(less(a, b), db, da)
	case vector.Coalesce:
		return choose(has(a), da, db)
	}
	panic("rules: a number of an unknown operation")
}

// ln2 is the natural logarithm of 2, to the nearest float64.
const ln2 = 0.693147180559945309417232121458176568

// has reports whether a symbol is in the set.
func (s symbolSet) has(by symbol) bool {
	bit := 2 * by.parameter
	if by.leaf == lookupLeaf {
		bit = 2*by.lookup.index + 1
	}
	return bit/64 < len(s) && s[bit/64]>>(bit%64)&1 != 0
}

// with applies a step to a derivative that is not zero throughout.
func with(step func(d *node) *node, d *node) *node {
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

// unlessZero is 0 where a factor of it is, even if another one is infinite there.
func unlessZero(factor, product *node) *node {
	zero := &node{op: vector.Equal, typ: column.Bool, args: []*node{factor, number(0)}}
	return &node{op: vector.If, args: []*node{zero, number(0), product}}
}

func choose(when, a, b *node) *node {
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
