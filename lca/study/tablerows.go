package study

import (
	"context"
	"slices"
	"strconv"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/engine"
)

// tableBuilder copies rows of tables with the same columns.
type tableBuilder struct {
	data  []column.Column
	codes []map[string]int32
	valid [][]bool
	rows  int
}

func newTableBuilder(like *column.Table) *tableBuilder {
	b := &tableBuilder{}
	for i := range like.Data {
		b.data = append(b.data, column.Column{Type: like.Data[i].Type})
		if like.Data[i].Type == column.String {
			b.data[i].Dict = &column.Dict{}
		}
		b.codes, b.valid = append(b.codes, map[string]int32{}), append(b.valid, nil)
	}
	return b
}

// add copies a row.
func (b *tableBuilder) add(from *column.Table, row int) {
	for i := range b.data {
		b.cell(i, &from.Data[i], row)
	}
	b.rows++
}

func (b *tableBuilder) cell(i int, from *column.Column, row int) {
	to, has := &b.data[i], from.Valid.Get(row)
	b.valid[i] = append(b.valid[i], has)
	switch to.Type {
	case column.String:
		code := int32(0)
		if has {
			text := from.Dict.Values[from.Codes[row]]
			known, ok := b.codes[i][text]
			if !ok {
				known = int32(len(to.Dict.Values))
				b.codes[i][text] = known
				to.Dict.Values = append(to.Dict.Values, text)
			}
			code = known
		} else if len(to.Dict.Values) == 0 {
			to.Dict.Values, b.codes[i][""] = append(to.Dict.Values, ""), 0
		}
		to.Codes = append(to.Codes, code)
	case column.Bool:
		to.Bools = append(to.Bools, has && from.Bools[row])
	default:
		v := 0.0
		if has {
			v = from.Floats[row]
		}
		to.Floats = append(to.Floats, v)
	}
}

// columns are the rows so far.
func (b *tableBuilder) columns() []column.Column {
	for i := range b.data {
		if slices.Contains(b.valid[i], false) {
			b.data[i].Valid = column.NewBitmap(b.rows)
			for row, has := range b.valid[i] {
				if has {
					b.data[i].Valid.Set(row)
				}
			}
		}
	}
	return b.data
}

func cellText(t *column.Table, at, row int) string { return cellIn(&t.Data[at], row) }

// cellIn is what stands in a row of a column, in words.
func cellIn(c *column.Column, row int) string {
	switch {
	case !c.Valid.Get(row):
		return "nothing"
	case c.Type == column.String:
		return c.Dict.Values[c.Codes[row]]
	case c.Type == column.Bool:
		return strconv.FormatBool(c.Bools[row])
	}
	return strconv.FormatFloat(c.Floats[row], 'g', -1, 64)
}

// tableSource is rows in memory as the engine reads them; the zero one has none.
type tableSource struct {
	kind  *datasets.Kind
	table *column.Table
}

func (s tableSource) Parts() int {
	if s.table == nil {
		return 0
	}
	return 1
}

func (s tableSource) Rows(int) int64 { return int64(s.table.Rows) }

func (s tableSource) Name(int) string { return s.kind.Name }

func (s tableSource) Open(_ context.Context, _ int, columns []string) (engine.Reader, error) {
	r := &tableReader{table: s.table}
	for _, name := range columns {
		c, ok := s.table.Lookup(name)
		if !ok {
			f, _ := s.kind.Column(name)
			c = absentColumn(typeOf(f.Field.Type))
		}
		r.columns, r.absent = append(r.columns, c), append(r.absent, !ok)
	}
	return r, nil
}

// absentColumn is a column without a value.
func absentColumn(t column.Type) *column.Column {
	c := &column.Column{Type: t, Valid: column.NewBitmap(column.BatchRows)}
	switch t {
	case column.String:
		c.Codes, c.Dict = make([]int32, column.BatchRows), &column.Dict{}
	case column.Bool:
		c.Bools = make([]bool, column.BatchRows)
	default:
		c.Floats = make([]float64, column.BatchRows)
	}
	return c
}

// typeOf is how a field's values are held in memory.
func typeOf(t lca.FieldType) column.Type {
	switch t {
	case lca.Text:
		return column.String
	case lca.Boolean:
		return column.Bool
	}
	return column.Float
}

type tableReader struct {
	table   *column.Table
	columns []*column.Column
	absent  []bool // of each column, one batch long
	at      int
}

func (r *tableReader) Next(b *column.Batch) (bool, error) {
	n := min(r.table.Rows-r.at, column.BatchRows)
	if n <= 0 {
		return false, nil
	}
	*b = column.Batch{Rows: n, First: int64(r.at + 1), Columns: make([]column.Column, len(r.columns))}
	for i, c := range r.columns {
		to := &b.Columns[i]
		*to = column.Column{Type: c.Type, Dict: c.Dict, Valid: c.Valid}
		from := r.at
		if r.absent[i] {
			from = 0
		}
		if c.Valid != nil {
			to.Valid = c.Valid[from/64 : (from+n+63)/64] // batches begin at words
			if rest := (from + n) % 64; rest != 0 {
				to.Valid = slices.Clone(to.Valid)
				to.Valid[len(to.Valid)-1] &= 1<<rest - 1
			}
		}
		switch c.Type {
		case column.String:
			to.Codes = c.Codes[from : from+n]
		case column.Bool:
			to.Bools = c.Bools[from : from+n]
		default:
			to.Floats = c.Floats[from : from+n]
		}
	}
	r.at += n
	return true, nil
}

func (r *tableReader) Close() error { return nil }
