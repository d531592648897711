package elementary

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestResultsAreCorrectlyRounded compares 40,000 results of each function with the series of big_test.go, equal bits.
func TestResultsAreCorrectlyRounded(t *testing.T) {
	for _, f := range functions {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(1, 2))
			misrounded, farthest := 0, 0.0
			for range 40_000 {
				x, y := f.points(r)
				got, want := f.of(x, y), f.want(x, y)
				if !same(got, want) {
					misrounded++
					if misrounded <= 5 {
						t.Errorf("%s of %x, %x is %x, want %x", f.name, x, y, got, want)
					}
				}
				farthest = max(farthest, distance(got, want))
			}
			t.Logf("%s: %d of 40,000 results misrounded, the farthest %v float64 away from the correctly rounded one", f.name, misrounded, farthest)
		})
	}
}

func same(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

// distance of two results in float64 between them.
func distance(a, b float64) float64 {
	return math.Abs(float64(int64(math.Float64bits(a)) - int64(math.Float64bits(b))))
}

// TestHardArgumentsAreCorrectlyRounded looks at 500,000 arguments of each function for those whose exact result lies within 2^-10 ulp
// of the middle between two float64, and compares these.
func TestHardArgumentsAreCorrectlyRounded(t *testing.T) {
	for _, f := range functions {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(3, 4))
			hard := 0
			for range 500_000 {
				x, y := f.points(r)
				hi, lo, ok := f.parts(x, y)
				if e := 0x1p-64 * hi; !ok || hi+(lo-e) == hi+(lo+e) {
					continue
				}
				hard++
				if got, want := f.of(x, y), f.want(x, y); !same(got, want) {
					t.Errorf("%s of %x, %x is %x, want %x", f.name, x, y, got, want)
				}
			}
			t.Logf("%s: %d hard arguments", f.name, hard)
			if hard < 100 {
				t.Error("too few to show anything")
			}
		})
	}
}

// TestHardestArguments holds the arguments of exp and ln that Lefèvre and Muller found hardest (x = 7.54e-10 and the one of 2^678) and
// others that follow from the series 1 + x + x²/2, where 1 + x is in the middle.
func TestHardestArguments(t *testing.T) {
	for _, x := range []float64{0x1p-53, -0x1p-54, 0x1.8p-52, -0x1.8p-53, 0x1p-54, -0x1p-55, 0x1p-52, 5e-324, -5e-324,
		0x1.9e9cbbfd6080bp-31, 0x1.fffffffffffffp-53, -0x1.fffffffffffffp-54, 0x1.fffffffffffffp-54} {
		if got, want := Exp(x), wantExp(x); !same(got, want) {
			t.Errorf("Exp(%x) is %x, want %x", x, got, want)
		}
		for _, y := range []float64{1 + x, 0x1.62a88613629b6p+678} {
			if got, want := Ln(y), nearest(bigLn(number(y))); !same(got, want) {
				t.Errorf("Ln(%x) is %x, want %x", y, got, want)
			}
		}
	}
	// The middle above 1: e^(2^-53) is 1 + 2^-53 + 2^-107, and so above it.
	if got := Exp(0x1p-53); got != 1+0x1p-52 {
		t.Errorf("Exp(2^-53) is %x", got)
	}
	if got := Exp(-0x1p-54); got != 1 {
		t.Errorf("Exp(-2^-54) is %x", got)
	}
}

