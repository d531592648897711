package importers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var mapped = Format{
	Name:  "mapped",
	Title: "Any CSV file, with a mapping that says what its columns mean",
	Doc: `A mapping is a YAML file. Only table and row are needed; nothing is computed, no unit is converted.

` + mappingExample + `
Of row, factor, value, unit, distribution and quality are needed; the others are category, region, technology, year (or from and to), boundary, flow, point,
scope, margin, source, url, released and note. A text holds for every row; {column: NAME} reads it from the file, where alias gives other names of its texts and
prefix is put ahead of those without an alias. A region is a code, a name or an alias of the registry; a row of another one is left out and listed.
In a distribution the word value is the row's value. A value of 0 has the distribution fixed.

Several values in a record: rows lists what differs, as {value: {column: gwp}, category: climate_change, unit: kg CO2e}, and each gives a row.
A wide file: wide: {becomes: year} makes the headings years; becomes: region, technology or category likewise, with prefix and alias. Without columns: [...] all
columns are values that nothing else names and that except: [...] does not list; for years, those whose heading holds one.

Skipped are records by {column: NAME, is: TEXT or [TEXT, ...], why: ...} and values by {value: TEXT or [...], why: ...}; texts must be equal, numbers as numbers. A field
without a value is left out and listed; a text that is no number is an error unless it is skipped. A warning tells an alias or a condition that nothing
in the file meets.`,
	Needs: []string{"mapping"},
	read:  readMapped,
}

// mappingExample is a mapping as a first one may be written. A test reads it.
const mappingExample = `    table:
      name: our_grid
      title: Carbon intensity of our grids
      source: "Institute of Examples ({released}), Grid statistics"
      url: https://example.org/grids
      licence: CC-BY-4.0
      released: 2025-03
    file:                     # all found out where it is not said
      separator: ";"
      decimal: ","
      header: 2               # the second line that is not empty has the names of the columns
    row:
      factor: electricity
      category: climate_change
      region: {column: Land, alias: {Tschechien: CZE}}
      year: {column: Jahr}
      value: {column: Wert}
      unit: g CO2e/kWh
      flow: production
      point: generation
      scope: life_cycle
      margin: average
      quality: modelled
      distribution: lognormal(value, 1.2)
    skip:
      - {column: Land, is: [Summe, EU27], why: a group of countries}
      - {value: ["-", ".."], why: not available}
`

func readMapped(j *job) {
	if j.Mapping == nil {
		j.probs.Add(diag.Problem{Code: diag.MissingValue, Place: diag.Place{File: j.Name}, Message: "what the columns mean is not said", Hint: "give --mapping FILE"})
		return
	}
	var told diag.List // those of this file, whether or not they were told for another
	defer func() { j.probs.Merge(&told) }()
	file, dialect := readMappingFile(j.Mapping, &told)
	if file == nil {
		return
	}
	c := foreign.OpenCSV(j.Name, j.Text, dialect, &told)
	var columns []string
	if c != nil {
		columns = c.Columns()
	}
	m := file.compile(columns, j.Options, &told)
	if c == nil || told.Count(diag.Error) > 0 {
		return
	}
	r := mappedReader{job: j, mapping: m, c: c, told: &told}
	before := j.rows
	for c.Next() {
		r.record()
	}
	r.unused(j.Name)
	if j.rows == before && told.Count(diag.Error) == 0 {
		told.Add(diag.Problem{Code: diag.MissingValue, Place: diag.Place{File: j.Name}, Message: fmt.Sprintf("the mapping gives no row of the file, which has %d records", c.Rows()),
			Hint: "what is left out is listed with its reason"})
	}
}

// mappedReader reads the records of a file by a mapping.
type mappedReader struct {
	*job
	*mapping
	c      *foreign.CSV
	told   *diag.List
	listed bool // the headings that are no region are
}

// record reads a record.
func (r *mappedReader) record() {
	for _, s := range r.skips {
		if s.Column != "" && s.is(r.pointed(r.c.Text(s.Column))) {
			s.used = true
			r.leave("", s.Why)
			return
		}
	}
	if r.becomes == "" {
		for _, s := range r.rows {
			r.value(s, s.get("value").column, nil)
		}
		return
	}
	for i := range r.headings {
		h := &r.headings[i]
		if h.wrong != nil {
			if !r.listed {
				r.left(foreign.Left{Place: r.c.Header(), What: "column " + h.column, Why: h.wrong.message})
			}
			continue
		}
		for _, s := range r.rows {
			r.value(s, h.column, h)
		}
	}
	r.listed = true
}

