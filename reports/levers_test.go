package reports

import (
	"math"
	"strings"
	"testing"
)

func TestLeversSayWhatTakesAwayMost(t *testing.T) {
	p, err := newPage(example())
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.LeverFigure("service")
	if err != nil {
		t.Fatal(err)
	}
	if want := "“Cool the examples with a river” takes away most, on top of the levers before it: −45% of the climate change documented in 2025; all that go together −55%; more water consumption"; f.Title != want {
		t.Errorf("got %s\nwant %s", f.Title, want)
	}
	if strings.Contains(string(f.Wide), "lake") || strings.Contains(string(f.Wide), "Wish") || strings.Contains(string(f.Wide), "marginal") {
		t.Error("a lever that is excluded, does nothing or stands apart is drawn")
	}
	for what, want := range map[string]bool{"Lakes": true, "Wish": false, "Margin (consequential, by marginal factors)": true, "Night": false, "All together": true} {
		found := false
		for _, row := range f.Table.Rows {
			found = found || strings.HasPrefix(row[0].Text, what)
		}
		if found != want {
			t.Errorf("%s stands in the table: %t", what, found)
		}
	}
}

// What levers add adds up to what they do together, in every total of the table.
func TestWhatLeversAddIsWhatTheyDoTogether(t *testing.T) {
	e := example()
	p, err := newPage(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.categories {
		list, known := p.applied("service", "location", c.Name)
		all := p.effect("", "service", "location", c.Name)
		if all == nil {
			continue
		}
		if known != (all.Difference != nil) {
			t.Errorf("%s: of each lever it is known what it adds: %t", c.Name, known)
		}
		if !known {
			continue
		}
		sum := 0.0
		for _, x := range list {
			sum += *x.Added
		}
		if math.Abs(sum-*all.Difference) > 1e-12*all.Base {
			t.Errorf("%s: %v, together %v", c.Name, sum, *all.Difference)
		}
	}
}

func TestLeversTellWhatTheyTradeAndWhatIsNotKnown(t *testing.T) {
	text := written(t, example())
	from := strings.Index(text, `<section id="levers"`)
	section := text[from : from+strings.Index(text[from:], "</section>")]
	for _, want := range []string{"Cool the examples with a river</span> <span class=\"flag\">trade-off</span>", "but more water consumption (&#43;60%).</strong>", "Not to be had beside “Cool the examples with a river”", "there is no electricity MOO abiotic_depletion",
		"<p>Given by the study: part: 0.1 (Our own count).</p>", "by marginal factors</span> <span class=\"flag\">consequential</span>", "factors of its own, marginal ones: what the change would cause. It stands apart", "What it does is not known where there is no electricity (marginal) water_consumption",
		"factors of its own. It stands apart", "A lever that stands apart has both of its cases computed with factors of its own: the one without it is then not what is documented.", ">Without it<", "There is no electricity_shifted_load in the factor pack: what it does is not known, and it is not counted as nothing.",
		"Wish for &lt;better&gt; &amp;", "It changes nothing of what is documented in 2025.", `<a href="https://example.org/river">`, "No lever is an avoided emission"} {
		if !strings.Contains(section, want) {
			t.Errorf("the section does not say %q", want)
		}
	}
	if strings.Contains(section, "javascript:") {
		t.Error("an address that is none became a link")
	}
	e := example()
	e.Levers, e.Effects = nil, nil
	if text := written(t, e); !strings.Contains(text, "The study names no lever.") {
		t.Error("an edition without levers does not say so")
	}
}
