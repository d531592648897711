package parquet

import (
	"errors"
	"fmt"
	"io"

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

// chunkReader reads one column of a row group.
type chunkReader struct {
	column *Column
	want   lca.FieldType
	pages  *pages
	source source
	out    column.Column
	valid  column.Bitmap
}

// source decodes rows: at most n of them, from offset at of the column's buffers, and says how many. It marks the rows that have a
// value. A value that cannot be taken is a *valueError.
type source interface {
	fill(c *chunkReader, at, n int) (int, error)
}

// valueError is a value at fault: row is its offset in the column's buffers.
type valueError struct {
	row     int
	message string
}

func (e *valueError) Error() string { return e.message }

func refuse(row int, format string, args ...any) error {
	return &valueError{row, fmt.Sprintf(format, args...)}
}

// Read opens a row group for reading. columns are indices of Columns, in the order in which batches shall have them; each column is
// read as its Type.
func (f *File) Read(rowGroup int, columns []int) (*Reader, error) {
	return f.ReadAs(rowGroup, columns, nil)
}

// ReadAs is Read with a canonical type for each column; a column that does not accept it is an error.
func (f *File) ReadAs(rowGroup int, columns []int, types []lca.FieldType) (*Reader, error) {
	if rowGroup < 0 || rowGroup >= len(f.groups) {
		return nil, fmt.Errorf("parquet: %s has no row group %d", f.name, rowGroup)
	}
	r := &Reader{f: f, group: rowGroup}
	for i, c := range columns {
		if c < 0 || c >= len(f.columns) {
			return nil, fmt.Errorf("parquet: %s has no column %d", f.name, c)
		}
		col := &f.columns[c]
		want := col.Type
		if types != nil {
			want = types[i]
		}
		if !col.Accepts(want) {
			e := &diag.Invalid{}
			e.List.Add(col.mismatch(f.name, want))
			return nil, e
		}
		ch := f.groups[rowGroup].chunks[c]
		cr := &chunkReader{column: col, want: want, valid: column.NewBitmap(BatchRows)}
		cr.pages = &pages{r: f.r, pos: ch.from, end: ch.to, codec: ch.codec, nullable: col.Nullable,
			left: f.groups[rowGroup].rows, dict: -1, held: &r.held}
		if err := r.guard(cr, func() error { return cr.open() }); err != nil {
			return nil, err
		}
		r.columns = append(r.columns, cr)
	}
	return r, nil
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
// number or code zero, also where a dictionary is empty. After an error every call returns it.
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

// Close releases the reader. It does not close the file.
func (r *Reader) Close() error {
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

// next reads n rows into the column's buffers.
func (c *chunkReader) next(n int) error {
	clear(c.valid)
	for at := 0; at < n; {
		k, err := c.source.fill(c, at, n-at)
		if err == io.EOF || err == nil && k == 0 {
			return fmt.Errorf("%d rows are missing at its end", int64(n-at)+c.pages.left)
		}
		if err != nil {
			return err
		}
		at += k
	}
	c.trim(n)
	return nil
}

// trim gives the output the batch's length, and no bitmap where every row has a value.
func (c *chunkReader) trim(n int) {
	words := c.valid[:(n+63)/64]
	c.out.Valid = words
	if words.Count() == n {
		c.out.Valid = nil
	}
	switch c.out.Type {
	case column.Float:
		c.out.Floats = c.out.Floats[:n]
	case column.String:
		c.out.Codes = c.out.Codes[:n]
	case column.Bool:
		c.out.Bools = c.out.Bools[:n]
	}
}

// mark sets rows at to at+n of the bitmap by their definition levels, all of them where there are none, and returns how many.
func mark[L int16 | int32](valid column.Bitmap, levels []L, at, n int) int {
	if levels == nil {
		for i := at; i < at+n; {
			if i&63 == 0 && i+64 <= at+n {
				valid[i>>6] = ^uint64(0)
				i += 64
				continue
			}
			valid.Set(i)
			i++
		}
		return n
	}
	count := 0
	for i, l := range levels[:n] {
		if l != 0 {
			valid.Set(at + i)
			count++
		}
	}
	return count
}
