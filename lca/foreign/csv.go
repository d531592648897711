package foreign

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// CSV is a file of comma-separated values, read row by row. Columns are found by name.
type CSV struct {
	records
	ragged  bool
	mark    byte       // of decimals; 0: not known yet
	marked  diag.Place // of the number that told it; of none where the dialect says it
	header  diag.Place
	columns []string       // without spaces around them
	index   map[string]int // the first column of a name
	asked   []bool         // by column: somebody wanted to know it
	rows    int
	bad     int
	names   int    // see NamesStand
	missing string // what to do about a text in a number's place that means none
	decimal string // what to do about a number with the other mark of decimals
}

// Advise says what whoever wrote the file may do about a text that stands where a number is missing, and about a number with another mark of decimals than the file's.
func (c *CSV) Advise(missing, decimal string) { c.missing, c.decimal = missing, decimal }

// OpenCSV reads the header; nil, with the problem in probs, where there is none. The file is named in problems as given.
func OpenCSV(file string, r io.Reader, d Dialect, probs *diag.List) *CSV {
	in := open(file, r, probs)
	if in == nil {
		return nil
	}
	c := &CSV{ragged: d.Ragged, mark: d.Decimal, index: map[string]int{}, records: records{file: file, probs: probs, in: in, keep: maxFields}}
	start, _ := in.Peek(32 << 10)
	if text := bytes.TrimLeft(start, " \t\r\n"); len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		probs.Errorf(diag.Syntax, diag.Place{File: file, Line: 1}, "the file is JSON; CSV is expected")
		return nil
	}
	if comma, length := said(start); length > 0 {
		in.Discard(length)
		start, c.line = start[length:], 1
		if d.Comma == 0 {
			d.Comma = comma
		}
	}
	if !separates(d.Comma) {
		d.Comma = separator(start, max(d.Header, 1))
	}
	if d.Comma == ',' && c.mark == 0 {
		c.mark = '.'
	}
	c.separator = utf8.AppendRune(nil, d.Comma)
	before := probs.Count(diag.Error)
	for range max(d.Header, 1) {
		if c.next() != readOne {
			if probs.Count(diag.Error) == before {
				probs.Errorf(diag.Syntax, diag.Place{File: file}, "the file has no header")
			}
			return nil
		}
	}
	c.header = diag.Place{File: file, Line: c.fields[0].line}
	if c.count > maxFields {
		probs.Errorf(diag.TooLarge, c.header, "the header has %d columns; at most %d are read", c.count, maxFields)
		return nil
	}
	for i := range c.fields {
		name := c.text(i)
		c.columns = append(c.columns, name)
		if _, ok := c.index[name]; !ok && name != "" {
			c.index[name] = i
		}
	}
	rest, _ := in.Peek(32 << 10)
	if n := c.longer(rest, d.Comma); n > 0 {
		c.names = max(d.Header, 1) + n
	}
	c.keep, c.copied, c.asked = len(c.columns), nil, make([]bool, len(c.columns))
	return c
}

// NamesStand says which record the columns' names may stand in, from 1, where the one that was taken for the header may be a title: records follow it that have more
// fields than it names columns. It is 0 where none of the next ten does.
func (c *CSV) NamesStand() int { return c.names }

// longer is how far behind the header the first of the next records stands that has the most fields, where these are more than the header's names; 0 where none has.
// A header of one field or two, a line of prose for example, says nothing of the separator, which may be any.
func (c *CSV) longer(rest []byte, comma rune) (at int) {
	most := 0
	for _, name := range c.columns {
		if name != "" {
			most++
		}
	}
	for i, counts := range countSeparators(rest, 10) {
		for k, mark := range separators {
			if n := counts[k] + 1; n > most && (rune(mark) == comma || len(c.columns) <= 2) {
				most, at = n, i+1
			}
		}
	}
	return at
}

// Alias gives a column that the file does not have under its name the first of other names under which it stands there, as another release of the file
// writes it. It is called ahead of the first row.
func (c *CSV) Alias(name string, others ...string) {
	if _, ok := c.index[name]; ok {
		return
	}
	for _, other := range others {
		if i, ok := c.index[other]; ok {
			c.index[name] = i
			return
		}
	}
}

// Index is the number of a column, from 0, for who reads it of every row by TextAt, NumberAt; -1 where the file has none of the name.
func (c *CSV) Index(column string) int {
	i, ok := c.index[column]
	if !ok {
		return -1
	}
	c.asked[i] = true
	return i
}

// Unread lists the named columns that nobody asked for, in the order of the file.
func (c *CSV) Unread() (out []string) {
	for i, name := range c.columns {
		if !c.asked[i] && name != "" {
			out = append(out, name)
		}
	}
	return out
}

// Columns are the header's names, without spaces around them. An unnamed column is empty.
func (c *CSV) Columns() []string { return slices.Clone(c.columns) }

