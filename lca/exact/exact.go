// Package exact adds numbers so that order does not matter: any order, split and merging of the same values gives the same bits.
//
// Float64 addition rounds at each step, and ten orders of the same rows give ten totals. Two accumulators round once, at the end:
//
//   - Grid, 24 bytes, for sums in groups: 192-bit fixed point with the quantum 2^-128. A value is rounded to the grid as it enters.
//   - Sum, about 550 bytes, for adding cells: every finite float64 is held exactly.
//
// The quantum of Grid is a constant, never chosen from the data. Whoever sums fixes a unit whose amounts fit; see Grid.
package exact

import "errors"

// Errors of Grid. Neither allocates, and the grid is left as it was.
var (
	// ErrOverflow says that a value or a sum is not within ±2^63 (9.2e18).
	ErrOverflow = errors.New("a sum leaves the range of ±2^63")
	// ErrNotFinite says that a value is NaN or infinite.
	ErrNotFinite = errors.New("a value to be summed is not a finite number")
)

// Total is the exact sum of values, rounded once to the nearest float64, half to even. See Sum.Float64 for values that are not
// finite and sums beyond math.MaxFloat64.
func Total(values []float64) float64 {
	var s Sum
	for _, x := range values {
		s.Add(x)
	}
	return s.Float64()
}
