package published_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
)

// Cases that somebody else could write for methods of the program, with rows that no publication has: they come out as they say, and with other numbers as
// calculated independently, with no change to the program.
func TestCasesThatOthersWriteComeOut(t *testing.T) {
	files, err := filepath.Glob("testdata/others/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var probs, failures diag.List
			c := study.ReadCase(file, text, &probs)
			if err := probs.Err(); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Run(context.Background(), study.CaseOptions{}, &failures); err != nil {
				t.Fatal(err)
			}
			for _, p := range failures.Problems() {
				t.Error(p)
			}
			for trial := range trials + 1 {
				given := string(text)
				if trial > 0 {
					given = otherNumbers(t, name, given, trial)
				}
				compareIndependently(t, name, given)
			}
		})
	}
}
