package importers

import (
	"strconv"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

const smallZones = `{
  "FR": {
    "zone": { "zoneName": "France" },
    "carbonIntensity": { "value": 49, "unit": "gCO2eq/kWh" },
    "renewableEnergy": { "value": 28, "unit": "%" },
    "carbonFreeEnergy": { "value": 93, "unit": "%" }
  }
}`

func zones(t *testing.T, year int) *collected {
	t.Helper()
	got := imported(t, "electricity-maps", Options{Released: "2026-06-29"}, published(t, "co2js/electricity-maps-yearly_"+strconv.Itoa(year)+".json"))
	checkRows(t, got)
	return got
}

func TestElectricityMapsAccountsForEveryFigureOfEveryZone(t *testing.T) {
	for year := 2021; year <= 2025; year++ {
		got := zones(t, year)
		rows := got.rows["electricity_maps"]
		if len(rows)+len(got.left) != 3*352 || len(rows) != 3*352 {
			t.Errorf("%d: %d rows and %d left out of 352 zones", year, len(rows), len(got.left))
		}
		for _, r := range rows {
			if r.From != year || r.To != year {
				t.Fatalf("%d: %+v", year, r)
			}
		}
	}
}

// France in 2023 is 49 g here and 53.26 g at Our World in Data: what is consumed with imports against what is generated.
func TestElectricityMapsIsOfConsumptionAndLifeCycles(t *testing.T) {
	got := zones(t, 2023)
	france := got.find("electricity_maps", Row{Region: "FRA", Factor: "electricity"})
	want := Row{Factor: "electricity", Category: "climate_change", Region: "FRA", From: 2023, To: 2023, Value: "49", Unit: "g CO2e/kWh", Distribution: "pedigree(2,2,1,1,2)",
		Flow: "consumption", Point: "generation", Scope: "life_cycle", Margin: "average", Quality: "modelled"}
	if len(france) != 1 || france[0] != want {
		t.Errorf("France 2023 is %+v", france)
	}
	for factor, value := range map[string]string{"renewable_share": "28", "carbon_free_share": "93"} {
		share := got.find("electricity_maps", Row{Region: "FRA", Factor: factor})
		if len(share) != 1 || share[0].Value != value || share[0].Unit != "%" || share[0].Flow != "" || share[0].Distribution != "fixed" {
			t.Errorf("%s of France 2023 is %+v", factor, share)
		}
	}
	if got.tables["electricity_maps"].Licence != "ODbL-1.0" || len(got.tables) != 1 {
		t.Error("share-alike data must be alone in its table")
	}
}

// Zone keys have two letters, or are those of a subdivision or of a part of a grid.
func TestElectricityMapsFindsCountriesStatesAndZones(t *testing.T) {
	got := zones(t, 2023)
	for region, value := range map[string]string{"DEU": "379", "CA-QC": "31", "em:DK-DK1": "138", "em:US-CAL-CISO": "263", "em:XK": "634", "US-HI": "802"} {
		if r := got.find("electricity_maps", Row{Region: region, Factor: "electricity"}); len(r) != 1 || r[0].Value != value {
			t.Errorf("%s is %+v, expected %s", region, r, value)
		}
	}
	for region, note := range map[string]string{"GBR": "zone GB, Great Britain", "IND": "zone IN, Mainland India", "FRA": ""} {
		if r := got.find("electricity_maps", Row{Region: region, Factor: "electricity"}); len(r) != 1 || r[0].Note != note {
			t.Errorf("the note of %s is %+v, expected %q", region, r, note)
		}
	}
}

func TestElectricityMapsSaysWhatIsWrongAndLeavesOut(t *testing.T) {
	var probs diag.List
	got := importedWith(t, "electricity-maps", Options{Released: "2026"}, &probs, text("z_2023.json", `{
"FR": {"carbonIntensity": {"value": 49, "unit": "kg"}, "renewableEnergy": {"value": -1, "unit": "%"}, "carbonFreeEnergy": 7},
"DE": {"carbonIntensity": {"value": 1e999, "unit": "gCO2eq/kWh"}, "renewableEnergy": {"value": null, "unit": "%"}},
"QQ": {"carbonIntensity": {"value": 12.50, "unit": "gCO2eq/kWh"}},
"IT": {"carbonIntensity": {"value": 0, "unit": "gCO2eq/kWh"}, "renewableEnergy": {"value": 0, "unit": "%"}, "carbonFreeEnergy": {"value": "44.10", "unit": "%"}},
"fr": {"carbonIntensity": {"value": 50, "unit": "gCO2eq/kWh"}},
"ES": {"intensity": 3},
"PT": {"carbonIntensity": {"value": 100, "unit": "gCO2eq/kWh"}, "renewableEnergy": {}`))
	expectProblems(t, &probs, `z_2023.json:2:7: zone FR carbonIntensity: expected the unit gCO2eq/kWh, found "kg"`, "zone FR renewableEnergy is negative: -1",
		`zone FR carbonFreeEnergy: expected an object with value and unit, found "7"`, `zone DE carbonIntensity: expected a number, found "1e999"`, `zone fr stands twice for FRA: as "zone FR" before`,
		`the entry "ES" has none of the keys carbonIntensity, renewableEnergy, carbonFreeEnergy`, "the file ends within a value that begins in line 8")
	rows := got.rows["electricity_maps"]
	if len(rows) != 2 || rows[0].Value != "0" || rows[1].Value != "44.10" {
		t.Errorf("the rows are %+v", rows)
	}
	var why []string
	for _, l := range got.left {
		why = append(why, l.What+": "+l.Why)
	}
	expectTexts(t, why, "zone DE renewableEnergy: no value", "zone DE carbonFreeEnergy: no value", `zone QQ carbonIntensity: the registry has no region "QQ"`, "zone QQ renewableEnergy: no value",
		"zone QQ carbonFreeEnergy: no value", "zone IT carbonIntensity: printed as 0")
}

func TestElectricityMapsRefusesAnotherToolsObject(t *testing.T) {
	var probs diag.List
	importedWith(t, "electricity-maps", Options{Released: "2026", Year: 2023}, &probs, text("a.json", `{"a": {"b": 1}, "c": {"d": 2}}`))
	expectProblems(t, &probs, `the entry "a" has none of the keys carbonIntensity`)
}
