package foreign

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Entry is one entry of a JSON file's outermost object or array.
type Entry struct {
	Key   string // of an object; empty in an array
	Index int    // from 0
	Place diag.Place
	raw   []byte
	probs *diag.List
}

// EachEntry calls f for each entry of the object or array that a JSON file is, in the order of the file, as long as f returns true. Problems go
// to probs; entries before one are delivered. A key that stands twice in one object, the outermost or one within an entry, is a problem, and its
// entry is not delivered: which of the values counts cannot be told.
func EachEntry(file string, r io.Reader, probs *diag.List, f func(e *Entry) bool) {
	in := open(file, r, probs)
	if in == nil {
		return
	}
	s := &scanner{file: file, probs: probs, in: in, line: 1}
	if s.advance(); !s.skipSpace() {
		s.fail("the file is empty")
		return
	}
	first, at := s.now, s.place()
	if first != '{' && first != '[' {
		probs.Errorf(diag.BadType, at, "expected an object or an array, found %q", s.character())
		return
	}
	s.entries(first == '{', f)
}

// Whole reads a JSON file as one entry, which may be as large as an entry of others; nil, with the problem told, where it is none.
func Whole(file string, r io.Reader, probs *diag.List) *Entry {
	in := open(file, r, probs)
	if in == nil {
		return nil
	}
	s := &scanner{file: file, probs: probs, in: in, line: 1}
	if s.advance(); !s.skipSpace() {
		s.fail("the file is empty")
		return nil
	}
	e := &Entry{Place: s.place(), probs: probs}
	raw, ok := s.value()
	if !ok {
		return nil
	}
	e.raw = bytes.Clone(raw)
	if KeyTwice(e.raw, e.Place, probs) {
		return nil
	}
	if s.skipSpace() {
		s.fail("text follows the end of the value")
		return nil
	} else if s.err != io.EOF {
		s.fail("")
		return nil
	}
	return e
}

// entries delivers what stands between the outermost brackets, of which the first is the current byte.
func (s *scanner) entries(object bool, f func(e *Entry) bool) {
	closing := byte(']')
	if object {
		closing = '}'
	}
	seen := map[string]bool{} // the keys of an object
	keys := 0                 // their bytes
	s.advance()
	for i := 0; ; i++ {
		if !s.skipSpace() {
			s.fail("the file ends within its outermost brackets")
			return
		}
		if s.now == closing && i == 0 {
			break
		}
		e, twice := Entry{Index: i, probs: s.probs}, false
		if object {
			at := s.place()
			if s.now != '"' {
				s.fail("expected a key in quotes, found %q", s.character())
				return
			}
			raw, ok := s.value()
			if !ok {
				return
			}
			if json.Unmarshal(raw, &e.Key) != nil {
				panic("foreign: a checked text is none") // value checks it
			}
			if !s.skipSpace() || s.now != ':' {
				s.fail("expected a colon behind the key %q", short(e.Key))
				return
			}
			s.advance()
			if !s.skipSpace() {
				s.fail("the file ends behind the key %q", short(e.Key))
				return
			}
			twice = seen[e.Key]
			if seen[e.Key] = true; twice {
				s.probs.Errorf(diag.DuplicateName, at, "the key %q stands twice", short(e.Key))
			}
			if keys += len(e.Key); keys > maxKeys {
				s.probs.Errorf(diag.TooLarge, at, "keys of more than %d bytes: the rest of the file was not read", maxKeys)
				return
			}
		}
		e.Place = s.place()
		raw, ok := s.value()
		if !ok {
			return
		}
		twice = KeyTwice(raw, e.Place, s.probs) || twice
		e.raw = bytes.Clone(raw)
		if !twice && !f(&e) || s.probs.Full() {
			return
		}
		if !s.skipSpace() {
			s.fail("the file ends within its outermost brackets")
			return
		}
		if s.now == closing {
			break
		}
		if s.now != ',' {
			s.fail("expected a comma or the closing bracket, found %q", s.character())
			return
		}
		s.advance()
	}
	if s.advance(); s.skipSpace() {
		s.fail("text follows the end of the outermost brackets")
	} else if s.err != io.EOF {
		s.fail("")
	}
}