// leave lists a value, or a record where column is empty.
func (r *mappedReader) leave(column, why string) {
	if len(r.rows) == 1 && r.becomes == "" {
		column = ""
	}
	at := r.c.At(column)
	at.Column = ""
	r.left(foreign.Left{Place: at, What: r.title(column), Why: why})
}

// title names a record: by its first field that is not empty, and by what the row is found by.
func (r *mappedReader) title(column string) string {
	var parts []string
	add := func(text string) {
		if text != "" && !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	for _, name := range r.columns {
		if add(r.c.Text(name)); len(parts) > 0 {
			break
		}
	}
	for _, key := range []string{"region", "technology", "year", "from"} {
		if cell := r.rows[0].get(key); cell != nil && cell.column != "" {
			add(r.c.Text(cell.column))
		}
	}
	if add(column); len(parts) == 0 {
		return "row"
	}
	return strings.Join(parts, " ")
}

// found are the fields without which a row is not what the mapping says.
var found = []string{"category", "region", "technology"}

// value reads one value of a record.
func (r *mappedReader) value(s *rowSpec, column string, h *heading) {
	written := r.c.Text(column)
	for _, skip := range r.skips {
		if skip.Column == "" && skip.is(r.pointed(written)) {
			skip.used = true
			r.leave(column, skip.Why)
			return
		}
	}
	if written == "" {
		r.leave(column, "no value")
		return
	}
	var out Row
	failed := false
	var years [3]string // year, from, to
	for i := range rowFields {
		f, cell := &rowFields[i], s.fields[i]
		text := ""
		switch {
		case f.key == "value":
			continue
		case f.key == r.becomes:
			text = h.text
		case cell == nil:
			continue
		case cell.column == "":
			text = cell.constant
		default:
			if text = cell.names.text(r.c.Text(cell.column)); text == "" && (f.must || f.into == nil || slices.Contains(found, f.key)) {
				r.leave(column, "no "+f.key)
				return
			}
			if text != "" && f.check != nil {
				checked, wrong := f.check(text)
				if wrong != nil && wrong.leave {
					r.leave(column, wrong.message)
					return
				}
				if wrong != nil {
					p := r.c.Problem(diag.BadValue, cell.column, "%s", wrong.message)
					p.Hint = wrong.hint
					r.told.Add(p)
					failed = true
				}
				text = checked
			}
		}
		if f.into != nil {
			*f.into(&out) = text
		} else {
			years[slices.Index([]string{"year", "from", "to"}, f.key)] = text
		}
	}
	value, ok := r.c.Number(column)
	if !ok || failed {
		return
	}
	if value < 0 {
		p := r.c.Problem(diag.OutOfRange, column, "the value %s is negative", written)
		p.Hint = "a factor table holds no negative value: skip it, with the reason"
		r.told.Add(p)
		return
	}
	out.Value = r.c.Decimal(column)
	if out.From, out.To = span(years); out.From > out.To {
		r.told.Add(r.c.Problem(diag.OutOfRange, column, "the years run from %d to %d", out.From, out.To))
		return
	}
	if value == 0 {
		out.Distribution = "fixed" // none of the others can stand around 0
	} else if out.Distribution = valueWord.ReplaceAllString(out.Distribution, out.Value); !pedigreeForm.MatchString(out.Distribution) {
		d, err := dist.Parse(out.Distribution)
		if err == nil {
			err = d.Check(value)
		}
		if err != nil {
			r.told.Add(r.c.Problem(diag.BadDistribution, column, "%v", err))
			return
		}
	}
	if out.Category != "" && definitionOf(out.Factor) == nil { // of a factor that is read from a column
		r.told.Add(r.c.Problem(diag.UnknownName, s.get("factor").column, "no pack of the program defines the factor %q, and a burden is per something", out.Factor))
		return
	}
	r.job.row(r.c.At(""), r.table, out)
}

// pointed is a number with a point, for conditions that are written with one; other texts stay as they are.
func (r *mappedReader) pointed(text string) string {
	if with := strings.Replace(text, ",", ".", 1); r.c.Separator() != "," && with != text {
		if _, err := foreign.ParseNumber(with); err == nil {
			return with
		}
	}
	return text
}

// span is the first and last year of a row; 0 where none is given.
func span(years [3]string) (from, to int) {
	from, _ = strconv.Atoi(years[1])
	to, _ = strconv.Atoi(years[2])
	if y, err := strconv.Atoi(years[0]); err == nil {
		return y, y
	}
	return from, to
}
