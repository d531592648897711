package parquet

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet/file"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// open chooses the source for a column's carrier.
func (c *chunkReader) open() error {
	if c.column.as == bytesText {
		c.out = column.Column{Type: column.String, Codes: make([]int32, BatchRows), Dict: &column.Dict{}}
		c.source = &texts{intern: intern{codes: map[string]int32{}}}
		return nil
	}
	f := &feed{pages: c.pages}
	pool := &sync.Pool{New: func() any { return memory.NewResizableBuffer(memory.DefaultAllocator) }}
	rd := file.NewColumnReader(c.column.schema, f, memory.DefaultAllocator, pool)
	c.out = column.Column{Type: column.Float, Floats: make([]float64, BatchRows)}
	whole := c.want == lca.Integer
	switch rd := rd.(type) {
	case *file.Float64ColumnChunkReader:
		c.source = newTyped(f, rd, 8, fromFloat[float64](whole))
	case *file.Float32ColumnChunkReader:
		c.source = newTyped(f, rd, 4, fromFloat[float32](whole))
	case *file.Int32ColumnChunkReader:
		c.source = newTyped(f, rd, 4, fromInt32(c.column, whole))
	case *file.Int64ColumnChunkReader:
		c.source = newTyped(f, rd, 8, fromInt64(c.column, whole))
	case *file.BooleanColumnChunkReader:
		c.out = column.Column{Type: column.Bool, Bools: make([]bool, BatchRows)}
		c.source = &truths{feed: f, rd: rd, buf: make([]bool, BatchRows)}
	default:
		return errors.New("its type is not read")
	}
	return nil
}

// batched is what Arrow's typed readers have in common.
type batched[T any] interface {
	HasNext() bool
	Err() error
	ReadBatch(n int64, values []T, defs, reps []int16) (int64, int, error)
}

// typed reads numbers through one of Arrow's typed readers.
type typed[T any] struct {
	feed    *feed
	rd      batched[T]
	convert func(T) (float64, string) // a text that is not empty refuses the value
	buf     []T
	levels  []int16
}

func newTyped[T any](f *feed, rd batched[T], width int, convert func(T) (float64, string)) *typed[T] {
	f.width = width
	t := &typed[T]{feed: f, rd: rd, convert: convert, buf: make([]T, BatchRows)}
	if f.nullable {
		t.levels = make([]int16, BatchRows)
	}
	return t
}

// step reads at most n rows from one page: values of the rows that have one lie at the buffer's front.
func step[T any](f *feed, rd batched[T], buf []T, levels []int16, n int) (rows, present int, err error) {
	if f.rows == 0 {
		if !rd.HasNext() {
			if err := rd.Err(); err != nil {
				return 0, 0, err
			}
			return 0, 0, io.EOF
		}
	}
	n = min(n, f.rows)
	total, got, err := rd.ReadBatch(int64(n), buf[:n], levels, nil)
	if err != nil {
		return 0, 0, err
	}
	if total != int64(n) {
		return 0, 0, fmt.Errorf("it yields %d rows where %d are due", total, n)
	}
	f.rows -= n
	return n, got, nil
}

func (t *typed[T]) fill(c *chunkReader, at, n int) (int, error) {
	n, got, err := step(t.feed, t.rd, t.buf, t.levels, n)
	if err != nil {
		return 0, err
	}
	if mark(c.valid, t.levels, at, n) != got {
		return 0, errShort
	}
	out := c.out.Floats[:BatchRows]
	if got == n {
		for i, raw := range t.buf[:n] {
			v, fault := t.convert(raw)
			if fault != "" {
				return 0, refuse(at+i, "%s", fault)
			}
			out[at+i] = v
		}
		return n, nil
	}
	next := 0
	for i := at; i < at+n; i++ {
		if !c.valid.Get(i) {
			out[i] = 0
			continue
		}
		v, fault := t.convert(t.buf[next])
		if fault != "" {
			return 0, refuse(i, "%s", fault)
		}
		out[i] = v
		next++
	}
	return n, nil
}

// truths reads truth values.
type truths struct {
	feed   *feed
	rd     *file.BooleanColumnChunkReader
	buf    []bool
	levels []int16
}

func (t *truths) fill(c *chunkReader, at, n int) (int, error) {
	if t.feed.nullable && t.levels == nil {
		t.levels = make([]int16, BatchRows)
	}
	n, got, err := step[bool](t.feed, t.rd, t.buf, t.levels, n)
	if err != nil {
		return 0, err
	}
	if mark(c.valid, t.levels, at, n) != got {
		return 0, errShort
	}
	out := c.out.Bools[:BatchRows]
	next := 0
	for i := at; i < at+n; i++ {
		out[i] = false
		if c.valid.Get(i) {
			out[i] = t.buf[next]
			next++
		}
	}
	return n, nil
}
