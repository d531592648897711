package rules

import (
	"regexp"
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

var (
	methodName    = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
	methodVersion = regexp.MustCompile(`^[0-9][0-9A-Za-z.+-]{0,31}$`)
	fullDate      = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

// head checks the texts at the head of a method: studies and the ledger name a method by them.
func (l *loader) head(root *document.Node) {
	wrong := func(key, hint, format string) {
		n := root.Get(key)
		p := n.Problem(diag.BadValue, format, excerpt(n.Text))
		p.Hint = hint
		l.probs.Add(p)
	}
	is := func(key string) bool { n := root.Get(key); return n != nil && n.Kind == document.Scalar }
	if is("method") && !methodName.MatchString(l.m.Name) {
		wrong("method", "write lower-case letters, digits, - and _, for example my-method", "%q is no name of a method")
	}
	if is("version") && !methodVersion.MatchString(l.m.Version) {
		wrong("version", "a version begins with a digit; letters, digits and . + - follow: 1.0.0", "%q is no version of a method")
	}
	if is("date") {
		_, err := time.Parse(time.DateOnly, l.m.Date)
		switch {
		case !fullDate.MatchString(l.m.Date):
			wrong("date", "write year-month-day: 2025-01-31", "%q is no date")
		case err != nil:
			wrong("date", "", "there is no day %s")
		}
	}
	if is("revises") {
		switch name, version, found := strings.Cut(l.m.Revises, "@"); {
		case !found || !methodName.MatchString(name) || !methodVersion.MatchString(version):
			wrong("revises", "write the name and the version of the method that this one revises: observatory@1.0.0", "%q is no name@version")
		case l.m.Revises == l.m.ref():
			wrong("revises", "", "%s is the method itself")
		}
	}
	l.meets()
	if kinds := root.Get("kinds"); kinds != nil && (kinds.Kind == document.Null || kinds.Kind == document.Map && len(kinds.Fields) == 0) {
		p := kinds.Problem(diag.MissingValue, "the method has rules for no kind of inventory")
		p.Hint = "name one: kinds: {training_runs: {impacts: [...]}}"
		l.probs.Add(p)
	}
}
