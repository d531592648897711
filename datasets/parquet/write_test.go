package parquet

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// mixed is one column of each type, some of them with missing values.
var mixed = []lca.Field{
	{Name: "id", Type: lca.Text, Required: true},
	{Name: "energy", Type: lca.Number, Unit: "kWh"},
	{Name: "year", Type: lca.Integer},
	{Name: "started", Type: lca.Date},
	{Name: "metered", Type: lca.Boolean},
	{Name: "region", Type: lca.Text},
}

// mixedTable has rows of distinct floats, repeated and distinct strings, and gaps at other places in each column.
func mixedTable(rows int) *column.Table {
	b := NewBuilder(mixed)
	regions := []string{"FRA", "USA", "", "Îles Åland", "CHN"}
	for i := range rows {
		b.Text(0, fmt.Sprintf("run-%07d", i))
		gap := func(col, every int, put func()) {
			if i%every == every-1 {
				b.Missing(col)
			} else {
				put()
			}
		}
		gap(1, 7, func() { b.Number(1, float64(i)*1.0000001+1/float64(i+3)) })
		gap(2, 11, func() { b.Number(2, float64(2000+i%26)) })
		gap(3, 5, func() { b.Number(3, float64(i%20000-3000)) })
		gap(4, 13, func() { b.Truth(4, i%3 == 0) })
		gap(5, 17, func() { b.Text(5, regions[i%len(regions)]) })
	}
	return b.Table()
}

// batches cuts a table into batches of at most n rows.
func batches(t *column.Table, n int) []*column.Batch {
	var out []*column.Batch
	for from := 0; from < t.Rows; from += n {
		to := min(from+n, t.Rows)
		b := &column.Batch{Rows: to - from}
		for _, c := range t.Data {
			part := column.Column{Type: c.Type, Dict: c.Dict}
			switch c.Type {
			case column.Float:
				part.Floats = c.Floats[from:to]
			case column.String:
				part.Codes = c.Codes[from:to]
			case column.Bool:
				part.Bools = c.Bools[from:to]
			}
			if c.Valid != nil {
				part.Valid = column.NewBitmap(to - from)
				for i := from; i < to; i++ {
					if c.Valid.Get(i) {
						part.Valid.Set(i - from)
					}
				}
			}
			b.Columns = append(b.Columns, part)
		}
		out = append(out, b)
	}
	return out
}