// KeyTwice reports whether a key stands twice in one object of a JSON value that begins at a place, and tells it: which of the values counts cannot be told. The value
// is valid JSON (see json.Valid).
func KeyTwice(raw []byte, start diag.Place, probs *diag.List) bool {
	at := keyTwice(raw)
	if at >= 0 {
		probs.Errorf(diag.DuplicateName, placeIn(start, raw, at), "a key stands twice in one object")
	}
	return at >= 0
}

// Each calls f for each entry of the object or array that the entry is, with its place, as long as f returns true; for none where it is neither.
func (e *Entry) Each(f func(sub *Entry) bool) {
	if e.raw[0] != '{' && e.raw[0] != '[' {
		return
	}
	d := json.NewDecoder(bytes.NewReader(e.raw))
	d.Token() // the bracket; the text was checked
	at, seen := e.Place, 0
	for i := 0; d.More(); i++ {
		sub := &Entry{Index: i, probs: e.probs}
		if e.raw[0] == '{' {
			key, _ := d.Token()
			sub.Key, _ = key.(string)
		}
		var raw json.RawMessage
		if d.Decode(&raw) != nil {
			return
		}
		start := int(d.InputOffset()) - len(raw)
		at, seen = placeIn(at, e.raw[seen:], start-seen), start
		sub.Place, sub.raw = at, raw
		if !f(sub) {
			return
		}
	}
}

// At is the place of the value that a path of keys, and of numbers of entries from 0, leads to; of what it leads to last where it leads further than there is.
func (e *Entry) At(path ...string) diag.Place {
	if len(path) == 0 {
		return e.Place
	}
	at := e.Place
	e.Each(func(sub *Entry) bool {
		if sub.Key == path[0] && e.IsObject() || !e.IsObject() && strconv.Itoa(sub.Index) == path[0] {
			at = sub.At(path[1:]...)
			return false
		}
		return true
	})
	return at
}

// Into decodes the entry into a pointer, as json.Unmarshal does; false, with the problem told, where it is of another shape. Fields that the
// target does not have are not read.
func (e *Entry) Into(target any) bool {
	err := json.Unmarshal(e.raw, target)
	if err == nil {
		return true
	}
	at, message := e.Place, err.Error()
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		at = placeIn(e.Place, e.raw, valueStart(e.raw, int(wrong.Offset)))
		message = fmt.Sprintf("%s is %s where %s is expected", cmp.Or(wrong.Field, "it"), found(wrong.Value), expected(wrong.Type))
	}
	what := "the entry"
	if e.Key != "" {
		what = fmt.Sprintf("the entry %q", short(e.Key))
	}
	e.probs.Errorf(diag.BadType, at, "%s cannot be read: %s", what, message)
	return false
}

// found and expected name shapes of values in words that are not Go's.
func found(value string) string {
	words := map[string]string{"string": "a text", "array": "a list", "object": "an object", "bool": "true or false"}
	return cmp.Or(words[value], "the "+value)
}

func expected(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Pointer:
		return expected(t.Elem())
	}
	return "a whole number"
}

// valueStart is where the single value begins that ends ahead of an offset; of an object or array, which package json tells at its start, that.
func valueStart(raw []byte, end int) int {
	if end = min(end, len(raw)); end <= 0 {
		return 0
	}
	if raw[end-1] == '"' {
		for i := end - 2; i >= 0; i-- {
			if raw[i] == '"' {
				back := 0
				for i-back > 0 && raw[i-back-1] == '\\' {
					back++
				}
				if back%2 == 0 {
					return i
				}
			}
		}
	}
	if i := bytes.LastIndexAny(raw[:end-1], ",:[{ \t\r\n"); i >= 0 {
		return i + 1
	}
	return 0
}

// IsObject reports whether the entry is an object.
func (e *Entry) IsObject() bool { return e.raw[0] == '{' }

// Left is the entry as one that was not used.
func (e *Entry) Left(what, why string) Left { return Left{Place: e.Place, What: what, Why: why} }

// placeIn is the place of a byte of a text that begins at a place.
func placeIn(start diag.Place, text []byte, at int) diag.Place {
	before := text[:at]
	if i := bytes.LastIndexByte(before, '\n'); i >= 0 {
		start.Line += bytes.Count(before, []byte("\n"))
		start.Col, before = 1, before[i+1:]
	}
	start.Col += utf8.RuneCount(before)
	return start
}

func short(text string) string {
	if r := []rune(text); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return text
}
