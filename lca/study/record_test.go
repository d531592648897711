package study

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/study/output"
)

// A folder is replaced where its record lists all that it holds. A record that is too large to be one lists nothing, whatever it says.
func TestAFolderIsReplacedOnlyWhereItsRecordListsAllOfIt(t *testing.T) {
	for _, c := range []struct {
		name, marker, record string
		blanks               int // behind the record
		files                []string
		says                 string // empty: it may be replaced
	}{
		{"a run's", output.Marker, `{"study": "x", "outputs": [{"path": "impacts.parquet"}]}`, 0, []string{"impacts.parquet", "timings.json"}, ""},
		{"a report's", output.ReportMarker, `{"study": "x", "outputs": [{"path": "tables/a.csv"}]}`, 0, []string{"tables/a.csv"}, ""},
		{"a run's with somebody's file", output.Marker, `{"study": "x", "outputs": [{"path": "impacts.parquet"}]}`, 0, []string{"impacts.parquet", "mine.txt"}, "mine.txt: no run wrote this file"},
		{"a report's with somebody's file", output.ReportMarker, `{"study": "x"}`, 0, []string{"tables/mine.csv"}, "tables: no report wrote this file"},
		{"a record without end", output.Marker, `{"study": "x", "outputs": [{"path": "mine.txt"}]}`, maxRecord, []string{"mine.txt"}, "mine.txt: no run wrote this file"},
		{"a report's in place of a run's", output.ReportMarker, `{"study": "x"}`, 0, nil, "the folder holds a report, which would be deleted"},
		{"an empty one", "", "", 0, nil, ""},
	} {
		folder, asked := t.TempDir(), c.marker
		if strings.Contains(c.name, "in place of") {
			asked = output.Marker
		}
		for _, name := range c.files {
			file := filepath.Join(folder, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
				t.Fatal(err)
			}
			write(t, file, "")
		}
		if c.marker != "" {
			write(t, filepath.Join(folder, c.marker), c.record+strings.Repeat(" ", c.blanks))
		} else {
			asked = output.Marker
		}
		switch err := ownFiles(folder, asked); {
		case c.says == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: it says %v", c.name, err)
		}
	}
	if err := ownFiles(filepath.Join(t.TempDir(), "none"), output.Marker); err != nil {
		t.Errorf("no folder: %v", err)
	}
}
