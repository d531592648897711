package reports

import (
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// WriteMarkdown writes the document as GitHub shows it: tables, code spans, folded parts. Links inside the document are left out, since a reader's
// Markdown may name headings in its own way. The same document gives the same bytes.
func (d *Document) WriteMarkdown(w io.Writer) error {
	if err := d.prepare(); err != nil {
		return err
	}
	m := &markdown{}
	m.line("# " + escaped(d.Title))
	m.line(escaped(d.Kicker))
	for _, t := range d.Lead {
		m.line(inline(t, false))
	}
	var facts []string
	for _, f := range d.Facts {
		facts = append(facts, "- **"+escaped(f.Name)+"**: "+inline(f.Value, false))
	}
	m.line(facts...)
	m.parts(d.Parts, 2)
	_, err := io.WriteString(w, m.String())
	return err
}

// markdown is a text in the making.
type markdown struct{ strings.Builder }

// line writes a block of lines with an empty one after it; nothing where there are none.
func (m *markdown) line(lines ...string) {
	if len(lines) == 0 || len(lines) == 1 && lines[0] == "" {
		return
	}
	m.WriteString(strings.Join(lines, "\n") + "\n\n")
}

func (m *markdown) parts(list []*Part, level int) {
	for _, p := range list {
		m.line(strings.Repeat("#", level) + " " + inline(p.Heading, false))
		m.blocks(p.Blocks)
		m.parts(p.Parts, level+1)
	}
}

func (m *markdown) blocks(list []Block) {
	for _, b := range list {
		switch {
		case b.Prose != nil:
			m.line(inline(b.Prose, false))
		case b.List != nil:
			m.list(b.List)
		case b.Sheet != nil:
			m.sheet(b.Sheet)
		case b.Lines != "":
			text := cleanedLines(b.Lines)
			fence := strings.Repeat("`", max(3, longestRun(text)+1))
			m.line(fence, text, fence)
		case b.Drawn != nil: // Markdown has its table alone
			m.line("**" + escaped(b.Drawn.Title) + "**")
			m.sheet(b.Drawn.Sheet)
		case b.Folded != nil:
			m.line("<details><summary>" + escaped(b.Folded.Summary) + "</summary>")
			m.blocks(b.Folded.Blocks)
			m.line("</details>")
		}
	}
}

func (m *markdown) list(l *List) {
	var out []string
	for i, item := range l.Items {
		mark := "- "
		if l.Ordered {
			mark = strconv.Itoa(i+1) + ". "
		}
		var lines []string
		for _, t := range item {
			lines = append(lines, inline(t, false))
		}
		out = append(out, mark+strings.Join(lines, "\\\n"+strings.Repeat(" ", len(mark))))
	}
	m.line(out...)
}

func (m *markdown) sheet(s *Sheet) {
	m.line("**" + escaped(s.Caption) + "**")
	row := func(cells []string) string { return "| " + strings.Join(cells, " | ") + " |" }
	var heads, rule []string
	for _, c := range s.Columns {
		heads, rule = append(heads, escaped(c)), append(rule, "---")
	}
	lines := []string{row(heads), row(rule)}
	for _, r := range s.Rows {
		var cells []string
		for _, c := range r {
			var texts []string
			for _, t := range c {
				texts = append(texts, inline(t, true))
			}
			cells = append(cells, strings.Join(texts, "<br>"))
		}
		lines = append(lines, row(cells))
	}
	m.line(lines...)
}

// inline writes a text on one line, in a table with its bars escaped.
func inline(t Text, table bool) string {
	var b strings.Builder
	for _, s := range t {
		text := ""
		switch {
		case strings.TrimSpace(s.Text) == "":
			text = cleaned(s.Text)
		case s.Style == Code || s.Style == Formula:
			text = codeSpan(cleaned(s.Text), table)
		case s.Style == Strong:
			text = around("**", s.Text)
		case s.Style == Flag:
			text = around("*", s.Text)
		default:
			text = escaped(s.Text)
		}
		if to := webAddress(s.URL); to != "" {
			text = "[" + text + "](<" + addressEscapes.Replace(cleaned(to)) + ">)"
		}
		b.WriteString(text)
	}
	return strings.TrimSpace(b.String())
}

// around sets a mark at a text, inside the blanks around it: beside a blank it would not be one.
func around(mark, text string) string {
	text = cleaned(text)
	trimmed := strings.TrimSpace(text)
	before, after, _ := strings.Cut(text, trimmed)
	return before + mark + escaped(trimmed) + mark + after
}

var addressEscapes = strings.NewReplacer(" ", "%20", "<", "%3C", ">", "%3E", "|", "%7C", "\\", "%5C", "`", "%60")

// codeSpan writes a code span. A table takes bars in it escaped; where a backslash stands before one, or the text is such that no span keeps it, it is
// marked up as code with all that could be markup escaped.
func codeSpan(text string, table bool) string {
	if table && strings.Contains(text, "|") {
		if strings.Contains(text, "\\") {
			return "<code>" + escaped(text) + "</code>"
		}
		text = strings.ReplaceAll(text, "|", "\\|")
	}
	fence := strings.Repeat("`", longestRun(text)+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") || strings.HasPrefix(text, " ") && strings.HasSuffix(text, " ") {
		text = " " + text + " "
	}
	return fence + text + fence
}

var backticks = regexp.MustCompile("`+")

// longestRun is how many backticks stand together at most.
func longestRun(text string) int {
	runs := backticks.FindAllString(text, -1)
	if len(runs) == 0 {
		return 0
	}
	return len(slices.MaxFunc(runs, func(a, b string) int { return len(a) - len(b) }))
}

// markdownEscapes are for all that could be markup of Markdown, of HTML or of GitHub's own: mathematics, mentions, references to issues, emoji, addresses that
// become links.
var markdownEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\\", "\\\\", "`", "&#96;", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]",
	"|", "\\|", "~", "\\~", "$", "\\$", "#", "\\#", "!", "\\!", "{", "\\{", "}", "\\}", "@", "&#64;", "://", ":&#47;&#47;", "www.", "www&#46;")

// blockStarts are what would begin a list, a rule or a heading at the start of a line.
var blockStarts = regexp.MustCompile(`^\s*(?:[-+=]|[0-9]+[.)](?:\s|$))`)

// escaped makes a text that shows as it is.
func escaped(text string) string {
	text = markdownEscapes.Replace(cleaned(text))
	if start := strings.TrimRight(blockStarts.FindString(text), " "); start != "" {
		last := len(start) - 1
		text = text[:last] + "\\" + text[last:]
	}
	return text
}
