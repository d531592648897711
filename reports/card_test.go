package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// cardOf is an edition's card in a language.
func cardOf(t testing.TB, e *Edition, language string) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteCard(&b, e, language); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// elements are the names and the texts of an XML document's elements.
func elements(t *testing.T, text string) (names, texts []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return names, texts
		}
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		switch x := token.(type) {
		case xml.StartElement:
			names = append(names, x.Name.Local)
		case xml.CharData:
			if s := strings.TrimSpace(string(x)); s != "" {
				texts = append(texts, s)
			}
		}
	}
}

func TestACardSaysWhatTheLeadingTotalIsOf(t *testing.T) {
	for language, want := range map[string][]string{
		"en": {"Documented environmental impacts of AI · Edition 2025", "Documented impacts of example activities", "Climate change · Service perspective, location-based", "Sum of the activities documented for 2025, not an estimate for a sector",
			"Draft, not for citation. Screening study, not critically reviewed."},
		"fr": {"Changement climatique · Perspective du service, méthode fondée sur la localisation", "Projet, à ne pas citer. Étude d’orientation (screening), sans revue critique."},
	} {
		_, texts := elements(t, cardOf(t, wholeEdition(), language))
		said := strings.Join(texts, "\n")
		for _, w := range want {
			if !strings.Contains(said, w) {
				t.Errorf("%s: it does not say %q:\n%s", language, w, said)
			}
		}
		if strings.Contains(said, "…") {
			t.Errorf("%s: something of it is cut off:\n%s", language, said)
		}
		p, err := newPageIn(wholeEdition(), wordings()[language])
		if err != nil {
			t.Fatal(err)
		}
		key, err := p.KeyFigures("service")
		if err != nil {
			t.Fatal(err)
		}
		lead := key.Cards[0].Lead
		for _, w := range []string{lead.String(), lead.Between} {
			if w == "" || !strings.Contains(said, w) {
				t.Errorf("%s: the leading key figure says %q, and the card does not:\n%s", language, w, said)
			}
		}
	}
	e := example()
	e.Status = "published"
	if got := cardOf(t, e, "en"); !strings.Contains(got, "Published edition.") {
		t.Error("it does not say that the edition is published")
	}
	if got := cardOf(t, &Edition{Study: "s", Year: 2025}, "en"); !strings.Contains(got, ">Not assessed</text>") {
		t.Error("of nothing it says something")
	}
}

func TestTextsOfStrangersAreTextsInACard(t *testing.T) {
	want, _ := elements(t, cardOf(t, poisoned("x"), "en"))
	for _, payload := range strangers {
		text := cardOf(t, poisoned(payload), "en")
		names, _ := elements(t, text)
		if strings.Join(names, " ") != strings.Join(want, " ") || regexp.MustCompile(`href|url\(|<script|<style|@import`).MatchString(text) {
			t.Errorf("%q: %v, want %v", payload, names, want)
		}
	}
}

// In a browser no text of a card leaves it or lies on another, however long and wide its letters are.
func TestTextsOfACardLieWithinIt(t *testing.T) {
	ctx := browser(t)
	for _, title := range []string{"Short", strings.Repeat("W", 400), strings.Repeat("Wide MWMW words and a title without an end ", 40), strings.Repeat("影響", 200), strings.Repeat("ﷺ", 100), strings.Repeat("🙂", 100), strings.Repeat("ij l ", 100)} {
		for _, language := range Languages() {
			e := wholeEdition()
			e.Title, e.Edition = title, title
			file := filepath.Join(t.TempDir(), "card.svg")
			if err := os.WriteFile(file, []byte(cardOf(t, e, language)), 0o666); err != nil {
				t.Fatal(err)
			}
			var wrong []string
			if err := chromedp.Run(ctx, chromedp.Navigate(addressOf(file)), chromedp.Evaluate(`[...document.querySelectorAll("text")].flatMap(e => {
				const b = e.getBBox();
				return b.x < 18 || b.y < 0 || b.x + b.width > 1200 || b.y + b.height > 630 ? [e.textContent + " ends at " + (b.x + b.width) + ", " + (b.y + b.height)] : [];
			})`, &wrong)); err != nil {
				t.Fatal(err)
			}
			for _, w := range wrong {
				t.Errorf("%.20s in %s: %s", title, language, w)
			}
		}
	}
}
