package workbook

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Table makes a table with a name of what stands on a sheet from its first cell on: a row of headings, which Headings has made, and so many rows below. Its columns
// can be sorted and filtered, and formulas find them by name. The widths are those of the columns, in characters; the headings stay in view. The name is made of that of the
// sheet.
func (b *Book) Table(sheet string, headings []string, rows int, widths []int) {
	for column, name := range headings {
		b.Text(sheet, column, 0, name)
	}
	if b.err != nil {
		return
	}
	last, err := excelize.CoordinatesToCellName(len(headings), rows+1)
	b.try(err)
	if rows > 0 { // a table has a row, or excelize makes an empty one
		b.try(b.file.AddTable(sheet, &excelize.Table{Range: "A1:" + last, Name: tableName(sheet), StyleName: "TableStyleLight1"}))
	}
	b.try(b.file.SetSheetDimension(sheet, "A1:"+last)) // by which some readers go
	b.try(b.file.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	for i, width := range widths {
		column, err := excelize.ColumnNumberToName(i + 1)
		b.try(err)
		b.try(b.file.SetColWidth(sheet, column, column, float64(width)))
	}
}

// Link makes a cell lead to a sheet.
func (b *Book) Link(sheet string, column, row int, to string) {
	b.set(column, row, func(cell string) error {
		if b.link == 0 {
			var err error
			if b.link, err = b.file.NewStyle(&excelize.Style{Font: &excelize.Font{Color: "0563C1", Underline: "single"}}); err != nil {
				return err
			}
		}
		b.try(b.file.SetCellStyle(sheet, cell, cell, b.link))
		return b.file.SetCellHyperLink(sheet, cell, "'"+strings.ReplaceAll(to, "'", "''")+"'!A1", "Location")
	})
}

// tableName is a sheet's name as that of a table, which is no address of a cell.
func tableName(sheet string) string {
	return "table_" + strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '_'
	}, sheet)
}

// mostHeading is how long the heading of a table's column may be, in UTF-16 units.
const mostHeading = 255

// Headings are names as headings of a table: each on one line, not empty, not too long, and unlike all others in more than capitals, as Excel asks for. A name that is all of that stays.
func Headings(names []string) []string {
	out := make([]string, len(names))
	met := map[string]bool{}
	for i, name := range names {
		name = strings.TrimSpace(strings.Map(func(r rune) rune {
			if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
				return ' '
			}
			return r
		}, name))
		if plain(name) != name {
			name = strings.ReplaceAll(name, "_x", "_ x") // excelize names a column as the cell reads, and would have it read another way
		}
		if name == "" {
			name = "column " + strconv.Itoa(i+1)
		}
		own := cut(name, mostHeading)
		for n := 2; met[strings.ToLower(own)]; n++ {
			end := " (" + strconv.Itoa(n) + ")"
			own = cut(name, mostHeading-len(end)) + end
		}
		met[strings.ToLower(own)] = true
		out[i] = own
	}
	return out
}

// cut is the beginning of a text, of at most so many UTF-16 units.
func cut(text string, most int) string {
	n := 0
	for i, r := range text {
		if n += utf16.RuneLen(r); n > most {
			return text[:i]
		}
	}
	return text
}
