package study

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/licence"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// inspector checks inventories, and looks at their rows for what is hardly meant: see rules.CheckFile for what is implausible, datasets.CheckOptions for
// rows that are alike and for personal data. A run does none of this.
type inspector struct {
	o      Options
	probs  *diag.List
	tables map[string]*vector.Reference // embedded catalogues
	rated  []Rated
}

// Rated is the rating of an inventory.
type Rated struct {
	Files  []string
	Kind   string
	Rating *rules.Rating
}

// lists are what checks find behind in.
func lists() map[string][]string { return map[string][]string{"licences": licence.IDs()} }

// study inspects all inventories of a study, against its own catalogues.
func (in *inspector) study(ctx context.Context, p *plan) error {
	if err := p.verify(ctx, in.probs); err != nil {
		return err
	}
	tables := p.references(in.probs)
	used := make([]atomic.Bool, len(p.study.Overlaps))
	for _, kind := range datasets.Kinds() {
		inv := p.tables[kind.Name]
		if inv == nil {
			continue
		}
		opt := datasets.CheckOptions{Catalogue: p.ids}
		if k := p.kindOf(kind); k != nil {
			p.acceptances(k, &opt, used)
		}
		if err := in.inventory(ctx, inv, opt, tables); err != nil {
			return err
		}
	}
	for i := range used {
		if !used[i].Load() {
			x := p.study.Overlaps[i].At.Problem(diag.UnusedName, "no rows that are alike are accepted by this")
			x.Severity, x.Hint = diag.Warning, "remove it: it could hide a later overlap"
			in.probs.Add(x)
		}
	}
	return nil
}

// catalogues are those of the open edition, in which inventories outside a study find the devices that they name, and those given beside them, which go
// before.
func (in *inspector) catalogues(given map[*datasets.Kind][]datasets.File) (map[string]*vector.Reference, error) {
	if in.tables != nil {
		return in.tables, nil
	}
	files, err := datasets.OpenEdition()
	if err != nil {
		return nil, err
	}
	tables := map[string]*vector.Reference{}
	for _, kind := range datasets.Kinds() {
		content := files[kind.Name]
		if kind.Activity || content == nil {
			continue
		}
		var probs diag.List
		edition := datasets.File{Name: kind.Name, R: bytes.NewReader(content), Size: int64(len(content))}
		inv := datasets.OpenInventory(kind, []datasets.File{edition}, &probs)
		if err := probs.Err(); err != nil {
			return nil, err
		}
		if own := given[kind]; own != nil {
			var told diag.List // where the files themselves are checked
			if both := datasets.OpenInventory(kind, append([]datasets.File{edition}, own...), &told); both != nil {
				if table, err := reference(both); err == nil {
					tables[kind.Name] = table
					continue
				}
			}
		}
		if tables[kind.Name], err = reference(inv); err != nil {
			return nil, err
		}
	}
	in.tables = tables
	return tables, nil
}

// maxFindings bounds what is told of one check; more are counted.
const maxFindings = 100

// inventory checks an inventory and looks at its rows, which are read once.
func (in *inspector) inventory(ctx context.Context, inv *datasets.Inventory, opt datasets.CheckOptions, tables map[string]*vector.Reference) error {
	schema := schemaOf(inv.Kind(), tables)
	var wrong diag.List
	w := &watching{inv: inv, checks: rules.CompileChecks(rules.EmbeddedChecks(), schema, lists(), &wrong), parts: make([]partFindings, inv.Parts())}
	opt.Watched = w.checks.Columns()
	if in.o.Quality {
		w.ratings = rules.EmbeddedRatings().Compile(schema, lists(), &wrong)
		opt.Watched = append(opt.Watched, w.ratings.Columns()...)
	}
	if err := wrong.Err(); err != nil {
		return err // the files are part of the program
	}
	w.unknown = unknownDevices(inv, schema, opt.Catalogue == nil)
	for _, u := range w.unknown {
		opt.Watched = append(opt.Watched, u.key)
	}
	opt.Jobs, opt.Suspect, opt.Watch = in.o.Jobs, true, w.watch
	if err := inv.Check(ctx, opt, in.probs); err != nil {
		return err
	}
	w.tell(in.probs)
	if w.ratings != nil {
		rating := rules.EmbeddedRatings().NewRating()
		for _, r := range w.runners {
			rating.Merge(r.rating.Rating)
		}
		in.rated = append(in.rated, Rated{Files: inv.Files(), Kind: inv.Kind().Name, Rating: rating})
	}
	return nil
}

// watching evaluates checks, and ratings where they are asked for, over the batches of an inventory as they are read.
type watching struct {
	inv     *datasets.Inventory
	checks  *rules.CheckProgram
	ratings *rules.RatingProgram // nil where nobody asked
	parts   []partFindings
	unknown []*undescribed

	mu      sync.Mutex
	idle    []*watcher
	runners []*watcher
}

// watcher is what one goroutine evaluates with.
type watcher struct {
	checks *rules.CheckRunner
	rating *rules.RatingRunner
}

// partFindings is what was found in a part, by check.
type partFindings struct {
	found []checkFindings
}

type checkFindings struct {
	told    []diag.Problem
	omitted int
}

