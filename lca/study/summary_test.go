package study

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study/chromium"
	"github.com/ai-impact-observatory/ailca/reports"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// openReport is the report of the open edition, with the outlook of scenarios by name.
func openReport(t *testing.T, names ...string) *Report {
	t.Helper()
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	run, _ := openEdition(t)
	var probs diag.List
	var of []*scenarios.Scenario
	for _, name := range names {
		of = append(of, LoadScenario(name, &probs))
	}
	s := EmbeddedEdition(&probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	s.Sampling.Draws = 50
	later, err := projected(t, s, 2030, Options{Out: t.TempDir()}, of...).Write(t.Context(), func(w io.Writer) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	r := OpenReport(t.Context(), []string{run, later}, "", "", &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// Printed, the summary of the open edition with its outlook has two pages at most, in each language.
func TestTheSummaryOfTheOpenEditionHasTwoPages(t *testing.T) {
	browser, err := chromium.Find("")
	if err != nil {
		t.Skipf("no page is printed: %v", err)
	}
	r := openReport(t, "frozen", "observatory-low", "observatory-reference", "observatory-high")
	r.Chromium, r.PDF = browser, true
	folder, err := r.Write(t.Context(), t.TempDir(), reports.Languages()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range reports.Languages() {
		made, err := os.ReadFile(filepath.Join(folder.Path, reports.PDFName(reports.SummaryName(language))))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(regexp.MustCompile(`/Type /Page\b`).FindAll(made, -1)); n < 1 || n > 2 {
			t.Errorf("%s: %d pages", language, n)
		}
		if bytes.Contains(made, []byte("/URI")) {
			t.Errorf("%s: it links to a file, which lies beside the page only", language)
		}
	}
}
