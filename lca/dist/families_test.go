package dist

import (
	"fmt"
	"math"
	"testing"
)

// every is one distribution or more of each family, skewed, narrow and degenerate ones among them.
var every = []string{"uniform(-1, 3)", "uniform(2, 2)", "triangular(1.08, 1.2, 1.6)", "triangular(0, 0, 1)", "triangular(0, 1, 1)", "triangular(4, 4, 4)", "normal(1.5, 0.2)", "normal(1.5, 0)",
	"lognormal(0.4, 1.2)", "lognormal(3, 26)", "lognormal(3, 1)", "truncated_normal(0.5, 0.3, 0, 1)", "truncated_normal(0.9, 0.3, 0, 1)", "truncated_normal(0, 1, 5, 40)", "truncated_normal(0, 1, -40, -5)",
	"truncated_normal(5, 2, 4.999, 5.001)", "truncated_normal(0.5, 0, 0, 1)", "pert(1, 1.2, 2)", "pert(0, 0, 1)", "pert(0, 1, 1)", "pert(10, 12, 14)", "pert(3, 3, 3)", "pert(0, 1, 100000)",
	"lognormal_interval(0.2, 0.9)", "lognormal_interval(2, 2)", "discrete(0.5 1, 1 2, 4 1)", "discrete(7 3)", "empirical(1, 2, 2, 3, 8)", "empirical(5)"}

func parsed(t testing.TB, text string) Dist {
	t.Helper()
	d, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func isList(d Dist) bool { return families[d.family].list }

// isPoint tells whether the distribution is one value.
func isPoint(d Dist) bool {
	lo, hi := d.Bounds()
	return lo == hi
}

func TestTheQuantileOfTheCDFIsTheValue(t *testing.T) {
	for _, text := range every {
		d := parsed(t, text)
		if isList(d) || isPoint(d) {
			continue
		}
		for i := 1; i < 1000; i++ {
			u := float64(i) / 1000
			x := d.Quantile(u)
			if back := d.CDF(x); math.Abs(back-u) > 4e-15+1e-15*math.Abs(x)*density(d, x) {
				t.Fatalf("%s: the quantile of %v is %v, up to which there is %v", text, u, x, back)
			}
		}
	}
}

// density is how much the CDF rises at x for each unit, from its values about it.
func density(d Dist, x float64) float64 {
	h := 1e-6 * (d.Quantile(0.75) - d.Quantile(0.25))
	return (d.CDF(x+h) - d.CDF(x-h)) / (2 * h)
}

func TestQuantilesRiseWithinTheBounds(t *testing.T) {
	for _, text := range every {
		d := parsed(t, text)
		lo, hi := d.Bounds()
		if d.Quantile(0) != lo && !isPoint(d) || d.Quantile(1) != hi && !isPoint(d) {
			t.Errorf("%s lies from %v to %v, its quantiles from %v to %v", text, lo, hi, d.Quantile(0), d.Quantile(1))
		}
		last := lo
		for i := 1; i < 1<<14; i++ {
			x := d.Quantile(float64(i) / (1 << 14))
			if x < last || x > hi {
				t.Fatalf("%s: quantile %d is %v after %v", text, i, x, last)
			}
			last = x
		}
		for _, u := range []float64{0x1p-1074, 0x1p-54, 1 - 0x1p-53} {
			if x := d.Quantile(u); !(x >= lo && x <= hi) {
				t.Errorf("%s: the quantile of %v is %v, out of %v to %v", text, u, x, lo, hi)
			}
		}
		if x := d.Quantile(math.NaN()); x == x {
			t.Errorf("%s: the quantile of NaN is %v", text, x)
		}
	}
}

func TestTheMedianIsTheQuantileOfAHalf(t *testing.T) {
	for _, text := range every {
		d := parsed(t, text)
		median, _ := d.Median()
		if x := d.Quantile(0.5); math.Abs(x-median) > 4e-16*math.Abs(median) {
			t.Errorf("%s: the median is %v, the quantile of a half %v", text, median, x)
		}
	}
}

func TestAllFamiliesReadBackAndAreComparable(t *testing.T) {
	for _, text := range every {
		d := parsed(t, text)
		if d.String() != text {
			t.Errorf("%s is written %s", text, d)
		}
		if again, err := New(d.Family(), d.Params()...); err != nil || again != d {
			t.Errorf("%s made again of its parameters is %v, %v", text, again, err)
		}
	}
	a, b := parsed(t, "discrete(2 1, 1 3)"), parsed(t, "discrete( 1.0  3 ,2 1 )")
	if a != b || fmt.Sprint(a) != "discrete(1 3, 2 1)" {
		t.Errorf("%s and %s are one distribution", a, b)
	}
}
