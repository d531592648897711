// Package vector evaluates typed expressions over batches of columns, loop by loop rather than row by row.
//
// An Expr is an immutable tree made through a Builder, which makes one node of equal subexpressions. A Machine evaluates nodes
// over one batch at a time and remembers what it has computed for that batch.
//
// # How a node is evaluated
//
// What a node reads decides how often it is computed:
//
//	nothing             once a batch, to one value for all rows, which is never spread over them
//	one string column   once for each distinct string, however many rows hold it: the results are kept by the codes of the column's
//	                    dictionary, with one more for a row without a string, and rows pick theirs. Of a dictionary that
//	                    grew only the new strings are computed. A choice between string columns has a dictionary, too, and
//	                    what reads nothing else is computed once for each string of that
//	anything else       once for each row, 64 rows at a time where bits are concerned
//
// All strings of a dictionary are computed, whether a row of the batch holds them or not.
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
// Arithmetic is IEEE 754 float64, each operation rounded once: a product is never fused with a sum. Exp, Ln, Log2 and Pow are those of
// lca/elementary. min, max and comparisons with a NaN follow from that: a NaN is a value, not a missing one, and whoever adds results
// up refuses it.
package vector

import (
	"fmt"

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
	Exp
	Ln
	Log2
	Pow
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

	id     int
	fixed  bool            // reads no input
	source *Expr           // the one string node that it reads, itself where it is the one; nil of what reads more
	member map[string]bool // the options of an In
}

// ID is the node's number among those of its builder, in the order in which they were made.
func (e *Expr) ID() int { return e.id }

// trace finds what a node reads, from what its arguments do.
func (e *Expr) trace() {
	e.fixed = e.Op != Input
	same := e.Op != Input
	for _, a := range e.Args {
		if a.fixed {
			continue
		}
		same = same && a.source != nil && (e.fixed || a.source == e.source)
		e.fixed, e.source = false, a.source
	}
	if !same {
		e.source = nil
		if e.Type == column.String {
			e.source = e
		}
	}
}

// byCode tells whether a node is computed for each string of its source. Whether there is a string at all is quicker read off the rows.
func (e *Expr) byCode() bool {
	return e.source != nil && e.source != e && !(e.Op == IsNil && e.Args[0] == e.source)
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
