package elementary

import "math"

// Pow is x to the power of y. Special values are those of C99, Annex F:
//
//	Pow(x, ±0) = 1 and Pow(1, y) = 1, even for NaN; with any other NaN the result is NaN
//	Pow(±0, y) = ±Inf for y an odd whole number < 0, +Inf for other y < 0
//	Pow(±0, y) = ±0 for y an odd whole number > 0, +0 for other y > 0
//	Pow(-1, ±Inf) = 1
//	Pow(x, +Inf) = +Inf for |x| > 1, +0 for |x| < 1; Pow(x, -Inf) the other way round
//	Pow(+Inf, y) = +Inf for y > 0, +0 for y < 0
//	Pow(-Inf, y) = -Pow(+Inf, y) for y an odd whole number, Pow(+Inf, y) for other y
//	Pow(x, y) = NaN for finite x < 0 and y finite but not whole
func Pow(x, y float64) float64 {
	switch {
	case y == 0 || x == 1:
		return 1
	case x != x || y != y:
		return math.NaN()
	case math.IsInf(y, 0):
		return powAtInfinity(math.Abs(x), y)
	}
	if x > 0 && x <= math.MaxFloat64 {
		return powPositive(x, y, false)
	}
	negative := math.Signbit(x) && odd(y)
	switch {
	case x == 0 || math.IsInf(x, 0):
		size := 0.0
		if (x == 0) == (y < 0) {
			size = math.Inf(1)
		}
		return signed(size, negative)
	case y != math.Trunc(y):
		return math.NaN()
	}
	return powPositive(-x, y, negative)
}

// powAtInfinity is x to the power of an infinite y.
func powAtInfinity(x, y float64) float64 {
	switch {
	case x == 1:
		return 1
	case (x > 1) == (y > 0):
		return math.Inf(1)
	}
	return 0
}

// powPositive is exp(y ln x), or its negative, for finite x > 0 and finite y.
func powPositive(x, y float64, negative bool) float64 {
	h, l := ln(x)
	p := float64(h * y)
	if !(p > -plain && p < plain) {
		return powFar(x, y, p, negative)
	}
	hi, lo, k := exp(p, math.FMA(h, y, -p)+float64(l*y))
	e := expError + float64(powError*math.Abs(p))
	if z := hi + (lo - e); z == hi+(lo+e) {
		return signed(float64(z*power(k)), negative)
	}
	return powExactly(x, y, negative)
}

// powFar is powPositive where the result is not plainly normal, y ln x being about p.
func powFar(x, y, p float64, negative bool) float64 {
	switch {
	case p > overflow:
		return signed(math.Inf(1), negative)
	case p < underflow:
		return signed(0, negative)
	}
	return powExactly(x, y, negative)
}

func powExactly(x, y float64, negative bool) float64 {
	return signed(expExactly(lnExactly(x).times(fixed(y)), true), negative)
}

// odd tells whether y is an odd whole number.
func odd(y float64) bool {
	y = math.Abs(y)
	return y < 1<<53 && y == math.Trunc(y) && int64(y)&1 == 1
}

func signed(size float64, negative bool) float64 {
	if negative {
		return -size
	}
	return size
}
