package study

import (
	"bytes"
	"context"
	"sync"
	"sync/atomic"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/licence"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// inspector checks inventories, and looks at their rows for what is hardly meant: see rules.Checks for what is implausible, datasets.CheckOptions for
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
	tables := map[string]*vector.Reference{}
	for name, inv := range p.tables {
		if inv.Kind().Activity {
			continue
		}
		table, err := reference(inv)
		if err != nil {
			in.probs.Errorf(diag.BadParquet, diag.Place{File: inv.Files()[0]}, "%v", err)
			continue
		}
		tables[name] = table
	}
	used := make([]atomic.Bool, len(p.study.Overlaps))
	for _, kind := range datasets.Kinds() {
		inv := p.tables[kind.Name]
		if inv == nil {
			continue
		}
		opt := datasets.CheckOptions{Catalogue: p.ids}
		for i, x := range p.study.Overlaps {
			if x.Kind == kind.Name {
				opt.Accept = append(opt.Accept, datasets.Acceptance{Rows: x.Rows, Reason: x.Reason, Used: &used[i]})
			}
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

// catalogues are those of the open edition, in which an inventory that stands alone finds the devices that it names.
func (in *inspector) catalogues() (map[string]*vector.Reference, error) {
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
		inv := datasets.OpenInventory(kind, []datasets.File{{Name: kind.Name, R: bytes.NewReader(content), Size: int64(len(content))}}, &probs)
		if err := probs.Err(); err != nil {
			return nil, err
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
			b.Columns = all[columns:]
			r.rating.Evaluate(b)
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
