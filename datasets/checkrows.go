package datasets

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// partCheck checks the batches of one part in order: problems that stand on their own, and what is to be set against the other parts.
type partCheck struct {
	checking *Checking
	part     int
	file     string
	before   int64 // rows of the files before
	period   Period
	columns  []*columnCheck
	id       *columnCheck // nil where the file has none
	probs    diag.List
	lost     []use // references to another kind that resolve to nothing, each text once
	gathered *gathered
	alike    *alike // nil where nobody asked
	private  []private
}

// columnCheck is the state of one column in one part. What a string is worth is found once for each code of the dictionary.
type columnCheck struct {
	field  *Field
	index  int    // among the kind's columns
	at     int    // among the columns that are checked
	none   bool   // no row of the batch has a value
	known  int    // codes that were looked at
	blank  bool   // one of them is the empty string
	wrong  []bool // not of the list or registry
	wrongs int    // how many
	lost   []bool // refers to nothing
	losts  int    // how many
	seen   []bool // references within the kind that were gathered
	keys   []column.Digest

	private  []int8 // pattern of personal data that a string has, -1 for none and -2 for one that was told
	privates int    // strings that have one and were not told
}

func newPartCheck(c *Checking, part int) *partCheck {
	file := c.inv.parts[part].file
	f := c.inv.files[file]
	p := &partCheck{checking: c, part: part, file: f.Name, before: c.links.before[file], period: c.inv.kind.Period, gathered: c.gathered()}
	for i := range c.inv.kind.Columns {
		if f.columns[i] < 0 {
			continue
		}
		col := &columnCheck{field: &c.inv.kind.Columns[i], index: i, at: len(p.columns)}
		p.columns = append(p.columns, col)
		if col.field.Name == c.inv.kind.ID {
			p.id = col
		}
	}
	if c.opt.Suspect || c.opt.Overlaps && c.acceptsAll() == nil {
		p.alike = newAlike(p)
	}
	return p
}

// size is how much is held until the part's turn has come, beside what is gathered.
func (p *partCheck) size() int {
	return len(p.lost) + len(p.private) + min(p.probs.Count(diag.Error), segment)
}

// column finds a column of the file.
func (p *partCheck) column(name string) *columnCheck {
	if i := slices.IndexFunc(p.columns, func(c *columnCheck) bool { return c.field.Name == name }); i >= 0 {
		return p.columns[i]
	}
	return nil
}

// batch checks the next rows.
func (p *partCheck) batch(b *column.Batch) {
	for i, c := range p.columns {
		col := &b.Columns[i]
		c.look(col)
		if col.Dict != nil {
			c.learn(col.Dict, p.checking.opt.Catalogue)
			if p.checking.opt.Suspect {
				p.personal(c, b)
			}
		}
		p.required(c, b)
		if c.none {
			continue
		}
		p.words(c, b)
		p.bounds(c, b)
		p.references(c, b)
	}
	for _, c := range p.columns {
		if !c.none {
			p.order(c, b)
		}
	}
	for _, c := range p.columns {
		if !c.none {
			p.together(c, b)
		}
	}
	p.years(b)
	p.identify(b)
	if p.alike != nil {
		p.alike.twinClass, p.alike.spanClass = class(p.checking.twins.Load()), class(p.checking.spans.Load())
		p.alike.batch(b, place(p.before+b.First), &p.gathered.alike)
	}
	if len(p.lost) > 0 || p.probs.Count(diag.Error) > 0 {
		p.checking.found.Store(true)
	}
}

// look finds out whether any row of a batch has a value.
func (c *columnCheck) look(col *column.Column) {
	c.none = col.Valid != nil && !slices.ContainsFunc(col.Valid, func(w uint64) bool { return w != 0 })
}

// add adds a problem of a row. The text is not made of one that is only counted.
func (p *partCheck) add(b *column.Batch, row int, c *columnCheck, code diag.Code, of func() *fault) {
	if p.probs.Full() {
		p.probs.Add(diag.Problem{Code: code, Place: diag.Place{File: p.file}})
		return
	}
	p.probs.Add(of().at(diag.Place{File: p.file, Row: b.First + int64(row), Column: c.field.Name}))
}

// learn looks at new strings of a dictionary.
func (c *columnCheck) learn(d *column.Dict, catalogue map[string]*IDs) {
	f := c.field
	ids := catalogue[f.References]
	for ; c.known < len(d.Values); c.known++ {
		text := d.Values[c.known]
		c.blank = c.blank || text == ""
		if f.Values != nil || f.Registry != "" {
			wrong := text != "" && !f.accepts(text)
			if c.wrong = append(c.wrong, wrong); wrong {
				c.wrongs++
			}
		}
		if ids != nil {
			lost := !ids.Has(text)
			if c.lost = append(c.lost, lost); lost {
				c.losts++
			}
		}
	}
}

// required refuses rows without a value that every row needs.
func (p *partCheck) required(c *columnCheck, b *column.Batch) {
	col := &b.Columns[c.at]
	if !c.field.Required || col.Valid == nil && !c.blank && col.Digests == nil {
		return
	}
	for row := range b.Rows {
		if !col.Valid.Get(row) || c.blankAt(col, row) {
			p.add(b, row, c, diag.MissingValue, c.field.missing)
		}
	}
}

