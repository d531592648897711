package unit

import (
	"bytes"
	"encoding/csv"
	"io/fs"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// ulps is by how many units in the last place of want got differs from the exact want.
func ulps(got float64, want *big.Rat) float64 {
	nearest, _ := want.Float64()
	ulp := new(big.Rat).SetFloat64(math.Abs(math.Nextafter(nearest, math.Inf(1)) - nearest))
	d := new(big.Rat).Sub(new(big.Rat).SetFloat64(got), want)
	f, _ := d.Quo(d.Abs(d), ulp).Float64()
	return f
}

// compound are units that methods and their sources state figures in, apart from those that stand in the project's own files.
var compound = strings.Fields("W.h kW.h g.CO2e/kWh lb.CO2e/MWh kg.CO2e/MJ t.CO2e/GWh kg/kWh g/kWh kg.Sbe/kWh g.Sbe/MWh MJ/kWh GJ/MWh Btu/kWh gal/MWh gal_us/kWh m3/GJ " +
	"m3/kWh mL/Wh L/request mL/request kWh/a TWh/a Wh/token J/token kWh/Mtoken Wh/request g.CO2e/request mg.Sbe/request token/s Mtoken/h request/d krequest/h TFLOP/s PFLOP/s*d " +
	"EFLOP/h FLOP/J TFLOP/s/W g.CO2e/EFLOP kg.CO2e/ZFLOP mm2 cm2 m2 kg.CO2e/cm2 g.CO2e/mm2 GB/cm2 GB/mm2 kg.CO2e/GB W/GB mW/MB Wh/GB kWh/TB GiB/s Mt/a kt/a kg/d g/h kg.CO2e/kg g.Sbe/t MJ/kg h/a d/a kg.CO2e/h g.CO2e/d")

// unitsOfTheProject are the distinct units that kinds, packs, methods and the registry of results state, read as data.
func unitsOfTheProject(t *testing.T) []string {
	t.Helper()
	var out []string
	add := func(text string) {
		if text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	var visit func(n *document.Node)
	visit = func(n *document.Node) {
		for _, f := range n.Fields {
			if f.Value.Kind == document.Scalar && (f.Key == "unit" || f.Key == "per") {
				add(f.Value.Text)
			}
			visit(f.Value)
		}
		for _, item := range n.Items {
			visit(item)
		}
	}
	for _, root := range []string{"../registry.yaml", "../../datasets/kinds", "../../factors/packs", "../../rules/methods"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" && filepath.Ext(path) != ".csv" {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if filepath.Ext(path) == ".yaml" {
				var probs diag.List
				if n := document.Parse(path, text, &probs); n != nil {
					visit(n)
				}
				return probs.Err()
			}
			records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
			if err != nil || len(records) == 0 {
				return err
			}
			for at, name := range records[0] {
				if name == "unit" {
					for _, record := range records[1:] {
						add(record[at])
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 20 {
		t.Errorf("the project's files state only %d units", len(out))
	}
	return out
}

// Every unit that is known, every one that a file of the project states and those above are converted into each that is compatible. What is
// wanted is the value times the quotient of both scales in math/big's rational numbers, which do not round.
func TestEveryPairConvertsThereAndBackWithinTwoUlp(t *testing.T) {
	values := []float64{1, -1, 0.1, 1.0 / 3, 3, 7, 700, 1287.06, 9.894e14, 6.02214076e23, 1.616255e-35, math.Nextafter(1, 2), math.Nextafter(2, 0), math.Pi, math.E, 0x1p-900, 0x1p900}
	pairs, worst, worstBack := 0, 0.0, 0.0
	var all []Unit
	for _, d := range All() {
		all = append(all, MustParse(d.Symbol))
	}
	for _, text := range append(unitsOfTheProject(t), compound...) {
		all = append(all, MustParse(strings.ReplaceAll(text, ".", " ")))
	}
	for _, from := range all {
		for _, to := range all {
			f, ok := Factor(from, to)
			back, okBack := Factor(to, from)
			if ok != from.Compatible(to) || ok != okBack {
				t.Fatalf("%s to %s: ok is %v, back %v", from, to, ok, okBack)
			}
			if !ok {
				continue
			}
			pairs++
			ratio := new(big.Rat).Quo(from.exact(), to.exact())
			for _, x := range values {
				there := x * f
				want := new(big.Rat).Mul(new(big.Rat).SetFloat64(x), ratio)
				off, offBack := ulps(there, want), ulps(there*back, new(big.Rat).SetFloat64(x))
				if off > 2 || offBack > 2 {
					t.Errorf("%v %s in %s is off by %.2f ulp, there and back by %.2f", x, from, to, off, offBack)
				}
				worst, worstBack = max(worst, off), max(worstBack, offBack)
			}
		}
	}
	if pairs < 1300 {
		t.Errorf("only %d pairs convert", pairs)
	}
	t.Logf("%d units, %d pairs: off by up to %.2f ulp, %.2f there and back", len(all), pairs, worst, worstBack)
}

func TestTheListNamesEveryUnitOnce(t *testing.T) {
	var symbols []string
	for _, d := range All() {
		symbols = append(symbols, d.Symbol)
		u, base := MustParse(d.Symbol), MustParse(d.Base)
		exact, ok := new(big.Rat).SetString(d.Factor)
		if !ok || !u.Compatible(base) || new(big.Rat).Quo(u.exact(), base.exact()).Cmp(exact) != 0 {
			t.Errorf("%s is listed as %s %s", d.Symbol, d.Factor, d.Base)
		}
		if d.Name == "" || d.Dimension != u.Dimension() {
			t.Errorf("%s is listed as %q, %q", d.Symbol, d.Name, d.Dimension)
		}
	}
	if len(symbols) < 60 {
		t.Errorf("%d units are known", len(symbols))
	}
	for _, s := range strings.Fields("kg g mg ug t kt Mt lb m cm mm nm L mL gal gal_us s ms min h d a J kJ MJ GJ TJ W kW MW GW Wh kWh MWh GWh TWh Btu " +
		"B kB MB GB TB bit FLOP GFLOP TFLOP PFLOP EFLOP ZFLOP token Mtoken request CO2e Sbe %") {
		if !slices.Contains(symbols, s) {
			t.Errorf("%s is not known", s)
		}
	}
	slices.Sort(symbols)
	if n := len(symbols); len(slices.Compact(symbols)) != n {
		t.Error("a symbol is listed twice")
	}
}

func TestEverySpellingThatIsRefusedNamesItsUnit(t *testing.T) {
	for _, e := range known().entries {
		for _, not := range e.Not {
			_, err := Parse("1/" + not)
			if err == nil || !strings.Contains(err.Error(), "unknown unit "+not+"; write ") || !strings.Contains(err.Error(), e.Symbol) {
				t.Errorf("%s for %s: %v", not, e.Symbol, err)
			}
		}
	}
}

func TestPrefixesAreThoseOfTheSI(t *testing.T) {
	powers := map[string]int{"u": -6, "m": -3, "c": -2, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21}
	found := 0
	for _, d := range All() {
		prefix, stem := d.Symbol[:1], d.Symbol[1:]
		power, ok := powers[prefix]
		if !ok || !slices.Contains(strings.Fields("g t m L s J W Wh B FLOP token request"), stem) {
			continue
		}
		found++
		if f, ok := Factor(MustParse(d.Symbol), MustParse(stem)); !ok || f != pow10(power) {
			t.Errorf("%s is %v %s", d.Symbol, f, stem)
		}
	}
	if found < 45 {
		t.Errorf("only %d units with a prefix", found)
	}
}

// pow10 is the float64 nearest to a power of ten.
func pow10(n int) float64 {
	f, _ := strconv.ParseFloat("1e"+strconv.Itoa(n), 64)
	return f
}

func TestABrokenTableIsRefusedAtItsPlace(t *testing.T) {
	const head = "base:\n  - {symbol: m, name: metre, dimension: length}\nunits:\n"
	for name, tc := range map[string]struct{ text, want string }{
		"a unit of what stands below": {head + "  - {symbol: km, name: x, factor: \"1000\", of: hm}\n  - {symbol: hm, name: x, factor: \"100\", of: m}\n", "u.yaml:4:5: the unit km: unit \"hm\": unknown unit hm"},
		"a unit of itself":            {head + "  - {symbol: km, name: x, factor: \"1000\", of: km}\n", "unknown unit km"},
		"a unit twice":                {head + "  - {symbol: m, name: x, factor: \"1\", of: m}\n", "the unit m is defined twice"},
		"a factor of nothing":         {head + "  - {symbol: km, name: x, factor: \"0\", of: m}\n", "not a positive decimal"},
		"a negative factor":           {head + "  - {symbol: km, name: x, factor: \"-1\", of: m}\n", "not a positive decimal"},
		"a factor with an exponent":   {head + "  - {symbol: km, name: x, factor: \"1e999999999\", of: m}\n", "not a positive decimal"},
		"a factor over nothing":       {head + "  - {symbol: km, name: x, factor: \"1/0\", of: m}\n", "not a positive decimal"},
		"a unit without a factor":     {head + "  - {symbol: km, name: x, of: m}\n", "not a positive decimal"},
		"a unit with a dimension":     {head + "  - {symbol: km, name: x, dimension: y, factor: \"1\", of: m}\n", "takes its dimension from"},
		"a symbol like a power":       {head + "  - {symbol: m2, name: x, factor: \"1\", of: m m}\n", "cannot be written in a unit"},
		"a spelling that is a symbol": {head + "  - {symbol: km, name: x, factor: \"1000\", of: m, not: [m]}\n", "the spelling m of km is a unit of its own"},
		"a base without a dimension":  {"base:\n  - {symbol: m, name: metre}\nunits: []\n", "needs a dimension"},
		"a dimension of nothing":      {head + "  []\ndimensions:\n  - {name: area, of: q2}\n", "the dimension area: unit \"q2\""},
		"too many bases":              {"base:" + strings.Repeat("\n  - {symbol: m, name: metre, dimension: length}", maxBases+1) + "\nunits: []\n", "13 base units; at most 12"},
	} {
		t.Run(name, func(t *testing.T) {
			var probs diag.List
			load("u.yaml", []byte(tc.text), &probs)
			if err := probs.Err(); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want a problem with %q", err, tc.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1", "kg CO2e/kWh", "L/(kWh a)", "(m s-1)^2", "PFLOP/s*d", "kgCO2e", "m²", "%", "((kg)", "m9 m-9", "TFLOPS", "\xff", "mW9 mJ9/EJ9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := Parse(text)
		if err != nil {
			e, ok := err.(*Error)
			if !ok || e.Message == "" || e.At < 0 || e.At > len([]rune(e.Text)) || len(e.Text) > MaxBytes || len(err.Error()) > 2000 {
				t.Fatalf("error %#v", err)
			}
			return
		}
		for _, again := range []string{u.String(), u.canonical()} {
			v, err := Parse(again)
			if err != nil || !u.Equal(v) {
				t.Fatalf("%q reads back from %q as %v, %v", text, again, v, err)
			}
		}
		if !u.Div(u).Equal(One) || !u.Mul(One).Equal(u) || !u.Pow(-1).Mul(u).IsDimensionless() || u.Dimension() == "" {
			t.Fatalf("the algebra of %q", text)
		}
		if x, ok := Factor(u, u); !ok || x != 1 {
			t.Fatalf("%q to itself by %v", text, x)
		}
	})
}

func TestARatioConvertsWithOneRounding(t *testing.T) {
	for _, c := range []struct {
		from, to string
		value    float64
		want     float64
	}{{"Wh", "kWh", 3600.5, 3.6005}, {"s", "h", 355.46638011932373, 355.46638011932373 / 3600}, {"J", "kWh", 404.59, 404.59 / 3.6e6}, {"MW", "W", 1.5, 1.5e6}, {"kWh", "kWh", 7, 7}} {
		num, den, ok := Ratio(MustParse(c.from), MustParse(c.to))
		if got := c.value * num / den; !ok || got != c.want {
			t.Errorf("%v %s is %v %s, want %v", c.value, c.from, got, c.to, c.want)
		}
	}
	if _, _, ok := Ratio(MustParse("kg"), MustParse("kWh")); ok {
		t.Error("kg became kWh")
	}
}
