package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// errNoSwap says that the system or the file system cannot exchange two names at once.
var errNoSwap = errors.New("names cannot be exchanged here")

// Commit puts the folder under the target's name, in place of a former result. When it returns nil the result is complete and on
// the disk. When it fails, because a file is still open, a write had failed or the target is not one to replace, the former result stands
// and what was written is gone.
//
// At every instant the target's name leads to the former result or to the new one, complete; where the system cannot exchange two
// names at once there is an instant between two renames in which it leads nowhere, and the next Begin puts the former result back.
func (f *Folder) Commit() error {
	if err := f.commit(); err != nil {
		f.Discard()
		return err
	}
	return nil
}

func (f *Folder) commit() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.done:
		return fmt.Errorf("publishing %s: the result folder is closed", f.target)
	case f.failed != nil:
		return fmt.Errorf("publishing %s: %w", f.target, f.failed)
	case len(f.open) > 0:
		return fmt.Errorf("publishing %s: %d of its files are still open", f.target, len(f.open))
	}
	if err := syncTree(f.temp); err != nil {
		return fmt.Errorf("publishing %s: %w", f.target, err)
	}
	f.root.Close()
	unmark(f.unlock)
	former, err := f.rename()
	if err != nil {
		return fmt.Errorf("publishing %s: %w", f.target, err)
	}
	f.done = true
	f.unlock()
	err = syncFolder(filepath.Dir(f.target))
	if former != "" {
		remove(former) // what stays is cleared away by the next Begin
	}
	if err != nil {
		return fmt.Errorf("publishing %s: %w", f.target, err)
	}
	return nil
}

// rename moves the folder to the target's name and returns where the former result stands now, empty where there was none.
func (f *Folder) rename() (former string, err error) {
	for range attempts {
		if err := replaceable(f.target); err != nil {
			return "", err
		}
		if err = f.swap(f.temp, f.target); err == nil {
			return f.temp, nil
		} else if errors.Is(err, errNoSwap) {
			if former, err = f.setAside(); err != nil {
				return "", err
			}
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if err = os.Rename(f.temp, f.target); err == nil {
			return former, nil
		}
		if former != "" && os.Rename(former, f.target) != nil && exists(f.target) {
			remove(former)
		}
		former = ""
		if !errors.Is(err, fs.ErrExist) && !exists(f.target) {
			return "", err
		}
		// Another run published under the same name in between: replace its result.
	}
	return "", err
}

// setAside renames a former result out of the way and returns its new name; without a former result it does nothing. Another run
// that begins now puts it back, which the next attempt to rename then meets.
func (f *Folder) setAside() (string, error) {
	old := beside(f.target, aside)
	if err := os.Rename(f.target, old); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	return old, nil
}

// syncTree brings the entries of a folder and of those in it to the disk; their files were by Close.
func syncTree(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		return syncFolder(path)
	})
}
