package vector

import (
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// Machine evaluates the nodes of one Builder. It belongs to one goroutine.
type Machine struct {
	vecs    []Vec
	stamps  []uint64
	round   uint64
	rows    int
	columns []column.Column
	own     []memory

	codes *codes // computes what is computed once for each string; nil in the machine that does, which goes row by row
	given *Expr  // in that machine: the node whose strings are the rows
	value Vec    // and its value
}

// memory is what a node's result is written to, reused from batch to batch, and what the node knows of dictionaries.
type memory struct {
	floats []float64
	bits   column.Bitmap
	codes  []int32
	valid  column.Bitmap

	table table // of what is computed for each string
	words words // of a blend of strings
}

// NewMachine prepares a machine for all nodes that the builder has made.
func NewMachine(b *Builder) *Machine {
	m := newMachine(b)
	m.codes = &codes{machine: newMachine(b)}
	return m
}

func newMachine(b *Builder) *Machine {
	return &Machine{vecs: make([]Vec, b.Len()), stamps: make([]uint64, b.Len()), own: make([]memory, b.Len())}
}

// Extend makes room for nodes that the builder has made since. Vecs of the batch before are no longer valid.
func (m *Machine) Extend(b *Builder) {
	if more := b.Len() - len(m.vecs); more > 0 {
		m.vecs, m.stamps, m.own = append(m.vecs, make([]Vec, more)...), append(m.stamps, make([]uint64, more)...), append(m.own, make([]memory, more)...)
		if m.codes != nil {
			m.codes.machine.Extend(b)
		}
	}
}

// Load starts a batch: columns by slot, each of the given number of rows. Vecs of the batch before are no longer valid.
func (m *Machine) Load(columns []column.Column, rows int) {
	m.columns, m.rows = columns, rows
	m.round++
}

// Forget drops what the machine knows of dictionaries; call it when a reader's dictionaries end.
func (m *Machine) Forget() {
	for i := range m.own {
		m.own[i].table.forget()
		m.own[i].words = words{}
	}
	if m.codes != nil {
		m.codes.forget()
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
	own := &m.own[e.id]
	switch {
	case e == m.given:
		*v = m.value
	case m.codes == nil || !e.byCode():
		m.compute(e, v, own)
	default:
		if source := m.Eval(e.source); source.Const {
			m.compute(e, v, own)
		} else {
			m.pick(e, source, v, own)
		}
	}
	m.stamps[e.id] = m.round
	return v
}

func (m *Machine) compute(e *Expr, v *Vec, own *memory) {
	*v = Vec{Type: e.Type}
	switch e.Op {
	case Const:
		v.Const, v.Nil, v.Number, v.Flag, v.Text = true, e.Nil, e.Number, e.Flag, e.Text
	case Input:
		m.input(&m.columns[e.Slot], v, own)
	case Gather:
		m.gather(e, m.Eval(e.Args[0]), v, own)
	case IsNil:
		m.isNil(m.Eval(e.Args[0]), v, own)
	case Coalesce:
		m.coalesce(m.Eval(e.Args[0]), e.Args[1], v, own)
	case If:
		m.choose(m.Eval(e.Args[0]), e.Args[1], e.Args[2], v, own)
	case Not:
		m.not(m.Eval(e.Args[0]), v, own)
	case And, Or:
		m.logic(e.Op, m.Eval(e.Args[0]), e.Args[1], v, own)
	case In:
		m.member(e, m.Eval(e.Args[0]), v, own)
	case Less, LessEqual, Equal:
		m.compare(e.Op, m.Eval(e.Args[0]), m.Eval(e.Args[1]), v, own)
	case Neg, Abs, Ceil, Floor, Round, Sqrt, Exp, Ln, Log2, CeilPow2:
		m.unary(e.Op, m.Eval(e.Args[0]), v, own)
	default:
		m.binary(e.Op, m.Eval(e.Args[0]), m.Eval(e.Args[1]), v, own)
	}
}

// input reads a column, the flags of a Bool column into bits.
func (m *Machine) input(c *column.Column, v *Vec, own *memory) {
	v.Floats, v.Codes, v.Dict = c.Floats, c.Codes, c.Dict
	if c.Valid != nil {
		v.Valid = c.Valid[:words64(m.rows)]
	}
	switch v.Type {
	case column.String:
		if v.Dict == nil {
			v.Dict = noStrings
		}
	case column.Bool:
		v.Bits = grow(&own.bits, words64(m.rows))
		for w := range v.Bits {
			v.Bits[w] = pack(c.Bools[w*64:min(w*64+64, m.rows)]) & v.has(w)
		}
	}
}

// pack makes bits of up to 64 flags, the lowest of the first.
func pack(flags []bool) (bits uint64) {
	for j, f := range flags {
		bits |= one(f) << (j & 63)
	}
	return bits
}

// one is 1 for true, without a branch.
func one(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// words64 is the number of words that hold a bit for each of n rows.
func words64(n int) int { return (n + 63) / 64 }

// in gives the rows of the batch that a word's bits stand for: all 64, save in the last word.
func (m *Machine) in(w int) uint64 {
	if rest := m.rows - w*64; rest < 64 {
		return 1<<uint(rest) - 1
	}
	return ^uint64(0)
}

// grow gives n elements of a node's memory; what stands in them is of no use.
func grow[S ~[]T, T any](s *S, n int) S {
	if cap(*s) < n {
		*s = make(S, n)
	}
	return (*s)[:n]
}

// zeroed gives n zeroes of it.
func zeroed[S ~[]T, T any](s *S, n int) S {
	out := grow(s, n)
	clear(out)
	return out
}

// both is the validity of what needs two values: nil, one of the two, or their intersection.
func (m *Machine) both(a, b *Vec, own *memory) column.Bitmap {
	switch {
	case a.Const || a.Valid == nil:
		return b.Valid
	case b.Const || b.Valid == nil:
		return a.Valid
	}
	out := grow(&own.valid, words64(m.rows))
	x, y := a.Valid[:len(out)], b.Valid[:len(out)]
	for w := range out {
		out[w] = x[w] & y[w]
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
