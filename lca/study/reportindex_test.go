package study

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
	"github.com/ai-impact-observatory/ailca/reports"
)

// reportFolder is the folder of a report that says a text, below the one that is returned with it.
func reportFolder(t *testing.T, text string) (above, folder string) {
	t.Helper()
	above = t.TempDir()
	r := &Report{Edition: saying(text)}
	made, err := r.Write(t.Context(), above, reports.Languages()...)
	if err != nil {
		t.Fatal(err)
	}
	return above, made.Path
}

// changedRecord writes report.json anew, as a report writes it, with what change does to it.
func changedRecord(t *testing.T, folder string, change func(r *ReportRecord)) {
	t.Helper()
	file := filepath.Join(folder, output.ReportMarker)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r ReportRecord
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	change(&r)
	var b bytes.Buffer
	if err := writeJSON(&b, &r); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestReportsAreReadForAnIndex(t *testing.T) {
	for _, text := range []string{"a text", "</script><script>alert(1)</script>", "\u2028", "\xff"} {
		above, folder := reportFolder(t, text)
		var probs diag.List
		list := IndexedReports(t.Context(), []string{folder}, above, &probs)
		if err := probs.Err(); err != nil {
			t.Fatal(err)
		}
		r := list[0]
		if r.Study != "x" || r.Folder != "x-report" || r.Title != strings.ToValidUTF8(text, "\uFFFD") || r.Year != 2025 {
			t.Errorf("%q: it is read as %+v", text, r)
		}
		if want := []string{"report.en.html", "report.fr.html", "summary.en.html", "summary.fr.html", "tables.csv", "tables.xlsx"}; !slices.Equal(slices.Sorted(slices.Values(r.Files)), want) {
			t.Errorf("%q: its files are %q", text, r.Files)
		}
	}
}

// What a stranger may have done to a folder is told, and nothing of it is listed.
func TestFoldersThatAreNotAsWrittenAreRefused(t *testing.T) {
	long := strings.Repeat("x", maxReportText+1)
	for want, do := range map[string]func(folder string){
		"report.fr.html: the file is not the one that was written": func(f string) { os.WriteFile(filepath.Join(f, "report.fr.html"), []byte("<script>"), 0o666) },
		"summary.en.html: the file that report.json lists":         func(f string) { os.Remove(filepath.Join(f, "summary.en.html")) },
		"report.en.html: the file that report.json lists": func(f string) {
			os.Rename(filepath.Join(f, "report.en.html"), filepath.Join(f, "other"))
			if os.Symlink("other", filepath.Join(f, "report.en.html")) != nil {
				os.Remove(filepath.Join(f, "report.en.html"))
			}
		},
		"report.json: the record of a report is needed":                   func(f string) { os.Remove(filepath.Join(f, "report.json")) },
		"it has more than 16777216 bytes, which is the most that is read": func(f string) { os.Truncate(filepath.Join(f, "report.json"), maxReportRecord+1) },
		"not the record of a report: invalid":                             func(f string) { os.WriteFile(filepath.Join(f, "report.json"), []byte("<"), 0o666) },
		"not as a report writes it": func(f string) {
			os.WriteFile(filepath.Join(f, "report.json"), []byte(`{"format": 2, "study": "x"}`), 0o666)
		},
		"the record has format 1; this version of the program reads 2": func(f string) { changedRecord(t, f, func(r *ReportRecord) { r.Format = 1 }) },
		`"../x" is no name of a study`:                                 func(f string) { changedRecord(t, f, func(r *ReportRecord) { r.Study = "../x" }) },
		"0 is no year of a study":                                      func(f string) { changedRecord(t, f, func(r *ReportRecord) { r.Edition.Year = 0 }) },
		"a text has more than 4096 bytes":                              func(f string) { changedRecord(t, f, func(r *ReportRecord) { r.Edition.Licence = long }) },
		"it has 17 leading totals": func(f string) {
			changedRecord(t, f, func(r *ReportRecord) { r.Edition.Leading = make([]reports.Leading, 17) })
		},
		"a total has half an interval": func(f string) {
			changedRecord(t, f, func(r *ReportRecord) { r.Edition.Leading = []reports.Leading{{P05: new(float64)}} })
		},
		`the file "../secret" is listed twice, or without a digest, or lies elsewhere`: func(f string) { changedRecord(t, f, func(r *ReportRecord) { r.Outputs[0].Path = "../secret" }) },
		"it lists no page": func(f string) { changedRecord(t, f, func(r *ReportRecord) { r.Outputs = nil }) },
	} {
		above, folder := reportFolder(t, "a text")
		do(folder)
		var probs diag.List
		list := IndexedReports(t.Context(), []string{folder}, above, &probs)
		if err := probs.Err(); err == nil || !strings.Contains(err.Error(), want) || len(list) > 0 {
			t.Errorf("want %q, got %v, and %d reports", want, err, len(list))
		}
	}
}

func TestAnIndexStandsAboveItsReports(t *testing.T) {
	above, folder := reportFolder(t, "a text")
	for _, from := range []string{t.TempDir(), folder, filepath.Join(folder, "tables")} {
		var probs diag.List
		if list := IndexedReports(t.Context(), []string{folder}, from, &probs); len(list) > 0 || !strings.Contains(probs.Err().Error(), "does not lie below") {
			t.Errorf("from %s: %v", from, probs.Err())
		}
	}
	var probs diag.List
	if list := IndexedReports(t.Context(), []string{folder, folder + "/."}, above, &probs); len(list) != 1 || !strings.Contains(probs.Err().Error(), "the folder is named twice") {
		t.Errorf("named twice: %v", probs.Err())
	}
}
