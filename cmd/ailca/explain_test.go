package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/trace"
)

// hostileTree has a text as the id of a row, and wherever else files give one.
func hostileTree(text string) *trace.Tree {
	row := (&trace.Node{Kind: trace.Row, Label: text, Place: &trace.Place{File: text, Row: 1}}).Is(2)
	row.Detail("source", text)
	row.Explained = []*trace.Node{{Kind: trace.Quantity, Label: text, Formula: text + " ", Values: text}}
	return &trace.Tree{Figure: (&trace.Node{Kind: trace.Figure, Label: text, Operation: trace.Sum, Children: []*trace.Node{row, row}}).Is(4), Notes: []trace.Note{{Type: "gap", Text: text}}}
}

// Ids with quotes, backslashes, line ends and markup stay text between the quotes of dot.
func TestNothingThatATreeSaysBecomesDot(t *testing.T) {
	line := regexp.MustCompile(`^(digraph "([^"\\]|\\["\\n])*" \{|  rankdir=RL;|  node \[fontname="sans-serif", shape=box\];|  n\d+ \[(shape=[a-z0-9]+, )?label="([^"\\]|\\["\\n])*"\];|  n\d+ -> n\d+( \[style=dashed\])?;|\})$`)
	for _, evil := range []string{`a"]; n9 [URL="http://evil"]; "`, `end\`, `\"`, "two\nlines", "<b>html</b>", "\x1b[2J", `}`, "\u202e"} {
		for l := range strings.SplitSeq(strings.TrimSuffix(traceDot(hostileTree(evil)), "\n"), "\n") {
			if !line.MatchString(l) {
				t.Errorf("%q gives the line %s", evil, l)
			}
		}
	}
}

func TestATreeOnATerminalDrivesNothingAndKeepsToItsWidth(t *testing.T) {
	for _, evil := range []string{"\x1b[2Jid", "a\nb", "\u202ereverse", strings.Repeat("very long words ", 60), strings.Repeat("w", 300)} {
		text := traceText(hostileTree(evil))
		if strings.ContainsAny(text, "\x1b\u202e") {
			t.Errorf("%q drives the terminal", evil)
		}
		for l := range strings.SplitSeq(text, "\n") {
			if wide(l) > traceWidth && !strings.Contains(l, "www") {
				t.Errorf("a line of %d characters: %s", wide(l), l)
			}
		}
	}
}

func TestNumbersAreGrouped(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 1: "1", -1234.5: "-1,234.5", 999: "999", 1000: "1,000", 1234567.891: "1,234,570", 0.000012345678: "1.23457e-05", 1e20: "1e+20", 0.1 + 0.2: "0.3"} {
		if got := shortNumber(v); got != want {
			t.Errorf("%v is written %s, want %s", fmt.Sprint(v), got, want)
		}
	}
}
