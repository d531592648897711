package dist

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestMedians(t *testing.T) {
	for _, tc := range []struct {
		text string
		want float64
		has  bool
	}{
		{"fixed", 0, false},
		// (1 + 3) / 2 = 2
		{"uniform(1, 3)", 2, true},
		// the mode is in the middle: the median is the mode
		{"triangular(0, 1, 2)", 1, true},
		// width 0.52, mode-lo 0.12 is under half of it: 1.6 - sqrt(0.52*0.4/2) = 1.6 - sqrt(0.104) = 1.6 - 0.322490 = 1.277510
		{"triangular(1.08, 1.2, 1.6)", 1.2775097, true},
		// the mode at the top: 0 + sqrt(1*1/2) = 0.7071068
		{"triangular(0, 1, 1)", 0.70710678, true},
		// the mode at the bottom: 1 - sqrt(1*1/2) = 0.2928932
		{"triangular(0, 0, 1)", 0.29289322, true},
		// no width at all
		{"triangular(4, 4, 4)", 4, true},
		{"normal(1.5, 0.2)", 1.5, true},
		{"lognormal(0.4, 1.2)", 0.4, true},
		{"truncated_normal(0.5, 0.3, 0, 1)", 0.5, true},
		// a half-normal: its median is the normal's quantile of 0.75
		{"truncated_normal(0, 1, 0, 40)", 0.67448975, true},
		{"truncated_normal(0, 1, -40, 0)", -0.67448975, true},
		{"pert(10, 12, 14)", 12, true},
		// the mode at the bottom: 1 - (1-x)^5 = 1/2, x = 1 - 2^(-1/5) = 0.1294494
		{"pert(0, 0, 1)", 0.12944944, true},
		{"pert(0, 1, 1)", 0.87055056, true},
		// sqrt(0.2*0.8) = 0.4
		{"lognormal_interval(0.2, 0.8)", 0.4, true},
		// up to 1 lie 3/4
		{"discrete(0.5 1, 1 2, 4 1)", 1, true},
		// half lies up to 1, half above: the middle
		{"discrete(1 2, 3 1, 4 1)", 2, true},
		{"empirical(5, 1, 3)", 3, true},
		{"empirical(5, 1, 3, 4)", 3.5, true},
		// a sum of both ends would overflow
		{"uniform(1e308, 1.5e308)", 1.25e308, true},
	} {
		d, err := Parse(tc.text)
		if err != nil {
			t.Errorf("%s: %v", tc.text, err)
			continue
		}
		got, has := d.Median()
		if has != tc.has || math.Abs(got-tc.want) > 1e-7*math.Abs(tc.want) {
			t.Errorf("the median of %s is %v, %v, want %v, %v", tc.text, got, has, tc.want, tc.has)
		}
	}
}

func TestWhatNoQuantityCanHaveIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "unknown distribution",
		"fixd":                              "did you mean fixed?",
		"beta(1, 2)":                        "known: fixed, uniform(lo, hi), triangular(lo, mode, hi), normal(mean, sd), lognormal(median, gsd2), truncated_normal(mean, sd, lo, hi), pert(lo, mode, hi), lognormal_interval(lo, hi), discrete(value weight, ...), empirical(value, ...)",
		"fixed()":                           "fixed takes no parameters",
		"uniform":                           "write uniform(lo, hi)",
		"uniform(1, 2":                      "write uniform(lo, hi)",
		"uniform(1, 2) x":                   "write uniform(lo, hi)",
		"uniform(1)":                        "uniform takes 2 parameters (lo, hi), found 1",
		"uniform(2, 1)":                     "lo 2 is above hi 1",
		"uniform(1, )":                      `"" is not a decimal number`,
		"uniform(0x1p3, 9)":                 "not a decimal number",
		"uniform(1_0, 20)":                  "not a decimal number",
		"normal(nan, 1)":                    "not a decimal number",
		"normal(1, inf)":                    "not a decimal number",
		"normal(1e999, 1)":                  "not a finite decimal number",
		"normal(1, -0.1)":                   "sd -0.1 is negative",
		"triangular(1, 3, 2)":               "mode 3 lies outside",
		"triangular(2, 1, 1)":               "lo 2 is above hi 1",
		"lognormal(0, 1.2)":                 "median 0 is not positive",
		"lognormal(1, 0.9)":                 "gsd2 0.9 is below 1",
		"lognormal(1, 10001)":               "gsd2 10001 is above 10000",
		"lognormal(1, 1e300)":               "beyond 40,000 medians",
		"lognormal_interval(1, 7e7)":        "hi 7e+07 is 7e+07 times lo 1: at most 69 million times (a gsd2 of 10000)",
		"lognormal_interval(1e-300, 1e300)": "is +Inf times lo",
		"uniform(-1e308, 1e308)":            "too wide",
		"pert(1, 3, 2)":                     "mode 3 lies outside",
		"pert(2, 2, 1)":                     "lo 2 is above hi 1",
		"pert(-1e308, 0, 1e308)":            "too wide",
		"truncated_normal(1, 1, 0)":         "takes 4 parameters (mean, sd, lo, hi), found 3",
		"truncated_normal(1, -1, 0, 2)":     "sd -1 is negative",
		"truncated_normal(1, 1, 2, 0)":      "lo 2 is above hi 0",
		"truncated_normal(1, 1, 1, 1)":      "from 1 to 1 lies a part of 0 of normal(1, 1)",
		// the normal's part above 7 is 1.28e-12
		"truncated_normal(0, 1, 7, 9)":                  "from 7 to 9 lies a part of 1.3e-12 of normal(0, 1)",
		"truncated_normal(3, 0, 1, 2)":                  "a part of 0 of normal(3, 0)",
		"lognormal_interval(0, 2)":                      "lo 0 is not positive",
		"lognormal_interval(2, 1)":                      "lo 2 is above hi 1",
		"discrete(1, 2)":                                `"1" is not a value and its weight: write discrete(value weight, ...)`,
		"discrete(1 1 1)":                               `"1 1 1" is not a value and its weight`,
		"discrete(1 0, 2 1)":                            "the weight 0 of the value 1 is not positive",
		"discrete(1 1e308, 2 1e308)":                    "the sum of the weights is too large",
		"discrete(1 1, 2 1, 1.0 3)":                     "the value 1 is listed twice",
		"discrete()":                                    `"" is not a value and its weight`,
		"discrete":                                      "write discrete(value weight, ...)",
		"empirical()":                                   `"" is not a decimal number`,
		"empirical(1, 2":                                "write empirical(value, ...)",
		"empirical(1 2)":                                `"1 2" is not a decimal number`,
		"empirical(1" + strings.Repeat(", 1", 64) + ")": "at most 64 values, found 65",
		"discrete(0 1" + list(1, 64) + ")":              "at most 64 values, found 65",
		strings.Repeat("uniform(1,", 999):               "at most 4096",
	} {
		if d, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gave %v, %v; want an error with %q", text, d, err, want)
		}
	}
	if _, err := New(Normal, math.NaN(), 1); err == nil {
		t.Error("a mean that is no number was accepted")
	}
	if _, err := New(Normal, 1, math.Inf(1)); err == nil {
		t.Error("an infinite standard deviation was accepted")
	}
	if _, err := New(Discrete, 1, 2, 3); err == nil {
		t.Error("a value without its weight was accepted")
	}
	if _, err := New(Empirical); err == nil {
		t.Error("no observations were accepted")
	}
	if _, err := New(Empirical, 1, math.NaN()); err == nil {
		t.Error("an observation that is no number was accepted")
	}
	if _, err := New(Family(99)); err == nil {
		t.Error("an unknown family was accepted")
	}
}

// list is ", n 1" of each n in turn.
func list(from, to int) string {
	var out strings.Builder
	for n := from; n <= to; n++ {
		fmt.Fprintf(&out, ", %d 1", n)
	}
	return out.String()
}

func TestTheCanonicalTextReadsBack(t *testing.T) {
	for text, want := range map[string]string{
		"fixed":                            "fixed",
		" uniform( 1.0 ,2e0) ":             "uniform(1, 2)",
		"triangular(1.08,1.2,1.6)":         "triangular(1.08, 1.2, 1.6)",
		"normal(-0, 0.10)":                 "normal(0, 0.1)",
		"lognormal(0.00000012, 1.2000000)": "lognormal(1.2e-07, 1.2)",
	} {
		d, err := Parse(text)
		if err != nil || d.String() != want {
			t.Errorf("%q reads as %q, %v; want %q", text, d, err, want)
		}
		if again, err := Parse(d.String()); err != nil || again != d {
			t.Errorf("%q does not read back: %v, %v", d, again, err)
		}
	}
}

