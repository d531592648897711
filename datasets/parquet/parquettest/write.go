// Package parquettest writes tables as other programs do, for tests: in row groups of any size, with bounds of texts in the footer. What
// datasets/parquet writes has neither.
package parquettest

import (
	"bytes"
	"testing"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// Write writes a table whose columns are in the fields' order, in row groups of so many rows. Every column may lack values.
func Write(t testing.TB, fields []lca.Field, table *column.Table, groupRows int) []byte {
	t.Helper()
	var nodes schema.FieldList
	for _, f := range fields {
		nodes = append(nodes, node(f))
	}
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Required, nodes, -1)
	check(t, err)
	var out bytes.Buffer
	w := file.NewParquetWriter(&out, root, file.WithWriterProps(parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Snappy))))
	for from := 0; from < table.Rows; from += groupRows {
		g := w.AppendRowGroup()
		for i := range fields {
			cw, err := g.NextColumn()
			check(t, err)
			check(t, write(cw, &table.Data[i], from, min(from+groupRows, table.Rows)))
			check(t, cw.Close())
		}
		check(t, g.Close())
	}
	check(t, w.Close())
	return out.Bytes()
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func node(f lca.Field) schema.Node {
	of := func(logical schema.LogicalType, physical parquet.Type) schema.Node {
		return schema.Must(schema.NewPrimitiveNodeLogical(f.Name, parquet.Repetitions.Optional, logical, physical, -1, -1))
	}
	switch f.Type {
	case lca.Text:
		return of(schema.StringLogicalType{}, parquet.Types.ByteArray)
	case lca.Integer:
		return of(schema.NewIntLogicalType(64, true), parquet.Types.Int64)
	case lca.Date:
		return of(schema.DateLogicalType{}, parquet.Types.Int32)
	case lca.Boolean:
		return schema.NewBooleanNode(f.Name, parquet.Repetitions.Optional, -1)
	}
	return schema.NewFloat64Node(f.Name, parquet.Repetitions.Optional, -1)
}

// write writes rows of a column.
func write(cw file.ColumnChunkWriter, c *column.Column, from, to int) error {
	levels := make([]int16, to-from)
	var rows []int // that have a value
	for i := from; i < to; i++ {
		if c.Valid.Get(i) {
			levels[i-from] = 1
			rows = append(rows, i)
		}
	}
	switch cw := cw.(type) {
	case *file.ByteArrayColumnChunkWriter:
		return writeValues(cw.WriteBatch, levels, rows, func(i int) parquet.ByteArray { return parquet.ByteArray(c.Dict.Values[c.Codes[i]]) })
	case *file.Int64ColumnChunkWriter:
		return writeValues(cw.WriteBatch, levels, rows, func(i int) int64 { return int64(c.Floats[i]) })
	case *file.Int32ColumnChunkWriter:
		return writeValues(cw.WriteBatch, levels, rows, func(i int) int32 { return int32(c.Floats[i]) })
	case *file.BooleanColumnChunkWriter:
		return writeValues(cw.WriteBatch, levels, rows, func(i int) bool { return c.Bools[i] })
	}
	return writeValues(cw.(*file.Float64ColumnChunkWriter).WriteBatch, levels, rows, func(i int) float64 { return c.Floats[i] })
}

func writeValues[T any](to func([]T, []int16, []int16) (int64, error), levels []int16, rows []int, value func(row int) T) error {
	values := make([]T, len(rows))
	for i, row := range rows {
		values[i] = value(row)
	}
	_, err := to(values, levels, nil)
	return err
}
