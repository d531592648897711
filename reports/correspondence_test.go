package reports

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// states are what the table of the correspondence says of each item.
func states(t *testing.T, e *Edition) map[string]string {
	t.Helper()
	p, err := newPage(e)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, row := range p.CorrespondenceTable().Rows {
		out[row[0].Raw] = row[1].Raw
	}
	return out
}

// ruledEdition is wholeEdition with a rule of its method.
func ruledEdition() *Edition {
	e := wholeEdition()
	e.Rules = []Rule{{Kind: "training_runs", Name: "electricity", Perspective: "service", Stage: "training", Categories: []string{"climate_change"}, Amount: "energy", Place: "method@1:7"}}
	return e
}

// An item is satisfied by what the edition has, and by nothing else.
func TestCorrespondenceFollowsFromTheEdition(t *testing.T) {
	full := states(t, ruledEdition())
	for item, want := range map[string]string{"intended_use": "satisfied", "parameter_uncertainty": "satisfied", "scenario_uncertainty": "satisfied", "allocation": "satisfied", "allocation_choice": "missing", "factor_age": "satisfied", "data_age": "missing", "review": "missing", "accountings": "satisfied"} {
		if full[item] != want {
			t.Errorf("%s is %s, want %s", item, full[item], want)
		}
	}
	for item, without := range map[string]func(e *Edition){
		"intended_use": func(e *Edition) { e.Goal = "" }, "boundary": func(e *Edition) { e.ScopeText = "" }, "exclusions": func(e *Edition) { e.Exclusions = nil }, "cut_offs": func(e *Edition) { e.CutOffs = nil },
		"sources": func(e *Edition) { e.Sources = nil }, "gaps": func(e *Edition) { e.Ledger = nil }, "sensitivity": func(e *Edition) { e.Causes = nil }, "parameter_uncertainty": func(e *Edition) { e.Intervals = nil },
		"reproduction": func(e *Edition) { e.Reproduce = nil }, "factor_age": func(e *Edition) { e.Factors = nil }, "allocation": func(e *Edition) { e.Rules = nil },
	} {
		e := ruledEdition()
		without(e)
		if full[item] != "satisfied" || states(t, e)[item] != "missing" {
			t.Errorf("%s is %s with what it needs, and %s without", item, full[item], states(t, e)[item])
		}
	}
	e := ruledEdition()
	e.Outlook = nil
	if got := states(t, e)["scenario_uncertainty"]; got != "not_applicable" {
		t.Errorf("without a projection scenarios are %s", got)
	}
	e.Review = &Review{Reviewer: "Somebody", Date: "2026-01-01", Statement: "Sound."}
	if got := states(t, e)["review"]; got != "satisfied" {
		t.Errorf("a reviewed study is %s", got)
	}
}

// Each item has its words in each language, needs facts that there are, and is where the page has a place.
func TestCorrespondenceHasItsPlaces(t *testing.T) {
	e := ruledEdition()
	e.Review = &Review{Reviewer: "R <b>", Of: "an institute", Date: "2026-01-01", URL: "javascript:alert(1)", Statement: "</p><script>alert(1)</script>", Comments: []ReviewComment{{"=1+1", "No & <yes>"}}}
	for _, language := range Languages() {
		var page bytes.Buffer
		if _, err := WriteWithTables(&page, e, language); err != nil {
			t.Fatal(err)
		}
		text := page.String()
		if strings.Contains(text, "<script>alert") || strings.Contains(text, `href="javascript`) || !strings.Contains(text, "R &lt;b&gt;, an institute, 2026-01-01") || !strings.Contains(text, `<a href="#review">`) {
			t.Errorf("%s: the review does not stand as text", language)
		}
		for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(text, -1) {
			if !strings.Contains(text, ` id="`+m[1]+`"`) {
				t.Errorf("%s: there is no place %s", language, m[1])
			}
		}
		for _, r := range requirements() {
			if wordings()[language].Correspondence[r.Item].Asks == "" {
				t.Errorf("%s has no words for %s", language, r.Item)
			}
		}
	}
	p, err := newPage(e)
	if err != nil {
		t.Fatal(err)
	}
	known := p.facts()
	known["never"] = false
	for _, r := range requirements() {
		for _, fact := range append(slices.Clone(r.Needs), r.Unless) {
			if _, ok := known[fact]; !ok && fact != "" {
				t.Errorf("%s needs %s, which no edition tells", r.Item, fact)
			}
		}
	}
	if len(english().Correspondence) != len(requirements()) {
		t.Errorf("%d items have words, %d are asked", len(english().Correspondence), len(requirements()))
	}
}
