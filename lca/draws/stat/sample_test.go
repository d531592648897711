package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestASampleHasTheMomentsThatNISTCertifies(t *testing.T) {
	for _, r := range references(t) {
		s := NewSample(len(r.values))
		s.Set(r.values)
		if mean, sd := digitsOf(s.Mean(), r.mean), digitsOf(s.SD(), r.sd); mean < 14 || sd < 8 {
			t.Errorf("%s: mean %v to %.1f digits, standard deviation %v to %.1f", r.name, s.Mean(), mean, s.SD(), sd)
		}
	}
}

func TestQuantilesAreThoseOfTheSortedSample(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	shapes := map[string]func() float64{
		"even": r.Float64, "heavy tail": func() float64 { return math.Exp(5 * r.NormFloat64()) }, "ties": func() float64 { return float64(r.IntN(5)) },
		"one value": func() float64 { return 3 }, "tiny": func() float64 { return 5e-324 * float64(r.IntN(9)) }, "huge": func() float64 { return (r.Float64() - 0.5) * math.MaxFloat64 * 1.9 },
	}
	for name, shape := range shapes {
		for _, n := range []int{1, 2, 3, 100, 101, 5000} {
			values := make([]float64, n)
			for i := range values {
				values[i] = shape()
			}
			s := NewSample(n)
			s.Set(values)
			p := []float64{0.001, 0.05, 0.25, 0.5, 0.95, 0.999}
			got, low, high := s.Quantiles(p, 0.95)
			sorted := slices.Sorted(slices.Values(values))
			for i := range p {
				at := p[i] * float64(n-1)
				k := int(at)
				want := sorted[k]
				if next := sorted[min(k+1, n-1)]; next != want {
					want += (at - float64(k)) * (next - want)
				}
				if got[i] != want {
					t.Errorf("%s, %d values: quantile %v is %v, want %v", name, n, p[i], got[i], want)
				}
				if !(low[i] <= got[i] && got[i] <= high[i]) {
					t.Errorf("%s, %d values: quantile %v = %v is outside its own interval %v to %v", name, n, p[i], got[i], low[i], high[i])
				}
			}
		}
	}
}
