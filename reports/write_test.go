package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"flag"
	"html"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
)

var update = flag.Bool("update", false, "write the golden files")

func written(t *testing.T, e *Edition) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, e); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReportIsTheGoldenFile(t *testing.T) {
	const path = "testdata/example.golden.html"
	got := written(t, example())
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
		for i := range min(len(g), len(w)) {
			if g[i] != w[i] {
				t.Fatalf("line %d is\n%.300s\nwant\n%.300s", i+1, g[i], w[i])
			}
		}
		t.Fatalf("%d lines, want %d", len(g), len(w))
	}
	for range 5 {
		if written(t, example()) != got {
			t.Fatal("the same edition gave other bytes")
		}
	}
}

func TestEveryDrawingIsWellFormedAndSaysWhatItShows(t *testing.T) {
	drawings := regexp.MustCompile(`(?s)<svg .*?</svg>`).FindAllString(written(t, example()), -1)
	if len(drawings) < 12 {
		t.Fatalf("%d drawings, want at least 12", len(drawings))
	}
	for _, d := range drawings {
		dec := xml.NewDecoder(strings.NewReader(d))
		text := map[string]string{}
		var open []string
		for {
			tok, err := dec.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%v in %.200s", err, d)
			}
			switch tok := tok.(type) {
			case xml.StartElement:
				open = append(open, tok.Name.Local)
				for _, a := range tok.Attr {
					if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
						t.Errorf("%s has %s=%q", tok.Name.Local, a.Name.Local, a.Value)
					}
				}
			case xml.EndElement:
				open = open[:len(open)-1]
			case xml.CharData:
				if len(open) == 2 {
					text[open[1]] += string(tok)
				}
			}
		}
		if len(text["title"]) < 10 || len(text["desc"]) < 10 {
			t.Errorf("a drawing without title or description: %.200s", d)
		}
	}
}

func TestPageAsksForNothingFromOutside(t *testing.T) {
	page, _ := withoutData(t, written(t, example()))
	for _, bad := range []string{"\uFFFD", "<script", "javascript:", "<link", "<iframe", "<img", "@import", " style=\"", " onload", " src="} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if css := styleSheet(); strings.Contains(string(css), "url(") || strings.Contains(string(css), "http") {
		t.Error("the style sheet asks for something")
	}
	for _, m := range regexp.MustCompile(`url\(([^)]*)\)`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[1], "#") {
			t.Errorf("a drawing asks for %s", m[1])
		}
	}
	// addresses stand in links only
	rest := regexp.MustCompile(`<a href="https?://[^"]*">`).ReplaceAllString(page, "")
	if m := regexp.MustCompile(`="\s*(https?:)?//[^"]*"`).FindString(rest); m != "" {
		t.Errorf("an attribute holds the address %s", m)
	}
	css := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(page)
	hash := sha256.Sum256([]byte(css[1]))
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if want := "'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"; !strings.Contains(html.UnescapeString(policy[1]), want) {
		t.Errorf("the policy %s does not allow the page's own style sheet %s", policy[1], want)
	}
}

