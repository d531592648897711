package importers

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// job is one file while it is imported.
type job struct {
	File
	Options
	*delivery
	probs *diag.List
}

// delivery is what an import has delivered so far, of all files.
type delivery struct {
	to      Sink
	rows    int
	factors map[string]bool
}

// Bounds of what a pack may hold, and of its texts. Those of rows and factors are the loader's.
const (
	maxRows       = 2_000_000
	maxFactors    = 200
	maxTechnology = 200 // bytes
)

// csv opens the file as CSV; nil, with the problem told, where it has no header.
func (j *job) csv(d foreign.Dialect) *foreign.CSV {
	return foreign.OpenCSV(j.Name, j.Text, d, j.probs)
}

// entries calls f for each entry of the file's outermost JSON object or array.
func (j *job) entries(f func(e *foreign.Entry) bool) {
	foreign.EachEntry(j.Name, j.Text, j.probs, f)
}

// left lists what is not used.
func (j *job) left(l foreign.Left) {
	l.What, l.Why = foreign.Plain(l.What), foreign.Plain(l.Why)
	j.to.Left(l)
}

// row delivers a row that was read at a place. Of the texts that strangers wrote, citation and note are made plain; a technology is what rows are
// found by and is never changed: a row that has an unusable one is listed.
func (j *job) row(at diag.Place, t *Table, r Row) {
	if why := unusable(r.Technology); why != "" {
		j.left(foreign.Left{Place: at, What: r.Technology, Why: "the technology " + why})
		return
	}
	if !j.factors[r.Factor] && len(j.factors) == maxFactors {
		j.probs.Errorf(diag.TooLarge, at, "a pack defines at most %d factors: %s is one more", maxFactors, r.Factor)
		return
	}
	if j.rows == maxRows {
		j.probs.Errorf(diag.TooLarge, diag.Place{File: at.File}, "a pack holds at most %d rows: those from line %d on are not read", maxRows, at.Line)
	}
	if j.rows++; j.rows > maxRows {
		return
	}
	j.factors[r.Factor] = true
	r.Value = strings.TrimLeft(r.Value, "+-") // of a number that is not negative: -0 is 0
	r.Source, r.Note = foreign.Plain(r.Source), foreign.Plain(r.Note)
	j.to.Row(at, t, r)
}

// unusable is why rows cannot be found by a technology; empty where they can.
func unusable(technology string) string {
	switch {
	case technology == "":
	case len(technology) > maxTechnology:
		return fmt.Sprintf("has more than %d bytes", maxTechnology)
	case strings.TrimSpace(technology) != technology:
		return "has spaces around it"
	case strings.ContainsFunc(technology, func(c rune) bool { return !unicode.IsPrint(c) }):
		return "holds a character that nobody sees"
	case foreign.IsFormula(technology):
		first, _ := utf8.DecodeRuneInString(technology)
		return "is a formula for a spreadsheet: it begins with " + string(first)
	}
	return ""
}

// clipped is a text for a message.
func clipped(text string) string {
	if len(text) > 40 {
		text = strings.ToValidUTF8(text[:40], "") + "..."
	}
	return text
}

// The years that a row of a pack may hold for.
const (
	firstYear = 1900
	lastYear  = 2200
)

func isYear(year int) bool { return year >= firstYear && year <= lastYear }

// address is a text where it is the address of a web page, else nothing.
func address(text string) string {
	if (strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")) && len(text) <= 2*foreign.MaxText &&
		!strings.ContainsFunc(text, func(c rune) bool { return c == ' ' || !unicode.IsPrint(c) }) {
		return text
	}
	return ""
}

// date is a text where it is a date that a calendar has, else nothing.
func date(text string) string {
	if factors.IsDate(text) {
		return text
	}
	return ""
}
