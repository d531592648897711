package montecarlo

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/draws"
)

func of(t testing.TB, text string) dist.Dist {
	t.Helper()
	d, err := dist.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func design(t testing.TB, seed uint64, s draws.Sampling, n int, ranked ...string) *draws.Design {
	t.Helper()
	d, err := draws.New(seed, s, n, ranked)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func run(t *testing.T, m *Model, o Options) []Summary {
	t.Helper()
	if o.Probabilities == nil {
		o.Probabilities = []float64{0.05, 0.5, 0.95}
	}
	out, err := m.Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A product of lognormal variables is lognormal: its logarithm's variance is the sum of exponents² × variances. Its quantiles and moments lie within four standard
// errors of the closed form, for 1,000, 10,000 and 100,000 draws and every way of sampling.
func TestAProductOfLognormalsIsLognormal(t *testing.T) {
	m := &Model{Variables: []Variable{{Name: "a", Point: 2, Dist: of(t, "lognormal(2, 1.5)")}, {Name: "b", Point: 5, Dist: of(t, "lognormal(5, 1.2)")}, {Name: "c", Point: 0.1, Dist: of(t, "lognormal(0.1, 1.8)")}},
		Products: []Product{{{0, 1}, {1, -1}, {2, 2}}}, Figures: []Figure{{Name: "f", Terms: []Term{{3, 0}}}}}
	sigma2 := 0.0
	for _, gsd2 := range []float64{1.5, 1.2, 1.8 * 1.8} {
		sigma2 += math.Pow(math.Log(gsd2)/2, 2)
	}
	median, sigma := 3*2/5.0*0.01, math.Sqrt(sigma2)
	mean := median * math.Exp(sigma2/2)
	sd := mean * math.Sqrt(math.Exp(sigma2)-1)
	if got := m.Point(&m.Figures[0]); math.Abs(got/median-1) > 1e-15 {
		t.Errorf("the point value is %v, want %v", got, median)
	}
	for _, n := range []int{1000, 10_000, 100_000} {
		for _, s := range []draws.Sampling{draws.Random, draws.LatinHypercube, draws.Sobol} {
			x := run(t, m, Options{Design: design(t, 5, s, n, "a", "b", "c")})[0]
			if off := math.Abs(x.Mean - mean); off > 4*sd/math.Sqrt(float64(n)) {
				t.Errorf("%d draws, %s: the mean is %v, want %v ± %v", n, s, x.Mean, mean, sd/math.Sqrt(float64(n)))
			}
			// The fourth moment of a lognormal variable over its variance squared: w⁴ + 2 w³ + 3 w² - 3, w = exp(σ²).
			w := math.Exp(sigma2)
			kurtosis := math.Pow(w, 4) + 2*math.Pow(w, 3) + 3*w*w - 3
			if off := math.Abs(x.SD/sd - 1); off > 4*math.Sqrt((kurtosis-1)/float64(n))/2 {
				t.Errorf("%d draws, %s: the standard deviation is %v, want %v", n, s, x.SD, sd)
			}
			for i, p := range []float64{0.05, 0.5, 0.95} {
				q := median * math.Exp(sigma*dist.NormalQuantile(p))
				z := dist.NormalQuantile(p)
				density := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) / (q * sigma)
				if off := math.Abs(x.Quantiles[i] - q); off > 4*math.Sqrt(p*(1-p)/float64(n))/density {
					t.Errorf("%d draws, %s: quantile %v is %v, want %v", n, s, p, x.Quantiles[i], q)
				}
			}
		}
	}
}

// Variables of a linear model with a common error: Var = Σ c² σ² + Σ Σ c c' ρ σ σ'.
func TestVariablesThatShareAnErrorAreCorrelated(t *testing.T) {
	const n, rho = 100_000, 0.6
	m := &Model{Products: []Product{{{0, 1}}, {{1, 1}}, {{2, 1}}}, Figures: []Figure{{Name: "sum", Terms: []Term{{1, 0}, {2, 1}, {-3, 2}}}}}
	for i, common := range []string{"grid", "grid", ""} {
		m.Variables = append(m.Variables, Variable{Name: fmt.Sprint(i), Point: 10, Dist: of(t, "normal(10, 1)"), Common: common, Rho: rho})
	}
	x := run(t, m, Options{Design: design(t, 0, draws.Random, n)})[0]
	if want := math.Sqrt(1 + 4 + 9 + 2*2*rho); math.Abs(x.SD/want-1) > 4/math.Sqrt(2*n) {
		t.Errorf("the standard deviation is %v, want %v", x.SD, want)
	}
	if math.Abs(x.Mean-0) > 4*x.SD/math.Sqrt(n) {
		t.Errorf("the mean is %v, want 0", x.Mean)
	}
}

// What two figures have in common cancels in their difference, exactly.
func TestASharedFactorCancels(t *testing.T) {
	m := randomModel(t, 3, false)
	var terms []Term
	for _, x := range m.Figures[0].Terms {
		terms = append(terms, x, Term{-x.Coefficient, x.Product})
	}
	m.Figures = append(m.Figures, Figure{Name: "difference", Terms: terms})
	x := run(t, m, Options{Design: design(t, 0, draws.Random, 1000)})
	if d := x[len(x)-1]; d.SD != 0 || d.Mean != 0 || d.Quantiles[0] != 0 || d.Quantiles[2] != 0 {
		t.Errorf("a figure less itself is %+v", d)
	}
	if x[0].SD == 0 {
		t.Error("the figure itself does not vary")
	}
}

// randomModel is a model of random sums of products.
func randomModel(t testing.TB, seed uint64, rests bool) *Model {
	r := rand.New(rand.NewPCG(seed, 4))
	m := &Model{}
	families := []string{"lognormal(1, 1.3)", "uniform(0.8, 1.2)", "triangular(0.5, 1, 1.5)", "normal(1, 0.1)", "fixed", "pert(0.8, 1, 1.2)"}
	for i := range 30 {
		v := Variable{Name: fmt.Sprint("variable ", i), Point: 1 + float64(i%4), Dist: of(t, families[r.IntN(len(families))])}
		if i%5 == 0 {
			v.Common, v.Rho = fmt.Sprint("common ", i%10), 0.5
		}
		if i > 10 && i%9 == 0 {
			first := int32(r.IntN(i))
			v = Variable{Name: v.Name, Point: 1, Of: []int32{first}, Made: func(d [][]float64) []float64 {
				out := make([]float64, len(d[0]))
				for k, x := range d[0] {
					out[k] = x * x / (1 + x)
				}
				return out
			}}
		}
		m.Variables = append(m.Variables, v)
	}
	m.Products = append(m.Products, nil)
	for range 200 {
		var p Product
		for _, v := range r.Perm(30)[:r.IntN(5)] {
			p = append(p, Power{int32(v), []int32{1, 1, 1, 2, -1}[r.IntN(5)]})
		}
		slices.SortFunc(p, func(a, b Power) int { return int(a.Variable - b.Variable) })
		m.Products = append(m.Products, p)
	}
	for i := range 150 {
		f := Figure{Name: fmt.Sprint("figure ", i), Beside: i%3 == 1}
		for range 1 + r.IntN(40) {
			f.Terms = append(f.Terms, Term{r.NormFloat64() + 2, int32(r.IntN(len(m.Products)))})
		}
		if i%4 == 0 {
			f.Per = []Term{{2, 0}, {1, int32(r.IntN(len(m.Products)))}}
		}
		if rests && i%5 == 0 {
			f.Rest = []Rest{{0.09, int32(r.IntN(len(m.Products))), int32(r.IntN(len(m.Products)))}}
		}
		m.Figures = append(m.Figures, f)
	}
	return m
}

// The same bits for any workers and memory, and for any order of variables and figures.
func TestResultsDependOnNamesAlone(t *testing.T) {
	for _, s := range []draws.Sampling{draws.Random, draws.LatinHypercube, draws.Sobol} {
		m := randomModel(t, 9, true)
		d := design(t, 8, s, 777, "variable 3", "variable 1")
		want := run(t, m, Options{Design: d, Jobs: 1})
		for _, o := range []Options{{Design: d, Jobs: 5}, {Design: d, Jobs: 1, Memory: 1}, {Design: d, Jobs: 3, Memory: 777 * 8 * 7}} {
			if got := run(t, m, o); !same(got, want) {
				t.Errorf("%s: %d workers and %d bytes give others", s, o.Jobs, o.Memory)
			}
		}
		// Figures alone, and others behind them, are the same.
		few := &Model{m.Variables, m.Products, m.Figures[:10]}
		if got := run(t, few, Options{Design: d}); !same(got, want[:10]) {
			t.Errorf("%s: ten of the figures alone are others", s)
		}
		// A variable more, first in the list, changes no other.
		more := &Model{Variables: append([]Variable{{Name: "new", Point: 1, Dist: of(t, "uniform(0, 2)")}}, m.Variables...), Figures: m.Figures}
		for i := range more.Variables {
			v := &more.Variables[i]
			v.Of = slices.Clone(v.Of)
			for k := range v.Of {
				v.Of[k]++
			}
		}
		for _, p := range m.Products {
			p = slices.Clone(p)
			for k := range p {
				p[k].Variable++
			}
			more.Products = append(more.Products, p)
		}
		if got := run(t, more, Options{Design: d}); !same(got, want) {
			t.Errorf("%s: another variable changes the draws of those that were there", s)
		}
	}
}

func same(a, b []Summary) bool {
	for i := range a {
		x, y := a[i], b[i]
		if math.IsNaN(x.Exceeds) && math.IsNaN(y.Exceeds) {
			x.Exceeds, y.Exceeds = 0, 0
		}
		if !reflect.DeepEqual(x, y) {
			return false
		}
	}
	return len(a) == len(b)
}

// Independent lognormal errors of many rows, drawn one by one, against their mean and the normal deviation from it: the rows' full redraw is the oracle.
func TestTheRestIsThatOfAllRowsRedrawn(t *testing.T) {
	const rows, n, gsd2 = 400, 20_000, 1.6
	r := rand.New(rand.NewPCG(5, 6))
	sigma := math.Log(gsd2) / 2
	mean, variance := math.Exp(sigma*sigma/2), (math.Exp(sigma*sigma)-1)*math.Exp(sigma*sigma)
	full := &Model{Variables: []Variable{{Name: "factor", Point: 1, Dist: of(t, "lognormal(1, 1.2)")}}, Products: []Product{{{0, 1}}}}
	var f Figure
	sum, squares := 0.0, 0.0
	for i := range rows {
		amount := math.Exp(r.NormFloat64() / 2)
		full.Variables = append(full.Variables, Variable{Name: fmt.Sprint("row ", i), Point: 1, Dist: of(t, "lognormal(1, 1.6)")})
		full.Products = append(full.Products, Product{{0, 1}, {int32(i + 1), 1}})
		f.Terms = append(f.Terms, Term{amount, int32(i + 1)})
		sum, squares = sum+amount, squares+amount*amount
	}
	full.Figures = []Figure{f}
	short := &Model{full.Variables[:1], full.Products[:1], []Figure{{Name: "all rows", Terms: []Term{{sum * mean, 0}}, Rest: []Rest{{squares * variance, 0, 0}}}}}
	d := design(t, 0, draws.Random, n)
	a, b := run(t, full, Options{Design: d})[0], run(t, short, Options{Design: d})[0]
	for i := range a.Quantiles {
		if off := math.Abs(a.Quantiles[i] - b.Quantiles[i]); off > 2*(a.High[i]-a.Low[i]) {
			t.Errorf("quantile %d is %v, by all rows %v in %v to %v", i, b.Quantiles[i], a.Quantiles[i], a.Low[i], a.High[i])
		}
	}
	if math.Abs(b.SD/a.SD-1) > 4/math.Sqrt(2*n)*1.2 || math.Abs(b.Mean-a.Mean) > 4*a.SD/math.Sqrt(n) {
		t.Errorf("mean %v and deviation %v, by all rows %v and %v", b.Mean, b.SD, a.Mean, a.SD)
	}
}

// The probability that one lognormal variable exceeds another, of which a part is shared, is Φ(ln(ratio of medians) / √(σ² + σ'²)): what is shared cancels.
func TestTheProbabilityThatOneExceedsTheOther(t *testing.T) {
	const n = 50_000
	m := &Model{Variables: []Variable{{Name: "shared", Point: 1, Dist: of(t, "lognormal(1, 4)")}, {Name: "a", Point: 1, Dist: of(t, "lognormal(1, 1.3)")}, {Name: "b", Point: 1, Dist: of(t, "lognormal(1, 1.5)")}},
		Products: []Product{{{0, 1}, {1, 1}}, {{0, 1}, {2, 1}}}}
	for _, ratio := range []float64{1, 1.1, 1.5} {
		m.Figures = []Figure{{Name: "a", Terms: []Term{{ratio, 0}}}, {Name: "b", Terms: []Term{{1, 1}}, Beside: true}}
		sigma := math.Sqrt(math.Pow(math.Log(1.3)/2, 2) + math.Pow(math.Log(1.5)/2, 2))
		want := dist.NormalCDF(math.Log(ratio) / sigma)
		x := run(t, m, Options{Design: design(t, 0, draws.Random, n)})
		if got := x[1].Exceeds; math.Abs(got-want) > 4*math.Sqrt(want*(1-want)/n) {
			t.Errorf("P(%v a > b) is %v, want %v", ratio, got, want)
		}
		if !math.IsNaN(x[0].Exceeds) {
			t.Error("the first has one before it")
		}
	}
}

// A draw beyond what a quantity cannot leave is the bound, and the median stays.
func TestBoundsAreNotLeft(t *testing.T) {
	lower := 1.0
	m := &Model{Variables: []Variable{{Name: "pue", Point: 1.09, Dist: of(t, "lognormal(1.09, 1.2)"), Lower: &lower}}, Products: []Product{{{0, 1}}}, Figures: []Figure{{Name: "f", Terms: []Term{{1, 0}}}}}
	d, err := m.Hold(context.Background(), Options{Design: design(t, 0, draws.Random, 10_000), Jobs: 2})
	if err != nil {
		t.Fatal(err)
	}
	pue := d.values[0]
	if got := slices.Min(pue); got != 1 {
		t.Errorf("the least draw is %v", got)
	}
	slices.Sort(pue)
	if got := pue[5000]; math.Abs(got-1.09) > 0.005 {
		t.Errorf("the median is %v", got)
	}
}

// A value of 0 with a spread about it is drawn by adding, not by multiplying.
func TestAValueOfNothingIsDrawn(t *testing.T) {
	m := &Model{Variables: []Variable{{Name: "x", Point: 0, Dist: of(t, "normal(0, 2)")}}, Products: []Product{{{0, 1}}}, Figures: []Figure{{Name: "f", Terms: []Term{{1, 0}}}}}
	if x := run(t, m, Options{Design: design(t, 0, draws.Random, 10_000)})[0]; math.Abs(x.SD-2) > 0.1 {
		t.Errorf("its standard deviation is %v", x.SD)
	}
}

// A few rows that may be off by a large factor: what they come to is positive, and its quantiles are near those of all drawn one by one. As a normal number it would have
// its 5th percentile below half of that.
func TestTheRestOfFewRowsIsSkewed(t *testing.T) {
	for rows, near := range map[int]float64{8: 0.15, 24: 0.08} {
		sigma := math.Log(10) / 2
		mean, variance := math.Exp(sigma*sigma/2), (math.Exp(sigma*sigma)-1)*math.Exp(sigma*sigma)
		m := &Model{Products: []Product{{}}}
		var full Figure
		for i := range rows {
			m.Variables = append(m.Variables, Variable{Name: fmt.Sprint("row ", i), Point: 1, Dist: of(t, "lognormal(1, 10)")})
			m.Products = append(m.Products, Product{{int32(i), 1}})
			full.Terms = append(full.Terms, Term{1, int32(i + 1)})
		}
		n := float64(rows)
		full.Name = "all rows"
		m.Figures = []Figure{full, {Name: "rest", Terms: []Term{{n * mean, 0}}, Rest: []Rest{{n * variance, 0, 0}}, RestMean: n * mean}}
		x := run(t, m, Options{Design: design(t, 0, draws.Random, 50_000)})
		for i := range x[0].Quantiles {
			if ratio := x[1].Quantiles[i] / x[0].Quantiles[i]; !(math.Abs(ratio-1) < near) {
				t.Errorf("%d rows: quantile %d is %v, of all rows %v", rows, i, x[1].Quantiles[i], x[0].Quantiles[i])
			}
		}
		if !(math.Abs(x[1].Mean/(n*mean)-1) < 0.05) || !(math.Abs(x[1].SD/math.Sqrt(n*variance)-1) < 0.25) {
			t.Errorf("mean %v and deviation %v, want %v and %v", x[1].Mean, x[1].SD, n*mean, math.Sqrt(n*variance))
		}
	}
}

// Blocks hold no more products and variables than the memory has room for, but for a figure that alone has more, and every figure is in one.
func TestBlocksHoldWhatTheMemoryHas(t *testing.T) {
	m := randomModel(t, 3, true)
	for _, most := range []int{1, 30, 100, 10_000} {
		r := &drawing{model: m, own: m.alike(), most: most}
		at := 0
		for _, b := range r.blocks(40) {
			if b.from != at || b.to <= b.from || b.to-b.from > 40 {
				t.Errorf("after %d comes the block %d to %d", at, b.from, b.to)
			}
			var own []int32 // of the last figure, which is in the block before it is known to be too many
			m.Figures[b.to-1].eachProduct(func(p int32) { own = append(own, p) })
			if n, last := len(b.products)+len(m.needed(b.products)), len(own)+len(m.needed(own)); n > most+last && b.to > b.from+1 {
				t.Errorf("at most %d: the block %d to %d has %d products and variables", most, b.from, b.to, n)
			}
			at = b.to
		}
		if at != len(m.Figures) {
			t.Errorf("the blocks end at %d", at)
		}
	}
}

// Figures behind which the same rows stand deviate alike, so that of two that differ in nothing else none is the larger; those of other rows do not.
func TestFiguresOfTheSameRowsDeviateAlike(t *testing.T) {
	m := &Model{Products: []Product{{}}, Figures: []Figure{
		{Name: "by location", Error: "rows", Terms: []Term{{1, 0}}, Rest: []Rest{{0.01, 0, 0}}},
		{Name: "by market", Error: "rows", Terms: []Term{{0.9, 0}}, Rest: []Rest{{0.0081, 0, 0}}, Beside: true},
		{Name: "others", Terms: []Term{{0.9, 0}}, Rest: []Rest{{0.0081, 0, 0}}, Beside: true}}}
	for _, o := range []Options{{}, {Memory: 1}} {
		o.Design = design(t, 0, draws.Random, 10_000)
		x := run(t, m, o)
		if got := x[1].Exceeds; got != 1 {
			t.Errorf("the first is the larger in %v of the draws", got)
		}
		if got := x[2].Exceeds; math.Abs(got-0.5) > 0.02 {
			t.Errorf("of independent ones it is in %v", got)
		}
	}
}

// Where the terms of a figure cancel, the many small errors beside them remain.
func TestManySmallErrorsRemainWhereTermsCancel(t *testing.T) {
	m := &Model{Products: []Product{{}}, Figures: []Figure{{Name: "f", Terms: []Term{{1, 0}, {-1, 0}}, Moving: 4}}}
	if x := run(t, m, Options{Design: design(t, 0, draws.Random, 10_000)})[0]; math.Abs(x.SD-2) > 0.1 || math.Abs(x.Mean) > 0.1 {
		t.Errorf("the mean is %v, the standard deviation %v", x.Mean, x.SD)
	}
}

func BenchmarkRun(b *testing.B) {
	m := randomModel(b, 1, false)
	for b.Loop() {
		if _, err := m.Run(context.Background(), Options{Design: design(b, 0, draws.Random, 10_000), Probabilities: []float64{0.05, 0.5, 0.95}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(m.Figures)), "µs/figure")
}
