package factors

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// limits bound what a pack from a stranger may cost.
type limits struct {
	fileBytes int // of one CSV file
	packBytes int // of all files
	files     int
	rows      int // of all files
}

var standard = limits{fileBytes: 64 << 20, packBytes: 256 << 20, files: 200, rows: 1_000_000}

// Load reads the pack in a folder: pack.yaml and all *.csv beside it; other files and folders are left alone. Every problem goes to probs
// with its place. The pack is nil where pack.yaml cannot be read; where probs got an error it lacks the rows concerned and is not to be
// computed with.
func Load(fsys fs.FS, dir string, probs *diag.List) *Pack {
	return load(fsys, dir, dir, standard, probs)
}

// loader holds what is known while a pack is read.
type loader struct {
	pack    *Pack
	derived []derivation
	limits  limits
	probs   *diag.List
	before  int // errors in probs that are not this pack's
	units   map[string]unitResult
	scales  map[[2]string]scaleResult // by both units' texts
	fitting map[[3]string]bool        // factor, category and unit that fit each other
	texts   map[string]string         // shared by derived rows
	hash    digest
}

type scaleResult struct {
	factor float64
	ok     bool
}

// scale is the number that turns a row's value into the unit to, which is written toText.
func (l *loader) scale(r *Row, to unit.Unit, toText string) (float64, bool) {
	key := [2]string{r.UnitText, toText}
	s, ok := l.scales[key]
	if !ok {
		s.factor, s.ok = unit.Factor(r.Unit, to)
		l.scales[key] = s
	}
	return s.factor, s.ok
}

type unitResult struct {
	unit unit.Unit
	err  error
}

// load reads fsys/dir and names the files in problems as if they stood in the folder shown.
func load(fsys fs.FS, dir, shown string, lim limits, probs *diag.List) *Pack {
	l := &loader{pack: &Pack{byName: map[string]int{}}, limits: lim, probs: probs, before: probs.Count(diag.Error), units: map[string]unitResult{},
		scales: map[[2]string]scaleResult{}, fitting: map[[3]string]bool{}}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		probs.Errorf(diag.NotFound, diag.Place{File: shown}, "the folder of a factor pack cannot be read: %v", reason(err))
		return nil
	}
	var tables []string
	found := false
	for _, e := range entries { // sorted by name
		switch {
		case !e.Type().IsRegular():
		case e.Name() == packFileName:
			found = true
		case strings.HasSuffix(e.Name(), ".csv"):
			tables = append(tables, e.Name())
		}
	}
	if !found {
		probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: shown}, Message: "the folder holds no pack.yaml",
			Hint: "a factor pack is a folder with pack.yaml and its CSV files"})
		return nil
	}
	if len(tables) > lim.files {
		probs.Errorf(diag.TooLarge, diag.Place{File: shown}, "the folder holds %d CSV files; at most %d are read", len(tables), lim.files)
		return nil
	}
	text, ok := l.read(fsys, path.Join(dir, packFileName), path.Join(shown, packFileName), packFileName)
	if !ok || !l.readDefinitions(path.Join(shown, packFileName), text) {
		return nil
	}
	for _, name := range tables {
		if text, ok := l.read(fsys, path.Join(dir, name), path.Join(shown, name), name); ok {
			l.readTable(path.Join(shown, name), text)
		}
	}
	l.finish(diag.Place{File: path.Join(shown, packFileName)})
	return l.pack
}

// finish checks the rows against each other, derives the others and makes them findable.
func (l *loader) finish(at diag.Place) {
	p := l.pack
	p.Digest = l.hash.sum()
	if len(p.Rows) == 0 {
		l.probs.Errorf(diag.MissingValue, at, "the pack holds no row that can be used")
	}
	p.index()
	l.checkShares()
	l.derive()
	p.index()
	l.checkDuplicates()
	l.checkFloors()
	l.checkOutliers()
	l.checkUnused()
}

// read reads a file within the limits and adds it to the digest under its name within the pack.
func (l *loader) read(fsys fs.FS, file, shown, name string) ([]byte, bool) {
	at := diag.Place{File: shown}
	f, err := fsys.Open(file)
	if err != nil {
		l.probs.Errorf(diag.NotFound, at, "the file cannot be read: %v", reason(err))
		return nil, false
	}
	defer f.Close()
	most := min(l.limits.fileBytes, l.limits.packBytes-l.hash.bytes)
	text, err := io.ReadAll(io.LimitReader(f, int64(most)+1))
	switch {
	case err != nil:
		l.probs.Errorf(diag.NotFound, at, "the file cannot be read: %v", reason(err))
		return nil, false
	case len(text) > most:
		l.probs.Errorf(diag.TooLarge, at, "the file is too large: at most %d bytes a file and %d a pack are read", l.limits.fileBytes, l.limits.packBytes)
		return nil, false
	}
	l.hash.add(name, text)
	return text, true
}

// digest covers the names and the bytes of a pack's files.
type digest struct {
	files []string // a line for each: the digest of its bytes, its name in quotes
	bytes int
}

func (d *digest) add(name string, text []byte) {
	d.bytes += len(text)
	d.files = append(d.files, fmt.Sprintf("%q %x\n", name, sha256.Sum256(text)))
}

// sum is the digest of the lines in order of name.
func (d *digest) sum() string {
	slices.Sort(d.files)
	total := sha256.Sum256([]byte(strings.Join(d.files, "")))
	return "sha256:" + hex.EncodeToString(total[:])
}

// reason is an error without the path, which the place says already.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// failed reports whether the pack has an error.
func (l *loader) failed() bool { return l.probs.Count(diag.Error) > l.before }
