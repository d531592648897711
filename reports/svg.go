package reports

import (
	"encoding/xml"
	"html/template"
	"strconv"
	"strings"
)

// Looks of all figures: attributes whose colours, sizes and anchors figure.css gives, for light and for dark pages. Nothing is told by colour alone: a fill goes with a pattern
// and, where a class has one, a letter.
const (
	headLook      = `class="head"`
	headEndLook   = `class="head end"`
	softLook      = `class="soft"`
	softEndLook   = `class="soft end"`
	endLook       = `class="end"`
	middleLook    = `class="middle"`
	asideLook     = `class="aside"` // said beside, in smaller letters
	asideEndLook  = `class="aside end"`
	asideHaloLook = `class="aside halo"`
	haloLook      = `class="halo"` // the page's ground around the letters, over lines
	valueLook     = `class="value"`
	valueEndLook  = `class="value end"`
	strongLook    = `class="value strong"`
	peakLook      = `class="peak halo"` // over a column
	peakNowLook   = `class="peak halo strong"`
	tickLook      = `class="tick"` // of an axis
	tickEndLook   = `class="tick end"`
	tickStartLook = `class="tick start"`
	tickNowLook   = `class="tick strong"`
	keyLook       = `class="key halo"` // a letter beside a mark
	keyEndLook    = `class="key halo end"`

	gridLook     = `class="grid"` // lines that tell nothing
	baseLineLook = `class="axis"`
	zeroLook     = `class="zero"`
	stemLook     = `class="stem"`
	noneLook     = `class="blank"` // where a bar would be
	yearLook     = `class="now"`   // the year that a figure is of
	otherLook    = `class="then"`  // another year
	whiskerLook  = `class="whisker"`
	overLook     = `class="over"`
	underLook    = `class="under"`
	isoLook      = `class="iso"`

	// The 90 % band of a fan is told from the page by its edge, the 50 % band by its fill.
	mostLook   = `class="most"`
	halfLook   = `class="then"`
	baseLook   = `class="base"`
	courseLook = `class="course"`
	dotLook    = `class="dot"`
	leaderLook = `class="leader"`
)

// fillCount is how many fills figure.css has, f0 to f5, each with the colour of text on it.
const fillCount = 6

// fillLook is the look of an area of a fill.
func fillLook(fill int) string { return `class="f` + strconv.Itoa(fill) + `"` }

// hatches are drawn over a fill in an 8 by 8 cell; the first is the plain fill.
var hatches = [...]string{
	"", "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4", "M3,4 h2", "M0,4 h8", "M4,0 v8", "M-2,6 l4,4 M0,0 l8,8 M6,-2 l4,4", "M0,4 h8 M4,0 v8",
}

// canvas draws one SVG: lines below areas below the lines over them below text. Coordinates are in its viewBox and are written with one decimal.
type canvas struct {
	id                 string
	in                 *wording
	width              float64
	styles             map[int]bool // those whose pattern is defined
	lines, areas, over layer
	text               layer
}

// layer gathers marks that look alike, in the order in which each look came first, so that their attributes are written once.
type layer struct {
	looks []string
	marks map[string][]string
}

func (l *layer) add(look, mark string) {
	if l.marks == nil {
		l.marks = map[string][]string{}
	}
	if l.marks[look] == nil {
		l.looks = append(l.looks, look)
	}
	l.marks[look] = append(l.marks[look], mark)
}

// paths writes each look as one path.
func (l *layer) paths(b *strings.Builder) {
	for _, look := range l.looks {
		b.WriteString("<path " + look + ` d="` + strings.Join(l.marks[look], "") + "\"/>\n")
	}
}

// groups writes each look as a group of elements.
func (l *layer) groups(b *strings.Builder) {
	for _, look := range l.looks {
		switch marks := l.marks[look]; {
		case len(marks) == 1:
			b.WriteString(strings.Replace(marks[0], "<text", "<text"+strings.TrimRight(" "+look, " "), 1))
		case look == "":
			b.WriteString(strings.Join(marks, ""))
		default:
			b.WriteString("<g " + look + ">\n" + strings.Join(marks, "") + "</g>\n")
		}
	}
}

// draw returns an SVG for a page, whose style sheet has the looks. Its width is given; its content and height come from paint. Title and description are for those who do not see it.
func draw(in *wording, id string, width float64, title, desc string, paint func(c *canvas) (height float64)) template.HTML {
	return drawWith(in, id, width, title, desc, "", paint)
}

