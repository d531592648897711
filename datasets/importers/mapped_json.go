package importers

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// jsonRecords are the objects of a JSON file, flattened: what stands in objects within is named with points.
type jsonRecords struct {
	j      *job
	m      *mapping
	probs  *diag.List
	pull   func() (jsonRecord, bool)
	stop   func()
	index  map[string]int
	names  []string
	last   []int    // by column: the number of the last record that has it; 0 for none
	texts  []string // of the current record
	filled []int
	now    jsonRecord
	count  int
	other  []string // columns that records have and nobody asked for, in the order in which they came
	others map[string]bool
}

// jsonRecord is an object as it stands in the file, and its key where it stands in an object.
type jsonRecord struct {
	place diag.Place
	key   string
	raw   json.RawMessage
}

// The most that is taken of a JSON record.
const (
	maxLine    = 4 << 20 // bytes
	maxColumns = 10_000
	maxNested  = 16 // objects and arrays within each other
)

func newJSONRecords(j *job, m *mapping, probs *diag.List) *jsonRecords {
	s := &jsonRecords{j: j, m: m, probs: probs, index: map[string]int{}, others: map[string]bool{}}
	s.pull, s.stop = iter.Pull(s.all())
	return s
}

// all goes over the records, wherever the file has them.
func (s *jsonRecords) all() iter.Seq[jsonRecord] {
	return func(yield func(jsonRecord) bool) {
		if s.isLines() {
			s.lines(yield)
			return
		}
		path := strings.Split(s.m.file.Records, ".")
		if s.m.file.Records == "" {
			path = nil
		}
		found := false
		foreign.EachEntry(s.j.Name, s.j.text(), s.probs, func(e *foreign.Entry) bool {
			if len(path) == 0 {
				var raw json.RawMessage
				return !e.Into(&raw) || yield(jsonRecord{e.Place, e.Key, raw})
			}
			if e.Key != path[0] {
				return true
			}
			found = true
			var raw json.RawMessage
			return !e.Into(&raw) || s.within(raw, e.Place, path[1:], yield)
		})
		if len(path) > 0 && !found {
			s.m.tell(s.probs, s.m.file.At.Get("records"), diag.MissingKey, "", "%s has no %q", s.j.Name, s.m.file.Records)
		}
	}
}

// within goes over the records of a value inside the outermost object.
func (s *jsonRecords) within(raw json.RawMessage, at diag.Place, path []string, yield func(jsonRecord) bool) bool {
	for _, key := range path {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(raw, &object); err != nil || object[key] == nil {
			s.m.tell(s.probs, s.m.file.At.Get("records"), diag.MissingKey, "", "%s has no %q", s.j.Name, s.m.file.Records)
			return false
		}
		raw = object[key]
	}
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		s.probs.Errorf(diag.BadType, at, "%s is no array", s.m.file.Records)
		return false
	}
	for _, item := range items {
		if !yield(jsonRecord{at, "", item}) {
			return false
		}
	}
	return true
}

// isLines reports whether the file has one object a line: a second one begins where the first has ended.
func (s *jsonRecords) isLines() bool {
	d := json.NewDecoder(io.LimitReader(s.unmarked(), maxLine))
	var first json.RawMessage
	if d.Decode(&first) != nil || len(first) == 0 || first[0] != '{' {
		return false
	}
	_, err := d.Token()
	return err == nil || !errors.Is(err, io.EOF)
}

// unmarked reads the file behind the mark of UTF-8 that may open it.
func (s *jsonRecords) unmarked() io.Reader {
	in := bufio.NewReader(s.j.text())
	if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
		in.Discard(3)
	}
	return in
}

// lines goes over a file of one object a line.
func (s *jsonRecords) lines(yield func(jsonRecord) bool) {
	in := bufio.NewScanner(s.unmarked())
	in.Buffer(make([]byte, 0, 64<<10), maxLine)
	line := 0
	for in.Scan() {
		line++
		text := bytes.TrimSpace(in.Bytes())
		at := diag.Place{File: s.j.Name, Line: line}
		switch {
		case len(text) == 0:
		case !json.Valid(text):
			s.probs.Errorf(diag.Syntax, at, "the line is no JSON")
		case foreign.KeyTwice(in.Bytes(), diag.Place{File: s.j.Name, Line: line, Col: 1}, s.probs):
		case !yield(jsonRecord{at, "", text}):
			return
		}
		if s.probs.Full() {
			return
		}
	}
	if err := in.Err(); errors.Is(err, bufio.ErrTooLong) {
		s.probs.Errorf(diag.TooLarge, diag.Place{File: s.j.Name, Line: line + 1}, "a line has more than %d MiB", maxLine>>20)
	} else if err != nil {
		s.probs.Errorf(diag.NotFound, diag.Place{File: s.j.Name}, "not readable: %v", err)
	}
}

