package stat

import (
	"math"

	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// Moments holds the number of values, their sum and that of their squares, both exactly: the zero value is of none. Values from about
// 1e-140 to 1e150 in size have all digits of their squares; of greater ones the variance is not finite.
type Moments struct {
	n            int64
	sum, squares exact.Sum
}

// Of are the moments of values.
func Of(values []float64) *Moments {
	var m Moments
	for _, x := range values {
		m.Add(x)
	}
	return &m
}

// Add adds a value.
func (m *Moments) Add(x float64) {
	m.n++
	m.sum.Add(x)
	addProduct(&m.squares, x, x)
}

// addProduct adds x × y exactly: the rounded product and, by a fused multiplication and addition, what its rounding left.
func addProduct(sum *exact.Sum, x, y float64) {
	p := float64(x * y)
	sum.Add(p)
	if rest := math.FMA(x, y, -p); p-p == 0 && rest != 0 {
		sum.Add(rest)
	}
}

// Merge adds other values' moments, which stay as they are.
func (m *Moments) Merge(other *Moments) {
	m.n += other.n
	m.sum.Merge(&other.sum)
	m.squares.Merge(&other.squares)
}

// N is how many values there are.
func (m *Moments) N() int64 { return m.n }

// Mean is the mean of the values; NaN of none.
func (m *Moments) Mean() float64 { return m.sum.Float64() / float64(m.n) }

// Variance is the sum of the squared distances from the mean over n - 1; NaN of fewer than two values. It is (n Σx² - (Σx)²) / (n (n-1))
// without cancellation, since the difference is taken of exact numbers.
func (m *Moments) Variance() float64 {
	if m.n < 2 {
		return math.NaN()
	}
	n := float64(m.n)
	var difference exact.Sum
	for _, part := range parts(m.squares) {
		addProduct(&difference, n, part)
	}
	sum := parts(m.sum)
	for _, a := range sum {
		for _, b := range sum {
			addProduct(&difference, -a, b)
		}
	}
	return max(0, difference.Float64()/n/(n-1))
}

// SD is the standard deviation, the root of Variance.
func (m *Moments) SD() float64 { return math.Sqrt(m.Variance()) }

// parts are numbers that add up to a sum, each the nearest to what those before it leave. Four hold 212 bits, twice what squares of
// float64 have.
func parts(sum exact.Sum) (out [4]float64) {
	for i := range out {
		out[i] = sum.Float64()
		sum.Add(-out[i])
	}
	return out
}
