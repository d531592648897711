package attribution

import (
	"math"
	"testing"
)

func screen(t *testing.T, f func(x []float64) float64, quantities int, o MorrisOptions) []Effects {
	t.Helper()
	effects, err := Morris(pointwise(quantities, f), quantities, o)
	if err != nil {
		t.Fatal(err)
	}
	return effects
}

func TestEffectsOfALinearModelAreItsCoefficients(t *testing.T) {
	for q, e := range screen(t, func(x []float64) float64 { return 5*x[0] - 3*x[1] }, 3, MorrisOptions{Trajectories: 10}) {
		c := []float64{5, -3, 0}[q]
		near(t, "μ", e.Mean, c, 1e-12)
		near(t, "μ*", e.Absolute, math.Abs(c), 1e-12)
		near(t, "σ", e.Spread, 0, 1e-12)
	}
}

// On four levels the steps are 0 to 2/3 and 1/3 to 1. The square of x - 1/2 goes from 1/4 to 1/36 and back: effects of -1/3 and 1/3.
func TestEffectsOfBothSignsCancelInTheMeanOnly(t *testing.T) {
	e := screen(t, func(x []float64) float64 { return (x[0] - 0.5) * (x[0] - 0.5) }, 1, MorrisOptions{Trajectories: 400, Seed: 1})[0]
	near(t, "μ", e.Mean, 0, 4*e.Spread/math.Sqrt(400))
	near(t, "μ*", e.Absolute, 1.0/3, 1e-12)
	near(t, "σ", e.Spread, 1.0/3, 0.01)
}

// In a product the effect of one quantity is the other's level, each of the four being as likely: of mean 1/2 and variance 5/36.
func TestEffectsOfAProductAreTheOtherLevels(t *testing.T) {
	const n = 4000
	for _, e := range screen(t, func(x []float64) float64 { return x[0] * x[1] }, 2, MorrisOptions{Trajectories: n}) {
		near(t, "μ", e.Mean, 0.5, 4*math.Sqrt(5.0/36/n))
		near(t, "σ", e.Spread, math.Sqrt(5.0/36), 0.01)
		near(t, "error of μ*", e.Error, math.Sqrt(5.0/36/n), 0.0005)
	}
}

func TestTheGridStaysBetweenItsEnds(t *testing.T) {
	seen := map[float64]int{}
	screen(t, func(x []float64) float64 { seen[math.Round(1e6*x[0])/1e6]++; return 0 }, 1, MorrisOptions{Trajectories: 500, Levels: 6, Low: 0.05, High: 0.95})
	if len(seen) != 6 {
		t.Error(seen)
	}
	for x, n := range seen { // 1,000 points on six levels: the standard deviation of each count is below 12
		if x < 0.05 || x > 0.95 || math.Abs(float64(n)-1000.0/6) > 48 {
			t.Errorf("%d points at %v", n, x)
		}
	}
}

func TestAnotherQuantityLeavesTheTrajectoriesOfAllOthers(t *testing.T) {
	f := func(x []float64) float64 { return x[0]*x[0] + 2*x[1]*x[1]*x[1] }
	two, three := screen(t, f, 2, MorrisOptions{Trajectories: 7}), screen(t, f, 3, MorrisOptions{Trajectories: 7})
	for q := range two {
		near(t, "μ", three[q].Mean, two[q].Mean, 1e-12)
		near(t, "σ", three[q].Spread, two[q].Spread, 1e-12)
	}
}

func TestATornadoHasTheWidestBarFirst(t *testing.T) {
	f := pointwise(4, func(x []float64) float64 { return 10 + 2*x[0] - 8*x[1] + x[2] + x[3] })
	base, swings, err := OneAtATime(f, 4, 0.25, 0.75)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the base", base, 8, 0)
	want := []Swing{{1, 10, 6}, {0, 7.5, 8.5}, {2, 7.75, 8.25}, {3, 7.75, 8.25}}
	for i, s := range swings {
		if s != want[i] {
			t.Errorf("swing %d is %v, not %v", i, s, want[i])
		}
	}
}

// Of y = c x^e the derivative is e y / x.
func TestTheElasticityOfAPowerIsItsExponent(t *testing.T) {
	for _, e := range []float64{1, -1, 2.5} {
		const x = 3.7
		y := 0.2 * math.Pow(x, e)
		near(t, "elasticity", Elasticity(x, y, e*y/x), e, 1e-14)
	}
	if e := Elasticity(1, 0, 1); !math.IsNaN(e) {
		t.Errorf("elasticity of a result of 0: %v", e)
	}
}
