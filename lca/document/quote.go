package document

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
)

// Quote writes a text as YAML does in double quotes, which is as JSON does, save that YAML takes no character that nobody sees: such a one is a space.
func Quote(text string) string {
	text = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' || c == '\ufeff' {
			return ' '
		}
		return c
	}, text)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(text) // of a string it cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}
