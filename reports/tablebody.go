package reports

import (
	"html/template"
	"strconv"
	"strings"
)

// ruledColumns is how many columns of a table style.css can set by their place, the heading of the row being the first: numbers right (c2, c3, ...), long texts broken on paper
// (w2, w3, ...). A cell of another column says itself that it is a number. The cells of a page are thousands, and what each of them would repeat is most of its size.
const ruledColumns = 24

// Head is the heading of a column as it is printed.
type tableHead struct {
	column
	Class string
}

// Heads are the headings of the columns that are printed. A class gives a column the room that the widest of its texts asks for.
func (t *table) Heads() []tableHead {
	room := t.rooms()
	var out []tableHead
	for i, c := range t.Shown() {
		h := tableHead{column: c}
		if i > 0 {
			h.Class = room[i]
		}
		if c.Number {
			h.Class = "n"
		}
		out = append(out, h)
	}
	return out
}

// rooms is what each printed column holds: "n" for numbers alone, else the class of its widest text.
func (t *table) rooms() []string {
	wider := map[string]int{"": 0, "mid": 1, "long": 2}
	out := make([]string, len(t.Shown()))
	for r, row := range t.Printed() {
		for i, c := range row {
			switch room := c.Room(); {
			case r == 0:
				out[i] = room
			case out[i] == "n" && room != "n":
				out[i] = c.text()
			case room != "n" && wider[room] > wider[out[i]]:
				out[i] = room
			}
		}
	}
	return out
}

// Set says by classes of the table which of its columns are numbers, and which long texts.
func (t *table) Set() string {
	var out []string
	for i, room := range t.rooms() {
		if i == 0 || i >= ruledColumns || room == "" {
			continue
		}
		letter := "w"
		if room == "n" {
			letter = "c"
		}
		out = append(out, letter+strconv.Itoa(i+1))
	}
	return strings.Join(out, " ")
}

// Body is the rows that are printed. End tags that HTML lets out are left out.
func (t *table) Body(missing string) template.HTML {
	var b strings.Builder
	room := t.rooms()
	for _, row := range t.Printed() {
		b.WriteString("<tr>")
		for i, c := range row {
			switch {
			case i == 0:
				b.WriteString("<th scope=row>")
			case c.Value && (room[i] != "n" || i >= ruledColumns):
				b.WriteString("<td class=n>")
			default:
				b.WriteString("<td>")
			}
			c.write(&b, missing)
		}
		b.WriteByte('\n')
	}
	return template.HTML(b.String())
}

// write writes what stands in a cell; missing is what is said where nothing is supplied.
func (c cell) write(b *strings.Builder, missing string) {
	switch {
	case c.To != "" && c.Text != "":
		b.WriteString(`<a href="#` + c.To + `">`)
		inText(b, c.Text)
		b.WriteString("</a>")
	case c.URL != "":
		b.WriteString(`<a href="` + addressIn(c.URL) + `">`)
		inText(b, c.Text)
		b.WriteString("</a>")
	case c.Value && c.Full != "":
		b.WriteString(`<data value="` + c.Raw + `">`)
		inText(b, c.Text)
		b.WriteString("</data>")
	case c.Text != "":
		inText(b, c.Text)
	case !c.Break:
		b.WriteString("<i>")
		inText(b, missing)
		b.WriteString("</i>")
	}
	if c.Mark != "" { // at the value, ahead of the line of the interval
		b.WriteString("<b aria-hidden=true>*</b><span class=hidden>, ")
		inText(b, c.Mark)
		b.WriteString("</span>")
	}
	if c.Between != "" && c.URL == "" && c.Text != "" {
		b.WriteString(" <small>") // the space is for who copies both
		inText(b, c.Between)
		b.WriteString("</small>")
	}
}

// inText writes a text where HTML has text.
func inText(b *strings.Builder, s string) { b.WriteString(template.HTMLEscapeString(s)) }

// addressIn is an address as an attribute in double quotes may hold it: what may not stand in an address is percent-encoded.
func addressIn(url string) string {
	return template.HTMLEscapeString(percentEncoded(url, func(c byte) bool { return c > ' ' && c < 0x7f && strings.IndexByte("\"'<>\\^`{|}", c) < 0 }))
}
