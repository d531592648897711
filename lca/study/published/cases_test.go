package published_test

import (
	"context"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/lca/study/published"
)

// Every number that a case of the program states comes out as the case says: within its tolerance, or as one that does not reproduce.
func TestPublishedCasesComeOut(t *testing.T) {
	ids := map[string]string{}
	for _, name := range published.Names() {
		t.Run(name, func(t *testing.T) {
			var probs, failures diag.List
			c := study.LoadCase(name, &probs)
			if err := probs.Err(); err != nil {
				t.Fatal(err)
			}
			if c.Name != name {
				t.Errorf("the file %s.yaml holds the case %s", name, c.Name)
			}
			for _, e := range c.Expect {
				if ids[e.ID] != "" {
					t.Errorf("%s is expected by %s, too", e.ID, ids[e.ID])
				}
				ids[e.ID] = name
			}
			results, err := study.RunCase(context.Background(), c, study.CaseOptions{}, &failures)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range failures.Problems() {
				t.Error(p)
			}
			if len(results) != len(c.Expect) {
				t.Errorf("%d results of %d expectations", len(results), len(c.Expect))
			}
		})
	}
}