// Separator is what stands between fields.
func (c *CSV) Separator() string { return string(c.separator) }

// Header is the place of the header.
func (c *CSV) Header() diag.Place { return c.header }

// Has reports whether the file has all of the columns.
func (c *CSV) Has(columns ...string) bool {
	for _, name := range columns {
		if _, ok := c.index[name]; !ok {
			return false
		}
	}
	return true
}

// Need reports to probs every column that is missing, with the name that is most like it, or that stands twice, and whether none is.
func (c *CSV) Need(columns ...string) bool {
	ok, listed := true, false // all columns are listed once
	for _, name := range columns {
		i, has := c.index[name]
		p := diag.Problem{Place: c.header}
		switch {
		case !has:
			p.Code, p.Message = diag.MissingColumn, fmt.Sprintf("the file has no column %q", name)
			if near := diag.Nearest(name, c.columns) != ""; near || !listed {
				p.Hint, listed = c.Nearest(name), listed || !near
			}
		case slices.Contains(c.columns[i+1:], name):
			p.Code, p.Message = diag.DuplicateName, fmt.Sprintf("the column %q stands twice", name)
			p.Why = "which of them is meant cannot be told"
		default:
			continue
		}
		c.probs.Add(p)
		ok = false
	}
	return ok
}

// Nearest says which column somebody who wrote name may have meant: the one most like it, else all of them where they are few.
func (c *CSV) Nearest(name string) string {
	if near := diag.Nearest(name, c.columns); near != "" {
		return "it has " + strconv.Quote(near)
	}
	if len(c.columns) <= 40 {
		return "it has " + strings.Join(c.columns, ", ")
	}
	return ""
}

// Next moves to the next row; false at the end, and after a problem behind which nothing can be trusted. Empty lines are no rows; a row that
// is wrong is told and passed over, and after a hundred of them, or where no further problem is kept, the rest of the file is given up.
func (c *CSV) Next() bool {
	for {
		switch c.next() {
		case atEnd:
			return false
		case readOne:
			if c.probs.Full() {
				return false
			}
			if c.count == len(c.columns) || c.ragged {
				c.rows++
				return true
			}
			f := c.fields[0]
			c.probs.Add(c.problem(diag.Syntax, diag.Place{File: c.file, Line: f.line}, f.lineStart, "the row has %d fields; the header has %d", c.count, len(c.columns)))
		}
		if c.bad++; c.bad == maxBad {
			c.probs.Errorf(diag.TooLarge, diag.Place{File: c.file, Line: c.line}, "%d rows cannot be read: the rest of the file was not read", maxBad)
			return false
		}
	}
}

// Rows is how many rows were read so far.
func (c *CSV) Rows() int { return c.rows }

// Text is a field of the row, without spaces around it; empty where the row or the file has none. It may be kept.
func (c *CSV) Text(column string) string { return c.TextAt(c.Index(column)) }

// TextAt is Text of a column by its number; empty of -1.
func (c *CSV) TextAt(i int) string {
	if i < 0 || i >= len(c.fields) {
		return ""
	}
	return c.text(i)
}

// BytesAt is TextAt as bytes that hold until the next row, for who looks a text up before making a string of it.
func (c *CSV) BytesAt(i int) []byte {
	if i < 0 || i >= len(c.fields) {
		return nil
	}
	if c.fields[i].doubled {
		return []byte(c.text(i))
	}
	return c.trimmed(i)
}

// at is the field of a column, the last one where the row has none, and the place; nil ahead of the first row.
func (c *CSV) at(column string) (*field, diag.Place) {
	if len(c.fields) == 0 {
		return nil, diag.Place{File: c.file}
	}
	i, ok := c.index[column]
	f := &c.fields[min(i, len(c.fields)-1)]
	if !ok {
		return f, diag.Place{File: c.file, Line: f.line}
	}
	at := c.placeOf(f.at, f.line, f.lineStart)
	at.Column = column
	return f, at
}

// At is the place of a field of the row; of the row where column is empty.
func (c *CSV) At(column string) diag.Place {
	_, at := c.at(column)
	return at
}

// Problem makes a problem at a field of the row, with its line; at the row where column is empty.
func (c *CSV) Problem(code diag.Code, column, format string, args ...any) diag.Problem {
	f, at := c.at(column)
	if f == nil {
		return diag.Problem{Code: code, Place: at, Message: fmt.Sprintf(format, args...)}
	}
	return c.problem(code, at, f.lineStart, format, args...)
}

// Number is a field as a number; false where it is empty, and where it is none, which goes to probs as an error at its place.
func (c *CSV) Number(column string) (float64, bool) { return c.NumberAt(c.Index(column)) }

// NumberAt is Number of a column by its number; false of -1.
func (c *CSV) NumberAt(i int) (float64, bool) {
	if i < 0 || i >= len(c.fields) {
		return 0, false
	}
	if v, ok := shortNumber(c.trimmed(i), c.mark); ok {
		return v, true
	}
	v, text := c.number(i)
	return v, text != ""
}

