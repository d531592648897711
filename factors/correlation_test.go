package factors

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
)

const correlated = `pack: p
version: "1"
status: draft
date: "2026-01-31"
title: A pack with correlations
factors:
  - {name: electricity, title: Electricity, per: kWh, keys: [region, year]}
  - {name: pue, title: Overhead, per: "1", unit: "1", keys: [technology, year]}
  - {name: embodied, title: Devices, per: "1", keys: [technology]}
series:
  - {name: maker, title: The maker's, why: it built them}
  - {name: model, title: A model's, why: for want of the maker's}
tables:
  - file: rows.csv
    licence: CC0-1.0
    constant: {quality: reported, source: S, url: "https://example.org"}
correlations:
  - {factor: electricity, categories: [climate_change], along: [year], rho: 0.9, source: one method for all years}
  - {factor: pue, along: [year, technology], rho: 0.5, source: an assumption}
  - {factor: embodied, along: [series, technology], rho: 1, source: one footprint for all}
`

const correlatedRows = `factor,category,region,technology,valid_from,valid_to,value,unit,distribution,boundary,scope,series,released
electricity,climate_change,FRA,,2020,2020,50,g CO2e/kWh,"lognormal(50, 1.1)",,life_cycle,,2024
electricity,climate_change,FRA,,2021,2023,55,g CO2e/kWh,"lognormal(55, 1.1)",,life_cycle,,2025
electricity,climate_change,FRA,,2020,2020,40,g CO2e/kWh,"lognormal(40, 1.1)",,operational,,2024
electricity,climate_change,DEU,,2020,2020,350,g CO2e/kWh,"lognormal(350, 1.1)",,life_cycle,,2024
electricity,primary_energy,FRA,,2020,2020,10,MJ/kWh,"lognormal(10, 1.1)",,operational,,2024
pue,,,google,2020,2020,1.1,1,"uniform(1.095, 1.105)",,,,2024
pue,,,one (of two),,,1.1,1,"pedigree(2,1,2,1,1)",,,,2024
embodied,climate_change,,h100,,,164,kg CO2e,"lognormal(164, 2)",accelerator,,maker,2025-07
embodied,climate_change,,h100,,,200,kg CO2e,"lognormal(200, 2)",accelerator,,model,2026
embodied,climate_change,,h200,,,180,kg CO2e,"lognormal(180, 2)",accelerator,,maker,2025-07
`

func correlatedPack(t *testing.T, rows string, over fstest.MapFS) *Pack {
	t.Helper()
	fsys := fstest.MapFS{"p/pack.yaml": &fstest.MapFile{Data: []byte(correlated)}, "p/rows.csv": &fstest.MapFile{Data: []byte(rows)}}
	layers := []At{{fsys, "p", "p"}}
	if over != nil {
		layers = append(layers, At{over, "over", "over"})
	}
	var probs diag.List
	p := Stack(layers, Options{}, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(probs.Problems())
	}
	return p
}

func TestRowsThatDifferOnlyAlongADeclarationShareAnError(t *testing.T) {
	p := correlatedPack(t, correlatedRows, nil)
	for i, want := range []struct {
		name string
		rho  float64
	}{
		{"electricity climate_change FRA life_cycle, all years", 0.9},
		{"electricity climate_change FRA life_cycle, all years", 0.9},
		{"electricity climate_change FRA operational, all years", 0.9},
		{"electricity climate_change DEU life_cycle, all years", 0.9},
		{"", 0},
		{"pue, all years and technologies", 0.5},
		{"pue, all years and technologies", 0.5},
		{"embodied climate_change accelerator, all technologies and series", 1},
		{"embodied climate_change accelerator, all technologies and series", 1},
		{"embodied climate_change accelerator, all technologies and series", 1},
	} {
		if name, rho := p.Common(&p.Rows[i]); name != want.name || rho != want.rho {
			t.Errorf("%s: %q, %v", &p.Rows[i], name, rho)
		}
	}
}

