package attribution

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Two sectors, worked by hand: what they produce, their share in the whole, and their intensity, before and after.
//
//	          energy    output   share      intensity
//	sector 1  30 → 80   10 → 40  0.2 → 0.5  3.0 → 2.0
//	sector 2  20 → 16   40 → 40  0.8 → 0.5  0.5 → 0.4
//	whole     50 → 96   50 → 80
//
//	L(80, 30) = 50 / ln(80/30) = 50 / 0.980829 = 50.9773, L(16, 20) = -4 / ln(16/20) = -4 / -0.223144 = 17.9257
//	activity  (50.9773 + 17.9257) × ln 1.6   = 68.9030 × 0.470004                           =  32.3847
//	structure 50.9773 × ln 2.5 + 17.9257 × ln 0.625 = 50.9773 × 0.916291 - 17.9257 × 0.470004 =  38.2848
//	intensity 50.9773 × ln(2/3) + 17.9257 × ln 0.8  = -50.9773 × 0.405465 - 4                 = -24.6695
//	                                                                                    sum     46.0000 = 96 - 50
func TestTwoSectors(t *testing.T) {
	got, err := LMDI([]float64{30, 20}, []float64{80, 16}, [][]float64{{80. / 50, 80. / 50}, {0.5 / 0.2, 0.5 / 0.8}, {2. / 3, 0.4 / 0.5}})
	if err != nil || got.Appeared != 0 || got.Disappeared != 0 {
		t.Fatal(got, err)
	}
	for d, want := range []float64{32.3847, 38.2848, -24.6695} {
		if math.Abs(got.Drivers[d]-want) > 1e-4 {
			t.Errorf("driver %d gets %v, not %v", d, got.Drivers[d], want)
		}
	}
	parts, rest := got.Parts(46)
	if sum := parts.Drivers[2] + parts.Drivers[0] + parts.Drivers[1]; sum != 46 || rest != 0 {
		t.Errorf("%v adds up to %v, and %v", parts, sum, rest)
	}
}

const precision = 400

func bigOf(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }

// bigLn is ln x by 2^k artanh of the 2^k-th root: ln x = 2^(k+1) artanh((r-1)/(r+1)).
func bigLn(x *big.Float) *big.Float {
	root := new(big.Float).SetPrec(precision).Set(x)
	const roots = 20
	for range roots {
		root.Sqrt(root)
	}
	one := bigOf(1)
	z := new(big.Float).Quo(new(big.Float).Sub(root, one), new(big.Float).Add(root, one))
	square := new(big.Float).Mul(z, z)
	sum, term := new(big.Float).SetPrec(precision), new(big.Float).Set(z)
	for k := 1; k < 80; k += 2 {
		sum.Add(sum, new(big.Float).Quo(term, bigOf(float64(k))))
		term.Mul(term, square)
	}
	return sum.SetMantExp(sum, roots+1)
}

func bigMean(a, b float64) *big.Float {
	if a == b {
		return bigOf(a)
	}
	ratio := new(big.Float).Quo(bigOf(a), bigOf(b))
	return new(big.Float).Quo(new(big.Float).Sub(bigOf(a), bigOf(b)), bigLn(ratio))
}

