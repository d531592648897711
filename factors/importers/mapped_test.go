package importers

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// mappingOf is an example mapping.
func mappingOf(t *testing.T, name string) *File {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "mappings", name))
	if err != nil {
		t.Fatal(err)
	}
	f := text(name, string(content))
	return &f
}

func TestAMappingReproducesTheRowsOfOWID(t *testing.T) {
	const name = "owid-ember/carbon-intensity-electricity.csv"
	want := imported(t, "owid", Options{Released: "2026-04"}, published(t, name))
	got := imported(t, "mapped", Options{Mapping: mappingOf(t, "owid.yaml")}, published(t, name))
	a, b := want.rows["owid"], got.rows["owid"]
	if len(a) != len(b) || len(want.left) != len(got.left) {
		t.Errorf("%d rows of %d, %d left out of %d", len(b), len(a), len(got.left), len(want.left))
	}
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("row %d\nowid   %+v\nmapped %+v", i, a[i], b[i])
		}
	}
	if *want.tables["owid"] != *got.tables["owid"] {
		t.Errorf("owid   %+v\nmapped %+v", want.tables["owid"], got.tables["owid"])
	}
	for i := range min(len(want.left), len(got.left)) {
		if want.left[i].Place != got.left[i].Place {
			t.Fatalf("left out: owid %+v, mapped %+v", want.left[i], got.left[i])
		}
	}
}

func TestAMappingReadsAWideFileInPounds(t *testing.T) {
	got := imported(t, "mapped", Options{Mapping: mappingOf(t, "egrid_wide.yaml")}, published(t, "cambium-egrid/historical_annual_co2e.csv"))
	rows := got.rows["egrid"]
	if len(rows) != 8*26 || len(got.left) != 0 {
		t.Fatalf("%d rows, left %v", len(rows), got.left)
	}
	california := got.find("egrid", Row{Region: "egrid:CAMX", From: 2007})
	want := Row{Factor: "electricity", Category: "climate_change", Region: "egrid:CAMX", From: 2007, To: 2007, Value: "718", Unit: "lb CO2e/MWh", Distribution: "lognormal(718, 1.1)",
		Flow: "production", Point: "generation", Scope: "operational", Margin: "average", Quality: "modelled"}
	if len(california) != 1 || california[0] != want {
		t.Errorf("got  %+v\nwant %+v", california, want)
	}
	// 718 lb/MWh x 0.45359237 = 325.68 g/kWh
	if f, ok := unit.Factor(unit.MustParse("lb CO2e/MWh"), unit.MustParse("g CO2e/kWh")); !ok || fmt.Sprintf("%.2f", 718*f) != "325.68" {
		t.Errorf("a pound per MWh is %v g/kWh", f)
	}
}

func TestAMappingReadsSemicolonsAndDecimalCommas(t *testing.T) {
	got := imported(t, "mapped", Options{Mapping: mappingOf(t, "weights.yaml")}, published(t, "boavizta-pcf/boavizta-data-fr.csv"))
	server := got.find("device_mass", Row{Technology: "PowerEdge C4140"})
	if len(server) != 1 || server[0].Value != "22.225" || server[0].Note != "Server" || !strings.HasSuffix(server[0].Source, "carbon-footprint-poweredge-c4140.pdf") {
		t.Errorf("%+v", server)
	}
	if rows, left := len(got.rows["device_mass"]), len(got.left); rows+left != 1226 || !got.tables["device_mass"].OwnSources {
		t.Errorf("%d rows and %d left out of 1226", rows, left)
	}
}

// mappedText imports a text by a mapping and prints its rows and what is left out.
func mappedText(t *testing.T, mapping, csv string, o Options, probs *diag.List) string {
	t.Helper()
	m := text("m.yaml", mapping)
	o.Mapping = &m
	got := importedWith(t, "mapped", o, probs, text("a.csv", csv))
	var out []string
	for _, rows := range got.rows {
		for _, r := range rows {
			fields := []string{r.Factor, r.Category, r.Region, r.Technology, fmt.Sprintf("%d-%d", r.From, r.To), r.Value, r.Unit, r.Distribution, r.Source, r.Released, r.Note}
			out = append(out, strings.TrimRight(strings.Join(fields, "|"), "|"))
		}
	}
	for _, l := range got.left {
		out = append(out, fmt.Sprintf("%s %s: %s", l.Place, l.What, l.Why))
	}
	return strings.Join(out, "\n")
}

