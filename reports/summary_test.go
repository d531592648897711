package reports

import (
	"bytes"
	"context"
	"html"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	events "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// summaryOf is an edition's summary in a language.
func summaryOf(t testing.TB, e *Edition, language string) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteSummary(&b, e, language, Languages()...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestASummarySaysWhatTheReportSays(t *testing.T) {
	e := wholeEdition()
	summary, report := summaryOf(t, e, "en"), written(t, e)
	for _, part := range regexp.MustCompile(`<data value="[^"]*"[^>]*>[^<]*</data>|<svg (?s:.*?)</svg>|<h3 id="[^"]*">[^<]*</h3>`).FindAllString(summary, -1) {
		if !strings.Contains(report, part) {
			t.Errorf("the report does not hold %.200s", part)
		}
	}
	text := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(summary, ""))
	for _, want := range []string{"Draft, not for citation.", "All figures are of the activities documented for 2025", "never an estimate for a sector or for the world", "3 training runs (18 in all years)", "(5 % to 95 %)",
		"comes to between ×1.00 (“Nothing changes”) and ×2.0", "takes away most, on top of the levers before it", "The three most important limits", "edition 2025 (draft). Study example-2025, 2025. Method observatory@1.0.0, factor pack open@2025.1, ailca 0.1.0, run 5f0c9ab1d2e3. CC BY 4.0.",
		"rests on "} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	for _, want := range []string{`<a href="report.en.html">report.en.html</a>`, `<a href="summary.fr.html" hreflang="fr" lang="fr">`, `<a href="report.en.html#stages-service">`} {
		if !strings.Contains(summary, want) {
			t.Errorf("it does not link by %s", want)
		}
	}
	for _, link := range regexp.MustCompile(`href="report\.en\.html#([^"]*)"`).FindAllStringSubmatch(summary, -1) {
		if !strings.Contains(report, ` id="`+link[1]+`"`) {
			t.Errorf("the report has no #%s", link[1])
		}
	}
	if regexp.MustCompile(`<script|<link|<img|<iframe| src=|url\(h`).MatchString(summary) {
		t.Error("it asks for something")
	}
}

// A finding is never cut: what it trades stands at its end. A name from the study within it may be.
func TestNoFindingOfASummaryIsCut(t *testing.T) {
	e := wholeEdition()
	e.Levers[0].Title = strings.Repeat("a lever ", 30)
	for _, language := range Languages() {
		for _, m := range regexp.MustCompile(`<h3 id="[^"]*-heading">([^<]*)</h3>|<p class="finding">(.*?)</p>`).FindAllStringSubmatch(summaryOf(t, e, language), -1) {
			if strings.HasSuffix(strings.TrimRight(m[1]+m[2], "."), "…") {
				t.Errorf("%s: it ends in %q", language, m[1]+m[2])
			}
		}
	}
}

func TestASummaryWithoutOutlookLeversOrActivities(t *testing.T) {
	e := example()
	e.Levers, e.Effects = nil, nil
	if got := summaryOf(t, e, "en"); strings.Count(got, "<figure") != 1 || !strings.Contains(got, `<figure id="stages-service"`) {
		t.Error("it has other figures than that of the stages")
	}
	if got := summaryOf(t, &Edition{Study: "s", Title: "Nothing", Year: 2025}, "fr"); strings.Contains(got, "<figure") || !strings.Contains(got, "Aucune activité n’est documentée.") {
		t.Error("of nothing it says something")
	}
	var b bytes.Buffer
	if err := WriteSummary(&b, e, "tlh"); err == nil || b.Len() > 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
}

func TestACategoryThatIsNotAssessedHasNoFigureInTheSummary(t *testing.T) {
	e := example()
	for i := range e.Ledger {
		if l := &e.Ledger[i]; l.Type == "coverage" {
			*l.Share, l.Subject = 0, "electricity"
		}
	}
	if got := summaryOf(t, e, "en"); !strings.Contains(got, "<p class=\"big none\">not assessed</p>\n<p class=\"which\">Electricity has no factor.</p>") {
		t.Error("it is not said that a category is not assessed")
	}
}

// The same numbers stand in the summaries of all languages.
func TestSummariesHaveTheSameNumbers(t *testing.T) {
	read := func(language string) (raw []string, shown [][]string) {
		w, text := wordings()[language], summaryOf(t, wholeEdition(), language)
		for _, m := range regexp.MustCompile(`<data value="([^"]*)"[^>]*>([^<]*)</data>|<text[^>]*>([^<]*)</text>`).FindAllStringSubmatch(text, -1) {
			if n := plainNumbers(w, m[2]+m[3]); len(n) > 0 {
				raw, shown = append(raw, m[1]), append(shown, n)
			}
		}
		return raw, shown
	}
	raw, shown := read("en")
	if len(raw) < 40 {
		t.Fatalf("%d numbers: the summary is not read", len(raw))
	}
	for _, language := range Languages()[1:] {
		if r, s := read(language); !reflect.DeepEqual(r, raw) || !reflect.DeepEqual(s, shown) {
			t.Errorf("%s: %v, in English %v", language, s, shown)
		}
	}
}

// What a stranger wrote is text: no tag is more or less for it, and no link leads elsewhere.
func TestTextsOfStrangersAreTextsInASummary(t *testing.T) {
	named := regexp.MustCompile(`#made\.[A-Za-z0-9._~-]+"`) // where the report says how a total is made, by the names of its perspective and category
	tags := func(text string) []string {                    // each once: a drawing may break a longer text in two
		text = named.ReplaceAllString(text, `#made"`)
		return slices.Compact(slices.Sorted(slices.Values(regexp.MustCompile(`</?[a-z]+|href="[^"]*"|http-equiv`).FindAllString(text, -1))))
	}
	want := tags(summaryOf(t, poisoned("x"), "en"))
	for _, payload := range strangers {
		if got := tags(summaryOf(t, poisoned(payload), "en")); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: tags and links are %q, want %q", payload, got, want)
		}
	}
}

// On paper a summary has two pages at most, in each language, whatever its texts are.
func TestASummaryHasTwoPages(t *testing.T) {
	long := wholeEdition()
	long.Title, long.Licence, long.Edition = strings.Repeat("A title without an end ", 80), strings.Repeat("L", 900), strings.Repeat("2025 ", 90)
	long.Levers[0].Title, long.Outlook.Cases[0].Title = strings.Repeat("a lever ", 200), strings.Repeat("a scenario ", 200)
	ctx := browser(t)
	for name, e := range map[string]*Edition{"whole": wholeEdition(), "bare": example(), "empty": {Study: "s", Title: "Nothing", Year: 2025}, "long": long} {
		for _, language := range Languages() {
			file := filepath.Join(t.TempDir(), "summary.html")
			if err := os.WriteFile(file, []byte(summaryOf(t, e, language)), 0o666); err != nil {
				t.Fatal(err)
			}
			var made []byte
			err := chromedp.Run(ctx, chromedp.Navigate(addressOf(file)), chromedp.ActionFunc(func(ctx context.Context) (err error) {
				made, _, err = events.PrintToPDF().WithPreferCSSPageSize(true).WithPrintBackground(true).Do(ctx)
				return err
			}))
			if err != nil {
				t.Fatal(err)
			}
			if n := len(regexp.MustCompile(`/Type /Page\b`).FindAll(made, -1)); n < 1 || n > 2 {
				t.Errorf("%s in %s: %d pages", name, language, n)
			}
		}
	}
}
