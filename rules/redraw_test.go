package rules

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// drawnHere are draws of parameters by name, and of what lookups found, by the name of the symbol.
type drawnHere struct {
	r          *Runner
	parameters map[string][]float64
	factors    map[string][]float64
}

func (d drawnHere) Parameter(number int) []float64 {
	return d.parameters[d.r.p.Method.Parameters[number].Name]
}

func (d drawnHere) Factor(symbol int32) []float64 {
	return d.factors[d.r.space.Monomials.At(symbol).Name]
}

// What is redrawn is the formula at the drawn values: of the row's columns, of parameters, of what a lookup found, of quantities by the tier that the row takes.
func TestAFormulaIsRedrawnAtTheDrawnValues(t *testing.T) {
	program, pack := dependence(t, []string{
		"most: max(a, p)", "reading: {unit: '1', tiers: [{class: measured, when: 'b > 2', expr: 'exp(b - p)'}, {class: defaulted, expr: most}]}", "plain: a + 1"}, []string{
		"of_quantity: most * site", "of_tiers: reading", "of_row: \"plain + ln(1 + p)\"", "of_choice: \"p > a ? sqrt(p) : a ** 2 * site\"", "of_two: \"min(site, p * half)\""})
	r := program.NewRunner(&amounts.Space{}, pack)
	evaluate(t, r, "a:2.2 b:3 s:one", "a:2.7 b:1 s:one", "a:2.4 s:two", "b:3 s:one", "a:2.9 b:5")
	p, half, site := []float64{2, 2.3, 2.5, 2.8, 3}, []float64{0.4, 0.6, 0.5, 0.45, 0.55}, []float64{1, 0.5, 2, 3, 0.1}
	draws := drawnHere{r, map[string][]float64{"p": p, "half": {40, 60, 50, 45, 55}}, map[string][]float64{"site technology=one": site}}
	a, b := []float64{2.2, 2.7, 2.4, math.NaN(), 2.9}, []float64{3, 1, math.NaN(), 3, 5}
	found := []float64{1.5, 1.5, 0, 1.5, math.NaN()}
	for flow, want := range []func(a, b, p, half, site float64) float64{
		func(a, b, p, half, site float64) float64 { return math.Max(a, p) * site },
		func(a, b, p, half, site float64) float64 {
			if b > 2 {
				return math.Exp(b - p)
			}
			return math.Max(a, p)
		},
		func(a, b, p, half, site float64) float64 { return a + 1 + math.Log(1+p) },
		func(a, b, p, half, site float64) float64 {
			if p > a {
				return math.Sqrt(p)
			}
			return a * a * site
		},
		func(a, b, p, half, site float64) float64 { return math.Min(site, p*half) },
	} {
		x := program.Redraw(flow)
		for row := range a {
			values, valid := x.Row(r, row, draws, len(p))
			for k := range p {
				factor := site[k]
				if row == 2 {
					factor = 1 // of the other row of the table, which is not drawn
				}
				got := math.NaN()
				if valid.Get(k) {
					got = values[k]
				}
				expected := want(a[row], b[row], p[k], half[k], found[row]*factor)
				if row == 3 && flow == 1 { // the tier that is taken reads b alone
					expected = math.Exp(3 - p[k])
				}
				if math.IsNaN(got) != math.IsNaN(expected) || math.Abs(got-expected) > 1e-14*math.Abs(expected) {
					t.Errorf("%s of row %d in draw %d: %v, want %v", program.Flows[flow].Name, row, k, got, expected)
				}
			}
		}
	}
	parameters, factors := program.Redraw(0).Symbols(r, 0)
	if len(parameters) != 1 || program.Method.Parameters[parameters[0]].Name != "p" || len(factors) != 1 || r.space.Monomials.At(factors[0]).Name != "site technology=one" {
		t.Errorf("it depends on %v and %v", parameters, factors)
	}
}

