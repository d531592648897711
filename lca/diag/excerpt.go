package diag

import "strings"

// Excerpt cuts a text of a file that is longer than most bytes, for a message: at a whole character, with an ellipsis behind it.
func Excerpt(text string, most int) string {
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
