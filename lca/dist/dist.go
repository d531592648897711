// Package dist describes how uncertain a number is, as data: a family of distributions and its parameters.
//
// A figure in a factor table or a method is the median of its distribution; Check holds the two together. Medians, quantiles and
// moments use only addition, multiplication, division, the square root and lca/elementary, so that they have the same bits on every
// machine.
package dist

import (
	"fmt"
	"math"
	"strconv"
)

// Family is a shape of distribution.
type Family uint8

const (
	Fixed             Family = iota // no distribution is stated: the value stands for itself
	Uniform                         // lo, hi: every value between is as likely
	Triangular                      // lo, mode, hi
	Normal                          // mean, sd: standard deviation, in the value's unit
	Lognormal                       // median, gsd2: the square of the geometric standard deviation; 95 % lie between median/gsd2 and median*gsd2
	TruncatedNormal                 // mean, sd, lo, hi: mean and sd of the normal before it is cut off below lo and above hi
	PERT                            // lo, mode, hi: the beta distribution from lo to hi with the mean (lo + 4 mode + hi)/6
	LognormalInterval               // lo, hi: the lognormal of which 2.5 % lie below lo and 2.5 % above hi
	Discrete                        // value weight, ...: each value with the probability weight / sum of weights
	Empirical                       // value, ...: observations, one as likely as the other
)

// families gives each family its name and the names of its parameters, in the order of Family.
var families = [...]struct {
	name   string
	params []string
	list   bool // the parameters may be repeated
}{
	{name: "fixed"},
	{name: "uniform", params: []string{"lo", "hi"}},
	{name: "triangular", params: []string{"lo", "mode", "hi"}},
	{name: "normal", params: []string{"mean", "sd"}},
	{name: "lognormal", params: []string{"median", "gsd2"}},
	{name: "truncated_normal", params: []string{"mean", "sd", "lo", "hi"}},
	{name: "pert", params: []string{"lo", "mode", "hi"}},
	{name: "lognormal_interval", params: []string{"lo", "hi"}},
	{name: "discrete", params: []string{"value", "weight"}, list: true},
	{name: "empirical", params: []string{"value"}, list: true},
}

func (f Family) String() string { return families[f].name }

// Ordered tells whether parameters of the family bound each other, so that whether one fits is seen only with the others.
func (f Family) Ordered() bool {
	return f != Fixed && f != Normal && f != Lognormal && f != Empirical
}

// Names lists the families' names.
func Names() []string {
	out := make([]string, len(families))
	for i, f := range families {
		out[i] = f.name
	}
	return out
}

// Dist is a distribution. The zero value is fixed. Dists are compared with ==.
type Dist struct {
	family Family
	p      [4]float64
	list   string // of discrete and empirical: the parameters, eight bytes each, so that == compares them
}

// MaxGSD2 is the widest lognormal that is drawn: the mean of one as wide is 40,000 times its median, and what is wider has no figure to speak of.
const MaxGSD2 = 10_000

// widest is the standard deviation of its logarithm, ln 10,000 / 2, with room for rounding.
const widest = 4.605170185988092 * (1 + 1e-12)

// MaxValues is how many values discrete and empirical may list.
const MaxValues = 64

// New makes a distribution of a family from its parameters, in the order of the family's description; of Discrete each value is
// followed by its weight. It refuses what no quantity can have: parameters that are not finite, an interval upside down, a negative
// spread, one beyond MaxGSD2, a lognormal median that is not positive, a mode outside its interval, a cut that leaves nothing, a weight that is not positive.
func New(family Family, params ...float64) (Dist, error) {
	if int(family) >= len(families) {
		return Dist{}, fmt.Errorf("no such family of distributions: %d", family)
	}
	want := families[family]
	if !want.list && len(params) != len(want.params) || want.list && (len(params) == 0 || len(params)%len(want.params) != 0) {
		return Dist{}, fmt.Errorf("%s takes %s, found %d", want.name, expected(family), len(params))
	}
	if len(params) > MaxValues*max(1, len(want.params)) {
		return Dist{}, fmt.Errorf("%s takes at most %d values, found %d", want.name, MaxValues, len(params)/len(want.params))
	}
	clean := make([]float64, len(params))
	for i, v := range params {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return Dist{}, fmt.Errorf("%s of %s is not a finite number", want.params[i%len(want.params)], want.name)
		}
		clean[i] = v + 0 // -0 becomes 0: one quantity, one spelling
	}
	d := Dist{family: family}
	if want.list {
		return d.of(clean)
	}
	copy(d.p[:], clean)
	if err := d.refuse(); err != nil {
		return Dist{}, err
	}
	return d, nil
}

