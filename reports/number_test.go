package reports

import (
	"math"
	"strings"
	"testing"
)

func TestNumbersReadAtAGlance(t *testing.T) {
	for _, tc := range []struct {
		value      float64
		unit, want string
	}{
		{1287060, "kWh", "1.29\u00a0GWh"},
		{999.9, "kg CO2e", "1,000\u00a0kg\u00a0CO₂e"},
		{552100, "kg CO2e", "552\u00a0t\u00a0CO₂e"},
		{0.000031, "kg CO2e/request", "31.0\u00a0mg\u00a0CO₂e/request"},
		{0, "m3", "0\u00a0m³"},
		{-2500, "MJ", "−2.50\u00a0GJ"},
		{3.6e9, "m3", "3.60\u00a0km³"},
		{12345.678, "pt", "12,300\u00a0pt"},
		{1.2e-12, "pt", "1.20 × 10⁻¹²\u00a0pt"},
	} {
		if got := one(tc.value, tc.unit).String(); got != tc.want {
			t.Errorf("%v %s is printed as %q, want %q", tc.value, tc.unit, got, tc.want)
		}
	}
	if got := full(1234567.8901); got != "1,234,567.8901" {
		t.Errorf("all digits are %q", got)
	}
}

func TestSharesAreNeverRoundedToNothingOrAll(t *testing.T) {
	for share, want := range map[float64]string{0: "0%", 0.0001: "<0.1%", 0.043: "4.3%", 0.71: "71%", 0.999: ">99%", 1: "100%", -0.2: "−20%"} {
		if got := percent(share); got != want {
			t.Errorf("%v is printed as %q, want %q", share, got, want)
		}
	}
}

func TestOwnLogarithmAgreesWithTheStandardOne(t *testing.T) {
	for v := 1e-12; v < 1e14; v *= 1.37 {
		if got, want := log10(v), math.Log10(v); math.Abs(got-want) > 1e-13*max(1, math.Abs(want)) {
			t.Errorf("log10(%v) = %v, want %v", v, got, want)
		}
	}
}

func TestAxisIsLogarithmicOnlyWhereValuesAreFarApart(t *testing.T) {
	f := func(vs ...float64) []*float64 {
		var out []*float64
		for _, v := range vs {
			out = append(out, &v)
		}
		return out
	}
	if s := scaleOf(f(2, 900)); !s.log || s.low != 0 || s.high != 3 {
		t.Errorf("2 to 900 gives %+v", s)
	}
	for _, s := range []scaling{scaleOf(f(2, 30)), scaleOf(f(0, 900)), scaleOf(f(-5, 4)), scaleOf(nil), scaleOf(f(3e-320)), scaleOf(f(1e308, 1.5e308))} {
		if s.log || s.at(0) < 0 || s.at(0) > 1 || len(s.ticks) < 2 {
			t.Errorf("a linear axis without 0 or ticks: %+v", s)
		}
	}
}

func TestLettersAreDistinct(t *testing.T) {
	var got []string
	for _, s := range letters([]string{"Measured", "Reported", "Modelled", "Defaulted", "Refused", "Cut off", "Outside total"}) {
		got = append(got, s.Letter)
	}
	if want := "M R O D E C U"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestStylesAreDistinct(t *testing.T) {
	seen := map[[2]int]int{}
	for i := range len(fills) * len(hatches) {
		fill, hatch := style(i)
		if other, ok := seen[[2]int{fill, hatch}]; ok {
			t.Errorf("styles %d and %d look alike", other, i)
		}
		seen[[2]int{fill, hatch}] = i
	}
}
