package unit

import (
	"math"
	"math/big"
	"strings"
	"testing"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	for _, tc := range []struct{ text, canonical, dimension, factor, base string }{
		{"1", "1", "dimensionless", "1", "1"},
		{"%", "%", "dimensionless", "0.01", "1"},
		{"kg", "kg", "mass", "1", "kg"},
		{"lb", "lb", "mass", "0.45359237", "kg"},
		{"kg CO2e", "kg CO2e", "mass · CO2e", "1", "kg CO2e"},
		{"kg*CO2e", "kg CO2e", "mass · CO2e", "1", "kg CO2e"},
		{"kg·CO2e", "kg CO2e", "mass · CO2e", "1", "kg CO2e"},
		{"kg ⋅ CO2e", "kg CO2e", "mass · CO2e", "1", "kg CO2e"},
		{" t  CO2e ", "t CO2e", "mass · CO2e", "1000", "kg CO2e"},
		{"kg Sbe", "kg Sbe", "mass · Sbe", "1", "kg Sbe"},
		{"kg CO2e/kWh", "kg CO2e/kWh", "mass · CO2e / energy", "1/3600000", "kg CO2e/J"},
		{"g CO2e / kWh", "g CO2e/kWh", "mass · CO2e / energy", "1/3600000000", "kg CO2e/J"},
		{"kg CO2e/request", "kg CO2e/request", "mass · CO2e / request", "1", "kg CO2e/request"},
		{"kg Sbe/kWh", "kg Sbe/kWh", "mass · Sbe / energy", "1/3600000", "kg Sbe/J"},
		{"kWh", "kWh", "energy", "3600000", "J"},
		{"W h", "W h", "energy", "3600", "J"},
		{"TWh/a", "TWh/a", "power", "1000000000/8.76", "W"}, // 10^12 Wh over 8760 h
		{"MJ/kWh", "MJ/kWh", "dimensionless", "1/3.6", "1"},
		{"L/kWh", "L/kWh", "volume / energy", "0.001/3600000", "m3/J"},
		{"L/kWh/a", "L/kWh/a", "volume / energy / time", "0.001/3600000/31536000", "m3/J/s"},
		{"L/(kWh a)", "L/kWh/a", "volume / energy / time", "0.001/3600000/31536000", "m3/J/s"},
		{"gal/MWh", "gal/MWh", "volume / energy", "0.003785411784/3600000000", "m3/J"},
		{"m3", "m3", "volume", "1", "m3"},
		{"m^3", "m3", "volume", "1", "m3"},
		{"mm2", "mm2", "area", "0.000001", "m2"},
		{"kg CO2e/cm2", "kg CO2e/cm2", "mass · CO2e / area", "10000", "kg CO2e/m2"},
		{"s-1", "1/s", "1 / time", "1", "1/s"},
		{"s^-1", "1/s", "1 / time", "1", "1/s"},
		{"1/s", "1/s", "1 / time", "1", "1/s"},
		{"1/s2", "1/s2", "1 / time^2", "1", "1/s2"},
		{"1 kg", "kg", "mass", "1", "kg"},
		{"FLOP/s", "FLOP/s", "operations / time", "1", "FLOP/s"},
		{"PFLOP/s*d", "PFLOP d/s", "operations", "86400000000000000000", "FLOP"},
		{"TFLOP/J", "TFLOP/J", "operations / energy", "1000000000000", "FLOP/J"},
		{"W/(FLOP/s)", "W s/FLOP", "energy / operations", "1", "J/FLOP"},
		{"J/token", "J/token", "energy / token", "1", "J/token"},
		{"kWh/Mtoken", "kWh/Mtoken", "energy / token", "3.6", "J/token"},
		{"GB", "GB", "data", "8000000000", "bit"},
		{"GiB/s", "GiB/s", "data / time", "8589934592", "bit/s"},
		{"kWh/GB", "kWh/GB", "energy / data", "3600000/8000000000", "J/bit"},
		{"kg/d", "kg/d", "mass / time", "1/86400", "kg/s"},
		{"kg CO2e/t/km", "kg CO2e/t/km", "CO2e / length", "0.000001", "CO2e/m"},
		{"(kg CO2e)/(kWh)", "kg CO2e/kWh", "mass · CO2e / energy", "1/3600000", "kg CO2e/J"},
		{"(m s-1)^2", "m2/s2", "energy / mass", "1", "J/kg"},
		{"kWh/kWh", "1", "dimensionless", "1", "1"},
		{"m9 m-9", "1", "dimensionless", "1", "1"},
		{"Btu", "Btu", "energy", "1055.05585262", "J"},
		{"ton_us", "ton_us", "mass", "907.18474", "kg"},
		{"a", "a", "time", "31536000", "s"},
	} {
		t.Run(tc.text, func(t *testing.T) {
			u, err := Parse(tc.text)
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Trim(tc.text, " "); u.String() != want {
				t.Errorf("String is %q, want it as written: %q", u.String(), want)
			}
			if got := u.Mul(One).String(); got != tc.canonical {
				t.Errorf("canonical text is %q, want %q", got, tc.canonical)
			}
			if got := u.Dimension(); got != tc.dimension {
				t.Errorf("dimension is %q, want %q", got, tc.dimension)
			}
			// The factor is given as a quotient of decimals, worked out here apart from the package.
			want := big.NewRat(1, 1)
			for i, part := range strings.Split(tc.factor, "/") {
				r, ok := new(big.Rat).SetString(part)
				if !ok {
					t.Fatalf("bad factor %s", tc.factor)
				}
				if i > 0 {
					r.Inv(r)
				}
				want.Mul(want, r)
			}
			base := MustParse(tc.base)
			if !u.Compatible(base) || new(big.Rat).Quo(u.exact(), base.exact()).Cmp(want) != 0 {
				t.Errorf("is %s base units %s, want exactly %s", u.exact().RatString(), base, want.RatString())
			}
			rounded, _ := want.Float64()
			if f, ok := Factor(u, base); !ok || f != rounded {
				t.Errorf("Factor is %v, %v, want %v", f, ok, rounded)
			}
		})
	}
}

