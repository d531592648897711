package names

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// row is a row of a table in CSV; its fields are in the order of the header.
type row struct {
	fields []string
	at     []diag.Place // where each field begins
}

// readRows calls header with the columns and then each with every row, until the text ends, header returns false or a row is not CSV, which it
// adds to probs. Rows have width fields; 0: as many as the header. Lines that begin with # are comments.
func readRows(file string, text []byte, width int, probs *diag.List, header func(row) bool, each func(row)) {
	lines := bytes.Split(text, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord, r.Comment = width, '#'
	for first := true; ; first = false {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			at := diag.Place{File: file}
			var parse *csv.ParseError
			if errors.As(err, &parse) {
				at.Line, err = parse.Line, parse.Err
			}
			probs.Errorf(diag.Syntax, at, "not readable as CSV: %v", err)
			return
		}
		got := row{fields: fields, at: make([]diag.Place, len(fields))}
		for i := range fields {
			line, col := r.FieldPos(i)
			before := lines[line-1][:min(col-1, len(lines[line-1]))]
			got.at[i] = diag.Place{File: file, Line: line, Col: utf8.RuneCount(before) + 1}
		}
		switch {
		case !first:
			each(got)
		case !header(got):
			return
		}
	}
}

// split takes the names apart that semicolons separate; empty ones are none.
func split(aliases string) []string {
	var out []string
	for a := range strings.SplitSeq(aliases, ";") {
		if a = strings.TrimSpace(a); a != "" {
			out = append(out, a)
		}
	}
	return out
}
