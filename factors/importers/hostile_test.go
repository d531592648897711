package importers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

const (
	owidHeader   = "Entity,Code,Year,Carbon intensity of electricity per kWh\n"
	cloudHeader  = "provider,region,impact,source,comment\n"
	deviceHeader = "manufacturer,name,subcategory,gwp_total,gwp_use_ratio,gwp_manufacturing_ratio,gwp_transport_ratio,gwp_eol_ratio,gwp_error_ratio,report_date,sources\n"
	gaHeader     = "index,,,,in gCO2e/kWh,,,\nlocation,continentName,countryName,regionName,carbonIntensity,Type,source,comments\n"
	ccCountry    = `{"year": 2023, "carbon_intensity": 56, "coal_TWh": 1, "gas_TWh": 1, "oil_TWh": 0, "nuclear_TWh": 8, "hydroelectricity_TWh": 0, "wind_TWh": 0, "solar_TWh": 0, "biofuel_TWh": 0, "other_renewable_TWh": 0, "total_TWh": 10}`
)

// What a file holds that no pack can is told in the file, or listed, or made plain: an import never ends in a pack that does not load.
func TestAHostileFileIsToldWhereItIsHostile(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for _, tc := range []struct {
		name, format, file, content string
		want                        string // a problem, or else ...
		left                        string // ... what is listed, or else ...
		row                         string // ... a text of the table
	}{
		{"a year with a fraction", "owid", "a.csv", owidHeader + "France,FRA,2023.5,53\n", "a.csv:2:12 column Year: expected a year from 1900 to 2200, found \"2023.5\"", "", ""},
		{"a year out of reach", "owid", "a.csv", owidHeader + "France,FRA,1e300,53\n", "a.csv:2:12", "", ""},
		{"a year of four digits that none is", "cambium", "a.csv", "year,CAMXc\n1000,1\n", "a.csv:2:1", "", ""},
		{"a year in digits of another script", "owid", "a.csv", owidHeader + "France,FRA,٢٠٢٣,53\n", "a.csv:2:12", "", ""},
		{"a negative intensity", "owid", "a.csv", owidHeader + "France,FRA,2023,-53\n", "a.csv:2:17", "", ""},
		{"a number beyond all", "owid", "a.csv", owidHeader + "France,FRA,2023,1e400\n", "a.csv:2:17", "", ""},
		{"a number below all", "owid", "a.csv", owidHeader + "France,FRA,2023,1e-400\n", "a.csv:2:17", "", ""},
		{"a number of many digits", "owid", "a.csv", owidHeader + "France,FRA,2023," + strings.Repeat("1", 2000) + "\n", "a.csv:2:17", "", ""},
		{"a country twice", "owid", "a.csv", owidHeader + "France,FRA,2023,53\nDE,DEU,2023,1\nFrance,fra,2023,54\n", "a.csv:4: electricity climate_change FRA flow production, point generation, scope life_cycle, margin average for 2023 stands also at a.csv:2 for 2023", "", ""},
		{"a region in another script", "owid", "a.csv", owidHeader + "Россия,РОС,2023,5\nFrance,FRA,2023,53\n", "", "Россия 2023", ""},
		{"a column that stands twice", "owid", "a.csv", "Entity,Code,Year,Carbon intensity,Carbon intensity (old)\nFrance,FRA,2023,1,2\n", "2 columns of the carbon intensity", "", ""},
		{"a negative zero", "google-regions", "2023.csv", "Google Cloud Region,Google CFE,Grid carbon intensity (gCO2eq / kWh)\neurope-west1,-0,-0.0\n", "", "", ",0.0,g CO2e/kWh,fixed"},
		{"a region by two names", "cambium", "a.csv", "year,CAMXc,camxc\n2020,1,2\n", "the region of the column camxc stands twice", "", ""},
		{"a year twice", "cambium", "a.csv", "year,CAMXc\n2020,1\n2020,2\n", "a.csv:3: electricity climate_change cambium:CAMXc margin average for 2020 stands also at a.csv:2", "", ""},
		{"a PUE below 1", "azure-regions", "a.json", "[\n{\"id\": \"westeurope\", \"carbon\": {\"pue\": \"0.9\"}}]", "a.json:2:1: pue azure:westeurope for 2023 is 0.9, below 1", "", ""},
		{"a host twice", "ccf", "aws.csv", "type,total\na,1\na,1\n", "aws.csv:3: embodied climate_change aws:a server for any year stands also at aws.csv:2", "", ""},
		{"a host with a control character", "ccf", "aws.csv", "type,total\n\"a\x07\",1\nb,2\n", "", "aws:a", ""},
		{"a host over two lines", "ccf", "aws.csv", "type,total\n\"a\nb\",1\nb,2\n", "", "aws:a b", ""},
		{"a host without end", "ccf", "aws.csv", "type,total\n" + long + ",1\nb,2\n", "", "aws:xxx", ""},
		{"a reversed host", "ccf", "aws.csv", "type,total\n\u202ea,1\nb,2\n", "", "aws:", ""},
		{"a comment of several lines", "codecarbon", "impact.csv", cloudHeader + "gcp,us-east1,1,,\"a\r\nb\tc\x1b[31m  d\"\n", "", "", ",a b c [31m d,"},
		{"a comment without end", "codecarbon", "impact.csv", cloudHeader + "gcp,us-east1,1,," + long + "\n", "", "", "xxx…,"},
		{"a comment that is a formula", "codecarbon", "impact.csv", cloudHeader + "gcp,us-east1,1,,=HYPERLINK(1)\n", "", "", ",'=HYPERLINK(1),"},
		{"an address that is none", "codecarbon", "impact.csv", cloudHeader + "gcp,us-east1,1,\"https://a\nb\",\n", "", "", ",https://github.com/mlco2/"},
		{"an address of its own", "codecarbon", "impact.csv", cloudHeader + "gcp,us-east1,1,https://example.org/a,\n", "", "", ",https://example.org/a,"},
		{"a cloud region twice", "codecarbon", "impact.csv", cloudHeader + "gcp,us-east1,1,,\ngcp,us-east1,2,,\n", "impact.csv:3: electricity climate_change gcp:us-east1", "", ""},
		{"a country by two names", "codecarbon", "a.json", `{"FRA": ` + ccCountry + `, "France": ` + ccCountry + `}`, `France stands twice for FRA: as "FRA" before`, "", ""},
		{"a state by two names", "codecarbon", "usa.json", `{"_unit": {"emissions": "lbs/MWh", "regionCode": ""}, "ohio": {"emissions": 1, "regionCode": "OH"}, "Ohio": {"emissions": 1, "regionCode": "oh"}}`, `Ohio stands twice for US-OH`, "", ""},
		{"a zone by two names", "codecarbon", "a.json", `{"data": {"FI": {"emission_factor": 1, "unit": "gCO2eq/kWh", "year": 2024}, "FIN": {"emission_factor": 1, "unit": "gCO2eq/kWh", "year": 2024}}}`, `FIN stands twice for FIN: as "FI" before`, "", ""},
		{"parts beyond all", "codecarbon", "a.json", `{"FRA": ` + strings.ReplaceAll(ccCountry, `"coal_TWh": 1`, `"coal_TWh": 1e308`) + `}`, "", "FRA generation mix", ""},
		{"a first entry that stands twice within", "codecarbon", "a.json", `{"a": {"b": 1, "b": 2}, "FRA": ` + ccCountry + `}`, "a key stands twice in one object", "", ""},
		{"a device without a Latin letter", "boavizta-pcf", "a.csv", deviceHeader + "联想,电脑,Laptop,100,,0.5,,,,2020,\nA,B,Laptop,100,,0.5,,,,2020,\n", "", "联想 电脑", ""},
		{"a device whose report is of no date", "boavizta-pcf", "a.csv", deviceHeader + "A,B,Laptop,100,,0.5,,,,0000,see below\n", "", "", ",https://github.com/Boavizta/environmental-footprint-data,2026"},
		{"a share of a total beyond all", "boavizta-pcf", "a.csv", deviceHeader + "A,B,Laptop,1e308,,1,,,10,2020,\n", "", "", "lognormal(1e+308"},
		{"an operator that is a formula", "green-algorithms", "a.csv", "index,>1,\nprovider,PUE,source\n=cmd(),1.5,2024\nb,1.5,2024\n", "", "=cmd()", ""},
		{"a blank operator", "green-algorithms", "a.csv", "index,>1,\nprovider,PUE,source\n,1.5,2024\nb,1.5,2024\n", "", " |", ""},
		{"a source that is a formula", "green-algorithms", "a.csv", gaHeader + "FR,Europe,France,Any,51,Country,@SUM(A1) (data from 2019),\n", "", "", "'@SUM(A1)"},
		{"a PUE of a country in one word", "green-algorithms", "a.csv", "index,>1,\nprovider,PUE,source\nb,0.5,2024\n", "a.csv:3: pue b for 2024 is 0.5, below 1", "", ""},
		{"a figure that is an object", "electricity-maps", "z_2023.json", `{"FR": {"carbonIntensity": {"value": 1e400, "unit": "gCO2eq/kWh"}}}`, "z_2023.json:1:8", "", ""},
		{"a blank name", "ecologits", "a.csv", "name,gwp,adpe,pe,wue\n,1,1,1,1\nFRA,1,1,1,1\n", "", "gwp |the record names no region", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var probs diag.List
			_, to := packed(t, tc.format, Options{Released: "2026", Year: 2023}, &probs, text(tc.file, tc.content))
			told := fmt.Sprint(probs.Err())
			if tc.want == "" && probs.Err() != nil || !strings.Contains(told, tc.want) {
				t.Errorf("told: %s\nexpected: %s", told, tc.want)
			}
			var tables, left string
			for name, f := range to.MapFS {
				if name == LeftFile {
					left = strings.ReplaceAll(string(f.Data), "\t", " |")
				} else {
					tables += string(f.Data)
				}
			}
			if !strings.Contains(left, tc.left) || !strings.Contains(tables, tc.row) {
				t.Errorf("left out:\n%s\ntables:\n%s", left, tables)
			}
		})
	}
}

