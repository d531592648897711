package datasets

import (
	"fmt"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// Beyond what is held, equal ids are either both in the table or both not; those held are found with the row that had them first.
func TestATableOfIdsFindsItsDuplicates(t *testing.T) {
	for _, expected := range []int64{0, 1000} {
		table := newIDTable(100, expected)
		found := 0
		for pass := range 2 {
			for i := range 1000 {
				first, twice := table.put(newIDSlot(column.DigestOf(fmt.Sprint("id", i)), place(pass*1000+i+1)))
				if !twice {
					continue
				}
				if found++; pass == 0 || first != place(i+1) {
					t.Fatalf("id%d was found in row %d in pass %d", i, first, pass)
				}
			}
		}
		if table.held > 100 || table.held < 10 || found != table.held {
			t.Errorf("%d held, %d duplicates found", table.held, found)
		}
	}
}

// As long as there is room, the table knows exactly what was put into it, however often it grew.
func TestATableOfIdsGrowsAndLosesNothing(t *testing.T) {
	table := newIDTable(1<<16, 0)
	for i := range 50_000 {
		if _, twice := table.put(newIDSlot(column.DigestOf(fmt.Sprint(i)), place(i+1))); twice {
			t.Fatalf("%d was found before it came", i)
		}
	}
	for i := range 100_000 {
		if got := table.has(column.DigestOf(fmt.Sprint(i))); got != (i < 50_000) {
			t.Fatalf("%d is held: %t", i, got)
		}
	}
}

// Digests made to fall into every class fill table and sample; they must neither grow nor search for ever.
func TestIdsThatNoClassDividesAreHeldInABoundedNumber(t *testing.T) {
	table, sample := newIDTable(100, 0), newSample[int](100)
	for i := range uint64(10_000) {
		k := column.Digest{Hi: i<<placeBits + 1, Lo: i<<placeBits + 1}
		table.put(newIDSlot(k, 1))
		sample.put(k, 0)
	}
	if table.held > 101 || len(table.slots) > 1024 || len(sample.m) > 100 {
		t.Errorf("%d held in %d slots, %d in the sample", table.held, len(table.slots), len(sample.m))
	}
}

func TestASampleHoldsAValueOnceAndThinsWhenItIsFull(t *testing.T) {
	s := newSample[int](100)
	for i := range 1000 {
		k := column.DigestOf(fmt.Sprint(i))
		if held := s.put(k, i); held != (s.class.covers(k)) {
			t.Fatalf("%d is held: %t", i, held)
		}
		if s.put(k, -1) || s.m[k] == -1 {
			t.Fatalf("%d was put twice", i)
		}
	}
	if len(s.m) > 100 || len(s.m) < 10 {
		t.Errorf("%d held", len(s.m))
	}
}
