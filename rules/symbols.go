package rules

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/dist"
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

// fixed reports whether a parameter has no distribution: every draw takes it as it stands.
func (m *Method) fixed(parameter int) bool {
	return m.Parameters[parameter].Distribution.Family() == dist.Fixed
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

// symbols lists what a formula's value depends on, itself or through quantities, each once.
func (n *node) symbols(into []symbol) []symbol {
	add := func(s symbol) {
		if !slices.Contains(into, s) {
			into = append(into, s)
		}
	}
	n.eachLeaf(func(leaf *node) {
		switch leaf.leaf {
		case parameterLeaf, lookupLeaf:
			add(leaf.symbol())
		case quantityLeaf:
			for _, s := range leaf.quantity.symbols {
				add(s)
			}
		}
	})
	return into
}

// uncertain reports whether a formula's value depends on a symbol.
func (n *node) uncertain() bool {
	found := false
	n.eachLeaf(func(leaf *node) {
		switch leaf.leaf {
		case parameterLeaf, lookupLeaf, derivedLeaf:
			found = true
		case quantityLeaf:
			found = found || len(leaf.quantity.symbols) > 0
		}
	})
	return found
}

// varies reports whether a formula's value differs between draws: it depends on more than parameters without a distribution.
func (m *Method) varies(n *node) bool {
	for _, s := range n.symbols(nil) {
		if s.leaf != parameterLeaf || !m.fixed(s.parameter) {
			return true
		}
	}
	return false
}

// alone writes a formula without quantities where it is made of parameters and constants alone, whatever the row; else nil.
func (n *node) alone() *node {
	switch n.leaf {
	case constant, parameterLeaf:
		return n
	case quantityLeaf:
		return n.quantity.alone
	case inner:
		out := *n
		out.args = make([]*node, len(n.args))
		for i, a := range n.args {
			if out.args[i] = a.alone(); out.args[i] == nil {
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
		if leaf.leaf == quantityLeaf {
			size += leaf.quantity.sizeAlone
		} else {
			size++
		}
	})
	return size
}
