package vector

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// edges are numbers of rows about the edges of bitmap words and of batches.
var edges = []int{0, 1, 63, 64, 65, 128, 129, 4095, 4096, 4097}

// ramp is a column 0, 1, 2, ... without a value in every third row.
func ramp(n int) column.Column {
	c := column.Column{Floats: make([]float64, n), Valid: column.NewBitmap(n)}
	for i := range n {
		if i%3 != 2 {
			c.Floats[i] = float64(i)
			c.Valid.Set(i)
		}
	}
	return c
}

// full is a column n, n-1, ... with a value in every row.
func full(n int) column.Column {
	c := column.Column{Floats: make([]float64, n)}
	for i := range n {
		c.Floats[i] = float64(n - i)
	}
	return c
}

// texts is a String column of words in turn; an empty word is no value.
func texts(dict *column.Dict, n int, words ...string) column.Column {
	c := column.Column{Type: column.String, Codes: make([]int32, n), Dict: dict, Valid: column.NewBitmap(n)}
	for i := range n {
		if w := words[i%len(words)]; w != "" {
			c.Codes[i] = int32(slices.Index(dict.Values, w))
			c.Valid.Set(i)
		}
	}
	return c
}

func show(v *Vec, i int) string {
	switch {
	case !v.Has(i):
		return "-"
	case v.Type == column.String:
		return v.String(i)
	case v.Type == column.Bool:
		return fmt.Sprint(v.Bool(i))
	}
	return fmt.Sprint(v.Float(i))
}

func TestEveryRowUpToTheEdgeHasItsOwnValue(t *testing.T) {
	var b Builder
	x, y := b.Column(0, column.Float), b.Column(1, column.Float)
	for _, c := range []struct {
		name string
		e    *Expr
		want func(i, n int) string
	}{
		{"a sum with a missing part has none", b.Make(Add, x, y), func(i, n int) string { return numberUnless(i%3 == 2, float64(i)+float64(n-i)) }},
		{"the first that has a value", b.Make(Coalesce, x, y), func(i, n int) string {
			if i%3 == 2 {
				return fmt.Sprint(float64(n - i))
			}
			return fmt.Sprint(float64(i))
		}},
		{"whether there is a value", b.Make(IsNil, x), func(i, n int) string { return fmt.Sprint(i%3 == 2) }},
		{"a comparison", b.Make(Less, x, y), func(i, n int) string {
			if i%3 == 2 {
				return "-"
			}
			return fmt.Sprint(i < n-i)
		}},
		{"a constant", b.Number(3), func(i, n int) string { return "3" }},
		{"a product of constants", b.Make(Mul, b.Number(3), b.Number(0.5)), func(i, n int) string { return "1.5" }},
		{"nothing at all", b.Make(Add, x, b.Missing(column.Float)), func(i, n int) string { return "-" }},
		{"a choice", b.Make(If, b.Make(Less, x, b.Number(10)), y, b.Number(-1)), func(i, n int) string {
			switch {
			case i%3 == 2:
				return "-"
			case i < 10:
				return fmt.Sprint(float64(n - i))
			}
			return "-1"
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := NewMachine(&b)
			for _, n := range slices.Concat(edges, []int{7, 4096, 3}) { // growing and shrinking: memory is used again
				m.Load([]column.Column{ramp(n), full(n)}, n)
				v := m.Eval(c.e)
				for i := range n {
					if got, want := show(v, i), c.want(i, n); got != want {
						t.Fatalf("row %d of %d: %s, want %s", i, n, got, want)
					}
				}
			}
		})
	}
}

func numberUnless(missing bool, v float64) string {
	if missing {
		return "-"
	}
	return fmt.Sprint(v)
}

