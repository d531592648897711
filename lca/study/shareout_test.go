package study

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet/parquettest"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// sharingMethod burdens training runs with their energy, and shares it out per token.
const sharingMethod = `method: sharing
version: "1"
status: draft
date: "2026-01-01"
title: Energy, shared out
categories: [climate_change]
kinds:
  training_runs:
    impacts:
      - {name: final_energy, perspective: service, stage: training, category: final_energy, value: energy}
    share_out:
      - {name: output token served, unit: token, count: expected_tokens, over: a forecast, lineage: parent_run_id, key: parent_share}
`

// runFiles cuts rows of training runs into files and row groups.
func runFiles(t testing.TB, rows []logRow, files, groupRows int) [][]byte {
	t.Helper()
	kind, _ := datasets.KindByName("training_runs")
	fields := slices.DeleteFunc(kind.Fields(), func(f lca.Field) bool {
		return !slices.ContainsFunc(rows, func(r logRow) bool { return r[f.Name] != nil })
	})
	var out [][]byte
	for i := range files {
		out = append(out, parquettest.Write(t, fields, logTable(fields, rows[i*len(rows)/files:(i+1)*len(rows)/files]), groupRows))
	}
	return out
}

// runSharing runs a study of training runs by sharingMethod. more is of the study's text.
func runSharing(t testing.TB, more string, o Options, files ...[]byte) (string, error) {
	t.Helper()
	dir := t.TempDir()
	var names []string
	write := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for i, f := range files {
		names = append(names, fmt.Sprintf("runs%d.parquet", i))
		write(names[i], f)
	}
	write("method.yaml", []byte(sharingMethod))
	write("study.yaml", []byte("study: shares\nyear: 2023\nmethod: ./method.yaml\npack: open@2025.2\ninventories: {training_runs: ["+strings.Join(names, ", ")+"]}\n"+more))
	var probs diag.List
	s := LoadFile(context.Background(), filepath.Join(dir, "study.yaml"), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	o.Out, o.Scratch = filepath.Join(dir, "out"), dir
	sum, err := Run(context.Background(), s, o)
	if err != nil {
		return "", err
	}
	return sum.Folder, nil
}

// aRun is a row of a training run of a model.
func aRun(id, model string, energy float64) logRow {
	return logRow{"run_id": id, "model_id": model, "phase": "pretraining", "energy": energy, "energy_boundary": "facility", "year": 2023.0, "scope": "volume", "source": "a test",
		"licence": "CC0-1.0", "quality": "measured"}
}

// family are models' runs: some over several years, models with several runs, each continuing any run of an earlier model, most models without a forecast
// alone; and rows that enter no total. Beside the rows it gives what each model bears in the end, computed without rounding, what it bore before it handed
// anything on, and the forecasts.
func family(r *rand.Rand, models int) (rows []logRow, bears, before map[string]*big.Rat, forecasts map[string]float64) {
	bears, before, forecasts = map[string]*big.Rat{}, map[string]*big.Rat{}, map[string]float64{}
	had, left := make([]*big.Rat, models), make([]float64, models)
	var runs [][]string
	number := 0
	for m := range models {
		name := fmt.Sprintf("model %03d", m)
		had[m], left[m] = new(big.Rat), 1
		runs = append(runs, nil)
		first := len(rows)
		for range 1 + r.IntN(3) {
			number++
			row := aRun(fmt.Sprintf("run %04d", number), name, math.Ldexp(r.Float64(), r.IntN(40)))
			if r.IntN(3) == 0 {
				delete(row, "year")
				row["started"], row["ended"] = 19000+float64(r.IntN(400)), 19400+float64(r.IntN(700))
			}
			had[m].Add(had[m], new(big.Rat).SetFloat64(row["energy"].(float64)))
			runs[m] = append(runs[m], row["run_id"].(string))
			rows = append(rows, row)
		}
		bears[name] = new(big.Rat)
		if m > 0 && r.IntN(4) > 0 {
			p := r.IntN(m)
			key := []float64{0.1, 0.25, 1.0 / 3, 1}[r.IntN(4)] * left[p]
			left[p] -= key
			row := rows[first+r.IntN(len(rows)-first)]
			row["parent_run_id"], row["parent_share"] = runs[p][r.IntN(len(runs[p]))], key
			passes := new(big.Rat).Mul(new(big.Rat).SetFloat64(key), had[p])
			had[m].Add(had[m], passes)
			from := bears[fmt.Sprintf("model %03d", p)]
			from.Sub(from, passes)
		}
		bears[name].Add(bears[name], had[m])
		before[name] = had[m]
		if r.IntN(3) > 0 {
			forecasts[name] = math.Floor(r.ExpFloat64()*1e9) + 1
			for _, row := range rows[first:] {
				if row["expected_tokens"] = forecasts[name]; r.IntN(2) == 0 { // of one row, or of several alike
					break
				}
			}
		}
		other := aRun(fmt.Sprintf("other %04d", m), name, 1e15)
		switch r.IntN(4) {
		case 0:
			other["scope"] = "intensity"
		case 1:
			other["part_of"] = runs[m][0]
		case 2:
			other["alternative_to"] = runs[m][0]
		default:
			continue
		}
		rows = append(rows, other)
	}
	return rows, bears, before, forecasts
}

// Of random families each model's figure is that of exact arithmetic, what is shared out and the rest add up to the total, to the bit, and the files are
// the same for any number of workers, order of rows, cut into files and row groups, and little memory.
func TestTrainingIsSharedOutWithoutLossAndInAnyOrder(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 3))
		rows, bears, before, forecasts := family(r, 40)
		folder, err := runSharing(t, "", Options{Jobs: 1}, runFiles(t, rows, 1, len(rows))...)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]lca.Intensity{}
		var parts []float64
		for _, row := range rowsOf[lca.Intensity](t, folder, "intensities.parquet") {
			if row.Accounting == "location" {
				got[row.Model] = row
				parts = append(parts, row.Impact)
			}
		}
		if len(got) != len(forecasts) || len(parts) != len(forecasts) {
			t.Fatalf("seed %d: %d models have figures, %d a forecast", seed, len(parts), len(forecasts))
		}
		for model, forecast := range forecasts {
			row := got[model]
			want, _ := bears[model].Float64()
			had, _ := before[model].Float64()
			if row.Units != forecast || math.Abs(row.Impact-want) > 1e-12*want+1e-15*had || row.Value != row.Impact/row.Units || !row.Complete || row.Quality != "modelled" {
				t.Errorf("seed %d: %s bears %v over %v, want %v over %v: %+v", seed, model, row.Impact, row.Units, want, forecast, row)
			}
		}
		var total []float64
		shared := exact.Total(parts)
		for _, e := range rowsOf[lca.Entry](t, folder, "ledger.parquet") {
			switch {
			case e.Type != "share_out" || e.Accounting != "location":
			case e.Class == "unshared":
				parts = append(parts, *e.Value)
			case *e.Value != shared:
				t.Errorf("seed %d: the ledger says that %v are shared out, not %v", seed, *e.Value, shared)
			}
		}
		for _, x := range rowsOf[lca.Impact](t, folder, "impacts.parquet") {
			if x.Accounting == "location" {
				total = append(total, x.Value)
			}
		}
		if exact.Total(parts) != exact.Total(total) {
			t.Errorf("seed %d: shared out and not %v, the impact table has %v", seed, exact.Total(parts), exact.Total(total))
		}
		for i, o := range []Options{{Jobs: 3}, {Jobs: 2, Memory: 20_000}} {
			r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			again, err := runSharing(t, "", o, runFiles(t, rows, 1+2*i, 7)...)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"impacts.parquet", "intensities.parquet", "ledger.parquet"} {
				if a, _ := os.ReadFile(filepath.Join(folder, name)); !bytes.Equal(a, read(t, again, name)) {
					t.Errorf("seed %d: %s depends on order, cut or workers", seed, name)
				}
			}
		}
	}
}

