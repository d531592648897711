package importers

import (
	"fmt"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var mapped = Format{
	Name:  "mapped",
	Title: "Any CSV, JSON or Parquet file, with a mapping that says what its columns mean",
	Doc: `A mapping is a YAML file that names the kind of inventory and says what stands in its columns. Nothing is computed, save that units are converted exactly.

` + mappingExample + `
A text holds for every row; {column: NAME} reads it from the file. unit is the unit of a column of numbers where it is another than the kind's. alias gives what
texts become; one without an alias stays as it is. A region is a code, a name or an alias of the registry; a hardware_id is looked up in the registry of
hardware, a model_id and an organisation likewise and stay as printed where it does not know them; registry: none takes texts as ids. A date is the day of a
time such as 2024-05-31T10:39:13Z or 2024-05-31, in UTC; unit: s or ms reads seconds since 1970; date: DD.MM.YYYY reads days that are
written so, of the parts YYYY, MM, DD, hh, mm and ss (M and D: one digit or two): date: MM/DD/YYYY hh:mm. A time of day is not kept.

JSON is an array of objects, an object of objects (file: {key: NAME} gives their keys a name), or one object a line; records: data.runs leads to the
array within an outermost object. Columns of objects in objects are named with points, and those of arrays with numbers: usage.tokens.0. Parquet is read as it is: flat,
with numbers, texts, dates and truth values.

Of CSV, file says by header: N in which line the names of the columns stand, where titles stand ahead of them; lines that are empty do not count. missing lists
the texts that mean no value, in any column; they are read as an empty cell. A mark of thousands is not read.

Skipped are records by {column: NAME, is: TEXT or [TEXT, ...], why: ...}; numbers are compared as such. A value that a column refuses is left out of its row and
listed; a record without what every row needs is left out.`,
	Needs: []string{"mapping"},
	read:  readMapped,
}

// mappingExample is a mapping as a first one may be written. A test reads it.
const mappingExample = `    kind: deployments
    file:                     # all found out where it is not said
      separator: ";"
      decimal: ","
      missing: ["N/A", "-", "NaN", "#DIV/0!"] # texts that mean no value
    row:
      model_id: {column: model, alias: {ours: our-model-7b}}
      hardware_id: {column: gpu}
      region: {column: Land}
      started: {column: timestamp}
      input_tokens: {column: prompt_tokens}
      energy: {column: energy_wh, unit: Wh}
      energy_boundary: device
      energy_basis: metered
      scope: sample
      quality: measured
      source: "Institute of Examples (2026), Request log of its assistant"
      licence: CC-BY-4.0
    skip:
      - {column: status, is: [failed, timeout], why: no answer was given}
`

func readMapped(j *job) {
	var told diag.List // those of this file, whether or not they were told for another
	defer func() { j.probs.Merge(&told) }()
	m := parseMapping(j.options.Mapping, j.options.MappingText, &told)
	if m == nil {
		return
	}
	records := openRecords(j, m, &told)
	if records == nil {
		return
	}
	defer records.close()
	if j.kind == nil && !j.begin(m.kind, m.columnNames()...) {
		return
	}
	cells := m.compile(j.rows, records, &told)
	if told.Count(diag.Error) > 0 {
		return
	}
	values := withoutMissing(records, m.file.Missing)
	for records.next() {
		j.record()
		l := records.left()
		if why := m.skipped(records); why != "" {
			l.Why = why
			j.leave(l)
			continue
		}
		r := j.rows.next()
		for i := range cells {
			cells[i].fill(r, values)
		}
		j.give(r, l, records.number())
	}
	records.unread(j)
	if j.records > 0 && told.Count(diag.Error) == 0 { // else there may be a use in what was not read
		m.unused(j.Name, cells, &told)
		m.fractions(cells, &told)
	}
}

// source is a file that is read record by record, whatever its format.
type source interface {
	columns() []string
	// column is the number of a column; -1 where no record seen so far has it and others may.
	column(name string) int
	next() bool
	number() int // of the record, from 1
	left() foreign.Left
	text(column int) string
	bytes(column int) []byte          // text, until the next record
	float(column int) (float64, bool) // false where it has none, and where it is no number, which is told
	unread(j *job)
	close()
}

// openRecords opens a file by its first bytes; nil, with the problem told, where it is none that is read.
func openRecords(j *job, m *mapping, probs *diag.List) source {
	switch form := formOf(j.start()); form {
	case "":
		d, wrong := foreign.DialectOf(m.file.Separator, m.file.Decimal, m.file.Header, func(part string) bool { return m.file.At.Get(part) != nil }, m.file.Ragged)
		for _, w := range wrong {
			probs.Add(m.file.At.Get(w.Part).Problem(diag.BadValue, "%s", w.Message))
		}
		if len(wrong) > 0 {
			return nil
		}
		if c := foreign.OpenCSV(j.Name, j.text(), d, probs); c != nil {
			c.Advise(missingHint, decimalHint(m.file.Decimal))
			return &csvRecords{c: c}
		}
	case "json":
		return newJSONRecords(j, m, probs)
	case "parquet":
		if s := newParquetRecords(j, probs); s != nil {
			return s
		}
	default:
		probs.Add(diag.Problem{Code: diag.Syntax, Place: diag.Place{File: j.Name}, Message: "this is " + form, Hint: "unpack it first, or save the sheet as CSV"})
	}
	return nil
}

// missingHint says what to do about a text that stands where a number is missing.
const missingHint = `missing: [...] under file: in the mapping says which texts mean no value`

// decimalHint says what to do about a number with another mark of decimals than the one that a file is taken to have; nothing where the mapping says which it has.
func decimalHint(said string) string {
	if said != "" {
		return ""
	}
	return `file: {decimal: ","} in the mapping says which mark it is`
}

// missingRecords are records of which some texts mean no value.
type missingRecords struct {
	source
	texts map[string]bool
}

func withoutMissing(s source, texts []string) source {
	if len(texts) == 0 {
		return s
	}
	m := &missingRecords{s, map[string]bool{}}
	for _, text := range texts {
		m.texts[strings.TrimSpace(text)] = true
	}
	return m
}

func (s *missingRecords) bytes(i int) []byte {
	text := s.source.bytes(i)
	if s.texts[string(text)] {
		return nil
	}
	return text
}

func (s *missingRecords) text(i int) string { return string(s.bytes(i)) }

func (s *missingRecords) float(i int) (float64, bool) {
	if len(s.bytes(i)) == 0 {
		return 0, false
	}
	return s.source.float(i)
}

// formOf tells by its first bytes what a file is; empty for text, which may be CSV.
func formOf(start []byte) string {
	switch {
	case len(start) >= 4 && string(start[:4]) == "PAR1":
		return "parquet"
	case len(start) >= 4 && string(start[:4]) == "PK\x03\x04":
		return "a ZIP archive or a workbook"
	case len(start) >= 2 && string(start[:2]) == "\x1f\x8b":
		return "a compressed file"
	}
	if b := firstByte(start); b == '{' || b == '[' {
		return "json"
	}
	return ""
}

// firstByte is the first byte of a file's start that is neither space nor a mark of UTF-8; 0 where there is none.
func firstByte(start []byte) byte {
	for _, b := range start {
		switch b {
		case ' ', '\t', '\r', '\n', 0xef, 0xbb, 0xbf:
		default:
			return b
		}
	}
	return 0
}

// mapping says what the columns of a file mean.
type mapping struct {
	kind  *datasets.Kind
	file  mappedFile
	cells []mappedCell
	skips []*mappedSkip
	node  *document.Node
}

// mappedFile says how the file is written.
type mappedFile struct {
	Separator string         `doc:"separator"`
	Decimal   string         `doc:"decimal"`
	Header    int            `doc:"header"`
	Ragged    bool           `doc:"ragged"`
	Records   string         `doc:"records"`
	Key       string         `doc:"key"`
	Missing   []string       `doc:"missing"`
	At        *document.Node `doc:"@"`
}

// mappedSkip leaves records out.
type mappedSkip struct {
	Column string         `doc:"column,required"`
	Is     *document.Node `doc:"is,required"`
	Why    string         `doc:"why,required"`
	At     *document.Node `doc:"@"`

	texts  []string
	number []float64 // NaN where a text is none
	at     int
	used   bool
}

// tell adds a problem at a node of the mapping.
func (m *mapping) tell(probs *diag.List, n *document.Node, code diag.Code, hint, format string, args ...any) {
	p := n.Problem(code, format, args...)
	p.Hint = hint
	probs.Add(p)
}

// nearColumn says which column somebody may have meant.
func nearColumn(name string, columns []string) string {
	if near := diag.Nearest(name, columns); near != "" {
		return "did you mean " + fmt.Sprintf("%q", near) + "?"
	}
	if len(columns) > 40 {
		columns = append(columns[:40:40], "...")
	}
	return fmt.Sprintf("it has %q", columns)
}
