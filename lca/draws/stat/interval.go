package stat

import "math"

// Interval is where the quantile p of a distribution lies, whatever the distribution, as two of n independent draws in rising order tell:
// between draw Low and draw High, counted from 1.
type Interval struct {
	Low, High int
	Coverage  float64 // how often, over many sets of draws, the quantile lies between them: at least the level asked for
}

// QuantileInterval is the interval of a quantile that holds it with a probability of at least level, such as 0.95: as many draws lie below
// the quantile as of n trials with the chance p succeed, and either end misses it at most by half of the rest (H. A. David and
// H. N. Nagaraja, Order Statistics, 2003, section 7.1). It is false where there are too few draws. Of Latin hypercubes and Sobol points,
// which lie more evenly, the interval holds the quantile more often.
func QuantileInterval(n int, p, level float64) (Interval, bool) {
	if n < 1 || !(p > 0 && p < 1) || !(level > 0 && level < 1) {
		return Interval{}, false
	}
	first, chance := binomial(n, p)
	miss := float64((1 - level) / 2)
	// Draw l lies above the quantile where fewer than l draws lie below: P(B <= l-1).
	low, below := first, 0.0
	for _, c := range chance {
		if below+c > miss {
			break
		}
		below += c
		low++
	}
	// Draw h lies below the quantile where h or more draws do: P(B >= h).
	high, above := first+len(chance), 0.0
	for i := len(chance) - 1; i >= 0; i-- {
		if above+chance[i] > miss {
			break
		}
		above += chance[i]
		high--
	}
	if low < 1 || high > n {
		return Interval{}, false
	}
	return Interval{low, high, 1 - below - above}, true
}

// binomial is the chances of first, first+1, ... successes of n trials with the chance p each, save those less than 2^-70 of the greatest.
// They are computed from the most likely number on, each from its neighbour, and divided by their sum.
func binomial(n int, p float64) (first int, chance []float64) {
	mode := min(int(math.Floor(float64(n+1)*p)), n)
	odds := p / (1 - p)
	const least = 0x1p-70
	var down []float64 // from mode-1 on
	for k, c := mode, 1.0; k > 0; k-- {
		if c = float64(c * (float64(k) / float64(n-k+1) / odds)); c < least {
			break
		}
		down = append(down, c)
	}
	first = mode - len(down)
	sum := 0.0
	for i := len(down) - 1; i >= 0; i-- {
		chance = append(chance, down[i])
		sum += down[i]
	}
	chance = append(chance, 1)
	sum++
	for k, c := mode, 1.0; k < n; k++ {
		if c = float64(c * (float64(n-k) / float64(k+1)) * odds); c < least {
			break
		}
		chance = append(chance, c)
		sum += c
	}
	for i := range chance {
		chance[i] /= sum
	}
	return first, chance
}
