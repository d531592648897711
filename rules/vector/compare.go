package vector

import "github.com/ai-impact-observatory/ailca/lca/column"

func (m *Machine) compare(op Op, a, b *Vec, v *Vec, own *memory) {
	if strict(v, a, b) {
		return
	}
	if a.Const && b.Const {
		v.Const = true
		switch a.Type {
		case column.Bool:
			v.Flag = a.Flag == b.Flag
		case column.String:
			v.Flag = a.Text == b.Text
		default:
			v.Flag = holds(op, a.Number, b.Number)
		}
		return
	}
	v.Valid = m.both(a, b, own)
	v.Bits = grow(&own.bits, words64(m.rows))
	for w := range v.Bits {
		var bits uint64
		from, to := w*64, min(w*64+64, m.rows)
		switch a.Type {
		case column.Bool:
			x, _ := a.truth(w)
			y, _ := b.truth(w)
			bits = ^(x ^ y)
		case column.String:
			bits = compareStrings(a, b, from, to, a.has(w)&b.has(w)&m.in(w))
		default:
			bits = compareNumbers(op, a, b, from, to)
		}
		v.Bits[w] = bits & v.has(w) & m.in(w)
	}
}

// holds compares two numbers; nothing holds of a NaN.
func holds(op Op, x, y float64) bool {
	switch op {
	case Less:
		return x < y
	case LessEqual:
		return x <= y
	}
	return x == y
}

// compareNumbers compares up to 64 rows, one side of which may be a constant.
func compareNumbers(op Op, a, b *Vec, from, to int) uint64 {
	switch {
	case b.Const:
		switch x, y := a.Floats[from:to], b.Number; op {
		case Less:
			return below(x, y)
		case LessEqual:
			return atMost(x, y)
		default:
			return equals(x, y)
		}
	case a.Const:
		switch x, y := a.Number, b.Floats[from:to]; op {
		case Less:
			return above(y, x)
		case LessEqual:
			return atLeast(y, x)
		default:
			return equals(y, x)
		}
	}
	switch x, y := a.Floats[from:to], b.Floats[from:to]; op {
	case Less:
		return less(x, y)
	case LessEqual:
		return lessEqual(x, y)
	default:
		return equal(x, y)
	}
}

func less(x, y []float64) (bits uint64) {
	y = y[:len(x)]
	for j, a := range x {
		bits |= one(a < y[j]) << (j & 63)
	}
	return bits
}

func lessEqual(x, y []float64) (bits uint64) {
	y = y[:len(x)]
	for j, a := range x {
		bits |= one(a <= y[j]) << (j & 63)
	}
	return bits
}

func equal(x, y []float64) (bits uint64) {
	y = y[:len(x)]
	for j, a := range x {
		bits |= one(a == y[j]) << (j & 63)
	}
	return bits
}

func below(x []float64, y float64) (bits uint64) {
	for j, a := range x {
		bits |= one(a < y) << (j & 63)
	}
	return bits
}

func atMost(x []float64, y float64) (bits uint64) {
	for j, a := range x {
		bits |= one(a <= y) << (j & 63)
	}
	return bits
}

func above(x []float64, y float64) (bits uint64) {
	for j, a := range x {
		bits |= one(a > y) << (j & 63)
	}
	return bits
}

func atLeast(x []float64, y float64) (bits uint64) {
	for j, a := range x {
		bits |= one(a >= y) << (j & 63)
	}
	return bits
}

func equals(x []float64, y float64) (bits uint64) {
	for j, a := range x {
		bits |= one(a == y) << (j & 63)
	}
	return bits
}
