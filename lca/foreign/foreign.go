// Package foreign reads files that other tools wrote: CSV in its dialects, and JSON one entry at a time.
//
// Files are streamed: what is held is one record or one entry, of bounded size, so that a file of any length can be read, also one from a
// stranger. Every problem is told at its line. What a reader could not use is for it to say (see Left), never dropped in silence.
package foreign

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// maxRecord bounds the bytes between two records or entries of a file.
const maxRecord = 4 << 20

// Left is a part of a file that an importer did not use.
type Left struct {
	Place diag.Place `json:"-"`
	What  string     `json:"what"` // the record's own name: "zone XX", "2023 Asia"
	Why   string     `json:"why"`
}

// errTooLong is the error of a file with a record of more than maxRecord bytes.
var errTooLong = fmt.Errorf("a record of more than %d bytes: the file is damaged, or a quote is not closed", maxRecord)

// bounded fails where more than maxRecord bytes are read between two calls of next; without this one open quote would read a whole file into
// one field. It takes a mark of UTF-8 (a BOM) off the start.
type bounded struct {
	from    *bufio.Reader
	left    int
	started bool
}

func newBounded(r io.Reader) *bounded {
	return &bounded{from: bufio.NewReaderSize(r, 64<<10), left: maxRecord}
}

// next says that a record is complete.
func (b *bounded) next() { b.left = maxRecord }

func (b *bounded) Read(p []byte) (int, error) {
	if !b.started {
		b.started = true
		if mark, _ := b.from.Peek(3); bytes.Equal(mark, []byte("\ufeff")) {
			b.from.Discard(3)
		}
	}
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.from.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// unreadable turns an error of reading into a problem.
func unreadable(at diag.Place, err error) diag.Problem {
	code := diag.Syntax
	if errors.Is(err, errTooLong) {
		code = diag.TooLarge
	}
	return diag.Problem{Code: code, Place: at, Message: "the file cannot be read: " + err.Error(), Why: "the rest of the file was not read"}
}
