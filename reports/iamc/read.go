package iamc

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// Bounds of a file that is read.
const (
	maxBytes   = 64 << 20
	maxColumns = 2000
	maxPoints  = 4_000_000 // values
	longLine   = 4096      // bytes of a line from which on a problem does not repeat it
)

// form is how values stand in a file.
type form uint8

const (
	either form = iota
	wide
	long
)

// Read reads a CSV file of either form, which pyam tells apart by the column value (pyam/utils.py: _intuit_column_groups). All problems go to probs, each at its place: those of the
// file, by the rules below, and those that Check tells of a table. What is read is returned all the same; it is nil where there is nothing to read. The file is named in problems as given.
//
//   - names of columns are the same in capitals and in small letters (pyam/utils.py: format_data, "all lower case"), and "X2025" is a year, as R writes it
//     (pyam/utils.py: _convert_r_columns);
//   - model, scenario, region, variable and unit are needed (pyam/utils.py: "Missing index columns", REQUIRED_COLS), and years (wide) or year and value (long);
//   - a column without name, or named data, meta, level, exclude or measurand, is refused (pyam/utils.py: ILLEGAL_COLS);
//   - a column twice is refused: pandas names the second one "2025.1", which pyam takes for a date;
//   - other columns are dimensions of their own to pyam (docs/data.rst, extra-columns), dates a time domain, and "notes" an old database's; none is read here;
//   - a value that is no number is refused (pyam/utils.py: format_data, pd.to_numeric), and so, unlike by pyam, is one that pandas reads as missing but for the empty field;
//   - a series without a value is a warning: pyam drops it.
func Read(file string, r io.Reader, probs *diag.List) *Table { return read(file, r, either, probs) }

// ReadWide is Read of a file with a column for each year; another one is refused.
func ReadWide(file string, r io.Reader, probs *diag.List) *Table { return read(file, r, wide, probs) }

// ReadLong is Read of a file with the columns year and value; another one is refused.
func ReadLong(file string, r io.Reader, probs *diag.List) *Table { return read(file, r, long, probs) }

func read(file string, r io.Reader, f form, probs *diag.List) *Table {
	c := open(file, r, probs)
	if c == nil {
		return nil
	}
	h := c.header(f)
	if h == nil {
		return nil
	}
	t := &Table{}
	in := reader{records: c, header: h, table: t, check: newChecker(probs), lines: map[point]int32{}}
	for range dimensions {
		in.names = append(in.names, map[string]string{})
	}
	before := probs.Count(diag.Error)
	for c.next() && in.row() {
	}
	at := diag.Place{File: file}
	if t.count == 0 && probs.Count(diag.Error) == before {
		probs.Add(noValues(at))
	}
	in.check.end(at)
	return t
}

// header is which field of a record holds what.
type header struct {
	dimensions  [5]int
	years       []int // of each field its year, 0 for none; nil: the long form
	year, value int
}

// header reads the columns' names from the first record; nil, with all problems told, where it cannot be used.
func (c *records) header(f form) *header {
	h := header{year: -1, value: -1}
	for d := range h.dimensions {
		h.dimensions[d] = -1
	}
	before := c.probs.Count(diag.Error)
	if has := slices.ContainsFunc(c.fields, func(name string) bool { return strings.ToLower(name) == "value" }); f == either && has {
		f = long
	} else if f == either {
		f = wide
	} else if has && f == wide {
		c.probs.Add(c.problem(0, diag.Syntax, "the file is in the long form: it has a column value"))
		return nil
	}
	wanted := slices.Clone(dimensions[:])
	if f == long {
		wanted = append(wanted, "year", "value")
	} else {
		h.years = make([]int, len(c.fields))
	}
	first := map[string]bool{}
	for i, written := range c.fields {
		name := strings.ToLower(written)
		year, isYear := yearOf(written)
		if isYear {
			name = strconv.Itoa(year)
		}
		if first[name] {
			p := c.problem(i, diag.DuplicateName, fmt.Sprintf("the column %q stands twice", written))
			p.Why = "pandas renames the second one, and pyam takes it for something else"
			c.probs.Add(p)
			continue
		}
		first[name] = true
		switch d := slices.Index(dimensions[:], name); {
		case d >= 0:
			h.dimensions[d] = i
		case f == wide && isYear:
			h.years[i] = year
		case f == long && name == "year":
			h.year = i
		case f == long && name == "value":
			h.value = i
		default:
			c.probs.Add(c.unknownColumn(i, written, wanted))
		}
	}
	for _, name := range wanted {
		if !first[name] {
			p := c.problem(0, diag.MissingColumn, fmt.Sprintf("the file has no column %s", name))
			if len(c.fields) == 1 && strings.Contains(c.fields[0], ";") {
				p.Hint = "fields are parted by commas here"
			}
			c.probs.Add(p)
		}
	}
	if f == wide && !slices.ContainsFunc(h.years, func(year int) bool { return year > 0 }) {
		p := c.problem(0, diag.MissingColumn, "the file has neither a column for a year, such as 2025, nor the columns year and value")
		p.Why = "pyam finds no time domain in it"
		c.probs.Add(p)
	}
	if c.probs.Count(diag.Error) > before {
		return nil
	}
	return &h
}

