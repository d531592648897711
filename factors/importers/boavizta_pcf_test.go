package importers

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

func boavizta(t *testing.T, name string) *collected {
	t.Helper()
	return imported(t, "boavizta-pcf", Options{Released: "2023-02-23"}, published(t, "boavizta-pcf/"+name))
}

func TestBoaviztaPCFHoldsWhatManufacturersReport(t *testing.T) {
	got := boavizta(t, "boavizta-data-us.csv")
	table := got.tables["boavizta_pcf"]
	if table == nil || table.Licence != "ODbL-1.0" || !table.OwnSources || len(got.tables) != 1 {
		t.Fatalf("tables %+v", got.tables)
	}
	server := got.find("boavizta_pcf", Row{Technology: "dell-poweredge-c4140"})
	// 6800 kg, 18.3 % of them manufacture; a standard deviation of 1.0059 times the total: exp(2 sqrt(ln(1 + 1.0059^2))) = 5.324
	want := Row{Factor: "embodied", Category: "climate_change", Technology: "dell-poweredge-c4140", Value: "1244.4", Unit: "kg CO2e", Distribution: "lognormal(1244.4, 5.324)",
		Boundary: "server", Quality: "modelled", Source: "Dell (February 2019), product carbon footprint report of PowerEdge C4140, as collected in Boavizta (2023-02-23), environmental-footprint-data",
		URL: "https://i.dell.com/sites/csdocuments/CorpComm_Docs/en/carbon-footprint-poweredge-c4140.pdf", Released: "2019-02", Note: "Server, total 6800 kg x 0.1830"}
	if len(server) != 1 || server[0] != want {
		t.Errorf("got  %+v\nwant %+v", server, want)
	}
	byFactor := map[string]int{}
	for _, r := range got.rows["boavizta_pcf"] {
		byFactor[r.Factor]++
	}
	// Of 1226 devices 469 have no share of manufacture, one has 7.76, and four stand twice.
	if byFactor["embodied"] != 1226-469-1-4 {
		t.Errorf("%v", byFactor)
	}
	reasons := map[string]int{}
	for _, l := range got.left {
		reasons[regexp.MustCompile(`[0-9]+`).ReplaceAllString(l.Why, "N")]++
	}
	for why, n := range map[string]int{"no share of manufacture": 469, "the share of manufacture is N.N, which is not between N and N": 1, "stands in line N already, with the same figures": 4} {
		if reasons[why] != n {
			t.Errorf("%d times %q, want %d: %v", reasons[why], why, n, reasons)
		}
	}
	if byFactor["transport"] != 379 || byFactor["device_end_of_life"] != 316 || reasons["the share of transport is printed as N, as where a report gives none"] != 104 ||
		reasons["the share of end of life is printed as N, as where a report gives none"] != 124 || len(reasons) != 5 {
		t.Errorf("rows %v, left %v", byFactor, reasons)
	}
}

func TestBothBoaviztaFilesGiveTheSameRows(t *testing.T) {
	us, fr := boavizta(t, "boavizta-data-us.csv"), boavizta(t, "boavizta-data-fr.csv")
	a, b := us.rows["boavizta_pcf"], fr.rows["boavizta_pcf"]
	if len(a) != len(b) || len(us.left) != len(fr.left) {
		t.Fatalf("%d and %d rows, %d and %d left out", len(a), len(b), len(us.left), len(fr.left))
	}
	for i := range a {
		if a[i] != b[i] {
			t.Errorf("row %d\nus %+v\nfr %+v", i, a[i], b[i])
		}
	}
	for i := range us.left {
		if us.left[i].What != fr.left[i].What || us.left[i].Why != fr.left[i].Why || us.left[i].Place.Line != fr.left[i].Place.Line {
			t.Errorf("left out: us %+v, fr %+v", us.left[i], fr.left[i])
		}
	}
}

// Every row must be one that a factor table takes.
func TestBoaviztaRowsFitATable(t *testing.T) {
	got := boavizta(t, "boavizta-data-fr.csv")
	category, _ := lca.Words().Category("climate_change")
	want := unit.MustParse(category.Unit)
	date := regexp.MustCompile(`^20[12][0-9](-[01][0-9](-[0-3][0-9])?)?$`)
	ids := map[string]bool{}
	for _, r := range got.rows["boavizta_pcf"] {
		u, err := unit.Parse(r.Unit)
		if err != nil || !u.Compatible(want) {
			t.Errorf("unit %q: %v", r.Unit, err)
		}
		v, err := foreign.ParseNumber(r.Value)
		if err != nil || v <= 0 {
			t.Errorf("value %q", r.Value)
		}
		if !strings.HasPrefix(r.Distribution, "pedigree(") {
			if d, err := dist.Parse(r.Distribution); err != nil || d.Check(v) != nil {
				t.Errorf("%s of %s: %v", r.Distribution, r.Value, err)
			}
		}
		if !date.MatchString(r.Released) || !strings.HasPrefix(r.URL, "http") || strings.ContainsAny(r.URL, " ,") {
			t.Errorf("released %q at %q", r.Released, r.URL)
		}
		if key := r.Factor + r.Technology; ids[key] || r.Technology != slug(r.Technology) {
			t.Errorf("%s stands twice, or is no id", key)
		} else {
			ids[key] = true
		}
	}
}

