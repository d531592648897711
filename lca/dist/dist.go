// Package dist describes how uncertain a number is, as data: a family of distributions and its parameters.
//
// A figure in a factor table or a method is the median of its distribution; Check holds the two together. Medians use only
// addition, multiplication and the square root, so that they have the same bits on every machine.
package dist

import (
	"fmt"
	"math"
	"strconv"
)

// Family is a shape of distribution.
type Family uint8

const (
	Fixed      Family = iota // no distribution is stated: the value stands for itself
	Uniform                  // lo, hi: every value between is as likely
	Triangular               // lo, mode, hi
	Normal                   // mean, sd: standard deviation, in the value's unit
	Lognormal                // median, gsd2: 95 % of the values lie between median/gsd2 and median*gsd2
)

// families gives each family its name and the names of its parameters, in the order of Family.
var families = [...]struct {
	name   string
	params []string
}{
	{"fixed", nil},
	{"uniform", []string{"lo", "hi"}},
	{"triangular", []string{"lo", "mode", "hi"}},
	{"normal", []string{"mean", "sd"}},
	{"lognormal", []string{"median", "gsd2"}},
}

func (f Family) String() string { return families[f].name }

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
	p      [3]float64
}

// New makes a distribution of a family from its parameters, in the order of the family's description. It refuses what no quantity
// can have: parameters that are not finite, an interval upside down, a negative spread, a lognormal median that is not positive.
func New(family Family, params ...float64) (Dist, error) {
	if int(family) >= len(families) {
		return Dist{}, fmt.Errorf("no such family of distributions: %d", family)
	}
	want := families[family]
	if len(params) != len(want.params) {
		return Dist{}, fmt.Errorf("%s takes %s, found %d", want.name, expected(want.params), len(params))
	}
	d := Dist{family: family}
	for i, v := range params {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return Dist{}, fmt.Errorf("%s of %s is not a finite number", want.params[i], want.name)
		}
		d.p[i] = v + 0 // -0 becomes 0: one quantity, one spelling
	}
	a, b, c := d.p[0], d.p[1], d.p[2]
	switch family {
	case Uniform:
		if a > b {
			return Dist{}, fmt.Errorf("lo %v is above hi %v", a, b)
		}
	case Triangular:
		if a > c {
			return Dist{}, fmt.Errorf("lo %v is above hi %v", a, c)
		}
		if b < a || b > c {
			return Dist{}, fmt.Errorf("mode %v lies outside lo %v to hi %v", b, a, c)
		}
		b = c
	case Normal:
		if b < 0 {
			return Dist{}, fmt.Errorf("sd %v is negative", b)
		}
	case Lognormal:
		if a <= 0 {
			return Dist{}, fmt.Errorf("median %v is not positive", a)
		}
		if b < 1 {
			return Dist{}, fmt.Errorf("gsd2 %v is below 1 (it is the square of the geometric standard deviation)", b)
		}
	}
	if (family == Uniform || family == Triangular) && math.IsInf(b-a, 0) {
		return Dist{}, fmt.Errorf("the interval from %v to %v is too wide to compute with", a, b)
	}
	return d, nil
}

// Family is the distribution's shape.
func (d Dist) Family() Family { return d.family }

// Params are the parameters in the order of the family's description; none for fixed.
func (d Dist) Params() []float64 {
	return append([]float64(nil), d.p[:len(families[d.family].params)]...)
}

// Median is the value that half of the distribution lies below; false for fixed, which has none of its own.
func (d Dist) Median() (float64, bool) {
	switch d.family {
	case Uniform:
		return float64(d.p[0]/2) + float64(d.p[1]/2), true
	case Triangular:
		return triangularMedian(d.p[0], d.p[1], d.p[2]), true
	case Normal, Lognormal:
		return d.p[0], true
	}
	return 0, false
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

// Times is the distribution of a positive multiple of the quantity, its parameters rounded to 12 digits; itself where they would not be finite.
func (d Dist) Times(f float64) Dist {
	out := d
	for i := range families[d.family].params {
		if d.family == Lognormal && i == 1 {
			break // gsd2 is a ratio
		}
		v, err := strconv.ParseFloat(strconv.FormatFloat(d.p[i]*f, 'g', 12, 64), 64)
		if err != nil || math.IsInf(v, 0) {
			return d
		}
		out.p[i] = v
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
