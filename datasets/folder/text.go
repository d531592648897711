package folder

import (
	"strings"
	"unicode"
)

// Markdown writes a text of somebody else so that it is read as it is, in one line: nothing in it is a heading, a link, a cell or HTML.
func Markdown(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			b.WriteByte(' ')
			continue
		case strings.ContainsRune("\\`*_{}[]<>#|~!&$", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
