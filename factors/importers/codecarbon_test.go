package importers

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestCodeCarbonHoldsAnOlderReleaseOfOurWorldInData(t *testing.T) {
	got := imported(t, "codecarbon", Options{Released: "2024"}, published(t, "codecarbon/global_energy_mix.json"))
	got.sound(t)
	france := got.find("codecarbon_countries", Row{Region: "FRA"})
	if len(france) != 1 || france[0].Value != "56.039" || france[0].From != 2023 || france[0].Scope != "life_cycle" || got.tables["codecarbon_countries"].Series != "owid-ember" {
		t.Errorf("France is %+v", france) // 53.26 in the release of 2026
	}
	if aruba := got.find("codecarbon_countries", Row{Region: "ABW"}); len(aruba) != 1 || aruba[0].From != 2022 {
		t.Errorf("the year of Aruba is its own: %+v", aruba)
	}
	left := map[string]int{}
	for _, l := range got.left {
		_, quantity, _ := strings.Cut(l.What, " ")
		left[quantity]++
	}
	// The Central African Republic is printed as 0; Kosovo has no code in the file; the parts of Chile, French Guiana and Reunion miss the total.
	if rows := len(got.rows["codecarbon_countries"]); rows+left["carbon intensity"] != 213 || left["carbon intensity"] != 1 {
		t.Errorf("%d intensities, left %v of 213", rows, left)
	}
	if rows := len(got.rows["codecarbon_mix"])/9 - 1; rows+left["generation mix"] != 213 || left["generation mix"] != 3 {
		t.Errorf("%d mixes beside the world, left %v of 213", rows, left)
	}
}

// The pack's shares were computed from the same file, rounded to six decimals with the largest taking the rounding.
func TestSharesAreThoseOfThePack(t *testing.T) {
	got := imported(t, "codecarbon", Options{Released: "2024"}, published(t, "codecarbon/global_energy_mix.json"))
	f, err := os.Open("../packs/open/2025.1/electricity_mix.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records[1:] {
		region, technology, value := r[2], r[3], r[6]
		rows := got.find("codecarbon_mix", Row{Region: region, Technology: technology})
		if len(rows) != 1 || strconv.Itoa(rows[0].From) != r[4] {
			t.Errorf("%s %s is %+v", region, technology, rows)
			continue
		}
		want, _ := strconv.ParseFloat(value, 64)
		if share, _ := strconv.ParseFloat(rows[0].Value, 64); math.Abs(share-want) > 2.5e-6 {
			t.Errorf("%s %s is %v, the pack has %v", region, technology, share, want)
		}
	}
	// Western Sahara's last year is 2009: the pack begins later, and the world is made of recent years.
	if rows, pack := len(got.rows["codecarbon_mix"]), len(records)-1; rows != pack+9 || len(got.find("codecarbon_mix", Row{Region: "ESH", From: 2009})) != 9 {
		t.Errorf("%d rows, the pack has %d", rows, pack)
	}
	sums := map[string]float64{}
	for _, r := range got.rows["codecarbon_mix"] {
		share, _ := strconv.ParseFloat(r.Value, 64)
		sums[r.Region] += share
	}
	for region, sum := range sums {
		if math.Abs(sum-1) > 1e-10 {
			t.Errorf("the shares of %s add up to %v", region, sum)
		}
	}
}

func TestStatesAreInPoundsAndOfTheirFoldersYear(t *testing.T) {
	file := published(t, "codecarbon/usa_emissions.json")
	file.Name = "private_infra/2016/usa_emissions.json"
	got := imported(t, "codecarbon", Options{Released: "2026-08-08"}, file)
	got.sound(t)
	if ca := got.find("codecarbon_usa", Row{Region: "US-CA", From: 2016}); len(ca) != 1 || ca[0].Value != "452.541" || ca[0].Unit != "lb CO2e/MWh" || ca[0].Scope != "operational" {
		t.Errorf("California is %+v", ca)
	}
	if us := got.find("codecarbon_usa", Row{Region: "USA"}); len(us) != 1 || us[0].Value != "998.443" {
		t.Errorf("the United States are %+v", us)
	}
	if rows := len(got.rows["codecarbon_usa"]); rows+len(got.left) != 53-1 || len(got.left) != 0 { // one entry is the unit
		t.Errorf("%d states, left %v", rows, got.left)
	}
}

func TestProvincesHaveSharesOfTheirOwnSum(t *testing.T) {
	got := imported(t, "codecarbon", Options{Released: "2026-08-08", Year: 2023}, published(t, "codecarbon/canada_energy_mix.json"))
	got.sound(t)
	hydro := got.find("codecarbon_canada_mix", Row{Region: "CA-BC", Technology: "hydro"})
	if want := quotient(86.8 / 99.9); len(hydro) != 1 || hydro[0].Value != want || hydro[0].Note != "86.8 of 99.9 %" { // not of 100
		t.Errorf("hydropower of British Columbia is %+v, expected %s", hydro, want)
	}
	if rows := len(got.rows["codecarbon_canada_mix"]); rows != 13*9 || len(got.left) != 0 {
		t.Errorf("%d rows of 13 provinces, left %v", rows, got.left)
	}
}

