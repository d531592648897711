package study

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
)

// logRows writes an inventory of deployments with rows from one number to another, whose values follow from the number.
func logRows(t *testing.T, file string, from, to int) {
	t.Helper()
	kind, _ := datasets.KindByName("deployments")
	b := parquet.NewBuilder(kind.Fields())
	for row := from; row < to; row++ {
		r := rand.New(rand.NewPCG(uint64(row), 1))
		pick := func(words ...string) string { return words[r.IntN(len(words))] }
		values := map[string]any{"deployment_id": fmt.Sprint("row ", row), "model_id": pick("a", "b", "c"), "task": pick("chat", "code"), "region": pick("FRA", "DEU", "SWE"),
			"energy": r.Float64() * 100, "energy_boundary": pick("device", "node", "it", "facility"), "energy_basis": pick("metered", "declared"), "requests": float64(r.IntN(50)),
			"scope": pick("volume", "volume", "intensity"), "source": "made up", "licence": "CC0-1.0", "quality": pick("measured", "reported")}
		if day := 19000 + float64(r.IntN(700)); r.IntN(4) == 0 { // over the end of a year, or two
			values["started"], values["ended"] = day, day+float64(r.IntN(500))
		} else {
			values["year"] = float64(2021 + r.IntN(3))
		}
		if r.IntN(4) == 0 {
			values["pue"] = 1 + r.Float64()
		}
		for i, f := range kind.Columns {
			switch v := values[f.Name].(type) {
			case string:
				b.Text(i, v)
			case float64:
				b.Number(i, v)
			default:
				b.Missing(i)
			}
		}
	}
	var out bytes.Buffer
	w, err := parquet.Create(&out, kind.Fields(), nil)
	if err != nil {
		t.Fatal(err)
	}
	table := b.Table()
	if err := w.Write(&column.Batch{Rows: table.Rows, Columns: table.Data}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, out.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

// logStudy runs a study of deployments, named by what stands under inventories and amounts.
func logStudy(t *testing.T, dir, inventories, amountsFiles, out string) (*Summary, error) {
	t.Helper()
	s, o, err := loadLog(t, dir, inventories, amountsFiles, out)
	if err != nil {
		return nil, err
	}
	return Run(context.Background(), s, o)
}

// loadLog writes and reads the study that logStudy runs, and how it does.
func loadLog(t *testing.T, dir, inventories, amountsFiles, out string) (*Study, Options, error) {
	t.Helper()
	text := `study: log
title: A log
edition: "1"
year: 2022
status: draft
licence: CC0-1.0
goal: a test
scope: made up
method: observatory@1.0.0
pack: open@2025.1
inventories: {` + inventories + `}
group_by: [region, model]
amounts: [` + amountsFiles + `]
accept_gaps:
  - {factor: electricity, categories: [abiotic_depletion], reason: none}
  - {kind: deployments, impact: device_manufacturing, reason: no hours}
  - {kind: deployments, impact: host_manufacturing, reason: no hours}
  - {kind: deployments, impact: device_transport, reason: no hours}
  - {kind: deployments, impact: end_of_life, reason: no hours}
`
	if strings.HasPrefix(out, "drawn-") {
		text += "draws: 200\n"
	} else {
		text += "draws: 0\n"
	}
	file := filepath.Join(dir, out+".yaml")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	var probs diag.List
	s := LoadFile(context.Background(), file, &probs)
	o := Options{Out: filepath.Join(dir, out), Amounts: true}
	if strings.Contains(out, "tight") {
		o.Memory = 10_000
	}
	return s, o, probs.Err()
}

// Two halves of a log, each read on its own, add up to the results of the whole, to the bit.
func TestAmountsOfPartsOfAnInventoryAddUp(t *testing.T) {
	dir := t.TempDir()
	logRows(t, filepath.Join(dir, "a.parquet"), 0, 700)
	logRows(t, filepath.Join(dir, "b.parquet"), 700, 1500)
	run := func(inventories, amounts, out string) string {
		t.Helper()
		sum, err := logStudy(t, dir, inventories, amounts, out)
		if err != nil {
			t.Fatal(err)
		}
		return sum.Folder
	}
	var whole string
	for _, prefix := range []string{"", "drawn-"} { // what is drawn adds up as well
		if prefix != "" && testing.Short() {
			break
		}
		whole = run("deployments: [a.parquet, b.parquet]", "", prefix+"whole")
		run("deployments: a.parquet", "", prefix+"first")
		run("deployments: b.parquet", "", prefix+"second")
		for out, folder := range map[string]string{
			"sum":   run("deployments: a.parquet", prefix+"second/log/amounts.parquet", prefix+"sum"), // own rows, and those of another run
			"other": run("deployments: b.parquet", prefix+"first/log/amounts.parquet", prefix+"other"),
			"tight": run("deployments: b.parquet", prefix+"first/log/amounts.parquet", prefix+"tight"), // in next to no memory
		} {
			names := []string{"impacts.parquet", "ledger.parquet", "intensities.parquet"}
			if prefix != "" {
				names = append(names, "intervals.parquet", "causes.parquet")
			}
			for _, name := range names {
				if !bytes.Equal(read(t, folder, name), read(t, whole, name)) {
					t.Errorf("%s%s: %s is not that of the whole", prefix, out, name)
				}
			}
		}
	}
	if content := read(t, whole, "amounts.parquet"); !bytes.Equal(content, rewritten[lca.Amount](t, content)) {
		t.Error("the amounts table is not that of its rows written at once")
	}
}

// halfLog writes a log in two halves, a.parquet and b.parquet, and runs the first for its amounts.
func halfLog(t *testing.T) (dir string, amountsOfA *parquet.File) {
	t.Helper()
	dir = t.TempDir()
	logRows(t, filepath.Join(dir, "a.parquet"), 0, 50)
	logRows(t, filepath.Join(dir, "b.parquet"), 50, 100)
	sum, err := logStudy(t, dir, "deployments: a.parquet", "", "first")
	if err != nil {
		t.Fatal(err)
	}
	content := read(t, sum.Folder, "amounts.parquet")
	if amountsOfA, err = parquet.Open("amounts", bytes.NewReader(content), int64(len(content))); err != nil {
		t.Fatal(err)
	}
	return dir, amountsOfA
}

// amountRows are the rows of an amounts table.
func amountRows(t *testing.T, f *parquet.File) []lca.Amount {
	t.Helper()
	rows, err := parquet.ReadRows[lca.Amount](f, 1e6)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// runDamaged adds a damaged amounts table to the second half of a log.
func runDamaged(t *testing.T, dir string, rows []lca.Amount, meta []parquet.KeyValue) error {
	t.Helper()
	var out bytes.Buffer
	if err := parquet.WriteRows(&out, rows, meta); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "damaged.parquet"), out.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := logStudy(t, dir, "deployments: b.parquet", "damaged.parquet", "sum")
	return err
}

// A table of amounts may come from anyone: whatever is wrong with a cell is told at its place.
func TestDamagedAmountsAreRefused(t *testing.T) {
	dir, f := halfLog(t)
	for want, damage := range map[string]func(a *lca.Amount){
		`column rule: the amounts table is damaged: the method has no rule 0 "another"`: func(a *lca.Amount) { a.Rule, a.RuleNumber = "another", 0 },
		`column rule: the amounts table is damaged: the method has no rule 99`:          func(a *lca.Amount) { a.RuleNumber = 99 },
		`column kind: the amounts table is damaged`:                                     func(a *lca.Amount) { a.Kind = "fleet" },
		`column status: the amounts table is damaged: "whole"`:                          func(a *lca.Amount) { a.Status = "whole" },
		`column year: the amounts table is damaged: the year 1492`:                      func(a *lca.Amount) { a.Year = 1492 },
		`column sum: the amounts table is damaged`:                                      func(a *lca.Amount) { a.Sum = "00" },
		`column rows: the amounts table is damaged`:                                     func(a *lca.Amount) { a.Rows = -1 },
		`column rows: the amounts table is damaged: its rows are not those of a file`:   func(a *lca.Amount) { a.FirstFile = 1 << 40 },
		`column comparison: the amounts table is damaged: 3 words for 2 columns`:        func(a *lca.Amount) { a.Comparison = `["a","b","c"]` },
		`column monomial: the amounts table is damaged: "\"FRA\"" is no pair`:           func(a *lca.Amount) { a.Lookup = `"FRA"` },
		`is no power of a symbol of the method and the pack`:                            func(a *lca.Amount) { a.Monomial = `[["parameter luck",1]]` },
		`[parameter load_factor 100000] is no power`:                                    func(a *lca.Amount) { a.Monomial = `[["parameter load_factor",100000]]` },
		`[factor grid_losses "FRA" "" 2024 #999999 1] is no power`:                      func(a *lca.Amount) { a.Monomial = `[["factor grid_losses \"FRA\" \"\" 2024 #999999",1]]` },
	} {
		rows := amountRows(t, f)
		damage(&rows[len(rows)/2])
		err := runDamaged(t, dir, rows, f.Metadata())
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), fmt.Sprintf("damaged.parquet row %d", len(rows)/2+1)) {
			t.Errorf("want %s, got %v", want, err)
		}
	}
}