func TestOperationsOnNumbers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		op      Op
		x, want float64
	}{
		{Neg, 0, math.Copysign(0, -1)}, {Abs, -2, 2}, {Abs, math.Copysign(0, -1), 0}, {Ceil, 1.2, 2}, {Ceil, -1.2, -1}, {Floor, -1.2, -2},
		{Round, 2.5, 3}, {Round, -2.5, -3}, {Round, 0.49999999999999994, 0}, {Sqrt, 2, math.Sqrt2}, {Sqrt, -1, nan},
		{CeilPow2, 0, 0}, {CeilPow2, 1, 1}, {CeilPow2, 3, 4}, {CeilPow2, 4, 4}, {CeilPow2, 0.3, 0.5}, {CeilPow2, -1, nan}, {CeilPow2, nan, nan},
		{Exp, 0, 1}, {Exp, -inf, 0}, {Exp, 1, math.E}, {Ln, 1, 0}, {Ln, 0, -inf}, {Ln, -1, nan}, {Log2, 8, 3}, {Log2, 0.25, -2}, {Log2, inf, inf},
		{CeilPow2, inf, inf}, {CeilPow2, 1 << 52, 1 << 52}, {CeilPow2, 1<<52 + 1, 1 << 53}, {CeilPow2, 5e-324, 5e-324}, {CeilPow2, math.MaxFloat64, inf},
	} {
		for _, constant := range []bool{true, false} {
			if got := evalNumbers(constant, func(b *Builder, x []*Expr) *Expr { return b.Make(c.op, x[0]) }, c.x); !same(got, c.want) {
				t.Errorf("operation %d of %v is %v, want %v (constant: %t)", c.op, c.x, got, c.want, constant)
			}
		}
	}
	for _, c := range []struct {
		op         Op
		x, y, want float64
	}{
		{Sub, 1, 3, -2}, {Div, 1, 0, inf}, {Div, 0, 0, nan}, {Mul, inf, 0, nan}, {Min, 1, 2, 1}, {Max, 1, 2, 2},
		{Min, nan, 1, nan}, {Min, 1, nan, nan}, {Max, nan, 1, nan}, {Max, 1, nan, nan}, {Max, 0, math.Copysign(0, -1), 0},
		{Pow, 2, 10, 1024}, {Pow, 4, 0.5, 2}, {Pow, nan, 0, 1}, {Pow, 1, nan, 1}, {Pow, -8, 1. / 3, nan}, {Pow, 0, -1, inf},
	} {
		for _, constant := range []bool{true, false} {
			if got := evalNumbers(constant, func(b *Builder, x []*Expr) *Expr { return b.Make(c.op, x[0], x[1]) }, c.x, c.y); !same(got, c.want) {
				t.Errorf("operation %d of %v and %v is %v, want %v (constant: %t)", c.op, c.x, c.y, got, c.want, constant)
			}
		}
	}
}

// evalNumbers evaluates over constants or over columns of one row.
func evalNumbers(constant bool, build func(b *Builder, x []*Expr) *Expr, numbers ...float64) float64 {
	var b Builder
	var args []*Expr
	var columns []column.Column
	for i, v := range numbers {
		columns = append(columns, column.Column{Floats: []float64{v}})
		if constant {
			args = append(args, b.Number(v))
		} else {
			args = append(args, b.Column(i, column.Float))
		}
	}
	e := build(&b, args)
	m := NewMachine(&b)
	m.Load(columns, 1)
	return m.Eval(e).Float(0)
}

func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

func TestLogicIsThreeValued(t *testing.T) {
	var b Builder
	x, y := b.Column(0, column.Bool), b.Column(1, column.Bool)
	constants := map[string]*Expr{"true": b.Flag(true), "false": b.Flag(false), "-": b.Missing(column.Bool)}
	words := []string{"true", "false", "-"}
	and := map[string]string{"true true": "true", "true false": "false", "false true": "false", "false false": "false", "false -": "false", "- false": "false"}
	or := map[string]string{"true true": "true", "true false": "true", "false true": "true", "false false": "false", "true -": "true", "- true": "true"}
	bools := func(word string) column.Column {
		c := column.Column{Type: column.Bool, Bools: []bool{word == "true"}, Valid: column.NewBitmap(1)}
		if word != "-" {
			c.Valid.Set(0)
		}
		return c
	}
	for _, p := range words {
		for _, q := range words {
			for _, args := range [][2]*Expr{{x, y}, {constants[p], y}, {x, constants[q]}, {constants[p], constants[q]}} {
				a, o, n := b.Make(And, args[0], args[1]), b.Make(Or, args[0], args[1]), b.Make(Not, args[0])
				m := NewMachine(&b)
				m.Load([]column.Column{bools(p), bools(q)}, 1)
				want := func(table map[string]string) string {
					if w, ok := table[p+" "+q]; ok {
						return w
					}
					return "-"
				}
				if got := show(m.Eval(a), 0); got != want(and) {
					t.Errorf("%s and %s is %s, want %s", p, q, got, want(and))
				}
				if got := show(m.Eval(o), 0); got != want(or) {
					t.Errorf("%s or %s is %s, want %s", p, q, got, want(or))
				}
				if got, want := show(m.Eval(n), 0), map[string]string{"true": "false", "false": "true", "-": "-"}[p]; got != want {
					t.Errorf("not %s is %s", p, got)
				}
			}
		}
	}
}

