package study

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// A run with next to no memory keeps its amounts in scratch files, and its results are the same.
func TestResultsDoNotDependOnMemory(t *testing.T) {
	out := [3]string{t.TempDir(), t.TempDir(), t.TempDir()} // made while there is a folder to make them in
	run := func(at int, memory int64) (*Summary, error) {
		s := EmbeddedEdition(&diag.List{})
		s.Sampling.Draws = 300 // one figure at a time
		return Run(context.Background(), s, Options{Out: out[at], Memory: memory})
	}
	free, err := run(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	tight, err := run(1, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"impacts.parquet", "ledger.parquet", "intensities.parquet", "report.en.html", "run.json"} {
		want, err := os.ReadFile(filepath.Join(free.Folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(tight.Folder, name)); err != nil || string(got) != string(want) {
			t.Errorf("%s differs", name)
		}
	}

	// That it does use such files shows where there is no folder for them.
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, filepath.Join(out[2], "nowhere"))
	}
	if _, err := run(2, 1000); err == nil || !strings.Contains(err.Error(), "room for what does not fit in memory") {
		t.Errorf("without room for scratch files: %v", err)
	}
}

func TestARunTellsWhatItReadAndTook(t *testing.T) {
	_, sum := openEdition(t)
	p := sum.Performance
	if p.Rows != 149 || p.BytesRead < 50_000 || p.BytesRead > 200_000 || p.Seconds <= 0 {
		t.Errorf("%+v", p)
	}
	if runtime.GOOS == "linux" && p.PeakMemory < 10<<20 {
		t.Errorf("the peak memory is %d bytes", p.PeakMemory)
	}
}
