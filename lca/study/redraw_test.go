package study

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/draws"
	"github.com/ai-impact-observatory/ailca/lca/draws/stat"
)

// bentMethod has rules without normal form: a device takes at least its idle power, and what it takes beside grows by a power of its hours.
const bentMethod = `method: bent
version: "1"
status: draft
date: "2025-01-01"
title: Rules without normal form
categories: [climate_change]
parameters:
  idle: {value: 0.3, unit: kW, distribution: "uniform(0.2, 0.4)", source: made up}
  bend: {value: 1.1, unit: "1", distribution: "uniform(1.0, 1.2)", source: made up}
kinds:
  deployments:
    quantities:
      used: {unit: kWh, expr: "max(energy, idle * device_hours)"}
      beside: {unit: kWh, expr: 'q(1, "kWh") * pow(device_hours / q(1, "h"), bend)'}
    impacts:
      - {name: energy, perspective: service, stage: inference, category: final_energy, value: used}
      - {name: electricity, perspective: service, stage: inference, amount: used + beside, factor: electricity, region: region}
    functional_units:
      - {name: request, unit: request, count: requests, class: [task]}
`

// bentRow is a deployment: model, hours and energy.
type bentRow struct {
	model         string
	hours, energy float64
}

func bentRows(n int) []bentRow {
	r := rand.New(rand.NewPCG(7, 8))
	rows := make([]bentRow, n)
	for i := range rows {
		hours := math.Exp(4 + 1.5*r.NormFloat64())
		rows[i] = bentRow{fmt.Sprint("model-", r.IntN(3)), hours, hours * (0.1 + 0.4*r.Float64())}
	}
	return rows
}

// bent runs a study of rows by the method, in so many files, and returns its folder.
func bent(t *testing.T, rows []bentRow, files int, what string, o Options) string {
	t.Helper()
	log := make([]logRow, len(rows))
	for i, r := range rows {
		log[i] = serving(i, "a report", "measured", r.energy)
		log[i]["model_id"], log[i]["device_hours"] = r.model, r.hours
	}
	s := withMethod(t, studyOfLog(t, what, logFiles(t, logColumns(log), log, files, 100)...), bentMethod)
	s.GroupBy = []string{"model"}
	return ran(t, s, o)
}

// drawsOfParameter are the values that a design gives a parameter of a uniform distribution.
func drawsOfParameter(t *testing.T, name string, from, to float64, n int) []float64 {
	t.Helper()
	d, err := draws.New(0, draws.Random, n, nil)
	if err != nil {
		t.Fatal(err)
	}
	x, err := dist.New(dist.Uniform, from, to)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]float64, n)
	d.Uniforms("parameter "+name, 0, out)
	x.Fill(out, out)
	return out
}

// What a rule without normal form gives is that of every row computed anew in every draw: of the total, and of each model.
func TestARuleWithoutNormalFormIsRedrawnFromItsRows(t *testing.T) {
	const n = 1000
	rows := bentRows(400)
	folder := bent(t, rows, 3, "draws: 1000\n", Options{})
	idle := drawsOfParameter(t, "idle", 0.2, 0.4, n)
	quantiles := func(model string) []float64 {
		sums := make([]float64, n)
		for _, r := range rows {
			for k := range sums {
				if model == "" || r.model == model {
					sums[k] += math.Max(r.energy, idle[k]*r.hours)
				}
			}
		}
		s := stat.NewSample(n)
		s.Set(sums)
		q, _, _ := s.Quantiles([]float64{0.05, 0.5, 0.95}, 0.95)
		return q
	}
	near := func(what string, got []float64, model string) {
		t.Helper()
		for i, want := range quantiles(model) {
			if math.Abs(got[i]-want) > 1e-12*want {
				t.Errorf("%s: quantile %d is %v, of all rows %v", what, i, got[i], want)
			}
		}
	}
	x := totalOf(t, readRows[lca.Interval](t, folder, "intervals.parquet"), "final_energy")
	near("the total", []float64{x.P05, x.P50, x.P95}, "")
	if x.P05 > 0.97*x.Value || x.P95 < 1.03*x.Value {
		t.Errorf("%v to %v about %v: the test shows little", x.P05, x.P95, x.Value)
	}
	models := 0
	for _, r := range readRows[lca.Impact](t, folder, "impacts.parquet") {
		if r.Category == "final_energy" && r.Accounting == "location" {
			near(r.Model, []float64{*r.P05, *r.P50, *r.P95}, r.Model)
			models++
		}
	}
	if models != 3 {
		t.Errorf("%d models", models)
	}
}

// A sample of the rows stands for all where there are many: its interval is near that of all, and the same whatever the order, the files and the workers are.
func TestASampleOfRowsStandsForAll(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws for long")
	}
	rows := bentRows(6000)
	all := totalOf(t, readRows[lca.Interval](t, bent(t, rows, 1, "draws: 500\n", Options{}), "intervals.parquet"), "climate_change")
	defer func(was int) { redrawBudget = was }(redrawBudget)
	redrawBudget = 500 * 600
	folder := bent(t, rows, 1, "draws: 500\n", Options{Jobs: 1})
	if record := string(read(t, folder, "run.json")); !strings.Contains(record, `"rows": 600`) || !strings.Contains(record, `"of": 6000`) {
		t.Errorf("run.json does not say that a sample was taken: %s", record)
	}
	x := totalOf(t, readRows[lca.Interval](t, folder, "intervals.parquet"), "climate_change")
	if x.Value != all.Value {
		t.Errorf("the value is %v, of all rows %v", x.Value, all.Value)
	}
	for _, q := range [][2]float64{{x.P05, all.P05}, {x.P50, all.P50}, {x.P95, all.P95}} {
		if math.Abs(q[0]/q[1]-1) > 0.01 {
			t.Errorf("a quantile is %v, of all rows %v", q[0], q[1])
		}
	}
	defer func(was int) { sampleBytes = was }(sampleBytes)
	for _, held := range []int{sampleBytes, 20_000} { // by rows, and by what they hold
		sampleBytes = held
		folder := bent(t, rows, 1, "draws: 500\n", Options{Jobs: 1})
		if own := totalOf(t, readRows[lca.Interval](t, folder, "intervals.parquet"), "climate_change"); math.Abs(own.P95/all.P95-1) > 0.02 || (own.P95 == x.P95) != (held > 20_000) {
			t.Errorf("of %d bytes the 95th percentile is %v, of all rows %v", held, own.P95, all.P95)
		}
		shuffled := slices.Clone(rows)
		rand.New(rand.NewPCG(9, 9)).Shuffle(len(rows), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		again := bent(t, shuffled, 4, "draws: 500\n", Options{Jobs: 3})
		for _, name := range []string{"impacts.parquet", "intensities.parquet"} {
			if !bytes.Equal(read(t, again, name), read(t, folder, name)) {
				t.Errorf("%s is another one where rows come in another order", name)
			}
		}
	}
}
