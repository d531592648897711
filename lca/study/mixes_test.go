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

// assessedGroups assesses rows' amounts, group by group; before is called once a group's cells have been given, while it is not done.
func assessedGroups(t *testing.T, rows []logRow, by string, set func(f *forms), before func(f *forms)) *assessment {
	t.Helper()
	ctx := context.Background()
	s := withMethod(t, studyOfLog(t, "draws: 100\n", logFiles(t, logColumns(rows), rows, 2, 50)...), sourcesMethod)
	s.GroupBy = []string{by}
	var probs diag.List
	p, err := s.prepare(ctx, 0, &probs)
	if err != nil || probs.Err() != nil {
		t.Fatal(err, probs.Err())
	}
	t.Cleanup(p.close)
	run := &runState{space: &amounts.Space{}}
	p.startChecks()
	scan, err := engine.Scan(ctx, p.inventories(run), run.space, engine.Options{})
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

// What sources bring to amounts is the same in every draw, told of the amounts once or in each figure.
func TestMixturesAreTheSumOfTheirSources(t *testing.T) {
	rows := manySources(300)
	drawn := func(bySource bool) (names []string, values [][]float64, sums int) {
		a := assessedGroups(t, rows, "region", func(f *forms) { f.bySource = bySource }, func(*forms) {})
		q := newQuantities(a.p, a.space)
		b := a.forms.builder(q)
		for _, k := range a.forms.sumKeys() {
			b.figure(a.forms.sumNames(k), a.forms.aggregates[k])
		}
		for _, k := range a.forms.rowKeys() {
			b.figure(a.forms.rowNames(k), a.forms.rows[k])
		}
		for i := range q.model.Variables {
			if q.model.Variables[i].Sum != nil && q.about[i].title == "" {
				sums++
			}
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
		return names, values, sums
	}
	names, once, sums := drawn(false)
	other, each, none := drawn(true)
	if !slices.Equal(names, other) || len(names) < 20 {
		t.Fatalf("figures %q and %q", names, other)
	}
	if sums == 0 || none != 0 {
		t.Errorf("%d and %d amounts are mixtures", sums, none)
	}
	for i := range once {
		for k := range once[i] {
			if !(math.Abs(once[i][k]/each[i][k]-1) < 1e-11) {
				t.Fatalf("%s is %v in draw %d, want %v", names[i], once[i][k], k, each[i][k])
			}
		}
	}
}

// Of figures of many sources the variance of rows' errors is that of the rows one by one, and the rows that are drawn by themselves are the same.
func TestMomentsAreThoseOfTheRows(t *testing.T) {
	met := 0
	assessedGroups(t, manySources(300), "region", func(*forms) {}, func(f *forms) {
		for _, to := range f.touched {
			if len(to.now) == 0 {
				continue
			}
			one, other := *to, *to
			one.wide, other.wide = true, true
			one.whole, other.whole = sumsBy{}, sumsBy{}
			one.errs, other.errs = slices.Clone(to.errs), slices.Clone(to.errs)
			f.settleEach(&one)
			f.settleWide(&other)
			for _, x := range []*form{&one, &other} {
				x.keep(mostErrors, leastError*x.size)
			}
			if len(one.errs) != len(other.errs) {
				t.Fatalf("%d rows are drawn by themselves, want %d", len(other.errs), len(one.errs))
			}
			for i := range one.errs {
				if x, want := other.errs[i], one.errs[i]; x.rowError != want.rowError || !(math.Abs(x.size/want.size-1) < 1e-12) || len(x.terms) != len(want.terms) {
					t.Fatalf("row %+v is drawn by itself, want %+v", x, want)
				}
			}
			one.whole.visit(func(spread uint64, want float64) {
				met++
				if v := other.whole.values[other.whole.place(spread)]; !(math.Abs(v-want) < 1e-9*want) {
					t.Fatalf("errors of the spread %d have the variance %v, want %v", spread, v, want)
				}
			})
		}
	})
	if met == 0 {
		t.Error("no figure leaves rows to be drawn together")
	}
}
