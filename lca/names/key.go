package names

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// longest is how many bytes a name may have. What is longer names nothing.
const longest = 512

// marks are what says that a word is somebody's trademark.
var marks = strings.NewReplacer("™", "", "®", "", "©", "", "℠", "", "(R)", "", "(r)", "", "(TM)", "", "(tm)", "")

// key is what two ways to write a name have in common: upper and lower case, accents, spaces, hyphens, underscores, brackets and trademark signs
// do not matter. Letters, digits, + and / do, and so do a point and any gap between two digits: 3.5 is not 35, and neither is 3 5. It is
// empty for what has none of these or is longer than a name may be. The key of a key is that key.
func key(name string) string {
	if len(name) > longest {
		return ""
	}
	var b strings.Builder
	last, gap, point := rune(0), false, false // the rune written last; what stood since then
	for _, r := range norm.NFKD.String(marks.Replace(name)) {
		r = unicode.ToLower(r)
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case r == '.' && unicode.IsDigit(last) && !gap && !point:
			point = true
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '+' && r != '/':
			gap = true
			continue
		}
		if unicode.IsDigit(last) && unicode.IsDigit(r) {
			switch {
			case gap:
				b.WriteByte('-')
			case point:
				b.WriteByte('.')
			}
		}
		b.WriteRune(r)
		last, gap, point = r, false, false
	}
	return b.String()
}
