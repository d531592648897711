package datasets

import (
	"bufio"
	"fmt"
	"io"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// maxCell bounds the bytes of a field: a text of an inventory, with an apostrophe before it.
const maxCell = maxString + 1

// csvRecords reads CSV record by record. Unlike package encoding/csv it leaves a carriage return within quotes where it is, bounds a field, and tells an
// open quote where it opens. Empty lines are no records.
type csvRecords struct {
	in        *bufio.Reader
	fields    []string
	at        []csvPlace
	line, col int // of the next byte, from 1; col counts bytes
	cell      []byte
	most      int // fields of a record; 0: not bounded yet
}

type csvPlace struct{ line, col int }

// csvError is a record that cannot be read, nor what follows it.
type csvError struct {
	at      csvPlace
	code    diag.Code
	message string
}

func (e *csvError) Error() string { return fmt.Sprintf("line %d: %s", e.at.line, e.message) }

func newCSVRecords(r io.Reader) *csvRecords {
	in := bufio.NewReaderSize(r, 64<<10)
	if start, _ := in.Peek(3); string(start) == "\ufeff" {
		in.Discard(3)
	}
	return &csvRecords{in: in, line: 1, col: 1, most: 1 << 16}
}

func (r *csvRecords) fail(at csvPlace, format string, args ...any) error {
	return &csvError{at, diag.Syntax, fmt.Sprintf(format, args...)}
}

// read returns the next byte, io.EOF at the end.
func (r *csvRecords) read() (byte, error) {
	b, err := r.in.ReadByte()
	if err != nil {
		return 0, err
	}
	if r.col++; b == '\n' {
		r.line, r.col = r.line+1, 1
	}
	return b, nil
}

// ends reports whether a byte ends a line, and takes the line feed that follows a carriage return.
func (r *csvRecords) ends(b byte) bool {
	if b == '\r' {
		if next, _ := r.in.Peek(1); len(next) == 0 || next[0] == '\n' {
			r.read()
			return true
		}
	}
	return b == '\n'
}

// next reads a record; io.EOF at the end. Its fields are good until the next call.
func (r *csvRecords) next() error {
	for {
		b, err := r.read()
		if err != nil {
			return err
		}
		if !r.ends(b) {
			r.in.UnreadByte()
			r.col--
			break
		}
	}
	r.fields, r.at = r.fields[:0], r.at[:0]
	for {
		if len(r.fields) == r.most {
			return r.fail(csvPlace{r.line, r.col}, "the line has more than %d cells", r.most)
		}
		last, err := r.field()
		if err != nil || last {
			return err
		}
	}
}

// field reads a field and what ends it; last tells that this is the record's end.
func (r *csvRecords) field() (last bool, err error) {
	at := csvPlace{r.line, r.col}
	r.cell = r.cell[:0]
	keep := func() {
		r.fields, r.at = append(r.fields, string(r.cell)), append(r.at, at)
	}
	b, err := r.read()
	if err == nil && b == '"' {
		if err := r.quoted(at); err != nil {
			return false, err
		}
		keep()
		closing := csvPlace{r.line, r.col}
		switch b, err = r.read(); {
		case err == io.EOF:
			return true, nil
		case err != nil:
			return false, err
		case b == ',':
			return false, nil
		case r.ends(b):
			return true, nil
		}
		return false, r.fail(closing, "text follows a closing quote")
	}
	for {
		switch {
		case err == io.EOF:
			keep()
			return true, nil
		case err != nil:
			return false, err
		case b == ',':
			keep()
			return false, nil
		case r.ends(b):
			keep()
			return true, nil
		case b == '"':
			return false, r.fail(csvPlace{r.line, r.col - 1}, "a quote stands within a cell")
		}
		if err := r.put(at, b); err != nil {
			return false, err
		}
		b, err = r.read()
	}
}

// quoted reads a field in quotes to its closing quote.
func (r *csvRecords) quoted(at csvPlace) error {
	for {
		b, err := r.read()
		if err == io.EOF {
			return r.fail(at, "the quote that opens here is not closed")
		}
		if err != nil {
			return err
		}
		if b == '"' {
			if next, _ := r.in.Peek(1); len(next) == 0 || next[0] != '"' {
				return nil
			}
			r.read()
		}
		if err := r.put(at, b); err != nil {
			return err
		}
	}
}

func (r *csvRecords) put(at csvPlace, b byte) error {
	if len(r.cell) == maxCell {
		return &csvError{at, diag.TooLarge, fmt.Sprintf("the cell has more than %d bytes", maxCell-1)}
	}
	r.cell = append(r.cell, b)
	return nil
}