func TestAValueIsTheMedianWithinHalfAPercent(t *testing.T) {
	for _, tc := range []struct {
		text  string
		value float64
		fits  bool
	}{
		{"fixed", 123, true},
		{"lognormal(0.4, 10000)", 0.4, true},
		{"lognormal_interval(1, 6.9e7)", 8306.62, true},
		{"lognormal(0.4, 1.2)", 0.4, true},
		{"lognormal(0.4, 1.2)", 0.4019, true},      // 0.0019 / 0.4019 = 0.47 %
		{"lognormal(0.4, 1.2)", 0.4021, false},     // 0.0021 / 0.4021 = 0.52 %
		{"triangular(1.08, 1.2, 1.6)", 1.28, true}, // the median is 1.27751: 0.19 % away
		{"triangular(1.08, 1.2, 1.6)", 1.2, false}, // the mode is not the median
		{"uniform(0, 0)", 0, true},
		{"uniform(0, 1)", 0, false}, // no relative room around zero
		{"fixed", math.NaN(), false},
		{"fixed", math.Inf(1), false},
	} {
		d, err := Parse(tc.text)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Check(tc.value); (err == nil) != tc.fits {
			t.Errorf("%s with the value %v: %v, want fit %v", tc.text, tc.value, err, tc.fits)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"fixed", "uniform(1, 2)", "triangular(1,2,3)", "lognormal(0.4, 1.2)", "normal(1e-9,+3)",
		"truncated_normal(0.5, 0.3, 0, 1)", "pert(1, 1.2, 2)", "lognormal_interval(0.2, 0.9)", "discrete(1 2, -3 .5)", "empirical(3,1,2,1)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if err != nil {
			return
		}
		if again, err := Parse(d.String()); err != nil || again != d {
			t.Fatalf("%q reads as %q, which reads as %v, %v", text, d, again, err)
		}
		m, ok := d.Median()
		if !ok {
			return
		}
		lo, hi := d.Bounds()
		if math.IsNaN(m) || math.IsInf(m, 0) || m < lo || m > hi {
			t.Fatalf("the median of %q is %v, its bounds %v and %v", d, m, lo, hi)
		}
		before := lo
		for _, u := range []float64{0x1p-53, 0.1, 0.5, 0.9, 1 - 0x1p-53} {
			x := d.Quantile(u)
			if !(x >= before && x <= hi) {
				t.Fatalf("the quantile of %v of %q is %v after %v, its bounds %v and %v", u, d, x, before, lo, hi)
			}
			before = x
		}
	})
}

func TestAMedianIsRoundedWithinAThousandth(t *testing.T) {
	for text, want := range map[string]string{
		"triangular(1.08, 1.2, 1.6)": "1.278", // 1.27751
		"uniform(0.6, 1)":            "0.8",
		"uniform(0, 0)":              "0",
		"uniform(-3, -1)":            "-2",
		"normal(70000000, 1)":        "7e+07",
		"lognormal(0.000123456, 2)":  "0.0001235", // 0.000123 is 0.37 % away
		"normal(1.23456789e300, 1)":  "1.235e+300",
		"fixed":                      "",
	} {
		d, err := Parse(text)
		got, ok := d.Rounded()
		if err != nil || got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v, want %q", text, got, ok, want)
		}
	}
}

func TestADistributionOfAMultiple(t *testing.T) {
	for _, c := range []struct {
		text string
		f    float64
		want string
	}{
		{"uniform(0.6, 1)", 100, "uniform(60, 100)"},
		{"uniform(0.07, 0.14)", 100, "uniform(7, 14)"}, // 0.07 * 100 is 7.000000000000001 in floats
		{"triangular(1080, 1200, 1600)", 0.001, "triangular(1.08, 1.2, 1.6)"},
		{"normal(1.5, 0.2)", 1000, "normal(1500, 200)"},
		{"lognormal(0.4, 1.2)", 1000, "lognormal(400, 1.2)"},
		{"fixed", 100, "fixed"},
		{"truncated_normal(0.5, 0.3, 0, 1)", 100, "truncated_normal(50, 30, 0, 100)"},
		{"pert(0.07, 0.1, 0.14)", 100, "pert(7, 10, 14)"},
		{"lognormal_interval(0.2, 0.9)", 1000, "lognormal_interval(200, 900)"},
		{"discrete(0.5 1, 1 2)", 10, "discrete(5 1, 10 2)"}, // weights stay
		{"empirical(0.1, 0.2, 0.2)", 10, "empirical(1, 2, 2)"},
		{"discrete(1.0000000000001 1, 1 1)", 3, "discrete(1 1, 1.0000000000001 1)"}, // both would be 3
		{"uniform(0, 1e307)", 100, "uniform(0, 1e+307)"},
	} {
		d, err := Parse(c.text)
		if got := d.Times(c.f).String(); err != nil || got != c.want {
			t.Errorf("%s times %v: %s, %v, want %s", c.text, c.f, got, err, c.want)
		}
	}
}
