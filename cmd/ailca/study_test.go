package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/reports"
)

// Each script in testdata/study runs whole studies through the command line, on inventories and packs that stand in the script.
func TestStudies(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/study",
		Setup: collectSeldom,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":     exits,
			"inventory": inventory,
			"intensity": intensity,
			"shared":    shared,
			"sharing":   sharing,
			"item":      item("location"),
			"market":    item("market"),
			"total":     total,
			"ledger":    ledger,
			"made":      made,
			"taken":     taken,
			"same":      same,
			"truncate":  truncate,
			"flip":      flip,
		},
	})
}

// exits CODE COMMAND... runs a command as exec does and checks its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit code %d, expected %s", got, args[0])
	}
}

// inventory KIND FILE.csv FILE.parquet writes a table of the script as Parquet as it stands, wrong values and columns included.
func inventory(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: inventory KIND FILE.csv FILE.parquet")
	}
	kind, ok := datasets.KindByName(args[0])
	if !ok {
		ts.Fatalf("no kind %s", args[0])
	}
	records, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[1]))).ReadAll()
	ts.Check(err)
	var fields []lca.Field
	for _, name := range records[0] {
		field := lca.Field{Name: name, Type: lca.Text}
		if c, ok := kind.Column(name); ok {
			field = c.Field
			field.Required = false
		}
		fields = append(fields, field)
	}
	b := parquet.NewBuilder(fields)
	for _, record := range records[1:] {
		for i, text := range record {
			switch {
			case text == "":
				b.Missing(i)
			case fields[i].Type == lca.Text:
				b.Text(i, text)
			case fields[i].Type == lca.Date:
				day, err := time.Parse(time.DateOnly, text)
				ts.Check(err)
				b.Number(i, float64(day.Unix()/86400))
			default:
				v, err := strconv.ParseFloat(text, 64)
				ts.Check(err)
				b.Number(i, v)
			}
		}
	}
	var out bytes.Buffer
	ts.Check(parquet.WriteSmall(&out, fields, b.Table(), nil))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), out.Bytes(), 0o666))
}

// truncate FILE BYTES cuts the end off a file.
func truncate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: truncate FILE BYTES")
	}
	cut, err := strconv.Atoi(args[1])
	ts.Check(err)
	content := ts.ReadFile(args[0])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(content[:len(content)-cut]), 0o666))
}

// flip FILE flips a bit in the middle of a file.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: flip FILE")
	}
	content := []byte(ts.ReadFile(args[0]))
	content[len(content)/2] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), content, 0o666))
}

func impacts(ts *testscript.TestScript, folder string) []lca.Impact {
	content := []byte(ts.ReadFile(folder + "/impacts.parquet"))
	f, err := parquet.Open("impacts.parquet", bytes.NewReader(content), int64(len(content)))
	ts.Check(err)
	rows, err := parquet.ReadRows[lca.Impact](f, 1_000_000)
	ts.Check(err)
	return rows
}

// near checks a value against a published one: within a tolerance such as 0.3% (of the published value), or equal where none is given.
func near(ts *testscript.TestScript, what string, got float64, want, tolerance string) {
	w, err := strconv.ParseFloat(want, 64)
	ts.Check(err)
	part := 0.0
	if tolerance != "" {
		part, err = strconv.ParseFloat(strings.TrimSuffix(tolerance, "%"), 64)
		ts.Check(err)
	}
	if !(math.Abs(got-w) <= part/100*math.Abs(w)) {
		ts.Fatalf("%s is %v, expected %s within %s", what, got, want, tolerance)
	}
	ts.Logf("%s is %v, published %s", what, got, want)
}

// intensity FOLDER UNIT CLASS YEAR CATEGORY WANT checks the one location-based intensity of a functional unit, comparison class and year.
func intensity(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 6 {
		ts.Fatalf("usage: intensity FOLDER UNIT CLASS YEAR CATEGORY WANT")
	}
	content := []byte(ts.ReadFile(args[0] + "/intensities.parquet"))
	f, err := parquet.Open("intensities.parquet", bytes.NewReader(content), int64(len(content)))
	ts.Check(err)
	rows, err := parquet.ReadRows[lca.Intensity](f, 1_000_000)
	ts.Check(err)
	found := 0
	for _, r := range rows {
		if r.FunctionalUnit == args[1] && r.ComparisonClass == args[2] && fmt.Sprint(r.Year) == args[3] && r.Category == args[4] && r.Accounting == "location" {
			near(ts, strings.Join(args[1:5], " "), r.Value, args[5], "")
			found++
		}
	}
	if found != 1 {
		ts.Fatalf("the table has %d such intensities", found)
	}
}

