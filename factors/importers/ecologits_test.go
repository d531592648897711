package importers

import (
	"slices"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

const smallMixes = "name,adpe,pe,gwp,wue\nFRA,0.00000004858,9.3135,0.04418,3.6737\n"

func mixes(t *testing.T) *collected {
	t.Helper()
	got := imported(t, "ecologits", Options{Released: "2025-11-13"}, published(t, "ecologits/electricity_mixes.csv"))
	checkRows(t, got)
	return got
}

func TestEcoLogitsHoldsFourCategoriesOfEachCountry(t *testing.T) {
	got := mixes(t)
	if rows := len(got.rows["ecologits"]); rows != 4*50 || len(got.left) != 0 {
		t.Errorf("%d rows and %d left out of 50 mixes", rows, len(got.left))
	}
	if got.tables["ecologits"].Licence != "MPL-2.0" {
		t.Error("the licence of the file is MPL-2.0")
	}
}

// gwp is in kg, not in g as with its source: France 2024 is 44.18 g there. The world is WOR.
func TestEcoLogitsKeepsDigitsAndUnits(t *testing.T) {
	got := mixes(t)
	for category, want := range map[string][2]string{"climate_change": {"0.04418", "kg CO2e/kWh"}, "abiotic_depletion": {"0.00000004858", "kg Sbe/kWh"}, "primary_energy": {"9.3135", "MJ/kWh"},
		"water_consumption": {"3.6737", "L/kWh"}} {
		r := got.find("ecologits", Row{Region: "FRA", Category: category})
		if len(r) != 1 || r[0].Value != want[0] || r[0].Unit != want[1] || r[0].Factor != "electricity" {
			t.Errorf("%s of France is %+v", category, r)
		}
	}
	grams, _ := unit.Factor(unit.MustParse("kg CO2e/kWh"), unit.MustParse("g CO2e/kWh"))
	if r := got.find("ecologits", Row{Region: "FRA", Category: "climate_change"}); grams != 1000 || r[0].Flow != "production" || r[0].Scope != "life_cycle" {
		t.Errorf("France is %+v", r)
	}
	for region, value := range map[string]string{"WOR": "0.47301", "USA": "0.38355"} {
		if r := got.find("ecologits", Row{Region: region, Category: "climate_change"}); len(r) != 1 || r[0].Value != value {
			t.Errorf("%s is %+v", region, r)
		}
	}
}

// What the file does not say of a column stays empty.
func TestEcoLogitsLeavesOpenWhatTheSourceDoesNotSay(t *testing.T) {
	for _, r := range mixes(t).rows["ecologits"] {
		if open := r.Flow == "" && r.Point == ""; open != (r.Category != "climate_change") {
			t.Fatalf("%+v", r)
		}
		if r.From != 0 || r.To != 0 {
			t.Fatalf("the file names no year: %+v", r)
		}
	}
}

// Five mixes have less primary energy than the 3.6 MJ that a kWh holds. They are imported as they stand: it is for the lint to find them.
func TestEcoLogitsKeepsMixesBelowTheEnergyOfTheElectricity(t *testing.T) {
	var below []string
	for _, r := range mixes(t).find("ecologits", Row{Category: "primary_energy"}) {
		if v, _ := foreign.ParseNumber(r.Value); v < 3.6 {
			below = append(below, r.Region)
		}
	}
	slices.Sort(below)
	expectTexts(t, below, "AUT", "BRA", "ISL", "NOR", "WOR")
}

func TestEcoLogitsSaysWhatIsWrongAndLeavesOut(t *testing.T) {
	var probs diag.List
	got := importedWith(t, "ecologits", Options{Released: "2025"}, &probs, text("m.csv", "name,adpe,pe,gwp,wue\nFRA,1e-8,x,-0.1,\nEEE,1e-8,1,1,1\nfra,1,1,1,1\nDEU,1\n"))
	expectProblems(t, &probs, `m.csv:2:10 column pe: expected a number, found "x"`, `m.csv:2:12 column gwp: FRA gwp is negative: -0.1`, `m.csv:4:1 column name: fra stands twice for FRA: as "FRA" before`,
		"m.csv:5: the row has 2 fields; the header has 5")
	if rows := got.rows["ecologits"]; len(rows) != 1 || rows[0].Value != "1e-8" {
		t.Errorf("the rows are %+v", rows)
	}
	var why []string
	for _, l := range got.left {
		why = append(why, l.What+": "+l.Why)
	}
	expectTexts(t, why, "FRA wue: no value", `EEE gwp: the registry has no region "EEE"`, `EEE adpe: the registry has no region "EEE"`, `EEE pe: the registry has no region "EEE"`,
		`EEE wue: the registry has no region "EEE"`)
}
