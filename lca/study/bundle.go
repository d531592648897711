package study

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
)

// Bundled is a file, or the folder of a pack, that a study names by its path, as it lies in the bundle. The study's text stays as it is: when it is run from the bundle, its
// paths are looked up here and not followed.
type Bundled struct {
	Of    string       `json:"of"`             // method, factor_pack, overlay, amounts, licences, or the kind of an inventory
	Path  string       `json:"path,omitempty"` // as the study writes it; of a pattern's files as run.json lists them among the inputs
	File  string       `json:"file"`           // within the result folder
	Files []FileRecord `json:"files"`          // File itself, or what lies in it
}

// What is bundled beside inventories, which stand under their kinds.
const (
	ofMethod   = "method"
	ofLever    = "lever"
	ofPack     = "factor_pack"
	ofOverlay  = "overlay"
	ofAmounts  = "amounts"
	ofLicences = "licences"
)

// toBundle lists what a study names by paths, in the order of a bundle. inputs are its inventories and amounts. The file of an overlay or of amounts keeps its name, which results may have;
// Files are not filled in.
func (s *Study) toBundle(inputs []FileRecord) (out []Bundled) {
	add := func(of, path, file string) { out = append(out, Bundled{Of: of, Path: path, File: "bundle/" + file}) }
	if isPath(s.Method) {
		add(ofMethod, s.Method, "method.yaml")
	}
	if isPackPath(s.Pack) {
		add(ofPack, s.Pack, "pack")
	}
	for i, name := range s.Overlays {
		if isPackPath(name) {
			add(ofOverlay, name, nth(ofOverlay, i))
		}
	}
	for i, name := range s.Levers {
		if isPath(name) {
			add(ofLever, name, nth(ofLever, i)+".yaml")
		}
	}
	count := map[string]int{}
	for _, in := range inputs {
		n := count[in.Kind]
		count[in.Kind]++
		if in.Kind == ofAmounts {
			add(ofAmounts, in.Path, nth(ofAmounts, n)+"/"+path.Base(filepath.ToSlash(in.Path)))
		} else {
			add(in.Kind, in.Path, nth(in.Kind, n)+".parquet")
		}
	}
	add(ofLicences, "", "licences.csv")
	return out
}

// nth is the name of one of several.
func nth(what string, i int) string { return what + "-" + strconv.Itoa(i+1) }

// writeBundle copies all that the study names by paths into the result folder, and makes sure that it is what the run has read.
func (p *plan) writeBundle(ctx context.Context, folder *output.Folder, inputs []FileRecord) ([]Bundled, error) {
	w := bundleWriter{ctx: ctx, p: p, folder: folder, inputs: inputs}
	var probs diag.List
	layers, _ := p.study.layers(&probs)
	if err := probs.Err(); err != nil {
		return nil, err
	}
	out := p.study.toBundle(inputs)
	input, overlay := 0, 0
	for i := range out {
		b := &out[i]
		var err error
		switch b.Of {
		case ofMethod, ofLever:
			err = w.named(b)
		case ofPack:
			err = w.pack(b, layers[0])
		case ofOverlay:
			for !isPackPath(p.study.Overlays[overlay]) {
				overlay++
			}
			overlay++
			err = w.pack(b, layers[overlay])
		case ofLicences:
			err = w.file(b, b.File, p.writeLicences)
		default:
			err = w.input(b, input)
			input++
		}
		if err != nil {
			return nil, err
		}
	}
	return out, w.check(out)
}

// bundleWriter writes the files of a bundle.
type bundleWriter struct {
	ctx    context.Context
	p      *plan
	folder *output.Folder
	inputs []FileRecord
}

// file makes a file and adds it to what is bundled.
func (w *bundleWriter) file(b *Bundled, name string, write func(io.Writer) error) error {
	if err := output.CheckName(name); err != nil {
		var probs diag.List
		probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: w.p.study.file}, Message: fmt.Sprintf("%s cannot be bundled under its name: %v", b.Path, err), Hint: "give the file another name, which means the same on every system"})
		return probs.Err()
	}
	digest, err := create(w.folder, name, func(to io.Writer) error { return write(stopping{w.ctx, to}) })
	if err != nil {
		return err
	}
	b.Files = append(b.Files, FileRecord{Path: name, SHA256: digest})
	return nil
}

// named copies a file that the study names by its path.
func (w *bundleWriter) named(b *Bundled) error {
	text, err := w.p.study.readNamed(b.Path)
	if err != nil {
		return fmt.Errorf("bundling %s: %w", b.Path, err)
	}
	return w.file(b, b.File, func(to io.Writer) error {
		_, err := to.Write(text)
		return err
	})
}

// pack copies the files of a pack, or the CSV file that an overlay is.
func (w *bundleWriter) pack(b *Bundled, at factors.At) error {
	copied := func(from, name string) error {
		f, err := at.FS.Open(from)
		if err != nil {
			return fmt.Errorf("bundling %s: %w", b.Path, err)
		}
		defer f.Close()
		return w.file(b, name, func(to io.Writer) error {
			_, err := io.Copy(to, f)
			return err
		})
	}
	if info, err := fs.Stat(at.FS, at.Path); err != nil || info.Mode().IsRegular() {
		b.File += "/" + path.Base(at.Path)
		return copied(at.Path, b.File)
	}
	entries, err := fs.ReadDir(at.FS, at.Path)
	if err != nil {
		return fmt.Errorf("bundling %s: %w", b.Path, err)
	}
	for _, e := range entries {
		if name := e.Name(); e.Type().IsRegular() && (name == packFile || name == factors.SumsFile || strings.HasSuffix(name, ".csv")) {
			if err := copied(path.Join(at.Path, name), b.File+"/"+name); err != nil {
				return err
			}
		}
	}
	return nil
}

