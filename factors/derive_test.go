package factors

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ai-impact-observatory/ailca/lca/dist"
)

var generated = Select{Flow: "production", Point: "generation", Scope: "life_cycle", Margin: "average"}

func TestAMixTimesItsTechnologiesGivesDerivedRows(t *testing.T) {
	p := small(t)
	for _, tc := range []struct {
		category, region string
		year             int
		want             float64
		unit             string
	}{
		// hydro 0.4 × 3.6 + nuclear 0.6 × 11 = 1.44 + 6.6 = 8.04
		{"primary_energy", "FRA", 2022, 8.04, "MJ/kWh"},
		// coal 0.5 × 10 + wind 0.5 × 3.6 = 6.8, for both years of the mix
		{"primary_energy", "DEU", 2022, 6.8, "MJ/kWh"},
		{"primary_energy", "DEU", 2023, 6.8, "MJ/kWh"},
		// hydro 1 × 3.6; wind has no share, and needs no value: it has none for water
		{"primary_energy", "NOR", 2022, 3.6, "MJ/kWh"},
		// the technologies are in L and m3, so the sum is in the category's m3: 0.4 × 0.017 + 0.6 × 0.0025 = 0.0068 + 0.0015 = 0.0083
		{"water_consumption", "FRA", 2022, 0.0083, "m3/kWh"},
		{"water_consumption", "NOR", 2022, 0.017, "m3/kWh"},
	} {
		f, err := p.Resolve(Key{Factor: "electricity", Category: tc.category, Region: tc.region, Year: tc.year}, generated, Policy{})
		if err != nil {
			t.Error(err)
			continue
		}
		if d := f.Row.Value - tc.want; d > 1e-15 || d < -1e-15 || f.Row.UnitText != tc.unit {
			t.Errorf("%s of %s in %d is %v %s, want %v %s", tc.category, tc.region, tc.year, f.Row.Value, f.Row.UnitText, tc.want, tc.unit)
		}
	}
}

func TestADerivedRowSaysWhereItCameFrom(t *testing.T) {
	p := small(t)
	f, err := p.Resolve(Key{Factor: "electricity", Category: "water_consumption", Region: "FRA", Year: 2022}, generated, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	r := f.Row
	if len(r.Derived) != 4 {
		t.Fatalf("derived from %v", r.Derived)
	}
	var from []string
	for _, id := range r.Derived {
		from = append(from, p.Rows[id].Factor+" "+p.Rows[id].Technology)
	}
	for what, pair := range map[string][2]string{
		"rows":         {strings.Join(from, ", "), "electricity_mix hydro, generation hydro, electricity_mix nuclear, generation nuclear"},
		"source":       {r.Source, "computed from electricity_mix and generation: Test source M; Test source W"},
		"licence":      {r.Licence, "derived from CC-BY-4.0; cited figures"},
		"quality":      {r.Quality, "defaulted"}, // the worst used, hydro's
		"released":     {r.Released, "2026-01"},  // the latest
		"note":         {r.Note, "sum of share × value in m3/kWh: hydro 0.4 × 0.017 + nuclear 0.6 × 0.0025"},
		"place":        {r.Place().String(), "small/pack.yaml:14:5"},
		"distribution": {r.Distribution.String(), dist.Dist{}.String()},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %q, want %q", what, pair[0], pair[1])
		}
	}
}

func TestATechnologyWithoutAValueLeavesNoRow(t *testing.T) {
	p, probs := loadFrom(os.DirFS("testdata"), "small")
	if _, err := p.Resolve(Key{Factor: "electricity", Category: "water_consumption", Region: "DEU", Year: 2022}, generated, Policy{}); err == nil {
		t.Error("half of Germany's generation has no water factor, and a row was derived")
	}
	want := "small/pack.yaml:14:5: note: electricity water_consumption is not derived for 1 of 3 regions and periods: generation holds no value of wind (DEU 2022 to 2023) [missing-value]"
	if got := headlines(probs); len(got) != 1 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAPublishedValueStandsBeforeADerivedOne(t *testing.T) {
	fsys := files(t, "testdata/small")
	e := fsys["small/electricity.csv"]
	e.Data = append(e.Data, "electricity,primary_energy,DEU,,2023,2023,7,MJ/kWh,fixed,,production,generation,life_cycle,average,reported,B,,2026,CC0-1.0,\n"...)
	p, probs := loadFrom(fsys, "small")
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	// The mix is of 2022 and 2023: 2022, which the file does not have, stays derived.
	for year, want := range map[int]float64{2022: 6.8, 2023: 7} {
		f, err := p.Resolve(Key{Factor: "electricity", Category: "primary_energy", Region: "DEU", Year: year}, generated, Policy{})
		if err != nil || f.Row.Value != want || (f.Row.Derived == nil) != (year == 2023) {
			t.Errorf("%d: got %+v, %v", year, f.Row, err)
		}
	}
}

// Coal emits 1 in 2020 and 0.9 from 2021 on, and one mix holds for 2019 to 2022: half coal, half wind at 0.
func TestAMixIsDividedWhereAValueOfATechnologyBeginsOrEnds(t *testing.T) {
	const header = "factor,category,region,technology,valid_from,valid_to,value,unit,distribution,boundary,flow,point,scope,margin,quality,source,url,released,licence,note\n"
	p, probs := loadFrom(fstest.MapFS{"p/pack.yaml": {Data: []byte(strings.Replace(minimix, "keys: [technology]}", "keys: [technology, year]}", 1))}, "p/rows.csv": {Data: []byte(header +
		`mix,,FRA,coal,2019,2022,0.5,1,fixed,,,,,,reported,S,,2026,CC0-1.0,
mix,,FRA,wind,2019,2022,0.5,1,fixed,,,,,,reported,S,,2026,CC0-1.0,
generation,climate_change,,coal,2020,2020,1,kg CO2e/kWh,fixed,,,,,,reported,S,,2026,CC0-1.0,
generation,climate_change,,coal,2021,2030,900,g CO2e/kWh,fixed,,,,,,reported,S,,2026,CC0-1.0,
generation,climate_change,,wind,,,0,kg CO2e/kWh,fixed,,,,,,reported,S,,2026,CC0-1.0,
`)}}, "p")
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range p.Rows {
		if r := &p.Rows[i]; r.Derived != nil {
			got = append(got, fmt.Sprint(r.period(), ": ", quantity(r.Value, r.UnitText)))
		}
	}
	if want := "2020: 0.5 kg CO2e/kWh; 2021 to 2022: 0.45 kg CO2e/kWh"; strings.Join(got, "; ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "; "), want)
	}
	want := "p/pack.yaml:11:5: note: electricity climate_change is not derived for 1 of 3 regions and periods: generation holds no value of coal (FRA 2019) [missing-value]"
	if lines := headlines(probs); len(lines) != 1 || lines[0] != want {
		t.Errorf("got %q, want %q", lines, want)
	}
}