func TestBoaviztaTraps(t *testing.T) {
	got := boavizta(t, "boavizta-data-us.csv")
	for _, c := range []struct {
		name string
		like Row
		want string // value, distribution, boundary, released, note
	}{
		{"an error of 0 is none, and the manufacturer is not said twice", Row{Technology: "apple-watch-ultra-gps-plus-cellular-titanium-case-with-ocean-band", Factor: "embodied"}, "43.12 pedigree(4,4,2,2,4)  2022-09-07"},
		{"a plus tells two devices apart", Row{Technology: "microsoft-surface-pro-7-plus", Factor: "embodied"}, "146.972 pedigree(4,4,2,2,4)  2021-07"},
		{"and the other one", Row{Technology: "microsoft-surface-pro-7", Factor: "embodied"}, "125.952 pedigree(4,4,2,2,4)  2022-02"},
		{"end of life is per device", Row{Technology: "dell-optiplex-7070-ultra", Factor: "device_end_of_life"}, "0.392 lognormal(0.392, 1.684)  2019-07"},
		{"shares that do not add up", Row{Technology: "microsoft-xbox-one-x", Factor: "embodied"}, "149 pedigree(4,4,2,2,4)"},
		{"a share of 0 gives no row", Row{Technology: "dell-c2422he-monitor", Factor: "transport"}, ""},
	} {
		rows := got.find("boavizta_pcf", c.like)
		text := ""
		for _, r := range rows {
			text += fmt.Sprintf("%s %s %s %s", r.Value, r.Distribution, r.Boundary, r.Released)
		}
		if !strings.HasPrefix(text, c.want) || c.want == "" && text != "" {
			t.Errorf("%s: %q, want %q", c.name, text, c.want)
		}
	}
	if r := got.find("boavizta_pcf", Row{Technology: "microsoft-xbox-one-x", Factor: "embodied"}); !strings.HasSuffix(r[0].Note, "; the printed shares of all stages add up to 0.327") {
		t.Errorf("note %q", r[0].Note)
	}
}

func TestBoaviztaSaysWhatIsWrong(t *testing.T) {
	const header = "manufacturer;name;subcategory;gwp_total;gwp_use_ratio;gwp_manufacturing_ratio;gwp_transport_ratio;gwp_eol_ratio;gwp_error_ratio;report_date;sources\r\n"
	for _, c := range []struct {
		name, text string
		options    Options
		rows, left int
		want       []string
	}{
		{"no date", header, Options{}, 0, 0, []string{"a.csv: the file does not say when it was published"}},
		{"another table", "a,b\n", Options{Released: "2023"}, 0, 0, []string{`no column "manufacturer"`, `no column "name"`, `"subcategory"`, `"gwp_total"`, `"gwp_use_ratio"`, `"gwp_manufacturing_ratio"`,
			`"gwp_transport_ratio"`, `"gwp_eol_ratio"`, `"gwp_error_ratio"`, `"report_date"`, `"sources"`}},
		{"numbers that are none", header + "A;ü;Laptop;x;;0,5;;;y;;http://a\r\nA;c;Laptop;100;;0,5;;;0,2;sometime;http://a\r\nA;d;Laptop;;;0,5;;;;;http://a\r\nA;e;Laptop;0;;0,5;;;;;http://a\r\n", Options{Released: "2023"}, 1, 2,
			[]string{`a.csv:2:12 column gwp_total: expected a number, found "x"`, `a.csv:2:21 column gwp_error_ratio: expected a number, found "y"`}},
		{"a device twice with other figures", header + "A;B 1;Laptop;100;;0,5;;;;;http://a\r\na;b-1;Laptop;100;;0,6;;;;;http://a\r\n", Options{Released: "2023"}, 1, 1, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var probs diag.List
			got := importedWith(t, "boavizta-pcf", c.options, &probs, text("a.csv", c.text))
			if len(got.rows["boavizta_pcf"]) != c.rows || len(got.left) != c.left {
				t.Errorf("%d rows, left %+v", len(got.rows["boavizta_pcf"]), got.left)
			}
			expectProblems(t, &probs, c.want...)
		})
	}
}

func TestReportDatesAreReadAsExactlyAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]string{"February 2019": "2019-02", "Feb 2021": "2021-02", "2019": "2019", "2022-2-6": "2022-02-06", "26/07/2019": "2019-07-26", "07/26/2019": "2019-07-26", "05/06/2019": "2019",
		"06/06/2019": "2019-06-06", "September 7 2022": "2022-09-07", "September 7, 2022": "2022-09-07", "7 September 2022": "2022-09-07", "": "", "sometime": "", "2019-13": "", "99": ""} {
		if got, ok := reportDate(text); got != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
