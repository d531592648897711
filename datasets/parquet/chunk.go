package parquet

import (
	"fmt"
	"io"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// chunkReader reads one column of a row group. It is used again for another once its Reader is closed, for the sake of its memory.
type chunkReader struct {
	column  *Column
	pages   pages
	source  source
	rows    int     // of the current page that nobody has read yet
	levels  bitRuns // of those
	present int     // rows of the batch that have a value
	out     column.Column
	valid   column.Bitmap

	// The column's sources and the memory of its rows, one for each type, as far as there was need of them.
	numbers numbers
	texts   texts
	digests digests
	truths  truths
	memory  column.Column
}

// source decodes the values of pages. It is given only rows that have one.
type source interface {
	dictionary(p page) error
	page(p page) error
	// values decodes the page's next n values to rows at to at+n of out. A value that cannot be taken is a *valueError.
	values(out *column.Column, at, n int) error
	// spread moves the values in front of rows at to at+n to those rows that have one.
	spread(c *chunkReader, at, n, present int)
}

// valueError is a value at fault: row is its number among the values asked for, and then its offset in the batch.
type valueError struct {
	row     int
	message string
}

func (e *valueError) Error() string { return e.message }

func refuse(row int, format string, args ...any) error {
	return &valueError{row, fmt.Sprintf(format, args...)}
}

// begin makes the reader one of another column.
func (c *chunkReader) begin(w Wanted) {
	if c.valid == nil {
		c.valid = column.NewBitmap(BatchRows)
	}
	c.rows = 0
	m := &c.memory
	switch {
	case w.Digest:
		m.Digests = resized(m.Digests, BatchRows)
		c.out = column.Column{Type: column.Digested, Digests: m.Digests}
		c.digests = digests{held: c.pages.held, dict: c.digests.dict}
		c.source = &c.digests
	case w.Type == lca.Text:
		m.Codes = resized(m.Codes, BatchRows)
		c.out = column.Column{Type: column.String, Codes: m.Codes, Dict: &column.Dict{}}
		c.texts = texts{known: intern{codes: map[string]int32{}}, fromFile: c.texts.fromFile}
		c.source = &c.texts
	case w.Type == lca.Boolean:
		m.Bools = resized(m.Bools, BatchRows)
		c.out = column.Column{Type: column.Bool, Bools: m.Bools}
		c.source = &c.truths
	default:
		m.Floats = resized(m.Floats, BatchRows)
		c.out = column.Column{Type: column.Float, Floats: m.Floats}
		kernel, width := kernelOf(c.column, w.Type)
		c.numbers = numbers{column: c.column, as: w.Type, kernel: kernel, width: width, held: c.pages.held,
			dict: c.numbers.dict, scratch: c.numbers.scratch}
		c.source = &c.numbers
	}
}

// release lets go of what is of no use to another column, and of large pieces of memory.
func (c *chunkReader) release() {
	c.pages = pages{window: window{buffer: pageBuffer{b: spared(c.pages.buffer.b)}}, data: pageBuffer{b: spared(c.pages.data.b)}}
	c.numbers = numbers{dict: spared(c.numbers.dict), scratch: spared(c.numbers.scratch)}
	c.texts = texts{fromFile: spared(c.texts.fromFile)}
	c.digests = digests{dict: spared(c.digests.dict)}
	c.out = column.Column{}
}

// next reads n rows into the column's memory.
func (c *chunkReader) next(n int) error {
	clear(c.valid)
	c.present = 0
	for at := 0; at < n; {
		k, err := c.fill(at, n-at)
		if err == io.EOF {
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

// fill reads at most n rows from one page to the rows from at on, and says how many.
func (c *chunkReader) fill(at, n int) (int, error) {
	for c.rows == 0 {
		p, err := c.pages.next()
		if err != nil {
			return 0, err
		}
		if p.dict {
			err = c.source.dictionary(p)
		} else if c.rows, c.levels = p.rows, (bitRuns{b: p.levels}); p.present > 0 { // no value need follow the levels
			err = c.source.page(p)
		}
		if err != nil {
			return 0, err
		}
	}
	n = min(n, c.rows)
	present := n
	if c.pages.nullable {
		var err error
		if present, err = c.levels.read(c.valid, at, n); err != nil {
			return 0, err
		}
	}
	c.grow(at + n)
	if present > 0 {
		if err := c.source.values(&c.out, at, present); err != nil {
			if e, ok := err.(*valueError); ok && present < n {
				e.row = nthSet(c.valid, at, e.row)
			} else if ok {
				e.row += at
			}
			return 0, err
		}
	}
	if present < n {
		c.source.spread(c, at, n, present)
	}
	c.present += present
	c.rows -= n
	return n, nil
}

// grow gives the output's memory a length.
func (c *chunkReader) grow(n int) {
	switch c.out.Type {
	case column.Float:
		c.out.Floats = c.memory.Floats[:n]
	case column.String:
		c.out.Codes = c.memory.Codes[:n]
	case column.Bool:
		c.out.Bools = c.memory.Bools[:n]
	case column.Digested:
		c.out.Digests = c.memory.Digests[:n]
	}
}

// trim leaves no bitmap where every row has a value.
func (c *chunkReader) trim(n int) {
	c.out.Valid = c.valid[:(n+63)/64]
	if c.present == n {
		c.out.Valid = nil
	}
}
