package dist

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// of takes the parameters of a list, in the order of its values. Of a discrete distribution each value stands once.
func (d Dist) of(params []float64) (Dist, error) {
	if d.family == Empirical {
		slices.Sort(params)
		d.list = bytesOf(params)
		return d, nil
	}
	pairs := make([][2]float64, len(params)/2)
	sum := 0.0
	for i := range pairs {
		value, weight := params[2*i], params[2*i+1]
		if weight <= 0 {
			return Dist{}, fmt.Errorf("the weight %v of the value %v is not positive", weight, value)
		}
		sum += weight
		pairs[i] = [2]float64{value, weight}
	}
	if math.IsInf(sum, 0) {
		return Dist{}, fmt.Errorf("the sum of the weights is too large to compute with")
	}
	slices.SortFunc(pairs, func(a, b [2]float64) int { return cmp.Compare(a[0], b[0]) })
	for i, p := range pairs {
		if i > 0 && p[0] == pairs[i-1][0] {
			return Dist{}, fmt.Errorf("the value %v is listed twice: one weight for it", p[0])
		}
		params[2*i], params[2*i+1] = p[0], p[1]
	}
	d.list = bytesOf(params)
	return d, nil
}

func bytesOf(params []float64) string {
	var out []byte
	for _, p := range params {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(p))
	}
	return string(out)
}

// listed is how many parameters a list has.
func (d *Dist) listed() int { return len(d.list) / 8 }

// at is parameter i of a list.
func (d *Dist) at(i int) float64 {
	var bits uint64
	for j := range 8 {
		bits |= uint64(d.list[8*i+j]) << (8 * j)
	}
	return math.Float64frombits(bits)
}

// steps are the values of a list, ascending, and the part of the distribution up to each, which ends at 1.
type steps struct {
	n     int
	value [MaxValues]float64
	upTo  [MaxValues]float64
}

func (d *Dist) steps() (s steps) {
	if d.family == Empirical {
		s.n = d.listed()
		for i := range s.n {
			s.value[i] = d.at(i)
			s.upTo[i] = float64(i+1) / float64(s.n)
		}
		return s
	}
	s.n = d.listed() / 2
	sum := 0.0
	for i := range s.n {
		s.value[i] = d.at(2 * i)
		sum += d.at(2*i + 1)
		s.upTo[i] = sum
	}
	for i := range s.n {
		s.upTo[i] /= sum
	}
	return s
}

// quantile is the least value up to which there is a part u or more of the distribution.
func (s *steps) quantile(u float64) float64 {
	if u != u {
		return u
	}
	for i := range s.n - 1 {
		if u <= s.upTo[i] {
			return s.value[i]
		}
	}
	return s.value[s.n-1]
}

func (s *steps) cdf(x float64) float64 {
	below := 0.0
	for i := 0; i < s.n && s.value[i] <= x; i++ {
		below = s.upTo[i]
	}
	return below
}

func (d *Dist) listMedian() float64 {
	s := d.steps()
	for i := range s.n - 1 {
		if s.upTo[i] == 0.5 {
			return float64(s.value[i]/2) + float64(s.value[i+1]/2)
		}
	}
	return s.quantile(0.5)
}

// moments are the mean and the variance of the listed values.
func (s *steps) moments() (mean, variance float64) {
	part := func(i int) float64 {
		if i == 0 {
			return s.upTo[0]
		}
		return s.upTo[i] - s.upTo[i-1]
	}
	for i := range s.n {
		mean += float64(s.value[i] * part(i))
	}
	for i := range s.n {
		off := s.value[i] - mean
		variance += float64(float64(off*off) * part(i))
	}
	return mean, variance
}
