package dist

import (
	"math"

	"github.com/ai-impact-observatory/ailca/lca/elementary"
)

// Quantile is the value that a part u of the distribution lies below, 0 < u < 1: the inverse of CDF. It does not fall as u rises, save
// by the rounding of its last bits. At and beyond the ends of u it is the bound; see Bounds. It is infinite where parameters reach for the
// end of float64, as lognormal(1e307, 1000) does. Of fixed it is NaN.
func (d Dist) Quantile(u float64) float64 {
	var out [1]float64
	d.Fill([]float64{u}, out[:])
	return out[0]
}

// Fill sets out[i] to Quantile(u[i]), with the same bits, faster than one by one. u and out are of one length, and may be the same slice.
func (d Dist) Fill(u, out []float64) {
	out = out[:len(u)]
	switch d.family {
	case Fixed:
		for i := range out {
			out[i] = math.NaN()
		}
	case Uniform:
		lo, hi := d.p[0], d.p[1]
		for i, u := range u {
			out[i] = min(lo+float64(within(u)*(hi-lo)), hi)
		}
	case Triangular:
		lo, width := d.p[0], d.p[2]-d.p[0]
		rising, falling, root := d.p[1]-lo, d.p[2]-d.p[1], math.Sqrt(width)
		for i, u := range u {
			u = within(u)
			if float64(u*width) <= rising {
				out[i] = lo + float64(root*math.Sqrt(u*rising))
			} else {
				out[i] = d.p[2] - float64(root*math.Sqrt((1-u)*falling))
			}
		}
	case Normal:
		mean, sd := d.p[0], d.p[1]
		if sd == 0 {
			fill(out, u, mean)
			return
		}
		for i, u := range u {
			out[i] = mean + float64(sd*NormalQuantile(within(u)))
		}
	case Lognormal, LognormalInterval:
		median, sigma := d.logarithmic()
		if sigma == 0 {
			fill(out, u, median)
			return
		}
		for i, u := range u {
			out[i] = float64(median * elementary.Exp(float64(sigma*NormalQuantile(within(u)))))
		}
	case TruncatedNormal:
		cut := d.cut()
		for i, u := range u {
			out[i] = cut.quantile(within(u))
		}
	case PERT:
		b := d.beta()
		for i, u := range u {
			out[i] = b.quantile(within(u))
		}
	default:
		s := d.steps()
		for i, u := range u {
			out[i] = s.quantile(u)
		}
	}
}

// within is u cut to 0 to 1.
func within(u float64) float64 { return max(0, min(1, u)) }

func fill(out, u []float64, v float64) {
	for i := range out {
		if out[i] = v; u[i] != u[i] {
			out[i] = u[i]
		}
	}
}

// CDF is the part of the distribution up to x, at most 1. Of fixed it is NaN.
func (d Dist) CDF(x float64) float64 {
	lo, hi := d.Bounds()
	switch {
	case x != x || d.family == Fixed:
		return math.NaN()
	case x < lo:
		return 0
	case x >= hi:
		return 1
	}
	switch d.family {
	case Uniform:
		return (x - lo) / (hi - lo)
	case Triangular:
		width, mode := hi-lo, d.p[1]
		if x <= mode {
			return float64((x - lo) / width * ((x - lo) / (mode - lo)))
		}
		return 1 - float64((hi-x)/width*((hi-x)/(hi-mode)))
	case Normal:
		return NormalCDF((x - d.p[0]) / d.p[1])
	case Lognormal, LognormalInterval:
		median, sigma := d.logarithmic()
		return NormalCDF(elementary.Ln(x/median) / sigma)
	case TruncatedNormal:
		cut := d.cut()
		return cut.cdf(x)
	case PERT:
		b := d.beta()
		return b.cdf(x)
	}
	s := d.steps()
	return s.cdf(x)
}

// Bounds are the least and the greatest value that the distribution can take: infinite for the ends of normal and for the upper end of
// lognormal, NaN for fixed.
func (d Dist) Bounds() (lo, hi float64) {
	switch d.family {
	case Fixed:
		return math.NaN(), math.NaN()
	case Uniform:
		return d.p[0], d.p[1]
	case Triangular, PERT:
		return d.p[0], d.p[2]
	case Normal:
		if d.p[1] == 0 {
			return d.p[0], d.p[0]
		}
		return math.Inf(-1), math.Inf(1)
	case Lognormal, LognormalInterval:
		median, sigma := d.logarithmic()
		if sigma == 0 {
			return median, median
		}
		return 0, math.Inf(1)
	case TruncatedNormal:
		if d.p[1] == 0 {
			return d.p[0], d.p[0]
		}
		return d.p[2], d.p[3]
	}
	s := d.steps()
	return s.value[0], s.value[s.n-1]
}

// beyond95 is the standard normal's quantile of 0.975.
const beyond95 = 1.9599639845400545

// logarithmic are the median of a lognormal distribution and the standard deviation of the logarithm. gsd2 is e to the power of twice
// that; an interval is as wide as 95 % of a normal, between its median times and over e to the power of beyond95 times that.
func (d *Dist) logarithmic() (median, sigma float64) {
	if d.family == Lognormal {
		return d.p[0], float64(elementary.Ln(d.p[1]) / 2)
	}
	lo, hi := d.p[0], d.p[1]
	if lo == hi {
		return lo, 0
	}
	return float64(math.Sqrt(lo) * math.Sqrt(hi)), (elementary.Ln(hi) - elementary.Ln(lo)) / (2 * beyond95)
}
