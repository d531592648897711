package stock

import (
	"errors"
	"hash/fnv"
	"math"
	"math/big"
	"strings"
	"testing"
)

// At the age of the mean exp(-Γ(1+1/shape)^shape) are left.
func TestSurvivalOfKnownLifetimes(t *testing.T) {
	for _, c := range []struct {
		life      Lifetime
		age, want float64
	}{
		{Lifetime{5, 1}, 5, 1 / math.E},                // exponential: exp(-5/5)
		{Lifetime{4, 1}, 10, math.Exp(-2.5)},           // exp(-10/4)
		{Lifetime{5, 2}, 5, math.Exp(-math.Pi / 4)},    // Γ(3/2)² = π/4: 0.4559
		{Lifetime{5, 2}, 10, math.Exp(-math.Pi)},       // twice the mean: exp(-4 π/4) = 0.0432
		{Lifetime{6, 3}, 6, 0.490626102807},            // Γ(4/3)³ = 0.8929795³ = 0.7120729: exp(-0.7120729)
		{Lifetime{5, 100}, 4, 1 - 1.153e-10},           // scale 5/0.994326 = 5.02853: (4/5.02853)^100 = exp(100 × -0.228834) = 1.153e-10
		{Lifetime{5, 2}, 0, 1},                         // new
		{Lifetime{5, 2}, -3, 1},                        // not yet there
		{Lifetime{5e-324, 100}, 1, 0},                  // gone at once
		{Lifetime{5, 2}, math.MaxFloat64, 0},           // for ever
		{Lifetime{MaxMean, 1}, 1, math.Exp(-1. / 1e3)}, // hardly any
	} {
		if got := c.life.Survival(c.age); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v at %v: %v, not %v", c.life, c.age, got, c.want)
		}
	}
}

var someLives = []Lifetime{{5, 1}, {4.5, 1.3}, {3, 2}, {6, 3.6}, {12, 7}, {1, 1.5}, {0.25, 2}, {30, 1}, {5, 40}, {5, 100}, {300, 2.5}}

func TestSurvivalIsThatOfPackageMath(t *testing.T) {
	for _, l := range someLives {
		for age := 0.0; age < 40; age += 0.37 {
			hazard := math.Pow(age*math.Gamma(1+1/l.Shape)/l.Mean, l.Shape)
			got, want := l.Survival(age), math.Exp(-hazard)
			if math.Abs(got-want) > 1e-15*want*(2+hazard*(2+4*l.Shape)) {
				t.Errorf("%v at %v: %v, not %v", l, age, got, want)
			}
		}
	}
}

// The mean of a distribution of positive values is the integral of its survival.
func TestTheMeanIsTheMean(t *testing.T) {
	for _, l := range someLives {
		const steps = 20000
		step := l.Mean * 40 / steps
		sum := 0.0
		for i := range steps {
			sum += l.Survival((float64(i) + 0.5) * step)
		}
		if math.Abs(sum*step/l.Mean-1) > 1e-6 {
			t.Errorf("%v has the mean %v", l, sum*step)
		}
	}
}

func TestSurvivalNeverGrows(t *testing.T) {
	for _, l := range someLives {
		last, lastSince := 1.0, 1.0
		for age := range 1000 {
			now, since := l.Survival(float64(age)), l.since(3, float64(age+3))
			if now > last || since > lastSince || age == 0 && (now != 1 || since != 1) {
				t.Errorf("%v: %v and %v at %d, %v and %v the year before", l, now, since, age, last, lastSince)
			}
			last, lastSince = now, since
			// Of those at the age of 3: the quotient of two survivals, where the first is not too small.
			if at := l.Survival(3); at > 1e-300 && math.Abs(since-l.Survival(float64(age+3))/at) > 1e-12 {
				t.Errorf("%v: %v are left from 3 to %d", l, since, age+3)
			}
		}
	}
	// Nobody is expected to be left at 100, of whom exp(-(101² - 100²) π/4/25) = exp(-201 × 0.0314159) = exp(-6.3146) are left at 101.
	if l := (Lifetime{5, 2}); l.Survival(100) > 1e-130 || math.Abs(l.since(100, 101)-0.0018097) > 1e-7 {
		t.Error(l.Survival(100), l.since(100, 101))
	}
	if l := (Lifetime{5e-324, 100}); l.since(0, 0) != 1 || l.since(7, 7) != 1 || l.since(7, 8) != 0 || l.since(0, 1) != 0 {
		t.Error(l)
	}
}

