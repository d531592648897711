// Package engine scans inventories: columns in, amounts table out.
//
// Row groups are handed to workers; each worker reads a part on its own goroutine, has an Evaluator turn rows into flows, and adds the
// flows' amounts to its own cells with exact sums. Merging the workers' cells gives the same bits whatever worker took which part, for
// exact sums do not depend on order.
//
// # Patterns
//
// What rules make of a row is decided, as a rule, by few things: its words, which of its numbers are there, and its year. Rows that have these in
// common are of one pattern. All of them take the same tiers of the same quantities, are multiplied by the same symbols, enter the same
// cells; only the numbers differ. So the rules are evaluated once for each pattern, for one of its rows, and that tells the formulas
// by which the others' amounts come from their numbers: for most rows these are one or two columns, added to a few sums, each of
// which stands for all the cells that the amount enters (see amounts.Bundles).
//
// Where what becomes of a row depends on its numbers as well, as where a rule compares them, or where a row covers several years, the
// rules are evaluated for the row itself. Both ways add the same bits to the same cells.
//
// # Memory
//
// A worker holds one part's batch, what it knows of patterns, and its cells. Options.Memory bounds the cells of all workers together: a
// worker that has more spills them (see amounts.Cells) and forgets its groups. So memory depends neither on the rows nor on the groups.
//
// The engine knows no method and no file format: it is given Sources and Evaluators.
package engine

import (
	"context"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// Source is an inventory that can be read in parts, each by one goroutine.
type Source interface {
	Parts() int
	Rows(part int) int64
	Name(file int) string // of a file, as the study writes it; batches give the number
	// Open reads columns of a part, in the order asked for. A column that the file lacks has no values.
	Open(ctx context.Context, part int, columns []string) (Reader, error)
}

// Reader gives a part's batches in order. The batch's memory is the reader's; its dictionaries stay valid until Close.
type Reader interface {
	Next(b *column.Batch) (bool, error)
	Close() error
}

// batches hands what a part has to do, batch by batch.
func batches(ctx context.Context, s Source, part int, columns []string, do func(*column.Batch) error) (err error) {
	r, err := s.Open(ctx, part, columns)
	if err != nil {
		return err
	}
	defer func() {
		if e := r.Close(); err == nil {
			err = e
		}
	}()
	return column.Each(ctx, r, do)
}

// Evaluator turns batches of one kind into flows. It belongs to one goroutine. What Flow, Keep, Quantity and Formulas give is of the last batch
// that was evaluated.
type Evaluator interface {
	// Start tells that a new part begins: dictionaries of the one before have ended.
	Start()
	// Evaluate computes all flows of a batch whose columns are those that the evaluator asked for, in that order.
	Evaluate(b *column.Batch) error
	// Flow returns a flow of the last batch; its memory is the evaluator's.
	Flow(i int) *Flow
	// Keep tells which rows of the last batch the study's filter keeps; nil: all.
	Keep() column.Bitmap
	// Quantity returns the presence and class of a quantity of the last batch; nil where no flow needs it.
	Quantity(i int) *Grade

	// Formulas finds the formulas by which rows of one pattern with a row of the last batch get their coefficients: their numbers, of each
	// flow for each of its terms, -1 for a term that the row does not have. It is false where what becomes of such rows depends on their numbers.
	Formulas(row int, formulas [][]int32) bool
	// Inputs lists the columns that a formula reads, by their place among the evaluator's.
	Inputs(formula int32) []int
	// Load begins the computation of formulas for rows. columns are the evaluator's, of which those of inputs are there, which are all that the formulas
	// read.
	Load(columns []column.Column, inputs []int, rows int)
	// Formula computes a formula for the rows loaded: a value for each, or one for all where each is nil. Its memory is the evaluator's.
	Formula(formula int32) (each []float64, one float64)
}

// Use says what of a column decides how rules see a row.
type Use uint8

const (
	ByPresence Use = iota // whether there is a value
	ByValue               // which of few values it is: a text or a flag
)

// Flow is what one rule gives for the rows of a batch. Slices have the batch's length.
type Flow struct {
	Rows    []int32 // rows that have an amount, ascending
	Missing []int32 // rows to which the rule applies but whose amount cannot be computed, ascending
	Terms   []Term
	Class   []uint8       // quality class of the amount
	Lookup  []int32       // tuple that finds the factor; nil: the flow has none
	Unless  []int32       // tuple of the lookup whose boundary may hold the amount, for Missing rows too; nil: none
	Time    []float64     // of a flow with its own date: days since 1970-01-01
	HasTime column.Bitmap // which rows have that date; nil: all
}

// Term is one term of a flow's normal form: coefficient × monomial.
type Term struct {
	Coefficient []float64
	Monomials   []int32 // nil: Monomial for all rows
	Monomial    int32
	Present     column.Bitmap // nil: all rows of the flow have the term
}

// Mono is the monomial of a row that has the term.
func (t *Term) Mono(row int32) int32 {
	if t.Monomials != nil {
		return t.Monomials[row]
	}
	return t.Monomial
}

// Grade is how well a quantity is known: Valid says which rows have it, Class its quality class there, and Tier by which of its ways it was
// found, from 0.
type Grade struct {
	Valid column.Bitmap
	Class []uint8
	Tier  []uint8 // nil: there is one way
}
