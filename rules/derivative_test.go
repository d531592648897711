package rules

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/expr-lang/expr/parser"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// slopeOf is the derivative of a flow's amount in a row with respect to a symbol, from its terms or, where these are no normal form, by the rules
// of calculus.
func slopeOf(r *Runner, flow, row int, name string, parameter int) float64 {
	symbolOf := func(mono int32) (id int32, s amounts.Symbol) {
		p := r.space.Monomials.Powers(mono)
		return p[0].Symbol, r.space.Monomials.At(p[0].Symbol)
	}
	slope := 0.0
	if !r.p.Flows[flow].Normal {
		for _, d := range r.Derivatives(flow) {
			switch {
			case !d.Valid.Get(row):
			case d.Parameter >= 0 && d.Parameter == parameter:
				slope += d.Values[row]
			case d.Parameter < 0 && d.Symbols[row] != amounts.One:
				if _, s := symbolOf(d.Symbols[row]); s.Name == name {
					slope += d.Values[row]
				}
			}
		}
		return slope
	}
	for _, t := range r.Flow(flow).Terms {
		if !t.Present.Get(row) {
			continue
		}
		for _, p := range r.space.Monomials.Powers(t.Mono(int32(row))) {
			s := r.space.Monomials.At(p.Symbol)
			by := r.space.Monomials.Derivative(t.Mono(int32(row)), p.Symbol)
			if d, ok := s.Ref.(*Derived); ok && parameter >= 0 {
				for _, have := range d.Parameters {
					if have == parameter {
						slope += t.Coefficient[row] * by * d.Derivative(parameter)
					}
				}
			} else if s.Name == name {
				slope += t.Coefficient[row] * by
			}
		}
	}
	return slope
}

// The derivative is the limit of the differences that the plain formula gives when a parameter or a factor's value is moved a little.
func TestDerivativesAreTheLimitOfDifferences(t *testing.T) {
	const formulas = 1000
	g := &generator{Rand: rand.New(rand.NewPCG(9, 9)), missing: true}
	schema := oracleSchema()
	schema.Fields[6].Name = "p1"
	schema.Year = "d"
	pack := parsePack(t, "factor one per 1 value 1\nfactor lookup per 1 value 1 by technology\nlookup technology=one = 1.5 measured\nlookup technology=two = 0.3 measured")
	trees := map[string]*parser.Tree{}
	compared, kinks, moved := map[bool]int{}, 0, map[bool]int{}
	for f := range formulas {
		text := g.uncertainNumber(1 + f%4)
		var probs diag.List
		m := Load("m.yaml", []byte(strings.Replace(normalMethod, "FORMULA", text, 1)), &probs)
		program := Compile(m, schema, pack, nil, &probs)
		if err := probs.Err(); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		normal := program.Flows[0].Normal
		if !program.Derivable(0) {
			t.Fatalf("%s: not derivable", text)
		}
		const n = 20
		all := g.rowsOf(n, []string{"one", "two", "three"})
		tame(all)
		r := program.NewRunner(&amounts.Space{}, pack)
		b := &column.Batch{Rows: n}
		for _, name := range program.Columns() {
			for i, field := range schema.Fields {
				if field.Name == name {
					b.Columns = append(b.Columns, all[i])
				}
			}
		}
		if err := r.Evaluate(b); err != nil {
			t.Fatal(err)
		}
		for _, i := range r.Flow(0).Rows {
			row := rowOf(schema, all, int(i))
			for _, by := range []struct {
				name, symbol string
				parameter    int
			}{{"p", "parameter p", 0}, {"r", "parameter r", 1}, {"l", "lookup technology=one", -1}} {
				at := map[string]float64{"p": 2.5, "r": 0.75, "one": 1.5, "two": 0.3}
				value := func(step float64) float64 {
					moved := map[string]float64{"p": at["p"], "r": at["r"], "one": at["one"], "two": at["two"]}
					name := by.name
					if name == "l" {
						name = "one"
					}
					moved[name] *= 1 + step
					v, _ := byHand(t, trees, text, row, moved).(float64)
					return v / at[name]
				}
				// A difference to each side: where they disagree there is a kink, or digits are lost.
				const h = 1e-6
				up, down := (value(h)-value(0))/h, (value(0)-value(-h))/h
				want := (up + down) / 2
				if math.IsNaN(want) || math.IsInf(want, 0) || math.Abs(up-down) > 1e-3*(math.Abs(up)+math.Abs(down))+1e-6*math.Abs(value(0)) {
					kinks++
					continue
				}
				got := slopeOf(r, 0, int(i), by.symbol, by.parameter)
				compared[normal]++
				if want != 0 {
					moved[normal]++
				}
				if math.Abs(got-want) > 2e-3*(math.Abs(got)+math.Abs(want))+1e-6*math.Abs(value(0))+1e-8 {
					t.Fatalf("%s by %s (normal form: %t)\nrow %v\nderivative %v, by differences %v and %v", text, by.name, normal, row, got, up, down)
				}
			}
		}
	}
	t.Logf("%d derivatives of normal forms and %d others compared, of which %d and %d are not 0; %d at a kink or beyond the digits", compared[true], compared[false], moved[true], moved[false], kinks)
	if moved[true] < 1000 || moved[false] < 1000 || kinks > (compared[true]+compared[false])/10 {
		t.Error("the formulas do not try enough")
	}
}

// byHand computes a formula of normalMethod for one row, its symbols at given values.
func byHand(t *testing.T, trees map[string]*parser.Tree, text string, columns map[string]value, at map[string]float64) value {
	t.Helper()
	row := map[string]value{"p": at["p"], "r": at["r"], "f": 1.5}
	for k, v := range columns {
		row[k] = v
	}
	eval := func(text string) value {
		tree := trees[text]
		if tree == nil {
			var err error
			if tree, err = parser.Parse(text); err != nil {
				t.Fatal(err)
			}
			trees[text] = tree
		}
		return (&interpreter{row: row}).eval(tree.Node)
	}
	switch row["s"] {
	case "one", "two":
		row["l"] = at[row["s"].(string)]
	}
	row["v"] = eval("sqrt(p) / (r + 1)")
	if row["u"] = eval("a * p + b"); row["u"] == nil {
		row["u"] = eval("c / r")
	}
	if row["p1"] == true {
		row["w"] = eval("c * l")
	}
	if row["w"] == nil {
		row["w"] = eval("d / p")
	}
	return eval(text)
}
