package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"html"
	"io"
	"regexp"
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
	tags := func(page string) string {
		return strings.Join(regexp.MustCompile(`<[a-zA-Z/!][a-zA-Z0-9]*`).FindAllString(page, -1), "")
	}
	plain := tags(tracePageOf(t, exampleTrace("plain")))
	for _, evil := range payloads {
		page := tracePageOf(t, exampleTrace(evil))
		if tags(page) != plain {
			t.Errorf("%q changes the page's markup", evil)
		}
		if strings.Contains(page, "<script") || strings.Contains(page, `href="javascript`) || strings.Contains(page, "ZgotmplZ") || strings.ContainsAny(page, "\x1b\x00\u202e\u200b") {
			t.Errorf("%q becomes markup, an address or a control character", evil)
		}
		dec := xml.NewDecoder(strings.NewReader(regexp.MustCompile(`(?s)<body.*</body>`).FindString(page)))
		dec.Strict, dec.AutoClose, dec.Entity = true, xml.HTMLAutoClose, xml.HTMLEntity
		for {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Errorf("%q: the page is not well-formed: %v", evil, err)
				break
			}
		}
	}
}

func TestATraceAsksForNothingFromOutside(t *testing.T) {
	tree := exampleTrace("words")
	tree.Figure.Children[0].Detail("url", "https://example.org/a?b=c")
	page := tracePageOf(t, tree)
	css := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(page)
	hash := sha256.Sum256([]byte(css[1]))
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"; !strings.HasPrefix(html.UnescapeString(policy[1]), want) {
		t.Errorf("the policy %s does not allow the page's own style sheet alone", policy[1])
	}
	for _, bad := range []string{"<script", "<link", "<iframe", "<img", "@import", " style=\"", " onload", " src=", "url("} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if !strings.Contains(page, `<a href="https://example.org/a?b=c">`) || strings.Count(page, "<details") != 4 || !strings.Contains(page, `<data class="number" value="1.25">`) {
		t.Errorf("no link, value or part to open:\n%s", page)
	}
	if tracePageOf(t, tree) != page {
		t.Error("the same tree gave other bytes")
	}
}
