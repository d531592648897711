package importers

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// rows gathers rows column by column and hands them to the sink in batches.
type rows struct {
	d        *delivery
	fields   []datasets.Field
	units    []unit.Unit
	index    map[string]int // of a column by name
	row      row
	set      []cell // what stands where the file says nothing
	setAt    []int  // the columns of which something does
	given    []bool // by column: it is of Options.Set
	effect   []bool // by column: what is of Options.Set stands in a row
	required []int  // the columns that every row needs
	batch    *Batch
	origin   [3]int // the columns of file, digest and record; -1 for none
	assumes  int    // the column of assumptions; -1 for none
	texts    []*interned
	ratios   map[conversion]ratio
	assumed  []string
	refusals []refusal
	stood    []bool                     // by column: a value of a record stands in a row
	refused  map[string]*columnRefusals // by column
}

// columnRefusals are the values of a column that did not stand in rows that were made.
type columnRefusals struct {
	count int64
	first refusal
	at    diag.Place
}

// cell is a value of a row.
type cell struct {
	has    bool
	code   int32 // of the text in the column's dictionary, where epoch is the dictionary's
	epoch  int32
	number float64
	text   string
}

// refusal is a value of the row that cannot stand in its column.
type refusal struct {
	column string
	text   string
	why    string
}

// conversion is a unit, as it is written, into a column.
type conversion struct {
	from   string
	column int
}

// row is the row that is being filled. It is used again for the next record.
type row struct {
	*rows
	cells  []cell
	filled []int // the columns that have a value
}

func newRows(d *delivery, columns []string) *rows {
	r := &rows{d: d, index: map[string]int{}, origin: [3]int{-1, -1, -1}, assumes: -1, ratios: map[conversion]ratio{}, refused: map[string]*columnRefusals{}}
	for _, f := range d.kind.Columns {
		if columns != nil && !slices.Contains(columns, f.Name) && !f.Required && !slices.Contains(originColumns[:], f.Name) && d.options.Set[f.Name] == "" {
			continue
		}
		r.index[f.Name] = len(r.fields)
		if f.Required {
			r.required = append(r.required, len(r.fields))
		}
		r.fields = append(r.fields, f)
		u := unit.One
		if f.Unit != "" {
			u = unit.MustParse(f.Unit)
		}
		r.units = append(r.units, u)
		if f.Type == lca.Text {
			r.texts = append(r.texts, newInterned())
		} else {
			r.texts = append(r.texts, nil)
		}
	}
	for i, name := range originColumns {
		if at, ok := r.index[name]; ok {
			r.origin[i] = at
		}
	}
	if at, ok := r.index["assumption"]; ok {
		r.assumes = at
	}
	r.row = row{rows: r, cells: make([]cell, len(r.fields))}
	r.stood = make([]bool, len(r.fields))
	r.set, r.given, r.effect = make([]cell, len(r.fields)), make([]bool, len(r.fields)), make([]bool, len(r.fields))
	return r
}

// originColumns say where a row was read.
var originColumns = [3]string{"origin_file", "origin_digest", "origin_row"}

// setAll reads what stands where the files say nothing, and tells what is missing.
func (r *rows) setAll() {
	for _, name := range sortedKeys(r.d.options.Set) {
		text := r.d.options.Set[name]
		f, ok := r.d.kind.Column(name)
		if !ok {
			p := diag.Problem{Code: diag.UnknownColumn, Message: fmt.Sprintf("%s has no column %q", r.d.kind.Name, name)}
			if near := diag.Nearest(name, r.d.kind.Names()); near != "" {
				p.Hint = "did you mean " + near + "?"
			}
			r.d.probs.Add(p)
			continue
		}
		v, why, hint := f.ParseCell(text)
		if why != "" {
			r.d.probs.Add(diag.Problem{Code: diag.BadValue, Message: why, Hint: hint})
			continue
		}
		r.always(r.index[name], cell{has: true, number: v.Number, text: v.Text})
		r.given[r.index[name]] = true
	}
	for _, name := range r.d.format.Needs {
		if f, ok := r.d.kind.Column(name); ok && r.d.options.Set[name] == "" {
			r.d.probs.Add(diag.Problem{Code: diag.MissingValue, Message: fmt.Sprintf("files of the format %s do not say the %s of their rows", r.d.format.Name, name), Why: f.Doc, Hint: fmt.Sprintf("--set %s=TEXT", name)})
		}
	}
}

