package datasets

import (
	_ "embed"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// PersonalPattern is a form of text that tells of a person or a place.
type PersonalPattern struct {
	Name     string
	Title    string
	Reason   string
	contains []string
	find     *regexp.Regexp
	except   *regexp.Regexp // nil for none
	iban     bool
}

//go:embed personal.yaml
var personalText []byte

// maxScreened bounds what is looked at of one text.
const maxScreened = 64 << 10

// PersonalPatterns are the forms of personal data that a check looks for, in the order in which they are tried.
var PersonalPatterns = sync.OnceValue(func() []PersonalPattern {
	var probs diag.List
	root := document.Parse("datasets/personal.yaml", personalText, &probs)
	var raw struct {
		Doc      string `doc:"doc,required"`
		Patterns []struct {
			Name     string         `doc:"name,required"`
			Title    string         `doc:"title,required"`
			Contains []string       `doc:"contains,required"`
			Find     string         `doc:"find,required"`
			Except   string         `doc:"except"`
			Checksum string         `doc:"checksum"`
			Reason   string         `doc:"reason,required"`
			At       *document.Node `doc:"@"`
		} `doc:"patterns,required"`
	}
	document.Decode(root, &raw, &probs)
	var out []PersonalPattern
	for _, p := range raw.Patterns {
		pattern := PersonalPattern{Name: p.Name, Title: p.Title, Reason: p.Reason, contains: p.Contains, iban: p.Checksum == "iban"}
		for _, r := range []struct {
			key, text string
			into      **regexp.Regexp
		}{{"find", p.Find, &pattern.find}, {"except", p.Except, &pattern.except}} {
			if r.text == "" {
				continue
			}
			compiled, err := regexp.Compile(r.text)
			if err != nil {
				probs.Add(p.At.Get(r.key).Problem(diag.BadValue, "%v", err))
			}
			*r.into = compiled
		}
		out = append(out, pattern)
	}
	if err := probs.Err(); err != nil {
		panic(err) // the file is part of the program
	}
	return out
})

// free reports whether a column holds texts that people write: no words of a list, references, or addresses of sources.
func (f *Field) free() bool {
	return f.Type == lca.Text && f.Values == nil && f.Registry == "" && f.References == "" && f.Name != "url" && f.Name != "origin_digest"
}

var address = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s<>"]*`) })

// personal finds the first pattern that a text has, -1 for none. Addresses on the web in it are left out: they name sources.
func personal(text string) int8 {
	text = text[:min(len(text), maxScreened)]
	cleaned := false
	for i := range PersonalPatterns() {
		p := &PersonalPatterns()[i]
		if !slices.ContainsFunc(p.contains, func(s string) bool { return strings.Contains(text, s) }) {
			continue
		}
		if !cleaned && strings.Contains(text, "://") {
			text, cleaned = address().ReplaceAllString(text, " "), true
		}
		for _, found := range p.find.FindAllString(text, 16) {
			if (p.except == nil || !p.except.MatchString(found)) && (!p.iban || isIBAN(found)) {
				return int8(i)
			}
		}
	}
	return -1
}

// isIBAN reports whether a text has the check digits of ISO 13616: its number modulo 97 is 1.
func isIBAN(text string) bool {
	text = strings.ReplaceAll(text, " ", "")
	if len(text) < 15 || len(text) > 34 {
		return false
	}
	var digits strings.Builder
	for _, r := range text[4:] + text[:4] {
		if r >= 'A' {
			fmt.Fprintf(&digits, "%d", r-'A'+10)
		} else {
			digits.WriteRune(r)
		}
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && n.Mod(n, big.NewInt(97)).Int64() == 1
}

// personal looks at each new text of a column once, and tells of the first row that has one with personal data. The text itself is not told: a
// message may be passed on.
func (p *partCheck) personal(c *columnCheck, b *column.Batch) {
	if !c.field.free() {
		return
	}
	col := &b.Columns[c.at]
	for len(c.private) < len(col.Dict.Values) {
		found := personal(col.Dict.Values[len(c.private)])
		if c.private = append(c.private, found); found >= 0 {
			c.privates++
		}
	}
	if c.privates == 0 {
		return
	}
	for row, code := range col.Codes {
		if c.private[code] < 0 || !col.Valid.Get(row) {
			continue
		}
		pattern := &PersonalPatterns()[c.private[code]]
		c.private[code] = -2
		c.privates--
		p.probs.Add(diag.Problem{Code: diag.PersonalData, Severity: diag.Warning, Place: diag.Place{File: p.file, Row: b.First + int64(row), Column: c.field.Name},
			Message: fmt.Sprintf("%s seems to hold %s", c.field.Name, pattern.Title), Why: pattern.Reason, Hint: "leave it out before the file is shared; it stays in what was shared before"})
	}
}
