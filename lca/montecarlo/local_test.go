package montecarlo

import (
	"math"
	"testing"
)

// y = (2 a b + 3 a²) / c at a = 2, b = 5, c = 4: 8. Its elasticities are 44/32, 20/32 and -1.
func TestElasticitiesAreThoseOfTheDerivatives(t *testing.T) {
	m := &Model{Variables: []Variable{{Name: "a", Point: 2, Dist: of(t, "normal(2, 0.1)")}, {Name: "b", Point: 5, Dist: of(t, "uniform(4, 6)")}, {Name: "c", Point: 4}},
		Products: []Product{{{0, 1}, {1, 1}}, {{0, 2}}, {{2, 1}}}, Figures: []Figure{{Name: "y", Terms: []Term{{2, 0}, {3, 1}}, Per: []Term{{1, 2}}}}}
	f := &m.Figures[0]
	if got := m.Point(f); got != 8 {
		t.Fatalf("y is %v", got)
	}
	for v, want := range []float64{44.0 / 32, 20.0 / 32, -1} {
		if got := m.Elasticity(f, []int32{int32(v)}); !(math.Abs(got-want) < 1e-9) {
			t.Errorf("the elasticity of variable %d is %v, want %v", v, got, want)
		}
	}
	if got := m.Elasticity(f, []int32{0, 1, 2}); !(math.Abs(got-1) < 1e-9) { // of all at once: 64/32 - 1
		t.Errorf("the elasticity of all is %v", got)
	}
	// b at its first decile is 4.2: (2 × 2 × 4.2 + 12) / 4
	if got := m.At(f, []int32{1}, 0.1); math.Abs(got-7.2) > 1e-14 {
		t.Errorf("y at b's first decile is %v", got)
	}
	// what is made of b follows
	m.Variables = append(m.Variables, Variable{Name: "b²", Point: 1, Of: []int32{1}, Made: func(d [][]float64) []float64 { return []float64{d[0][0] * d[0][0] / 25} }})
	m.Products = append(m.Products, Product{{3, 1}})
	m.Figures = append(m.Figures, Figure{Name: "b²", Terms: []Term{{25, 3}}})
	if got := m.Elasticity(&m.Figures[1], []int32{1}); !(math.Abs(got-2) < 1e-9) {
		t.Errorf("the elasticity of b² is %v", got)
	}
	if got := m.At(&m.Figures[1], []int32{1}, 0.1); math.Abs(got-4.2*4.2) > 1e-12 {
		t.Errorf("b² at b's first decile is %v", got)
	}
}
