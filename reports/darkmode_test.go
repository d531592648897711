package reports

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// prefer makes the browser show pages as those want them who prefer a scheme of colours, on a screen or in print.
func prefer(t *testing.T, ctx context.Context, mode, media string) {
	t.Helper()
	err := chromedp.Run(ctx, emulation.SetEmulatedMedia().WithMedia(media).WithFeatures([]*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}, {Name: "prefers-color-scheme", Value: mode}}))
	if err != nil {
		t.Fatal(err)
	}
}

// inkOfDrawings looks at each text of each drawing as it is painted: on its page, or on what is drawn around its letters or under them. It gives the page's ground, how many texts there
// are, and those with less than 4.5:1.
const inkOfDrawings = `(() => {
	const rgb = s => s.match(/[\d.]+/g).slice(0, 3).map(Number);
	const luminance = c => rgb(c).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05) };
	const ground = getComputedStyle(document.body).backgroundColor, poor = [], texts = [...document.querySelectorAll("svg text")];
	for (const e of texts) {
		const style = getComputedStyle(e);
		let on = style.stroke === "none" ? ground : style.stroke;
		if (e.matches(".letter, .letter *")) { // on a mark of the same number
			const mark = e.closest("svg").querySelector("." + e.closest(".letter").getAttribute("class").match(/o(\d)/)[0].replace("o", "f"));
			on = getComputedStyle(mark).fill;
		}
		const got = contrast(style.fill, on);
		if (got < 4.5) poor.push(e.textContent + ", " + style.fill + " on " + on + ": " + got.toFixed(2));
	}
	return {Ground: ground, Texts: texts.length, Poor: poor};
})()`

// Every text of every drawing is read in both modes, and paper is light whatever is preferred on a screen.
func TestDrawingsAreReadInBothModesAndPaperIsLight(t *testing.T) {
	ctx := browser(t)
	for _, file := range pagesOf(t) {
		if err := chromedp.Run(ctx, chromedp.Navigate(addressOf(file))); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ mode, media, ground string }{{"light", "screen", "rgb(255, 255, 255)"}, {"dark", "screen", "rgb(21, 20, 31)"}, {"dark", "print", "rgb(255, 255, 255)"}} {
			prefer(t, ctx, c.mode, c.media)
			var seen struct {
				Ground string
				Texts  int
				Poor   []string
			}
			if err := chromedp.Run(ctx, chromedp.Evaluate(inkOfDrawings, &seen)); err != nil {
				t.Fatal(err)
			}
			if seen.Ground != c.ground {
				t.Errorf("%s, %s preferred, on a %s: the ground is %s, want %s", filepath.Base(file), c.mode, c.media, seen.Ground, c.ground)
			}
			for _, p := range seen.Poor {
				t.Errorf("%s, %s preferred, on a %s: %s", filepath.Base(file), c.mode, c.media, p)
			}
			if least := map[string]int{"report.html": 200, "summary.html": 50}[filepath.Base(file)]; seen.Texts < least {
				t.Errorf("%s has %d texts in drawings", filepath.Base(file), seen.Texts)
			}
		}
	}
	// what finds no fault at all proves nothing: letters on a bar in the colour of the bar
	prefer(t, ctx, "dark", "screen")
	var found struct{ Poor []string }
	err := chromedp.Run(ctx,
		chromedp.Navigate(addressOf(pagesOf(t)[slices.Index(pageNames, "report")])),
		chromedp.Evaluate(`document.documentElement.style.setProperty("--o0", "var(--f0)"); 1`, nil),
		chromedp.Evaluate(inkOfDrawings, &found),
	)
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Poor) == 0 {
		t.Error("letters of the colour of what they stand on were not found")
	}
}
