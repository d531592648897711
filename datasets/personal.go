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

// private is a text with personal data, and the first row of a part that has it.
type private struct {
	text    column.Digest
	pattern int8
	field   *Field
	row     place
}

// maxPersonal bounds the texts of an inventory that are told.
const maxPersonal = 100

// personal tells of what a part has of personal data, each text of a column once. The text itself is not told: a message may be passed on.
func (l *links) personal(found []private, probs *diag.List) {
	for _, f := range found {
		name := column.DigestOf(f.field.Name)
		key := stir(f.text, name.Hi, name.Lo)
		if l.private[key] || len(l.private) >= maxIDs {
			continue
		}
		l.private[key] = true
		if len(l.private) > maxPersonal {
			probs.Omit(diag.Warning, diag.PersonalData, l.at(f.row, "").File, 1)
			continue
		}
		p := &PersonalPatterns()[f.pattern]
		probs.Add(diag.Problem{Code: diag.PersonalData, Severity: diag.Warning, Place: l.at(f.row, f.field.Name),
			Message: fmt.Sprintf("%s seems to hold %s", f.field.Name, p.Title), Why: p.Reason, Hint: "leave it out before the file is shared; it stays in what was shared before"})
	}
}

// free reports whether a column holds texts that people write: no words of a list, references, or addresses of sources.
func (f *Field) free() bool {
	return f.Type == lca.Text && f.Values == nil && f.Registry == "" && f.References == "" && f.Name != "url" && f.Name != "origin_digest"
}

var address = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)\b(?:https?|ftp)://[^\s<>"]*`) })

// personal finds the first pattern that a text has, -1 for none. Addresses on the web in it are left out: they name sources. Those of files and of
// databases name folders and accounts.
func personal(text string) int8 {
	text = text[:min(len(text), maxString)]
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

// personal looks at each new text of a column once, and notes the first row of each that has personal data.
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
	keys := c.digests(col.Dict)
	for row, code := range col.Codes {
		if pattern := c.private[code]; pattern >= 0 && col.Valid.Get(row) {
			p.private = append(p.private, private{keys[code], pattern, c.field, place(p.before + b.First + int64(row))})
			c.private[code] = -2
			c.privates--
		}
	}
}
