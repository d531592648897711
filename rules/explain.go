package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Explained is a formula, or a part of one, with what it comes to for a row at the point values of all that is uncertain.
//
// Every number is computed by the operations of the formula as it is written, by the tiers that the row takes. Of what depends on nothing uncertain that is
// what a run computes, to the bit. Of what does it is that up to rounding: a run multiplies the row's coefficient by what is uncertain in another order.
type Explained struct {
	What    What
	Name    string // of a leaf or a quantity; of an operation its sign or function
	Type    column.Type
	Has     bool // the row has a value
	Number  float64
	Text    string // a word, or true or false
	Unit    string // "1" of what has none; empty of texts
	Class   int    // quality class, -1 where it has none of its own
	Place   diag.Place
	Formula string // of quantities and the whole
	Values  string // the formula with its values put in

	Tier, Tiers int    // of a quantity: by which of its ways it was found, from 1, and how many it has
	Rung        string // where it stands on a ladder, the rung that it is read at

	Parameter *Parameter
	Ref       any    // of a lookup: what the program's FactorValues found
	Factor    string // and the factor, as the method names it
	Reference string // of an attribute: the table, the id of its row, and where it stands there, from 0
	ID        string
	At        int

	Op   vector.Op    // of an operation
	Args []*Explained // of an operation; of a quantity and the whole: its formula. Of ?: and ?? the side that was taken
	Test []*Explained // of ?: the condition, of ?? what has no value
}

// What tells parts of a formula apart.
type What string

const (
	WholeFormula What = "formula"
	AnOperation  What = "operation"
	AQuantity    What = "quantity"
	AColumn      What = "column"
	AnAttribute  What = "attribute"
	AParameter   What = "parameter"
	ALookup      What = "lookup"
	AConstant    What = "constant"
	AConversion  What = "conversion"
	ATakenOption What = "choice"
)

// maxExplained bounds the parts of one explanation: beyond it, quantities are named and not opened.
const maxExplained = 20_000

// explainedDigits is how many digits values put into a formula have.
const explainedDigits = 6

// Explain opens up the formula of a flow for a row of the runner's last batch, which has an amount for it.
func (p *Program) Explain(r *Runner, flow, row int) *Explained {
	x := explainer{p: p, r: r, row: row, builder: &vector.Builder{}, columns: map[explainedLeaf]int{}, quantities: map[*quantity]*Explained{}}
	x.machine = vector.NewMachine(x.builder)
	x.lower = &lowering{builder: x.builder, leaf: x.leaf}
	out := x.formula(p.flows[flow].node)
	out.What, out.Name, out.Place = WholeFormula, p.Flows[flow].Name, p.Flows[flow].formula().Place
	out.Class = int(r.flows[flow].out.Class[row])
	return out
}

// explainedLeaf is a column of the explainer's machine.
type explainedLeaf struct {
	slot     int // -1
	lookup   *lookup
	quantity *quantity
}

// explainer evaluates formulas for one row, whose values are the only row of the machine.
type explainer struct {
	p       *Program
	r       *Runner
	row     int
	builder *vector.Builder
	machine *vector.Machine
	lower   *lowering
	columns map[explainedLeaf]int
	loaded  []column.Column

	quantities map[*quantity]*Explained
	parts      int
}

// formula opens up a formula as a whole.
func (x *explainer) formula(n *node) *Explained {
	x.lower.expr(n) // finds the values of all quantities in it
	x.load()
	body := x.node(n)
	out := *body
	out.Args, out.Test = []*Explained{body}, nil
	plain, filled := formulaWriter{m: x.p.Method, times: " * ", over: " / "}, formulaWriter{m: x.p.Method, times: " * ", over: " / ", leaf: x.shown}
	out.Formula, out.Values = plain.write(n, bindsChoice), filled.write(n, bindsChoice)
	return &out
}

func (x *explainer) load() {
	x.machine.Extend(x.builder)
	x.machine.Load(x.loaded, 1)
}

