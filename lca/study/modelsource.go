package study

import (
	"context"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/engine"
)

// modelSource is an inventory of which the rows of some models are read, which have been checked before.
type modelSource struct {
	*datasets.Inventory
	kind   *kindPlan
	models map[string]int
}

func (s modelSource) Name(file int) string { return s.kind.files()[file] }

func (s modelSource) Open(ctx context.Context, part int, columns []string) (engine.Reader, error) {
	r, err := s.Inventory.Open(part, columns)
	if err != nil {
		return nil, err
	}
	return &modelReader{in: r, model: slices.Index(columns, s.kind.kind.Groups["model"]), models: s.models}, nil
}

// modelReader gives runs of rows of the models. A row keeps its number in the file.
type modelReader struct {
	in     engine.Reader
	model  int // place of its column
	models map[string]int
	batch  column.Batch
	at     int // rows of the batch that are done
	memo   column.Memo[bool]
	valid  []column.Bitmap
}

func (r *modelReader) Close() error { return r.in.Close() }

func (r *modelReader) Next(b *column.Batch) (bool, error) {
	for {
		if from, to := r.run(); from < to {
			r.at = to
			r.cut(b, from, to)
			return true, nil
		}
		more, err := r.in.Next(&r.batch)
		if err != nil || !more {
			return false, err
		}
		r.at = 0
	}
}

// run is the next run of rows in the batch; empty where there is none.
func (r *modelReader) run() (from, to int) {
	if r.at >= r.batch.Rows {
		return 0, 0
	}
	c := &r.batch.Columns[r.model]
	wanted := r.memo.Of(c.Dict, func(name string) bool { _, is := r.models[name]; return is })
	is := func(row int) bool { return c.Valid.Get(row) && wanted[c.Codes[row]] }
	for from = r.at; from < r.batch.Rows && !is(from); from++ {
	}
	for to = from; to < r.batch.Rows && is(to); to++ {
	}
	return from, to
}

// cut makes rows of the batch one of their own, over the same memory save for the bitmaps.
func (r *modelReader) cut(b *column.Batch, from, to int) {
	if from == 0 && to == r.batch.Rows {
		*b = r.batch
		return
	}
	if len(r.valid) < len(r.batch.Columns) {
		r.valid = make([]column.Bitmap, len(r.batch.Columns))
	}
	*b = column.Batch{Rows: to - from, First: r.batch.First + int64(from), File: r.batch.File, Columns: slices.Clone(r.batch.Columns)}
	for i := range b.Columns {
		c := &b.Columns[i]
		switch c.Type {
		case column.String:
			c.Codes = c.Codes[from:to]
		case column.Bool:
			c.Bools = c.Bools[from:to]
		default:
			c.Floats = c.Floats[from:to]
		}
		if c.Valid == nil {
			continue
		}
		whole := c.Valid
		c.Valid = append(r.valid[i][:0], make(column.Bitmap, (to-from+63)/64)...)
		r.valid[i] = c.Valid
		for row := from; row < to; row++ {
			if whole.Get(row) {
				c.Valid.Set(row - from)
			}
		}
	}
}
