package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// values are n lognormal ones about 1, and with them numbers of all other sizes and signs, and equal ones.
func values(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]float64, n)
	for i := range out {
		switch r.IntN(10) {
		case 0:
			out[i] = math.Floor(4 * r.Float64())
		case 1:
			out[i] = -math.Exp(20 * r.NormFloat64())
		default:
			out[i] = math.Exp(r.NormFloat64())
		}
	}
	return out
}

// The worked numbers: of 1, 2, 4, 8, 16 the quantile p lies at 4p: 0.3 at 1.2, between 2 and 4.
func TestAQuantileIsOfType7(t *testing.T) {
	sorted := []float64{1, 2, 4, 8, 16}
	for p, want := range map[float64]float64{0: 1, 0.25: 2, 0.3: 2.4, 0.5: 4, 0.75: 8, 0.95: 14.4, 1: 16} {
		if got := Quantile(sorted, p); math.Abs(got-want) > 1e-14 {
			t.Errorf("the quantile %v is %v, not %v", p, got, want)
		}
	}
	if got := Quantile([]float64{3}, 0.9); got != 3 {
		t.Errorf("the quantile of one value is %v", got)
	}
	if got := Quantile([]float64{-math.MaxFloat64, math.MaxFloat64}, 0.5); got != 0 {
		t.Errorf("between the ends of all numbers lies %v", got)
	}
	for _, got := range []float64{Quantile(nil, 0.5), Quantile(sorted, 1.1), Quantile(sorted, math.NaN()), Quantiles([]float64{1, math.NaN()}, 0.5)[0], Quantiles(nil, 0.5)[0]} {
		if got == got {
			t.Errorf("there is no such quantile: %v", got)
		}
	}
}

func TestSelectedQuantilesAreThoseOfSortedValues(t *testing.T) {
	ps := []float64{0.975, 0, 0.025, 0.5, 1, 0.25, 0.5000001, 0.75}
	sawtooth := make([]float64, 10_000)
	for i := range sawtooth {
		sawtooth[i] = float64(i % 7)
	}
	rising := slices.Sorted(slices.Values(values(5000, 9)))
	falling := slices.Clone(rising)
	slices.Reverse(falling)
	for _, x := range [][]float64{{1}, {2, 1}, values(32, 1), values(33, 2), values(1000, 3), values(100_000, 4), sawtooth, rising, falling, make([]float64, 1000)} {
		sorted := slices.Sorted(slices.Values(x))
		for i, got := range Quantiles(slices.Clone(x), ps...) {
			if want := Quantile(sorted, ps[i]); got != want {
				t.Errorf("the quantile %v of %d values is %v, not %v", ps[i], len(x), got, want)
			}
		}
	}
}

func TestSelectionKeepsTheValues(t *testing.T) {
	x := values(3000, 5)
	sorted := slices.Sorted(slices.Values(x))
	Quantiles(x, 0.1, 0.9)
	slices.Sort(x)
	if !slices.Equal(x, sorted) {
		t.Error("values were lost")
	}
}

// Tables of B(n, 1/2): of 9 draws the median lies between the 2nd and the 8th with 1 - 2 × 10/512 = 0.9609, of 10 with 1 - 2 × 11/1024 between
// the 2nd and the 9th. Below 6 draws no interval holds the median with 95 %: 1 - 2/32 = 0.9375.
func TestTheIntervalOfAQuantile(t *testing.T) {
	for _, c := range []struct {
		n        int
		p        float64
		low      int
		high     int
		coverage float64
	}{
		{6, 0.5, 1, 6, 1 - 2./64},
		{9, 0.5, 2, 8, 1 - 20./512},
		{10, 0.5, 2, 9, 1 - 22./1024},
		// by scipy.stats.binom 1.10: cdf(468, 1000, 0.5) is 0.0231, as is sf(531); cdf(15, 1000, 0.025) is 0.0211, sf(35) 0.0210
		{1000, 0.5, 469, 532, 0.9537},
		{1000, 0.025, 16, 36, 0.9579},
	} {
		got, ok := QuantileInterval(c.n, c.p, 0.95)
		if !ok || got.Low != c.low || got.High != c.high || math.Abs(got.Coverage-c.coverage) > 5e-5 {
			t.Errorf("%d draws, quantile %v: %+v, %v, want %d to %d, %.4f", c.n, c.p, got, ok, c.low, c.high, c.coverage)
		}
	}
	for _, c := range []struct {
		n int
		p float64
	}{{5, 0.5}, {100, 0.001}, {100, 0.975}, {0, 0.5}, {10, 0}, {10, 1}} {
		if got, ok := QuantileInterval(c.n, c.p, 0.95); ok {
			t.Errorf("%d draws tell where the quantile %v lies: %+v", c.n, c.p, got)
		}
	}
}

// Of 2000 sets of 500 draws each, the interval holds the true quantile as often as it says, within four standard errors.
func TestTheIntervalHoldsTheQuantileAsOftenAsItSays(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, p := range []float64{0.05, 0.5, 0.975} {
		interval, ok := QuantileInterval(500, p, 0.95)
		if !ok {
			t.Fatal("no interval")
		}
		held := 0.0
		for range 2000 {
			x := make([]float64, 500)
			for i := range x {
				x[i] = r.Float64()
			}
			slices.Sort(x)
			if x[interval.Low-1] <= p && p <= x[interval.High-1] {
				held += 1. / 2000
			}
		}
		c := interval.Coverage
		if c < 0.95 || c > 0.98 || math.Abs(held-c) > 4*math.Sqrt(c*(1-c)/2000) {
			t.Errorf("quantile %v: held %.3f of the times, said %.3f", p, held, c)
		}
	}
}

