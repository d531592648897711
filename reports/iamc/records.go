package iamc

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// records reads a CSV file that is held as a whole, with the place of every field. It takes no space away, unlike lca/foreign: to pyam, a name with a space before it
// is another one.
type records struct {
	file   string
	text   []byte
	probs  *diag.List
	in     *csv.Reader
	start  int // of the record in text
	line   int // where the record begins
	fields []string
}

// open reads the file and its first record; nil, with the problem told, where it is none that is read.
func open(file string, r io.Reader, probs *diag.List) *records {
	text, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	tell := func(code diag.Code, line int, format string, args ...any) *records {
		probs.Errorf(code, diag.Place{File: file, Line: line}, format, args...)
		return nil
	}
	if err != nil {
		return tell(diag.Syntax, 0, "the file cannot be read: %v", err)
	}
	if len(text) > maxBytes {
		return tell(diag.TooLarge, 0, "the file is larger than %d MiB", maxBytes>>20)
	}
	if bytes.HasPrefix(text, []byte("PK\x03\x04")) {
		return tell(diag.Syntax, 0, "the file is a ZIP archive, as an Excel workbook is: save the sheet data as CSV")
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	for line, rest := 1, text; len(rest) > 0 && !utf8.Valid(text); line++ {
		var now []byte
		if now, rest, _ = bytes.Cut(rest, []byte("\n")); !utf8.Valid(now) {
			return tell(diag.Syntax, line, "the file is not UTF-8 text")
		}
	}
	if line := tooWide(text); line > 0 {
		return tell(diag.TooLarge, line, "the row has more than %d fields", maxColumns)
	}
	c := &records{file: file, text: text, probs: probs, in: csv.NewReader(bytes.NewReader(text))}
	c.in.ReuseRecord = true
	before := probs.Count(diag.Error)
	if !c.next() {
		if probs.Count(diag.Error) == before {
			return tell(diag.Syntax, 1, "the file is empty; its first line names the columns")
		}
		return nil
	}
	return c
}

// tooWide is the line of the first record with more fields than are read; 0 for none. encoding/csv would hold them all.
func tooWide(text []byte) int {
	line, commas, quoted := 1, 0, false
	for _, b := range text {
		switch {
		case b == '"':
			quoted = !quoted
		case b == '\n':
			line++
			if !quoted {
				commas = 0
			}
		case b == ',' && !quoted:
			if commas++; commas >= maxColumns {
				return line
			}
		}
	}
	return 0
}

// next reads a record, over those that have not as many fields as the first, which it tells. It is false at the end, and behind what cannot be parsed.
func (c *records) next() bool {
	for !c.probs.Full() {
		c.start = int(c.in.InputOffset())
		for c.start < len(c.text) && (c.text[c.start] == '\n' || c.text[c.start] == '\r') {
			c.start++
		}
		fields, err := c.in.Read()
		var wrong *csv.ParseError
		switch {
		case err == nil:
			c.fields = fields
			c.line, _ = c.in.FieldPos(0)
			return true
		case err == io.EOF:
			return false
		case !errors.As(err, &wrong):
			c.probs.Errorf(diag.Syntax, diag.Place{File: c.file}, "the file cannot be read: %v", err)
			return false
		}
		c.line = wrong.StartLine
		if errors.Is(err, csv.ErrFieldCount) {
			p := c.problemAt(c.line, 1, diag.Syntax, fmt.Sprintf("the row has %d fields; the header has %d", len(fields), c.in.FieldsPerRecord))
			p.Hint = `a text with a comma needs quotes around it: "a, b"`
			c.probs.Add(p)
			continue
		}
		message := "a quote stands within a field, or text follows a closing one"
		if errors.Is(err, csv.ErrQuote) && wrong.Line != wrong.StartLine {
			message = "a quote that opens in this row is not closed as it should"
			wrong.Line, wrong.Column = wrong.StartLine, 1
		}
		p := c.problemAt(wrong.Line, wrong.Column, diag.Syntax, message)
		p.Why, p.Hint = "the rest of the file was not read", `a quote within a field is written twice: "so ""called"" field"`
		c.probs.Add(p)
		return false
	}
	return false
}

// problem makes a problem at a field of the record, with its line.
func (c *records) problem(field int, code diag.Code, message string) diag.Problem {
	line, col := c.in.FieldPos(field)
	return c.problemAt(line, col, code, message)
}

// problemAt makes a problem at a line of the record and a column, which csv counts in bytes.
func (c *records) problemAt(line, col int, code diag.Code, message string) diag.Problem {
	rest := c.text[min(c.start, len(c.text)):]
	for range line - c.line {
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
	}
	text, _, _ := bytes.Cut(rest, []byte("\n"))
	text = bytes.TrimSuffix(text, []byte("\r"))
	p := diag.Problem{Code: code, Message: message,
		Place: diag.Place{File: c.file, Line: line, Col: utf8.RuneCount(text[:min(max(col-1, 0), len(text))]) + 1}}
	if len(text) <= longLine {
		p.Snippet = strings.ToValidUTF8(string(text), "\ufffd")
	}
	return p
}
