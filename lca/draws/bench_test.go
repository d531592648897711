package draws

import "testing"

// BenchmarkUniforms gives the time of a draw of each sampling.
func BenchmarkUniforms(b *testing.B) {
	for _, s := range everySampling {
		d := design(b, s, 1<<14, "a", "b", "c")
		out := make([]float64, d.Draws)
		b.Run(s.String(), func(b *testing.B) {
			for b.Loop() {
				d.Uniforms("c", 0, out)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(out)), "ns/draw")
		})
	}
}
