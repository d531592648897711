package reports

import (
	"html"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
)

// By hand: a makes 60 of 100, b 30 and c 10, so that a alone makes more than half; region X makes 90.
func concentratedEdition() *Edition {
	e := &Edition{Study: "s", Year: 2024, Method: "m@1", Pack: "p@1"}
	for i, v := range []float64{10, 60, 30} {
		for _, accounting := range []string{"market", "location"} {
			for _, category := range []string{"water_consumption", "climate_change"} {
				row := lca.Impact{Study: "s", Year: 2024, Stage: "training", Category: category, Unit: "kg CO2e", Perspective: "service", Accounting: accounting, ShareOf: "total", Kind: "training_runs",
					Item: strconv.Itoa(i), Organisation: []string{"c", "a", "b"}[i], Model: []string{"m", "n", "m"}[i], Region: []string{"Y", "X", "X"}[i], Value: v, Method: "m@1", Pack: "p@1"}
				if accounting == "market" || category != "climate_change" {
					row.Value = 1000 // of which nothing is in the figure
				}
				e.Impacts = append(e.Impacts, row)
				row.Year, row.Value = 2023, 5000
				e.Impacts = append(e.Impacts, row)
			}
		}
	}
	return e
}

func TestParetoOfThreeOrganisations(t *testing.T) {
	for range 5 { // whatever the order of the rows
		e := concentratedEdition()
		rand.Shuffle(len(e.Impacts), func(i, j int) { e.Impacts[i], e.Impacts[j] = e.Impacts[j], e.Impacts[i] })
		p, err := newPage(e)
		if err != nil {
			t.Fatal(err)
		}
		f, err := p.ParetoFigure("service")
		if err != nil || f == nil {
			t.Fatal(f, err)
		}
		if want := "60% of the climate change documented in 2024 is by one of 3 organisations, a"; f.Title != want {
			t.Errorf("%q, want %q", f.Title, want)
		}
		want := []string{"organisation,a,60,0.6,0.6", "organisation,b,30,0.3,0.9", "organisation,c,10,0.1,1", "model,n,60,0.6,0.6", "model,m,40,0.4,1", "region,X,90,0.9,0.9", "region,Y,10,0.1,1"}
		if got := strings.Split(strings.TrimSpace(f.Table.text()), "\n")[1:]; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Of 100,000 models the four largest are listed and the others stand as one; what has no name is no model.
func TestParetoOfManyStaysReadable(t *testing.T) {
	e := concentratedEdition()
	first := e.Impacts[0]
	first.Category, first.Accounting, first.Year, first.Organisation, first.Region = "climate_change", "location", 2024, "", ""
	e.Impacts = nil
	for i := range 100_000 {
		first.Item, first.Model, first.Value = strconv.Itoa(i), "model-"+strconv.Itoa(i), 0.1
		e.Impacts = append(e.Impacts, first)
	}
	first.Model, first.Value = "", 0.5
	e.Impacts = append(e.Impacts, first)
	p, err := newPage(e)
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.ParetoFigure("service")
	if err != nil || f == nil {
		t.Fatal(f, err)
	}
	rows := f.Table.Rows
	if len(rows) != 6 || rows[4][1].Text != "99,996 others" || rows[5][1].Text != "not named" || rows[5][4].Text != "100%" || rows[4][2].Raw != "9999.6" {
		t.Errorf("%d rows: %+v", len(rows), rows)
	}
	both := regexp.MustCompile(`<text x="([0-9.]+)"[^>]*>([^<]* · [^<]*)</text>`)
	for width, svg := range map[float64]string{760: string(f.Wide), 340: string(f.Narrow)} { // the rest is nearly all, and both its shares stand at the end of its row
		found := both.FindAllStringSubmatch(svg, -1)
		if len(found) == 0 {
			t.Errorf("%v wide: no row has both shares at its end", width)
		}
		for _, m := range found {
			if x, _ := strconv.ParseFloat(m[1], 64); x+extent(html.UnescapeString(m[2]), 12) > width {
				t.Errorf("%v wide: %q stands at %v", width, m[2], x)
			}
		}
	}
	if len(f.Wide)+len(f.Narrow) > 8000 {
		t.Errorf("drawings of %d bytes", len(f.Wide)+len(f.Narrow))
	}
	if want := "4 of 100,000 models make up <0.1% of the climate change documented in 2024"; f.Title != want {
		t.Errorf("%q, want %q", f.Title, want)
	}
}

// The names' sums come to the total, and to the interval's value where the edition has one.
func TestActorsAddUpToTheTotal(t *testing.T) {
	p, err := newPage(example())
	if err != nil {
		t.Fatal(err)
	}
	total, err := p.total(p.Year, "service", "location", "climate_change")
	if err != nil {
		t.Fatal(err)
	}
	for column := range actorColumns {
		var sum balanced
		for _, a := range p.table.actors["service"].named(column, "climate_change") {
			sum.add(a.value)
		}
		if names := p.table.actors["service"].named(column, "climate_change"); names != nil && math.Abs(sum.value()-*total) > 1e-12**total {
			t.Errorf("%s: %v, want %v", actorColumns[column], sum.value(), *total)
		}
	}
}

func TestNoParetoOfWhatHasNoShares(t *testing.T) {
	for what, change := range map[string]func(e *Edition){
		"one name": func(e *Edition) {
			for i := range e.Impacts {
				e.Impacts[i].Organisation, e.Impacts[i].Model, e.Impacts[i].Region = "a", "", ""
			}
		},
		"no names": func(e *Edition) {
			for i := range e.Impacts {
				e.Impacts[i].Organisation, e.Impacts[i].Model, e.Impacts[i].Region = "", "", ""
			}
		},
		"nothing of the year": func(e *Edition) { e.Year = 2020 },
		"one below 0": func(e *Edition) {
			for i := range e.Impacts {
				e.Impacts[i].Value = -e.Impacts[i].Value
			}
		},
		"not assessed": func(e *Edition) {
			none := 0.0
			e.Ledger = append(e.Ledger, lca.Entry{Type: "coverage", Year: 2024, Category: "climate_change", Share: &none})
		},
	} {
		e := concentratedEdition()
		change(e)
		p, err := newPage(e)
		if err != nil {
			t.Fatal(err)
		}
		if f, err := p.ParetoFigure("service"); f != nil || err != nil {
			t.Errorf("%s: %v, %v", what, f, err)
		}
	}
}
