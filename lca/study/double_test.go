package study

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/reports"
)

// rowsOf reads a result table.
func rowsOf[T any](t testing.TB, folder, name string) []T {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.Open(name, strings.NewReader(string(content)), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := parquet.ReadRows[T](f, 1e6)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// withMethod has a study of deployments computed by another method, given as text.
func withMethod(t *testing.T, s *Study, method string) *Study {
	t.Helper()
	s.Method = filepath.Join(t.TempDir(), "method.yaml")
	if err := os.WriteFile(s.Method, []byte(method), 0o666); err != nil {
		t.Fatal(err)
	}
	s.Gaps = nil
	return s
}

const energyMethod = `
method: energy
version: "1"
status: draft
date: "2025-06-01"
title: Energy as it stands in the row
categories: [climate_change]
kinds:
  deployments:
    functional_units:
      - {name: request, unit: request, count: requests, class: [scope]}
    impacts:
      - {name: energy, perspective: service, stage: inference, category: final_energy, value: energy}
`

// besides are impacts that are no part of a total.
const besides = `      - {name: as_if, perspective: service, stage: inference, category: final_energy, value: energy * 2, share_of: option}
      - {name: given_back, perspective: service, stage: end_of_life, category: final_energy, value: energy * 3, share_of: credit}
`

// The total is that of the wholes: whatever the order of the rows and their cut into files and row groups, a row and what it is a part of never both count.
func TestARowAndItsWholeNeverBothCount(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	r := rand.New(rand.NewPCG(21, 22))
	for range 12 {
		n := 2 + r.IntN(60)
		order := r.Perm(n)
		var rows []logRow
		for i := range n {
			rows = append(rows, logRow{"deployment_id": fmt.Sprintf("d%03d", i), "model_id": "m", "scope": "volume", "source": "a test", "licence": "CC0-1.0", "quality": "measured",
				"region": "FRA", "year": 2023.0, "energy": float64(1+r.IntN(1<<30)) / (1 << 20), "energy_boundary": "facility", "energy_basis": "metered"})
		}
		want := new(big.Float).SetPrec(200)
		depth := map[int]int{}
		for i, at := range order {
			if i > 0 && r.IntN(3) > 0 { // of a row that comes before in this order, wherever it stands: there is no cycle
				whole := order[r.IntN(i)]
				rows[at][[]string{"part_of", "part_of", "alternative_to"}[r.IntN(3)]] = rows[whole]["deployment_id"]
				depth[at] = depth[whole] + 1
				continue
			}
			want.Add(want, big.NewFloat(rows[at]["energy"].(float64)))
		}
		exactly, _ := want.Float64()
		fields := logColumns(append(slices.Clone(rows), logRow{"part_of": "x", "alternative_to": "x"}))
		for range 4 {
			r.Shuffle(n, func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			files := 1 + r.IntN(3)
			s := withMethod(t, studyOfLog(t, "", logFiles(t, fields, rows, min(files, n), 1+r.IntN(9))...), energyMethod)
			if r.IntN(2) == 0 {
				s.GroupBy = nil
			}
			sum, err := Run(context.Background(), s, Options{Out: t.TempDir(), Jobs: 1 + r.IntN(4)})
			if err != nil {
				t.Fatal(err)
			}
			if got := sum.Rows[0].Value; got != exactly {
				t.Fatalf("the total of %v is %v, that of its wholes %v", rows, got, exactly)
			}
		}

		// Where a whole is made a part of one of its own parts there is no whole, and the study is refused.
		for at, row := range rows {
			whole, has := row["part_of"].(string)
			if !has {
				continue
			}
			i := slices.IndexFunc(rows, func(w logRow) bool { return w["deployment_id"] == whole })
			delete(rows[i], "alternative_to")
			rows[i]["part_of"] = rows[at]["deployment_id"]
			s := withMethod(t, studyOfLog(t, "", logFiles(t, fields, rows, 2, 3)...), energyMethod)
			_, err := Run(context.Background(), s, Options{Out: t.TempDir()})
			if err == nil || !strings.Contains(err.Error(), "leads back to itself") || diag.Exit(err) != 3 {
				t.Fatalf("a cycle: %v", err)
			}
			break
		}
	}
}

// Options and credits stand in the impact table, each under its name, and in no total: not in the ledger's, which add up to that of the table, and in no
// intensity.
func TestOptionsAndCreditsEnterNoTotal(t *testing.T) {
	rows := randomLog(60)
	for _, row := range rows {
		row["year"], row["energy"], row["energy_boundary"], row["requests"] = 2023.0, 12.5, "facility", 10.0
		delete(row, "started")
		delete(row, "ended")
	}
	fields := logColumns(rows)
	type run struct {
		impacts     []lca.Impact
		ledger      []lca.Entry
		intensities []lca.Intensity
	}
	of := func(method string) (out run) {
		sum, err := Run(context.Background(), withMethod(t, studyOfLog(t, "", logFiles(t, fields, rows, 1, 7)...), method), Options{Out: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		out.impacts, out.ledger, out.intensities = rowsOf[lca.Impact](t, sum.Folder, "impacts.parquet"), rowsOf[lca.Entry](t, sum.Folder, "ledger.parquet"), rowsOf[lca.Intensity](t, sum.Folder, "intensities.parquet")
		return out
	}
	plain, more := of(energyMethod), of(energyMethod+besides)
	shares := map[string]float64{}
	var totals []lca.Impact
	for _, row := range more.impacts {
		if row.Accounting == "location" {
			if shares[row.ShareOf] += row.Value; row.ShareOf == "total" {
				totals = append(totals, row)
			}
		}
	}
	if total := shares["total"]; total == 0 || shares["option"] != 2*total || shares["credit"] != 3*total {
		t.Fatalf("%v", shares)
	}
	total, err := reports.Sum(totals)
	if err != nil {
		t.Fatal(err)
	}
	told := 0.0
	for _, e := range more.ledger {
		if e.Type == entryValue && e.Accounting == "location" {
			told += *e.Value
		}
	}
	if told != total {
		t.Errorf("the ledger adds up to %v, the total is %v", told, total)
	}
	if len(more.intensities) == 0 || len(more.intensities) != len(plain.intensities) {
		t.Fatalf("%d intensities, %d without the option and the credit", len(more.intensities), len(plain.intensities))
	}
	for i := range more.intensities {
		a, b := more.intensities[i], plain.intensities[i]
		if a.Value != b.Value || a.Category != b.Category {
			t.Errorf("%v, without the option and the credit %v", a, b)
		}
	}
	var picked []lca.Impact
	for _, row := range more.impacts {
		if row.Accounting == "location" {
			picked = append(picked, row)
		}
	}
	if _, err := reports.Sum(picked); err == nil || !strings.Contains(err.Error(), "share_of") {
		t.Errorf("the total, the option and the credit are added: %v", err)
	}
}