func TestTechnologiesHaveTheirOwnSourcesAndScopes(t *testing.T) {
	got := imported(t, "codecarbon", Options{Released: "2026-08-08"}, published(t, "codecarbon/carbon_intensity_per_source.json"), published(t, "codecarbon/water_consumption_per_source.json"))
	got.sound(t)
	for technology, scope := range map[string]string{"coal": "operational", "oil": "operational", "gas": "operational", "nuclear": "life_cycle", "wind": "life_cycle", "other": "life_cycle"} {
		rows := got.find("codecarbon_carbon_per_source", Row{Technology: technology})
		if len(rows) != 1 || rows[0].Scope != scope || rows[0].URL == "" || rows[0].Unit != "g CO2e/kWh" {
			t.Errorf("%s is %+v", technology, rows)
		}
	}
	// 775 US gallons/MWh are 2.93 L/kWh.
	if nuclear := got.find("codecarbon_water_per_source", Row{Technology: "nuclear"}); len(nuclear) != 1 || nuclear[0].Value != "775" || nuclear[0].Unit != "gal/MWh" || nuclear[0].Scope != "operational" {
		t.Errorf("water of nuclear power is %+v", nuclear)
	}
	carbon, water := len(got.rows["codecarbon_carbon_per_source"]), len(got.rows["codecarbon_water_per_source"])
	if carbon != 8 || water != 6 || len(got.left) != 3 { // two world averages and fossil
		t.Errorf("%d and %d technologies, left %v", carbon, water, got.left)
	}
}

func TestImpactIsGooglesBehindAByteOrderMark(t *testing.T) {
	got := imported(t, "codecarbon", Options{Released: "2026-08-08", Year: 2023}, published(t, "codecarbon/impact.csv"))
	got.sound(t)
	if rows := len(got.rows["codecarbon_google"]); rows != 40 || len(got.left) != 0 {
		t.Errorf("%d regions of 40, left %v", rows, got.left)
	}
	if doha := got.find("codecarbon_google", Row{Region: "gcp:me-central1"}); len(doha) != 1 || doha[0].Value != "575" || doha[0].Scope != "operational" || doha[0].Flow != "consumption" {
		t.Errorf("Doha, printed as me-cenrtal1, is %+v", doha)
	}
}

func TestNordicZonesSayTheirYearsAndDate(t *testing.T) {
	got := imported(t, "codecarbon", Options{}, published(t, "codecarbon/nordic_emissions.json"))
	got.sound(t)
	if n := len(got.rows["codecarbon_nordic"]); n != 10 || got.tables["codecarbon_nordic"].Released != "2026-01-24" {
		t.Errorf("%d zones of %+v", n, got.tables["codecarbon_nordic"])
	}
	se1, fi := got.find("codecarbon_nordic", Row{Region: "em:SE-SE1", From: 2024}), got.find("codecarbon_nordic", Row{Region: "FIN", From: 2025})
	if len(se1) != 1 || se1[0].Value != "18.0" || se1[0].Scope != "" || len(fi) != 1 || fi[0].Value != "72.0" {
		t.Errorf("SE1 %+v, FI %+v", se1, fi)
	}
	if given := imported(t, "codecarbon", Options{Released: "2026-08"}, published(t, "codecarbon/nordic_emissions.json")); given.tables["codecarbon_nordic"].Released != "2026-08" {
		t.Error("the date that is given does not stand before the file's")
	}
}

func TestEuropeBefore2021LeavesGroupsOut(t *testing.T) {
	got := imported(t, "codecarbon", Options{Released: "2021"}, published(t, "codecarbon/eu-carbon-intensity-electricity.csv"))
	got.sound(t)
	if rows := len(got.rows["codecarbon_europe"]); rows+len(got.left) != 630 || len(got.left) != 42 {
		t.Errorf("%d rows, %d left of 630", rows, len(got.left))
	}
	if uk := got.find("codecarbon_europe", Row{Region: "GBR", From: 2020}); len(uk) != 1 || uk[0].Value != "209" || uk[0].Scope != "" {
		t.Errorf("the United Kingdom in 2020 is %+v", uk)
	}
}

