package attribution

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// model is a black box whose indices are known.
type model struct {
	name           string
	f              Function
	mean, variance float64
	first, totals  []float64
}

// ishigami is sin x1 + a sin² x2 + b x3⁴ sin x1 of x between -π and π, with a = 7 and b = 0.1 (Ishigami and Homma 1990, An importance quantification
// technique in uncertainty analysis for computer models, ISUMA 90, 398 to 403).
func ishigami() model {
	const a, b = 7, 0.1
	pi4, pi8 := math.Pow(math.Pi, 4), math.Pow(math.Pi, 8)
	v1, v2, v13 := math.Pow(1+b*pi4/5, 2)/2, a*a/8.0, 8*b*b*pi8/225
	v := v1 + v2 + v13
	f := func(u []float64) float64 {
		x := func(i int) float64 { return math.Pi * (2*u[i] - 1) }
		return math.Sin(x(0)) + a*math.Pow(math.Sin(x(1)), 2) + b*math.Pow(x(2), 4)*math.Sin(x(0))
	}
	return model{"Ishigami", pointwise(3, f), a / 2.0, v, []float64{v1 / v, v2 / v, 0}, []float64{(v1 + v13) / v, v2 / v, v13 / v}}
}

// product is a product of independent factors, whose indices follow from their squared coefficients of variation.
func product(name string, f func(i int, u float64) float64, means, cv2 []float64) model {
	k := len(cv2)
	m := model{name: name, mean: 1, f: pointwise(k, func(x []float64) float64 {
		y := 1.0
		for i, u := range x {
			y *= f(i, u)
		}
		return y
	})}
	all := 1.0
	for i, c := range cv2 {
		all *= 1 + c
		m.mean *= means[i]
	}
	m.variance = m.mean * m.mean * (all - 1)
	for _, c := range cv2 {
		m.first = append(m.first, c/(all-1))
		m.totals = append(m.totals, c*all/(1+c)/(all-1))
	}
	return m
}

// sobolG is Π (|4u - 2| + a) / (1 + a) (Saltelli and Sobol 1995, About the use of rank transformation in sensitivity analysis of model output, Reliability
// Engineering and System Safety 50, 225 to 239).
func sobolG() model {
	a := []float64{0, 1, 4.5, 9, 99, 99}
	var means, cv2 []float64
	for _, a := range a {
		means, cv2 = append(means, 1), append(cv2, 1/(3*(1+a)*(1+a)))
	}
	return product("Sobol G", func(i int, u float64) float64 { return (math.Abs(4*u-2) + a[i]) / (1 + a[i]) }, means, cv2)
}

func lognormals() model {
	sigma := []float64{0.4, 0.25, 0.1, 0.05}
	var means, cv2 []float64
	for _, s := range sigma {
		means, cv2 = append(means, math.Exp(s*s/2)), append(cv2, math.Expm1(s*s))
	}
	return product("product of lognormals", func(i int, u float64) float64 { return math.Exp(sigma[i] * normal(u)) }, means, cv2)
}

// linear has a mean that is large against its deviation.
func linear() model {
	c := []float64{3, -2, 1, 0.5, 0}
	m := model{name: "linear model", mean: 1000, variance: 14.25 / 12, f: pointwise(len(c), func(x []float64) float64 {
		y := 1000.0
		for i, u := range x {
			y += c[i] * (u - 0.5)
		}
		return y
	})}
	for _, c := range c {
		m.first = append(m.first, c*c/14.25)
	}
	m.totals = m.first
	return m
}

func models() []model { return []model{ishigami(), sobolG(), lognormals(), linear()} }

// Each estimate is within four of its own standard errors, which shrink with the root of the draws.
func TestSobolIndicesAgreeWithClosedForms(t *testing.T) {
	for _, m := range models() {
		var before []Index
		for _, n := range []int{1000, 10_000, 100_000} {
			got, err := Sobol(m.f, len(m.first), SobolOptions{Points: keyed(n), Draws: n, Replicates: 100})
			if err != nil {
				t.Fatal(err)
			}
			if want := n * (len(m.first) + 2); got.Evaluations != want {
				t.Errorf("%s: %d evaluations, not %d", m.name, got.Evaluations, want)
			}
			near(t, m.name+": mean", got.Mean, m.mean, 4*math.Sqrt(m.variance/float64(2*n)))
			near(t, m.name+": variance", got.Variance/m.variance, 1, 12/math.Sqrt(float64(2*n))) // of a kurtosis of 10 at most
			for q, x := range got.Indices {
				within(t, fmt.Sprintf("%s, %d draws: first-order index of %d", m.name, n, q), x.First, m.first[q], 4)
				within(t, fmt.Sprintf("%s, %d draws: total index of %d", m.name, n, q), x.Total, m.totals[q], 4)
				if m.first[q] > 0 && before != nil {
					near(t, m.name+": decrease of the first error", before[q].First.Error/x.First.Error/math.Sqrt(10), 1, 0.25)
					near(t, m.name+": decrease of the total error", before[q].Total.Error/x.Total.Error/math.Sqrt(10), 1, 0.25)
				}
			}
			before = got.Indices
		}
	}
}

