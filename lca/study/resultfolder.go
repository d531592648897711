package study

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
)

// Result is a result folder that a run wrote, as something that can be run again. The folder may come from a stranger: what run.json says is checked for its
// form and against its own run_id, and nothing more. Whether the files are those that it lists, VerifyResult says.
type Result struct {
	Folder string // as it was named, with slashes
	Digest string // SHA-256 of run.json: it stands for all that the folder holds, save for timings.json
	Record Record
	Study  *Study // with what the command asked for in place of what the file says: running it makes the folder again, or refuses inputs that are others now
	Source string // what Study reads its inventories from, in words

	root   *os.Root
	pinned map[[2]string]pin // what the study's own file says of digests
}

// TakeAny has the study take inputs that are others now than those that were assessed, for whoever says so of what comes out. What the study's own file says of digests holds.
func (r *Result) TakeAny() {
	if r.Study != nil {
		r.Study.pinned = r.pinned
	}
}

// OpenResult opens a result folder and finds its study, to run it again. It is read from studyFile, where one is named. Else a bundle holds it with all that it names, the open edition is
// part of the program, and that of another run is looked for at the path that the run was given, which timings.json keeps. In any case its digest is that in run.json. All problems go to probs; the result is nil
// where there are errors, and else must be closed once nothing of it is read any more.
func OpenResult(ctx context.Context, folder, studyFile string, probs *diag.List) *Result {
	before := probs.Count(diag.Error)
	r := openFolder(folder, probs)
	if r == nil {
		return nil
	}
	if r.readRecord(probs) && r.checkID(probs) {
		if r.Record.Projection != nil {
			probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: r.Folder}, Message: "the folder holds a projection, and the result of a run is needed", Hint: "name the folder of its study that ailca run writes; ailca verify checks projections, too"})
		}
		r.findStudy(ctx, studyFile, probs)
	}
	if probs.Count(diag.Error) > before {
		r.Close()
		return nil
	}
	return r
}

// OpenRecord reads run.json of a result folder as OpenResult does, and looks for no study: Study is nil.
func OpenRecord(folder string, probs *diag.List) *Result {
	r := openFolder(folder, probs)
	if r == nil {
		return nil
	}
	if !r.readRecord(probs) || !r.checkID(probs) {
		r.Close()
		return nil
	}
	return r
}

// Close lets go of the folder.
func (r *Result) Close() { r.root.Close() }

// openFolder opens a folder; nil where it is none.
func openFolder(name string, probs *diag.List) *Result {
	r := &Result{Folder: filepath.ToSlash(filepath.Clean(name))}
	var err error
	if r.root, err = os.OpenRoot(name); err != nil {
		probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: r.Folder}, Message: "the folder of a result is needed: " + noFolder(err), Hint: "name the folder that ailca run says it has written"})
		return nil
	}
	return r
}

// noFolder says why a folder cannot be opened.
func noFolder(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "there is none of this name"
	}
	return cause(err)
}

// at is the place of a file of the folder.
func (r *Result) at(name string) diag.Place { return diag.Place{File: r.Folder + "/" + name} }

// read reads a file of the folder, of at most so many bytes, see readWithin.
func (r *Result) read(name string, most int64) ([]byte, error) {
	return readWithin(r.root, filepath.FromSlash(name), most)
}

// maxRecord bounds run.json. A study of 100,000 files has one of about 20 MB.
const maxRecord = 64 << 20

// readRecord reads run.json; false, with the problem told, where it is none that this program can read.
func (r *Result) readRecord(probs *diag.List) bool {
	at := r.at(output.Marker)
	text, err := r.read(output.Marker, maxRecord)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		hint := "name the folder that ailca run says it has written"
		if _, err := r.root.Lstat(studyCopy); err == nil {
			hint = "did you mean " + r.Folder + "/" + studyCopy + "?"
		}
		probs.Add(diag.Problem{Code: diag.MissingFile, Place: diag.Place{File: r.Folder}, Message: "the folder holds no " + output.Marker + ": it is no result folder", Hint: hint})
		return false
	case err != nil:
		probs.Errorf(unreadCode(err, diag.MissingFile), at, "the file cannot be read: %v", cause(err))
		return false
	}
	r.Digest = sha256Of(text)
	rec, problem := parseRecord(text)
	if problem != nil {
		problem.Place = at
		probs.Add(*problem)
		return false
	}
	r.Record = *rec
	return true
}