// illegalColumns are the names that are pyam's own (pyam/utils.py: ILLEGAL_COLS).
var illegalColumns = []string{"data", "meta", "level", "exclude", "measurand"}

func (c *records) unknownColumn(field int, written string, wanted []string) diag.Problem {
	p := c.problem(field, diag.UnknownColumn, fmt.Sprintf("unknown column %q", written))
	_, err := foreign.ParseNumber(strings.TrimSpace(written))
	switch name := strings.ToLower(written); {
	case name == "":
		p.Message = "a column has no name"
	case slices.Contains(illegalColumns, name):
		p.Message, p.Why = fmt.Sprintf("a column may not be named %q", written), "pyam keeps the name for itself"
	case err == nil:
		p.Hint = "a year is written with four digits"
	case name == "time":
		p.Hint = "times within a year are not read: the column is year"
	default:
		p.Why = "pyam would take it for one more dimension of the data"
		if near := diag.Nearest(strings.TrimSpace(name), wanted); near != "" {
			p.Hint = "did you mean " + near + "?"
		}
	}
	return p
}

// yearOf reads a column's name as a year.
func yearOf(name string) (int, bool) {
	return parseYear(strings.TrimPrefix(name, "X"))
}

func parseYear(text string) (int, bool) {
	if len(text) != 4 || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	year, err := strconv.Atoi(text)
	return year, err == nil && year >= firstYear
}

// point is a series, by its number, in a year.
type point struct{ series, year int32 }

// reader takes the rows of a file into a table.
type reader struct {
	*records
	header *header
	table  *Table
	check  *checker
	names  []map[string]string // of each dimension: a text once, apart from the record that it stood in
	lines  map[point]int32     // where a value stands
	values []value             // of the record
}

// value is one of a record, and its field.
type value struct {
	Point
	field int
}

// row takes the record; false where no more is taken.
func (r *reader) row() bool {
	s, h := r.series(), r.header
	r.values = r.values[:0]
	empty := true
	if h.years == nil {
		year, ok := parseYear(strings.TrimSuffix(r.fields[h.year], ".0")) // pandas writes whole numbers so where a column has empty fields
		if !ok {
			p := r.problem(h.year, diag.BadType, fmt.Sprintf("expected a year of four digits, found %q", diag.Excerpt(r.fields[h.year], 80)))
			p.Why = "pyam takes whole numbers for years, and other texts for times"
			r.probs.Add(p)
			return true
		}
		empty = r.field(year, h.value)
	} else {
		for i, year := range h.years {
			if year > 0 && !r.field(year, i) {
				empty = false
			}
		}
	}
	if empty {
		p := r.problem(0, diag.MissingValue, fmt.Sprintf("%s: the row has no value", s.words()))
		p.Severity, p.Why = diag.Warning, "pyam drops it"
		r.probs.Add(p)
	}
	r.add(&s)
	if r.table.count > maxPoints {
		r.probs.Add(r.problem(0, diag.TooLarge, fmt.Sprintf("more than %d values: the rest of the file was not read", maxPoints)))
		return false
	}
	return true
}

// series is the record's, checked.
func (r *reader) series() Series {
	var names [len(dimensions)]string
	for d, i := range r.header.dimensions {
		text := unescaped(r.fields[i])
		known, ok := r.names[d][text]
		if !ok {
			known = strings.Clone(text)
			r.names[d][known] = known
		}
		names[d] = known
	}
	s := Series{names[model], names[scenario], names[region], names[variable], names[unit]}
	r.check.series(&s, func(d int, code diag.Code, message string) diag.Problem {
		return r.problem(r.header.dimensions[d], code, message)
	})
	return s
}

// field takes a value; it reports whether the field is empty.
func (r *reader) field(year, i int) bool {
	text := r.fields[i]
	if text == "" {
		return true
	}
	v, err := foreign.ParseNumber(text)
	if err != nil {
		p := r.problem(i, diag.BadType, fmt.Sprintf("expected a number, found %q", diag.Excerpt(text, 80)))
		if foreign.MeansNone(text) || slices.Contains(empties, text) || strings.TrimSpace(text) == "" {
			p.Hint = "leave the field empty where there is no value"
		}
		r.probs.Add(p)
		return false
	}
	r.values = append(r.values, value{Point{year, v}, i})
	return false
}

// add puts the record's values into the table, those that it has not.
func (r *reader) add(s *Series) {
	if len(r.values) == 0 {
		return
	}
	number := r.table.line(*s)
	for _, v := range r.values {
		at := point{int32(number), int32(v.Year)}
		if line, ok := r.lines[at]; ok {
			r.probs.Add(duplicate(r.problem(v.field, "", ""), s, v.Year, fmt.Sprintf("; the first stands in line %d", line)))
			continue
		}
		line, _ := r.in.FieldPos(v.field)
		r.lines[at] = int32(line)
		r.table.points[number] = append(r.table.points[number], v.Point)
		r.table.count++
	}
}
