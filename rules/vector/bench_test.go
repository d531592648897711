package vector

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// BenchmarkKernels measures each loop alone over 4,096 rows. Numbers and flags are random, a third of the values of x, p, s and u missing in
// no order: a loop that guesses what comes next guesses wrong.
func BenchmarkKernels(b *testing.B) {
	const n = 4096
	random := rand.New(rand.NewPCG(1, 2))
	numbers := func(missing float64) column.Column {
		c := column.Column{Floats: make([]float64, n)}
		if missing > 0 {
			c.Valid = column.NewBitmap(n)
		}
		for i := range n {
			if missing > 0 && random.Float64() < missing {
				continue
			}
			c.Floats[i] = 0.5 + random.Float64()
			if missing > 0 {
				c.Valid.Set(i)
			}
		}
		return c
	}
	flags := func(missing float64) column.Column {
		c := numbers(missing)
		c.Type, c.Bools = column.Bool, make([]bool, n)
		for i := range n {
			c.Bools[i] = c.Floats[i] > 1
		}
		c.Floats = nil
		return c
	}
	words := func(missing float64, distinct int) column.Column {
		c := numbers(missing)
		c.Type, c.Codes, c.Dict = column.String, make([]int32, n), &column.Dict{}
		for i := range distinct {
			c.Dict.Values = append(c.Dict.Values, "word "+strconv.Itoa(i))
		}
		for i := range n {
			if c.Valid.Get(i) {
				c.Codes[i] = int32(random.IntN(distinct))
			}
		}
		c.Floats = nil
		return c
	}
	columns := []column.Column{numbers(0.3), numbers(0), numbers(0), flags(0.3), flags(0), words(0.3, 100), words(0, 100), words(0, 7)}
	keys := words(0, 100)
	keys.Codes = keys.Codes[:100]
	for i := range keys.Codes {
		keys.Codes[i] = int32(i)
	}
	ref, err := NewReference("words", &column.Table{Rows: 100, Names: []string{"word", "value", "name"}, Data: []column.Column{keys,
		{Floats: columns[1].Floats[:100]}, {Type: column.String, Codes: keys.Codes, Dict: keys.Dict}}}, "word")
	if err != nil {
		b.Fatal(err)
	}
	var made Builder
	x, y, z := made.Column(0, column.Float), made.Column(1, column.Float), made.Column(2, column.Float)
	p, q := made.Column(3, column.Bool), made.Column(4, column.Bool)
	s, t, u := made.Column(5, column.String), made.Column(6, column.String), made.Column(7, column.String)
	one := made.Number(1.0625)
	random01, mostly := made.Make(Less, y, z), made.Make(Less, y, made.Number(1.45))
	product := y
	for range 4 {
		product = made.Make(Mul, product, z)
	}
	cases := []struct {
		name  string
		first []*Expr // evaluated before the clock runs
		e     *Expr
	}{
		{"mul", nil, made.Make(Mul, y, z)},
		{"mul, a part missing", nil, made.Make(Mul, x, y)},
		{"mul constant", nil, made.Make(Mul, y, one)},
		{"product of five", nil, product},
		{"div", nil, made.Make(Div, y, z)},
		{"min", nil, made.Make(Min, y, z)},
		{"max constant", nil, made.Make(Max, y, one)},
		{"abs", nil, made.Make(Abs, y)},
		{"ceil", nil, made.Make(Ceil, y)},
		{"sqrt", nil, made.Make(Sqrt, y)},
		{"round", nil, made.Make(Round, y)},
		{"ceil_pow2", nil, made.Make(CeilPow2, y)},
		{"less", nil, made.Make(Less, z, y)},
		{"less constant", nil, made.Make(Less, y, one)},
		{"equal", nil, made.Make(Equal, y, z)},
		{"flags of a column", nil, made.Make(Equal, p, made.Flag(true))},
		{"equal flags", []*Expr{p, q}, made.Make(Equal, p, q)},
		{"not", []*Expr{p}, made.Make(Not, p)},
		{"and", []*Expr{p, q}, made.Make(And, p, q)},
		{"or, all there", []*Expr{random01, mostly}, made.Make(Or, random01, mostly)},
		{"is nil", nil, made.Make(IsNil, x)},
		{"?? of numbers", nil, made.Make(Coalesce, x, y)},
		{"?? of a constant", nil, made.Make(Coalesce, x, one)},
		{"choice at random", []*Expr{random01}, made.Make(If, random01, y, z)},
		{"choice, mostly one side", []*Expr{mostly}, made.Make(If, mostly, y, z)},
		{"choice, a part missing", []*Expr{random01}, made.Make(If, random01, x, one)},
		{"?? of strings", nil, made.Make(Coalesce, s, t)},
		{"string equals constant", nil, made.Make(Equal, s, made.Text("word 3"))},
		{"string in three", nil, made.Member(t, []string{"word 1", "word 2", "word 3"})},
		{"equal strings", nil, made.Make(Equal, t, u)},
		{"attribute", nil, made.Attribute(s, ref, 1)},
		{"attribute, all there", nil, made.Attribute(t, ref, 1)},
		{"name of a row", nil, made.Attribute(t, ref, 2)},
		{"much of one string", nil, made.Make(If, made.Make(Or, made.Make(Equal, s, made.Text("word 3")), made.Make(Equal, s, made.Text("word 4"))),
			made.Make(Mul, made.Attribute(s, ref, 1), made.Number(2)), made.Make(Coalesce, made.Attribute(s, ref, 1), one))},
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			m := NewMachine(&made)
			m.Load(columns, n)
			for _, e := range c.first {
				m.Eval(e)
			}
			b.ReportAllocs()
			for b.Loop() {
				m.round++ // what is evaluated, and what came first and stands, are of this batch
				for _, e := range c.first {
					m.stamps[e.id] = m.round
				}
				m.Eval(c.e)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
		})
	}
}