// parseRecord reads the text of run.json. The place of the problem is left open.
func parseRecord(text []byte) (*Record, *diag.Problem) {
	return parseWritten[Record](text, writtenRecord{of: "a run", format: lca.RunFormat, again: "run the study again"})
}

// wrong says what of a record no run writes; empty for nothing.
func (r *Record) wrong() string {
	switch {
	case !nameForm.MatchString(r.Study):
		return fmt.Sprintf("%q is no name of a study", r.Study)
	case !isDigest(r.StudySHA256):
		return "study_sha256 is no digest"
	case r.StudyFile != "" && !isLocal(r.StudyFile), strings.Contains(r.StudyFile, "/"):
		return fmt.Sprintf("study_file is %q, which is no name of a file", r.StudyFile)
	case r.Method.Ref == "" || r.Pack.Ref == "":
		return "it names no method, or no factor pack"
	case !amounts.YearKnown(r.Year):
		return fmt.Sprintf("%d is no year of a study", r.Year)
	}
	for _, ref := range slices.Concat([]RefRecord{r.Method, r.Pack}, r.Overlays, r.Levers) {
		if hex, ok := strings.CutPrefix(ref.Digest, "sha256:"); !ok || !isDigest(hex) {
			return fmt.Sprintf("the digest of %s is none", ref.Ref)
		}
	}
	for _, in := range r.Inputs {
		if in.Kind == "" || in.Path == "" || !isDigest(in.SHA256) {
			return fmt.Sprintf("the input %q lacks a kind or a digest", in.Path)
		}
	}
	if p := r.Projection; p != nil {
		if p.To <= r.Year || !amounts.YearKnown(p.To) || len(p.Scenarios) == 0 || len(p.Scenarios) > maxScenarios {
			return "the projection has no scenario, or no later year"
		}
		for _, s := range p.Scenarios {
			if hex, ok := strings.CutPrefix(s.Digest, "sha256:"); !ok || !isDigest(hex) || s.Ref == "" {
				return fmt.Sprintf("the digest of the scenario %s is none", s.Ref)
			}
			for _, name := range s.Files {
				if !slices.ContainsFunc(r.Outputs, func(f FileRecord) bool { return f.Path == name }) {
					return fmt.Sprintf("the scenario %s is not among the outputs", s.Ref)
				}
			}
		}
	}
	known := map[string]bool{output.Marker: true, timingsFile: true}
	for _, out := range r.written() {
		if !isLocal(out.Path) || known[out.Path] || out.Kind != "" || !isDigest(out.SHA256) {
			return fmt.Sprintf("the output %q is none of a run", out.Path)
		}
		known[out.Path] = true
	}
	if !known[studyCopy] {
		return studyCopy + " is not among the outputs"
	}
	return ""
}

// written are all files that the run wrote, but run.json and timings.json: the outputs and what was bundled.
func (r *Record) written() []FileRecord {
	out := slices.Clone(r.Outputs)
	for _, b := range r.Bundle {
		out = append(out, b.Files...)
	}
	return out
}

