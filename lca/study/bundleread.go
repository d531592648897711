package study

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/folder"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
)

// bundle is where a study that is run from a bundle finds what it names by paths: within the result folder and nowhere else.
type bundle struct {
	root  *os.Root
	name  string            // the folder's, as messages show it
	files map[string]string // within the folder, by the path that the study writes
}

func newBundle(root *os.Root, name string, of []Bundled) *bundle {
	b := &bundle{root: root, name: name, files: map[string]string{}}
	for _, x := range of {
		b.files[x.Path] = x.File
	}
	return b
}

// shown is where a file lies, for messages.
func (b *bundle) shown(name string) string { return b.name + "/" + b.files[name] }

// open opens a file by the path that the study writes.
func (b *bundle) open(name string) (input, error) {
	f, size, err := openWithin(b.root, filepath.FromSlash(b.files[name]))
	if err != nil {
		return input{}, err
	}
	in, err := newInput(name, f, size, f.Close)
	if err != nil {
		f.Close()
	}
	return in, err
}

// read reads a file that a person wrote.
func (b *bundle) read(name string) ([]byte, error) {
	f, _, err := openWithin(b.root, filepath.FromSlash(b.files[name]))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, document.MaxBytes+1))
}

func (b *bundle) packAt(name string) factors.At {
	return factors.At{FS: b.root.FS(), Path: b.files[name], Shown: b.shown(name)}
}

// openBundle reads the study of a bundle; nil, with the problems told, where the bundle is not that of its study, or a method or a pack in it was changed. Inventories, which are large, are
// left to whoever reads them.
func (r *Result) openBundle(ctx context.Context, probs *diag.List) *Study {
	text, err := r.read(studyCopy, document.MaxBytes)
	if err != nil {
		probs.Errorf(unreadCode(err, diag.MissingFile), r.at(studyCopy), "the file cannot be read: %v", cause(err))
		return nil
	}
	if sum := sha256Of(text); sum != r.Record.StudySHA256 {
		probs.Add(diag.Problem{Code: diag.DigestMismatch, Place: r.at(studyCopy), Message: "this is not the study that was assessed: its SHA-256 is " + sum, Why: output.Marker + " states " + r.Record.StudySHA256, Hint: "fetch the folder again"})
		return nil
	}
	before := probs.Count(diag.Error)
	s := parse(r.at(studyCopy).File, text, probs)
	if s == nil || probs.Count(diag.Error) > before {
		return nil
	}
	s.unpattern(r.Record.Inputs)
	if wrong := r.Record.wrongBundle(s); wrong != "" {
		probs.Errorf(diag.BadValue, r.at(output.Marker), "the bundle is not that of its study: %s", wrong)
		return nil
	}
	for _, b := range r.Record.Bundle {
		if _, inventory := datasets.KindByName(b.Of); inventory || b.Of == ofAmounts {
			continue
		}
		for _, f := range b.Files {
			r.checkFile(ctx, f, probs)
		}
	}
	if probs.Count(diag.Error) > before {
		return nil
	}
	s.bundle = newBundle(r.root, r.Folder, r.Record.Bundle)
	s.open = func(_ context.Context, name string) (input, error) { return s.bundle.open(name) }
	return s
}

// checkFile compares a file of the folder with its digest; false, with the finding told, where it is another one.
func (r *Result) checkFile(ctx context.Context, f FileRecord, probs *diag.List) bool {
	if info, err := r.root.Lstat(filepath.FromSlash(f.Path)); err == nil && !info.Mode().IsRegular() {
		probs.Add(r.notAFile(f.Path, info.Mode()))
		return false
	}
	file, _, err := openWithin(r.root, filepath.FromSlash(f.Path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		probs.Errorf(diag.MissingFile, r.at(f.Path), "the file is missing")
		return false
	case err != nil:
		probs.Errorf(diag.MissingFile, r.at(f.Path), "the file cannot be read: %v", cause(err))
		return false
	}
	defer file.Close()
	sum, err := folder.Digest(ctx, file)
	switch {
	case err != nil:
		probs.Errorf(diag.MissingFile, r.at(f.Path), "the file cannot be read: %v", cause(err))
	case sum != f.SHA256:
		probs.Add(diag.Problem{Code: diag.DigestMismatch, Place: r.at(f.Path), Message: "the file is not the one that the run wrote: its SHA-256 is " + sum, Why: output.Marker + " states " + f.SHA256 + "; one bit that differs is enough",
			Hint: "fetch the folder again"})
	default:
		return true
	}
	return false
}

// notAFile is the finding of what is neither a file nor a folder.
func (r *Result) notAFile(name string, m fs.FileMode) diag.Problem {
	what := "something that is no file"
	switch {
	case m.IsDir():
		what = "a folder"
	case m&fs.ModeSymlink != 0:
		what = "a symbolic link"
	case m&fs.ModeNamedPipe != 0:
		what = "a named pipe"
	}
	return diag.Problem{Code: diag.NotAFile, Place: r.at(name), Message: what + " stands where a run writes files alone", Why: "it was not opened"}
}

// wrongBundle says in what a bundle is another one than a run of the study writes; empty for nothing. It goes by names and digests, and opens nothing.
func (r *Record) wrongBundle(s *Study) string {
	if !s.reads(r.Inputs) {
		return "its inputs are others than the study names"
	}
	want := s.toBundle(r.Inputs)
	if len(want) != len(r.Bundle) {
		return fmt.Sprintf("the study names %d files and packs by paths, and it holds %d", len(want)-1, len(r.Bundle)-1)
	}
	input := 0
	for i, w := range want {
		b := &r.Bundle[i]
		if _, isCSV := overlayFile(b, w.File); b.Of != w.Of || b.Path != w.Path || b.File != w.File && !isCSV {
			return fmt.Sprintf("where %s %s should stand as %s, %s %s stands as %s", w.Of, w.Path, w.File, b.Of, b.Path, b.File)
		}
		pack := b.Of == ofPack || b.Of == ofOverlay && b.File == w.File
		if !pack && (len(b.Files) != 1 || b.Files[0].Path != b.File) || pack && (len(b.Files) == 0 || slices.ContainsFunc(b.Files, func(f FileRecord) bool { return path.Dir(f.Path) != b.File })) {
			return fmt.Sprintf("the files of %s %s are not in %s", b.Of, b.Path, b.File)
		}
		if pack || b.Of == ofMethod || b.Of == ofLever || b.Of == ofOverlay || b.Of == ofLicences {
			continue
		}
		if in := r.Inputs[input]; b.Files[0].SHA256 != in.SHA256 {
			return fmt.Sprintf("%s is not the file that was assessed as %s: its SHA-256 is %s, that of the input %s", b.File, in.Path, b.Files[0].SHA256, in.SHA256)
		}
		input++
	}
	return ""
}

// overlayFile is the name of the CSV file that an overlay is, where it is one, in its folder of the bundle.
func overlayFile(b *Bundled, folder string) (string, bool) {
	name, ok := strings.CutPrefix(b.File, folder+"/")
	return name, ok && b.Of == ofOverlay && strings.EqualFold(path.Ext(name), ".csv") && name == path.Base(b.Path)
}

// openWithin opens a regular file within a folder. A link that leads out of it is not followed, and no pipe is waited for.
func openWithin(root *os.Root, name string) (*os.File, int64, error) {
	f, err := root.OpenFile(name, os.O_RDONLY|folder.NonBlocking, 0)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}
