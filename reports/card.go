package reports

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// CardName is what the picture of a report for links to it is called in a language.
func CardName(language string) string { return "card." + language + ".svg" }

// CardWidth and CardHeight are the sizes of a card, as those who show links ask for them; its texts keep cardEdge off its edges.
const (
	CardWidth, CardHeight = 1200, 630
	cardEdge              = 64.0
)

// Colours and letters of a card: it stands alone, without a page's style sheet, and is light wherever it is shown. They are those of light pages.
const (
	ink    = "#1c1b29"
	soft   = "#55546a"
	line   = "#d8d7e2"
	accent = "#332288"

	cardLetters = ` xmlns="http://www.w3.org/2000/svg" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif" font-size="13" fill="` + ink + `"`
)

// WriteCard draws an edition in one of the Languages as a picture for links to its report, an SVG of 1200 by 630: title, edition and status, and the leading total of the first perspective with its interval and what it is of. It asks for
// nothing, and all its texts lie within it.
func WriteCard(w io.Writer, e *Edition, language string) error {
	text := wordings()[language]
	if text == nil {
		return fmt.Errorf("reports: there is no language %q", language)
	}
	p, err := newPageIn(e, text)
	if err != nil {
		return err
	}
	list, err := p.leading()
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, string(drawWith(text, "card", CardWidth, cleaned(cmp.Or(p.Title, p.Study)), p.cardWords(list), cardLetters, func(c *canvas) float64 {
		p.card(c, list)
		return CardHeight
	}))+"\n")
	return err
}

// card draws the edition, whose leading totals are given.
func (p *page) card(c *canvas, list []Leading) {
	const serif = `font-family="'Iowan Old Style', 'Palatino Linotype', Palatino, Georgia, 'DejaVu Serif', serif" font-weight="600"`
	const across = CardWidth - 2*cardEdge
	c.rect(0, 0, CardWidth, CardHeight, `fill="#ffffff"`)
	c.rect(0, 0, 18, CardHeight, `fill="`+accent+`"`)
	row := func(y, size float64, attrs, s string) { // in smaller letters where it is long, and cut off beyond that
		s = cleaned(s)
		room := across
		if !strings.Contains(attrs, "font-weight") {
			room = float64(room * 1.1) // letters that are not bold are narrower
		}
		size = max(float64(size*0.68), min(size, float64(size*room)/reach(s, size)))
		c.write(cardEdge, y, strings.TrimSpace(attrs+` font-size="`+num(size)+`"`), fitted(s, room, size))
	}
	rule := func(y float64) {
		c.over.add(`stroke="`+line+`" stroke-width="2"`, "M"+num(cardEdge)+","+num(y)+"h"+num(across))
	}
	row(92, 26, `font-weight="600" fill="`+accent+`"`, p.cardKicker())
	y := 168.0
	for _, line := range broken(cleaned(cmp.Or(p.Title, p.Study)), across, 54, 2) {
		c.write(cardEdge, y, serif+` font-size="54"`, line)
		y += 64
	}
	rule(264)
	if len(list) == 0 {
		row(380, 54, serif+` fill="`+soft+`"`, upper(p.Text.NotAssessed))
	} else {
		n := p.printed(list[0])
		row(322, 28, `font-weight="600"`, p.named(list[0]))
		row(418, 88, serif, n.String())
		row(466, 28, `fill="`+soft+`"`, p.cardInterval(list[0], n))
	}
	row(518, 28, ``, p.Text.say("card_of", yearText(p.Year)))
	rule(546)
	row(590, 24, `fill="`+soft+`"`, p.cardStatus())
}

func (p *page) cardKicker() string {
	kicker := p.Text.say("card_kicker")
	if e := p.Edition.Edition; e != "" {
		kicker += " · " + upper(p.Text.say("edition", e))
	}
	return kicker
}

func (p *page) cardStatus() string {
	status := p.Text.say("edition_draft")
	if p.Status == "published" {
		status = p.Text.say("edition_published")
	}
	return status + " " + p.Screening()
}

// cardInterval is the figure's interval in words, and that a part of it is missing.
func (p *page) cardInterval(l Leading, n number) string {
	said := strings.TrimSuffix(p.Text.NoInterval, ".")
	if n.Between != "" {
		said = n.Between + "\u00a0" + strings.ReplaceAll(n.Unit, " ", "\u00a0") + " (" + p.Text.column("interval") + ")"
	}
	if l.Incomplete {
		said += " · " + p.Text.Incomplete
	}
	return said
}

// cardWords says what the card shows to those who do not see it.
func (p *page) cardWords(list []Leading) string {
	said := []string{p.cardKicker()}
	if len(list) > 0 {
		n := p.printed(list[0])
		said = append(said, p.named(list[0])+p.Text.say("colon")+" "+n.String()+", "+p.cardInterval(list[0], n))
	}
	return cut(600, cleaned(p.Text.list(append(said, p.Text.say("card_of", strconv.Itoa(p.Year)), p.cardStatus()))))
}

// reach is a width that a text in bold letters does not exceed at a size, of any font that a card asks for: for what must not leave a picture, where extent estimates.
func reach(s string, size float64) float64 {
	em := 0.0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == '\u202f' || r == ' ' || r == '\u00a0' || strings.ContainsRune("iljtfr.,:;'|!()[]", r):
			em += 0.42
		case r < 0x250 && (unicode.IsLower(r) && r != 'm' && r != 'w' && r != 'æ' && r != 'œ' || unicode.IsDigit(r)):
			em += 0.7
		case r < 0x250 && r != 'W' && r != 'M' && r != 'm' && r != 'w' && r != '%' && r != '@' && r != 'Æ' && r != 'Œ':
			em += 0.84
		default:
			em += 1.3
		}
	}
	return float64(em * size)
}

// fitted shortens a text to what fits in a width.
func fitted(s string, width, size float64) string {
	if reach(s, size) <= width {
		return s
	}
	used := reach("…", size)
	for i, r := range s {
		if used += reach(string(r), size); used > width {
			return strings.TrimRightFunc(s[:i], func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) }) + "…"
		}
	}
	return s
}

// broken breaks a text between words in at most so many lines of a width; what is left of it is cut off.
func broken(s string, width, size float64, most int) (lines []string) {
	for len(lines) < most-1 && reach(s, size) > width {
		at := 0
		for i, r := range s {
			if r == ' ' && reach(s[:i], size) <= width {
				at = i
			}
		}
		if at == 0 {
			break
		}
		lines, s = append(lines, s[:at]), strings.TrimLeft(s[at:], " ")
	}
	return append(lines, fitted(s, width, size))
}
