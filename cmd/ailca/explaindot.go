package main

import (
	"fmt"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/trace"
)

// traceShapes are the shapes of a tree's nodes, boxes where none is given.
var traceShapes = map[trace.Kind]string{trace.Figure: "doubleoctagon", trace.Cell: "box3d", trace.Row: "note", trace.Column: "plaintext", trace.Attribute: "plaintext",
	trace.Parameter: "diamond", trace.Factor: "cylinder", trace.Rest: "folder", trace.Operation: "circle"}

// traceDot writes a tree as a graph for Graphviz. An arrow leads from what a value comes from to the value; a dashed one from what explains it.
func traceDot(t *trace.Tree) string {
	var b strings.Builder
	b.WriteString("digraph " + quotedDot(t.Figure.Label) + " {\n  rankdir=RL;\n  node [fontname=\"sans-serif\", shape=box];\n")
	count := 0
	var draw func(n *trace.Node) int
	draw = func(n *trace.Node) int {
		id := count
		count++
		lines := []string{power(n) + n.Label}
		switch {
		case n.Value != nil && n.Unit != "":
			lines = append(lines, number(*n.Value)+" "+n.Unit)
		case n.Value != nil:
			lines = append(lines, number(*n.Value))
		case n.Text != "":
			lines = append(lines, n.Text)
		}
		if n.Formula != "" {
			lines = append(lines, n.Formula)
		}
		if n.Place != nil {
			lines = append(lines, n.Place.String())
		}
		shape := ""
		if s := traceShapes[n.Kind]; s != "" {
			shape = "shape=" + s + ", "
		}
		for i := range lines {
			lines[i] = oneLine(lines[i])
		}
		fmt.Fprintf(&b, "  n%d [%slabel=%s];\n", id, shape, quotedDot(strings.Join(lines, "\n")))
		for _, c := range n.Children {
			fmt.Fprintf(&b, "  n%d -> n%d;\n", draw(c), id)
		}
		for _, c := range n.Explained {
			fmt.Fprintf(&b, "  n%d -> n%d [style=dashed];\n", draw(c), id)
		}
		return id
	}
	draw(t.Figure)
	b.WriteString("}\n")
	return b.String()
}
