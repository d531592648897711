package elementary

import (
	"math"
	"math/big"
	"strings"
	"testing"
)

// precision of the numbers that results are compared with, in bits. They are good to about 2^-300.
const precision = 340

func number(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }

func product(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(precision).Mul(a, b) }

func quotient(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(precision).Quo(a, b) }

func difference(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(precision).Sub(a, b) }

func nearest(a *big.Float) float64 {
	f, _ := a.Float64()
	return f
}

var (
	bigLn2 = func() *big.Float { // 2 ln √2
		l := seriesLn(new(big.Float).SetPrec(precision).Sqrt(number(2)))
		return l.SetMantExp(l, 1)
	}()
	overFactorial = func() (c [24]*big.Float) { // 1/n!
		c[0] = number(1)
		for n := 1; n < len(c); n++ {
			c[n] = quotient(c[n-1], number(float64(n)))
		}
		return c
	}()
	overOdd = func() (c [64]*big.Float) { // 1/(2n+1)
		for n := range c {
			c[n] = quotient(number(1), number(float64(2*n+1)))
		}
		return c
	}()
)

// bigExp is e^x by Taylor's series of x/2^16, squared 16 times, after taking out powers of two.
func bigExp(x *big.Float) *big.Float {
	f, _ := x.Float64()
	k := math.Round(f / math.Ln2)
	r := new(big.Float).SetPrec(precision).Set(x)
	if k != 0 {
		r = difference(x, product(bigLn2, number(k)))
	}
	r.SetMantExp(r, -16)
	s := new(big.Float).SetPrec(precision).Set(overFactorial[len(overFactorial)-1])
	for n := len(overFactorial) - 2; n >= 1; n-- {
		s.Add(s.Mul(s, r), overFactorial[n])
	}
	s.Mul(s, r) // e^r - 1, which keeps its bits where r is tiny
	for range 16 {
		t := product(s, s)
		s.Add(t, s.Add(s, s)) // (1 + s)² - 1
	}
	s.SetPrec(2*precision).Add(s, number(1))
	return s.SetMantExp(s, int(k))
}

// bigLn is ln x by the series of 2 artanh((m-1)/(m+1)), m from 0.7 to 1.42, after taking out powers of two.
func bigLn(x *big.Float) *big.Float {
	m := new(big.Float).SetPrec(precision)
	k := x.MantExp(m)
	if f, _ := m.Float64(); f < math.Sqrt2/2 {
		m.SetMantExp(m, 1)
		k--
	}
	l := seriesLn(m)
	if k != 0 {
		l.Add(l, product(bigLn2, number(float64(k))))
	}
	return l
}

func seriesLn(m *big.Float) *big.Float {
	s := quotient(difference(m, number(1)), new(big.Float).SetPrec(precision).Add(m, number(1)))
	s2 := product(s, s)
	sum := new(big.Float).SetPrec(precision)
	for n := len(overOdd) - 1; n >= 0; n-- {
		sum.Add(sum.Mul(sum, s2), overOdd[n])
	}
	sum.Mul(sum, s)
	return sum.SetMantExp(sum, 1)
}

// bigPow is x^y for x > 0.
func bigPow(x, y float64) *big.Float { return bigExp(product(bigLn(number(x)), number(y))) }

func bigLog2(x float64) *big.Float { return quotient(bigLn(number(x)), bigLn2) }

// Digits of OEIS A001113, A002162, A002392, A002193 and A019774: e, ln 2, ln 10, the roots of 2 and of e.
func TestTheSeriesGivePublishedDigits(t *testing.T) {
	for _, c := range []struct {
		name   string
		value  *big.Float
		digits string
	}{
		{"e", bigExp(number(1)), "2.71828182845904523536028747135266249775724709369995957496696762772407663035354759"},
		{"ln 2", bigLn(number(2)), "0.69314718055994530941723212145817656807550013436025525412068000949339362196969471"},
		{"ln 10", bigLn(number(10)), "2.30258509299404568401799145468436420760110148862877297603332790096757260967735248"},
		{"root of 2", bigPow(2, 0.5), "1.41421356237309504880168872420969807856967187537694807317667973799073247846210703"},
		{"root of e", bigExp(number(0.5)), "1.64872127070012814684865078781416357165377610071014801157507931164066102119421560"},
		{"1/10", bigExp(difference(number(0), bigLn(number(10)))), "0.10000000000000000000000000000000000000000000000000000000000000000000000000000000"},
	} {
		if got := c.value.Text('f', 90); !strings.HasPrefix(got, c.digits) {
			t.Errorf("%s: got %s, want %s...", c.name, got, c.digits)
		}
	}
}
