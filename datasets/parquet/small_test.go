package parquet

import (
	"bytes"
	"crypto/sha256"
	"testing"
)

func smallFile(t testing.TB, rows int) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := WriteSmall(&buf, mixed, mixedTable(rows), []KeyValue{{FormatKey, "1"}}); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestTwoImplementationsReadEachOther(t *testing.T) {
	table := mixedTable(3000)
	want := tableCells(table)
	t.Run("written by xitongsys, read by arrow", func(t *testing.T) {
		file := smallFile(t, 3000)
		same(t, cells(t, file), want)
		f, err := Open("s.parquet", bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range f.Columns() {
			if c.Name != mixed[i].Name || c.Type != mixed[i].Type || c.Unit != mixed[i].Unit || c.Nullable == mixed[i].Required {
				t.Errorf("field %+v arrives as %+v", mixed[i], c)
			}
		}
	})
	t.Run("written by arrow, read by xitongsys", func(t *testing.T) {
		got, err := ReadSmall(written(t, mixed, table, 1024), mixed)
		if err != nil {
			t.Fatal(err)
		}
		same(t, tableCells(got), want)
	})
	t.Run("written and read by xitongsys", func(t *testing.T) {
		got, err := ReadSmall(smallFile(t, 3000), mixed)
		if err != nil {
			t.Fatal(err)
		}
		same(t, tableCells(got), want)
	})
}

func TestASmallTableHasOneDigest(t *testing.T) {
	first := sha256.Sum256(smallFile(t, 5000))
	for range 20 {
		if sha256.Sum256(smallFile(t, 5000)) != first {
			t.Fatal("the same table gave other bytes")
		}
	}
}
