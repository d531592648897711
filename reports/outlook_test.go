package reports

import (
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
)

// outlook is of two scenarios with a total each: one stays at 100 t, the other doubles.
func outlook() *Outlook {
	o := &Outlook{RunID: "0123456789abcdef", Command: "ailca project study.yaml --scenarios still@1,more@1 --to 2027", Base: 2025, To: 2027,
		Cases: []OutlookCase{{Name: "still", Ref: "still@1", Status: "released", Title: "Nothing changes", Of: "nothing", Source: "Invented"}, {Name: "more", Ref: "more@1", Status: "draft", Title: "Twice as <much> & more", Of: "the example's requests", Source: "Invented (2025)", URL: "javascript:alert(1)",
			Translations: map[string]Translation{"fr": {Title: "Deux fois <plus>"}}}}}
	for i, y := range []int{2025, 2026, 2027} {
		for _, name := range []string{"still", "more"} {
			v := 1e5
			if name == "more" {
				v *= 1 + float64(i)/2
			}
			low, high := v*0.9, v*1.2
			for _, accounting := range []string{"location", "market"} {
				o.Totals = append(o.Totals, OutlookTotal{Scenario: name, Category: "climate_change", Unit: "kg CO2e", Year: y, Perspective: "service", Accounting: accounting, Value: v, P05: &low, P95: &high})
			}
		}
	}
	ai, documented, covers := 60.0, 0.3, 0.005
	o.Sectors = []lca.Sector{{Scenario: "more", Year: 2025, Region: "WOR", AI: &ai, Documented: &documented, Coverage: &covers, Source: "Invented (2025)"}, {Scenario: "more", Year: 2026, Region: "WOR", AI: &ai, Documented: &documented}}
	return o
}

func TestAnOutlookStatesRatiosWithWhatTheyAreTo(t *testing.T) {
	e := example()
	e.Outlook = outlook()
	text := written(t, e)
	from := strings.Index(text, `<section id="outlook"`)
	section := text[from : from+strings.Index(text[from:], "</section>")]
	for _, want := range []string{"By 2027 the climate change of the documented activities comes to between ×1.00 (“Nothing changes”) and ×2.0 (“Twice as &lt;much&gt; &amp; more”) what it was in 2025", "Its numbers are of: <span>the example’s requests</span>", "0.5%", "projection 0123456789abcdef",
		"<code>ailca project study.yaml --scenarios still@1,more@1 --to 2027</code>", "the sum of documented activities is not the footprint of AI"} {
		if !strings.Contains(section, want) && !strings.Contains(section, strings.ReplaceAll(want, "’", "&#39;")) {
			t.Errorf("the section does not say %q", want)
		}
	}
	if strings.Contains(section, "javascript:") || strings.Contains(section, "No projection is part") {
		t.Error(section)
	}
	e.Sampling, e.Outlook.Draws = "10000 draws, random, seed 0", 1000
	if want := "Intervals here are from 1,000 draws of their own, those of key figures from 10,000"; !strings.Contains(written(t, e), want) {
		t.Errorf("the report does not say %q", want)
	}
	p, err := newPage(e)
	if err != nil {
		t.Fatal(err)
	}
	// each total once, as it does not depend on the accounting
	if rows := p.outlookTable("service").Rows; len(rows) != 2 || rows[1][6].Raw != "2" {
		t.Errorf("%v", rows)
	}
	if got := p.OutlookPerspectives(); len(got) != 1 || got[0].Name != "service" {
		t.Errorf("%v", got)
	}
}

func TestTheGateNamesEachReason(t *testing.T) {
	e := example()
	e.Status, e.MethodStatus, e.PackStatus = "published", "released", "released"
	if got := e.Faults(1); got != nil {
		t.Errorf("a complete edition is refused: %q", got)
	}
	e.Rankings = []lca.Ranking{{Kind: "deployments", FunctionalUnit: "request", ComparisonClass: "chat", Category: "climate_change", Unit: "kg CO2e/request"},
		{Kind: "deployments", FunctionalUnit: "request", ComparisonClass: "chat", Category: "climate_change", Unit: "g CO2e/request"}}
	e.Goal, e.ScopeText, e.PackStatus = " ", "", "draft"
	got := strings.Join(e.Faults(0), "\n")
	for _, want := range []string{"the study says no goal", "the study says no scope", "the factor pack open@2025.1 is draft, not released", "rests on default values, more than 0%", "mixes kg CO2e/request and g CO2e/request"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
	e.Levers[0].Status, e.Outlook = "draft", outlook()
	if got := strings.Join(e.Faults(1), "\n"); !strings.Contains(got, "the lever fewer@1 is draft, not released") || !strings.Contains(got, "the scenario more@1 is draft, not released") {
		t.Error(got)
	}
	e.Levers[0].Status, e.Outlook = "released", nil
	if n := len(e.Faults(0)); n != 5 {
		t.Errorf("%d reasons: %q", n, got)
	}
}
