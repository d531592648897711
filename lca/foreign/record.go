package foreign

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// records reads CSV record by record. It differs from package encoding/csv in that it holds a bounded record, counts columns in characters and
// tells an open quote where it opens.
type records struct {
	file      string
	probs     *diag.List
	in        *bufio.Reader
	separator []byte
	line      int // of the last line in raw
	lineStart int // where it begins in raw
	lineEnd   int // where it ends, its line end not counted
	stray     int // behind its last quote or carriage return
	keep      int // how many fields of a record are kept

	raw    []byte // the record's lines; valid until the next
	fields []field
	count  int // of the record's fields, those not kept included
	copied []string
}

// field is a part of a record.
type field struct {
	start, end int  // of its text in raw, without quotes
	doubled    bool // it has quotes within, each written twice, or line ends
	at         int  // where it begins in raw, its quote included
	line       int
	lineStart  int // where its line begins in raw
}

var errTooLong = errors.New("too long")

// more appends the next line.
func (r *records) more() error {
	before := len(r.raw)
	for {
		part, err := r.in.ReadSlice('\n')
		if len(r.raw)+len(part) > maxRecord {
			return errTooLong
		}
		r.raw = append(r.raw, part...)
		switch {
		case err == bufio.ErrBufferFull:
		case err == io.EOF && len(r.raw) == before:
			return io.EOF
		case err == nil || err == io.EOF:
			r.line++
			r.lineStart, r.lineEnd = before, len(r.raw)-lineEnd(r.raw)
			r.stray = max(bytes.LastIndexByte(r.raw[before:r.lineEnd], '"'), bytes.LastIndexByte(r.raw[before:r.lineEnd], '\r')) + before + 1
			return nil
		default:
			return err
		}
	}
}

// outcome is what reading a record came to.
type outcome uint8

const (
	readOne outcome = iota
	badOne          // told; the next one may be read
	atEnd           // of the file, or of what can be trusted, which is told
)

// next reads a record. Empty lines are none.
func (r *records) next() outcome {
	for {
		r.raw, r.fields, r.count = r.raw[:0], r.fields[:0], 0
		if err := r.more(); err != nil {
			at := diag.Place{File: r.file, Line: r.line + 1}
			if err == errTooLong {
				r.probs.Add(tooLong(at, "a record"))
			} else if err != io.EOF {
				r.probs.Add(unreadable(at, err))
			}
			return atEnd
		}
		if len(bytes.Trim(r.raw, " \r\n")) > 0 {
			break
		}
	}
	for i := 0; ; i += len(r.separator) {
		f := field{start: i, at: i, line: r.line, lineStart: r.lineStart}
		if i < len(r.raw) && r.raw[i] == '"' {
			if !r.quoted(&f) {
				return atEnd
			}
			i = f.end + 1
		} else {
			f.end = r.lineEnd
			if j := r.nextSeparator(r.raw[i:r.lineEnd]); j >= 0 {
				f.end = i + j
			}
			if i < r.stray {
				if wrong := bytes.IndexAny(r.raw[i:f.end], "\"\r"); wrong >= 0 {
					r.tellStray(i+wrong, &f)
					return atEnd
				}
			}
			i = f.end
		}
		if r.count++; len(r.fields) < r.keep {
			r.fields = append(r.fields, f)
		}
		if i == r.lineEnd {
			break
		}
		if !bytes.HasPrefix(r.raw[i:], r.separator) {
			p := r.problem(diag.Syntax, r.placeOf(i, r.line, r.lineStart), r.lineStart, "text follows a closing quote")
			p.Why = fmt.Sprintf("the quote of this field opens in line %d; the rest of the file was not read", f.line)
			p.Hint = `a quote within a field is written twice: "so ""called"" field"`
			r.probs.Add(p)
			return atEnd
		}
	}
	if wrong := notUTF8(r.raw); wrong >= 0 {
		start := bytes.LastIndexByte(r.raw[:wrong], '\n') + 1
		line := r.line - bytes.Count(bytes.TrimSuffix(r.raw[wrong:], []byte("\n")), []byte("\n"))
		r.probs.Add(diag.Problem{Code: diag.Syntax, Place: r.placeOf(wrong, line, start), Message: "the row is not UTF-8 text", Hint: encodingHint})
		return badOne
	}
	return readOne
}

