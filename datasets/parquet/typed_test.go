package parquet

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/schema"
)

// Arrow's typed readers are the oracle of the decoders here: levels, encodings and codecs are all their own.

// typedCells reads all columns of a file through Arrow's typed readers, by columns. A column that they cannot read is nil.
func typedCells(t *testing.T, data []byte) [][]any {
	t.Helper()
	f, err := Open("t", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	rd, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer rd.Close()
	out := make([][]any, len(f.columns))
	for i := range f.columns {
		for g := range rd.NumRowGroups() {
			c, err := rd.RowGroup(g).Column(i)
			if err != nil {
				t.Fatal(err)
			}
			values, ok := typedColumn(c, &f.columns[i], int(f.RowGroupRows(g)))
			if !ok {
				out[i] = nil
				break
			}
			out[i] = append(out[i], values...)
		}
	}
	return out
}

func typedColumn(c file.ColumnChunkReader, col *Column, rows int) (out []any, ok bool) {
	defer func() {
		if recover() != nil { // it panics at an encoding that it lacks
			out, ok = nil, false
		}
	}()
	switch c := c.(type) {
	case *file.Float64ColumnChunkReader:
		return drain(c.ReadBatch, c.HasNext, rows, col, func(v float64) any { return v })
	case *file.Float32ColumnChunkReader:
		return drain(c.ReadBatch, c.HasNext, rows, col, func(v float32) any { return float64(v) })
	case *file.Int32ColumnChunkReader:
		return drain(c.ReadBatch, c.HasNext, rows, col, func(v int32) any {
			if col.as == uint32s {
				return float64(uint32(v))
			}
			return float64(v) / math.Pow10(int(col.scale))
		})
	case *file.Int64ColumnChunkReader:
		day := map[carrier]int64{millis: 86_400_000, micros: 86_400_000_000, nanos: 86_400_000_000_000}[col.as]
		return drain(c.ReadBatch, c.HasNext, rows, col, func(v int64) any {
			if day != 0 {
				return float64(v/day) + float64(v%day)/float64(day)
			}
			return float64(v) / math.Pow10(int(col.scale))
		})
	case *file.BooleanColumnChunkReader:
		return drain(c.ReadBatch, c.HasNext, rows, col, func(v bool) any { return v })
	case *file.ByteArrayColumnChunkReader:
		return drain(c.ReadBatch, c.HasNext, rows, col, func(v parquet.ByteArray) any { return string(v) })
	}
	return nil, false
}

// drain reads a chunk to its end.
func drain[T any](read func(int64, []T, []int16, []int16) (int64, int, error), more func() bool, rows int, col *Column, convert func(T) any) ([]any, bool) {
	values, levels := make([]T, 1000), make([]int16, 1000)
	var out []any
	for more() {
		n, present, err := read(1000, values, levels, nil)
		if err != nil {
			return nil, false
		}
		next := 0
		for _, l := range levels[:n] {
			if col.Nullable && l == 0 {
				out = append(out, nil)
				continue
			}
			out = append(out, convert(values[next]))
			next++
		}
		if next != present {
			return nil, false
		}
	}
	return out, len(out) == rows
}

// likeTyped compares all columns of a file that both can read and returns how many those are.
func likeTyped(t *testing.T, data []byte) int {
	t.Helper()
	got, want := cells(t, data), typedCells(t, data)
	compared := 0
	for k, column := range want {
		if column == nil {
			continue
		}
		compared++
		for row, v := range column {
			if got[row][k] != v {
				t.Fatalf("column %d row %d is %v, by Arrow's reader %v", k+1, row+1, got[row][k], v)
			}
		}
	}
	return compared
}

// oddTable writes one column of every carrier with gaps of a kind: values of rows with a gap are left out.
func oddTable(t testing.TB, rows int, gap func(row int) bool, props ...parquet.WriterProperty) []byte {
	t.Helper()
	var nodes schema.FieldList
	for i, tc := range typeCases {
		n := tc.node.(*schema.PrimitiveNode)
		nodes = append(nodes, schema.Must(schema.NewPrimitiveNodeLogical(fmt.Sprintf("c%d", i), parquet.Repetitions.Optional, n.LogicalType(), n.PhysicalType(), -1, -1)))
	}
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Required, nodes, -1)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	w := file.NewParquetWriter(&buf, root, file.WithWriterProps(parquet.NewWriterProperties(props...)))
	random := rand.New(rand.NewPCG(1, 2))
	levels := make([]int16, rows)
	for i := range levels {
		if !gap(i) {
			levels[i] = 1
		}
	}
	g := w.AppendRowGroup()
	for i := range nodes {
		cw, err := g.NextColumn()
		if err != nil {
			t.Fatal(err)
		}
		distinct := []int64{1, 2, 3, 9, 300, 5000}[i%6] // dictionaries of several widths
		pick := func() int64 { return random.Int64N(distinct)*1009 - 500 }
		switch cw := cw.(type) {
		case *file.Float64ColumnChunkWriter:
			writeOdd(t, cw.WriteBatch, levels, func() float64 { return float64(pick()) })
		case *file.Float32ColumnChunkWriter:
			writeOdd(t, cw.WriteBatch, levels, func() float32 { return float32(pick()) })
		case *file.Int32ColumnChunkWriter:
			writeOdd(t, cw.WriteBatch, levels, func() int32 { return int32(pick() / 10) })
		case *file.Int64ColumnChunkWriter:
			writeOdd(t, cw.WriteBatch, levels, func() int64 { return pick() + 500 })
		case *file.BooleanColumnChunkWriter:
			writeOdd(t, cw.WriteBatch, levels, func() bool { return random.IntN(2) == 0 })
		case *file.ByteArrayColumnChunkWriter:
			writeOdd(t, cw.WriteBatch, levels, func() parquet.ByteArray {
				return parquet.ByteArray(fmt.Sprintf("%.*s%d", (pick()+500)%30, "ääääääääääääääääääääääääääääää", pick()))
			})
		}
		if err := cw.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func writeOdd[T any](t testing.TB, write func([]T, []int16, []int16) (int64, error), levels []int16, value func() T) {
	t.Helper()
	var values []T
	for _, l := range levels {
		if l == 1 {
			values = append(values, value())
		}
	}
	if _, err := write(values, levels, nil); err != nil {
		t.Fatal(err)
	}
}

// gaps are the shapes that missing values take: none, all, seldom, half, in long runs, and full words with gaps between.
var gaps = map[string]func(row int) bool{
	"no gap":        func(int) bool { return false },
	"nothing":       func(int) bool { return true },
	"a gap a day":   func(row int) bool { return row%97 == 0 },
	"every second":  func(row int) bool { return row%2 == 0 },
	"at random":     func(row int) bool { return uint32(row)*2654435761>>31 == 0 },
	"in long runs":  func(row int) bool { return row/1500%2 == 0 },
	"a value a day": func(row int) bool { return row%131 != 7 },
}

func TestTheDecodersAgreeWithArrowsTypedReaders(t *testing.T) {
	for name, props := range map[string][]parquet.WriterProperty{
		"dictionaries":               {},
		"plain":                      {parquet.WithDictionaryDefault(false)},
		"small pages":                {parquet.WithDataPageSize(700), parquet.WithBatchSize(61)},
		"small plain pages, snappy":  {parquet.WithDictionaryDefault(false), parquet.WithDataPageSize(999), parquet.WithBatchSize(77), parquet.WithCompression(compress.Codecs.Snappy)},
		"dictionaries that overflow": {parquet.WithDictionaryPageSizeLimit(900), parquet.WithDataPageSize(2000), parquet.WithBatchSize(100), parquet.WithCompression(compress.Codecs.Gzip)},
		"version 2, zstd":            {parquet.WithDataPageVersion(parquet.DataPageV2), parquet.WithCompression(compress.Codecs.Zstd), parquet.WithDataPageSize(3000), parquet.WithBatchSize(128)},
	} {
		for shape, gap := range gaps {
			t.Run(name+"/"+shape, func(t *testing.T) {
				if n := likeTyped(t, oddTable(t, 5001, gap, props...)); n != len(typeCases) {
					t.Errorf("%d columns were compared", n)
				}
			})
		}
	}
}

func TestTheDecodersAgreeWithArrowsTypedReadersOnFilesOfOthers(t *testing.T) {
	files := othersFiles(t)
	files["arrow"], files["small"] = written(t, mixed, mixedTable(5000), 777), smallFile(t, 5000)
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			if likeTyped(t, data) == 0 {
				t.Error("no column was compared")
			}
		})
	}
}
