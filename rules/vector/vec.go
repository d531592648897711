package vector

import "github.com/ai-impact-observatory/ailca/lca/column"

// Vec is a node's value over a batch: one constant for all rows (Const), or a slice or bitmap of the batch's length. It is the
// machine's memory: valid until the next Load. Of a row without a value the
// code is zero and the number means nothing.
type Vec struct {
	Type  column.Type
	Const bool
	Nil   bool // a constant without a value

	Number float64 // of a constant
	Flag   bool
	Text   string

	Floats []float64
	Bits   column.Bitmap // of a Bool: set where the row's value is true, clear in a row without one and past the last row
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
	return v.Bits.Get(i)
}

// String returns a row's text; the row must have one.
func (v *Vec) String(i int) string {
	if v.Const {
		return v.Text
	}
	return v.Dict.Values[v.Codes[i]]
}

// True clears the bits of rows in which a Bool is not true: false, or without a value.
func (v *Vec) True(into column.Bitmap) {
	switch {
	case !v.Const:
		for w := range into {
			into[w] &= v.Bits[w]
		}
	case v.Nil || !v.Flag:
		clear(into)
	}
}

// full reports whether every row has a value, without looking at rows.
func (v *Vec) full() bool {
	if v.Const {
		return !v.Nil
	}
	return v.Valid == nil
}

// has gives the 64 rows of a word that have a value; past the last row anything may stand.
func (v *Vec) has(w int) uint64 {
	switch {
	case v.full():
		return ^uint64(0)
	case v.Const:
		return 0
	}
	return v.Valid[w]
}

// truth gives the 64 rows of a word in which a Bool is true and in which it is false; past the last row anything may stand.
func (v *Vec) truth(w int) (yes, no uint64) {
	switch {
	case !v.Const:
		return v.Bits[w], v.has(w) &^ v.Bits[w]
	case v.Nil:
		return 0, 0
	case v.Flag:
		return ^uint64(0), 0
	}
	return 0, ^uint64(0)
}
