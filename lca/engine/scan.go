package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Options of a scan. The zero value uses every processor.
type Options struct {
	Jobs     int
	Progress func(rows int64) // called with the number of rows read since the last call, from any goroutine
	Memory   int              // bytes that the amounts of all workers may take together; what is more goes to files. 0: no bound
	Scratch  string           // folder of these files; empty: the system's for temporary files
	Spread   bool             // cells have their Spread
}

// Result is what a scan gives: the amounts of all inventories, and the counts of each.
type Result struct {
	Counts []Counts

	inventories []Inventory
	space       *amounts.Space
	table       *amounts.Table
}

// task is a part of an inventory.
type task struct{ inventory, part int }

// Scan reads the inventories once. Its result does not depend on Jobs, on the order of rows, on how they are cut into parts or on which of these are
// ruled out. Problems of values (an amount that overflows, a number that is not finite) are returned as *diag.Invalid with the place of the row.
func Scan(ctx context.Context, inventories []Inventory, space *amounts.Space, o Options) (*Result, error) {
	jobs := o.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	var tasks []task
	for i := range inventories {
		inv := &inventories[i]
		for p := range inv.Source.Parts() {
			if inv.ruledOut(p) {
				if o.Progress != nil {
					o.Progress(inv.Source.Rows(p))
				}
				continue
			}
			tasks = append(tasks, task{i, p})
		}
	}
	jobs = max(1, min(jobs, len(tasks)))
	var (
		next    atomic.Int64
		failed  atomic.Int64 // the first task known to have failed
		wait    sync.WaitGroup
		workers = make([]*worker, jobs)
		errs    = make([]error, len(tasks))
	)
	failed.Store(int64(len(tasks)))
	for j := range workers {
		workers[j] = &worker{inventories: inventories, space: space, options: o, memory: o.Memory / jobs, lanes: make([]*lane, len(inventories))}
		wait.Add(1)
		go func(w *worker) {
			defer wait.Done()
			for {
				n := next.Add(1) - 1
				if n >= failed.Load() {
					return
				}
				if errs[n] = w.part(ctx, tasks[n]); errs[n] != nil {
					for f := failed.Load(); n < f && !failed.CompareAndSwap(f, n); f = failed.Load() {
					}
					return
				}
			}
		}(workers[j])
	}
	wait.Wait()
	// Tasks are handed out in order, and every task before the first that failed was run: its error is the same for any number of workers.
	if f := failed.Load(); f < int64(len(tasks)) {
		if err := merge(workers, inventories, space).Close(); err != nil {
			return nil, errors.Join(errs[f], err)
		}
		return nil, errs[f]
	}
	return merge(workers, inventories, space), nil
}

// merge gathers the workers' cells and adds up their counts.
func merge(workers []*worker, inventories []Inventory, space *amounts.Space) *Result {
	res := &Result{inventories: inventories, space: space, table: &amounts.Table{Space: space}, Counts: make([]Counts, len(inventories))}
	for i := range inventories {
		res.Counts[i] = newCounts(inventories[i].Grades)
		for p := range inventories[i].RuledOut {
			if inventories[i].ruledOut(p) {
				res.Counts[i].Rows[amounts.Filtered] += inventories[i].Source.Rows(p)
			}
		}
	}
	for _, w := range workers {
		for i, l := range w.lanes {
			if l == nil {
				continue
			}
			l.fold()
			l.cells.Settle()
			res.Counts[i].merge(&l.counts)
			res.table.Add(i, l.cells)
		}
	}
	return res
}

// Add adds cells of an inventory that were computed elsewhere, in numbers of the run's space, with the counts of their rows. The cells must not be
// changed afterwards.
func (r *Result) Add(inventory int, cells *amounts.Cells, counts *Counts) {
	r.table.Add(inventory, cells)
	r.Counts[inventory].merge(counts)
}

// Close lets go of files that hold amounts.
func (r *Result) Close() error { return r.table.Close() }

// Groups visits the cells of the amounts table, group by group, in an order that depends on values alone (see amounts.Table). A sum out of range is
// returned as *diag.Invalid, at the first row that it adds.
func (r *Result) Groups(visit func(g *amounts.Group) error) error {
	return r.overflow(r.table.Groups(visit))
}

// Gathered visits the cells as if no inventory had columns that split them, Inventory.Split: what Groups visits of a scan without these, to the bit, and
// of each cell of an inventory that has them its portions.
func (r *Result) Gathered(visit func(g *amounts.Group) error) error {
	return r.overflow(r.table.Gathered(func(i int) int { return r.inventories[i].Split }, visit))
}

// overflow puts a sum out of range at its first row.
func (r *Result) overflow(err error) error {
	var over *amounts.Overflow
	if !errors.As(err, &over) {
		return err
	}
	inv, k, c := &r.inventories[over.Inventory], over.Entry.Key, &over.Entry.Cell
	var probs diag.List
	probs.Add(diag.Problem{Code: diag.Overflow, Place: diag.Place{File: inv.Source.Name(int(c.First.File)), Row: c.First.Row},
		Message: fmt.Sprintf("the sum for rule %s in %d, which begins at this row and has %d, is out of range", inv.Flows[int(k.Flow)-inv.First].Name, k.Year, c.Rows),
		Why:     "sums are exact below 2^63 of their unit"})
	return probs.Err()
}

// worker scans parts one after the other.
type worker struct {
	inventories []Inventory
	space       *amounts.Space
	options     Options
	memory      int     // bytes that the amounts of all lanes may take, 0 for no bound
	lanes       []*lane // of each inventory; nil as long as the worker has read no part of it
}

func (w *worker) part(ctx context.Context, t task) error {
	inv := &w.inventories[t.inventory]
	if w.lanes[t.inventory] == nil {
		w.lanes[t.inventory] = newLane(inv, w.space, w.memory, w.options.Spread)
	}
	l := w.lanes[t.inventory]
	l.begin()
	return batches(ctx, inv.Source, t.part, l.layout.columns, func(b *column.Batch) error {
		if err := l.batch(b); err != nil {
			return err
		}
		if w.memory > 0 && w.bytes() > w.memory {
			if err := w.spill(); err != nil {
				return err
			}
		}
		if w.options.Progress != nil {
			w.options.Progress(int64(b.Rows))
		}
		return nil
	})
}

// bytes is about how much memory all lanes take.
func (w *worker) bytes() (n int) {
	for _, l := range w.lanes {
		if l != nil {
			n += l.bytes()
		}
	}
	return n
}

// spill makes room where there is most to gain: inventories are read one after the other, so that those before may have left much.
func (w *worker) spill() error {
	var most *lane
	begun := 0
	for _, l := range w.lanes {
		if l == nil {
			continue
		}
		begun++
		if most == nil || l.bytes() > most.bytes() {
			most = l
		}
	}
	return most.spill(w.options.Scratch, w.memory/begun)
}
