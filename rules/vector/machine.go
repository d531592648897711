package vector

import (
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// Vec is a node's value over a batch: one constant for all rows (Const), or a slice of the batch's length. It is the machine's memory:
// valid until the next Load.
type Vec struct {
	Type  column.Type
	Const bool
	Nil   bool // a constant without a value

	Number float64 // of a constant
	Flag   bool
	Text   string

	Floats []float64
	Flags  []bool
	Codes  []int32
	Dict   *column.Dict
	Valid  column.Bitmap // nil: every row has a value
}

// Has reports whether a row has a value.
func (v *Vec) Has(i int) bool {
	if v.Const {
		return !v.Nil
	}
	return v.Valid.Get(i)
}

// Float returns a row's number; the row must have one.
func (v *Vec) Float(i int) float64 {
	if v.Const {
		return v.Number
	}
	return v.Floats[i]
}

// Bool returns a row's flag; the row must have one.
func (v *Vec) Bool(i int) bool {
	if v.Const {
		return v.Flag
	}
	return v.Flags[i]
}

// String returns a row's text; the row must have one.
func (v *Vec) String(i int) string {
	if v.Const {
		return v.Text
	}
	return v.Dict.Values[v.Codes[i]]
}

// Machine evaluates the nodes of one Builder. It belongs to one goroutine.
type Machine struct {
	vecs    []Vec
	stamps  []uint64
	round   uint64
	rows    int
	columns []column.Column
	own     []memory
}

// memory is what a node's result is written to, reused from batch to batch, and what the node knows of dictionaries.
type memory struct {
	floats []float64
	flags  []bool
	codes  []int32
	valid  column.Bitmap

	rows    column.Memo[int32] // of a Gather: rows of its reference, -1 for none
	matches column.Memo[bool]  // of an In or an Equal with a constant: whether a string matches
	words   words              // of a blend of strings
}

// NewMachine prepares a machine for all nodes that the builder has made.
func NewMachine(b *Builder) *Machine {
	return &Machine{vecs: make([]Vec, b.Len()), stamps: make([]uint64, b.Len()), own: make([]memory, b.Len())}
}

// Load starts a batch: columns by slot, each of the given number of rows. Vecs of the batch before are no longer valid.
func (m *Machine) Load(columns []column.Column, rows int) {
	m.columns, m.rows = columns, rows
	m.round++
}

// Forget drops what the machine knows of dictionaries; call it when a reader's dictionaries end.
func (m *Machine) Forget() {
	for i := range m.own {
		o := &m.own[i]
		o.rows.Forget()
		o.matches.Forget()
		o.words = words{}
	}
}

// noStrings is the dictionary of a column without any value.
var noStrings = &column.Dict{}

// Eval returns a node's value over the batch.
func (m *Machine) Eval(e *Expr) *Vec {
	v := &m.vecs[e.id]
	if m.stamps[e.id] == m.round {
		return v
	}
	m.compute(e, v, &m.own[e.id])
	m.stamps[e.id] = m.round
	return v
}

func (m *Machine) compute(e *Expr, v *Vec, own *memory) {
	*v = Vec{Type: e.Type}
	switch e.Op {
	case Const:
		v.Const, v.Nil, v.Number, v.Flag, v.Text = true, e.Nil, e.Number, e.Flag, e.Text
	case Input:
		c := &m.columns[e.Slot]
		v.Floats, v.Flags, v.Codes, v.Dict, v.Valid = c.Floats, c.Bools, c.Codes, c.Dict, c.Valid
		if e.Type == column.String && v.Dict == nil {
			v.Dict = noStrings
		}
	case Gather:
		m.gather(e, v, own)
	case IsNil:
		m.isNil(m.Eval(e.Args[0]), v, own)
	case Coalesce:
		m.coalesce(m.Eval(e.Args[0]), e.Args[1], v, own)
	case If:
		m.choose(e, v, own)
	case Not:
		m.not(m.Eval(e.Args[0]), v, own)
	case And, Or:
		m.logic(e.Op, m.Eval(e.Args[0]), m.Eval(e.Args[1]), v, own)
	case In:
		m.member(m.Eval(e.Args[0]), e.Options, v, own)
	case Less, LessEqual, Equal:
		m.compare(e.Op, m.Eval(e.Args[0]), m.Eval(e.Args[1]), v, own)
	case Neg, Abs, Ceil, Floor, Round, Sqrt, CeilPow2:
		m.unary(e.Op, m.Eval(e.Args[0]), v, own)
	default:
		m.binary(e.Op, m.Eval(e.Args[0]), m.Eval(e.Args[1]), v, own)
	}
}

func (o *memory) floatsOf(n int) []float64 {
	if cap(o.floats) < n {
		o.floats = make([]float64, n)
	}
	return o.floats[:n]
}

func (o *memory) flagsOf(n int) []bool {
	if cap(o.flags) < n {
		o.flags = make([]bool, n)
	}
	return o.flags[:n]
}

func (o *memory) codesOf(n int) []int32 {
	if cap(o.codes) < n {
		o.codes = make([]int32, n)
	}
	return o.codes[:n]
}

func (o *memory) bitmap(n int) column.Bitmap {
	words := (n + 63) / 64
	if cap(o.valid) < words {
		o.valid = make(column.Bitmap, words)
	}
	return o.valid[:words]
}

// both is the validity of what needs two values: nil, one of the two, or their intersection.
func (m *Machine) both(a, b *Vec, own *memory) column.Bitmap {
	switch {
	case a.Const || a.Valid == nil:
		return b.Valid
	case b.Const || b.Valid == nil:
		return a.Valid
	}
	out := own.bitmap(m.rows)
	for i := range out {
		out[i] = a.Valid[i] & b.Valid[i]
	}
	return out
}

// strict handles constants without a value: the result of anything strict in them has none.
func strict(v *Vec, args ...*Vec) bool {
	for _, a := range args {
		if a.Const && a.Nil {
			v.Const, v.Nil = true, true
			return true
		}
	}
	return false
}

func (m *Machine) gather(e *Expr, v *Vec, own *memory) {
	key := m.Eval(e.Args[0])
	attribute := &e.Reference.Table.Data[e.Attribute]
	if strict(v, key) {
		return
	}
	if key.Const {
		row, ok := e.Reference.rows[key.Text]
		v.Const, v.Nil = true, !ok || !attribute.Valid.Get(int(row))
		if !v.Nil {
			switch attribute.Type {
			case column.Float:
				v.Number = attribute.Floats[row]
			case column.Bool:
				v.Flag = attribute.Bools[row]
			case column.String:
				v.Text = attribute.Dict.Values[attribute.Codes[row]]
			}
		}
		return
	}
	rows := own.rows.Of(key.Dict, e.Reference.rowOf)
	valid := own.bitmap(m.rows)
	clear(valid)
	v.Valid = valid
	switch attribute.Type {
	case column.Float:
		v.Floats = own.floatsOf(m.rows)
	case column.Bool:
		v.Flags = own.flagsOf(m.rows)
	case column.String:
		v.Codes, v.Dict = own.codesOf(m.rows), attribute.Dict
	}
	for i := range m.rows {
		row := int32(-1)
		if key.Valid.Get(i) {
			row = rows[key.Codes[i]]
		}
		has := row >= 0 && attribute.Valid.Get(int(row))
		if has {
			valid.Set(i)
		}
		switch attribute.Type {
		case column.Float:
			v.Floats[i] = 0
			if has {
				v.Floats[i] = attribute.Floats[row]
			}
		case column.Bool:
			v.Flags[i] = has && attribute.Bools[row]
		case column.String:
			v.Codes[i] = 0
			if has {
				v.Codes[i] = attribute.Codes[row]
			}
		}
	}
}

func (m *Machine) isNil(a *Vec, v *Vec, own *memory) {
	if a.Const || a.Valid == nil {
		v.Const, v.Flag = true, a.Const && a.Nil
		return
	}
	v.Flags = own.flagsOf(m.rows)
	for i := range v.Flags {
		v.Flags[i] = !a.Valid.Get(i)
	}
}

func (m *Machine) coalesce(a *Vec, second *Expr, v *Vec, own *memory) {
	if !(a.Const && a.Nil) && (a.Const || a.Valid == nil) {
		*v = *a
		return
	}
	b := m.Eval(second)
	if a.Const { // without a value
		*v = *b
		return
	}
	m.blend(v, own, a, b, a.Valid, nil)
}

func (m *Machine) choose(e *Expr, v *Vec, own *memory) {
	c := m.Eval(e.Args[0])
	if strict(v, c) {
		return
	}
	if c.Const {
		if c.Flag {
			*v = *m.Eval(e.Args[1])
		} else {
			*v = *m.Eval(e.Args[2])
		}
		return
	}
	m.blend(v, own, m.Eval(e.Args[1]), m.Eval(e.Args[2]), c.Valid, c.Flags)
}
