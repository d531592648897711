package factors

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// TestLints looks over the packs of testdata/lints: each archive wants the problems of its tables, if they have any, then what Lint finds, then the statements that
// accept nothing.
func TestLints(t *testing.T) {
	eachArchive(t, "lints", func(t *testing.T, layers []At) string {
		var probs diag.List
		p := Stack(layers, Options{}, &probs)
		out := listed(&probs)
		findings, unused := p.Lint()
		for i := range findings {
			out += fmt.Sprintln(findings[i].Problem())
		}
		for _, a := range unused {
			out += fmt.Sprintf("%s: accepts nothing: %s, %s\n", a.Place, a.Lint, a.Reason)
		}
		return out
	})
}

// Each lint has an archive of its own, with something that it finds.
func TestEveryLintIsTested(t *testing.T) {
	for _, rule := range LintRules() {
		text, err := os.ReadFile("testdata/lints/" + rule.Name + ".txtar")
		if _, want, _ := strings.Cut(string(text), "-- want --\n"); err != nil || !strings.Contains(want, "["+rule.Name+"]") {
			t.Errorf("no archive shows a finding of %s: %v", rule.Name, err)
		}
		if rule.Title == "" || rule.Why == "" {
			t.Errorf("%s does not say what it looks for and why", rule.Name)
		}
	}
	archives, _ := filepath.Glob("testdata/lints/*.txtar")
	for _, name := range archives {
		base := strings.TrimSuffix(filepath.Base(name), ".txtar")
		if !slices.Contains(append(LintNames(), "accepted", "layers", string(diag.NegativeWater), string(diag.NoLicence)), base) {
			t.Errorf("%s is of no lint", name)
		}
	}
}
