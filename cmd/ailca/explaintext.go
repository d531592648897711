package main

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/trace"
)

// traceWidth is how wide a tree is printed, traceLeft how far its places stand to the right at most.
const (
	traceWidth = 110
	traceLeft  = 60
)

// traceText writes a tree for people: what a node is on the left, where it stands on the right, more of it below. Sums of one part, conversions of units
// and the operations inside formulas, which the formulas show, have no line of their own.
func traceText(t *trace.Tree) string {
	w := traceWriter{}
	w.node(t.Figure, "", "")
	p := &page{}
	w.write(p)
	if len(t.Notes) > 0 {
		p.WriteByte('\n')
	}
	for _, n := range t.Notes {
		text := n.Text
		if n.Place != nil {
			text += " (" + n.Place.String() + ")"
		}
		p.prose(0, n.Type+":", text)
	}
	return p.String()
}

type traceWriter struct{ lines []traceLine }

// traceLine is a node's: guides ahead of its first line and of those that follow.
type traceLine struct {
	first, next string
	left, right string
	more        []string
}

// node writes a node and what stands under it.
func (w *traceWriter) node(n *trace.Node, first, next string) {
	for len(n.Children) == 1 && len(n.Remainder) == 0 && (n.Kind == trace.Figure || n.Kind == trace.Formula && n.Children[0].Kind == trace.Quantity && n.Children[0].Label == n.Formula) {
		below := n.Children[0]
		if n.Kind == trace.Figure {
			merged := *below
			merged.Kind, merged.Label = trace.Figure, n.Label
			n = &merged
			break
		}
		n = below
	}
	if n.Kind == trace.Amount && n.Operation == trace.Same { // one number, said of once
		rows := *n.Children[0]
		rows.Label = n.Label + ", " + rows.Label
		n = &rows
	}
	below := shownUnder(n)
	line := traceLine{first: first, next: next, left: traceLabel(n), right: traceRight(n), more: traceMore(n)}
	if len(below) > 0 && len(line.more) > 0 {
		line.next += "│  "
	} else {
		line.next += "   "
	}
	w.lines = append(w.lines, line)
	for i, c := range below {
		if i < len(below)-1 {
			w.node(c, next+"├─ ", next+"│  ")
		} else {
			w.node(c, next+"└─ ", next+"   ")
		}
	}
}

// shownUnder are the nodes under a node that have lines: of operations what they operate on.
func shownUnder(n *trace.Node) []*trace.Node {
	if n.Kind == trace.Factor {
		return nil // the row's own unit and its conversion
	}
	var out []*trace.Node
	named := map[string]bool{}
	var add func(list []*trace.Node)
	add = func(list []*trace.Node) {
		for _, c := range list {
			switch c.Kind {
			case trace.Constant, trace.Conversion:
			case trace.Operation:
				add(c.Children)
				add(c.Explained)
			case trace.Uncertain:
				out = append(out, c.Children...)
			case trace.Coefficient:
				switch last := len(c.Children) - 1; {
				case last == 1 && c.Children[1].Kind == trace.Share:
					first := *c.Children[0]
					out = append(out, &first, c.Children[1])
					if first.Children = nil; len(c.Children[0].Children) == 1 && c.Children[0].Children[0].Kind == trace.Formula {
						add(c.Children[0].Children)
					}
				case last == 0 && c.Children[0].Kind == trace.Formula: // of other coefficients the formula beside them tells
					add(c.Children)
				}
			case trace.Quantity, trace.Column, trace.Attribute, trace.Parameter:
				if name := string(c.Kind) + " " + c.Label; !named[name] { // which a formula may name twice
					named[name] = true
					out = append(out, c)
				}
			default:
				out = append(out, c)
			}
		}
	}
	add(n.Children)
	add(n.Explained)
	return out
}

// traceLabel is what a node is: its name and value.
func traceLabel(n *trace.Node) string {
	value := n.Text
	if n.Value != nil {
		value = shortNumber(*n.Value)
		if n.Unit != "" {
			value += " " + n.Unit
		}
	}
	var words []string
	switch n.Kind {
	case trace.Figure:
		return value + "  " + n.Label
	case trace.Column, trace.Attribute, trace.Parameter, trace.Quantity, trace.Factor, trace.Share, trace.Constant, trace.Coefficient:
		words = append(words, power(n)+n.Label, value)
	default:
		words = append(words, value, power(n)+n.Label)
	}
	if q := n.Has("quality"); q != "" && n.Kind != trace.Parameter {
		words = append(words, q)
	}
	return strings.Join(words, "  ")
}

