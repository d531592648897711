package reports

import (
	"regexp"
	"strings"
	"testing"
)

// madePages are reports with every figure, in each language, whose figures are derived by a command.
func madePages(t *testing.T) map[string]string {
	t.Helper()
	e, _ := changed(t)
	e.Explain = "ailca explain 'a study.yaml'"
	e.Rules = []Rule{
		{Kind: "training_runs", Name: "electricity", Perspective: "service", Stage: "training", Categories: []string{"climate_change"}, Amount: "energy * losses", Factor: "electricity", Place: "method@1:7"},
		{Kind: "training_runs", Name: "devices", Perspective: "service", Stage: "manufacturing", Accountings: []string{"market"}, Categories: []string{"climate_change", "water_consumption"}, Amount: "use_share", Factor: "embodied", Place: "method@1:8"},
		{Kind: "fleet", Name: "devices", Perspective: "fleet", Stage: "manufacturing", Categories: []string{"climate_change"}, Amount: "count", Factor: "embodied", Place: "method@1:9"},
	}
	out := map[string]string{}
	for _, language := range Languages() {
		var page strings.Builder
		if _, err := WriteWithTables(&page, e, language); err != nil {
			t.Fatal(err)
		}
		out[language] = page.String()
	}
	return out
}

var (
	numbersOfKeys = regexp.MustCompile(`<p class="(?:big|beside)">(<a href="#([^"]*)">)?<data `)
	wholeFigures  = regexp.MustCompile(`(?s)<figure id="([^"]*)".*?</figure>`)
	rowHeads      = regexp.MustCompile(`<tr><th scope=row>(<a href="#([^"]*)">)?([^<]*)`)
)

// Every number of a key figure, of a figure and of its table leads to what says how it is made: by itself, by its figure and, where the table is by category, by the head of its row.
func TestEveryNumberLeadsToHowItIsMade(t *testing.T) {
	for language, page := range madePages(t) {
		section := regexp.MustCompile(`(?s)<section id="made".*?</section>`).FindString(page)
		leads := func(what, to string) {
			if !strings.HasPrefix(to, "made.") || !strings.Contains(section, `<div id="`+to+`"><dt>`) {
				t.Errorf("%s: %s leads to %q, where nothing is said", language, what, to)
			}
		}
		keys := numbersOfKeys.FindAllStringSubmatch(page, -1)
		for _, m := range keys {
			leads("a key figure", m[2])
		}
		if len(keys) < 8 {
			t.Errorf("%s: %d key figures", language, len(keys))
		}
		figures := wholeFigures.FindAllStringSubmatch(page, -1)
		for _, m := range figures {
			links := regexp.MustCompile(`href="#(made\.[a-z]+)"`).FindAllStringSubmatch(m[0], -1)
			if len(links) != 2 || links[0][1] != links[1][1] { // under the figure, and under its table
				t.Errorf("%s: %s has the links %v", language, m[1], links)
				continue
			}
			leads(m[1], links[0][1])
			kind, _, _ := strings.Cut(m[1], "-")
			if kind != "years" && kind != "stages" && kind != "quality" && kind != "causes" && kind != "changes" {
				continue
			}
			for _, row := range rowHeads.FindAllStringSubmatch(m[0], -1) {
				leads(m[1]+", "+row[3], row[2])
			}
		}
		if len(figures) < 9 {
			t.Errorf("%s: %d figures", language, len(figures))
		}
		for _, table := range regexp.MustCompile(`(?s)<table id="class-.*?</table>.*?<p class="keep">.*?</p>`).FindAllString(page, -1) {
			if !strings.Contains(table, `<a href="#made.entries">`) {
				t.Errorf("%s: a table of a class leads nowhere: %.200s", language, table)
			}
		}
	}
}

// What says how a total is made has its parts: how many rows, what is missing, interval, rules, factors, command.
func TestHowATotalIsMade(t *testing.T) {
	page := madePages(t)["en"]
	said := regexp.MustCompile(`(?s)<div id="made\.service\.climate_change">.*?</div>`).FindString(page)
	for _, want := range []string{
		"Exact sum of ", `: <code>training_runs/electricity, training_runs/devices</code>.`, `<a href="#sources">Factors</a>: <code>electricity, embodied</code>.`,
		"<code>ailca explain &#39;a study.yaml&#39; year=2025 perspective=service accounting=location share_of=total --category climate_change</code>",
		"accounting=market share_of=total", `<a href="#years-service">`, `<a href="#causes-service">`, " to ",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
	if !strings.Contains(page, "<th scope=row>training_runs/devices<td>Manufacturing<td>use_share<td>embodied<td>Market-based<td>climate change and water consumption<td>method@1:8\n") {
		t.Error("the table of rules lacks a rule")
	}
	// where nothing derives figures, no command is made up
	if bare := written(t, wholeEdition()); strings.Contains(bare, "ailca explain ") || !strings.Contains(bare, `<div id="made.service.climate_change">`) {
		t.Error("a command is said that nobody gave, or the totals are not explained")
	}
}

func TestWordsOfACommandStayWords(t *testing.T) {
	for text, want := range map[string]string{"year=2024": "year=2024", "a b": "'a b'", "it's": `'it'\''s'`, "": "''", "$(x)": "'$(x)'", "item=a;b": "'item=a;b'"} {
		if got := shellWord(text); got != want {
			t.Errorf("%q is written %s, want %s", text, got, want)
		}
	}
}
