package datasets

import (
	"strings"
	"unicode/utf8"
)

// TextRule is how texts stand in the CSV files that CSVWriter writes, in the words of a package's descriptor.
const TextRule = "A text that is empty, or that begins with = + - @, their full-width forms, a tab, a line end or an apostrophe, has one apostrophe " +
	"before it, so that no spreadsheet takes it for a formula: take exactly one away. An empty field is a missing value."

// Escaped is a text by TextRule.
func Escaped(text string) string { return escaped(text) }

const escape = '\''

// escaped is a text as it stands in a CSV file. An empty text is an apostrophe alone: an empty field is a missing value.
func escaped(text string) string {
	if first, _ := utf8.DecodeRuneInString(text); text == "" || first == escape || startsFormula(first) {
		return "'" + text
	}
	return text
}

// unescaped is the text that a field stands for. Whatever escaped has written comes back; an apostrophe that a person wrote, as in 's-Hertogenbosch,
// is left where no formula, no other apostrophe and no end follows.
func unescaped(field string) string {
	rest, ok := strings.CutPrefix(field, "'")
	if !ok {
		return field
	}
	if first, _ := utf8.DecodeRuneInString(rest); rest == "" || first == escape || startsFormula(first) {
		return rest
	}
	return field
}

// startsFormula reports whether a spreadsheet may take a cell that begins so for a formula, or reach one by dropping the character.
func startsFormula(r rune) bool { return strings.ContainsRune("=+-@＝＋－＠\t\r\n", r) }
