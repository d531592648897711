package scenarios

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// below is what a scenario under test may rest on.
const below = head + `
regions: {nordics: {title: Nordic countries, members: [SWE, NOR, DNK]}}
drivers:
  volume: {basis: derived, by: region, of: {USA: {growth: 10 %}, nordics: {expr: a * 2}, otherwise: hold}}
  model_size: {basis: derived, by: task, of: {chat: {series: {2024: 1, 2030: 3}, between: growth}, otherwise: {value: 1}}}
  pue: {basis: derived, s_curve: {from: 1.5, to: 1.1, middle: 2027, width: 4}}
terms:
  a: {basis: derived, expr: year - 2023}
`

// Whatever a scenario's file holds, loading it ends soon, in problems at their places or in a scenario that answers for every year and key, and the same way every time.
func FuzzLoad(f *testing.F) {
	f.Add(withHead(manyKeys))
	f.Add(below)
	f.Add("based_on: below.yaml\ndrivers: {volume: , pue: {basis: derived, expr: volume + 1}}\n" + head)
	for _, ref := range Names() {
		name, version, _ := strings.Cut(ref, "@")
		text, err := embedded.ReadFile(name + "/" + version + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	files, _ := filepath.Glob("testdata/wrong/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(withHead(string(archive.Files[0].Data)))
	}
	f.Fuzz(loads)
}

// FuzzCourse is FuzzLoad of what a driver may say, and a term that it may read.
func FuzzCourse(f *testing.F) {
	for _, seed := range [][2]string{
		{"value: 3", "value: 2"}, {"expr: a * year", "unit: GWh/a, value: 1"}, {"growth: 12 %, start: 2", "growth: {2025: 40 %, 2028: -20 %}"},
		{"series: {2024: 1, 2030: 2}, between: growth", "series: {2026: 1, 2028: 2}, between: linear, before: growth, after: hold"},
		{"s_curve: {from: 1, to: 3, middle: 2027, width: 4}", "s_curve: {from: -1, to: 1e300, middle: 1e9, width: 1e-300}"},
		{"by: region, of: {USA: {expr: a}, nordics: {value: 2}, otherwise: hold}", "by: task, of: {chat: {expr: 'ln(year - 2024)'}, otherwise: {value: 1}}"},
		{"expr: 'year > 2026 ? a : a ?? 3'", "by: region, of: {EUR: {value: 2}, FRA: hold}"}, {"expr: 1 / (year - 2026)", "expr: volume"},
		{"by: region, of: {FRA: {growth: 3 %}, WOR: {expr: a}}, distribution: 'lognormal(1, 2)'", "by: kind, of: {deployments: {value: 3}}"},
		{"unit: '%', value: 50", "unit: kWh, expr: 'q(3, \"MWh\") * year'"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, driver, term string) {
		loads(t, "based_on: below.yaml\ndrivers:\n  volume: {basis: derived, "+driver+"}\n  shipments: {basis: derived, expr: volume + model_size}\nterms:\n  a: {basis: derived, "+term+"}\n"+head)
	})
}

// loads checks what comes of a file.
func loads(t *testing.T, text string) {
	t.Helper()
	began := time.Now()
	files := map[string]string{"mine.yaml": text, "below.yaml": below}
	s, problems := loaded(files)
	if took := time.Since(began); took > 20*time.Second {
		t.Fatalf("it took %s", took)
	}
	errors := 0
	for _, p := range problems {
		_ = p.String()
		if p.Severity == diag.Error {
			errors++
		}
		if p.Place.File != "mine.yaml" || p.Place.Line > strings.Count(text, "\n")+strings.Count(text, "\r")+2 {
			t.Fatalf("a problem outside the file: %s", p)
		}
	}
	if (s == nil) != (errors > 0) {
		t.Fatalf("a scenario: %t, and %d errors", s != nil, errors)
	}
	again, others := loaded(files)
	if fmt.Sprint(problems) != fmt.Sprint(others) {
		t.Fatalf("%v\nand then\n%v", problems, others)
	}
	if s == nil {
		return
	}
	answers(t, s)
	if s.values.combinations()*s.values.years() < 2000 && everyValue(s) != everyValue(again) {
		t.Fatal("loaded twice, the values differ")
	}
	for i, o := range s.Outcomes() {
		if !o.Met {
			t.Fatalf("published %d is not met", i)
		}
	}
}

// answers asks for each driver, key and year, and for more.
func answers(t *testing.T, s *Scenario) {
	t.Helper()
	for _, d := range slices.Concat(s.Drivers, s.Terms) {
		keys := []Asked{{}, {Region: "FRA"}, {Region: "nowhere", Task: "x", Category: "y", Kind: "z"}, {Region: "WOR", Category: "climate_change", Kind: "deployments"}}
		for _, c := range d.Values[:min(len(d.Values), 20)] {
			keys = append(keys, askedBy(&d, c.Key))
		}
		for _, g := range s.Regions[:min(len(s.Regions), 20)] {
			keys = append(keys, Asked{Region: g.Name}, Asked{Region: g.Members[0]})
		}
		for _, of := range keys {
			for y := s.From; y <= s.To; y++ {
				a, ok := s.Value(d.Name, of, y)
				if !ok || a.Given && (a.Held || a.Value-a.Value != 0) || !a.Given && a.Value != 0 {
					t.Fatalf("%s of %v in %d is %v %t", d.Name, of, y, a, ok)
				}
				if d.Definition != nil && a.Given && (d.Definition.Min != nil && a.Value < *d.Definition.Min || d.Definition.Max != nil && a.Value > *d.Definition.Max) {
					t.Fatalf("%s of %v in %d is %v", d.Name, of, y, a.Value)
				}
			}
			for _, y := range []int{s.From - 1, s.To + 1, 0, -1 << 62, 1 << 62} {
				if _, ok := s.Value(d.Name, of, y); ok {
					t.Fatalf("%s has a value of %d", d.Name, y)
				}
			}
		}
		if key := s.Nearest(d.Name, "FRA"); key != "" && d.By != "region" || s.Keys(d.Name)[0] != (Asked{}) {
			t.Fatalf("%s is told apart by %q, its key of France is %q", d.Name, d.By, key)
		}
	}
	if _, ok := s.Value("no_such_driver", Asked{}, s.From); ok || s.Keys("no_such_driver") != nil {
		t.Fatal("what is not there has values")
	}
}
