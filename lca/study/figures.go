package study

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/trace"
)

// Figures are the figures of a study, ready to be traced to what they come from. Close them.
type Figures struct {
	p         *plan
	run       *runState
	res       *result
	published *publishedImpacts // nil of a study
}

// DefaultTop is how many cells, contributions and rows of each sum a trace shows where nobody says, MostTop how many at most.
const (
	DefaultTop = 10
	MostTop    = 1000
)

// Query says which figure is traced.
type Query struct {
	// Selection are words that pick rows of the impact table: column=value, or names such as gpt-3/training, which are looked for in the columns. What picks
	// several rows picks their sum.
	Selection []string
	Category  string // empty: climate_change, unless the selection says which
	Top       int    // of each sum so many of the largest parts are shown, all others as one; 0: DefaultTop
}

// OpenFigures computes the figures of a study as a run does, without intervals and without writing anything. Problems are those of Run.
func OpenFigures(ctx context.Context, s *Study, o Options, probs *diag.List) (*Figures, error) {
	exactly := *s
	exactly.Sampling.Draws = 0 // which changes no value
	f := &Figures{run: &runState{space: &amounts.Space{}, options: o, started: time.Now()}}
	p, err := exactly.compiled(ctx, o.Jobs, probs)
	f.p = p
	if err == nil && probs.Count(diag.Error) > 0 {
		err = p.check(ctx, true, o.Jobs, probs)
	}
	if err == nil {
		err = probs.Err()
	}
	if err == nil {
		f.res, err = p.compute(ctx, f.run, probs)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Close lets go of files.
func (f *Figures) Close() {
	if f.res != nil {
		f.res.close()
	}
	if f.p != nil {
		f.p.close()
	}
	if f.published != nil {
		f.published.close()
	}
}

// Trace derives a figure. What is wrong with the query is returned as *diag.Invalid. Where a published figure does not come out, the error is a
// *DifferentFigure, and the tree that of what was computed, nil where there is nothing.
func (f *Figures) Trace(ctx context.Context, q Query) (*trace.Tree, error) {
	if q.Top <= 0 {
		q.Top = DefaultTop
	}
	picked, err := f.pick(&q)
	if err != nil {
		return nil, err
	}
	var different *DifferentFigure
	if f.published != nil {
		if picked, err = f.differs(ctx, &q, picked); err != nil && (!errors.As(err, &different) || picked == nil) {
			return nil, err
		}
	}
	t := &figureTree{f: f, p: f.p, a: f.res.assessment, picked: picked, top: min(q.Top, MostTop)}
	if err := t.contributions(); err != nil {
		return nil, err
	}
	if err := t.rows(ctx); err != nil {
		return nil, err
	}
	tree := t.tree()
	if err := tree.Check(); err != nil { // what is shown must be what was computed
		return nil, fmt.Errorf("explain: %w", err)
	}
	if different != nil {
		return tree, different
	}
	return tree, nil
}