func intensities(ts *testscript.TestScript, folder string) []lca.Intensity {
	content := []byte(ts.ReadFile(folder + "/intensities.parquet"))
	f, err := parquet.Open("intensities.parquet", bytes.NewReader(content), int64(len(content)))
	ts.Check(err)
	rows, err := parquet.ReadRows[lca.Intensity](f, 1_000_000)
	ts.Check(err)
	return rows
}

// shared FOLDER UNIT MODEL CATEGORY COMPLETE CLASS WANT [TOLERANCE] checks what a model bears per unit, location-based: whether it is complete, its comparison
// class and its value; "! shared" FOLDER UNIT MODEL CATEGORY that there is none.
func shared(ts *testscript.TestScript, neg bool, args []string) {
	if neg && len(args) != 4 || !neg && len(args) < 7 {
		ts.Fatalf("usage: shared FOLDER UNIT MODEL CATEGORY COMPLETE CLASS WANT [TOLERANCE]")
	}
	found := 0
	for _, r := range intensities(ts, args[0]) {
		if r.FunctionalUnit != args[1] || r.Model != args[2] || r.Category != args[3] || r.Accounting != "location" {
			continue
		}
		if found++; neg {
			ts.Fatalf("it is %v", r.Value)
		}
		near(ts, strings.Join(args[1:4], " "), r.Value, args[6], strings.Join(args[7:], ""))
		if fmt.Sprint(r.Complete) != args[4] || r.ComparisonClass != args[5] || r.Quality != "modelled" {
			ts.Fatalf("complete %v, %q, %s", r.Complete, r.ComparisonClass, r.Quality)
		}
	}
	if found != 1 && !neg {
		ts.Fatalf("the table has %d such rows", found)
	}
}

// sharing FOLDER UNIT CATEGORY SHARED UNSHARED checks what the ledger says of a sharing out, location-based; that the rows of the intensity table add up to
// it; and that both parts add up to the category's results of training runs over all years, to the bit.
func sharing(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 5 {
		ts.Fatalf("usage: sharing FOLDER UNIT CATEGORY SHARED UNSHARED")
	}
	content := []byte(ts.ReadFile(args[0] + "/ledger.parquet"))
	f, err := parquet.Open("ledger.parquet", bytes.NewReader(content), int64(len(content)))
	ts.Check(err)
	entries, err := parquet.ReadRows[lca.Entry](f, 1_000_000)
	ts.Check(err)
	of := map[string]float64{}
	for _, e := range entries {
		if e.Type == "share_out" && e.Subject == args[1] && e.Category == args[2] && e.Accounting == "location" {
			of[e.Class] += *e.Value
		}
	}
	near(ts, "shared", of["shared"], args[3], "")
	near(ts, "not shared", of["unshared"], args[4], "")
	var parts, whole []float64
	for _, r := range intensities(ts, args[0]) {
		if r.FunctionalUnit == args[1] && r.Category == args[2] && r.Accounting == "location" {
			parts = append(parts, r.Impact)
		}
	}
	if got := exact.Total(parts); got != of["shared"] {
		ts.Fatalf("the rows add up to %v", got)
	}
	for _, r := range impacts(ts, args[0]) {
		if r.Kind == "training_runs" && r.Category == args[2] && r.Accounting == "location" && r.ShareOf == "total" {
			whole = append(whole, r.Value)
		}
	}
	if got, want := exact.Total(append(parts, of["unshared"])), exact.Total(whole); got != want {
		ts.Fatalf("what is shared out and the rest are %v, the impact table has %v", got, want)
	}
}

// ledger FOLDER KIND SUBJECT CLASS DETAIL ROWS checks how many rows of a kind the ledger accounts for in this way.
func ledger(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 6 {
		ts.Fatalf("usage: ledger FOLDER KIND SUBJECT CLASS DETAIL ROWS")
	}
	content := []byte(ts.ReadFile(args[0] + "/ledger.parquet"))
	f, err := parquet.Open("ledger.parquet", bytes.NewReader(content), int64(len(content)))
	ts.Check(err)
	entries, err := parquet.ReadRows[lca.Entry](f, 1_000_000)
	ts.Check(err)
	var rows int64
	for _, e := range entries {
		if e.Type == "rows" && e.Kind == args[1] && e.Subject == args[2] && e.Class == args[3] && e.Detail == args[4] {
			rows += e.Rows
		}
	}
	if fmt.Sprint(rows) != args[5] {
		ts.Fatalf("the ledger has %d such rows", rows)
	}
}

