package parquet

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// oneColumn is a file of one required column x with the given values, whatever its Parquet type.
func oneColumn(t testing.TB, n schema.Node, values any, props ...parquet.WriterProperty) []byte {
	t.Helper()
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Required, schema.FieldList{n}, -1)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	w := file.NewParquetWriter(&buf, root, file.WithWriterProps(parquet.NewWriterProperties(props...)))
	g := w.AppendRowGroup()
	cw, err := g.NextColumn()
	if err != nil {
		t.Fatal(err)
	}
	switch cw := cw.(type) {
	case *file.Float64ColumnChunkWriter:
		_, err = cw.WriteBatch(values.([]float64), nil, nil)
	case *file.Float32ColumnChunkWriter:
		_, err = cw.WriteBatch(values.([]float32), nil, nil)
	case *file.Int32ColumnChunkWriter:
		_, err = cw.WriteBatch(values.([]int32), nil, nil)
	case *file.Int64ColumnChunkWriter:
		_, err = cw.WriteBatch(values.([]int64), nil, nil)
	case *file.Int96ColumnChunkWriter:
		_, err = cw.WriteBatch(values.([]parquet.Int96), nil, nil)
	case *file.BooleanColumnChunkWriter:
		_, err = cw.WriteBatch(values.([]bool), nil, nil)
	case *file.FixedLenByteArrayColumnChunkWriter:
		_, err = cw.WriteBatch(values.([]parquet.FixedLenByteArray), nil, nil)
	case *file.ByteArrayColumnChunkWriter:
		var in []parquet.ByteArray
		for _, s := range values.([]string) {
			in = append(in, parquet.ByteArray(s))
		}
		_, err = cw.WriteBatch(in, nil, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	cw.Close()
	g.Close()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func logical(p parquet.Type, l schema.LogicalType) schema.Node {
	return schema.Must(schema.NewPrimitiveNodeLogical("x", parquet.Repetitions.Required, l, p, -1, -1))
}

// typeCases has a column for every way in which a canonical type may arrive, and what its values become.
var typeCases = []struct {
	name   string
	node   schema.Node
	values any
	as     lca.FieldType
	want   []any
}{
	{"a double", logical(parquet.Types.Double, nil), []float64{1.5, -0.25}, lca.Number, []any{1.5, -0.25}},
	{"a float", logical(parquet.Types.Float, nil), []float32{1.5, 0.1}, lca.Number, []any{1.5, float64(float32(0.1))}},
	{"a plain 32-bit integer as a number", logical(parquet.Types.Int32, nil), []int32{7, -7}, lca.Number, []any{7.0, -7.0}},
	{"an unsigned 32-bit integer", logical(parquet.Types.Int32, schema.NewIntLogicalType(32, false)), []int32{-1}, lca.Integer, []any{4294967295.0}},
	{"an 8-bit integer", logical(parquet.Types.Int32, schema.NewIntLogicalType(8, true)), []int32{-128}, lca.Integer, []any{-128.0}},
	{"the largest whole number of a float64", logical(parquet.Types.Int64, nil), []int64{1 << 53, -1 << 53}, lca.Integer, []any{9007199254740992.0, -9007199254740992.0}},
	{"an unsigned 64-bit integer", logical(parquet.Types.Int64, schema.NewIntLogicalType(64, false)), []int64{12}, lca.Number, []any{12.0}},
	{"a decimal in 32 bits", logical(parquet.Types.Int32, schema.NewDecimalLogicalType(9, 2)), []int32{12345, -5}, lca.Number, []any{123.45, -0.05}},
	{"a decimal in 64 bits", logical(parquet.Types.Int64, schema.NewDecimalLogicalType(18, 6)), []int64{1}, lca.Number, []any{0.000001}},
	{"a whole decimal as an integer", logical(parquet.Types.Int64, schema.NewDecimalLogicalType(18, 1)), []int64{120}, lca.Integer, []any{12.0}},
	{"a whole double as an integer", logical(parquet.Types.Double, nil), []float64{2024}, lca.Integer, []any{2024.0}},
	{"a string", logical(parquet.Types.ByteArray, schema.StringLogicalType{}), []string{"é", "", "é"}, lca.Text, []any{"é", "", "é"}},
	{"an enum", logical(parquet.Types.ByteArray, schema.EnumLogicalType{}), []string{"a"}, lca.Text, []any{"a"}},
	{"bytes without a logical type", logical(parquet.Types.ByteArray, nil), []string{"a"}, lca.Text, []any{"a"}},
	// 2024-03-01 is day 19783: 54 years of 365 days, 13 leap days, 31 + 29 days
	{"a date", logical(parquet.Types.Int32, schema.DateLogicalType{}), []int32{19783, -1}, lca.Date, []any{19783.0, -1.0}},
	{"a timestamp in milliseconds", logical(parquet.Types.Int64, schema.NewTimestampLogicalType(true, schema.TimeUnitMillis)), []int64{86_400_000 * 3 / 2, -1_800_000}, lca.Date, []any{1.5, -1.0 / 48}},
	{"a timestamp in microseconds", logical(parquet.Types.Int64, schema.NewTimestampLogicalType(false, schema.TimeUnitMicros)), []int64{19783 * 86_400_000_000}, lca.Date, []any{19783.0}},
	{"a timestamp in nanoseconds", logical(parquet.Types.Int64, schema.NewTimestampLogicalType(true, schema.TimeUnitNanos)), []int64{19783*86_400_000_000_000 + 21_600_000_000_000}, lca.Date, []any{19783.25}},
	{"a truth value", logical(parquet.Types.Boolean, nil), []bool{true, false}, lca.Boolean, []any{true, false}},
}

func TestEveryAcceptedTypeIsConvertedExactly(t *testing.T) {
	for _, tc := range typeCases {
		t.Run(tc.name, func(t *testing.T) {
			var want [][]any
			for _, v := range tc.want {
				want = append(want, []any{v})
			}
			same(t, cells(t, oneColumn(t, tc.node, tc.values), tc.as), want)
		})
	}
}

// The table that documents the types and the one that the reader uses say the same, and the cases above leave none of it out.
func TestTheTableOfTypesIsWhatTheReaderDoes(t *testing.T) {
	tested := map[lca.FieldType]map[carrier]bool{}
	for _, tc := range typeCases {
		f, err := Open("t", bytes.NewReader(oneColumn(t, tc.node, tc.values)), int64(len(oneColumn(t, tc.node, tc.values))))
		if err != nil {
			t.Fatal(err)
		}
		c := f.Columns()[0]
		for as := lca.Number; as <= lca.Boolean; as++ {
			documented := false
			for _, a := range AcceptedTypes {
				name, _, _ := strings.Cut(c.Logical, "(")
				if l := strings.ToUpper(name); a.Type == as && strings.Contains(a.Physical, c.Physical) && (strings.Contains(a.Logical, l) || l == "NONE" && strings.Contains(a.Logical, "none")) {
					documented = true
				}
			}
			if documented != c.Accepts(as) {
				t.Errorf("%s (%s) as %s: documented %v, accepted %v", c.Physical, c.Logical, as, documented, c.Accepts(as))
			}
			if c.Accepts(as) {
				if tested[as] == nil {
					tested[as] = map[carrier]bool{}
				}
				tested[as][c.as] = true
			}
		}
	}
	for as, carriers := range carried {
		for _, c := range carriers {
			if !tested[as][c] {
				t.Errorf("no case reads %s from carrier %d", as, c)
			}
		}
	}
}

func TestAValueThatCannotBeTakenIsRefusedAtItsRow(t *testing.T) {
	for name, tc := range map[string]struct {
		node   schema.Node
		values any
		as     lca.FieldType
		want   string
	}{
		"NaN": {logical(parquet.Types.Double, nil), []float64{1, math.NaN()}, lca.Number,
			"t row 2 column x: NaN is not a number that can be calculated with; leave the value out where it is not known [bad-value]"},
		"infinity": {logical(parquet.Types.Float, nil), []float32{1, float32(math.Inf(-1))}, lca.Number,
			"t row 2 column x: -Inf is not a number that can be calculated with; leave the value out where it is not known [bad-value]"},
		"an integer beyond 2^53": {logical(parquet.Types.Int64, nil), []int64{0, 0, 1<<53 + 1}, lca.Integer,
			"t row 3 column x: 9007199254740993 is beyond 2^53: float64 does not hold every whole number there [bad-value]"},
		"an unsigned integer beyond 2^53": {logical(parquet.Types.Int64, schema.NewIntLogicalType(64, false)), []int64{-1}, lca.Number,
			"t row 1 column x: 18446744073709551615 is beyond 2^53: float64 does not hold every whole number there [bad-value]"},
		"half an integer": {logical(parquet.Types.Double, nil), []float64{0.5}, lca.Integer,
			"t row 1 column x: 0.5 is not a whole number within ±2^53 [bad-value]"},
		"a decimal beyond 2^53": {logical(parquet.Types.Int64, schema.NewDecimalLogicalType(18, 2)), []int64{1<<53 + 1}, lca.Number,
			"t row 1 column x: the unscaled decimal 9007199254740993 is beyond 2^53; write the column as DOUBLE [bad-value]"},
		"a date in the year 10000": {logical(parquet.Types.Int32, schema.DateLogicalType{}), []int32{2932897}, lca.Date,
			"t row 1 column x: the date is outside the years 1 to 9999 [bad-value]"},
		"a string that is not UTF-8": {logical(parquet.Types.ByteArray, nil), []string{"\xff"}, lca.Text,
			"t column x: the column cannot be read: row group 1, page 1: a string is not UTF-8 [bad-parquet]"},
		"a string beyond 64 KiB": {logical(parquet.Types.ByteArray, nil), []string{strings.Repeat("x", 1<<16+1)}, lca.Text,
			"t column x: the column cannot be read: row group 1, page 1: a string has 65537 bytes; at most 65536 are read [bad-parquet]"},
	} {
		t.Run(name, func(t *testing.T) {
			data := oneColumn(t, tc.node, tc.values, parquet.WithStats(false))
			f, err := Open("t", bytes.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatal(err)
			}
			r, err := f.ReadAs(0, []int{0}, []lca.FieldType{tc.as})
			if err != nil {
				t.Fatal(err)
			}
			var b column.Batch
			if _, err := r.Next(&b); err == nil || err.Error() != tc.want {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
			if _, again := r.Next(&b); again == nil || again.Error() != tc.want {
				t.Errorf("the next call says %v", again)
			}
		})
	}
}

func TestATypeThatDoesNotFitSaysWhatWould(t *testing.T) {
	int96 := schema.NewInt96Node("x", parquet.Repetitions.Required, -1)
	data := oneColumn(t, int96, make([]parquet.Int96, 1))
	f, err := Open("t", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.ReadAs(0, []int{0}, []lca.FieldType{lca.Date})
	want := "t column x: the column holds INT96 (none); date is needed [bad-type]\n" +
		"   INT96 is long deprecated: write dates as DATE or TIMESTAMP\n" +
		"   accepted: INT32 (DATE), INT64 (TIMESTAMP in ms, us or ns)"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	data = oneColumn(t, logical(parquet.Types.ByteArray, schema.StringLogicalType{}), []string{"12"})
	if f, err = Open("t", bytes.NewReader(data), int64(len(data))); err != nil {
		t.Fatal(err)
	}
	if _, ok := f.Check(0, lca.Text); !ok {
		t.Error("a string is refused as text")
	}
	p, ok := f.Check(0, lca.Number)
	if want := "the column holds BYTE_ARRAY (String); number is needed"; ok || p.Message != want {
		t.Errorf("got %q, want %q", p.Message, want)
	}
}

func TestNestedColumnsAreRefused(t *testing.T) {
	inner := schema.NewFloat64Node("value", parquet.Repetitions.Required, -1)
	group := schema.MustGroup(schema.NewGroupNode("x", parquet.Repetitions.Required, schema.FieldList{inner}, -1))
	repeated := schema.NewFloat64Node("x", parquet.Repetitions.Repeated, -1)
	for _, n := range []schema.Node{group, repeated} {
		root := schema.MustGroup(schema.NewGroupNode("schema", parquet.Repetitions.Required, schema.FieldList{n}, -1))
		var buf bytes.Buffer
		w := file.NewParquetWriter(&buf, root)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := Open("t", bytes.NewReader(buf.Bytes()), int64(buf.Len()))
		if err == nil || !strings.Contains(err.Error(), "is nested or repeated; only flat columns are read [bad-parquet]") {
			t.Errorf("got %v", err)
		}
	}
}

func TestDictionariesOnlyGrow(t *testing.T) {
	table := mixedTable(20_000)
	data := written(t, mixed, table, 4096)
	f, err := Open("t", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Read(0, []int{0, 5})
	if err != nil {
		t.Fatal(err)
	}
	var b column.Batch
	type kept struct {
		dict   *column.Dict
		values []string
	}
	var before []kept
	for {
		more, err := r.Next(&b)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
		for _, k := range before {
			if now := b.Columns[0].Dict.Values[:len(k.values)]; !reflect.DeepEqual(k.dict.Values, k.values) || !reflect.DeepEqual(now, k.values) {
				t.Fatal("a code changed its meaning")
			}
		}
		before = append(before, kept{b.Columns[0].Dict, append([]string(nil), b.Columns[0].Dict.Values...)})
	}
}
