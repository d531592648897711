package reports

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// axeTags are the rules of axe-core that a page is held to: WCAG 2.2 at level AA, and what axe-core calls best practice.
var axeTags = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"}

// wholeEdition is the example with everything that a report may have beside it: intervals, an outlook, a former edition.
func wholeEdition() *Edition {
	e := sureExample()
	e.Outlook = outlook()
	e.Before = &Before{Study: e.Study, Edition: "2024", Year: e.Year, Method: e.Method, Pack: e.Pack, RunID: "0123456789ab", Totals: totalsOf(e.Impacts[:len(e.Impacts)/2], e.Year)}
	return e
}

// pageNames are the sorts of pages that this package makes.
var pageNames = []string{"document", "empty", "outlook", "rapport", "report", "reports", "summary", "synthese", "trace"}

// pagesOf writes a page of each sort that this package makes (pageNames), and adds those that AILCA_PAGES names, as PATH names folders.
func pagesOf(t *testing.T) (files []string) {
	t.Helper()
	folder := t.TempDir()
	for name, write := range map[string]func(*bytes.Buffer) error{
		"report": func(b *bytes.Buffer) error { return Write(b, wholeEdition()) },
		"rapport": func(b *bytes.Buffer) error {
			_, err := WriteWithTables(b, wholeEdition(), "fr", "fr", "en")
			return err
		},
		"reports":  func(b *bytes.Buffer) error { return WriteIndex(b, indexedExample(t), "fr", "en", "fr") },
		"summary":  func(b *bytes.Buffer) error { return WriteSummary(b, wholeEdition(), "en", "en", "fr") },
		"synthese": func(b *bytes.Buffer) error { return WriteSummary(b, wholeEdition(), "fr", "en", "fr") },
		"empty":    func(b *bytes.Buffer) error { return Write(b, &Edition{Study: "s", Title: "Nothing", Year: 2025}) },
		"outlook":  func(b *bytes.Buffer) error { return figurePage(exampleFan(asIs), exampleTornado(asIs)).WriteHTML(b) },
		"trace":    func(b *bytes.Buffer) error { return WriteTrace(b, exampleTrace("some words"), "ailca") },
		"document": func(b *bytes.Buffer) error {
			d := exampleDocument("some words")
			d.Parts[0].Blocks[2].Sheet.Caption = "Another caption" // two regions of one page have two names
			return d.WriteHTML(b)
		},
	} {
		var page bytes.Buffer
		if err := write(&page); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		file := filepath.Join(folder, name+".html")
		if err := os.WriteFile(file, page.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	slices.Sort(files)
	return append(files, filepath.SplitList(os.Getenv("AILCA_PAGES"))...)
}

func addressOf(file string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(file)}).String()
}

// finding is a rule of axe-core that a page breaks.
type finding struct {
	ID    string
	Help  string
	Nodes []struct{ Target, Summary string }
}

func (f finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s, %d places", f.ID, f.Help, len(f.Nodes))
	for i, n := range f.Nodes {
		if i == 3 {
			break
		}
		fmt.Fprintf(&b, "\n  %s: %s", n.Target, strings.ReplaceAll(n.Summary, "\n", " "))
	}
	return b.String()
}

// axe runs axe-core on the page that is open, with rules of a kind: those with a "tag", or by name, a "rule". The page forbids scripts and goes on to do so: what is evaluated over the DevTools protocol is no script of the page.
func axe(t *testing.T, ctx context.Context, core, kind string, rules ...string) (findings []finding, passed []string) {
	t.Helper()
	list, err := json.Marshal(rules)
	if err != nil {
		t.Fatal(err)
	}
	var said struct {
		Violations []finding
		Passes     []string
	}
	err = chromedp.Run(ctx,
		chromedp.Evaluate(core+";0", nil),
		chromedp.Evaluate(`axe.run(document, {runOnly: {type: "`+kind+`", values: `+string(list)+`}}).then(r => ({
			Passes: r.passes.map(p => p.id),
			Violations: r.violations.map(v => ({ID: v.id, Help: v.help, Nodes: v.nodes.map(n => ({Target: n.target.join(" "), Summary: n.failureSummary}))}))}))`,
			&said, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }),
	)
	if err != nil {
		t.Fatal(err)
	}
	return said.Violations, said.Passes
}

// open opens a page in a window, with all or none of its details open, whose scrolling is not animated.
func open(t *testing.T, ctx context.Context, file string, width int64, opened bool) {
	t.Helper()
	err := chromedp.Run(ctx,
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}),
		chromedp.EmulateViewport(width, 900),
		chromedp.Navigate(addressOf(file)),
		chromedp.Evaluate(fmt.Sprintf(`document.querySelectorAll("details").forEach(d => d.open = %t)`, opened), nil),
	)
	if err != nil {
		t.Fatal(err)
	}
}

