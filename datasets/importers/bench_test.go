package importers

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

const benchMapping = `kind: deployments
row:
  model_id: {column: model}
  hardware_id: {column: gpu}
  region: {column: region}
  started: {column: timestamp}
  input_tokens: {column: prompt_tokens}
  output_tokens: {column: completion_tokens}
  latency: {column: latency_s, unit: s}
  energy: {column: energy_wh, unit: Wh}
  energy_boundary: device
  energy_basis: metered
  scope: intensity
  quality: measured
  source: synthetic
  licence: CC0-1.0
`

// requestLog is a log of n requests as a service may write it.
func requestLog(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	models := []string{"org/model-1b", "org/model-8b-instruct", "org/model-70b-instruct", "org/model-405b"}
	regions := []string{"USA", "FRA", "DEU", "IRL", "SWE"}
	devices := []string{"nvidia-h100-sxm5-80gb", "nvidia-a100-sxm4-80gb"}
	var b strings.Builder
	b.WriteString("timestamp,model,region,gpu,prompt_tokens,completion_tokens,latency_s,energy_wh\n")
	for i := range n {
		fmt.Fprintf(&b, "2024-01-%02d %02d:%02d:%02d.%03d,%s,%s,%s,%d,%d,%.3f,%.5f\n", 1+i*28/n, r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1000), models[r.IntN(len(models))],
			regions[r.IntN(len(regions))], devices[r.IntN(len(devices))], 1+r.IntN(4000), 1+r.IntN(1500), 30*r.Float64(), 3*r.Float64())
	}
	return b.String()
}

// BenchmarkMappedCSV is the import of a request log to Parquet, in bytes of the log.
func BenchmarkMappedCSV(b *testing.B) {
	const n = 200_000
	text := requestLog(n)
	b.ResetTimer()
	f, _ := Find("mapped")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		var probs diag.List
		w := NewWriter(io.Discard, func() (io.WriteCloser, error) { return nopCloser{io.Discard}, nil })
		r := Import(f, []File{{Name: "log.csv", R: strings.NewReader(text), Size: int64(len(text))}}, Options{Mapping: "m.yaml", MappingText: []byte(benchMapping)}, w, &probs)
		if err := w.Close(r); err != nil || probs.Err() != nil || r.Rows != n {
			b.Fatal(err, probs.Err(), r)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
