package study

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// erringMethod has rows whose errors are their own, of the energy and of a part of it that is multiplied by a parameter of its own, and no other uncertainty to speak of.
const erringMethod = `method: erring
version: "1"
status: draft
date: "2026-01-01"
title: Errors of rows
categories: [climate_change]
classes: {row: quality}
parameters:
  k: {value: 1, unit: "1", distribution: "uniform(0.9999, 1.0001)", source: made up}
uncertainty:
  inventory:
    shared_by: source
    classes:
      measured: {gsd2: 1.5, shared: 0, source: made up}
      reported: {gsd2: 1.5, shared: 0, source: made up}
      modelled: {gsd2: 1.5, shared: 0, source: made up}
      defaulted: {gsd2: 1.5, shared: 0, source: made up}
factors:
  electricity: {fallbacks: [{nearest_year: 20}]}
kinds:
  deployments:
    impacts:
      - {name: energy, perspective: service, stage: inference, category: final_energy, value: energy}
      - {name: beside, perspective: service, stage: inference, category: final_energy, value: energy * k}
      - {name: electricity, perspective: service, stage: inference, amount: energy, factor: electricity, region: region}
    functional_units:
      - {name: request, unit: request, count: requests, class: [scope]}
`

// variations are the coefficients of variation of a category's total, by what results are grouped by.
func variations(t *testing.T, rows []logRow, category string, what string, groups ...string) []float64 {
	t.Helper()
	var out []float64
	for _, by := range groups {
		s := withMethod(t, studyOfLog(t, "draws: 4000\n"+what, logFiles(t, logColumns(rows), rows, 2, 50)...), erringMethod)
		s.GroupBy = []string{by}
		out = append(out, *totalOf(t, readRows[lca.Interval](t, ran(t, s, Options{}), "intervals.parquet"), category).CV)
	}
	return out
}

// The spread of a total is that of its rows' errors, one by one, whatever results are grouped by: of rows that are drawn by themselves, of those that stand in the sum of
// squares, of rows that two cells have in common, and of rows in cells that have none in common.
func TestTheSpreadOfATotalIsThatOfItsRows(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws for long what package montecarlo draws under the race detector itself")
	}
	r := rand.New(rand.NewPCG(1, 5))
	regions := []string{"FRA", "DEU", "SWE", "USA", "POL"}
	var rows []logRow
	squares, sum := 0.0, 0.0
	for i := range 100 {
		energy := 500 + 1000*r.Float64()
		if i%10 == 0 {
			energy = 1000 // some are alike
		}
		row := serving(i, "one report", "modelled", energy)
		row["region"] = regions[i%len(regions)]
		rows = append(rows, row)
		squares, sum = squares+energy*energy, sum+energy
	}
	sigma2 := math.Pow(math.Log(1.5)/2, 2)
	row := math.Sqrt(math.Exp(sigma2) - 1)
	for i, cv := range variations(t, rows, "final_energy", "", "item", "region", "model") {
		if want := row * math.Sqrt(squares) / sum; !(math.Abs(cv/want-1) < 0.05) {
			t.Errorf("grouping %d: final energy varies by %v, want %v", i, cv, want)
		}
	}
	// Of climate change each row counts by its region's factor, which is drawn, too: whatever that comes to, it is the same for each grouping.
	of := variations(t, rows, "climate_change", "", "item", "region", "model")
	for i, cv := range of {
		if !(math.Abs(cv/of[0]-1) < 0.05) {
			t.Errorf("grouping %d: climate change varies by %v, by item %v", i, cv, of[0])
		}
	}
}

// Rows of two years are two rows, though each is the largest of its year: which of two years has more energy for each request is as uncertain as their errors.
func TestRowsOfTwoYearsErrByThemselves(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws for long what package montecarlo draws under the race detector itself")
	}
	rows := []logRow{serving(1, "one report", "modelled", 1000), serving(2, "one report", "modelled", 1020)}
	rows[1]["year"] = 2024.0
	sigma := math.Log(1.5) / 2
	want := 0.5 * math.Erfc(-math.Log(1.02)/(sigma*math.Sqrt2)/math.Sqrt2)
	for _, by := range []string{"item", "model"} {
		s := withMethod(t, studyOfLog(t, "draws: 4000\n", logFiles(t, logColumns(rows), rows, 1, 50)...), erringMethod)
		s.GroupBy = []string{by}
		met := false
		for _, x := range readRows[lca.Ranking](t, ran(t, s, Options{}), "rankings.parquet") {
			if x.Category == "final_energy" && x.Below != nil {
				met = true
				if !(math.Abs(*x.Below-want) < 0.04) {
					t.Errorf("by %s: the year of more energy has more with a probability of %v, want %v: %s", by, *x.Below, want, fmt.Sprintf("%+v", x))
				}
			}
		}
		if !met {
			t.Errorf("by %s: no two years are ranked", by)
		}
	}
}

