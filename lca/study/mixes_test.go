package study

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/draws"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/lca/montecarlo"
)

// sourcesMethod is erringMethod with half of each error's variance common to all rows of a source.
var sourcesMethod = strings.ReplaceAll(erringMethod, "shared: 0,", "shared: 0.5,")

// manySources are rows of thirty sources, in five regions, of several qualities; some are alike.
func manySources(n int) (rows []logRow) {
	r := rand.New(rand.NewPCG(2, 9))
	for i := range n {
		energy := 500 + 1000*r.Float64()
		if i%10 == 0 {
			energy = 1000
		}
		row := serving(i, fmt.Sprintf("report %d", r.IntN(30)), []string{"modelled", "reported"}[r.IntN(2)], energy)
		row["region"] = []string{"FRA", "DEU", "SWE", "USA", "POL"}[i%5]
		rows = append(rows, row)
	}
	return rows
}

// A sum over rows of many sources varies by what rows of a source have in common, and by what each has of its own: of a row's amount a, the error E that all rows of a source and quality share and its own e, both
// lognormal about 1 with half the variance s² of the logarithm each,
//
//	Var Σ a E e = Σ over sources of exp(s²) (exp(s²/2) (A² - Q) + exp(s²) Q) - exp(s²) A², A = Σ a and Q = Σ a² of its rows,
//
// and the mean is exp(s²/2) Σ a. So do totals, and parts by region, whatever results are grouped by.
func TestSumsOverManySources(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws for long what package montecarlo draws under the race detector itself")
	}
	rows := manySources(400)
	s2 := math.Pow(math.Log(1.5)/2, 2)
	want := func(region string) float64 {
		sums, squares, all := map[string]float64{}, map[string]float64{}, 0.0
		for _, row := range rows {
			if region == "" || row["region"] == region {
				k, a := row["source"].(string)+row["quality"].(string), row["energy"].(float64)
				sums[k], squares[k], all = sums[k]+a, squares[k]+a*a, all+a
			}
		}
		variance := 0.0
		for k, a := range sums {
			variance += math.Exp(s2)*(math.Exp(s2/2)*(a*a-squares[k])+math.Exp(s2)*squares[k]) - math.Exp(s2)*a*a
		}
		return math.Sqrt(variance) / (math.Exp(s2/2) * all)
	}
	for _, by := range []string{"item", "region", "model"} {
		s := withMethod(t, studyOfLog(t, "draws: 4000\n", logFiles(t, logColumns(rows), rows, 2, 50)...), sourcesMethod)
		s.GroupBy = []string{by}
		met := 0
		for _, x := range readRows[lca.Interval](t, ran(t, s, Options{}), "intervals.parquet") {
			if x.Category != "final_energy" || x.Accounting != "location" || x.By != "total" && x.By != "region" {
				continue
			}
			met++
			// The rule that k multiplies states the energy once more, which varies alike.
			if want := want(x.Name); !(math.Abs(*x.CV/want-1) < 0.06) {
				t.Errorf("grouped by %s, %s %s varies by %v, want %v", by, x.By, x.Name, *x.CV, want)
			}
		}
		if want := map[string]int{"item": 1, "region": 6, "model": 1}[by]; met != want {
			t.Errorf("grouped by %s there are %d figures, want %d", by, met, want)
		}
	}
}

// anyMethod has rules with negative amounts, credits, options, none of a normal form, and quality classes whose errors rows of a source share in part, all or not at all.
const anyMethod = `method: any
version: "1"
status: draft
date: "2026-01-01"
title: Errors of rows
categories: [climate_change]
classes: {row: quality}
parameters:
  k: {value: 1, unit: "1", distribution: "uniform(0.8, 1.2)", source: made up}
  idle: {value: 0.3, unit: kW, distribution: "uniform(0.2, 0.4)", source: made up}
uncertainty:
  inventory:
    shared_by: source
    classes:
      measured: {gsd2: 1.5, shared: 0.5, source: made up}
      reported: {gsd2: 1.7, shared: 1, source: made up}
      modelled: {gsd2: 2.5, shared: 0.3, source: made up}
      defaulted: {gsd2: 3.5, shared: 0, source: made up}
factors:
  electricity: {fallbacks: [{nearest_year: 20}]}
kinds:
  deployments:
    quantities:
      used: {unit: kWh, expr: "max(energy, idle * device_hours)"}
    impacts:
      - {name: energy, perspective: service, stage: inference, category: final_energy, value: energy}
      - {name: beside, perspective: service, stage: inference, category: final_energy, value: 'energy * k - q(1100, "kWh")'}
      - {name: bent, perspective: service, stage: inference, category: final_energy, value: used}
      - {name: credit, perspective: service, stage: inference, category: final_energy, value: 'q(300, "kWh") - energy', share_of: credit}
      - {name: option, perspective: service, stage: inference, amount: energy * k, factor: electricity, region: region, share_of: option}
      - {name: electricity, perspective: service, stage: inference, amount: 'energy - q(600, "kWh")', factor: electricity, region: region}
    functional_units:
      - {name: request, unit: request, count: requests, class: [scope]}
`

