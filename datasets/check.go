package datasets

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// CheckOptions say what a check may rely on. The zero value checks an inventory on its own.
type CheckOptions struct {
	Jobs int // workers; 0 for one a processor
	// Catalogue holds the ids of other kinds. A reference to a kind that it has must resolve; a reference to one that it lacks is not
	// looked at. A kind without inventory stands with an empty IDs.
	Catalogue map[string]*IDs
	Progress  func(rows int64) // called with the rows done so far, from the calling goroutine; may be nil
}

// Check reads every value once and adds to probs what the schema cannot tell: values that do not decode, required values that are
// missing, words and numbers out of bounds, ends before beginnings, ids that stand twice in any of the files, references that
// resolve to nothing. Problems and their order do not depend on the number of workers. Only a cancelled context is an error.
//
// Memory does not grow with the rows: beyond 2^21 distinct ids, duplicates and references within the kind are looked for in a part of
// the ids that their digests choose, and a warning says which part.
func (inv *Inventory) Check(ctx context.Context, opt CheckOptions, probs *diag.List) error {
	jobs := opt.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	window := 4 * jobs
	links := newLinks(inv, opt.Catalogue)
	var done int64
	for base := 0; base < len(inv.parts); base += window {
		results := make([]*partCheck, min(window, len(inv.parts)-base))
		next := make(chan int, len(results))
		for i := range results {
			next <- i
		}
		close(next)
		var workers sync.WaitGroup
		for range min(jobs, len(results)) {
			workers.Go(func() {
				for i := range next {
					results[i] = inv.checkPart(ctx, base+i, opt.Catalogue)
				}
			})
		}
		workers.Wait()
		if err := ctx.Err(); err != nil {
			return err
		}
		for i, r := range results {
			probs.Merge(&r.probs)
			links.merge(r, probs)
			done += inv.parts[base+i].rows
		}
		if opt.Progress != nil {
			opt.Progress(done)
		}
	}
	links.resolve(probs)
	return nil
}

// partCheck is what one part yields: problems that stand on their own, and ids and references to be set against the other parts'.
type partCheck struct {
	probs diag.List
	file  int
	ids   []idUse
	lost  []use // references to another kind that resolve to nothing, each text once
	own   []use // references to the inventory's own ids, each text once
	edges []edge
}

type idUse struct {
	id  key
	row int64
}

type use struct {
	column string
	text   string
	id     key
	place  place
}

// edge says that a row is a part of another.
type edge struct{ from, to key }

type place struct {
	file int
	row  int64
}

// columnCheck is the state of one column in one part.
type columnCheck struct {
	field *Field
	words []*fault // of each code of the dictionary
	keys  []key
	seen  []bool // codes whose reference was looked at
}

func (inv *Inventory) checkPart(ctx context.Context, at int, catalogue map[string]*IDs) *partCheck {
	out := &partCheck{file: inv.parts[at].file}
	file := inv.files[out.file]
	var names []string
	var columns []*columnCheck
	for i := range inv.kind.Columns {
		if f := &inv.kind.Columns[i]; file.columns[i] >= 0 {
			names = append(names, f.Name)
			columns = append(columns, &columnCheck{field: f})
		}
	}
	r, err := inv.Open(at, names)
	if err != nil {
		addError(&out.probs, diag.Place{File: file.Name}, err)
		return out
	}
	defer r.Close()
	var b column.Batch
	for ctx.Err() == nil {
		more, err := r.Next(&b)
		if err != nil {
			addError(&out.probs, diag.Place{File: file.Name}, err)
		}
		if err != nil || !more {
			break
		}
		for i, c := range columns {
			out.values(file.Name, c, &b.Columns[i], &b)
			if c.field.References != "" {
				out.references(inv, c, &b.Columns[i], &b, catalogue)
			}
		}
		out.order(file.Name, columns, &b)
		out.together(inv, file, columns, &b)
		out.years(inv.kind.Period, file.Name, columns, &b)
		out.identify(inv, columns, &b)
	}
	return out
}

// together refuses values that say nothing without another one, an energy whose boundary is not stated, for example: nothing could use them.
func (p *partCheck) together(inv *Inventory, file *inventoryFile, columns []*columnCheck, b *column.Batch) {
	for i, c := range columns {
		for _, name := range c.field.With {
			k := slices.IndexFunc(columns, func(o *columnCheck) bool { return o.field.Name == name })
			other, _ := inv.kind.Column(name)
			for row := range b.Rows {
				if b.Columns[i].Valid.Get(row) && (k < 0 || !b.Columns[k].Valid.Get(row)) {
					p.probs.Add(diag.Problem{Code: diag.MissingValue, Place: diag.Place{File: file.Name, Row: b.First + int64(row), Column: c.field.Name},
						Message: fmt.Sprintf("%s is given without %s: nothing can be made of it", c.field.Name, name), Hint: fmt.Sprintf("%s: %s", name, other.Doc)})
				}
			}
		}
	}
}

// years refuses a calendar year that the row's dates do not touch.
func (p *partCheck) years(period Period, file string, columns []*columnCheck, b *column.Batch) {
	at := func(name string) *column.Column {
		if i := slices.IndexFunc(columns, func(c *columnCheck) bool { return c.field.Name == name }); i >= 0 {
			return &b.Columns[i]
		}
		return nil
	}
	year, from, to := at(period.Year), at(period.From), at(period.To)
	if year == nil {
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
			p.probs.Add(diag.Problem{Code: diag.OutOfRange, Place: diag.Place{File: file, Row: b.First + int64(row), Column: period.Year},
				Message: fmt.Sprintf("%s is %v, but the dates are in %s", period.Year, year.Floats[row], span(dates.First(), dates.Last())), Hint: "give dates or a year, not both"})
		}
	}
}