// Forecasts and shares change no total: without their columns the impact table is the same to the byte.
func TestSharingOutLeavesTheImpactTableAlone(t *testing.T) {
	rows, _, _, _ := family(rand.New(rand.NewPCG(9, 3)), 30)
	var tables [2][]byte
	for i := range tables {
		folder, err := runSharing(t, "group_by: [model]\n", Options{}, runFiles(t, rows, 1, 10)...)
		if err != nil {
			t.Fatal(err)
		}
		tables[i] = read(t, folder, "impacts.parquet")
		for _, row := range rows {
			for _, name := range []string{"parent_run_id", "parent_share", "expected_tokens"} {
				delete(row, name)
			}
		}
	}
	if !bytes.Equal(tables[0], tables[1]) {
		t.Error("the impact tables differ")
	}
}

// What is held grows with the rows that state something, and so these are bounded.
func TestTooManyModelsAreRefused(t *testing.T) {
	var rows []logRow
	for i := range maxSharing + 1 {
		row := aRun(fmt.Sprint("run ", i), fmt.Sprint("model ", i), 1)
		row["expected_tokens"] = 1.0
		rows = append(rows, row)
	}
	_, err := runSharing(t, "", Options{}, runFiles(t, rows, 1, len(rows))...)
	if text := problemsIn(err); !strings.Contains(text, "10001 models take part in what is shared out; at most 10000 do") || !strings.Contains(text, "let where of the study keep those that are wanted") {
		t.Errorf("%s", text)
	}
	if _, err := runSharing(t, "where: {training_runs: 'model_id != \"model 7\"'}\n", Options{}, runFiles(t, rows, 1, len(rows))...); err != nil {
		t.Errorf("%v", err)
	}
}