// Pages of each sort break no rule, in a wide window as they open and in a narrow one with everything opened; nor those of colours where dark ones are preferred.
func TestAccessibilityByAxe(t *testing.T) {
	path := os.Getenv("AILCA_AXE")
	if path == "" {
		t.Skip("AILCA_AXE names no axe.min.js (.ci/run fetches it): no page is held to the rules of axe-core")
	}
	core, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx := browser(t)
	for _, file := range pagesOf(t) {
		for _, window := range []struct {
			width  int64
			opened bool
		}{{1280, false}, {320, true}} {
			open(t, ctx, file, window.width, window.opened)
			findings, passed := axe(t, ctx, string(core), "tag", axeTags...)
			for _, f := range findings {
				t.Errorf("%s at %d px: %s", filepath.Base(file), window.width, f)
			}
			for _, rule := range []string{"color-contrast", "html-has-lang", "landmark-one-main", "target-size"} {
				if !slices.Contains(passed, rule) {
					t.Errorf("%s at %d px: axe-core found nothing to hold to %s, only to %v", filepath.Base(file), window.width, rule, passed)
				}
			}
		}
		open(t, ctx, file, 1280, false)
		prefer(t, ctx, "dark", "screen")
		findings, passed := axe(t, ctx, string(core), "rule", "color-contrast", "link-in-text-block")
		for _, f := range findings {
			t.Errorf("%s in dark colours: %s", filepath.Base(file), f)
		}
		if !slices.Contains(passed, "color-contrast") {
			t.Errorf("%s in dark colours: axe-core held it to %v", filepath.Base(file), passed)
		}
	}
	// what finds no fault at all proves nothing
	var gone int
	err = chromedp.Run(ctx, chromedp.Evaluate(`document.documentElement.removeAttribute("lang");
		document.querySelector(".kicker").style.color = "#555555";
		document.querySelectorAll("h2").forEach(e => e.outerHTML = "<h6>" + e.textContent + "</h6>"); 1`, &gone))
	if err != nil {
		t.Fatal(err)
	}
	findings, _ := axe(t, ctx, string(core), "tag", axeTags...)
	for _, rule := range []string{"html-has-lang", "color-contrast", "heading-order"} {
		if !slices.ContainsFunc(findings, func(f finding) bool { return f.ID == rule }) {
			t.Errorf("%s was broken, and axe-core says %v", rule, findings)
		}
	}
}

// stop is where the focus stands: a place of the page's own order, and how it looks.
type stop struct {
	Name    string
	Outline bool // it is drawn with an outline of 2 px or more
	Seen    bool // some of it is in the window and nothing lies over it
}

// whereabouts defines of(e), which describes an element, and stops(), those that Tab should reach in the page's own order.
const whereabouts = `
	const of = e => {
		const style = getComputedStyle(e), boxes = [...e.getClientRects()];
		const seen = boxes.some(r => [.1, .5, .9].some(x => [.1, .5, .9].some(y => {
			const at = document.elementFromPoint(r.left + r.width * x, r.top + r.height * y);
			return at && (at === e || e.contains(at));
		})));
		const place = [...document.querySelectorAll("a, summary, [tabindex], h2, main")].indexOf(e);
		return {Name: place + " " + e.tagName.toLowerCase() + " " + (e.id || e.getAttribute("href")?.slice(0, 40) || e.getAttribute("aria-labelledby") || e.textContent.slice(0, 40)),
			Outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, Seen: seen};
	};
	const stops = () => [...document.querySelectorAll("a[href], summary, [tabindex='0']")].filter(e => e.checkVisibility()).map(e => of(e).Name);
`

// focus is where the focus stands.
func focus(t *testing.T, ctx context.Context) (s stop) {
	t.Helper()
	if err := chromedp.Run(ctx, chromedp.Evaluate(`(() => {`+whereabouts+` return of(document.activeElement)})()`, &s)); err != nil {
		t.Fatal(err)
	}
	return s
}

func press(t *testing.T, ctx context.Context, key string) {
	t.Helper()
	if err := chromedp.Run(ctx, chromedp.KeyEvent(key)); err != nil {
		t.Fatal(err)
	}
}

