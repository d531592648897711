package reports

import (
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

// Each tile is of a country of the registry, once, and rows are of one length.
func TestTilesAreCountriesOfTheRegistry(t *testing.T) {
	regions, met, columns := names.Regions(), map[string]bool{}, len(tileRows()[0])
	for _, row := range tileRows() {
		if len(row) != columns {
			t.Errorf("a row has %d columns, the first %d", len(row), columns)
		}
		for _, code := range row {
			if code == "-" {
				continue
			}
			if r, ok := regions.Lookup(code); !ok || r.Kind != "country" {
				t.Errorf("%s is no country", code)
			}
			if met[code] {
				t.Errorf("%s has two tiles", code)
			}
			met[code] = true
		}
	}
	if len(met) < 150 || float64(columns)*29 > wide || float64(columns)*13 > narrow {
		t.Errorf("%d countries in %d columns", len(met), columns)
	}
}

// By hand: France 100 kg over 1,000 kWh, Sweden 300 over 1,000, and 50 of no country.
func mappedEdition() *Edition {
	e := &Edition{Study: "s", Year: 2024, Method: "m@1", Pack: "p@1"}
	for i, region := range []string{"FRA", "SWE", "WOR"} {
		for _, c := range []lca.Impact{{Category: "climate_change", Unit: "kg CO2e", Value: []float64{100, 300, 50}[i]}, {Category: "final_energy", Unit: "kWh", Value: []float64{1000, 1000, 100}[i]}} {
			c.Study, c.Year, c.Stage, c.Perspective, c.Accounting, c.ShareOf, c.Kind, c.Item = "s", 2024, "training", "service", "location", "total", "training_runs", region
			c.Region, c.Method, c.Pack = region, "m@1", "p@1"
			e.Impacts = append(e.Impacts, c)
		}
	}
	return e
}

func TestMapShadesWhatAUnitTakesAndCirclesTotals(t *testing.T) {
	p, err := newPage(mappedEdition())
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.RegionFigure("service")
	if err != nil || f == nil {
		t.Fatal(f, err)
	}
	if want := "67% of the climate change documented in 2024 arises in SWE, at 300 g CO₂e/kWh of final energy; regions with at least 1% of it lie between 100 g CO₂e/kWh (FRA) and 300 g CO₂e/kWh (SWE)"; strings.ReplaceAll(f.Title, "\u00a0", " ") != want {
		t.Errorf("%q, want %q", f.Title, want)
	}
	want := "region,per unit [kg CO2e/kWh],shade,total [kg CO2e],share\nSWE,0.3,200 to 300,300,0.6666666666666666\nFRA,0.1,0 to 100,100,0.2222222222222222\nWOR,0.5,400 to 500,50,0.1111111111111111\n"
	if got := f.Table.text(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !strings.HasSuffix(f.Note, "Without a tile: WOR.") {
		t.Errorf("%q", f.Note)
	}
	// a third of the total is a circle of 0.577 of the width
	if svg := string(f.Wide); !strings.Contains(svg, "a40,40 0 1 0 80,0") || !strings.Contains(svg, "a23.1,23.1 0 1 0 46.2,0") {
		t.Error("circles are not of the area of the totals")
	}
}

// Norway has 2 of 452 kg, at 10 kg/kWh: it is on the map, and no end of the range that the title states. Where one country alone has a hundredth there is no range.
func TestARegionWithNextToNothingIsNoEndOfTheRange(t *testing.T) {
	for share, want := range map[float64]string{
		1:    "66% of the climate change documented in 2024 arises in SWE, at 300 g CO₂e/kWh of final energy; regions with at least 1% of it lie between 100 g CO₂e/kWh (FRA) and 300 g CO₂e/kWh (SWE)",
		0.01: "85% of the climate change documented in 2024 arises in SWE, at 300 g CO₂e/kWh of final energy",
	} {
		e := mappedEdition()
		for _, x := range slices.Clone(e.Impacts[:2]) {
			x.Region, x.Item, x.Value = "NOR", "NOR", map[string]float64{"climate_change": 2, "final_energy": 0.2}[x.Category]
			e.Impacts = append(e.Impacts, x)
		}
		for i := range e.Impacts {
			if x := &e.Impacts[i]; x.Region == "FRA" {
				x.Value *= share
			}
		}
		p, err := newPage(e)
		if err != nil {
			t.Fatal(err)
		}
		f, err := p.RegionFigure("service")
		if err != nil || f == nil {
			t.Fatal(f, err)
		}
		if got := strings.ReplaceAll(f.Title, "\u00a0", " "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNoMapWithoutTwoCountriesOrWithoutAnIndicator(t *testing.T) {
	for what, change := range map[string]func(x *lca.Impact){
		"one country":  func(x *lca.Impact) { x.Region = "FRA" },
		"no country":   func(x *lca.Impact) { x.Region = "" },
		"continents":   func(x *lca.Impact) { x.Region = "EUR" },
		"no indicator": func(x *lca.Impact) { x.Category = "climate_change"; x.Unit = "kg CO2e" },
	} {
		e := mappedEdition()
		for i := range e.Impacts {
			change(&e.Impacts[i])
		}
		p, err := newPage(e)
		if err != nil {
			t.Fatal(err)
		}
		if f, err := p.RegionFigure("service"); f != nil || err != nil {
			t.Errorf("%s: %v, %v", what, f, err)
		}
	}
}
