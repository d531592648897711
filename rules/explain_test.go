package rules

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// again computes an explained formula from its parts.
func again(e *Explained) (float64, bool) {
	if len(e.Args) == 0 || !e.Has || e.Type != column.Float {
		return e.Number, e.Has
	}
	var args []float64
	for _, a := range e.Args {
		v, ok := again(a)
		if !ok {
			return 0, false
		}
		args = append(args, v)
	}
	if e.What != AnOperation {
		return args[0], true
	}
	switch e.Op {
	case vector.Add:
		return args[0] + args[1], true
	case vector.Sub:
		return args[0] - args[1], true
	case vector.Mul:
		return float64(args[0] * args[1]), true
	case vector.Div:
		return args[0] / args[1], true
	case vector.If, vector.Coalesce:
		return args[0], true
	case vector.Min:
		return math.Min(args[0], args[1]), true
	case vector.Max:
		return math.Max(args[0], args[1]), true
	}
	return e.Number, true
}

// Of random rows, what a formula is explained to be is what the run computes: to the bit where nothing is uncertain, else up to rounding. And each part is
// what its own parts come to.
func TestAnExplanationIsWhatTheRunComputes(t *testing.T) {
	for _, kind := range []string{"training_runs", "deployments", "fleet"} {
		r, b := observatoryRunner(t, kind, 200, 0.3)
		r.Start()
		if err := r.Evaluate(b); err != nil {
			t.Fatal(err)
		}
		sure, unsure := 0, 0
		for i := range r.p.flows {
			f := r.Flow(i)
			for _, row := range f.Rows {
				e := r.p.Explain(r, i, int(row))
				point := 0.0
				for k := range f.Terms {
					if term := &f.Terms[k]; term.Present.Get(int(row)) {
						point += float64(term.Coefficient[row] * r.space.Monomials.Value(term.Mono(row)))
						c := r.p.ExplainCoefficient(r, i, k, int(row))
						if c == nil {
							t.Fatalf("%s: the coefficient of row %d is not explained", r.p.Flows[i].Name, row)
						}
						if v, ok := again(c); !ok || !sameBits(v, term.Coefficient[row]) {
							t.Errorf("%s: the coefficient of row %d is %v, its parts come to %v", r.p.Flows[i].Name, row, term.Coefficient[row], v)
						}
					}
				}
				name := kind + " " + r.p.Flows[i].Name
				switch {
				case !e.Has:
					t.Fatalf("%s of row %d has no value", name, row)
				case r.p.flows[i].symbols.empty():
					if sure++; !sameBits(e.Number, point) {
						t.Errorf("%s of row %d is explained as %v, computed as %v", name, row, e.Number, point)
					}
				default:
					if unsure++; math.Abs(e.Number-point) > 1e-14*math.Abs(point) {
						t.Errorf("%s of row %d is explained as %v, computed as %v", name, row, e.Number, point)
					}
				}
				if v, ok := again(e); !ok || !sameBits(v, e.Number) {
					t.Errorf("%s of row %d: its parts come to %v, it is %v", name, row, v, e.Number)
				}
				if e.Formula == "" || e.Values == "" || e.Place.Line == 0 || e.Class != int(f.Class[row]) {
					t.Errorf("%s of row %d: %+v", name, row, e)
				}
			}
		}
		if kind == "fleet" && sure == 0 || kind != "fleet" && unsure == 0 {
			t.Errorf("%s: %d amounts are certain, %d uncertain", kind, sure, unsure)
		}
	}
}

// each visits all parts of an explanation.
func each(e *Explained, visit func(e *Explained)) {
	visit(e)
	for _, list := range [][]*Explained{e.Args, e.Test} {
		for _, a := range list {
			each(a, visit)
		}
	}
}

func TestAnExplanationNamesTiersAndPutsValuesIn(t *testing.T) {
	program, pack := dependence(t, []string{"most: max(a, p)", "reading: {unit: '1', tiers: [{class: measured, when: 'b > 2', expr: 'b * half'}, {class: defaulted, expr: most}]}"},
		[]string{"of_tiers: \"reading * site\"", "of_choice: \"b > 2 ? a : f\"", "of_either: a ?? f"})
	r := program.NewRunner(&amounts.Space{}, pack)
	evaluate(t, r, "a:2.25 b:3 s:one quality:modelled", "a:2.75 b:1 s:one quality:measured", "b:1 s:one")
	shown := func(flow, row int) string {
		var out []string
		each(program.Explain(r, flow, row), func(e *Explained) {
			switch e.What {
			case AQuantity:
				out = append(out, fmt.Sprintf("%s = %s = %s = %v by tier %d of %d, class %d", e.Name, e.Formula, e.Values, e.Number, e.Tier, e.Tiers, e.Class))
			case WholeFormula:
				out = append(out, fmt.Sprintf("%s = %s", e.Formula, e.Values))
			case AColumn:
				out = append(out, fmt.Sprintf("column %s %v class %d", e.Name, e.Number, e.Class))
			case AParameter:
				out = append(out, fmt.Sprintf("parameter %s %v %s from %s", e.Name, e.Number, e.Unit, e.Parameter.Source))
			case ALookup:
				out = append(out, fmt.Sprintf("lookup %s of %s %v", e.Name, e.Factor, e.Number))
			}
		})
		return strings.Join(out, "\n")
	}
	for _, tc := range []struct {
		flow, row int
		want      string
	}{
		{0, 0, `reading * site = 1.5 * 1.5
reading = b * half = 3 * 50 % = 1.5 by tier 1 of 2, class 2
column b 3 class 2
parameter half 50 % from made up
lookup site of site 1.5`},
		{0, 1, `reading * site = 2.75 * 1.5
reading = most = 2.75 = 2.75 by tier 2 of 2, class 3
most = max(a, p) = max(2.75, 2.5) = 2.75 by tier 1 of 1, class 2
column a 2.75 class 0
parameter p 2.5 1 from made up
lookup site of site 1.5`},
		{1, 0, `2 < b ? a : f = 2 < 3 ? 2.25 : 1.5
column a 2.25 class 2
column b 3 class 2`},
		{1, 1, `2 < b ? a : f = 2 < 1 ? 2.75 : 1.5
parameter f 1.5 1 from made up
column b 1 class 0`},
		{2, 2, `a ?? f = nil ?? 1.5
parameter f 1.5 1 from made up
column a 0 class -1`},
	} {
		if got := shown(tc.flow, tc.row); got != tc.want {
			t.Errorf("flow %d of row %d is explained as\n%s\nwant\n%s", tc.flow, tc.row, got, tc.want)
		}
	}
}
