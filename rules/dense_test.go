package rules

import (
	"math/rand/v2"
	"testing"
)

// Tables and the map behind them remember each combination once, whatever the numbers are, and stay within their bound.
func TestCombinationsAreMetOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ names, others, rows int }{{5, 3, 2000}, {400, 400, 100_000}, {1 << 30, 2, 2000}, {maxDense + 3, 100, 20_000}} {
		var d dense
		made, want := int32(0), map[[3]int32]int32{}
		names, others, years, out := make([]int32, c.rows), make([]int32, c.rows), make([]int32, c.rows), make([]int32, c.rows)
		for range 2 { // a second batch meets most of them again
			for i := range names {
				names[i], others[i], years[i] = int32(r.IntN(c.names))-1, int32(r.IntN(c.others))-1, int32(2020+r.IntN(3))
			}
			d.each(names, others, years, out, func(row int) int32 {
				made++
				want[[3]int32{names[row], others[row], years[row]}] = made
				return made
			})
			for i := range out {
				if n := want[[3]int32{names[i], others[i], years[i]}]; out[i] != n {
					t.Fatalf("%+v: row %d is %d, want %d", c, i, out[i], n)
				}
			}
		}
		if int(made) != len(want) || d.size > maxTables {
			t.Errorf("%+v: %d made of %d, %d entries", c, made, len(want), d.size)
		}
		if c.names > maxDense && len(d.beyond) == 0 {
			t.Errorf("%+v: nothing is beyond the tables", c)
		}
	}
}
