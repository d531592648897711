package folder

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

// Markdown writes a text of somebody else so that it is read as it is, in one line: nothing in it is a heading, a link, a cell or HTML.
func Markdown(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			b.WriteByte(' ')
			continue
		case strings.ContainsRune("\\`*_[]<>#|~!&", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
