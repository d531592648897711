package parquet

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/ai-impact-observatory/ailca/lca"
)

// kernel turns the values at the front of src, as they lie in the file, into the numbers of dst. It reports false where one of them
// cannot be taken; which one and why, fault says. A kernel is one loop without a call or a way out: it carries along the worst value seen.
type kernel func(dst []float64, src []byte) bool

// kernelOf returns the kernel of a column and the bytes of a value in the file.
func kernelOf(c *Column, as lca.FieldType) (k kernel, width int) {
	whole := as == lca.Integer
	switch c.as {
	case double:
		if whole {
			return wholeDoubles, 8
		}
		return doubles, 8
	case single:
		return singles, 4
	case int32s:
		return signed32, 4
	case uint32s:
		return unsigned32, 4
	case days:
		return dates, 4
	case decimal32:
		return decimals(c.scale, whole, 4), 4
	case int64s:
		return signed64, 8
	case uint64s:
		return unsigned64, 8
	case decimal64:
		return decimals(c.scale, whole, 8), 8
	case millis:
		return func(dst []float64, src []byte) bool { return instants(dst, src, perDayMillis) }, 8
	case micros:
		return func(dst []float64, src []byte) bool { return instants(dst, src, perDayMicros) }, 8
	case nanos:
		return func(dst []float64, src []byte) bool { return instants(dst, src, perDayNanos) }, 8
	}
	return nil, 0
}

// doubles takes finite numbers. An exponent of ones alone is NaN or infinity. Most columns are of this kind: four at a time are half again as fast.
func doubles(dst []float64, src []byte) bool {
	var most uint64
	for ; len(dst) >= 4 && len(src) >= 32; dst, src = dst[4:], src[32:] {
		a, b := binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[8:])
		c, d := binary.LittleEndian.Uint64(src[16:]), binary.LittleEndian.Uint64(src[24:])
		most = max(most, max(max(a<<1, b<<1), max(c<<1, d<<1)))
		dst[0], dst[1] = math.Float64frombits(a), math.Float64frombits(b)
		dst[2], dst[3] = math.Float64frombits(c), math.Float64frombits(d)
	}
	for i := range dst {
		v := binary.LittleEndian.Uint64(src[8*i:])
		most = max(most, v<<1)
		dst[i] = math.Float64frombits(v)
	}
	return most < 0x7ff<<53
}

// wholeDoubles takes whole numbers within 2^53.
func wholeDoubles(dst []float64, src []byte) bool {
	bad := false
	for i := range dst {
		v := math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:]))
		bad = bad || v != math.Trunc(v) || !(math.Abs(v) <= maxInteger)
		dst[i] = v
	}
	return !bad
}

func singles(dst []float64, src []byte) bool {
	var most uint32
	for i := range dst {
		v := binary.LittleEndian.Uint32(src[4*i:])
		most = max(most, v<<1)
		dst[i] = float64(math.Float32frombits(v))
	}
	return most < 0xff<<24
}

func signed32(dst []float64, src []byte) bool {
	for i := range dst {
		dst[i] = float64(int32(binary.LittleEndian.Uint32(src[4*i:])))
	}
	return true
}

func unsigned32(dst []float64, src []byte) bool {
	for i := range dst {
		dst[i] = float64(binary.LittleEndian.Uint32(src[4*i:]))
	}
	return true
}

// Days since 1970-01-01 of the first day of the year 1 and the last of 9999.
const firstDay, lastDay = -719162, 2932896

func dates(dst []float64, src []byte) bool {
	var most uint32 // as days since the first: an earlier one wraps to a large number
	for i := range dst {
		v := int32(binary.LittleEndian.Uint32(src[4*i:]))
		most = max(most, uint32(v-firstDay))
		dst[i] = float64(v)
	}
	return most <= lastDay-firstDay
}

// signed64 takes what float64 holds exactly: from -2^53 to 2^53.
func signed64(dst []float64, src []byte) bool {
	var most uint64
	for i := range dst {
		v := int64(binary.LittleEndian.Uint64(src[8*i:]))
		most = max(most, uint64(v+maxInteger))
		dst[i] = float64(v)
	}
	return most <= 2*maxInteger
}

func unsigned64(dst []float64, src []byte) bool {
	var most uint64
	for i := range dst {
		v := binary.LittleEndian.Uint64(src[8*i:])
		most = max(most, v)
		dst[i] = float64(int64(v))
	}
	return most <= maxInteger
}

const (
	perDayMillis = 86_400_000
	perDayMicros = 86_400_000_000
	perDayNanos  = 86_400_000_000_000
)

// instants turns counts of ticks since 1970 into days. The part of a day is divided on its own, so that it keeps its precision.
func instants(dst []float64, src []byte, perDay int64) bool {
	var most uint64
	for i := range dst {
		v := int64(binary.LittleEndian.Uint64(src[8*i:]))
		var day int64
		switch perDay { // a division by a constant is a multiplication
		case perDayMillis:
			day = v / perDayMillis
		case perDayMicros:
			day = v / perDayMicros
		default:
			day = v / perDayNanos
		}
		most = max(most, uint64(day-firstDay))
		dst[i] = float64(day) + float64(v-day*perDay)/float64(perDay)
	}
	return most <= lastDay-firstDay
}

// unit is the power of ten that a decimal's unscaled values are divided by, exact in both types.
func unit(scale int32) (float64, int64) {
	f, n := 1.0, int64(1)
	for range scale { // up to 10^18
		f = float64(f * 10)
		n *= 10
	}
	return f, n
}

// decimals turns unscaled values into the nearest float64: both sides of the one division are exact.
func decimals(scale int32, whole bool, width int) kernel {
	by, one := unit(scale)
	if !whole {
		one = 1
	}
	return func(dst []float64, src []byte) bool {
		var most uint64
		var rest int64
		for i := range dst {
			v := integer(src, i, width)
			most = max(most, uint64(v+maxInteger))
			if one != 1 {
				rest |= v % one
			}
			dst[i] = float64(v) / by
		}
		return most <= 2*maxInteger && rest == 0
	}
}

// integer is the i-th signed value of src.
func integer(src []byte, i, width int) int64 {
	if width == 4 {
		return int64(int32(binary.LittleEndian.Uint32(src[4*i:])))
	}
	return int64(binary.LittleEndian.Uint64(src[8*i:]))
}

func notWhole(v float64) string { return fmt.Sprintf("%v is not a whole number within ±2^53", v) }

// fault says why the value at the front of src cannot be taken, "" where it can.
func fault(c *Column, as lca.FieldType, src []byte) string {
	k, width := kernelOf(c, as)
	var v [1]float64
	if k(v[:], src) {
		return ""
	}
	switch c.as {
	case double, single:
		if v[0]-v[0] != 0 {
			return fmt.Sprintf("%v is not a number that can be calculated with; leave the value out where it is not known", v[0])
		}
		return notWhole(v[0])
	case days, millis, micros, nanos:
		return "the date is outside the years 1 to 9999"
	case uint64s:
		return fmt.Sprintf("%d is beyond 2^53: float64 does not hold every whole number there", binary.LittleEndian.Uint64(src))
	case decimal32, decimal64:
		if n := integer(src, 0, width); n > maxInteger || n < -maxInteger {
			return fmt.Sprintf("the unscaled decimal %d is beyond 2^53; write the column as DOUBLE", n)
		}
		return notWhole(v[0])
	}
	return fmt.Sprintf("%d is beyond 2^53: float64 does not hold every whole number there", integer(src, 0, width))
}
