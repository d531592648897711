package trace

import (
	"math"

	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// Remaining is a node of what a sum has that is not shown: the exact sum, as a value and its remainder. The sum is left empty.
func Remaining(kind Kind, label string, sum *exact.Sum) *Node {
	n := (&Node{Kind: kind, Label: label}).Is(sum.Float64())
	for v := sum.Float64(); v != 0 && v-v == 0; {
		sum.Add(-v)
		if v = sum.Float64(); v != 0 {
			n.Remainder = append(n.Remainder, v)
		}
	}
	return n
}

// AddGrid adds a sum of rows to one of full range, exactly.
func AddGrid(to *exact.Sum, g exact.Grid) {
	for !g.IsZero() {
		v := g.Float64() // a whole number of quanta
		to.Add(v)
		if math.Abs(v) == 1<<63 { // which is out of the range that values may have
			half := float64(v / 2)
			subtract(&g, half)
			v = half
		}
		subtract(&g, v)
	}
}

func subtract(g *exact.Grid, v float64) {
	if err := g.Add(-v); err != nil {
		panic(err) // v is no further from 0 than the sum, save for a rounding, and smaller than its range
	}
}