// leaf is the column of a leaf, filled with the row's value.
func (x *explainer) leaf(n *node, _ bool) *vector.Expr {
	b := x.builder
	switch n.leaf {
	case columnLeaf:
		return b.Column(x.ofSlot(n.column), n.typ)
	case attributeLeaf:
		return b.Attribute(b.Column(x.ofSlot(n.reference.Key), column.String), n.reference.Table, n.attribute)
	case parameterLeaf:
		return b.Number(x.p.Method.Parameters[n.parameter].Value)
	case lookupLeaf:
		s := &x.r.lookups[n.lookup.index]
		return b.Column(x.column(explainedLeaf{slot: -1, lookup: n.lookup}, func() column.Column {
			return numberColumn(s.value[x.row], s.valid.Get(x.row))
		}), column.Float)
	}
	return b.Column(x.column(explainedLeaf{slot: -1, quantity: n.quantity}, func() column.Column {
		q := x.quantity(n.quantity)
		return numberColumn(q.Number, q.Has)
	}), column.Float)
}

func numberColumn(v float64, has bool) column.Column {
	c := column.Column{Type: column.Float, Floats: []float64{v}}
	if !has {
		c.Floats[0], c.Valid = 0, column.NewBitmap(1)
	}
	return c
}

// column numbers a leaf; its value is asked for once.
func (x *explainer) column(l explainedLeaf, value func() column.Column) int {
	at, ok := x.columns[l]
	if !ok {
		c := value() // which may number others
		at = len(x.loaded)
		x.columns[l] = at
		x.loaded = append(x.loaded, c)
	}
	return at
}

// ofSlot is the column of one of the inventory's.
func (x *explainer) ofSlot(name string) int {
	slot := x.r.slotOf(name)
	return x.column(explainedLeaf{slot: slot}, func() column.Column { return x.one(slot) })
}

// one is the row's value in a slot as a column of one row.
func (x *explainer) one(slot int) column.Column {
	from := &x.r.slots[slot]
	c := column.Column{Type: from.Type, Dict: from.Dict}
	if !from.Valid.Get(x.row) {
		c.Valid = column.NewBitmap(1)
	}
	switch from.Type {
	case column.String:
		c.Codes = from.Codes[x.row : x.row+1]
	case column.Bool:
		c.Bools = from.Bools[x.row : x.row+1]
	default:
		c.Floats = from.Floats[x.row : x.row+1]
	}
	return c
}

// quantity opens up a quantity by the tier that the row takes.
func (x *explainer) quantity(q *quantity) *Explained {
	if known := x.quantities[q]; known != nil {
		return known
	}
	out := &Explained{What: AQuantity, Name: q.name, Type: column.Float, Unit: q.source.UnitText, Class: -1, Place: q.source.Node.Place, Tiers: len(q.tiers), Rung: q.rung}
	if g := &x.r.quantities[q.index].grade; q.used && g.Valid.Get(x.row) {
		t := &q.tiers[g.Tier[x.row]]
		f := x.formula(t.node)
		out.Has, out.Number, out.Formula, out.Values, out.Args = f.Has, f.Number, f.Formula, f.Values, f.Args
		out.Class, out.Tier, out.Place = int(g.Class[x.row]), int(g.Tier[x.row])+1, t.at.Place
	}
	x.quantities[q] = out
	return out
}

// node opens up a part of a formula that has been lowered and loaded.
func (x *explainer) node(n *node) *Explained {
	x.parts++
	v := x.machine.Eval(x.lower.expr(n))
	out := &Explained{Type: n.typ, Has: v.Has(0), Class: -1, Place: n.at, Unit: show(n.unit)}
	switch {
	case !out.Has:
	case n.typ == column.String:
		out.Text = v.String(0)
	case n.typ == column.Bool:
		out.Text = strconv.FormatBool(v.Bool(0))
	default:
		out.Number = v.Float(0)
	}
	if n.typ != column.Float || n.date {
		out.Unit = ""
	}
	switch n.leaf {
	case constant:
		out.What = AConstant
		if n.choice != nil {
			out.What, out.Name = ATakenOption, choiceText(n.choice)
		}
	case columnLeaf:
		out.What, out.Name, out.Class = AColumn, n.column, x.classOf(n.column)
	case attributeLeaf:
		x.attribute(n, out)
	case parameterLeaf:
		q := &x.p.Method.Parameters[n.parameter]
		out.What, out.Name, out.Class, out.Place, out.Parameter, out.Unit = AParameter, q.Name, q.Class, q.Place, q, q.UnitText
	case lookupLeaf:
		x.lookup(n.lookup, out)
	case quantityLeaf:
		q := *x.quantities[n.quantity]
		if x.parts > maxExplained {
			q.Args = nil
		}
		return &q
	default:
		x.operation(n, out)
	}
	return out
}

