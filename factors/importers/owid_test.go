package importers

import (
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestOWIDHoldsCountriesAndTheWorldAlone(t *testing.T) {
	got := imported(t, "owid", Options{Released: "2026-04"}, published(t, "owid-ember/carbon-intensity-electricity.csv"))
	france := got.find("owid", Row{Region: "FRA", From: 2023})
	if len(france) != 1 || france[0].Value != "53.26" || france[0].Unit != "g CO2e/kWh" || france[0].Scope != "life_cycle" || france[0].Flow != "production" {
		t.Errorf("France 2023 is %+v", france)
	}
	if world := got.find("owid", Row{Region: "WOR", From: 2024}); len(world) != 1 {
		t.Errorf("the world in 2024 stands %d times", len(world))
	}
	if rows, left := len(got.rows["owid"]), len(got.left); rows+left != 6332 {
		t.Errorf("%d rows and %d left out of 6332", rows, left)
	}
	for _, l := range got.left {
		if l.Place.Line < 2 || l.Why == "" || l.What == "" {
			t.Errorf("left out without its place or reason: %+v", l)
		}
	}
}

func TestOWIDSaysWhatIsWrong(t *testing.T) {
	var probs diag.List
	got := importedWith(t, "owid", Options{Released: "2026"}, &probs, text("a.csv", "Entity,Code,Year,Carbon intensity of electricity per kWh\r\nFrance,FRA,2023,53.26\r\nFrance,FRA,2024,n/a\r\nFrance,FRA\r\n"))
	if len(got.rows["owid"]) != 1 {
		t.Errorf("%d rows", len(got.rows["owid"]))
	}
	expectProblems(t, &probs, `a.csv:3:17 column Carbon intensity of electricity per kWh: expected a number, found "n/a"`, "a.csv:4: the row has 2 fields; the header has 4")
}

func TestOWIDWithoutADateIsNotRead(t *testing.T) {
	var probs diag.List
	got := importedWith(t, "owid", Options{}, &probs, text("a.csv", "Entity,Code,Year,Carbon intensity of electricity per kWh\r\nFrance,FRA,2023,53.26\r\n"))
	expectProblems(t, &probs, "a.csv: the file does not say when it was published")
	if len(got.rows) != 0 {
		t.Errorf("%d tables", len(got.rows))
	}
}
