// Package vector evaluates typed expressions over batches of columns, loop by loop rather than row by row.
//
// An Expr is an immutable tree made through a Builder, which makes one node of equal subexpressions. A Machine evaluates nodes
// over one batch at a time and remembers what it has computed for that batch.
//
// # Missing values
//
// A row without a value stays without one through arithmetic, comparison and functions. The exceptions, all of them:
//
//	a ?? b        the first of the two that has a value
//	a == nil      true where a has no value, else false; a != nil the reverse
//	a && b        false where either is false, whatever the other; a || b true where either is true
//	c ? a : b     looks only at the branch that c chooses; without a value where c has none
//
// # Numbers
//
// Arithmetic is IEEE 754 float64, each operation rounded once: a product is never fused with a sum. min, max and comparisons with a
// NaN follow from that: a NaN is a value, not a missing one, and whoever adds results up refuses it.
package vector

import (
	"fmt"
	"math"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// Op is what a node does.
type Op uint8

const (
	Const  Op = iota
	Input     // a column of the batch, by slot
	Gather    // an attribute of the row that a key column refers to
	Neg
	Add
	Sub
	Mul
	Div
	Min
	Max
	Abs
	Ceil
	Floor
	Round // half away from zero
	Sqrt
	CeilPow2 // the least power of two that is not below the argument
	Less
	LessEqual
	Equal // of two numbers, strings or booleans
	Not
	And
	Or
	If
	Coalesce
	IsNil
	In // a string among constants
)

// Expr is a node. Nodes of one Builder are equal exactly if they are identical pointers.
type Expr struct {
	Op   Op
	Type column.Type
	Args []*Expr
	Slot int // of an Input

	Number  float64 // of a Const
	Flag    bool
	Text    string
	Nil     bool // a Const without a value
	Options []string

	Reference *Reference // of a Gather
	Attribute int

	id int
}

// Reference is a table that a key column of the batch refers to.
type Reference struct {
	Name  string
	Table *column.Table
	rows  map[string]int32
}

// NewReference indexes a table by its key column, which must be a String column with distinct values.
func NewReference(name string, table *column.Table, key string) (*Reference, error) {
	c, ok := table.Lookup(key)
	if !ok || c.Type != column.String {
		return nil, fmt.Errorf("vector: table %s has no key column %s", name, key)
	}
	rows := make(map[string]int32, table.Rows)
	for i := range table.Rows {
		if c.Valid.Get(i) {
			rows[c.Dict.Values[c.Codes[i]]] = int32(i)
		}
	}
	return &Reference{Name: name, Table: table, rows: rows}, nil
}

// Row returns the row of a key.
func (r *Reference) Row(key string) (int, bool) {
	i, ok := r.rows[key]
	return int(i), ok
}

// rowOf is Row for tables of codes: -1 for none.
func (r *Reference) rowOf(key string) int32 {
	if i, ok := r.rows[key]; ok {
		return i
	}
	return -1
}

// Builder makes nodes, one of each kind.
type Builder struct {
	nodes []*Expr
	known map[string]*Expr
}

// Len is the number of distinct nodes made so far.
func (b *Builder) Len() int { return len(b.nodes) }

func (b *Builder) intern(e Expr) *Expr {
	key := fmt.Sprintf("%d|%d|%d|%x|%t|%q|%t|%q|%p|%d", e.Op, e.Type, e.Slot, math.Float64bits(e.Number), e.Flag, e.Text, e.Nil, e.Options, e.Reference, e.Attribute)
	for _, a := range e.Args {
		key += fmt.Sprintf("|%d", a.id)
	}
	if b.known == nil {
		b.known = map[string]*Expr{}
	}
	if have, ok := b.known[key]; ok {
		return have
	}
	e.id = len(b.nodes)
	n := &e
	b.nodes = append(b.nodes, n)
	b.known[key] = n
	return n
}

// Number is a constant.
func (b *Builder) Number(v float64) *Expr {
	return b.intern(Expr{Op: Const, Type: column.Float, Number: v})
}

// Flag is a constant.
func (b *Builder) Flag(v bool) *Expr { return b.intern(Expr{Op: Const, Type: column.Bool, Flag: v}) }

// Text is a constant.
func (b *Builder) Text(v string) *Expr {
	return b.intern(Expr{Op: Const, Type: column.String, Text: v})
}

// Missing is a constant without a value.
func (b *Builder) Missing(t column.Type) *Expr { return b.intern(Expr{Op: Const, Type: t, Nil: true}) }

// Column reads a slot of the batch.
func (b *Builder) Column(slot int, t column.Type) *Expr {
	return b.intern(Expr{Op: Input, Type: t, Slot: slot})
}

// Attribute reads a column of the table row that key refers to; without a value where the key is missing or unknown.
func (b *Builder) Attribute(key *Expr, ref *Reference, attribute int) *Expr {
	return b.intern(Expr{Op: Gather, Type: ref.Table.Data[attribute].Type, Args: []*Expr{key}, Reference: ref, Attribute: attribute})
}

// Member is true where a string is one of the options.
func (b *Builder) Member(text *Expr, options []string) *Expr {
	return b.intern(Expr{Op: In, Type: column.Bool, Args: []*Expr{text}, Options: options})
}

// Make applies an operation. The caller has checked the types; a wrong one panics, for it is a fault of the caller.
func (b *Builder) Make(op Op, args ...*Expr) *Expr {
	t := column.Float
	switch op {
	case Less, LessEqual, Equal, Not, And, Or, IsNil:
		t = column.Bool
	case If:
		t = args[1].Type
	case Coalesce:
		t = args[0].Type
	}
	if folded, ok := b.fold(op, args); ok {
		return folded
	}
	return b.intern(Expr{Op: op, Type: t, Args: args})
}

// fold computes operations on constant numbers and drops multiplications by one, which unit conversions leave behind.
func (b *Builder) fold(op Op, args []*Expr) (*Expr, bool) {
	constant := func(e *Expr) bool { return e.Op == Const && !e.Nil && e.Type == column.Float }
	if (op == Mul || op == Div) && constant(args[1]) && args[1].Number == 1 {
		return args[0], true
	}
	if op == Mul && constant(args[0]) && args[0].Number == 1 {
		return args[1], true
	}
	for _, a := range args {
		if !constant(a) {
			return nil, false
		}
	}
	switch op {
	case Neg:
		return b.Number(-args[0].Number), true
	case Add:
		return b.Number(args[0].Number + args[1].Number), true
	case Sub:
		return b.Number(args[0].Number - args[1].Number), true
	case Mul:
		return b.Number(args[0].Number * args[1].Number), true
	case Div:
		return b.Number(args[0].Number / args[1].Number), true
	}
	return nil, false
}

// Reads reports whether any node reads a slot.
func (b *Builder) Reads(slot int) bool {
	for _, n := range b.nodes {
		if n.Op == Input && n.Slot == slot {
			return true
		}
	}
	return false
}
