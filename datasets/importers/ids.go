package importers

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var noWord = regexp.MustCompile(`[^\p{L}\p{N}.]+`)

// asID is a name as an id: lower-case letters without accents, digits and points, and dashes between.
func asID(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(foreign.Plain(name))) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return strings.Trim(noWord.ReplaceAllString(b.String(), "-"), "-.")
}

// firstLink is the first address in a field that may hold several; empty where there is none.
func firstLink(text string) string {
	for part := range strings.FieldsSeq(text) {
		if strings.HasPrefix(part, "https://") || strings.HasPrefix(part, "http://") {
			return strings.TrimRight(part, ",;")
		}
	}
	return ""
}

// positive fills a column from a number above 0; 0 is what a table writes where it means nothing, and is listed.
func (r *row) positive(c *foreign.CSV, column, from, unit string) {
	v, ok := c.Number(from)
	switch {
	case !ok:
	case v == 0:
		r.refuse(column, c.Text(from), "0 says nothing")
	default:
		r.quantity(column, v, unit)
	}
}