func TestHeadingsDescendByOneAndTablesHaveCaptionsAndScopes(t *testing.T) {
	page := written(t, example())
	level := 0
	for _, m := range regexp.MustCompile(`<h([1-6])[ >]`).FindAllStringSubmatch(page, -1) {
		n, _ := strconv.Atoi(m[1])
		if n > level+1 {
			t.Errorf("a heading of level %d follows one of level %d", n, level)
		}
		level = n
	}
	if n := strings.Count(page, "<h1"); n != 1 {
		t.Errorf("%d headings of level 1", n)
	}
	for _, table := range regexp.MustCompile(`(?s)<table.*?</table>`).FindAllString(page, -1) {
		if !regexp.MustCompile(`<caption><span id="[^"]+">[^<]+</span></caption>`).MatchString(table) {
			t.Errorf("no caption: %.200s", table)
		}
		if regexp.MustCompile(`<th(>| class)`).MatchString(table) || !strings.Contains(table, "scope=row") || !strings.Contains(table, "scope=col") {
			t.Errorf("a heading cell without a scope: %.200s", table)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("the id %s stands twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?:href="#|aria-labelledby="|url\(#)([^") ]*)`).FindAllStringSubmatch(page, -1) {
		if !ids[m[1]] {
			t.Errorf("nothing has the id %s", m[1])
		}
	}
}

func TestTotalsPrintedAreTotalsOfTheTable(t *testing.T) {
	e := example()
	page := written(t, e)
	keys := regexp.MustCompile(`(?s)<section id="key-figures".*?</section>`).FindString(page)
	stages := regexp.MustCompile(`(?s)<section id="stages".*?</section>`).FindString(page)
	checked := 0
	for _, perspective := range []string{"service", "fleet"} {
		for _, accounting := range []string{"location", "market"} {
			for _, c := range lca.Words().Categories {
				sel := Selection{Study: e.Study, Year: e.Year, Perspective: perspective, Accounting: accounting, Method: e.Method, Pack: e.Pack, Category: c.Name}
				sum, err := Total(e.Impacts, sel)
				if err != nil {
					continue
				}
				checked++
				want := `<data value="` + html.EscapeString(strings.ReplaceAll(raw(sum), "+", "&#43;")) + `"`
				want = strings.ReplaceAll(want, "&amp;", "&")
				if !strings.Contains(keys, want) || !strings.Contains(stages, want) {
					t.Errorf("%s, %s, %s: the total %s is not printed", perspective, accounting, c.Name, raw(sum))
				}
			}
		}
	}
	if checked < 14 {
		t.Errorf("only %d totals were looked for", checked)
	}
}

func TestDataCannotBreakOutOfThePage(t *testing.T) {
	const evil = `</title></text></svg><script>alert(1)</script>"'=&` + "\x01"
	e := example()
	e.Title, e.RunID, e.Goal, e.Exclusions[0] = evil, evil, evil, evil
	for i := range e.Items {
		e.Items[i].Source, e.Items[i].URL, e.Items[i].Assumption = evil, "javascript:alert(1)", "=HYPERLINK(1)"
	}
	for i := range e.Intensities {
		if i%3 == 0 {
			e.Intensities[i].Item, e.Intensities[i].ComparisonClass = evil, evil
		}
	}
	for i := range e.Impacts {
		if e.Impacts[i].Stage == "transport" {
			e.Impacts[i].Stage = evil
		}
		if e.Impacts[i].Category == "e_waste" {
			e.Impacts[i].Category = evil
		}
	}
	page, _ := withoutData(t, written(t, e))
	if strings.Contains(page, "<script") || strings.Contains(page, `href="javascript:`) || strings.Contains(page, "ZgotmplZ") {
		t.Error("data became markup or an address")
	}
	if strings.Contains(page, ",=HYPERLINK") || !strings.Contains(page, "%27=HYPERLINK") {
		t.Error("a formula stands in a CSV")
	}
	for _, d := range regexp.MustCompile(`(?s)<svg .*?</svg>`).FindAllString(page, -1) {
		dec := xml.NewDecoder(strings.NewReader(d))
		for {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestEmptyEditionIsNotSuppliedRatherThanZero(t *testing.T) {
	page := written(t, &Edition{Title: "Nothing", Year: 2025})
	if !strings.Contains(page, "No activity is documented.") || strings.Contains(page, "<svg") || strings.Contains(page, `<data value="0"`) {
		t.Error("an edition without results shows figures")
	}
	e := example()
	for i := range e.Intensities {
		if e.Intensities[i].Category == "climate_change" && i%2 == 0 {
			e.Intensities[i].Category = "primary_energy"
		}
	}
	if page := written(t, e); !strings.Contains(page, `<i>not supplied</i>`) {
		t.Error("a missing intensity is not said to be missing")
	}
}

func TestNewCategoryAndStageShowThemselves(t *testing.T) {
	e := example()
	extra := e.Impacts[0]
	extra.Category, extra.Unit, extra.Stage, extra.Year = "land_use", "m2 a", "refurbishment", e.Year
	e.Impacts = append(e.Impacts, extra)
	page := written(t, e)
	for _, want := range []string{"Land use", "Refurbishment", "m2 a"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s does not show", want)
		}
	}
}

func TestIntensityOfWhichEveryPartWasRefusedIsNotPrintedAsZero(t *testing.T) {
	e := example()
	for i := range e.Intensities {
		if row := &e.Intensities[i]; row.Category == "abiotic_depletion" {
			row.Impact, row.Value, row.Complete = 0, 0, false
		}
	}
	activities := regexp.MustCompile(`(?s)<section id="activities".*?</section>`).FindString(written(t, e))
	if strings.Contains(activities, `<data value="0"`) || strings.Contains(activities, "Abiotic") {
		t.Error("a refused intensity is printed as 0")
	}
}
