package reports

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// indexedExample are two editions of the example: the later one has all that an index links to.
func indexedExample(t testing.TB) []Indexed {
	t.Helper()
	e := wholeEdition()
	e.Translations = map[string]Translation{"fr": {Title: "Impacts documentés d’activités d’exemple"}}
	n, err := e.Notice()
	if err != nil {
		t.Fatal(err)
	}
	former := *n
	former.Edition, former.Year, former.Status, former.Titles = "2024", 2024, "published", nil
	return []Indexed{{"example-2024", "2024-report", []string{"report.en.html"}, former}, {"example-2025", "later/2025-report", IndexFiles(), *n}}
}

func indexOf(t testing.TB, list []Indexed, language string) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteIndex(&b, list, language, Languages()...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAnIndexHasTheLatestReportFirst(t *testing.T) {
	list := indexedExample(t)
	page := indexOf(t, list, "en")
	text := html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, ""))
	later, former := strings.Index(text, "Draft, not for citation."), strings.Index(text, "Published edition.")
	if later < 0 || former < later {
		t.Errorf("the reports stand at %d and %d", later, former)
	}
	for _, want := range []string{"2 reports", "Climate change · Service perspective, location-based", "(5 % to 95 %)", "observatory@1.0.0 draft", "open@2025.1 draft", "5f0c9ab1d2e3"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	key := regexp.MustCompile(`<data value="([^"]*)"`).FindStringSubmatch(written(t, wholeEdition()))
	if !strings.Contains(page, key[0]) {
		t.Errorf("it does not have the first key figure of the report, %s", key[1])
	}
	if links := regexp.MustCompile(`href="later/2025-report/([^"]*)"`).FindAllString(page, -1); len(links) != len(IndexFiles()) {
		t.Errorf("links are %q", links)
	}
	if links := regexp.MustCompile(`href="2024-report/[^"]*"`).FindAllString(page, -1); !slices.Equal(links, []string{`href="2024-report/report.en.html"`}) {
		t.Errorf("links of the former one are %q", links)
	}
	slices.Reverse(list)
	if indexOf(t, list, "en") != page {
		t.Error("in another order it is another page")
	}
	fr := indexOf(t, list, "fr")
	for _, want := range []string{">Impacts documentés d’activités d’exemple</h2>", `<h2 id="report-1-heading" lang="en">`, "Changement climatique · Perspective du service", `<a href="index.en.html" hreflang="en" lang="en">`} {
		if !strings.Contains(fr, want) {
			t.Errorf("the French one does not hold %s", want)
		}
	}
	if !strings.Contains(page[:1024], IndexMark) || strings.Contains(written(t, example()), IndexMark) {
		t.Error("an index is not known by its mark")
	}
	var b bytes.Buffer
	if err := WriteIndex(&b, list, "tlh"); err == nil || b.Len() > 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
}

// What a stranger wrote into report.json, or called a folder, is text, and leads nowhere but into the folder.
func TestTextsOfStrangersAreTextsInAnIndex(t *testing.T) {
	of := func(text, folder string) string {
		x := Indexed{Study: text, Folder: folder, Files: []string{"report.en.html"}, Notice: Notice{Title: text, Language: text, Titles: map[string]string{"de": text}, Edition: text, Year: 2025, Status: text, Method: text, MethodStatus: text, Pack: text, PackStatus: text,
			RunID: text, Licence: text, Leading: []Leading{{Perspective: text, Accounting: text, Category: text, Unit: text + "/" + text, Value: 1}}}}
		return indexOf(t, []Indexed{x}, "en")
	}
	tags := func(page string) []string {
		return regexp.MustCompile(`</?[a-z0-9]+|http-equiv| [a-z]+="`).FindAllString(page, -1)
	}
	want := tags(of("x", "a"))
	for _, payload := range append(slices.Clone(strangers), strings.Repeat("x ", 1<<16), "\u202eabc", `" onmouseover="alert(1)`) {
		page := of(payload, "a")
		if got := tags(page); !slices.Equal(got, want) {
			t.Errorf("%.40q: %d tags and attributes, want %d", payload, len(got), len(want))
		}
		if len(page) > 60_000 || strings.Contains(page, "\u202e") {
			t.Errorf("%.40q: the page has %d bytes, or turns its text around", payload, len(page))
		}
	}
	for folder, link := range map[string]string{"javascript:alert(1)": "./javascript:alert%281%29/report.en.html", `a"><script>`: "a%22%3E%3Cscript%3E/report.en.html", "a b%2f?x#y": "a%20b%252f%3Fx%23y/report.en.html", "data:text/html,x": "./data:text/html,x/report.en.html"} {
		if page := of("x", folder); !strings.Contains(page, `<a href="`+link+`"`) {
			t.Errorf("%s: links are %q", folder, regexp.MustCompile(`href="[^"]*"`).FindAllString(page, -1))
		}
	}
}