const head = "table: {name: t, title: T, source: S, url: https://a, licence: CC0-1.0, released: 2025}\n"

func TestWhatAMappingMaySay(t *testing.T) {
	for _, c := range []struct{ name, mapping, csv, want string }{
		{"the example of the help", strings.ReplaceAll("\n"+mappingExample, "\n    ", "\n"), "Netze;;\n\nLand;Jahr;Wert\nFrankreich;2023;53,26\nTschechien;2023;400,5\nSumme;2023;1\nDEU;2023;..\n",
			"electricity|climate_change|CZE||2023-2023|400.5|g CO2e/kWh|lognormal(400.5, 1.2)\na.csv:4 Frankreich 2023: the registry has no region \"Frankreich\"\na.csv:6 Summe 2023: a group of countries\na.csv:7 DEU 2023: not available"},
		{"several values in a record", head + `
row: {factor: electricity, region: {column: name}, year: 2024, quality: modelled, distribution: fixed}
rows:
  - {value: {column: gwp}, category: climate_change, unit: kg CO2e/kWh}
  - {value: {column: pe}, category: primary_energy, unit: MJ/kWh, note: total}
`, "name,adpe,gwp,pe\nFRA,1,0.05,11.3\nDEU,1,,10\n", `electricity|climate_change|FRA||2024-2024|0.05|kg CO2e/kWh|fixed
electricity|primary_energy|FRA||2024-2024|11.3|MJ/kWh|fixed|||total
electricity|primary_energy|DEU||2024-2024|10|MJ/kWh|fixed|||total
a.csv:3:7 DEU gwp: no value`},
		{"years as headings", head + `
row: {factor: my_share, region: {column: Country Code}, unit: "1", quality: reported, distribution: "triangular(0, value, 1)"}
wide: {becomes: year}
`, "Country Name,Country Code,Indicator,2019 [YR2019],X2020,\nFrance,FRA,share,0.5,,\nGermany,DEU,share,0,0.5,\n", `my_share||FRA||2019-2019|0.5|1|triangular(0, 0.5, 1)
my_share||DEU||2019-2019|0|1|fixed
my_share||DEU||2020-2020|0.5|1|triangular(0, 0.5, 1)
a.csv:2:22 France FRA X2020: no value`},
		{"technologies as headings, some of them", head + `
row: {factor: electricity_mix, region: {column: c}, year: {column: y}, unit: "%", quality: reported, distribution: fixed}
wide: {becomes: technology, except: [total], alias: {Hard coal: coal}}
skip: [{value: [n/a, -1], why: missing}]
`, "c;y;Hard coal;gas;total\nFRA;2020.0;1,5;n/a;100\nFRA;2021;-1,0;2;100\n", `electricity_mix||FRA|coal|2020-2020|1.5|%|fixed
electricity_mix||FRA|gas|2021-2021|2|%|fixed
a.csv:2:16 FRA 2020.0 gas: missing
a.csv:3:10 FRA 2021 Hard coal: missing`},
		{"columns that are listed, one of them no region", head + `
row: {factor: electricity, category: climate_change, year: {column: y}, unit: g CO2e/kWh, quality: reported, distribution: fixed}
wide: {becomes: region, columns: [FRA, Narnia]}
`, "y,FRA,Narnia,DEU\n2020,1,2,3\n2021,4,5,6\n", "electricity|climate_change|FRA||2020-2020|1|g CO2e/kWh|fixed\nelectricity|climate_change|FRA||2021-2021|4|g CO2e/kWh|fixed\na.csv:1 column Narnia: the registry has no region \"Narnia\""},
		{"a span of years and sources of the rows", head + `
row: {factor: pue, technology: {column: who, prefix: "dc:"}, from: 2020, to: {column: until}, value: {column: v}, unit: "1", quality: reported, distribution: "lognormal(value, 1.05)", source: {column: s}, released: {column: d}}
`, "who,until,v,s,d\na,2022,1.2,Report of a,2023-04\n,2022,1.2,Report of b,2023\n", "pue|||dc:a|2020-2022|1.2|1|lognormal(1.2, 1.05)|Report of a|2023-04\na.csv:3 2022: no technology"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var probs diag.List
			if got := mappedText(t, c.mapping, c.csv, Options{}, &probs); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			for _, p := range probs.Problems() {
				if p.Severity == diag.Error || p.Code != diag.UnusedName {
					t.Error(p)
				}
			}
		})
	}
}

