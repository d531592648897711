package main

import (
	"fmt"
	"strings"

	"github.com/ai-impact-observatory/ailca/rules"
)

// shapes of the nodes of a graph.
var shapes = map[string]string{
	"column": "plaintext", "attribute": "plaintext", "parameter": "diamond", "factor": "cylinder", "lookup": "hexagon", "quantity": "box", "impact": "box3d", "functional unit": "note", "shared out per": "note",
}

// dot writes a description's quantities, impacts and functional units and what they use as a graph for Graphviz, a cluster for each kind. An arrow
// leads from what is used to what uses it.
func dot(d *rules.Description) string {
	g := &graph{}
	g.WriteString("digraph " + quotedDot(d.Method) + " {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n")
	for i := range d.Kinds {
		g.kind(i, &d.Kinds[i])
	}
	g.WriteString("}\n")
	return g.String()
}

type graph struct {
	strings.Builder
	prefix string
	drawn  map[string]bool
}

func (g *graph) kind(i int, k *rules.KindDescription) {
	g.prefix, g.drawn = fmt.Sprintf("%d ", i), map[string]bool{}
	fmt.Fprintf(g, "  subgraph cluster_%d {\n    label=%s;\n", i, quotedDot(k.Kind))
	for _, l := range k.Lookups {
		g.node("lookup", l.Name, l.Unit, l.Uses)
	}
	for _, q := range k.Quantities {
		g.node("quantity", q.Name, q.Unit, q.Uses)
	}
	for _, r := range k.Impacts {
		g.node("impact", r.Name, strings.Join(r.Categories, "\n"), r.Uses)
	}
	for _, u := range k.FunctionalUnits {
		g.node("functional unit", u.Name, u.Unit, u.Uses)
	}
	for _, s := range k.ShareOut {
		g.node("shared out per", s.Name, s.Unit, s.Uses)
	}
	g.WriteString("  }\n")
}

// node draws what has a name and a unit, with arrows from what it uses.
func (g *graph) node(what, name, unit string, uses []rules.UseText) {
	g.draw(what, name, name+"\n"+unit)
	for _, u := range uses {
		g.draw(u.What, u.Name, u.Name)
		fmt.Fprintf(g, "    %s -> %s;\n", g.id(u.What, u.Name), g.id(what, name))
	}
}

func (g *graph) draw(what, name, label string) {
	id := g.id(what, name)
	if g.drawn[id] {
		return
	}
	g.drawn[id] = true
	fmt.Fprintf(g, "    %s [shape=%s, label=%s];\n", id, shapes[what], quotedDot(label))
}

func (g *graph) id(what, name string) string { return quotedDot(g.prefix + what + " " + name) }

// quotedDot writes a text between quotes as dot reads it; line ends become those of labels, other control characters are replaced.
func quotedDot(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		line = strings.ReplaceAll(oneLine(line), `\`, `\\`)
		lines[i] = strings.ReplaceAll(line, `"`, `\"`)
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}
