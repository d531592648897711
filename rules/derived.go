package rules

import (
	"fmt"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Derived is a symbol made of parameters alone, where they stand in something that is no product: exp(beta * batch), for example.
type Derived struct {
	Name       string // tells it from every other of the method: the formula as it is computed
	Text       string // the formula as a person writes it
	Parameters []int  // numbers of the method's parameters in it, ascending
	Value      float64

	builder  *vector.Builder
	expr     *vector.Expr // over columns of parameters, by their numbers
	partials []float64    // derivatives by Parameters
}

// Values computes the symbol for draws of the parameters: draws[i] are the values of Parameters[i], each of the same length.
func (d *Derived) Values(draws [][]float64) []float64 {
	return d.evaluate(draws, d.expr)[0]
}

// Derivative is the derivative with respect to one of its Parameters at the parameters' values.
func (d *Derived) Derivative(parameter int) float64 {
	return d.partials[slices.Index(d.Parameters, parameter)]
}

// evaluate computes expressions over the same draws.
func (d *Derived) evaluate(draws [][]float64, exprs ...*vector.Expr) [][]float64 {
	n := len(draws[0])
	columns := make([]column.Column, d.Parameters[len(d.Parameters)-1]+1)
	for i, p := range d.Parameters {
		columns[p].Floats = draws[i]
	}
	m := vector.NewMachine(d.builder)
	m.Load(columns, n)
	var out [][]float64
	for _, e := range exprs {
		v, values := m.Eval(e), make([]float64, n)
		for i := range values {
			values[i] = v.Float(i)
		}
		out = append(out, values)
	}
	return out
}

// derived makes a symbol of a formula of parameters alone, as alone writes it. Where its value or a derivative of it is no number to multiply by, or
// it is too large, why says so.
func (c *compiler) derived(n *node) (leaf *node, why string) {
	leaf = &node{leaf: derivedLeaf, unit: n.unit, at: n.at}
	name := c.m.arithmetic(n, bindsChoice)
	for _, d := range c.p.derived {
		if d.Name == name {
			leaf.derived = d
			return leaf, ""
		}
	}
	if len(c.p.derived) == maxDerived {
		return nil, fmt.Sprintf("there are more than %d such formulas of parameters", maxDerived)
	}
	d := &Derived{Name: name, Text: c.m.formula(n), Parameters: c.symbolsOf(n).parameters(), builder: &vector.Builder{}}
	lower := &lowering{builder: d.builder, leaf: func(n *node, _ bool) *vector.Expr { return d.builder.Column(n.parameter, column.Float) }}
	d.expr = lower.expr(n)
	exprs, point := []*vector.Expr{d.expr}, [][]float64(nil)
	var by deriver
	for _, p := range d.Parameters {
		slope := by.derivative(n, symbol{leaf: parameterLeaf, parameter: p})
		if slope == nil {
			slope = number(0)
		}
		exprs = append(exprs, lower.expr(slope))
		point = append(point, []float64{c.m.Parameters[p].Value})
		if by.tooLarge() || d.builder.Len() > maxDerivativeParts {
			return nil, "its derivatives are too large"
		}
	}
	for i, values := range d.evaluate(point, exprs...) {
		switch v := values[0]; {
		case math.IsInf(v, 0) || math.IsNaN(v) || i == 0 && v == 0:
			return nil, fmt.Sprintf("at the parameters' values it, or a derivative of it, is %v", v)
		case i == 0:
			d.Value = v
		default:
			d.partials = append(d.partials, v)
		}
	}
	c.p.derived = append(c.p.derived, d)
	leaf.derived = d
	return leaf, ""
}

// maxDerived bounds the derived symbols of a kind.
const maxDerived = 100