// fixed are points that are written down, by matrix, point and column.
type fixed [2][][]float64

func (p fixed) Fill(matrix, column, from int, out []float64) {
	for i := range out {
		out[i] = p[matrix][from+i][column]
	}
}

// Of f = 8 x y, three points of A and of B give f(A) = 1, 1, 4 and f(B) = 2, 4, 2. With x of B in A it is 2, 2, 2, with y of B in A 1, 2, 4. Mean and variance
// over all six are 7/3 and 14/9. So the first-order indices are
//
//	x: ((2-7/3)·1 + (4-7/3)·1 + (2-7/3)·(-2)) / (3·14/9) = 2 / (14/3) = 3/7
//	y: ((2-7/3)·0 + (4-7/3)·1 + (2-7/3)·0) / (14/3) = 5/14
//
// and the total ones (1 + 1 + 4) / (2·14/3) = 9/14 and 1 / (28/3) = 3/28.
func TestSobolIndicesOfThreePointsAreThoseOfTheFormulas(t *testing.T) {
	points := fixed{{{0.25, 0.5}, {0.25, 0.5}, {0.5, 1}}, {{0.5, 0.5}, {0.5, 1}, {0.25, 1}}}
	got, err := Sobol(pointwise(2, func(x []float64) float64 { return 8 * x[0] * x[1] }), 2, SobolOptions{Points: points, Draws: 3})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "mean", got.Mean, 7.0/3, 1e-14)
	near(t, "variance", got.Variance, 14.0/9, 1e-14)
	near(t, "first-order index of x", got.Indices[0].First.Value, 3.0/7, 1e-14)
	near(t, "first-order index of y", got.Indices[1].First.Value, 5.0/14, 1e-14)
	near(t, "total index of x", got.Indices[0].Total.Value, 9.0/14, 1e-14)
	near(t, "total index of y", got.Indices[1].Total.Value, 3.0/28, 1e-14)
}

func TestBootstrapIntervalsHoldTheTruthAsOftenAsTheySay(t *testing.T) {
	for _, m := range models()[:3] {
		counts := make([]covered, 2*len(m.first))
		for seed := range 400 {
			got, err := Sobol(m.f, len(m.first), SobolOptions{Points: keyed(seed), Draws: 400, Replicates: 250, Seed: uint64(seed)})
			if err != nil {
				t.Fatal(err)
			}
			for q, x := range got.Indices {
				for i, e := range []Estimate{x.First, x.Total} {
					c := &counts[2*q+i]
					c.what = fmt.Sprintf("%s, quantity %d, %s", m.name, q, []string{"first", "total"}[i])
					c.count(e, []float64{m.first[q], m.totals[q]}[i])
				}
			}
		}
		for _, c := range counts {
			c.check(t)
		}
	}
}

func TestAFunctionThatDoesNotVaryHasIndicesOfZero(t *testing.T) {
	got, err := Sobol(pointwise(2, func([]float64) float64 { return 3 }), 2, SobolOptions{Points: keyed(0), Draws: 10})
	if err != nil || got.Mean != 3 || got.Variance != 0 || !slices.Equal(got.Indices, make([]Index, 2)) {
		t.Error(got, err)
	}
}

func TestWhatBlackBoxesRefuse(t *testing.T) {
	broken := errors.New("broken")
	fails := func(points, values []float64) error { return broken }
	infinite := pointwise(1, func([]float64) float64 { return math.Inf(1) })
	fine := pointwise(1, func(x []float64) float64 { return x[0] })
	sobol := func(f Function, n int) error {
		_, err := Sobol(f, 1, SobolOptions{Points: keyed(0), Draws: n})
		return err
	}
	morris := func(f Function, o MorrisOptions) error {
		_, err := Morris(f, 1, o)
		return err
	}
	once := func(f Function) error {
		_, _, err := OneAtATime(f, 1, 0.05, 0.95)
		return err
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{sobol(fine, 1), "1 draws"},
		{sobol(fails, 5), "broken"},
		{sobol(infinite, 5), "the function is +Inf at draw 0"},
		{morris(fine, MorrisOptions{Trajectories: 1}), "1 trajectories"},
		{morris(fine, MorrisOptions{Trajectories: 2, Levels: 5}), "a grid of 5 levels"},
		{morris(fine, MorrisOptions{Trajectories: 2, Low: 0.5, High: 1.5}), "does not lie in the unit cube"},
		{morris(fails, MorrisOptions{Trajectories: 2}), "broken"},
		{morris(infinite, MorrisOptions{Trajectories: 2}), "the function is +Inf at point 0 of trajectory 0"},
		{once(fails), "broken"},
		{once(infinite), "the function is +Inf"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v, not one of %q", c.err, c.want)
		}
	}
}
