package study

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules"
)

func (s *Study) loadMethod(probs *diag.List) *rules.Method {
	m := s.readMethod(probs)
	if m == nil {
		return nil
	}
	return m.With(s.Choices, probs)
}

func (s *Study) readMethod(probs *diag.List) *rules.Method {
	if !isPath(s.Method) {
		if s.embedded("method", s.at("method"), s.Method, rules.EmbeddedNames(), probs) {
			return rules.Embedded(s.Method, probs)
		}
		return nil
	}
	at := s.resolve(s.Method)
	text, err := s.readNamed(s.Method)
	if err != nil {
		probs.Add(s.at("method").Problem(diag.MissingFile, "the method %s: %s", s.Method, cause(err)))
		return nil
	}
	return rules.Load(filepath.ToSlash(at), text, probs)
}

// embedded refuses a name@version that is not embedded.
func (s *Study) embedded(key string, at *document.Node, ref string, known []string, probs *diag.List) bool {
	if slices.Contains(known, ref) {
		return true
	}
	if ref != "" { // else reported as a missing key
		p := at.Problem(diag.UnknownName, "no %s %q is embedded", key, ref)
		p.Hint = "embedded: " + strings.Join(known, ", ") + "; a path starts with ./"
		if near := diag.Nearest(ref, known); near != "" {
			p.Hint = "did you mean " + near + "?"
		}
		probs.Add(p)
	}
	return false
}

// readNamed reads a file that a person wrote and the study names by its path: its method, or a lever.
func (s *Study) readNamed(name string) ([]byte, error) {
	if s.bundle != nil && !s.fromHere[name] {
		return s.bundle.read(name)
	}
	return readBounded(s.resolve(name))
}

// resolve gives the path on disk of a path that the study writes: relative ones start at the study's folder. In a bundle each leads to where the file lies there.
func (s *Study) resolve(name string) string {
	if s.bundle != nil && !s.fromHere[name] {
		return s.bundle.shown(name)
	}
	at := filepath.FromSlash(name)
	if !filepath.IsAbs(at) {
		at = filepath.Join(filepath.Dir(filepath.FromSlash(s.file)), at)
	}
	return at
}

func (p *plan) openInventories(ctx context.Context, probs *diag.List) {
	for _, kind := range datasets.Kinds() {
		names := p.study.Files[kind.Name]
		if len(names) == 0 {
			continue
		}
		var files []datasets.File
		ok := true
		for _, name := range names {
			in, err := p.study.open(ctx, name)
			if err != nil {
				probs.Add(p.study.at("inventories", kind.Name).Problem(diag.MissingFile, "the inventory %s: %s", name, cause(err)))
				ok = false
				continue
			}
			in.kind = kind.Name
			p.inputs = append(p.inputs, in)
			for i := range p.inputs[:len(p.inputs)-1] {
				before := &p.inputs[i]
				if before.kind != in.kind {
					continue
				}
				same, err := sameContent(ctx, before, &in)
				if err != nil {
					probs.Add(p.study.at("inventories", kind.Name).Problem(diag.MissingFile, "the inventory %s: %s", name, cause(err)))
				}
				if same {
					probs.Add(p.study.at("inventories", kind.Name).Problem(diag.DuplicateID, "%s and %s have the same content: every row would count twice", before.name, in.name))
				}
			}
			p.names[kind.Name] = append(p.names[kind.Name], in.name)
			files = append(files, datasets.File{Name: filepath.ToSlash(p.study.resolve(in.name)), R: in.r, Size: in.size})
		}
		if !ok {
			continue
		}
		if inv := datasets.OpenInventory(kind, files, probs); inv != nil {
			p.tables[kind.Name] = inv
			if kind.Activity {
				p.kinds = append(p.kinds, &kindPlan{kind: kind, inventory: inv})
			}
		}
	}
}

// catalogues reads the ids that references of activities and of catalogues must resolve to.
func (p *plan) catalogues(probs *diag.List) {
	p.ids = map[string]*datasets.IDs{}
	for _, kind := range datasets.Kinds() {
		if kind.Activity {
			continue
		}
		inv := p.tables[kind.Name]
		if inv == nil {
			p.needed(kind, probs)
			continue
		}
		p.ids[kind.Name] = datasets.NewIDs()
		ids, err := inv.IDs()
		if err != nil {
			probs.Errorf(diag.BadParquet, diag.Place{File: inv.Files()[0]}, "%v", err)
			continue
		}
		p.ids[kind.Name] = ids
	}
}

// check reads inventories of activities, or of catalogues, and checks every value. With the activities it compares the files with their digests.
func (p *plan) check(ctx context.Context, activities bool, jobs int, probs *diag.List) error {
	if activities {
		if err := p.verify(ctx, probs); err != nil {
			return err
		}
	}
	for _, kind := range datasets.Kinds() {
		if inv := p.tables[kind.Name]; inv != nil && kind.Activity == activities {
			opt := datasets.CheckOptions{Catalogue: p.ids}
			if k := p.kindOf(kind); k != nil {
				opt = p.checkOptions(k)
			}
			opt.Jobs = jobs
			if err := inv.Check(ctx, opt, probs); err != nil {
				return err
			}
		}
	}
	return nil
}

// startChecks has the inventories of activities checked by the scan that reads them, which leaves alone what the study's filters rule out.
func (p *plan) startChecks() {
	for _, k := range p.kinds {
		k.ruleOut()
		k.checking = k.inventory.NewChecking(p.checkOptions(k))
	}
}

// finishChecks adds to probs what the checks have found, once the scan has ended, and returns the error with which it did unless there is a
// problem that explains it. A scan that failed has left parts unread: their inventories are read again, so that all problems are told.
func (p *plan) finishChecks(ctx context.Context, jobs int, scan error, probs *diag.List) error {
	if err := p.verify(ctx, probs); err != nil {
		return err
	}
	for _, k := range p.kinds {
		done, err := k.checking.Finish(ctx, probs)
		if err == nil && !done {
			opt := p.checkOptions(k)
			opt.Jobs = jobs
			err = k.inventory.Check(ctx, opt, probs)
		}
		if err != nil {
			return err
		}
	}
	if err := probs.Err(); err != nil {
		return err
	}
	return scan
}

// needed refuses a study without a table that its inventories refer to.
func (p *plan) needed(kind *datasets.Kind, probs *diag.List) {
	if len(p.study.Files[kind.Name]) > 0 {
		return // it is there but cannot be opened, which is reported
	}
	for _, k := range p.kinds {
		for _, f := range k.kind.Columns {
			if f.References == kind.Name && anyValue(k.inventory, f.Name) {
				x := p.study.at("inventories").Problem(diag.MissingKey, "the study names no inventory of %s, but the column %s of %s refers to one", kind.Name, f.Name, k.kind.Name)
				x.Hint = fmt.Sprintf("%s: FILE.parquet", kind.Name)
				probs.Add(x)
				return
			}
		}
	}
}

// anyValue reports whether any row has a value in a column. What cannot be read is found by the check that follows.
func anyValue(inv *datasets.Inventory, name string) bool {
	if !inv.Has(name) {
		return false
	}
	found := func(part int) bool {
		r, err := inv.Open(part, []string{name})
		if err != nil {
			return false
		}
		defer r.Close()
		var b column.Batch
		for {
			if more, err := r.Next(&b); err != nil || !more {
				return false
			}
			for row := range b.Rows {
				if b.Columns[0].Valid.Get(row) {
					return true
				}
			}
		}
	}
	for part := range inv.Parts() {
		if found(part) {
			return true
		}
	}
	return false
}
