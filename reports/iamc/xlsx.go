package iamc

import (
	"io"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// MostCells bounds a workbook, which is held as a whole until it is written: a million cells take 600 MB and three seconds. A sheet has 1,048,576 rows and 16,384
// columns: no table of as many cells and of years of four digits has more.
const MostCells = 1_000_000

// WriteXLSX writes a workbook as pyam's to_excel does (pyam/core.py): the sheet data in the wide form, and the sheet meta with a row for each model's scenario, whose
// column exclude pyam takes for what to leave out of an analysis (pyam/core.py: load_meta). meta's names are small: every version of pyam finds them so. Numbers are
// numbers, to the last digit; texts are texts to a spreadsheet whatever they begin with; a missing value is no cell. The bytes follow from the table: there is no
// clock in them. A table in which Check finds an error is not written, nor one of more than a million cells, for which CSV is the form.
func (t *Table) WriteXLSX(w io.Writer) error {
	rows, err := t.checked()
	if err != nil {
		return err
	}
	years := t.Years()
	if cells := (len(rows) + 1) * (len(dimensions) + len(years)); cells > MostCells {
		var probs diag.List
		probs.Errorf(diag.TooLarge, diag.Place{}, "%d series of %d years make %d cells; a workbook has at most %d: write CSV", len(rows), len(years), cells, MostCells)
		return probs.Err()
	}
	b := newBook()
	defer b.file.Close() // excelize may have put parts aside on the disk
	b.data(rows, years)
	b.meta(scenarios(rows))
	if b.err != nil {
		return b.err
	}
	_, err = b.file.WriteTo(w)
	return err
}

// book is a workbook that is filled cell by cell. It keeps the first error, behind which it does nothing.
//
// excelize could stream the rows instead, and does two things then that we do not want: it cuts numbers after 15 digits, as SetCellFloat does too, and it puts the
// sheets into the file in the order of a map.
type book struct {
	file *excelize.File
	err  error
}

func newBook() *book {
	b := &book{file: excelize.NewFile()}
	b.try(b.file.SetSheetName("Sheet1", "data"))
	_, err := b.file.NewSheet("meta")
	b.try(err)
	// The times are those of excelize's template.
	b.try(b.file.SetDocProps(&excelize.DocProperties{Creator: "ailca", Created: "2006-09-16T00:00:00Z", Modified: "2006-09-16T00:00:00Z"}))
	return b
}

func (b *book) try(err error) {
	if b.err == nil {
		b.err = err
	}
}

// set fills a cell, by its column and row from 0.
func (b *book) set(column, row int, fill func(cell string) error) {
	if b.err != nil {
		return
	}
	cell, err := excelize.CoordinatesToCellName(column+1, row+1)
	if b.try(err); err == nil {
		b.try(fill(cell))
	}
}

func (b *book) text(sheet string, column, row int, text string) {
	b.set(column, row, func(cell string) error { return b.file.SetCellStr(sheet, cell, plain(text)) })
}

// code is what a workbook takes for a character by its number, such as _x0041_ for A (ECMA-376, ST_Xstring).
var code = regexp.MustCompile("^_x[0-9A-Fa-f]{4}_")

// plain writes what looks like a code so that it is read as it stands.
func plain(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		if code.MatchString(text[i:]) {
			b.WriteString("_x005F")
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func (b *book) data(rows []Row, years []int) {
	column := map[int]int{}
	for d, title := range titles {
		b.text("data", d, 0, title)
	}
	for j, year := range years {
		column[year] = len(dimensions) + j
		b.set(column[year], 0, func(cell string) error { return b.file.SetCellInt("data", cell, int64(year)) })
	}
	for i := range rows {
		for d, name := range rows[i].names() {
			if name != "" { // as a unit may be
				b.text("data", d, i+1, name)
			}
		}
		for _, p := range rows[i].Points {
			b.set(column[p.Year], i+1, func(cell string) error { return b.file.SetCellDefault("data", cell, numberText(p.Value)) })
		}
	}
}

func (b *book) meta(names []scenarioName) {
	for d, title := range []string{"model", "scenario", "exclude"} {
		b.text("meta", d, 0, title)
	}
	for i, name := range names {
		b.text("meta", 0, i+1, name.model)
		b.text("meta", 1, i+1, name.scenario)
		b.set(2, i+1, func(cell string) error { return b.file.SetCellBool("meta", cell, false) })
	}
}
