package parquet

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"
	"github.com/xitongsys/parquet-go/writer"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// asArrow builds the mixed table for Arrow's own writer, which cuts pages and chooses encodings as it likes.
func asArrow(table *column.Table) arrow.Record {
	s := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.BinaryTypes.String},
		{Name: "energy", Type: arrow.PrimitiveTypes.Float64, Nullable: true},
		{Name: "year", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "started", Type: arrow.FixedWidthTypes.Date32, Nullable: true},
		{Name: "metered", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
		{Name: "region", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, s)
	for i := range table.Rows {
		for k := range table.Data {
			v := cell(&table.Data[k], i)
			switch f := b.Field(k).(type) {
			case *array.StringBuilder:
				if v == nil {
					f.AppendNull()
				} else {
					f.Append(v.(string))
				}
			case *array.Float64Builder:
				if v == nil {
					f.AppendNull()
				} else {
					f.Append(v.(float64))
				}
			case *array.Int64Builder:
				if v == nil {
					f.AppendNull()
				} else {
					f.Append(int64(v.(float64)))
				}
			case *array.Date32Builder:
				if v == nil {
					f.AppendNull()
				} else {
					f.Append(arrow.Date32(v.(float64)))
				}
			case *array.BooleanBuilder:
				if v == nil {
					f.AppendNull()
				} else {
					f.Append(v.(bool))
				}
			}
		}
	}
	return b.NewRecord()
}

func TestOthersFilesAreReadInEveryEncodingAndCompression(t *testing.T) {
	table := mixedTable(10_000)
	want := tableCells(table)
	record := asArrow(table)
	for name, props := range map[string][]parquet.WriterProperty{
		"dictionaries":                 {},
		"a dictionary that overflows":  {parquet.WithDictionaryPageSizeLimit(2000), parquet.WithDataPageSize(3000)},
		"plain":                        {parquet.WithDictionaryDefault(false)},
		"pages of version 2":           {parquet.WithDataPageVersion(parquet.DataPageV2), parquet.WithDataPageSize(5000)},
		"pages of version 2, snappy":   {parquet.WithDataPageVersion(parquet.DataPageV2), parquet.WithCompression(compress.Codecs.Snappy)},
		"zstd":                         {parquet.WithCompression(compress.Codecs.Zstd)},
		"gzip":                         {parquet.WithCompression(compress.Codecs.Gzip)},
		"brotli":                       {parquet.WithCompression(compress.Codecs.Brotli)},
		"delta-coded integers":         {parquet.WithDictionaryDefault(false), parquet.WithEncodingFor("year", parquet.Encodings.DeltaBinaryPacked), parquet.WithEncodingFor("started", parquet.Encodings.DeltaBinaryPacked)},
		"delta-coded lengths":          {parquet.WithDictionaryDefault(false), parquet.WithEncodingFor("id", parquet.Encodings.DeltaLengthByteArray), parquet.WithEncodingFor("region", parquet.Encodings.DeltaLengthByteArray)},
		"delta-coded strings":          {parquet.WithDictionaryDefault(false), parquet.WithEncodingFor("id", parquet.Encodings.DeltaByteArray), parquet.WithEncodingFor("region", parquet.Encodings.DeltaByteArray)},
		"truth values in runs":         {parquet.WithDictionaryDefault(false), parquet.WithEncodingFor("metered", parquet.Encodings.RLE), parquet.WithDataPageVersion(parquet.DataPageV2)},
		"row groups of a thousand":     {parquet.WithMaxRowGroupLength(1000)},
		"row groups of 4096 and pages": {parquet.WithMaxRowGroupLength(4096), parquet.WithDataPageSize(777), parquet.WithBatchSize(10)},
	} {
		t.Run(name, func(t *testing.T) {
			var buf bytes.Buffer
			w, err := pqarrow.NewFileWriter(record.Schema(), &buf, parquet.NewWriterProperties(props...), pqarrow.DefaultWriterProps())
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Write(record); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			same(t, cells(t, buf.Bytes()), want)
		})
	}
}

