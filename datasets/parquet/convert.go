package parquet

import (
	"fmt"
	"math"
)

// fromFloat takes finite numbers, and only whole ones within 2^53 where an integer is asked for.
func fromFloat[T float32 | float64](whole bool) func(T) (float64, string) {
	return func(t T) (float64, string) {
		v := float64(t)
		if v-v != 0 { // NaN or infinite
			return 0, fmt.Sprintf("%v is not a number that can be calculated with; leave the value out where it is not known", v)
		}
		if whole && (v != math.Trunc(v) || math.Abs(v) > maxInteger) {
			return 0, notWhole(v)
		}
		return v, ""
	}
}

func notWhole(v float64) string { return fmt.Sprintf("%v is not a whole number within ±2^53", v) }

// fromInt32 takes what an INT32 column may carry.
func fromInt32(c *Column, whole bool) func(int32) (float64, string) {
	switch c.as {
	case uint32s:
		return func(v int32) (float64, string) { return float64(uint32(v)), "" }
	case days:
		return func(v int32) (float64, string) { return day(int64(v), 0) }
	case decimal32:
		places := decimal(c.scale, whole)
		return func(v int32) (float64, string) { return places(int64(v)) }
	}
	return func(v int32) (float64, string) { return float64(v), "" }
}

// fromInt64 takes what an INT64 column may carry.
func fromInt64(c *Column, whole bool) func(int64) (float64, string) {
	switch c.as {
	case uint64s:
		return func(v int64) (float64, string) {
			if uint64(v) > maxInteger {
				return 0, fmt.Sprintf("%d is beyond 2^53: float64 does not hold every whole number there", uint64(v))
			}
			return float64(v), ""
		}
	case millis:
		return instant(86_400_000)
	case micros:
		return instant(86_400_000_000)
	case nanos:
		return instant(86_400_000_000_000)
	case decimal64:
		return decimal(c.scale, whole)
	}
	return func(v int64) (float64, string) {
		if v > maxInteger || v < -maxInteger {
			return 0, fmt.Sprintf("%d is beyond 2^53: float64 does not hold every whole number there", v)
		}
		return float64(v), ""
	}
}

// instant turns a count of ticks since 1970 into days. The part of a day is divided on its own, so that it keeps its precision.
func instant(perDay int64) func(int64) (float64, string) {
	return func(v int64) (float64, string) {
		return day(v/perDay, float64(v%perDay)/float64(perDay))
	}
}

// Days since 1970-01-01 of the first day of the year 1 and the last of 9999.
const firstDay, lastDay = -719162, 2932896

func day(n int64, part float64) (float64, string) {
	if n < firstDay || n > lastDay {
		return 0, "the date is outside the years 1 to 9999"
	}
	return float64(n) + part, ""
}

// decimal turns an unscaled value into the nearest float64: both sides of the one division are exact.
func decimal(scale int32, whole bool) func(int64) (float64, string) {
	unit, one := 1.0, int64(1)
	for range scale { // up to 10^18, exact in both
		unit = float64(unit * 10)
		one *= 10
	}
	return func(v int64) (float64, string) {
		if v > maxInteger || v < -maxInteger {
			return 0, fmt.Sprintf("the unscaled decimal %d is beyond 2^53; write the column as DOUBLE", v)
		}
		f := float64(v) / unit
		if whole && v%one != 0 {
			return 0, notWhole(f)
		}
		return f, ""
	}
}
