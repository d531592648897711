package rules

import (
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Derived is a symbol made of parameters alone, where they stand in something that is no product: exp(beta * batch), for example.
type Derived struct {
	Text       string // the formula
	Parameters []int  // numbers of the method's parameters in it, ascending
	Value      float64

	builder *vector.Builder
	expr    *vector.Expr // over columns of parameters, by their numbers

	partials []float64 // derivatives by Parameters
}

// Values computes the symbol for draws of the parameters: draws[i] are the values of Parameters[i], each of the same length.
func (d *Derived) Values(draws [][]float64) []float64 {
	return d.evaluate(d.expr, draws)
}

func (d *Derived) evaluate(e *vector.Expr, draws [][]float64) []float64 {
	n := len(draws[0])
	columns := make([]column.Column, d.Parameters[len(d.Parameters)-1]+1)
	for i, p := range d.Parameters {
		columns[p].Floats = draws[i]
	}
	m := vector.NewMachine(d.builder)
	m.Load(columns, n)
	v := m.Eval(e)
	out := make([]float64, n)
	for i := range out {
		out[i] = v.Float(i)
	}
	return out
}

// Derivative is the derivative with respect to one of its Parameters at the parameters' values.
func (d *Derived) Derivative(parameter int) float64 {
	return d.partials[slices.Index(d.Parameters, parameter)]
}

// derived makes a symbol of a formula of parameters alone; nil where its value is no number that could be multiplied by.
func (c *compiler) derived(n *node) *node {
	leaf := &node{leaf: derivedLeaf, unit: n.unit, at: n.at}
	expr := c.overParameters().expr(n)
	for _, d := range c.p.derived {
		if d.expr == expr {
			leaf.derived = d
			return leaf
		}
	}
	d := &Derived{Text: c.m.formula(n), builder: c.overParameters().builder, expr: expr}
	var point [][]float64
	for _, s := range n.symbols(nil) {
		d.Parameters = union(d.Parameters, []int{s.parameter})
	}
	for _, p := range d.Parameters {
		point = append(point, []float64{c.m.Parameters[p].Value})
	}
	if d.Value = d.Values(point)[0]; math.IsInf(d.Value, 0) || math.IsNaN(d.Value) || d.Value == 0 {
		return nil
	}
	for _, p := range d.Parameters {
		by := symbol{leaf: parameterLeaf, parameter: p}
		slope := 0.0
		if partial := c.derivative(n, by); partial != nil {
			slope = d.evaluate(c.overParameters().expr(partial), point)[0]
		}
		d.partials = append(d.partials, slope)
	}
	if c.deriving > maxDerived {
		return nil
	}
	c.p.derived = append(c.p.derived, d)
	leaf.derived = d
	return leaf
}
