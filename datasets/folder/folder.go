// Package folder opens a folder that came from somebody else, by mail or from a download.
//
// The file SHA256SUMS lists all other files of the folder with their digests, as the command sha256sum writes and checks them. A folder is what
// the list says and nothing else: a file that it does not list, one that is missing or was changed, a symbolic link, a folder within, and whatever
// is no regular file (a named pipe, on which reading would wait for ever) are errors. Nothing outside of the folder is opened.
package folder

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Sums is the name of the list of digests.
const Sums = "SHA256SUMS"

// maxFiles bounds the files of a folder.
const maxFiles = 200

// Folder is an open folder. Close closes its files.
type Folder struct {
	Name   string // as messages show it
	Digest string // SHA-256 of the list of digests, its lines sorted: it stands for all that the folder holds
	files  map[string]*File

	looked func(name string) // tests: a file was looked at and is not open
}

// File is an open file of a folder.
type File struct {
	*os.File        // for reading; what was digested
	Base     string // its name within the folder
	Shown    string // its path as messages show it
	Size     int64
	SHA256   string // in small hexadecimal digits; that of the list
}

// Open opens a folder and all files in it, and checks their digests. Problems go to probs; the folder is nil where there are errors. Only a cancelled context
// is an error.
func Open(ctx context.Context, name string, probs *diag.List) (*Folder, error) {
	before := probs.Count(diag.Error)
	f := &Folder{Name: filepath.ToSlash(filepath.Clean(name)), files: map[string]*File{}}
	err := f.open(ctx, name, probs)
	if err != nil || probs.Count(diag.Error) > before {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Close closes the files.
func (f *Folder) Close() {
	if f == nil {
		return
	}
	for _, file := range f.files {
		file.File.Close()
	}
}

// Files lists the files by name, without the list of digests.
func (f *Folder) Files() []*File {
	var out []*File
	for _, name := range slices.Sorted(maps.Keys(f.files)) {
		out = append(out, f.files[name])
	}
	return out
}

// File finds a file by its name.
func (f *Folder) File(name string) (*File, bool) {
	file, ok := f.files[name]
	return file, ok
}

// Text reads a file that a person may have written. Longer ones are cut just above what a document may have, to be refused there.
func (f *File) Text() ([]byte, error) {
	return io.ReadAll(io.NewSectionReader(f, 0, document.MaxBytes+1))
}

func (f *Folder) open(ctx context.Context, name string, probs *diag.List) error {
	at := diag.Place{File: f.Name}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		probs.Errorf(diag.NotFound, at, "there is no such folder")
		return nil
	case err != nil:
		probs.Errorf(diag.NotFound, at, "the folder cannot be read: %v", cause(err))
		return nil
	case !info.IsDir():
		probs.Errorf(diag.NotFound, at, "this is no folder")
		return nil
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		probs.Errorf(diag.NotFound, at, "the folder cannot be read: %v", cause(err))
		return nil
	}
	defer root.Close()
	names, ok := f.list(root, probs)
	if !ok {
		return nil
	}
	sums := f.openFile(root, Sums, probs)
	if sums == nil {
		return nil
	}
	defer sums.Close()
	listed := f.sums(sums, probs)
	if listed == nil {
		return nil
	}
	for _, name := range names {
		if _, ok := listed[name]; !ok && name != Sums {
			probs.Add(diag.Problem{Code: diag.Refused, Place: diag.Place{File: f.path(name)}, Message: "the file is not in " + Sums,
				Why: "what nobody vouches for with a digest may have been added on the way", Hint: "remove it, or ask the sender for the folder again"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(listed)) {
		if !slices.Contains(names, name) {
			probs.Errorf(diag.MissingFile, diag.Place{File: f.path(name)}, "the file is missing; %s lists it", Sums)
			continue
		}
		file := f.openFile(root, name, probs)
		if file == nil {
			continue
		}
		f.files[name] = file
		file.SHA256 = listed[name]
		if err := file.verify(ctx, probs); err != nil {
			return err
		}
	}
	f.Digest = digest(listed)
	return nil
}

// list names what the folder holds, or refuses it.
func (f *Folder) list(root *os.Root, probs *diag.List) ([]string, bool) {
	dir, err := root.Open(".")
	if err != nil {
		probs.Errorf(diag.NotFound, diag.Place{File: f.Name}, "the folder cannot be read: %v", cause(err))
		return nil, false
	}
	defer dir.Close()
	entries, err := dir.ReadDir(maxFiles + 1)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		probs.Errorf(diag.NotFound, diag.Place{File: f.Name}, "the folder cannot be read: %v", cause(err))
		return nil, false
	case len(entries) > maxFiles:
		probs.Errorf(diag.TooLarge, diag.Place{File: f.Name}, "the folder holds more than %d files", maxFiles)
		return nil, false
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	if !slices.Contains(names, Sums) {
		probs.Add(diag.Problem{Code: diag.MissingFile, Place: diag.Place{File: f.path(Sums)}, Message: "there is no such file",
			Why: "without the list of digests nobody can tell whether the folder is as it was sent"})
		return nil, false
	}
	return names, true
}

// openFile opens a regular file of the folder. It looks before it opens: a link may lead anywhere, and opening a named pipe would wait for a writer.
func (f *Folder) openFile(root *os.Root, name string, probs *diag.List) *File {
	at := diag.Place{File: f.path(name)}
	refuse := func(what, why string) *File {
		probs.Add(diag.Problem{Code: diag.Refused, Place: at, Message: what, Why: why})
		return nil
	}
	info, err := root.Lstat(name)
	if err != nil {
		probs.Errorf(diag.MissingFile, at, "the file cannot be read: %v", cause(err))
		return nil
	}
	switch mode := info.Mode(); {
	case mode&fs.ModeSymlink != 0:
		return refuse("this is a symbolic link", "a link may lead to a file of yours that was never meant to be read here")
	case mode.IsDir():
		return refuse("this is a folder", "the files of such a folder lie side by side")
	case !mode.IsRegular():
		return refuse("this is no regular file", "")
	}
	if f.looked != nil {
		f.looked(name)
	}
	handle, err := root.OpenFile(name, os.O_RDONLY|NonBlocking, 0) // a pipe may have taken its place since
	if err != nil {
		probs.Errorf(diag.MissingFile, at, "the file cannot be read: %v", cause(err))
		return nil
	}
	if opened, err := handle.Stat(); err != nil || !opened.Mode().IsRegular() || !os.SameFile(info, opened) { // what took its place may have its number
		handle.Close()
		return refuse("the file was replaced while it was opened", "")
	}
	return &File{File: handle, Base: name, Shown: at.File, Size: info.Size()}
}

// sums reads the list of digests by file; nil where there are errors.
func (f *Folder) sums(file *File, probs *diag.List) map[string]string {
	text, err := file.Text()
	before := probs.Count(diag.Error)
	at := diag.Place{File: file.Shown}
	switch {
	case err != nil:
		probs.Errorf(diag.MissingFile, at, "the file cannot be read: %v", cause(err))
		return nil
	case len(text) > document.MaxBytes:
		probs.Errorf(diag.TooLarge, at, "the file has more than %d bytes", document.MaxBytes)
		return nil
	}
	out := map[string]string{}
	for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		at.Line = i + 1
		sum, name, ok := cut(strings.TrimSuffix(line, "\r"))
		switch {
		case !ok:
			probs.Add(diag.Problem{Code: diag.Syntax, Place: at, Message: "this is no line of a list of digests", Hint: "64 hexadecimal digits, two spaces, the name of a file, as sha256sum prints them"})
		case !IsName(name) || name == Sums:
			probs.Add(diag.Problem{Code: diag.Refused, Place: at, Message: fmt.Sprintf("%q is no name of a file in this folder", name), Why: "a list may only name files that lie beside it"})
		case out[name] != "":
			probs.Errorf(diag.DuplicateName, at, "%s is listed above", name)
		default:
			out[name] = sum
		}
		if probs.Full() {
			break
		}
	}
	if probs.Count(diag.Error) > before {
		return nil
	}
	return out
}

// cut takes a line of a list of digests apart.
func cut(line string) (sum, name string, ok bool) {
	const digits = 2 * sha256.Size
	if len(line) < digits+3 || line[digits] != ' ' || line[digits+1] != ' ' && line[digits+1] != '*' {
		return "", "", false
	}
	sum = strings.ToLower(line[:digits])
	_, err := hex.DecodeString(sum)
	return sum, line[digits+2:], err == nil
}

// IsName tells a name that a file of such a folder may have: on every system it means a file in the folder and no other.
func IsName(name string) bool {
	letter := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._- ()+,=", r)
	}
	return name != "" && len(name) <= 120 && name[0] != '.' && name[0] != ' ' && !strings.HasSuffix(name, ".") && !strings.HasSuffix(name, " ") &&
		!strings.ContainsFunc(name, func(r rune) bool { return !letter(r) }) && filepath.IsLocal(name)
}

// verify sets a file against its digest.
func (f *File) verify(ctx context.Context, probs *diag.List) error {
	sum, err := Digest(ctx, io.NewSectionReader(f, 0, f.Size))
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		probs.Errorf(diag.MissingFile, diag.Place{File: f.Shown}, "the file cannot be read: %v", cause(err))
	case sum != f.SHA256:
		probs.Add(diag.Problem{Code: diag.DigestMismatch, Place: diag.Place{File: f.Shown}, Message: "the file is not the one that " + Sums + " lists: its SHA-256 is " + sum,
			Why: "a file that was changed, or damaged on its way, may give other numbers without looking wrong", Hint: "ask the sender for the folder again"})
	}
	return nil
}

// Digest reads to the end and gives the SHA-256 in hexadecimal digits.
func Digest(ctx context.Context, r io.Reader) (string, error) {
	h, buf := sha256.New(), make([]byte, 256<<10)
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := r.Read(buf)
		h.Write(buf[:n])
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(h.Sum(nil)), nil
		} else if err != nil {
			return "", err
		}
	}
}

// List writes the list of digests of files, by name.
func List(sums map[string]string) []byte {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(&b, "%s  %s\n", sums[name], name)
	}
	return b.Bytes()
}

// digest stands for all that is listed.
func digest(sums map[string]string) string {
	sum := sha256.Sum256(List(sums))
	return hex.EncodeToString(sum[:])
}

func (f *Folder) path(name string) string { return path.Join(f.Name, name) }

// cause is an error without the path, which the place says already.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
