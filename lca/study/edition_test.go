package study

import (
	"context"
	"html"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// The impact table opens in a second, independent Parquet reader, and the sums of its cells, added there in exact arithmetic, are the totals
// that the report prints and the summary lists.
func TestTotalsOfTheReportAreTheSumsOfTheTableInAnotherReader(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	folder, summary := openEdition(t)
	content, err := os.ReadFile(filepath.Join(folder, "impacts.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	fields, err := parquet.Fields[lca.Impact]()
	if err != nil {
		t.Fatal(err)
	}
	table, err := parquet.ReadSmall(content, fields) // xitongsys's reader, not the one that the program reads with
	if err != nil {
		t.Fatal(err)
	}
	if table.Rows < 500 {
		t.Fatalf("the table has %d rows", table.Rows)
	}
	word := func(name string, row int) string {
		c, _ := table.Lookup(name)
		if !c.Valid.Get(row) {
			return ""
		}
		return c.Dict.Values[c.Codes[row]]
	}
	number := func(name string, row int) float64 {
		c, _ := table.Lookup(name)
		if c.Type != column.Float {
			t.Fatalf("%s is no number", name)
		}
		return c.Floats[row]
	}
	sums := map[SummaryRow]*big.Rat{}
	for row := range table.Rows {
		if word("share_of", row) != "total" {
			continue
		}
		k := SummaryRow{Category: word("category", row), Unit: word("unit", row), Year: int(number("year", row)), Perspective: word("perspective", row), Accounting: word("accounting", row)}
		if sums[k] == nil {
			sums[k] = new(big.Rat)
		}
		sums[k].Add(sums[k], new(big.Rat).SetFloat64(number("value", row)))
	}
	page, err := os.ReadFile(filepath.Join(folder, "report.en.html"))
	if err != nil {
		t.Fatal(err)
	}
	printed := map[float64]bool{}
	for _, m := range regexp.MustCompile(`<data value="([^"]*)"`).FindAllStringSubmatch(html.UnescapeString(string(page)), -1) {
		v, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		printed[v] = true
	}
	checked := 0
	for _, r := range summary.Rows {
		k := r
		k.Value, k.Complete, k.P05, k.P95 = 0, false, nil, nil
		want, _ := sums[k].Float64() // the exact sum, rounded once
		if r.Value != want {
			t.Errorf("%v: the summary says %v, the table adds up to %v", k, r.Value, want)
		}
		if !printed[want] {
			t.Errorf("%v: the report does not print %v with all digits", k, want)
		}
		checked++
	}
	if checked < 10 {
		t.Errorf("only %d totals were checked", checked)
	}
}

// The ledger accounts for every row of every inventory, as a whole and for each quantity, and its values by class add up to the totals.
func TestTheLedgerAccountsForEveryRowAndEveryTotal(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	folder, summary := openEdition(t)
	entries := ledgerOf(t, folder)
	rows := map[[2]string]int64{}                                  // kind and subject
	classes, tiers := map[[3]string]int64{}, map[[3]string]int64{} // kind, subject and class, of the rows in the total
	values := map[SummaryRow]float64{}
	for _, e := range entries {
		switch e.Type {
		case entryRows:
			rows[[2]string{e.Kind, e.Subject}] += e.Rows
			if e.Detail == "" {
				classes[[3]string{e.Kind, e.Subject, e.Class}] += e.Rows
			}
		case entryTier:
			tiers[[3]string{e.Kind, e.Subject, e.Class}] += e.Rows
		case entryValue:
			values[SummaryRow{Category: e.Category, Unit: e.Unit, Year: e.Year, Perspective: e.Perspective, Accounting: e.Accounting}] += *e.Value
		}
	}
	if len(rows) < 20 {
		t.Fatalf("the ledger accounts for %d quantities", len(rows))
	}
	for k, n := range rows {
		if want := rows[[2]string{k[0], "rows"}]; n != want {
			t.Errorf("%s %s accounts for %d rows of %d", k[0], k[1], n, want)
		}
	}
	if len(tiers) < 10 {
		t.Errorf("the ledger tells %d tiers", len(tiers))
	}
	for k, n := range tiers {
		if want := classes[k]; n != want {
			t.Errorf("%s %s: the tiers account for %d %s rows of %d", k[0], k[1], n, k[2], want)
		}
	}
	for _, r := range summary.Rows {
		k := r
		k.Value, k.Complete, k.P05, k.P95 = 0, false, nil, nil
		if got := values[k]; got-r.Value > 1e-12*r.Value || r.Value-got > 1e-12*r.Value {
			t.Errorf("%v: the ledger's classes add up to %v, the total is %v", k, got, r.Value)
		}
	}
}

// The amounts that the open edition refuses are those that its study accepts, and each accepted gap is needed.
func TestEveryAcceptedGapOfTheOpenEditionIsNeeded(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	if _, summary := openEdition(t); len(summary.Notes) > 0 {
		t.Errorf("%s", strings.Join(summary.Notes, "\n"))
	}
}

// An operator that is spelt otherwise in the inventory than in the pack would leave its published PUE unused: each is known to the pack, or its
// rows state the PUE themselves.
func TestOperatorsOfTheOpenEditionAreThoseOfThePack(t *testing.T) {
	var probs diag.List
	p, err := EmbeddedEdition(&probs).prepare(context.Background(), 0, &probs)
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	known := map[string]bool{}
	for i := range p.pack.Rows {
		if r := &p.pack.Rows[i]; r.Factor == "pue" {
			known[r.Technology] = true
		}
	}
	for _, kind := range []string{"training_runs", "deployments"} {
		table, err := p.tables[kind].Table(p.tables[kind].Kind().Names())
		if err != nil {
			t.Fatal(err)
		}
		x := texts{table}
		operators := 0
		for row := range table.Rows {
			operator := x.word("operator", row)
			if operator == "" {
				continue
			}
			operators++
			if _, stated := x.number("pue", row); !stated && !known[operator] {
				t.Errorf("%s row %d: the pack has no PUE of the operator %s", kind, row+1, operator)
			}
		}
		if operators < 5 {
			t.Errorf("%s names %d operators", kind, operators)
		}
	}
}
