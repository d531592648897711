package importers

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// released is when the file was published: as the option says it, else as the file does; false, with the problem told, where neither does.
func (j *job) released(said string) (string, bool) {
	if j.Released != "" {
		return j.Released, true
	}
	p := diag.Problem{Code: diag.MissingValue, Place: diag.Place{File: j.Name}, Message: "the file does not say when it was published", Hint: "give --released DATE, such as 2025-03-14"}
	switch {
	case said == "":
	case factors.IsDate(said):
		return said, true
	default:
		p.Code, p.Message = diag.BadValue, "the file says that it was published on "+strconv.Quote(clipped(said))+", which is no date"
	}
	j.probs.Add(p)
	return "", false
}

// year is the year that the file's values hold for: as the option says it, else as the file or its name does; false, with the problem told, where
// none does.
func (j *job) year(said int) (int, bool) {
	if j.Year != 0 {
		said = j.Year
	}
	if said == 0 {
		j.probs.Add(diag.Problem{Code: diag.MissingValue, Place: diag.Place{File: j.Name}, Message: "neither the file nor its name says which year the values hold for",
			Hint: "give --year YEAR"})
	}
	return said, said != 0
}

// yearAlone is a year as a text of its own; 0 where it is none.
func yearAlone(text string) int {
	year, err := strconv.Atoi(text)
	if err != nil || len(text) != 4 || !isYear(year) {
		return 0
	}
	return year
}

// yearAmong is the one year that stands in a text, as in "2019 [YR2019]"; 0 where none does, or more than one. A number with more digits, as of a
// date or an id, is no year.
func yearAmong(text string) int {
	found := 0
	for _, digits := range strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		year := yearAlone(digits)
		if year == 0 || year == found {
			continue
		}
		if found != 0 {
			return 0
		}
		found = year
	}
	return found
}

// folders are the parts of the file's name, the last of them its own.
func (f *File) folders() []string {
	return strings.FieldsFunc(f.Name, func(c rune) bool { return c == '/' || c == '\\' })
}

// base is the file's name without its folders.
func (f *File) base() string { return f.Name[strings.LastIndexAny(f.Name, `/\`)+1:] }

// folderYear is the year that a folder of a file's name is called after, as in 2016/usa_emissions.json, the innermost one; 0 where none is.
func (f *File) folderYear() int {
	for i, name := range slices.Backward(f.folders()) {
		if year := yearAlone(name); year != 0 && i < len(f.folders())-1 {
			return year
		}
	}
	return 0
}

// providers are the cloud providers whose regions the registry holds, by the prefix of their codes.
var providers = []string{"aws", "azure", "gcp"}

// provider is the one that the file's name speaks of; false, with the problem told, where it speaks of none.
func (j *job) provider() (string, bool) {
	words := strings.FieldsFunc(strings.ToLower(j.base()), func(c rune) bool { return c == '-' || c == '_' || c == '.' })
	for _, p := range providers {
		if slices.Contains(words, p) {
			return p, true
		}
	}
	j.probs.Add(diag.Problem{Code: diag.MissingValue, Place: diag.Place{File: j.Name}, Message: "the file's name does not say whose machines these are",
		Hint: "keep the name it was published under, such as coefficients-aws-embodied.csv"})
	return "", false
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