// written is a table as a file.
func written(t testing.TB, fields []lca.Field, table *column.Table, batch int, meta ...KeyValue) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := Create(&buf, fields, meta)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches(table, batch) {
		if err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// cell is a value for comparison: nil where it is missing.
func cell(c *column.Column, row int) any {
	if !c.Valid.Get(row) {
		return nil
	}
	switch c.Type {
	case column.String:
		return c.Dict.Values[c.Codes[row]]
	case column.Bool:
		return c.Bools[row]
	}
	return c.Floats[row]
}

// cells reads all rows of a file through Open and Next, and sees to it that its strings have their digests.
func cells(t testing.TB, file []byte, types ...lca.FieldType) [][]any {
	t.Helper()
	f, err := Open("t.parquet", bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	all := make([]int, len(f.Columns()))
	for i := range all {
		all[i] = i
	}
	if types == nil {
		for _, c := range f.Columns() {
			types = append(types, c.Type)
		}
	}
	var wanted []Wanted // the texts once more
	var texts []int
	for i, as := range types {
		if as == lca.Text {
			wanted, texts = append(wanted, Wanted{i, as, true}), append(texts, i)
		}
	}
	var out [][]any
	for g := range f.RowGroups() {
		r, err := f.ReadAs(g, all, types)
		if err != nil {
			t.Fatal(err)
		}
		digests, err := f.ReadColumns(g, wanted)
		if err != nil {
			t.Fatal(err)
		}
		var d column.Batch
		var b column.Batch
		for {
			more, err := r.Next(&b)
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				break
			}
			if _, err := digests.Next(&d); err != nil {
				t.Fatal(err)
			}
			for k, i := range texts {
				for row := range b.Rows {
					var want column.Digest
					if text, ok := cell(&b.Columns[i], row).(string); ok {
						want = column.DigestOf(text)
					}
					if got := d.Columns[k].Digests[row]; got != want || d.Columns[k].Valid.Get(row) != b.Columns[i].Valid.Get(row) {
						t.Fatalf("%s has the digest %x in row %d, want %x", f.Columns()[i].Name, got, b.First+int64(row), want)
					}
				}
			}
			if b.First != int64(len(out)+1) {
				t.Fatalf("a batch begins at row %d after %d rows", b.First, len(out))
			}
			for i := range b.Rows {
				row := make([]any, len(b.Columns))
				for k := range b.Columns {
					row[k] = cell(&b.Columns[k], i)
				}
				out = append(out, row)
			}
		}
		if err := errors.Join(r.Close(), digests.Close()); err != nil { // the next row group is read into the same memory
			t.Fatal(err)
		}
	}
	return out
}

func tableCells(t *column.Table) [][]any {
	out := make([][]any, t.Rows)
	for i := range out {
		for k := range t.Data {
			out[i] = append(out[i], cell(&t.Data[k], i))
		}
	}
	return out
}

func same(t *testing.T, got, want [][]any) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range got {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("row %d is %v, want %v", i+1, got[i], want[i])
		}
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	table := mixedTable(300_000) // three row groups, many batches and pages
	file := written(t, mixed, table, 5000, KeyValue{FormatKey, "1"}, KeyValue{"study", "x"})
	same(t, cells(t, file), tableCells(table))
	f, err := Open("t.parquet", bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if f.RowGroups() != 3 || f.Rows() != 300_000 || f.RowGroupRows(2) != 300_000-2*GroupRows {
		t.Errorf("%d row groups, %d rows, %d in the third", f.RowGroups(), f.Rows(), f.RowGroupRows(2))
	}
	want := []KeyValue{{"ailca.unit.energy", "kWh"}, {FormatKey, "1"}, {"study", "x"}}
	if !reflect.DeepEqual(f.Metadata(), want) {
		t.Errorf("metadata %v, want %v", f.Metadata(), want)
	}
	if c := f.Columns()[1]; c.Unit != "kWh" || !c.Nullable || c.Type != lca.Number {
		t.Errorf("column %+v", c)
	}
}

func TestBytesDependOnTheTableAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes hundreds of megabytes on one goroutine")
	}
	table := mixedTable(300_000)
	digests := map[[32]byte][]string{}
	for i := range 20 {
		batch := []int{777, 1024, 10_000}[i%3]
		d := sha256.Sum256(written(t, mixed, table, batch))
		digests[d] = append(digests[d], fmt.Sprintf("%d in batches of %d", i+1, batch))
	}
	if len(digests) != 1 {
		t.Errorf("one table has %d digests: %v", len(digests), digests)
	}
}

// Distinct texts of more than a dictionary holds: row groups end early, where the texts alone say so.
func TestManyLongTextsHaveOneDigest(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes hundreds of megabytes on one goroutine")
	}
	fields := []lca.Field{{Name: "text", Type: lca.Text, Required: true}, {Name: "number", Type: lca.Number}}
	b := NewBuilder(fields)
	const rows = 6000
	for i := range rows {
		b.Text(0, fmt.Sprintf("%06d", i)+strings.Repeat("x", 16<<10))
		b.Number(1, float64(i))
	}
	table := b.Table()
	digests := map[[32]byte]bool{}
	for _, batch := range []int{100, 256, 1000, rows} {
		file := written(t, fields, table, batch)
		digests[sha256.Sum256(file)] = true
		f, err := Open("t", bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		if f.Rows() != rows || f.RowGroups() < 3 || f.RowGroupRows(0)%cutStep != 0 {
			t.Errorf("batches of %d: %d rows in %d row groups, %d in the first", batch, f.Rows(), f.RowGroups(), f.RowGroupRows(0))
		}
	}
	if len(digests) != 1 {
		t.Errorf("one table has %d digests", len(digests))
	}
}

