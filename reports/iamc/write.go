package iamc

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// checked are the rows, once Check finds no error in the table; the error has them all.
func (t *Table) checked() ([]Row, error) {
	var probs diag.List
	t.Check(&probs)
	if err := probs.Err(); err != nil {
		return nil, err
	}
	return t.Rows(), nil
}

// WriteWide writes CSV with a row for each series and a column for each year, as pyam's to_csv does (pyam/core.py: _to_file_format): the form that most people and
// databases expect. A missing value is an empty field, a number has as many digits as bring back the same float64. pandas reads the last digits as they are
// with float_precision="round_trip" alone. A text that a spreadsheet would take for a formula has an apostrophe before it.
// A table in which Check finds an error is not written.
func (t *Table) WriteWide(w io.Writer) error {
	rows, err := t.checked()
	if err != nil {
		return err
	}
	years := t.Years()
	out := csv.NewWriter(w)
	record := headerWide(years)
	out.Write(record) // errors stay, see Error below
	for i := range rows {
		fill(record, &rows[i].Series)
		points := rows[i].Points
		for j, year := range years {
			record[len(dimensions)+j] = ""
			if len(points) > 0 && points[0].Year == year {
				record[len(dimensions)+j] = numberText(points[0].Value)
				points = points[1:]
			}
		}
		out.Write(record)
	}
	out.Flush()
	return out.Error()
}

// titles are the dimensions as pyam writes them in files of the wide form.
var titles = [...]string{"Model", "Scenario", "Region", "Variable", "Unit"}

func headerWide(years []int) []string {
	record := append([]string(nil), titles[:]...)
	for _, year := range years {
		record = append(record, strconv.Itoa(year))
	}
	return record
}

// WriteLong writes CSV with a row for each value, as pyam's data attribute has it: model, scenario, region, variable, unit, year, value. Else it is as WriteWide.
func (t *Table) WriteLong(w io.Writer) error {
	rows, err := t.checked()
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	record := append(append([]string(nil), dimensions[:]...), "year", "value")
	out.Write(record)
	for i := range rows {
		fill(record, &rows[i].Series)
		for _, p := range rows[i].Points {
			record[len(dimensions)], record[len(dimensions)+1] = strconv.Itoa(p.Year), numberText(p.Value)
			out.Write(record)
		}
	}
	out.Flush()
	return out.Error()
}

func fill(record []string, s *Series) {
	for d, name := range s.names() {
		record[d] = escaped(name)
	}
}

// numberText writes a number with as many digits as bring back the same float64.
func numberText(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
