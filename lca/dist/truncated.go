package dist

import "math"

// leastMass is the least part of a normal that may be left by a cut. Who cuts off more than all but one in 10^9 means another mean.
const leastMass = 1e-9

// cut is a normal distribution that is cut off below lo and above hi. Where more of it lies above its mean it is held upside down, since
// parts of the normal near 0 are finer than those near 1.
type cut struct {
	mean, sd   float64
	lo, hi     float64
	below      float64 // the part of the normal that is cut off below, or above where it is upside down
	mass       float64 // the part that is left
	upsideDown bool
}

func (d *Dist) cut() cut {
	c := cut{mean: d.p[0], sd: d.p[1], lo: d.p[2], hi: d.p[3]}
	if c.sd == 0 {
		if c.lo <= c.mean && c.mean <= c.hi {
			c.mass = 1
		}
		return c
	}
	a, b := (c.lo-c.mean)/c.sd, (c.hi-c.mean)/c.sd
	if a+b > 0 {
		c.upsideDown = true
		a, b = -b, -a
	}
	c.below = NormalCDF(a)
	c.mass = NormalCDF(b) - c.below
	return c
}

func (c *cut) quantile(u float64) float64 {
	switch {
	case u != u:
		return u
	case c.sd == 0:
		return c.mean
	case u == 0:
		return c.lo
	case u == 1:
		return c.hi
	}
	if c.upsideDown {
		u = 1 - u
	}
	z := NormalQuantile(c.below + float64(u*c.mass))
	if c.upsideDown {
		z = -z
	}
	return max(c.lo, min(c.hi, c.mean+float64(c.sd*z)))
}

func (c *cut) cdf(x float64) float64 {
	z := (x - c.mean) / c.sd
	if c.upsideDown {
		return 1 - min(1, max(0, NormalCDF(-z)-c.below)/c.mass)
	}
	return min(1, max(0, NormalCDF(z)-c.below)/c.mass)
}

// moments are the mean and the variance. Those of the formulas with the density at both ends cancel where the cut is narrow or far off,
// so density and its moments are summed over the interval, by 16 points of Gauss in each of 32 pieces.
func (c *cut) moments() (mean, variance float64) {
	if c.sd == 0 {
		return c.mean, 0
	}
	a, b := (c.lo-c.mean)/c.sd, (c.hi-c.mean)/c.sd
	// The density falls from its top, at the point nearest to 0; where it is below e^-46 of that nothing counts.
	top := max(a, min(b, 0))
	reach := math.Sqrt(float64(top*top) + 92)
	a, b = max(a, -reach), min(b, reach)
	width := float64((b - a) / pieces)
	var area, first, second float64
	each := func(do func(off, part float64)) {
		for i := range pieces {
			middle := a + float64((float64(i)+0.5)*width)
			for j, x := range gaussPoints {
				for _, z := range [2]float64{middle - float64(x*width/2), middle + float64(x*width/2)} {
					do(z-top, float64(gaussWeights[j]*normalDensity(z, top)))
				}
			}
		}
	}
	each(func(off, part float64) {
		area += part
		first += float64(off * part)
	})
	centre := first / area
	each(func(off, part float64) {
		off -= centre
		second += float64(off * off * part)
	})
	return c.mean + float64(c.sd*(top+centre)), float64(c.sd * c.sd * (second / area))
}

const pieces = 32

// gaussPoints and gaussWeights are the positive half of the 16 points of Gauss and Legendre for -1 to 1 (Abramowitz and Stegun, table 25.4).
var (
	gaussPoints  = [8]float64{0.09501250983763745, 0.2816035507792589, 0.45801677765722737, 0.6178762444026438, 0.755404408355003, 0.8656312023878318, 0.9445750230732326, 0.9894009349916499}
	gaussWeights = [8]float64{0.18945061045506859, 0.1826034150449236, 0.16915651939500262, 0.14959598881657676, 0.12462897125553403, 0.09515851168249259, 0.062253523938647706, 0.027152459411754037}
)
