package datasets

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// CSVWriter writes rows as FromCSV reads them: a missing value as an empty field, numbers with as many digits as bring back the same
// float64, dates as YYYY-MM-DD. Texts follow TextRule: none is a formula to a spreadsheet, and all of them can be read back. Numbers are as they are:
// a negative one begins with a minus. It holds one row.
type CSVWriter struct {
	w      *csv.Writer
	fields []lca.Field
	record []string
}

// NewCSVWriter writes the header.
func NewCSVWriter(w io.Writer, fields []lca.Field) (*CSVWriter, error) {
	out := &CSVWriter{w: csv.NewWriter(w), fields: fields, record: make([]string, len(fields))}
	for i, f := range fields {
		out.record[i] = f.Name
	}
	return out, out.w.Write(out.record)
}

// Write appends a batch's rows, whose columns are in the fields' order.
func (w *CSVWriter) Write(b *column.Batch) error {
	if len(b.Columns) != len(w.fields) {
		return fmt.Errorf("datasets: a batch of %d columns for a CSV file of %d", len(b.Columns), len(w.fields))
	}
	for row := range b.Rows {
		for i, f := range w.fields {
			w.record[i] = cellText(f.Type, &b.Columns[i], row)
		}
		if err := w.w.Write(w.record); err != nil {
			return err
		}
	}
	return nil
}

// Flush writes what is held. It does not close the file.
func (w *CSVWriter) Flush() error {
	w.w.Flush()
	return w.w.Error()
}

// WriteCSV writes a table of a kind as FromCSV reads it (see CSVWriter): all of the kind's columns, those that the table lacks empty.
func WriteCSV(w io.Writer, k *Kind, table *column.Table) error {
	out, err := NewCSVWriter(w, k.Fields())
	if err != nil {
		return err
	}
	b := column.Batch{Rows: table.Rows}
	for _, f := range k.Columns {
		if c, ok := table.Lookup(f.Name); ok {
			b.Columns = append(b.Columns, *c)
		} else {
			b.Columns = append(b.Columns, column.Column{Valid: column.NewBitmap(table.Rows)})
		}
	}
	if err := out.Write(&b); err != nil {
		return err
	}
	return out.Flush()
}

func cellText(t lca.FieldType, c *column.Column, row int) string {
	if !c.Valid.Get(row) {
		return ""
	}
	if t == lca.Text {
		return Escaped(c.Dict.Values[c.Codes[row]])
	}
	return ValueText(t, c, row)
}

// ValueText is a value as people read it: as in a CSV file, texts as they are. A missing one is empty.
func ValueText(t lca.FieldType, c *column.Column, row int) string {
	if !c.Valid.Get(row) {
		return ""
	}
	switch t {
	case lca.Text:
		return c.Dict.Values[c.Codes[row]]
	case lca.Boolean:
		return strconv.FormatBool(c.Bools[row])
	}
	return numberText(t, c.Floats[row])
}

// numberText writes what is held as a number: a date, an integer or a number.
func numberText(t lca.FieldType, v float64) string {
	switch t {
	case lca.Date:
		return dateText(v)
	case lca.Integer:
		return strconv.FormatFloat(v, 'f', -1, 64) // other programs take 1e+06 for no whole number
	}
	return NumberText(v)
}

// NumberText writes a number with as many digits as bring back the same float64.
func NumberText(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// DateText writes a number of days since 1970 as YYYY-MM-DD.
func DateText(days float64) string { return dateText(days) }
