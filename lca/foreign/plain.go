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
