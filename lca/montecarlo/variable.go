package montecarlo

import "math"

var nan = math.NaN()

func sqrt(x float64) float64 { return math.Sqrt(x) }

// inside keeps a uniform number within the open interval, which rounding may leave.
func inside(u float64) float64 {
	return min(max(u, 0x1p-60), 1-0x1p-53)
}

// fill makes draws of a variable from uniform numbers. Where value and median are not 0 a draw is the value times the quantile over the median, so that the
// value may stand in another unit than the distribution and the median of the draws is the value itself; else the quantile less the median is added.
func (v *Variable) fill(u, out []float64) {
	v.Dist.Fill(u, out)
	median, _ := v.Dist.Median()
	lower, upper := math.Inf(-1), math.Inf(1)
	if v.Lower != nil {
		lower = *v.Lower
	}
	if v.Upper != nil {
		upper = *v.Upper
	}
	if v.Point == 0 || median == 0 {
		for k, x := range out {
			out[k] = v.Point + (min(max(x, lower), upper) - median)
		}
		return
	}
	scale := v.Point / median
	for k, x := range out {
		out[k] = float64(min(max(x, lower), upper) * scale)
	}
}
