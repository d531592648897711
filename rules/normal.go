package rules

import (
	"fmt"
	"slices"

	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// A normal form writes a formula as cases, of which each row is in at most one, and each case as a sum of terms
//
//	coefficient × product of whole powers of symbols and quantities
//
// where the coefficient and the conditions of the cases depend on the row alone. It is found by expansion: sums stay sums, products of sums
// are multiplied out, ?: and ?? make cases. What else stands around something uncertain is taken as it is where it may be:
//
//   - a formula of parameters alone, such as exp(beta * batch), becomes one symbol derived from them;
//   - where all that is uncertain are parameters without a distribution, the whole is part of the coefficient; these are held.
//
// What remains has no normal form, and why says what stands against it.
type normalForm struct {
	cases []normalCase
	held  []int // parameters that coefficients hold at their values, ascending
}

// normalCase is the sum that holds where all its conditions are true.
type normalCase struct {
	when  []*node
	needs []*node // lookups and quantities without whose value the case has none
	terms []normalTerm
}

// normalTerm is coefficient × product of powers; the coefficient depends on the row alone.
type normalTerm struct {
	coefficient *node
	powers      []leafPower // in order of first appearance, exponents not zero
}

// leafPower is a symbol or a quantity to a whole power.
type leafPower struct {
	leaf     *node
	exponent int
}

// Limits of a normal form; a formula that would expand further is evaluated as a whole.
const (
	maxTerms = 32 // of a case, quantities expanded
	maxCases = 16
)

// same reports whether two uncertain leaves are one.
func (n *node) same(o *node) bool { return n.symbol() == o.symbol() && n.quantity == o.quantity }

// normalise brings a number to its normal form.
func (c *compiler) normalise(n *node) (normalForm, string) {
	if c.symbolsOf(n).empty() {
		return oneTerm(normalTerm{coefficient: n}), ""
	}
	form, why := c.expand(n)
	if why == "" {
		return form, ""
	}
	return c.asItStands(n, why)
}

// asItStands takes an uncertain number as one symbol or as a coefficient, where it may; why says what stands against its expansion.
func (c *compiler) asItStands(n *node, why string) (normalForm, string) {
	if alone := n.alone(); alone != nil {
		leaf, whyNot := c.derived(alone)
		if leaf != nil {
			return oneTerm(normalTerm{number(1), []leafPower{{leaf, 1}}}), ""
		}
		why += "; " + whyNot
	}
	if c.varies(n) {
		return normalForm{}, why
	}
	form := oneTerm(normalTerm{coefficient: n})
	form.held = c.symbolsOf(n).parameters()
	return form, ""
}

// divisor is the normal form of what is divided by: each of its cases has one term.
func (c *compiler) divisor(n *node) (normalForm, string) {
	form, why := c.normalise(n)
	if why != "" {
		return form, why
	}
	for _, x := range form.cases {
		if len(x.terms) > 1 {
			return c.asItStands(n, "it divides by a sum of uncertain terms")
		}
		for _, p := range x.terms[0].powers {
			if p.exponent > 0 && p.leaf.leaf == quantityLeaf && p.leaf.quantity.terms > 1 {
				return c.asItStands(n, fmt.Sprintf("it divides by %s, which is a sum of uncertain terms", p.leaf.quantity.name))
			}
		}
	}
	return form, ""
}

func oneTerm(t normalTerm, needs ...*node) normalForm {
	return normalForm{cases: []normalCase{{needs: needs, terms: []normalTerm{t}}}}
}

// union merges ascending lists.
func union(a, b []int) []int {
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	return slices.Compact(out)
}

// expand follows the formula's own operations.
func (c *compiler) expand(n *node) (normalForm, string) {
	switch n.leaf {
	case parameterLeaf:
		return oneTerm(normalTerm{number(1), []leafPower{{n, 1}}}), ""
	case lookupLeaf, quantityLeaf:
		return oneTerm(normalTerm{number(1), []leafPower{{n, 1}}}, n), ""
	}
	switch n.op {
	case vector.Neg:
		form, why := c.normalise(n.args[0])
		for _, x := range form.cases {
			negate(x.terms)
		}
		return form, why
	case vector.Add, vector.Sub:
		return c.pairs(n, func(a, b []normalTerm) ([]normalTerm, string) {
			b = slices.Clone(b)
			if n.op == vector.Sub {
				negate(b)
			}
			return append(slices.Clone(a), b...), ""
		})
	case vector.Mul:
		return c.pairs(n, func(a, b []normalTerm) (out []normalTerm, why string) {
			if len(a)*len(b) > maxTerms {
				return nil, fmt.Sprintf("it expands to more than %d terms", maxTerms)
			}
			for _, x := range a {
				for _, y := range b {
					out = append(out, normalTerm{times(x.coefficient, y.coefficient), join(x.powers, y.powers, 1)})
				}
			}
			return out, ""
		})
	case vector.Div:
		return c.pairs(n, func(a, b []normalTerm) (out []normalTerm, why string) {
			for _, x := range a {
				out = append(out, normalTerm{over(x.coefficient, b[0].coefficient), join(x.powers, b[0].powers, -1)})
			}
			return out, ""
		})
	case vector.If:
		if c.varies(n.args[0]) {
			return normalForm{}, "?: chooses by something uncertain"
		}
		form, why := c.either(n.args[0], n.args[1], n.args[2])
		form.held = union(form.held, c.symbolsOf(n.args[0]).parameters())
		return form, why
	case vector.Coalesce:
		return c.either(has(n.args[0]), n.args[0], n.args[1])
	}
	if n.op == vector.Pow {
		return normalForm{}, fmt.Sprintf("pow of something uncertain is a product where the power is whole and at most ±%d", maxExponent)
	}
	return normalForm{}, fmt.Sprintf("%s of something uncertain is not a product", functionName(n.op))
}

// pairs combines each case of the first operand with each of the second.
func (c *compiler) pairs(n *node, combine func(a, b []normalTerm) ([]normalTerm, string)) (out normalForm, why string) {
	a, why := c.normalise(n.args[0])
	if why != "" {
		return out, why
	}
	second := c.normalise
	if n.op == vector.Div {
		second = c.divisor
	}
	b, why := second(n.args[1])
	if why != "" {
		return out, why
	}
	if len(a.cases)*len(b.cases) > maxCases {
		return out, fmt.Sprintf("it has more than %d cases", maxCases)
	}
	out.held = union(a.held, b.held)
	for _, x := range a.cases {
		for _, y := range b.cases {
			terms, why := combine(x.terms, y.terms)
			if why != "" {
				return normalForm{}, why
			}
			if count(terms) > maxTerms {
				return normalForm{}, fmt.Sprintf("it expands to more than %d terms", maxTerms)
			}
			out.cases = append(out.cases, normalCase{when: concat(x.when, y.when), needs: concat(x.needs, y.needs), terms: terms})
		}
	}
	return out, ""
}

// either is the cases of a where the condition is true, and those of b where it is false.
func (c *compiler) either(when, a, b *node) (out normalForm, why string) {
	for i, side := range []*node{a, b} {
		form, why := c.normalise(side)
		if why != "" {
			return normalForm{}, why
		}
		if i == 1 {
			when = &node{op: vector.Not, typ: when.typ, args: []*node{when}, at: when.at}
		}
		for _, x := range form.cases {
			x.when = concat([]*node{when}, x.when)
			out.cases = append(out.cases, x)
		}
		out.held = union(out.held, form.held)
	}
	if len(out.cases) > maxCases {
		return normalForm{}, fmt.Sprintf("it has more than %d cases", maxCases)
	}
	return out, ""
}

// count is the number of terms once quantities are expanded; beyond maxTerms it may stop counting.
func count(terms []normalTerm) int {
	sum := 0
	for _, t := range terms {
		n := 1
		for _, p := range t.powers {
			if p.leaf.leaf != quantityLeaf {
				continue
			}
			for range max(p.exponent, -p.exponent) {
				if n *= p.leaf.quantity.terms; n > maxTerms {
					return n
				}
			}
		}
		sum += n
	}
	return sum
}

func number(v float64) *node { return &node{leaf: constant, number: v} }

func isNumber(n *node, v float64) bool { return n.leaf == constant && n.number == v }

func concat[T any](a, b []T) []T { return append(slices.Clone(a), b...) }

func negate(terms []normalTerm) {
	for i := range terms {
		terms[i].coefficient = minus(terms[i].coefficient)
	}
}

func minus(a *node) *node {
	if a.leaf == constant {
		return number(-a.number)
	}
	return &node{op: vector.Neg, args: []*node{a}}
}

func times(a, b *node) *node {
	switch {
	case isNumber(a, 1):
		return b
	case isNumber(b, 1):
		return a
	}
	return &node{op: vector.Mul, args: []*node{a, b}}
}

func over(a, b *node) *node {
	if isNumber(b, 1) {
		return a
	}
	return &node{op: vector.Div, args: []*node{a, b}}
}

// join multiplies two products of powers, the second one to an exponent. Equal symbols cancel; quantities do not, for one may be 0 in a row, and
// what is divided by it is no number then.
func join(a, b []leafPower, exponent int) []leafPower {
	out := slices.Clone(a)
next:
	for _, p := range b {
		p.exponent *= exponent
		for i := range out {
			if out[i].leaf.same(p.leaf) && (p.leaf.leaf != quantityLeaf || (out[i].exponent > 0) == (p.exponent > 0)) {
				out[i].exponent += p.exponent
				continue next
			}
		}
		out = append(out, p)
	}
	return slices.DeleteFunc(out, func(p leafPower) bool { return p.exponent == 0 })
}
