package factors

import (
	"crypto/sha256"
	"embed"
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

var standard = limits{fileBytes: 256 << 20, packBytes: 512 << 20, files: 200, rows: 2_000_000}

// maxLayers bounds how many packs are laid over each other.
const maxLayers = 16

// At is where a layer is read: a folder with pack.yaml, or a CSV file with all columns of a factor table.
type At struct {
	FS    fs.FS
	Path  string // within FS
	Shown string // as problems name it
}

// Options are what a stack of packs is read by.
type Options struct {
	// AsOf is a day such as 2025-06-30: rows published later are left out, and rows derived from what is left. A date without a day or a month
	// counts as the last day that it may be. Empty: all rows.
	AsOf string
}

// Load reads the pack in a folder: pack.yaml and its tables; other files and folders are left alone. Every problem goes to probs
// with its place. The pack is nil where pack.yaml cannot be read; where probs got an error it lacks the rows concerned and is not to be
// computed with.
func Load(fsys fs.FS, dir string, probs *diag.List) *Pack {
	return Stack([]At{{FS: fsys, Path: dir, Shown: dir}}, Options{}, probs)
}

// Stack reads packs that lie over each other, the undermost first. For one place, year and kind of figure the row of the uppermost layer stands;
// rows for other places and years stand beside those beneath. An upper layer may be a pack or a CSV file, may leave the definitions of factors to those
// beneath, and may add factors of its own. Problems and result are as for Load. A pack that is part of the program, alone and with all its rows, is read once, and
// whoever asks for it shares it.
func Stack(layers []At, o Options, probs *diag.List) *Pack {
	if len(layers) == 1 && o == (Options{}) {
		if _, ok := layers[0].FS.(embed.FS); ok { // which can be looked up
			if once := embeddedPacks()[layers[0]]; once != nil {
				x := once()
				probs.Merge(&x.problems)
				return x.pack
			}
		}
	}
	return load(layers, o, standard, probs)
}

// loader holds what is known while packs are read.
type loader struct {
	pack    *Pack
	derived []derivation
	limits  limits
	bytes   int // read so far
	probs   *diag.List
	before  int                       // errors in probs that are not these packs'
	scales  map[[2]string]scaleResult // by both units' texts
	cells   [columnCount]cells
	forms   shared[Form]
	origins shared[Origin]
	measures
	fitting map[[3]string]bool // factor, category and unit that fit each other

	// of the layer that is read
	layer     *Layer
	hash      digest
	defined   map[string]bool
	described []tableEntry
	listed    bool // pack.yaml lists its tables
	unread    bool // and there are others
	ranked    int  // series of this layer
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

func load(layers []At, o Options, lim limits, probs *diag.List) *Pack {
	l := &loader{pack: &Pack{byName: map[string]int{}, order: map[string]int{}, AsOf: o.AsOf, Definitions: make([]Definition, 0, maxFactors)},
		limits: lim, probs: probs, before: probs.Count(diag.Error), scales: map[[2]string]scaleResult{}, fitting: map[[3]string]bool{}}
	if len(layers) == 0 {
		probs.Add(diag.Problem{Code: diag.NotFound, Message: "no factor pack is given"})
		return nil
	}
	if len(layers) > maxLayers {
		probs.Errorf(diag.TooLarge, diag.Place{File: layers[maxLayers].Shown}, "at most %d packs are laid over each other", maxLayers)
		return nil
	}
	l.pack.Layers = make([]Layer, 0, len(layers)) // rows' tables point into it by number
	for _, at := range layers {
		if !l.read(at) {
			return nil
		}
	}
	l.finish(diag.Place{File: layers[0].Shown})
	return l.pack
}

// read reads a layer; false where it is not readable at all.
func (l *loader) read(at At) bool {
	p := l.pack
	p.Layers = append(p.Layers, Layer{Path: at.Shown, Overlay: len(p.Layers) > 0})
	l.layer = &p.Layers[len(p.Layers)-1]
	l.hash, l.defined, l.described, l.listed, l.unread, l.ranked = digest{}, map[string]bool{}, nil, false, false, 0
	before := len(p.Rows)
	if info, err := fs.Stat(at.FS, at.Path); err == nil && info.Mode().IsRegular() && l.layer.Overlay {
		name := path.Base(at.Path)
		text, ok := l.file(at.FS, at.Path, at.Shown, name)
		if !ok {
			return false
		}
		l.layer.Ref, l.layer.Status = name, "draft"
		l.readTable(&Table{File: name, shown: at.Shown}, nil, text)
	} else if !l.folder(at) {
		return false
	}
	if l.layer.Status != released {
		p.Status = l.layer.Status
	}
	l.layer.Digest = l.hash.sum()
	l.layer.Rows = len(p.Rows) - before
	return true
}

// folder reads a pack's files.
func (l *loader) folder(at At) bool {
	entries, err := fs.ReadDir(at.FS, at.Path)
	if err != nil {
		l.probs.Errorf(diag.NotFound, diag.Place{File: at.Shown}, "the folder of a factor pack cannot be read: %v", reason(err))
		return false
	}
	var tables []string
	found, sums := false, false
	for _, e := range entries { // sorted by name
		switch {
		case !e.Type().IsRegular():
		case e.Name() == packFileName:
			found = true
		case e.Name() == SumsFile:
			sums = true
		case strings.HasSuffix(e.Name(), ".csv"):
			tables = append(tables, e.Name())
		}
	}
	if !found {
		l.probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: at.Shown}, Message: "the folder holds no pack.yaml",
			Hint: "a factor pack is a folder with pack.yaml and its CSV files"})
		return false
	}
	if len(tables) > l.limits.files {
		l.probs.Errorf(diag.TooLarge, diag.Place{File: at.Shown}, "the folder holds %d CSV files; at most %d are read", len(tables), l.limits.files)
		return false
	}
	shown := path.Join(at.Shown, packFileName)
	text, ok := l.file(at.FS, path.Join(at.Path, packFileName), shown, packFileName)
	if !ok || !l.readDefinitions(shown, text) {
		return false
	}
	for i := range l.described {
		if e := &l.described[i]; !slices.Contains(tables, e.File) {
			l.probs.Add(e.At.Get("file").Problem(diag.NotFound, "the folder holds no file %s", e.File))
		}
	}
	for _, name := range tables {
		entry := l.description(name)
		if l.listed && entry == nil {
			l.unread = true
			l.probs.Add(diag.Problem{Code: diag.UnusedName, Severity: diag.Warning, Place: diag.Place{File: path.Join(at.Shown, name)}, Message: "pack.yaml does not list this file: it is not read",
				Hint: "add it to tables, or leave tables out to read every CSV file"})
			continue
		}
		if text, ok := l.file(at.FS, path.Join(at.Path, name), path.Join(at.Shown, name), name); ok {
			l.readTable(&Table{File: name, shown: path.Join(at.Shown, name)}, entry, text)
		}
	}
	if l.layer.Status == released {
		l.checkSums(at, tables, sums)
	}
	return true
}

