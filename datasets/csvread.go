package datasets

import (
	"errors"
	"io"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// CSVReader reads what CSVWriter has written row by row, to set it against the same rows of another file. It holds one row of bounded size, whatever the
// file is.
type CSVReader struct {
	name   string
	r      *csvRecords
	fields []lca.Field
}

// NewCSVReader reads the header, which must name the fields in their order. Errors are *diag.Invalid, here and below.
func NewCSVReader(name string, r io.Reader, fields []lca.Field) (*CSVReader, error) {
	out := &CSVReader{name: name, r: newCSVRecords(r), fields: fields}
	out.r.most = len(fields) + 1
	if more, err := out.read(); err != nil {
		return nil, err
	} else if !more {
		return nil, out.invalid(diag.Syntax, diag.Place{File: name}, "the file is empty; its first line names the columns")
	}
	for i, f := range fields {
		if i >= len(out.r.fields) || out.r.fields[i] != f.Name {
			return nil, out.invalid(diag.MissingColumn, diag.Place{File: name, Line: 1}, "column %d is not %s", i+1, f.Name)
		}
	}
	if len(out.r.fields) > len(fields) {
		return nil, out.invalid(diag.UnknownColumn, diag.Place{File: name, Line: 1}, "the file has a column too many, %s", quote(out.r.fields[len(fields)]))
	}
	return out, nil
}

// Next reads the next row; false at the end.
func (r *CSVReader) Next() (bool, error) {
	more, err := r.read()
	if err == nil && more && len(r.r.fields) != len(r.fields) {
		return false, r.invalid(diag.Syntax, r.Place(0), "the line has not as many cells as the header")
	}
	return more, err
}

func (r *CSVReader) read() (bool, error) {
	err := r.r.next()
	var at *csvError
	switch {
	case err == nil:
		return true, nil
	case err == io.EOF:
		return false, nil
	case errors.As(err, &at):
		return false, r.invalid(at.code, diag.Place{File: r.name, Line: at.at.line, Col: at.at.col}, "%s", at.message)
	}
	return false, err
}

func (r *CSVReader) invalid(code diag.Code, at diag.Place, format string, args ...any) error {
	e := &diag.Invalid{}
	e.List.Errorf(code, at, format, args...)
	return e
}

// Place is where a field of the row begins.
func (r *CSVReader) Place(field int) diag.Place {
	return diag.Place{File: r.name, Line: r.r.at[field].line, Col: r.r.at[field].col, Column: r.fields[field].Name}
}

// Differs returns the first field that says another value than a batch's row, whose columns are in the fields' order, and what the two say; -1 where none
// does. A number may be written in another way, as long as it is the same float64.
func (r *CSVReader) Differs(b *column.Batch, row int) (field int, here, there string) {
	for i, f := range r.fields {
		c := &b.Columns[i]
		if written := r.r.fields[i]; written != cellText(f.Type, c, row) && !r.same(f.Type, written, c, row) {
			return i, shownCell(written), shownCell(cellText(f.Type, c, row))
		}
	}
	return -1, "", ""
}

func (r *CSVReader) same(t lca.FieldType, written string, c *column.Column, row int) bool {
	if !c.Valid.Get(row) || written == "" {
		return false // one of them: where both are, the texts are equal
	}
	switch t {
	case lca.Text:
		return unescaped(written) == c.Dict.Values[c.Codes[row]]
	case lca.Number, lca.Integer:
		v, err := strconv.ParseFloat(written, 64)
		return err == nil && v == c.Floats[row]
	}
	return false
}

func shownCell(text string) string {
	if text == "" {
		return "nothing"
	}
	return quote(text)
}
