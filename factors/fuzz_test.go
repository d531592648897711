package factors

import (
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// fuzzed loads a pack from strange files and checks what holds of any: each problem stands within its file (in YAML a \r alone ends a line too), and where there is no error every row is whole
// and found by its own key, or one that stands before it is.
func fuzzed(t *testing.T, fsys fstest.MapFS, o Options) {
	var probs diag.List
	p := load([]At{{fsys, "p", "p"}}, o, limits{1 << 20, 1 << 21, 3, 1000}, &probs)
	for _, problem := range probs.Problems() {
		at := problem.Place
		if f := fsys[at.File]; f != nil && (at.Line > strings.Count(string(f.Data), "\n")+strings.Count(string(f.Data), "\r")+1 || at.Col < 0) {
			t.Fatalf("a problem stands at %s, behind the end: %s", at, problem)
		}
		_ = problem.String()
	}
	if p == nil {
		if probs.Err() == nil {
			t.Fatal("no pack and no error")
		}
		return
	}
	for i := range p.Rows {
		r := &p.Rows[i]
		if int(r.ID) != i || r.Source == "" || r.Licence == "" || r.Released == "" || r.Quality == "" || !(r.Value >= 0) || math.IsInf(r.Value, 0) || r.From > r.To {
			t.Fatalf("row %d is kept: %+v", i, r)
		}
		if probs.Err() != nil {
			continue
		}
		key := Key{r.Factor, r.Category, r.Region, r.Technology, r.From}
		found, err := p.Resolve(key, r.selectors(), Policy{})
		if err != nil {
			if _, open := p.Ambiguity(r.Factor, r.Category, r.selectors()).(*Ambiguous); !open {
				t.Fatalf("row %d is not found: %v", i, err)
			}
			continue
		}
		if found.Row != r && !found.Row.before(r) {
			t.Fatalf("row %d stands behind row %d", i, found.Row.ID)
		}
		f := p.NewFinder(r.Factor, r.Category, r.selectors(), Policy{})
		if again, err := f.Find(f.Region(r.Region), f.Technology(r.Technology), r.From); err != nil || again != found {
			t.Fatalf("row %d: a finder finds %v, %v", i, again, err)
		}
	}
	findings, _ := p.Lint()
	for i := range findings {
		_ = findings[i].Problem().String()
	}
}

// FuzzTable reads anything as a factor table, with and without a description in pack.yaml.
func FuzzTable(f *testing.F) {
	header := strings.Join(columnNames[:colSeries], ",") + "\n"
	f.Add([]byte(header + "electricity,climate_change,FRA,,2020,2021,0.1,kg CO2e/kWh,\"lognormal(0.1, 1.5)\",,production,generation,life_cycle,average,reported,S,https://e.org,2026-01,CC0-1.0,\"a \"\"note\"\"\nin two lines\"\n"))
	f.Add([]byte("\ufeff" + strings.ReplaceAll(header, "\n", "\r\n") + "embodied,climate_change,,gpü,,,1e2,kg CO2e,fixed,server,,,,,modelled,S,,2026,CC0-1.0,\r\n"))
	f.Add([]byte(header + "embodied,\"climate"))
	f.Add([]byte(tableHeader + "embodied,climate_change,,gpu,,,150,kg CO2e,spread,die,,,,,modelled,S,,2026,CC0-1.0,,x\nembodied,climate_change,,gpu,,,160,kg CO2e,\"pedigree(1,2,3,4,5)\",die,,,,,modelled,S,,2025-02,CC0-1.0,,y\n" +
		"embodied,climate_change,,gpu,,,170,kg CO2e,fixed,die,,,,,modelled,S,,2025-02,CC0-1.0,,z\nembodied,climate_change,,b,,,170,kg CO2e,spread(gpu),die,,,,,modelled,S,,2025-02,CC0-1.0,,z\n"))
	f.Add([]byte("region,valid_from,valid_to,value,series,released\nFRA,2020,2020,0.1,x,2025\nFRA,2020,2020,0.2,x,2026\nFRA,2020,2020,0.3,y,2026\nDEU,,,1e-3,,2026\n"))
	const series = `series:
  - {name: x, title: X, why: "1"}
  - {name: y, title: Y, why: "2"}
  - {name: z, title: Z, why: "3"}
`
	const described = series + `tables:
  - file: rows.csv
    licence: CC0-1.0
    constant: {factor: electricity, category: climate_change, unit: kg CO2e/kWh, distribution: "pedigree(1,1,1,1,1)", quality: reported, source: S}
`
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, more := range []string{"", series, described} {
			fuzzed(t, fstest.MapFS{"p/pack.yaml": {Data: []byte(miniature + more)}, "p/rows.csv": {Data: text}}, Options{})
		}
	})
}

// FuzzPack reads anything as pack.yaml beside two tables.
func FuzzPack(f *testing.F) {
	f.Add([]byte(miniature), "")
	f.Add([]byte(minimix), "2025-06-30")
	f.Add([]byte(rich), "2024-12-31")
	f.Add([]byte(minimix+`tables:
  - {file: a.csv, licence: CC0-1.0, title: A, doc: D, constant: {series: x, unit: "1"}}
  - {file: b.csv, licence: "", constant: {value: 1}}
series:
  - {name: x, title: X, why: it is the only one}
accepted:
  - {lint: no-uncertainty, table: a.csv, factor: mix, region: FRA, reason: none is known}
`), "")
	f.Add([]byte(strings.Replace(miniature, "draft", "released", 1)), "today")
	f.Fuzz(func(t *testing.T, yaml []byte, day string) {
		fuzzed(t, fstest.MapFS{
			"p/pack.yaml":   {Data: yaml},
			"p/a.csv":       {Data: []byte(tableHeader + mixRows)},
			"p/b.csv":       {Data: []byte("region,technology,valid_from,valid_to,value\nFRA,coal,2020,2020,1\nUSA,coal,,,0\n,,,,2\n")},
			"p/" + SumsFile: {Data: []byte("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.csv\n")},
		}, Options{AsOf: day})
	})
}
