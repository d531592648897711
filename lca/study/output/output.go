// Package output publishes a result folder whole or not at all.
//
// A run writes into a temporary folder beside its target and renames it once every file is complete and on the disk. Whatever
// ends the run before that (a signal, a full disk, a power cut) leaves nothing under the target's name but what stood there before.
//
//	f, err := output.Begin("out/observatory-2025")
//	defer f.Discard() // does nothing after Commit
//	w, err := f.Create("impacts.parquet")
//	...
//	err = f.Commit()
package output

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Marker is the file by which a result folder is known: a folder without it holds somebody's own files and is never replaced.
const Marker = "run.json"

// ReportMarker is what the folder of a report has in its place.
const ReportMarker = "report.json"

// Names of the folders beside a target "study": .study.<random>.partial while a run writes, .study.<random>.old while a former
// result is set aside.
const (
	partial = ".partial"
	aside   = ".old"
)

// attempts bounds every loop that another run of the same target may make repeat.
const attempts = 100

// Folder is a result folder in the making. Its methods may be called from several goroutines.
type Folder struct {
	target string
	temp   string
	swap   func(a, b string) error // exchanges two names at once, or reports errNoSwap

	mu     sync.Mutex
	root   *os.Root
	unlock func() // releases the mark that this folder's run is alive
	open   map[*file]bool
	failed error // the first failure to write a file
	done   bool
}

// Begin makes an empty folder in which the result for target is put together, and the folders above target where they are
// missing. A target that exists must be a folder that holds Marker or ReportMarker, or an empty one; anything else is an *diag.Invalid. What runs
// of the same target that are certainly dead have left is cleared away, and a former result that one of them had just set aside
// is put back.
func Begin(target string) (*Folder, error) {
	target = filepath.Clean(target)
	switch filepath.Base(target) {
	case ".", "..", string(filepath.Separator):
		return nil, refuse(target, "is no name for a result folder", "name a folder that may be made new, such as out/my-study")
	}
	if err := replaceable(target); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		return nil, unmade(target, fmt.Errorf("making the folder of the results: %w", err))
	}
	sweep(target)
	f := &Folder{target: target, swap: exchange, open: map[*file]bool{}}
	for range attempts {
		f.temp = beside(target, partial)
		if err := os.Mkdir(f.temp, 0o777); errors.Is(err, fs.ErrExist) {
			continue
		} else if err != nil {
			return nil, unmade(target, fmt.Errorf("making a folder for the results: %w", err))
		}
		unlock, state := lock(f.temp)
		if state == busy || !exists(f.temp) {
			// Another run took the new folder for a dead one's, in the instant before it was locked, and clears it away.
			unlock()
			continue
		}
		root, err := os.OpenRoot(f.temp)
		if err != nil {
			unlock()
			os.RemoveAll(f.temp)
			return nil, fmt.Errorf("opening the folder for the results: %w", err)
		}
		f.root, f.unlock = root, unlock
		return f, nil
	}
	return nil, fmt.Errorf("no folder could be made beside %s in %d attempts", target, attempts)
}

// Path is where the folder is put together, for whoever checks it before Commit.
func (f *Folder) Path() string { return f.temp }

// Target is where Commit puts the folder.
func (f *Folder) Target() string { return f.target }

// Discard removes everything that was written. After Commit or Discard it does nothing.
func (f *Folder) Discard() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done {
		return
	}
	f.done = true
	for w := range f.open {
		w.os.Close()
	}
	f.root.Close()
	os.RemoveAll(f.temp)
	f.unlock()
	os.RemoveAll(f.temp) // on Windows the mark itself could not be removed while it was held
}

// beside names a folder in target's own folder, hence on the same file system.
func beside(target, ending string) string {
	random := strconv.FormatUint(rand.Uint64()|1<<63, 36)
	return filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+"."+random+ending)
}

// replaceable tells whether a result may stand under target's name.
func replaceable(target string) error {
	var err error
	for range attempts {
		var info fs.FileInfo
		info, err = os.Lstat(target)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return fmt.Errorf("looking at the result folder: %w", err)
		case info.Mode()&fs.ModeSymlink != 0:
			return refuse(target, "is a symbolic link", "write to the folder that it leads to, or remove the link")
		case !info.IsDir():
			return refuse(target, "is not a folder", "choose another output folder, or move the file away")
		}
		var ours bool
		if ours, err = written(target); ours {
			return nil
		}
		// Another run may have replaced the folder and be removing what was looked at.
		if again, gone := os.Lstat(target); gone == nil && os.SameFile(info, again) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("looking at the result folder: %w", err)
	}
	return refuse(target, "exists and was not written by ailca: it holds no "+Marker,
		"choose another output folder, or move its files away")
}

// written tells whether a folder holds Marker or ReportMarker, or nothing.
func written(folder string) (bool, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return false, err
	}
	for _, entry := range entries {
		if (entry.Name() == Marker || entry.Name() == ReportMarker) && entry.Type().IsRegular() {
			return true, nil
		}
	}
	return len(entries) == 0, nil
}

// unmade is the error of a folder that could not be made: where nobody may write there, what to do about it.
func unmade(target string, err error) error {
	if !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS) {
		return err
	}
	var probs diag.List
	probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: filepath.ToSlash(target)}, Message: "the folder cannot be made: nothing may be written to " + filepath.ToSlash(filepath.Dir(target)),
		Hint: "name a folder elsewhere, or let yourself write there"})
	return probs.Err()
}

func refuse(target, message, hint string) error {
	var probs diag.List
	probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: target}, Message: message, Hint: hint,
		Why: "a result folder is replaced as a whole"})
	return probs.Err()
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