// bigGamma is Γ(1+x), as the integral of t^x e^-t from 0 to n = 2^7 by its series n^(1+x) e^-n Σ n^k / ((1+x)(2+x)...(1+k+x)); what is beyond n is less than 1e-52.
func bigGamma(x float64) *big.Float {
	const precision, n = 600, 128
	of := func(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }
	exp := func(x *big.Float) *big.Float { // the 2^20-th power of the series of exp(x / 2^20)
		small := new(big.Float).SetMantExp(x, -20)
		sum, term := of(1), of(1)
		for k := 1; k < 60; k++ {
			term.Mul(term, small)
			term.Quo(term, of(float64(k)))
			sum.Add(sum, term)
		}
		for range 20 {
			sum.Mul(sum, sum)
		}
		return sum
	}
	ln2, power := of(0), of(1) // Σ 1 / (k 2^k)
	for k := 1; k < precision; k++ {
		power.Quo(power, of(2))
		ln2.Add(ln2, new(big.Float).Quo(power, of(float64(k))))
	}
	onePlus := new(big.Float).Add(of(1), of(x))
	sum, divisor := of(0), new(big.Float).Set(onePlus)
	term := new(big.Float).Quo(of(1), divisor)
	for range 1200 {
		sum.Add(sum, term)
		divisor.Add(divisor, of(1))
		term.Mul(term, of(n))
		term.Quo(term, divisor)
	}
	exponent := new(big.Float).Mul(ln2, of(7))
	exponent.Mul(exponent, onePlus)
	exponent.Sub(exponent, of(n))
	return sum.Mul(sum, exp(exponent))
}

func TestGammaIsThatOfBigArithmetic(t *testing.T) {
	points := []float64{0, 0.01, 1. / 3, 0.46163214496836, 0.5, 0.99, math.Nextafter(1, 0), 1}
	for i := range 100 {
		points = append(points, (float64(i)+0.3)/100)
	}
	for _, x := range points {
		exactly := bigGamma(x)
		got := gammaOf1Plus(x)
		want, _ := exactly.Float64()
		off, _ := new(big.Float).Sub(new(big.Float).SetFloat64(got), exactly).Float64()
		if ulp := math.Nextafter(want, 0) - want; math.Abs(off) > -2*ulp {
			t.Errorf("Γ(1+%v) is %v, not %v: %v units off", x, got, want, off/ulp)
		}
	}
	if gammaOf1Plus(0) != 1 || gammaOf1Plus(1) != 1 {
		t.Error("Γ(1) and Γ(2) are not 1")
	}
}

func TestLifetimesThatAreNoneAreRefused(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		life Lifetime
		says string
		is   error
	}{
		{Lifetime{0, 2}, "the mean of 0 years", nil},
		{Lifetime{-1, 2}, "the mean of -1 years", nil},
		{Lifetime{1000.5, 2}, "at most 1000", nil},
		{Lifetime{inf, 2}, "the mean +Inf", ErrNotFinite},
		{Lifetime{nan, 2}, "the mean NaN", ErrNotFinite},
		{Lifetime{5, 0.99}, "the shape 0.99 is not within 1 to 100", nil},
		{Lifetime{5, 101}, "the shape 101", nil},
		{Lifetime{5, -inf}, "the shape -Inf", ErrNotFinite},
		{Lifetime{5, nan}, "the shape NaN", ErrNotFinite},
		{Lifetime{}, "the mean of 0 years", nil},
	} {
		if err := c.life.Check(); err == nil || !strings.Contains(err.Error(), c.says) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%v: %v; it should say %q", c.life, err, c.says)
		}
	}
	for _, l := range someLives {
		if err := l.Check(); err != nil {
			t.Error(err)
		}
	}
}

// The same bits on every machine: this is the digest of 4400 of them.
func TestSurvivalHasTheSameBitsEverywhere(t *testing.T) {
	h := fnv.New64a()
	for _, l := range someLives {
		for age := range 400 {
			bits := math.Float64bits(l.Survival(float64(age) / 8))
			for range 8 {
				_, _ = h.Write([]byte{byte(bits)})
				bits >>= 8
			}
		}
	}
	if got := h.Sum64(); got != 0x4c72fad68ad6dc4 {
		t.Errorf("the digest is %#x", got)
	}
}
