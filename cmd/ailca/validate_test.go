package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestProgramsAreToldHowManyProblemsAreNotListed(t *testing.T) {
	var probs diag.List
	for row := range 100 {
		probs.Add(diag.Problem{Severity: diag.Warning, Code: diag.Implausible, Place: diag.Place{File: "runs.parquet", Row: int64(row + 1)}, Message: "odd"})
	}
	probs.Omit(diag.Warning, diag.Implausible, "runs.parquet", 71)
	var stdout, stderr bytes.Buffer
	a := &app{stdout: &stdout, stderr: &stderr, settings: Settings{LogLevel: "info"}}
	if err := a.findings(&probs, "json", "1 path valid"); err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	if err := json.Unmarshal(stdout.Bytes(), &rows); err != nil {
		t.Fatal(err)
	}
	last := rows[len(rows)-1]
	if len(rows) != 101 || last["code"] != "implausible-value" || last["severity"] != "warning" || last["file"] != "runs.parquet" || last["message"] != "71 more of this code are not listed" {
		t.Errorf("%d objects, the last %v", len(rows), last)
	}
	if got := stderr.String(); got != "71 more warnings [implausible-value] not listed\n" {
		t.Errorf("standard error has %q", got)
	}
	stdout.Reset()
	if err := a.findings(&probs, "csv", "1 path valid"); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(stdout.String()), "\n"); len(lines) != 102 || !strings.HasPrefix(lines[101], "warning,implausible-value,runs.parquet,0,0,0,,71 more of this code are not listed,") {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}
