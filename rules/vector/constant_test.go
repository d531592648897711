package vector

import (
	"fmt"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// operand is a value in each row, nil for none.
type operand any

// constantColumn holds an operand in each of n rows.
func constantColumn(t column.Type, v operand, n int, dict *column.Dict) column.Column {
	c := column.Column{Type: t, Valid: column.NewBitmap(n)}
	switch t {
	case column.Float:
		c.Floats = make([]float64, n)
	case column.Bool:
		c.Bools = make([]bool, n)
	case column.String:
		c.Codes, c.Dict = make([]int32, n), dict
	}
	for i := range n {
		switch v := v.(type) {
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
		if v != nil {
			c.Valid.Set(i)
		}
	}
	if v != nil {
		c.Valid = nil
	}
	return c
}

func (b *Builder) constant(t column.Type, v operand) *Expr {
	switch v := v.(type) {
	case float64:
		return b.Number(v)
	case bool:
		return b.Flag(v)
	case string:
		return b.Text(v)
	}
	return b.Missing(t)
}

// Constants are never spread over the rows; whatever mixture of constants and columns an operation meets, it means the same.
func TestAConstantIsAColumnOfOneValue(t *testing.T) {
	const n = 65
	numbers, flags, words := []operand{nil, -1.5, 2.0}, []operand{nil, true, false}, []operand{nil, "a", "b"}
	number, flag, word := column.Float, column.Bool, column.String
	tried := 0
	try := func(name string, make func(b *Builder, args []*Expr) *Expr, types []column.Type, args []operand) {
		var want string
		for mask := range 1 << len(types) {
			var b Builder
			var exprs []*Expr
			var columns []column.Column
			for i, typ := range types {
				columns = append(columns, constantColumn(typ, args[i], n, []*column.Dict{{Values: []string{"a", "b"}}, {Values: []string{"b", "a"}}}[i%2]))
				if mask>>i&1 == 1 {
					exprs = append(exprs, b.constant(typ, args[i]))
				} else {
					exprs = append(exprs, b.Column(i, typ))
				}
			}
			e := make(&b, exprs)
			m := NewMachine(&b)
			m.Load(columns, n)
			v := m.Eval(e)
			if mask == 0 {
				want = show(v, 0)
			}
			for _, i := range []int{0, 63, 64} {
				if got := show(v, i); got != want {
					t.Errorf("%s of %v, constants %b: row %d is %s, over columns %s", name, args, mask, i, got, want)
				}
			}
			tried++
		}
	}
	each := func(name string, make func(b *Builder, args []*Expr) *Expr, types ...column.Type) {
		var walk func(args []operand)
		walk = func(args []operand) {
			if len(args) == len(types) {
				try(name, make, types, args)
				return
			}
			for _, v := range [][]operand{numbers, words, flags}[types[len(args)]] {
				walk(append(args[:len(args):len(args)], v))
			}
		}
		walk(nil)
	}
	op := func(o Op) func(b *Builder, args []*Expr) *Expr {
		return func(b *Builder, args []*Expr) *Expr { return b.Make(o, args...) }
	}
	for _, o := range []Op{Neg, Abs, Ceil, Floor, Round, Sqrt, Exp, Ln, Log2, CeilPow2, IsNil} {
		each(fmt.Sprint("operation ", o), op(o), number)
	}
	for _, o := range []Op{Add, Sub, Mul, Div, Pow, Min, Max, Less, LessEqual, Equal, Coalesce} {
		each(fmt.Sprint("operation ", o), op(o), number, number)
	}
	for _, o := range []Op{And, Or, Equal, Coalesce} {
		each(fmt.Sprint("logic ", o), op(o), flag, flag)
	}
	each("not", op(Not), flag)
	each("equal texts", op(Equal), word, word)
	each("the first text", op(Coalesce), word, word)
	each("in", func(b *Builder, args []*Expr) *Expr { return b.Member(args[0], []string{"b", "c"}) }, word)
	each("no text", op(IsNil), word)
	for _, typ := range []column.Type{number, flag, word} {
		each("choice of "+typ.String(), op(If), flag, typ, typ)
	}
	if tried < 1000 {
		t.Errorf("only %d mixtures", tried)
	}
}
