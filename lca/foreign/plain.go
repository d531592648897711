package foreign

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText is how many characters Plain keeps of a text.
const MaxText = 1000

// Plain is a text that a stranger wrote in one line, without characters that nobody sees and of a bounded length.
func Plain(text string) string {
	if isPlain(text) {
		return text
	}
	text = strings.Join(strings.FieldsFunc(text, func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) || c == '\ufeff'
	}), " ")
	if utf8.RuneCountInString(text) > MaxText {
		text = string([]rune(text)[:MaxText-1]) + "…"
	}
	return text
}

// isPlain tells most texts that need no change from others at a glance.
func isPlain(text string) bool {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < ' ' || c >= 0x7f || c == ' ' && (i == 0 || i == len(text)-1 || text[i+1] == ' ') {
			return false
		}
	}
	return len(text) <= MaxText
}

// IsFormula reports whether a spreadsheet may take a text for a formula and compute it instead of showing it, or reach a formula by dropping the character ahead of it.
func IsFormula(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return text != "" && strings.ContainsRune("=+-@＝＋－＠\t\r\n", first)
}

// Shown is a text that a stranger wrote as it stands in a table for people: an apostrophe ahead of what a spreadsheet would compute says that it is text.
func Shown(text string) string {
	if IsFormula(text) {
		return "'" + text
	}
	return text
}