func (s *jsonRecords) columns() []string { return nil }

func (s *jsonRecords) column(name string) int {
	i, ok := s.index[name]
	if !ok {
		i = len(s.names)
		s.index[name] = i
		s.names, s.texts, s.last = append(s.names, name), append(s.texts, ""), append(s.last, 0)
	}
	return i
}

func (s *jsonRecords) next() bool {
	for {
		r, ok := s.pull()
		if !ok {
			return false
		}
		for _, i := range s.filled {
			s.texts[i] = ""
		}
		s.filled = s.filled[:0]
		s.now = r
		s.count++
		d := json.NewDecoder(bytes.NewReader(r.raw))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			s.probs.Errorf(diag.Syntax, r.place, "the record cannot be read: %v", err)
			return false
		}
		if _, ok := v.(map[string]any); !ok {
			s.j.record()
			s.j.leave(foreign.Left{Place: r.place, What: recordName(s.count), Why: "no object"})
			continue
		}
		if s.m.file.Key != "" && r.key != "" {
			s.put(s.m.file.Key, r.key)
		}
		s.flatten("", v, 0)
		return true
	}
}

// flatten fills the columns that are asked for.
func (s *jsonRecords) flatten(name string, v any, depth int) {
	within := func(key string) string {
		if name == "" {
			return key
		}
		return name + "." + key
	}
	switch v := v.(type) {
	case map[string]any:
		if depth < maxNested {
			for _, key := range sortedKeys(v) {
				s.flatten(within(key), v[key], depth+1)
			}
		}
	case []any:
		if depth < maxNested {
			for i, item := range v {
				s.flatten(within(strconv.Itoa(i)), item, depth+1)
			}
		}
	case string:
		s.put(name, strings.TrimSpace(v))
	case json.Number:
		s.put(name, v.String())
	case bool:
		s.put(name, strconv.FormatBool(v))
	}
}

// put fills a column. That it is filled twice, as u.e is of {"u.e": 1, "u": {"e": 7}}, is told.
func (s *jsonRecords) put(name, text string) {
	i, ok := s.index[name]
	if !ok {
		if !s.others[name] && len(s.others) < maxColumns {
			s.others[name] = true
			s.other = append(s.other, name)
		}
		return
	}
	if s.last[i] == s.count {
		s.probs.Errorf(diag.DuplicateName, s.now.place, "%s has %q twice: which is meant cannot be told", s.name(), name)
		return
	}
	s.last[i] = s.count
	s.texts[i], s.filled = text, append(s.filled, i)
}

func (s *jsonRecords) number() int        { return s.count }
func (s *jsonRecords) text(i int) string  { return s.texts[i] }
func (s *jsonRecords) bytes(i int) []byte { return []byte(s.texts[i]) }
func (s *jsonRecords) close()             { s.stop() }
func (s *jsonRecords) left() foreign.Left { return foreign.Left{Place: s.now.place, What: s.name()} }

func (s *jsonRecords) name() string {
	if s.now.key != "" {
		return s.now.key
	}
	return recordName(s.count)
}

// recordName is what a record without a name is called.
func recordName(n int) string { return fmt.Sprintf("record %d", n) }

func (s *jsonRecords) float(i int) (float64, bool) {
	if s.texts[i] == "" {
		return 0, false
	}
	v, err := foreign.ParseNumber(s.texts[i])
	if err != nil {
		p := diag.Problem{Code: diag.BadType, Place: s.now.place, Message: fmt.Sprintf("%s: expected a number in %s, found %q", s.name(), s.names[i], clipped(s.texts[i]))}
		if foreign.MeansNone(s.texts[i]) {
			p.Hint = missingHint
		}
		s.probs.Add(p)
		return 0, false
	}
	return v, true
}

func (s *jsonRecords) unread(j *job) {
	for i, name := range s.names {
		if s.last[i] == 0 && s.count > 0 {
			p := diag.Problem{Code: diag.MissingColumn, Place: diag.Place{File: j.Name}, Message: fmt.Sprintf("no record has %q", name)}
			p.Severity, p.Hint = diag.Warning, nearColumn(name, s.other)
			s.probs.Add(p)
		}
	}
	for _, name := range s.other {
		j.columns = append(j.columns, foreign.Plain(name))
		j.to.Left(Left{foreign.Left{Place: diag.Place{File: j.Name}, What: foreign.Plain(name), Why: "the mapping does not name it"}, Column})
	}
}

// clipped is a text for a message.
func clipped(text string) string { return diag.Excerpt(text, 60) }
