package study

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// verified verifies a folder and returns what was found, in lines.
func verified(t *testing.T, folder string, o VerifyOptions) (found, wrong string, v *Verification) {
	t.Helper()
	o.Scratch = t.TempDir()
	var findings, probs diag.List
	v, err := VerifyResult(context.Background(), folder, o, &findings, &probs)
	if err != nil {
		t.Fatal(err)
	}
	if left := filesIn(t, o.Scratch); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
	text := func(list *diag.List) string {
		var lines []string
		for _, p := range list.Problems() {
			if p.Severity == diag.Error {
				lines = append(lines, p.String())
			}
		}
		return strings.Join(lines, "\n")
	}
	return text(&findings), text(&probs), v
}

// rewrite replaces a file by what change makes of it.
func rewrite(t *testing.T, name string, change func([]byte) []byte) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, change(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// sealed makes run.json fit a folder whose files were changed, as somebody does who wants them believed.
func sealed(t *testing.T, folder string) {
	t.Helper()
	rec, p := parseRecord(read(t, folder, "run.json"))
	if p != nil {
		t.Fatal(p)
	}
	for i := range rec.Outputs {
		rec.Outputs[i].SHA256 = sha256Of(read(t, folder, rec.Outputs[i].Path))
	}
	for _, b := range rec.Bundle {
		for i := range b.Files {
			b.Files[i].SHA256 = sha256Of(read(t, folder, b.Files[i].Path))
			for k := range rec.Inputs {
				if rec.Inputs[k].Kind == b.Of && rec.Inputs[k].Path == b.Path {
					rec.Inputs[k].SHA256 = b.Files[i].SHA256
				}
			}
		}
	}
	rec.RunID = rec.id()
	if err := os.WriteFile(filepath.Join(folder, "run.json"), []byte(textOf(t, rec)), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestABundleThatWasMovedIsVerified(t *testing.T) {
	home := t.TempDir()
	folder := ranFile(t, ownStudy(t, home), Options{Bundle: true})
	moved := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Rename(folder, moved); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(home); err != nil {
		t.Fatal(err)
	}
	found, wrong, v := verified(t, moved, VerifyOptions{})
	if found != "" || wrong != "" {
		t.Fatalf("it is found that\n%s\n%s", found, wrong)
	}
	if v.Again < 8 || v.Equal != v.Again || v.Source != "the bundle" || v.Files != len(filesIn(t, moved)) || v.Digest != sha256Of(read(t, moved, "run.json")) {
		t.Errorf("%+v", v)
	}
}

// One bit that is flipped, anywhere in any file of a bundle, is found, and nothing is run again of what was changed.
func TestOneFlippedBitInAnyFileOfABundleIsFound(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	folder := ranFile(t, ownStudy(t, t.TempDir()), Options{Bundle: true, Amounts: true})
	names := filesIn(t, folder)
	if len(names) < 17 {
		t.Fatalf("the bundle holds %d files", len(names))
	}
	for _, name := range names {
		file := filepath.Join(folder, filepath.FromSlash(name))
		content := read(t, folder, name)
		for i, at := range []int{0, len(content) / 3, len(content) / 2, len(content) - 2, len(content) - 1} {
			changed := bytes.Clone(content)
			changed[at] ^= 1 << (i % 8)
			if err := os.WriteFile(file, changed, 0o666); err != nil {
				t.Fatal(err)
			}
			found, wrong, _ := verified(t, folder, VerifyOptions{FilesOnly: true})
			if !strings.Contains(found+wrong, name) {
				t.Errorf("a bit of byte %d of %s is flipped, and it is found that %q %q", at, name, found, wrong)
			}
		}
		if err := os.WriteFile(file, content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if found, wrong, _ := verified(t, folder, VerifyOptions{FilesOnly: true}); found+wrong != "" {
		t.Errorf("with all files as they were it is found that %s %s", found, wrong)
	}
}

func TestWhatNoRunWroteIsFoundInAResultFolder(t *testing.T) {
	folder := ranFile(t, ownStudy(t, t.TempDir()), Options{Bundle: true})
	for name, add := range map[string]func(at string) error{
		"more.txt":              func(at string) error { return os.WriteFile(at, []byte("x"), 0o666) },
		"bundle/pack/extra.csv": func(at string) error { return os.WriteFile(at, []byte("x"), 0o666) },
		"timings.json":          func(at string) error { return os.WriteFile(at, []byte("{}"), 0o666) }, // which no digest holds: a bundle has none
		"empty":                 func(at string) error { return os.Mkdir(at, 0o777) },
		"link":                  func(at string) error { return os.Symlink("/etc/passwd", at) },
	} {
		at := filepath.Join(folder, filepath.FromSlash(name))
		if err := add(at); err != nil {
			t.Fatal(err)
		}
		if found, _, _ := verified(t, folder, VerifyOptions{FilesOnly: true}); !strings.Contains(found, "/own/"+name+": ") || strings.Count(found, "[") != 1 {
			t.Errorf("with %s it is found that %s", name, found)
		}
		if err := os.Remove(at); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(folder, "ledger.parquet")); err != nil {
		t.Fatal(err)
	}
	if found, _, _ := verified(t, folder, VerifyOptions{FilesOnly: true}); !strings.Contains(found, "/own/ledger.parquet: the file is missing") {
		t.Errorf("it is found that %s", found)
	}
}

// Who changes a figure and run.json with it is found by running the study again: in which row and column the table is first another one, and with which values.
func TestAFigureThatNoRunGivesIsNamedWithItsRow(t *testing.T) {
	folder := ranFile(t, ownStudy(t, t.TempDir()), Options{Bundle: true})
	file := filepath.Join(folder, "impacts.parquet")
	content := read(t, folder, "impacts.parquet")
	f, err := parquet.Open("impacts.parquet", bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := parquet.ReadRows[lca.Impact](f, 1000)
	if err != nil {
		t.Fatal(err)
	}
	was := rows[2].Value
	rows[2].Value = math.Nextafter(was, math.Inf(1))
	var meta []parquet.KeyValue
	for _, kv := range f.Metadata() {
		if strings.HasPrefix(kv.Key, "ailca.") && !strings.HasPrefix(kv.Key, "ailca.unit") {
			meta = append(meta, kv)
		}
	}
	var b bytes.Buffer
	if err := parquet.WriteRows(&b, rows, meta); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	// Not sealed, it is a file that was changed after the run.
	row := fmt.Sprintf("impacts.parquet row 3 column value: it says %v, a new run %v", rows[2].Value, was)
	found, _, _ := verified(t, folder, VerifyOptions{})
	if !strings.Contains(found, "the file is not the one that the run wrote") || !strings.Contains(found, row) || !strings.Contains(found, "this one was changed after the run") {
		t.Errorf("it is found that\n%s", found)
	}
	sealed(t, folder)
	found, wrong, v := verified(t, folder, VerifyOptions{})
	if wrong != "" || !strings.Contains(found, row) || v.Equal != v.Again-1 {
		t.Errorf("it is found that\n%s\n%s", found, wrong)
	}
	// So is a report with another figure, by its line.
	rewrite(t, filepath.Join(folder, "report.en.html"), func(text []byte) []byte { return bytes.Replace(text, []byte("</html>"), []byte("</HTML>"), 1) })
	sealed(t, folder)
	if found, _, _ := verified(t, folder, VerifyOptions{}); !strings.Contains(found, `</HTML>`) || !strings.Contains(found, "report.en.html:") {
		t.Errorf("it is found that\n%s", found)
	}
}

// Who changes what the results were computed from, and the record with it, is found by the results.
func TestAnotherInventoryInASealedBundleIsFound(t *testing.T) {
	folder := ranFile(t, ownStudy(t, t.TempDir()), Options{Bundle: true})
	rows := []logRow{serving(1, "a", "measured", 1001)}
	if err := os.WriteFile(filepath.Join(folder, "bundle", "deployments-1.parquet"), logFiles(t, logColumns(rows), rows, 1, 1)[0], 0o666); err != nil {
		t.Fatal(err)
	}
	sealed(t, folder)
	found, wrong, _ := verified(t, folder, VerifyOptions{})
	if wrong != "" || !strings.Contains(found, "impacts.parquet row 1 column value: it says 20, a new run 20.02") || !strings.Contains(found, "ledger.parquet row ") {
		t.Errorf("it is found that\n%s\n%s", found, wrong)
	}
}

func TestWhatAResultWasMadeOfIsNamedWhereItChanged(t *testing.T) {
	home := t.TempDir()
	folder := ranFile(t, ownStudy(t, home), Options{})
	if found, wrong, v := verified(t, folder, VerifyOptions{}); found+wrong != "" || v.Equal < 8 {
		t.Fatalf("unchanged, it is found that\n%s\n%s", found, wrong)
	}
	rows := []logRow{serving(1, "a", "measured", 1001)}
	for _, c := range []struct {
		file   string
		change func(text []byte) []byte
		says   string
	}{
		{"logs/a.parquet", func([]byte) []byte { return logFiles(t, logColumns(rows), rows, 1, 1)[0] }, "logs/a.parquet: a.parquet is not the file that was assessed: its SHA-256 is "},
		{"logs/a.parquet", func(text []byte) []byte { return text[:100] }, "logs/a.parquet: a.parquet is not the file that was assessed: its SHA-256 is "},
		{"methods/mine.yaml", func(text []byte) []byte { return append(text, "# more\n"...) }, "methods/mine.yaml is not the method that was used"},
		{"study/pack/factors.csv", func(text []byte) []byte { return bytes.Replace(text, []byte(",60,"), []byte(",61,"), 1) }, "study/pack is not the factor pack that was used"},
		{"over/mine.csv", func(text []byte) []byte { return bytes.Replace(text, []byte(",20,"), []byte(",21,"), 1) }, "over/mine.csv is not the overlay that was used"},
		{"logs/c.parquet", func([]byte) []byte { return logFiles(t, logColumns(rows), rows, 1, 1)[0] }, "c.parquet was not assessed, and a new run would read it as deployments"},
	} {
		at := filepath.Join(home, filepath.FromSlash(c.file))
		kept, err := os.ReadFile(at)
		if err := os.WriteFile(at, c.change(bytes.Clone(kept)), 0o666); err != nil {
			t.Fatal(err)
		}
		found, wrong, v := verified(t, folder, VerifyOptions{})
		if wrong != "" || !strings.Contains(found, c.says) || v.Source != "" {
			t.Errorf("%s: it is found that\n%s\n%s", c.file, found, wrong)
		}
		if err != nil {
			os.Remove(at)
		} else if err := os.WriteFile(at, kept, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	// Without the study only the files can be checked.
	if err := os.RemoveAll(home); err != nil {
		t.Fatal(err)
	}
	if found, wrong, _ := verified(t, folder, VerifyOptions{}); found != "" || !strings.Contains(wrong, "the study edition.yaml is not at hand") {
		t.Errorf("it is found that\n%s\n%s", found, wrong)
	}
	if found, wrong, _ := verified(t, folder, VerifyOptions{FilesOnly: true}); found+wrong != "" {
		t.Errorf("it is found that\n%s\n%s", found, wrong)
	}
}

// Results of another version of the program are told, and compared all the same.
func TestResultsOfAnotherVersionOfTheProgramAreToldApart(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	var probs diag.List
	folder := ranBriefly(t, EmbeddedEdition(&probs), Options{})
	rec, p := parseRecord(read(t, folder, "run.json"))
	if p != nil {
		t.Fatal(p)
	}
	rec.ResultsVersion--
	rec.Method.Digest = "sha256:" + strings.Repeat("0", 64)
	rec.RunID = rec.id()
	if err := os.WriteFile(filepath.Join(folder, "run.json"), []byte(textOf(t, rec)), 0o666); err != nil {
		t.Fatal(err)
	}
	found, wrong, v := verified(t, folder, VerifyOptions{})
	for _, says := range []string{fmt.Sprintf("the results are of version %d of results, this program makes version %d", lca.ResultsVersion-1, lca.ResultsVersion),
		"the method observatory@1.0.0 that is part of this program is another one: these are results of another version of the program"} {
		if !strings.Contains(found, says) {
			t.Errorf("it is not found that %s:\n%s", says, found)
		}
	}
	if wrong != "" || v.Again < 8 || v.Equal != v.Again { // the program's version is another one, and changes no figure
		t.Errorf("%s, %+v", wrong, v)
	}
}

// Interrupted while it runs a study again, a verification ends in the context's error and leaves nothing behind.
func TestAnInterruptedVerificationLeavesNothing(t *testing.T) {
	folder := ranFile(t, ownStudy(t, t.TempDir()), Options{Bundle: true})
	ctx, cancel := context.WithCancel(context.Background())
	scratch, scanned := t.TempDir(), false
	var findings, probs diag.List
	_, err := VerifyResult(ctx, folder, VerifyOptions{Options: Options{Scratch: scratch, Jobs: 1, Progress: func(int64, int64) { scanned = true; cancel() }}}, &findings, &probs)
	if !errors.Is(err, context.Canceled) || !scanned || findings.Count(diag.Error)+probs.Count(diag.Error) > 0 {
		t.Errorf("it ends in %v, %v, %v", err, findings.Err(), probs.Err())
	}
	if entries, _ := os.ReadDir(scratch); len(entries) > 0 {
		t.Errorf("%s is left", entries[0].Name())
	}
}
