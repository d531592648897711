package parquet

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/metadata"
	"github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// GroupRows is how many rows a row group has that is written. Batches of as many cost least.
const GroupRows = 1 << 17

const (
	stepRows  = 1024 // rows handed to the library at a time: its bytes depend on that
	createdBy = "ailca"
)

// FormatKey is the metadata key of a table's format number.
const FormatKey = "ailca.format"

// Writer writes a table. Rows are gathered into row groups of a fixed size and handed on in steps of a fixed size, so that the
// file's bytes depend on the table alone. Snappy compresses: every reader has it, and its encoder has not changed in years, so
// that the bytes stay the same when libraries are raised.
type Writer struct {
	w      *file.Writer
	out    *sink
	fields []lca.Field
	held   []heldColumn
	rows   int   // held
	done   int64 // written
	failed error
}

// heldColumn gathers a column's rows of one row group.
type heldColumn struct {
	floats []float64
	texts  heldTexts
	bools  []bool
	levels []int16 // 1 where the row has a value
}

// Create begins a file with the given columns. A field that is not Required may lack values; its unit, if any, goes into the
// metadata, followed by meta in order. Integers are written as INT64, dates as DATE.
func Create(w io.Writer, fields []lca.Field, meta []KeyValue) (out *Writer, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, fmt.Errorf("parquet: creating a table: %v", p)
		}
	}()
	props := []parquet.WriterProperty{
		parquet.WithCreatedBy(createdBy),
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithDataPageVersion(parquet.DataPageV1),
		parquet.WithCompression(compress.Codecs.Snappy),
		parquet.WithDictionaryDefault(false),
		parquet.WithDictionaryPageSizeLimit(maxDictionary),
		parquet.WithBatchSize(stepRows),
	}
	var nodes schema.FieldList
	kv := metadata.NewKeyValueMetadata()
	seen := map[string]bool{}
	for _, f := range fields {
		if f.Name == "" || seen[f.Name] {
			return nil, fmt.Errorf("parquet: the column name %q is empty or stands twice", f.Name)
		}
		seen[f.Name] = true
		nodes = append(nodes, node(f))
		if f.Type == lca.Text {
			// Bounds of strings would stand in every page's header, however long they are.
			props = append(props, parquet.WithDictionaryFor(f.Name, true), parquet.WithStatsFor(f.Name, false))
		}
	}
	for _, m := range withUnits(fields, meta) {
		if err := kv.Append(m.Key, m.Value); err != nil {
			return nil, err
		}
	}
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Required, nodes, -1)
	if err != nil {
		return nil, err
	}
	to := &sink{w: w}
	return &Writer{
		out:    to,
		w:      file.NewParquetWriter(to, root, file.WithWriterProps(parquet.NewWriterProperties(props...)), file.WithWriteMetadata(kv)),
		fields: fields,
		held:   make([]heldColumn, len(fields)),
	}, nil
}

// sink hides a Close method, which the library would call, and keeps the first error, which the library hides behind its own.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(b []byte) (int, error) {
	n, err := s.w.Write(b)
	if s.err == nil {
		s.err = err
	}
	return n, err
}

// cause is the error of what is written to, where there was one, in place of what the library made of it.
func (s *sink) cause(err error) error {
	if err != nil && s.err != nil {
		return fmt.Errorf("parquet: %w", s.err)
	}
	return err
}

// withUnits lists the metadata of a table: units in the order of the columns, then the caller's.
func withUnits(fields []lca.Field, meta []KeyValue) []KeyValue {
	var out []KeyValue
	for _, f := range fields {
		if f.Unit != "" {
			out = append(out, KeyValue{UnitKey(f.Name), f.Unit})
		}
	}
	return append(out, meta...)
}

// node is the schema element of a field.
func node(f lca.Field) schema.Node {
	repetition := parquet.Repetitions.Optional
	if f.Required {
		repetition = parquet.Repetitions.Required
	}
	switch f.Type {
	case lca.Integer:
		return schema.Must(schema.NewPrimitiveNodeLogical(f.Name, repetition, schema.NewIntLogicalType(64, true), parquet.Types.Int64, -1, -1))
	case lca.Text:
		return schema.Must(schema.NewPrimitiveNodeLogical(f.Name, repetition, schema.StringLogicalType{}, parquet.Types.ByteArray, -1, -1))
	case lca.Date:
		return schema.Must(schema.NewPrimitiveNodeLogical(f.Name, repetition, schema.DateLogicalType{}, parquet.Types.Int32, -1, -1))
	case lca.Boolean:
		return schema.NewBooleanNode(f.Name, repetition, -1)
	}
	return schema.NewFloat64Node(f.Name, repetition, -1)
}

// Describe adds an entry to the metadata, for what is known only once the rows are.
func (w *Writer) Describe(m KeyValue) error {
	if w.failed != nil {
		return w.failed
	}
	return w.w.AppendKeyValueMetadata(m.Key, m.Value)
}

// Write appends the rows of a batch, whose columns are in the fields' order. The batch may be reused afterwards. A value that its
// field cannot hold is an error, after which nothing more can be written.
func (w *Writer) Write(b *column.Batch) error {
	if w.failed != nil {
		return w.failed
	}
	if len(b.Columns) != len(w.fields) {
		return fmt.Errorf("parquet: a batch of %d columns for a table of %d", len(b.Columns), len(w.fields))
	}
	for from := 0; from < b.Rows; {
		step := w.step(b)
		n := min(b.Rows-from, step-w.rows%step)
		for i := range w.fields {
			if err := w.held[i].take(w.fields[i], &b.Columns[i], from, n); err != nil {
				w.failed = fmt.Errorf("parquet: row %d column %s: %w", w.done+int64(len(w.held[i].levels))+1, w.fields[i].Name, err)
				return w.failed
			}
		}
		from += n
		if w.rows += n; w.rows == GroupRows || w.rows%cutStep == 0 && w.full() {
			if w.failed = w.flush(); w.failed != nil {
				return w.failed
			}
		}
	}
	return nil
}

