package vector

import (
	"math/bits"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// What stands here runs over constants and over the strings of dictionaries, save for the comparison of two columns: rows pick their
// results by code.

// gather looks an attribute up.
func (m *Machine) gather(e *Expr, key, v *Vec, own *memory) {
	if strict(v, key) {
		return
	}
	attribute := &e.Reference.Table.Data[e.Attribute]
	if key.Const {
		row, ok := e.Reference.Row(key.Text)
		if v.Const, v.Nil = true, !ok || !attribute.Valid.Get(row); v.Nil {
			return
		}
		switch attribute.Type {
		case column.Float:
			v.Number = attribute.Floats[row]
		case column.Bool:
			v.Flag = attribute.Bools[row]
		case column.String:
			v.Text = attribute.Dict.Values[attribute.Codes[row]]
		}
		return
	}
	v.Valid = zeroed(&own.valid, words64(m.rows))
	switch attribute.Type {
	case column.Float:
		v.Floats = grow(&own.floats, m.rows)
	case column.Bool:
		v.Bits = zeroed(&own.bits, words64(m.rows))
	case column.String:
		v.Codes, v.Dict = zeroed(&own.codes, m.rows), attribute.Dict
	}
	for i := range m.rows {
		if !key.Valid.Get(i) {
			continue
		}
		row, ok := e.Reference.Row(key.String(i))
		if !ok || !attribute.Valid.Get(row) {
			continue
		}
		v.Valid.Set(i)
		switch attribute.Type {
		case column.Float:
			v.Floats[i] = attribute.Floats[row]
		case column.Bool:
			if attribute.Bools[row] {
				v.Bits.Set(i)
			}
		case column.String:
			v.Codes[i] = attribute.Codes[row]
		}
	}
}

func (m *Machine) member(e *Expr, a, v *Vec, own *memory) {
	if strict(v, a) {
		return
	}
	if a.Const {
		v.Const, v.Flag = true, e.member[a.Text]
		return
	}
	v.Valid = a.Valid
	v.Bits = zeroed(&own.bits, words64(m.rows))
	for i := range m.rows {
		if a.Valid.Get(i) && e.member[a.String(i)] {
			v.Bits.Set(i)
		}
	}
}

// compareStrings compares up to 64 rows: codes where both sides share a dictionary, else texts of the rows that have one on both sides.
// What it says of other rows means nothing.
func compareStrings(a, b *Vec, from, to int, rows uint64) (equal uint64) {
	if !a.Const && !b.Const && a.Dict == b.Dict {
		y := b.Codes[from:to]
		for j, code := range a.Codes[from:to] {
			equal |= one(code == y[j]) << (j & 63)
		}
		return equal
	}
	if a.Const {
		a, b = b, a
	}
	x := a.Dict.Values
	for ; rows != 0; rows &= rows - 1 {
		j := bits.TrailingZeros64(rows)
		y := b.Text
		if !b.Const {
			y = b.Dict.Values[b.Codes[from+j]]
		}
		if x[a.Codes[from+j]] == y { // mostly not: a branch costs less than what it spares
			equal |= 1 << j
		}
	}
	return equal
}
