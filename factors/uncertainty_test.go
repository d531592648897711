package factors

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ai-impact-observatory/ailca/lca/dist"
)

// The published example: of carbon dioxide or energy (basic variance 0.0006) with the scores 2, 2, 3, 2, 3 the variance of the logarithm is
// 0.0006 + 0.0006 + 0.0001 + 0.002 + 0.000025 + 0.008 = 0.011325, and the square of the geometric standard deviation exp(2 × sqrt(0.011325)), published as 1.237185.
func TestAPedigreeGivesTheLognormalOfItsVariances(t *testing.T) {
	for text, want := range map[string]float64{
		"pedigree(2,2,3,2,3)":              1.237185,
		"pedigree(2, 2, 3, 2, 3)":          1.237185,
		"pedigree(2,2,3,2,3,basic 0.0006)": 1.237185,
		"pedigree(1,1,1,1,1)":              1.050210, // exp(2 × sqrt(0.0006))
		"pedigree(1,1,1,1,1,basic 0)":      1,
		"pedigree(1,1,1,1,1,basic 0.12)":   1.999346, // exp(2 × sqrt(0.12)), transport
		"pedigree(5,5,5,5,5)":              2.503835, // exp(2 × sqrt(0.0006 + 0.04 + 0.008 + 0.04 + 0.002 + 0.12))
	} {
		u, err := parseUncertainty(text)
		if err != nil || math.Abs(u.gsd2-want) > 1e-6 {
			t.Errorf("%s: the square of the geometric standard deviation is %v, want %v; %v", text, u.gsd2, want, err)
		}
		if u.words != text || u.spread {
			t.Errorf("%s is kept as %q", text, u.words)
		}
		d, err := u.around(100)
		if err != nil || d.Family() != dist.Lognormal || d.Params()[0] != 100 || d.Params()[1] != u.gsd2 {
			t.Errorf("%s about 100 is %v, %v", text, d, err)
		}
		if d, err := u.around(0); err != nil || d.Family() != dist.Fixed {
			t.Errorf("%s about 0 is %v, %v", text, d, err)
		}
	}
}

func TestThePedigreeMatrixHasFiveScoresOfFiveIndicatorsThatOnlyGetWorse(t *testing.T) {
	matrix := Pedigree()
	if len(matrix) != 25 {
		t.Fatalf("%d entries", len(matrix))
	}
	names := map[string]bool{}
	for i, ind := range matrix {
		names[ind.Name] = true
		switch {
		case ind.Score != i%5+1 || ind.Name != matrix[i-i%5].Name || ind.Description == "":
			t.Errorf("entry %d is %+v", i, ind)
		case ind.Score == 1 && ind.Variance != 0:
			t.Errorf("the best score widens: %+v", ind)
		case ind.Score > 1 && ind.Variance <= matrix[i-1].Variance:
			t.Errorf("a worse score is no wider: %+v", ind)
		}
	}
	if len(names) != 5 {
		t.Errorf("the indicators are %v", names)
	}
}

// spreadPack is the embodied climate change of devices as series publish it.
func spreadPack(t *testing.T, rows string) *Pack {
	t.Helper()
	text := `pack: p
version: "1"
status: draft
date: "2026-01-31"
title: Devices
factors:
  - {name: embodied, title: Devices, per: "1", keys: [technology]}
tables:
  - file: rows.csv
    licence: CC0-1.0
    constant: {factor: embodied, category: climate_change, quality: modelled, source: S, url: "https://example.org"}
series:
`
	for _, name := range strings.Split("a b c d e", " ") {
		text += fmt.Sprintf("  - {name: %s, title: T, why: its place}\n", name)
	}
	p, probs := loadFrom(fstest.MapFS{"p/pack.yaml": {Data: []byte(text)}, "p/rows.csv": {Data: []byte("technology,value,unit,series,boundary,released,distribution\n" + rows)}}, "p")
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

// Five values of the H100: 154.2, 164, 225, 273 and 575.1 kg. Their logarithms have the sample standard deviation 0.5297; exp(2 × 0.5297) = 2.8849.
func TestASpreadIsThatOfTheSeriesValues(t *testing.T) {
	if got := gsd2([]float64{154.2, 164, 225, 273, 575.1}); math.Abs(got-2.8849) > 5e-5 {
		t.Errorf("the spread of the five values is %v", got)
	}
	const rows = `h100,164,kg CO2e,a,accelerator,2025,spread
h100,154200,g CO2e,b,accelerator,2025,fixed
h100,225,kg CO2e,c,accelerator,2024,fixed
h100,1,kg CO2e,c,accelerator,2023,fixed
h100,273,kg CO2e,d,accelerator,2025,fixed
h100,575.1,kg CO2e,e,accelerator,2025,fixed
h100,9,kg CO2e,e,die,2025,fixed
h100,2000,kg CO2e,e,server,2025,fixed
b200,300,kg CO2e,a,accelerator,2025,spread(h100)
b200,0,kg CO2e,,server,2025,fixed
`
	lines := strings.SplitAfter(rows, "\n")
	want := map[string]string{}
	for shift := range lines {
		p := spreadPack(t, strings.Join(append(lines[shift:len(lines):len(lines)], lines[:shift]...), ""))
		for i := range p.Rows {
			r := &p.Rows[i]
			if !strings.HasPrefix(r.Uncertainty, "spread") {
				continue
			}
			params := r.Distribution.Params()
			if r.Distribution.Family() != dist.Lognormal || params[0] != r.Value || math.Abs(params[1]-2.8849) > 5e-5 {
				t.Errorf("%s has the spread %v", r, r.Distribution)
			}
			// To the last bit, whatever the order of the rows.
			if bits := fmt.Sprintf("%x", params[1]); want[r.Technology] == "" {
				want[r.Technology] = bits
			} else if want[r.Technology] != bits {
				t.Errorf("%s has the spread %s in one order of rows, %s in another", r, want[r.Technology], bits)
			}
		}
	}
	if len(want) != 2 {
		t.Errorf("spreads of %v", want)
	}
}
