package reports

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// On paper everything is opened and nothing is wider than a page: 182 mm of A4 between the margins, 269 mm where a section has tables of many columns. A browser
// that prints would make all of it smaller to fit, and cut off what still does not.
func TestThePageFitsPaper(t *testing.T) {
	ctx := browser(t)
	for _, file := range pagesOf(t) {
		var wrong []string
		err := chromedp.Run(ctx,
			emulation.SetEmulatedMedia().WithMedia("print"),
			chromedp.EmulateViewport(688, 1000), // 182 mm in CSS px
			chromedp.Navigate(addressOf(file)),
			chromedp.Evaluate(`[...document.querySelectorAll("main *, header *")].filter(e => !e.closest("svg *") && !e.closest(".hidden, td b")).flatMap(e => {
				const broad = getComputedStyle(e.closest("section") ?? e).page === "broad", right = e.getBoundingClientRect().right;
				if (right > (broad ? 1017 : 689)) return [e.tagName + "." + e.className + " of " + e.parentElement.outerHTML.slice(0, 200) + " ends at " + right + " px"];
				if (e.tagName === "TABLE" && !e.checkVisibility({contentVisibilityAuto: true})) return [e.tagName + "#" + e.id + " is closed"];
				return [];
			})`, &wrong),
		)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range wrong {
			if i < 10 {
				t.Errorf("%s on paper: %s", filepath.Base(file), w)
			}
		}
	}
}