// refuse says what is impossible about the parameters.
func (d *Dist) refuse() error {
	a, b, c := d.p[0], d.p[1], d.p[2]
	lo, hi := a, b
	switch d.family {
	case Triangular, PERT:
		hi = c
		if lo > hi {
			return fmt.Errorf("lo %v is above hi %v", lo, hi)
		}
		if b < lo || b > hi {
			return fmt.Errorf("mode %v lies outside lo %v to hi %v", b, lo, hi)
		}
	case TruncatedNormal:
		lo, hi = c, d.p[3]
	case Normal, Lognormal, Fixed:
		lo, hi = 0, 0
	}
	if lo > hi {
		return fmt.Errorf("lo %v is above hi %v", lo, hi)
	}
	if math.IsInf(hi-lo, 0) {
		return fmt.Errorf("the interval from %v to %v is too wide to compute with", lo, hi)
	}
	switch d.family {
	case Normal, TruncatedNormal:
		if b < 0 {
			return fmt.Errorf("sd %v is negative", b)
		}
	case Lognormal:
		if a <= 0 {
			return fmt.Errorf("median %v is not positive", a)
		}
		if b < 1 {
			return fmt.Errorf("gsd2 %v is below 1 (it is the square of the geometric standard deviation)", b)
		}
		if b > MaxGSD2 {
			return fmt.Errorf("gsd2 %v is above %d: 95 %% lie between the median / gsd2 and the median × gsd2, and the mean of one wider is beyond 40,000 medians", b, MaxGSD2)
		}
	case LognormalInterval:
		if lo <= 0 {
			return fmt.Errorf("lo %v is not positive", lo)
		}
		if _, sigma := d.logarithmic(); sigma > widest {
			return fmt.Errorf("hi %v is %.2g times lo %v: at most 69 million times (a gsd2 of %d), for the mean of one wider is beyond 40,000 medians", hi, hi/lo, lo, MaxGSD2)
		}
	}
	if d.family == TruncatedNormal {
		if cut := d.cut(); !(cut.mass >= leastMass) {
			return fmt.Errorf("from %v to %v lies a part of %.2g of normal(%v, %v), too little to draw from", lo, hi, cut.mass, a, b)
		}
	}
	return nil
}

// Family is the distribution's shape.
func (d Dist) Family() Family { return d.family }

// Params are the parameters in the order of the family's description; none for fixed. Of discrete each value is followed by its
// weight. Both kinds of lists are in the order of their values.
func (d Dist) Params() []float64 {
	if !families[d.family].list {
		return append([]float64(nil), d.p[:len(families[d.family].params)]...)
	}
	out := make([]float64, d.listed())
	for i := range out {
		out[i] = d.at(i)
	}
	return out
}

// Median is the value that half of the distribution lies below; false for fixed, which has none of its own. Where half of a list's
// values lie at or below one and half above, it is in the middle between the two.
func (d Dist) Median() (float64, bool) {
	switch d.family {
	case Uniform:
		return float64(d.p[0]/2) + float64(d.p[1]/2), true
	case Triangular:
		return triangularMedian(d.p[0], d.p[1], d.p[2]), true
	case Normal, Lognormal:
		return d.p[0], true
	case LognormalInterval:
		median, _ := d.logarithmic()
		return median, true
	case Discrete, Empirical:
		return d.listMedian(), true
	case Fixed:
		return 0, false
	}
	return d.Quantile(0.5), true
}

// Rounded is the shortest decimal number within 0.1 % of the median; false for fixed.
func (d Dist) Rounded() (string, bool) {
	median, ok := d.Median()
	if !ok {
		return "", false
	}
	for digits := 1; digits < 17; digits++ {
		text := strconv.FormatFloat(median, 'g', digits, 64)
		if v, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(v-median) <= 0.001*math.Abs(median) {
			return strconv.FormatFloat(v, 'g', -1, 64), true
		}
	}
	return strconv.FormatFloat(median, 'g', -1, 64), true
}

// Times is the distribution of a positive multiple of the quantity, its parameters rounded to 12 digits; itself where they would not be
// parameters of its family, such as infinite ones.
func (d Dist) Times(f float64) Dist {
	params := d.Params()
	for i, p := range params {
		if i%2 == 1 && (d.family == Lognormal || d.family == Discrete) {
			continue // gsd2 and weights are ratios
		}
		v, err := strconv.ParseFloat(strconv.FormatFloat(p*f, 'g', 12, 64), 64)
		if err != nil {
			return d
		}
		params[i] = v
	}
	out, err := New(d.family, params...)
	if err != nil {
		return d
	}
	return out
}

// triangularMedian: the area from lo to x is (x-lo)²/((hi-lo)(mode-lo)) up to the mode; set to one half on the side of the mode
// that holds half of the area.
func triangularMedian(lo, mode, hi float64) float64 {
	width := hi - lo
	if mode-lo >= width/2 {
		return lo + float64(math.Sqrt(width)*math.Sqrt((mode-lo)/2))
	}
	return hi - float64(math.Sqrt(width)*math.Sqrt((hi-mode)/2))
}

// tolerance is how far a value may lie from the median of its distribution, as a part of the value: room for rounded parameters.
const tolerance = 0.005

// Check returns an error where the distribution's median is not the value, within 0.5 % of it. Fixed fits every finite value.
func (d Dist) Check(value float64) error {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return fmt.Errorf("%v is not a finite number", value)
	}
	median, ok := d.Median()
	if !ok || math.Abs(median-value) <= tolerance*math.Abs(value) {
		return nil
	}
	return fmt.Errorf("the median of %s is %.6g, the value is %v: more than 0.5 %% apart", d, median, value)
}
