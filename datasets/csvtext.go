package datasets

import (
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// TextRule is how texts stand in the CSV files that CSVWriter writes, in the words of a package's descriptor.
const TextRule = "A text that is empty, or that begins with = + - @, their full-width forms, a tab, a line end or an apostrophe, has one apostrophe " +
	"before it, so that no spreadsheet takes it for a formula: take exactly one away. An empty field is a missing value."

// Escaped is a text by TextRule, as it stands in a CSV file. An empty text is an apostrophe alone: an empty field is a missing value.
func Escaped(text string) string {
	if ambiguous(text) {
		return "'" + text
	}
	return text
}

// unescaped is the text that a field stands for. Whatever Escaped has written comes back; an apostrophe that a person wrote, as in 's-Hertogenbosch,
// is left where no formula, no other apostrophe and no end follows.
func unescaped(field string) string {
	if rest, ok := strings.CutPrefix(field, "'"); ok && ambiguous(rest) {
		return rest
	}
	return field
}

// ambiguous reports whether a text cannot stand in a CSV file as it is.
func ambiguous(text string) bool {
	return text == "" || text[0] == '\'' || foreign.IsFormula(text)
}
