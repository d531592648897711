package dist

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkFill gives the time of a draw of each family.
func BenchmarkFill(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	u, out := make([]float64, 1<<14), make([]float64, 1<<14)
	for i := range u {
		u[i] = r.Float64()
	}
	for _, text := range []string{"uniform(1, 3)", "triangular(1.08, 1.2, 1.6)", "normal(1.5, 0.2)", "lognormal(0.4, 1.2)", "truncated_normal(0.5, 0.3, 0, 1)",
		"pert(1, 1.2, 2)", "discrete(0.5 1, 1 2, 4 1)", "empirical(1, 2, 2, 3, 8)"} {
		d := parsed(b, text)
		b.Run(d.Family().String(), func(b *testing.B) {
			for b.Loop() {
				d.Fill(u, out)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(u)), "ns/draw")
		})
	}
	b.Run("normal CDF", func(b *testing.B) {
		for b.Loop() {
			for i, u := range u {
				out[i] = NormalCDF(8*u - 4)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(u)), "ns/draw")
	})
	b.Run("one by one", func(b *testing.B) {
		d := parsed(b, "lognormal(0.4, 1.2)")
		for b.Loop() {
			for i, u := range u {
				out[i] = d.Quantile(u)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(u)), "ns/draw")
	})
}