// Decimal is a field as the text of a decimal number with a point; empty where Number is false. It has the digits that the source wrote.
func (c *CSV) Decimal(column string) string {
	_, text := c.number(c.Index(column))
	return text
}

// number is a field and its text with a point; none where it is empty or no number.
func (c *CSV) number(i int) (float64, string) {
	written := c.TextAt(i)
	if written == "" {
		return 0, ""
	}
	text, mark := written, byte(0)
	if i := strings.IndexAny(written, ".,"); i >= 0 {
		mark = written[i]
		text = written[:i] + "." + written[i+1:]
	}
	v, err := ParseNumber(text)
	if err != nil || mark != 0 && c.mark != 0 && mark != c.mark {
		c.probs.Add(c.noNumber(c.columns[i], written, err == nil))
		return 0, ""
	}
	if mark != 0 && c.mark == 0 {
		c.mark, c.marked = mark, c.At(c.columns[i])
	}
	return v, text
}

// noNumber tells a text that is no number; otherMark: it would be one with the other mark of decimals.
func (c *CSV) noNumber(column, written string, otherMark bool) diag.Problem {
	p := c.Problem(diag.BadType, column, "expected a number, found %q", short(written))
	switch {
	case MeansNone(written):
		p.Hint = c.missing
	case isGrouped(written):
		p.Hint = "a mark of thousands is not read: write the number without it"
	case otherMark:
		p.Why = fmt.Sprintf("decimals are written with %q here", c.mark)
		if c.marked.Line > 0 {
			p.Why = fmt.Sprintf("decimals are written with %q here, as in line %d", c.mark, c.marked.Line)
		}
		p.Hint = "a mark of thousands is not read"
		if c.mark == '.' {
			hint := c.decimal
			if hint == "" {
				hint = "the file is read with decimal points: save it so"
			}
			p.Hint = "where decimals are written with \",\", " + hint + "; " + p.Hint
		}
	}
	return p
}

// MeansNone reports whether a text looks like one that stands where there is no value.
func MeansNone(text string) bool {
	switch strings.ToLower(strings.Trim(text, "()[]<>. ")) {
	case "", "-", "--", "–", "—", "?", "n/a", "#n/a", "na", "nan", "n.a", "n.d", "nd", "null", "nil", "none", "missing", "unknown", "inf", "-inf", "tbd", "k.a":
		return true
	}
	return strings.HasPrefix(text, "#") && !strings.ContainsAny(text, "123456789")
}

// isGrouped reports whether a text is a number with a mark of thousands: marks of both sorts, or one of them more than once.
func isGrouped(text string) bool {
	if strings.Trim(text, "+-0123456789.,") != "" {
		return false
	}
	points, commas := strings.Count(text, "."), strings.Count(text, ",")
	return points > 0 && commas > 0 || points > 1 || commas > 1
}

// powersOfTen are those that float64 has exactly.
var powersOfTen = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// shortNumber reads a number of at most 15 digits, with or without the mark of decimals; false where it is no such number, which may be one all the same. Digits
// and power of ten are exact, so that their quotient is the nearest float64, the one that ParseNumber gives.
func shortNumber(text []byte, mark byte) (float64, bool) {
	if len(text) == 0 || len(text) > 16 {
		return 0, false
	}
	digits, after, at := int64(0), 0, -1
	for i, b := range text {
		switch {
		case b-'0' <= 9:
			digits = digits*10 + int64(b-'0')
		case b == mark && mark != 0 && at < 0 && i > 0 && i < len(text)-1:
			at, after = i, len(text)-1-i
		default:
			return 0, false
		}
	}
	if at < 0 && len(text) == 16 {
		return 0, false
	}
	return float64(digits) / powersOfTen[after], true
}

// maxNumber is how many bytes a number has at most: more than any that a program prints in full.
const maxNumber = 1200

// ParseNumber reads a finite decimal number, without the hexadecimal, underscored and infinite forms that Go accepts. One that is too large or too
// small to compute with is none: it would become infinite or 0.
func ParseNumber(text string) (float64, error) {
	if len(text) > maxNumber {
		return 0, strconv.ErrSyntax
	}
	for i := range len(text) {
		switch c := text[i]; {
		case '0' <= c && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return 0, strconv.ErrSyntax
		}
	}
	v, err := strconv.ParseFloat(text, 64)
	if err == nil && v == 0 {
		digits, _, _ := strings.Cut(strings.ToLower(text), "e")
		if strings.ContainsAny(digits, "123456789") {
			err = strconv.ErrRange
		}
	}
	return v, err
}

// Left is the row as one that was not used.
func (c *CSV) Left(what, why string) Left { return Left{Place: c.At(""), What: what, Why: why} }