func (x *explainer) attribute(n *node, out *Explained) {
	out.What, out.Name, out.Reference = AnAttribute, n.reference.Name+"."+n.reference.Fields[n.attribute].Name, n.reference.Name
	out.Class = x.classOf(n.reference.Key)
	key := &x.r.slots[x.r.slotOf(n.reference.Key)]
	if key.Valid.Get(x.row) {
		out.ID = key.Dict.Values[key.Codes[x.row]]
	}
	out.At, _ = n.reference.Table.Row(out.ID)
}

func (x *explainer) lookup(l *lookup, out *Explained) {
	out.What, out.Name, out.Factor, out.Place = ALookup, l.source.Name, l.source.Factor, l.source.At.Place
	s := &x.r.lookups[l.index]
	if !out.Has {
		return
	}
	out.Class = int(s.class[x.row])
	if s.mono[x.row] != amounts.One {
		out.Ref = x.r.space.Monomials.At(x.r.space.Monomials.Powers(s.mono[x.row])[0].Symbol).Ref
	}
}

func (x *explainer) operation(n *node, out *Explained) {
	out.What, out.Op, out.Name = AnOperation, n.op, functionName(n.op)
	switch n.op {
	case vector.If:
		test := x.node(n.args[0])
		out.Test = []*Explained{test}
		switch {
		case !test.Has:
		case test.Text == "true":
			out.Args = []*Explained{x.node(n.args[1])}
		default:
			out.Args = []*Explained{x.node(n.args[2])}
		}
		out.Name = "?:"
		return
	case vector.Coalesce:
		first := x.node(n.args[0])
		if out.Name = "??"; first.Has {
			out.Args = []*Explained{first}
			return
		}
		out.Test, out.Args = []*Explained{first}, []*Explained{x.node(n.args[1])}
		return
	}
	for _, a := range n.args {
		out.Args = append(out.Args, x.node(a))
	}
	if sign, ok := signs[n.op]; ok {
		out.Name = sign
	}
	if n.op == vector.Mul && n.args[1].leaf == constant && (n.converts() || n.args[1].unit.Equal(unit.One) && !n.unit.Valid()) {
		out.Args[1].What = AConversion
	}
	if n.op == vector.In {
		out.Name = "in " + options(n.options)
	}
}

// signs are operators as formulas have them.
var signs = map[vector.Op]string{vector.Neg: "-", vector.Add: "+", vector.Sub: "-", vector.Mul: "*", vector.Div: "/", vector.Less: "<", vector.LessEqual: "<=",
	vector.Equal: "==", vector.Not: "not", vector.And: "and", vector.Or: "or", vector.IsNil: "== nil"}

// classOf is the class that the row's own words give to a column: its own class, and that of columns that grade it; -1 where it says none.
func (x *explainer) classOf(name string) int {
	m, out := x.p.Method, -1
	word := func(g Grade) {
		slot := x.r.slotOf(g.Column)
		if slot < 0 || !x.r.slots[slot].Valid.Get(x.row) {
			return
		}
		c := &x.r.slots[slot]
		out = max(out, int(g.Class(c.Dict.Values[c.Codes[x.row]])))
	}
	if m.Classes.Row != "" {
		word(Grade{Column: m.Classes.Row})
	}
	for i := range m.Classes.Basis {
		if b := &m.Classes.Basis[i]; slices.Contains(b.Of, name) {
			word(Grade{b.Column, b})
		}
	}
	return out
}

// shown is a leaf's value as it is put into a formula, with its unit.
func (x *explainer) shown(n *node) (string, bool) {
	switch n.leaf {
	case columnLeaf, attributeLeaf, parameterLeaf, lookupLeaf, quantityLeaf:
	default:
		return "", false
	}
	v := x.machine.Eval(x.lower.expr(n))
	switch {
	case !v.Has(0):
		return "nil", true
	case n.typ == column.String:
		return strconv.Quote(v.String(0)), true
	case n.typ == column.Bool:
		return strconv.FormatBool(v.Bool(0)), true
	}
	short, _ := strconv.ParseFloat(strconv.FormatFloat(v.Float(0), 'g', explainedDigits, 64), 64) // of a number
	text := numberText(short)
	if u := show(n.unit); u != "1" && !n.date {
		text += " " + u
	}
	return strings.TrimSpace(text), true
}
