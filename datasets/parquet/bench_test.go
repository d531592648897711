package parquet

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// BenchmarkRead reads a row group by each decoder; snappy where nothing else is said.
func BenchmarkRead(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	doubles, few, whole, seconds, truths := make([]float64, GroupRows), make([]float64, GroupRows), make([]int64, GroupRows), make([]int64, GroupRows), make([]bool, GroupRows)
	var singles []float32
	var days, cents []int32
	var regions, models, ids, constant []string
	for i := range doubles {
		doubles[i] = float64(random.IntN(1000003)) / 1000.3
		few[i] = float64(random.IntN(4001))
		whole[i] = int64(2020 + random.IntN(5))
		seconds[i] = 1_600_000_000_000_000 + random.Int64N(1_000_000_000_000)
		truths[i] = random.IntN(3) == 0
		singles = append(singles, float32(doubles[i]))
		days, cents = append(days, int32(random.IntN(20000))), append(cents, int32(random.IntN(100000)))
		regions = append(regions, fmt.Sprint("region-", random.IntN(10)))
		models = append(models, fmt.Sprint("model-", random.IntN(500)))
		ids = append(ids, fmt.Sprint("d", 5_000_000+i))
		constant = append(constant, "volume")
	}
	plain := parquet.WithDictionaryDefault(false)
	snappy := parquet.WithCompression(compress.Codecs.Snappy)
	number, text := logical(parquet.Types.Double, nil), logical(parquet.Types.ByteArray, schema.StringLogicalType{})
	for _, bm := range []struct {
		name   string
		node   schema.Node
		values any
		props  []parquet.WriterProperty
	}{
		{"doubles, uncompressed", number, doubles, []parquet.WriterProperty{plain}},
		{"doubles", number, doubles, []parquet.WriterProperty{plain, snappy}},
		{"doubles of a dictionary", number, few, []parquet.WriterProperty{snappy}},
		{"floats", logical(parquet.Types.Float, nil), singles, []parquet.WriterProperty{plain, snappy}},
		{"integers of a dictionary", logical(parquet.Types.Int64, nil), whole, []parquet.WriterProperty{snappy}},
		{"integers", logical(parquet.Types.Int64, nil), whole, []parquet.WriterProperty{plain, snappy}},
		{"dates", logical(parquet.Types.Int32, schema.DateLogicalType{}), days, []parquet.WriterProperty{plain, snappy}},
		{"decimals", logical(parquet.Types.Int32, schema.NewDecimalLogicalType(9, 2)), cents, []parquet.WriterProperty{plain, snappy}},
		{"timestamps", logical(parquet.Types.Int64, schema.NewTimestampLogicalType(true, schema.TimeUnitMicros)), seconds, []parquet.WriterProperty{plain, snappy}},
		{"truth values", logical(parquet.Types.Boolean, nil), truths, []parquet.WriterProperty{snappy}},
		{"10 strings", text, regions, []parquet.WriterProperty{snappy}},
		{"500 strings", text, models, []parquet.WriterProperty{snappy}},
		{"one string", text, constant, []parquet.WriterProperty{snappy}},
		{"distinct strings", text, ids, []parquet.WriterProperty{plain, snappy}},
		{"distinct strings as digests", text, ids, []parquet.WriterProperty{plain, snappy}},
	} {
		data := oneColumn(b, bm.node, bm.values, append(bm.props, parquet.WithStats(false), parquet.WithDictionaryPageSizeLimit(64<<20))...)
		b.Run(bm.name, func(b *testing.B) {
			benchmarkChunk(b, data, bm.name == "distinct strings as digests")
		})
	}
	b.Run("doubles with gaps", func(b *testing.B) {
		benchmarkChunk(b, written(b, mixed[1:2], onlyColumn(mixedTable(GroupRows), 1), 4096), false)
	})
}

func onlyColumn(t *column.Table, i int) *column.Table {
	return &column.Table{Rows: t.Rows, Names: t.Names[i : i+1], Data: t.Data[i : i+1]}
}

func benchmarkChunk(b *testing.B, data []byte, digest bool) {
	f, err := Open("t", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if rows, err := drainColumn(f, 0, Wanted{0, f.Columns()[0].Type, digest}); err != nil || rows != GroupRows {
			b.Fatal(rows, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/GroupRows, "ns/row")
}