// TestPowersInTheMiddle: whole powers of 54 bits lie in the middle between two float64 and go to the even one. math/big has them exactly.
func TestPowersInTheMiddle(t *testing.T) {
	middles := 0
	check := func(x float64, n int, exact *big.Float) {
		t.Helper()
		want := nearest(exact)
		if got := Pow(x, float64(n)); !same(got, want) {
			t.Errorf("Pow(%v, %d) is %x, want %x", x, n, got, want)
		}
		if got := Pow(-x, float64(n)); n%2 == 0 && !same(got, want) || n%2 != 0 && !same(got, -want) {
			t.Errorf("Pow(%v, %d) is %x", -x, n, got)
		}
	}
	for n := 2; n <= 34; n++ {
		low := uint64(math.Pow(2, 53/float64(n)))
		high := uint64(math.Pow(2, 54/float64(n)))
		stride := max((high-low)/500, 1)
		for a := low; a <= high+1; a += stride {
			whole := new(big.Int).Exp(new(big.Int).SetUint64(a), big.NewInt(int64(n)), nil)
			if whole.BitLen() == 54 && whole.Bit(0) == 1 {
				middles++
			}
			v := new(big.Float).SetInt(whole)
			check(float64(a), n, v)
			// Scaled by 2^-k it is the same, but for subnormal results: there odd numbers of the last place and a half lie in the middle.
			check(math.Ldexp(float64(a), -20), n, new(big.Float).SetMantExp(v, -20*n))
			k := 1075 / n
			check(math.Ldexp(float64(a), -k), n, new(big.Float).SetMantExp(v, -k*n))
		}
	}
	if middles < 1000 {
		t.Errorf("only %d powers lie in the middle", middles)
	}
	for _, c := range []struct{ x, y, want float64 }{
		{3, 34, 16677181699666568}, // 16677181699666569
		{1<<27 + 1, 2, 1<<54 + 1<<28},
		{0x1p-215 * 3, 5, 122 * 0x1p-1074}, // 243/2 of the last place
		{2, -1075, 0},
		{2, -1074, 0x1p-1074},
		{8, -1075. / 3, 0x1p-1074}, // 1075/3 is rounded down
	} {
		if got := Pow(c.x, c.y); !same(got, c.want) {
			t.Errorf("Pow(%v, %v) is %x, want %x", c.x, c.y, got, c.want)
		}
	}
}

func TestExactResultsAreExact(t *testing.T) {
	for k := -1074; k <= 1023; k++ {
		x := math.Ldexp(1, k)
		if got := Log2(x); got != float64(k) {
			t.Errorf("Log2(2^%d) is %v", k, got)
		}
		if got := Pow(2, float64(k)); got != x {
			t.Errorf("Pow(2, %d) is %x", k, got)
		}
		if got := Pow(0.5, float64(-k)); got != x {
			t.Errorf("Pow(0.5, %d) is %x", -k, got)
		}
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 20_000 {
		x := lnPoint(r)
		for _, c := range []struct{ y, want float64 }{{1, x}, {-1, 1 / x}, {0.5, math.Sqrt(x)}, {2, x * x}, {0, 1}} {
			if got := Pow(x, c.y); !same(got, c.want) {
				t.Errorf("Pow(%x, %v) is %x, want %x", x, c.y, got, c.want)
			}
		}
		a := float64(1 + r.IntN(1<<17))
		if got := Pow(a*a, 1.5); got != a*a*a {
			t.Errorf("Pow(%v, 1.5) is %v", a*a, got)
		}
	}
}

// TestResultsNeverTurnBack: correctly rounded functions keep the order of their arguments.
func TestResultsNeverTurnBack(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 20_000 {
		x, l := expPoint(r), lnPoint(r)
		y := r.Float64() * 20
		for range 4 {
			up, lup := math.Nextafter(x, math.Inf(1)), math.Nextafter(l, math.Inf(1))
			if Exp(x) > Exp(up) {
				t.Fatalf("Exp falls after %x", x)
			}
			if Ln(l) > Ln(lup) || Log2(l) > Log2(lup) {
				t.Fatalf("Ln or Log2 falls after %x", l)
			}
			if Pow(l, y) > Pow(lup, y) || Pow(l, -y) < Pow(lup, -y) {
				t.Fatalf("Pow turns back after %x, %x", l, y)
			}
			x, l = up, lup
		}
	}
}

// Each rounding of the logarithm moves x by up to |ln x| half ulp.
func TestExpUndoesLn(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 20_000 {
		x := math.Ldexp(1+r.Float64(), r.IntN(2000)-1000)
		if got := Exp(Ln(x)); math.Abs(got-x) > x*(1+math.Abs(math.Log(x)))*0x1p-53 {
			t.Errorf("Exp(Ln(%x)) is %x", x, got)
		}
		if got := Pow(2, Log2(x)); math.Abs(got-x) > x*(1+math.Abs(math.Log(x)))*0x1p-53 {
			t.Errorf("Pow(2, Log2(%x)) is %x", x, got)
		}
	}
}