// Rows that state a score for each indicator of the pedigree matrix err by these: the basic variance and that of each score. One that leaves a score out errs by its class.
func TestRowsErrByTheirPedigree(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws for long what package montecarlo draws under the race detector itself")
	}
	method := strings.Replace(erringMethod, "    classes:\n", "    pedigree: {basic: 0.02, shared: 0.5, source: made up}\n    classes:\n", 1)
	variance := 0.02
	for i, score := range []int{4, 5, 2, 3, 4} { // reliability, completeness, temporal, geographical, technological
		variance += factors.Pedigree()[5*i+score-1].Variance
	}
	row := serving(1, "one report", "modelled", 1000)
	row["dq_precision"], row["dq_completeness"], row["dq_temporal"], row["dq_geographical"], row["dq_technological"] = 4.0, 5.0, 2.0, 3.0, 4.0
	without := maps.Clone(row)
	delete(without, "dq_temporal")
	for _, c := range []struct {
		row  logRow
		want float64
	}{{row, variance}, {without, math.Pow(math.Log(1.5)/2, 2)}} {
		s := withMethod(t, studyOfLog(t, "draws: 20000\nsampling: latin_hypercube\n", logFiles(t, logColumns([]logRow{row}), []logRow{c.row}, 1, 1)...), method)
		cv := *totalOf(t, readRows[lca.Interval](t, ran(t, s, Options{}), "intervals.parquet"), "final_energy").CV
		if want := math.Sqrt(math.Exp(c.want) - 1); !(math.Abs(cv/want-1) < 0.03) {
			t.Errorf("the total varies by %v, want %v", cv, want)
		}
	}
}

// What a formula ties together is named as such, in an order that names give, and not by one of its names alone.
func TestWhatIsTiedTogetherBearsAllNames(t *testing.T) {
	for want, members := range map[string][]string{"a": {"a"}, "a, b, together": {"b", "a"}, "a, b, c, d, e, together": {"e", "d", "c", "b", "a"}, "a, b, c, d and 2 more, together": {"f", "e", "d", "c", "b", "a"}} {
		if got := together(members); got != want {
			t.Errorf("%q are called %q, want %q", members, got, want)
		}
	}
	const method = `method: tied
version: "1"
status: draft
date: "2026-01-01"
title: A quotient of sums
categories: [climate_change]
parameters:
  a: {value: 1, unit: "1", distribution: "lognormal(1, 1.02)", source: made up}
  b: {value: 1, unit: "1", distribution: "lognormal(1, 4)", source: made up}
  c: {value: 2, unit: "1", distribution: "uniform(1, 3)", source: made up}
kinds:
  deployments:
    impacts:
      - {name: energy, perspective: service, stage: inference, category: final_energy, value: energy * c * (a + 2 * b) / (2 * a + b)}
`
	rows := []logRow{serving(1, "a", "measured", 1000)}
	s := withMethod(t, studyOfLog(t, "draws: 1000\n", logFiles(t, logColumns(rows), rows, 1, 1)...), method)
	var probs diag.List
	x, err := s.Sensitivity(context.Background(), Options{}, SensitivityOptions{}, &probs)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Sensitive{}
	for _, q := range x.Quantities {
		got[q.Quantity] = q
	}
	// c alone has a low and a high, 1.1 and 2.9 of 2; both of the others one per cent larger change nothing
	if c := got["c"]; !(math.Abs(c.Low/x.Total.Value-1.1/2) < 1e-9) || !(math.Abs(c.High/x.Total.Value-2.9/2) < 1e-9) || !(math.Abs(c.Elasticity-1) < 1e-6) {
		t.Errorf("c: %+v of %v", c, x.Total.Value)
	}
	if both, ok := got["a, b, together"]; !ok || !math.IsNaN(both.Low) || !(math.Abs(both.Elasticity) < 1e-6) || both.First < 0.3 {
		t.Errorf("a and b: %+v among %v", both, x.Quantities)
	}
}
