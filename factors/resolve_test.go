package factors

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// The pack has climate change of electricity for FRA 2020 and 2022, EUR 2023 to 2025, WOR 2025, and embodied burdens of gpu-a and
// generic.
func TestResolution(t *testing.T) {
	p := small(t)
	near := func(years int) Step { return Step{Kind: NearestYear, Max: years} }
	parent, world := Step{Kind: ParentRegion}, Step{Kind: WorldRegion}
	generic := Step{Kind: OtherTechnology, To: "generic"}
	grid := func(region string, year int) Key {
		return Key{Factor: "electricity", Category: "climate_change", Region: region, Year: year}
	}
	for name, tc := range map[string]struct {
		key   Key
		steps []Step
		want  string // value and steps, or the error
	}{
		"the exact region and year":                      {grid("FRA", 2022), nil, "0.05"},
		"the exact one comes first whatever is declared": {grid("FRA", 2022), []Step{world, parent, near(3)}, "0.05"},
		"a period holds for the years within it":         {grid("EUR", 2024), nil, "250"},
		"no fallback that was not declared":              {grid("FRA", 2023), nil, "no factor electricity climate_change region FRA year 2023: the pack holds 2020, 2022"},
		"no world that was not declared":                 {grid("USA", 2025), []Step{near(3), parent}, "no factor electricity climate_change region USA year 2025: the pack holds no row of it here"},
		"the nearest year":                               {grid("FRA", 2024), []Step{near(5)}, "0.05 [year 2024 -> 2022]"},
		"of two years as near the earlier":               {grid("FRA", 2021), []Step{near(1)}, "0.06 [year 2021 -> 2020]"},
		"not beyond the declared distance":               {grid("FRA", 2024), []Step{near(1)}, "no factor electricity climate_change region FRA year 2024: the pack holds 2020, 2022"},
		"the nearest year of a period":                   {grid("EUR", 2030), []Step{near(9)}, "250 [year 2030 -> 2025]"},
		"a later year":                                   {grid("FRA", 2018), []Step{near(3)}, "0.06 [year 2018 -> 2020]"},
		"the parent region":                              {grid("DEU", 2023), []Step{parent}, "250 [region DEU -> EUR]"},
		"the parent is not asked for another year":       {grid("DEU", 2026), []Step{parent}, "no factor electricity climate_change region DEU year 2026: the pack holds no row of it here"},
		"the world": {grid("DEU", 2025), []Step{world}, "0.45 [region DEU -> WOR]"},
		"the first step is exhausted before the second":  {grid("FRA", 2023), []Step{near(1), parent}, "0.05 [year 2023 -> 2022]"},
		"in the other order the other one":               {grid("FRA", 2023), []Step{parent, near(1)}, "250 [region FRA -> EUR]"},
		"the first step is tried again under the second": {grid("FRA", 2027), []Step{near(2), parent}, "250 [year 2027 -> 2025 region FRA -> EUR]"},
		"three steps":                                          {grid("USA", 2026), []Step{near(1), parent, world}, "0.45 [year 2026 -> 2025 region USA -> WOR]"},
		"no year finds no dated row":                           {grid("FRA", 0), []Step{near(50)}, "no factor electricity climate_change region FRA: the pack holds 2020, 2022"},
		"an unknown region":                                    {grid("FRX", 2022), nil, "no factor electricity climate_change region FRX year 2022: the registry has no such region; did you mean"},
		"no region":                                            {grid("", 2022), nil, "no factor electricity climate_change year 2022: no region was given"},
		"a category that is not there":                         {Key{Factor: "electricity", Category: "abiotic_depletion", Region: "FRA", Year: 2022}, []Step{world}, "no factor electricity abiotic_depletion region FRA year 2022: the pack holds it for climate_change, primary_energy, water_consumption"},
		"a factor that is not there":                           {Key{Factor: "electrcity"}, nil, "no factor electrcity: pack small@1 defines no such factor; did you mean electricity?"},
		"the fullest boundary":                                 {Key{Factor: "embodied", Category: "climate_change", Technology: "gpu-a"}, nil, "400"},
		"what a factor is not found by is ignored":             {Key{Factor: "embodied", Category: "climate_change", Technology: "gpu-a", Region: "FRA", Year: 2025}, nil, "400"},
		"another technology stands in":                         {Key{Factor: "embodied", Category: "climate_change", Technology: "gpu-z"}, []Step{generic}, "150 [technology gpu-z -> generic]"},
		"no technology that was not declared":                  {Key{Factor: "embodied", Category: "climate_change", Technology: "gpu-b"}, []Step{parent, world}, "no factor embodied climate_change technology gpu-b: the pack holds no row of this technology; did you mean gpu-a?"},
		"no key at all":                                        {Key{Factor: "end_of_life", Category: "climate_change", Region: "FRA", Technology: "gpu-a", Year: 2025}, nil, "1.5"},
		"a year between two for an operator":                   {Key{Factor: "pue", Technology: "google", Year: 2024}, []Step{near(1)}, "1.1 [year 2024 -> 2023]"},
		"region steps do not concern a factor without regions": {Key{Factor: "pue", Technology: "google", Year: 2026, Region: "FRA"}, []Step{parent, world, near(1)}, "1.09 [year 2026 -> 2025]"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := p.Resolve(tc.key, Select{}, policy(t, tc.steps...))
			got := ""
			if err != nil {
				got = err.Error()
				var missing *Missing
				if !errors.As(err, &missing) {
					t.Errorf("the error is a %T", err)
				}
			} else {
				got = fmt.Sprint(f.Row.Value)
				if steps := f.Steps(); steps != nil {
					got += fmt.Sprint(" ", steps)
				}
				if f.Exact() != (f.Steps() == nil) {
					t.Error("Exact and Steps disagree")
				}
			}
			if got != tc.want && !(strings.HasSuffix(tc.want, "did you mean") && strings.HasPrefix(got, tc.want)) {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestKindsOfFiguresAreNeverMixed(t *testing.T) {
	fsys := files(t, "testdata/small")
	e := fsys["small/electricity.csv"]
	e.Data = append(e.Data, "electricity,climate_change,DEU,,2022,2022,0.4,kg CO2e/kWh,fixed,,consumption,generation,life_cycle,average,reported,B,,2026,CC0-1.0,\n"...)
	p, probs := loadFrom(fsys, "small")
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	key := Key{Factor: "electricity", Category: "climate_change", Region: "FRA", Year: 2022}
	for _, tc := range []struct {
		region string
		sel    Select
		want   string
	}{
		// France has one kind of figure only, and is refused all the same: the pack has two.
		{"FRA", Select{}, "electricity climate_change holds figures of more than one flow (consumption, production): name one"},
		{"DEU", Select{Scope: "life_cycle"}, "electricity climate_change holds figures of more than one flow (consumption, production): name one"},
		{"FRA", Select{Flow: "production"}, "0.05"},
		{"DEU", Select{Flow: "consumption", Margin: "average"}, "0.4"},
		{"DEU", Select{Flow: "production"}, "no factor electricity climate_change region DEU year 2022 (flow production): the pack holds it as flow consumption, point generation, scope life_cycle, margin average"},
		{"FRA", Select{Flow: "production", Margin: "residual"}, "no factor electricity climate_change region FRA year 2022 (flow production, margin residual): the pack holds it as flow production, point generation, scope life_cycle, margin average"},
	} {
		key.Region = tc.region
		f, err := p.Resolve(key, tc.sel, Policy{})
		got := fmt.Sprint(err)
		if err == nil {
			got = fmt.Sprint(f.Row.Value)
		}
		if got != tc.want {
			t.Errorf("%s with %v: got %s, want %s", tc.region, tc.sel, got, tc.want)
		}
		var ambiguous *Ambiguous
		if wantAmbiguous := strings.Contains(tc.want, "more than one"); errors.As(err, &ambiguous) != wantAmbiguous || (p.Ambiguity(key.Factor, key.Category, tc.sel) != nil) != wantAmbiguous {
			t.Errorf("%s with %v: ambiguity is not %v", tc.region, tc.sel, wantAmbiguous)
		}
	}
	if err := (Select{Flow: "imports"}).Check(); err == nil {
		t.Error("an unknown flow was accepted")
	}
}

func TestAPolicyIsCheckedWhenItIsMade(t *testing.T) {
	for want, steps := range map[string][]Step{
		"declared twice":           {{Kind: WorldRegion}, {Kind: WorldRegion}},
		"did you mean":             {{Kind: "nearest_yaer", Max: 1}},
		"found 0":                  {{Kind: NearestYear}},
		"found 51":                 {{Kind: NearestYear, Max: 51}},
		"cannot climb -1":          {{Kind: ParentRegion, Max: -1}},
		"world takes no distance":  {{Kind: WorldRegion, Max: 1}},
		"the name of the one":      {{Kind: OtherTechnology}},
		"nearest_year takes no na": {{Kind: NearestYear, Max: 1, To: "x"}},
	} {
		if _, err := NewPolicy(steps...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want an error with %q", steps, err, want)
		}
	}
	steps := []Step{{Kind: NearestYear, Max: 3}}
	pol := policy(t, steps...)
	if steps[0].Max = 9; pol.Steps()[0].Max != 3 {
		t.Error("a policy changed after it was made")
	}
}

func TestALookupAllocatesNothing(t *testing.T) {
	p := small(t)
	pol := policy(t, Step{Kind: NearestYear, Max: 5}, Step{Kind: ParentRegion}, Step{Kind: WorldRegion})
	for _, key := range []Key{
		{Factor: "electricity", Category: "climate_change", Region: "FRA", Year: 2022},
		{Factor: "electricity", Category: "climate_change", Region: "DEU", Year: 2030},
	} {
		if n := testing.AllocsPerRun(100, func() {
			if _, err := p.Resolve(key, generated, pol); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%v allocates %v times", key, n)
		}
	}
}

func BenchmarkResolve(b *testing.B) {
	p := small(b)
	pol := policy(b, Step{Kind: NearestYear, Max: 5}, Step{Kind: ParentRegion})
	for name, key := range map[string]Key{
		"exact":    {Factor: "electricity", Category: "climate_change", Region: "FRA", Year: 2022},
		"fallback": {Factor: "electricity", Category: "climate_change", Region: "DEU", Year: 2028},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Resolve(key, generated, pol); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		loadFrom(os.DirFS("testdata"), "small")
	}
}