func TestOptionsOverrideAMapping(t *testing.T) {
	mapping := `
table: {name: t, title: T, source: S, url: https://a, licence: CC0-1.0}
row: {factor: x_y, year: 2020, value: {column: v}, unit: kg, quality: reported, distribution: fixed}
`
	var probs diag.List
	if got := mappedText(t, mapping, "v\n1\n", Options{Year: 2022, Released: "2024-05"}, &probs); got != "x_y||||2022-2022|1|kg|fixed" || probs.Err() != nil {
		t.Errorf("%s %v", got, probs.Err())
	}
	probs = diag.List{}
	mappedText(t, mapping, "v\n1\n", Options{}, &probs)
	expectProblems(t, &probs, `m.yaml:2:8: the key "released" is missing [missing-key]`)
}

func TestEveryProblemOfAMappingIsToldAtItsPlace(t *testing.T) {
	const row = "row: {factor: electricity, category: climate_change, region: FRA, year: 2020, value: {column: v}, unit: g CO2e/kWh, quality: reported, distribution: fixed}\n"
	for _, c := range []struct {
		name, mapping, csv string
		want               []string
	}{
		{"nothing in it", "# later\n", "v\n1\n", []string{"m.yaml:1:1: the file is empty"}},
		{"a list", "- 1\n", "v\n1\n", []string{"m.yaml:1:1: expected a map with table, file, row, rows, wide, skip"}},
		{"an empty map", "{}", "v\n1\n", []string{`m.yaml:1:1: the key "table" is missing`, `the key "row" is missing`, `the key "factor" is missing`, `the key "unit" is missing`, `the key "distribution" is missing`,
			`the key "quality" is missing`, `the key "value" is missing`}},
		{"all of it at once", "table:\n  name: My Table\n  titel: T\n  source: S\n  url: a.org\n  licence: \"\"\n  released: May 2025\nfile: {separator: \";;\", decimal: \"'\", header: 0}\n" +
			"row:\n  facter: electricity\n  factor: electricty\n  category: climate\n  region: {colum: c}\n  year: y\n  value: v\n  unit: g CO2/kWh\n  flow: produced\n  quality: [good]\n  distribution: lognormal(1.2)\nskip:\n  - {column: w, why: x}\n  - {why: x}\n", "v;c\n1;2\n",
			[]string{`m.yaml:2:3: the key "title" is missing`, `m.yaml:2:9: expected a name in lower case`, `m.yaml:3:3: unknown key "titel" [unknown-key]` + "\n |   titel: T\n |   ^ did you mean title?",
				"m.yaml:5:8: expected an address", "m.yaml:6:12: licence is empty", "m.yaml:7:13: expected a date such as",
				`m.yaml:8:19: expected one character`, `m.yaml:8:34: expected "," or "."`, "m.yaml:8:47: header is the line",
				`m.yaml:10:3: unknown key "facter" [unknown-key]` + "\n |   facter: electricity\n |   ^ did you mean \"factor\"?", `m.yaml:11:11: no pack of the program defines the factor "electricty"`,
				`m.yaml:12:13: unknown category "climate" [bad-value]` + "\n |   category: climate\n |             ^ did you mean \"climate_change\"?", `m.yaml:13:11: the key "column" is missing`, `m.yaml:13:12: unknown key "colum"`,
				`m.yaml:14:9: expected a year from 1900 to 2200, found "y"`, `m.yaml:15:10: a value is read from a column [bad-value]` + "\n |   value: v\n |          ^ write value: {column: v}",
				`m.yaml:16:9: `, `m.yaml:17:9: unknown flow "produced"`, `m.yaml:18:12: expected a text that every row gets`, `m.yaml:19:17: `,
				`m.yaml:21:5: the key "is" is missing`, `m.yaml:22:5: write {column: NAME, is: TEXT, why: ...} or`}},
		{"columns that the file does not have", head + "row: {factor: electricity, category: climate_change, region: {column: Coed}, year: {column: y}, value: {column: v}, unit: g CO2e/kWh, quality: reported, distribution: fixed}\nskip: [{column: nmae, is: a, why: b}]\n",
			"Code,y,y,name,v\nFRA,1,1,x,2\n", []string{`m.yaml:2:71: the file has no column "Coed" [missing-column]`, `m.yaml:2:93: the column "y" stands twice in the file`, `m.yaml:3:17: the file has no column "nmae"`}},
		{"a constant that is a column", head + "row: {factor: electricity, category: climate_change, region: Code, technology: Model, year: 2020, value: {column: v}, unit: g CO2e/kWh, quality: reported, distribution: fixed}\n",
			"Code,Model,v\nFRA,1,1\n", []string{`m.yaml:2:62: the registry has no region "Code" [bad-value]` + "\n", `m.yaml:2:80: warning: every row gets the technology "Model", which is a column of the file too`, "m.yaml:2:80: electricity is found by region, year, not by technology: nothing would read it"}},
		{"a unit of something else, and keys that a factor needs", head + "row: {factor: electricity, category: climate_change, year: 2020, value: {column: v}, unit: g CO2e, quality: reported, distribution: fixed}\n",
			"v\n1\n", []string{`m.yaml:2:6: electricity is found by region, year: the key "region" is missing`, "m.yaml:2:92: g CO2e cannot be converted to kg CO2e/kWh, the unit of electricity [unit-mismatch]"}},
		{"a wide file that is none", head + "row: {factor: x_y, region: FRA, value: {column: v}, unit: kg, quality: reported, distribution: fixed}\nwide: {becomes: region, columns: [w], except: [u], alias: {v: Narnia}}\n", "v\n1\n",
			[]string{"m.yaml:2:28: region is what the headings are", "m.yaml:2:40: the columns of a wide file hold the values", `m.yaml:3:35: the file has no column "w"`, `m.yaml:3:48: the file has no column "u"`, `m.yaml:3:63: the registry has no region "Narnia"`}},
		{"headings that are no years", head + "row: {factor: x_y, unit: kg, quality: reported, distribution: fixed}\nwide: {becomes: year}\n", "a,b\n1,2\n", []string{"m.yaml:3:7: the file has no column whose heading may be a year"}},
		{"headings that become nothing", head + "row: {factor: x_y, unit: kg, quality: reported, distribution: fixed}\nwide: {becomes: regoin, columns: [a]}\n", "a,b\n1,2\n", []string{`m.yaml:2:6: the key`, `m.yaml:3:17: the headings of columns cannot become "regoin"`}[1:]},
		{"years that do not fit", head + "row: {factor: x_y, from: 2020, year: 2020, value: {column: v}, unit: kg, quality: reported, distribution: fixed}\n", "v\n1\n", []string{"m.yaml:2:6: only one of from and to is given"}},
		{"cells that are wrong", head + "row: {factor: x_y, region: {column: r}, year: {column: y}, value: {column: v}, unit: {column: u}, quality: reported, distribution: {column: d}}\n",
			"r,y,v,u,d\nFRA,20,1,kg,fixed\nFRA,2020,x,kg,fixed\nFRA,2020,-1,kg,fixed\nFRA,2020,1,Kg,fixed\nFRA,2020,1,kg,normal\nFRA,2020,1,kg,\"lognormal(2, 1.1)\"\n\"FRA\",2020,1,kg,fixed\n",
			[]string{"a.csv:2:5 column y: expected a year from 1900 to 2200, found \"20\"", `a.csv:3:10 column v: expected a number, found "x"`, "a.csv:4:10 column v: the value -1 is negative", "a.csv:5:12 column u: ", "a.csv:6:15 column d: ",
				"a.csv:7:10 column v: the median of lognormal(2, 1.1) is 2, the value is 1"}},
		{"conditions and aliases that nothing meets", head + "row: {factor: x_y, region: {column: r, alias: {Frnace: FRA}}, value: {column: v}, unit: kg, quality: reported, distribution: fixed}\nskip: [{value: 7, why: x}]\n", "r,v\nFRA,1\n",
			[]string{`m.yaml:2:48: warning: nothing is called "Frnace" in a.csv`, "m.yaml:3:8: warning: nothing in a.csv is skipped by this"}},
		{"no row at all", head + "row: {factor: x_y, region: {column: r}, value: {column: v}, unit: kg, quality: reported, distribution: fixed}\n", "r,v\nNarnia,1\n", []string{"a.csv: the mapping gives no row of the file, which has 1 records"}},
		{"a file without a header", head + strings.Replace(row, "reported", "good", 1), "", []string{"a.csv: the file has no header", `m.yaml:2:126: unknown quality "good"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var probs diag.List
			mappedText(t, c.mapping, c.csv, Options{}, &probs)
			expectProblems(t, &probs, c.want...)
		})
	}
	var probs diag.List
	importedWith(t, "mapped", Options{}, &probs, text("a.csv", "v\n1\n"))
	expectProblems(t, &probs, "a.csv: what the columns mean is not said")
}

func TestAMappingHoldsForSeveralFiles(t *testing.T) {
	m := text("m.yaml", head+"row: {factor: x_y, technology: {column: n}, value: {column: v}, unit: kg, quality: reported, distribution: fixed}\n")
	var probs diag.List
	got := importedWith(t, "mapped", Options{Mapping: &m}, &probs, text("a.csv", "n,v\na,1\n"), text("b.csv", "n;v\nb;2,5\n"), text("c.csv", "n,w\nc,1\n"), text("d.csv", "n,w\nd,1\n"))
	expectProblems(t, &probs, `m.yaml:2:61: the file has no column "v"`)
	if rows := got.rows["t"]; len(rows) != 2 || rows[1].Value != "2.5" {
		t.Errorf("%+v", rows)
	}
}

// FuzzMapping looks for a mapping or a file that is not refused in words.
func FuzzMapping(f *testing.F) {
	for _, name := range []string{"owid.yaml", "egrid_wide.yaml", "weights.yaml"} {
		content, err := os.ReadFile(filepath.Join("testdata", "mappings", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(content), "Code,Year,Carbon intensity of electricity per kWh\nFRA,2020,1\n")
		f.Add(string(content), "Year,CAMX,X\n2020,1,2\n")
	}
	f.Add(head+"row: {factor: a}\nrows: [{}, null, 1]\nwide:\nskip: [1, {value: [[]]}]\n", "a\n")
	f.Fuzz(func(t *testing.T, mapping, csv string) {
		var probs diag.List
		m := text("m.yaml", mapping)
		packed(t, "mapped", Options{Mapping: &m}, &probs, text("a.csv", csv))
	})
}

// Whether a value fits between the other parameters is seen row by row; a mapping that fits none of its rows is not to be told from one that fits all.
func TestADistributionAboutTheValueMayBindIt(t *testing.T) {
	for _, text := range []string{"uniform(0, value)", "pert(0, value, 0.9)", "truncated_normal(value, 0.1, 0, 0.5)", "lognormal_interval(value, 0.5)", "discrete(value 2, 1 1)",
		"normal(value, 0.1)", "lognormal(value, 1.2)", "empirical(0.9, value, 1.1)"} {
		if got, problem := distributionText(text); problem != nil || got != text {
			t.Errorf("%s: %q, %v", text, got, problem)
		}
	}
	for _, text := range []string{"lognormal(value, 0.9)", "normal(value)", "pert(0, 2, 1)", "beta(value, 1)"} {
		if _, problem := distributionText(text); problem == nil {
			t.Errorf("%s was accepted", text)
		}
	}
}
