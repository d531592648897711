package reports

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
	"unicode"
)

// Document is a text in parts, with tables and formulas, that is no report of results: a method as its file has it, or what differs between two. It is
// written as one HTML file (WriteHTML) or as Markdown (WriteMarkdown). Whatever it says is text: nothing in it becomes markup.
type Document struct {
	Kicker   string // what it is, above the title
	Title    string
	Lead     []Text // paragraphs under the title
	Facts    []Fact
	Parts    []*Part
	Software string // name and version of what wrote it
}

// Fact is a named thing at the head.
type Fact struct {
	Name  string
	Value Text
}

// Part is a section with a heading, of at most three levels.
type Part struct {
	Key     string // names it for links, unlike any other of the document; empty: nothing links to it
	Heading Text
	Blocks  []Block
	Parts   []*Part
	level   int
}

// Block is one of the things that stand under a heading; exactly one field is set.
type Block struct {
	Prose  Text
	List   *List
	Sheet  *Sheet
	Lines  string // of commands or of a file, as they are
	Folded *Folded
	Drawn  *Drawn
}

// List is a list, numbered from 1 where it is ordered.
type List struct {
	Ordered bool
	Items   []Cell
}

// Sheet is a table; the first cell of a row is its heading.
type Sheet struct {
	Key     string // names it, unlike any other of the document
	Caption string
	Columns []string
	Rows    [][]Cell
}

// Cell holds one or more lines.
type Cell []Text

// Folded is what a reader opens.
type Folded struct {
	Summary string
	Blocks  []Block
}

// Text is a line of spans.
type Text []Span

// Span is a run of characters in one style, with a link where To or URL is given.
type Span struct {
	Text  string
	Style Style
	To    string // the key of a part
	URL   string // an address of http or https; another is dropped
}

// Style is how a span is set apart.
type Style string

const (
	Plain   Style = ""
	Code    Style = "code"    // a name or a short formula
	Formula Style = "formula" // a formula that stands on a line of its own
	Strong  Style = "strong"
	Flag    Style = "flag"  // a word of status
	Quiet   Style = "quiet" // said beside
)

// Words is a text in one style.
func Words(text string) Text { return Text{{Text: text}} }

// In is a text in a style.
func In(style Style, text string) Text { return Text{{Text: text, Style: style}} }

// Paragraphs are a longer text as YAML files have it: a line end ends a paragraph.
func Paragraphs(text string) (out []Text) {
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) != "" {
			out = append(out, Words(strings.TrimSpace(line)))
		}
	}
	return out
}

// maxLevel is the deepest heading under the title.
const maxLevel = 4

// prepare numbers the levels of headings, and refuses what would make a broken page: two parts of one key, a link that leads nowhere.
func (d *Document) prepare() error {
	keys := map[string]bool{"main": true, "contents": true}
	meet := func(key string) error {
		if key != "" && keys[key] {
			return fmt.Errorf("reports: two parts of a document are named %q", key)
		}
		keys[key] = true
		return nil
	}
	if err := d.each(meet); err != nil {
		return err
	}
	for _, s := range d.spans() {
		if s.To != "" && !keys[s.To] {
			return fmt.Errorf("reports: nothing in the document is named %q", s.To)
		}
	}
	return nil
}

// each visits the keys of all parts and tables.
func (d *Document) each(visit func(key string) error) error {
	var part func(p *Part, level int) error
	var blocks func(list []Block) error
	blocks = func(list []Block) error {
		for _, b := range list {
			if b.Sheet != nil {
				if err := visit(b.Sheet.Key); err != nil {
					return err
				}
			}
			if b.Folded != nil {
				if err := blocks(b.Folded.Blocks); err != nil {
					return err
				}
			}
			if b.Drawn != nil {
				if err := errors.Join(visit(b.Drawn.Key), visit(b.Drawn.Sheet.Key)); err != nil {
					return err
				}
			}
		}
		return nil
	}
	part = func(p *Part, level int) error {
		if p.level = level; level > maxLevel {
			return fmt.Errorf("reports: the part %q stands %d levels deep", p.Key, level)
		}
		if err := visit(p.Key); err != nil {
			return err
		}
		if err := blocks(p.Blocks); err != nil {
			return err
		}
		for _, sub := range p.Parts {
			if err := part(sub, level+1); err != nil {
				return err
			}
		}
		return nil
	}
	for _, p := range d.Parts {
		if err := part(p, 2); err != nil {
			return err
		}
	}
	return nil
}

