package datasets

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Reader yields the rows of a part, under the contract of parquet.Reader.
type Reader interface {
	Next(*column.Batch) (bool, error)
	Close() error
}

// Open reads columns of a part, in the order named. A column that the kind has and the file lacks is missing in every row.
func (inv *Inventory) Open(part int, columns []string) (Reader, error) {
	at, err := inv.kind.indices(columns)
	if err != nil {
		return nil, err
	}
	r, err := inv.open(part, at, nil)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// OpenDigested is Open, save that texts are read as digests: equal texts have equal ones, and there is no limit on how many differ.
func (inv *Inventory) OpenDigested(part int, columns []string) (Reader, error) {
	at, err := inv.kind.indices(columns)
	if err != nil {
		return nil, err
	}
	digests := make([]bool, len(at))
	for i, k := range at {
		digests[i] = inv.kind.Columns[k].Type == lca.Text
	}
	r, err := inv.open(part, at, digests)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// indices finds columns by name.
func (k *Kind) indices(names []string) ([]int, error) {
	var out []int
	for _, name := range names {
		i := slices.IndexFunc(k.Columns, func(f Field) bool { return f.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("datasets: %s has no column %q", k.Name, name)
		}
		out = append(out, i)
	}
	return out, nil
}

// open reads columns of a part by their index in the kind. Texts for which digests says so are read as digests.
func (inv *Inventory) open(part int, columns []int, digests []bool) (*partReader, error) {
	p := inv.parts[part]
	f := inv.files[p.file]
	r := &partReader{inv: inv, part: p}
	var wanted []parquet.Wanted
	for i, k := range columns {
		field := inv.kind.Columns[k].Field
		c := readColumn{field: field, from: -1, factor: f.factors[k]}
		if f.columns[k] >= 0 {
			c.from = len(wanted)
			wanted = append(wanted, parquet.Wanted{Column: f.columns[k], Type: field.Type, Digest: digests != nil && digests[i]})
		} else {
			c.absent = absent(field.Type)
		}
		r.columns = append(r.columns, c)
	}
	var err error
	r.r, err = f.table.ReadColumns(p.group, wanted)
	return r, err
}

// partReader adds to a parquet.Reader units and the columns that a file lacks.
type partReader struct {
	inv     *Inventory
	part    part
	r       *parquet.Reader
	columns []readColumn
	raw     column.Batch
	failed  error
}

type readColumn struct {
	field  lca.Field
	from   int // column of the raw batch, -1 for none
	factor float64
	absent column.Column
}

// absent is a column of BatchRows rows without a value.
func absent(t lca.FieldType) column.Column {
	c := column.Column{Valid: column.NewBitmap(parquet.BatchRows)}
	switch t {
	case lca.Text:
		c.Type, c.Codes, c.Dict = column.String, make([]int32, parquet.BatchRows), &column.Dict{}
	case lca.Boolean:
		c.Type, c.Bools = column.Bool, make([]bool, parquet.BatchRows)
	default:
		c.Floats = make([]float64, parquet.BatchRows)
	}
	return c
}

// Next fills b with the next rows in canonical units.
func (r *partReader) Next(b *column.Batch) (bool, error) {
	if r.failed != nil {
		return false, r.failed
	}
	more, err := r.r.Next(&r.raw)
	if err != nil || !more {
		r.failed = err
		return false, err
	}
	if len(b.Columns) != len(r.columns) {
		b.Columns = make([]column.Column, len(r.columns))
	}
	b.Rows, b.First, b.File = r.raw.Rows, r.raw.First, r.part.file
	for i := range r.columns {
		c := &r.columns[i]
		if c.from < 0 {
			b.Columns[i] = first(c.absent, b.Rows)
			continue
		}
		b.Columns[i] = r.raw.Columns[c.from]
		if c.factor != 1 {
			if r.failed = r.scale(c, &b.Columns[i], b); r.failed != nil {
				return false, r.failed
			}
		}
	}
	return true, nil
}

// scale converts a column in place: the memory is the reader's.
func (r *partReader) scale(c *readColumn, col *column.Column, b *column.Batch) error {
	for i, v := range col.Floats {
		v = float64(v * c.factor)
		if math.IsInf(v, 0) {
			e := &diag.Invalid{}
			e.List.Errorf(diag.BadValue, diag.Place{File: r.inv.files[r.part.file].Name, Row: b.First + int64(i), Column: c.field.Name},
				"%v is too large to convert to %s", col.Floats[i], c.field.Unit)
			return e
		}
		col.Floats[i] = v
	}
	return nil
}

// first is the beginning of a column without values.
func first(c column.Column, rows int) column.Column {
	switch c.Type {
	case column.String:
		c.Codes = c.Codes[:rows]
	case column.Bool:
		c.Bools = c.Bools[:rows]
	default:
		c.Floats = c.Floats[:rows]
	}
	c.Valid = c.Valid[:(rows+63)/64]
	return c
}

// Close closes the part's reader.
func (r *partReader) Close() error {
	r.failed = errors.New("datasets: the reader is closed")
	return r.r.Close()
}

// Bounds returns what a part's file says of the values of a column, numbers in the canonical unit. It is a claim of whoever wrote the file, which
// nothing verifies. ok is false where the file says nothing that can be used; of a column that the file lacks no row has a value.
func (inv *Inventory) Bounds(part int, column string) (b parquet.Bounds, ok bool) {
	at, err := inv.kind.indices([]string{column})
	if err != nil {
		return b, false
	}
	p := inv.parts[part]
	f := inv.files[p.file]
	i, factor := f.columns[at[0]], f.factors[at[0]]
	if i < 0 {
		return parquet.Bounds{Missing: p.rows, Empty: true}, true
	}
	if b, ok = f.table.Bounds(p.group, i); !ok || factor == 1 {
		return b, ok
	}
	// Rounding keeps the order: a value that lies between the bounds lies between them when all are converted.
	b.Min, b.Max = float64(b.Min*factor), float64(b.Max*factor)
	if !(factor > 0) || math.IsInf(b.Min, 0) || math.IsInf(b.Max, 0) {
		return parquet.Bounds{}, false
	}
	return b, true
}

// Bytes is how much of a file the named columns of a part take, compressed; without names, all columns of the kind. Those that the file lacks take none.
func (inv *Inventory) Bytes(part int, columns []string) int64 {
	if columns == nil {
		columns = inv.kind.Names()
	}
	at, err := inv.kind.indices(columns)
	if err != nil {
		return 0
	}
	p := inv.parts[part]
	f := inv.files[p.file]
	var have []int
	for _, k := range at {
		if i := f.columns[k]; i >= 0 && !slices.Contains(have, i) {
			have = append(have, i)
		}
	}
	return f.table.Bytes(p.group, have)
}
