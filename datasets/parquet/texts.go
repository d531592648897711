package parquet

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// texts reads strings as codes. A dictionary in the file is translated once; pages without one are looked up value by value,
// without an allocation for a string that was seen before.
type texts struct {
	known    intern
	begun    bool    // there is a dictionary in the file
	fromFile []int32 // codes of its strings
	strings  stringPage
	coded    bool // the page holds indices
	indices  hybrid
}

func (t *texts) dictionary(p page) error {
	if p.rows > maxStrings {
		return fmt.Errorf("its dictionary has %d strings; at most %d are read", p.rows, maxStrings)
	}
	n := min(p.rows, len(p.body)/4)
	t.begun, t.fromFile = true, resized(t.fromFile, n)[:0]
	t.known.codes, t.known.values = make(map[string]int32, n), make([]string, 0, n)
	t.strings = stringPage{encoding: encPlain, body: p.body}
	for range p.rows {
		b, err := t.strings.next()
		if err != nil {
			return err
		}
		code, err := t.known.code(b)
		if err != nil {
			return err
		}
		t.fromFile = append(t.fromFile, code)
	}
	return nil
}

func (t *texts) page(p page) (err error) {
	if t.coded = p.encoding == encPlainDict || p.encoding == encRLEDict; t.coded {
		t.indices, err = p.indices(t.begun)
		return err
	}
	return t.strings.begin(p)
}

func (t *texts) values(out *column.Column, at, n int) (err error) {
	dst := out.Codes[at : at+n]
	if t.coded {
		err = gather(&t.indices, t.fromFile, dst)
	} else {
		for i := range dst {
			b, err := t.strings.next()
			if err != nil {
				return err
			}
			if dst[i], err = t.known.code(b); err != nil {
				return err
			}
		}
	}
	out.Dict = t.known.publish(out.Dict)
	return err
}

func (t *texts) spread(c *chunkReader, at, n, present int) {
	spread(c.out.Codes[at:at+n], c.valid, at, n, present)
}

// intern gives equal strings one code.
type intern struct {
	codes  map[string]int32
	values []string // only appended to: a Dict shares its beginning
	bytes  int
}

func (s *intern) code(b []byte) (int32, error) {
	if code, ok := s.codes[string(b)]; ok {
		return code, nil
	}
	s.bytes += len(b)
	if err := checkText(b); err != nil {
		return 0, err
	}
	switch {
	case len(s.values) == maxStrings:
		return 0, fmt.Errorf("more than %d distinct strings in a row group; write smaller row groups", maxStrings)
	case s.bytes > maxText:
		return 0, fmt.Errorf("its distinct strings have more than %d bytes in a row group; write smaller row groups", maxText)
	}
	code := int32(len(s.values))
	v := string(b)
	s.values = append(s.values, v)
	s.codes[v] = code
	return code, nil
}

// publish returns a Dict of all strings so far: the one handed out before where none was added.
func (s *intern) publish(last *column.Dict) *column.Dict {
	if len(last.Values) == len(s.values) {
		return last
	}
	return &column.Dict{Values: s.values[:len(s.values):len(s.values)]}
}

// checkText refuses a string that is too long or not UTF-8.
func checkText(b []byte) error {
	if len(b) > maxString {
		return fmt.Errorf("a string has %d bytes; at most %d are read", len(b), maxString)
	}
	if !utf8.Valid(b) {
		return errors.New("a string is not UTF-8")
	}
	return nil
}