func TestAValueThatAFieldCannotHoldIsNotWritten(t *testing.T) {
	nan := 0.0
	nan /= nan
	for name, tc := range map[string]struct {
		field lca.Field
		value float64
		gap   bool
		want  string
	}{
		"a missing required value":  {lca.Field{Name: "x", Required: true}, 0, true, "parquet: row 2 column x: a value is required"},
		"NaN":                       {lca.Field{Name: "x"}, nan, false, "parquet: row 2 column x: NaN is not finite"},
		"half an integer":           {lca.Field{Name: "x", Type: lca.Integer}, 2.5, false, "parquet: row 2 column x: 2.5 is not a whole number within ±2^53"},
		"an integer beyond 2^53":    {lca.Field{Name: "x", Type: lca.Integer}, 1 << 54, false, "parquet: row 2 column x: 1.8014398509481984e+16 is not a whole number within ±2^53"},
		"a date with a time of day": {lca.Field{Name: "x", Type: lca.Date}, 19000.5, false, "parquet: row 2 column x: day 19000.5 is not a whole day of the years 1 to 9999"},
	} {
		t.Run(name, func(t *testing.T) {
			b := NewBuilder([]lca.Field{tc.field})
			b.Number(0, 1)
			if tc.gap {
				b.Missing(0)
			} else {
				b.Number(0, tc.value)
			}
			table := b.Table()
			w, err := Create(&bytes.Buffer{}, []lca.Field{tc.field}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Write(batches(table, 10)[0]); err == nil || err.Error() != tc.want {
				t.Errorf("got %v, want %s", err, tc.want)
			}
			if err := w.Close(); err == nil {
				t.Error("Close finished a table that lacks a row")
			}
			small := WriteSmall(&bytes.Buffer{}, []lca.Field{tc.field}, table, nil)
			if small == nil || small.Error() != tc.want {
				t.Errorf("the small writer says %v, want %s", small, tc.want)
			}
		})
	}
}

func TestAFailingDiskIsAnErrorNotAPanic(t *testing.T) {
	table := mixedTable(20_000)
	whole := len(written(t, mixed, table, 4096))
	for _, room := range []int{0, 3, 4, 1000, whole / 2, whole - 1} {
		w, err := Create(&full{room: room}, mixed, nil)
		if err == nil {
			for _, b := range batches(table, 4096) {
				if err = w.Write(b); err != nil {
					break
				}
			}
			if e := w.Close(); err == nil {
				err = e
			}
		}
		if err == nil {
			t.Errorf("a disk with room for %d of %d bytes gave no error", room, whole)
		} else if room >= 4 && err.Error() != "parquet: no space left on device" {
			t.Errorf("with room for %d bytes the error is %v", room, err)
		}
	}
}

// full is a disk that takes room bytes.
type full struct{ room int }

func (d *full) Write(b []byte) (int, error) {
	if len(b) > d.room {
		n := d.room
		d.room = 0
		return n, fmt.Errorf("no space left on device")
	}
	d.room -= len(b)
	return len(b), nil
}

type resultRow struct {
	Study    string   `col:"study"`
	Year     int      `col:"year"`
	Value    float64  `col:"value"`
	P05      *float64 `col:"p05"`
	Rows     int64    `col:"rows"`
	Complete bool     `col:"complete"`
	private  int
}

func TestRowsOfResultsSurviveTheFile(t *testing.T) {
	low := 0.25
	rows := []resultRow{{"a", 2025, 1.5, &low, 7, true, 0}, {"", 0, -1, nil, 0, false, 0}}
	var buf bytes.Buffer
	if err := WriteRows(&buf, rows, []KeyValue{{FormatKey, "1"}}); err != nil {
		t.Fatal(err)
	}
	want := [][]any{{"a", 2025.0, 1.5, 0.25, 7.0, true}, {nil, 0.0, -1.0, nil, 0.0, false}}
	same(t, cells(t, buf.Bytes()), want)
	f, err := Open("r.parquet", bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadRows[resultRow](f, 10)
	if err != nil || !reflect.DeepEqual(got, rows) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := ReadRows[resultRow](f, 1); err == nil || err.Error() != "r.parquet: the table has 2 rows; at most 1 are read [too-large]" {
		t.Errorf("got %v", err)
	}
	type other struct {
		Study string `col:"study"`
		Unit  string `col:"unit"`
	}
	if _, err := ReadRows[other](f, 10); err == nil || err.Error() != `r.parquet: the column "unit" is missing [missing-column]` {
		t.Errorf("got %v", err)
	}
}

func TestATableOfNoRowsIsAFile(t *testing.T) {
	for name, file := range map[string][]byte{
		"arrow": written(t, mixed, mixedTable(0), 10),
		"small": func() []byte {
			var buf bytes.Buffer
			if err := WriteSmall(&buf, mixed, mixedTable(0), nil); err != nil {
				t.Fatal(err)
			}
			return buf.Bytes()
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			if got := cells(t, file); len(got) != 0 {
				t.Errorf("%d rows", len(got))
			}
		})
	}
}
