package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Tables of B(n, 1/2): of 9 draws the median lies between the 2nd and the 8th with 1 - 2 × 10/512 = 0.9609, of 10 with 1 - 2 × 11/1024 between
// the 2nd and the 9th. Below 6 draws no interval holds the median with 95 %: 1 - 2/32 = 0.9375.
func TestTheIntervalOfAQuantile(t *testing.T) {
	for _, c := range []struct {
		n        int
		p        float64
		low      int
		high     int
		coverage float64
	}{
		{6, 0.5, 1, 6, 1 - 2./64},
		{9, 0.5, 2, 8, 1 - 20./512},
		{10, 0.5, 2, 9, 1 - 22./1024},
		// by scipy.stats.binom 1.10: cdf(468, 1000, 0.5) is 0.0231, as is sf(531); cdf(15, 1000, 0.025) is 0.0211, sf(35) 0.0210
		{1000, 0.5, 469, 532, 0.9537},
		{1000, 0.025, 16, 36, 0.9579},
	} {
		got, ok := QuantileInterval(c.n, c.p, 0.95)
		if !ok || got.Low != c.low || got.High != c.high || math.Abs(got.Coverage-c.coverage) > 5e-5 {
			t.Errorf("%d draws, quantile %v: %+v, %v, want %d to %d, %.4f", c.n, c.p, got, ok, c.low, c.high, c.coverage)
		}
	}
	for _, c := range []struct {
		n int
		p float64
	}{{5, 0.5}, {100, 0.001}, {100, 0.975}, {0, 0.5}, {10, 0}, {10, 1}} {
		if got, ok := QuantileInterval(c.n, c.p, 0.95); ok {
			t.Errorf("%d draws tell where the quantile %v lies: %+v", c.n, c.p, got)
		}
	}
}

// Of 2000 sets of 500 draws each, the interval holds the true quantile as often as it says, within four standard errors.
func TestTheIntervalHoldsTheQuantileAsOftenAsItSays(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, p := range []float64{0.05, 0.5, 0.975} {
		interval, ok := QuantileInterval(500, p, 0.95)
		if !ok {
			t.Fatal("no interval")
		}
		held := 0.0
		for range 2000 {
			x := make([]float64, 500)
			for i := range x {
				x[i] = r.Float64()
			}
			slices.Sort(x)
			if x[interval.Low-1] <= p && p <= x[interval.High-1] {
				held += 1. / 2000
			}
		}
		c := interval.Coverage
		if c < 0.95 || c > 0.98 || math.Abs(held-c) > 4*math.Sqrt(c*(1-c)/2000) {
			t.Errorf("quantile %v: held %.3f of the times, said %.3f", p, held, c)
		}
	}
}
