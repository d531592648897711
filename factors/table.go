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

// The columns of a factor table, in the order in which they are mostly written.
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
	colSeries
	columnCount
)

var columnNames = []string{"factor", "category", "region", "technology", "valid_from", "valid_to", "value", "unit", "distribution", "boundary",
	"flow", "point", "scope", "margin", "quality", "source", "url", "released", "licence", "note", "series"}

// Columns lists the columns of a factor table, in the order in which they are mostly written. A table that pack.yaml does not describe has all of
// them but series, which any may lack.
func Columns() []string { return slices.Clone(columnNames) }

// maxProblems is how many errors are reported before reading stops.
const maxProblems = 900

// table is a CSV file while it is read.
type table struct {
	*Table
	text     []byte
	starts   []int // offset of each line, filled at the first problem
	reader   *csv.Reader
	entry    *tableEntry         // nil where pack.yaml does not describe it
	at       [columnCount]int    // field of each column, -1 where the file does not have it
	constant [columnCount]string // of a column that the file does not have
}

// readTable adds the rows of a CSV file to the pack.
func (l *loader) readTable(into *Table, entry *tableEntry, text []byte) {
	into.column, into.Layer = 1, len(l.pack.Layers)-1
	if entry != nil {
		into.Title, into.Licence, into.Doc = entry.Title, entry.Licence, entry.Doc
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		l.probs.Errorf(diag.Syntax, diag.Place{File: into.shown}, "the file is not UTF-8 text")
		return
	}
	t := &table{Table: into, text: text, entry: entry, reader: csv.NewReader(bytes.NewReader(text))}
	t.reader.FieldsPerRecord = -1 // counted below, with a better message
	t.reader.ReuseRecord = true
	header, ok := l.record(t)
	if !ok || !l.header(t, slices.Clone(header)) {
		return
	}
	l.pack.Tables = append(l.pack.Tables, into)
	l.pack.Rows = slices.Grow(l.pack.Rows, min(bytes.Count(text, []byte("\n")), l.limits.rows))
	r := &reading{loader: l, table: t}
	for width := len(header); ; {
		record, ok := l.record(t)
		if !ok {
			return
		}
		if len(l.pack.Rows) >= l.limits.rows {
			l.probs.Add(t.problem(-1, diag.TooLarge, "the pack holds more than %d rows", l.limits.rows))
			return
		}
		if l.probs.Count(diag.Error)-l.before >= maxProblems {
			l.probs.Add(t.problem(-1, diag.TooLarge, "the pack has %d problems; the rest of the file was not read", maxProblems))
			return
		}
		if len(record) != width {
			p := t.problemAt(min(len(record), width)-1, diag.Syntax, "the row has %d fields; the header has %d", len(record), width)
			l.probs.Add(p)
			continue
		}
		if row, ok := r.row(record); ok {
			row.ID = int32(len(l.pack.Rows))
			l.pack.Rows = append(l.pack.Rows, row)
		}
	}
}

// record reads the next record; false at the end of the file and after a syntax error, behind which nothing can be trusted.
func (l *loader) record(t *table) ([]string, bool) {
	record, err := t.reader.Read()
	if err == nil {
		return record, true
	}
	var parse *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		if len(bytes.TrimSpace(t.text)) == 0 {
			l.probs.Errorf(diag.Syntax, diag.Place{File: t.shown, Line: 1, Col: 1}, "the file is empty")
		}
	case errors.As(err, &parse):
		p := diag.Problem{Code: diag.Syntax, Place: t.place(parse.Line, parse.Column), Message: "not readable as CSV: " + parse.Err.Error(), Snippet: t.line(parse.Line)}
		p.Why = "the rest of the file was not read"
		p.Hint = `a field that holds a comma, a quote or a line break stands in quotes, and a quote in it is written twice: "so ""called"" field"`
		l.probs.Add(p)
	default:
		l.probs.Errorf(diag.Syntax, diag.Place{File: t.shown}, "not readable as CSV: %v", err)
	}
	return nil, false
}

// header finds the columns: those of the file, in any order, and those that pack.yaml gives one value.
func (l *loader) header(t *table, header []string) bool {
	if t.entry != nil && t.entry.At.Get("licence") == nil {
		return false // said already
	}
	before := l.probs.Count(diag.Error)
	for col := range t.at {
		t.at[col] = -1
	}
	for i, name := range header {
		col := slices.Index(columnNames, name)
		switch {
		case col < 0:
			p := t.problemAt(i, diag.UnknownColumn, "unknown column %q", name)
			p.Hint = meant(name, columnNames)
			l.probs.Add(p)
		case t.at[col] >= 0:
			l.probs.Add(t.problemAt(i, diag.DuplicateName, "the column %q stands twice", name))
		case t.entry != nil && t.entry.At.Get("constant").Get(name) != nil:
			l.probs.Add(t.problemAt(i, diag.DuplicateName, "pack.yaml gives the column %q one value for all rows", name))
		case t.entry != nil && col == colLicence:
			l.probs.Add(t.problemAt(i, diag.DuplicateName, "pack.yaml gives the licence of the whole table"))
		default:
			t.at[col] = i
		}
	}
	var missing []string
	for col, name := range columnNames {
		if t.at[col] < 0 && l.lacks(t, col) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		l.probs.Add(t.problemAt(0, diag.MissingColumn, "columns are missing: %s", strings.Join(missing, ", ")))
	}
	return l.probs.Count(diag.Error) == before
}

// lacks fills a column that the file does not have from pack.yaml, and reports whether that does not say either.
func (l *loader) lacks(t *table, col int) bool {
	if t.entry == nil {
		return col != colSeries
	}
	value, given := t.entry.Constant[columnNames[col]]
	at := t.entry.At.Get("constant").Get(columnNames[col])
	if col == colLicence {
		value, given, at = t.entry.Licence, true, t.entry.At.Get("licence")
	}
	t.constant[col] = value
	if given {
		if why := l.constant(col, value); why != nil {
			p := at.Problem(why.code, "%s", why.message)
			p.Hint = why.hint
			l.probs.Add(p)
		}
	}
	return !given && slices.Contains([]int{colFactor, colValue, colUnit, colDistribution, colQuality, colSource, colReleased}, col)
}

// constant is what is wrong with a text that a column has in all rows.
func (l *loader) constant(col int, text string) *fault {
	switch col {
	case colFactor:
		if _, ok := l.pack.Definition(text); !ok {
			return l.noFactor(text)
		}
	case colValue:
		_, wrong := readValue(text)
		return wrong
	case colNote:
		return badText(columnNames[col], text)
	}
	return l.cell(col, text).wrong
}

// problem makes a problem at a column of the record read last; at the record where the file does not have the column.
func (t *table) problem(col int, code diag.Code, format string, args ...any) diag.Problem {
	field := 0
	if col >= 0 {
		field = max(t.at[col], 0)
	}
	return t.problemAt(field, code, format, args...)
}

// problemAt makes a problem at a field of the record read last.
func (t *table) problemAt(field int, code diag.Code, format string, args ...any) diag.Problem {
	line, col := t.reader.FieldPos(field)
	return diag.Problem{Code: code, Place: t.place(line, col), Message: fmt.Sprintf(format, args...), Snippet: t.line(line)}
}

// place turns the CSV reader's column, in bytes, into one in characters.
func (t *table) place(line, col int) diag.Place {
	text := t.line(line)
	return diag.Place{File: t.shown, Line: line, Col: utf8.RuneCountInString(text[:max(0, min(col-1, len(text)))]) + 1}
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
