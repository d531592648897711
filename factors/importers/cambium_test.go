package importers

import (
	"math"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// grams is a row's value in g CO2e/kWh.
func (r Row) grams(t *testing.T) float64 {
	t.Helper()
	v, err := foreign.ParseNumber(r.Value)
	factor, ok := unit.Factor(unit.MustParse(r.Unit), unit.MustParse("g CO2e/kWh"))
	if err != nil || !ok {
		t.Fatalf("%+v is no intensity", r)
	}
	return v * factor
}

// One file is in kilograms and the other in pounds, and neither says so.
func TestCambiumsPastIsInPoundsAndItsFutureInKilograms(t *testing.T) {
	got := imported(t, "cambium", Options{Released: "2025-08-08"}, published(t, "cambium-egrid/future_annual_co2e.csv"), published(t, "cambium-egrid/historical_annual_co2e.csv"))
	got.sound(t)
	for _, tc := range []struct {
		table, region string
		year          int
		value         string
		grams         float64
	}{
		{"cambium_egrid", "egrid:CAMX", 2007, "718", 326},
		{"cambium_egrid", "egrid:CAMX", 2018, "524", 238},
		{"cambium", "cambium:CAMXc", 2020, "212", 212},
		{"cambium", "cambium:CAMXc", 2030, "150", 150},
		{"cambium", "cambium:RFCWc", 2030, "415", 415},
	} {
		rows := got.find(tc.table, Row{Region: tc.region, From: tc.year})
		if len(rows) != 1 || rows[0].Value != tc.value || math.Abs(rows[0].grams(t)-tc.grams) > 0.5 {
			t.Errorf("%s in %d is %+v, expected %v g/kWh", tc.region, tc.year, rows, tc.grams)
		}
	}
	future, past := len(got.rows["cambium"]), len(got.rows["cambium_egrid"])
	if future != 16*20 || past != 8*26 || len(got.left) != 0 {
		t.Errorf("%d rows ahead and %d behind, left %v", future, past, got.left)
	}
	// Years between are not made up.
	if rows := got.find("cambium", Row{Region: "cambium:CAMXc", From: 2031}); len(rows) != 0 {
		t.Errorf("2031 is %+v", rows)
	}
}

// eGRID2018 has these total output rates in lb CO2e/MWh; what the file has above them is the loss of the grid.
func TestThePastIsPerKilowattHourDelivered(t *testing.T) {
	got := imported(t, "cambium", Options{Released: "2025-08-08"}, published(t, "cambium-egrid/historical_annual_co2e.csv"))
	for region, rate := range map[string]float64{"egrid:CAMX": 498.7, "egrid:RFCW": 1174.0, "egrid:NYUP": 253.9, "egrid:AKGD": 1045.0, "egrid:HIOA": 1682.6} {
		rows := got.find("cambium_egrid", Row{Region: region, From: 2018})
		if len(rows) != 1 || rows[0].Point != "delivered" {
			t.Fatalf("%s is %+v", region, rows)
		}
		if v, _ := foreign.ParseNumber(rows[0].Value); v/rate < 1.049 || v/rate > 1.056 {
			t.Errorf("%s is %v times its output rate", region, v/rate)
		}
	}
	for _, r := range imported(t, "cambium", Options{Released: "2025-08-08"}, published(t, "cambium-egrid/future_annual_co2e.csv")).rows["cambium"] {
		if r.Flow != "" || r.Point != "" || r.Scope != "" || r.Margin != "average" {
			t.Fatalf("more is said of the future than the file does: %+v", r)
		}
	}
}

func TestCambiumSaysWhatIsWrong(t *testing.T) {
	o := Options{Released: "2025"}
	for name, tc := range map[string]struct {
		file File
		o    Options
		want []string
	}{
		"no date":      {text("a.csv", "year,CAMXc\n2020,1\n"), Options{}, []string{"the file does not say when it was published"}},
		"another file": {text("a.csv", "Entity,Code,Year\nFrance,FRA,2020\n"), o, []string{`the file's first column is not "year"`}},
		"no regions":   {text("a.csv", "year,California\n2020,1\n"), o, []string{"no column is a region of Cambium or eGRID"}},
		"both kinds":   {text("a.csv", "year,CAMXc,CAMX\n2020,1,2\n"), o, []string{"regions of Cambium, in kilograms, and of eGRID, in pounds: CAMX is of the other kind"}},
		"twice":        {text("a.csv", "year,CAMXc,CAMXc\n2020,1,2\n"), o, []string{"the column CAMXc stands twice"}},
		"no number":    {text("a.csv", "year,CAMXc\n2020,x\n"), o, []string{`a.csv:2:6 column CAMXc: expected a number, found "x"`}},
		"no year":      {text("a.csv", "year,CAMXc\n20,1\n"), o, []string{`expected a year from 1900 to 2200, found "20"`}},
		"below 0":      {text("a.csv", "year,CAMXc\n2020,-1\n"), o, []string{"CAMXc 2020 is negative: -1"}},
	} {
		t.Run(name, func(t *testing.T) {
			var probs diag.List
			importedWith(t, "cambium", tc.o, &probs, tc.file)
			expectProblems(t, &probs, tc.want...)
		})
	}
	got := imported(t, "cambium", o, text("a.csv", "year,CAMXc,MARS\n2020,,3\n2022,0,\n"))
	if len(got.left) != 3 || len(got.rows["cambium"]) != 1 || got.rows["cambium"][0].Distribution != "fixed" {
		t.Errorf("%+v", got)
	}
}

func FuzzCambium(f *testing.F) {
	f.Add("year,CAMXc,RFCWc\n2020,212,493\n")
	f.Add("Year,CAMX,\n2007,718,1\n")
	f.Fuzz(func(t *testing.T, content string) {
		var probs diag.List
		importedWith(t, "cambium", Options{Released: "2026"}, &probs, text("a", content)).sane(t)
		packed(t, "cambium", Options{Released: "2026"}, new(diag.List), text("a", content))
	})
}
