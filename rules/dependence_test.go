package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// dependenceMethod has two parameters with a distribution and one without; QUANTITIES and IMPACTS are put in.
const dependenceMethod = `method: example
version: "1"
status: draft
date: "2025-01-01"
title: What amounts depend on
categories: [climate_change]
classes: {row: quality}
parameters:
  p: {value: 2.5, unit: "1", distribution: "uniform(2, 3)", source: made up}
  half: {value: 50, unit: "%", distribution: "uniform(40, 60)", source: made up}
  f: {value: 1.5, unit: "1", distribution: fixed, class: defaulted, source: made up}
  work: {value: 2000, unit: Wh, distribution: "uniform(1000, 3000)", source: made up}
  bound: {value: 1.5, unit: kWh, distribution: "uniform(1, 2)", source: made up}
kinds:
  rows:
    lookups:
      site: {factor: site, technology: s}
    quantities:
QUANTITIES
    impacts:
IMPACTS
`

// dependenceSchema is the oracle's with a column of quality, and without the name of a parameter.
func dependenceSchema() *Schema {
	schema := oracleSchema()
	schema.Fields[6].Name = "p1"
	schema.Fields = append(schema.Fields, schema.Fields[4])
	schema.Fields[len(schema.Fields)-1].Name = "quality"
	schema.Year = "d"
	return schema
}