func TestFloatsInByteStreamSplitAreRead(t *testing.T) {
	var buf bytes.Buffer
	w, err := writer.NewCSVWriterFromWriter([]string{"name=x, type=DOUBLE, encoding=BYTE_STREAM_SPLIT, repetitiontype=OPTIONAL", "name=y, type=FLOAT, encoding=BYTE_STREAM_SPLIT, repetitiontype=REQUIRED"}, &buf, 1)
	if err != nil {
		t.Fatal(err)
	}
	var want [][]any
	for i := range 500 {
		x, y := any(float64(i)*1.1), float32(i)/3
		if i%9 == 0 {
			x = nil
		}
		if err := w.Write([]any{x, y}); err != nil {
			t.Fatal(err)
		}
		want = append(want, []any{x, float64(y)})
	}
	if err := w.WriteStop(); err != nil {
		t.Fatal(err)
	}
	same(t, cells(t, buf.Bytes()), want)
}

func TestArrowsTableReaderReadsOurFiles(t *testing.T) {
	table := mixedTable(5000)
	data := written(t, mixed, table, 777)
	for name, data := range map[string][]byte{"arrow": data, "small": smallFile(t, 5000)} {
		t.Run(name, func(t *testing.T) {
			got, err := pqarrow.ReadTable(context.Background(), bytes.NewReader(data), nil, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
			if err != nil {
				t.Fatal(err)
			}
			for k := range table.Data {
				row := 0
				for _, chunk := range got.Column(k).Data().Chunks() {
					for i := range chunk.Len() {
						want := "(null)"
						switch v := cell(&table.Data[k], row).(type) {
						case nil:
						case string:
							want = v
						case bool:
							want = fmt.Sprint(v)
						case float64:
							want = fmt.Sprint(v)
							if mixed[k].Name == "started" {
								want = arrow.Date32(v).FormattedString()
							} else if mixed[k].Name == "year" {
								want = fmt.Sprint(int64(v))
							}
						}
						if s := chunk.ValueStr(i); s != want {
							t.Fatalf("%s row %d is %s, want %s", mixed[k].Name, row+1, s, want)
						}
						row++
					}
				}
				if row != table.Rows {
					t.Errorf("%s has %d rows", mixed[k].Name, row)
				}
			}
		})
	}
}

func TestRowGroupsAreReadAtTheSameTime(t *testing.T) {
	table := mixedTable(300_000)
	data := written(t, mixed, table, 4096)
	f, err := Open("t", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	sums := make([]float64, f.RowGroups())
	var wg sync.WaitGroup
	for g := range f.RowGroups() {
		wg.Go(func() {
			r, err := f.Read(g, []int{1, 0})
			if err != nil {
				t.Error(err)
				return
			}
			var b column.Batch
			for {
				more, err := r.Next(&b)
				if err != nil {
					t.Error(err)
				}
				if err != nil || !more {
					return
				}
				for _, v := range b.Columns[0].Floats {
					sums[g] += v
				}
			}
		})
	}
	wg.Wait()
	want := make([]float64, f.RowGroups())
	for i, v := range table.Data[1].Floats {
		want[i/GroupRows] += v
	}
	for g := range want {
		if sums[g] != want[g] {
			t.Errorf("row group %d sums to %v, want %v", g+1, sums[g], want[g])
		}
	}
}

// The calls that start goroutines of their own inside the library, where a bad file kills the process, are used in tests only.
func TestNothingDecodesOutOfReachOfARecover(t *testing.T) {
	banned := []string{"ReadTable", "GetRecordReader", "GetFieldReader", "GetFieldReaders", "NewRecordReader", "OpenParquetFile", "ReadByNumber"}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range tree.Imports {
			if strings.Contains(imp.Path.Value, "pqarrow") || strings.Contains(imp.Path.Value, "errgroup") {
				t.Errorf("%s imports %s", e.Name(), imp.Path.Value)
			}
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s starts a goroutine", e.Name())
			case *ast.SelectorExpr:
				for _, b := range banned {
					if n.Sel.Name == b {
						t.Errorf("%s calls %s", e.Name(), b)
					}
				}
			}
			return true
		})
	}
}