func TestLogarithmicMeansAreThoseOfBigArithmetic(t *testing.T) {
	if got, _ := bigLn(bigOf(10)).Float64(); got != math.Ln10 {
		t.Fatal("the reference is wrong:", got)
	}
	r := rand.New(rand.NewPCG(1, 2))
	pairs := [][2]float64{{1, 2}, {1, math.Nextafter(2, 3)}, {2, math.Nextafter(1, 2)}, {1, math.Nextafter(1, 2)}, {3, math.Nextafter(3, 0)}, {math.MaxFloat64, 1},
		{math.MaxFloat64, math.MaxFloat64 / 2}, {math.MaxFloat64, math.Nextafter(math.MaxFloat64, 0)}, {math.MaxFloat64, 5e-324}, {0x1p-1022, 0x1.8p-1022}, {1e300, 1e-300}, {1, 0x1p-1074}}
	for range 3000 {
		a := math.Exp(20 * r.NormFloat64())
		pairs = append(pairs, [2]float64{a, a * math.Exp(math.Ldexp(r.NormFloat64(), -r.IntN(60)))})
	}
	for _, p := range pairs {
		got, exactly := logarithmicMean(p[0], p[1]), bigMean(p[0], p[1])
		want, _ := exactly.Float64()
		ulp := math.Nextafter(want, math.Inf(1)) - want
		off, _ := new(big.Float).Sub(bigOf(got), exactly).Float64()
		if !(math.Abs(off) <= 5*ulp) {
			t.Errorf("of %v and %v: %v, not %v: %v units off", p[0], p[1], got, want, off/ulp)
		}
		if got < min(p[0], p[1]) || got > max(p[0], p[1]) {
			t.Errorf("of %v and %v: %v is not between them", p[0], p[1], got)
		}
		if back := logarithmicMean(p[1], p[0]); back != got {
			t.Errorf("of %v and %v: %v, and %v exchanged", p[0], p[1], got, back)
		}
	}
	if logarithmicMean(0, 3) != 0 || logarithmicMean(3, 0) != 0 || logarithmicMean(7, 7) != 7 || logarithmicMean(5e-324, 5e-324) != 5e-324 {
		t.Error("the limits are not met")
	}
}

// someCells makes cells of products of factors, some of which hardly change.
func someCells(r *rand.Rand, drivers, cells int) (before, after []float64, ratios [][]float64) {
	ratios = make([][]float64, drivers)
	for range cells {
		b, a := 1., 1.
		for d := range ratios {
			x := math.Exp(3 * r.NormFloat64())
			y := x * math.Exp(math.Ldexp(r.NormFloat64(), -r.IntN(30)))
			b, a = b*x, a*y
			ratios[d] = append(ratios[d], y/x)
		}
		before, after = append(before, b), append(after, a)
	}
	return before, after, ratios
}

func sizes(values ...[]float64) (sum float64) {
	for _, v := range slices.Concat(values...) {
		sum += math.Abs(v)
	}
	return sum
}

func mustLMDI(t *testing.T, before, after []float64, drivers [][]float64) Divisia {
	t.Helper()
	d, err := LMDI(before, after, drivers)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func total(values []float64) *big.Float {
	sum := new(big.Float).SetPrec(3000)
	for _, v := range values {
		sum.Add(sum, bigOf(v))
	}
	return sum
}

// With cells that appear and disappear among the others.
func TestDriversExplainTheWholeChange(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 300 {
		drivers := 1 + r.IntN(6)
		before, after, ratios := someCells(r, drivers, 1+r.IntN(20))
		for i := range before {
			switch r.IntN(8) {
			case 0:
				before[i] = 0
			case 1:
				after[i] = 0
			case 2:
				before[i] = 0
				ratios[r.IntN(drivers)][i] = math.Inf(1)
			case 3:
				after[i] = 0
				for d := range ratios {
					ratios[d][i] *= float64(r.IntN(2))
				}
			}
		}
		got := mustLMDI(t, before, after, ratios)
		change, _ := new(big.Float).Sub(total(after), total(before)).Float64()
		all := append(slices.Clone(got.Drivers), got.Appeared, got.Disappeared)
		explained, _ := total(all).Float64()
		if math.Abs(explained-change) > 1e-14*float64(drivers)*sizes(before, after) {
			t.Errorf("%v of %v is explained", explained, change)
		}
		parts, rest := got.Parts(change)
		sum := 0.0
		for _, d := range r.Perm(drivers) {
			sum += parts.Drivers[d]
		}
		if sum+parts.Disappeared+parts.Appeared+rest != change {
			t.Errorf("%v adds up to %v, not to %v", parts, sum+parts.Disappeared+parts.Appeared+rest, change)
		}
		if len(got.Drivers) != drivers || got.Appeared < 0 || got.Disappeared > 0 {
			t.Error(got)
		}
	}
}

// Factors by powers of two have exact reciprocals: all signs change and no bit else. Others have rounded ones.
func TestExchangingBeforeAndAfterChangesTheSigns(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 2))
	for round := range 300 {
		before, after, ratios := someCells(r, 3, 12)
		if round%2 == 0 {
			for i := range before {
				after[i] = before[i]
				for d := range ratios {
					ratios[d][i] = math.Ldexp(1, r.IntN(5)-2)
					after[i] *= ratios[d][i]
				}
			}
		}
		before[3], after[4], after[5], before[6] = 0, 0, 0, 0
		ratios[1][5], ratios[2][6] = 0, math.Inf(1)
		back := make([][]float64, 3)
		for d := range back {
			for _, ratio := range ratios[d] {
				back[d] = append(back[d], 1/ratio)
			}
		}
		there, home := mustLMDI(t, before, after, ratios), mustLMDI(t, after, before, back)
		tolerance := 0.0
		if round%2 != 0 {
			tolerance = 1e-15 * sizes(before, after)
		}
		for d := range there.Drivers {
			if !(math.Abs(there.Drivers[d]+home.Drivers[d]) <= tolerance) {
				t.Errorf("driver %d: %v there and %v back", d, there.Drivers[d], home.Drivers[d])
			}
		}
		if there.Appeared != -home.Disappeared || there.Disappeared != -home.Appeared {
			t.Errorf("%v there, %v back", there, home)
		}
	}
}

func TestADriverThatDoesNotChangeGetsNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	for range 100 {
		before, after, ratios := someCells(r, 3, 12)
		before[0], after[1] = 0, 0
		idle := make([]float64, 12)
		for i := range idle {
			idle[i] = 1
		}
		with, without := mustLMDI(t, before, after, append([][]float64{idle}, ratios...)), mustLMDI(t, before, after, ratios)
		if with.Drivers[0] != 0 || math.Signbit(with.Drivers[0]) || !slices.Equal(with.Drivers[1:], without.Drivers) {
			t.Errorf("%v with it, %v without", with, without)
		}
		if parts, _ := with.Parts(1); parts.Drivers[0] != 0 {
			t.Errorf("it gets %v in parts", parts.Drivers[0])
		}
	}
}

// By a power of two no bit changes but those of the exponent.
func TestWhatIsLargerHasPartsAsMuchLarger(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 2))
	for range 100 {
		before, after, ratios := someCells(r, 3, 12)
		before[0], after[1] = 0, 0
		got := mustLMDI(t, before, after, ratios)
		for _, scale := range []float64{2, 0x1p-30, 3, 1e-9} {
			times := func(values []float64) (out []float64) {
				for _, v := range values {
					out = append(out, scale*v)
				}
				return out
			}
			scaled := mustLMDI(t, times(before), times(after), ratios)
			fraction, _ := math.Frexp(scale)
			for d, part := range got.Drivers {
				off := math.Abs(scaled.Drivers[d] - scale*part)
				if off > 0 && (fraction == 0.5 || off > 1e-15*scale*sizes(before, after)) {
					t.Errorf("×%v: driver %d gets %v, not %v", scale, d, scaled.Drivers[d], scale*part)
				}
			}
		}
	}
}

func TestTheOrderOfCellsDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 2))
	before, after, ratios := someCells(r, 4, 40)
	before[0], after[1] = 0, 0
	got := mustLMDI(t, before, after, ratios)
	for range 20 {
		order := r.Perm(40)
		in := func(values []float64) (out []float64) {
			for _, i := range order {
				out = append(out, values[i])
			}
			return out
		}
		other := mustLMDI(t, in(before), in(after), [][]float64{in(ratios[0]), in(ratios[1]), in(ratios[2]), in(ratios[3])})
		if !slices.Equal(other.Drivers, got.Drivers) || other.Appeared != got.Appeared || other.Disappeared != got.Disappeared {
			t.Errorf("%v, and %v in another order", got, other)
		}
	}
}

// A driver alone explains all, whatever its changes; one that multiplies each cell by as much explains all, too.
func TestADriverAloneExplainsAll(t *testing.T) {
	got := mustLMDI(t, []float64{1, 10, 5}, []float64{4, 5, 5}, [][]float64{{4, 0.5, 1}})
	if math.Abs(got.Drivers[0]-(-2)) > 1e-14 { // 3 - 5 + 0
		t.Error(got)
	}
	got = mustLMDI(t, []float64{1, 10}, []float64{1.5, 15}, [][]float64{{1.5, 1.5}, {1, 1}})
	if math.Abs(got.Drivers[0]-5.5) > 1e-14 || got.Drivers[1] != 0 {
		t.Error(got)
	}
}

