package study

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/draws"
	"github.com/ai-impact-observatory/ailca/rules"
)

// readRows reads a result table.
func readRows[T any](t *testing.T, folder, name string) []T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.Open(name, bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := parquet.ReadRows[T](f, 1e6)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// ran runs a study and returns its folder.
func ran(t *testing.T, s *Study, o Options) string {
	t.Helper()
	o.Out = t.TempDir()
	sum, err := Run(context.Background(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return sum.Folder
}

// serving is a row that states its energy.
func serving(i int, source, quality string, energy float64) logRow {
	return logRow{"deployment_id": fmt.Sprintf("d%04d", i), "model_id": "m", "organisation": "o", "scope": "volume", "source": source, "licence": "CC0-1.0", "quality": quality, "year": 2023.0,
		"region": "FRA", "energy": energy, "energy_boundary": "facility", "energy_basis": "metered", "requests": 100.0}
}

func totalOf(t *testing.T, rows []lca.Interval, category string) lca.Interval {
	t.Helper()
	for _, r := range rows {
		if r.By == "total" && r.Category == category && r.Perspective == "service" && r.Accounting == "location" && r.Year == 2023 {
			return r
		}
	}
	t.Fatalf("there is no total of %s", category)
	return lca.Interval{}
}

// rowErrorOf is what the method of the tests says of rows of a class.
func rowErrorOf(t *testing.T, class string) rules.RowError {
	t.Helper()
	var probs diag.List
	m := rules.Embedded("observatory@1.0.0", &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return m.Uncertainty.Inventory.Class(uint8(slices.IndexFunc(lca.Words().Qualities, func(q lca.Term) bool { return q.Name == class })))
}

// Rows of one source share a part of their error's variance, so that its spread stays when their number grows; rows of as many sources have nothing in common, and theirs
// shrinks by the root of the number. Final energy of rows whose energy is known at the facility has no other uncertainty: its coefficient of variation follows
// from the method's figures alone.
func TestRowsOfOneSourceDoNotShrinkTheInterval(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws for long what package montecarlo draws under the race detector itself")
	}
	const n = 100
	spread := func(source func(i int) string, grouped string) float64 {
		var rows []logRow
		for i := range n {
			rows = append(rows, serving(i, source(i), "modelled", 1000))
		}
		s := studyOfLog(t, "draws: 4000\n", logFiles(t, logColumns(rows), rows, 1, n)...)
		s.GroupBy = []string{grouped}
		x := totalOf(t, readRows[lca.Interval](t, ran(t, s, Options{}), "intervals.parquet"), "final_energy")
		if x.Value != n*1000 {
			t.Errorf("the total is %v", x.Value)
		}
		return *x.CV
	}
	e := rowErrorOf(t, "modelled")
	sigma2 := e.LogVariance()
	if e.Shared < 0.2 || sigma2 < 0.01 {
		t.Fatalf("the method has %+v: the test shows nothing", e)
	}
	cv := func(shared, own float64) float64 {
		// E[S²] E[mean of the rows²] / (E[S] E[R])² - 1, with lognormal S and R
		s, r := math.Exp(shared), 1+(math.Exp(own)-1)/n
		return math.Sqrt(s*r - 1)
	}
	for _, grouped := range []string{"item", "model"} { // drawn one by one, and by the sum of squares
		one := spread(func(int) string { return "one report" }, grouped)
		if want := cv(sigma2*e.Shared, sigma2*(1-e.Shared)); math.Abs(one/want-1) > 0.06 {
			t.Errorf("grouped by %s: %d rows of one source vary by %.4f, want %.4f", grouped, n, one, want)
		}
		many := spread(func(i int) string { return fmt.Sprint("report ", i) }, grouped)
		if want := math.Sqrt(math.Exp(sigma2)-1) / math.Sqrt(n); math.Abs(many/want-1) > 0.06 {
			t.Errorf("grouped by %s: %d rows of as many sources vary by %.4f, want %.4f", grouped, n, many, want)
		}
	}
}

// A row more changes no draw of the others: their intervals are the same to the bit.
func TestAnotherRowChangesNoDraw(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws for long what package montecarlo draws under the race detector itself")
	}
	for _, sampling := range []string{"random", "latin_hypercube"} {
		rows := randomLog(60)
		fields := logColumns(rows)
		of := func(rows []logRow) map[string]lca.Impact {
			out := map[string]lca.Impact{}
			folder := ran(t, studyOfLog(t, "draws: 300\nsampling: "+sampling+"\n", logFiles(t, fields, rows, 1, 20)...), Options{})
			for _, r := range readRows[lca.Impact](t, folder, "impacts.parquet") {
				out[fmt.Sprint(r.Year, r.Perspective, r.Accounting, r.Category, r.Stage, r.Item, r.Quality)] = r
			}
			return out
		}
		fewer := of(rows)
		more := slices.Clone(rows)
		more = append(more, serving(9999, "another report", "defaulted", 5e4))
		all := of(more)
		if len(all) <= len(fewer) || len(fewer) < 100 {
			t.Fatalf("%d and %d rows", len(fewer), len(all))
		}
		for key, r := range fewer {
			o := all[key]
			if r.P05 == nil || *r.P05 != *o.P05 || *r.P50 != *o.P50 || *r.P95 != *o.P95 {
				t.Fatalf("%s: %s is another one", sampling, key)
			}
		}
	}
}

// Point values do not depend on whether anything is drawn, nor on how.
func TestDrawingChangesNoPointValue(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws for long what package montecarlo draws under the race detector itself")
	}
	rows := randomLog(300)
	var first []float64
	for _, what := range []string{"draws: 0\n", "draws: 100\n", "draws: 500\nseed: 5\nsampling: sobol\n"} {
		s := studyOfLog(t, what, logFiles(t, logColumns(rows), rows, 2, 100)...)
		s.GroupBy = []string{"model", "region"}
		folder := ran(t, s, Options{})
		var values []float64
		for _, r := range readRows[lca.Impact](t, folder, "impacts.parquet") {
			values = append(values, r.Value)
			if (r.P05 == nil) != (s.Sampling.Draws == 0) {
				t.Fatalf("%q: the interval of a row is %v", what, r.P05)
			}
		}
		for _, r := range readRows[lca.Intensity](t, folder, "intensities.parquet") {
			values = append(values, r.Value)
		}
		if first == nil {
			first = values
		} else if !slices.Equal(values, first) {
			t.Errorf("%q gives other values", what)
		}
	}
}

// Totals stand with the values that add up from the published cells, and the median of their draws is near.
func TestIntervalsAreThoseOfPublishedTotals(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws for long what package montecarlo draws under the race detector itself")
	}
	rows := randomLog(300)
	folder := ran(t, studyOfLog(t, "draws: 2000\n", logFiles(t, logColumns(rows), rows, 1, 300)...), Options{})
	sums := map[string]float64{}
	for _, r := range readRows[lca.Impact](t, folder, "impacts.parquet") {
		if r.ShareOf == "total" {
			for by, name := range map[string]string{"total": "", "stage": r.Stage, "kind": r.Kind, "quality": r.Quality, "model": r.Model, "region": r.Region, "organisation": r.Organisation, "hardware": r.Hardware} {
				if by == "total" || name != "" {
					sums[fmt.Sprint(r.Year, r.Perspective, r.Accounting, r.Category, by, name)] += r.Value
				}
			}
		}
		if !(*r.P05 <= *r.P50 && *r.P50 <= *r.P95) || r.Value > 0 && math.Abs(*r.P50/r.Value-1) > 0.5 {
			t.Fatalf("%+v: %v, %v, %v", r, *r.P05, *r.P50, *r.P95)
		}
	}
	met := map[string]bool{}
	for _, x := range readRows[lca.Interval](t, folder, "intervals.parquet") {
		key := fmt.Sprint(x.Year, x.Perspective, x.Accounting, x.Category, x.By, x.Name)
		if want, ok := sums[key]; !ok || math.Abs(x.Value-want) > 1e-12*math.Abs(want) {
			t.Errorf("%s is %v, the cells add up to %v", key, x.Value, want)
		}
		met[key] = true
	}
	if missing := slices.DeleteFunc(slices.Sorted(maps.Keys(sums)), func(k string) bool { return met[k] }); len(missing) > 0 {
		t.Errorf("no interval: %q", missing)
	}
}