// input copies an inventory, or a table of amounts, of which a run has read every byte already.
func (w *bundleWriter) input(b *Bundled, i int) error {
	in := &w.p.inputs[i]
	err := w.file(b, b.File, func(to io.Writer) error {
		_, err := io.Copy(to, io.NewSectionReader(in.r, 0, in.size))
		return err
	})
	if err != nil {
		return err
	}
	if b.Files[0].SHA256 != w.inputs[i].SHA256 {
		return w.changed(b.Path)
	}
	return nil
}

// changed is the error of a file that is another one when it is copied than it was when it was assessed.
func (w *bundleWriter) changed(name string) error {
	var probs diag.List
	probs.Add(diag.Problem{Code: diag.ChangedFile, Place: diag.Place{File: filepath.ToSlash(w.p.study.resolve(name))}, Message: "the file was changed while the study was run", Why: "a bundle holds what was assessed, and nothing else",
		Hint: "run the study again when nobody writes to its files"})
	return probs.Err()
}

// check reads method and packs from the bundle as whoever runs it again does: their digests must be those of the run.
func (w *bundleWriter) check(out []Bundled) error {
	root, err := os.OpenRoot(w.folder.Path())
	if err != nil {
		return err
	}
	defer root.Close()
	again := *w.p.study
	again.bundle = newBundle(root, filepath.ToSlash(w.folder.Path()), out)
	var probs diag.List
	method, pack := again.loadMethod(&probs), again.loadPack(&probs)
	if err := probs.Err(); err != nil {
		return fmt.Errorf("reading the bundle again: %w", err)
	}
	if method.Digest != w.p.method.Digest {
		return w.changed(w.p.study.Method)
	}
	for i, l := range again.loadLevers(nil, &probs) {
		if i >= len(w.p.levers) || l.Digest != w.p.levers[i].Digest {
			return w.changed(w.p.study.Levers[i])
		}
	}
	for i := range pack.Layers {
		if pack.Layers[i].Digest != w.p.pack.Layers[i].Digest {
			return w.changed(append([]string{w.p.study.Pack}, w.p.study.Overlays...)[i])
		}
	}
	return nil
}

// writeLicences lists under what licences the rows of the bundle's inventories and packs stand, and how many.
func (p *plan) writeLicences(to io.Writer) error {
	count := map[[2]string]int64{}
	for _, kind := range datasets.KindNames() {
		inv := p.tables[kind]
		if inv == nil {
			continue
		}
		if n := inv.TotalRows(); n > maxListed {
			count[[2]string{kind, "as each row states"}] = n
			continue
		}
		t, err := inv.Table([]string{"licence"})
		if err != nil {
			return err
		}
		for row := range t.Rows {
			count[[2]string{kind, texts{t}.word("licence", row)}]++
		}
	}
	for _, x := range p.partials {
		count[[2]string{ofAmounts, "as each row of the inventories states whose amounts these are"}] += x.file.Rows()
	}
	for i := range p.pack.Rows {
		if r := &p.pack.Rows[i]; len(r.Derived) == 0 && p.pack.Layer(r).Path != "" {
			count[[2]string{p.pack.Layer(r).Ref, r.Licence}]++
		}
	}
	w := csv.NewWriter(to)
	w.Write([]string{"of", "licence", "rows"})
	for _, k := range slices.SortedFunc(maps.Keys(count), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		w.Write([]string{k[0], k[1], strconv.FormatInt(count[k], 10)})
	}
	w.Flush()
	return w.Error()
}

// bundleNote says what a bundle passes on.
func (p *plan) bundleNote() string {
	s := p.study
	x := diag.Problem{Severity: diag.Note, Code: diag.Copied, Message: "the bundle holds copies of " + diag.Plural(len(p.inputs), "input file"), Why: "whoever gets the folder gets these: bundle/licences.csv lists the licences of their rows"}
	if isPath(s.Method) || isPackPath(s.Pack) || slices.ContainsFunc(s.Overlays, isPackPath) || slices.ContainsFunc(s.Levers, isPath) {
		x.Message += ", and of the study's own method, packs or levers"
	}
	return x.String()
}

// unpattern replaces patterns among the inventories' paths by those of a run's inputs that they match, in place of what lies beside the study's file now.
func (s *Study) unpattern(inputs []FileRecord) {
	for kind, names := range s.Files {
		var files []string
		for _, name := range names {
			clean := path.Clean(name)
			if !isPattern(name) {
				files = append(files, clean)
				continue
			}
			for _, in := range inputs {
				if ok, err := path.Match(clean, in.Path); err == nil && ok && in.Kind == kind {
					files = append(files, in.Path)
				}
			}
		}
		slices.Sort(files)
		s.Files[kind] = slices.Compact(files)
	}
}

// reads reports whether a study reads these inputs and no others, in their order.
func (s *Study) reads(inputs []FileRecord) bool {
	var want [][2]string
	for _, kind := range datasets.KindNames() {
		for _, name := range s.Files[kind] {
			want = append(want, [2]string{kind, name})
		}
	}
	for i, name := range s.Amounts {
		if s.at("amounts").Items[i].Kind == document.Scalar {
			want = append(want, [2]string{ofAmounts, name})
		}
	}
	return slices.EqualFunc(want, inputs, func(w [2]string, in FileRecord) bool { return w[0] == in.Kind && w[1] == in.Path })
}
