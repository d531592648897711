package factors

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// stepsPack has climate change of electricity by kind of figure on the way from a cloud region to the world, and embodied burdens by boundary.
func stepsPack(t testing.TB) *Pack {
	t.Helper()
	p, probs := loadFrom(fstest.MapFS{"p/pack.yaml": {Data: []byte(`pack: p
version: "1"
status: draft
date: "2026-01-31"
title: Every way of finding a row
factors:
  - {name: electricity, title: Electricity, per: kWh, keys: [region, year]}
  - {name: embodied, title: Devices, per: "1", keys: [technology]}
  - {name: generation, title: Generation, per: kWh, keys: [region, year, technology]}
tables:
  - file: electricity.csv
    licence: CC0-1.0
    constant: {factor: electricity, category: climate_change, unit: g CO2e/kWh, distribution: fixed, quality: reported, source: S, released: 2026}
  - file: embodied.csv
    licence: CC0-1.0
    constant: {factor: embodied, category: climate_change, unit: kg CO2e, distribution: fixed, quality: reported, source: S}
  - file: generation.csv
    licence: CC0-1.0
    constant: {factor: generation, category: climate_change, unit: g CO2e/kWh, distribution: fixed, quality: reported, source: S, released: 2026}
series:
  - {name: good, title: Good, why: it measures}
  - {name: poor, title: Poor, why: it guesses}
`)}, "p/electricity.csv": {Data: []byte(`region,valid_from,valid_to,margin,value
US-VA,2020,2020,average,301
USA,2022,2022,average,382
USA,2020,2020,residual,420
NOA,2024,2024,average,394
WOR,2020,2026,average,480
WOR,2020,2026,residual,490
FRA,2020,2020,average,60
FRA,2022,2022,average,62
FRA,2022,2022,residual,72
DEU,,,average,300
DEU,2021,2021,residual,321
`)}, "p/embodied.csv": {Data: []byte(`technology,boundary,series,released,value
gpu,accelerator,good,2026,150
gpu,server,poor,2024,400
gpu,server,poor,2025,410
gpu,server,good,2023,430
gpu,server,good,2024-06,440
gpu,,good,2026,5
cpu,die,poor,2025-12,20
cpu,die,poor,2025-11-30,21
cpu,die,,2026,22
tpu,,good,2026,90
`)}, "p/generation.csv": {Data: []byte(`region,technology,valid_from,valid_to,value
USA,coal,2020,2020,1000
USA,other,2021,2021,700
WOR,coal,2021,2021,1100
WOR,other,2020,2020,600
`)}}, "p")
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestResolutionByEachStepAndByStepsTogether(t *testing.T) {
	p := stepsPack(t)
	near := func(years int) Step { return Step{Kind: NearestYear, Max: years} }
	up := func(levels int) Step { return Step{Kind: ParentRegion, Max: levels} }
	parent, world := up(0), Step{Kind: WorldRegion}
	other := Step{Kind: OtherTechnology, To: "other"}
	average, residual := Step{Kind: OtherKind, Select: Select{Margin: "average"}}, Step{Kind: OtherKind, Select: Select{Margin: "residual"}}
	mean, rest := Select{Margin: "average"}, Select{Margin: "residual"}
	grid := func(region string, year int) Key {
		return Key{Factor: "electricity", Category: "climate_change", Region: region, Year: year}
	}
	device := func(name string) Key { return Key{Factor: "embodied", Category: "climate_change", Technology: name} }
	plant := func(region, technology string, year int) Key {
		return Key{Factor: "generation", Category: "climate_change", Region: region, Technology: technology, Year: year}
	}
	for name, tc := range map[string]struct {
		key   Key
		sel   Select
		steps []Step
		want  string // value and steps, or "absent"
	}{
		"the state of a cloud region":                                              {grid("aws:us-east-1", 2020), mean, []Step{parent}, "301 [region aws:us-east-1 -> US-VA]"},
		"the country of a cloud region":                                            {grid("aws:us-east-1", 2022), mean, []Step{parent}, "382 [region aws:us-east-1 -> USA]"},
		"the continent of a cloud region":                                          {grid("aws:us-east-1", 2024), mean, []Step{parent}, "394 [region aws:us-east-1 -> NOA]"},
		"never the world by parent_region":                                         {grid("aws:us-east-1", 2026), mean, []Step{parent}, "absent"},
		"nor with the nearest year beyond the continent's":                         {grid("aws:us-east-1", 2026), mean, []Step{parent, near(1)}, "absent"},
		"the world where it is declared":                                           {grid("aws:us-east-1", 2026), mean, []Step{parent, world}, "480 [region aws:us-east-1 -> WOR]"},
		"the world at once":                                                        {grid("aws:us-east-1", 2022), mean, []Step{world, parent}, "480 [region aws:us-east-1 -> WOR]"},
		"as many levels as declared":                                               {grid("aws:us-east-1", 2024), mean, []Step{up(3)}, "394 [region aws:us-east-1 -> NOA]"},
		"no more levels than declared":                                             {grid("aws:us-east-1", 2024), mean, []Step{up(2)}, "absent"},
		"one level alone":                                                          {grid("aws:us-east-1", 2022), mean, []Step{up(1)}, "absent"},
		"the world itself has no parent":                                           {grid("WOR", 2027), mean, []Step{parent, world}, "absent"},
		"the world asked for is no fallback":                                       {grid("WOR", 2025), mean, []Step{parent, world}, "480"},
		"nearest year at its very distance":                                        {grid("FRA", 2025), mean, []Step{near(3)}, "62 [year 2025 -> 2022]"},
		"nearest year one beyond":                                                  {grid("FRA", 2026), mean, []Step{near(3)}, "absent"},
		"an earlier year of two as near":                                           {grid("FRA", 2021), mean, []Step{near(9)}, "60 [year 2021 -> 2020]"},
		"a later year that is nearer":                                              {grid("US-VA", 2019), mean, []Step{near(9)}, "301 [year 2019 -> 2020]"},
		"a row for any year is exact in any":                                       {grid("DEU", 2050), mean, []Step{near(9)}, "300"},
		"and where no year is asked for":                                           {grid("DEU", 0), mean, []Step{near(9)}, "300"},
		"years before regions":                                                     {grid("US-VA", 2022), mean, []Step{near(2), parent}, "301 [year 2022 -> 2020]"},
		"regions before years":                                                     {grid("US-VA", 2022), mean, []Step{parent, near(2)}, "382 [region US-VA -> USA]"},
		"years under each region":                                                  {grid("US-VA", 2023), mean, []Step{near(2), parent}, "382 [year 2023 -> 2022 region US-VA -> USA]"},
		"regions under each year, the earlier first":                               {grid("US-VA", 2023), mean, []Step{parent, near(2)}, "382 [year 2023 -> 2022 region US-VA -> USA]"},
		"no other kind that is not declared":                                       {grid("USA", 2022), rest, []Step{near(1), parent}, "absent"},
		"the average where there is no residual mix":                               {grid("USA", 2022), rest, []Step{average}, "382 [margin residual -> average]"},
		"the residual mix of the year where there is one":                          {grid("FRA", 2022), rest, []Step{average, near(5), parent, world}, "72"},
		"kinds before years":                                                       {grid("USA", 2022), rest, []Step{average, near(5)}, "382 [margin residual -> average]"},
		"years before kinds":                                                       {grid("USA", 2022), rest, []Step{near(5), average}, "420 [year 2022 -> 2020]"},
		"the world's residual mix before an average":                               {grid("POL", 2022), rest, []Step{world, average}, "490 [region POL -> WOR]"},
		"an average of the region before the world's":                              {grid("US-VA", 2020), rest, []Step{average, world}, "301 [margin residual -> average]"},
		"regions, years and kinds together":                                        {grid("aws:us-east-1", 2023), rest, []Step{near(1), average, parent}, "382 [year 2023 -> 2022 region aws:us-east-1 -> USA margin residual -> average]"},
		"a kind for any year":                                                      {grid("DEU", 2022), rest, []Step{average}, "300 [margin residual -> average]"},
		"the other way round":                                                      {grid("US-VA", 2020), mean, []Step{residual, parent}, "301"},
		"a kind that is asked for already":                                         {grid("US-VA", 2021), rest, []Step{residual}, "absent"},
		"the fullest boundary, then the preferred series, then the latest release": {device("gpu"), Select{}, nil, "440"},
		"the latest release of the only series":                                    {device("cpu"), Select{}, nil, "20"},
		"a row without a boundary":                                                 {device("tpu"), Select{}, []Step{other}, "90"},
		"no technology but the declared one":                                       {device("xpu"), Select{}, []Step{other, parent, world, near(50), average}, "absent"},
		"the technology before the region":                                         {plant("USA", "coal", 2021), Select{}, []Step{other, world}, "700 [technology coal -> other]"},
		"the region before the technology":                                         {plant("USA", "coal", 2021), Select{}, []Step{world, other}, "1100 [region USA -> WOR]"},
		"the year before both":                                                     {plant("USA", "coal", 2021), Select{}, []Step{near(1), other, world}, "1000 [year 2021 -> 2020]"},
		"a technology that nobody knows":                                           {plant("FRA", "peat", 2020), Select{}, []Step{other, world}, "600 [region FRA -> WOR technology peat -> other]"},
		"the stand-in asked for":                                                   {plant("USA", "other", 2021), Select{}, []Step{other}, "700"},
	} {
		t.Run(name, func(t *testing.T) {
			pol := policy(t, tc.steps...)
			f, err := p.Resolve(tc.key, tc.sel, pol)
			got := "absent"
			var missing *Missing
			if err == nil {
				got = fmt.Sprint(f.Row.Value)
				if steps := f.Steps(); steps != nil {
					got = fmt.Sprint(f.Row.Value, " ", steps)
				}
			} else if !errors.As(err, &missing) || !strings.Contains(err.Error(), "no factor "+tc.key.Factor) {
				t.Errorf("the error is %v", err)
			}
			if got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

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
