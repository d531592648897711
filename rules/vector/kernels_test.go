package vector

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/elementary"
)

// plainly computes an operation on the values of one row as plainly as can be said, nil being no value.
func plainly(op Op, x []operand) operand {
	switch op {
	case IsNil:
		return x[0] == nil
	case Coalesce:
		if x[0] != nil {
			return x[0]
		}
		return x[1]
	case If:
		switch x[0] {
		case true:
			return x[1]
		case false:
			return x[2]
		}
		return nil
	case And, Or:
		switch {
		case x[0] == (op == Or) || x[1] == (op == Or):
			return op == Or
		case x[0] == nil || x[1] == nil:
			return nil
		}
		return op == And
	}
	for _, v := range x {
		if v == nil {
			return nil
		}
	}
	switch a := x[0].(type) {
	case bool:
		if op == Not {
			return !a
		}
		return a == x[1]
	case string:
		return a == x[1]
	case float64:
		if len(x) == 1 {
			return plainlyOne(op, a)
		}
		return plainlyTwo(op, a, x[1].(float64))
	}
	panic("no such value")
}

func plainlyOne(op Op, a float64) operand {
	switch op {
	case Neg:
		return math.Copysign(a, map[bool]float64{true: 1, false: -1}[math.Signbit(a)])
	case Abs:
		return math.Copysign(a, 1)
	case Exp:
		return elementary.Exp(a)
	case Ln:
		return elementary.Ln(a)
	case Log2:
		return elementary.Log2(a)
	case Ceil:
		return math.Ceil(a)
	case Floor:
		return math.Floor(a)
	case Round:
		return math.Round(a)
	case Sqrt:
		return math.Sqrt(a)
	}
	switch { // CeilPow2
	case a < 0:
		return math.NaN()
	case a == 0 || math.IsNaN(a) || math.IsInf(a, 1):
		return a
	}
	fraction, exponent := math.Frexp(a)
	if fraction == 0.5 {
		exponent--
	}
	return math.Ldexp(1, exponent)
}

func plainlyTwo(op Op, a, b float64) operand {
	switch op {
	case Add:
		return a + b
	case Sub:
		return a - b
	case Mul:
		return a * b
	case Div:
		return a / b
	case Pow:
		return elementary.Pow(a, b)
	case Min, Max:
		switch {
		case math.IsNaN(a) || math.IsNaN(b):
			return math.NaN()
		case op == Min && b < a || op == Max && b > a:
			return b
		}
		return a // of 0 and -0, too, the first
	case Less:
		return a < b
	case LessEqual:
		return a <= b
	}
	return a == b
}

func sameOperand(a, b operand) bool {
	x, okX := a.(float64)
	y, okY := b.(float64)
	if okX && okY {
		return same(x, y)
	}
	return a == b
}

func valueOf(v *Vec, i int) operand {
	switch {
	case !v.Has(i):
		return nil
	case v.Type == column.Float:
		return v.Float(i)
	case v.Type == column.Bool:
		return v.Bool(i)
	}
	return v.String(i)
}

var nasty = []float64{0, math.Copysign(0, -1), 1, -1, 0.5, 2.5, -2.5, 3, math.NaN(), math.Inf(1), math.Inf(-1), math.SmallestNonzeroFloat64, 1<<52 + 1,
	0x1p-1022, 0x0.fffffffffffffp-1022, math.MaxFloat64, -math.MaxFloat64}

// randomColumn makes n values of which a part is missing; stretches of rows are alike, as in files that are sorted.
func randomColumn(r *rand.Rand, t column.Type, n int, dict *column.Dict) ([]operand, column.Column) {
	c := column.Column{Type: t, Valid: column.NewBitmap(n)}
	switch t {
	case column.Float:
		c.Floats = make([]float64, n)
	case column.Bool:
		c.Bools = make([]bool, n)
	case column.String:
		c.Codes, c.Dict = make([]int32, n), dict
	}
	missing := []float64{0, 0.3, 1}[r.IntN(3)]
	values := make([]operand, n)
	stretch := 0
	for i := range n {
		if stretch > 0 && i > 0 {
			stretch--
			values[i] = values[i-1]
		} else {
			switch {
			case r.Float64() < missing:
			case t == column.Float:
				values[i] = nasty[r.IntN(len(nasty))]
			case t == column.Bool:
				values[i] = r.IntN(2) == 0
			case len(dict.Values) > 0:
				values[i] = dict.Values[r.IntN(len(dict.Values))]
			}
			if r.IntN(40) == 0 {
				stretch = r.IntN(150)
			}
		}
		if values[i] == nil {
			if t == column.Bool {
				c.Bools[i] = i%2 == 0 // says nothing
			}
			continue
		}
		c.Valid.Set(i)
		switch v := values[i].(type) {
		case float64:
			c.Floats[i] = v
		case bool:
			c.Bools[i] = v
		case string:
			for code, s := range dict.Values {
				if s == v {
					c.Codes[i] = int32(code)
				}
			}
		}
	}
	if c.Valid.Count() == n && r.IntN(2) == 0 {
		c.Valid = nil
	}
	return values, c
}

