package output

import (
	"os"
	"path/filepath"
	"strings"
)

// A state is what trying to lock a folder told.
type state uint8

const (
	unknown state = iota // the system cannot lock it: nothing may be concluded
	held                 // the caller has it now
	busy                 // a run that is alive has it
)

// sweep clears away what dead runs of the same target left. It goes by locks, which the system releases when a process ends,
// however it ends; where it cannot be certain it leaves things alone. It is a courtesy: failures are nobody's problem.
func sweep(target string) {
	entries, _ := os.ReadDir(filepath.Dir(target))
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		path := filepath.Join(filepath.Dir(target), entry.Name())
		switch leftover(entry.Name(), filepath.Base(target)) {
		case aside:
			// Its run stopped between two renames, or after the second. Where a living run is at this very point, putting the
			// former result back makes that run set it aside once more.
			if exists(target) || os.Rename(path, target) != nil {
				remove(path)
			}
		case partial:
			if unlock, state := seize(path); state == held {
				os.RemoveAll(path)
				unlock()
				os.RemoveAll(path) // on Windows the mark itself could not be removed while it was held
			}
		}
	}
}

// remove deletes a former result. A folder half deleted must not be put back, hence it first loses the name by which it would be.
func remove(former string) {
	if stem, ok := strings.CutSuffix(former, aside); ok {
		if os.Rename(former, stem+partial) != nil {
			return // another run has put it back or taken it
		}
		former = stem + partial
	}
	os.RemoveAll(former)
}

// leftover returns the ending of a name that beside made for a target with this base, else "".
func leftover(name, base string) string {
	random, ok := strings.CutPrefix(name, "."+base+".")
	if !ok {
		return ""
	}
	for _, ending := range []string{partial, aside} {
		if r, ok := strings.CutSuffix(random, ending); ok && r != "" && strings.Trim(r, "0123456789abcdefghijklmnopqrstuvwxyz") == "" {
			return ending
		}
	}
	return ""
}