// Quantiles that the study asks for stand in a table of their own, in order with those of every table.
func TestQuantilesThatAreAskedFor(t *testing.T) {
	rows := randomLog(50)
	folder := ran(t, studyOfLog(t, "draws: 500\nquantiles: [0.01, 0.99]\n", logFiles(t, logColumns(rows), rows, 1, 50)...), Options{})
	sums, quantiles := readRows[lca.Interval](t, folder, "intervals.parquet"), readRows[lca.Quantile](t, folder, "quantiles.parquet")
	if len(quantiles) != 2*len(sums) {
		t.Fatalf("%d quantiles of %d sums", len(quantiles), len(sums))
	}
	for i, x := range sums {
		low, high := quantiles[2*i], quantiles[2*i+1]
		if low.Probability != 0.01 || high.Probability != 0.99 || low.By != x.By || low.Name != x.Name || !(low.Value <= x.P05 && x.P95 <= high.Value) || !(low.Low <= low.Value && low.Value <= low.High) {
			t.Fatalf("%+v, %+v, %+v", low, x, high)
		}
	}
}

// Where intervals do not tell two entries apart, the ranking says so.
func TestARankingSaysWhatCannotBeToldApart(t *testing.T) {
	rows := []logRow{serving(1, "a", "modelled", 1000), serving(2, "b", "modelled", 1010), serving(3, "c", "modelled", 5000)}
	folder := ran(t, studyOfLog(t, "draws: 1000\n", logFiles(t, logColumns(rows), rows, 1, 3)...), Options{})
	var got []string
	for _, r := range readRows[lca.Ranking](t, folder, "rankings.parquet") {
		if r.Category == "final_energy" && r.Accounting == "location" && r.FunctionalUnit == "request" {
			got = append(got, fmt.Sprint(r.Place, r.Item, r.Distinguishable))
			if (r.Below == nil) != (r.Place == 1) {
				t.Errorf("%+v", r)
			}
		}
	}
	if want := []string{"1d0003false", "2d0002true", "3d0001false"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Draws go on until the ends of the totals' intervals are known as well as the study asks, or there are as many as it allows, which run.json says.
func TestDrawsGoOnUntilTheToleranceIsReached(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws for long what package montecarlo draws under the race detector itself")
	}
	rows := randomLog(50)
	for _, c := range []struct {
		what    string
		draws   func(n int) bool
		reached bool
	}{
		{"draws: 100\ntolerance: 0.05\nmax_draws: 100000\n", func(n int) bool { return n > 100 && n < 100_000 }, true},
		{"draws: 100\ntolerance: 0.0001\nmax_draws: 800\n", func(n int) bool { return n == 800 }, false},
	} {
		folder := ran(t, studyOfLog(t, c.what, logFiles(t, logColumns(rows), rows, 1, 50)...), Options{})
		text, err := os.ReadFile(filepath.Join(folder, "run.json"))
		if err != nil {
			t.Fatal(err)
		}
		var r Record
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatal(err)
		}
		if !c.draws(r.Draws) || *r.Sampling.Reached != c.reached || (*r.Sampling.Error <= r.Sampling.Tolerance) != c.reached {
			t.Errorf("%q: %d draws, %+v", c.what, r.Draws, *r.Sampling)
		}
	}
}

