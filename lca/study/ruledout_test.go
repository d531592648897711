package study

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
)

// sortedLog is a log sorted by region, as those are that were written region by region; rows without one come first.
func sortedLog(n int) []logRow {
	rows := randomLog(n)
	slices.SortStableFunc(rows, func(a, b logRow) int {
		return cmp.Compare(fmt.Sprint(a["region"]), fmt.Sprint(b["region"]))
	})
	return rows
}

// counting counts how many parts are opened.
type counting struct {
	engine.Source
	opened *atomic.Int64
}

func (c counting) Open(ctx context.Context, part int, columns []string) (engine.Reader, error) {
	c.opened.Add(1)
	return c.Source.Open(ctx, part, columns)
}

// scanned scans a study and tells how many parts of its log there are, and how many were opened.
func scanned(t *testing.T, s *Study) (parts int, opened int64) {
	t.Helper()
	var probs diag.List
	p, err := s.compiled(context.Background(), 0, &probs)
	defer p.close()
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	p.startChecks()
	run := &runState{space: &amounts.Space{}}
	inventories := p.inventories(run)
	var count atomic.Int64
	inventories[0].Source = counting{inventories[0].Source, &count}
	scan, err := engine.Scan(context.Background(), inventories, run.space, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	scan.Close()
	return p.kinds[0].inventory.Parts(), count.Load()
}

// What a filter keeps does not depend on which row groups bounds rule out: those of no cut, of a coarse and of a fine one, and where the condition is one
// that bounds say nothing of.
func TestAFilterGivesTheSameResultsWhateverIsNotRead(t *testing.T) {
	const count = 1000
	rows := sortedLog(count)
	fields := logColumns(rows)
	run := func(where string, rows []logRow, files, groupRows int) map[string]string {
		t.Helper()
		digests, _ := tables(t, studyOfLog(t, "where: {deployments: '"+where+"'}\n", logFiles(t, fields, rows, files, groupRows)...), Options{})
		return digests
	}
	const where = `region == "SWE" and (pue ?? 1) > 1.2`
	want := run(where, rows, 1, count)
	for _, groupRows := range []int{300, 50, 1} {
		if got := run(where, rows, 1, groupRows); !maps.Equal(got, want) {
			t.Errorf("row groups of %d: got %v, want %v", groupRows, got, want)
		}
	}
	shuffled := slices.Clone(rows)
	r := rand.New(rand.NewPCG(3, 4))
	r.Shuffle(count, func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	if got := run(where, shuffled, 5, 2); !maps.Equal(got, want) {
		t.Errorf("rows in another order, in five files: got %v, want %v", got, want)
	}
	const unseen = where + ` or exp(pue ?? 1) < 0`
	if _, opened := scanned(t, studyOfLog(t, "where: {deployments: '"+unseen+"'}\n", logFiles(t, fields, rows, 1, 50)...)); opened != count/50 {
		t.Fatalf("the condition that bounds should say nothing of leaves %d parts", opened)
	}
	if got := run(unseen, rows, 1, 50); !maps.Equal(got, want) {
		t.Errorf("all rows read: got %v, want %v", got, want)
	}
}

func TestRowGroupsThatTheFilterRulesOutAreNotOpened(t *testing.T) {
	const count = 1000
	rows := sortedLog(count)
	fields := logColumns(rows)
	for where, most := range map[string]int64{
		`region == "SWE"`:                  8,
		`region == "ZAF"`:                  0,
		`region == nil`:                    2,
		`year >= 2030 and requests != nil`: 0,
		`requests > q(1e9, "request")`:     0,
		`region == "SWE" or pue < 3`:       20,
		`part_of == nil or region != nil`:  20,
	} {
		parts, opened := scanned(t, studyOfLog(t, "where: {deployments: '"+where+"'}\n", logFiles(t, fields, rows, 1, 50)...))
		if parts != 20 || opened > most || opened == 0 && most > 0 || most == 20 && opened < 20 {
			t.Errorf("%s: %d of %d parts were opened, expected at most %d", where, opened, parts, most)
		}
	}
}

func TestARunSaysHowManyRowsItDidNotRead(t *testing.T) {
	rows := []logRow{}
	for i, region := range []string{"FRA", "FRA", "USA", "USA", "USA", "USA"} {
		rows = append(rows, logRow{"deployment_id": fmt.Sprint(i), "model_id": "m", "scope": "volume", "source": "s", "licence": "CC0-1.0", "quality": "measured", "region": region, "year": 2023.0})
	}
	_, sum := tables(t, studyOfLog(t, `where: {deployments: 'region == "FRA"'}`+"\n", logFiles(t, logColumns(rows), rows, 1, 2)...), Options{})
	if notes := strings.Join(sum.Notes, "\n"); !strings.Contains(notes, "note: 4 of 6 rows of deployments were neither read nor checked") {
		t.Errorf("notes: %s", notes)
	}
	_, sum = tables(t, studyOfLog(t, "", logFiles(t, logColumns(rows), rows, 1, 2)...), Options{})
	if notes := strings.Join(sum.Notes, "\n"); strings.Contains(notes, "not-read") {
		t.Errorf("nothing is filtered, yet: %s", notes)
	}
}

// The ledger accounts for every row, for each quantity too, also for those that were not read.
func TestTheLedgerAccountsForRowsThatAreFilteredOut(t *testing.T) {
	const count = 500
	rows := sortedLog(count)
	kept := 0
	for _, r := range rows {
		if r["region"] == "SWE" {
			kept++
		}
	}
	_, sum := tables(t, studyOfLog(t, `where: {deployments: 'region == "SWE"'}`+"\n", logFiles(t, logColumns(rows), rows, 1, 50)...), Options{})
	all, out := map[string]int64{}, map[string]int64{}
	for _, e := range ledgerOf(t, sum.Folder) {
		if e.Type == entryRows {
			all[e.Subject] += e.Rows
			if e.Detail == amounts.Filtered.String() {
				out[e.Subject] += e.Rows
			}
		}
	}
	if len(all) < 10 || kept < 50 {
		t.Fatalf("the ledger accounts for %d quantities of %d rows that are kept", len(all), kept)
	}
	for subject := range all {
		if all[subject] != count || out[subject] != int64(count-kept) {
			t.Errorf("%s accounts for %d rows, of which %d are filtered out; %d and %d are right", subject, all[subject], out[subject], count, count-kept)
		}
	}
}

// A row that is kept may be a part of one that was not read; what it is a part of must be there all the same, and not be a part of it in turn.
func TestReferencesToRowsThatAreNotReadResolve(t *testing.T) {
	for name, tc := range map[string]struct {
		whole, of string // of the kept row, and of the one that is not read
		want      string // in the error
	}{
		"to a row that is not read":   {"other", "", ""},
		"to a row that is nowhere":    {"nobody", "", "unknown-reference"},
		"that leads back to itself":   {"other", "kept", "cycle"},
		"of the other row to nothing": {"", "nobody", ""},
	} {
		rows := []logRow{{"deployment_id": "kept", "region": "FRA"}, {"deployment_id": "other", "region": "USA"}, {"deployment_id": "third", "region": "USA"}}
		for i, whole := range []string{tc.whole, tc.of, ""} {
			maps.Copy(rows[i], logRow{"model_id": "m", "scope": "volume", "source": "s", "licence": "CC0-1.0", "quality": "measured", "year": 2023.0})
			if whole != "" {
				rows[i]["part_of"] = whole
			}
		}
		fields := logColumns(rows)
		s := studyOfLog(t, `where: {deployments: 'region == "FRA"'}`+"\n", logFiles(t, fields, rows, 1, 1)...)
		_, err := Run(context.Background(), s, Options{Out: t.TempDir()})
		if text := fmt.Sprint(err); (err != nil) != (tc.want != "") || !strings.Contains(text, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