func TestARowIsDrawnUnderANameOfItsOwn(t *testing.T) {
	p := correlatedPack(t, correlatedRows, nil)
	want := []string{
		"electricity climate_change FRA 2020 life_cycle (2024)",
		"electricity climate_change FRA 2021-2023 life_cycle (2025)",
		"electricity climate_change FRA 2020 operational (2024)",
		"electricity climate_change DEU 2020 life_cycle (2024)",
		"electricity primary_energy FRA 2020 operational (2024)",
		"pue google 2020 (2024)",
		`pue "one (of two)" (2024)`,
		"embodied climate_change h100 accelerator by maker (2025-07)",
		"embodied climate_change h100 accelerator by model (2026)",
		"embodied climate_change h200 accelerator by maker (2025-07)",
	}
	for i, name := range want {
		if got := p.QuantityName(&p.Rows[i]); got != name {
			t.Errorf("%q, want %q", got, name)
		}
	}
}

// Names are keys of draws: what is added beside a row, under or over it, must not give it another.
func TestNamesStayWhenRowsAndLayersAreAdded(t *testing.T) {
	before := correlatedPack(t, correlatedRows, nil)
	head := correlatedRows[:strings.Index(correlatedRows, "\n")+1]
	added := head + "pue,,,aws,2020,2020,1.2,1,\"uniform(1.195, 1.205)\",,,,2024\n" + correlatedRows[len(head):] +
		"embodied,climate_change,,h100,,,190,kg CO2e,\"lognormal(190, 2)\",server,,maker,2025-07\n"
	over := fstest.MapFS{"over/pack.yaml": &fstest.MapFile{Data: []byte(`pack: mine
version: "3"
status: draft
date: "2026-01-31"
title: Rows of my own
tables:
  - file: rows.csv
    licence: CC0-1.0
    constant: {factor: electricity, category: climate_change, unit: g CO2e/kWh, scope: life_cycle, distribution: "pedigree(1,1,1,1,1)", quality: reported, source: S, url: "https://example.org", released: 2024}
`)}, "over/rows.csv": &fstest.MapFile{Data: []byte("region,valid_from,valid_to,value\nFRA,2020,2020,51\n")}}
	after := correlatedPack(t, added, over)
	names := map[string]bool{}
	commons := map[string]float64{}
	for i := range after.Rows {
		r := &after.Rows[i]
		if names[after.QuantityName(r)] {
			t.Errorf("two rows are drawn as %q", after.QuantityName(r))
		}
		names[after.QuantityName(r)] = true
		name, rho := after.Common(r)
		commons[name] = rho
	}
	for i := range before.Rows {
		r := &before.Rows[i]
		if !names[before.QuantityName(r)] {
			t.Errorf("no row is drawn as %q any more", before.QuantityName(r))
		}
		if name, rho := before.Common(r); commons[name] != rho {
			t.Errorf("%q: %v, then %v", name, rho, commons[name])
		}
	}
	mine := &after.Rows[len(after.Rows)-1]
	if name := after.QuantityName(mine); name != "mine: electricity climate_change FRA 2020 life_cycle (2024)" {
		t.Errorf("the row of the upper layer is drawn as %q", name)
	}
	if name, rho := after.Common(mine); name != "" || rho != 0 {
		t.Errorf("the row of the upper layer shares %q, which is declared beneath", name)
	}
}

func TestEveryRowOfTheEmbeddedPacksHasANameOfItsOwnAndKeepsItsBounds(t *testing.T) {
	for _, ref := range EmbeddedNames() {
		var probs diag.List
		p := Embedded(ref, &probs)
		if err := probs.Err(); err != nil {
			t.Fatal(ref, err)
		}
		at := map[string]*Row{}
		for i := range p.Rows {
			r := &p.Rows[i]
			name := p.QuantityName(r)
			if other := at[name]; other != nil {
				t.Errorf("%s: %s and %s are drawn as %q", ref, other, r, name)
			}
			at[name] = r
			if common, _ := p.Common(r); at[common] != nil {
				t.Errorf("%s: the error that %s shares is called as %s", ref, r, at[common])
			}
			lo, hi := p.Bounds(r)
			if !(lo >= 0 && lo <= r.Value && r.Value <= hi) {
				t.Errorf("%s: %s is %v, bounded by %v and %v", ref, r, r.Value, lo, hi)
			}
			if r.Distribution.Family() == dist.Fixed {
				continue
			}
			if least, most := r.Distribution.Quantile(0.001), r.Distribution.Quantile(0.999); least < lo-1e-9 || most > hi+1e-9 {
				t.Errorf("%s: %s of %s reaches from %v to %v, beyond %v to %v", ref, r.Distribution, r, least, most, lo, hi)
			}
		}
	}
}