// anyRows are rows at random, for anyMethod: of many sources, of all classes, in two years, some of which enter intensities alone.
func anyRows(n, sources int, seed uint64) (rows []logRow) {
	r := rand.New(rand.NewPCG(seed, 9))
	for i := range n {
		energy := 500 + 1000*r.Float64()
		if i%10 == 0 {
			energy = 1000
		}
		row := serving(i, fmt.Sprintf("report %d", r.IntN(sources)), []string{"modelled", "reported", "measured", "defaulted"}[r.IntN(4)], energy)
		row["region"] = []string{"FRA", "DEU", "SWE", "USA", "POL"}[r.IntN(5)]
		row["model_id"] = []string{"a", "b", "c"}[r.IntN(3)]
		row["year"] = float64(2022 + r.IntN(2))
		row["device_hours"] = 1000 + 4000*r.Float64()
		row["scope"] = []string{"volume", "volume", "intensity"}[r.IntN(3)]
		rows = append(rows, row)
	}
	return rows
}

// assessedGroups assesses rows' amounts, group by group; before is called once a group's cells have been given, while it is not done.
func assessedGroups(t *testing.T, rows []logRow, by []string, set func(f *forms), before func(f *forms)) *assessment {
	t.Helper()
	ctx := context.Background()
	s := withMethod(t, studyOfLog(t, "draws: 100\n", logFiles(t, logColumns(rows), rows, 2, 50)...), anyMethod)
	s.GroupBy = by
	var probs diag.List
	p, err := s.prepare(ctx, 0, &probs)
	if err != nil || probs.Err() != nil {
		t.Fatal(err, probs.Err())
	}
	t.Cleanup(p.close)
	run := &runState{space: &amounts.Space{}}
	p.startChecks()
	scan, err := engine.Scan(ctx, p.inventories(run), run.space, engine.Options{Spread: p.spread})
	if err != nil {
		t.Fatal(err)
	}
	a := p.newAssessment(run.space, &Options{})
	t.Cleanup(a.close)
	set(a.forms)
	err = gathered{scan}.Groups(func(g *amounts.Group) error {
		if err := a.group(g); err != nil {
			return err
		}
		before(a.forms)
		return nil
	})
	if err == nil {
		err = a.done()
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// figuresDrawn draws all figures of an assessment.
func figuresDrawn(t *testing.T, a *assessment) (names []string, values [][]float64) {
	t.Helper()
	f, q := a.forms, newQuantities(a.p, a.space)
	var err error
	if q.redrawing, err = a.newRedrawing(context.Background(), q, &Options{}); err != nil {
		t.Fatal(err)
	}
	b := f.builder(q)
	for _, k := range f.sumKeys() {
		b.figure(f.sumNames(k), f.aggregates[k])
	}
	for _, k := range f.rowKeys() {
		b.figure(f.rowNames(k), f.rows[k])
	}
	for _, at := range f.ratioOrder() {
		b.figure(f.ratioNames(f.ratios[at]), f.ratios[at].impact)
		q.model.Figures[len(q.model.Figures)-1].Per = b.terms(f.ratios[at].units)
	}
	design, err := draws.New(7, draws.Random, 50, nil)
	if err == nil {
		values, err = q.model.Values(context.Background(), montecarlo.Options{Design: design})
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range q.model.Figures {
		names = append(names, f.Name)
	}
	return names, values
}

// What sources bring to amounts is the same in every draw, told of the amounts once or in each figure.
func TestMixturesAreTheSumOfTheirSources(t *testing.T) {
	rows := anyRows(400, 20, 1)
	for _, by := range [][]string{{"model"}, {"region"}, {"item"}, {"model", "region"}, {"organisation"}} {
		once := assessedGroups(t, rows, by, func(f *forms) {}, func(*forms) {})
		each := assessedGroups(t, rows, by, func(f *forms) { f.bySource = true }, func(*forms) {})
		if len(once.forms.mixes.list) == 0 || len(each.forms.mixes.list) != 0 {
			t.Errorf("%q: %d and %d amounts are mixtures", by, len(once.forms.mixes.list), len(each.forms.mixes.list))
		}
		names, values := figuresDrawn(t, once)
		others, want := figuresDrawn(t, each)
		if !slices.Equal(names, others) || len(names) < 20 {
			t.Fatalf("%q: figures %q and %q", by, names, others)
		}
		for i := range values {
			size := 0.0
			for _, v := range want[i] {
				size = max(size, math.Abs(v))
			}
			for k, v := range values[i] {
				if !(math.Abs(v-want[i][k]) <= 1e-10*size) {
					t.Fatalf("%q: %s is %v in draw %d, want %v", by, names[i], v, k, want[i][k])
				}
			}
		}
	}
}

// Of figures of many sources the variance of rows' errors is that of the rows one by one, and as many rows are drawn by themselves.
func TestErrorsOfManySourcesAreThoseOfTheRows(t *testing.T) {
	for _, by := range []string{"model", "region", "organisation"} {
		met, rests := 0, 0
		assessedGroups(t, anyRows(1500, 20, 3), []string{by}, func(*forms) {}, func(f *forms) {
			rests += len(f.own.rules.keys)
			for _, to := range f.touched {
				if len(to.now) == 0 {
					continue
				}
				one, other := *to, *to
				for _, x := range []*form{&one, &other} {
					x.wide, x.whole, x.errs = true, sumsBy{}, slices.Clone(to.errs)
				}
				f.settleEach(&one)
				f.settleWide(&other)
				sums := func(x *form) map[int32]float64 {
					x.keep(mostErrors, leastError*x.size)
					out := map[int32]float64{}
					x.whole.visit(func(spread uint64, v float64) { out[int32(spread)] += v })
					for _, e := range x.errs {
						sum := 0.0
						for _, part := range e.terms {
							sum += part.value
						}
						out[e.spread] += sum * sum
					}
					return out
				}
				want, got := sums(&one), sums(&other)
				if len(one.errs) != len(other.errs) {
					t.Fatalf("%d rows are drawn by themselves, want %d", len(other.errs), len(one.errs))
				}
				for spread, want := range want {
					met++
					if v := got[spread]; !(math.Abs(v-want) < 1e-9*want) {
						t.Fatalf("errors of the spread %d have the variance %v, want %v", spread, v, want)
					}
				}
			}
		})
		if met == 0 || rests == 0 {
			t.Errorf("by %s %d variances are compared, and %d rules have rows that are not told apart", by, met, rests)
		}
	}
}

// Rows of different comparison classes are different rows: what they have of their own does not add up as one error's parts would.
func TestRowsOfOtherComparisonClassesAreOthers(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws for long what package montecarlo draws under the race detector itself")
	}
	var rows []logRow
	for i := range 1000 {
		row := serving(i, "one report", "modelled", 1000)
		row["organisation"] = fmt.Sprintf("organisation %d", i%20)
		rows = append(rows, row)
	}
	sigma2 := math.Pow(math.Log(1.5)/2, 2)
	want := math.Sqrt((math.Exp(sigma2) - 1) / float64(len(rows)))
	s := withMethod(t, studyOfLog(t, "draws: 4000\n", logFiles(t, logColumns(rows), rows, 2, 500)...), strings.Replace(erringMethod, "class: [scope]", "class: [organisation]", 1))
	s.GroupBy = []string{"model"}
	if cv := *totalOf(t, readRows[lca.Interval](t, ran(t, s, Options{}), "intervals.parquet"), "final_energy").CV; !(math.Abs(cv/want-1) < 0.06) {
		t.Errorf("the total varies by %v, want %v", cv, want)
	}
}

// An amount whose sources' parts cancel is as uncertain as these are: -100 and 100 of twelve sources, which err by 0.2 each, come to about 0, off by much more.
func TestSourcesThatCancelAreUncertain(t *testing.T) {
	method := strings.ReplaceAll(strings.ReplaceAll(erringMethod, "shared: 0,", "shared: 1,"), "value: energy}", `value: 'energy - q(1000, "kWh")'}`)
	for _, off := range []float64{0, 3e-13} {
		var rows []logRow
		for i := range 12 {
			row := serving(i, fmt.Sprintf("report %d", i), "modelled", 900)
			if i%2 == 1 {
				row["energy"] = 1100 + off
			}
			rows = append(rows, row)
		}
		s := withMethod(t, studyOfLog(t, "draws: 2000\n", logFiles(t, logColumns(rows), rows, 1, 50)...), strings.Replace(method, "      - {name: beside, perspective: service, stage: inference, category: final_energy, value: energy * k}\n", "", 1))
		s.GroupBy = []string{"model"}
		x := totalOf(t, readRows[lca.Interval](t, ran(t, s, Options{}), "intervals.parquet"), "final_energy")
		// the sum of twelve times ±100 times an error of sd 0.2053: 71, so that nine draws of ten lie within ±117 or so
		if !(x.P05 < -90 && x.P95 > 90) {
			t.Errorf("off by %v: the total lies from %v to %v", off, x.P05, x.P95)
		}
	}
}
