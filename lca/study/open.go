package study

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules"
)

func (s *Study) loadMethod(probs *diag.List) *rules.Method {
	if !isPath(s.Method) {
		if s.embedded("method", s.Method, rules.EmbeddedNames(), probs) {
			return rules.Embedded(s.Method, probs)
		}
		return nil
	}
	at := s.resolve(s.Method)
	text, err := readBounded(at)
	if err != nil {
		probs.Add(s.at("method").Problem(diag.MissingFile, "the method %s: %s", s.Method, cause(err)))
		return nil
	}
	return rules.Load(filepath.ToSlash(at), text, probs)
}

// embedded refuses a name@version that is not embedded.
func (s *Study) embedded(key, ref string, known []string, probs *diag.List) bool {
	if slices.Contains(known, ref) {
		return true
	}
	if ref != "" { // else reported as a missing key
		p := s.at(key).Problem(diag.UnknownName, "no %s %q is embedded", key, ref)
		p.Hint = "embedded: " + strings.Join(known, ", ") + "; a path starts with ./"
		if near := diag.Nearest(ref, known); near != "" {
			p.Hint = "did you mean " + near + "?"
		}
		probs.Add(p)
	}
	return false
}

func (s *Study) loadPack(probs *diag.List) *factors.Pack {
	if !isPath(s.Pack) {
		if s.embedded("pack", s.Pack, factors.EmbeddedNames(), probs) {
			return factors.Embedded(s.Pack, probs)
		}
		return nil
	}
	at := s.resolve(s.Pack)
	if info, err := os.Stat(at); err != nil || !info.IsDir() {
		message := "is not a folder"
		if err != nil {
			message = "there is no such folder"
		}
		probs.Add(s.at("pack").Problem(diag.MissingFile, "the factor pack %s: %s", s.Pack, message))
		return nil
	}
	return loadFolder(at, probs)
}

// resolve gives the path on disk of a path that the study writes: relative ones start at the study's folder.
func (s *Study) resolve(name string) string {
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
			p.inputs = append(p.inputs, in)
			for _, before := range p.inputs[:len(p.inputs)-1] {
				if before.sha256 == in.sha256 && slices.Contains(p.names[kind.Name], before.name) {
					probs.Add(p.study.at("inventories", kind.Name).Problem(diag.DuplicateID, "%s and %s have the same content: every row would count twice", before.name, in.name))
				}
			}
			p.names[kind.Name] = append(p.names[kind.Name], in.name)
			files = append(files, datasets.File{Name: filepath.ToSlash(p.study.resolve(in.name)), R: in.r, Size: in.size, SHA256: in.sha256})
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
	if len(p.study.Files) > 0 && len(p.kinds) == 0 && probs.Count(diag.Error) == 0 {
		probs.Errorf(diag.MissingKey, diag.Place{File: p.study.file}, "the study has no inventory of activities: fleet, training_runs or deployments")
	}
}

// checkInventories reads all inventories once and checks every value; references go to the ids of other kinds.
func (p *plan) checkInventories(ctx context.Context, jobs int, probs *diag.List) error {
	o := datasets.CheckOptions{Jobs: jobs, Catalogue: map[string]*datasets.IDs{}}
	for _, kind := range datasets.Kinds() {
		if kind.Activity {
			continue
		}
		inv := p.tables[kind.Name]
		if inv == nil {
			p.needed(kind, probs)
			continue
		}
		o.Catalogue[kind.Name] = datasets.NewIDs()
		ids, err := inv.IDs()
		if err != nil {
			probs.Errorf(diag.BadParquet, diag.Place{File: inv.Files()[0]}, "%v", err)
			continue
		}
		o.Catalogue[kind.Name] = ids
	}
	for _, kind := range datasets.Kinds() {
		if inv := p.tables[kind.Name]; inv != nil {
			if err := inv.Check(ctx, o, probs); err != nil {
				return err
			}
		}
	}
	return nil
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