// A row group ends early, after a multiple of cutStep rows, where the distinct texts of a column have cutText bytes: a dictionary that overflows would make
// the footer's order depend on a map.
const (
	cutStep = 256
	cutText = 32 << 20
)

// step is how many rows are taken at a time: all of a row group, unless it may have to end early.
func (w *Writer) step(b *column.Batch) int {
	for i, f := range w.fields {
		if f.Type != lca.Text || b.Columns[i].Dict == nil {
			continue
		}
		bytes := w.held[i].texts.bytes
		for _, text := range b.Columns[i].Dict.Values {
			bytes += textBytes(text)
		}
		if bytes >= cutText {
			return cutStep
		}
	}
	return GroupRows
}

// full reports whether the distinct texts of a column are many.
func (w *Writer) full() bool {
	for i := range w.held {
		if w.held[i].texts.bytes >= cutText {
			return true
		}
	}
	return false
}

var errRequired = errors.New("a value is required")

// take copies n rows of a column, checking each value.
func (h *heldColumn) take(f lca.Field, c *column.Column, from, n int) error {
	if f.Type == lca.Text {
		h.texts.begin(c.Dict)
	}
	for i := from; i < from+n; i++ {
		if !c.Valid.Get(i) {
			if f.Required {
				return errRequired
			}
			h.levels = append(h.levels, 0)
			continue
		}
		switch f.Type {
		case lca.Text:
			h.texts.take(c.Codes[i])
		case lca.Boolean:
			h.bools = append(h.bools, c.Bools[i])
		default:
			if err := writable(f.Type, c.Floats[i]); err != nil {
				return err
			}
			h.floats = append(h.floats, c.Floats[i])
		}
		h.levels = append(h.levels, 1)
	}
	return nil
}

// writable says why a number cannot be written as a type.
func writable(t lca.FieldType, v float64) error {
	switch {
	case v-v != 0:
		return fmt.Errorf("%v is not finite", v)
	case t == lca.Integer && (v != math.Trunc(v) || math.Abs(v) > maxInteger):
		return errors.New(notWhole(v))
	case t == lca.Date && (v != math.Trunc(v) || v < firstDay || v > lastDay):
		return fmt.Errorf("day %v is not a whole day of the years 1 to 9999", v)
	}
	return nil
}

// flush writes the held rows as a row group.
func (w *Writer) flush() (err error) {
	defer func() {
		if p := recover(); p != nil { // the library panics where the disk is full
			err = fmt.Errorf("parquet: writing rows from %d: %v", w.done+1, p)
		}
		err = w.out.cause(err)
	}()
	g := w.w.AppendRowGroup()
	for i := range w.fields {
		cw, err := g.NextColumn()
		if err != nil {
			return err
		}
		if err := w.held[i].write(cw, w.fields[i]); err != nil {
			return err
		}
		if err := cw.Close(); err != nil {
			return err
		}
		h := &w.held[i]
		h.floats, h.bools, h.levels = h.floats[:0], h.bools[:0], h.levels[:0]
		h.texts.clear()
	}
	w.done += int64(w.rows)
	w.rows = 0
	return g.Close()
}

// write hands a column on.
func (h *heldColumn) write(cw file.ColumnChunkWriter, f lca.Field) error {
	switch cw := cw.(type) {
	case *file.Float64ColumnChunkWriter:
		return steps(h.levels, f.Required, h.floats, cw.WriteBatch, func(v float64) float64 { return v })
	case *file.Int64ColumnChunkWriter:
		return steps(h.levels, f.Required, h.floats, cw.WriteBatch, func(v float64) int64 { return int64(v) })
	case *file.Int32ColumnChunkWriter:
		return steps(h.levels, f.Required, h.floats, cw.WriteBatch, func(v float64) int32 { return int32(v) })
	case *file.ByteArrayColumnChunkWriter:
		return h.texts.write(cw, h.levels, f.Required)
	case *file.BooleanColumnChunkWriter:
		return steps(h.levels, f.Required, h.bools, cw.WriteBatch, func(v bool) bool { return v })
	}
	return fmt.Errorf("parquet: no writer for %s", f.Type)
}

// steps hands values on in steps of stepRows rows. values has one element for each row that has a value.
func steps[V, P any](levels []int16, required bool, values []V, write func([]P, []int16, []int16) (int64, error), convert func(V) P) error {
	buf := make([]P, 0, stepRows)
	for len(levels) > 0 {
		n := min(stepRows, len(levels))
		buf = buf[:0]
		for _, l := range levels[:n] {
			if l != 0 {
				buf = append(buf, convert(values[0]))
				values = values[1:]
			}
		}
		defs := levels[:n]
		if required {
			defs = nil
		}
		if _, err := write(buf, defs, nil); err != nil {
			return err
		}
		levels = levels[n:]
	}
	return nil
}

// Close writes the last rows and the footer. The file is complete only if Close returns nil. It does not close the writer below.
func (w *Writer) Close() (err error) {
	if w.failed != nil {
		return w.failed
	}
	w.failed = errors.New("parquet: the table is closed")
	if w.rows > 0 {
		if err := w.flush(); err != nil {
			return err
		}
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("parquet: writing the footer: %v", p)
		}
		err = w.out.cause(err)
	}()
	// Close of the library loses this error.
	if err := w.w.FlushWithFooter(); err != nil {
		return fmt.Errorf("parquet: writing the footer: %w", err)
	}
	return w.w.Close()
}
