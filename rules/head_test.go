package rules

import (
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestAVersionIsReadAsTheTextThatItIs(t *testing.T) {
	for written, want := range map[string]string{"0.9": "0.9", "1.10": "1.10", "1": "1", "2025.1-rc.1+a": "2025.1-rc.1+a", `"1.0"`: "1.0", "1e3": "1e3", "0x10": "0x10", "010": "010"} {
		var probs diag.List
		m := Load("m.yaml", []byte(strings.Replace(soundMethod, `version: "1"`, "version: "+written, 1)), &probs)
		if err := probs.Err(); err != nil || m.Version != want {
			t.Errorf("%s: read as %q, %v", written, m.Version, err)
		}
	}
}

func TestAMethodHasRulesForAKind(t *testing.T) {
	head, _, _ := strings.Cut(soundMethod, "kinds:\n")
	for kinds, want := range map[string]string{
		"kinds:\n":      "m.yaml:21:8: the method has rules for no kind of inventory [missing-value]",
		"kinds: {}\n":   "m.yaml:21:8: the method has rules for no kind of inventory [missing-value]",
		"":              `m.yaml:1:1: the key "kinds" is missing [missing-key]`,
		"kinds: runs\n": "m.yaml:21:8: expected a map of kinds, found a single value [bad-type]",
	} {
		var probs diag.List
		Load("m.yaml", []byte(head+kinds), &probs)
		if got := firstLines(probs.Problems()); len(got) != 1 || got[0] != want {
			t.Errorf("%q: got %q, want %q", kinds, got, want)
		}
	}
}

// No message of the parser of formulas comes through in its own words.
func TestHeadlinesArePlain(t *testing.T) {
	for message, want := range map[string]string{
		`unexpected token EOF`:                      "the formula ends too early",
		`unexpected end of expression`:              "the formula ends too early",
		`unexpected token Identifier("h")`:          `"h" is not expected here`,
		`unexpected token Number("5")`:              "5 is not expected here",
		`unexpected token String("a (b)")`:          `the text "a (b)" is not expected here`,
		`unexpected token Bracket(")")`:             ") is not expected here",
		`unexpected token Operator("=")`:            "= is not expected here",
		`invalid hex literal: strconv.ParseInt: x`:  "a number is not written as one",
		`invalid float literal: value out of range`: "a number is out of range",
		`integer literal is too large`:              "a number is out of range",
		`expected at least 2 arguments`:             "an argument is missing",
		`a map key must be a quoted string, a number, a identifier, or an expression enclosed in parentheses (unexpected token Operator("*"))`: "{ } are no part of the rules language",
		`something new`: "not readable as a formula: something new",
	} {
		if got := headline(message); got != want {
			t.Errorf("%s: got %q, want %q", message, got, want)
		}
	}
}
