package vector

import (
	"math"

	"github.com/ai-impact-observatory/ailca/lca/column"
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
	out, in := own.floatsOf(m.rows), a.Floats
	switch op {
	case Neg:
		for i := range out {
			out[i] = -in[i]
		}
	case Sqrt:
		for i := range out {
			out[i] = math.Sqrt(in[i])
		}
	default:
		for i := range out {
			out[i] = unaryOf(op, in[i])
		}
	}
	v.Floats = out
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
	case CeilPow2:
		return ceilPow2(x)
	}
	panic("vector: not a unary operation")
}

// ceilPow2 rounds up to a power of two, exactly: frexp and ldexp do not round here. Zero stays zero, a negative number is NaN.
func ceilPow2(x float64) float64 {
	switch {
	case x == 0 || math.IsNaN(x) || math.IsInf(x, 1):
		return x
	case x < 0:
		return math.NaN()
	}
	fraction, exponent := math.Frexp(x)
	if fraction == 0.5 {
		exponent--
	}
	return math.Ldexp(1, exponent)
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
	out := own.floatsOf(m.rows)
	v.Floats = out
	switch {
	case b.Const:
		x, y := a.Floats[:len(out)], b.Number
		switch op {
		case Add:
			for i := range out {
				out[i] = x[i] + y
			}
		case Sub:
			for i := range out {
				out[i] = x[i] - y
			}
		case Mul:
			for i := range out {
				out[i] = x[i] * y
			}
		case Div:
			for i := range out {
				out[i] = x[i] / y
			}
		default:
			for i := range out {
				out[i] = binaryOf(op, x[i], y)
			}
		}
	case a.Const:
		x, y := a.Number, b.Floats[:len(out)]
		switch op {
		case Add:
			for i := range out {
				out[i] = x + y[i]
			}
		case Sub:
			for i := range out {
				out[i] = x - y[i]
			}
		case Mul:
			for i := range out {
				out[i] = x * y[i]
			}
		case Div:
			for i := range out {
				out[i] = x / y[i]
			}
		default:
			for i := range out {
				out[i] = binaryOf(op, x, y[i])
			}
		}
	default:
		x, y := a.Floats[:len(out)], b.Floats[:len(out)]
		switch op {
		case Add:
			for i := range out {
				out[i] = x[i] + y[i]
			}
		case Sub:
			for i := range out {
				out[i] = x[i] - y[i]
			}
		case Mul:
			for i := range out {
				out[i] = x[i] * y[i]
			}
		case Div:
			for i := range out {
				out[i] = x[i] / y[i]
			}
		default:
			for i := range out {
				out[i] = binaryOf(op, x[i], y[i])
			}
		}
	}
}

func binaryOf(op Op, x, y float64) float64 {
	switch op {
	case Add:
		return x + y
	case Sub:
		return x - y
	case Mul:
		return x * y
	case Div:
		return x / y
	case Min:
		if y < x || math.IsNaN(y) {
			return y
		}
		return x
	case Max:
		if y > x || math.IsNaN(y) {
			return y
		}
		return x
	}
	panic("vector: not a binary operation")
}

func (m *Machine) compare(op Op, a, b *Vec, v *Vec, own *memory) {
	if strict(v, a, b) {
		return
	}
	if a.Type == column.String {
		m.compareStrings(a, b, v, own)
		return
	}
	holds := func(i int) bool {
		switch {
		case a.Type == column.Bool:
			return a.Bool(i) == b.Bool(i)
		case op == Less:
			return a.Float(i) < b.Float(i)
		case op == LessEqual:
			return a.Float(i) <= b.Float(i)
		}
		return a.Float(i) == b.Float(i)
	}
	if a.Const && b.Const {
		v.Const, v.Flag = true, holds(0)
		return
	}
	v.Valid = m.both(a, b, own)
	v.Flags = own.flagsOf(m.rows)
	for i := range v.Flags {
		v.Flags[i] = holds(i)
	}
}

// compareStrings compares codes where one side is a constant or both share a dictionary, texts else.
func (m *Machine) compareStrings(a, b *Vec, v *Vec, own *memory) {
	if a.Const && b.Const {
		v.Const, v.Flag = true, a.Text == b.Text
		return
	}
	v.Valid = m.both(a, b, own)
	v.Flags = own.flagsOf(m.rows)
	if a.Const {
		a, b = b, a
	}
	switch {
	case b.Const:
		want := codeOf(a.Dict, b.Text)
		for i := range v.Flags {
			v.Flags[i] = a.Codes[i] == want
		}
	case a.Dict == b.Dict:
		for i := range v.Flags {
			v.Flags[i] = a.Codes[i] == b.Codes[i]
		}
	default:
		for i := range v.Flags {
			v.Flags[i] = v.Valid.Get(i) && a.String(i) == b.String(i)
		}
	}
}

// codeOf is the code of a text in a dictionary, -1 for none.
func codeOf(d *column.Dict, text string) int32 {
	for i, s := range d.Values {
		if s == text {
			return int32(i)
		}
	}
	return -1
}

func (m *Machine) member(a *Vec, options []string, v *Vec, own *memory) {
	if strict(v, a) {
		return
	}
	in := func(s string) bool {
		for _, o := range options {
			if o == s {
				return true
			}
		}
		return false
	}
	if a.Const {
		v.Const, v.Flag = true, in(a.Text)
		return
	}
	v.Valid = a.Valid
	v.Flags = own.flagsOf(m.rows)
	known := make([]bool, len(a.Dict.Values))
	for c, s := range a.Dict.Values {
		known[c] = in(s)
	}
	for i := range v.Flags {
		v.Flags[i] = a.Valid.Get(i) && known[a.Codes[i]]
	}
}

func (m *Machine) not(a *Vec, v *Vec, own *memory) {
	if strict(v, a) {
		return
	}
	if a.Const {
		v.Const, v.Flag = true, !a.Flag
		return
	}
	v.Valid = a.Valid
	v.Flags = own.flagsOf(m.rows)
	for i := range v.Flags {
		v.Flags[i] = !a.Flags[i]
	}
}

// logic is three-valued: a decided side decides whatever the other is.
func (m *Machine) logic(op Op, a, b *Vec, v *Vec, own *memory) {
	decides := op == Or // the value that decides alone
	state := func(x *Vec, i int) (value, has bool) {
		if !x.Has(i) {
			return false, false
		}
		return x.Bool(i), true
	}
	combine := func(i int) (value, has bool) {
		x, hasX := state(a, i)
		y, hasY := state(b, i)
		switch {
		case hasX && x == decides, hasY && y == decides:
			return decides, true
		case hasX && hasY:
			return !decides, true
		}
		return false, false
	}
	if a.Const && b.Const {
		value, has := combine(0)
		v.Const, v.Flag, v.Nil = true, value, !has
		return
	}
	v.Flags = own.flagsOf(m.rows)
	valid := own.bitmap(m.rows)
	clear(valid)
	for i := range v.Flags {
		value, has := combine(i)
		v.Flags[i] = value
		if has {
			valid.Set(i)
		}
	}
	v.Valid = valid
}
