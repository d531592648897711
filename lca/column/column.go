// Package column holds batches of table columns in memory.
//
// Ownership: whoever fills a Batch (a reader) owns the memory behind it and may overwrite it at the next fill; whoever reads
// from a Batch must copy what is to outlive that. A Dict is immutable once published and may be kept and shared for ever.
//
// Missing values: a column's Valid bitmap says which rows have a value; nil means all. The number, code or digest that stands at a
// row without a value is zero.
package column

import "math/bits"

// Type is what a column's rows hold.
type Type uint8

const (
	Float  Type = iota // float64; integers and dates too (a date is a number of days since 1970-01-01, with a fraction for a time)
	String             // a code into a dictionary
	Bool
	Digested // a Digest of a string, where the strings themselves are not asked for
)

func (t Type) String() string { return [...]string{"number", "string", "boolean", "digest"}[t] }

// Dict gives the strings behind codes. Values are distinct within one Dict; their order has no meaning and differs from one
// row group to the next.
type Dict struct{ Values []string }

// Column is one column of a batch: the slice of its Type has the batch's length, the others are nil.
type Column struct {
	Type    Type
	Floats  []float64
	Codes   []int32
	Bools   []bool
	Digests []Digest
	Dict    *Dict  // of a String column
	Valid   Bitmap // nil: every row has a value
}

// BatchRows is how many rows a Batch has at most.
const BatchRows = 4096

// Batch is a run of consecutive rows of one file.
type Batch struct {
	Rows    int
	First   int64 // number of the first row in its file, from 1
	File    int   // index of the file within its inventory
	Columns []Column
}

// Bitmap holds one bit a row, the lowest bit of word 0 for row 0. Bits past the last row are zero.
type Bitmap []uint64

// NewBitmap returns a bitmap of n zero bits.
func NewBitmap(n int) Bitmap { return make(Bitmap, (n+63)/64) }

// Get reports row i's bit; a nil bitmap has every bit set.
func (b Bitmap) Get(i int) bool { return b == nil || b[i>>6]>>(uint(i)&63)&1 != 0 }

// Set sets row i's bit.
func (b Bitmap) Set(i int) { b[i>>6] |= 1 << (uint(i) & 63) }

// Clear clears row i's bit.
func (b Bitmap) Clear(i int) { b[i>>6] &^= 1 << (uint(i) & 63) }

// Fill sets the first n bits and clears the rest.
func (b Bitmap) Fill(n int) {
	for i := range b {
		switch rest := n - i*64; {
		case rest >= 64:
			b[i] = ^uint64(0)
		case rest > 0:
			b[i] = 1<<uint(rest) - 1
		default:
			b[i] = 0
		}
	}
}

// Count is the number of set bits.
func (b Bitmap) Count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}
