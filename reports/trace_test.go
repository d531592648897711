package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/trace"
)

// exampleTrace says a text wherever a tree has one.
func exampleTrace(text string) *trace.Tree {
	node := func(kind trace.Kind, below ...*trace.Node) *trace.Node {
		n := (&trace.Node{Kind: kind, Label: text, Unit: text, Operation: trace.Op(text), Formula: text, Values: text, Place: &trace.Place{File: text, Row: 3}, Children: below, Exponent: -2}).Is(1.25)
		n.Detail(text, text)
		return n
	}
	word := &trace.Node{Kind: trace.Column, Label: text, Text: text}
	explained := node(trace.Row)
	explained.Explained = []*trace.Node{node(trace.Quantity, word)}
	return &trace.Tree{Study: text, Method: text, Pack: text, Figure: node(trace.Figure, node(trace.Cell, explained)), Notes: []trace.Note{{Type: text, Text: text, Place: &trace.Place{File: text}}}}
}

func tracePageOf(t *testing.T, tree *trace.Tree) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteTrace(&b, tree, "ailca"); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNothingThatATraceSaysBecomesMarkup(t *testing.T) {
	saysNothingAsMarkup(t, func(text string) string { return tracePageOf(t, exampleTrace(text)) })
}

func TestATraceAsksForNothingFromOutside(t *testing.T) {
	tree := exampleTrace("words")
	tree.Figure.Children[0].Detail("url", "https://example.org/a?b=c")
	page := tracePageOf(t, tree)
	asksForNothing(t, page)
	if !strings.Contains(page, `<a href="https://example.org/a?b=c">`) || strings.Count(page, "<details") != 4 || !strings.Contains(page, `<data class="number" value="1.25">`) {
		t.Errorf("no link, value or part to open:\n%s", page)
	}
	if tracePageOf(t, tree) != page {
		t.Error("the same tree gave other bytes")
	}
}
