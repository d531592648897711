// Package foreign reads files that other tools wrote: CSV in its dialects, and JSON one entry at a time.
//
// Files are streamed: what is held is one record or one entry, of bounded size, so that a file of any length can be read, also one from a
// stranger. Every problem is told at its line and column, counted in characters as package diag does. What a reader could not use is for it to
// say (see Left), never dropped in silence.
package foreign

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Bounds of what is held at once.
const (
	maxRecord = 4 << 20  // bytes of a record or an entry
	maxFields = 10_000   // of a record
	maxKeys   = 16 << 20 // bytes of all keys of an outermost object
	maxDepth  = 64       // how deep an entry is nested
	maxBad    = 100      // rows that cannot be read before the rest of a file is given up
	longLine  = 4096     // bytes of a line from which on a problem does not repeat it
)

// Left is a part of a file that an importer did not use.
type Left struct {
	Place diag.Place `json:"-"`
	What  string     `json:"what"` // the record's own name: "zone XX", "2023 Asia"
	Why   string     `json:"why"`
}

// notText lists how files begin that people take for text.
var notText = []struct{ start, what, hint string }{
	{"PK\x03\x04", "a ZIP archive, as an Excel workbook is", "save the sheet as CSV, or unpack the archive"},
	{"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet as CSV"},
	{"\x1f\x8b", "compressed with gzip", "unpack it first"},
	{"PAR1", "Parquet", ""},
	{"%PDF", "a PDF document", ""},
	{"\xff\xfe", "text in UTF-16", "save it as UTF-8"},
	{"\xfe\xff", "text in UTF-16", "save it as UTF-8"},
	{"<!doctype html", "a web page", "download the file itself, not the page that shows it"},
	{"<html", "a web page", "download the file itself, not the page that shows it"},
}

// open takes a mark of UTF-8 (a BOM) off the start of a text; nil, with the problem told, where the file is something else.
func open(file string, r io.Reader, probs *diag.List) *bufio.Reader {
	in := bufio.NewReaderSize(r, 64<<10)
	start, _ := in.Peek(64)
	if rest, ok := bytes.CutPrefix(start, []byte("\ufeff")); ok {
		start = rest
		in.Discard(len("\ufeff"))
	}
	lower := strings.ToLower(string(start))
	for _, f := range notText {
		if bytes.HasPrefix(start, []byte(f.start)) || strings.HasPrefix(lower, f.start) {
			probs.Add(diag.Problem{Code: diag.Syntax, Place: diag.Place{File: file}, Message: "the file is " + f.what, Hint: f.hint})
			return nil
		}
	}
	return in
}

// tooLong is the problem of a record that is not held.
func tooLong(at diag.Place, what string) diag.Problem {
	return diag.Problem{Code: diag.TooLarge, Place: at, Message: fmt.Sprintf("%s of more than %d bytes", what, maxRecord),
		Why: "the file is damaged, or a quote is not closed; the rest of the file was not read"}
}

// unreadable is the problem of a file that the system does not give.
func unreadable(at diag.Place, err error) diag.Problem {
	return diag.Problem{Code: diag.Syntax, Place: at, Message: "the file cannot be read: " + err.Error(), Why: "the rest of the file was not read"}
}

// notUTF8 finds the first byte that is no UTF-8 text, a zero included; -1 for none.
func notUTF8(text []byte) int {
	zero := bytes.IndexByte(text, 0)
	if utf8.Valid(text) {
		return zero
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 || i == zero {
			return i
		}
		i += size
	}
	return zero
}

const encodingHint = "save the file as UTF-8: it is likely in an older encoding such as Latin-1"
