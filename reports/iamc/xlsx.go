package iamc

import (
	"io"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/reports/workbook"
)

// MostCells bounds a workbook. No table of as many cells and of years of four digits has more rows or columns than a sheet.
const MostCells = workbook.MostCells

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
	b := workbook.New(workbook.About{}, "data", "meta")
	defer b.Close()
	fillData(b, rows, years)
	fillMeta(b, scenarios(rows))
	return b.Write(w)
}

func fillData(b *workbook.Book, rows []Row, years []int) {
	column := map[int]int{}
	for d, title := range titles {
		b.Text("data", d, 0, title)
	}
	for j, year := range years {
		column[year] = len(dimensions) + j
		b.Number("data", column[year], 0, float64(year))
	}
	for i := range rows {
		for d, name := range rows[i].names() {
			if name != "" { // as a unit may be
				b.Text("data", d, i+1, name)
			}
		}
		for _, p := range rows[i].Points {
			b.Number("data", column[p.Year], i+1, p.Value)
		}
	}
}

func fillMeta(b *workbook.Book, names []scenarioName) {
	for d, title := range []string{"model", "scenario", "exclude"} {
		b.Text("meta", d, 0, title)
	}
	for i, name := range names {
		b.Text("meta", 0, i+1, name.model)
		b.Text("meta", 1, i+1, name.scenario)
		b.Bool("meta", 2, i+1, false)
	}
}
