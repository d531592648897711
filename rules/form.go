package rules

import (
	"cmp"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// form is a compiled formula: its normal form, or the whole of it as one coefficient at the symbols' values.
type form struct {
	cases []formCase
	count int    // of terms, at most, over the cases
	held  []int  // parameters that coefficients hold at their values
	why   string // no normal form
	below string // why a quantity that it uses has none
}

// formCase holds for the rows where when is true, all where it is nil, and which have what it needs.
type formCase struct {
	when  *vector.Expr
	needs []*node
	terms []term
}

type term struct {
	coefficient *vector.Expr
	parameters  []power
	derived     []power
	lookups     []power
	quantities  []power
	depends     []*node // of a formula without normal form: the leaves that its coefficient depends on
}

type power struct{ index, exponent int }

// whyNot says why a form or what it uses is no normal one; empty where all is.
func (f *form) whyNot() string { return cmp.Or(f.why, f.below) }

// form compiles a checked number.
func (c *compiler) form(n *node) form {
	var out form
	normal, why := c.normalise(n)
	if why == "" {
		out.held = normal.held
		for _, x := range normal.cases {
			out.cases = append(out.cases, c.formCase(x))
			out.count = max(out.count, count(x.terms))
		}
	} else {
		whole := term{coefficient: c.vector(n)}
		n.eachLeaf(func(leaf *node) {
			if leaf.symbol() != (symbol{}) || leaf.quantity != nil {
				if !slices.ContainsFunc(whole.depends, leaf.same) {
					whole.depends = append(whole.depends, leaf)
				}
			}
		})
		out.why, out.count, out.cases = why, 1, []formCase{{needs: needs(n, nil), terms: []term{whole}}}
	}
	for _, u := range uses(n, nil) {
		if u.quantity != nil {
			out.below = cmp.Or(out.below, u.quantity.why)
		}
	}
	return out
}

func (c *compiler) formCase(x normalCase) formCase {
	var out formCase
	for _, n := range x.needs {
		if !slices.ContainsFunc(out.needs, n.same) {
			out.needs = append(out.needs, n)
		}
	}
	for _, n := range x.when {
		condition := c.vector(n)
		if out.when != nil {
			condition = c.p.builder.Make(vector.And, out.when, condition)
		}
		out.when = condition
	}
	for _, t := range x.terms {
		compiled := term{coefficient: c.vector(t.coefficient)}
		for _, p := range t.powers {
			switch p.leaf.leaf {
			case parameterLeaf:
				compiled.parameters = append(compiled.parameters, power{p.leaf.parameter, p.exponent})
			case derivedLeaf:
				compiled.derived = append(compiled.derived, power{slices.Index(c.p.derived, p.leaf.derived), p.exponent})
			case lookupLeaf:
				compiled.lookups = append(compiled.lookups, power{p.leaf.lookup.index, p.exponent})
			case quantityLeaf: // factor by factor, since each may have several terms
				for range max(p.exponent, -p.exponent) {
					compiled.quantities = append(compiled.quantities, power{p.leaf.quantity.index, max(min(p.exponent, 1), -1)})
				}
			}
		}
		out.terms = append(out.terms, compiled)
	}
	return out
}

// needs lists the lookups and quantities of a formula, each once: all must have a value where the formula has one.
func needs(n *node, into []*node) []*node {
	if n.leaf == lookupLeaf || n.leaf == quantityLeaf {
		if slices.ContainsFunc(into, n.same) {
			return into
		}
		return append(into, n)
	}
	if n.leaf == inner && (n.op == vector.IsNil || n.op == vector.If || n.op == vector.Coalesce || n.op == vector.And || n.op == vector.Or) {
		return into // what these need depends on the row; their value's own presence decides
	}
	for _, a := range n.args {
		into = needs(a, into)
	}
	return into
}

// has is true of the rows where a formula has a value, and false of the others.
func has(n *node) *node {
	truth := func(v bool) *node { return &node{leaf: constant, typ: column.Bool, flag: v} }
	switch n.leaf {
	case constant, parameterLeaf, derivedLeaf:
		return truth(true)
	case inner:
		switch n.op {
		case vector.IsNil:
			return truth(true)
		case vector.Coalesce:
			return &node{op: vector.Or, typ: column.Bool, args: []*node{has(n.args[0]), has(n.args[1])}}
		case vector.If:
			choice := &node{op: vector.If, typ: column.Bool, args: []*node{n.args[0], has(n.args[1]), has(n.args[2])}}
			return &node{op: vector.And, typ: column.Bool, args: []*node{has(n.args[0]), choice}}
		case vector.And, vector.Or:
		default:
			out := has(n.args[0])
			for _, a := range n.args[1:] {
				out = &node{op: vector.And, typ: column.Bool, args: []*node{out, has(a)}}
			}
			return out
		}
	}
	absent := &node{op: vector.IsNil, typ: column.Bool, args: []*node{n}}
	return &node{op: vector.Not, typ: column.Bool, args: []*node{absent}}
}