// The third cell appears, the fourth disappears, by drivers that are told; the last two by none.
//
//	cell       1        2       3 by 0 and 1   4 by 2    5    6    7
//	before     10       0       0              8         0    3    0
//	after      10       0       6              0         2    0    0
//	driver 0   0        -       6/2 = 3        0         0    0    -
//	driver 1   0        -       6/2 = 3        0         0    0    -
//	driver 2   0        -       0              -8        0    0    -
func TestCellsThatAppearAndDisappear(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	got := mustLMDI(t, []float64{10, 0, 0, 8, 0, 3, 0}, []float64{10, 0, 6, 0, 2, 0, 0},
		[][]float64{{1, nan, inf, 2, 1, 1, -1}, {1, inf, inf, 2, 1, 7, 0}, {1, 0, 5, 0, 3, 1, 1}})
	if !slices.Equal(got.Drivers, []float64{3, 3, -8}) || got.Appeared != 2 || got.Disappeared != -3 {
		t.Error(got)
	}
}

// Small values in the place of 0 come to the limits, slowly: what another driver gets is L(V, δ) ln r = V ln r / ln(V / δ), nearly.
func TestSmallValuesComeToTheLimits(t *testing.T) {
	limit := mustLMDI(t, []float64{0}, []float64{6}, [][]float64{{math.Inf(1)}, {math.Inf(1)}, {3}})
	if !slices.Equal(limit.Drivers, []float64{3, 3, 0}) {
		t.Fatal(limit)
	}
	for _, small := range []float64{1e-10, 1e-50, 1e-140} {
		got := mustLMDI(t, []float64{2 * small * small}, []float64{6}, [][]float64{{1 / small}, {1 / small}, {3}})
		for d, want := range limit.Drivers {
			if off := math.Abs(got.Drivers[d] - want); off > 6*math.Log(3)/math.Log(3/small/small)*(1+1e-12) {
				t.Errorf("with %v driver %d gets %v, %v off the limit", small, d, got.Drivers[d], off)
			}
		}
	}
}

func TestWhatIsNoDecompositionIsRefused(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		says          string
		before, after []float64
		drivers       [][]float64
	}{
		{"1 cells before and 2 after", []float64{1}, []float64{1, 2}, nil},
		{"of which driver 1 has 2", []float64{1}, []float64{2}, [][]float64{{2}, {1, 1}}},
		{"cell 1: -1 before", []float64{1, -1}, []float64{2, 1}, [][]float64{{2, 1}}},
		{"cell 0: 1 before and NaN after", []float64{1}, []float64{nan}, [][]float64{{2}}},
		{"cell 0: +Inf before", []float64{inf}, []float64{1}, [][]float64{{2}}},
		{"driver 1: its ratio 0", []float64{1}, []float64{2}, [][]float64{{2}, {0}}},
		{"driver 0: its ratio +Inf", []float64{1}, []float64{2}, [][]float64{{inf}}},
		{"driver 0: its ratio NaN", []float64{1}, []float64{2}, [][]float64{{nan}}},
		{"driver 0: its ratio -2", []float64{0}, []float64{2}, [][]float64{{-2}}},
		{"driver 0: its ratio 0 is neither", []float64{0}, []float64{2}, [][]float64{{0}}},
		{"driver 0: its ratio +Inf is neither", []float64{2}, []float64{0}, [][]float64{{inf}}},
		{"it changes by 1, of which its drivers explain 2", []float64{1}, []float64{2}, [][]float64{{4}}},
		{"it changes by 1, of which its drivers explain 0: their ratios must multiply to 2", []float64{1}, []float64{2}, nil},
		{"the range of float64", []float64{0, 0}, []float64{math.MaxFloat64, math.MaxFloat64}, nil},
	} {
		if got, err := LMDI(c.before, c.after, c.drivers); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v to %v by %v: %v, %v; it should say %q", c.before, c.after, c.drivers, got, err, c.says)
		}
	}
	if got, err := LMDI(nil, nil, [][]float64{{}}); err != nil || len(got.Drivers) != 1 || got.Drivers[0] != 0 {
		t.Error("nothing at all:", got, err)
	}
	if got, err := LMDI([]float64{5e-324}, []float64{1e-323}, [][]float64{{2.2}}); err != nil {
		t.Error("subnormal values have no exact ratios:", got, err)
	}
}
