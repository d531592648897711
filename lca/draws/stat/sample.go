package stat

import (
	"math"
	"slices"
)

// Sample says what a list of draws says. Its memory is used again for the next list; it is not safe for concurrent use.
type Sample struct {
	values    []float64
	mean      float64
	known     map[int]float64 // order statistics by place, from 0
	intervals map[asked]Interval
	counts    []int32 // of buckets
	slots     []int32 // of buckets: 1 + place in gathered; 0: nobody asks
	gather    [][]float64
}

// NewSample makes room for as many draws.
func NewSample(n int) *Sample {
	buckets := min(max(16, n/4), 1<<14)
	return &Sample{known: map[int]float64{}, intervals: map[asked]Interval{}, counts: make([]int32, buckets), slots: make([]int32, buckets)}
}

// Set takes the draws, which must not be changed as long as they are asked about.
func (s *Sample) Set(values []float64) {
	s.values = values
	clear(s.known)
	// Taken from one of them, values that lie close together lose no digits.
	from := values[0]
	s.mean = from + sumFrom(values, from)/float64(len(values))
}

// sumFrom adds up deviations, in four sums that are added at the end.
func sumFrom(values []float64, from float64) float64 {
	var a, b, c, d float64
	k := 0
	for ; k+4 <= len(values); k += 4 {
		x := values[k : k+4 : k+4]
		a += x[0] - from
		b += x[1] - from
		c += x[2] - from
		d += x[3] - from
	}
	for ; k < len(values); k++ {
		a += values[k] - from
	}
	return (a + b) + (c + d)
}

// Mean is the draws' mean.
func (s *Sample) Mean() float64 { return s.mean }

// SD is their standard deviation, of n-1 degrees of freedom; 0 of a single one. What rounding left of the mean is taken out again: Chan, Golub and LeVeque (1983),
// Algorithms for computing the sample variance, The American Statistician 37, 242 to 247, (1.7).
func (s *Sample) SD() float64 {
	if len(s.values) < 2 {
		return 0
	}
	var a, b, c, d float64
	k, mean := 0, s.mean
	for ; k+4 <= len(s.values); k += 4 {
		x := s.values[k : k+4 : k+4]
		p, q, r, t := x[0]-mean, x[1]-mean, x[2]-mean, x[3]-mean
		a += float64(p * p)
		b += float64(q * q)
		c += float64(r * r)
		d += float64(t * t)
	}
	for ; k < len(s.values); k++ {
		p := s.values[k] - mean
		a += float64(p * p)
	}
	n, rest := float64(len(s.values)), sumFrom(s.values, mean)
	return math.Sqrt(max(0, (a+b)+(c+d)-float64(rest*rest)/n) / (n - 1))
}

// Quantiles are those at probabilities, each within 0 and 1, on straight lines between the draws in rising order (Hyndman and Fan's definition 7). Low and high are the ends of intervals that hold the true quantiles with a
// probability of at least level, see QuantileInterval; where there are too few draws for one, the least and the greatest.
func (s *Sample) Quantiles(probabilities []float64, level float64) (quantiles, low, high []float64) {
	n := len(s.values)
	var places []int
	for _, p := range probabilities {
		k, _ := rank(n, p)
		i := s.interval(n, p, level)
		places = append(places, k, min(k+1, n-1), i.Low-1, i.High-1)
	}
	s.place(places)
	quantiles = make([]float64, len(probabilities))
	for i, p := range probabilities {
		_, part := rank(n, p)
		quantiles[i] = between(s.known[places[4*i]], s.known[places[4*i+1]], part)
		low, high = append(low, s.known[places[4*i+2]]), append(high, s.known[places[4*i+3]])
	}
	return quantiles, low, high
}

// asked is an interval that was asked for before.
type asked struct {
	n        int
	p, level float64
}

// interval is that of a quantile; figures after figures ask for the same ones.
func (s *Sample) interval(n int, p, level float64) Interval {
	k := asked{n, p, level}
	i, ok := s.intervals[k]
	if !ok {
		if i, ok = QuantileInterval(n, p, level); !ok {
			i = Interval{Low: 1, High: n}
		}
		s.intervals[k] = i
	}
	return i
}

// place makes the order statistics of the given places known. Values are counted by where they lie between the least and the greatest; those of buckets that hold a
// place are sorted.
func (s *Sample) place(places []int) {
	var want []int
	for _, at := range places {
		if _, ok := s.known[at]; !ok {
			want = append(want, at)
		}
	}
	if len(want) == 0 {
		return
	}
	slices.Sort(want)
	want = slices.Compact(want)
	least, greatest := s.values[0], s.values[0]
	for _, x := range s.values {
		least, greatest = min(least, x), max(greatest, x)
	}
	scale := float64(len(s.counts)) / (greatest - least)
	if !(scale > 0 && scale <= math.MaxFloat64) || math.IsInf(greatest-least, 0) { // all alike, too close together or too far apart, or not all are numbers
		sorted := slices.Clone(s.values)
		slices.Sort(sorted)
		for _, at := range want {
			s.known[at] = sorted[at]
		}
		return
	}
	clear(s.counts)
	last := len(s.counts) - 1
	bucket := func(x float64) int { return min(int(float64((x-least)*scale)), last) }
	for _, x := range s.values {
		s.counts[bucket(x)]++
	}
	type wanted struct{ at, from, slot int }
	var list []wanted
	slots, before, k := 0, 0, 0
	var filled []int
	for i := 0; i <= last && k < len(want); i++ {
		n := int(s.counts[i])
		for ; k < len(want) && want[k] < before+n; k++ {
			if s.slots[i] == 0 {
				slots++
				s.slots[i] = int32(slots)
				filled = append(filled, i)
			}
			list = append(list, wanted{want[k], before, int(s.slots[i]) - 1})
		}
		before += n
	}
	for len(s.gather) < slots {
		s.gather = append(s.gather, nil)
	}
	for i := range slots {
		s.gather[i] = s.gather[i][:0]
	}
	for _, x := range s.values {
		if slot := s.slots[bucket(x)]; slot > 0 {
			s.gather[slot-1] = append(s.gather[slot-1], x)
		}
	}
	for i := range slots {
		slices.Sort(s.gather[i])
	}
	for _, a := range list {
		s.known[a.at] = s.gather[a.slot][a.at-a.from]
	}
	for _, i := range filled {
		s.slots[i] = 0
	}
}
