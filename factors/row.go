package factors

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// reading is a table's records while they become Rows.
type reading struct {
	*loader
	table  *table
	record []string
	cells  [columnCount]*cell // of the record; of value and note nil
	failed bool
}

// text is a field of the record, or what pack.yaml says for all rows.
func (r *reading) text(col int) string {
	if at := r.table.at[col]; at >= 0 {
		return r.record[at]
	}
	return r.table.constant[col]
}

// row reads a record; false where any field of it is wrong, each of which is reported.
func (r *reading) row(record []string) (Row, bool) {
	r.record, r.failed = record, false
	for col := range r.cells {
		if col == colValue || col == colNote {
			continue
		}
		c := r.loader.cell(col, r.text(col))
		if r.cells[col] = c; c.wrong != nil {
			r.fail(col, c.wrong.code, c.wrong.hint, "%s", c.wrong.message)
		}
	}
	line, _ := r.table.reader.FieldPos(0)
	row := Row{Factor: r.cells[colFactor].text, Category: r.cells[colCategory].text, Region: r.cells[colRegion].text, Technology: r.cells[colTechnology].text,
		region: r.cells[colRegion].number, technology: r.cells[colTechnology].number, published: r.cells[colReleased].number,
		table: r.table.Table, line: int32(line), layer: uint8(r.table.Layer), stands: 2*uint8(r.table.Layer) + 1}
	row.Form = r.forms.one(Form{r.cells[colBoundary].text, r.cells[colFlow].text, r.cells[colPoint].text, r.cells[colScope].text, r.cells[colMargin].text})
	row.Origin = r.origins.one(Origin{r.cells[colQuality].text, r.cells[colSeries].text, r.cells[colSource].text, r.cells[colURL].text, r.cells[colReleased].text, r.cells[colLicence].text})
	row.rank = rank(row.Boundary)
	if note := r.text(colNote); note != "" {
		if why := badText("note", note); why != nil {
			r.fail(colNote, why.code, why.hint, "%s", why.message)
		}
		row.Note = strings.Clone(note)
	}
	r.period(&row)
	d, ok := r.pack.Definition(row.Factor)
	if !ok {
		why := r.noFactor(row.Factor)
		r.fail(colFactor, why.code, why.hint, "%s", why.message)
	} else {
		r.keys(&row, d)
	}
	r.value(&row)
	r.measure(&row, d)
	return row, !r.failed
}

// fail reports a problem at a column.
func (r *reading) fail(col int, code diag.Code, hint, format string, args ...any) {
	p := r.table.problem(col, code, format, args...)
	p.Hint = hint
	r.probs.Add(p)
	r.failed = true
}

// keys: a row says exactly what its factor is found by.
func (r *reading) keys(row *Row, d *Definition) {
	for _, k := range [...]struct {
		col   int
		value string
		keyed bool
	}{{colRegion, row.Region, d.byRegion}, {colTechnology, row.Technology, d.byTechnology}} {
		if k.keyed == (k.value != "") {
			continue
		}
		name := columnNames[k.col]
		if k.keyed {
			r.fail(k.col, diag.MissingValue, "", "%s is found by %s, and this row has none", d.Name, name)
		} else {
			r.fail(k.col, diag.BadValue, fmt.Sprintf("leave it empty, or add %s to the factor's keys in pack.yaml", name),
				"%s is not found by %s: nothing would read %q", d.Name, name, k.value)
		}
	}
	if !d.byYear && row.From != 0 {
		r.fail(colFrom, diag.BadValue, "leave valid_from and valid_to empty, or add year to the factor's keys in pack.yaml", "%s is not found by year", d.Name)
	}
}

func (r *reading) period(row *Row) {
	if r.cells[colFrom].wrong != nil || r.cells[colTo].wrong != nil {
		return
	}
	switch from, to := int(r.cells[colFrom].number), int(r.cells[colTo].number); {
	case (from == 0) != (to == 0):
		r.fail(colFrom, diag.MissingValue, "give both years, or neither where the value does not depend on time", "only one of valid_from and valid_to is given")
	case from > to:
		r.fail(colFrom, diag.OutOfRange, "", "valid_from %d is after valid_to %d", from, to)
	default:
		row.From, row.To = from, to
	}
}

// value reads the number and its distribution.
func (r *reading) value(row *Row) {
	v, wrong := readValue(r.text(colValue))
	if wrong != nil {
		r.fail(colValue, wrong.code, wrong.hint, "%s", wrong.message)
		return
	}
	if v < 0 {
		r.negative(row)
		return
	}
	row.Value = v + 0 // -0 becomes 0
	c := r.cells[colDistribution]
	if c.wrong != nil {
		return
	}
	d, err := c.spread.around(row.Value)
	if err == nil {
		err = d.Check(row.Value)
	}
	if err != nil {
		r.fail(colDistribution, diag.BadDistribution, "", "%v", err)
	} else if lo, hi := d.Bounds(); row.Value == 0 && d.Family() != dist.Fixed && lo != hi {
		r.fail(colDistribution, diag.BadDistribution, "fixed, or a value that is not 0", "a spread about 0 cannot be drawn as a part of the value: %s would have no effect", d)
	}
	row.Distribution = d
}

