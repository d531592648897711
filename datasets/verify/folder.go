package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/ai-impact-observatory/ailca/datasets/folder"
	"github.com/ai-impact-observatory/ailca/datasets/publish"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// walk lists the folder's files without opening any. What is neither a file nor a folder is a finding, and so is a folder without anything in it.
func (v *verification) walk() bool {
	n := 0
	empty := map[string]bool{} // folders in which nothing was met
	err := fs.WalkDir(v.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			v.errorf(diag.NotFound, name, "%s", cause(err))
			return nil
		}
		if n++; n > maxEntries {
			v.probs.Errorf(diag.TooLarge, diag.Place{File: v.shown}, "the folder has more than %d entries: it is no package", maxEntries)
			return fs.SkipAll
		}
		if err := v.ctx.Err(); err != nil {
			return err
		}
		delete(empty, path.Dir(name))
		if entry.IsDir() {
			empty[name] = name != "."
			return nil
		}
		info, err := entry.Info()
		switch {
		case err != nil:
			v.errorf(diag.NotFound, name, "%s", cause(err))
		case !info.Mode().IsRegular():
			v.probs.Add(diag.Problem{Code: diag.NotAFile, Place: v.at(name), Message: what(info.Mode()) + " stands in the package", Why: "a package holds files and folders alone; it was not opened"})
		default:
			v.files[name] = info
		}
		return nil
	})
	for _, name := range slices.Sorted(maps.Keys(empty)) {
		if empty[name] && err == nil && n <= maxEntries {
			v.errorf(diag.UnlistedFile, name, "the folder does not belong to the package: no file lies in it")
		}
	}
	return err == nil && n <= maxEntries
}

// what names a sort of file.
func what(m fs.FileMode) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "a symbolic link"
	case m&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "something that is no file"
}

// cause is an error's text without the path, which the place gives already.
func cause(err error) string {
	var p *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file"
	case errors.As(err, &p):
		return p.Err.Error()
	}
	return err.Error()
}

// localPath says what is wrong with a path that a package names; empty where it leads to a file inside of it on every system.
func localPath(name string) string {
	switch {
	case name == "":
		return "the path is empty"
	case path.IsAbs(name) || len(name) > 1 && name[1] == ':':
		return "the path is absolute"
	case strings.Contains(name, "\\"):
		return "the path holds a backslash"
	case slices.Contains(strings.Split(name, "/"), ".."):
		return "the path leads out of the package"
	case !fs.ValidPath(name) || name == "." || strings.ContainsFunc(name, unicode.IsControl):
		return "the path is not one with slashes inside the package"
	}
	return ""
}

// opened is a file of the package that is being read.
type opened struct {
	*os.File
	v    *verification
	name string
	info fs.FileInfo
}

// open opens a file that walk has seen, and makes sure that it is the same one; nil, with the finding told, where it cannot.
func (v *verification) open(name string) *opened {
	f, err := v.root.OpenFile(name, os.O_RDONLY|folder.NonBlocking, 0) // a pipe that took the file's place does not make it wait
	if err != nil {
		v.errorf(diag.MissingFile, name, "the file cannot be read: %s", cause(err))
		return nil
	}
	o := &opened{f, v, name, v.files[name]}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || !os.SameFile(info, o.info) {
		f.Close()
		v.errorf(diag.ChangedFile, name, "another file took its place while the package was verified")
		return nil
	}
	if v.o.opened != nil {
		v.o.opened(name)
	}
	return o
}

// close closes the file, and tells where it is not what it was when the folder was listed.
func (o *opened) close() {
	info, err := o.Stat()
	if err != nil || info.Size() != o.info.Size() || !info.ModTime().Equal(o.info.ModTime()) {
		o.v.probs.Add(diag.Problem{Code: diag.ChangedFile, Place: o.v.at(o.name), Message: "the file was changed while it was verified", Why: "what was found of it may not hold", Hint: "verify a copy that nobody writes to"})
	}
	o.Close()
}

