package elementary

import (
	"math"
	"math/bits"
)

// wide is a number with 192 bits after the point in two's complement, least significant word first. Sums wrap around at ±2^63.
type wide [4]uint64

var one = wide{3: 1}

func (a wide) plus(b wide) (sum wide) {
	var carry uint64
	for i := range a {
		sum[i], carry = bits.Add64(a[i], b[i], carry)
	}
	return sum
}

func (a wide) minus(b wide) (difference wide) {
	var borrow uint64
	for i := range a {
		difference[i], borrow = bits.Sub64(a[i], b[i], borrow)
	}
	return difference
}

func (a wide) negative() bool { return int64(a[3]) < 0 }

// size is a without its sign.
func (a wide) size() wide {
	if a.negative() {
		return wide{}.minus(a)
	}
	return a
}

// times is a × b, cut off towards zero after 192 bits.
func (a wide) times(b wide) (product wide) {
	x, y := a.size(), b.size()
	var all [8]uint64
	for i, d := range x {
		var carry uint64
		for j, e := range y {
			hi, lo := bits.Mul64(d, e)
			var c uint64
			lo, c = bits.Add64(lo, all[i+j], 0)
			hi += c
			lo, c = bits.Add64(lo, carry, 0)
			all[i+j], carry = lo, hi+c
		}
		all[i+4] = carry
	}
	product = wide(all[3:7])
	if a.negative() != b.negative() {
		return wide{}.minus(product)
	}
	return product
}

// over is a / n for a not negative, cut off.
func (a wide) over(n uint64) wide {
	var rest uint64
	for i := 3; i >= 0; i-- {
		a[i], rest = bits.Div64(rest, a[i], n)
	}
	return a
}

// left is a × 2^n for n from 0 to 255.
func (a wide) left(n int) (shifted wide) {
	for i := 3; i >= n/64; i-- {
		shifted[i] = a[i-n/64] << (n % 64)
		if i > n/64 {
			shifted[i] |= a[i-n/64-1] >> (64 - n%64)
		}
	}
	return shifted
}

// fixed is x, |x| < 2^63, cut off after 192 bits.
func fixed(x float64) (a wide) {
	b := math.Float64bits(x)
	e, m := int(b>>52&0x7ff), b&(1<<52-1)
	if e > 0 {
		m |= 1 << 52
	} else {
		e = 1
	}
	at := e - 1075 + 192 // the place of m's last bit
	if at < 0 {
		m >>= -at
		at = 0
	}
	a[at/64] = m << (at % 64)
	if i := at/64 + 1; i < 4 {
		a[i] = m >> (64 - at%64)
	}
	if x < 0 {
		return wide{}.minus(a)
	}
	return a
}

// expTerms is how many terms of Taylor's series exp takes: (ln 2)^45/45! is below 2^-208.
const expTerms = 44

// exp is e to the power of a, |a| < 1000, as m × 2^k with m from 1 to 2, good to 2^-182, and to 2^-189 for |a| < 0.7.
func (a wide) exp() (m wide, k int) {
	k = int(math.Floor((float64(int64(a[3])) + float64(float64(a[2])*0x1p-64)) * log2eHi))
	r := a.minus(ln2.times(wide{3: uint64(k)}))
	if r.negative() {
		r = r.plus(ln2)
		k--
	} else if !r.minus(ln2).negative() {
		r = r.minus(ln2)
		k++
	}
	m = one
	for n := uint64(expTerms); n > 0; n-- {
		m = r.times(m).over(n).plus(one)
	}
	return m, k
}

// lnExactly is the logarithm of x, positive and finite, good to 2^-182, and to 2^-189 where x is from 0.7 to 1.3.
func lnExactly(x float64) wide {
	m, k, _ := split(x)
	hi, lo := ln(m)
	y := fixed(hi).plus(fixed(lo))
	// ln m = y + ln(1 + d), d = m e^-y - 1, which is below 2^-73.
	e, up := wide{}.minus(y).exp()
	d := e.times(fixed(math.Ldexp(m, up))).minus(one)
	d = d.minus(d.times(d).over(2))
	return ln2.times(wide{3: uint64(k)}).plus(y).plus(d)
}

// expExactly is e to the power of a, rounded. If snap is set, a result within 2^-120 of a number of 64 bits is held to be that number.
func expExactly(a wide, snap bool) float64 {
	m, k := a.exp()
	m = m.left(63)
	if snap {
		// Half of the last 8 bits that may differ is added, so that what is just below and just above look alike.
		near := m.plus(wide{2: 1 << 7})
		if near[2]>>8 == 0 && near[3] >= 1<<63 {
			m = wide{3: near[3]}
		}
	}
	return m.nearest(k)
}

// round is the float64 nearest to a, half to even.
func (a wide) round() float64 {
	m := a.size()
	zeros := 0
	for i := 3; i >= 0; i-- {
		if m[i] != 0 {
			zeros += bits.LeadingZeros64(m[i])
			break
		}
		zeros += 64
	}
	if zeros == 256 {
		return 0
	}
	return signed(m.left(zeros).nearest(63-zeros), a.negative())
}

// nearest is the float64 nearest to a × 2^(k-63), half to even, for a whose first bit, of the unsigned 256, is set.
func (a wide) nearest(k int) float64 {
	keep := 53
	if k < -1022 {
		keep = max(53-(-1022-k), -1)
	}
	if keep < 0 {
		return 0
	}
	kept := a[3] >> (64 - keep)
	half := a[3] >> (63 - keep) & 1
	rest := a[3]<<keep<<1 | a[2] | a[1] | a[0]
	if half == 1 && (rest != 0 || kept&1 == 1) {
		kept++
	}
	// Both are exact, save for a result beyond the range, which is infinite.
	return math.Ldexp(float64(kept), k-keep+1)
}