// Tab goes from the skip link through every link, summary and table in the page's own order, and each shows that it has the focus.
func TestAccessibilityByKeyboard(t *testing.T) {
	ctx := browser(t)
	files := pagesOf(t)
	for _, name := range []string{"document", "empty", "rapport"} { // the order does not depend on whose figures a page shows
		file := files[slices.Index(pageNames, name)]
		for _, window := range []struct {
			width  int64
			opened bool
		}{{1280, false}, {320, true}} {
			at := fmt.Sprintf("%s at %d px", filepath.Base(file), window.width)
			open(t, ctx, file, window.width, window.opened)
			var want []string
			if err := chromedp.Run(ctx, chromedp.Evaluate(`(() => {`+whereabouts+` return stops()})()`, &want)); err != nil {
				t.Fatal(err)
			}
			if len(want) < 4 || !strings.HasSuffix(want[0], " a #main") {
				t.Fatalf("%s: the way begins with %v", at, want[:min(4, len(want))])
			}
			for i, name := range want {
				press(t, ctx, kb.Tab)
				s := focus(t, ctx)
				if s.Name != name {
					t.Errorf("%s: stop %d is %s, want %s", at, i+1, s.Name, name)
					break
				}
				if !s.Outline {
					t.Errorf("%s: %s shows no focus", at, s.Name)
				}
				if !s.Seen {
					t.Errorf("%s: %s has the focus and is not to be seen", at, s.Name)
				}
			}
		}
	}
}

// The skip link leads past the contents, and Enter opens what is folded.
func TestAccessibilityOfWhatIsSkippedAndFolded(t *testing.T) {
	ctx := browser(t)
	open(t, ctx, pagesOf(t)[slices.Index(pageNames, "report")], 1280, false)
	press(t, ctx, kb.Tab)
	press(t, ctx, kb.Enter)
	if s := focus(t, ctx); !strings.HasSuffix(s.Name, " main main") {
		t.Errorf("the skip link leads to %s", s.Name)
	}
	press(t, ctx, kb.Tab)
	var inMain bool
	var closed, opened int
	err := chromedp.Run(ctx,
		chromedp.Evaluate(`document.querySelector("main").contains(document.activeElement)`, &inMain),
		chromedp.Evaluate(`document.querySelectorAll("details[open]").length`, &closed),
		chromedp.Evaluate(`document.querySelector("summary").focus()`, nil),
		chromedp.KeyEvent(kb.Enter),
		chromedp.Evaluate(`document.querySelectorAll("details[open]").length`, &opened),
	)
	if err != nil {
		t.Fatal(err)
	}
	if !inMain {
		t.Error("after the skip link, Tab does not go to what it leads to")
	}
	if closed != 0 || opened != 1 {
		t.Errorf("%d details were open, and after Enter on a summary %d", closed, opened)
	}
}

// A narrow window, letters of twice the size and the distances that WCAG 1.4.12 names cut nothing off and do not widen the page; what is wider scrolls in a
// region or a group that has a name and takes the focus.
func TestAccessibilityOfNarrowAndLargeText(t *testing.T) {
	ctx := browser(t)
	for _, file := range pagesOf(t) {
		for _, c := range []struct {
			name, style string
			width       int64
		}{
			{"320 px", "", 320},
			{"letters of twice the size", "html{font-size:200%}", 1280},
			{"wide distances", "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}", 375},
		} {
			open(t, ctx, file, c.width, true)
			var wrong []string
			err := chromedp.Run(ctx, chromedp.Evaluate(`(style => {
				const sheet = new CSSStyleSheet();
				sheet.replaceSync(style);
				document.adoptedStyleSheets = [sheet];
				const wrong = document.documentElement.scrollWidth > innerWidth ? ["the page is " + document.documentElement.scrollWidth + " px wide"] : [];
				for (const e of document.querySelectorAll("body *:not(.hidden)")) {
					const name = e.tagName + "#" + e.id + "." + e.className, style = getComputedStyle(e);
					if (e.closest("svg") || e.clientWidth <= 1 || e.scrollWidth <= e.clientWidth + 1 || style.overflowX === "visible" || style.display === "inline") continue;
					if (style.overflowX === "hidden" || style.overflowX === "clip") wrong.push(name + " is cut off");
					else if (e.tabIndex !== 0) wrong.push(name + " scrolls and takes no focus");
					else if (!["region", "group"].includes(e.getAttribute("role")) || !(e.ariaLabel || e.ariaLabelledByElements?.length)) wrong.push(name + " scrolls and has no name");
				}
				return wrong;
			})("`+c.style+`")`, &wrong))
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range wrong {
				t.Errorf("%s with %s: %s", filepath.Base(file), c.name, w)
			}
		}
	}
}
