package reports

import (
	"encoding/csv"
	"slices"
	"strings"
)

// table is a table as printed, and as CSV with all digits.
type table struct {
	ID, Caption string
	Columns     []column
	Rows        [][]cell // the first cell of a row is its heading
	More        int      // rows that stand in the CSV only
	Marked      string   // what the asterisk of marked cells means; empty where none is marked
	Note        string   // may be empty
	Made        string   // id of what says how its numbers are made; may be empty
	File        *table   // the columns and rows of the CSV, where they are not those printed
}

// column is a heading; Raw is its name in the CSV, with the table's own unit.
type column struct {
	Text, Unit, Raw string
	Number          bool
	Kept            bool   // stands in the CSV only
	Note            string // a flag for all of its cells
	RawUnit         string // of its numbers in the CSV, where they have one and no other column says it
}

// cell is printed as Text, or as not supplied where Text is empty.
type cell struct {
	Text  string
	Full  string // the value with all digits, shown on demand
	Raw   string // in the CSV; Text where empty
	URL   string // makes Text a link, where it is one of http or https
	To    string // makes Text a link to what has this id
	Mark  string // what is said of the value by an asterisk
	Value bool   // a number: Raw is what a program reads
	Break bool   // no figure is expected here: printed empty

	Between   string // the interval of a value
	Low, High string // its ends, in the CSV
}

func plain(s string) cell { return cell{Text: s} }

func link(text, url string) cell { return cell{Text: text, URL: webAddress(url)} }

// webAddress returns an address that may be made a link, else nothing.
func webAddress(url string) string {
	low := strings.ToLower(url)
	if strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "http://") {
		return url
	}
	return ""
}

func (n number) cell() cell {
	return cell{Text: n.Text, Full: n.Full, Raw: n.Raw, Value: true, Between: n.Between, Low: n.Low, High: n.High}
}

// wide tells of each column whether its values have intervals, which are columns of their own in the CSV.
func (t *table) wide() []bool {
	out := make([]bool, len(t.Columns))
	for _, row := range t.Rows {
		for i, c := range row {
			out[i] = out[i] || c.Low != ""
		}
	}
	return out
}

// Room is a class for the width that a cell asks for.
func (c cell) Room() string {
	if c.Value {
		return "n"
	}
	return c.text()
}

// text is the class of a text.
func (c cell) text() string {
	switch n := len([]rune(c.Text)); {
	case n > 30:
		return "long"
	case n >= 14:
		return "mid"
	}
	return ""
}

// shown is how many rows of a table are printed; the others are in its CSV.
const shown = 150

// cut moves what is too long to read into the CSV.
func (t *table) cut() *table {
	t.More = max(0, len(t.Rows)-shown)
	return t
}

// Printed is the rows and cells that are printed.
func (t *table) Printed() [][]cell {
	out := make([][]cell, len(t.Rows)-t.More)
	for i := range out {
		for j, c := range t.Rows[i] {
			if !t.Columns[j].Kept {
				out[i] = append(out[i], c)
			}
		}
	}
	return out
}

// Shown is the columns that are printed.
func (t *table) Shown() []column {
	return slices.DeleteFunc(slices.Clone(t.Columns), func(c column) bool { return c.Kept })
}

// text is the table as CSV. A text that a spreadsheet would take for a formula is led by an apostrophe.
func (t *table) text() string {
	if t.File != nil {
		return t.File.text()
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	var record []string
	for _, name := range t.names() {
		record = append(record, inert(name))
	}
	_ = w.Write(record) // a Builder does not fail
	for row := range t.records() {
		record = record[:0]
		for _, d := range row {
			if d.Value {
				record = append(record, d.Text)
			} else {
				record = append(record, inert(d.Text))
			}
		}
		_ = w.Write(record)
	}
	w.Flush()
	return b.String()
}

func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
