package vector

import (
	"math"
	"slices"

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
	if a.Const && b.Const {
		v.Const = true
		if a.Type == column.Bool {
			v.Flag = a.Flag == b.Flag
		} else {
			v.Flag = holds(op, a.Number, b.Number)
		}
		return
	}
	v.Valid = m.both(a, b, own)
	v.Flags = own.flagsOf(m.rows)
	if a.Type == column.Bool {
		for i := range v.Flags {
			v.Flags[i] = a.Bool(i) == b.Bool(i)
		}
		return
	}
	switch {
	case b.Const:
		for i, x := range a.Floats[:len(v.Flags)] {
			v.Flags[i] = holds(op, x, b.Number)
		}
	case a.Const:
		for i, y := range b.Floats[:len(v.Flags)] {
			v.Flags[i] = holds(op, a.Number, y)
		}
	default:
		y := b.Floats[:len(v.Flags)]
		for i, x := range a.Floats[:len(v.Flags)] {
			v.Flags[i] = holds(op, x, y[i])
		}
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

// compareStrings looks each distinct string up once where one side is a constant, compares codes where both share a dictionary, texts
// else.
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
		m.match(a, own.matches.Of(a.Dict, func(s string) bool { return s == b.Text }), v)
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

// match sets the flags of rows whose string matches. A code says nothing where a row has no value, and a column without any value has no
// strings.
func (m *Machine) match(a *Vec, matches []bool, v *Vec) {
	if len(matches) == 0 {
		clear(v.Flags)
		return
	}
	for i, c := range a.Codes[:len(v.Flags)] {
		v.Flags[i] = matches[c]
	}
}

func (m *Machine) member(a *Vec, options []string, v *Vec, own *memory) {
	if strict(v, a) {
		return
	}
	in := func(s string) bool { return slices.Contains(options, s) }
	if a.Const {
		v.Const, v.Flag = true, in(a.Text)
		return
	}
	v.Valid = a.Valid
	v.Flags = own.flagsOf(m.rows)
	m.match(a, own.matches.Of(a.Dict, in), v)
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
	v.Valid = valid
	if a.Const || b.Const {
		for i := range v.Flags {
			value, has := combine(i)
			v.Flags[i] = value
			if has {
				valid.Set(i)
			}
		}
		return
	}
	x, y := a.Flags[:len(v.Flags)], b.Flags[:len(v.Flags)]
	for i := range v.Flags {
		hasX, hasY := a.Valid.Get(i), b.Valid.Get(i)
		decided := hasX && x[i] == decides || hasY && y[i] == decides
		v.Flags[i] = decided == decides
		if decided || hasX && hasY {
			valid.Set(i)
		}
	}
}