// power marks what is divided by, or stands to a power, in a product.
func power(n *trace.Node) string {
	switch {
	case n.Exponent == -1:
		return "/ "
	case n.Exponent < 0:
		return "/ ^" + strconv.Itoa(-n.Exponent) + " "
	case n.Exponent > 1:
		return "^" + strconv.Itoa(n.Exponent) + " "
	}
	return ""
}

// traceRight is where a node stands, and under which licence.
func traceRight(n *trace.Node) string {
	if n.Place == nil || n.Kind == trace.Rows || n.Kind == trace.Amount {
		return ""
	}
	text := n.Place.String()
	if licence := n.Has("licence"); licence != "" {
		text += ", " + licence
	}
	return text
}

// traceMore is what else is to be said of a node, a line each.
func traceMore(n *trace.Node) []string {
	var out []string
	add := func(parts ...string) {
		if text := strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", "); text != "" {
			out = append(out, text)
		}
	}
	said := func(name string) string {
		if v := n.Has(name); v != "" {
			return name + " " + v
		}
		return ""
	}
	switch n.Kind {
	case trace.Quantity, trace.Formula, trace.Operation:
		if n.Formula == "" {
			break
		}
		text := "= " + n.Formula
		if n.Values != "" && strings.Contains(n.Formula, " ") { // of one name the value is on the line
			text += " = " + n.Values
		}
		add(text, said("tier"))
	case trace.Factor:
		if f := n.Has("fallback"); f != "" {
			add("asked for "+n.Has("asked"), "fallback: "+f)
		}
		add(said("boundary"), said("valid"), said("distribution"), n.Has("derived from"))
		add(n.Has("source"), n.Has("url"))
	case trace.Parameter:
		add(said("distribution"), n.Has("quality"))
		add(n.Has("source"))
	case trace.Row:
		add(n.Has("source"))
	case trace.Attribute:
		add(said("of"))
	case trace.Rest:
		add(n.Has("of amounts tables"))
	case trace.Contribution:
		var class []string
		for _, d := range n.Details {
			if d.Name != "quality" {
				class = append(class, d.Name+" "+d.Value)
			}
		}
		add(strings.Join(class, ", "))
	}
	return out
}

// shortNumber writes six digits.
func shortNumber(v float64) string {
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	if err != nil {
		return number(v)
	}
	if abs := max(short, -short); abs >= 1e-4 && abs < 1e15 || abs == 0 {
		return grouped3(strconv.FormatFloat(short, 'f', -1, 64))
	}
	return number(short)
}

// grouped3 sets a comma between groups of three digits ahead of the point.
func grouped3(text string) string {
	whole, fraction, has := strings.Cut(text, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if has {
		whole += "." + fraction
	}
	return sign + whole
}

// write prints the lines: places in one column where there is room.
func (w *traceWriter) write(p *page) {
	column := 0
	for _, l := range w.lines {
		if n := wide(l.first + l.left); l.right != "" && n <= traceLeft {
			column = max(column, n+2)
		}
	}
	for _, l := range w.lines {
		left := oneLine(l.left)
		rows := wrappedAt(left, traceWidth-wide(l.next))
		for i, text := range rows {
			guide := l.first
			if i > 0 {
				guide = l.next
			}
			line := guide + text
			if i == len(rows)-1 && l.right != "" {
				right := oneLine(l.right)
				if pad := column - wide(line); pad >= 2 && column+wide(right) <= traceWidth {
					line += strings.Repeat(" ", pad) + right
				} else if wide(line)+2+wide(right) <= traceWidth {
					line += "  " + right
				} else {
					p.line(0, "%s", line)
					for j, part := range wrappedAt(right, traceWidth-wide(l.next)) {
						if j > 0 {
							p.line(0, "%s", line)
						}
						line = l.next + part
					}
				}
			}
			p.line(0, "%s", line)
		}
		for _, more := range l.more {
			for _, text := range wrappedAt(oneLine(more), traceWidth-wide(l.next)) {
				p.line(0, "%s", l.next+text)
			}
		}
	}
}

func wide(text string) int { return utf8.RuneCountInString(text) }

// wrappedAt cuts a text into lines at blanks; a word that is longer than a line stands on one of its own.
func wrappedAt(text string, width int) []string {
	width = max(width, 24)
	var out []string
	line := ""
	for _, word := range strings.SplitAfter(text, " ") {
		if line != "" && wide(line)+wide(strings.TrimRight(word, " ")) > width {
			out, line = append(out, strings.TrimRight(line, " ")), ""
		}
		line += word
	}
	return append(out, strings.TrimRight(line, " "))
}
