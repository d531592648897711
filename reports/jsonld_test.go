package reports

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	events "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// dataBlock is the one script element that a page has. It holds data: no browser runs it.
var dataBlock = regexp.MustCompile(`<script type="application/ld\+json">([^<>&]*)</script>\n`)

// withoutData cuts the block of data out of a page, and returns it too.
func withoutData(t testing.TB, page string) (rest, data string) {
	t.Helper()
	found := dataBlock.FindAllStringSubmatchIndex(page, -1)
	if len(found) != 1 || found[0][0] > strings.Index(page, "</head>") {
		t.Fatalf("%d blocks of data in the head of the page", len(found))
	}
	at := found[0]
	return page[:at[0]] + page[at[1]:], page[at[2]:at[3]]
}

// said is the data of an edition's page.
func said(t testing.TB, e *Edition) map[string]any {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, e); err != nil {
		t.Fatal(err)
	}
	_, data := withoutData(t, b.String())
	out := map[string]any{}
	if err := json.Unmarshal([]byte(data), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestThePageSaysWhatItIsToPrograms(t *testing.T) {
	e := example()
	e.Licence = "CC-BY-4.0"
	e.Sources = append(e.Sources, e.Sources[0], Source{"pue", "A text", "see page 3", "CC0-1.0", 1}, Source{"pue", "A file", "file:///etc/passwd", "", 1})
	e.Sources[len(e.Sources)-3].Table = "hardware" // another table of the same source
	got := said(t, e)
	for key, want := range map[string]any{"@context": "https://schema.org", "@type": "Dataset", "name": e.Title, "description": e.Goal, "version": "2025", "creativeWorkStatus": "draft", "inLanguage": "en",
		"license": "https://creativecommons.org/licenses/by/4.0/", "temporalCoverage": "2025", "identifier": map[string]any{"@type": "PropertyValue", "propertyID": "run_id", "value": e.RunID},
		"isBasedOn": []any{"https://example.org/cards", "https://example.org/benchmark?a=1&b=2"}} {
		if !reflect.DeepEqual(got[key], want) {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	if measured, ok := got["variableMeasured"].([]any); !ok || len(measured) != 6 || measured[0].(map[string]any)["unitText"] != "kg CO2e" {
		t.Errorf("measured are %v", got["variableMeasured"])
	}
	for _, key := range []string{"distribution", "contentUrl", "datePublished"} {
		if got[key] != nil {
			t.Errorf("it says %s: %v", key, got[key])
		}
	}
	// What a report sets beside the edition's own figures changes nothing.
	e.Outlook, e.Before = outlook(), &Before{Study: "former", Edition: "2024", Totals: &Totals{}}
	if again := said(t, e); !reflect.DeepEqual(got, again) {
		t.Errorf("with an outlook and a former edition it is %v", again)
	}
}

func TestWhatIsNotKnownIsNotSaid(t *testing.T) {
	if got := said(t, &Edition{Title: "Nothing"}); !reflect.DeepEqual(got, map[string]any{"@context": "https://schema.org", "@type": "Dataset", "name": "Nothing", "inLanguage": "en"}) {
		t.Errorf("of an empty edition it says %v", got)
	}
}

// The block ends where the template ends it, and says to the letter what the edition says.
func TestTextsOfStrangersStayInTheBlockOfData(t *testing.T) {
	for _, payload := range strangers {
		e := poisoned(payload)
		want := strings.ToValidUTF8(payload, "\uFFFD")
		got := said(t, e)
		if got["name"] != want || got["description"] != want || got["version"] != want || got["identifier"].(map[string]any)["value"] != want {
			t.Errorf("%q is read as %v", payload, got)
		}
		based, _ := got["isBasedOn"].([]any)
		if len(based) != 1 || based[0] != "https://example.org/"+want {
			t.Errorf("%q: it is based on %v", payload, based)
		}
	}
}

// A browser runs nothing of the block, complains of nothing under the page's policy, and reads the text as it was.
func TestTheBlockOfDataInABrowser(t *testing.T) {
	const evil = "</script><script>alert(1)</script><!--<script>\u2028\"'\\&"
	var text bytes.Buffer
	if err := Write(&text, poisoned(evil)); err != nil {
		t.Fatal(err)
	}
	ctx := browser(t)
	file := filepath.Join(t.TempDir(), "report.en.html")
	if err := os.WriteFile(file, text.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var complaints []string
	chromedp.ListenTarget(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *log.EventEntryAdded:
			complaints = append(complaints, e.Entry.Text)
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, e.ExceptionDetails.Text)
		case *events.EventJavascriptDialogOpening:
			complaints = append(complaints, "a dialogue: "+e.Message)
		}
	})
	var name string
	var scripts int
	err := chromedp.Run(ctx, log.Enable(), chromedp.Navigate((&url.URL{Scheme: "file", Path: filepath.ToSlash(file)}).String()),
		chromedp.Evaluate(`JSON.parse(document.head.querySelector('script[type="application/ld+json"]').textContent).name`, &name), chromedp.Evaluate(`document.scripts.length`, &scripts))
	if err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if name != evil || scripts != 1 || len(complaints) > 0 {
		t.Errorf("the browser reads %q in one of %d scripts, and reports %q", name, scripts, complaints)
	}
}
