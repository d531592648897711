package factors

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// small loads the pack of testdata/small.
func small(t testing.TB) *Pack {
	t.Helper()
	p, probs := loadFrom(os.DirFS("testdata"), "small")
	for _, line := range headlines(probs) {
		if !strings.Contains(line, ": note: ") {
			t.Fatal(line)
		}
	}
	return p
}

func loadFrom(fsys fs.FS, dir string) (*Pack, *diag.List) {
	var probs diag.List
	return Load(fsys, dir, &probs), &probs
}

// headlines are the first lines of all problems.
func headlines(probs *diag.List) []string {
	var out []string
	for _, p := range probs.Problems() {
		out = append(out, strings.SplitN(p.String(), "\n", 2)[0])
	}
	return out
}

// files copies a folder into memory, so that a test can change it.
func files(t testing.TB, dir string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(dir + "/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		out["small/"+e.Name()] = &fstest.MapFile{Data: text}
	}
	return out
}

func policy(t testing.TB, steps ...Step) Policy {
	t.Helper()
	pol, err := NewPolicy(steps...)
	if err != nil {
		t.Fatal(err)
	}
	return pol
}

// written is all that a row says.
func written(r *Row) string {
	return fmt.Sprint(r.ID, r.Factor, r.Category, r.Region, r.Technology, r.From, r.To, r.Value, r.Distribution, *r.Measure, *r.Form, *r.Origin, r.Note, r.Derived, r.Place())
}
