package importers

import (
	"bufio"
	"bytes"
	"io"
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
			Hint: "give it with --released DATE"})
	}
	return said, said != ""
}

// yearGiven is the year that the file's values hold for: as the option says it, else as the file or its name does; 0 is not said.
func (j *job) yearGiven(said int) (int, bool) {
	if j.Year != 0 {
		said = j.Year
	}
	if said == 0 {
		j.probs.Add(diag.Problem{Code: diag.MissingValue, Place: diag.Place{File: j.Name}, Message: "the file does not say which year its values hold for",
			Hint: "give it with --year YEAR"})
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
	v, ok := c.Number(column)
	switch {
	case !ok:
		return ""
	case v < 0:
		j.probs.Errorf(diag.OutOfRange, c.At(column), "column %s: the figure is negative: %s", column, clipped(c.Text(column)))
		return ""
	}
	return c.Decimal(column)
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
