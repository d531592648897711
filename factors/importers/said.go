package importers

import (
	"path"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// dated reports whether it is known when the file was published, and tells how to say it where not: a row without a date is no factor.
func (j *job) dated() bool {
	if j.Released == "" {
		j.probs.Add(diag.Problem{Code: diag.MissingValue, Place: diag.Place{File: j.Name}, Message: "the file does not say when it was published",
			Hint: "give --released DATE, such as 2025-03-14"})
	}
	return j.Released != ""
}

// period is the year that the file's values hold for: the one given, else the one in the file's name. False, with the problem told, where there
// is neither.
func (j *job) period() (year int, ok bool) {
	if j.Year != 0 {
		return j.Year, true
	}
	if year := yearIn(j.Name); year != 0 {
		return year, true
	}
	j.probs.Add(diag.Problem{Code: diag.MissingValue, Place: diag.Place{File: j.Name}, Message: "neither the file nor its name says which year the values hold for",
		Hint: "give --year YEAR"})
	return 0, false
}

// yearIn is the year that stands in a file's name, such as yearly_2023.json; 0 where none does, or more than one. A number with more digits, as
// of a date or an id, is no year.
func yearIn(name string) int {
	found := 0
	for _, digits := range strings.FieldsFunc(path.Base(strings.ReplaceAll(name, `\`, "/")), func(r rune) bool { return r < '0' || r > '9' }) {
		year, err := strconv.Atoi(digits)
		if err != nil || len(digits) != 4 || year < 1900 || year > 2100 || year == found {
			continue
		}
		if found != 0 {
			return 0
		}
		found = year
	}
	return found
}

// amount reports whether a text is a figure that a factor may have: a number that is not negative. It tells the problem where not.
func (j *job) amount(at diag.Place, what, text string) bool {
	switch v, err := foreign.ParseNumber(text); {
	case err != nil:
		j.probs.Errorf(diag.BadType, at, "%s: expected a number, found %q", what, text)
	case v < 0:
		j.probs.Errorf(diag.OutOfRange, at, "%s is negative: %s", what, text)
	default:
		return true
	}
	return false
}

// spread is the distribution of a value: fixed for 0, which a spread by a factor does not move.
func spread(value, distribution string) string {
	if v, err := foreign.ParseNumber(value); err == nil && v == 0 {
		return "fixed"
	}
	return distribution
}

// once tells records apart by the code that they stand for. It holds at most the codes of the registry.
type once map[string]string

// first reports whether a code stands for the first time; where not, it tells the problem: which of two figures counts is not ours to say.
func (o once) first(j *job, at diag.Place, code, name string) bool {
	if before, ok := o[code]; ok {
		j.probs.Errorf(diag.DuplicateID, at, "%s stands twice for %s: as %q before", name, code, before)
		return false
	}
	o[code] = name
	return true
}
