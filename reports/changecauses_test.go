package reports

import (
	"math"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
)

// changed is the example after a former edition with half of its rows, compared: its causes are a quarter and three quarters of each difference.
func changed(t *testing.T) (*Edition, *page) {
	t.Helper()
	e := wholeEdition()
	p, err := newPage(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.categories {
		was := e.Before.total(e.Year, "service", "location", c.Name)
		now, err := p.total(e.Year, "service", "location", c.Name)
		if err != nil {
			t.Fatal(err)
		}
		if was == nil || now == nil {
			continue
		}
		for name, share := range map[string]float64{"inventory": 0.75, "rules and factors": 0.25} {
			part, difference := share*(*now-*was), *now-*was
			low, high := part-math.Abs(part), part+math.Abs(part)
			for _, item := range []string{"one <item>", "=2+2"} {
				half := part / 2
				e.Before.Causes = append(e.Before.Causes, lca.ComparisonPart{Year: e.Year, Category: c.Name, Unit: c.Unit, Perspective: "service", Accounting: "location", By: "total", A: was, B: now, Difference: &difference,
					Cause: name, Item: item, Part: &half, CausePart: &part, CauseP05: &low, CauseP95: &high, Detail: "what <b>was</b> done"})
			}
		}
	}
	p, err = newPage(e)
	if err != nil {
		t.Fatal(err)
	}
	return e, p
}

// Bars add up to the difference of the two totals, each cause is one of them, and the table has their items.
func TestCausesOfChangesAddUp(t *testing.T) {
	e, p := changed(t)
	causes := e.Before.causesOf(e.Year, "service", "location", "climate_change")
	if len(causes) != 2 {
		t.Fatalf("%d causes", len(causes))
	}
	sum := *causes[0].A
	for _, x := range causes {
		sum += *x.CausePart
	}
	if math.Abs(sum-*causes[0].B) > 1e-9*sum {
		t.Errorf("bars lead to %v, this edition has %v", sum, *causes[0].B)
	}
	f, err := p.ChangeFigure(e.Year, "service")
	if err != nil || f == nil {
		t.Fatal(f, err)
	}
	if !strings.Contains(f.Title, "most of all by: Inventory") || !strings.Contains(string(f.Wide), "Rules and factors") || strings.Contains(string(f.Wide)+string(f.Narrow), "NaN") {
		t.Errorf("%s\n%s", f.Title, f.Wide)
	}
	text := f.Table.text()
	if !strings.Contains(text, "'=2+2") || !strings.Contains(text, "one <item>") || len(f.Table.Rows) < 8 {
		t.Errorf("%s", text)
	}
	if page := written(t, e); strings.Contains(page, "<item>") || strings.Contains(page, "<b>was") {
		t.Error("a text of a comparison is no text in the page")
	}
}

// Without a comparison, and of what cannot be drawn, there is no figure.
func TestNoCausesNoFigure(t *testing.T) {
	e := wholeEdition()
	p, err := newPage(e)
	if err != nil {
		t.Fatal(err)
	}
	if f, err := p.ChangeFigure(e.Year, "service"); f != nil || err != nil {
		t.Errorf("%v, %v", f, err)
	}
	e, p = changed(t)
	for i := range e.Before.Causes {
		huge := math.Inf(1)
		e.Before.Causes[i].CausePart = &huge
	}
	if f, err := p.ChangeFigure(e.Year, "service"); f != nil || err != nil {
		t.Errorf("of an infinity: %v, %v", f, err)
	}
}
