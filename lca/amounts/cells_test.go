package amounts

import (
	"math/rand/v2"
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
			cells.At(k).Rows++
		}
		if cells.Len() != len(plain) {
			t.Errorf("%d cells of %d keys", cells.Len(), len(plain))
		}
		seen := map[Key]bool{}
		cells.Each(func(k Key, c *Cell) {
			if seen[k] || c.Rows != plain[k] {
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
		cells.At(k).Rows = int64(i + 1)
	}
	for i, k := range keys {
		if got := cells.At(k).Rows; got != int64(i+1) {
			t.Errorf("%+v holds %d, want %d", k, got, i+1)
		}
	}
	if cells.Len() != len(keys) {
		t.Errorf("%d cells, want %d", cells.Len(), len(keys))
	}
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
			block.Cell(flow, 0, variant, flow, None).Rows++
		}
	}
}