// Readers publish longer dictionaries as they meet strings, of which the shorter ones are the beginning; a machine keeps what it knows.
func TestDictionariesMayGrowBetweenBatches(t *testing.T) {
	table := &column.Table{Rows: 3, Names: []string{"id", "power", "host"}, Data: []column.Column{
		texts(&column.Dict{Values: []string{"gpu", "tpu", "old"}}, 3, "gpu", "tpu", "old"),
		{Floats: []float64{700, 200, 0}, Valid: column.Bitmap{0b011}},
		texts(&column.Dict{Values: []string{"server"}}, 3, "server", "", "server"),
	}}
	ref, err := NewReference("hardware", table, "id")
	if err != nil {
		t.Fatal(err)
	}
	var b Builder
	key, other := b.Column(0, column.String), b.Column(1, column.String)
	power, host := b.Attribute(key, ref, 1), b.Attribute(key, ref, 2)
	exprs := []*Expr{power, host, b.Make(Equal, key, b.Text("tpu")), b.Make(Equal, b.Text("tpu"), key), b.Member(key, []string{"old", "new"}), b.Make(Equal, key, other),
		b.Make(Coalesce, key, other), b.Make(If, b.Make(Equal, key, b.Text("gpu")), other, b.Text("else")), b.Make(Coalesce, host, b.Text("none"))}
	m := NewMachine(&b)
	values := make([]string, 0, 16) // shared beginnings, and once outgrown
	check := func(n int, words, others []string, want ...string) {
		t.Helper()
		for _, w := range words {
			if w != "" && !slices.Contains(values, w) {
				values = append(values, w)
			}
		}
		dict := &column.Dict{Values: values[:len(values):len(values)]}
		otherDict := &column.Dict{Values: []string{"x", "gpu"}}
		m.Load([]column.Column{texts(dict, n, words...), texts(otherDict, n, others...)}, n)
		for k, e := range exprs {
			var got []string
			for i := range n {
				got = append(got, show(m.Eval(e), i))
			}
			if text := strings.Join(got, " "); text != want[k] {
				t.Errorf("expression %d: %s, want %s", k, text, want[k])
			}
		}
	}
	check(3, []string{"gpu", "", "unheard"}, []string{"x", "gpu", ""},
		"700 - -", "server - -", "false - false", "false - false", "false - false", "false - -", "gpu gpu unheard", "x - else", "server none none")
	check(3, []string{"tpu", "new", "old"}, []string{"x", "gpu", ""},
		"200 - -", "- - server", "true false false", "true false false", "false true true", "false false -", "tpu new old", "else else else", "none none server")
	check(2, []string{"gpu", "tpu"}, []string{"gpu"},
		"700 200", "server -", "false true", "false true", "false false", "true false", "gpu tpu", "gpu else", "server none")
	// Another dictionary, of the next part, in the same order of codes but with other strings.
	m.Forget()
	values = make([]string, 0, 2)
	check(2, []string{"old", "gpu"}, []string{"x"},
		"- 700", "server server", "false false", "false false", "true false", "false false", "old gpu", "else x", "server server")
	// A blend's dictionary shows every string once, and a vec that was handed out keeps its meaning.
	blend := m.Eval(exprs[6])
	if got := blend.Dict.Values; len(got) != len(slices.Compact(slices.Sorted(slices.Values(got)))) {
		t.Errorf("strings stand twice: %q", got)
	}
}

// A column that a file lacks has no values and may have no dictionary.
func TestAColumnWithoutAnyStringIsMissing(t *testing.T) {
	table := &column.Table{Names: []string{"id"}, Data: []column.Column{{Type: column.String, Dict: &column.Dict{}}}}
	ref, _ := NewReference("hardware", table, "id")
	var b Builder
	s := b.Column(0, column.String)
	exprs := []*Expr{s, b.Make(Equal, s, b.Text("x")), b.Member(s, []string{"x"}), b.Make(Equal, s, s), b.Attribute(s, ref, 0), b.Make(Not, b.Make(Equal, s, b.Text("x")))}
	orElse := b.Make(Coalesce, s, b.Text("x"))
	for _, dict := range []*column.Dict{nil, {}} {
		m := NewMachine(&b)
		m.Load([]column.Column{{Type: column.String, Codes: make([]int32, 70), Dict: dict, Valid: column.NewBitmap(70)}}, 70)
		for k, e := range exprs {
			if got := show(m.Eval(e), 69); got != "-" {
				t.Errorf("expression %d is %s", k, got)
			}
		}
		if got := show(m.Eval(orElse), 69); got != "x" {
			t.Errorf("?? is %s", got)
		}
	}
}

