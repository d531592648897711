package study

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/reports"
)

// reportOf makes the report of a result folder from its tables.
func reportOf(t *testing.T, folder string) (string, error) { return reportIn(t, folder, "en") }

// reportIn is that report in a language.
func reportIn(t *testing.T, folder, language string) (string, error) {
	t.Helper()
	var probs diag.List
	r := OpenRecord(folder, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	e, err := r.Edition(context.Background())
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	_, err = reports.WriteWithTables(&out, e, language, e.Languages...)
	return out.String(), err
}

// The tables of a folder, wherever it lies, give the report that the run wrote, to the byte: of the open edition, of many rows, of which a report lists some, and of none that are named.
func TestAReportIsMadeOfResultTablesAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	rows := cutRows(40)
	many := cutRows(1)
	for i := range 700 {
		many["deployments"] = append(many["deployments"], usedRow("deployments", fmt.Sprint("many", i), "FRA", float64(1+i%977), logRow{"model_id": fmt.Sprint("m", i%40), "output_tokens": float64(10 + i)}))
	}
	for name, s := range map[string]*Study{
		"the open edition": nil,
		"every kind":       projectStudy(t, "draws: 100\ngroup_by: [model, region]\nlevers: [longer-life@1.0.0, dry-cooling@1.0.0]\n"+gapsOfTest, rows, sizing{}),
		"many rows":        projectStudy(t, "group_by: [item, model]\n"+gapsOfTest, many, sizing{}),
		"no groups":        projectStudy(t, gapsOfTest, rows, sizing{}),
	} {
		var folder string
		if s == nil {
			folder = ownEdition(t)
		} else {
			folder = ran(t, s, Options{})
		}
		want, err := os.ReadFile(filepath.Join(folder, "report.en.html"))
		if err != nil {
			t.Fatal(err)
		}
		if s == nil { // a report may have a megabyte, an outlook and what changed included
			for _, language := range reports.Languages() {
				if page, err := reportIn(t, folder, language); err != nil || len(page) > 800_000 {
					t.Errorf("the report of the open edition has %d bytes in %s: %v", len(page), language, err)
				}
			}
		}
		moved := filepath.Join(t.TempDir(), "moved")
		if err := os.Rename(folder, moved); err != nil {
			t.Fatal(err)
		}
		got, err := reportOf(t, moved)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got != string(want) {
			g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
			for i := range min(len(g), len(w)) {
				if g[i] != w[i] {
					t.Errorf("%s: line %d is %.300s\nwant %.300s", name, i+1, g[i], w[i])
					break
				}
			}
		}
	}
}

// What of the folder was changed after the run makes no report.
func TestAReportOfAChangedFolderIsRefused(t *testing.T) {
	s := projectStudy(t, "draws: 100\n"+gapsOfTest, cutRows(4), sizing{})
	folder := ran(t, s, Options{})
	for _, name := range []string{"impacts.parquet", "ledger.parquet", "intensities.parquet", "intervals.parquet", "causes.parquet", "edition.json"} {
		file := filepath.Join(folder, name)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		changed := bytes.Clone(text)
		changed[len(changed)/2] ^= 1
		for what, do := range map[string]func() error{"changed": func() error { return os.WriteFile(file, changed, 0o666) }, "removed": func() error { return os.Remove(file) }} {
			if err := do(); err != nil {
				t.Fatal(err)
			}
			if _, err := reportOf(t, folder); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s %s: %v", name, what, err)
			}
			if err := os.WriteFile(file, text, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}