func TestScoresNearABoundKeepTheMedianAndTheSpread(t *testing.T) {
	p := correlatedPack(t, correlatedRows, nil)
	r := &p.Rows[6] // PUE 1.1, variance 0.0006 + 0.0006 + 0.0002
	if r.Distribution.Family() != dist.TruncatedNormal {
		t.Fatal(r.Distribution)
	}
	sd := 1.1 * math.Sqrt(0.0014)
	want := []float64{1.1, sd, 1, 1.2}
	for i, v := range r.Distribution.Params() {
		if math.Abs(v-want[i]) > 1e-12 {
			t.Errorf("%v, want %v", r.Distribution.Params(), want)
		}
	}
	if median, ok := r.Distribution.Median(); !ok || math.Abs(median-1.1) > 1e-12 {
		t.Errorf("the median is %v", median)
	}
	if lo, hi := p.Bounds(r); lo != 1 || !math.IsInf(hi, 1) {
		t.Errorf("bounds %v, %v", lo, hi)
	}
}

func TestBoundsAreInTheUnitOfTheRow(t *testing.T) {
	pack := `pack: p
version: "1"
status: draft
date: "2026-01-31"
title: Shares
factors:
  - {name: share, title: A share, per: "1", unit: "%", keys: [technology], min: 10, max: 90}
tables:
  - file: rows.csv
    licence: CC0-1.0
    constant: {factor: share, distribution: fixed, quality: reported, source: S, url: "https://example.org", released: 2024}
`
	rows := "technology,value,unit\na,50,%\nb,0.5,1\n"
	p, probs := loadFrom(fstest.MapFS{"p/pack.yaml": &fstest.MapFile{Data: []byte(pack)}, "p/rows.csv": &fstest.MapFile{Data: []byte(rows)}}, "p")
	if err := probs.Err(); err != nil {
		t.Fatal(probs.Problems())
	}
	for i, want := range [][2]float64{{10, 90}, {0.1, 0.9}} {
		if lo, hi := p.Bounds(&p.Rows[i]); math.Abs(lo-want[0]) > 1e-12 || math.Abs(hi-want[1]) > 1e-12 {
			t.Errorf("%v, %v, want %v", lo, hi, want)
		}
	}
}

// The factors that an upper layer ranks come before those that the layers beneath do; a name that there is not, and one that stands twice, are told in place.
func TestFactorsAreRanked(t *testing.T) {
	p := correlatedPack(t, correlatedRows, fstest.MapFS{"over/pack.yaml": &fstest.MapFile{Data: []byte("pack: over\nversion: \"1\"\nstatus: draft\ndate: 2026-01-01\ntitle: Over\ntables: []\nrank: [pue]\n")}})
	if want := []string{"pue"}; !slices.Equal(p.Rank, want) {
		t.Errorf("got %v, want %v", p.Rank, want)
	}
	ranked := func(rank string) (*Pack, diag.List) {
		fsys := fstest.MapFS{"p/pack.yaml": &fstest.MapFile{Data: []byte(correlated + rank)}, "p/rows.csv": &fstest.MapFile{Data: []byte(correlatedRows)}}
		var probs diag.List
		return Stack([]At{{fsys, "p", "p"}}, Options{}, &probs), probs
	}
	if p, probs := ranked("rank: [embodied, electricity]\n"); probs.Err() != nil || !slices.Equal(p.Rank, []string{"embodied", "electricity"}) {
		t.Errorf("got %v, %v", p.Rank, probs.Err())
	}
	_, probs := ranked("rank: [embodied, electrcity, embodied]\n")
	for _, want := range []string{`the pack defines no factor "electrcity"`, "did you mean electricity?", "the factor embodied is ranked twice"} {
		if err := probs.Err(); err == nil || !strings.Contains(fmt.Sprint(err, probs.Problems()), want) {
			t.Errorf("want %s, got %v", want, probs.Problems())
		}
	}
}