func TestMomentsDoNotDependOnOrderAndParts(t *testing.T) {
	x := values(5000, 7)
	want := Of(x)
	rand.New(rand.NewPCG(8, 8)).Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
	parts := Of(x[:1234])
	parts.Merge(Of(x[1234:1234]))
	parts.Merge(Of(x[1234:]))
	if parts.N() != want.N() || parts.Mean() != want.Mean() || parts.Variance() != want.Variance() {
		t.Errorf("in parts the mean is %v and the variance %v, not %v and %v", parts.Mean(), parts.Variance(), want.Mean(), want.Variance())
	}
}

func TestMomentsOfFewAndOfEqualValues(t *testing.T) {
	if m := Of(nil); m.Mean() == m.Mean() || m.Variance() == m.Variance() {
		t.Error("no values have moments")
	}
	if m := Of([]float64{3}); m.Mean() != 3 || m.SD() == m.SD() {
		t.Error("one value has a deviation")
	}
	if m := Of([]float64{0.1, 0.1, 0.1}); m.SD() != 0 {
		t.Errorf("equal values deviate by %v", m.SD())
	}
	// far below and above the deviation the mean loses no digit of it: 1e9 ± 1e-6, in steps of 2^-23
	const step = 0x1p-23
	if m := Of([]float64{1e9 - step, 1e9, 1e9 + step}); m.SD() != step {
		t.Errorf("a millionth about a billion deviates by %v, not %v", m.SD(), step)
	}
}

func TestAPlaceKeepsTheOrderOfNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64().Draw(t, "a"), rapid.Float64().Draw(t, "b")
		if math.IsNaN(a) || math.IsNaN(b) {
			return
		}
		if (a < b) != (Place(a) < Place(b)) || At(Place(a)) != a {
			t.Fatalf("%v is at %x, %v at %x", a, Place(a), b, Place(b))
		}
	})
}

// A hostile file's numbers make no figure that cannot be written.
func TestASketchIsExactWhileItHoldsAllValues(t *testing.T) {
	x := values(10_000, 11)
	var s Sketch
	for _, v := range x {
		s.Add(v)
	}
	slices.Sort(x)
	for _, p := range []float64{0, 0.025, 0.31, 0.5, 0.975, 1} {
		if got, off := s.Quantile(p); got != Quantile(x, p) || off != 0 {
			t.Errorf("the quantile %v is %v off by %v, not %v", p, got, off, Quantile(x, p))
		}
	}
}

// The rank of what a sketch says is off by no more than it says, and that is little.
func TestTheRanksOfASketchAreAsGoodAsItSays(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	x := make([]float64, 300_000)
	s := Sketch{MaxCells: 2000}
	for i := range x {
		x[i] = math.Exp(0.4 * r.NormFloat64())
		s.Add(x[i])
	}
	if s.N() != 300_000 || len(s.cells) > 2000 {
		t.Errorf("%d values in %d cells", s.N(), len(s.cells))
	}
	slices.Sort(x)
	for _, p := range []float64{0.001, 0.025, 0.25, 0.5, 0.75, 0.975, 0.999} {
		got, off := s.Quantile(p)
		rank, _ := slices.BinarySearch(x, got)
		if real := math.Abs(float64(rank)/300_000 - p); real > off+1./300_000 || off > 0.004 || off == 0 {
			t.Errorf("the quantile %v is %v, whose rank is %v off; said %v", p, got, real, off)
		}
		if want := Quantile(x, p); math.Abs(got-want) > 1e-3*want {
			t.Errorf("the quantile %v is %v, not %v", p, got, want)
		}
	}
}

func TestASketchDoesNotDependOnOrderAndParts(t *testing.T) {
	x := values(50_000, 13)
	sketch := func(x []float64) *Sketch {
		s := &Sketch{MaxCells: 500}
		for _, v := range x {
			s.Add(v)
		}
		return s
	}
	ps := []float64{0, 1e-4, 0.1, 0.5, 0.9, 0.9999, 1}
	same := func(what string, a, b *Sketch) {
		for _, p := range ps {
			va, oa := a.Quantile(p)
			vb, ob := b.Quantile(p)
			if va != vb || oa != ob {
				t.Errorf("%s: the quantile %v is %v off by %v, not %v off by %v", what, p, va, oa, vb, ob)
			}
		}
	}
	whole := sketch(x)
	rand.New(rand.NewPCG(14, 14)).Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
	same("in another order", sketch(x), whole)
	rising := sketch(slices.Sorted(slices.Values(x)))
	same("rising", rising, whole)
	few, many := sketch(x[:100]), sketch(x[100:])
	merged := sketch(nil)
	for _, part := range []*Sketch{few, sketch(nil), many} {
		merged.Merge(part)
	}
	same("in parts", merged, whole)
	many.Merge(few)
	same("the fewer into the more", many, whole)
	few.Merge(sketch(x[100:]))
	same("the more into the fewer", few, whole)
}

func BenchmarkOf(b *testing.B) {
	x := values(10_000, 1)
	for b.Loop() {
		Of(x)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/value")
}

func BenchmarkQuantiles(b *testing.B) {
	x := values(10_000, 1)
	y := make([]float64, len(x))
	for b.Loop() {
		copy(y, x)
		Quantiles(y, 0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/value")
}

func BenchmarkSketch(b *testing.B) {
	x := values(1_000_000, 1)
	for b.Loop() {
		var s Sketch
		for _, v := range x {
			s.Add(v)
		}
		s.Quantile(0.5)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/value")
}
