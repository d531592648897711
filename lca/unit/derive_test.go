package unit

import (
	"math"
	"math/big"
	"testing"
)

func TestRootsOfUnits(t *testing.T) {
	for _, tc := range []struct {
		text string
		n    int
		want string // empty: none
	}{
		{"mm2", 2, "mm"},
		{"mm4", 2, "mm2"},
		{"m3", 3, "m"},
		{"m9", 3, "m3"},
		{"W2 h2", 2, "W h"},
		{"kWh2/m4", 2, "kWh/m2"},
		{"s-2", 2, "1/s"},
		{"lb2/gal_us2", 2, "lb/gal_us"},
		{"kg2 CO2e2", 2, "kg CO2e"},
		{"%2", 2, "%"},
		{"MJ2/kWh2", 2, "MJ/kWh"},
		{"kWh", 1, "kWh"},
		{"1", 2, "1"},
		{"1", 1 << 16, "1"},
		{"1", math.MaxInt, "1"},
		{"kWh/kWh", 5, "1"},
		{"kWh", 2, ""},
		{"m3", 2, ""},
		{"mm2", 4, ""},
		{"mm2", 1 << 16, ""},
		{"m2 s", 2, ""},
		{"mWh kWh", 2, ""}, // Wh2, but in other symbols
		{"L m", 2, ""},     // m4 over 1000
		{"%", 2, ""},
		{"mm2", 0, ""},
		{"mm2", -2, ""},
		{"1", 0, ""},
	} {
		root, ok := MustParse(tc.text).Root(tc.n)
		switch {
		case !ok && tc.want != "", ok && tc.want == "":
			t.Errorf("root %d of %s is %s, %v; want %q", tc.n, tc.text, root, ok, tc.want)
		case ok && (root.String() != tc.want || !root.Equal(MustParse(tc.want))):
			t.Errorf("root %d of %s is %s, want %s", tc.n, tc.text, root, tc.want)
		}
	}
	beyond := MustParse("kWh8").Pow(2)
	if root, ok := beyond.Root(2); ok {
		t.Errorf("%s has the root %s", beyond, root)
	}
}

// Whatever is raised to a power has that power's root, with its symbols and exactly its scale.
func TestTheRootOfAPowerIsTheUnit(t *testing.T) {
	for _, d := range All() {
		for _, text := range []string{d.Symbol, d.Symbol + "/h", "kWh/" + d.Symbol} {
			u := MustParse(text).Mul(One)
			for n := 1; n <= 4; n++ {
				power := u.Pow(n)
				root, ok := power.Root(n)
				if !ok || !root.Equal(u) || root.String() != u.String() || !root.Pow(n).Equal(power) {
					t.Errorf("root %d of %s is %s, %v; want %s", n, power, root, ok, u)
				}
			}
		}
	}
}

func TestRootsOfWholeNumbersAreExact(t *testing.T) {
	for _, tc := range []struct {
		x     string
		n     int
		want  string
		exact bool
	}{
		{"1", 2, "1", true}, {"2", 2, "1", false}, {"4", 2, "2", true}, {"8", 3, "2", true}, {"9", 3, "2", false},
		{"15241578750190521", 2, "123456789", true}, {"15241578750190520", 2, "123456788", false},
		{"1000000000000000000000000000", 9, "1000", true}, {"999999999999999999999999999", 9, "999", false},
	} {
		x, _ := new(big.Int).SetString(tc.x, 10)
		if got, exact := root(x, tc.n); got.String() != tc.want || exact != tc.exact {
			t.Errorf("root %d of %s is %s, %v", tc.n, tc.x, got, exact)
		}
	}
}

func TestAUnitIsWrittenPlainly(t *testing.T) {
	for text, want := range map[string]string{
		"kWh/h": "kW", "W h": "Wh", "J/s": "W", "MWh/h": "MW", "kW h/MW": "h", "kWh h/W": "h2", "FLOP s/TFLOP": "s", "W/kWh": "W/kWh", "kW/W/h": "1/h",
		"kg CO2e": "kg CO2e", "kg CO2e/kWh": "kg CO2e/kWh", "1/kW": "1/kW", "mm2": "mm2", "1": "1", "kWh/kWh": "1",
	} {
		u := MustParse(text).Mul(One)
		if plain := u.Plain(); plain.String() != want || !plain.Compatible(u) {
			t.Errorf("%s is written %s, want %s", text, plain, want)
		}
	}
	for _, d := range All() {
		if plain := MustParse(d.Symbol).Plain(); !plain.Equal(MustParse(d.Symbol)) {
			t.Errorf("%s is written %s", d.Symbol, plain)
		}
	}
	if beyond := MustParse("kWh8").Pow(2); beyond.Plain().Valid() {
		t.Error("what is no unit is written as one")
	}
}
