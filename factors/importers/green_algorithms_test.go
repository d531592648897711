package importers

import (
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestGreenAlgorithmsHasTwoHeaderLinesAndItsOwnCodes(t *testing.T) {
	got := imported(t, "green-algorithms", Options{Released: "2025-02-05"}, published(t, "green-algorithms/CI_aggregated.csv"))
	got.sound(t)
	const table = "green_algorithms_electricity"
	if rows, left := len(got.rows[table]), len(got.left); rows+left != 131 || left != 7 {
		t.Errorf("%d rows and %d left out of 131: %v", rows, left, got.left)
	}
	for region, want := range map[string]struct {
		value string
		year  int
	}{
		"CA-MB": {"1.3", 2019}, // CA-MT in the file, which is no code of a province
		"US-MT": {"435.87", 2020},
		"US-MS": {"427.07", 2020}, // printed Mississip
		"FRA":   {"51.28", 2020},
		"WOR":   {"475", 2019},
		"NZL":   {"110.1", 2018},
		"ISR":   {"558", 2022},
		"AUS":   {"840", 2019},
		"AU-NT": {"620", 2019},
		"CAN":   {"120", 2019},
		"URY":   {"129", 2021},
	} {
		rows := got.find(table, Row{Region: region})
		if len(rows) != 1 || rows[0].Value != want.value || rows[0].From != want.year {
			t.Errorf("%s is %+v", region, rows)
		}
	}
	// Two companies supply Hong Kong: neither's value is Hong Kong's, though one's code is.
	if hk := got.find(table, Row{Region: "HKG"}); len(hk) != 0 {
		t.Errorf("Hong Kong is %+v", hk)
	}
	if given := imported(t, "green-algorithms", Options{Released: "2025", Year: 2020}, published(t, "green-algorithms/CI_aggregated.csv")); len(given.left) != 5 || given.find(table, Row{Region: "TWN"})[0].From != 2020 ||
		given.find(table, Row{Region: "WOR"})[0].From != 2019 {
		t.Errorf("a year that is given stands in where a row says none, and there alone: %v", given.left)
	}
}

func TestGreenAlgorithmsRowsSayWhatTheyCount(t *testing.T) {
	got := imported(t, "green-algorithms", Options{Released: "2025-02-05"}, published(t, "green-algorithms/CI_aggregated.csv"))
	for region, want := range map[string]Row{
		"SWE":   {Flow: "production", Point: "generation", Scope: "operational"}, // AIB
		"THA":   {Flow: "production", Point: "delivered"},                        // combined generation and T&D
		"ARE":   {Flow: "production", Point: "generation"},
		"CHN":   {Flow: "production", Point: "generation"},
		"US-CA": {},
		"CA-QC": {},
	} {
		rows := got.find("green_algorithms_electricity", Row{Region: region})
		if len(rows) != 1 || rows[0].Flow != want.Flow || rows[0].Point != want.Point || rows[0].Scope != want.Scope || rows[0].Source == "" {
			t.Errorf("%s is %+v", region, rows)
		}
	}
}

func TestGreenAlgorithmsPUEOfRegionsAndOperators(t *testing.T) {
	got := imported(t, "green-algorithms", Options{Released: "2025-02-05"}, published(t, "green-algorithms/cloudProviders_datacenters.csv"), published(t, "green-algorithms/defaults_PUE.csv"),
		published(t, "green-algorithms/localProviders_datacenters.csv"))
	got.sound(t)
	const table = "green_algorithms_pue"
	if rows, left := len(got.rows[table]), len(got.left); rows+left != 78+6 || rows != 7+6 { // the first file has 78 regions, the last none
		t.Errorf("%d rows and %d left out of 84", rows, left)
	}
	for technology, want := range map[string]struct {
		value string
		year  int
	}{"gcp:europe-west1": {"1.08", 2020}, "industry": {"1.56", 2024}, "google": {"1.12", 2023}, "ovhcloud": {"1.09", 2023}} {
		rows := got.find(table, Row{Technology: technology})
		if len(rows) != 1 || rows[0].Value != want.value || rows[0].From != want.year || rows[0].URL == "" {
			t.Errorf("%s is %+v", technology, rows)
		}
	}
}

func TestGreenAlgorithmsSaysWhatIsWrong(t *testing.T) {
	o := Options{Released: "2025"}
	const header = "index,,,,in gCO2e/kWh,,,\nlocation,continentName,countryName,regionName,carbonIntensity,Type,source,comments\n"
	for name, tc := range map[string]struct {
		file File
		o    Options
		want []string
	}{
		"no date":      {text("a.csv", header), Options{}, []string{"the file does not say when it was published"}},
		"one header":   {text("a.csv", "location,carbonIntensity\nFR,51\n"), o, []string{"a.csv:2: the file's second line has the columns of none"}},
		"another file": {text("a.csv", "index,in Watt\nmodel,TDP\n"), o, []string{"the file's second line has the columns of none"}},
		"no column":    {text("a.csv", "index,\nlocation,carbonIntensity\n"), o, []string{`no column "countryName"`, `no column "regionName"`, `no column "source"`, `no column "comments"`}},
		"no number":    {text("a.csv", header+"FR,Europe,France,Any,x,Country,y,Data from 2020\n"), o, []string{`a.csv:3:22 column carbonIntensity: expected a number, found "x"`}},
		"below 0":      {text("a.csv", header+"FR,Europe,France,Any,-1,Country,y,Data from 2020\n"), o, []string{"FR Any is negative: -1"}},
		"ragged":       {text("a.csv", header+"FR,Europe\n"), o, []string{"the row has 2 fields; the header has 8"}},
		"no lines":     {text("a.csv", "index\n"), o, []string{"the file has no header"}},
		"no source":    {text("a.csv", "index,>1\nprovider,PUE\ngcp,1.1\n"), o, []string{`no column "source"`}},
	} {
		t.Run(name, func(t *testing.T) {
			var probs diag.List
			importedWith(t, "green-algorithms", tc.o, &probs, tc.file)
			expectProblems(t, &probs, tc.want...)
		})
	}
}

func FuzzGreenAlgorithms(f *testing.F) {
	f.Add("index,\nlocation,continentName,countryName,regionName,carbonIntensity,Type,source,comments\nCA-MT,,Canada,Manitoba,1.3,,\"x (data from 2019)\",\n")
	f.Add("index,>1,\nprovider,PUE,source\nUnknown,1.56,2024 https://a\n")
	f.Add("a\nprovider,Name,PUE,source_PUE\ngcp,us-west1,1.11,https://a (29/09/2020)\n")
	f.Fuzz(func(t *testing.T, content string) {
		var probs diag.List
		importedWith(t, "green-algorithms", Options{Released: "2026"}, &probs, text("a", content)).sane(t)
		packed(t, "green-algorithms", Options{Released: "2026"}, new(diag.List), text("a", content))
	})
}
