package foreign

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// scanner reads JSON value by value, of which it holds one. It looks at brackets and quotes alone; package json checks the rest.
type scanner struct {
	file  string
	probs *diag.List
	in    *bufio.Reader

	now       byte // the current byte
	err       error
	line, col int // of now
	held      []byte
}

// advance moves to the next byte; at the end err is set.
func (s *scanner) advance() {
	if s.err != nil {
		return
	}
	if s.now == '\n' {
		s.line, s.col = s.line+1, 0
	}
	var b byte
	if b, s.err = s.in.ReadByte(); s.err != nil {
		s.now = 0
		s.col++
		return
	}
	if s.now = b; b&0xC0 != 0x80 { // else the middle of a character
		s.col++
	}
}

// skipSpace moves to a byte that is no space; false where there is none.
func (s *scanner) skipSpace() bool {
	for s.err == nil {
		switch s.now {
		case ' ', '\t', '\r', '\n':
			s.advance()
		default:
			return true
		}
	}
	return false
}

func (s *scanner) place() diag.Place { return diag.Place{File: s.file, Line: s.line, Col: s.col} }

// character is the character that the current byte begins.
func (s *scanner) character() string {
	rest, _ := s.in.Peek(3)
	r, _ := utf8.DecodeRune(append([]byte{s.now}, rest...))
	return string(r)
}

// fail tells what is wrong at the current byte, or that the system does not give the file.
func (s *scanner) fail(format string, args ...any) {
	if s.err != nil && s.err != io.EOF {
		s.probs.Add(unreadable(s.place(), s.err))
		return
	}
	s.probs.Errorf(diag.Syntax, s.place(), format, args...)
}

// value reads the value that begins at the current byte and moves behind it; false, with the problem told, where it is none. The bytes are valid
// until the next.
func (s *scanner) value() ([]byte, bool) {
	start := s.place()
	s.held = s.held[:0]
	depth, quoted := 0, false
	for s.err == nil {
		switch c := s.now; {
		case quoted && c == '\\':
			s.take()
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				s.probs.Errorf(diag.TooLarge, s.place(), "an entry is nested deeper than %d: the rest of the file was not read", maxDepth)
				return nil, false
			}
		case depth == 0 && len(s.held) > 0 && bytes.IndexByte([]byte(",:]} \t\r\n"), c) >= 0: // behind a number or a word
			return s.checked(start)
		case c == '}' || c == ']':
			depth--
		}
		s.take()
		if len(s.held) > maxRecord {
			s.probs.Add(tooLong(start, "an entry"))
			return nil, false
		}
		if last := s.held[len(s.held)-1]; depth <= 0 && !quoted && (last == '"' || last == '}' || last == ']') {
			return s.checked(start)
		}
	}
	if s.err == io.EOF && depth == 0 && !quoted {
		return s.checked(start)
	}
	s.fail("the file ends within a value that begins in line %d", start.Line)
	return nil, false
}

// take holds the current byte and moves on.
func (s *scanner) take() {
	if s.err == nil {
		s.held = append(s.held, s.now)
		s.advance()
	}
}

// checked is what is held, where it is one JSON value in UTF-8.
func (s *scanner) checked(start diag.Place) ([]byte, bool) {
	tell := func(at int, message string) ([]byte, bool) {
		s.probs.Errorf(diag.Syntax, placeIn(start, s.held, at), "%s", message)
		return nil, false
	}
	if i := notUTF8(s.held); i >= 0 {
		return tell(i, "the file is not UTF-8 text: "+encodingHint)
	}
	var whole json.RawMessage
	var wrong *json.SyntaxError
	if err := json.Unmarshal(s.held, &whole); errors.As(err, &wrong) {
		return tell(max(int(wrong.Offset)-1, 0), "not readable as JSON: "+wrong.Error())
	}
	return s.held, true
}

// keyTwice finds the first key of a JSON value that stands in its object before; -1 for none.
func keyTwice(raw []byte) int {
	var open []map[string]bool // the keys of each object that is open; nil: an array
	key := false               // a text that follows is a key
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '{':
			open, key = append(open, map[string]bool{}), true
		case '[':
			open, key = append(open, nil), false
		case '}', ']':
			open, key = open[:len(open)-1], false
		case ',':
			key = len(open) > 0 && open[len(open)-1] != nil
		case '"':
			start := i
			for i++; raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
			if !key {
				continue
			}
			key = false
			name := string(raw[start+1 : i])
			if bytes.IndexByte(raw[start:i], '\\') >= 0 {
				json.Unmarshal(raw[start:i+1], &name)
			}
			keys := open[len(open)-1]
			if keys[name] {
				return start
			}
			keys[name] = true
		}
	}
	return -1
}
