package rules

import (
	"fmt"

	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// maxTerms bounds a normal form; a formula that would expand further is evaluated as a whole.
const maxTerms = 32

// normalTerm is coefficient × product of powers of uncertain leaves, the coefficient being certain: of the row alone.
type normalTerm struct {
	coefficient *node
	powers      []leafPower // in order of first appearance, exponents not zero
}

type leafPower struct {
	leaf     *node
	exponent int
}

// uncertain reports whether a node's value depends on a parameter, a factor or an uncertain quantity.
func (n *node) uncertain() bool {
	switch n.leaf {
	case parameterLeaf, lookupLeaf:
		return true
	case quantityLeaf:
		return !n.quantity.certain
	}
	for _, a := range n.args {
		if a.uncertain() {
			return true
		}
	}
	return false
}

// same reports whether two uncertain leaves are one symbol.
func (n *node) same(o *node) bool {
	return n.leaf == o.leaf && n.parameter == o.parameter && n.lookup == o.lookup && n.quantity == o.quantity
}

// normalise expands a number into a sum of terms; why says what stands against it where there is none.
func normalise(n *node) (terms []normalTerm, why string) {
	if !n.uncertain() {
		return []normalTerm{{coefficient: n}}, ""
	}
	switch n.leaf {
	case parameterLeaf, lookupLeaf, quantityLeaf:
		return []normalTerm{{coefficient: number(1), powers: []leafPower{{n, 1}}}}, ""
	}
	switch n.op {
	case vector.Neg:
		terms, why = normalise(n.args[0])
		for i := range terms {
			terms[i].coefficient = &node{op: vector.Neg, args: []*node{terms[i].coefficient}}
		}
		return terms, why
	case vector.Add, vector.Sub:
		a, b, why := operands(n)
		if why != "" {
			return nil, why
		}
		for i := range b {
			if n.op == vector.Sub {
				b[i].coefficient = &node{op: vector.Neg, args: []*node{b[i].coefficient}}
			}
		}
		if len(a)+len(b) > maxTerms {
			return nil, fmt.Sprintf("it expands to more than %d terms", maxTerms)
		}
		return append(a, b...), ""
	case vector.Mul:
		a, b, why := operands(n)
		if why != "" {
			return nil, why
		}
		if len(a)*len(b) > maxTerms {
			return nil, fmt.Sprintf("it expands to more than %d terms", maxTerms)
		}
		for _, x := range a {
			for _, y := range b {
				terms = append(terms, normalTerm{times(x.coefficient, y.coefficient), join(x.powers, y.powers, 1)})
			}
		}
		return terms, ""
	case vector.Div:
		a, b, why := operands(n)
		if why != "" {
			return nil, why
		}
		if len(b) != 1 {
			return nil, "it divides by a sum of uncertain terms"
		}
		for i, x := range a {
			a[i] = normalTerm{over(x.coefficient, b[0].coefficient), join(x.powers, b[0].powers, -1)}
		}
		return a, ""
	}
	return nil, fmt.Sprintf("%s of something uncertain is not a product", opNames[n.op])
}

// operands normalises both sides of an operation.
func operands(n *node) (a, b []normalTerm, why string) {
	if a, why = normalise(n.args[0]); why == "" {
		b, why = normalise(n.args[1])
	}
	return a, b, why
}

var opNames = map[vector.Op]string{
	vector.Min: "min", vector.Max: "max", vector.Abs: "abs", vector.Ceil: "ceil", vector.Floor: "floor", vector.Round: "round", vector.Sqrt: "sqrt",
	vector.CeilPow2: "ceil_pow2", vector.If: "?:", vector.Coalesce: "??",
}

func number(v float64) *node { return &node{leaf: constant, number: v} }

func isOne(n *node) bool { return n.leaf == constant && n.number == 1 }

func times(a, b *node) *node {
	switch {
	case isOne(a):
		return b
	case isOne(b):
		return a
	}
	return &node{op: vector.Mul, args: []*node{a, b}}
}

func over(a, b *node) *node {
	if isOne(b) {
		return a
	}
	return &node{op: vector.Div, args: []*node{a, b}}
}

// join multiplies two products of powers, the second one to an exponent.
func join(a, b []leafPower, exponent int) []leafPower {
	out := append([]leafPower(nil), a...)
next:
	for _, p := range b {
		for i := range out {
			if out[i].leaf.same(p.leaf) {
				out[i].exponent += p.exponent * exponent
				continue next
			}
		}
		out = append(out, leafPower{p.leaf, p.exponent * exponent})
	}
	kept := out[:0]
	for _, p := range out {
		if p.exponent != 0 {
			kept = append(kept, p)
		}
	}
	return kept
}