// noneStood warns of columns of which each value was refused: mostly they are written in another way than is thought.
func (r *rows) noneStood() {
	for _, column := range sortedKeys(r.refused) {
		n := r.refused[column]
		if i, ok := r.index[column]; ok && r.stood[i] {
			continue
		}
		message := fmt.Sprintf("%s: none of %d values could be used; the first is %q", column, n.count, clipped(foreign.Plain(n.first.text)))
		if n.count == 1 {
			message = fmt.Sprintf("%s: its only value, %q, could not be used", column, clipped(foreign.Plain(n.first.text)))
		}
		r.d.probs.Add(diag.Problem{Code: diag.BadValue, Severity: diag.Warning, Place: n.at, Message: message, Why: n.first.why})
	}
}

// next empties the row for the next record.
func (r *rows) next() *row {
	for _, i := range r.row.filled {
		r.row.cells[i] = cell{}
	}
	r.row.filled = r.row.filled[:0]
	r.assumed = r.assumed[:0]
	r.refusals = r.refusals[:0]
	return &r.row
}

// at is the column of a name; the importer's own mistake where the kind has none.
func (r *rows) at(name string) int {
	i, ok := r.index[name]
	if !ok {
		panic(fmt.Sprintf("importers: %s fills the column %s, which %s has not", r.d.format.Name, name, r.d.kind.Name))
	}
	return i
}

// hasColumn reports whether rows have a column: two kinds of a format may differ.
func (r *rows) hasColumn(name string) bool { _, ok := r.index[name]; return ok }

// put fills a column.
func (r *row) put(i int, c cell) {
	if !r.cells[i].has {
		r.filled = append(r.filled, i)
	}
	c.has = true
	r.cells[i] = c
}

// text fills a column of text; an empty one stays missing. Texts become one line.
func (r *row) text(name, text string) {
	if text = foreign.Plain(text); text != "" {
		r.put(r.at(name), cell{text: text})
	}
}

// always says what stands in a column of the rows that follow where the file says nothing.
func (r *rows) always(i int, c cell) {
	if !slices.Contains(r.setAt, i) {
		r.setAt = append(r.setAt, i)
	}
	r.set[i], r.given[i] = c, false
}

// withoutEffect warns of what whoever imports has said of columns that every row has a value of all the same.
func (r *rows) withoutEffect() {
	for _, name := range sortedKeys(r.d.options.Set) {
		if i, ok := r.index[name]; ok && !r.effect[i] && r.d.report.Rows > 0 {
			r.d.probs.Add(diag.Problem{Code: diag.UnusedName, Severity: diag.Warning, Message: fmt.Sprintf("--set %s=%s has no effect", name, foreign.Plain(r.d.options.Set[name])),
				Why: fmt.Sprintf("what is read says the %s of every row itself", name)})
		}
	}
}

// throughout fills a column of text in all rows that follow; what whoever imports has said (Options.Set) goes before it.
func (r *rows) throughout(name, text string) {
	if r.d.options.Set[name] == "" {
		text = foreign.Plain(text)
		r.always(r.at(name), cell{has: text != "", text: text})
	}
}

// usually fills a column of text with what holds unless whoever imports has said something else (Options.Set).
func (r *row) usually(name, text string) {
	if !r.set[r.at(name)].has {
		r.text(name, text)
	}
}

// number fills a column of numbers, in the kind's unit.
func (r *row) number(name string, v float64) { r.put(r.at(name), cell{number: v}) }

// quantity fills a column of numbers from a value in another unit, converted with one rounding.
func (r *row) quantity(name string, v float64, from string) {
	i := r.at(name)
	r.put(i, cell{number: r.ratio(i, from).of(v)})
}

// ratio is what a value in one unit becomes in another.
type ratio struct{ num, den float64 }

func (r ratio) of(v float64) float64 { return v * r.num / r.den }

// ratio is what a value in a unit becomes in a column.
func (r *rows) ratio(i int, from string) ratio {
	key := conversion{from, i}
	out, ok := r.ratios[key]
	if !ok {
		if out.num, out.den, ok = unit.Ratio(unit.MustParse(from), r.units[i]); !ok {
			panic(fmt.Sprintf("importers: %s does not become %s", from, r.fields[i].Unit))
		}
		r.ratios[key] = out
	}
	return out
}

// date fills a column of dates with the day of an instant, in UTC.
func (r *row) date(name string, t time.Time) { r.put(r.at(name), cell{number: dayOf(t)}) }

// dayOf is the day of an instant as a column of dates has it.
func dayOf(t time.Time) float64 { return math.Floor(float64(t.Unix()) / 86400) }

