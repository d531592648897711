package importers

import (
	"bufio"
	"bytes"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// dateGiven is when the file was published: as the option says it, else as the file does; false, with the problem told, where neither does.
func (j *job) dateGiven(said string) (string, bool) {
	if j.Released != "" {
		said = j.Released
	}
	if said == "" {
		j.probs.Add(diag.Problem{Code: diag.MissingValue, Place: diag.Place{File: j.Name}, Message: "the file does not say when it was published",
			Hint: "give --released DATE, such as 2025-03-14"})
	}
	return said, said != ""
}

// dated reports whether the option says when the file was published; where not, it is told: a row without a date is no factor.
func (j *job) dated() bool {
	_, ok := j.dateGiven("")
	return ok
}

// yearGiven is the year that the file's values hold for: as the option says it, else as the file or its name does; 0 is not said.
func (j *job) yearGiven(said int) (int, bool) {
	if j.Year != 0 {
		said = j.Year
	}
	if said == 0 {
		j.probs.Add(diag.Problem{Code: diag.MissingValue, Place: diag.Place{File: j.Name}, Message: "neither the file nor its name says which year the values hold for",
			Hint: "give --year YEAR"})
	}
	return said, said != 0
}

// begins is the file's first character that is no space, without reading it; 0 where there is none nearby.
func (j *job) begins() byte {
	text := bufio.NewReaderSize(j.Text, 4<<10)
	j.Text = io.Reader(text)
	start, _ := text.Peek(512)
	start = bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\ufeff")), " \t\r\n")
	if len(start) == 0 {
		return 0
	}
	return start[0]
}

// base is the file's name without its folders.
func (j *job) base() string { return j.Name[strings.LastIndexAny(j.Name, `/\`)+1:] }

// providers are the cloud providers whose regions the registry holds, by the prefix of their codes.
var providers = []string{"aws", "azure", "gcp"}

// provider is the one that the file's name speaks of; empty where it speaks of none.
func (j *job) provider() string {
	words := strings.FieldsFunc(strings.ToLower(j.base()), func(c rune) bool { return c == '-' || c == '_' || c == '.' })
	for _, p := range providers {
		if slices.Contains(words, p) {
			return p
		}
	}
	return ""
}

// needProvider reports a name that speaks of no provider.
func (j *job) needProvider() (string, bool) {
	p := j.provider()
	if p == "" {
		j.probs.Add(diag.Problem{Code: diag.MissingValue, Place: diag.Place{File: j.Name}, Message: "the file's name does not say whose machines these are",
			Hint: "keep the name it was published under, such as coefficients-aws-embodied.csv"})
	}
	return p, p != ""
}

// yearAlone is a year as a text of its own; 0 where it is none.
func yearAlone(text string) int {
	if len(text) != 4 || text[0] != '1' && text[0] != '2' {
		return 0
	}
	y, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return y
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

// folderYear is the year that a folder of a file's name is called after, as in 2016/usa_emissions.json; 0 where none is.
func folderYear(name string) int {
	folders := strings.FieldsFunc(name, func(c rune) bool { return c == '/' || c == '\\' })
	for i := len(folders) - 2; i >= 0; i-- {
		if y := yearAlone(folders[i]); y != 0 {
			return y
		}
	}
	return 0
}

var anyYear = regexp.MustCompile(`\b(?:19|20)\d\d\b`)

// address is a text where it is the address of a web page, else nothing.
func address(text string) string {
	if (strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")) && !strings.ContainsAny(text, " \t") {
		return text
	}
	return ""
}

// figure is a field as the text of a number that is not negative; empty, with the problem told, where it is none, and where the field is empty.
func (j *job) figure(c *foreign.CSV, column string) string {
	text := c.Decimal(column)
	if text == "" || !j.amount(c.At(column), "the figure", text) {
		return ""
	}
	return text
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

// about is a distribution by pedigree for a value; fixed for 0, which no factor moves.
func about(value, pedigree string) string {
	if v, err := foreign.ParseNumber(value); err == nil && v == 0 {
		return "fixed"
	}
	return pedigree
}

// clipped is a text for a message.
func clipped(text string) string {
	if len(text) > 40 {
		text = strings.ToValidUTF8(text[:40], "") + "..."
	}
	return text
}

// quotient writes a number that was computed, the same on every machine.
func quotient(v float64) string { return strconv.FormatFloat(v, 'g', 12, 64) }

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