// watch is what datasets.CheckOptions asks for.
func (w *watching) watch(part int) func(*column.Batch) {
	r := w.take()
	columns := len(w.checks.Columns())
	checks := w.checks.Checks()
	files := w.inv.Files()
	return func(b *column.Batch) {
		if b == nil {
			w.give(r)
			return
		}
		all := b.Columns
		b.Columns = all[:columns]
		r.checks.Evaluate(b, func(check, row int, message func() string) {
			out := &w.parts[part]
			if out.found == nil {
				out.found = make([]checkFindings, len(checks))
			}
			if f := &out.found[check]; len(f.told) < maxFindings {
				f.told = append(f.told, checks[check].Problem(diag.Place{File: files[b.File], Row: b.First + int64(row)}, message()))
			} else {
				f.omitted++
			}
		})
		if r.rating != nil {
			b.Columns = all[columns : len(all)-len(w.unknown)]
			r.rating.Evaluate(b)
		}
		for i, u := range w.unknown {
			u.look(&all[len(all)-len(w.unknown)+i], b.Rows)
		}
		b.Columns = all
	}
}

// take gives a watcher that nobody uses.
func (w *watching) take() *watcher {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.idle); n > 0 {
		r := w.idle[n-1]
		w.idle = w.idle[:n-1]
		return r
	}
	r := &watcher{checks: w.checks.NewRunner()}
	if w.ratings != nil {
		r.rating = w.ratings.NewRunner()
	}
	w.runners = append(w.runners, r)
	return r
}

// give takes it back.
func (w *watching) give(r *watcher) {
	r.checks.Start()
	if r.rating != nil {
		r.rating.Start()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.idle = append(w.idle, r)
}

// tell adds all that was found to probs, part by part in order, and what checks about all rows come to.
func (w *watching) tell(probs *diag.List) {
	for i, c := range w.checks.Checks() {
		told, omitted := 0, 0
		for p := range w.parts {
			if w.parts[p].found == nil {
				continue
			}
			f := &w.parts[p].found[i]
			omitted += f.omitted
			for _, x := range f.told {
				if told++; told > maxFindings {
					omitted++
					continue
				}
				probs.Add(x)
			}
		}
		file := ""
		if files := w.inv.Files(); len(files) == 1 {
			file = files[0]
		}
		probs.Omit(c.Severity, c.Code, file, omitted)
	}
	for _, u := range w.unknown {
		u.tell(w.inv, probs)
	}
	if len(w.runners) == 0 {
		return
	}
	all := w.runners[0].checks
	for _, r := range w.runners[1:] {
		all.Merge(r.checks)
	}
	all.Mixed(func(c *rules.Suspicion, message string) {
		probs.Add(c.Problem(diag.Place{File: w.inv.Files()[0]}, message))
	})
}

// undescribed counts rows that refer to what the catalogue does not describe, so that nothing in them could be checked against it.
type undescribed struct {
	key   string
	table *vector.Reference

	mu   sync.Mutex
	rows int64
	ids  map[string]bool // up to maxUndescribed
	more bool
}

// maxUndescribed bounds the ids that are held; those told are the first of them in alphabetical order.
const (
	maxUndescribed  = 10_000
	toldUndescribed = 5
)

// unknownDevices are what to count of an inventory outside a study; in one, a reference that resolves to nothing is an error.
func unknownDevices(inv *datasets.Inventory, schema *rules.Schema, alone bool) (out []*undescribed) {
	if !alone {
		return nil
	}
	for _, ref := range schema.References {
		if inv.Kind().Activity && inv.Has(ref.Key) && ref.Table != nil {
			out = append(out, &undescribed{key: ref.Key, table: ref.Table, ids: map[string]bool{}})
		}
	}
	return out
}

// look counts the rows of a batch.
func (u *undescribed) look(c *column.Column, rows int) {
	if c.Dict == nil {
		return
	}
	counts := map[int32]int64{}
	for row := range rows {
		if c.Valid.Get(row) {
			counts[c.Codes[row]]++
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for code, n := range counts {
		id := c.Dict.Values[code]
		if _, known := u.table.Row(id); known || id == "" {
			continue
		}
		u.rows += n
		if u.ids[id] {
			continue
		}
		if len(u.ids) == maxUndescribed {
			u.more = true
			continue
		}
		u.ids[strings.Clone(id)] = true
	}
}

// tell adds a note.
func (u *undescribed) tell(inv *datasets.Inventory, probs *diag.List) {
	if u.rows == 0 {
		return
	}
	ids := slices.Sorted(maps.Keys(u.ids))
	shown := ids[:min(len(ids), toldUndescribed)]
	text := fmt.Sprintf("%q", shown)
	text = strings.ReplaceAll(text[1:len(text)-1], `" "`, `", "`)
	if u.more {
		text = fmt.Sprintf("more than %d ids", maxUndescribed) // which are held depends on who came first
	} else if n := len(ids) - len(shown); n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	rows := fmt.Sprintf("%d rows were", u.rows)
	if u.rows == 1 {
		rows = "1 row was"
	}
	probs.Add(diag.Problem{Code: diag.UnknownReference, Severity: diag.Note, Place: diag.Place{File: inv.Files()[0], Column: u.key},
		Message: fmt.Sprintf("%s not checked against the device: the catalogue does not describe %s", rows, text),
		Why:     "whether energy and hours fit the device is not known", Hint: "ailca names TEXT --kind hardware finds ids of the open edition; a hardware inventory named beside the file describes others"})
}
