package importers

import (
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

// place is a region that a file names.
type place struct {
	code string // of the registry; empty where it has no such region
	name string // as it was looked for
}

func placeOf(name string) place {
	code, _ := names.Regions().Canonical(name)
	return place{code, name}
}

// why is why figures of a place that the registry does not have are left out.
func (p place) why() string {
	if p.name == "" {
		return "the record names no region"
	}
	return "the registry has no region " + strconv.Quote(clipped(p.name))
}

// field is a field of a CSV file as the text of a number that a factor may have; false where it is not used, which is told where it is no such
// number, and listed under the name what where it is blank or the registry does not have its place.
func (j *job) field(c *foreign.CSV, column, what string, of place) (string, bool) {
	text := c.Text(column)
	if text != "" {
		if text = c.Decimal(column); text == "" {
			return "", false // told
		}
	}
	return text, j.use(c.Left(what, ""), c.At(column), text, of)
}

// member is field for the text of a number in an entry of a JSON file.
func (j *job) member(e *foreign.Entry, what, text string, of place) bool {
	return j.use(e.Left(what, ""), e.Place, text, of)
}

func (j *job) use(l foreign.Left, at diag.Place, text string, of place) bool {
	switch {
	case text == "":
		l.Why = "no value"
	case !j.amount(at, l.What, text):
		return false
	case of.code == "":
		l.Why = of.why()
	default:
		return true
	}
	j.left(l)
	return false
}

// figure is a field of a record that has to have one; false, with the problem told, where it is no number that a factor may have.
func (j *job) figure(c *foreign.CSV, column string) (string, bool) {
	text := c.Decimal(column)
	return text, text != "" && j.amount(c.At(column), "the figure", text)
}

// amount reports whether a text is a figure that a factor may have: a number that is not negative. It tells the problem where not.
func (j *job) amount(at diag.Place, what, text string) bool {
	switch v, err := foreign.ParseNumber(text); {
	case err != nil:
		j.probs.Errorf(diag.BadType, at, "%s: expected a number, found %q", what, clipped(text))
	case v < 0:
		j.probs.Errorf(diag.OutOfRange, at, "%s is negative: %s", what, clipped(text))
	default:
		return true
	}
	return false
}

// whole reports whether a record has all of the fields, and tells the first that it lacks.
func (j *job) whole(c *foreign.CSV, columns ...string) bool {
	for _, column := range columns {
		if c.Text(column) == "" {
			j.probs.Errorf(diag.MissingValue, c.At(""), "the row has no %s", column)
			return false
		}
	}
	return true
}

// yearIn is a field as a year; false, with the problem told, where it is none.
func (j *job) yearIn(c *foreign.CSV, column string) (int, bool) {
	year := yearAlone(c.Text(column))
	if year == 0 {
		j.probs.Errorf(diag.BadValue, c.At(column), "expected a year from %d to %d, found %q", firstYear, lastYear, clipped(c.Text(column)))
	}
	return year, year != 0
}

// zero reports whether a number is 0.
func zero(value string) bool {
	v, err := foreign.ParseNumber(value)
	return err == nil && v == 0
}

// about is a distribution by pedigree for a value; fixed for 0, which no factor moves.
func about(value, pedigree string) string {
	if zero(value) {
		return "fixed"
	}
	return pedigree
}

// quotient writes a number that was computed, the same on every machine.
func quotient(v float64) string { return strconv.FormatFloat(v, 'g', 12, 64) }

// once tells records apart by the code that they stand for. It holds at most the codes of the registry.
type once map[string]string

// first reports whether a code stands for the first time; where not, it tells the problem: which of two figures counts is not ours to say.
func (o once) first(j *job, at diag.Place, code, name string) bool {
	if before, ok := o[code]; ok {
		j.probs.Errorf(diag.DuplicateID, at, "%s stands twice for %s: as %q before", clipped(name), code, before)
		return false
	}
	o[code] = clipped(name)
	return true
}