func TestAReferenceNeedsATextKey(t *testing.T) {
	table := &column.Table{Names: []string{"id"}, Data: []column.Column{{}}}
	for _, key := range []string{"id", "name"} {
		if _, err := NewReference("hardware", table, key); err == nil || !strings.Contains(err.Error(), "table hardware has no key column "+key) {
			t.Errorf("%s: %v", key, err)
		}
	}
	table.Rows, table.Data[0] = 2, texts(&column.Dict{Values: []string{"gpu"}}, 2, "", "gpu")
	ref, err := NewReference("hardware", table, "id")
	if err != nil {
		t.Fatal(err)
	}
	if row, ok := ref.Row("gpu"); !ok || row != 1 {
		t.Errorf("gpu stands in row %d, %t", row, ok)
	}
	if _, ok := ref.Row(""); ok {
		t.Error("a row without id was found")
	}
}

func TestAttributesOfAConstantKey(t *testing.T) {
	table := &column.Table{Rows: 1, Names: []string{"id", "power", "liquid", "host", "mass"}, Data: []column.Column{
		texts(&column.Dict{Values: []string{"gpu"}}, 1, "gpu"), {Floats: []float64{700}}, {Type: column.Bool, Bools: []bool{true}},
		texts(&column.Dict{Values: []string{"server"}}, 1, "server"), {Floats: []float64{0}, Valid: column.NewBitmap(1)}}}
	ref, _ := NewReference("hardware", table, "id")
	var b Builder
	for attribute, want := range []string{"gpu", "700", "true", "server", "-"} {
		e, unknown, missing := b.Attribute(b.Text("gpu"), ref, attribute), b.Attribute(b.Text("tpu"), ref, attribute), b.Attribute(b.Missing(column.String), ref, attribute)
		m := NewMachine(&b)
		m.Load(nil, 5)
		if got := show(m.Eval(e), 4); got != want {
			t.Errorf("attribute %d is %s, want %s", attribute, got, want)
		}
		if got := show(m.Eval(unknown), 4) + show(m.Eval(missing), 4); got != "--" {
			t.Errorf("attribute %d of no row is %s", attribute, got)
		}
	}
}

func TestEqualExpressionsAreOneNode(t *testing.T) {
	var b Builder
	x := b.Column(0, column.Float)
	sum := b.Make(Add, x, b.Number(2))
	if b.Make(Add, x, b.Number(2)) != sum {
		t.Error("x + 2 was made twice")
	}
	if b.Number(0) == b.Number(math.Copysign(0, -1)) {
		t.Error("0 and -0 are one constant")
	}
	if b.Text("1") == b.Number(1) || b.Member(b.Text("a"), []string{"b", "c"}) == b.Member(b.Text("a"), []string{"b c"}) {
		t.Error("different constants are one node")
	}
	if b.Make(Mul, x, b.Number(1)) != x || b.Make(Mul, b.Number(1), x) != x || b.Make(Div, x, b.Number(1)) != x {
		t.Error("a multiplication by one was kept")
	}
	n := b.Len()
	if got := b.Make(Div, b.Make(Sub, b.Number(3), b.Number(1)), b.Make(Neg, b.Make(Add, b.Number(1), b.Number(3)))); got.Op != Const || got.Number != -0.5 || b.Len() == n {
		t.Errorf("constants were not folded: %+v", got)
	}
}

func TestAMachineAllocatesNothingOnceItIsWarm(t *testing.T) {
	var b Builder
	x, y, s, u := b.Column(0, column.Float), b.Column(1, column.Float), b.Column(2, column.String), b.Column(3, column.String)
	e := b.Make(If, b.Make(And, b.Make(Equal, s, b.Text("b")), b.Make(LessEqual, x, y)), b.Make(Coalesce, x, b.Make(Mul, y, b.Number(2))), b.Make(Max, y, b.Make(Sqrt, y)))
	words := b.Make(Coalesce, s, u)
	in := b.Member(words, []string{"a", "d"})
	named := b.Make(Coalesce, s, b.Text("none"))
	const n = 1000
	dict, other := &column.Dict{Values: []string{"a", "b", "c"}}, &column.Dict{Values: []string{"d", "a"}}
	columns := []column.Column{ramp(n), full(n), texts(dict, n, "a", "", "b"), texts(other, n, "d", "a")}
	m := NewMachine(&b)
	run := func() {
		m.Load(columns, n)
		m.Eval(e)
		m.Eval(in)
		m.Eval(named)
	}
	run()
	if got := testing.AllocsPerRun(20, run); got != 0 {
		t.Errorf("%v allocations a batch", got)
	}
}
