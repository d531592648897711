package dist

import (
	"math"

	"github.com/ai-impact-observatory/ailca/lca/elementary"
)

// NormalQuantile is the standard normal's number that a part u of its values lies below, for 0 < u < 1, good to about one part in
// 10^16: M. J. Wichura, Algorithm AS 241: The percentage points of the normal distribution, Applied Statistics 37 (1988), routine
// PPND16. It is -Inf at 0 and +Inf at 1.
func NormalQuantile(u float64) float64 {
	q := u - 0.5
	if math.Abs(q) <= 0.425 {
		r := 0.180625 - float64(q*q)
		return float64(q * ratio(r, &centre))
	}
	switch {
	case q < 0:
		return -normalTail(u)
	case q > 0:
		return normalTail(1 - u)
	}
	return math.NaN()
}

// normalTail is the number that a part p of the standard normal's values lies above, for p of at most 0.075.
func normalTail(p float64) float64 {
	switch {
	case p == 0:
		return math.Inf(1)
	case p < 0:
		return math.NaN()
	}
	r := math.Sqrt(-elementary.Ln(p))
	if r <= 5 {
		return ratio(r-1.6, &tail)
	}
	return ratio(r-5, &farTail)
}

// quotient is a polynomial over a polynomial, each from its constant term on.
type quotient struct{ above, below [8]float64 }

// ratio is Horner's scheme for both polynomials at once.
func ratio(r float64, q *quotient) float64 {
	n, d := q.above[7], q.below[7]
	for i := 6; i >= 0; i-- {
		n = float64(n*r) + q.above[i]
		d = float64(d*r) + q.below[i]
	}
	return n / d
}

// The coefficients of PPND16, a, b; c, d; e, f in the paper.
var (
	centre = quotient{
		[8]float64{3.3871328727963666080e+0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
			4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3},
		[8]float64{1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
			2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3},
	}
	tail = quotient{
		[8]float64{1.42343711074968357734e+0, 4.63033784615654529590e+0, 5.76949722146069140550e+0, 3.64784832476320460504e+0,
			1.27045825245236838258e+0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4},
		[8]float64{1, 2.05319162663775882187e+0, 1.67638483018380384940e+0, 6.89767334985100004550e-1,
			1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9},
	}
	farTail = quotient{
		[8]float64{6.65790464350110377720e+0, 5.46378491116411436990e+0, 1.78482653991729133580e+0, 2.96560571828504891230e-1,
			2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7},
		[8]float64{1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
			7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15},
	}
)

// NormalCDF is the part of a standard normal's values up to z, NormalQuantile's inverse: half of erfc(-z/√2), good to a few parts in
// 10^16 of itself as long as that is a normal number. The rational approximations of erfc are those of FreeBSD's msun/src/s_erf.c, which
// came with this notice:
//
//	Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
//	Developed at SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is freely
//	granted, provided that this notice is preserved.
//
// Here they are put together with lca/elementary's exponential function, without fusing, and with the square of z instead of the square
// of the rounded z/√2, which far out would cost three digits.
func NormalCDF(z float64) float64 {
	if z != z {
		return math.NaN()
	}
	x := z / math.Sqrt2
	a := math.Abs(x)
	switch {
	case a < 0.84375:
		y := rational(float64(x*x), &erfSmall)
		return 0.5 + float64((x+float64(x*y))/2)
	case a < 1.25:
		const erx = 8.45062911510467529297e-01 // erf(1), cut to single precision
		y := rational(a-1, &erfNearOne)
		if x > 0 {
			return float64((1 + erx + y) / 2)
		}
		return float64((1 - erx - y) / 2)
	case a >= 28:
		if x > 0 {
			return 1
		}
		return 0
	}
	part := &erfcMiddle
	if a >= 1/0.35 {
		part = &erfcFar
	}
	y := rational(1/float64(a*a), part)
	// exp(-z²/2), from z cut to 21 bits, whose square is exact, and the rest of the square
	far := math.Abs(z)
	cut := math.Float64frombits(math.Float64bits(far) & 0xffffffff00000000)
	r := float64(elementary.Exp(-float64(cut*cut/2)-0.5625) * elementary.Exp(float64((cut-far)*(cut+far)/2)+y) / a / 2)
	if x > 0 {
		return 1 - r
	}
	return r
}

// rational is a polynomial over a polynomial of up to nine terms each.
func rational(x float64, q *[2][9]float64) float64 {
	n, d := q[0][8], q[1][8]
	for i := 7; i >= 0; i-- {
		n = float64(n*x) + q[0][i]
		d = float64(d*x) + q[1][i]
	}
	return n / d
}

// The parts of s_erf.c: pp and qq of (erf(x) - x)/x in x²; pa and qa of erf(x) - erf(1) in x - 1; ra, sa and rb, sb of
// ln(x erfc(x)) + x² + 0.5625 in 1/x².
var (
	erfSmall = [2][9]float64{
		{1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02, -5.77027029648944159157e-03,
			-2.37630166566501626084e-05},
		{1, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03, 1.32494738004321644526e-04,
			-3.96022827877536812320e-06},
	}
	erfNearOne = [2][9]float64{
		{-2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01, 3.18346619901161753674e-01,
			-1.10894694282396677476e-01, 3.54783043256182359371e-02, -2.16637559486879084300e-03},
		{1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02, 1.26171219808761642112e-01,
			1.36370839120290507362e-02, 1.19844998467991074170e-02},
	}
	erfcMiddle = [2][9]float64{
		{-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01, -6.23753324503260060396e+01,
			-1.62396669462573470355e+02, -1.84605092906711035994e+02, -8.12874355063065934246e+01, -9.81432934416914548592e+00},
		{1, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02, 6.45387271733267880336e+02,
			4.29008140027567833386e+02, 1.08635005541779435134e+02, 6.57024977031928170135e+00, -6.04244152148580987438e-02},
	}
	erfcFar = [2][9]float64{
		{-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01, -1.60636384855821916062e+02,
			-6.37566443368389627722e+02, -1.02509513161107724954e+03, -4.83519191608651397019e+02},
		{1, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03, 3.19985821950859553908e+03,
			2.55305040643316442583e+03, 4.74528541206955367215e+02, -2.24409524465858183362e+01},
	}
)
