package rules

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/elementary"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// oracleFormula is one formula, ready to be computed in three ways: over columns, by expr's virtual machine, and by the scalar interpreter.
type oracleFormula struct {
	text    string
	tree    ast.Node
	schema  *Schema
	program *Program
	column  *vector.Expr
	slow    *vm.Program
}

func newOracleFormula(t testing.TB, text string) *oracleFormula {
	t.Helper()
	tree, err := parser.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	f := &oracleFormula{text: text, tree: tree.Node, schema: schemaOf(tree.Node)}
	f.program = oracleProgram(f.schema)
	f.column = compileText(t, text, f.program, f.schema)
	return f
}

// oracleProgram has a slot for each column of a schema, in order.
func oracleProgram(schema *Schema) *Program {
	p := &Program{builder: &vector.Builder{}, schema: schema}
	for _, f := range schema.Fields {
		p.slots = append(p.slots, slot{column: f.Name})
	}
	return p
}

// compileText compiles a formula to a column expression.
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

// oracleFunctions are those that expr lacks, as the machine is given them.
var oracleFunctions = []expr.Option{
	expr.Function("sqrt", func(x ...any) (any, error) { return math.Sqrt(toFloat(x[0])), nil }),
	expr.Function("exp", func(x ...any) (any, error) { return elementary.Exp(toFloat(x[0])), nil }),
	expr.Function("ln", func(x ...any) (any, error) { return elementary.Ln(toFloat(x[0])), nil }),
	expr.Function("log2", func(x ...any) (any, error) { return elementary.Log2(toFloat(x[0])), nil }),
	expr.Function("pow", func(x ...any) (any, error) { return elementary.Pow(toFloat(x[0]), toFloat(x[1])), nil }),
	expr.Function("ceil_pow2", func(x ...any) (any, error) { return leastPower(toFloat(x[0])), nil }),
}

// forMachine compiles the formula for expr's virtual machine.
func (f *oracleFormula) forMachine(t testing.TB) {
	t.Helper()
	env := map[string]any{}
	for _, field := range f.schema.Fields {
		switch field.Type {
		case lca.Text:
			env[field.Name] = ""
		case lca.Boolean:
			env[field.Name] = false
		default:
			env[field.Name] = 0.0
		}
	}
	var err error
	if f.slow, err = expr.Compile(f.text, append([]expr.Option{expr.Env(env), expr.Optimize(false)}, oracleFunctions...)...); err != nil {
		t.Fatalf("%s: %v", f.text, err)
	}
}

// tally counts what was compared.
type tally struct {
	rows, machine, missing, literal int
	differ                          map[difference]int
}

// row compares what the columns gave for a row with the scalar interpreter and, where nothing is missing, with expr's virtual machine:
// to the bit, in every row. Where the machine's differs, the interpreter told to do as expr does must give the machine's.
func (f *oracleFormula) row(t *testing.T, machine *vm.VM, row map[string]value, got value, count *tally) {
	t.Helper()
	in := interpreter{row: row}
	want := in.eval(f.tree)
	if !sameValue(got, want) {
		t.Fatalf("%s\nrow %v\ngot %v, plainly %v", f.text, row, got, want)
	}
	count.rows++
	env := make(map[string]any, len(row))
	for name, v := range row {
		if v == nil {
			count.missing++
			return
		}
		env[name] = v
	}
	theirs, err := machine.Run(f.slow, env)
	if err != nil {
		t.Fatalf("%s: %v", f.text, err)
	}
	in.like = likeExpr
	if explained := in.eval(f.tree); !sameValue(theirs, explained) {
		t.Fatalf("%s\nrow %v\nexpr gives %v, which the known differences do not explain: %v with them, %v without", f.text, row, theirs, explained, want)
	}
	count.machine++
	if sameValue(got, theirs) {
		return
	}
	for _, d := range differences {
		if in.like = d.is; !sameValue(in.eval(f.tree), want) {
			count.differ[d.is]++
		}
	}
}

