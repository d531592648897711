package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The worked numbers: of 1, 2, 4, 8, 16 the quantile p lies at 4p: 0.3 at 1.2, between 2 and 4.
func TestAQuantileIsOfType7(t *testing.T) {
	quantile := func(p float64, values ...float64) float64 {
		s := NewSample(len(values))
		s.Set(values)
		q, _, _ := s.Quantiles([]float64{p}, 0.95)
		return q[0]
	}
	for p, want := range map[float64]float64{0: 1, 0.25: 2, 0.3: 2.4, 0.5: 4, 0.75: 8, 0.95: 14.4, 1: 16} {
		if got := quantile(p, 16, 2, 8, 1, 4); math.Abs(got-want) > 1e-14 {
			t.Errorf("the quantile %v is %v, not %v", p, got, want)
		}
	}
	if got := quantile(0.9, 3); got != 3 {
		t.Errorf("the quantile of one value is %v", got)
	}
	if got := quantile(0.5, -math.MaxFloat64, math.MaxFloat64); got != 0 {
		t.Errorf("between the ends of all numbers lies %v", got)
	}
}

func TestTheMomentsOfFewAndOfEqualValues(t *testing.T) {
	const step = 0x1p-23
	for _, c := range []struct {
		values   []float64
		mean, sd float64
	}{
		{[]float64{3}, 3, 0},
		{[]float64{0.1, 0.1, 0.1}, 0.1, 0},
		// far below the mean the deviation loses no digit: 1e9 ± 1e-7
		{[]float64{1e9 - step, 1e9, 1e9 + step}, 1e9, step},
	} {
		s := NewSample(len(c.values))
		s.Set(c.values)
		if s.Mean() != c.mean || s.SD() != c.sd {
			t.Errorf("%v: mean %v, standard deviation %v; want %v and %v", c.values, s.Mean(), s.SD(), c.mean, c.sd)
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

func BenchmarkSample(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	x := make([]float64, 10_000)
	for i := range x {
		x[i] = math.Exp(r.NormFloat64())
	}
	s := NewSample(len(x))
	for b.Loop() {
		s.Set(x)
		s.SD()
		s.Quantiles([]float64{0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975}, 0.95)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/value")
}
