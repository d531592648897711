package montecarlo

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/draws"
)

func indices(t *testing.T, m *Model, part []int32, parts, rest int, n int) []Index {
	t.Helper()
	d, err := m.Hold(context.Background(), Options{Design: design(t, 4, draws.Random, n)})
	if err != nil {
		t.Fatal(err)
	}
	out, err := d.Indices(context.Background(), &m.Figures[0], part, parts, rest, parts, 2)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// near reports an index that is further from the closed form than five of its standard errors.
func near(t *testing.T, what string, got, deviation, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 5*deviation+1e-3) { // not a number is no index
		t.Errorf("%s is %.4f ± %.4f, want %.4f", what, got, deviation, want)
	}
}

// The g-function of Sobol, Π (|4 x - 2| + a) / (1 + a), is a product. Its indices: V = 1 / (3 (1 + a)²), first V / (Π (1 + V) - 1), total V Π' (1 + V) / (Π (1 + V) - 1),
// where Π' leaves the variable out (Saltelli et al. 2010, section 4.1). |4 x - 2| of an even x is even over 0 to 2.
func TestTheGFunctionOfSobol(t *testing.T) {
	a := []float64{0, 1, 4.5, 9, 99, 99}
	m := &Model{Products: []Product{nil}, Figures: []Figure{{Name: "g"}}}
	// Multiplied out: a sum of 2^k products.
	m.Products = nil
	for mask := range 1 << len(a) {
		var p Product
		c := 1.0
		for i := range a {
			if mask>>i&1 == 1 {
				p = append(p, Power{int32(i), 1})
				c /= 1 + a[i]
			} else {
				c *= a[i] / (1 + a[i])
			}
		}
		m.Products = append(m.Products, p)
		m.Figures[0].Terms = append(m.Figures[0].Terms, Term{c, int32(mask)})
	}
	var part []int32
	for i := range a {
		m.Variables = append(m.Variables, Variable{Name: fmt.Sprint("x", i), Point: 1, Dist: of(t, "uniform(0, 2)")})
		part = append(part, int32(i))
	}
	v, whole := make([]float64, len(a)), 1.0
	for i := range a {
		v[i] = 1 / (3 * (1 + a[i]) * (1 + a[i]))
		whole *= 1 + v[i]
	}
	for _, n := range []int{1000, 10_000, 100_000} {
		got := indices(t, m, part, len(a), -1, n)
		for i := range a {
			near(t, fmt.Sprintf("%d draws: the first index of x%d", n, i+1), got[i].First, got[i].FirstError, v[i]/(whole-1))
			near(t, fmt.Sprintf("%d draws: the total index of x%d", n, i+1), got[i].Total, got[i].TotalError, v[i]*whole/(1+v[i])/(whole-1))
			if bound := 1 / math.Sqrt(float64(n)) * 4; got[i].FirstError > bound || got[i].TotalError > bound {
				t.Errorf("%d draws: the standard errors %v and %v are large", n, got[i].FirstError, got[i].TotalError)
			}
		}
	}
}

// The function of Ishigami and Homma (1990), sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1 of three uniform quantities between -π and π, whose third has no effect but together
// with the first. V = a²/8 + b π⁴/5 + b² π⁸/18 + 1/2 with a = 7 and b = 0.1; V1 = (1 + b π⁴/5)²/2, V2 = a²/8, V13 = 8 b² π⁸/225 (Saltelli et al. 2008, Global sensitivity
// analysis, section 4.9).
func TestTheFunctionOfIshigami(t *testing.T) {
	const a, b = 7.0, 0.1
	sine := func(d [][]float64) []float64 {
		out := make([]float64, len(d[0]))
		for k, x := range d[0] {
			out[k] = math.Sin(x)
		}
		return out
	}
	x := of(t, "uniform(-3.141592653589793, 3.141592653589793)")
	m := &Model{Variables: []Variable{{Name: "x1", Dist: x}, {Name: "x2", Dist: x}, {Name: "x3", Dist: x}, {Name: "sin x1", Made: sine, Of: []int32{0}}, {Name: "sin x2", Made: sine, Of: []int32{1}}},
		Products: []Product{{{3, 1}}, {{4, 2}}, {{2, 4}, {3, 1}}}, Figures: []Figure{{Name: "y", Terms: []Term{{1, 0}, {a, 1}, {b, 2}}}}}
	p4, p8 := math.Pow(math.Pi, 4), math.Pow(math.Pi, 8)
	v1, v2, v13 := math.Pow(1+b*p4/5, 2)/2, a*a/8, 8*b*b*p8/225
	v := a*a/8 + b*p4/5 + b*b*p8/18 + 0.5
	for _, n := range []int{1000, 10_000, 100_000} {
		got := indices(t, m, []int32{0, 1, 2, 0, 1}, 3, -1, n)
		for i, want := range [][2]float64{{v1 / v, (v1 + v13) / v}, {v2 / v, v2 / v}, {0, v13 / v}} {
			near(t, fmt.Sprintf("%d draws: the first index of x%d", n, i+1), got[i].First, got[i].FirstError+2/math.Sqrt(float64(n))/5, want[0])
			near(t, fmt.Sprintf("%d draws: the total index of x%d", n, i+1), got[i].Total, got[i].TotalError, want[1])
		}
		sum := run(t, m, Options{Design: design(t, 4, draws.Random, n)})[0]
		if mean, sd := a/2, math.Sqrt(v); !(math.Abs(sum.Mean-mean) < 4*sd/math.Sqrt(float64(n))) || !(math.Abs(sum.SD/sd-1) < 4/math.Sqrt(float64(n))) {
			t.Errorf("%d draws: mean %v and deviation %v, want %v and %v", n, sum.Mean, sum.SD, mean, sd)
		}
	}
}

