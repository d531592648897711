package dist

import (
	"math"

	"github.com/ai-impact-observatory/ailca/lca/elementary"
)

// beta is a beta distribution between lo and hi. Of beta-PERT (D. G. Malcolm et al., Application of a technique for research and
// development program evaluation, Operations Research 7 (1959); with a weight of 4 on the mode) the exponents are p = 1 + 4 (mode - lo) /
// (hi - lo) and q = 1 + 4 (hi - mode)/(hi - lo), 1 to 5 and 6 in all.
type beta struct {
	lo, width float64
	p, q      float64
	half      float64 // where both continued fractions are good: (p+1)/(p+q+2)
	all       float64 // the complete beta function
	upTo      float64 // the part of the distribution up to half
}

func (d *Dist) beta() beta {
	b := beta{lo: d.p[0], width: d.p[2] - d.p[0], p: 1, q: 1}
	if b.width == 0 {
		return b
	}
	b.p += float64(4 * ((d.p[1] - d.p[0]) / b.width))
	b.q += float64(4 * ((d.p[2] - d.p[1]) / b.width))
	b.half = (b.p + 1) / (b.p + b.q + 2)
	// The integrals from either end to one point make the complete beta function, without a gamma function.
	left, right := incomplete(b.half, 1-b.half, b.p, b.q), incomplete(1-b.half, b.half, b.q, b.p)
	b.all = left + right
	b.upTo = left / b.all
	return b
}

// incomplete is the integral of t^(p-1) (1-t)^(q-1) from 0 to x, y being 1-x, x at most (p+1)/(p+q+2): x^p y^q / p over the continued
// fraction of the NIST Digital Library of Mathematical Functions, 8.17.22, by the method of Lentz as Thompson and Barnett changed it.
func incomplete(x, y, p, q float64) float64 {
	if x == 0 {
		return 0
	}
	const tiny = 1e-300
	c, d := 1.0, 1-float64((p+q)*x)/(p+1)
	if d == 0 {
		d = tiny
	}
	d = 1 / d
	f := d
	for m := 1.0; m < 1000; m++ {
		n := float64(2 * m)
		for _, term := range [2]float64{
			m * (q - m) * x / ((p + n - 1) * (p + n)),
			-(p + m) * (p + q + m) * x / ((p + n) * (p + n + 1)),
		} {
			if d = 1 + float64(term*d); d == 0 {
				d = tiny
			}
			if c = 1 + term/c; c == 0 {
				c = tiny
			}
			d = 1 / d
			f = float64(f * float64(c*d))
		}
		if math.Abs(float64(c*d)-1) < 0x1p-53 {
			break
		}
	}
	return float64(elementary.Pow(x, p) * elementary.Pow(y, q) / p * f)
}

// part is the distribution's part up to x of 0 to 1 and its part above, the lesser of them to the last bits.
func (b *beta) part(x float64) (below, above float64) {
	if x <= b.half {
		below = min(1, incomplete(x, 1-x, b.p, b.q)/b.all)
		return below, 1 - below
	}
	above = min(1, incomplete(1-x, x, b.q, b.p)/b.all)
	return 1 - above, above
}

func (b *beta) cdf(x float64) float64 {
	below, _ := b.part((x - b.lo) / b.width)
	return below
}

// quantile looks for the root between 0 and 1 by Halley's steps, and by halves where a step would leave what is known to hold the root.
func (b *beta) quantile(u float64) float64 {
	switch {
	case u != u:
		return u
	case u == 0 || b.width == 0:
		return b.lo
	case u == 1:
		return b.lo + b.width
	}
	lo, hi := 0.0, 1.0
	x := b.half
	if u < b.upTo { // near 0 the part is about x^p
		x = float64(x * elementary.Pow(u/b.upTo, 1/b.p))
	} else {
		x = 1 - float64((1-b.half)*elementary.Pow((1-u)/(1-b.upTo), 1/b.q))
	}
	for range 100 {
		below, above := b.part(x)
		off := below - u
		if x > b.half {
			off = (1 - u) - above
		}
		if off > 0 {
			hi = x
		} else {
			lo = x
		}
		density := elementary.Pow(x, b.p-1) * elementary.Pow(1-x, b.q-1) / b.all
		step := off / density
		// the density's slope, in parts of it, is (p-1)/x - (q-1)/(1-x)
		if bend := float64(step * ((b.p-1)/x - (b.q-1)/(1-x)) / 2); math.Abs(bend) < 0.5 {
			step /= 1 - bend
		}
		next := x - step
		if !(next >= lo && next <= hi) {
			x = lo + float64((hi-lo)/2)
			continue
		}
		x = next
		if math.Abs(step) <= 1e-6*min(x, 1-x) { // its error is about the cube of that
			break
		}
	}
	return b.lo + float64(b.width*x)
}
