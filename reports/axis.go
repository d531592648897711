package reports

import (
	"math"
	"strconv"
	"strings"
)

// scaling maps values to 0 to 1 along an axis.
type scaling struct {
	log       bool
	low, high float64 // of the axis, decimal logarithms where log
	ticks     []float64
}

// logFrom is the ratio of largest to smallest value from which an axis is logarithmic.
const logFrom = 30

// scaleOf chooses an axis from the values alone: logarithmic where they are positive and far apart, else linear from 0.
func scaleOf(values []*float64) scaling {
	low, high, seen := 0.0, 0.0, false
	for _, v := range values {
		if v == nil {
			continue
		}
		if !seen {
			low, high, seen = *v, *v, true
		}
		low, high = min(low, *v), max(high, *v)
	}
	if seen && low > 0 && high/low >= logFrom {
		return decades(low, high)
	}
	return linear(min(low, 0), max(high, 0))
}

// decades ends at 1, 2 or 5 of a power of ten and has a step for each power within, or, where there are fewer than two, at its ends.
func decades(low, high float64) scaling {
	from, to := int(math.Floor(log10(low))), int(math.Ceil(log10(high)))
	power := func(m string, e int) float64 {
		v, _ := strconv.ParseFloat(m+"e"+strconv.Itoa(e), 64)
		return v
	}
	least, most := power("1", from), power("1", to)
	for _, m := range []string{"2", "5"} {
		if v := power(m, from); v <= low {
			least = v
		}
	}
	for _, m := range []string{"5", "2"} {
		if v := power(m, to-1); v >= high {
			most = v
		}
	}
	if least == 0 || math.IsInf(most, 1) { // no number is that small or large
		least, most = low, high
	}
	s := scaling{log: true, low: log10(least), high: log10(most)}
	for e := from; e <= to; e += 1 + (to-from)/6 {
		if tick := power("1", e); tick >= least && tick <= most {
			s.ticks = append(s.ticks, tick)
		}
	}
	if len(s.ticks) < 2 {
		s.ticks = []float64{least, most}
	}
	return s
}

// linear ends at a round number and has three to six steps.
func linear(low, high float64) scaling {
	if low == high {
		high = low + 1
	}
	size, _ := strconv.ParseFloat("1e"+strconv.Itoa(int(math.Floor(log10(high-low)))), 64)
	unit := size
	for _, m := range []float64{0.2, 0.5, 1, 2} {
		if unit = float64(size * m); (high-low)/unit <= 5 {
			break
		}
	}
	s := scaling{low: float64(math.Floor(low/unit) * unit), high: float64(math.Ceil(high/unit) * unit)}
	for i := 0; i <= 12; i++ {
		if tick := s.low + float64(float64(i)*unit); tick <= s.high {
			s.ticks = append(s.ticks, tick)
		}
	}
	return s
}

// tickText prints a round number without the digits that rounding to three would give it.
func (w *wording) tickText(v float64) string {
	s, point := w.short(v), w.or().Numbers.Point
	if strings.Contains(s, point) && !strings.Contains(s, "×") && w.or().Numbers.Thousands != point {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), point)
	}
	return s
}

func (s scaling) at(v float64) float64 {
	if s.log {
		v = log10(v)
	}
	return (v - s.low) / (s.high - s.low)
}

// log10 of a positive number, by plain arithmetic and so with the same bits on every machine (math.Log10 differs between
// architectures): the exponent of its decimal form, and a series for ln of the mantissa.
func log10(v float64) float64 {
	mantissa, power, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
	m, _ := strconv.ParseFloat(mantissa, 64)
	e, _ := strconv.Atoi(power)
	if m == 1 {
		return float64(e)
	}
	shift := 0.0
	if m > 3 { // ln m = ln(m/√10) + ln(√10), so that the series converges within 40 terms
		m, shift = m/3.1622776601683795, 0.5
	}
	t := (m - 1) / (m + 1)
	square, term, total := float64(t*t), t, 0.0
	for k := 1; k < 80; k += 2 {
		total += float64(term / float64(k))
		term = float64(term * square)
	}
	const perLn = 0.8685889638065036 // 2 / ln 10
	return float64(e) + (shift + float64(total*perLn))
}