var blank = column.DigestOf("")

// blankAt reports whether the empty string stands in a row.
func (c *columnCheck) blankAt(col *column.Column, row int) bool {
	if col.Digests != nil {
		return col.Digests[row] == blank
	}
	return c.blank && col.Dict.Values[col.Codes[row]] == ""
}

// words refuses texts that are not of the column's list or registry.
func (p *partCheck) words(c *columnCheck, b *column.Batch) {
	if c.wrongs == 0 {
		return
	}
	col := &b.Columns[c.at]
	for row, code := range col.Codes {
		if c.wrong[code] && col.Valid.Get(row) {
			p.add(b, row, c, diag.BadValue, func() *fault { return c.field.word(col.Dict.Values[code]) })
		}
	}
}

// bounds refuses numbers out of bounds. A row without a value has the number zero, which may be out of bounds too.
func (p *partCheck) bounds(c *columnCheck, b *column.Batch) {
	f := c.field
	if f.Min == nil && f.Max == nil {
		return
	}
	low, high := math.Inf(-1), math.Inf(1)
	if f.Min != nil {
		low = *f.Min
	}
	if f.Max != nil {
		high = *f.Max
	}
	col := &b.Columns[c.at]
	for row, v := range col.Floats {
		if (v < low || v > high) && col.Valid.Get(row) {
			p.add(b, row, c, diag.OutOfRange, func() *fault { return f.bounds(v) })
		}
	}
}

// order checks that what ends began before.
func (p *partCheck) order(c *columnCheck, b *column.Batch) {
	if c.field.After == "" {
		return
	}
	other := p.column(c.field.After)
	if other == nil || other.none {
		return
	}
	end, begin := &b.Columns[c.at], &b.Columns[other.at]
	for row := range b.Rows {
		if end.Floats[row] < begin.Floats[row] && end.Valid.Get(row) && begin.Valid.Get(row) {
			p.add(b, row, c, diag.OutOfRange, func() *fault {
				return &fault{diag.OutOfRange, fmt.Sprintf("%s %s is before %s %s", c.field.Name, dateText(end.Floats[row]), other.field.Name, dateText(begin.Floats[row])), ""}
			})
		}
	}
}

// together refuses values that say nothing without another one, an energy whose boundary is not stated, for example: nothing could use them.
func (p *partCheck) together(c *columnCheck, b *column.Batch) {
	for _, name := range c.field.With {
		var needed column.Bitmap
		if other := p.column(name); other == nil {
			needed = column.NewBitmap(b.Rows)
		} else if needed = b.Columns[other.at].Valid; needed == nil {
			continue
		}
		valid := b.Columns[c.at].Valid
		for i, w := range needed {
			alone := word(valid, i, b.Rows) &^ w
			for ; alone != 0; alone &= alone - 1 {
				p.add(b, i*64+bits.TrailingZeros64(alone), c, diag.MissingValue, func() *fault {
					other, _ := p.checking.inv.kind.Column(name)
					return &fault{diag.MissingValue, fmt.Sprintf("%s is given without %s: nothing can be made of it", c.field.Name, name), fmt.Sprintf("%s: %s", name, other.Doc)}
				})
			}
		}
	}
}

// word is a word of a bitmap of rows, also where it is nil: all of them.
func word(b column.Bitmap, i, rows int) uint64 {
	switch {
	case b != nil:
		return b[i]
	case rows >= (i+1)*64:
		return ^uint64(0)
	}
	return 1<<uint(rows-i*64) - 1
}

// years refuses a calendar year that the row's dates do not touch.
func (p *partCheck) years(b *column.Batch) {
	c := p.column(p.period.Year)
	if c == nil || c.none {
		return
	}
	at := func(name string) *column.Column {
		if d := p.column(name); d != nil && !d.none {
			return &b.Columns[d.at]
		}
		return nil
	}
	year, from, to := &b.Columns[c.at], at(p.period.From), at(p.period.To)
	if from == nil && to == nil {
		return
	}
	date := func(c *column.Column, row int) (float64, bool) {
		if c == nil || !c.Valid.Get(row) {
			return 0, false
		}
		return c.Floats[row], true
	}
	for row := range b.Rows {
		if !year.Valid.Get(row) {
			continue
		}
		f, hasF := date(from, row)
		t, hasT := date(to, row)
		if dates, ok := amounts.PeriodOf(f, hasF, t, hasT, 0, false); ok && (year.Floats[row] < float64(dates.First()) || year.Floats[row] > float64(dates.Last())) {
			p.add(b, row, c, diag.OutOfRange, func() *fault {
				return &fault{diag.OutOfRange, fmt.Sprintf("%s is %v, but the dates are in %s", p.period.Year, year.Floats[row], span(dates.First(), dates.Last())), "give dates or a year, not both"}
			})
		}
	}
}

func span(first, last int) string {
	if first == last {
		return fmt.Sprint(first)
	}
	return fmt.Sprintf("%d to %d", first, last)
}