// readAll reads a file of at most so many bytes.
func (v *verification) readAll(name string, most int64) []byte {
	if size := v.files[name].Size(); size > most {
		v.errorf(diag.TooLarge, name, "the file has %d bytes; at most %d are read", size, most)
		return nil
	}
	f := v.open(name)
	if f == nil {
		return nil
	}
	defer f.close()
	text, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		v.errorf(diag.MissingFile, name, "the file cannot be read: %s", cause(err))
		return nil
	}
	return text
}

// readSums reads SHA256SUMS, which is accepted in the very form in which it is written: no bit of it is without meaning.
func (v *verification) readSums() bool {
	if _, ok := v.files[publish.SumsFile]; !ok {
		v.errorf(diag.MissingFile, publish.SumsFile, "the file is missing: what the package should be is not known")
		return false
	}
	text := v.readAll(publish.SumsFile, maxSums)
	if text == nil {
		return false
	}
	sum := sha256.Sum256(text)
	v.out.Sum = hex.EncodeToString(sum[:])
	for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		at := v.at(publish.SumsFile)
		at.Line = i + 1
		digest, name, _ := strings.Cut(line, "  ")
		if b, err := hex.DecodeString(digest); err != nil || len(b) != sha256.Size {
			v.probs.Errorf(diag.Syntax, at, "the line does not begin with a digest in 64 hexadecimal digits and two spaces")
			continue
		}
		if wrong := localPath(name); wrong != "" {
			v.probs.Errorf(diag.Refused, at, "%q: %s", name, wrong)
			continue
		}
		if _, twice := v.sums[name]; twice || name == publish.SumsFile {
			v.probs.Errorf(diag.DuplicateName, at, "%q may not stand here, or stands here twice", name)
			continue
		}
		v.sums[name] = digest
	}
	if v.probs.Count(diag.Error) == 0 && !bytes.Equal(text, folder.List(v.sums)) {
		v.errorf(diag.Syntax, publish.SumsFile, "the lines are not in the order of the paths, with small digits, each ended by a line feed")
	}
	return true
}

// digests compares every file with its digest, and the list with the folder.
func (v *verification) digests() {
	for _, name := range slices.Sorted(maps.Keys(v.files)) {
		if _, listed := v.sums[name]; !listed && name != publish.SumsFile {
			v.probs.Add(diag.Problem{Code: diag.UnlistedFile, Place: v.at(name), Message: "the file does not belong to the package: " + publish.SumsFile + " does not list it"})
		}
	}
	for _, name := range described {
		if _, listed := v.sums[name]; !listed {
			v.errorf(diag.MissingFile, publish.SumsFile, "%s is not listed", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v.sums)) {
		if v.ctx.Err() != nil {
			return
		}
		if _, ok := v.files[name]; !ok {
			v.errorf(diag.MissingFile, name, "the file is missing")
			continue
		}
		f := v.open(name)
		if f == nil {
			continue
		}
		digest, n, err := f.digest()
		switch {
		case v.ctx.Err() != nil:
		case err != nil:
			v.errorf(diag.MissingFile, name, "the file cannot be read: %s", cause(err))
		case digest != v.sums[name]:
			v.probs.Add(diag.Problem{Code: diag.DigestMismatch, Place: v.at(name), Message: "the file is not the one that was published: its SHA-256 is " + digest,
				Why: fmt.Sprintf("%s states %s; one bit that differs is enough", publish.SumsFile, v.sums[name]), Hint: "fetch the package again; the file was not looked into"})
		default:
			v.sizes[name] = n
			v.out.Files++
			v.out.Bytes += n
		}
		f.close()
	}
}

// digest reads as much of the file as it had when the folder was listed: what is appended while it is read is not read for ever.
func (o *opened) digest() (string, int64, error) {
	size := o.info.Size()
	sum, err := folder.Digest(o.v.ctx, io.NewSectionReader(o, 0, size))
	return sum, size, err
}
