package parquet

import (
	"bytes"
	"reflect"
	"testing"
)

type rareRow struct {
	Name  string  `col:"name"`
	Value float64 `col:"value"`
	Apart string  `col:"apart,rare"`
}

// A rare column stands in a table where some row has a text in it, and is read from tables with and without it.
func TestARareColumnStandsWhereSomeRowHasAText(t *testing.T) {
	for what, rows := range map[string][]rareRow{"none has": {{"a", 1, ""}, {"b", 2, ""}}, "one has": {{"a", 1, ""}, {"b", 2, "x"}}, "no rows": nil} {
		var out bytes.Buffer
		if err := WriteRows(&out, rows, nil); err != nil {
			t.Fatal(err)
		}
		f, err := Open("t", bytes.NewReader(out.Bytes()), int64(out.Len()))
		if err != nil {
			t.Fatal(err)
		}
		if has := f.Column("apart") >= 0; has != (what == "one has") {
			t.Errorf("%s: the column stands there: %t", what, has)
		}
		got, err := ReadRows[rareRow](f, 10)
		if err != nil || !reflect.DeepEqual(got, rows) {
			t.Errorf("%s: read %v, %v; wrote %v", what, got, err, rows)
		}
	}
}
