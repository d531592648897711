package exact

import (
	"math"
	"math/bits"
)

// Sum holds the exact sum of any finite float64 values, up to 2^60 of them. The zero value is 0 and ready. A copy is an
// independent sum.
//
// It is one long fixed-point number in limbs of 32 bits that are kept in 64: bit j of limb i weighs 2^(32i+j-1075), and carries
// wait in the upper half until they might overflow. With the carries done, each total has one form only.
type Sum struct {
	limbs   [limbs]int64
	pending int32 // additions since the carries were last done
	odd     uint8 // which values that are no finite numbers were added
}

const (
	// The exponent field goes to 2046, whose mantissa touches the limbs 63 to 65; the rest is room for 2^60 such values.
	limbs = 68
	// An addition changes a limb by less than 2^53, and after the carries it holds less than 2^32.
	maxPending = 1 << 9
)

// Of Sum.odd.
const (
	oddNaN = 1 << iota
	oddPlus
	oddMinus
)

// Add adds a value. NaN and infinities are taken as in float64 arithmetic; see Float64.
func (s *Sum) Add(x float64) {
	b := math.Float64bits(x)
	e := b >> mantissaBits & exponentMask
	m := b & mantissaMask
	switch e {
	case exponentMask:
		s.addOdd(x)
		return
	case 0:
		e = 1 // subnormal: the same weight without the leading bit
	default:
		m |= 1 << mantissaBits
	}
	// 53 bits shifted by up to 31 are parted into the 32 of one limb and up to 52 for the next.
	shift := e & 31
	low := int64(m << shift & (1<<32 - 1))
	high := int64(m >> (32 - shift))
	sign := int64(b) >> 63 // 0 or -1
	i := e >> 5            // at most 63
	s.limbs[i] += low ^ sign - sign
	s.limbs[i+1] += high ^ sign - sign
	if s.pending++; s.pending >= maxPending {
		s.carry()
	}
}

func (s *Sum) addOdd(x float64) {
	switch {
	case math.IsNaN(x):
		s.odd |= oddNaN
	case x > 0:
		s.odd |= oddPlus
	default:
		s.odd |= oddMinus
	}
}

// carry brings every limb but the last into 0 to 2^32-1; the last one holds the sign.
func (s *Sum) carry() {
	var carry int64
	for i := range limbs - 1 {
		v := s.limbs[i] + carry
		s.limbs[i] = v & (1<<32 - 1)
		carry = v >> 32
	}
	s.limbs[limbs-1] += carry
	s.pending = 0
}

// Merge adds another sum, which stays as it is.
func (s *Sum) Merge(other *Sum) {
	o := *other
	o.carry()
	s.carry()
	for i := range limbs {
		s.limbs[i] += o.limbs[i]
	}
	s.pending = 1
	s.odd |= o.odd
}

// IsFinite is false where a value that was added is NaN or infinite, or where the sum rounds to what is beyond math.MaxFloat64.
func (s *Sum) IsFinite() bool {
	f := s.Float64()
	return f-f == 0
}

// Float64 is the exact sum rounded to the nearest float64, half to even. A sum of 0 is +0. A sum that rounds to what is beyond
// math.MaxFloat64 is +Inf or -Inf, as in float64 arithmetic, though only the whole sum counts, never one on the way. Where NaN
// was added, or both infinities, it is NaN; where one infinity was, it is that. Ask IsFinite.
func (s *Sum) Float64() float64 {
	switch {
	case s.odd == oddPlus:
		return math.Inf(1)
	case s.odd == oddMinus:
		return math.Inf(-1)
	case s.odd != 0:
		return math.NaN()
	}
	t := *s
	t.carry()
	var sign uint64
	if t.limbs[limbs-1] < 0 {
		sign = signBit
		for i := range t.limbs {
			t.limbs[i] = -t.limbs[i]
		}
		t.carry()
	}
	top := limbs - 1
	for top >= 0 && t.limbs[top] == 0 {
		top--
	}
	if top < 0 {
		return 0
	}
	// The exponent field is the place of the mantissa's last bit. At 1 all bits are there, and nothing is rounded.
	e := max(1, 32*top+bits.Len64(uint64(t.limbs[top]))-53)
	if e >= exponentMask {
		return math.Float64frombits(sign | exponentMask<<mantissaBits)
	}
	i, shift := e>>5, uint(e&31)
	limb := func(i int) uint64 { return uint64(t.limbs[i]) }
	m := limb(i)>>shift | limb(i+1)<<(32-shift) | limb(i+2)<<(64-shift)
	if t.roundsUp(e, m&1 == 1) {
		m++
	}
	// The leading one, where there is one, adds itself to the exponent field, as does a carry out of the mantissa.
	return math.Float64frombits(sign | (uint64(e-1)<<mantissaBits + m))
}

// roundsUp looks at the bits below bit e; the carries are done and no limb is negative.
func (s *Sum) roundsUp(e int, odd bool) bool {
	half := e - 1
	i, bit := half>>5, int64(1)<<(half&31)
	if s.limbs[i]&bit == 0 {
		return false
	}
	if odd || s.limbs[i]&(bit-1) != 0 {
		return true
	}
	for _, limb := range s.limbs[:i] {
		if limb != 0 {
			return true
		}
	}
	return false
}
