package vector

import (
	"math/bits"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// A blend takes each row from one of two sides. The rows that it takes from each are bitmaps, worked out word by word: of a conditional
// those where the condition is true and where it is false, of a ?? those where the first side has a value and the others.

func (m *Machine) coalesce(a *Vec, second *Expr, v *Vec, own *memory) {
	switch {
	case a.Const && a.Nil:
		m.take(m.Eval(second), &own.words.b, v, own)
	case a.full():
		m.take(a, &own.words.a, v, own)
	default:
		b := m.Eval(second)
		m.blend(v, own, a, b, b.full(), func(w int) (first, second uint64) { return a.Valid[w], ^a.Valid[w] })
	}
}

func (m *Machine) choose(c *Vec, yes, no *Expr, v *Vec, own *memory) {
	switch {
	case strict(v, c):
	case c.Const && c.Flag:
		m.take(m.Eval(yes), &own.words.a, v, own)
	case c.Const:
		m.take(m.Eval(no), &own.words.b, v, own)
	default:
		a, b := m.Eval(yes), m.Eval(no)
		m.blend(v, own, a, b, c.full() && a.full() && b.full(), c.truth)
	}
}

// take takes all rows from one side. Strings get the codes of the blend's dictionary, so that it is the same one from batch to batch.
func (m *Machine) take(a *Vec, s *side, v *Vec, own *memory) {
	if a.Const || a.Type != column.String {
		*v = *a
		return
	}
	v.Valid = a.Valid
	v.Codes = zeroed(&own.codes, m.rows)
	codes := own.words.translate(a, s)
	for w := range words64(m.rows) {
		pickCodes(v.Codes, a, codes, w*64, a.has(w)&m.in(w))
	}
	v.Dict = own.words.publish()
}

func (m *Machine) blend(v *Vec, own *memory, a, b *Vec, full bool, sides func(w int) (first, second uint64)) {
	if !full {
		v.Valid = grow(&own.valid, words64(m.rows))
	}
	var codesA, codesB []int32
	switch v.Type {
	case column.Float:
		v.Floats = grow(&own.floats, m.rows)
	case column.Bool:
		v.Bits = grow(&own.bits, words64(m.rows))
	case column.String:
		codesA, codesB = own.words.translate(a, &own.words.a), own.words.translate(b, &own.words.b)
		v.Codes, v.Dict = zeroed(&own.codes, m.rows), own.words.publish()
	}
	for w := range words64(m.rows) {
		in := m.in(w)
		first, second := sides(w)
		first, second = first&in, second&in
		hasA, hasB := first&a.has(w), second&b.has(w)
		if !full {
			v.Valid[w] = hasA | hasB
		}
		switch v.Type {
		case column.Float:
			blendFloats(v.Floats[w*64:min(w*64+64, m.rows)], a, b, w*64, first, in)
		case column.Bool:
			yesA, _ := a.truth(w)
			yesB, _ := b.truth(w)
			v.Bits[w] = hasA&yesA | hasB&yesB
		case column.String:
			pickCodes(v.Codes, a, codesA, w*64, hasA)
			pickCodes(v.Codes, b, codesB, w*64, hasB)
		}
	}
}

// blendFloats takes up to 64 numbers from a where first is set, else from b: it copies the side that more of them come from and corrects
// the others.
func blendFloats(out []float64, a, b *Vec, from int, first, all uint64) {
	if bits.OnesCount64(first) > len(out)/2 {
		a, b, first = b, a, all&^first
	}
	if b.Const {
		for j := range out {
			out[j] = b.Number
		}
	} else {
		copy(out, b.Floats[from:])
	}
	for ; first != 0; first &= first - 1 {
		j := bits.TrailingZeros64(first)
		if a.Const {
			out[j] = a.Number
		} else {
			out[j] = a.Floats[from+j]
		}
	}
}

// pickCodes gives the set ones of 64 rows their codes in a blend's dictionary.
func pickCodes(out []int32, v *Vec, codes []int32, from int, rows uint64) {
	for ; rows != 0; rows &= rows - 1 {
		i := from + bits.TrailingZeros64(rows)
		if v.Const {
			out[i] = codes[0]
		} else {
			out[i] = codes[v.Codes[i]]
		}
	}
}