// asLiterals writes a row's values in the place of the columns' names. Each stands in a quotient by 1, so that none of them is an exponent
// that is written out.
func (f *oracleFormula) asLiterals(row map[string]value) string {
	names := &nameFinder{}
	ast.Walk(&f.tree, names)
	text := []rune(f.text)
	for i := len(names.found) - 1; i >= 0; i-- { // from the last to the first, so that places stay true
		id := names.found[i]
		at := id.Location()
		var literal string
		switch v := row[id.Value].(type) {
		case string:
			literal = strconv.Quote(v)
		case bool:
			literal = strconv.FormatBool(v)
		case float64:
			switch {
			case math.IsNaN(v):
				literal = "(0.0 / 0.0)"
			case math.IsInf(v, 0):
				literal = fmt.Sprintf("(%g.0 / 0.0)", math.Copysign(1, v))
			default:
				literal = strconv.FormatFloat(math.Abs(v), 'e', -1, 64)
				if math.Signbit(v) {
					literal = "(-" + literal + " / 1.0)"
				} else {
					literal = "(" + literal + " / 1.0)"
				}
			}
		}
		text = append(text[:at.From:at.From], append([]rune(literal), text[at.To:]...)...)
	}
	return string(text)
}

// literals compares a row with the formula over its values as constants, which are computed as the formula is compiled.
func (f *oracleFormula) literals(t *testing.T, row map[string]value, got value, count *tally) {
	t.Helper()
	for _, v := range row {
		if v == nil {
			return // there is no literal for a missing value
		}
	}
	text := f.asLiterals(row)
	p := oracleProgram(&Schema{Kind: "rows"})
	e := compileText(t, text, p, p.schema)
	m := vector.NewMachine(p.builder)
	m.Load(nil, 1)
	if folded := vecCell(m.Eval(e), 0); !sameValue(got, folded) {
		t.Fatalf("%s\nrow %v\nover columns %v, over literals %v:\n%s", f.text, row, got, folded, text)
	}
	count.literal++
}

// words are a dictionary that grows from batch to batch; a batch has read a part of it.
var oracleWords = []string{"one", "two", "", "three", "else", "four", "Éire", "one "}

// batches compares batches of the given sizes, one after the other through one machine: dictionaries grow, memory is used again, and values
// are missing in all but the first. Of a long batch the rows repeat a few.
func (f *oracleFormula) batches(t *testing.T, g *generator, sizes []int, count *tally) {
	t.Helper()
	m := vector.NewMachine(f.program.builder)
	machine := &vm.VM{}
	for at, n := range sizes {
		distinct := min(n, 37)
		g.missing = at%3 > 0
		few := g.columns(f.schema, distinct, oracleWords[:min(2+2*at, len(oracleWords))])
		g.missing = true
		m.Load(repeated(few, distinct, n), n)
		v := m.Eval(f.column)
		for i := range n {
			if i >= distinct {
				if first, again := vecCell(v, i%distinct), vecCell(v, i); !sameValue(first, again) {
					t.Fatalf("%s\nrow %d of %d: %v, but %v in the equal row %d", f.text, i, n, again, first, i%distinct)
				}
				continue
			}
			got, row := vecCell(v, i), rowOf(f.schema, few, i)
			f.row(t, machine, row, got, count)
			if i == 0 {
				f.literals(t, row, got, count)
			}
		}
	}
}

// repeated makes n rows of the first few, over and over.
func repeated(few []column.Column, distinct, n int) []column.Column {
	if n == distinct {
		return few
	}
	out := make([]column.Column, len(few))
	for c := range few {
		from := &few[c]
		to := column.Column{Type: from.Type, Dict: from.Dict}
		if from.Valid != nil {
			to.Valid = column.NewBitmap(n)
		}
		for i := range n {
			switch from.Type {
			case column.String:
				to.Codes = append(to.Codes, from.Codes[i%distinct])
			case column.Bool:
				to.Bools = append(to.Bools, from.Bools[i%distinct])
			default:
				to.Floats = append(to.Floats, from.Floats[i%distinct])
			}
			if to.Valid != nil && from.Valid.Get(i%distinct) {
				to.Valid.Set(i)
			}
		}
		out[c] = to
	}
	return out
}

// report logs what was compared, and fails where a known difference did not occur: it would be tested no more.
func (count *tally) report(t *testing.T, formulas int) {
	t.Helper()
	t.Logf("%d formulas; %d rows agree with the interpreter, %d of them with values missing; %d were given to expr's machine; %d agree with their literals",
		formulas, count.rows, count.missing, count.machine, count.literal)
	for _, d := range differences {
		t.Logf("%d rows differ from expr: %s", count.differ[d.is], d.reason)
		if count.differ[d.is] == 0 && !testing.Short() {
			t.Errorf("a known difference did not occur: %s", d.reason)
		}
	}
	if count.missing == 0 || count.machine == 0 || count.literal == 0 {
		t.Error("one of the comparisons was never made")
	}
}

