package exact

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

// Grid is a sum as a whole number of quanta of 2^-128: a 192-bit two's complement integer, least significant word first. The zero
// value is 0. Two grids hold the same sum exactly where they are ==.
//
// Values enter rounded to the nearest quantum, half to even. From 2^-76 (1.3e-23) up that changes nothing, for a float64 has 53
// bits. A smaller x carries an error of at most 2^-129 (1.5e-39), which is 1.5e-39/|x| of it: 1.5e-9 at 1e-30, all of it below
// 2^-129. A sum of n values is within n quanta/2 of the exact one; its range is the open interval from -2^63 to 2^63.
//
// Of values that share a sign, whether a sum overflows does not depend on the order either. Of values of both signs, one order may
// leave the range on its way where another does not; it gives ErrOverflow then, never another sum.
type Grid [3]uint64

const (
	// shiftBias makes an exponent field the left shift of a mantissa that gives quanta: x = m·2^(e-1075) = m·2^(e-947)·2^-128.
	shiftBias = 1075 - 128
	// tooLarge is the exponent field of 2^63.
	tooLarge = 1023 + 63

	mantissaBits = 52
	mantissaMask = 1<<mantissaBits - 1
	exponentMask = 0x7ff
	signBit      = 1 << 63
)

// Add adds a value. On an error, ErrNotFinite or ErrOverflow, nothing is added.
func (g *Grid) Add(x float64) error {
	b := math.Float64bits(x)
	e := b >> mantissaBits & exponentMask
	m := b&mantissaMask | 1<<mantissaBits
	shift := uint(e - shiftBias)
	var v0, v1, v2 uint64
	// One comparison takes the usual case; what is below or above wraps around or exceeds it.
	if shift < tooLarge-shiftBias {
		lo, hi := m<<(shift&63), m>>1>>(63-shift&63)
		switch shift >> 6 {
		case 1:
			v1, v2 = lo, hi
		case 0:
			v0, v1 = lo, hi
		default:
			v2 = lo
		}
	} else if e >= tooLarge {
		if e == exponentMask {
			return ErrNotFinite
		}
		return ErrOverflow
	} else {
		v0 = roundedRight(m, shiftBias-e) // a subnormal number, whose mantissa lacks the leading bit, is far below the grid
	}
	// Two's complement: the bits flipped, and one more carried in.
	negative := b >> 63
	flip := -negative
	r0, carry := bits.Add64(g[0], v0^flip, negative)
	r1, carry := bits.Add64(g[1], v1^flip, carry)
	r2, _ := bits.Add64(g[2], v2^flip, carry)
	return g.set(r0, r1, r2, v2^flip)
}

// set stores a sum where it did not overflow; top is the most significant word of what was added to g.
func (g *Grid) set(r0, r1, r2, top uint64) error {
	if (g[2]^r2)&(top^r2)&signBit != 0 || r2 == signBit && r1|r0 == 0 {
		return ErrOverflow
	}
	g[0], g[1], g[2] = r0, r1, r2
	return nil
}

// roundedRight is m shifted right by n > 0 bits, rounded half to even; m is below 2^53.
func roundedRight(m, n uint64) uint64 {
	if n > 53 {
		return 0 // less than half
	}
	q, rest, half := m>>n, m&(1<<n-1), uint64(1)<<(n-1)
	if rest > half || rest == half && q&1 == 1 {
		q++
	}
	return q
}

// AddGrid adds another sum. On ErrOverflow nothing is added.
func (g *Grid) AddGrid(h *Grid) error {
	r0, carry := bits.Add64(g[0], h[0], 0)
	r1, carry := bits.Add64(g[1], h[1], carry)
	r2, _ := bits.Add64(g[2], h[2], carry)
	return g.set(r0, r1, r2, h[2])
}

// Neg is the sum with the other sign.
func (g Grid) Neg() Grid {
	r0, carry := bits.Add64(^g[0], 0, 1)
	r1, carry := bits.Add64(^g[1], 0, carry)
	return Grid{r0, r1, ^g[2] + carry}
}

// IsZero says whether the sum is exactly 0.
func (g Grid) IsZero() bool { return g == Grid{} }

// Sign is -1, 0 or 1.
func (g Grid) Sign() int {
	switch {
	case g[2]&signBit != 0:
		return -1
	case g.IsZero():
		return 0
	}
	return 1
}

// Float64 is the sum rounded to the nearest float64, half to even. A sum of 0 is +0.
func (g Grid) Float64() float64 {
	sign := g[2] & signBit
	if sign != 0 {
		g = g.Neg()
	}
	// The leading one is brought to the top of the first word; bit 191 weighs 2^63.
	weight := 63
	for g[2] == 0 {
		if g.IsZero() {
			return 0
		}
		g[2], g[1], g[0] = g[1], g[0], 0
		weight -= 64
	}
	n := uint(bits.LeadingZeros64(g[2]))
	top := g[2]<<n | g[1]>>1>>(63-n)
	rest := g[1]<<n | g[0]
	weight -= int(n)
	// 53 of the 64 bits stay. The leading one adds itself to the exponent field, as does a carry out of the mantissa.
	const drop = 64 - 53
	m := top >> drop
	below := top & (1<<drop - 1)
	if half := uint64(1) << (drop - 1); below > half || below == half && (rest != 0 || m&1 == 1) {
		m++
	}
	return math.Float64frombits(sign | (uint64(1022+weight)<<mantissaBits + m))
}

// AppendBinary appends the sum as 24 bytes, a two's complement integer of quanta with the most significant byte first.
func (g Grid) AppendBinary(to []byte) ([]byte, error) {
	to = binary.BigEndian.AppendUint64(to, g[2])
	to = binary.BigEndian.AppendUint64(to, g[1])
	return binary.BigEndian.AppendUint64(to, g[0]), nil
}

// MarshalBinary is AppendBinary to nothing.
func (g Grid) MarshalBinary() ([]byte, error) { return g.AppendBinary(make([]byte, 0, 24)) }

// UnmarshalBinary reads what MarshalBinary wrote.
func (g *Grid) UnmarshalBinary(from []byte) error {
	if len(from) != 24 {
		return fmt.Errorf("a sum is stored in 24 bytes, not in %d", len(from))
	}
	read := Grid{binary.BigEndian.Uint64(from[16:]), binary.BigEndian.Uint64(from[8:]), binary.BigEndian.Uint64(from)}
	if read == (Grid{2: signBit}) {
		return ErrOverflow
	}
	*g = read
	return nil
}
