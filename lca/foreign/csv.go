package foreign

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Dialect is how a tool writes CSV. The zero value reads RFC 4180 with a comma, a semicolon or a tab, whichever the first line has most of.
type Dialect struct {
	Comma        rune // between fields; 0: found out
	DecimalComma bool // numbers are written 0,5; a dialect with semicolons accepts both
	Header       int  // which record holds the columns' names, from 1; 0 is 1
	Ragged       bool // records may be shorter or longer than the header: what is missing is empty, what is more is not read
}

// CSV is a file of comma-separated values, read record by record. Columns are found by name.
type CSV struct {
	file    string
	probs   *diag.List
	in      *bounded
	reader  *csv.Reader
	dialect Dialect
	columns []string // without spaces around them
	record  []string // of the current row; valid until the next
	rows    int
	failed  bool
}

// OpenCSV reads the header; nil, with the problem in probs, where there is none. The file is named in problems as given.
func OpenCSV(file string, r io.Reader, d Dialect, probs *diag.List) *CSV {
	in := newBounded(r)
	text := bufio.NewReaderSize(in, 64<<10)
	first, _ := text.Peek(32 << 10)
	if start := bytes.TrimLeft(first, " \t\r\n"); len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		probs.Errorf(diag.Syntax, diag.Place{File: file, Line: 1}, "the file is JSON; CSV is expected")
		return nil
	}
	if d.Comma == 0 {
		d.Comma = separator(first)
	}
	c := &CSV{file: file, probs: probs, in: in, dialect: d, reader: csv.NewReader(text)}
	c.reader.Comma = d.Comma
	c.reader.FieldsPerRecord = -1 // counted below
	c.reader.ReuseRecord = true
	c.reader.LazyQuotes = false
	for range max(d.Header, 1) {
		if !c.read() {
			if !c.failed {
				probs.Errorf(diag.Syntax, diag.Place{File: file}, "the file has no header")
			}
			return nil
		}
	}
	for _, name := range c.record {
		c.columns = append(c.columns, strings.TrimSpace(strings.Clone(name)))
	}
	return c
}

// separator is the character that stands most often in the first line, outside of quotes.
func separator(text []byte) rune {
	counts := map[rune]int{}
	quoted := false
	for _, r := range string(text) {
		if r == '"' {
			quoted = !quoted
		}
		if r == '\n' && !quoted && len(counts) > 0 {
			break
		}
		if !quoted && (r == ',' || r == ';' || r == '\t') {
			counts[r]++
		}
	}
	best := ','
	for _, r := range []rune{';', '\t'} {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

// Columns are the header's names, without spaces around them. An unnamed column is empty.
func (c *CSV) Columns() []string { return slices.Clone(c.columns) }

// Has reports whether the file has all of the columns.
func (c *CSV) Has(columns ...string) bool {
	for _, name := range columns {
		if !slices.Contains(c.columns, name) {
			return false
		}
	}
	return true
}

// Need reports every column that is missing to probs, with the name that is most like it, and whether none is.
func (c *CSV) Need(columns ...string) bool {
	ok := true
	for _, name := range columns {
		if c.Has(name) {
			continue
		}
		p := diag.Problem{Code: diag.MissingColumn, Place: diag.Place{File: c.file, Line: 1}, Message: fmt.Sprintf("the file has no column %q", name)}
		if near := diag.Nearest(name, c.columns); near != "" {
			p.Hint = "it has " + strconv.Quote(near)
		} else if ok && len(c.columns) <= 40 { // once
			p.Hint = "it has " + strings.Join(c.columns, ", ")
		}
		c.probs.Add(p)
		ok = false
	}
	return ok
}

// Next moves to the next row; false at the end, and after a problem behind which nothing can be trusted. Empty lines are no rows.
func (c *CSV) Next() bool {
	for c.read() {
		if len(c.record) == len(c.columns) || c.dialect.Ragged {
			c.rows++
			return true
		}
		c.probs.Errorf(diag.Syntax, c.At(""), "the row has %s; the header has %d", counted(len(c.record), "field"), len(c.columns))
		c.failed = true
		if c.probs.Count(diag.Error) > 100 {
			return false // of a file in another dialect every row is wrong
		}
	}
	return false
}

// counted writes "1 field" and "2 fields".
func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

// Rows is how many rows were read so far.
func (c *CSV) Rows() int { return c.rows }

// read reads a record of any length.
func (c *CSV) read() bool {
	c.in.next()
	record, err := c.reader.Read()
	if err == nil {
		for _, field := range record {
			if !utf8.ValidString(field) || strings.IndexByte(field, 0) >= 0 {
				c.record = record
				c.probs.Add(diag.Problem{Code: diag.Syntax, Place: c.At(""), Message: "the row is not UTF-8 text", Hint: "save the file in UTF-8"})
				c.failed = true
				return false
			}
		}
		c.record = record
		return true
	}
	c.record = nil
	if errors.Is(err, io.EOF) {
		return false
	}
	c.failed = true
	at := diag.Place{File: c.file}
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		at.Line, at.Col, err = parse.Line, parse.Column, parse.Err
	}
	c.probs.Add(unreadable(at, err))
	return false
}

// Text is a field of the row, without spaces around it; empty where the row or the file has none. It may be kept.
func (c *CSV) Text(column string) string {
	i := slices.Index(c.columns, column)
	if i < 0 || i >= len(c.record) {
		return ""
	}
	return strings.Clone(strings.TrimSpace(c.record[i]))
}

// At is the place of a field of the row; of the row where column is empty.
func (c *CSV) At(column string) diag.Place {
	if len(c.record) == 0 {
		return diag.Place{File: c.file}
	}
	i := min(max(slices.Index(c.columns, column), 0), len(c.record)-1)
	line, col := c.reader.FieldPos(i)
	if column == "" {
		return diag.Place{File: c.file, Line: line}
	}
	return diag.Place{File: c.file, Line: line, Col: col, Column: column}
}

// Number is a field as a number; false where it is empty, and where it is none, which goes to probs as an error at its place.
func (c *CSV) Number(column string) (float64, bool) {
	text := c.Text(column)
	if text == "" {
		return 0, false
	}
	v, err := c.parse(text)
	if err != nil {
		c.probs.Errorf(diag.BadType, c.At(column), "expected a number, found %q", text)
		return 0, false
	}
	return v, true
}

// Decimal is a field as the text of a decimal number with a point; empty where Number is false. It has the digits that the source wrote.
func (c *CSV) Decimal(column string) string {
	if _, ok := c.Number(column); !ok {
		return ""
	}
	return c.pointed(c.Text(column))
}

// pointed writes a number's decimal comma as a point.
func (c *CSV) pointed(text string) string {
	if c.dialect.DecimalComma || c.dialect.Comma == ';' {
		return strings.Replace(text, ",", ".", 1)
	}
	return text
}

func (c *CSV) parse(text string) (float64, error) { return ParseNumber(c.pointed(text)) }

// ParseNumber reads a finite decimal number, without the hexadecimal, underscored and infinite forms that Go accepts.
func ParseNumber(text string) (float64, error) {
	if strings.Trim(text, "+-.0123456789eE") != "" {
		return 0, strconv.ErrSyntax
	}
	v, err := strconv.ParseFloat(text, 64)
	if err == nil && (math.IsInf(v, 0) || math.IsNaN(v)) {
		err = strconv.ErrRange
	}
	return v, err
}

// Left is the row as one that was not used.
func (c *CSV) Left(what, why string) Left { return Left{Place: c.At(""), What: what, Why: why} }
