package study

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
)

// editionIn writes the open edition to a folder as files of one's own, its study under a name of its own, and returns the path of that.
func editionIn(t *testing.T, dir, file string) string {
	t.Helper()
	if err := Init(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "study.yaml"), filepath.Join(dir, file)); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, file)
}

// ranFile runs a study's file with a hundred draws from a seed, and returns the result folder.
func ranFile(t *testing.T, file string, o Options) string {
	t.Helper()
	var probs diag.List
	s := LoadFile(context.Background(), file, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return ranBriefly(t, s, o)
}

func ranBriefly(t *testing.T, s *Study, o Options) string {
	t.Helper()
	if err := s.Draw(100); err != nil {
		t.Fatal(err)
	}
	s.Seed(7)
	if o.Out == "" {
		o.Out = t.TempDir()
	}
	sum, err := Run(context.Background(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return sum.Folder
}

// reopened opens a result folder.
func reopened(t *testing.T, folder, studyFile string) *Result {
	t.Helper()
	var probs diag.List
	r := OpenResult(context.Background(), folder, studyFile, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// refusedResult opens a result folder that cannot be opened, and returns what is said of it.
func refusedResult(t *testing.T, folder, studyFile string) string {
	t.Helper()
	var probs diag.List
	if r := OpenResult(context.Background(), folder, studyFile, &probs); r != nil || probs.Count(diag.Error) == 0 {
		t.Fatal("the folder was opened")
	}
	return probs.Err().Error()
}

// sameFolders compares all files of two result folders but timings.json.
func sameFolders(t *testing.T, a, b string) {
	t.Helper()
	entries, err := os.ReadDir(a)
	if err != nil || len(entries) < 6 {
		t.Fatal(err, len(entries))
	}
	for _, e := range entries {
		if e.Name() != timingsFile && !e.IsDir() && !bytes.Equal(read(t, a, e.Name()), read(t, b, e.Name())) {
			t.Errorf("%s differs", e.Name())
		}
	}
}

func TestAResultOfTheOpenEditionRunsAgainWithWhatTheCommandAskedFor(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	var probs diag.List
	folder := ranBriefly(t, EmbeddedEdition(&probs), Options{})
	r := reopened(t, folder, "")
	if r.Record.Study != r.Study.Name || r.Study.Sampling.Draws != 100 || r.Study.Sampling.Seed != 7 {
		t.Errorf("%s, %+v", r.Study.Name, r.Study.Sampling)
	}
	sum, err := Run(context.Background(), r.Study, Options{Out: t.TempDir(), Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	sameFolders(t, folder, sum.Folder)
}

func TestAResultOfAStudyRunsAgainFromItsFile(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	mine := filepath.Join(t.TempDir(), "mine")
	file := editionIn(t, mine, "edition of mine.yaml") // a name that the report's commands quote
	folder := ranFile(t, file, Options{})

	// From the path that the run was given.
	r := reopened(t, folder, "")
	sum, err := Run(context.Background(), r.Study, Options{Out: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	sameFolders(t, folder, sum.Folder)

	// From a file of the same text and any name.
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(mine, moved); err != nil {
		t.Fatal(err)
	}
	if said := refusedResult(t, folder, ""); !strings.Contains(said, "the study edition of mine.yaml is not at hand") {
		t.Errorf("it says %s", said)
	}
	other := filepath.Join(moved, "other.yaml")
	if err := os.Rename(filepath.Join(moved, filepath.Base(file)), other); err != nil {
		t.Fatal(err)
	}
	if sum, err = Run(context.Background(), reopened(t, folder, other).Study, Options{Out: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	sameFolders(t, folder, sum.Folder)

	// Not from another text.
	text := read(t, moved, "other.yaml")
	if err := os.WriteFile(other, append(text, '\n'), 0o666); err != nil {
		t.Fatal(err)
	}
	if said := refusedResult(t, folder, other); !strings.Contains(said, "this is not the study that was assessed") {
		t.Errorf("it says %s", said)
	}
}

// What was assessed is what is run again: another inventory of the same name is refused.
func TestAReopenedStudyRefusesOtherInventories(t *testing.T) {
	home := t.TempDir()
	folder := ranFile(t, ownStudy(t, home), Options{})
	r := reopened(t, folder, "")
	rows := []logRow{serving(1, "a", "measured", 1001)}
	if err := os.WriteFile(filepath.Join(home, "logs", "a.parquet"), logFiles(t, logColumns(rows), rows, 1, 1)[0], 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), r.Study, Options{Out: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "../logs/a.parquet is not the file that "+filepath.ToSlash(folder)+" was made of") {
		t.Errorf("it says %v", err)
	}
}

// A file that is too large to be what it is taken for is not read, and its digest, which nobody knows, is not told.
func TestAFileThatIsTooLargeIsNotRead(t *testing.T) {
	home := t.TempDir()
	folder := ranFile(t, ownStudy(t, home), Options{})
	large := func(file string, bytes int64) string {
		if err := os.Truncate(file, bytes+1); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("it has more than %d bytes, which is the most that is read [too-large]", bytes)
	}
	other := filepath.Join(home, "other.yaml")
	write(t, other, "")
	want := large(other, document.MaxBytes)
	if said := refusedResult(t, folder, other); !strings.Contains(said, want) || strings.Contains(said, "SHA-256") {
		t.Errorf("of the study it says %s", said)
	}
	want = large(filepath.Join(folder, output.Marker), maxRecord)
	if said := refusedResult(t, folder, ""); !strings.Contains(said, want) {
		t.Errorf("of the record it says %s", said)
	}
}

// A result folder may bring a study with inventories of its own choice, and timings.json may name it: whoever checks the folder would check what the sender put there.
func TestAStudyWithinTheResultFolderIsNotTakenForOnesOwn(t *testing.T) {
	mine := filepath.Join(t.TempDir(), "mine")
	folder := ranFile(t, editionIn(t, mine, "study.yaml"), Options{})
	inside := filepath.Join(folder, "inside")
	if err := os.Rename(mine, inside); err != nil {
		t.Fatal(err)
	}
	timings := strings.Replace(string(read(t, folder, timingsFile)), filepath.ToSlash(mine), filepath.ToSlash(inside), 1)
	if !strings.Contains(timings, "/inside/study.yaml") {
		t.Fatal(timings)
	}
	if err := os.WriteFile(filepath.Join(folder, timingsFile), []byte(timings), 0o666); err != nil {
		t.Fatal(err)
	}
	refusedResult(t, folder, "")
}

// madeRecord is a record that a run could have written.
func madeRecord() *Record {
	digest := strings.Repeat("0123456789abcdef", 4)
	draws := 100
	r := &Record{Format: 2, ResultsVersion: 3, Study: "made", StudyFile: "made.yaml", StudySHA256: digest, Asked: Asked{Draws: &draws}, Scenario: "none", Year: 2024,
		Method: RefRecord{Ref: "mine@1", Status: "draft", Digest: "sha256:" + digest, Path: "./mine.yaml"}, Pack: RefRecord{Ref: "open@2025.1", Status: "released", Digest: "sha256:" + digest},
		Inputs: []FileRecord{{Kind: "deployments", Path: "../<runs>.parquet", SHA256: digest}}, Outputs: []FileRecord{{Path: "study.yaml", SHA256: digest}, {Path: "impacts.parquet", SHA256: digest}}}
	r.RunID = r.id()
	return r
}

// textOf is run.json of a record.
func textOf(t testing.TB, r *Record) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestARecordThatNoRunWritesIsRefused(t *testing.T) {
	text := textOf(t, madeRecord())
	if r, p := parseRecord([]byte(text)); p != nil || r.id() != r.RunID {
		t.Fatalf("the record itself is refused: %v", p)
	}
	for _, c := range []struct{ name, old, with, says string }{
		{"a key in capitals, which a reader of JSON takes for the same", `"run_id"`, `"RUN_ID"`, "not as a run writes it"},
		{"a key that stands twice", `"format": 2,`, `"format": 2,` + "\n" + `  "format": 2,`, "not as a run writes it"},
		{"a key that is unknown", `"format": 2,`, `"format": 2,` + "\n" + `  "more": 2,`, "not as a run writes it"},
		{"something behind the end", "\n}\n", "\n}\n{}\n", "not the record of a run"},
		{"another format", `"format": 2`, `"format": 1`, "the record has format 1"},
		{"no JSON", text, "", "not the record of a run"},
		{"an output that leads out of the folder", `"impacts.parquet"`, `"../impacts.parquet"`, `the output "../impacts.parquet" is none of a run`},
		{"an output at an absolute path", `"impacts.parquet"`, `"/etc/passwd"`, `the output "/etc/passwd" is none of a run`},
		{"an output that another system reads as a path", `"impacts.parquet"`, `"a\\b"`, `is none of a run`},
		{"an output that stands twice", `"impacts.parquet"`, `"study.yaml"`, `the output "study.yaml" is none of a run`},
		{"no copy of the study", `"study.yaml"`, `"report.yaml"`, "study.yaml is not among the outputs"},
		{"a name that is a path", `"study": "made"`, `"study": "../made"`, `is no name of a study`},
		{"a study's file that is a path", `"made.yaml"`, `"../made.yaml"`, "which is no name of a file"},
		{"a digest that is none", `"digest": "sha256:0`, `"digest": "sha256:x`, "the digest of mine@1 is none"},
	} {
		changed := strings.Replace(text, c.old, c.with, 1)
		if changed == text {
			t.Fatalf("%s: nothing was changed", c.name)
		}
		if _, p := parseRecord([]byte(changed)); p == nil || !strings.Contains(p.Message, c.says) {
			t.Errorf("%s: it says %v", c.name, p)
		}
	}
}

// One bit that differs in run.json is no record, or has another run_id, or lists another file, folder or digest among the outputs.
func TestEveryBitOfARecordCounts(t *testing.T) {
	was := madeRecord()
	text := []byte(textOf(t, was))
	for i := range text {
		for bit := range 8 {
			changed := bytes.Clone(text)
			changed[i] ^= 1 << bit
			r, p := parseRecord(changed)
			if p != nil || r.id() != r.RunID {
				continue
			}
			if len(r.Outputs) == len(was.Outputs) && r.Outputs[0] == was.Outputs[0] && r.Outputs[1] == was.Outputs[1] {
				t.Errorf("bit %d of byte %d, %q, changes nothing", bit, i, text[max(0, i-20):i+1])
			}
		}
	}
}

// fuzzedStudy is one that a bundle is asked to be that of.
func fuzzedStudy(t testing.TB) *Study {
	t.Helper()
	var probs diag.List
	s := parse("made.yaml", []byte("study: made\nyear: 2024\nmethod: ./mine.yaml\npack: open@2025.1\ninventories: {deployments: [\"../*.parquet\"]}\n"), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

// Whatever run.json says, it is refused or leads to files of the folder alone.
func FuzzRecord(f *testing.F) {
	f.Add([]byte(textOf(f, madeRecord())))
	bundled := madeRecord()
	for _, b := range fuzzedStudy(f).toBundle(bundled.Inputs) {
		b.Files = []FileRecord{{Path: b.File, SHA256: bundled.StudySHA256}}
		bundled.Bundle = append(bundled.Bundle, b)
	}
	f.Add([]byte(textOf(f, bundled)))
	f.Add([]byte(`{"format": 2}`))
	f.Add([]byte(`{"format": 2, "outputs": [{"path": "../x"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, p := parseRecord(text)
		if p != nil {
			return
		}
		if again := textOf(t, r); again != string(text) {
			t.Errorf("it reads as\n%s", again)
		}
		s := fuzzedStudy(t)
		if s.unpattern(r.Inputs); r.Bundle != nil && r.wrongBundle(s) == "" {
			for _, b := range r.Bundle {
				if !strings.HasPrefix(b.File, "bundle/") || !filepath.IsLocal(filepath.FromSlash(b.File)) {
					t.Errorf("%q is not within the bundle", b.File)
				}
			}
		}
		for _, out := range r.written() {
			if !filepath.IsLocal(filepath.FromSlash(out.Path)) {
				t.Errorf("the output %q is not within the folder", out.Path)
			}
		}
	})
}
