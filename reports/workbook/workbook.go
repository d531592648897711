// Package workbook writes workbooks (Office Open XML, .xlsx) that programs of spreadsheets open: a text is a text whatever it begins with, a number has its last digit, and
// the same content gives the same bytes, for there is no clock in them.
package workbook

import (
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// MostCells bounds a workbook, which is held as a whole until it is written: a million cells take 600 MB and three seconds. A sheet has 1,048,576 rows and 16,384
// columns.
const MostCells = 1_000_000

// Book is a workbook that is filled cell by cell; columns and rows count from 0. It keeps the first error, behind which it does nothing.
//
// excelize could stream the rows instead, and does two things then that we do not want: it cuts numbers after 15 digits, as SetCellFloat does too, and it puts the
// sheets into the file in the order of a map.
type Book struct {
	file *excelize.File
	link int // the style of cells that lead somewhere; 0: none is made yet
	err  error
}

// About is what a workbook says of itself. What is empty is left out.
type About struct {
	Title, Subject, Identifier, Version, Language string
}

// New makes a workbook with at least one sheet. It must be closed.
func New(about About, sheets ...string) *Book {
	b := &Book{file: excelize.NewFile()}
	b.try(b.file.SetSheetName("Sheet1", sheets[0]))
	for _, name := range sheets[1:] {
		_, err := b.file.NewSheet(name)
		b.try(err)
	}
	// The times are those of excelize's template.
	b.try(b.file.SetDocProps(&excelize.DocProperties{Creator: "ailca", Created: "2006-09-16T00:00:00Z", Modified: "2006-09-16T00:00:00Z",
		Title: about.Title, Subject: about.Subject, Identifier: about.Identifier, Version: about.Version, Language: about.Language}))
	return b
}

// Close lets go of what was put aside on the disk.
func (b *Book) Close() { b.file.Close() }

// Write writes the workbook, or returns the first error.
func (b *Book) Write(w io.Writer) error {
	if b.err != nil {
		return b.err
	}
	_, err := b.file.WriteTo(w)
	return err
}

func (b *Book) try(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *Book) set(column, row int, fill func(cell string) error) {
	if b.err != nil {
		return
	}
	cell, err := excelize.CoordinatesToCellName(column+1, row+1)
	if b.try(err); err == nil {
		b.try(fill(cell))
	}
}

// Text writes a text. One of more than 32,767 characters ends in an ellipsis there, for a cell takes no more.
func (b *Book) Text(sheet string, column, row int, text string) {
	if short := cut(text, excelize.TotalCellChars); short != text {
		text = cut(text, excelize.TotalCellChars-1) + "…"
	}
	b.set(column, row, func(cell string) error { return b.file.SetCellStr(sheet, cell, plain(text)) })
}

// Number writes a number with as many digits as bring back the same float64. An infinity, and what is no number, is a text.
func (b *Book) Number(sheet string, column, row int, v float64) {
	text := strconv.FormatFloat(v, 'g', -1, 64)
	if math.IsInf(v, 0) || math.IsNaN(v) {
		b.Text(sheet, column, row, text)
		return
	}
	b.set(column, row, func(cell string) error { return b.file.SetCellDefault(sheet, cell, text) })
}

// Bool writes a truth value.
func (b *Book) Bool(sheet string, column, row int, v bool) {
	b.set(column, row, func(cell string) error { return b.file.SetCellBool(sheet, cell, v) })
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