// description is what pack.yaml says of a table; nil where it says nothing.
func (l *loader) description(name string) *tableEntry {
	for i := range l.described {
		if l.described[i].File == name {
			return &l.described[i]
		}
	}
	return nil
}

// finish checks the rows against each other, derives the others and makes them findable.
func (l *loader) finish(at diag.Place) {
	p := l.pack
	for i := range p.Series {
		p.order[p.Series[i].Name] = i
	}
	l.leaveOutLater()
	p.Digest = p.digest()
	none := len(p.Layers) == 1 && l.listed && len(l.described) == 0 && !l.unread // as pack.yaml says and the folder is
	if len(p.Rows) == 0 && !none {
		at.File = path.Join(at.File, packFileName)
		what := "the pack holds no row that can be used"
		if slices.ContainsFunc(p.Layers, func(layer Layer) bool { return layer.Later > 0 }) {
			what = "the pack holds no row that was published by " + p.AsOf
		}
		l.probs.Errorf(diag.MissingValue, at, "%s", what)
	}
	for i := range p.Rows {
		p.Rows[i].order = p.rankOf(p.Rows[i].Series)
	}
	l.index()
	l.spread()
	l.checkBounds()
	l.checkShares()
	if l.derive() {
		l.index()
	}
	l.checkDuplicates()
	l.checkFloors()
	l.checkUnused()
	l.countMasked()
}