// readValue reads a finite decimal number.
func readValue(text string) (float64, *fault) {
	if text == "" {
		return 0, &fault{diag.MissingValue, "the row has no value", "leave the row out where the source supplies no value"}
	}
	if why := badText(columnNames[colValue], text); why != nil {
		return 0, why
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !decimal(text) || math.IsInf(v, 0) {
		return 0, &fault{diag.BadType, fmt.Sprintf("expected a finite decimal number, found %q", text), ""}
	}
	return v, nil
}

// negative refuses a value below zero; that of water is known of others' tables and has a code of its own.
func (r *reading) negative(row *Row) {
	code, hint := diag.OutOfRange, "a credit is a factor of its own, with its amount as a positive value"
	if row.Category == "water_consumption" {
		code, hint = diag.NegativeWater, "no activity gives back more water than it takes: look at the source for an error of sign or of subtraction"
	}
	r.fail(colValue, code, hint, "the value %s is negative", r.text(colValue))
}

// decimal reports whether a number is written as people do, not as Go also allows.
func decimal(text string) bool {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9', c == '.', c == '+', c == '-', c == 'e', c == 'E':
		default:
			return false
		}
	}
	return true
}

// measure checks category and unit against each other; d is nil where the factor is unknown.
func (r *reading) measure(row *Row, d *Definition) {
	u := r.cells[colUnit]
	if u.wrong != nil {
		return
	}
	row.Measure = r.measures.one(u, r.cells[colDistribution].spread.words)
	if d == nil || r.cells[colCategory].wrong != nil {
		return
	}
	fits := [3]string{row.Factor, row.Category, row.UnitText}
	if r.fitting[fits] {
		return
	}
	burden := row.Category != ""
	if d.started && burden != d.categories {
		r.fail(colCategory, diag.BadValue, "", "%s has rows with a category and rows without one: one factor is one or the other", d.Name)
		return
	}
	if !burden && !d.unitKnown {
		d.unit, d.unitKnown = row.Unit, true // what is not declared is what the first row says
	}
	d.started, d.categories = true, burden
	want, ok := d.expects(row.Category)
	if ok && !row.Unit.Compatible(want) {
		p := r.table.problem(colUnit, diag.UnitMismatch, "%s cannot be converted to %s", row.UnitText, want)
		if burden {
			p.Why = fmt.Sprintf("%s is counted per %s, and %s", d.Name, d.Per, categoryUnit(row.Category))
		} else {
			p.Why = fmt.Sprintf("the unit of %s", d.Name)
		}
		r.probs.Add(p)
		r.failed = true
		return
	}
	r.fitting[fits] = true
}

func categoryUnit(name string) string {
	c, _ := lca.Words().Category(name)
	return name + " in " + c.Unit
}

// shared keeps one copy of what many rows have in common.
type shared[T comparable] struct {
	last *T
	all  map[T]*T
}

func (s *shared[T]) one(v T) *T {
	if s.last != nil && *s.last == v {
		return s.last
	}
	if s.all == nil {
		s.all = map[T]*T{}
	}
	have := s.all[v]
	if have == nil {
		have = new(T) // not &v, which would allocate at every call
		*have = v
		s.all[v] = have
	}
	s.last = have
	return have
}

// measures keeps one copy of each unit and way of stating uncertainty.
type measures struct {
	last *Measure
	all  map[[2]string]*Measure
}

func (m *measures) one(u *cell, words string) *Measure {
	if m.last != nil && m.last.UnitText == u.text && m.last.Uncertainty == words {
		return m.last
	}
	return m.measure(u.unit, u.text, words)
}

func (m *measures) measure(u unit.Unit, text, words string) *Measure {
	if m.all == nil {
		m.all = map[[2]string]*Measure{}
	}
	key := [2]string{text, words}
	if m.all[key] == nil {
		m.all[key] = &Measure{Unit: u, UnitText: text, Uncertainty: words}
	}
	m.last = m.all[key]
	return m.last
}

// around is the distribution of a value; that of a pedigree about 0 is fixed, for its spread is a factor.
func (u *uncertainty) around(value float64) (dist.Dist, error) {
	if u.gsd2 == 0 || value == 0 {
		return u.dist, nil
	}
	return dist.New(dist.Lognormal, value, u.gsd2)
}
