package factors

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/names"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Years outside of these are taken for a slip.
const (
	firstYear = 1900
	lastYear  = 2200
)

// reading is a record while it becomes a Row.
type reading struct {
	*loader
	table  *table
	record []string
	failed bool
}

// row reads a record; false where any field of it is wrong, each of which is reported.
func (l *loader) row(t *table, record []string) (Row, bool) {
	r := &reading{loader: l, table: t, record: record}
	line, _ := t.reader.FieldPos(0)
	row := Row{
		Factor: record[colFactor], Category: record[colCategory], Region: record[colRegion], Technology: record[colTechnology],
		Boundary: record[colBoundary], Flow: record[colFlow], Point: record[colPoint], Scope: record[colScope], Margin: record[colMargin],
		Quality: record[colQuality], Source: record[colSource], URL: record[colURL], Released: record[colReleased], Licence: record[colLicence],
		Note: record[colNote], UnitText: record[colUnit], Place: diag.Place{File: t.file, Line: line, Col: 1},
	}
	for i, field := range record {
		if strings.TrimSpace(field) != field {
			r.fail(i, diag.BadValue, "", "%s has spaces or line breaks around %q", columnNames[i], strings.TrimSpace(field))
		}
		if strings.ContainsFunc(field, func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }) {
			r.fail(i, diag.BadValue, "", "%s holds a control character", columnNames[i])
		}
	}
	r.period(&row)
	d, ok := l.pack.Definition(row.Factor)
	if !ok {
		r.fail(colFactor, diag.UnknownName, meant(row.Factor, l.factorNames()), "pack.yaml defines no factor %q", row.Factor)
	} else {
		r.keys(&row, d)
	}
	r.value(&row)
	r.measure(&row, d)
	r.words(&row)
	r.provenance(&row)
	return row, !r.failed
}

// fail reports a problem at a field.
func (r *reading) fail(col int, code diag.Code, hint, format string, args ...any) {
	p := r.table.problem(col, code, format, args...)
	p.Hint = hint
	r.probs.Add(p)
	r.failed = true
}

// keys: a row says exactly what its factor is found by.
func (r *reading) keys(row *Row, d *Definition) {
	for _, k := range []struct {
		col   int
		value string
		keyed bool
	}{{colRegion, row.Region, d.byRegion}, {colTechnology, row.Technology, d.byTechnology}} {
		name := columnNames[k.col]
		switch {
		case k.keyed && k.value == "":
			r.fail(k.col, diag.MissingValue, "", "%s is found by %s, and this row has none", d.Name, name)
		case !k.keyed && k.value != "":
			r.fail(k.col, diag.BadValue, fmt.Sprintf("leave it empty, or add %s to the factor's keys in pack.yaml", name),
				"%s is not found by %s: nothing would read %q", d.Name, name, k.value)
		}
	}
	if !d.byYear && row.From != 0 {
		r.fail(colFrom, diag.BadValue, "leave valid_from and valid_to empty, or add year to the factor's keys in pack.yaml", "%s is not found by year", d.Name)
	}
	if row.Region != "" {
		if _, ok := names.Regions().Lookup(row.Region); !ok {
			hint := "codes stand in lca/names/regions.csv"
			if near := names.Regions().Nearest(row.Region); near != "" {
				hint = "did you mean " + near + "?"
			}
			r.fail(colRegion, diag.UnknownName, hint, "unknown region %q", row.Region)
		}
	}
}

func (r *reading) period(row *Row) {
	years := [2]int{}
	for i, col := range []int{colFrom, colTo} {
		text := r.record[col]
		if text == "" {
			continue
		}
		y, err := strconv.Atoi(text)
		if err != nil || len(text) != 4 || y < firstYear || y > lastYear {
			r.fail(col, diag.BadValue, "", "%s is a year from %d to %d, found %q", columnNames[col], firstYear, lastYear, text)
			return
		}
		years[i] = y
	}
	switch from, to := years[0], years[1]; {
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
	text := strings.TrimSpace(r.record[colValue]) // spaces are reported already
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case text == "":
		r.fail(colValue, diag.MissingValue, "leave the row out where the source supplies no value", "the row has no value")
		return
	case err != nil || strings.Trim(text, "+-.0123456789eE") != "" || math.IsInf(v, 0):
		r.fail(colValue, diag.BadType, "", "expected a finite decimal number, found %q", text)
		return
	case v < 0:
		r.fail(colValue, diag.OutOfRange, "a credit is a factor of its own, with its amount as a positive value", "the value %s is negative", text)
		return
	}
	row.Value = v + 0 // -0 becomes 0
	d, err := dist.Parse(r.record[colDistribution])
	if err == nil {
		err = d.Check(row.Value)
	}
	if err != nil {
		r.fail(colDistribution, diag.BadDistribution, "", "%v", err)
	}
	row.Distribution = d
}

// measure reads category and unit and checks them against each other; d is nil where the factor is unknown.
func (r *reading) measure(row *Row, d *Definition) {
	_, known := lca.Words().Category(row.Category)
	if row.Category != "" && !known {
		r.fail(colCategory, diag.UnknownName, meant(row.Category, categoryNames()), "unknown category %q", row.Category)
		d = nil
	}
	parsed, ok := r.units[row.UnitText]
	if !ok {
		parsed.unit, parsed.err = unit.Parse(row.UnitText)
		r.units[strings.Clone(row.UnitText)] = parsed
	}
	if parsed.err != nil {
		r.fail(colUnit, diag.BadUnit, "", "%v", parsed.err)
		return
	}
	row.Unit = parsed.unit
	if d == nil {
		return
	}
	fits := [3]string{row.Factor, row.Category, row.UnitText}
	if r.fitting[fits] {
		return
	}
	burden := row.Category != ""
	if d.started && d.categories != burden || burden && d.unitKnown {
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

// words checks the fields that hold one of a few words.
func (r *reading) words(row *Row) {
	check := func(col int, value string, known []string) {
		if value != "" && !slices.Contains(known, value) {
			r.fail(col, diag.UnknownName, meant(value, known), "unknown %s %q", columnNames[col], value)
		}
	}
	check(colBoundary, row.Boundary, boundaries)
	row.rank = rank(row.Boundary)
	for i, value := range row.selectors().values() {
		check(colFlow+i, value, selectors[i].words)
	}
	check(colQuality, row.Quality, lca.Names(lca.Words().Qualities))
}

// provenance: no figure without a source, a date and a licence.
func (r *reading) provenance(row *Row) {
	for _, col := range []int{colQuality, colSource, colReleased, colLicence} {
		if r.record[col] == "" {
			r.fail(col, diag.MissingValue, "", "the row has no %s", columnNames[col])
		}
	}
	if row.Released != "" && !someDate.MatchString(row.Released) {
		r.fail(colReleased, diag.BadValue, "", "released is a date such as 2025, 2025-03 or 2025-03-14, found %q", row.Released)
	}
	if row.URL != "" && !strings.HasPrefix(row.URL, "https://") && !strings.HasPrefix(row.URL, "http://") {
		r.fail(colURL, diag.BadValue, "an address starts with https://", "url is not a web address: %q", row.URL)
	}
}