// has reports whether the record has filled a column.
func (r *row) has(name string) bool { return r.cells[r.at(name)].has }

// assume adds to what the row says of its assumptions.
func (r *row) assume(format string, args ...any) {
	r.assumed = append(r.assumed, fmt.Sprintf(format, args...))
}

// refuse lists a value of the record that cannot stand in a column, once the row is delivered.
func (r *row) refuse(column, text, why string) {
	r.refusals = append(r.refusals, refusal{column, text, why})
}

// deliver adds the row to the inventory, as read from the record that l is of, the one of a number in its file. A value that the column refuses is left out of the row and listed. Where the row
// then lacks what every row needs it is not added, and deliver says why.
func (r *row) deliver(j *job, l foreign.Left, no int) (why string) {
	for _, i := range r.setAt {
		if r.cells[i].has || !r.set[i].has {
			continue
		}
		if t := r.texts[i]; t != nil && r.set[i].epoch != t.epoch {
			r.set[i].code, r.set[i].epoch = t.look(&r.fields[i], r.set[i].text), t.epoch
		}
		r.put(i, r.set[i])
		r.effect[i] = r.effect[i] || r.given[i]
	}
	if r.assumes >= 0 && len(r.assumed) > 0 {
		text := strings.Join(r.assumed, "; ")
		if r.cells[r.assumes].has {
			text = r.cells[r.assumes].text + "; " + text
		}
		r.put(r.assumes, cell{text: foreign.Plain(text)})
	}
	if r.origin[0] >= 0 {
		r.put(r.origin[0], cell{text: j.base()})
	}
	if r.origin[1] >= 0 && j.Digest != "" {
		r.put(r.origin[1], cell{text: j.Digest})
	}
	if r.origin[2] >= 0 && no > 0 {
		r.put(r.origin[2], cell{number: float64(no)})
	}
	if r.batch == nil {
		r.batch = newBatch(r.fields)
	}
	for _, i := range r.filled {
		if why := r.check(i); why != "" {
			r.refusals = append(r.refusals, refusal{r.fields[i].Name, r.shown(i), why})
			r.cells[i].has = false
		}
	}
	for _, i := range r.required {
		if !r.cells[i].has {
			return r.lacks(r.fields[i].Name)
		}
	}
	for _, x := range r.refusals {
		n := r.refused[x.column]
		if n == nil {
			n = &columnRefusals{first: x, at: l.Place}
			r.refused[x.column] = n
		}
		n.count++
		j.drop(foreign.Left{Place: l.Place, What: strings.TrimSpace(l.What + " " + x.column + " " + x.text), Why: x.why})
	}
	for _, i := range r.filled {
		if c := &r.cells[i]; c.has {
			r.batch.put(i, c)
			r.stood[i] = true
		}
	}
	if r.batch.Rows++; r.batch.Rows == batchRows {
		r.flush()
	}
	r.d.report.Rows++
	return ""
}

// lacks says why a row has no value that every row needs.
func (r *rows) lacks(column string) string {
	for _, x := range r.refusals {
		if x.column == column {
			return fmt.Sprintf("%s is not usable: %s", column, x.why)
		}
	}
	return column + " is missing"
}

// base is the file's name without the folders above it, which are nobody else's matter.
func (j *job) base() string { return j.Name[strings.LastIndexAny(j.Name, `/\`)+1:] }

// check says why a value cannot stand in its column.
func (r *rows) check(i int) string {
	f, c := &r.fields[i], &r.row.cells[i]
	if f.Type == lca.Text {
		t := r.texts[i]
		if c.epoch != t.epoch {
			c.code, c.epoch = t.look(f, c.text), t.epoch
		}
		return t.why[c.code]
	}
	if math.IsNaN(c.number) || math.IsInf(c.number, 0) {
		return "not a finite number"
	}
	return f.RefusesNumber(c.number)
}

// shown is a value as it is listed.
func (r *rows) shown(i int) string {
	c := &r.row.cells[i]
	if r.fields[i].Type == lca.Text {
		return c.text
	}
	return r.fields[i].CellText(c.number)
}

// flush hands the rows that are gathered to the sink.
func (r *rows) flush() {
	if r.batch == nil || r.batch.Rows == 0 {
		return
	}
	r.batch.close(r)
	if i, ok := r.index["licence"]; ok {
		r.d.report.countLicences(&r.batch.Columns[i])
	}
	if r.d.failed == nil {
		r.d.failed = r.d.to.Rows(r.batch)
	}
	r.batch = nil
}