// dependence compiles quantities ("name: formula", of numbers) and impacts ("name: formula", or a flow map's inside).
func dependence(t *testing.T, quantities, impacts []string) (*Program, fakePack) {
	t.Helper()
	var q, i strings.Builder
	for _, line := range quantities {
		name, rest, _ := strings.Cut(line, ": ")
		if !strings.HasPrefix(rest, "{") {
			rest = fmt.Sprintf("{unit: '1', expr: '%s'}", rest)
		}
		fmt.Fprintf(&q, "      %s: %s\n", name, rest)
	}
	for _, line := range impacts {
		name, rest, _ := strings.Cut(line, ": ")
		fmt.Fprintf(&i, "      - {name: %s, perspective: service, stage: training, amount: %s, factor: one}\n", name, rest)
	}
	schema := dependenceSchema()
	pack := parsePack(t, "factor one per 1 value 1\nfactor site per 1 value 1 by technology\nsite technology=one = 1.5 measured\nsite technology=two = 0 measured")
	var probs diag.List
	text := strings.NewReplacer("QUANTITIES\n", q.String(), "IMPACTS\n", i.String()).Replace(dependenceMethod)
	m := Load("m.yaml", []byte(text), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	program := Compile(m, schema, pack, nil, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return program, pack
}

// evaluate runs rows given as "a:1 s:one".
func evaluate(t *testing.T, r *Runner, rows ...string) {
	t.Helper()
	words := []string{"one", "two", "measured", "modelled"}
	b := &column.Batch{Rows: len(rows)}
	for _, name := range r.p.Columns() {
		text := name == "s" || name == "quality"
		c := column.Column{Valid: column.NewBitmap(len(rows)), Floats: make([]float64, len(rows))}
		if text {
			c = column.Column{Type: column.String, Valid: c.Valid, Codes: make([]int32, len(rows)), Dict: &column.Dict{Values: words}}
		}
		for i, row := range rows {
			for _, cell := range strings.Fields(row) {
				key, value, _ := strings.Cut(cell, ":")
				if key != name {
					continue
				}
				c.Valid.Set(i)
				if text {
					c.Codes[i] = int32(slices.Index(words, value))
				} else if _, err := fmt.Sscan(value, &c.Floats[i]); err != nil {
					t.Fatal(err)
				}
			}
		}
		b.Columns = append(b.Columns, c)
	}
	if err := r.Evaluate(b); err != nil {
		t.Fatal(err)
	}
}

// amount is a flow's amount in a row at point values, and what it is multiplied by.
func amount(r *Runner, flow, row int) (float64, string) {
	if !slices.Contains(r.Flow(flow).Rows, int32(row)) {
		return math.NaN(), "missing"
	}
	sum, powers := 0.0, []string(nil)
	for _, term := range r.Flow(flow).Terms {
		if !term.Present.Get(row) {
			continue
		}
		sum += float64(term.Coefficient[row] * r.space.Monomials.Value(term.Mono(int32(row))))
		for _, p := range r.space.Monomials.Powers(term.Mono(int32(row))) {
			powers = append(powers, fmt.Sprintf("%s^%d", r.space.Monomials.At(p.Symbol).Name, p.Exponent))
		}
	}
	return sum, strings.Join(powers, " ")
}

// A quantity that is written into a formula brings its conversions along, which its text does not show: what reads alike is not always one symbol.
func TestDerivedSymbolsOfOneTextAreTwo(t *testing.T) {
	program, pack := dependence(t, []string{"kilo: {unit: kWh, expr: work}", "share: {unit: '1', expr: half}"}, []string{
		`low: "min(kilo, bound) / q(1, \"kWh\")"`, `high: "min(work, bound) / q(1, \"kWh\")"`, `first: "max(half, 0.75)"`, `second: "max(share, 0.75)"`})
	r := program.NewRunner(&amounts.Space{}, pack)
	evaluate(t, r, "a:1")
	for flow, want := range []float64{1.5, 1.5, 0.75, 0.75} { // 1.5 kWh is less than 2000 Wh, 75 % more than 50 %
		if got, powers := amount(r, flow, 0); got != want {
			t.Errorf("%s is %v by %s, want %v", program.Flows[flow].Name, got, powers, want)
		}
	}
	for _, d := range program.derived {
		var draws [][]float64
		for _, p := range d.Parameters {
			draws = append(draws, []float64{program.Method.Parameters[p].Value})
		}
		if got := d.Values(draws)[0]; got != d.Value {
			t.Errorf("%s is %v, drawn %v", d.Name, d.Value, got)
		}
	}
}

func TestAMarkStandsOnceAndIsNotDividedAway(t *testing.T) {
	program, pack := dependence(t, []string{"u1: exp(a * p)", "u2: ln(b + a * p)", "w1: max(site, a)", "w2: max(site, b)"}, []string{"over: u1 / u2", "times: u1 * u2", "sites: w1 / w2"})
	r := program.NewRunner(&amounts.Space{}, pack)
	evaluate(t, r, "a:1 b:3 s:one")
	for flow, want := range []string{"within parameter p^1", "within parameter p^1", "within site technology=one^1"} {
		if _, got := amount(r, flow, 0); got != want {
			t.Errorf("%s: %s, want %s", program.Flows[flow].Name, got, want)
		}
	}
}

// What is divided by zero is no number, whether or not what is divided has it as a factor.
func TestQuantitiesDoNotCancel(t *testing.T) {
	program, pack := dependence(t, []string{"u: a * p", "v: a"}, []string{"uncertain: b * u / u", "certain: b * v / v"})
	r := program.NewRunner(&amounts.Space{}, pack)
	evaluate(t, r, "a:0 b:3", "a:2 b:3")
	for flow := range program.Flows {
		zero, _ := amount(r, flow, 0)
		if two, powers := amount(r, flow, 1); !math.IsNaN(zero) || two != 3 || powers != "" {
			t.Errorf("%s: %v and %v %s, want NaN and 3", program.Flows[flow].Name, zero, two, powers)
		}
	}
}

// A class is that of what the row itself used: not of a branch that no condition chose, nor of what a batch before left behind.
func TestAConditionWithoutAValueGradesNothing(t *testing.T) {
	program, pack := dependence(t, []string{"qq: {unit: '1', tiers: [{expr: a, class: modelled}]}"}, []string{
		"behind: '(qq > 3 or b > 1) ? c : d'", "inside: '((a > 1 ? b > 2 : b > f) or d > 1) ? c : c'"})
	const row = "b:2 c:5 d:6 quality:measured"
	alone, after := program.NewRunner(&amounts.Space{}, pack), program.NewRunner(&amounts.Space{}, pack)
	evaluate(t, alone, row)
	evaluate(t, after, "a:9 b:2 c:5 d:6")
	evaluate(t, after, row)
	for flow := range program.Flows {
		if a, b := alone.Flow(flow).Class[0], after.Flow(flow).Class[0]; a != 0 || b != 0 {
			t.Errorf("%s: class %s, after another batch %s, want measured", program.Flows[flow].Name, className(a), className(b))
		}
	}
}

func TestDerivativesWhereAFactorIsZero(t *testing.T) {
	program, pack := dependence(t, []string{"none: 0 * a"}, []string{"root: sqrt(a * p)", `power: "pow(a, p)"`, "hold: exp(a * f)", "plain: a * p"})
	r := program.NewRunner(&amounts.Space{}, pack)
	evaluate(t, r, "a:0", "a:2")
	for flow, want := range [][2]float64{
		{0, 2 / (2 * math.Sqrt(5))},
		{0, math.Log(2) * math.Pow(2, 2.5)},
		{0, 2 * math.Exp(3)}, // by f, which the coefficient holds
	} {
		got := r.Derivatives(flow)
		if len(got) != 1 || got[0].Values[0] != want[0] || math.Abs(got[0].Values[1]-want[1]) > 1e-12 {
			t.Errorf("%s: %+v, want %v", program.Flows[flow].Name, got, want)
		}
	}
	if got := r.Derivatives(3); got != nil || !program.Flows[3].Normal {
		t.Errorf("plain: %+v", got)
	}
}

// What a flow is said to be chosen by and to hold is what a draw or another value of a parameter cannot change without a scan.
func TestAFlowTellsWhatItIsChosenByAndHolds(t *testing.T) {
	program, _ := dependence(t, []string{
		"tiered: {unit: '1', tiers: [{when: a > f, expr: b}, {when: b > p, expr: a}]}", "above: a > f ? a * p : b * p"}, []string{
		"plain: a * p * f", "held: exp(a * f)", "derived: exp(f) * a", "chosen: tiered", "case: above", "fixed: above * f",
		"presence: 'p * a == nil ? b : p * a'", "either: p * a ?? b"})
	for i, want := range []string{"plain true [] []", "held true [f] []", "derived true [] []", "chosen true [f] [tiered]", "case true [f] []", "fixed true [f] []",
		"presence true [] []", "either true [] []"} {
		rule := program.Flows[i]
		if got := fmt.Sprintf("%s %t %v %v", rule.Name, rule.Normal, rule.Held, rule.AtPoints); got != want {
			t.Errorf("got %s (%s), want %s", got, rule.Why, want)
		}
	}
}
