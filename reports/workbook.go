package reports

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/reports/workbook"
)

// TooManyCells says that tables are more than a workbook takes.
type TooManyCells struct{ Cells int }

func (e *TooManyCells) Error() string {
	return fmt.Sprintf("%d cells are more than the %d that a workbook takes; the CSV files have them", e.Cells, workbook.MostCells)
}

// Sheets of a workbook that are not named as a table is.
const (
	contentsSheet = "Contents"
	sourcesSheet  = "Sources"
	registerTable = "register" // is the one of sources
)

// WriteWorkbook writes the tables that WriteWithTables gave as a workbook (.xlsx): a sheet that lists them, one for each in their order, and last the register of sources.
// A number has all its digits, a text is a text whatever it begins with, a missing value is no cell. The same tables give the same bytes. The error is a *TooManyCells
// for tables that are too large; nothing is written then.
func WriteWorkbook(w io.Writer, e *Edition, tables []TableFile) error {
	isRegister := func(t TableFile) bool { return t.ID == registerTable }
	ordered := slices.DeleteFunc(slices.Clone(tables), isRegister)
	if i := slices.IndexFunc(tables, isRegister); i >= 0 {
		ordered = append(ordered, tables[i])
	}
	cells := 4 * (len(ordered) + 1)
	for i := range ordered {
		cells += (ordered[i].Rows() + 1) * len(ordered[i].of.file().names())
	}
	if cells > workbook.MostCells {
		return &TooManyCells{cells}
	}
	sheets := sheetNames(ordered)
	b := workbook.New(workbook.About{Title: cmp.Or(e.Title, e.Study), Subject: e.Goal, Identifier: e.RunID, Version: e.Edition}, append([]string{contentsSheet}, sheets...)...)
	defer b.Close()
	widths := sheetWidths{}
	head := workbook.Headings([]string{"sheet", "table", "rows", "file"})
	for i, t := range ordered {
		row := []string{sheets[i], t.Caption, "", t.Path()}
		for column, text := range row {
			if widths.meet(column, text); text != "" {
				b.Text(contentsSheet, column, i+1, text)
			}
		}
		b.Number(contentsSheet, 2, i+1, float64(t.Rows()))
		b.Link(contentsSheet, 0, i+1, sheets[i])
	}
	b.Table(contentsSheet, head, len(ordered), widths.of(head))
	for i := range ordered {
		ordered[i].fill(b, sheets[i])
	}
	return b.Write(w)
}

// Path is where the table's CSV stands in the folder of a report.
func (f *TableFile) Path() string { return "tables/" + f.ID + ".csv" }

// fill writes a table on its sheet.
func (f *TableFile) fill(b *workbook.Book, sheet string) {
	widths, i := sheetWidths{}, 0
	for row := range f.Records() {
		i++
		for column, d := range row {
			widths.meet(column, d.Text)
			if v, ok := d.Number(); ok {
				b.Number(sheet, column, i, v)
			} else if d.Text != "" {
				b.Text(sheet, column, i, d.Text)
			}
		}
	}
	head := workbook.Headings(f.of.file().names())
	b.Table(sheet, head, i, widths.of(head))
}

// sheetNames gives each table a sheet's name, which follows from its own ID alone: the ID, or where that is longer than a sheet's name or is taken, its beginning and some of its digest.
func sheetNames(tables []TableFile) []string {
	const most = 31
	met := map[string]bool{strings.ToLower(contentsSheet): true, strings.ToLower(sourcesSheet): true, "history": true} // which Excel keeps for itself
	var out []string
	for _, t := range tables {
		name := t.ID
		if name == registerTable {
			out = append(out, sourcesSheet)
			continue
		}
		for digest := sha256.Sum256([]byte(t.ID)); len(name) > most || met[name]; digest = sha256.Sum256(digest[:]) {
			end := "-" + hex.EncodeToString(digest[:3])
			name = strings.TrimRight(t.ID[:min(len(t.ID), most-len(end))], "-") + end
		}
		met[name] = true
		out = append(out, name)
	}
	return out
}

// sheetWidths is how many characters the longest text of each column has.
type sheetWidths map[int]int

func (w sheetWidths) meet(column int, text string) {
	w[column] = max(w[column], utf8.RuneCountInString(text))
}

// of are the widths of columns with their headings, none too narrow or too wide to read.
func (w sheetWidths) of(headings []string) []int {
	var out []int
	for column, name := range headings {
		w.meet(column, name+"  ▾")
		out = append(out, min(max(w[column], 6), 60)+1)
	}
	return out
}
