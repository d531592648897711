package amounts

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Cells do what a map does: one cell for each key, made where there is none.
func TestCellsAreThoseOfTheirKeys(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	number := func(n int) int32 { return int32(r.IntN(n)) - 1 }
	for _, spread := range []int{2, 5, 40} { // few keys that are met often, and many
		var cells Cells
		plain := map[Key]int64{}
		for range 50_000 {
			k := Key{Flow: number(spread), Year: 2020 + number(5), Class: uint8(r.IntN(4)), Status: Status(r.IntN(3)), Group: number(spread), Mono: number(spread), Lookup: number(3), Unless: number(3)}
			if r.IntN(10) == 0 {
				k.Year = 0
			}
			plain[k]++
			cells.Block(k.Status, k.Group, k.Year).Add(k.Flow, k.Class, k.Mono, k.Lookup, k.Unless, Origin{}, 1, true, true)
		}
		if cells.Len() != len(plain) {
			t.Errorf("%d cells of %d keys", cells.Len(), len(plain))
		}
		seen := map[Key]bool{}
		cells.Each(func(k Key, c Cell) {
			if seen[k] || c.Rows != plain[k] || c.Whole != plain[k] || c.Sum.Float64() != float64(plain[k]) {
				t.Fatalf("%+v: %d rows, want %d; seen before: %t", k, c.Rows, plain[k], seen[k])
			}
			seen[k] = true
		})
		if len(seen) != len(plain) {
			t.Errorf("%d of %d cells were visited", len(seen), len(plain))
		}
	}
}

func TestBlocksKeepExtremeKeysApart(t *testing.T) {
	var cells Cells
	keys := []Key{{}, {Year: 9999}, {Year: 1}, {Status: PartOf}, {Group: None}, {Group: 1<<31 - 1}, {Flow: 1<<31 - 1}, {Mono: Refused}, {Lookup: None}, {Unless: None}, {Class: 255}}
	for i, k := range keys {
		cells.Put(k, &Cell{Rows: int64(i + 1)})
	}
	cells.Each(func(k Key, c Cell) {
		if i := slices.Index(keys, k); c.Rows != int64(i+1) {
			t.Errorf("%+v holds %d, want %d", k, c.Rows, i+1)
		}
	})
	if cells.Len() != len(keys) {
		t.Errorf("%d cells, want %d", cells.Len(), len(keys))
	}
}

// A row's further years and terms are not whole, whatever cell they go to.
func TestWholeRowsAreThoseOfAFirstAmount(t *testing.T) {
	var cells Cells
	b := cells.Block(InTotal, 0, 2024)
	b.Add(0, 0, 1, None, None, Origin{Row: 4}, 1, true, true)
	b.Add(0, 0, 1, None, None, Origin{Row: 4}, 1, false, false) // a further term of the same monomial
	b.Add(0, 0, 2, None, None, Origin{Row: 4}, 1, true, false)  // and of another one
	b.Add(0, 0, 1, None, None, Origin{Row: 5}, 1, true, true)
	cells.Each(func(k Key, c Cell) {
		want := Cell{Rows: 2, Whole: 2, First: Origin{Row: 4}}
		if k.Mono == 2 {
			want = Cell{Rows: 1, Whole: 0, First: Origin{Row: 4}}
		}
		if c.Rows != want.Rows || c.Whole != want.Whole || c.First != want.First {
			t.Errorf("%+v: %+v, want %+v", k, c, want)
		}
	})
}

// Adding up a row: sixteen cells of one of 25,000 blocks, in no order.
func BenchmarkCellsOfARow(b *testing.B) {
	var cells Cells
	r := rand.New(rand.NewPCG(3, 4))
	b.ReportAllocs()
	for b.Loop() {
		block := cells.Block(InTotal, int32(r.IntN(5000)), int32(2020+r.IntN(5)))
		variant := int32(r.IntN(4))
		for flow := range int32(16) {
			block.Add(flow, 0, variant, flow, None, Origin{}, 1, true, true)
		}
	}
}
