package parquet

import (
	"errors"
	"fmt"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Reader yields the rows of one row group. It is for one goroutine. All decoding happens inside Next.
type Reader struct {
	f       *File
	group   int
	columns []*chunkReader
	done    int64 // rows yielded
	held    int
	failed  error
}

// Wanted is a column to be read: its index in Columns and the canonical type that it shall have.
type Wanted struct {
	Column int
	Type   lca.FieldType
	Digest bool // of a column of text: the strings' digests instead of codes
}

// Read opens a row group for reading. columns are indices of Columns, in the order in which batches shall have them; each column is
// read as its Type.
func (f *File) Read(rowGroup int, columns []int) (*Reader, error) {
	return f.ReadAs(rowGroup, columns, nil)
}

// ReadAs is Read with a canonical type for each column; a column that does not accept it is an error.
func (f *File) ReadAs(rowGroup int, columns []int, types []lca.FieldType) (*Reader, error) {
	wanted := make([]Wanted, len(columns))
	for i, c := range columns {
		wanted[i].Column = c
		if types != nil {
			wanted[i].Type = types[i]
		} else if c >= 0 && c < len(f.columns) {
			wanted[i].Type = f.columns[c].Type
		}
	}
	return f.ReadColumns(rowGroup, wanted)
}

// ReadColumns is Read with a say in how each column is read.
func (f *File) ReadColumns(rowGroup int, wanted []Wanted) (*Reader, error) {
	if rowGroup < 0 || rowGroup >= len(f.groups) {
		return nil, fmt.Errorf("parquet: %s has no row group %d", f.name, rowGroup)
	}
	r := &Reader{f: f, group: rowGroup}
	for _, w := range wanted {
		if w.Column < 0 || w.Column >= len(f.columns) {
			return nil, fmt.Errorf("parquet: %s has no column %d", f.name, w.Column)
		}
		col := &f.columns[w.Column]
		if !col.Accepts(w.Type) {
			e := &diag.Invalid{}
			e.List.Add(col.mismatch(f.name, w.Type))
			return nil, e
		}
		if w.Digest && w.Type != lca.Text {
			return nil, fmt.Errorf("parquet: %s: a digest of the column %s, which is not read as text", f.name, col.Name)
		}
	}
	for _, w := range wanted {
		r.columns = append(r.columns, r.open(w, len(wanted)))
	}
	return r, nil
}

// open prepares the reading of one of a number of columns, in the memory of a reader that was closed where there is one.
func (r *Reader) open(w Wanted, of int) *chunkReader {
	g := &r.f.groups[r.group]
	ch := g.chunks[w.Column]
	c, ok := r.f.spare.Get().(*chunkReader)
	if !ok {
		c = &chunkReader{}
	}
	c.column = &r.f.columns[w.Column]
	c.pages = pages{
		window: window{r: r.f.r, pos: ch.from, end: ch.to, held: &r.held, ahead: min(maxAhead, maxHeld/4/int64(of)), buffer: c.pages.buffer},
		codec:  ch.codec, nullable: c.column.Nullable, left: g.rows, dict: -1, data: c.pages.data,
	}
	c.begin(w)
	return c
}

// mismatch is the problem of a column that does not hold what it should.
func (c *Column) mismatch(file string, want lca.FieldType) diag.Problem {
	p := diag.Problem{Code: diag.BadType, Place: diag.Place{File: file, Column: c.Name},
		Message: fmt.Sprintf("the column holds %s (%s); %s is needed", c.Physical, c.Logical, want),
		Hint:    "accepted: " + Describe(want)}
	if c.Hint != "" {
		p.Why = c.Hint
	}
	return p
}

// Check returns the problem of reading a column as a canonical type; ok is true where there is none.
func (f *File) Check(column int, want lca.FieldType) (p diag.Problem, ok bool) {
	if c := &f.columns[column]; !c.Accepts(want) {
		return c.mismatch(f.name, want), false
	}
	return diag.Problem{}, true
}

// Next fills b with the next rows, at most BatchRows, and returns false at the end, when every column has yielded as many rows as
// the footer says. What b then points to belongs to the reader and is good until the next call, save for dictionaries: codes keep
// their meaning for the row group's whole life, and a Dict that was handed out is never changed. A row without a value has the
// number, code or digest zero, also where a dictionary is empty. After an error every call returns it.
func (r *Reader) Next(b *column.Batch) (bool, error) {
	if r.failed != nil {
		return false, r.failed
	}
	g := &r.f.groups[r.group]
	n := int(min(g.rows-r.done, BatchRows))
	if n == 0 {
		return false, nil
	}
	if len(b.Columns) != len(r.columns) {
		b.Columns = make([]column.Column, len(r.columns))
	}
	for i, c := range r.columns {
		if r.failed = r.guard(c, func() error { return c.next(n) }); r.failed != nil {
			return false, r.failed
		}
		b.Columns[i] = c.out
	}
	b.Rows, b.First = n, g.first+r.done
	r.done += int64(n)
	return true, nil
}

// Close releases the reader and the memory that its last batch points to. It does not close the file.
func (r *Reader) Close() error {
	for _, c := range r.columns {
		c.release()
		r.f.spare.Put(c)
	}
	r.columns, r.failed = nil, errors.New("parquet: the reader is closed")
	return nil
}

// guard runs a step of a column and turns its errors and panics into problems with a place.
func (r *Reader) guard(c *chunkReader, step func() error) (err error) {
	at := diag.Place{File: r.f.name, Column: c.column.Name}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it does not decode (%v)", p)
		}
		if err == nil {
			return
		}
		var value *valueError
		if errors.As(err, &value) {
			at.Row = r.f.groups[r.group].first + r.done + int64(value.row)
			err = invalid(diag.BadValue, at, "%s", value.message)
			return
		}
		where := fmt.Sprintf("row group %d", r.group+1)
		if c.pages.number > 0 {
			where += fmt.Sprintf(", page %d", c.pages.number)
		}
		err = invalid(diag.BadParquet, at, "the column cannot be read: %s: %v", where, err)
	}()
	return step()
}