func TestWhatIsWrongIsRefusedWithAHint(t *testing.T) {
	for _, tc := range []struct {
		text string
		at   int
		want string
	}{
		{"", 0, "nothing stands where a unit is due; write 1"},
		{"   ", 0, "nothing stands"},
		{"kgCO2e", 0, "unknown unit kgCO2e; write kg CO2e"},
		{"tCO2eq", 0, "write t CO2e"},
		{"kg CO2eq", 3, "unknown unit CO2eq; write CO2e"},
		{"gCO2/kWh", 0, "write g CO2e"},
		{"kg CO2/kWh", 3, "unknown unit CO2; write CO2e"},
		{"kgSb/kWh", 0, "write kg Sbe"},
		{"kg-CO2e", 3, "a whole number is due as the power"},
		{"kwh", 0, "write kWh"},
		{"KWH/a", 0, "write kWh"},
		{"MWHs", 0, "did you mean MWh?"},
		{"L/kwh", 2, "write kWh"},
		{"hr", 0, "write h"},
		{"kWh/yr", 4, "unknown unit yr; write a"},
		{"J/tok", 2, "write token"},
		{"TFLOPS", 0, "write TFLOP/s for a rate, TFLOP for a count"},
		{"FLOPs", 0, "write FLOP"},
		{"tokenn", 0, "did you mean token?"},
		{"kWh_it", 0, "did you mean kWh?"},
		{"m²", 0, "write powers as m2, s-1 or m^3"},
		{"litres2", 0, "write L2"},
		{"tons/a", 0, "write t or ton_us"},
		{"mt CO2e", 0, "write t or Mt"},
		{"b/s", 0, "write bit or B"},
		{"q", 0, "unknown unit q; `ailca units` lists"},
		{"zzzzzzzz", 0, "`ailca units` lists"},
		{"10", 0, "10 is a number; the number belongs to the value"},
		{"1000 kg", 0, "1000 is a number"},
		{"kg/m a", 5, "could be meant either way"},
		{"kg CO2e/kWh request", 12, "could be meant either way"},
		{"(kg", 0, "the bracket is not closed"},
		{"kg)", 2, "')' is out of place"},
		{"()", 1, "nothing stands"},
		{"kg/", 3, "a unit is due at the end"},
		{"kg//h", 3, "'/' stands where a unit is due"},
		{"/h", 0, "'/' stands where a unit is due"},
		{"kg*", 3, "a unit is due at the end"},
		{"kg+h", 2, "'+' is out of place"},
		{"kg\tCO2e", 2, "'\\t' is out of place"},
		{"kg\x00", 2, "out of place"},
		{"m10", 0, "the power 10 is not accepted; powers go from 1 to 9"},
		{"m0", 0, "the power 0 is not accepted"},
		{"m^", 2, "a whole number is due as the power"},
		{"m^x", 2, "a whole number is due as the power"},
		{"m2^3", 2, "m2 has a power already"},
		{"1^2", 0, "1 takes no power"},
		{"m9 m", 3, "a power beyond ±9"},
		{"(m5)2", 0, "a power beyond ±9"},
		{strings.Repeat("(", 20) + "m", 8, "nested deeper than 8"},
		{strings.Repeat("kg ", 100), 0, "300 bytes long; at most 256"},
		{"kg\xff", 0, "not UTF-8"},
	} {
		t.Run(tc.text, func(t *testing.T) {
			u, err := Parse(tc.text)
			if err == nil {
				t.Fatalf("read as %s", u.canonical())
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %q, want a message with %q", err, tc.want)
			}
			if at := err.(*Error).At; at != tc.at {
				t.Errorf("points at character %d, want %d", at, tc.at)
			}
		})
	}
}

