package study

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/rules"
)

// The template is valid, whole and for each kind; nothing in it is unused, and its examples come out as they say.
func TestTheTemplateIsAMethod(t *testing.T) {
	for _, kind := range append([]string{""}, rules.TemplateKinds()...) {
		file := filepath.Join(t.TempDir(), "method.yaml")
		if err := os.WriteFile(file, []byte(rules.Template(kind)), 0o600); err != nil {
			t.Fatal(err)
		}
		var probs diag.List
		c := CheckMethod(file, "", &probs)
		if len(probs.Problems()) > 0 || c == nil {
			t.Errorf("%q: %v", kind, probs.Problems())
			continue
		}
		checks, err := c.RunExamples(context.Background(), &probs)
		if err != nil || len(checks) == 0 || len(probs.Problems()) > 0 {
			t.Errorf("%q: %d examples, %v, %v", kind, len(checks), err, probs.Problems())
		}
	}
}

// It names the words that may stand in it.
func TestTheTemplateNamesEveryWord(t *testing.T) {
	text := rules.Template("")
	words := lca.Words()
	var all []string
	for _, list := range [][]string{lca.Names(words.Stages), lca.Names(words.Perspectives), lca.Names(words.Accountings), lca.Names(words.ShareOf), lca.Names(words.Qualities), dist.Names(), factors.Boundaries(),
		{"draft", "released", "production", "consumption", "generation", "delivered", "life_cycle", "operational", "average", "marginal", "residual"}} {
		all = append(all, list...)
	}
	for _, c := range words.Categories {
		all = append(all, c.Name)
	}
	for _, word := range all {
		if !regexp.MustCompile(`\b` + word + `\b`).MatchString(text) {
			t.Errorf("the template does not name %s", word)
		}
	}
}
