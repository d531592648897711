package study

import (
	"io"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// tableWriter writes a result table row by row: each row gives every column one value, in any order, and ends in done. A table is the same, to the byte, as
// parquet.WriteRows of all its rows at once.
type tableWriter struct {
	out     *parquet.Writer
	columns []tableColumn
	rows    int
}

// tableColumn gathers a column of a row group. Texts are codes of a dictionary of what stands in the row group.
type tableColumn struct {
	column.Column
	valid   column.Bitmap
	missing bool

	known    map[string]int32
	last     string // text that came last
	lastCode int32
	coded    []int32 // of each name of a nameColumn: 1 + its code; 0: not met in this row group
	met      []int32 // those names
}

// newTableWriter begins a table of the columns of a row type, with room for so many rows.
func newTableWriter[T any](w io.Writer, rows int64, meta []parquet.KeyValue) (*tableWriter, error) {
	fields, err := parquet.Fields[T]()
	if err != nil {
		return nil, err
	}
	out, err := parquet.Create(w, fields, meta)
	if err != nil {
		return nil, err
	}
	t := &tableWriter{out: out, columns: make([]tableColumn, len(fields))}
	for i, f := range fields {
		c := &t.columns[i]
		switch f.Type {
		case lca.Text:
			c.Type, c.Codes = column.String, make([]int32, 0, min(rows, parquet.GroupRows))
		case lca.Boolean:
			c.Type, c.Bools = column.Bool, make([]bool, 0, min(rows, parquet.GroupRows))
		default:
			c.Floats = make([]float64, 0, min(rows, parquet.GroupRows))
		}
		c.valid = column.NewBitmap(parquet.GroupRows)
		c.clear()
	}
	return t, nil
}

func (c *tableColumn) clear() {
	clear(c.valid)
	c.missing = false
	c.Floats, c.Codes, c.Bools = c.Floats[:0], c.Codes[:0], c.Bools[:0]
	if c.Type == column.String {
		c.Dict, c.known, c.last = &column.Dict{}, map[string]int32{}, "" // a dictionary is never changed once it was handed on
		for _, id := range c.met {
			c.coded[id] = 0
		}
		c.met = c.met[:0]
	}
}

// text gives a column a text, missing where empty.
func (t *tableWriter) text(column int, s string) {
	c := &t.columns[column]
	if s == "" {
		c.Codes, c.missing = append(c.Codes, 0), true
		return
	}
	if s != c.last {
		c.last, c.lastCode = s, c.code(s)
	}
	c.Codes = append(c.Codes, c.lastCode)
	c.valid.Set(t.rows)
}

// name gives a column a name by its number in another one.
func (t *tableWriter) name(column int, of *nameColumn, id int32) {
	c := &t.columns[column]
	if id == 0 {
		c.Codes, c.missing = append(c.Codes, 0), true
		return
	}
	if len(c.coded) < len(of.values) {
		c.coded = append(c.coded, make([]int32, len(of.values)-len(c.coded))...)
	}
	code := c.coded[id]
	if code == 0 {
		code = 1 + c.code(of.values[id])
		c.coded[id] = code
		c.met = append(c.met, id)
	}
	c.Codes = append(c.Codes, code-1)
	c.valid.Set(t.rows)
}

func (c *tableColumn) code(s string) int32 {
	code, ok := c.known[s]
	if !ok {
		code = int32(len(c.Dict.Values))
		c.known[s] = code
		c.Dict.Values = append(c.Dict.Values, s)
	}
	return code
}

// number gives a column a number.
func (t *tableWriter) number(column int, v float64) {
	c := &t.columns[column]
	c.Floats = append(c.Floats, v)
	c.valid.Set(t.rows)
}

// truth gives a column a truth value.
func (t *tableWriter) truth(column int, v bool) {
	c := &t.columns[column]
	c.Bools = append(c.Bools, v)
	c.valid.Set(t.rows)
}

// optional gives a column a number, or leaves it without one.
func (t *tableWriter) optional(column int, v *float64) {
	if v == nil {
		t.none(column)
	} else {
		t.number(column, *v)
	}
}

// none leaves a column of numbers without a value.
func (t *tableWriter) none(column int) {
	c := &t.columns[column]
	c.Floats, c.missing = append(c.Floats, 0), true
}

// done ends a row.
func (t *tableWriter) done() error {
	if t.rows++; t.rows < parquet.GroupRows {
		return nil
	}
	return t.flush()
}

func (t *tableWriter) flush() error {
	b := column.Batch{Rows: t.rows, Columns: make([]column.Column, len(t.columns))}
	for i := range t.columns {
		c := &t.columns[i]
		if b.Columns[i] = c.Column; c.missing {
			b.Columns[i].Valid = c.valid
		}
	}
	t.rows = 0
	if err := t.out.Write(&b); err != nil {
		return err
	}
	for i := range t.columns {
		t.columns[i].clear()
	}
	return nil
}

// close ends the table.
func (t *tableWriter) close() error {
	if t.rows > 0 {
		if err := t.flush(); err != nil {
			return err
		}
	}
	return t.out.Close()
}

// impact writes a row of the impact table.
func (t *tableWriter) impact(r *lca.Impact, names *named, group uint32) error {
	t.text(0, r.Study)
	t.text(1, r.Scenario)
	t.number(2, float64(r.Year))
	t.text(3, r.Stage)
	t.text(4, r.Category)
	t.text(5, r.Unit)
	t.text(6, r.Perspective)
	t.text(7, r.Accounting)
	t.text(8, r.ShareOf)
	t.text(9, r.Kind)
	t.text(11, r.FunctionalUnit)
	for i, at := range [groupColumns]int{10, 12, 13, 14, 15} {
		t.name(at, &names.columns[i], names.columns[i].at(group))
	}
	t.number(16, r.Value)
	t.optional(17, r.P05)
	t.optional(18, r.P50)
	t.optional(19, r.P95)
	t.text(20, r.Quality)
	t.text(21, r.Method)
	t.text(22, r.Pack)
	return t.done()
}

// intensity writes a row of the intensity table.
func (t *tableWriter) intensity(r *lca.Intensity, names *named, group uint32) error {
	t.text(0, r.Study)
	t.text(1, r.Scenario)
	t.number(2, float64(r.Year))
	t.text(3, r.Category)
	t.text(4, r.Unit)
	t.text(5, r.Perspective)
	t.text(6, r.Accounting)
	t.text(7, r.Kind)
	t.text(8, r.Scope)
	t.text(9, r.FunctionalUnit)
	t.text(10, r.ComparisonClass)
	if group == noGroup {
		for i, name := range [groupColumns]string{r.Item, r.Model, r.Organisation, r.Region, r.Hardware} {
			t.text(11+i, name)
		}
	} else {
		for i := range groupColumns {
			t.name(11+i, &names.columns[i], names.columns[i].at(group))
		}
	}
	t.number(16, r.Impact)
	t.number(17, r.Units)
	t.number(18, r.Value)
	t.optional(19, r.P05)
	t.optional(20, r.P50)
	t.optional(21, r.P95)
	t.text(22, r.Quality)
	t.truth(23, r.Complete)
	t.text(24, r.Method)
	t.text(25, r.Pack)
	return t.done()
}