// Of amounts that another run has scanned there are no rows, so that what has no normal form is taken at point values in every draw. The run says which quantities
// are: their intervals are too narrow.
func TestWhatIsNotDrawnIsTold(t *testing.T) {
	const method = `method: steps
version: "1"
status: draft
date: "2026-01-01"
title: A formula that steps
categories: [final_energy]
classes: {row: quality}
parameters:
  overhead: {value: 1.2, unit: "1", distribution: "uniform(1.1, 1.3)", source: made up}
kinds:
  deployments:
    impacts:
      - {name: final_energy, perspective: service, stage: inference, category: final_energy, value: energy * ceil(overhead * batch)}
`
	rows := []logRow{serving(1, "a", "modelled", 1000), serving(2, "a", "modelled", 1000)}
	rows[0]["batch"], rows[1]["batch"] = 3.0, 4.0
	files := logFiles(t, logColumns(rows), rows, 2, 1)
	dir := t.TempDir()
	load := func(name, inputs string) *Study {
		text := "study: " + name + "\nyear: 2023\nmethod: ./method.yaml\npack: open@2025.1\ndraws: 100\n" + inputs
		for file, text := range map[string][]byte{"method.yaml": []byte(method), "a.parquet": files[0], "b.parquet": files[1], name + ".yaml": []byte(text)} {
			if err := os.WriteFile(filepath.Join(dir, file), text, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		var probs diag.List
		s := LoadFile(context.Background(), filepath.Join(dir, name+".yaml"), &probs)
		if err := probs.Err(); err != nil {
			t.Fatal(err)
		}
		return s
	}
	first, err := Run(context.Background(), load("first", "inventories: {deployments: a.parquet}\n"), Options{Out: dir, Amounts: true})
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(first.Notes, func(n string) bool { return strings.Contains(n, "not-drawn") }); i >= 0 {
		t.Errorf("rows are at hand, and yet %s", first.Notes[i])
	}
	s := load("second", "inventories: {deployments: b.parquet}\namounts: [first/amounts.parquet]\n")
	sum, err := Run(context.Background(), s, Options{Out: dir})
	if err != nil {
		t.Fatal(err)
	}
	want := "parameter overhead: taken at the point value in every draw where a rule has no normal form, so that intervals are too narrow [not-drawn]"
	if !slices.ContainsFunc(sum.Notes, func(n string) bool { return strings.Contains(n, want) }) {
		t.Errorf("want %q among %q", want, sum.Notes)
	}
	var probs diag.List
	if _, err := s.Sensitivity(context.Background(), Options{}, SensitivityOptions{}, &probs); err != nil {
		t.Fatal(err)
	}
	if list := probs.Problems(); !slices.ContainsFunc(list, func(p diag.Problem) bool { return strings.Contains(p.String(), want) }) {
		t.Errorf("the sensitivity of the total tells of %q, not of %q", list, want)
	}
}

// A factor that the pack has computed from a mix is drawn by the shares and the values that it was computed from: electricity's water is as uncertain as hydropower's.
func TestAFactorComputedFromAMixIsDrawnByItsParts(t *testing.T) {
	const n = 2000
	const method = `method: water
version: "1"
status: draft
date: "2026-01-01"
title: Water of electricity
categories: [water_consumption]
kinds:
  deployments:
    impacts:
      - {name: electricity, perspective: service, stage: inference, amount: energy, factor: electricity, region: region}
`
	rows := []logRow{serving(1, "a", "measured", 1000)}
	s := withMethod(t, studyOfLog(t, fmt.Sprintf("draws: %d\n", n), logFiles(t, logColumns(rows), rows, 1, 1)...), method)
	x := totalOf(t, readRows[lca.Interval](t, ran(t, s, Options{}), "intervals.parquet"), "water_consumption")
	var probs diag.List
	pack := LoadPack("open@2025.1", &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(pack.Rows, func(r factors.Row) bool {
		return r.Derived != nil && r.Factor == "electricity" && r.Category == "water_consumption" && r.Region == "FRA" && r.From <= 2023 && r.To >= 2023
	})
	design, err := draws.New(0, draws.Random, n, nil)
	if err != nil {
		t.Fatal(err)
	}
	relative := func(r *factors.Row) []float64 {
		out := make([]float64, n)
		if r.Distribution.Family() == dist.Fixed {
			return slices.Repeat([]float64{1}, n)
		}
		design.Uniforms("factor "+pack.QuantityName(r), 0, out)
		r.Distribution.Fill(out, out)
		median, _ := r.Distribution.Median()
		for k := range out {
			out[k] /= median
		}
		return out
	}
	sums := make([]float64, n)
	for _, id := range pack.Parts(&pack.Rows[at]) {
		share, value := relative(id.Share), relative(id.Value)
		for k := range sums {
			sums[k] += x.Value * id.Weight * share[k] * value[k]
		}
	}
	slices.Sort(sums)
	if got := []float64{x.P05, x.P95}; !(math.Abs(got[0]/sums[n/20]-1) < 0.01) || !(math.Abs(got[1]/sums[n-n/20]-1) < 0.01) || sums[n-n/20] < 1.2*sums[n/20] {
		t.Errorf("%v to %v, by its parts %v to %v", x.P05, x.P95, sums[n/20], sums[n-n/20])
	}
}

// A figure whose draws leave what a number can hold is refused by name, and nothing is written.
func TestDrawsThatAreNoNumbersAreRefused(t *testing.T) {
	const method = `method: wild
version: "1"
status: draft
date: "2026-01-01"
title: A wide exponent
categories: [final_energy]
parameters:
  p: {value: 1, unit: "1", distribution: "normal(1, 300)", source: made up}
kinds:
  deployments:
    impacts:
      - {name: final_energy, perspective: service, stage: inference, category: final_energy, value: energy * exp(p)}
`
	rows := []logRow{serving(1, "a", "measured", 1000)}
	s := withMethod(t, studyOfLog(t, "draws: 1000\n", logFiles(t, logColumns(rows), rows, 1, 1)...), method)
	out := t.TempDir()
	_, err := Run(context.Background(), s, Options{Out: out})
	if err == nil || !strings.Contains(err.Error(), `some draw of a figure is no finite number: sum 2023 service total "" location final_energy`) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(out); len(left) > 0 {
		t.Errorf("%s was written", left[0].Name())
	}
}

// The first dimensions of a Sobol design go to what the method ranks, then to what the pack does, then to the method's other parameters: an error that rows share before
// what each has of its own, and of a factor that is computed from a mix what it is computed from.
func TestDimensionsGoToWhatIsRanked(t *testing.T) {
	rows := []logRow{serving(1, "a", "measured", 1000)}
	s := studyOfLog(t, "draws: 256\nsampling: sobol\n", logFiles(t, logColumns(rows), rows, 1, 1)...)
	s.Pack = "open@2025.2"
	text := read(t, ran(t, s, Options{}), "run.json")
	var r Record
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	at := func(prefix string) int {
		return slices.IndexFunc(r.Sampling.Dimensions, func(name string) bool { return strings.HasPrefix(name, prefix) })
	}
	order := []string{"parameter default_pue", "common electricity climate_change FRA", "factor electricity climate_change FRA", "factor generation water_consumption"}
	for i, name := range order {
		if at(name) < 0 || i > 0 && at(name) < at(order[i-1]) {
			t.Errorf("%s is not behind %s: %q", name, order[max(i-1, 0)], r.Sampling.Dimensions)
		}
	}
}

// A table with more rows than have intervals has none, which a warning says; on request more rows have.
func TestRowsBeyondMaxIntervalsHaveNone(t *testing.T) {
	var rows []logRow
	for i := range 20 {
		rows = append(rows, serving(i, "a", "modelled", 1000+float64(i)))
	}
	for _, most := range []int{5, 1000} {
		s := studyOfLog(t, fmt.Sprintf("draws: 100\nmax_intervals: %d\n", most), logFiles(t, logColumns(rows), rows, 1, 20)...)
		s.GroupBy = []string{"item"}
		sum, err := Run(context.Background(), s, Options{Out: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		told := slices.ContainsFunc(sum.Notes, func(n string) bool {
			return strings.Contains(n, "the table of impacts has more than 5 rows: none of them has an interval")
		})
		first := readRows[lca.Impact](t, sum.Folder, "impacts.parquet")[0]
		if few := most == 5; told != few || (first.P05 == nil) != few {
			t.Errorf("at most %d: told %v, the first row has %v", most, told, first.P05)
		}
		if x := totalOf(t, readRows[lca.Interval](t, sum.Folder, "intervals.parquet"), "final_energy"); x.P05 >= x.P95 {
			t.Errorf("at most %d: the total has %v to %v", most, x.P05, x.P95)
		}
	}
}