// quoted finds the end of a field in quotes, over line ends; false, with the problem told, where there is none.
func (r *records) quoted(f *field) bool {
	f.start = f.at + 1
	for i := f.start; ; {
		j := bytes.IndexByte(r.raw[i:], '"')
		if j < 0 {
			i = len(r.raw)
			switch err := r.more(); err {
			case nil:
				f.doubled = true
				continue
			case io.EOF:
				p := r.problem(diag.Syntax, r.placeOf(f.at, f.line, f.lineStart), f.lineStart, "the quote that opens here is not closed")
				p.Why = "what follows it was not read"
				r.probs.Add(p)
			case errTooLong:
				r.probs.Add(tooLong(r.placeOf(f.at, f.line, f.lineStart), "a field in quotes that opens here, and a record,"))
			default:
				r.probs.Add(unreadable(diag.Place{File: r.file, Line: r.line + 1}, err))
			}
			return false
		}
		i += j + 1
		if i == len(r.raw) || r.raw[i] != '"' {
			f.end = i - 1
			return true
		}
		f.doubled = true
		i++
	}
}

// nextSeparator is the first separator in a text; -1 for none.
func (r *records) nextSeparator(text []byte) int {
	if len(r.separator) == 1 {
		return bytes.IndexByte(text, r.separator[0])
	}
	return bytes.Index(text, r.separator)
}

// tellStray tells a quote or a carriage return that stands within a field.
func (r *records) tellStray(at int, f *field) {
	message, hint := "a quote stands within a field", `put quotes around the whole field, and write those within it twice: "so ""called"" field"`
	if r.raw[at] == '\r' {
		message, hint = "a carriage return stands within a line", "save the file with lines that end in a line feed"
	}
	p := r.problem(diag.Syntax, r.placeOf(at, f.line, f.lineStart), f.lineStart, "%s", message)
	p.Hint, p.Why = hint, "the rest of the file was not read"
	r.probs.Add(p)
}

// lineEnd is how many bytes of a line feed, or carriage return and line feed, a text ends in; a carriage return ahead of the file's end is one too.
func lineEnd(text []byte) int {
	n := 0
	if bytes.HasSuffix(text, []byte("\n")) {
		n++
	}
	if bytes.HasSuffix(text[:len(text)-n], []byte("\r")) {
		n++
	}
	return n
}

// placeOf is the place of a byte in raw.
func (r *records) placeOf(at, line, lineStart int) diag.Place {
	return diag.Place{File: r.file, Line: line, Col: utf8.RuneCount(r.raw[lineStart:at]) + 1}
}

// problem makes a problem with its line.
func (r *records) problem(code diag.Code, at diag.Place, lineStart int, format string, args ...any) diag.Problem {
	p := diag.Problem{Code: code, Place: at, Message: fmt.Sprintf(format, args...)}
	line, _, _ := bytes.Cut(r.raw[lineStart:], []byte("\n"))
	if line = bytes.TrimSuffix(line, []byte("\r")); len(line) <= longLine {
		p.Snippet = strings.ToValidUTF8(string(line), "\ufffd")
	}
	return p
}

var unquote = strings.NewReplacer(`""`, `"`, "\r\n", "\n")

// text is a field's text, without spaces around it. The string is that of the record before where the text is the same.
func (r *records) text(i int) string {
	f := &r.fields[i]
	raw := r.trimmed(i)
	if len(raw) == 0 {
		return ""
	}
	for len(r.copied) <= i {
		r.copied = append(r.copied, "")
	}
	if f.doubled {
		r.copied[i] = strings.TrimSpace(unquote.Replace(string(raw)))
	} else if r.copied[i] != string(raw) {
		r.copied[i] = string(raw)
	}
	return r.copied[i]
}

// trimmed is what stands in a field, without spaces around it; of one with quotes or line ends within, not yet its text.
func (r *records) trimmed(i int) []byte {
	f := &r.fields[i]
	raw := r.raw[f.start:f.end]
	if len(raw) > 0 && (raw[0] <= ' ' || raw[0] >= 0x80 || raw[len(raw)-1] <= ' ' || raw[len(raw)-1] >= 0x80) {
		raw = bytes.TrimSpace(raw)
	}
	return raw
}
