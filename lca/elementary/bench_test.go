package elementary

import (
	"math"
	"testing"
	"time"
)

// arguments are those of a rule's everyday: from 1e-3 to 400.
var arguments = func() (xs [1024]float64) {
	for i := range xs {
		xs[i] = 1e-3 + 0.39*float64(i*389%1024)
	}
	return xs
}()

// BenchmarkBesideMath times each function and math's in turn and reports the ratio of their times: below 1 is faster than math's.
func BenchmarkBesideMath(b *testing.B) {
	for _, c := range []struct {
		name         string
		ours, theirs func(float64) float64
	}{
		{"Exp", Exp, math.Exp},
		{"Ln", Ln, math.Log},
		{"Log2", Log2, math.Log2},
		{"Pow", func(x float64) float64 { return Pow(x, 0.7) }, func(x float64) float64 { return math.Pow(x, 0.7) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			run := func(f func(float64) float64) (took time.Duration) {
				start := time.Now()
				for _, x := range arguments {
					sink = f(x)
				}
				return time.Since(start)
			}
			best := [2]time.Duration{time.Hour, time.Hour}
			for b.Loop() {
				best[0] = min(best[0], run(c.ours))
				best[1] = min(best[1], run(c.theirs))
			}
			b.ReportMetric(float64(best[0])/float64(len(arguments)), "ns")
			b.ReportMetric(float64(best[0])/float64(best[1]), "of_math")
		})
	}
}

// BenchmarkSecondComputation times what about one argument in 10,000 takes, and subnormal results.
func BenchmarkSecondComputation(b *testing.B) {
	for _, f := range functions {
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				sink = f.exactly(arguments[i%len(arguments)], 0.7)
			}
		})
	}
}

var sink float64

func TestNothingAllocates(t *testing.T) {
	for _, f := range functions {
		if n := testing.AllocsPerRun(100, func() { sink = f.of(1.25, 3.5) + f.exactly(1.25, 3.5) + f.of(0.5, -1e4) }); n != 0 {
			t.Errorf("%s allocates %v times", f.name, n)
		}
	}
}
