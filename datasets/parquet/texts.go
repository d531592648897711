package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// texts reads strings as codes. A dictionary in the file is translated once; pages without one are looked up value by value,
// without an allocation for a string that was seen before.
type texts struct {
	intern
	fromFile []int32 // codes of the file's dictionary
	page     page
	left     int    // rows of the page that nobody has read yet
	levels   hybrid // of the page
	indices  hybrid // of a dictionary page's rows
	body     []byte // plain: what is left
	prefixes []int64
	suffixes []int64
	last     []byte
	defs     [BatchRows]int32
	scratch  [BatchRows]int32
}

func (t *texts) fill(c *chunkReader, at, n int) (int, error) {
	for t.left == 0 {
		p, err := c.pages.next()
		if err != nil {
			return 0, err
		}
		if err := t.load(c.pages, p); err != nil {
			return 0, err
		}
	}
	n = min(n, t.left)
	var levels []int32
	if t.page.levels != nil {
		levels = t.defs[:n]
		if err := t.levels.read(levels); err != nil {
			return 0, err
		}
	}
	present := mark(c.valid, levels, at, n)
	codes := t.scratch[:present]
	if err := t.decode(codes); err != nil {
		return 0, err
	}
	out := c.out.Codes[:BatchRows]
	for i, next := at, 0; i < at+n; i++ {
		out[i] = 0
		if c.valid.Get(i) {
			out[i] = codes[next]
			next++
		}
	}
	t.left -= n
	c.out.Dict = t.publish(c.out.Dict)
	return n, nil
}

// load makes a page the current one.
func (t *texts) load(ps *pages, p page) error {
	if p.dict {
		if p.rows > maxStrings {
			return fmt.Errorf("its dictionary has %d strings; at most %d are read", p.rows, maxStrings)
		}
		t.body = p.body
		n := min(p.rows, len(p.body)/4)
		t.fromFile = make([]int32, 0, n)
		t.codes, t.values = make(map[string]int32, n), make([]string, 0, n)
		for range p.rows {
			code, err := t.plain()
			if err != nil {
				return err
			}
			t.fromFile = append(t.fromFile, code)
		}
		return nil
	}
	t.page, t.left, t.body = p, p.rows, p.body
	t.levels = newHybrid(p.levels, 1)
	if p.present == 0 {
		return nil
	}
	var err error
	switch p.encoding {
	case encPlain:
	case encPlainDict, encRLEDict:
		if err := ps.indices(p); err != nil {
			return err
		}
		t.indices = newHybrid(p.body[1:], uint(p.body[0]))
	case encDeltaLength:
		t.suffixes, t.body, err = readDeltas(p.body, p.present)
	case encDeltaBytes:
		if t.prefixes, t.body, err = readDeltas(p.body, p.present); err == nil {
			t.suffixes, t.body, err = readDeltas(t.body, p.present)
		}
		t.last = t.last[:0]
	default:
		err = fmt.Errorf("encoding %d is not read", p.encoding)
	}
	return err
}

// decode yields the codes of the page's next values.
func (t *texts) decode(out []int32) (err error) {
	if len(out) == 0 {
		return nil
	}
	switch t.page.encoding {
	case encPlainDict, encRLEDict:
		if err := t.indices.read(out); err != nil {
			return err
		}
		for i, v := range out {
			out[i] = t.fromFile[v]
		}
		return nil
	case encPlain:
		for i := range out {
			if out[i], err = t.plain(); err != nil {
				return err
			}
		}
	case encDeltaLength:
		for i := range out {
			b, err := t.take(t.suffixes[0])
			if err != nil {
				return err
			}
			t.suffixes = t.suffixes[1:]
			if out[i], err = t.code(b); err != nil {
				return err
			}
		}
	case encDeltaBytes:
		for i := range out {
			keep := t.prefixes[0]
			b, err := t.take(t.suffixes[0])
			if err != nil || keep < 0 || keep > int64(len(t.last)) {
				return errShort
			}
			t.prefixes, t.suffixes = t.prefixes[1:], t.suffixes[1:]
			t.last = append(t.last[:keep], b...)
			if out[i], err = t.code(t.last); err != nil {
				return err
			}
		}
	}
	return nil
}

// plain reads a string that its length stands before.
func (t *texts) plain() (int32, error) {
	if len(t.body) < 4 {
		return 0, errShort
	}
	n := int64(binary.LittleEndian.Uint32(t.body))
	t.body = t.body[4:]
	b, err := t.take(n)
	if err != nil {
		return 0, err
	}
	return t.code(b)
}

func (t *texts) take(n int64) ([]byte, error) {
	if n < 0 || n > int64(len(t.body)) {
		return nil, errShort
	}
	b := t.body[:n]
	t.body = t.body[n:]
	return b, nil
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
	switch {
	case len(b) > maxString:
		return 0, fmt.Errorf("a string has %d bytes; at most %d are read", len(b), maxString)
	case !utf8.Valid(b):
		return 0, errors.New("a string is not UTF-8")
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
