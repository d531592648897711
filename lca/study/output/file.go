package output

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Create makes a new file of the result. The name is a file name or a path with slashes inside the folder, such as
// "data/impacts.csv"; the folders on its way are made. The file is on the disk once Close has returned nil. After a failed write or
// Close no Commit succeeds.
func (f *Folder) Create(name string) (io.WriteCloser, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done {
		return nil, fmt.Errorf("creating %s: the result folder is closed", name)
	}
	local := filepath.FromSlash(name)
	if dir := filepath.Dir(local); dir != "." {
		if err := f.root.MkdirAll(dir, 0o777); err != nil {
			return nil, f.fail(fmt.Errorf("creating %s: %w", name, err))
		}
	}
	handle, err := f.root.OpenFile(local, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, f.fail(fmt.Errorf("creating %s: %w", name, err))
	}
	w := &file{folder: f, name: name, os: handle}
	f.open[w] = true
	return w, nil
}

// fail keeps the first failure; f.mu is held.
func (f *Folder) fail(err error) error {
	if f.failed == nil {
		f.failed = err
	}
	return err
}

// CheckName accepts what means the same file inside a folder on every system.
func CheckName(name string) error {
	wrong := func(why string) error { return fmt.Errorf("%q is no name of a result file: %s", name, why) }
	switch {
	case !fs.ValidPath(name) || name == "." || path.IsAbs(name):
		return wrong("it must be a path with slashes inside the folder, without . and ..")
	case strings.ContainsAny(name, `\:*?"<>|`) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return wrong(`it must be free of control characters and of \ : * ? " < > |`)
	case !filepath.IsLocal(filepath.FromSlash(name)):
		return wrong("this system gives it another meaning")
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".") || strings.HasSuffix(part, " ") {
			return wrong("no part of it may begin with a dot or end with a dot or a space")
		}
	}
	return nil
}

// file is an open file of a Folder.
type file struct {
	folder *Folder
	name   string
	os     *os.File
}

func (w *file) Write(p []byte) (int, error) {
	n, err := w.os.Write(p)
	if err != nil {
		err = w.fail("writing", err)
	}
	return n, err
}

// Close brings the file to the disk and closes it. A second Close is an error.
func (w *file) Close() error {
	w.folder.mu.Lock()
	open := w.folder.open[w]
	delete(w.folder.open, w)
	w.folder.mu.Unlock()
	if !open {
		return fmt.Errorf("closing %s: %w", w.name, fs.ErrClosed)
	}
	if err := errors.Join(w.os.Sync(), w.os.Close()); err != nil {
		return w.fail("closing", err)
	}
	return nil
}

func (w *file) fail(doing string, err error) error {
	w.folder.mu.Lock()
	defer w.folder.mu.Unlock()
	return w.folder.fail(fmt.Errorf("%s %s: %w", doing, w.name, err))
}