// A mapping leaves nothing for the loader to find that could be told at its own place.
func TestAHostileMappingIsToldInTheMapping(t *testing.T) {
	const row = "row: {factor: x_y, technology: {column: n}, value: {column: v}, unit: kg, quality: reported, distribution: fixed"
	for _, tc := range []struct{ name, mapping, csv, want string }{
		{"a table outside of the folder", strings.Replace(head, "name: t", `name: "../t"`, 1) + row + "}\n", "n,v\na,1\n", "m.yaml:1:15: expected a name in lower case"},
		{"a day that no calendar has", strings.Replace(head, "released: 2025", "released: 2024-06-31", 1) + row + "}\n", "n,v\na,1\n", "m.yaml:1:83: expected a date such as"},
		{"a day of a row that no calendar has", head + row + ", released: {column: d}}\n", "n,v,d\na,1,2024-06-31\n", "a.csv:2:5 column d: expected a date such as"},
		{"an address with a space", head + row + ", url: {column: d}}\n", "n,v,d\na,1,https://a b\n", "a.csv:2:5 column d: expected an address"},
		{"a burden that nobody knows", head + row + ", category: climate_change}\n", "n,v\na,1\n", `m.yaml:2:15: no pack of the program defines the factor "x_y"`},
		{"a burden of a column that nobody knows", head + strings.Replace(row, "factor: x_y", "factor: {column: f}", 1) + ", category: climate_change}\n", "n,v,f\na,1,x_y\n", "a.csv:2:5 column f: no pack of the program defines"},
		{"a burden without a category", head + "row: {factor: embodied, technology: {column: n}, value: {column: v}, unit: kg CO2e, quality: reported, distribution: fixed}\n", "n,v\na,1\n", `m.yaml:2:6: embodied is a burden: the key "category" is missing`},
		{"no burden with a category", head + "row: {factor: pue, category: climate_change, technology: {column: n}, year: 2020, value: {column: v}, unit: \"1\", quality: reported, distribution: fixed}\n", "n,v\na,1\n", `m.yaml:2:30: pue is no burden`},
		{"factors without end", head + strings.Replace(row, "factor: x_y", "factor: {column: f}", 1) + "}\n", "n,v,f\n" + numbered(201, "a,1,f%d\n"), "a.csv:202: a pack defines at most 200 factors"},
		{"years that overlap", head + row + ", from: {column: a}, to: {column: b}}\n", "n,v,a,b\nx,1,2000,2010\ny,1,2000,2010\nx,2,2010,2020\n", "a.csv:4: x_y x for 2010 to 2020 stands also at a.csv:2 for 2000 to 2010"},
		{"units that do not fit each other", head + strings.Replace(row, "unit: kg", "unit: {column: u}", 1) + "}\n", "n,v,u\na,1,kg\nb,1,kWh\n", "a.csv:3: kWh cannot be converted to kg"},
		{"keys that differ", head + "row: {factor: x_y, value: {column: v}, unit: kg, quality: reported, distribution: fixed}\nrows:\n  - {technology: {column: n}, year: 2020}\n  - {technology: a}\n  - {region: FRA}\n", "n,v\nb,1\n", "a.csv:2: x_y is found by technology, and this row has none"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := text("m.yaml", tc.mapping)
			var probs diag.List
			packed(t, "mapped", Options{Mapping: &m}, &probs, text("a.csv", tc.csv))
			found := false
			for _, p := range probs.Problems() {
				found = found || strings.HasPrefix(p.String(), tc.want)
			}
			if !found {
				t.Errorf("told: %v\nexpected: %s", probs.Problems(), tc.want)
			}
		})
	}
}

// numbered repeats a form with the numbers up to n.
func numbered(n int, form string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, form, i)
	}
	return b.String()
}

func TestADateOrYearThatIsNoneIsRefused(t *testing.T) {
	for _, o := range []Options{{Released: "2024-06-31"}, {Released: "yesterday"}, {Released: "2024", Year: 99999}, {Released: "2024", Year: -1}} {
		var probs diag.List
		got := importedWith(t, "owid", o, &probs, text("a.csv", owidHeader+"France,FRA,2023,53\n"))
		if probs.Count(diag.Error) != 1 || len(got.rows) != 0 {
			t.Errorf("%+v: %v", o, probs.Problems())
		}
	}
	var probs diag.List
	importedWith(t, "codecarbon", Options{}, &probs, text("a.json", `{"metadata": {"last_updated": "2024-06-31"}, "data": {}}`))
	expectProblems(t, &probs, `the file says that it was published on "2024-06-31", which is no date`)
}
