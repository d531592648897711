package foreign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Entry is one entry of a JSON file's outermost object or array.
type Entry struct {
	Key   string // of an object; empty in an array
	Index int    // from 0
	Place diag.Place
	raw   json.RawMessage
	probs *diag.List
}

// maxDepth bounds how deep an entry may be nested.
const maxDepth = 64

// EachEntry calls f for each entry of the object or array that a JSON file is, in the order of the file, as long as f returns true. Problems go
// to probs; entries before one are delivered. A key that stands twice is delivered twice: it is f's to say which counts.
func EachEntry(file string, r io.Reader, probs *diag.List, f func(e *Entry) bool) {
	in := newBounded(r)
	lines := &lineCounter{from: in}
	d := json.NewDecoder(lines)
	fail := func(err error) {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		probs.Add(unreadable(lines.place(file, d.InputOffset()), err))
	}
	start, _ := in.from.Peek(64)
	start = bytes.TrimSpace(bytes.TrimPrefix(start, []byte("\ufeff")))
	open, err := d.Token()
	var wrong *json.SyntaxError
	switch {
	case err != nil && len(start) == 0:
		fail(errors.New("it is empty"))
		return
	case errors.As(err, &wrong):
		line, _, _ := bytes.Cut(start, []byte("\n"))
		fail(fmt.Errorf("JSON is expected, and it begins with %q", strings.ToValidUTF8(string(line[:min(len(line), 24)]), "\ufffd")))
		return
	case err != nil:
		fail(err)
		return
	}
	object := open == json.Delim('{')
	if !object && open != json.Delim('[') {
		probs.Errorf(diag.BadType, diag.Place{File: file, Line: 1}, "expected an object or an array, found %v", open)
		return
	}
	for i := 0; d.More(); i++ {
		in.next()
		e := Entry{Index: i, probs: probs}
		if object {
			key, err := d.Token()
			if err != nil {
				fail(err)
				return
			}
			e.Key, _ = key.(string)
		}
		e.Place = lines.place(file, d.InputOffset())
		if err := d.Decode(&e.raw); err != nil {
			fail(err)
			return
		}
		if !object {
			// Before it is decoded, the decoder stands behind the entry before, often a line above.
			e.Place = lines.place(file, d.InputOffset()-int64(len(e.raw)))
		}
		if depth(e.raw) > maxDepth {
			probs.Errorf(diag.TooLarge, e.Place, "an entry is nested deeper than %d", maxDepth)
			return
		}
		if !f(&e) {
			return
		}
	}
	if _, err := d.Token(); err != nil {
		fail(err)
	}
}

// depth is how deep a JSON text is nested.
func depth(text []byte) int {
	deepest, now, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

// Into decodes the entry into a pointer, as json.Unmarshal does; false, with the problem told, where it is of another shape. Fields that the
// target does not have are not read.
func (e *Entry) Into(target any) bool {
	err := json.Unmarshal(e.raw, target)
	if err == nil {
		return true
	}
	message := err.Error()
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		message = fmt.Sprintf("%s is a %s where a %s is expected", wrong.Field, wrong.Value, wrong.Type)
	}
	what := "the entry"
	if e.Key != "" {
		what = fmt.Sprintf("the entry %q", e.Key)
	}
	e.probs.Errorf(diag.BadType, e.Place, "%s cannot be read: %s", what, message)
	return false
}

// IsObject reports whether the entry is an object.
func (e *Entry) IsObject() bool { return bytes.HasPrefix(bytes.TrimSpace(e.raw), []byte("{")) }

// Left is the entry as one that was not used.
func (e *Entry) Left(what, why string) Left { return Left{Place: e.Place, What: what, Why: why} }

// lineCounter remembers where lines start, for those parts of a file that a decoder may still speak of.
type lineCounter struct {
	from   io.Reader
	offset int64   // of what was read
	lines  int     // complete ones before starts
	starts []int64 // offsets of the newest lines' starts
}

const keptStarts = 1 << 16

func (l *lineCounter) Read(p []byte) (int, error) {
	n, err := l.from.Read(p)
	for i, c := range p[:n] {
		if c == '\n' {
			l.starts = append(l.starts, l.offset+int64(i)+1)
		}
	}
	if drop := len(l.starts) - keptStarts; drop > keptStarts {
		l.lines += drop
		l.starts = slices.Delete(l.starts, 0, drop)
	}
	l.offset += int64(n)
	return n, err
}

// place is a byte's place.
func (l *lineCounter) place(file string, offset int64) diag.Place {
	i, _ := slices.BinarySearch(l.starts, offset+1)
	col := offset + 1
	if i > 0 {
		col = offset - l.starts[i-1] + 1
	}
	return diag.Place{File: file, Line: l.lines + i + 1, Col: int(col)}
}
