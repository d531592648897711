package study

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/exact"
)

func TestACellIsTheExactSumOfAnyNumberOfValues(t *testing.T) {
	special := []float64{0, math.Copysign(0, -1), 1, -1, 1e300, -1e300, 1e-300, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), math.NaN(), 0.1, 1e16}
	r := rand.New(rand.NewPCG(5, 6))
	var s sums
	var c cell // used again and again, as the sums that it is lent
	for range 20_000 {
		values := make([]float64, r.IntN(6))
		for i := range values {
			values[i] = special[r.IntN(len(special))]
			s.add(&c, values[i])
		}
		got, want := s.take(&c), exact.Total(values)
		if math.Float64bits(got) != math.Float64bits(want) && !(got != got && want != want) {
			t.Fatalf("%v add up to %v, want %v", values, got, want)
		}
	}
	if len(s.free) != 1 {
		t.Errorf("%d accumulators were made for one cell", len(s.free))
	}
}
