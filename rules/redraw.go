package rules

import (
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Redraw computes a flow's amounts anew where what they depend on has other values than its point values: of a formula without normal form no product of
// symbols tells these. Rows are taken one by one, and their draws are the rows of the columns: each operation of the formula is a pass over some hundred
// draws. It is of one goroutine.
//
// A quantity is computed by the tier that the row takes at point values.
type Redraw struct {
	p          *Program
	flow       int
	machine    *vector.Machine
	leaves     []redrawLeaf // of each column
	quantities []redrawQuantity
	amount     *vector.Expr
	columns    []column.Column
	memory     []column.Column // of each column, and of the amount
	none       column.Bitmap   // no draw has a value
	operations int
}

// redrawLeaf is a column of the machine: one of the program's that is the same in all draws, a parameter, what a lookup finds, or a quantity.
type redrawLeaf struct {
	slot, parameter, quantity int // -1
	lookup                    *lookup
}

// redrawQuantity is a quantity that depends on something uncertain; each stands after those that it uses.
type redrawQuantity struct {
	of     *quantity
	tiers  []*vector.Expr
	column int
}

// Drawn gives the draws of what amounts depend on, each of as many values.
type Drawn interface {
	Parameter(number int) []float64 // of the method's parameters; nil: it has its point value in all draws
	Factor(symbol int32) []float64  // of what a lookup found, relative to its value; nil: likewise
}

// maxRedrawBytes bounds the memory that a flow takes for a batch of draws.
const maxRedrawBytes = 16 << 20

// Redraw is ready to redraw a flow; nil of one that is too large.
func (p *Program) Redraw(flow int) *Redraw {
	c := redrawCompiler{x: &Redraw{p: p, flow: flow}, builder: &vector.Builder{}, columns: map[redrawLeaf]int{}, names: map[string]int{}}
	for i, s := range p.slots {
		if s.column != "" {
			c.names[s.column] = i
		}
	}
	c.lower = &lowering{builder: c.builder, leaf: c.leaf}
	c.x.amount = c.lower.expr(p.flows[flow].node)
	if c.builder.Len() > maxDerivativeParts || c.builder.Bytes(column.BatchRows) > maxRedrawBytes {
		return nil
	}
	c.x.machine, c.x.operations = vector.NewMachine(c.builder), c.builder.Len()
	c.x.columns, c.x.memory = make([]column.Column, len(c.x.leaves)), make([]column.Column, len(c.x.leaves)+1)
	return c.x
}

// Operations is how many operations a draw takes.
func (x *Redraw) Operations() int { return x.operations }

type redrawCompiler struct {
	x       *Redraw
	builder *vector.Builder
	lower   *lowering
	columns map[redrawLeaf]int
	names   map[string]int // slots of the inventory's columns
}

func (c *redrawCompiler) column(l redrawLeaf) int {
	at, ok := c.columns[l]
	if !ok {
		at = len(c.x.leaves)
		c.columns[l] = at
		c.x.leaves = append(c.x.leaves, l)
	}
	return at
}

func (c *redrawCompiler) leaf(n *node, _ bool) *vector.Expr {
	b := c.builder
	same := func(slot int, t column.Type) *vector.Expr {
		return b.Column(c.column(redrawLeaf{slot: slot, parameter: -1, quantity: -1}), t)
	}
	switch n.leaf {
	case columnLeaf:
		return same(c.names[n.column], n.typ)
	case attributeLeaf:
		return b.Attribute(same(c.names[n.reference.Key], column.String), n.reference.Table, n.attribute)
	case parameterLeaf:
		return b.Column(c.column(redrawLeaf{slot: -1, parameter: n.parameter, quantity: -1}), column.Float)
	case lookupLeaf:
		return b.Column(c.column(redrawLeaf{slot: -1, parameter: -1, quantity: -1, lookup: n.lookup}), column.Float)
	}
	if n.quantity.symbols.empty() {
		return same(n.quantity.slot, column.Float)
	}
	l := redrawLeaf{slot: -1, parameter: -1, quantity: n.quantity.index}
	if at, ok := c.columns[l]; ok {
		return b.Column(at, column.Float)
	}
	q := redrawQuantity{of: n.quantity}
	for i := range n.quantity.tiers {
		q.tiers = append(q.tiers, c.lower.expr(n.quantity.tiers[i].node))
	}
	q.column = c.column(l)
	c.x.quantities = append(c.x.quantities, q)
	return b.Column(q.column, column.Float)
}

// Symbols lists what a row's amount depends on: numbers of the method's parameters, and of symbols that lookups found in the row, in an order that the program
// gives. The row is one of the runner's last batch.
func (x *Redraw) Symbols(r *Runner, row int) (parameters []int, factors []int32) {
	for _, l := range x.leaves {
		switch {
		case l.parameter >= 0:
			parameters = append(parameters, l.parameter)
		case l.lookup != nil:
			if s := &r.lookups[l.lookup.index]; s.valid.Get(row) && s.mono[row] != amounts.One {
				factors = append(factors, r.space.Monomials.Powers(s.mono[row])[0].Symbol)
			}
		}
	}
	return parameters, factors
}

// Row computes the amounts of a row of the runner's last batch in n draws; what of them has a value is told by the bitmap. Both are good until the next call.
func (x *Redraw) Row(r *Runner, row int, drawn Drawn, n int) ([]float64, column.Bitmap) {
	for i := range x.leaves {
		l, own, out := &x.leaves[i], &x.memory[i], &x.columns[i]
		*out = column.Column{Type: column.Float}
		switch {
		case l.slot >= 0:
			x.repeat(&r.slots[l.slot], row, n, own, out)
		case l.parameter >= 0:
			if out.Floats = drawn.Parameter(l.parameter); out.Floats == nil {
				fill(own, x.p.Method.Parameters[l.parameter].Value, n, out)
			}
		case l.lookup != nil:
			x.found(&r.lookups[l.lookup.index], r, row, drawn, n, own, out)
		}
	}
	x.machine.Load(x.columns, n)
	for i := range x.quantities {
		q := &x.quantities[i]
		grade := &r.quantities[q.of.index].grade
		out := &x.columns[q.column]
		if *out = (column.Column{Type: column.Float}); grade.Valid.Get(row) {
			x.take(x.machine.Eval(q.tiers[grade.Tier[row]]), n, &x.memory[q.column], out)
		} else {
			x.nothing(n, &x.memory[q.column], out)
		}
	}
	var amount column.Column
	v := x.machine.Eval(x.amount)
	x.take(v, n, &x.memory[len(x.memory)-1], &amount)
	return amount.Floats, amount.Valid
}

// take gives a result the form of a column.
func (x *Redraw) take(v *vector.Vec, n int, own, out *column.Column) {
	switch {
	case v.Const && v.Nil:
		x.nothing(n, own, out)
	case v.Const:
		fill(own, v.Number, n, out)
		out.Valid = nil
	default:
		out.Floats, out.Valid = v.Floats[:n], v.Valid
	}
}

// nothing makes a column without values.
func (x *Redraw) nothing(n int, own, out *column.Column) {
	own.Floats = grow(own.Floats, n)
	out.Floats, out.Valid = own.Floats, x.noneOf(n)
}

func (x *Redraw) noneOf(n int) column.Bitmap {
	if need := (n + 63) / 64; len(x.none) < need {
		x.none = make(column.Bitmap, need)
	}
	return x.none
}

// fill makes a column of one number.
func fill(own *column.Column, value float64, n int, out *column.Column) {
	own.Floats = grow(own.Floats, n)
	for k := range own.Floats {
		own.Floats[k] = value
	}
	out.Floats = own.Floats
}

// repeat makes a column of a row's value.
func (x *Redraw) repeat(from *column.Column, row, n int, own, out *column.Column) {
	out.Type, out.Dict = from.Type, from.Dict
	has := from.Valid.Get(row)
	if !has {
		out.Valid = x.noneOf(n)
	}
	switch from.Type {
	case column.String:
		own.Codes = grow(own.Codes, n)
		for k := range own.Codes {
			if own.Codes[k] = 0; has {
				own.Codes[k] = from.Codes[row]
			}
		}
		out.Codes = own.Codes
	case column.Bool:
		own.Bools = grow(own.Bools, n)
		for k := range own.Bools {
			own.Bools[k] = has && from.Bools[row]
		}
		out.Bools = own.Bools
	default:
		value := 0.0
		if has {
			value = from.Floats[row]
		}
		fill(own, value, n, out)
	}
}

// found makes a column of what a lookup found in a row.
func (x *Redraw) found(s *lookupState, r *Runner, row int, drawn Drawn, n int, own, out *column.Column) {
	fill(own, s.value[row], n, out)
	if !s.valid.Get(row) {
		out.Valid = x.noneOf(n)
		return
	}
	if s.mono[row] == amounts.One {
		return
	}
	if by := drawn.Factor(r.space.Monomials.Powers(s.mono[row])[0].Symbol); by != nil {
		for k := range own.Floats {
			own.Floats[k] = float64(own.Floats[k] * by[k])
		}
	}
}
