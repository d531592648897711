// Package stat describes draws: their mean and standard deviation, their quantiles and how sure these are.
//
// A result depends on the values alone, not on their order nor on how they came in parts, and has the same bits on every machine.
package stat

import (
	"math"
	"slices"
)

// Quantile is the quantile p, 0 to 1, of values in rising order, by definition 7 of R. J. Hyndman and Y. Fan, Sample quantiles in
// statistical packages, The American Statistician 50 (1996): the values stand at the parts 0, 1/(n-1), 2/(n-1), ..., 1, with straight lines
// between. It is NaN of no values.
func Quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	k, part := rank(len(sorted), p)
	return between(sorted[k], sorted[min(k+1, len(sorted)-1)], part)
}

// rank is where the quantile p of n values lies: after value k, counted from 0, by a part of the way to the next.
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

// Quantiles are the quantiles ps of values, each as Quantile's of the sorted ones, NaN where a value is. It changes the order of the values,
// which takes less time than to sort them: about that of reading them a few times.
func Quantiles(values []float64, ps ...float64) []float64 {
	out := make([]float64, len(ps))
	if len(values) == 0 || slices.ContainsFunc(values, math.IsNaN) {
		for i := range out {
			out[i] = math.NaN()
		}
		return out
	}
	var ranks []int
	for _, p := range ps {
		if p >= 0 && p <= 1 {
			k, _ := rank(len(values), p)
			ranks = append(ranks, k, min(k+1, len(values)-1))
		}
	}
	slices.Sort(ranks)
	selectRanks(values, 0, slices.Compact(ranks), 0)
	for i, p := range ps {
		out[i] = Quantile(values, p)
	}
	return out
}

// selectRanks moves values so that those of the ranks stand where they would in order, none before them greater, none after less. values are
// those from rank offset on. It is C. A. R. Hoare's Find (CACM 4, 1961) for several ranks at once; parts that do not shrink are sorted.
func selectRanks(values []float64, offset int, ranks []int, depth int) {
	for len(ranks) > 0 {
		if len(values) <= 32 || depth > 100 {
			slices.Sort(values)
			return
		}
		depth++
		less, equal := part(values, pivot(values))
		// ranks of the lesser, of the equal, which stand, and of the greater
		i, _ := slices.BinarySearch(ranks, offset+less)
		j, _ := slices.BinarySearch(ranks, offset+less+equal)
		selectRanks(values[:less], offset, ranks[:i], depth)
		values, offset, ranks = values[less+equal:], offset+less+equal, ranks[j:]
	}
}

// pivot is the median of three medians of three.
func pivot(values []float64) float64 {
	step := len(values) / 9
	at := func(i int) float64 { return values[i*step+step/2] }
	median := func(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }
	return median(median(at(0), at(1), at(2)), median(at(3), at(4), at(5)), median(at(6), at(7), at(8)))
}

// part moves the values below the pivot to the front and those above it to the end.
func part(values []float64, pivot float64) (less, equal int) {
	next, end := 0, len(values)
	for next < end {
		switch v := values[next]; {
		case v < pivot:
			values[less], values[next] = v, values[less]
			less++
			next++
		case v > pivot:
			end--
			values[next], values[end] = values[end], v
		default:
			next++
		}
	}
	return less, end - less
}
