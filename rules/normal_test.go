package rules

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/expr-lang/expr/parser"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
)

const normalMethod = `method: example
version: "1"
status: draft
date: "2025-01-01"
title: Normal forms
categories: [climate_change]
parameters:
  p: {value: 2.5, unit: "1", distribution: "uniform(2, 3)", source: made up}
  r: {value: 0.75, unit: "1", distribution: "uniform(0.5, 1)", source: made up}
  f: {value: 1.5, unit: "1", distribution: fixed, source: made up}
kinds:
  rows:
    lookups:
      l: {factor: lookup, technology: s}
    quantities:
      u: {unit: "1", tiers: [{expr: a * p + b}, {expr: c / r}]}
      w: {unit: "1", tiers: [{when: p1, expr: c * l}, {expr: d / p}]}
      v: {unit: "1", expr: sqrt(p) / (r + 1)}
    impacts:
      - {name: tested, perspective: service, stage: training, amount: "FORMULA", factor: one}
`

// uncertainNumber writes a formula over columns, parameters, a lookup and quantities.
func (g *generator) uncertainNumber(depth int) string {
	if depth <= 0 {
		return g.pick("a", "b", "c", "p", "r", "l", "u", "w", "2.0", "p", "u", "f", "v")
	}
	x, y := g.uncertainNumber(depth-1), g.uncertainNumber(depth-1)
	switch g.IntN(17) {
	case 0, 1:
		return "(" + x + " + " + y + ")"
	case 2:
		return "(" + x + " - " + y + ")"
	case 3, 4, 5, 6:
		return "(" + x + " * " + y + ")"
	case 7, 8:
		return "(" + x + " / " + y + ")"
	case 9:
		return "(-" + x + ")"
	case 10:
		return g.pick("min", "max") + "(" + x + ", " + y + ")"
	case 11:
		return "(" + x + " ?? " + y + ")"
	case 12:
		return "(p1 ? " + x + " : " + y + ")"
	case 13:
		return "(" + g.pick("a", "b * f", "2.5") + g.pick(" < ", " >= ") + g.pick("c", "f", "d") + " ? " + x + " : " + y + ")"
	case 14:
		return "sqrt(p + " + g.pick("r", "p * r", "f") + ")"
	case 15:
		return g.pick("max", "min") + "(f * " + g.pick("a", "b", "2.0") + ", " + g.pick("c", "f", "d") + ")"
	}
	return g.uncertainNumber(0)
}

// A normal form is another way to write the same number: at the values of parameters and factors its terms add up to what the formula
// says, and it has a value in the same rows.
func TestNormalFormsAddUpToTheFormula(t *testing.T) {
	const formulas = 1500
	g := &generator{Rand: rand.New(rand.NewPCG(5, 6)), missing: true}
	schema := oracleSchema()
	schema.Fields[6].Name = "p1"
	schema.Year = "d"
	pack := parsePack(t, "factor one per 1 value 1\nfactor lookup per 1 value 1 by technology\nlookup technology=one = 1.5 measured\nlookup technology=two = 0.3 measured")
	trees := map[string]*parser.Tree{}
	normal, several, compared, refused := 0, 0, 0, map[string]bool{}
	for f := range formulas {
		text := g.uncertainNumber(1 + f%4)
		var probs diag.List
		m := Load("m.yaml", []byte(strings.Replace(normalMethod, "FORMULA", text, 1)), &probs)
		program := Compile(m, schema, pack, nil, &probs)
		if err := probs.Err(); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		rule := program.Flows[0]
		if rule.Normal {
			normal++
		} else {
			refused[rule.Why] = true
		}
		n := oracleSizes[f%len(oracleSizes)]
		all := g.rowsOf(n, []string{"one", "two", "three"})
		tame(all)
		space := &amounts.Space{}
		r := program.NewRunner(space, pack)
		for range 2 {
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
		}
		flow := r.Flow(0)
		if len(flow.Terms) > 1 {
			several++
		}
		next := 0
		for i := range n {
			row := rowOf(schema, all, i)
			has := next < len(flow.Rows) && flow.Rows[next] == int32(i)
			if has {
				next++
			}
			want := byHand(t, trees, text, row, map[string]float64{"p": 2.5, "r": 0.75, "one": 1.5, "two": 0.3})
			if has != (want != nil) {
				t.Fatalf("%s\nrow %v\nhas a value: %t, plainly %v", text, row, has, want)
			}
			if !has {
				continue
			}
			got, size := total(space, flow.Terms, i)
			plain := want.(float64)
			if math.IsInf(plain, 0) || math.IsNaN(plain) || math.IsInf(size, 0) || math.IsNaN(size) {
				continue // a division by zero on the way, which cancelling may take away
			}
			compared++
			if math.Abs(got-plain) > 1e-9*max(size, math.Abs(plain))+1e-11 { // quantities are rounded another way than plainly
				t.Fatalf("%s\nrow %v\nterms add up to %v, plainly %v", text, row, got, plain)
			}
		}
	}
	t.Logf("%d of %d formulas have a normal form, %d of several terms; %d rows compared; reasons against it: %d", normal, formulas, several, compared, len(refused))
	if normal < formulas/4 || several < 100 || len(refused) < 5 {
		t.Error("the formulas do not try enough")
	}
}

// tame keeps numbers where sums do not lose all their digits.
func tame(columns []column.Column) {
	for _, c := range columns[:4] {
		for i, x := range c.Floats {
			if math.Abs(x) > 1e3 || x != 0 && math.Abs(x) < 1e-3 {
				c.Floats[i] = 7
			}
			if !c.Valid.Get(i) {
				c.Floats[i] = 0
			}
		}
	}
}

// total adds a row's terms at the values of their symbols; size adds their absolute values.
func total(space *amounts.Space, terms []engine.Term, row int) (sum, size float64) {
	for _, term := range terms {
		if term.Present.Get(row) {
			x := term.Coefficient[row] * space.Monomials.Value(term.Mono(int32(row)))
			sum += x
			size += math.Abs(x)
		}
	}
	return sum, size
}

func TestPowersOfASumExpandOnlyWhileTheyAreFew(t *testing.T) {
	pack := parsePack(t, "factor one per 1 value 1\nfactor lookup per 1 value 1 by technology")
	schema := oracleSchema()
	schema.Fields[6].Name, schema.Year = "p1", "d"
	for exponent, want := range map[int]string{2: "", 5: "", 6: "it expands to more than 32 terms", 9: "it expands to more than 32 terms"} {
		for _, base := range []string{"u", "(a * p + b)"} {
			var probs diag.List
			m := Load("m.yaml", []byte(strings.Replace(normalMethod, "FORMULA", fmt.Sprintf("%s ** %d", base, exponent), 1)), &probs)
			program := Compile(m, schema, pack, nil, &probs)
			if err := probs.Err(); err != nil {
				t.Fatal(err)
			}
			if got := program.Flows[0].Why; got != want {
				t.Errorf("%s ** %d: %q, want %q", base, exponent, got, want)
			}
		}
	}
}
