package study

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/engine"
)

// scanCohorts scans the devices as if each that is in service at the end of the base year left in the year in which it came.
func (x *projecting) scanCohorts(ctx context.Context, f *fleetProjection) (err error) {
	inv := x.p.inventory(f.kind, x.run)
	s := leaving{unchecked: unchecked{f.kind.inventory, f.kind}, stock: f.stock, year: x.years[0]}
	if x.p.study.Where[f.kind.kind.Name] != nil { // rows are kept by what stands in them
		s.filter, s.reads = inv.New, f.kind.program.Columns()
		inv.New = func() engine.Evaluator { return unfiltered{s.filter()} }
	}
	inv.Source = s
	f.cohorts, err = engine.Scan(ctx, []engine.Inventory{inv}, x.run.space, engine.Options{Jobs: x.run.options.Jobs, Memory: amountsMemory(x.run.options.Memory), Scratch: x.run.options.Scratch, Spread: x.p.spread})
	return err
}

// leaving is a fleet whose devices left in the year in which they came; those that were not in service at the end of a year never left.
type leaving struct {
	unchecked
	stock  *datasets.Stock
	year   int
	filter func() engine.Evaluator // nil: all rows are kept
	reads  []string                // columns of its
}

// unfiltered computes all rows.
type unfiltered struct{ engine.Evaluator }

func (unfiltered) Keep() column.Bitmap { return nil }

func (s leaving) Open(ctx context.Context, part int, columns []string) (engine.Reader, error) {
	at := func(name string) int { return slices.Index(columns, name) }
	asked := slices.Clone(columns)
	for _, name := range append([]string{s.stock.From}, s.reads...) {
		if !slices.Contains(asked, name) {
			asked = append(asked, name)
		}
	}
	in, err := s.unchecked.Open(ctx, part, asked)
	if err != nil || at(s.stock.Retired) < 0 {
		return in, err
	}
	r := &leavingReader{Reader: in, from: slices.Index(asked, s.stock.From), retired: at(s.stock.Retired), columns: len(columns), year: s.year}
	if s.filter != nil {
		r.filter = s.filter()
		r.filter.Start()
		for _, name := range s.reads {
			r.reads = append(r.reads, slices.Index(asked, name))
		}
	}
	return r, nil
}

type leavingReader struct {
	engine.Reader
	from, retired, columns, year int
	filter                       engine.Evaluator // nil: all rows are kept
	reads                        []int            // columns of its
}

func (r *leavingReader) Next(b *column.Batch) (bool, error) {
	more, err := r.Reader.Next(b)
	if err != nil || !more {
		return more, err
	}
	var kept column.Bitmap
	if r.filter != nil {
		read := *b
		read.Columns = nil
		for _, i := range r.reads {
			read.Columns = append(read.Columns, b.Columns[i])
		}
		if err := r.filter.Evaluate(&read); err != nil {
			return false, err
		}
		kept = r.filter.Keep()
	}
	from, retired := &b.Columns[r.from], b.Columns[r.retired]
	out := column.Column{Type: column.Float, Floats: make([]float64, b.Rows), Valid: column.NewBitmap(b.Rows)}
	for row := range b.Rows {
		if !kept.Get(row) || !from.Valid.Get(row) || amounts.YearOf(from.Floats[row]) > r.year || retired.Valid.Get(row) && amounts.YearOf(retired.Floats[row]) <= r.year {
			continue
		}
		out.Floats[row] = from.Floats[row]
		out.Valid.Set(row)
	}
	b.Columns = slices.Clone(b.Columns[:r.columns])
	b.Columns[r.retired] = out
	return true, nil
}

// pulled is a walk over groups one by one.
type pulled struct {
	group *amounts.Group // the one at hand; nil at the end
	err   error
	more  func() (*amounts.Group, bool)
	stop  func()
}

func pull(res *engine.Result) *pulled {
	p := &pulled{}
	p.more, p.stop = iter.Pull(func(yield func(*amounts.Group) bool) {
		p.err = gathered{res}.Groups(func(g *amounts.Group) error {
			if !yield(g) {
				return errStopped
			}
			return nil
		})
		if p.err == errStopped {
			p.err = nil
		}
	})
	p.next()
	return p
}

func (p *pulled) next() {
	g, ok := p.more()
	if p.group = g; !ok {
		p.group = nil
	}
}

var errStopped = fmt.Errorf("stopped")
