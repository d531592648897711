// Package elementary computes exp, ln, log2 and pow with the same bits on every machine, correctly rounded.
//
// Package math has assembly for some processors and lets the compiler fuse on others, so its last bits differ. Here each result is
// the float64 nearest to the exact value, half to even:
//
//   - A result is first computed as an unevaluated sum hi + lo of two float64 (Dekker's double-double): arguments are reduced by a
//     table of 128 entries (P. T. P. Tang, Table-driven implementation of the exponential function, and of the logarithm function,
//     in IEEE floating-point arithmetic, ACM TOMS 15 (1989) and 16 (1990)) and a short Taylor polynomial does the rest. See double.go.
//   - If all numbers within the bound of its error round to the same float64, that is the result (Ziv's rounding test; see Muller et
//     al., Handbook of Floating-Point Arithmetic).
//   - If not, which happens to about one argument of Exp and Pow in 10,000, and where a result is subnormal or next to the overflow, it
//     is computed again in 256-bit integers with 192 bits after the point. See wide.go.
//
// Exp, Ln and Log2 are correctly rounded for all arguments: Lefèvre and Muller (Worst cases for correct rounding of the elementary
// functions in double precision, ARITH 15, 2001) found none whose result is nearer to the middle between two float64 than 2^-118 of
// itself, which is that of ln(0x1.62a88613629b6p+678), and the second computation is good to 2^-135. For Pow, whose worst cases nobody
// knows, a result within 2^-120 of the middle is held to lie in the middle, as 3^34 does. Of arguments taken at random one in 2^66
// could so be rounded to the other neighbour, with an error of 0.5 ulp and 2^-67 ulp more.
//
// Nothing allocates. All NaN results are the same NaN.
package elementary

import "math"

// Beyond these exp is infinite, or zero even when rounded to a subnormal number; between -plain and plain it is normal.
const (
	overflow  = 709.79  // ln(2^1024) is 709.7827...
	underflow = -745.14 // ln(2^-1075) is -745.1332...
	plain     = 708.0   // 2^1021.4
)

// Exp is e to the power of x. Exp(±0) = 1, Exp(-Inf) = 0, Exp(+Inf) = +Inf, Exp(NaN) = NaN.
func Exp(x float64) float64 {
	if !(x > -plain && x < plain) {
		return expFar(x)
	}
	hi, lo, k := exp(x, 0)
	if y := hi + (lo - expError); y == hi+(lo+expError) {
		return float64(y * power(k))
	}
	return expExactly(fixed(x), false)
}

func expFar(x float64) float64 {
	switch {
	case x != x:
		return math.NaN()
	case x > overflow:
		return math.Inf(1)
	case x < underflow:
		return 0
	}
	return expExactly(fixed(x), false)
}

// Ln is the natural logarithm of x. Ln(1) = +0, Ln(±0) = -Inf, Ln(+Inf) = +Inf; of NaN and of x < 0 it is NaN.
func Ln(x float64) float64 {
	if !(x > 0 && x <= math.MaxFloat64) {
		return lnFar(x)
	}
	hi, lo := ln(x)
	e := float64(lnError * hi)
	if y := hi + (lo - e); y == hi+(lo+e) {
		return y
	}
	return lnExactly(x).round()
}

func lnFar(x float64) float64 {
	switch {
	case x == 0:
		return math.Inf(-1)
	case x > 0:
		return x
	}
	return math.NaN()
}

// Log2 is the binary logarithm of x, exact for powers of two. Its special values are those of Ln.
func Log2(x float64) float64 {
	if !(x > 0 && x <= math.MaxFloat64) {
		return lnFar(x)
	}
	hi, lo := log2(x)
	e := float64(lnError * hi)
	if y := hi + (lo - e); y == hi+(lo+e) {
		return y
	}
	return lnExactly(x).times(log2e).round()
}

// log2 is the binary logarithm of x, positive and finite, as hi + lo, with an error of lnError as ln's.
func log2(x float64) (hi, lo float64) {
	h, l := ln(x)
	hi = float64(h * log2eHi)
	return hi, math.FMA(h, log2eHi, -hi) + (float64(h*log2eLo) + float64(l*log2eHi))
}
