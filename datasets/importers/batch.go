package importers

import (
	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// Batch is a number of rows, column by column.
type Batch struct{ column.Batch }

// batchRows is how many rows a batch has at most: a compromise between memory and the work that each batch costs.
const batchRows = 16384

func newBatch(fields []datasets.Field) *Batch {
	b := &Batch{column.Batch{Columns: make([]column.Column, len(fields))}}
	for i := range fields {
		c := &b.Columns[i]
		c.Valid = column.NewBitmap(batchRows)
		switch fields[i].Type {
		case lca.Text:
			c.Type = column.String
		case lca.Boolean:
			c.Type = column.Bool
		}
	}
	return b
}

// put fills the batch's next row. Memory of a column is made with its first value.
func (b *Batch) put(i int, v *cell) {
	c := &b.Columns[i]
	c.Valid.Set(b.Rows)
	switch c.Type {
	case column.String:
		if c.Codes == nil {
			c.Codes = make([]int32, batchRows)
		}
		c.Codes[b.Rows] = v.code
	case column.Bool:
		if c.Bools == nil {
			c.Bools = make([]bool, batchRows)
		}
		c.Bools[b.Rows] = v.number != 0
	default:
		if c.Floats == nil {
			c.Floats = make([]float64, batchRows)
		}
		c.Floats[b.Rows] = v.number
	}
}

// close cuts the columns to the rows that the batch has, and gives them their dictionaries.
func (b *Batch) close(r *rows) {
	for i := range b.Columns {
		c := &b.Columns[i]
		switch c.Type {
		case column.String:
			if c.Codes == nil {
				c.Codes = make([]int32, b.Rows)
			}
			c.Codes, c.Dict = c.Codes[:b.Rows], r.texts[i].dict()
		case column.Bool:
			if c.Bools == nil {
				c.Bools = make([]bool, b.Rows)
			}
			c.Bools = c.Bools[:b.Rows]
		default:
			if c.Floats == nil {
				c.Floats = make([]float64, b.Rows)
			}
			c.Floats = c.Floats[:b.Rows]
		}
		c.Valid = c.Valid[:(b.Rows+63)/64]
	}
}

// interned are the distinct texts of a column, until they are too many: then the next batch begins anew, so that memory does not grow with the rows.
type interned struct {
	codes  map[string]int32
	values []string
	why    []string // the column refuses the text
	bytes  int
	last   int32 // of the texts, the one that was looked at last
	epoch  int32 // how often it began anew, from 1
}

// The distinct texts of a column that are kept from one batch to the next.
const (
	keptTexts = 1 << 16
	keptBytes = 4 << 20
)

func newInterned() *interned { return &interned{codes: map[string]int32{}, epoch: 1} }

// look gives a text its code, by which why says whether the column refuses it.
func (t *interned) look(f *datasets.Field, text string) int32 {
	if int(t.last) < len(t.values) && t.values[t.last] == text {
		return t.last
	}
	i, ok := t.codes[text]
	if !ok {
		i = int32(len(t.values))
		t.codes[text] = i
		t.values, t.why = append(t.values, text), append(t.why, f.RefusesText(text))
		t.bytes += len(text) + 64
	}
	t.last = i
	return i
}

// dict is the dictionary of the batch that ends.
func (t *interned) dict() *column.Dict {
	d := &column.Dict{Values: t.values[:len(t.values):len(t.values)]}
	if len(t.values) > keptTexts || t.bytes > keptBytes {
		*t = interned{codes: map[string]int32{}, epoch: t.epoch + 1}
	}
	return d
}
