package published_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
)

const twoMethods = `case: two-methods
title: One request by two revisions
source: arithmetic
method: ecologits@0.9
year: 2025
tables: {deployments: [{deployment_id: r, parameters_total: 24e9, output_tokens: 400}]}
expect:
  - {id: new, what: energy after, of: {item: r, quantity: gpu_energy}, value: 0.02168 Wh, within: 0.1 %, class: derived}
  - {id: old, what: energy before, of: {item: r, quantity: gpu_energy, method: OTHER}, value: 1.427 Wh, within: 0.1 %, class: derived}
  - {id: times, what: times less, ratio: [old, new], value: 65.84, within: 0.1 %, class: derived}
`

// A number may be that of another method than the case's: a ratio tells what a revision changes, and names both.
func TestACaseComparesMethods(t *testing.T) {
	var probs, failures diag.List
	c := study.ReadCase("two.yaml", []byte(strings.Replace(twoMethods, "OTHER", "ecologits@0.8", 1)), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	results, err := c.Run(context.Background(), study.CaseOptions{Write: t.TempDir()}, &failures)
	if err != nil || failures.Err() != nil {
		t.Fatal(err, failures.Err())
	}
	for i, method := range []string{"ecologits@0.9", "ecologits@0.8", "ecologits@0.8 over ecologits@0.9"} {
		if results[i].Method != method || !results[i].OK {
			t.Errorf("%+v is not of %s", results[i], method)
		}
	}
	if parts := c.ByMethod(); len(parts) != 2 || parts[0].Name != "two-methods" || parts[1].Name != "two-methods-ecologits-0-8" {
		t.Errorf("%d parts", len(parts))
	}
}

// A method that there is not is told where the expectation names it.
func TestAMethodOfAnExpectationThatIsNotThere(t *testing.T) {
	var probs diag.List
	study.ReadCase("two.yaml", []byte(strings.Replace(twoMethods, "OTHER", "ecologits@0.7", 1)), &probs)
	if err := probs.Err(); err == nil || !strings.HasPrefix(err.Error(), `two.yaml:9:80: no method "ecologits@0.7" is embedded [unknown-name]`) {
		t.Error(err)
	}
}
