package reports

import (
	"regexp"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
)

// sureExample is the example with intervals, and with shares of variances that add up to more than all.
func sureExample() *Edition {
	e := example()
	e.Sampling = "1000 draws, random, seed 0"
	for _, a := range []string{"location", "market"} {
		v, err := Total(e.Impacts, Selection{Study: e.Study, Year: e.Year, Perspective: "service", Accounting: a, Method: e.Method, Pack: e.Pack, Category: "climate_change"})
		if err != nil {
			panic(err)
		}
		e.Intervals = append(e.Intervals, lca.Interval{Year: e.Year, Category: "climate_change", Unit: "kg CO2e", Perspective: "service", Accounting: a, By: "total",
			Value: v, P05: v * 0.64, P50: v * 1.05, P95: v * 1.55})
		for _, c := range []lca.Cause{
			{Origin: "parameter", First: 0.88, FirstError: 0.021}, {Origin: "factor", First: 0.17, FirstError: 0.013}, {Origin: "inventory", First: 0.03, FirstError: 0.002},
			{Origin: "parameter", Quantity: "load_factor", First: 0.61, FirstError: 0.02}, {Origin: "factor", Quantity: "grid_losses USA 2015-2025 (2023)", First: 0.12, FirstError: 0.01},
			{Origin: "factor", Quantity: "pue climate_change meta", First: 0.05, FirstError: 0.01},
		} {
			c.Year, c.Category, c.Perspective, c.Accounting, c.Total = e.Year, "climate_change", "service", a, c.First
			e.Causes = append(e.Causes, c)
		}
	}
	return e
}

func TestFigureOfCausesSaysTheSharesOfItsTable(t *testing.T) {
	page := written(t, sureExample())
	figure := regexp.MustCompile(`(?s)<figure id="causes-service".*?</figure>`).FindString(page)
	table := regexp.MustCompile(`(?s)<table.*?</table>`).FindString(figure)
	drawings := regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(figure, -1)
	if len(drawings) != 2 {
		t.Fatalf("%d drawings of causes", len(drawings))
	}
	for _, share := range []string{"88%", "17%"} {
		for _, d := range drawings {
			if !strings.Contains(d, ">"+share+"<") || !strings.Contains(d, " "+share+";") {
				t.Errorf("%s is not in the bar, or not in the description:\n%s", share, d)
			}
		}
		if !strings.Contains(table, share) {
			t.Errorf("%s is not in the table:\n%s", share, table)
		}
	}
	for _, want := range []string{"the standard error of a share in a bar is 2.1% of the variance or less", "add up to more than 100 %", "±\u00a02.1%"} {
		if !strings.Contains(figure, want) {
			t.Errorf("the figure does not say %q", want)
		}
	}
}

func TestQuantitiesAreNamedInWords(t *testing.T) {
	text := sectionOf(t, sureExample(), "uncertainty")
	for _, want := range []string{"Load factor (61%)", "Grid losses, USA 2015-2025 (2023) (12%)", "PUE, meta (5.0%)"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestWhatARangeIsStandsBesideTheFirstKeyFigure(t *testing.T) {
	e := sureExample()
	key := sectionOf(t, e, "key-figures")
	if strings.Count(key, "(5\u00a0% to 95\u00a0%)") != 1 || !strings.Contains(key, "neither median nor mean of the draws") {
		t.Errorf("the key figures do not say once what their ranges are:\n%.1500s", key)
	}
	for _, want := range []string{"Interval", "Percentile", "Share of the variance"} {
		if !strings.Contains(sectionOf(t, e, "glossary"), want) {
			t.Errorf("the glossary has no %s", want)
		}
	}
	if strings.Contains(sectionOf(t, example(), "key-figures"), "percentile") {
		t.Error("a report without intervals explains them")
	}
}

func TestToleranceThatWasNotReachedIsTold(t *testing.T) {
	e := sureExample()
	e.Unreached = "the tolerance of 0.01 is not reached: with 100000 draws the ends may be off by up to 0.02 of the median"
	if got := sectionOf(t, e, "uncertainty"); !strings.Contains(got, "The tolerance of 0.01 is not reached") {
		t.Errorf("it is not in\n%s", got)
	}
}

// A number has the same digits wherever it stands: those of its interval, and two where it has none.
func TestOneNumberIsPrintedOneWay(t *testing.T) {
	e := sureExample()
	p, err := newPage(e)
	if err != nil {
		t.Fatal(err)
	}
	x := &e.Intervals[0]
	c := p.category(x.Category)
	sc := p.Text.scale(c.Unit, x.Value)
	want := sc.within(x.Value, c.Unit, &between{x.P05, x.P95}).Text
	if got := p.rounded(sc, x.Value, x.Year, x.Perspective, x.Accounting, c); got.Text != want || got.Between != "" {
		t.Errorf("a total is %q (%q), with its interval %q", got.Text, got.Between, want)
	}
	if got, want := p.rounded(sc, 1.2345*sc.Factor, x.Year, x.Perspective, x.Accounting, c).Text, "1.2"; got != want {
		t.Errorf("a part without an interval is %s, want %s", got, want)
	}
	e.Intervals = nil
	if p, err = newPage(e); err != nil {
		t.Fatal(err)
	}
	if got, want := p.rounded(sc, 1.2345*sc.Factor, x.Year, x.Perspective, x.Accounting, c).Text, "1.23"; got != want {
		t.Errorf("where nothing was drawn a part is %s, want %s", got, want)
	}
}

// How figures were drawn is said in the page's language; what is said otherwise stands as it is.
func TestDrawsAreToldInThePagesLanguage(t *testing.T) {
	for said, want := range map[string][2]string{
		"10000 draws, random, seed 0":          {"10,000 draws, random, seed 0", "10\u202f000 tirages, au hasard, graine 0"},
		"4096 draws, latin_hypercube, seed 17": {"4,096 draws, latin_hypercube, seed 17", "4\u202f096 tirages, hypercube latin, graine 17"},
		"draws of somebody else":               {"draws of somebody else", "draws of somebody else"},
	} {
		for i, language := range []string{"en", "fr"} {
			e := sureExample()
			e.Sampling = said
			p, err := newPageIn(e, wordings()[language])
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Sampling(); got != want[i] {
				t.Errorf("%s: %q, want %q", language, got, want[i])
			}
		}
	}
}

// What is not assessed is not drawn among the causes, nor named among what contributes most: it stands in the table, marked.
func TestCausesOfWhatIsNotAssessedAreNotDrawn(t *testing.T) {
	e := sureExample()
	for _, c := range e.Causes[:6] {
		c.Category = "abiotic_depletion"
		e.Causes = append(e.Causes, c)
	}
	for i := range e.Ledger {
		if l := &e.Ledger[i]; l.Type == "coverage" {
			*l.Share, l.Subject = 0, "electricity"
		}
	}
	p, err := newPage(e)
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.CauseFigure("service")
	if err != nil || f == nil {
		t.Fatal(f, err)
	}
	if strings.Contains(string(f.Wide), "Abiotic") || !strings.Contains(f.Note, "Not assessed and so not drawn: abiotic depletion") {
		t.Errorf("it is drawn, or not said why not: %q", f.Note)
	}
	marked := 0
	for _, row := range f.Table.Rows {
		if row[0].Raw == "abiotic_depletion" && row[0].Mark != "" {
			marked++
		}
	}
	if marked != 6 {
		t.Errorf("%d of 6 rows are marked", marked)
	}
	if got := strings.Join(p.Largest("service"), " "); strings.Contains(got, "Abiotic") || got == "" {
		t.Errorf("what contributes most is %q", got)
	}
}
