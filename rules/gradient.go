package rules

import (
	"slices"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// gradient holds the derivatives of one flow, compiled over the program's slots and, behind them, a column for each tangent.
type gradient struct {
	builder  *vector.Builder
	tangents []tangent // each after those that it uses
	partials []partial
}

// partial is the derivative of a flow's amount with respect to one symbol.
type partial struct {
	by   symbol
	expr *vector.Expr
}

// tangent is the derivative of a quantity, for each of its tiers; nil where a tier does not depend on the symbol.
type tangent struct {
	quantity *quantity
	by       symbol
	tiers    []*vector.Expr
}

// lazyGradient is derived when it is first asked for.
type lazyGradient struct {
	once sync.Once
	g    *gradient // nil: too large
}

// maxGradientBytes bounds the memory that one flow's derivatives take for a batch.
const maxGradientBytes = 16 << 20

// Derivable reports whether the derivatives of a flow can be computed: they are not beyond bounds.
func (p *Program) Derivable(flow int) bool { return p.gradient(flow) != nil }

func (p *Program) gradient(flow int) *gradient {
	lazy := &p.gradients[flow]
	lazy.once.Do(func() {
		c := gradientCompiler{p: p, g: &gradient{builder: &vector.Builder{}}, columns: map[string]int{}}
		for i, s := range p.slots {
			c.columns[s.column] = i
		}
		c.lower = &lowering{builder: c.g.builder, leaf: c.leaf}
		for _, by := range p.toDerive(flow) {
			if d := c.deriver.derivative(p.flows[flow].node, by); d != nil {
				c.g.partials = append(c.g.partials, partial{by, c.lower.expr(d)})
			}
			if c.tooLarge() {
				return
			}
		}
		lazy.g = c.g
	})
	return lazy.g
}

// toDerive lists the symbols by which a flow is derived: all, or of a normal form the parameters that its coefficients hold.
func (p *Program) toDerive(flow int) (out []symbol) {
	f := &p.flows[flow]
	if p.Flows[flow].Normal {
		for _, parameter := range f.held {
			out = append(out, symbol{leaf: parameterLeaf, parameter: parameter})
		}
		return out
	}
	f.symbols.each(func(bit int) {
		if bit%2 == 0 {
			out = append(out, symbol{leaf: parameterLeaf, parameter: bit / 2})
		} else {
			out = append(out, symbol{leaf: lookupLeaf, lookup: p.lookups[bit/2]})
		}
	})
	return out
}

type gradientCompiler struct {
	p       *Program
	g       *gradient
	deriver deriver
	lower   *lowering
	columns map[string]int // slots of the inventory's columns
}

func (c *gradientCompiler) tooLarge() bool {
	return c.deriver.tooLarge() || c.g.builder.Len() > maxDerivativeParts || c.g.builder.Bytes(column.BatchRows) > maxGradientBytes
}

func (c *gradientCompiler) leaf(n *node, _ bool) *vector.Expr {
	b := c.g.builder
	switch n.leaf {
	case columnLeaf:
		return b.Column(c.columns[n.column], n.typ)
	case attributeLeaf:
		return b.Attribute(b.Column(c.columns[n.reference.Key], column.String), n.reference.Table, n.attribute)
	case parameterLeaf:
		return b.Number(c.p.Method.Parameters[n.parameter].Value)
	case lookupLeaf:
		return b.Column(n.lookup.slot, column.Float)
	case tangentLeaf:
		return b.Column(c.tangent(n.quantity, n.tangent), column.Float)
	}
	return b.Column(n.quantity.slot, column.Float)
}

// tangent is the column of a quantity's derivative.
func (c *gradientCompiler) tangent(q *quantity, by symbol) int {
	same := func(t tangent) bool { return t.quantity == q && t.by == by }
	at := slices.IndexFunc(c.g.tangents, same)
	if at < 0 {
		t := tangent{quantity: q, by: by}
		for i := range q.tiers {
			var e *vector.Expr
			if d := c.deriver.derivative(q.tiers[i].node, by); d != nil && !c.tooLarge() {
				e = c.lower.expr(d)
			}
			t.tiers = append(t.tiers, e)
		}
		at = len(c.g.tangents)
		c.g.tangents = append(c.g.tangents, t)
	}
	return len(c.p.slots) + at
}

// Derivative is the derivative of a flow's amount with respect to a parameter, or to the values that a lookup finds.
type Derivative struct {
	Parameter int           // number of the method's parameter; -1 of a lookup
	Values    []float64     // per unit of the symbol, for the flow's rows; what other rows hold means nothing
	Symbols   []int32       // of a lookup: the monomial of what it found, for each row; amounts.One where it found nothing
	Valid     column.Bitmap // nil: all of the flow's rows; in others the amount does not depend on the symbol
}

// Derivatives gives the derivatives of a flow of the last batch that do not follow from its terms: of one without normal form those with respect to
// every symbol that the amount depends on; of one that has a normal form those with respect to the parameters that its coefficients hold, while all
// others are those of its monomials, see amounts.Monomials.Derivative. It is nil where there is none, or they are too large to be derived. It costs
// about as much as evaluating the flow anew.
func (r *Runner) Derivatives(flow int) []Derivative {
	g := r.p.gradient(flow)
	if g == nil || len(g.partials) == 0 {
		return nil
	}
	columns := append(slices.Clone(r.slots), make([]column.Column, len(g.tangents))...)
	for _, q := range r.p.quantities {
		if c := &columns[q.slot]; q.used && c.Floats == nil {
			c.Floats = r.points(&r.quantities[q.index])
		}
	}
	m := vector.NewMachine(g.builder)
	m.Load(columns, r.rows)
	for k, t := range g.tangents {
		grade := &r.quantities[t.quantity.index].grade
		columns[len(r.slots)+k] = column.Column{Floats: r.slopes(m, &t, grade.Tier, grade.Valid), Valid: grade.Valid}
	}
	var out []Derivative
	for _, p := range g.partials {
		v := m.Eval(p.expr)
		d := Derivative{Parameter: -1, Values: make([]float64, r.rows), Valid: v.Valid}
		for i := range r.rows {
			if v.Has(i) {
				d.Values[i] = v.Float(i)
			}
		}
		if p.by.leaf == parameterLeaf {
			d.Parameter = p.by.parameter
		} else {
			l := &r.lookups[p.by.lookup.index]
			d.Symbols = make([]int32, r.rows)
			for i := range d.Symbols {
				if d.Symbols[i] = amounts.One; l.valid.Get(i) {
					d.Symbols[i] = l.mono[i]
				}
			}
		}
		out = append(out, d)
	}
	return out
}

// slopes computes a quantity's derivative, each row's by the tier that it took.
func (r *Runner) slopes(m *vector.Machine, t *tangent, tiers []uint8, valid column.Bitmap) []float64 {
	out := make([]float64, r.rows)
	for tier, e := range t.tiers {
		if e == nil {
			continue
		}
		v := m.Eval(e)
		for i := range out {
			if valid.Get(i) && int(tiers[i]) == tier && v.Has(i) {
				out[i] = v.Float(i)
			}
		}
	}
	return out
}
