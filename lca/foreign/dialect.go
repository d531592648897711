package foreign

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Dialect is how a tool writes CSV. The zero value finds the separator out and takes the first record for the header.
type Dialect struct {
	// Comma stands between fields. 0 finds out which of comma, semicolon, tab and bar the first records are parted by; a first line
	// "sep=;", as Excel writes it, says it too.
	Comma rune
	// Decimal is the mark of decimals, '.' or ','. 0 is a point in a file of commas; in another the first number that has a mark decides. A
	// number with the other mark is an error, for it may count thousands.
	Decimal byte
	Header  int  // which record holds the columns' names, from 1; 0 is 1. Those ahead of it are not read
	Ragged  bool // records may be shorter or longer than the header: what is missing is empty, what is more is not read
}

// separators are what may stand between fields, the likeliest first.
var separators = []byte{',', ';', '\t', '|'}

// separator finds out which character parts the fields of a text, from its start: the one that the header has most of, and of which the records
// behind it have as many; where none is as regular, the one that the header has most of.
func separator(text []byte, header int) rune {
	counts := countSeparators(text, header+10)
	if len(counts) < header {
		return rune(separators[0])
	}
	counts = counts[header-1:]
	best, regular := 0, false
	for i := range separators {
		same := counts[0][i] > 0
		for _, c := range counts {
			same = same && c[i] == counts[0][i]
		}
		if same && !regular || same == regular && counts[0][i] > counts[0][best] {
			best, regular = i, same
		}
	}
	return rune(separators[best])
}

// countSeparators counts what may stand between fields outside of quotes in each of the first records that are not empty. The last one may be cut.
func countSeparators(text []byte, most int) [][4]int {
	var out [][4]int
	var now [4]int
	quoted, blank := false, true
	for _, c := range text {
		if c == '"' {
			quoted = !quoted
		}
		if c != '\n' && c != '\r' && c != ' ' {
			blank = false
		}
		if quoted {
			continue
		}
		if c == '\n' {
			if !blank {
				out = append(out, now)
			}
			if now, blank = [4]int{}, true; len(out) == most {
				return out
			}
			continue
		}
		if i := bytes.IndexByte(separators, c); i >= 0 {
			now[i]++
		}
	}
	if !blank && len(out) == 0 {
		out = append(out, now)
	}
	return out
}

// said is the separator of a first line such as "sep=;", and the line's length in bytes; 0 where there is none.
func said(text []byte) (comma rune, length int) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	rest, ok := bytes.CutPrefix(bytes.TrimSuffix(line, []byte("\r")), []byte("sep="))
	comma, size := utf8.DecodeRune(rest)
	if !ok || size != len(rest) || !separates(comma) {
		return 0, 0
	}
	return comma, min(len(line)+1, len(text))
}

// separates reports whether a character can stand between fields.
func separates(r rune) bool {
	return r != 0 && r != '"' && r != '\r' && r != '\n' && r != utf8.RuneError && utf8.ValidRune(r)
}

// Wrong is what is wrong with a part of a dialect as a person writes it.
type Wrong struct{ Part, Message string }

// DialectOf reads a dialect as a mapping's file entry writes it: the separator as a character or in words, the mark of decimals, the number of the header's line,
// 0 where it is not said. given reports whether a part was written.
func DialectOf(separator, decimal string, header int, given func(part string) bool, ragged bool) (d Dialect, wrong []Wrong) {
	d.Header, d.Ragged = header, ragged
	if separator != "" {
		words := map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t', "bar": '|'}
		d.Comma = words[separator]
		if r, size := utf8.DecodeRuneInString(separator); d.Comma == 0 && size == len(separator) {
			d.Comma = r
		}
		if d.Comma == 0 {
			wrong = append(wrong, Wrong{"separator", fmt.Sprintf("expected one character, or comma, semicolon, tab or bar, found %q", separator)})
		}
	}
	switch decimal {
	case "":
	case ".", "point":
		d.Decimal = '.'
	case ",", "comma":
		d.Decimal = ','
	default:
		wrong = append(wrong, Wrong{"decimal", fmt.Sprintf(`expected "," or ".", found %q`, decimal)})
	}
	if given("header") && (header < 1 || header > 1000) {
		wrong = append(wrong, Wrong{"header", "header is the line of the columns' names among those that are not empty, from 1 to 1000"})
	}
	return d, wrong
}
