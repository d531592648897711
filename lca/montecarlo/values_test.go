package montecarlo

import (
	"context"
	"math"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/draws"
	"github.com/ai-impact-observatory/ailca/lca/draws/stat"
)

// Values are what Run sums up, for any number of workers, and a variable has the same draws in another model.
func TestValuesAreTheDrawsThatARunSumsUp(t *testing.T) {
	lognormal, err := dist.New(dist.Lognormal, 1, 1.5)
	if err != nil {
		t.Fatal(err)
	}
	m := &Model{Variables: []Variable{{Name: "a", Point: 1, Dist: lognormal}, {Name: "b", Point: 1, Dist: lognormal}}, Products: []Product{{{0, 1}}, {{0, 1}, {1, -1}}, nil},
		Figures: []Figure{{Name: "one", Terms: []Term{{3, 0}, {2, 1}}, Rest: []Rest{{0.5, 0, 0}}}, {Name: "two", Terms: []Term{{1, 0}}}, {Name: "same as two", Terms: []Term{{1, 0}}},
			{Name: "ratio", Terms: []Term{{1, 0}}, Per: []Term{{4, 2}}}}}
	design, err := draws.New(7, draws.Random, 1000, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Design: design, Probabilities: []float64{0.05, 0.5, 0.95}}
	want, err := m.Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	var first [][]float64
	for jobs := range 3 {
		o.Jobs = jobs + 1
		values, err := m.Values(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		for f := range values {
			s := stat.NewSample(1000)
			s.Set(values[f])
			q, _, _ := s.Quantiles(o.Probabilities, confidence)
			if s.Mean() != want[f].Mean || q[0] != want[f].Quantiles[0] || q[2] != want[f].Quantiles[2] {
				t.Errorf("%s: mean %v, quantiles %v, of a run %v, %v", m.Figures[f].Name, s.Mean(), q, want[f].Mean, want[f].Quantiles)
			}
		}
		first = values
	}
	other := &Model{Variables: []Variable{{Name: "b", Point: 1, Dist: lognormal}, {Name: "a", Point: 1, Dist: lognormal}}, Products: []Product{{{1, 1}}}, Figures: []Figure{{Name: "another", Terms: []Term{{1, 0}}}}}
	values, err := other.Values(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range values[0] {
		if v != first[1][k] || math.IsNaN(v) {
			t.Fatalf("draw %d of a is %v, in another model %v", k, first[1][k], v)
		}
	}
}
