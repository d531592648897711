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
		if got := english().one(tc.value, tc.unit).String(); got != tc.want {
			t.Errorf("%v %s is printed as %q, want %q", tc.value, tc.unit, got, tc.want)
		}
	}
	if got := english().full(1234567.8901); got != "1,234,567.8901" {
		t.Errorf("all digits are %q", got)
	}
}

func TestSharesAreNeverRoundedToNothingOrAll(t *testing.T) {
	for share, want := range map[float64]string{0: "0%", 0.0001: "<0.1%", 0.043: "4.3%", 0.71: "71%", 0.999: ">99%", 1: "100%", -0.2: "−20%"} {
		if got := english().percent(share); got != want {
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
	if s := scaleOf(f(2, 900)); !s.log || s.low != log10(2) || s.high != 3 || len(s.ticks) != 3 {
		t.Errorf("2 to 900 gives %+v", s)
	}
	if s := scaleOf(f(0.6, 48)); !s.log || s.low != log10(0.5) || s.high != log10(50) || len(s.ticks) != 2 {
		t.Errorf("0.6 to 48 gives %+v", s)
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
	for i := range fillCount * len(hatches) {
		fill, hatch := style(i)
		if other, ok := seen[[2]int{fill, hatch}]; ok {
			t.Errorf("styles %d and %d look alike", other, i)
		}
		seen[[2]int{fill, hatch}] = i
	}
}

func TestIntervalsKeepTheirEndsToAFortiethOfTheirWidth(t *testing.T) {
	for _, tc := range []struct {
		name             string
		value, low, high float64
		want, between    string
	}{
		{"tens where half the width is in the hundreds", 227, 146, 351, "230", "150 to 350"},
		{"units where half the width is in the tens", 227, 205, 248, "227", "205 to 248"},
		{"a decimal where half the width is one digit", 12.345, 9.876, 15.432, "12.3", "9.9 to 15.4"},
		{"as many digits as a narrow interval needs", 1234.5678, 1233.9, 1235.2, "1,234.57", "1,233.90 to 1,235.20"},
		{"six digits of a value at most", 1234.56789, 1234.56788, 1234.5679, "1,234.57", "1,234.57 to 1,234.57"},
		{"a low end far below keeps digits of its own and is not 0", 12.3, 0.0421, 361, "12", "0.042 to 360"},
		{"an end below a thousandth in powers of ten", 1.5, 0.0000321, 4.2, "1.5", "3.2 × 10⁻⁵ to 4.2"},
		{"an end that rounds up to the place", 40, 0.97, 90, "40", "0.97 to 90"},
		{"an end of 0 is 0", 2, 0, 5.31, "2.0", "0 to 5.3"},
		{"below 0 and above", 1.2, -3.21, 4.87, "1.2", "−3.2 to 4.9"},
		{"large in powers of ten", 2.271e12, 1.462e12, 3.514e12, "2.3 × 10¹²", "1.5 × 10¹² to 3.5 × 10¹²"},
		{"small in powers of ten, narrow", 2.2714e-7, 2.2613e-7, 2.2822e-7, "2.271 × 10⁻⁷", "2.261 × 10⁻⁷ to 2.282 × 10⁻⁷"},
		{"no width", 227, 227, 227, "227", "227 to 227"},
	} {
		n := step{Factor: 1}.within(tc.value, "", &between{tc.low, tc.high})
		if n.Text != tc.want || n.Between != tc.between {
			t.Errorf("%s: %v [%v, %v] is printed as %s, %s; want %s, %s", tc.name, tc.value, tc.low, tc.high, n.Text, n.Between, tc.want, tc.between)
		}
		v, l, h := Rounded(tc.value, tc.low, tc.high)
		if width := tc.high - tc.low; math.Abs(l-tc.low) > width/40 || math.Abs(h-tc.high) > width/40 || math.Abs(v-tc.value) > width/40 {
			if tc.name != "six digits of a value at most" {
				t.Errorf("%s: [%v, %v] is rounded to %v [%v, %v]", tc.name, tc.low, tc.high, v, l, h)
			}
		}
	}
}

func TestNoEndOfAnIntervalIsPrintedAsNothing(t *testing.T) {
	for low := 1e-14; low < 1e12; low *= 3.7 {
		for ratio := 1.0001; ratio < 1e9; ratio *= 2.9 {
			high := low * ratio
			n := step{Factor: 1}.within(low*math.Sqrt(ratio), "", &between{low, high})
			ends := strings.Split(n.Between, " to ")
			if strings.Trim(ends[0], "0.") == "" || strings.Trim(n.Text, "0.") == "" {
				t.Fatalf("%v to %v is printed as %s, %s", low, high, n.Text, n.Between)
			}
			if _, l, h := Rounded(low*math.Sqrt(ratio), low, high); math.Abs(l-low) > (high-low)/40 || math.Abs(h-high) > (high-low)/40 {
				if ratio > 1.001 {
					t.Fatalf("%v to %v is rounded to %v to %v", low, high, l, h)
				}
			}
		}
	}
}

func TestIntervalsAreSeenOverTheirDots(t *testing.T) {
	v := []float64{100, 3}
	d := dots{Labels: []string{"narrow", "wide"}, Series: letters([]string{"Measured", "Reported"}),
		Axes: []axis{{Title: "A", Unit: "t", Values: []*float64{&v[0], &v[1]}, Class: []int{0, 1}, Between: []*between{{99.4, 100.3}, {0.02, 9.87}}}}}
	for _, width := range []float64{wide, narrow} {
		svg := string(d.svg("id", width, "title", "desc"))
		dot, ends := strings.LastIndex(svg, `<path class="f`), strings.Index(svg, whiskerLook)
		if ends < dot || strings.Count(svg, "v16M") != 4 {
			t.Errorf("of a drawing %v wide the ends of intervals are not over their dots:\n%s", width, svg)
		}
		if !strings.Contains(svg, ">100.00<") || !strings.Contains(svg, ">3.0<") || !strings.Contains(svg, strongLook+">") {
			t.Errorf("of a drawing %v wide a figure or letter lacks:\n%s", width, svg)
		}
	}
}
