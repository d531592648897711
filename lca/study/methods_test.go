package study

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// manyExamples is a method of so many formulas, each a product of sums that no other formula has, with so many examples.
func manyExamples(formulas, examples int) string {
	var b strings.Builder
	b.WriteString("method: many\nversion: \"1\"\nstatus: draft\ndate: \"2025-01-01\"\ntitle: Many examples\ncategories: [climate_change]\nkinds:\n  training_runs:\n    quantities:\n")
	for i := range formulas {
		fmt.Fprintf(&b, "      q%d: {unit: \"1\", expr: (device_count + %d) * (mfu + %d) / (pue + %d)}\n", i, i, i, i)
	}
	b.WriteString("    impacts:\n      - {name: used, perspective: service, stage: training, category: final_energy, value: energy}\nexamples:\n")
	for i := range examples {
		fmt.Fprintf(&b, "  - {name: e%d, kind: training_runs, row: {energy: %d}, expect: {used: %d kWh}}\n", i, i, i)
	}
	return b.String()
}

func TestTheWorkOfExamplesIsBounded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "many.yaml")
	if err := os.WriteFile(file, []byte(manyExamples(50, 40)), 0o600); err != nil {
		t.Fatal(err)
	}
	var probs diag.List
	c := CheckMethod(file, "", &probs)
	if c == nil || len(c.Trials) != 40 {
		t.Fatalf("%v", probs.Problems())
	}
	c.maxParts = 3000
	checks, err := c.RunExamples(context.Background(), &probs)
	if err != nil || len(checks) < 2 || len(checks) == 40 {
		t.Errorf("%d examples ran, error %v", len(checks), err)
	}
	for _, of := range checks {
		if len(of) != 1 || !of[0].OK {
			t.Errorf("%+v", of)
		}
	}
	if probs.Count(diag.Error) != 1 || probs.Err() == nil || !strings.Contains(probs.Err().Error(), "no more are run [too-large]") {
		t.Errorf("%v", probs.Err())
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.RunExamples(cancelled, &probs); err != context.Canceled {
		t.Errorf("interrupted, it ended with %v", err)
	}
}
