package engine

import (
	"context"
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
}

// Result is what a scan gives: one table for all inventories, and the counts of each.
type Result struct {
	Table  *amounts.Table
	Counts []Counts
}

// task is a part of an inventory.
type task struct{ inventory, part int }

// Scan reads the inventories once. Its result does not depend on Jobs, on the order of rows or on how they are cut into parts. Problems of values
// (a sum that overflows, a number that is not finite) are returned as *diag.Invalid with the place of the row.
func Scan(ctx context.Context, inventories []Inventory, space *amounts.Space, o Options) (*Result, error) {
	jobs := o.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	var tasks []task
	for i := range inventories {
		for p := range inventories[i].Source.Parts() {
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
		workers[j] = newWorker(inventories, space, o.Progress)
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
		return nil, errs[f]
	}
	return merge(workers, inventories, space)
}

// merge adds the workers' cells; exact sums make the order irrelevant. Sums out of range are reported once all rows are read, for which worker
// met them first is chance.
func merge(workers []*worker, inventories []Inventory, space *amounts.Space) (_ *Result, err error) {
	table := &amounts.Table{Space: space, Cells: workers[0].cells}
	res := &Result{Table: table, Counts: make([]Counts, len(inventories))}
	for i := range inventories {
		res.Counts[i] = newCounts(inventories[i].Grades)
	}
	over := &amounts.Table{Space: space, Cells: &amounts.Cells{}}
	for n, w := range workers {
		for i := range inventories {
			res.Counts[i].merge(&w.lanes[i].counts)
		}
		for k := range w.over {
			over.Cells.Put(k, &amounts.Cell{})
		}
		if n == 0 {
			continue
		}
		w.cells.Each(func(k amounts.Key, c amounts.Cell) {
			if table.Cells.Put(k, &c) != nil {
				over.Cells.Put(k, &amounts.Cell{})
			}
		})
		w.cells = nil
	}
	if over.Cells.Len() > 0 {
		first := over.Sorted()[0].Key
		table.Cells.Each(func(k amounts.Key, c amounts.Cell) {
			if k == first {
				err = overflow(inventories, k, &c)
			}
		})
		return nil, err
	}
	return res, nil
}

// overflow reports a sum that is out of range, at the first row that it adds.
func overflow(inventories []Inventory, k amounts.Key, c *amounts.Cell) error {
	var probs diag.List
	for i := range inventories {
		inv := &inventories[i]
		f := int(k.Flow) - inv.First
		if f < 0 || f >= len(inv.Flows) {
			continue
		}
		probs.Add(diag.Problem{Code: diag.Overflow, Place: diag.Place{File: inv.Source.Name(int(c.First.File)), Row: c.First.Row},
			Message: fmt.Sprintf("the sum for rule %s in %d, which begins at this row and has %d, is out of range", inv.Flows[f].Name, k.Year, c.Rows),
			Why:     "sums are exact below 2^63 of their unit"})
	}
	return probs.Err()
}

// worker scans parts one after the other.
type worker struct {
	inventories []Inventory
	space       *amounts.Space
	progress    func(int64)
	cells       *amounts.Cells
	over        map[amounts.Key]bool // cells whose sum left its range
	lanes       []lane
}

// lane is a worker's state for one inventory.
type lane struct {
	layout    layout
	evaluator Evaluator
	counts    Counts
	status    []amounts.Status
	periods   []amounts.Period
	dated     []bool
	groups    []int32
	blocks    []*amounts.Block // where each row added last in this batch; nil: nowhere yet
	cursors   []cursor
	ids       []column.Memo[int32] // of each group's strings
	scopes    column.Memo[amounts.Status]
	planned   column.Memo[bool]
	tuples    map[[MaxGroups + 1]int32]int32
	unitFlows []int            // flows that count a functional unit
	masks     []uint64         // of each row, a bit for each of them that has the row
	patterns  map[uint64]int32 // names of masks
	units     []int32          // of each row, the name of its mask
}

func newWorker(inventories []Inventory, space *amounts.Space, progress func(int64)) *worker {
	w := &worker{inventories: inventories, space: space, progress: progress, cells: &amounts.Cells{}, over: map[amounts.Key]bool{}, lanes: make([]lane, len(inventories))}
	for i := range inventories {
		w.lanes[i].layout = inventories[i].layout()
		w.lanes[i].counts = newCounts(inventories[i].Grades)
		w.lanes[i].tuples = map[[MaxGroups + 1]int32]int32{}
		w.lanes[i].ids = make([]column.Memo[int32], len(inventories[i].Groups))
	}
	return w
}

// forget lets go of a part's dictionaries.
func (l *lane) forget() {
	for i := range l.ids {
		l.ids[i].Forget()
	}
	l.scopes.Forget()
	l.planned.Forget()
}

func (w *worker) part(ctx context.Context, t task) (err error) {
	inv, l := &w.inventories[t.inventory], &w.lanes[t.inventory]
	if l.evaluator == nil {
		l.evaluator = inv.New()
	}
	l.evaluator.Start()
	l.forget()
	r, err := inv.Source.Open(ctx, t.part, l.layout.columns)
	if err != nil {
		return err
	}
	defer func() {
		if e := r.Close(); err == nil {
			err = e
		}
	}()
	var b column.Batch
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		more, err := r.Next(&b)
		if err != nil || !more {
			return err
		}
		if err := w.batch(inv, l, &b); err != nil {
			return err
		}
		if w.progress != nil {
			w.progress(int64(b.Rows))
		}
	}
}
