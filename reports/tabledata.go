package reports

import (
	"iter"
	"math"
	"strconv"
)

// TextRule is how texts stand in the CSV files of a report, in the words of a package's descriptor.
const TextRule = "A text that begins with = + - @, a tab or a carriage return has one apostrophe before it, so that no spreadsheet takes it for a formula. An empty field is a missing value."

// Field is a column of a table as its CSV has it.
type Field struct {
	Name   string // its heading in the CSV
	Title  string // its heading on the page
	Unit   string // of its numbers; empty where they have none, where another column says it, or where it is not known
	Number bool   // all that is not missing is a number
}

// Datum is a cell of a table as its CSV has it. Nothing is a missing value.
type Datum struct {
	Text  string // without the apostrophe of TextRule
	Value bool   // what a program computes with
}

// Number is the cell's number; ok is false where it has none.
func (d Datum) Number() (v float64, ok bool) {
	if !d.Value || d.Text == "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(d.Text, 64)
	return v, err == nil && !math.IsInf(v, 0) && !math.IsNaN(v)
}

// Fields are the columns of the CSV.
func (f *TableFile) Fields() []Field {
	t := f.of.file()
	var out []Field
	wide := t.wide()
	for i, c := range t.Columns {
		out = append(out, Field{Title: c.Text, Unit: c.RawUnit, Number: c.Number})
		if wide[i] {
			out = append(out, Field{Title: c.Text + " p05", Unit: c.RawUnit, Number: true}, Field{Title: c.Text + " p95", Unit: c.RawUnit, Number: true})
		}
	}
	for i, name := range t.names() {
		out[i].Name = inert(name)
	}
	numbers, texts := make([]bool, len(out)), make([]bool, len(out))
	for row := range t.records() {
		for i, d := range row {
			if d.Text != "" {
				_, ok := d.Number()
				numbers[i], texts[i] = numbers[i] || ok, texts[i] || !ok
			}
		}
	}
	for i := range out { // an empty column is what it is meant to be
		if out[i].Number = !texts[i] && (numbers[i] || out[i].Number); !out[i].Number {
			out[i].Unit = ""
		}
	}
	return out
}

// Records are the rows of the CSV. A row is overwritten by the next one.
func (f *TableFile) Records() iter.Seq[[]Datum] { return f.of.file().records() }

// Rows is how many rows the CSV has, but for its heading.
func (f *TableFile) Rows() int { return len(f.of.file().Rows) }

// file is the table whose columns and rows are those of the CSV.
func (t *table) file() *table {
	if t.File != nil {
		return t.File
	}
	return t
}

// names are the headings of the CSV, as texts.
func (t *table) names() []string {
	var out []string
	wide := t.wide()
	for i, c := range t.Columns {
		name := c.Raw
		if name == "" {
			name = c.Text
		}
		if out = append(out, name); wide[i] {
			out = append(out, name+" p05", name+" p95")
		}
	}
	return out
}

// records are the rows of the CSV. A row is overwritten by the next one.
func (t *table) records() iter.Seq[[]Datum] {
	return func(yield func([]Datum) bool) {
		wide := t.wide()
		var record []Datum
		for _, row := range t.Rows {
			record = record[:0]
			for i, c := range row {
				d := Datum{c.Raw, c.Value}
				if c.Raw == "" && !c.Value {
					d.Text = c.Text
				}
				if record = append(record, d); wide[i] {
					record = append(record, Datum{c.Low, true}, Datum{c.High, true})
				}
			}
			if !yield(record) {
				return
			}
		}
	}
}