// A random formula redrawn is, to the bit but for the sign of 0, the formula over columns that hold the draws.
func TestARandomFormulaRedrawnIsThatOverColumns(t *testing.T) {
	compile := func(formula string) *Program {
		text := strings.NewReplacer("QUANTITIES\n", "      none: {unit: '1', expr: a}\n", "IMPACTS\n", fmt.Sprintf("      - {name: x, perspective: service, stage: training, amount: %q, factor: one}\n", formula)).Replace(dependenceMethod)
		schema := dependenceSchema()
		pack := parsePack(t, "factor one per 1 value 1\nfactor site per 1 value 1 by technology")
		var probs diag.List
		m := Load("m.yaml", []byte(text), &probs)
		if probs.Err() != nil {
			return nil
		}
		program := Compile(m, schema, pack, nil, &probs)
		if probs.Err() != nil {
			return nil
		}
		return program
	}
	const n = 100
	pack := parsePack(t, "factor one per 1 value 1\nfactor site per 1 value 1 by technology")
	compared := 0
	for seed := range uint64(300) {
		g := newGenerator(seed)
		g.wild = false
		formula := g.number(4)
		if regexp.MustCompile(`\b(p|q1|t)\b`).MatchString(formula) {
			continue // columns that evaluate does not give
		}
		drawn := regexp.MustCompile(`\bc\b`).ReplaceAllString(regexp.MustCompile(`\bd\b`).ReplaceAllString(formula, "bound_"), "p")
		drawn = strings.ReplaceAll(drawn, "bound_", "f")
		rows, parameters := compile(formula), compile(drawn)
		if rows == nil || parameters == nil || parameters.Flows[0].Normal {
			continue
		}
		p, f := make([]float64, n), make([]float64, n)
		var lines []string
		for k := range n {
			p[k], f[k] = float64(g.IntN(9))/2-2, g.NormFloat64()
			lines = append(lines, fmt.Sprintf("a:1.5 b:-0.25 c:%v d:%v s:one", p[k], f[k]))
		}
		over, one := rows.NewRunner(&amounts.Space{}, pack), parameters.NewRunner(&amounts.Space{}, pack)
		evaluate(t, over, lines...)
		evaluate(t, one, "a:1.5 b:-0.25 s:one")
		values, valid := parameters.Redraw(0).Row(one, 0, drawnHere{one, map[string][]float64{"p": p, "f": f}, nil}, n)
		for k := range n {
			want, _ := amount(over, 0, k)
			if valid.Get(k) != slices.Contains(over.Flow(0).Rows, int32(k)) || valid.Get(k) && values[k] != want && !sameBits(values[k], want) {
				t.Fatalf("%s at c %v, d %v: %v (%v), want %v", formula, p[k], f[k], values[k], valid.Get(k), want)
			}
		}
		compared++
	}
	if compared < 30 {
		t.Errorf("only %d formulas were compared", compared)
	}
}

// BenchmarkRedraw draws a formula without normal form anew for some rows, by columns of draws and by expr's virtual machine, value by value, in turns. Figures are
// what a draw of a row takes, medians over the turns; x is how many times quicker the columns are.
func BenchmarkRedraw(b *testing.B) {
	const draws, rows = 256, 16
	const formula = "max(a, p) * exp(-b / (1 + p)) + min(c * f, p ** 2)"
	var probs diag.List
	text := strings.NewReplacer("QUANTITIES\n", "      none: {unit: '1', expr: a}\n", "IMPACTS\n", fmt.Sprintf("      - {name: x, perspective: service, stage: training, amount: %q, factor: one}\n", formula)).Replace(dependenceMethod)
	schema := dependenceSchema()
	m := Load("m.yaml", []byte(text), &probs)
	pack := parsePack(b, "factor one per 1 value 1\nfactor site per 1 value 1 by technology")
	program := Compile(m, schema, pack, nil, &probs)
	if err := probs.Err(); err != nil {
		b.Fatal(err)
	}
	r := program.NewRunner(&amounts.Space{}, pack)
	batch := &column.Batch{Rows: rows}
	g := rand.New(rand.NewPCG(1, 2))
	values := map[string][]float64{}
	for _, name := range program.Columns() {
		c := column.Column{Floats: make([]float64, rows)}
		if name == "quality" {
			c = column.Column{Type: column.String, Codes: make([]int32, rows), Dict: &column.Dict{Values: []string{"measured"}}}
		}
		for i := range c.Floats {
			c.Floats[i] = 1 + 3*g.Float64()
		}
		values[name] = c.Floats
		batch.Columns = append(batch.Columns, c)
	}
	if err := r.Evaluate(batch); err != nil {
		b.Fatal(err)
	}
	p, f := make([]float64, draws), make([]float64, draws)
	for k := range p {
		p[k], f[k] = 2+g.Float64(), 1+g.Float64()
	}
	drawn := drawnHere{r, map[string][]float64{"p": p, "f": f}, nil}
	x := program.Redraw(0)
	env := map[string]any{"a": 0.0, "b": 0.0, "c": 0.0, "p": 0.0, "f": 0.0, "exp": math.Exp}
	compiled, err := expr.Compile(formula, expr.Env(env), expr.AsFloat64())
	if err != nil {
		b.Fatal(err)
	}
	var machine vm.VM
	theirs := func(i, k int) float64 {
		env["a"], env["b"], env["c"], env["p"], env["f"] = values["a"][i], values["b"][i], values["c"][i], p[k], f[k]
		out, err := machine.Run(compiled, env)
		if err != nil {
			b.Fatal(err)
		}
		return out.(float64)
	}
	for i := range rows {
		ours, _ := x.Row(r, i, drawn, draws)
		for k := range ours {
			if want := theirs(i, k); math.Abs(ours[k]-want) > 1e-13*math.Abs(want) {
				b.Fatalf("row %d, draw %d: %v, by the virtual machine %v", i, k, ours[k], want)
			}
		}
	}
	var byColumns, byVM []time.Duration
	for b.Loop() {
		start := time.Now()
		for i := range rows {
			x.Row(r, i, drawn, draws)
		}
		byColumns = append(byColumns, time.Since(start))
		start = time.Now()
		for i := range rows {
			for k := range draws {
				theirs(i, k)
			}
		}
		byVM = append(byVM, time.Since(start))
	}
	columns, vm := perRow(byColumns, rows*draws), perRow(byVM, rows*draws)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(columns, "ns/draw")
	b.ReportMetric(vm, "ns/draw-vm")
	b.ReportMetric(vm/columns, "x")
}
