package factors

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// published opens a file as its source published it, for tests that compare the pack with it. Such files are not part of the project: they
// are looked for in AILCA_OPENDATA, else beside the checkout.
func published(t *testing.T, name string) *os.File {
	t.Helper()
	folder := os.Getenv("AILCA_OPENDATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "opendata")
	}
	f, err := os.Open(filepath.Join(folder, filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("the published file is not at hand: %v", err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// Every carbon intensity since 2015 that the source gives for a country or the world stands in the pack, in kg where the source has g, and
// nothing else does.
func TestElectricityIsWhatTheSourcePublished(t *testing.T) {
	records, err := csv.NewReader(published(t, "owid-ember/carbon-intensity-electricity.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var probs diag.List
	p := Embedded("open@2025.1", &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	type key struct {
		region string
		year   int
	}
	have := map[key]float64{}
	for _, r := range p.Rows {
		if r.Factor == "electricity" && r.Category == "climate_change" {
			have[key{r.Region, r.From}] = r.Value
		}
	}
	found := 0
	var absent []string
	for _, r := range records[1:] {
		code := r[1]
		if code == "OWID_WRL" {
			code = "WOR"
		}
		year, err := strconv.Atoi(r[2])
		if err != nil {
			t.Fatal(err)
		}
		grams, err := strconv.ParseFloat(r[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		if year < 2015 || len(code) != 3 {
			continue
		}
		v, ok := have[key{code, year}]
		if !ok {
			absent = append(absent, code+" "+r[2])
			continue
		}
		found++
		if math.Abs(v-grams/1000) > 1e-12 {
			t.Errorf("%s %d: %v kg in the pack, %v g published", code, year, v, grams)
		}
	}
	if found != len(have) {
		t.Errorf("the pack has %d values, the source %d of them", len(have), found)
	}
	// The Central African Republic is printed as 0, which is no measurement.
	for _, a := range absent {
		if a[:3] != "CAF" {
			t.Errorf("%s is published but not in the pack", a)
		}
	}
	if v := have[key{"FRA", 2023}]; v != 0.05326 {
		t.Errorf("France 2023 is %v, published 53.26 g", v)
	}
}