// taken FOLDER TYPE ACCOUNTING CATEGORY SUBJECT DETAIL ROWS VALUE TOLERANCE checks what the ledger says of a fallback or an overlay that was taken: of how
// many rows, and of how much of the category.
func taken(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 9 {
		ts.Fatalf("usage: taken FOLDER TYPE ACCOUNTING CATEGORY SUBJECT DETAIL ROWS VALUE TOLERANCE")
	}
	content := []byte(ts.ReadFile(args[0] + "/ledger.parquet"))
	f, err := parquet.Open("ledger.parquet", bytes.NewReader(content), int64(len(content)))
	ts.Check(err)
	entries, err := parquet.ReadRows[lca.Entry](f, 1_000_000)
	ts.Check(err)
	found := 0
	for _, e := range entries {
		if e.Type != args[1] || e.Accounting != args[2] || e.Category != args[3] || e.Subject != args[4] {
			continue
		}
		ts.Logf("%s %s: %d rows, %v", e.Subject, e.Detail, e.Rows, *e.Value)
		if e.Detail == args[5] {
			found++
			near(ts, args[5], *e.Value, args[7], args[8])
			if fmt.Sprint(e.Rows) != args[6] {
				ts.Fatalf("%d rows", e.Rows)
			}
		}
	}
	if found != 1 {
		ts.Fatalf("the ledger has %d such entries", found)
	}
}

// item FOLDER ITEM STAGE CATEGORY WANT [TOLERANCE] checks an item's location-based result in the impact table, over all years, and market its market-based
// one; "! item" that it has none.
func item(accounting string) func(ts *testscript.TestScript, neg bool, args []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if len(args) < 4 {
			ts.Fatalf("usage: item or market FOLDER ITEM STAGE CATEGORY WANT [TOLERANCE]")
		}
		var sum float64
		rows := 0
		for _, r := range impacts(ts, args[0]) {
			if r.Item == args[1] && r.Stage == args[2] && r.Category == args[3] && r.Accounting == accounting && r.ShareOf == "total" {
				sum += r.Value
				rows++
			}
		}
		switch {
		case neg && rows > 0:
			ts.Fatalf("%s has %v of %s in %s", args[1], sum, args[3], args[2])
		case neg:
			return
		case rows == 0:
			ts.Fatalf("the impact table has no %s of %s in %s", args[3], args[1], args[2])
		}
		near(ts, strings.Join(args[1:4], " "), sum, args[4], strings.Join(args[5:], ""))
	}
}

// total FOLDER YEAR PERSPECTIVE ACCOUNTING CATEGORY WANT [TOLERANCE] checks a total; "! total" that there is none.
func total(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 5 {
		ts.Fatalf("usage: total FOLDER YEAR PERSPECTIVE ACCOUNTING CATEGORY WANT [TOLERANCE]")
	}
	rows := impacts(ts, args[0])
	year, err := strconv.Atoi(args[1])
	ts.Check(err)
	if len(rows) == 0 {
		if !neg {
			ts.Fatalf("the impact table is empty")
		}
		return
	}
	r := rows[0]
	got, err := reports.Total(rows, reports.Selection{Study: r.Study, Scenario: r.Scenario, Method: r.Method, Pack: r.Pack, Year: year, Perspective: args[2], Accounting: args[3], Category: args[4]})
	if neg {
		if err == nil {
			ts.Fatalf("the total is %v", got)
		}
		return
	}
	ts.Check(err)
	near(ts, "the total of "+args[4], got, args[5], strings.Join(args[6:], ""))
}

// same FOLDER FOLDER checks that two result folders have equal bytes in every file but timings.json.
func same(ts *testscript.TestScript, neg bool, args []string) {
	a, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	b, err := os.ReadDir(ts.MkAbs(args[1]))
	ts.Check(err)
	if len(a) != len(b) || len(a) < 6 {
		ts.Fatalf("%d files and %d", len(a), len(b))
	}
	for _, f := range a {
		if f.Name() == "timings.json" {
			continue
		}
		if ts.ReadFile(args[0]+"/"+f.Name()) != ts.ReadFile(args[1]+"/"+f.Name()) {
			ts.Fatalf("%s differs", f.Name())
		}
	}
}

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
