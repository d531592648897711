package factors

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// The columns of a factor table, in their order.
const (
	colFactor = iota
	colCategory
	colRegion
	colTechnology
	colFrom
	colTo
	colValue
	colUnit
	colDistribution
	colBoundary
	colFlow
	colPoint
	colScope
	colMargin
	colQuality
	colSource
	colURL
	colReleased
	colLicence
	colNote
	columnCount
)

var columnNames = []string{"factor", "category", "region", "technology", "valid_from", "valid_to", "value", "unit", "distribution", "boundary",
	"flow", "point", "scope", "margin", "quality", "source", "url", "released", "licence", "note"}

// Columns lists the columns of a factor table, all of them required, in their order.
func Columns() []string { return slices.Clone(columnNames) }

// maxProblems is how many errors are reported before reading stops.
const maxProblems = 900

// table is a CSV file while it is read.
type table struct {
	file   string
	text   []byte
	starts []int // offset of each line, filled at the first problem
	reader *csv.Reader
}

// readTable adds the rows of a CSV file to the pack.
func (l *loader) readTable(file string, text []byte) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		l.probs.Errorf(diag.Syntax, diag.Place{File: file}, "the file is not UTF-8 text")
		return
	}
	t := &table{file: file, text: text, reader: csv.NewReader(bytes.NewReader(text))}
	t.reader.FieldsPerRecord = -1 // counted below, with a better message
	header, ok := l.record(t)
	if !ok || !l.header(t, header) {
		return
	}
	for {
		record, ok := l.record(t)
		if !ok {
			return
		}
		if len(l.pack.Rows) >= l.limits.rows {
			l.probs.Add(t.problem(0, diag.TooLarge, "the pack holds more than %d rows", l.limits.rows))
			return
		}
		if l.probs.Count(diag.Error)-l.before >= maxProblems {
			l.probs.Add(t.problem(0, diag.TooLarge, "the pack has %d problems; the rest of the file was not read", maxProblems))
			return
		}
		if len(record) != columnCount {
			l.probs.Add(t.problem(min(len(record), columnCount)-1, diag.Syntax, "the row has %d fields; the header has %d", len(record), columnCount))
			continue
		}
		if row, ok := l.row(t, record); ok {
			row.ID = int32(len(l.pack.Rows))
			l.pack.Rows = append(l.pack.Rows, row)
		}
	}
}

// record reads the next record; false at the end of the file and after a syntax error, behind which nothing can be trusted.
func (l *loader) record(t *table) ([]string, bool) {
	record, err := t.reader.Read()
	var parse *csv.ParseError
	switch {
	case err == nil:
		return record, true
	case errors.Is(err, io.EOF):
		if len(bytes.TrimSpace(t.text)) == 0 {
			l.probs.Errorf(diag.Syntax, diag.Place{File: t.file, Line: 1, Col: 1}, "the file is empty")
		}
	case errors.As(err, &parse):
		p := diag.Problem{Code: diag.Syntax, Place: t.place(parse.Line, parse.Column), Message: "not readable as CSV: " + parse.Err.Error(), Snippet: t.line(parse.Line)}
		p.Why = "the rest of the file was not read"
		p.Hint = `a field that holds a comma, a quote or a line break stands in quotes, and a quote in it is written twice: "so ""called"" field"`
		l.probs.Add(p)
	default:
		l.probs.Errorf(diag.Syntax, diag.Place{File: t.file}, "not readable as CSV: %v", err)
	}
	return nil, false
}

// header checks the names of the columns.
func (l *loader) header(t *table, header []string) bool {
	if slices.Equal(header, columnNames) {
		return true
	}
	before := l.probs.Count(diag.Error)
	for i, name := range header {
		switch {
		case slices.Contains(header[:i], name):
			l.probs.Add(t.problem(i, diag.DuplicateName, "the column %q stands twice", name))
		case !slices.Contains(columnNames, name):
			p := t.problem(i, diag.UnknownColumn, "unknown column %q", name)
			p.Hint = meant(name, columnNames)
			l.probs.Add(p)
		}
	}
	var missing []string
	for _, name := range columnNames {
		if !slices.Contains(header, name) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		l.probs.Add(t.problem(0, diag.MissingColumn, "columns are missing: %s", strings.Join(missing, ", ")))
	}
	if l.probs.Count(diag.Error) == before {
		p := t.problem(0, diag.MissingColumn, "the columns stand in another order")
		p.Hint = "write them as " + strings.Join(columnNames, ",")
		l.probs.Add(p)
	}
	return false
}

// problem makes a problem at a field of the record read last.
func (t *table) problem(field int, code diag.Code, format string, args ...any) diag.Problem {
	line, col := t.reader.FieldPos(field)
	return diag.Problem{Code: code, Place: t.place(line, col), Message: fmt.Sprintf(format, args...), Snippet: t.line(line)}
}

// place turns the CSV reader's column, in bytes, into one in characters.
func (t *table) place(line, col int) diag.Place {
	text := t.line(line)
	return diag.Place{File: t.file, Line: line, Col: utf8.RuneCountInString(text[:max(0, min(col-1, len(text)))]) + 1}
}

// line returns a line of the file, from 1, without its end.
func (t *table) line(n int) string {
	if t.starts == nil {
		t.starts = []int{0}
		for i, b := range t.text {
			if b == '\n' {
				t.starts = append(t.starts, i+1)
			}
		}
	}
	if n < 1 || n > len(t.starts) {
		return ""
	}
	end := len(t.text)
	if n < len(t.starts) {
		end = t.starts[n] - 1
	}
	return strings.TrimRight(string(t.text[t.starts[n-1]:end]), "\r")
}