// spans lists all that the document says.
func (d *Document) spans() (out []Span) {
	for _, t := range d.Lead {
		out = append(out, t...)
	}
	for _, f := range d.Facts {
		out = append(out, f.Value...)
	}
	cell := func(c Cell) {
		for _, t := range c {
			out = append(out, t...)
		}
	}
	sheet := func(s *Sheet) {
		for _, row := range s.Rows {
			for _, c := range row {
				cell(c)
			}
		}
	}
	var blocks func(list []Block)
	blocks = func(list []Block) {
		for _, b := range list {
			out = append(out, b.Prose...)
			if b.List != nil {
				for _, item := range b.List.Items {
					cell(item)
				}
			}
			if b.Sheet != nil {
				sheet(b.Sheet)
			}
			if b.Drawn != nil {
				sheet(b.Drawn.Sheet)
			}
			if b.Folded != nil {
				blocks(b.Folded.Blocks)
			}
		}
	}
	var parts func(list []*Part)
	parts = func(list []*Part) {
		for _, p := range list {
			out = append(out, p.Heading...)
			blocks(p.Blocks)
			parts(p.Parts)
		}
	}
	parts(d.Parts)
	return out
}

// WriteHTML writes one file that opens offline: without script, asking for nothing from outside. The same document gives the same bytes.
func (d *Document) WriteHTML(w io.Writer) error {
	if err := d.prepare(); err != nil {
		return err
	}
	var out strings.Builder
	if err := documentTemplate().Execute(&out, d); err != nil {
		return fmt.Errorf("reports: %w", err)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// documentStyle is the report's style sheet, followed by what documents have of their own.
func documentStyle() template.CSS {
	own, err := files.ReadFile("document.css")
	if err != nil {
		panic(err) // the file is part of the program
	}
	return styleSheet() + template.CSS(own)
}

var documentTemplate = sync.OnceValue(func() *template.Template {
	style := documentStyle()
	return template.Must(template.New("document.tmpl").Funcs(template.FuncMap{
		"style": func() template.CSS { return style }, "policy": func() string { return policyOf(style) },
		"anchor": anchor, "clean": cleaned, "lines": cleanedLines, "href": href, "text": Text.plain, "room": Cell.room,
		"level": func(p *Part) int { return p.level }, "draw": (*Drawn).draw, "head": func(row []Cell) Cell { return row[0] }, "rest": func(row []Cell) []Cell { return row[1:] },
		"label": func(s *Sheet, i int) string { return cleaned(s.Columns[i+1]) },
	}).ParseFS(files, "templates/document.tmpl"))
})

// href is where a span leads; empty: nowhere.
func href(s Span) string {
	if s.To != "" {
		return "#" + anchor(s.To)
	}
	return webAddress(s.URL)
}

// anchor makes an id of a key: two keys never have the same.
func anchor(key string) string {
	var b strings.Builder
	for i := range len(key) {
		switch c := key[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
			b.WriteByte(c)
		case c == '/':
			b.WriteByte('.')
		default:
			fmt.Fprintf(&b, "~%02x", c)
		}
	}
	return b.String()
}

// plain is a text without its styles.
func (t Text) plain() string {
	var b strings.Builder
	for _, s := range t {
		b.WriteString(s.Text)
	}
	return cleaned(b.String())
}

// room is a class for the width that a cell asks for.
func (c Cell) room() string {
	longest := 0
	for _, t := range c {
		longest = max(longest, len([]rune(t.plain())))
	}
	switch {
	case longest > 60:
		return "text"
	case longest > 30:
		return "long"
	case longest >= 14:
		return "mid"
	}
	return ""
}

// cleaned makes one line of a text and replaces what could steer a reader's screen: control characters and marks of direction.
func cleaned(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// cleanedLines is cleaned line by line.
func cleanedLines(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i := range lines {
		lines[i] = cleaned(lines[i])
	}
	return strings.Join(lines, "\n")
}

// policyOf forbids all but a page's own style sheet and inline images: no script, no font, no request.
func policyOf(style template.CSS) string {
	hash := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'; img-src data:; base-uri 'none'; form-action 'none'"
}
