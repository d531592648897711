package main

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// writeLong prints a listing of more columns than fit on a line. JSON and CSV hold all of them. The table for people holds the given columns in their
// order, those that no row fills left out: first what all rows have in common, a line each; then the columns in which they differ; then, once each and
// by number, the texts of the column note, with those of the columns beside it. One row is all in common; of none nothing is printed.
func (l *listing) writeLong(w io.Writer, format string, columns []string, note string, beside ...string) error {
	if format != "table" {
		return l.write(w, format)
	}
	if len(l.rows) == 0 {
		return nil
	}
	t := l.joined(note, beside).only(columns...)
	var b bytes.Buffer
	var differ []string
	width := 0
	for _, name := range t.columns {
		if t.common(name) {
			width = max(width, len(name))
		} else {
			differ = append(differ, name)
		}
	}
	for c, name := range t.columns {
		if t.common(name) {
			fmt.Fprintf(&b, "%-*s  %s\n", width, name, tableCell(name, t.rows[0][c]))
		}
	}
	if len(differ) > 0 {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		t = t.only(differ...)
		notes := t.number(note)
		t.table(&b)
		if len(notes) > 0 {
			b.WriteByte('\n')
		}
		for i, text := range notes {
			fmt.Fprintf(&b, "%s %s\n", noteNumber(i), oneLine(text))
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// common reports whether all rows have one and the same cell in a column.
func (l *listing) common(column string) bool {
	c := slices.Index(l.columns, column)
	return !slices.ContainsFunc(l.rows, func(cells []any) bool { return cells[c] != l.rows[0][c] })
}

// joined is the listing with the texts of the columns beside a column added to it.
func (l *listing) joined(column string, beside []string) *listing {
	c := slices.Index(l.columns, column)
	if c < 0 || len(beside) == 0 {
		return l
	}
	out := &listing{columns: l.columns}
	for _, cells := range l.rows {
		cells = slices.Clone(cells)
		texts := []string{fmt.Sprint(cells[c])}
		for _, name := range beside {
			if text := fmt.Sprint(cells[slices.Index(l.columns, name)]); text != "" {
				texts = append(texts, text)
			}
		}
		cells[c] = strings.Join(texts, ", ")
		out.add(cells...)
	}
	return out
}

// number puts numbers in the place of a column's texts and returns the texts in their order.
func (l *listing) number(column string) (texts []string) {
	c := slices.Index(l.columns, column)
	if c < 0 {
		return nil
	}
	at := map[string]int{}
	for _, cells := range l.rows {
		text := fmt.Sprint(cells[c])
		if text == "" {
			continue
		}
		i, ok := at[text]
		if !ok {
			i = len(texts)
			at[text], texts = i, append(texts, text)
		}
		cells[c] = noteNumber(i)
	}
	return texts
}

func noteNumber(i int) string { return "[" + strconv.Itoa(i+1) + "]" }

// only is the listing with some of its columns, those that no row fills left out.
func (l *listing) only(columns ...string) *listing {
	out := &listing{}
	var at []int
	for _, name := range columns {
		c := slices.Index(l.columns, name)
		if c >= 0 && slices.ContainsFunc(l.rows, func(cells []any) bool { return cells[c] != "" && cells[c] != figure("") && cells[c] != absent{} }) {
			out.columns, at = append(out.columns, name), append(at, c)
		}
	}
	for _, cells := range l.rows {
		kept := make([]any, len(at))
		for i, c := range at {
			kept[i] = cells[c]
		}
		out.add(kept...)
	}
	return out
}

// figure is a number written as a text, as "+3.8 %" is.
type figure string

var longDecimal = regexp.MustCompile(`\d+\.\d{4,}`)

// tableCell is a cell as a table for people has it: numbers rounded to four digits, also those of a distribution.
func tableCell(column string, cell any) string {
	if f, ok := cell.(float64); ok {
		return strconv.FormatFloat(f, 'g', 4, 64)
	}
	if r, ok := cell.(rounded); ok {
		return r.table()
	}
	text := oneLine(fmt.Sprint(cell))
	if column == "distribution" {
		text = longDecimal.ReplaceAllStringFunc(text, func(digits string) string {
			v, err := strconv.ParseFloat(digits, 64)
			if err != nil {
				return digits
			}
			return strconv.FormatFloat(v, 'g', 4, 64)
		})
	}
	return text
}
