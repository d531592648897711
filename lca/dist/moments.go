package dist

import (
	"math"

	"github.com/ai-impact-observatory/ailca/lca/elementary"
)

// Mean is the mean of the distribution; NaN for fixed.
func (d Dist) Mean() float64 {
	mean, _ := d.moments()
	return mean
}

// Variance is the square of the standard deviation of the distribution, of lists that of all their values; NaN for fixed.
func (d Dist) Variance() float64 {
	_, variance := d.moments()
	return variance
}

func (d *Dist) moments() (mean, variance float64) {
	a, b, c := d.p[0], d.p[1], d.p[2]
	switch d.family {
	case Fixed:
		return math.NaN(), math.NaN()
	case Uniform:
		return float64(a/2) + float64(b/2), (b - a) * (b - a) / 12
	case Triangular:
		width, rising := c-a, b-a
		return a + (width+rising)/3, (float64(width*(width-rising)) + float64(rising*rising)) / 18
	case Normal:
		return a, float64(b * b)
	case Lognormal, LognormalInterval:
		median, sigma := d.logarithmic()
		square := float64(sigma * sigma)
		mean = float64(median * elementary.Exp(float64(square/2)))
		return mean, float64(mean * mean * expLessOne(square))
	case TruncatedNormal:
		cut := d.cut()
		return cut.moments()
	case PERT:
		// p q / ((p+q)² (p+q+1)) of the width's square, p + q being 6: (mean - lo)(hi - mean)/7
		mean = a + (float64(4*(b-a))+(c-a))/6
		return mean, (mean - a) * (c - mean) / 7
	}
	s := d.steps()
	return s.moments()
}

// expLessOne is e to the power of x, less one, of x from 0 on: by its series where the difference would lose digits.
func expLessOne(x float64) float64 {
	if x > 0.125 {
		return elementary.Exp(x) - 1
	}
	sum := 0.0
	for n := 14.0; n > 0; n-- { // x^14/15! is below 2^-80
		sum = float64(x / n * (1 + sum))
	}
	return sum
}

// normalDensity is the standard normal's density at z, in parts of that at top.
func normalDensity(z, top float64) float64 {
	return elementary.Exp(float64((top - z) * (top + z) / 2))
}
