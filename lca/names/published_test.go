package names

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// published reads a file as its source published it, for tests that find its regions in the registry. Such files are not part of the project:
// they are looked for in AILCA_OPENDATA, else beside the checkout.
func published(t *testing.T, name string) []byte {
	t.Helper()
	folder := os.Getenv("AILCA_OPENDATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "opendata")
	}
	text, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("the published file is not at hand: %v", err)
	}
	return text
}

// publishedRows reads the rows of a published CSV file, by the names of its columns. Some have rows of other lengths and lines ahead of the
// header: that is the first line that begins as header says.
func publishedRows(t *testing.T, name, header string) []map[string]string {
	t.Helper()
	text := strings.TrimPrefix(string(published(t, name)), "\ufeff")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	var columns []string
	var rows []map[string]string
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if columns == nil {
			if record[0] == header {
				columns = record
			}
			continue
		}
		row := map[string]string{}
		for i, column := range columns[:min(len(columns), len(record))] {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		t.Fatalf("%s has no rows", name)
	}
	return rows
}

// in checks that a provider's region lies in a place as the source prints it. The keys of leftOut are codes and places that the registry does
// not have, or has elsewhere, and its values say why.
func in(t *testing.T, code, place string, leftOut map[string]string) {
	t.Helper()
	region, ok := Regions().Canonical(code)
	switch {
	case !ok && leftOut[code] == "":
		t.Errorf("%s is not in the registry", code)
	case !ok || place == "" || leftOut[place] != "" || leftOut[code] != "":
	default:
		if whole, ok := Regions().Canonical(place); !ok {
			t.Errorf("%s: the registry does not know the place %s", code, place)
		} else if !Regions().Within(region, whole) {
			parent, _ := Regions().Parent(region)
			t.Errorf("%s is in %s, its source says %s", code, parent, place)
		}
	}
}

func TestCloudRegionsOfCodeCarbon(t *testing.T) {
	leftOut := map[string]string{
		"CHN":               "Hong Kong is a country of its own in ISO 3166-1",
		"Northern Virginia": "a part of a state",
	}
	for _, r := range publishedRows(t, "codecarbon/impact.csv", "provider") {
		code := r["provider"] + ":" + r["region"]
		in(t, code, r["countryIsoCode"], leftOut)
		in(t, code, r["state"], leftOut)
	}
}

func TestCloudRegionsOfTheMachineLearningImpactCalculator(t *testing.T) {
	leftOut := map[string]string{
		"scaleway:":         "a place without a region's code",
		"China":             "Hong Kong is a country of its own in ISO 3166-1",
		"Northern Virginia": "a part of a state",
		"Las Vegas":         "state and city changed places",
		"Wanchai":           "a district of Hong Kong",
		"Auvergne":          "until 2015; the provider says Paris",
		"Midi-Pyrenees":     "until 2015; the provider says Marseille",
		"azure:ukwest":      "printed as England, by others as Cardiff in Wales",
		"Tokyo":             "printed by others as Tokyo and Saitama",
	}
	for _, r := range publishedRows(t, "mlco2-impact/impact.csv", "provider") {
		code := r["provider"] + ":" + r["region"]
		in(t, code, r["country"], leftOut)
		in(t, code, r["state"], leftOut)
	}
}

func TestCloudRegionsOfGreenAlgorithms(t *testing.T) {
	for _, r := range publishedRows(t, "green-algorithms/cloudProviders_datacenters.csv", "provider") {
		in(t, r["provider"]+":"+r["Name"], r["location"], nil)
	}
}

func TestCloudRegionsOfCloudCarbonFootprint(t *testing.T) {
	leftOut := map[string]string{
		// Cities and parts of states.
		"Pune": "city", "Chennai": "city", "Mumbai": "city", "London": "city", "Cardiff": "city", "Paris": "city", "Helsinki": "city", "Frankfurt": "city",
		"Brussels": "city", "Gavle": "city", "Los Angeles": "city", "Salt Lake City": "city", "Las Vegas": "city", "Northern Virginia": "a part of a state",
	}
	for _, provider := range []string{"aws", "azure", "gcp"} {
		for _, r := range publishedRows(t, "ccf/grid-emissions-factors-"+provider+".csv", "Region") {
			place := r["Location"] + r["Country"] // one of them is there
			if place == "Georgia" {
				place = "Georgia (US)"
			}
			in(t, provider+":"+r["Region"], place, leftOut)
		}
	}
}

func TestCloudRegionsOfTheirProviders(t *testing.T) {
	for _, year := range []string{"2019", "2020", "2021", "2022", "2023", "2024"} {
		for _, r := range publishedRows(t, "google-region-carbon/"+year+".csv", "Google Cloud Region") {
			in(t, "gcp:"+r["Google Cloud Region"], "", nil)
		}
	}
	var azure []struct{ ID string }
	if err := json.Unmarshal(published(t, "azure-datacenter-facts/regiondata.json"), &azure); err != nil || len(azure) == 0 {
		t.Fatal(len(azure), err)
	}
	for _, r := range azure {
		in(t, "azure:"+r.ID, "", nil)
	}
}

// A zone is looked for as a zone of Electricity Maps first: IT-NO is no code of ISO 3166-2 there.
func TestZonesOfElectricityMaps(t *testing.T) {
	for _, year := range []string{"2021", "2022", "2023", "2024", "2025"} {
		var zones map[string]any
		if err := json.Unmarshal(published(t, "co2js/electricity-maps-yearly_"+year+".json"), &zones); err != nil || len(zones) == 0 {
			t.Fatal(len(zones), err)
		}
		for zone := range zones {
			code, ok := Regions().Canonical("em:" + zone)
			if !ok {
				code, ok = Regions().Canonical(zone)
			}
			of, _ := Regions().Canonical(zone[:2])
			if zone == "XK" {
				of = "EUR"
			}
			if !ok || !Regions().Within(code, of) {
				t.Errorf("the zone %s is %q, which is not in %s", zone, code, of)
			}
		}
	}
}

func TestZonesOfCambiumAndEGRID(t *testing.T) {
	for file, prefix := range map[string]string{"future_annual_co2e.csv": "cambium:", "historical_annual_co2e.csv": "egrid:"} {
		record, err := csv.NewReader(strings.NewReader(string(published(t, "cambium-egrid/"+file)))).Read()
		if err != nil {
			t.Fatal(err)
		}
		for _, zone := range record[1:] {
			in(t, prefix+zone, "USA", nil)
		}
	}
}

func TestStatesAndProvincesOfCodeCarbon(t *testing.T) {
	for file, country := range map[string]string{"canada_energy_mix.json": "CAN", "usa_emissions.json": "USA"} {
		var places map[string]any
		if err := json.Unmarshal(published(t, "codecarbon/"+file), &places); err != nil {
			t.Fatal(err)
		}
		for place := range places {
			switch place {
			case "_unit":
				continue
			case "georgia":
				place = "Georgia (US)" // without a country the name is that of the country
			}
			if code, ok := Regions().Canonical(place); !ok || !Regions().Within(code, country) {
				t.Errorf("%s is %q, which is not in %s", place, code, country)
			}
		}
	}
}