func TestCodeCarbonSaysWhatIsWrong(t *testing.T) {
	const country = `{"FRA": {"year": 2023, "carbon_intensity": 56, "coal_TWh": 1, "gas_TWh": 1, "oil_TWh": 0, "nuclear_TWh": 8, "hydroelectricity_TWh": 0, "wind_TWh": 0, "solar_TWh": 0, "biofuel_TWh": 0, "other_renewable_TWh": 0, "total_TWh": 10}`
	o := Options{Released: "2026", Year: 2023}
	for name, tc := range map[string]struct {
		file File
		o    Options
		want []string
	}{
		"no date":             {text("a.json", country+"}"), Options{}, []string{"the file does not say when it was published"}},
		"no year":             {text("usa.json", `{"ohio": {"emissions": 1, "regionCode": "OH"}}`), Options{Released: "2026"}, []string{"which year the values hold for"}},
		"another tool":        {text("a.json", `{"zones": {"DE": 1}}`), o, []string{`a.json:1:11: the file begins with the entry "zones"`}},
		"a list":              {text("a.json", `[1]`), o, []string{"the file is a list"}},
		"another table":       {text("cpu_power.csv", "Name,TDP\n1075T,95\n"), o, []string{"the file has the columns of none of CodeCarbon's tables"}},
		"no unit of states":   {text("usa.json", `{"ohio": {"emissions": 1, "regionCode": "OH"}}`), o, []string{"the file does not state its unit"}},
		"other unit":          {text("usa.json", `{"_unit": {"emissions": "kg/MWh", "regionCode": ""}}`), o, []string{`the file's unit is "kg/MWh"`}},
		"other unit of fuels": {text("a.json", `{"unit": "kg", "coal": 1}`), o, []string{`the file's unit is "kg"`}},
		"a text for a number": {text("a.json", country+`, "DEU": {"year": 2023, "carbon_intensity": "n/a"}}`), o, []string{`carbon_intensity of the entry "DEU": expected a number, found "n/a"`,
			`the entry "DEU" has no coal_TWh`, `has no gas_TWh`, `has no hydroelectricity_TWh`, `has no nuclear_TWh`, `has no oil_TWh`, `has no solar_TWh`, `has no wind_TWh`, `has no biofuel_TWh`, `has no other_renewable_TWh`, `has no total_TWh`}},
		"twice":         {text("a.json", country+`, "FRA": {}}`), o, []string{`the key "FRA" stands twice`}},
		"cut off":       {text("a.json", country), o, []string{"the file ends within its outermost brackets"}},
		"no year alone": {text("a.json", `{"FRA": {"year": 20233, "carbon_intensity": 1}}`), o, []string{"expected a year from 1900 to 2200, found 20233"}},
		"negative":      {text("a.json", `{"unit": "gCO2.eq/kWh", "coal": -1}`), o, []string{"coal of the entry \"coal\" is negative"}},
		"zone":          {text("a.json", `{"data": {"SE1": 3, "SE2": {"unit": "kg"}}}`), o, []string{`the zone "SE1" is no object`, `the unit of the zone "SE2" is "kg"`}},
		"column":        {text("impact.csv", "provider,impact,source\ngcp,1,\n"), o, []string{`the file has no column "region"`}},
		"number":        {text("impact.csv", "provider,region,impact,source\ngcp,us-east1,x,\n"), o, []string{`impact.csv:2:14 column impact: expected a number, found "x"`}},
		"below 0":       {text("impact.csv", "provider,region,impact,source\ngcp,us-east1,-1,\n"), o, []string{"gcp us-east1 is negative: -1"}},
		"empty":         {text("a.json", ""), o, []string{"the file has no header"}},
	} {
		t.Run(name, func(t *testing.T) {
			var probs diag.List
			importedWith(t, "codecarbon", tc.o, &probs, tc.file)
			expectProblems(t, &probs, tc.want...)
		})
	}
}

func FuzzCodeCarbon(f *testing.F) {
	f.Add(`{"FRA": {"year": 2023, "carbon_intensity": 56, "coal_TWh": 1}}`)
	f.Add(`{"_unit": {"emissions": "lbs/MWh", "regionCode": ""}, "ohio": {"emissions": 1e3, "regionCode": "OH"}}`)
	f.Add(`{"quebec": {"naturalGas": 1, "total": 1}}`)
	f.Add(`{"unit": "gCO2.eq/kWh", "coal": 995, "coal_source": "https://a"}`)
	f.Add(`{"data": {"SE1": {"emission_factor": 18.0, "unit": "gCO2eq/kWh", "year": 2024}}, "metadata": {"last_updated": "2026"}}`)
	f.Add("provider,region,impact,source\ngcp,us-east1,1,\n")
	f.Add("Entity,Code,Year,Carbon intensity of electricity (gCO2/kWh)\nAustria,AUT,2000,158\n")
	f.Fuzz(func(t *testing.T, content string) {
		var probs diag.List
		got := importedWith(t, "codecarbon", Options{Released: "2026", Year: 2023}, &probs, text("a", content))
		got.sane(t)
		packed(t, "codecarbon", Options{Released: "2026", Year: 2023}, new(diag.List), text("a", content))
	})
}
