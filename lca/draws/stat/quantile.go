// Package stat describes draws: their mean and standard deviation, their quantiles and how sure these are.
//
// A result depends on the values and, in the last bits of a mean and a deviation, on their order; it has the same bits on every machine.
package stat

import "math"

// rank is where the quantile p, 0 to 1, of n values in rising order lies: after value k, counted from 0, by a part of the way to the next. It is definition 7 of
// R. J. Hyndman and Y. Fan, Sample quantiles in statistical packages, The American Statistician 50 (1996): the values stand at the parts 0, 1/(n-1), 2/(n-1), ..., 1,
// with straight lines between.
func rank(n int, p float64) (k int, part float64) {
	h := float64(float64(n-1) * p)
	floor := math.Floor(h)
	return int(floor), h - floor
}

// between is a part of the way from a to b, which may be far apart.
func between(a, b, part float64) float64 {
	switch {
	case part == 0 || a == b:
		return a
	case math.IsInf(b-a, 0) && !math.IsInf(a, 0) && !math.IsInf(b, 0):
		return float64(a*(1-part)) + float64(b*part)
	}
	return min(a+float64(part*(b-a)), b)
}
