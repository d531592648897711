package parquet

import (
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// Builder gathers a table value by value. Every column must get one value a row; Table is then complete.
type Builder struct {
	fields  []lca.Field
	columns []column.Column
	present [][]bool
	codes   []map[string]int32
}

// NewBuilder begins a table with the given columns.
func NewBuilder(fields []lca.Field) *Builder {
	b := &Builder{fields: fields, columns: make([]column.Column, len(fields)), present: make([][]bool, len(fields)), codes: make([]map[string]int32, len(fields))}
	for i, f := range fields {
		switch f.Type {
		case lca.Text:
			b.columns[i] = column.Column{Type: column.String, Dict: &column.Dict{}}
			b.codes[i] = map[string]int32{}
		case lca.Boolean:
			b.columns[i].Type = column.Bool
		}
	}
	return b
}

// Missing appends a row without a value to a column.
func (b *Builder) Missing(i int) {
	switch c := &b.columns[i]; c.Type {
	case column.String:
		c.Codes = append(c.Codes, 0)
	case column.Bool:
		c.Bools = append(c.Bools, false)
	default:
		c.Floats = append(c.Floats, 0)
	}
	b.present[i] = append(b.present[i], false)
}

// Number appends to a column of numbers, integers or dates.
func (b *Builder) Number(i int, v float64) {
	b.columns[i].Floats = append(b.columns[i].Floats, v)
	b.present[i] = append(b.present[i], true)
}

// Truth appends to a column of truth values.
func (b *Builder) Truth(i int, v bool) {
	b.columns[i].Bools = append(b.columns[i].Bools, v)
	b.present[i] = append(b.present[i], true)
}

// Text appends to a column of strings.
func (b *Builder) Text(i int, v string) {
	c := &b.columns[i]
	code, ok := b.codes[i][v]
	if !ok {
		code = int32(len(c.Dict.Values))
		b.codes[i][v] = code
		c.Dict.Values = append(c.Dict.Values, v)
	}
	c.Codes = append(c.Codes, code)
	b.present[i] = append(b.present[i], true)
}

// Rows counts the rows of the first column.
func (b *Builder) Rows() int {
	if len(b.present) == 0 {
		return 0
	}
	return len(b.present[0])
}

// Table returns the table. The builder must not be used afterwards.
func (b *Builder) Table() *column.Table {
	t := &column.Table{Rows: b.Rows(), Data: b.columns}
	for i, f := range b.fields {
		t.Names = append(t.Names, f.Name)
		valid, all := column.NewBitmap(t.Rows), true
		for row, ok := range b.present[i] {
			if ok {
				valid.Set(row)
			} else {
				all = false
			}
		}
		if !all {
			t.Data[i].Valid = valid
		}
	}
	return t
}
