package rules

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// compileText compiles a formula over oracleSchema to a column expression.
func compileText(t testing.TB, text string, program *Program, schema *Schema) *vector.Expr {
	t.Helper()
	var probs diag.List
	c := &compiler{m: &Method{}, schema: schema, probs: &probs, p: program, slotOf: map[slot]int{}}
	for i, s := range program.slots {
		c.slotOf[s] = i
	}
	n := c.check(&document.Node{Kind: document.Scalar, Text: text})
	if err := probs.Err(); err != nil || n == nil {
		t.Fatalf("%s: %v", text, err)
	}
	return c.vector(n)
}

// oracleProgram has a slot for each column of oracleSchema, in its order.
func oracleProgram(schema *Schema) *Program {
	p := &Program{builder: &vector.Builder{}, schema: schema}
	for _, f := range schema.Fields {
		p.slots = append(p.slots, slot{column: f.Name})
	}
	return p
}

// Known differences of the rules language from expr's virtual machine, each of which a test below pins:
//
//	max(1, nan)   expr drops a NaN that does not stand first; here a NaN comes out wherever it stands
//	abs(-0)       expr leaves the sign; here it is 0, as of every other negative number
//	x ** 2        expr calls math.Pow, whose bits differ from machine to machine; here it is x * x
//	-0            expr's integer 0 has no sign; here every number is a float64
//	nil           expr has no missing values: it stops at arithmetic with nil, and nil == nil is true between two columns
//
// sqrt and ceil_pow2 are no builtins of expr; the machine is given them.

func TestFormulasAgreeWithExprWhereNothingIsMissing(t *testing.T) {
	const formulas = 3000
	g := &generator{Rand: rand.New(rand.NewPCG(1, 2))}
	schema := oracleSchema()
	env := map[string]any{"a": 0.0, "b": 0.0, "c": 0.0, "d": 0.0, "s": "", "t": "", "p": false, "q1": false}
	options := []expr.Option{expr.Env(env), expr.Optimize(false),
		expr.Function("sqrt", func(x ...any) (any, error) { return math.Sqrt(x[0].(float64)), nil }, new(func(float64) float64)),
		expr.Function("ceil_pow2", func(x ...any) (any, error) { return leastPower(x[0].(float64)), nil }, new(func(float64) float64))}
	compared, nans, zeros := 0, 0, 0
	for f := range formulas {
		text := []func(int) string{g.number, g.flag, g.text}[min(f%4, 2)](1 + f%5)
		slow, err := expr.Compile(text, options...)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		tree, err := parser.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		program := oracleProgram(schema)
		e := compileText(t, text, program, schema)
		m := vector.NewMachine(program.builder)
		n := oracleSizes[f%len(oracleSizes)]
		if f == 7 {
			n = 4096
		}
		columns := g.rowsOf(n, []string{"one", "two", "three"})
		m.Load(columns, n)
		v := m.Eval(e)
		for i := range n {
			row := rowOf(schema, columns, i)
			values := map[string]any{}
			for name, x := range row {
				values[name] = x
			}
			want, err := vm.Run(slow, values)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			got := vecCell(v, i)
			compared++
			if sameValue(got, want) {
				continue
			}
			in := interpreter{row: row}
			if plain := in.eval(tree.Node); !in.nanInMin && !in.zeroAbs || !sameValue(got, plain) {
				t.Fatalf("%s\nrow %v\ngot %v, expr %v, plainly %v", text, row, got, want, plain)
			}
			if in.nanInMin {
				nans++
			} else {
				zeros++
			}
		}
	}
	t.Logf("%d formulas, %d rows compared, %d differ by a NaN in min or max, %d by the absolute value of -0", formulas, compared, nans, zeros)
	if nans == 0 || zeros == 0 {
		t.Error("a known difference did not occur: it is tested no more")
	}
}

func TestFormulasAgreeWithTheScalarInterpreterWhereValuesAreMissing(t *testing.T) {
	const formulas = 4000
	g := &generator{Rand: rand.New(rand.NewPCG(3, 4)), missing: true}
	schema := oracleSchema()
	missing := 0
	for f := range formulas {
		text := []func(int) string{g.number, g.flag, g.text}[min(f%4, 2)](1 + f%5)
		tree, err := parser.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		program := oracleProgram(schema)
		e := compileText(t, text, program, schema)
		m := vector.NewMachine(program.builder)
		// Several batches through one machine: dictionaries grow, memory is used again.
		words := []string{"three", "one"}
		for range 3 {
			n := oracleSizes[g.IntN(len(oracleSizes))]
			columns := g.rowsOf(n, words)
			m.Load(columns, n)
			v := m.Eval(e)
			for i := range n {
				in := interpreter{row: rowOf(schema, columns, i)}
				want := in.eval(tree.Node)
				if got := vecCell(v, i); !sameValue(got, want) {
					t.Fatalf("%s\nrow %v\ngot %v, want %v", text, in.row, got, want)
				}
				if want == nil {
					missing++
				}
			}
			words = append(words[:len(words):len(words)], g.pick("two", "else", "four"), g.pick("five", "six"))
			words = distinct(words)
		}
	}
	if missing == 0 {
		t.Error("no value was missing")
	}
}

func TestKnownDifferencesFromExpr(t *testing.T) {
	schema := oracleSchema()
	ours := func(text string) value {
		p := oracleProgram(schema)
		e := compileText(t, text, p, schema)
		m := vector.NewMachine(p.builder)
		g := generator{Rand: rand.New(rand.NewPCG(0, 0))}
		columns := g.rowsOf(1, []string{"one"})
		columns[0].Floats[0], columns[1].Floats[0], columns[2].Floats[0] = 0.1, 0, 3
		m.Load(columns, 1)
		return vecCell(m.Eval(e), 0)
	}
	theirs := func(text string) value {
		v, err := expr.Eval(text, map[string]any{"a": 0.1, "b": 0.0, "c": 3.0})
		if err != nil {
			return err.Error()
		}
		return v
	}
	a := 0.1
	for _, c := range []struct {
		text       string
		ours, expr value
	}{
		{"max(b / b, 1.0)", math.NaN(), math.NaN()},
		{"max(1.0, b / b)", math.NaN(), 1.0},
		{"1.0 / abs(-b)", math.Inf(1), math.Inf(-1)},
		{"1.0 / (-0)", math.Inf(-1), math.Inf(1)},
		{"a ** 3", a * a * a, math.Pow(a, 3)},
		{"7 / 2", 3.5, 3.5},
		{"round(-2.5)", -3.0, -3.0},
	} {
		if got := ours(c.text); !sameValue(got, c.ours) {
			t.Errorf("%s is %v, want %v", c.text, got, c.ours)
		}
		if got := theirs(c.text); !sameValue(got, c.expr) {
			t.Errorf("%s is %v in expr, want %v", c.text, got, c.expr)
		}
	}
	if got := theirs("nil + 1.0"); !strings.Contains(fmt.Sprint(got), "invalid operation") {
		t.Errorf("nil + 1.0 is %v in expr", got)
	}
}
