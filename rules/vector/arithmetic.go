package vector

import (
	"math"
	"math/bits"

	"github.com/ai-impact-observatory/ailca/lca/elementary"
)

func (m *Machine) unary(op Op, a *Vec, v *Vec, own *memory) {
	if strict(v, a) {
		return
	}
	if a.Const {
		v.Const, v.Number = true, unaryOf(op, a.Number)
		return
	}
	v.Valid = a.Valid
	v.Floats = grow(&own.floats, m.rows)
	out, in := v.Floats, a.Floats[:m.rows]
	switch op {
	case Neg:
		for i, x := range in {
			out[i] = -x
		}
	case Abs:
		for i, x := range in {
			out[i] = math.Abs(x)
		}
	case Ceil:
		for i, x := range in {
			out[i] = math.Ceil(x)
		}
	case Floor:
		for i, x := range in {
			out[i] = math.Floor(x)
		}
	case Sqrt:
		for i, x := range in {
			out[i] = math.Sqrt(x)
		}
	default: // a call a row
		for i, x := range in {
			out[i] = unaryOf(op, x)
		}
	}
}

func unaryOf(op Op, x float64) float64 {
	switch op {
	case Neg:
		return -x
	case Abs:
		return math.Abs(x)
	case Ceil:
		return math.Ceil(x)
	case Floor:
		return math.Floor(x)
	case Round:
		return math.Round(x)
	case Sqrt:
		return math.Sqrt(x)
	case Exp:
		return elementary.Exp(x)
	case Ln:
		return elementary.Ln(x)
	case Log2:
		return elementary.Log2(x)
	case CeilPow2:
		return ceilPow2(x)
	}
	panic("vector: not a unary operation")
}

// ceilPow2 rounds up to a power of two. Zero stays zero, a negative number is NaN.
func ceilPow2(x float64) float64 {
	const fraction = 1<<52 - 1
	switch b := math.Float64bits(x); {
	case x == 0 || math.IsNaN(x) || math.IsInf(x, 1):
		return x
	case x < 0:
		return math.NaN()
	case b <= fraction: // subnormal: a whole number of the least that there is
		return math.Float64frombits(1 << bits.Len64(b-1))
	default: // a fraction carries over into the exponent, beyond the greatest to infinity
		return math.Float64frombits((b + fraction) &^ fraction)
	}
}

// binary runs arithmetic over two vectors, a vector and a constant, or two constants.
func (m *Machine) binary(op Op, a, b *Vec, v *Vec, own *memory) {
	if strict(v, a, b) {
		return
	}
	if a.Const && b.Const {
		v.Const, v.Number = true, binaryOf(op, a.Number, b.Number)
		return
	}
	v.Valid = m.both(a, b, own)
	v.Floats = grow(&own.floats, m.rows)
	switch out := v.Floats; {
	case b.Const:
		vectorConstant(op, out, a.Floats[:len(out)], b.Number)
	case a.Const:
		constantVector(op, out, a.Number, b.Floats[:len(out)])
	default:
		vectorVector(op, out, a.Floats[:len(out)], b.Floats[:len(out)])
	}
}

func binaryOf(op Op, x, y float64) float64 {
	switch op {
	case Add:
		return x + y
	case Sub:
		return x - y
	case Mul:
		return float64(x * y)
	case Div:
		return x / y
	case Pow:
		return elementary.Pow(x, y)
	case Min:
		return lesser(x, y)
	case Max:
		return greater(x, y)
	}
	panic("vector: not a binary operation")
}

// lesser is the second of two numbers where it is below the first or a NaN, else the first. Choosing between bits needs no branch: which
// is less changes from row to row.
func lesser(x, y float64) float64 {
	out, second := math.Float64bits(x), math.Float64bits(y)
	if y < x {
		out = second
	}
	if y != y {
		out = second
	}
	return math.Float64frombits(out)
}

// greater is the second of two numbers where it is above the first or a NaN, else the first.
func greater(x, y float64) float64 {
	out, second := math.Float64bits(x), math.Float64bits(y)
	if y > x {
		out = second
	}
	if y != y {
		out = second
	}
	return math.Float64frombits(out)
}