// Of a linear model the indices are c² σ² over their sum, first and total alike.
func TestALinearModel(t *testing.T) {
	c, sd := []float64{1, -2, 3}, []float64{3, 1, 0.5}
	m := &Model{Figures: []Figure{{Name: "f"}}}
	whole := 0.0
	for i := range c {
		m.Variables = append(m.Variables, Variable{Name: fmt.Sprint(i), Point: 10, Dist: of(t, fmt.Sprintf("normal(10, %v)", sd[i]))})
		m.Products = append(m.Products, Product{{int32(i), 1}})
		m.Figures[0].Terms = append(m.Figures[0].Terms, Term{c[i], int32(i)})
		whole += math.Pow(c[i]*sd[i], 2)
	}
	for i, x := range indices(t, m, []int32{0, 1, 2}, 3, -1, 20_000) {
		near(t, fmt.Sprint("first ", i), x.First, x.FirstError, math.Pow(c[i]*sd[i], 2)/whole)
		near(t, fmt.Sprint("total ", i), x.Total, x.TotalError, math.Pow(c[i]*sd[i], 2)/whole)
	}
}

// Variables of a few values each: every expectation is a sum over all combinations, which gives the indices of random sums of products, whatever the partition.
func TestIndicesAreThoseOfAllCombinations(t *testing.T) {
	const variables, parts = 6, 3
	values, weights := []float64{0.6, 1, 1.7}, []float64{0.3, 0.4, 0.3}
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 1))
		m := &Model{Figures: []Figure{{Name: "f"}}}
		part := make([]int32, variables)
		for i := range variables {
			m.Variables = append(m.Variables, Variable{Name: fmt.Sprint(i), Point: 1, Dist: of(t, "discrete(0.6 0.3, 1 0.4, 1.7 0.3)")})
			part[i] = int32(i % parts)
		}
		for range 8 {
			var p Product
			for v := range variables {
				if e := r.IntN(4) - 1; e != 0 && r.IntN(2) == 0 {
					p = append(p, Power{int32(v), int32(e)})
				}
			}
			m.Products = append(m.Products, p)
			m.Figures[0].Terms = append(m.Figures[0].Terms, Term{r.NormFloat64(), int32(len(m.Products) - 1)})
		}
		// The figure, and the weight, of each combination.
		combinations := int(math.Pow(3, variables))
		y, w := make([]float64, combinations), make([]float64, combinations)
		at := func(combination, v int) int { return combination / int(math.Pow(3, float64(v))) % 3 }
		for k := range combinations {
			w[k] = 1
			for v := range variables {
				w[k] *= weights[at(k, v)]
			}
			for _, term := range m.Figures[0].Terms {
				x := term.Coefficient
				for _, power := range m.Products[term.Product] {
					x *= math.Pow(values[at(k, int(power.Variable))], float64(power.Exponent))
				}
				y[k] += x
			}
		}
		mean, variance := 0.0, 0.0
		for k := range y {
			mean += w[k] * y[k]
		}
		for k := range y {
			variance += w[k] * (y[k] - mean) * (y[k] - mean)
		}
		// The variance of the expectation given the variables of some parts.
		given := func(has func(part int32) bool) float64 {
			sums := map[int][2]float64{}
			for k := range y {
				key := 0
				for v := range variables {
					key *= 3
					if has(part[v]) {
						key += at(k, v)
					}
				}
				s := sums[key]
				sums[key] = [2]float64{s[0] + w[k], s[1] + w[k]*y[k]}
			}
			out := 0.0
			for _, s := range sums {
				out += s[0] * math.Pow(s[1]/s[0]-mean, 2)
			}
			return out
		}
		for u, x := range indices(t, m, part, parts, -1, 40_000) {
			first := given(func(p int32) bool { return p == int32(u) }) / variance
			total := 1 - given(func(p int32) bool { return p != int32(u) })/variance
			near(t, fmt.Sprintf("seed %d: the first index of part %d", seed, u), x.First, x.FirstError, first)
			near(t, fmt.Sprintf("seed %d: the total index of part %d", seed, u), x.Total, x.TotalError, total)
		}
	}
}

