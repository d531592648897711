package published_test

import (
	"os"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study/published"
	"github.com/ai-impact-observatory/ailca/rules"
)

// A case may come from a stranger: whatever its text, reading it gives a case or problems.
func FuzzCase(f *testing.F) {
	for _, name := range published.Names() {
		text, err := os.ReadFile(name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("case: x\nyear: 2020\ntables: {training_runs: [{run_id: a, energy: 1e-999999999 kWh}, 3, null]}\nexpect: [{of: {item: [[]]}, value: 0e999999999}, 1, {ratio: [a]}]\n"))
	f.Add([]byte("case: x\ntables: [1]\nfactors: [{factor: electricity, value: 1e400}, 2]\nexpect: {a: b}\n"))
	var wrong diag.List
	method := rules.Embedded("observatory@1.1.0", &wrong)
	if err := wrong.Err(); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var probs diag.List
		c := published.Load("case.yaml", text, &probs)
		if c == nil {
			if probs.Count(diag.Error) == 0 {
				t.Error("neither a case nor a problem")
			}
			return
		}
		if files := c.Files(method, nil, newestPack(), &probs); probs.Count(diag.Error) == 0 && files == nil {
			t.Error("neither files nor a problem")
		}
	})
}
