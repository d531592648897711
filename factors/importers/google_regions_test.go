package importers

import (
	"strconv"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

const smallGoogle = "Google Cloud Region,Location,Google CFE,Grid carbon intensity (gCO2eq / kWh)\neurope-west1,Belgium,0.82,122\n"

// googleRecords are the regions of each year's file, and how many have no CFE share.
var googleRecords = map[int][2]int{2019: {24, 8}, 2020: {27, 8}, 2021: {34, 3}, 2022: {36, 0}, 2023: {40, 0}, 2024: {44, 0}}

func google(t *testing.T, year int) *collected {
	t.Helper()
	got := imported(t, "google-regions", Options{Released: "2025-12-03"}, published(t, "google-region-carbon/"+strconv.Itoa(year)+".csv"))
	checkRows(t, got)
	return got
}

// Blank shares are listed, never 0. The empty last line of 2021.csv is no record.
func TestGoogleAccountsForEveryRegion(t *testing.T) {
	for year, records := range googleRecords {
		got := google(t, year)
		rows, left := len(got.rows["google_regions"]), 0
		for _, l := range got.left {
			if !strings.HasSuffix(l.What, " Google CFE") || l.Why != "no value" {
				t.Errorf("%d: left out %+v", year, l)
			}
			left++
		}
		if rows+left != 2*records[0] || left != records[1] {
			t.Errorf("%d: %d rows and %d left out of %d regions", year, rows, left, records[0])
		}
	}
}

// The column was renamed in 2021: before, its values are of life cycles, after, of operation. No selection of one scope may hold both.
func TestGoogleHasABreakBetween2020And2021(t *testing.T) {
	for year := range googleRecords {
		scope := "operational"
		if year <= 2020 {
			scope = "life_cycle"
		}
		rows := google(t, year).find("google_regions", Row{Factor: "electricity"})
		if len(rows) != googleRecords[year][0] {
			t.Errorf("%d: %d intensities", year, len(rows))
		}
		for _, r := range rows {
			if r.Scope != scope || r.Flow != "consumption" || r.Point != "generation" || r.Margin != "average" || r.From != year || r.To != year {
				t.Fatalf("%d: %+v", year, r)
			}
		}
	}
}

func TestGoogleKeepsDigitsAndFractions(t *testing.T) {
	got := google(t, 2024)
	for region, want := range map[string][2]string{"gcp:africa-south1": {"656.85", "0.15"}, "gcp:me-central1": {"366", "0.01"}, "gcp:europe-north2": {"2.73", "1.00"}} {
		intensity, share := got.find("google_regions", Row{Region: region, Factor: "electricity"}), got.find("google_regions", Row{Region: region, Factor: "provider_carbon_free_share"})
		if len(intensity) != 1 || intensity[0].Value != want[0] || intensity[0].Unit != "g CO2e/kWh" || len(share) != 1 || share[0].Value != want[1] || share[0].Unit != "1" || share[0].Quality != "reported" {
			t.Errorf("%s is %+v %+v", region, intensity, share)
		}
	}
}

// Montreal is printed as 0 g, a rounded figure of hydropower, not a missing one.
func TestGoogleKeepsAnIntensityOfZero(t *testing.T) {
	r := google(t, 2021).find("google_regions", Row{Region: "gcp:northamerica-northeast1", Factor: "electricity"})
	if len(r) != 1 || r[0].Value != "0" || r[0].Distribution != "fixed" || r[0].Note == "" {
		t.Errorf("Montreal 2021 is %+v", r)
	}
}

func TestGoogleSaysWhatIsWrongAndLeavesOut(t *testing.T) {
	var probs diag.List
	got := importedWith(t, "google-regions", Options{Released: "2025"}, &probs, text("2022.csv", strings.ReplaceAll(smallGoogle, "\n", "\r\n")+
		"europe-west99,Nowhere,0.1,5\r\neurope-west2,London,15%,-1\r\nEurope-West1,Belgium,1,1\r\neurope-west3,Frankfurt\r\n"))
	expectProblems(t, &probs, `2022.csv:4:21 column Google CFE: expected a number, found "15%"`,
		`2022.csv:4:25 column Grid carbon intensity (gCO2eq / kWh): europe-west2 Grid carbon intensity (gCO2eq / kWh) is negative: -1`, `Europe-West1 stands twice for gcp:europe-west1`, "2022.csv:6: the row has 2 fields")
	if len(got.rows["google_regions"]) != 2 {
		t.Errorf("the rows are %+v", got.rows)
	}
	var why []string
	for _, l := range got.left {
		why = append(why, l.What+": "+l.Why)
	}
	expectTexts(t, why, `europe-west99 Grid carbon intensity (gCO2eq / kWh): the registry has no region "gcp:europe-west99"`, `europe-west99 Google CFE: the registry has no region "gcp:europe-west99"`)
}

func TestGoogleNamesTheColumnOfTheIntensity(t *testing.T) {
	var probs diag.List
	importedWith(t, "google-regions", Options{Released: "2025"}, &probs, text("2022.csv", "Google Cloud Region,Location,Google CFE,Intensity\na,b,1,2\n"))
	expectProblems(t, &probs, `neither "Lifecycle grid carbon intensity (gCO2eq / kWh)" nor "Grid carbon intensity (gCO2eq / kWh)"`)
}
