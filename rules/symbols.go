package rules

import (
	"math/bits"

	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// symbol is something uncertain that amounts are multiplied by: a parameter, the values that a lookup finds, or what is made of parameters
// alone. The zero value is none.
type symbol struct {
	leaf      leaf
	parameter int
	lookup    *lookup
	derived   *Derived
}

// symbol is what a leaf stands for; the zero value where it is none.
func (n *node) symbol() symbol {
	switch n.leaf {
	case parameterLeaf, lookupLeaf, derivedLeaf:
		return symbol{n.leaf, n.parameter, n.lookup, n.derived}
	}
	return symbol{}
}

// symbolSet is a set of parameters and lookups: a bit for each, the even ones of parameters, the odd ones of lookups, by their numbers.
type symbolSet []uint64

func (s symbolSet) with(bit int) symbolSet {
	out := append(symbolSet(nil), s...)
	for len(out) <= bit/64 {
		out = append(out, 0)
	}
	out[bit/64] |= 1 << (bit % 64)
	return out
}

func (s symbolSet) union(t symbolSet) symbolSet {
	if len(t) == 0 {
		return s
	}
	if len(s) < len(t) {
		s, t = t, s
	}
	out := append(symbolSet(nil), s...)
	for w, word := range t {
		out[w] |= word
	}
	return out
}

func (s symbolSet) empty() bool { return len(s) == 0 }

// each visits the numbers of the members, ascending.
func (s symbolSet) each(visit func(bit int)) {
	for w, word := range s {
		for ; word != 0; word &= word - 1 {
			visit(w*64 + bits.TrailingZeros64(word))
		}
	}
}

// parameters are the numbers of the parameters in the set, ascending.
func (s symbolSet) parameters() []int {
	var out []int
	s.each(func(bit int) {
		if bit%2 == 0 {
			out = append(out, bit/2)
		}
	})
	return out
}

// symbolsOf are the symbols that a formula's value depends on, itself or through quantities. Whether something has a value depends on
// none, save for the conditions of tiers, which are told apart: see chosen.
func (c *compiler) symbolsOf(n *node) symbolSet {
	switch n.leaf {
	case parameterLeaf:
		return symbolSet(nil).with(2 * n.parameter)
	case lookupLeaf:
		return symbolSet(nil).with(2*n.lookup.index + 1)
	case quantityLeaf:
		return n.quantity.symbols
	case inner:
	default:
		return nil
	}
	if set, ok := c.sets[n]; ok {
		return set
	}
	var set symbolSet
	if n.op != vector.IsNil {
		for _, a := range n.args {
			set = set.union(c.symbolsOf(a))
		}
	}
	if c.sets == nil {
		c.sets = map[*node]symbolSet{}
	}
	c.sets[n] = set
	return set
}

// fixed reports whether a parameter has no distribution: every draw takes it as it stands.
func (m *Method) fixed(parameter int) bool {
	return m.Parameters[parameter].Distribution.Family() == dist.Fixed
}

// varies reports whether a formula's value differs between draws: it depends on more than parameters without a distribution.
func (c *compiler) varies(n *node) bool {
	varies := false
	c.symbolsOf(n).each(func(bit int) { varies = varies || bit%2 == 1 || !c.m.fixed(bit/2) })
	return varies
}

// eachLeaf visits the leaves of a formula, from left to right.
func (n *node) eachLeaf(visit func(leaf *node)) {
	if n.leaf != inner {
		visit(n)
		return
	}
	for _, a := range n.args {
		a.eachLeaf(visit)
	}
}

// alone writes a formula without quantities where it is made of parameters and constants alone, whatever the row; nil where it is not, or would
// be too large.
func (n *node) alone() *node {
	if n.sizeAlone() > maxNodes {
		return nil
	}
	return n.inlined()
}

func (n *node) inlined() *node {
	switch n.leaf {
	case constant, parameterLeaf:
		return n
	case quantityLeaf:
		return n.quantity.alone
	case inner:
		out := *n
		out.args = make([]*node, len(n.args))
		for i, a := range n.args {
			if out.args[i] = a.inlined(); out.args[i] == nil {
				return nil
			}
		}
		return &out
	}
	return nil
}

// sizeAlone is the number of leaves of what alone would write.
func (n *node) sizeAlone() int {
	size := 0
	n.eachLeaf(func(leaf *node) {
		if leaf.leaf == quantityLeaf && leaf.quantity.alone != nil {
			size += leaf.quantity.sizeAlone
		} else {
			size++
		}
	})
	return size
}

// chosen says of conditions and keys what they depend on beside the row.
type chosen struct {
	atPoints bool  // something uncertain, which they take at its point value
	held     []int // numbers of parameters without a distribution, ascending
}

func (c *compiler) chosenBy(n *node) chosen {
	out := chosen{atPoints: c.varies(n)}
	for _, p := range c.symbolsOf(n).parameters() {
		if c.m.fixed(p) {
			out.held = append(out.held, p)
		}
	}
	return out
}

func (x *chosen) add(y chosen) {
	x.atPoints = x.atPoints || y.atPoints
	x.held = union(x.held, y.held)
}
