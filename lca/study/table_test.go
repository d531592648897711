package study

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func read(t *testing.T, folder, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// rewritten reads a table's rows and writes them again, all at once.
func rewritten[T any](t *testing.T, content []byte) []byte {
	t.Helper()
	f, err := parquet.Open("table", bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := parquet.ReadRows[T](f, 1e6)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 500 {
		t.Fatalf("%d rows try too little", len(rows))
	}
	var out bytes.Buffer
	if err := parquet.WriteRows(&out, rows, f.Metadata()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTablesWrittenRowByRowAreThoseOfAllRowsAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	folder, _ := openEdition(t)
	if content := read(t, folder, "impacts.parquet"); !bytes.Equal(content, rewritten[lca.Impact](t, content)) {
		t.Error("the impact table is not that of its rows written at once")
	}
	if content := read(t, folder, "intensities.parquet"); !bytes.Equal(content, rewritten[lca.Intensity](t, content)) {
		t.Error("the intensity table is not that of its rows written at once")
	}
}

func TestABoundOfMemoryChangesNoByte(t *testing.T) {
	if testing.Short() {
		t.Skip("figures are drawn one at a time: the tests of package montecarlo do that under the race detector")
	}
	run := func(o Options) string {
		var probs diag.List
		s := EmbeddedEdition(&probs)
		if err := probs.Err(); err != nil {
			t.Fatal(err)
		}
		if err := s.Draw(1000); err != nil { // of which an eighth of the memory holds those of one figure, in several chunks
			t.Fatal(err)
		}
		o.Out = t.TempDir()
		sum, err := Run(context.Background(), s, o)
		if err != nil {
			t.Fatal(err)
		}
		return sum.Folder
	}
	temp := t.TempDir()
	folder, bounded := run(Options{}), run(Options{Memory: 80_000, Scratch: temp})
	for _, name := range []string{"impacts.parquet", "ledger.parquet", "intensities.parquet", "report.en.html", "run.json"} {
		if !bytes.Equal(read(t, folder, name), read(t, bounded, name)) {
			t.Errorf("%s differs", name)
		}
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("%s is left", left[0].Name())
	}
}