// checkBits verifies what others rely on: no bit is set past the last row, and none of a flag where there is no value.
func checkBits(t *testing.T, v *Vec, n int) {
	t.Helper()
	if v.Const {
		return
	}
	for _, b := range []column.Bitmap{v.Bits, v.Valid} {
		if b == nil {
			continue
		}
		rows := column.NewBitmap(n)
		rows.Fill(n)
		if len(b) != len(rows) {
			t.Fatalf("%d words for %d rows", len(b), n)
		}
		for w := range b {
			if b[w]&^rows[w] != 0 {
				t.Fatalf("bits past row %d: %x", n, b[w])
			}
		}
	}
	for w := range v.Bits {
		if v.Valid != nil && v.Bits[w]&^v.Valid[w] != 0 {
			t.Fatalf("a flag without a value: %x of %x", v.Bits[w], v.Valid[w])
		}
	}
}

// Every operation on columns, and on a column and a constant, does in each row what it does to that row's values alone.
func TestEveryOperationDoesToEachRowWhatItSays(t *testing.T) {
	number, flag, word := column.Float, column.Bool, column.String
	type shape struct {
		op    Op
		types []column.Type
	}
	var shapes []shape
	for _, o := range []Op{Neg, Abs, Ceil, Floor, Round, Sqrt, Exp, Ln, Log2, CeilPow2, IsNil} {
		shapes = append(shapes, shape{o, []column.Type{number}})
	}
	for _, o := range []Op{Add, Sub, Mul, Div, Pow, Min, Max, Less, LessEqual, Equal, Coalesce} {
		shapes = append(shapes, shape{o, []column.Type{number, number}})
	}
	for _, o := range []Op{And, Or, Equal, Coalesce} {
		shapes = append(shapes, shape{o, []column.Type{flag, flag}})
	}
	shapes = append(shapes, shape{Not, []column.Type{flag}}, shape{IsNil, []column.Type{word}}, shape{Equal, []column.Type{word, word}}, shape{Coalesce, []column.Type{word, word}})
	for _, typ := range []column.Type{number, flag, word} {
		shapes = append(shapes, shape{If, []column.Type{flag, typ, typ}})
	}
	r := rand.New(rand.NewPCG(5, 6))
	dicts := []*column.Dict{{Values: []string{"a", "b", "c"}}, {Values: []string{"c", "d", "a"}}, {}}
	for _, s := range shapes {
		for mask := range 1<<len(s.types) - 1 { // of constants; all of them are tried elsewhere
			var b Builder
			var args []*Expr
			constants := make([]operand, len(s.types))
			for i, typ := range s.types {
				values, _ := randomColumn(r, typ, 1, dicts[0])
				constants[i] = values[0]
				if mask>>i&1 == 1 {
					args = append(args, b.constant(typ, constants[i]))
				} else {
					args = append(args, b.Column(i, typ))
				}
			}
			e := b.Make(s.op, args...)
			m := NewMachine(&b)
			for _, n := range slices.Concat(edges, edges[:7], edges[:7], edges[:7]) {
				columns := make([]column.Column, len(s.types))
				rows := make([][]operand, len(s.types))
				for i, typ := range s.types {
					rows[i], columns[i] = randomColumn(r, typ, n, dicts[r.IntN(3)])
				}
				m.Load(columns, n)
				v := m.Eval(e)
				checkBits(t, v, n)
				for i := range n {
					x := make([]operand, len(s.types))
					for k := range x {
						if x[k] = constants[k]; mask>>k&1 == 0 {
							x[k] = rows[k][i]
						}
					}
					if got, want := valueOf(v, i), plainly(s.op, x); !sameOperand(got, want) {
						t.Fatalf("operation %d of %v, constants %b: row %d of %d is %v, want %v", s.op, x, mask, i, n, got, want)
					}
				}
			}
		}
	}
}

func TestRoundingUpToAPowerOfTwoIsExactForAnyBits(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 200_000 {
		x := math.Float64frombits(r.Uint64() >> (r.IntN(2) * 12)) // every other one subnormal
		if got, want := ceilPow2(x), plainlyOne(CeilPow2, x).(float64); !same(got, want) {
			t.Fatalf("of %v it is %v, want %v", x, got, want)
		}
	}
}

func TestTrueLeavesTheRowsThatAreTrue(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	var b Builder
	p := b.Column(0, column.Bool)
	for _, n := range edges {
		values, c := randomColumn(r, column.Bool, n, nil)
		m := NewMachine(&b)
		m.Load([]column.Column{c}, n)
		rows := column.NewBitmap(n)
		for i := range n {
			if i%5 != 0 {
				rows.Set(i)
			}
		}
		m.Eval(p).True(rows)
		for i := range n {
			if want := i%5 != 0 && values[i] == true; rows.Get(i) != want {
				t.Fatalf("row %d of %d, %v: %t", i, n, values[i], rows.Get(i))
			}
		}
	}
	for _, c := range []struct {
		constant Vec
		want     uint64
	}{{Vec{Const: true, Flag: true}, 5}, {Vec{Const: true}, 0}, {Vec{Const: true, Nil: true, Flag: true}, 0}} {
		rows := column.Bitmap{5}
		if c.constant.True(rows); rows[0] != c.want {
			t.Errorf("a constant %+v leaves %b", c.constant, rows[0])
		}
	}
}