func TestWhatDiffersInKindDoesNotMix(t *testing.T) {
	for _, pair := range [][2]string{
		{"kg CO2e", "kg"}, {"kg CO2e", "kg Sbe"}, {"token", "request"}, {"FLOP", "1"}, {"bit", "1"}, {"token", "1"},
		{"kWh", "kW"}, {"kWh", "kg CO2e"}, {"m3", "m2"}, {"FLOP/s", "FLOP"}, {"s", "1/s"},
	} {
		u, v := MustParse(pair[0]), MustParse(pair[1])
		if _, ok := Factor(u, v); ok || u.Compatible(v) || u.Equal(v) {
			t.Errorf("%s was taken for a kind of %s", u, v)
		}
	}
	for _, pair := range [][2]string{{"kWh", "MJ"}, {"kWh", "W h"}, {"L", "m3"}, {"%", "1"}, {"kWh/a", "W"}, {"FLOP", "EFLOP"}} {
		if u, v := MustParse(pair[0]), MustParse(pair[1]); !u.Compatible(v) || u.Equal(v) {
			t.Errorf("%s and %s should be of one kind and of two sizes", u, v)
		}
	}
	for _, pair := range [][2]string{{"kL", "m3"}, {"mWh", "mW h"}, {"W", "J/s"}, {"gal", "gal_us"}} {
		if u, v := MustParse(pair[0]), MustParse(pair[1]); !u.Equal(v) {
			t.Errorf("%s is not equal to %s", u, v)
		}
	}
}

func TestProductsCancelAndKeepTheirFactors(t *testing.T) {
	kWh, intensity := MustParse("kWh"), MustParse("kg CO2e/kWh")
	for _, tc := range []struct {
		name string
		got  Unit
		want string
	}{
		{"energy times its intensity", kWh.Mul(intensity), "kg CO2e"},
		{"burden over energy", MustParse("kg CO2e").Div(kWh), "kg CO2e/kWh"},
		{"time times power", MustParse("h").Mul(MustParse("W")), "h W"},
		{"FLOP over a peak", MustParse("FLOP").Div(MustParse("FLOP/s")), "s"},
		{"time over life", MustParse("h").Div(MustParse("a")), "h/a"},
		{"a square", MustParse("m/s").Pow(2), "m2/s2"},
		{"an inverse", MustParse("m/s").Pow(-1), "s/m"},
		{"a zeroth power", MustParse("kWh").Pow(0), "1"},
		{"the zero value", Unit{}.Mul(One), "1"},
	} {
		if got := tc.got.String(); got != tc.want || !tc.got.Equal(MustParse(tc.want)) {
			t.Errorf("%s is %s, want %s", tc.name, got, tc.want)
		}
	}
	if got := intensity.String(); got != "kg CO2e/kWh" || len(intensity.factors) != 3 {
		t.Errorf("the operand became %s", got)
	}
	if u := MustParse("h/a"); !u.IsDimensionless() || kWh.IsDimensionless() || !One.IsDimensionless() {
		t.Error("IsDimensionless is wrong")
	}
}

func TestPowersStayBounded(t *testing.T) {
	u := MustParse("kWh")
	for range 100 { // squares without end, as rules that multiply what they multiplied would make
		u = u.Mul(u)
	}
	if u.Valid() || u.Compatible(u) || u.Equal(u) || u.IsDimensionless() || u.Div(u).Valid() || u.Pow(0).Valid() {
		t.Errorf("%s is taken for a unit", u)
	}
	if _, ok := Factor(u, u); ok {
		t.Error("converts")
	}
	if !strings.Contains(u.String(), "beyond ±9") || u.Dimension() == "dimensionless" {
		t.Errorf("reads as %s, %s", u, u.Dimension())
	}
	if MustParse("m").Pow(math.MinInt).Valid() || MustParse("m").Pow(10).Valid() || !MustParse("m").Pow(-9).Valid() {
		t.Error("Pow is bounded wrongly")
	}
	if f, ok := Factor(MustParse("ZFLOP9 EFLOP9 PFLOP9"), MustParse("FLOP9 MFLOP9 GFLOP9")); ok {
		t.Errorf("10^351 is no float64, but was converted by %v", f)
	}
}