func span(first, last int) string {
	if first == last {
		return fmt.Sprint(first)
	}
	return fmt.Sprintf("%d to %d", first, last)
}

// values checks each value of a column on its own.
func (p *partCheck) values(file string, c *columnCheck, col *column.Column, b *column.Batch) {
	f := c.field
	if f.Required && (col.Valid != nil || f.Type == lca.Text) {
		for i := range b.Rows {
			if !col.Valid.Get(i) || f.Type == lca.Text && col.Dict.Values[col.Codes[i]] == "" {
				p.probs.Add(f.missing().at(diag.Place{File: file, Row: b.First + int64(i), Column: f.Name}))
			}
		}
	}
	switch {
	case f.Values != nil || f.Registry != "":
		for len(c.words) < len(col.Dict.Values) {
			c.words = append(c.words, f.word(col.Dict.Values[len(c.words)]))
		}
		for i, code := range col.Codes {
			if col.Valid.Get(i) && c.words[code] != nil && col.Dict.Values[code] != "" {
				p.probs.Add(c.words[code].at(diag.Place{File: file, Row: b.First + int64(i), Column: f.Name}))
			}
		}
	case f.Min != nil || f.Max != nil:
		for i, v := range col.Floats {
			if f.Min != nil && v >= *f.Min && (f.Max == nil || v <= *f.Max) || !col.Valid.Get(i) {
				continue
			}
			if wrong := f.bounds(v); wrong != nil {
				p.probs.Add(wrong.at(diag.Place{File: file, Row: b.First + int64(i), Column: f.Name}))
			}
		}
	}
}

// order checks that what ends began before.
func (p *partCheck) order(file string, columns []*columnCheck, b *column.Batch) {
	for i, c := range columns {
		if c.field.After == "" {
			continue
		}
		for k, other := range columns {
			if other.field.Name != c.field.After {
				continue
			}
			end, begin := &b.Columns[i], &b.Columns[k]
			for row := range b.Rows {
				if end.Valid.Get(row) && begin.Valid.Get(row) && end.Floats[row] < begin.Floats[row] {
					p.probs.Errorf(diag.OutOfRange, diag.Place{File: file, Row: b.First + int64(row), Column: c.field.Name}, "%s %s is before %s %s",
						c.field.Name, dateText(end.Floats[row]), other.field.Name, dateText(begin.Floats[row]))
				}
			}
		}
	}
}

// identify gathers the rows' ids, and what each is a part of.
func (p *partCheck) identify(inv *Inventory, columns []*columnCheck, b *column.Batch) {
	var id *column.Column
	var idKeys []key
	for i, c := range columns {
		if c.field.Name == inv.kind.ID {
			id, idKeys = &b.Columns[i], c.hashes(b.Columns[i].Dict)
			for row := range b.Rows {
				if code := id.Codes[row]; id.Valid.Get(row) && id.Dict.Values[code] != "" {
					p.ids = append(p.ids, idUse{idKeys[code], b.First + int64(row)})
				}
			}
		}
	}
	if id == nil {
		return
	}
	for i, c := range columns {
		if c.field.References != inv.kind.Name {
			continue
		}
		col, keys := &b.Columns[i], c.hashes(b.Columns[i].Dict)
		for row := range b.Rows {
			if col.Valid.Get(row) && id.Valid.Get(row) && len(p.edges) < maxIDs {
				p.edges = append(p.edges, edge{idKeys[id.Codes[row]], keys[col.Codes[row]]})
			}
		}
	}
}

// references looks at each distinct reference once.
func (p *partCheck) references(inv *Inventory, c *columnCheck, col *column.Column, b *column.Batch, catalogue map[string]*IDs) {
	own := c.field.References == inv.kind.Name
	ids := catalogue[c.field.References]
	if !own && ids == nil {
		return
	}
	keys := c.hashes(col.Dict)
	for len(c.seen) < len(col.Dict.Values) {
		c.seen = append(c.seen, false)
	}
	for i, code := range col.Codes {
		if !col.Valid.Get(i) || c.seen[code] {
			continue
		}
		c.seen[code] = true
		u := use{c.field.Name, col.Dict.Values[code], keys[code], place{p.file, b.First + int64(i)}}
		switch {
		case own:
			p.own = append(p.own, u)
		case !ids.Has(u.text):
			p.lost = append(p.lost, u)
		}
	}
}

// hashes returns the digest of each string of a dictionary.
func (c *columnCheck) hashes(d *column.Dict) []key {
	for len(c.keys) < len(d.Values) {
		c.keys = append(c.keys, digest(d.Values[len(c.keys)]))
	}
	return c.keys
}

// unresolved is the problem of a reference to nothing.
func unresolved(file, kind string, u use, known []string) diag.Problem {
	p := diag.Problem{Code: diag.UnknownReference, Place: diag.Place{File: file, Row: u.place.row, Column: u.column},
		Message: fmt.Sprintf("no row of %s has the id %s", kind, quote(u.text)),
		Why:     "what the row refers to cannot be taken into account"}
	if near := diag.Nearest(u.text, known); near != "" {
		p.Hint = fmt.Sprintf("did you mean %s?", near)
	}
	return p
}
