package engine

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// Entering is an amount of a row on its way into a cell.
type Entering struct {
	Batch *column.Batch // of rows that are wanted, in the columns that TraceColumns lists; good until the visit returns
	At    int           // the row in it
	File  int           // number of the row's file
	Row   int64         // and of the row in it, from 1
	Group int           // what Tracing.Wanted numbered the row's group
	Units string        // for each functional unit of the inventory 1 where the row counts it, else 0
	Key   amounts.Key

	Term        int     // of the rule's normal form, as Flow has them
	Coefficient float64 // what the rule makes of the row
	Share       float64 // the part of the row's period that falls in the year: 1, or of several years days over days
}

// Amount is what enters the cell's sum.
func (e *Entering) Amount() float64 { return float64(e.Coefficient * e.Share) }

// Tracing says what of an inventory is traced.
type Tracing struct {
	Jobs    int      // workers; 0: one for each processor
	Columns []string // that visits see beside those of the scan
	// Wanted numbers the groups whose rows are traced; false of others, to which the rules are not applied. It is called from any goroutine, again for
	// groups that were met before.
	Wanted func(names []string) (group int, ok bool)
	// Visitor makes a visit for one worker. It is called for each amount that has a value, with those of one row one after the other, and in no order of
	// rows; and with nil after the rows of each batch.
	Visitor func() func(e *Entering) error
}

// TraceColumns are the columns that visits see, in their order.
func (inv *Inventory) TraceColumns(also []string) []string {
	l := inv.layout()
	return l.with(also)
}

// with adds columns that are not there yet.
func (l *layout) with(also []string) []string {
	for _, name := range also {
		if name != "" && !slices.Contains(l.columns, name) {
			l.columns = append(l.columns, name)
		}
	}
	return l.columns
}

// tracingMemory is about how much a worker takes for the names of groups before it forgets them.
var tracingMemory = 64 << 20 // tests try less

// Trace shows the amounts of the rows of some groups as they enter their cells: those that a scan adds, to the bit, but row by row and added nowhere. Its
// memory does not grow with the rows.
func Trace(ctx context.Context, inv *Inventory, space *amounts.Space, t Tracing) error {
	jobs := t.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	parts := inv.Source.Parts()
	var (
		next atomic.Int64
		stop atomic.Bool
		wait sync.WaitGroup
		errs = make([]error, parts)
	)
	for range max(1, min(jobs, parts)) {
		wait.Go(func() {
			w := &tracing{inv: inv, space: space, of: &t, visit: t.Visitor()}
			for !stop.Load() {
				part := int(next.Add(1) - 1)
				if part >= parts {
					return
				}
				if inv.ruledOut(part) {
					continue
				}
				if errs[part] = w.part(ctx, part); errs[part] != nil {
					stop.Store(true)
				}
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// tracing is a worker's state.
type tracing struct {
	inv   *Inventory
	space *amounts.Space
	of    *Tracing
	visit func(e *Entering) error

	lane     *lane
	numbers  []int // of the lane's groups, -1 of those that are not wanted
	rows     []int32
	entering Entering
	failed   error // of a visit
}

// begin starts with no group. What the evaluator knows it keeps.
func (w *tracing) begin() {
	var evaluator Evaluator
	if w.lane != nil {
		evaluator = w.lane.evaluator
	}
	w.lane = newLane(w.inv, w.space, 0, false)
	w.lane.layout.with(w.of.Columns)
	w.lane.words = append(w.lane.words, make([]*words, len(w.lane.layout.columns)-len(w.lane.words))...)
	w.lane.evaluator, w.lane.tracing, w.numbers = evaluator, w, w.numbers[:0]
}

func (w *tracing) part(ctx context.Context, part int) error {
	w.begin()
	w.lane.begin()
	return batches(ctx, w.inv.Source, part, w.lane.layout.columns, func(b *column.Batch) error {
		if w.lane.bytes() > tracingMemory {
			w.begin()
		}
		return w.batch(b)
	})
}

// batch applies the rules to the rows of a batch that are wanted.
func (w *tracing) batch(b *column.Batch) error {
	l := w.lane
	l.numberGroups(b)
	for n := len(w.numbers); n < l.grouped.count; n++ {
		group, ok := w.of.Wanted(l.groupNames(int32(n)))
		if !ok {
			group = -1
		}
		w.numbers, l.groupOf = append(w.numbers, group), append(l.groupOf, int32(n))
	}
	w.rows = w.rows[:0]
	for i := range int32(b.Rows) {
		if w.numbers[l.groups.at(i)] >= 0 {
			w.rows = append(w.rows, i)
		}
	}
	if len(w.rows) == 0 {
		return nil
	}
	if err := l.generally(b, w.rows); err != nil {
		if w.failed != nil { // not the row's fault
			return w.failed
		}
		return err
	}
	return w.visit(nil)
}

// enter shows an amount in place of adding it.
func (w *tracing) enter(r *rowAdder, year int, target *amounts.Target) error {
	if target.Mono == amounts.Refused {
		return nil
	}
	w.entering = Entering{Batch: &r.l.general.sub, At: int(r.i), File: int(r.file), Row: r.row, Group: w.numbers[r.group], Units: r.units,
		Key:  amounts.Key{Flow: target.Flow, Year: int32(year), Class: target.Class, Status: r.status, Mono: target.Mono, Lookup: target.Lookup, Unless: target.Unless},
		Term: r.term, Coefficient: r.coefficient, Share: r.share}
	w.failed = w.visit(&w.entering)
	return w.failed
}
