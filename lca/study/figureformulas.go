package study

import (
	"fmt"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/trace"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// formulaPlace is where the formula of a sum's rule stands.
func (t *figureTree) formulaPlace(s *rowSum) diag.Place {
	if len(s.shown) > 0 {
		return s.shown[0].values.Place
	}
	return t.p.flows[s.key.Flow].Place
}

// formulaNode is the rule's formula with what a row puts into it.
func (t *figureTree) formulaNode(k *kindPlan, r *tracedRow) *trace.Node {
	n := t.explainedNode(k, r.values)
	n.Unit = shownUnit(r.values.Unit)
	return n
}

// operations are those that a reader can compute again.
var operations = map[vector.Op]trace.Op{vector.Add: trace.Sum, vector.Sub: trace.Difference, vector.Mul: trace.Product, vector.Div: trace.Product, vector.Neg: trace.Negation,
	vector.Min: trace.Minimum, vector.Max: trace.Maximum, vector.If: trace.Same, vector.Coalesce: trace.Same}

// explainedNode is a part of a formula.
func (t *figureTree) explainedNode(k *kindPlan, e *rules.Explained) *trace.Node {
	n := &trace.Node{Label: e.Name, Unit: shownUnit(e.Unit), Place: trace.At(e.Place)}
	switch {
	case !e.Has:
		n.Text, n.Unit = "no value", ""
	case e.Type == column.Float:
		n.Is(e.Number)
	default:
		n.Text = e.Text
	}
	if e.Class >= 0 {
		n.Detail("quality", lca.Words().Qualities[e.Class].Name)
	}
	for _, a := range e.Args {
		n.Children = append(n.Children, t.explainedNode(k, a))
	}
	for _, a := range e.Test {
		n.Explained = append(n.Explained, t.explainedNode(k, a))
	}
	switch e.What {
	case rules.WholeFormula, rules.AQuantity:
		n.Kind, n.Formula, n.Values = trace.Formula, e.Formula, e.Values
		if e.What == rules.AQuantity {
			n.Kind = trace.Quantity
			if e.Tiers > 1 && e.Tier > 0 {
				n.Detail("tier", fmt.Sprintf("%d of %d", e.Tier, e.Tiers))
			}
		}
		if len(n.Children) > 0 {
			n.Operation = trace.Same
		}
	case rules.AColumn:
		n.Kind, n.Place = trace.Column, nil
	case rules.AnAttribute:
		n.Kind, n.Place = trace.Attribute, nil
		n.Detail("of", e.ID)
		if files := t.p.names[e.Reference]; e.Has && len(files) == 1 { // rows of several files are held as one table
			n.Place = &trace.Place{File: t.p.tables[e.Reference].Files()[0], Row: int64(e.At) + 1}
		}
	case rules.AParameter:
		own := parameterNode(e.Parameter)
		own.Exponent = n.Exponent
		return own
	case rules.ALookup:
		return t.lookupNode(e, n)
	case rules.AConversion:
		n.Kind, n.Label, n.Unit = trace.Conversion, "conversion of units", ""
	case rules.AConstant, rules.ATakenOption:
		n.Kind = trace.Constant
		if n.Label == "" {
			n.Label = "constant"
		}
	default:
		n.Kind, n.Operation = trace.Operation, trace.Op(e.Name)
		if op, ok := operations[e.Op]; ok {
			n.Operation = op
		}
		if e.Op == vector.Div {
			n.Children[1].Exponent = -1
		}
		if !e.Has {
			n.Operation = trace.Op(e.Name)
		}
	}
	return n
}

// lookupNode is what a lookup found.
func (t *figureTree) lookupNode(e *rules.Explained, n *trace.Node) *trace.Node {
	found, ok := e.Ref.(factors.Found)
	if !ok {
		n.Kind = trace.Factor
		return n
	}
	to, _ := t.p.pack.Unit(found.Row.Factor, "")
	f, _ := unit.Factor(found.Row.Unit, to)
	out := t.factorNode(e.Name, &found, e.Number, f, to.String())
	return out
}