// drawWith is draw with further attributes of the root.
func drawWith(in *wording, id string, width float64, title, desc, attrs string, paint func(c *canvas) (height float64)) template.HTML {
	c := &canvas{id: id, in: in, width: width, styles: map[int]bool{}}
	height := paint(c)
	var b strings.Builder
	b.WriteString(`<svg role="img" viewBox="0 0 ` + num(width) + " " + num(height) + `" width="` + num(width) + `" height="` + num(height) + `"` + attrs +
		` aria-labelledby="` + id + `-t ` + id + `-d">` + "\n")
	b.WriteString(`<title id="` + id + `-t">` + escape(title) + `</title><desc id="` + id + `-d">` + escape(desc) + "</desc>\n")
	c.patterns(&b)
	c.lines.paths(&b)
	c.areas.paths(&b)
	c.over.paths(&b)
	c.text.groups(&b)
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// patterns are a fill and a hatch over it, so that what both are on is drawn once.
func (c *canvas) patterns(b *strings.Builder) {
	if len(c.styles) == 0 {
		return
	}
	b.WriteString("<defs>")
	for i := range fillCount * len(hatches) {
		if c.styles[i] {
			fill, hatch := style(i)
			b.WriteString(`<pattern id="` + c.pattern(i) + `" width="8" height="8" patternUnits="userSpaceOnUse"><path ` + fillLook(fill) + ` d="M0,0h8v8h-8z"/><path class="hatch" d="` + hatches[hatch] + `"/></pattern>`)
		}
	}
	b.WriteString("</defs>\n")
}

func (c *canvas) pattern(i int) string { return c.id + "-p" + strconv.Itoa(i) }

// style gives the i-th thing of a figure a fill and a hatch; the pair repeats only after 42 of them.
func style(i int) (fill, hatch int) {
	return i % fillCount, (i + 2*(i/fillCount)) % len(hatches)
}

// area draws a rectangle in the i-th style.
func (c *canvas) area(i int, x, y, w, h float64) {
	i %= fillCount * len(hatches)
	fill, hatch := style(i)
	look := fillLook(fill)
	if hatch > 0 {
		c.styles[i] = true
		look = `fill="url(#` + c.pattern(i) + `)"`
	}
	c.rect(x, y, w, h, look)
}

func (c *canvas) rect(x, y, w, h float64, attrs string) {
	c.areas.add(attrs, "M"+num(x)+","+num(y)+"h"+num(w)+"v"+num(h)+"h"+num(-w)+"z")
}

func (c *canvas) line(x1, y1, x2, y2 float64, attrs string) {
	c.lines.add(attrs, "M"+num(x1)+","+num(y1)+"L"+num(x2)+","+num(y2))
}

// write sets s with its baseline at y. A label on a style's area passes over (see on) to stay readable over the hatch.
func (c *canvas) write(x, y float64, attrs, s string) {
	c.text.add(attrs, `<text x="`+num(x)+`" y="`+num(y)+`">`+escape(s)+"</text>\n")
}

// on is how text is written on the i-th area: its hatch is covered around the letters.
func on(i int) string { return `class="on ` + onFill(i) + `"` }

// onKey is on in a legend.
func onKey(i int) string { return `class="on sign ` + onFill(i) + `"` }

// letterOn is how a letter is written on a mark of the i-th style, which has no hatch.
func letterOn(i int) string { return `class="letter ` + onFill(i) + `"` }

func onFill(i int) string {
	fill, _ := style(i % (fillCount * len(hatches)))
	return "o" + strconv.Itoa(fill)
}

// clip shortens a label to what fits in a width at a font size, by an estimate of 0.58 em a character.
func clip(s string, width, size float64) string {
	runes := []rune(s)
	if fit := int(width / (size * 0.58)); len(runes) > fit {
		return strings.TrimRight(string(runes[:max(1, fit-1)]), " -–") + "…"
	}
	return s
}

// extent estimates the width of a text at a font size; narrow spaces take half of what others do.
func extent(s string, size float64) float64 {
	halves := 2*len([]rune(s)) - strings.Count(s, "\u202f")
	return float64(float64(halves) / 2 * size * 0.6)
}

// label writes a name centred on the line y at size 13, in two lines where one does not hold it.
func (c *canvas) label(x, y, width float64, attrs, s string) {
	first, second := fold(s, width)
	if second == "" {
		c.write(x, y+4.5, attrs, first)
		return
	}
	c.write(x, y-3, attrs, first)
	c.write(x, y+12, attrs, second)
}

// fold breaks a text between words, or after a slash or hyphen, in at most two lines of a width at size 13; what still does not fit is clipped.
func fold(s string, width float64) (first, second string) {
	if extent(s, 13) <= width {
		return s, ""
	}
	cut := 0
	for i, r := range s {
		if (r == ' ' || r == '/' || r == '-') && extent(s[:i], 13) <= width {
			cut = i + 1
		}
	}
	if cut == 0 {
		return clip(s, width, 13), ""
	}
	return strings.TrimRight(s[:cut], " "), clip(s[cut:], width, 13)
}

func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	if s = strings.TrimSuffix(s, ".0"); s == "-0" {
		return "0"
	}
	return s
}

// escape makes text safe in XML; characters that XML does not allow become U+FFFD.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder does not fail
	return b.String()
}
