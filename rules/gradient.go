package rules

import (
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// Derivative is the derivative of a flow's amount with respect to a parameter, or to the values that a lookup finds.
type Derivative struct {
	Values  []float64     // per unit of the symbol, for the flow's rows; what other rows hold means nothing
	Symbols []int32       // the monomial of the symbol, for each of these rows; amounts.One where the lookup found none
	Valid   column.Bitmap // nil: all of the flow's rows; in others the amount does not depend on the symbol
}

// Differentiate makes the runner compute derivatives from the next batch on.
func (r *Runner) Differentiate() { r.derive = true }

// Derivatives gives the derivatives of a flow of the last batch that has no normal form, one for each symbol on which the amount depends. Of a flow
// that has one they are those of its terms' monomials, see amounts.Monomials.Derivative; here they are nil, and so they are where the rules
// are too large to be derived.
func (r *Runner) Derivatives(flow int) []Derivative {
	var out []Derivative
	for _, p := range r.p.flows[flow].gradient {
		v := r.machine.Eval(p.expr)
		d := Derivative{Values: make([]float64, r.rows), Symbols: make([]int32, r.rows), Valid: v.Valid}
		for i := range r.rows {
			if v.Has(i) {
				d.Values[i] = v.Float(i)
			}
			if p.by.leaf == parameterLeaf {
				d.Symbols[i] = r.parameters[p.by.parameter]
			} else if l := &r.lookups[p.by.lookup.index]; l.valid.Get(i) {
				d.Symbols[i] = l.mono[i]
			} else {
				d.Symbols[i] = amounts.One
			}
		}
		out = append(out, d)
	}
	return out
}

// tangents computes a quantity's derivatives, each row's by the tier that it took.
func (r *Runner) tangents(q *quantity) {
	s := &r.quantities[q.index]
	for k, t := range q.tangents {
		if k == len(s.tangents) {
			s.tangents = append(s.tangents, nil)
		}
		s.tangents[k] = grow(s.tangents[k], r.rows)
		out := s.tangents[k]
		clear(out)
		for tier, e := range t.tiers {
			if e == nil {
				continue
			}
			v := r.machine.Eval(e)
			for i := range out {
				if s.grade.Valid.Get(i) && int(s.grade.Tier[i]) == tier && v.Has(i) {
					out[i] = v.Float(i)
				}
			}
		}
		r.slots[t.slot] = column.Column{Type: column.Float, Floats: out, Valid: s.grade.Valid}
	}
}