func TestHandWrittenFormulasAgreeWithTheOracles(t *testing.T) {
	sizes := []int{64, 65, 4097, 1, 0, 63, 4096, 4095}
	count := &tally{differ: map[difference]int{}}
	formulas := oracleFormulas(t)
	if len(formulas) < 200 {
		t.Errorf("only %d formulas", len(formulas))
	}
	for i, f := range formulas {
		t.Run(f.name, func(t *testing.T) {
			made := newOracleFormula(t, f.text)
			made.forMachine(t)
			made.batches(t, newGenerator(uint64(i)), sizes, count)
			if f.means == "" {
				return
			}
			// What stands after a line's three bars is the same formula with all its brackets.
			same := newOracleFormula(t, f.means)
			if a, b := made.tree.String(), same.tree.String(); a != b {
				t.Errorf("%s is not %s", f.text, f.means)
			}
		})
	}
	count.report(t, len(formulas))
}

func TestRandomFormulasAgreeWithTheOracles(t *testing.T) {
	formulas := 10_000
	if testing.Short() {
		formulas = 1_000
	}
	g := newGenerator(7)
	count := &tally{differ: map[difference]int{}}
	for i := range formulas {
		f := newOracleFormula(t, g.formula(i))
		f.forMachine(t)
		sizes := []int{1 + g.IntN(8), 1 + g.IntN(16), 1 + g.IntN(8)}
		switch {
		case i%1000 == 0:
			sizes = []int{4096, 4095, 4097}
		case i%50 == 0:
			sizes = []int{64, 0, 65, 1, 63, 127, 128, 129}
		}
		f.batches(t, g, sizes, count)
	}
	count.report(t, formulas)
}

// handWritten is a line of testdata/oracle.
type handWritten struct{ name, text, means string }

// oracleFormulas reads the formulas written by hand: one a line, a # ahead of a line that is a remark. Behind ||| may stand the same with
// brackets.
func oracleFormulas(t testing.TB) []handWritten {
	t.Helper()
	files, err := filepath.Glob("testdata/oracle/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no formulas: %v", err)
	}
	var out []handWritten
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		lines := bufio.NewScanner(file)
		for n := 1; lines.Scan(); n++ {
			line := strings.TrimSpace(lines.Text())
			if line == "" || line[0] == '#' {
				continue
			}
			text, means, _ := strings.Cut(line, "|||")
			out = append(out, handWritten{fmt.Sprintf("%s:%d", filepath.Base(name), n), strings.TrimSpace(text), strings.TrimSpace(means)})
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// expr stops at arithmetic with a missing value, and takes two of them for equal. So rows with missing values have the interpreter as their
// only oracle.
func TestExprHasNoMissingValues(t *testing.T) {
	for text, want := range map[string]string{"x + 1.0": "invalid operation", "x < 1.0": "invalid operation", "-x": "invalid operation", "x == y": "true", "x and true": "interface conversion"} {
		got, err := expr.Eval(text, map[string]any{"x": nil, "y": nil})
		if !strings.Contains(fmt.Sprint(got, err), want) {
			t.Errorf("%s is %v, %v in expr; want %s", text, got, err, want)
		}
	}
}

// Each known difference at an example.
func TestKnownDifferencesFromExpr(t *testing.T) {
	a := 0.1
	for _, c := range []struct {
		text       string
		ours, expr value
	}{
		{"max(b / b, 1.0)", math.NaN(), math.NaN()},
		{"max(1.0, b / b)", math.NaN(), 1.0},
		{"1.0 / abs(-b)", math.Inf(1), math.Inf(-1)},
		{"1.0 / (-0)", math.Inf(-1), math.Inf(1)},
		{"9223372036854775807 + 1", 0x1p63, -0x1p63},
		{"a ** 3", a * a * a, math.Pow(a, 3)},
		{"7 / 2", 3.5, 3.5},
		{"round(-2.5)", -3.0, -3.0},
	} {
		f := newOracleFormula(t, c.text)
		f.forMachine(t)
		row := map[string]value{"a": a, "b": 0.0}
		var columns []column.Column
		for _, field := range f.schema.Fields {
			columns = append(columns, column.Column{Floats: []float64{row[field.Name].(float64)}})
		}
		m := vector.NewMachine(f.program.builder)
		m.Load(columns, 1)
		if got := vecCell(m.Eval(f.column), 0); !sameValue(got, c.ours) {
			t.Errorf("%s is %v, want %v", c.text, got, c.ours)
		}
		if got, err := expr.Run(f.slow, map[string]any{"a": a, "b": 0.0}); err != nil || !sameValue(got, c.expr) {
			t.Errorf("%s is %v, %v in expr, want %v", c.text, got, err, c.expr)
		}
	}
}
