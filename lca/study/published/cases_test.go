package published_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/lca/study/published"
)

var update = flag.Bool("update", false, "write results.csv")

// Every number that a case of the program states comes out as the case says: within its tolerance, or as one that does not reproduce; and
// so it stands in the table that reports print.
func TestPublishedCasesComeOut(t *testing.T) {
	ids := map[string]string{}
	var all []published.Result
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
			results, err := c.Run(context.Background(), study.CaseOptions{}, &failures)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range failures.Problems() {
				t.Error(p)
			}
			if len(results) != len(c.Expect) {
				t.Errorf("%d results of %d expectations", len(results), len(c.Expect))
			}
			all = append(all, results...)
		})
	}
	if t.Failed() {
		return
	}
	table := published.Table(all)
	if *update {
		if err := os.WriteFile("results.csv", table, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	held := published.Table(published.Results())
	if !bytes.Equal(table, held) {
		g, w := strings.Split(string(table), "\n"), strings.Split(string(held), "\n")
		for i := range max(len(g), len(w)) {
			if i >= len(g) || i >= len(w) || g[i] != w[i] {
				t.Fatalf("results.csv, which reports print, is not what comes of the cases: make published writes it anew. Its line %d is\n%s\nwant\n%s", i+1, line(w, i), line(g, i))
			}
		}
	}
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "not there"
}
