package vector

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// Builder makes nodes, one of each kind.
type Builder struct {
	nodes []*Expr
	known map[string]*Expr
	bits  int // of memory that a machine takes for a row

	references []*Reference
	buffer     []byte // of a key
}

// Len is the number of distinct nodes made so far.
func (b *Builder) Len() int { return len(b.nodes) }

// Bytes is about what a machine takes, at most, to evaluate all nodes over so many rows.
func (b *Builder) Bytes(rows int) int { return b.bits / 8 * rows }

func (b *Builder) intern(e Expr) *Expr {
	key := b.key(&e)
	if b.known == nil {
		b.known = map[string]*Expr{}
	}
	if have, ok := b.known[string(key)]; ok {
		return have
	}
	e.id = len(b.nodes)
	n := &e
	n.trace()
	if e.Op != Const && e.Op != Input {
		b.bits += [...]int{column.Float: 64, column.String: 32, column.Bool: 1}[e.Type] + 1 // and a bit of validity
	}
	b.nodes = append(b.nodes, n)
	b.known[string(key)] = n
	return n
}

// key writes all that tells a node from others.
func (b *Builder) key(e *Expr) []byte {
	number := func(n int) { b.buffer = binary.AppendVarint(b.buffer, int64(n)) }
	text := func(s string) { number(len(s)); b.buffer = append(b.buffer, s...) }
	flags := 0
	if e.Flag {
		flags |= 1
	}
	if e.Nil {
		flags |= 2
	}
	b.buffer = binary.LittleEndian.AppendUint64(append(b.buffer[:0], byte(e.Op), byte(e.Type), byte(flags)), math.Float64bits(e.Number))
	number(e.Slot)
	number(e.Attribute)
	number(b.reference(e.Reference))
	text(e.Text)
	number(len(e.Options))
	for _, o := range e.Options {
		text(o)
	}
	for _, a := range e.Args {
		number(a.id)
	}
	return b.buffer
}

// reference numbers the tables that nodes refer to; there are few.
func (b *Builder) reference(r *Reference) int {
	if r == nil {
		return -1
	}
	i := slices.Index(b.references, r)
	if i < 0 {
		i = len(b.references)
		b.references = append(b.references, r)
	}
	return i
}

// OnlyPresence reports whether all that nodes ask of a slot is whether it has a value, or, of a number, how large it is.
func (b *Builder) OnlyPresence(slot int) bool {
	for _, e := range b.nodes {
		if e.Op == IsNil {
			continue
		}
		for _, a := range e.Args {
			if a.Op == Input && a.Slot == slot && a.Type != column.Float {
				return false
			}
		}
	}
	return true
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
	member := make(map[string]bool, len(options))
	for _, o := range options {
		member[o] = true
	}
	return b.intern(Expr{Op: In, Type: column.Bool, Args: []*Expr{text}, Options: options, member: member})
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
		return b.Number(float64(args[0].Number * args[1].Number)), true
	case Div:
		return b.Number(args[0].Number / args[1].Number), true
	}
	return nil, false
}
