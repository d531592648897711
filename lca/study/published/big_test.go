package published_test

import (
	"math"
	"math/big"
	"testing"
)

// Arithmetic of independent calculations, see independent_test.go. A value of nil is missing, and makes what is computed of it missing.

// precision is that of all numbers, in bits: enough that no rounding of theirs shows at 1e-12.
const precision = 256

func zero() *big.Float { return new(big.Float).SetPrec(precision) }

// num is a constant: num("0.34").
func num(text string) *big.Float {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic(text + " is no number")
	}
	return zero().SetRat(r)
}

func one() *big.Float { return zero().SetInt64(1) }

func missing(list ...*big.Float) bool {
	for _, x := range list {
		if x == nil {
			return true
		}
	}
	return false
}

// or is the first that is not missing.
func or(list ...*big.Float) *big.Float {
	for _, x := range list {
		if x != nil {
			return x
		}
	}
	return nil
}

func add(list ...*big.Float) *big.Float {
	sum := zero()
	for _, x := range list {
		if x == nil {
			return nil
		}
		sum.Add(sum, x)
	}
	return sum
}

func mul(list ...*big.Float) *big.Float {
	product := one()
	for _, x := range list {
		if x == nil {
			return nil
		}
		product.Mul(product, x)
	}
	return product
}

func sub(a, b *big.Float) *big.Float {
	if missing(a, b) {
		return nil
	}
	return zero().Sub(a, b)
}

// div is missing where the divisor is 0.
func div(a, b *big.Float) *big.Float {
	if missing(a, b) || b.Sign() == 0 {
		return nil
	}
	return zero().Quo(a, b)
}

func sqrt(x *big.Float) *big.Float {
	if missing(x) {
		return nil
	}
	return zero().Sqrt(x)
}

func smaller(a, b *big.Float) *big.Float {
	switch {
	case missing(a, b):
		return nil
	case a.Cmp(b) <= 0:
		return a
	}
	return b
}

func larger(a, b *big.Float) *big.Float {
	switch {
	case missing(a, b):
		return nil
	case a.Cmp(b) >= 0:
		return a
	}
	return b
}

func floor(x *big.Float) *big.Float {
	if missing(x) {
		return nil
	}
	whole, accuracy := x.Int(nil) // towards 0
	if x.Sign() < 0 && accuracy != big.Exact {
		whole.Sub(whole, big.NewInt(1))
	}
	return zero().SetInt(whole)
}

func ceil(x *big.Float) *big.Float {
	if missing(x) {
		return nil
	}
	return zero().Neg(floor(zero().Neg(x)))
}

// ceilPow2 is the smallest power of 2, 1 at least, that is not below x.
func ceilPow2(x *big.Float) *big.Float {
	if missing(x) {
		return nil
	}
	p := one()
	for p.Cmp(x) < 0 {
		p.Mul(p, zero().SetInt64(2))
	}
	return p
}

// exp halves its argument until it is small, adds up the series, and squares.
func exp(x *big.Float) *big.Float {
	if missing(x) {
		return nil
	}
	halvings := max(x.MantExp(nil), 0) + 20
	small := zero().SetMantExp(x, -halvings)
	sum, term := one(), one()
	for n := int64(1); n < 40; n++ {
		term = mul(term, div(small, zero().SetInt64(n)))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

// ln is Newton's way from float64's logarithm, which doubles its digits at every step.
func ln(x *big.Float) *big.Float {
	if missing(x) {
		return nil
	}
	mantissa := zero()
	exponent := x.MantExp(mantissa)
	f, _ := mantissa.Float64()
	y := zero().SetFloat64(math.Log(f) + float64(float64(exponent)*math.Ln2))
	for range 4 { // y + 2 (x - e^y) / (x + e^y)
		e := exp(y)
		y = add(y, mul(num("2"), div(sub(x, e), add(x, e))))
	}
	return y
}

// pow is x to the power of y, of x above 0.
func pow(x, y *big.Float) *big.Float { return exp(mul(y, ln(x))) }

func TestFunctionsOfBigNumbers(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want *big.Float
	}{
		{"e", exp(num("1")), num("2.71828182845904523536028747135266249775724709369995957496696763")},
		{"e^-7.5", exp(num("-7.5")), num("0.000553084370147833583102000088530357197811336582440197")},
		{"ln 2", ln(num("2")), num("0.693147180559945309417232121458176568075500134360255254120680009")},
		{"ln 1e-9", ln(num("1e-9")), num("-20.7232658369464111561619230921592778684099133976")},
		{"2^0.5", pow(num("2"), num("0.5")), sqrt(num("2"))},
		{"a ceiling", ceil(num("2.1")), num("3")},
		{"the ceiling of a negative number", ceil(num("-2.1")), num("-2")},
		{"a floor", floor(num("-2.1")), num("-3")},
		{"the ceiling of a whole number", ceil(num("2")), num("2")},
		{"a power of 2", ceilPow2(num("4")), num("4")},
		{"above a power of 2", ceilPow2(num("4.1")), num("8")},
		{"below 1", ceilPow2(num("0.3")), num("1")},
	} {
		off, _ := div(sub(c.got, c.want), c.want).Float64()
		if math.Abs(off) > 1e-38 {
			t.Errorf("%s: %.50g, want %.50g", c.name, c.got, c.want)
		}
	}
	if exp(nil) != nil || add(one(), nil) != nil || div(one(), num("0")) != nil || or(nil, one()) == nil {
		t.Error("what is missing does not stay so")
	}
}