// rankOf is a series' place in the order of preference; one that no pack names stands behind all others.
func (p *Pack) rankOf(series string) int32 {
	if at, ok := p.order[series]; ok {
		return int32(at)
	}
	return int32(len(p.Series))
}

// leaveOutLater leaves out what was published after the day.
func (l *loader) leaveOutLater() {
	p := l.pack
	if p.AsOf == "" {
		return
	}
	day, ok := lastDay(p.AsOf)
	if !ok || len(p.AsOf) != len("2025-06-30") {
		l.probs.Add(diag.Problem{Code: diag.BadValue, Message: fmt.Sprintf("a pack is read as of a day such as 2025-06-30, not %q", p.AsOf)})
		return
	}
	p.Rows = slices.DeleteFunc(p.Rows, func(r Row) bool {
		if r.published <= day {
			return false
		}
		p.Layers[r.layer].Later++
		p.Layers[r.layer].Rows--
		return true
	})
	for i := range p.Rows {
		p.Rows[i].ID = int32(i)
	}
}

// digest is that of the files; of several layers, or of what was published by a day, that of the layers' digests and the day.
func (p *Pack) digest() string {
	if len(p.Layers) == 1 && p.AsOf == "" {
		return p.Layers[0].Digest
	}
	h := sha256.New()
	for _, layer := range p.Layers {
		fmt.Fprintln(h, layer.Digest)
	}
	fmt.Fprintln(h, p.AsOf)
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// file reads a file within the limits and adds it to the layer's digest under its name within the pack.
func (l *loader) file(fsys fs.FS, file, shown, name string) ([]byte, bool) {
	at := diag.Place{File: shown}
	f, err := fsys.Open(file)
	if err != nil {
		l.probs.Errorf(diag.NotFound, at, "the file cannot be read: %v", reason(err))
		return nil, false
	}
	defer f.Close()
	most := min(l.limits.fileBytes, l.limits.packBytes-l.bytes)
	size := 0
	if info, err := f.Stat(); err == nil && info.Size() <= int64(most) {
		size = int(info.Size())
	}
	text := make([]byte, 0, size+1) // one more, to see the end without growing
	text, err = appendAll(text, io.LimitReader(f, int64(most)+1))
	switch {
	case err != nil:
		l.probs.Errorf(diag.NotFound, at, "the file cannot be read: %v", reason(err))
		return nil, false
	case len(text) > most:
		l.probs.Errorf(diag.TooLarge, at, "the file is too large: at most %d bytes a file and %d in all are read", l.limits.fileBytes, l.limits.packBytes)
		return nil, false
	}
	l.bytes += len(text)
	l.hash.add(name, text)
	return text, true
}

// appendAll is io.ReadAll into a slice that has room already.
func appendAll(to []byte, r io.Reader) ([]byte, error) {
	for {
		if len(to) == cap(to) {
			to = append(to, 0)[:len(to)]
		}
		n, err := r.Read(to[len(to):cap(to)])
		to = to[:len(to)+n]
		if err == io.EOF {
			return to, nil
		}
		if err != nil {
			return to, err
		}
	}
}

// digest covers the names and the bytes of a pack's files: the SHA-256 of each in hexadecimal digits, by its name.
type digest map[string]string

func (d digest) add(name string, text []byte) { d[name] = fmt.Sprintf("%x", sha256.Sum256(text)) }

// sum is the digest of a line for each file, its name in quotes, in order of the lines.
func (d digest) sum() string {
	var lines []string
	for name, sum := range d {
		lines = append(lines, fmt.Sprintf("%q %s\n", name, sum))
	}
	slices.Sort(lines)
	total := sha256.Sum256([]byte(strings.Join(lines, "")))
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

// failed reports whether the packs have an error.
func (l *loader) failed() bool { return l.probs.Count(diag.Error) > l.before }