func sha256Of(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// isDigest tells a SHA-256 in small hexadecimal digits.
func isDigest(text string) bool {
	return len(text) == 2*sha256.Size && strings.Trim(text, "0123456789abcdef") == ""
}

// isLocal tells a path with slashes that leads to a file below a folder, on every system.
func isLocal(name string) bool {
	return fs.ValidPath(name) && name != "." && filepath.IsLocal(filepath.FromSlash(name)) && !strings.ContainsAny(name, `\:`) && !strings.ContainsFunc(name, unicode.IsControl)
}

// checkID refuses a record whose run_id is not that of its fields.
func (r *Result) checkID(probs *diag.List) bool {
	id := r.Record.id()
	if id == r.Record.RunID {
		return true
	}
	probs.Add(diag.Problem{Code: diag.DigestMismatch, Place: r.at(output.Marker), Message: fmt.Sprintf("the record was changed after the run: its run_id is %s, that of its fields is %s", r.Record.RunID, id),
		Why: "run_id is the digest of all that determines the result", Hint: "fetch the folder again"})
	return false
}

// findStudy finds the study that the record names by its digest.
func (r *Result) findStudy(ctx context.Context, studyFile string, probs *diag.List) {
	switch {
	case studyFile != "":
		if r.is(studyFile, func(sum string) {
			probs.Add(diag.Problem{Code: diag.DigestMismatch, Place: diag.Place{File: filepath.ToSlash(studyFile)}, Message: "this is not the study that was assessed: its SHA-256 is " + sum,
				Why: output.Marker + " states " + r.Record.StudySHA256})
		}, func(err error) {
			probs.Add(diag.Problem{Code: unreadCode(err, diag.NotFound), Place: diag.Place{File: filepath.ToSlash(studyFile)}, Message: cause(err)})
		}) {
			r.Study, r.Source = LoadFile(ctx, studyFile, probs), "what the study "+filepath.ToSlash(studyFile)+" names"
		}
	case r.Record.Bundle != nil:
		r.Study, r.Source = r.openBundle(ctx, probs), "the bundle"
	case r.Record.StudyFile == "":
		if sum := sha256Of(openStudy); sum != r.Record.StudySHA256 {
			probs.Add(diag.Problem{Code: diag.DigestMismatch, Place: r.at(output.Marker), Message: "the result is that of another open edition than the one that is part of this program",
				Why: fmt.Sprintf("the SHA-256 of its study is %s, here %s", r.Record.StudySHA256, sum), Hint: "use the version of ailca that wrote the folder"})
			return
		}
		r.Study, r.Source = EmbeddedEdition(probs), "the open edition that is part of the program"
	default:
		file := r.pathAsTyped()
		if file == "" || !r.is(file, func(string) {}, func(error) {}) {
			probs.Add(diag.Problem{Code: diag.MissingFile, Place: r.at(output.Marker), Message: fmt.Sprintf("the study %s is not at hand, with the inventories that it names beside it", r.Record.StudyFile),
				Why:  fmt.Sprintf("the folder holds the study's text; what it names is looked for beside a file of the SHA-256 %s", r.Record.StudySHA256),
				Hint: "name the study's file by --study FILE, be in the folder from which the study was run, or ask whoever ran it for a bundle (ailca run --bundle), which holds all that it names"})
			return
		}
		r.Study, r.Source = LoadFile(ctx, file, probs), "what the study "+filepath.ToSlash(file)+" names"
	}
	r.restore(probs)
}

// is tells whether a file is the study that was assessed. Of another one, and of one that cannot be read, it says so to the functions.
func (r *Result) is(file string, another func(sum string), unread func(error)) bool {
	text, err := readBounded(file)
	if err == nil && len(text) > document.MaxBytes {
		err = tooLarge{document.MaxBytes}
	}
	if err != nil {
		unread(err)
		return false
	}
	if sum := sha256Of(text); sum != r.Record.StudySHA256 {
		another(sum)
		return false
	}
	return true
}

// pathAsTyped is the path that the run was given, as timings.json says; empty where it says none. A path into the result folder itself is none: inventories that somebody sent with it
// are not those of whoever checks it.
func (r *Result) pathAsTyped() string {
	text, err := r.read(timingsFile, document.MaxBytes)
	if err != nil {
		return ""
	}
	said := map[string]json.RawMessage{}
	var file string
	if json.Unmarshal(text, &said) != nil || json.Unmarshal(said[timingsStudy], &file) != nil || file == "" {
		return ""
	}
	here, err := filepath.Abs(filepath.FromSlash(file))
	if err == nil {
		here, err = filepath.EvalSymlinks(here)
	}
	if err != nil {
		return ""
	}
	own, err := os.Stat(filepath.FromSlash(r.Folder))
	if err != nil {
		return ""
	}
	for dir := filepath.Dir(here); ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && os.SameFile(info, own) {
			return ""
		}
		if dir == filepath.Dir(dir) {
			return filepath.FromSlash(file)
		}
	}
}

// restore gives the study what the run had beside its text, and has it refuse other files than those that were assessed.
func (r *Result) restore(probs *diag.List) {
	s, rec := r.Study, &r.Record
	if s == nil {
		return // which is told
	}
	s.isOpen, s.calledAs = rec.StudyFile == "", rec.StudyFile
	r.pinned = s.pinned
	s.pinned = maps.Clone(s.pinned)
	if s.pinned == nil {
		s.pinned = map[[2]string]pin{}
	}
	for _, in := range rec.Inputs {
		s.pinned[[2]string{in.Kind, path.Clean(in.Path)}] = pin{in.SHA256, s.at("inventories", in.Kind), r.Folder}
	}
	if rec.Asked.Draws != nil {
		if err := s.Draw(*rec.Asked.Draws); err != nil {
			probs.Errorf(diag.BadValue, r.at(output.Marker), "asked: %v", err)
		}
	}
	if rec.Asked.Seed != nil {
		s.Seed(*rec.Asked.Seed)
	}
}