// What a table of amounts says of its rows may come from anyone, too.
func TestDamagedCountsOfAmountsAreRefused(t *testing.T) {
	dir, f := halfLog(t)
	rows := amountRows(t, f)
	for what, damage := range map[string]func(c *engine.Counts){
		"a row without a period of a file that is not there": func(c *engine.Counts) {
			c.NoPeriod, c.FirstNoPeriod = 1, amounts.Origin{File: 99, Row: 1}
		},
		"fewer rows than none":          func(c *engine.Counts) { c.Rows[0] = -5 },
		"fewer rows of a class":         func(c *engine.Counts) { c.Grades[0][0][1] = -5 },
		"rows of a way that is not one": func(c *engine.Counts) { c.Tiers[0] = make([][8]int64, 1000); c.Tiers[0][999][0] = 1 },
		"fewer rows of a way":           func(c *engine.Counts) { c.Tiers[0] = [][8]int64{{-1}} },
	} {
		t.Run(what, func(t *testing.T) {
			var part amountsPart
			text, _ := f.Lookup(amountsPartKey)
			if err := json.Unmarshal([]byte(text), &part); err != nil {
				t.Fatal(err)
			}
			c := part.Counts["deployments"]
			damage(&c)
			part.Counts["deployments"] = c
			var meta []parquet.KeyValue
			for _, kv := range f.Metadata() {
				if kv.Key == amountsPartKey {
					kv.Value = jsonText(part)
				}
				meta = append(meta, kv)
			}
			if err := runDamaged(t, dir, rows, meta); err == nil || !strings.Contains(err.Error(), "its counts of the rows of deployments are none of a run") {
				t.Errorf("got %v", err)
			}
		})
	}
}