// Variables that share an error, and those that are made of others, are one part.
func TestUnitsAreIndependent(t *testing.T) {
	m := &Model{Variables: []Variable{{Name: "a", Common: "x"}, {Name: "b"}, {Name: "c", Common: "x"}, {Name: "d", Of: []int32{1}, Made: func([][]float64) []float64 { return nil }}, {Name: "e"}}}
	of, n := m.Units()
	if n != 3 || of[0] != of[2] || of[1] != of[3] || of[0] == of[1] || of[4] == of[0] || of[4] == of[1] {
		t.Errorf("%d units: %v", n, of)
	}
}

// A variable that is a sum of products draws what the products written out do, and its variance is told by what it is made of.
func TestASumIsWhatItIsMadeOf(t *testing.T) {
	variables := []Variable{{Name: "wind", Point: 1, Dist: of(t, "uniform(0.5, 1.5)")}, {Name: "coal", Point: 1, Dist: of(t, "lognormal(1, 1.5)")}, {Name: "share", Point: 1, Dist: of(t, "normal(1, 0.1)")},
		{Name: "losses", Point: 1, Dist: of(t, "triangular(0.8, 1, 1.2)")}}
	out := &Model{Variables: variables, Products: []Product{{{0, 1}, {2, 1}, {3, 1}}, {{1, 1}, {3, 1}}, {{3, 2}}},
		Figures: []Figure{{Name: "f", Terms: []Term{{3 * 0.3, 0}, {3 * 0.7, 1}, {2, 2}}}}}
	in := &Model{Variables: append(slices.Clone(variables), Variable{Name: "grid", Point: 1, Sum: []Part{{0.3, Product{{0, 1}, {2, 1}}}, {0.7, Product{{1, 1}}}}}),
		Products: []Product{{{3, 1}, {4, 1}}, {{3, 2}}}, Figures: []Figure{{Name: "f", Terms: []Term{{3, 0}, {2, 1}}}}}
	if n := in.Width(&in.Figures[0]); n != 3 {
		t.Errorf("written out it has %d products", n)
	}
	for _, memory := range []int64{0, 1} {
		a, b := run(t, out, Options{Design: design(t, 0, draws.Random, 3000), Memory: memory})[0], run(t, in, Options{Design: design(t, 0, draws.Random, 3000), Memory: memory})[0]
		for i := range a.Quantiles {
			if !(math.Abs(a.Quantiles[i]-b.Quantiles[i]) < 1e-12) {
				t.Errorf("quantile %d is %v, written out %v", i, b.Quantiles[i], a.Quantiles[i])
			}
		}
	}
	want, got := indices(t, out, []int32{0, 1, 2, 3}, 4, -1, 3000), indices(t, in, []int32{0, 1, 2, 3, 4}, 5, -1, 3000)
	for u := range want {
		for _, x := range [][2]float64{{got[u].First, want[u].First}, {got[u].Total, want[u].Total}, {got[u].FirstError, want[u].FirstError}} {
			if !(math.Abs(x[0]-x[1]) < 1e-9) {
				t.Errorf("part %d: %+v, written out %+v", u, got[u], want[u])
			}
		}
	}
	if got[4].First != 0 || got[4].Total != 0 {
		t.Errorf("the sum itself explains %+v", got[4])
	}
	if of, n := in.Units(); n != 5 {
		t.Errorf("%d units: %v", n, of)
	}
	for v, want := range []float64{0.9 / 5, 2.1 / 5, 0.9 / 5, 7.0 / 5} {
		if e := in.Elasticity(&in.Figures[0], []int32{int32(v)}); !(math.Abs(e-want) < 1e-9) {
			t.Errorf("the elasticity of %s is %v, want %v", variables[v].Name, e, want)
		}
	}
	in.Products[0][1].Exponent = -1
	if _, err := in.Run(context.Background(), Options{Design: design(t, 0, draws.Random, 100)}); err == nil {
		t.Error("a sum that is divided by is taken")
	}
}

// A rest's variance is that of the part to which it is said to belong.
func TestTheRestBelongsToItsPart(t *testing.T) {
	m := &Model{Variables: []Variable{{Name: "a", Point: 1, Dist: of(t, "normal(1, 0.3)")}, {Name: "b", Point: 1, Dist: of(t, "uniform(0.4, 1.6)")}},
		Products: []Product{{{0, 1}}, {{1, 1}}}, Figures: []Figure{{Name: "f", Terms: []Term{{2, 0}}, Rest: []Rest{{0.64, 1, 1}}}}}
	// Var = 4 × 0.09 + 0.64 (1 + 0.12)
	whole := 0.36 + 0.64*1.12
	x := indices(t, m, []int32{0, 1}, 2, 1, 50_000)
	near(t, "the first index of a", x[0].First, x[0].FirstError, 0.36/whole)
	near(t, "the first index of b and the rest", x[1].First, x[1].FirstError+0.005, 0.64/whole)
	near(t, "the total index of b and the rest", x[1].Total, x[1].TotalError+0.005, 0.64*1.12/whole)
}
