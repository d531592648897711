package stock

import (
	"fmt"

	"github.com/ai-impact-observatory/ailca/lca/elementary"
)

// Bounds of lifetimes.
const (
	// MaxMean bounds the mean service life, in years.
	MaxMean = 1000
	// MaxShape bounds the shape. At 100 nine in ten lives are within 3 % of the mean.
	MaxShape = 100
)

// Lifetime is a Weibull distribution of service lives. A shape of 1 is the exponential distribution, where devices of all ages are as likely to leave; the greater
// it is, the closer lives are to their mean.
type Lifetime struct {
	Mean  float64 // years: more than 0, at most MaxMean
	Shape float64 // 1 to MaxShape
}

// Check tells what is wrong with a lifetime.
func (l Lifetime) Check() error {
	switch {
	case l.Mean-l.Mean != 0:
		return fmt.Errorf("the mean %v is %w", l.Mean, ErrNotFinite)
	case l.Mean <= 0 || l.Mean > MaxMean:
		return fmt.Errorf("the mean of %v years is not more than 0 and at most %d", l.Mean, MaxMean)
	case l.Shape-l.Shape != 0:
		return fmt.Errorf("the shape %v is %w", l.Shape, ErrNotFinite)
	case l.Shape < 1 || l.Shape > MaxShape:
		return fmt.Errorf("the shape %v is not within 1 to %d", l.Shape, MaxShape)
	}
	return nil
}

// Survival is the share of devices that are still in service at an age in years, exp(-(age/scale)^shape) with scale = mean / Γ(1 + 1/shape). It is 1 up to the
// age of 0 and never grows with the age. The lifetime must be one that Check accepts.
func (l Lifetime) Survival(age float64) float64 { return elementary.Exp(-l.hazard(age)) }

// hazard is the cumulative hazard, (age/scale)^shape.
func (l Lifetime) hazard(age float64) float64 {
	scale := l.Mean / gammaOf1Plus(1/l.Shape)
	return elementary.Pow(max(age, 0)/scale, l.Shape)
}

// since is the share, of devices in service at one age, of those still in service at another one that is no less. Where Survival of the first is too small for a
// float64, it still has the right value.
func (l Lifetime) since(from, age float64) float64 {
	if from == age {
		return 1
	}
	more := l.hazard(age) - l.hazard(from)
	if more != more { // both are infinite: lives far shorter than a year
		return 0
	}
	return elementary.Exp(-more)
}

// gammaOf1Plus is Γ(1+x) for x from 0 to 1, to 2 units in the last place. It is exactly 1 at both ends, as 1/Γ(1+x) = 1 + x(1-x) g(x) makes it. The entire function
// g is taken by its power series, whose coefficients are the sums of the first ones of that of 1/Γ(1+x) (Wrench 1968, Mathematics of Computation 22, 617 to 626).
func gammaOf1Plus(x float64) float64 {
	sum := 0.0
	for n := len(reciprocalGamma) - 1; n >= 0; n-- {
		sum = float64(sum*x) + reciprocalGamma[n]
	}
	return 1 / (1 + float64(float64(x*(1-x))*sum))
}

// reciprocalGamma has the coefficients of g; the first is Euler's constant. Those left out are less than 3e-18.
var reciprocalGamma = [...]float64{
	0.57721566490153286061, -0.078662406618721020471, -0.120665041652816256, 0.045873569729475233502, 0.003675835173930896754, -0.0059461363539460768081,
	0.0012728068927170227343, 0.00010763930085795762215, -0.00010760237325699335067, 2.0447909131122835485e-05, 3.1305435033459682903e-7, -9.3743913180807382831e-7,
	1.9558810017362205406e-7, -1.0045741524138656286e-8, -3.9296464196572404677e-9, 1.0723612248119824624e-9, -1.0891334567503768218e-10, -4.5706745059276311356e-12,
	3.2115889339774401184e-12, -4.8521668466476558978e-13, 2.4820344080682008122e-14, 4.2370835450169402896e-15, -1.1110389944060776928e-15, 1.1573963383218309738e-16,
}
