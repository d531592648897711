package reports

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// outsideOfDrawings are the texts of drawings that lie outside of them, and how many texts are looked at. Two units are no cut: boxes of letters are wider than their ink.
const outsideOfDrawings = `(() => {
	const outside = [];
	let texts = 0;
	for (const e of document.querySelectorAll("svg text")) {
		const svg = e.closest("svg"), box = e.getBBox(), view = svg.viewBox.baseVal;
		if (box.width === 0) continue; // of the drawing for another width
		texts++;
		if (box.x < view.x - 2 || box.x + box.width > view.x + view.width + 2) outside.push(svg.closest("[id]")?.id + ": " + e.textContent + ", " + box.x.toFixed(1) + " to " + (box.x + box.width).toFixed(1) + " of " + view.width);
	}
	return {Texts: texts, Outside: outside};
})()`

// No text of a drawing is cut at its edge, in wide windows and in narrow ones.
func TestTextsOfDrawingsLieWithin(t *testing.T) {
	ctx := browser(t)
	for _, file := range pagesOf(t) {
		for _, width := range []int64{1280, 390} {
			var seen struct {
				Texts   int
				Outside []string
			}
			if err := chromedp.Run(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(addressOf(file)), chromedp.Evaluate(outsideOfDrawings, &seen)); err != nil {
				t.Fatal(err)
			}
			for _, s := range seen.Outside {
				t.Errorf("%s, %d wide: %s", filepath.Base(file), width, s)
			}
			if least := map[string]int{"report.html": 100, "summary.html": 25}[filepath.Base(file)]; seen.Texts < least {
				t.Errorf("%s, %d wide, shows %d texts in drawings", filepath.Base(file), width, seen.Texts)
			}
		}
	}
}
