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
		stop    atomic.Bool
		wait    sync.WaitGroup
		workers = make([]*worker, jobs)
		errs    = make([]error, len(tasks))
	)
	for j := range workers {
		workers[j] = newWorker(inventories, space, o.Progress)
		wait.Add(1)
		go func(w *worker) {
			defer wait.Done()
			for {
				n := int(next.Add(1)) - 1
				if n >= len(tasks) || stop.Load() {
					return
				}
				if err := w.part(ctx, tasks[n]); err != nil {
					errs[n] = err
					stop.Store(true)
					return
				}
			}
		}(workers[j])
	}
	wait.Wait()
	// Tasks are handed out in order and those begun are finished, so the first of the errors is the same for any number of workers.
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return merge(workers, inventories, space)
}

// merge adds the workers' cells; exact sums make the order irrelevant.
func merge(workers []*worker, inventories []Inventory, space *amounts.Space) (*Result, error) {
	res := &Result{Table: &amounts.Table{Space: space, Cells: workers[0].cells}, Counts: make([]Counts, len(inventories))}
	for i := range inventories {
		res.Counts[i].Grades = make([][amounts.Statuses][8]int64, inventories[i].Grades)
	}
	for n, w := range workers {
		for i := range inventories {
			res.Counts[i].merge(&w.lanes[i].counts)
		}
		if n == 0 {
			continue
		}
		for k, c := range w.cells {
			have := res.Table.Cells[k]
			if have == nil {
				res.Table.Cells[k] = c
				continue
			}
			if err := have.Merge(c); err != nil {
				return nil, overflow(diag.Place{}, k, err)
			}
		}
	}
	return res, nil
}

func overflow(at diag.Place, k amounts.Key, err error) error {
	var probs diag.List
	probs.Add(diag.Problem{Code: diag.Overflow, Place: at, Message: fmt.Sprintf("the sum of flow %d is out of range: %v", k.Flow, err),
		Why: "sums are exact up to 2^63 of their unit"})
	return probs.Err()
}

// worker scans parts one after the other.
type worker struct {
	inventories []Inventory
	space       *amounts.Space
	progress    func(int64)
	cells       map[amounts.Key]*amounts.Cell
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
	ids       map[*column.Dict][]int32
	tuples    map[[12]int32]int32
}

func newWorker(inventories []Inventory, space *amounts.Space, progress func(int64)) *worker {
	w := &worker{inventories: inventories, space: space, progress: progress, cells: map[amounts.Key]*amounts.Cell{}, lanes: make([]lane, len(inventories))}
	for i := range inventories {
		w.lanes[i].layout = inventories[i].layout()
		w.lanes[i].counts.Grades = make([][amounts.Statuses][8]int64, inventories[i].Grades)
		w.lanes[i].tuples = map[[12]int32]int32{}
	}
	return w
}

func (w *worker) part(ctx context.Context, t task) (err error) {
	inv, l := &w.inventories[t.inventory], &w.lanes[t.inventory]
	if l.evaluator == nil {
		l.evaluator = inv.New()
	}
	l.evaluator.Start()
	l.ids = map[*column.Dict][]int32{}
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
