package elementary

import "math"

// Bounds of the errors of exp and ln below. Each is twice what the roundings named in the functions' comments can come to, or more; the
// tests measure them against 340 bits.
//
// Every product stands in a conversion: Go may fuse it with a later sum otherwise, even through a variable, and then the rounding that
// math.FMA(x, y, -p) recovers would not have happened.
const (
	expError = 0x1p-67 // absolute, of hi + lo in [0.99, 2.01]
	lnError  = 0x1p-73 // relative
	powError = 0x1p-72 // absolute, of hi + lo for each unit of |y ln x|: twice lnError, since hi < 2.01
)

// shifter added to a float64 of at most 2^50 and taken away again leaves the nearest whole number.
const shifter = 0x1.8p52

// exp is e to the power of x + xl, |x| < 1000 and xl at most an ulp of x, as (hi + lo) × 2^k.
//
// It is 2^(n/128) × e^r with n whole and |r| < 0.00271. The table holds 2^(j/128), j being the last seven bits of n.
func exp(x, xl float64) (hi, lo float64, k int) {
	n := float64(x*perStep) + shifter
	n -= shifter
	// n × stepHi has at most 18 + 35 bits and is near x: the difference is exact. n × stepLo is below 2^-24, its rounding below 2^-77.
	near := x - float64(n*stepHi)
	rest := float64(n*stepLo) - xl
	r := near - rest
	rl := (near - r) - rest // below 2^-61
	// e^r - 1 = r + q. q is below 2^-18 and comes with three roundings, 2^-69 in all; r^8/8! is below 2^-83.
	r2 := float64(r * r)
	c := float64(r*(1./120)) + 1./24
	d := float64(r*(1./5040)) + 1./720
	c += float64(r2 * d)
	q := float64(r2 * (float64(r*(1./6)) + 0.5 + float64(r2*c)))
	p := r + q
	pl := ((r - p) + q) + (rl + float64(rl*r))
	// (t + tl) × (1 + p + pl), leaving out tl × pl.
	i := int(n)
	t := &expTable[i&(steps-1)]
	tp := float64(t.hi * p)
	e := math.FMA(t.hi, p, -tp)
	hi = t.hi + tp
	lo = ((t.hi - hi) + tp) + (e + (t.lo + float64(t.lo*p)) + float64(t.hi*pl))
	return hi, lo, i >> stepBits
}

// power is 2^k for k from -1022 to 1023.
func power(k int) float64 {
	return math.Float64frombits(uint64(k+1023) << 52)
}

// lnFrom is the first number of the first of 128 intervals that end at twice it, 0.6885. They lie so that 1 is inside of one.
const lnFrom = 0x3fe6<<48 + 1<<44

// split gives x, positive and finite, as m × 2^k with m in interval i.
func split(x float64) (m float64, k, i int) {
	b := math.Float64bits(x)
	if x < 0x1p-1022 {
		b = math.Float64bits(x * 0x1p54)
		k = -54
	}
	from := b - lnFrom
	k += int(int64(from) >> 52)
	return math.Float64frombits(b - from&(0xfff<<52)), k, int(from >> 45 & (steps - 1))
}

// ln is the natural logarithm of x, positive and finite, as hi + lo. A result of 0 is exact.
//
// With x = m × 2^k and a number r of 8 bits near 1/m it is k ln 2 - ln r + ln(1 + z), z = m r - 1. Since |z| < 2^-7 and the last bits
// of m and r together stand for 2^-60 or more, or for 2^-61 where |z| < 2^-8, z is exact.
func ln(x float64) (hi, lo float64) {
	m, k, i := split(x)
	t := &lnTable[i]
	z := math.FMA(m, t.r, -1)
	// ln(1 + z) = z + z² (-1/2 + z (1/3 + w)), where w is a float64 and the rest is in double-double: w comes with two roundings of
	// 2^-63, that are z³ times as much in the result.
	z2 := float64(z * z)
	z4 := float64(z2 * z2)
	w := float64(z*(1./5)) - 1./4
	w += float64(z2 * (float64(z*(1./7)) - 1./6))
	w += float64(z4 * ((float64(z*(1./9)) - 1./8) + float64(z2*(float64(z*(1./11))-1./10))))
	w = float64(w * z)
	v := third + w
	vl := ((third - v) + w) + thirdLo
	u := float64(z * v)
	ul := math.FMA(z, v, -u) + float64(z*vl)
	s := u - 0.5
	sl := (u - (s + 0.5)) + ul
	z2l := math.FMA(z, z, -z2)
	p := float64(z2 * s)
	pl := math.FMA(z2, s, -p) + (float64(z2*sl) + float64(z2l*s))
	// ln2Hi and t.hi are multiples of 2^-42, so that their sum a is exact; |a| > |z| or a = 0.
	n := float64(k)
	a := float64(n*ln2Hi) + t.hi
	b := a + z
	c := b + p
	l := ((a - b) + z) + ((b - c) + p) + (float64(n*ln2Lo) + t.lo + pl)
	hi = c + l
	return hi, (c - hi) + l
}

const (
	third   = 1. / 3
	thirdLo = 0x1p-54 / 3 // 1/3 - third: third is (2^54 - 1)/3 × 2^-54
)
