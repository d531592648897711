package engine

import (
	"fmt"
	"math"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// general is what evaluating the rules for every row takes.
type general struct {
	sub     column.Batch // rows taken out of a batch
	memory  []column.Column
	every   []int32
	status  []amounts.Status
	units   []string // of each row
	cursors []cursor
	scopes  column.Memo[amounts.Status]
	planned column.Memo[bool]
	parts   map[amounts.Part]int32
	single  map[amounts.Target]int32 // bundles of one cell
	masks   []uint64                 // of each row, a bit for each flow of a unit that has the row
	letters map[uint64]string        // of masks
}

func (g *general) forget() {
	g.scopes.Forget()
	g.planned.Forget()
}

// generally evaluates the rules for rows of a batch, nil for all, and adds their amounts.
func (l *lane) generally(b *column.Batch, rows []int32) error {
	g := &l.general
	if rows == nil {
		for len(g.every) < b.Rows {
			g.every = append(g.every, int32(len(g.every)))
		}
		rows = g.every[:b.Rows]
	} else {
		b = g.take(b, rows)
	}
	if err := l.evaluate(b); err != nil {
		return err
	}
	g.statuses(l, b)
	g.unitsOf(l, b.Rows)
	for i, s := range g.status {
		l.counts.Rows[s]++
		if _, dated := l.layout.periodOf(b, i); !dated && takesPart(s) && l.layout.hasPeriod() {
			l.counts.noPeriod(b.File, b.First+int64(rows[i]))
		}
	}
	g.grades(l, b.Rows)
	return l.rows(b, rows)
}

// evaluate has the evaluator look at its own columns of a batch.
func (l *lane) evaluate(b *column.Batch) error {
	eval := *b
	eval.Columns = b.Columns[:len(l.inv.Columns)]
	return l.evaluator.Evaluate(&eval)
}

// take copies rows of a batch into one of their own. Its First is that of the whole.
func (g *general) take(b *column.Batch, rows []int32) *column.Batch {
	if len(g.memory) != len(b.Columns) {
		g.memory, g.sub.Columns = make([]column.Column, len(b.Columns)), make([]column.Column, len(b.Columns))
	}
	g.sub.Rows, g.sub.First, g.sub.File = len(rows), b.First, b.File
	for c := range b.Columns {
		takeRows(&b.Columns[c], rows, &g.memory[c])
		g.sub.Columns[c] = g.memory[c]
	}
	return &g.sub
}

// takeRows copies rows of a column into another one's memory.
func takeRows(from *column.Column, rows []int32, to *column.Column) {
	to.Type, to.Dict = from.Type, from.Dict
	switch from.Type {
	case column.String:
		to.Codes = grow(to.Codes, len(rows))
		for k, i := range rows {
			to.Codes[k] = from.Codes[i]
		}
	case column.Bool:
		to.Bools = grow(to.Bools, len(rows))
		for k, i := range rows {
			to.Bools[k] = from.Bools[i]
		}
	default:
		to.Floats = grow(to.Floats, len(rows))
		for k, i := range rows {
			to.Floats[k] = from.Floats[i]
		}
	}
	valid := to.Valid
	if from.Valid == nil {
		to.Valid = nil
		return
	}
	valid = grow(valid, (len(rows)+63)/64)
	clear(valid)
	for k, i := range rows {
		if from.Valid.Get(int(i)) {
			valid.Set(k)
		}
	}
	to.Valid = valid
}

// statuses decides what each row takes part in.
func (g *general) statuses(l *lane, b *column.Batch) {
	g.status = grow(g.status, b.Rows)
	keep := l.evaluator.Keep()
	var scope, partOf, alternativeTo, planned *column.Column
	var scopeOf []amounts.Status
	var isPlanned []bool
	if at := l.layout.scope; at >= 0 {
		scope = &b.Columns[at]
		scopeOf = g.scopes.Of(scope.Dict, func(word string) amounts.Status { return scopes[word] })
	}
	if at := l.layout.partOf; at >= 0 {
		partOf = &b.Columns[at]
	}
	if at := l.layout.alternativeTo; at >= 0 {
		alternativeTo = &b.Columns[at]
	}
	if at := l.layout.planned; at >= 0 {
		planned = &b.Columns[at]
		isPlanned = g.planned.Of(planned.Dict, func(word string) bool { return word == l.inv.Planned.Word })
	}
	for i := range g.status {
		s := amounts.InTotal
		if scope != nil && scope.Valid.Get(i) {
			s = scopeOf[scope.Codes[i]]
		}
		if s == amounts.InTotal && partOf != nil && partOf.Valid.Get(i) {
			s = amounts.PartOf
		}
		if alternativeTo != nil && alternativeTo.Valid.Get(i) {
			s = alternatives[s]
		}
		if planned != nil && planned.Valid.Get(i) && isPlanned[planned.Codes[i]] {
			s = amounts.Planned
		}
		if !keep.Get(i) {
			s = amounts.Filtered
		}
		g.status[i] = s
	}
}

// unitsOf names, for each row, the functional units that it counts.
func (g *general) unitsOf(l *lane, rows int) {
	g.units = grow(g.units, rows)
	g.masks = grow(g.masks, rows)
	clear(g.masks)
	for u, f := range l.unitFlows {
		for _, i := range l.evaluator.Flow(f).Rows {
			g.masks[i] |= 1 << u
		}
	}
	if g.letters == nil {
		g.letters = map[uint64]string{}
	}
	for i, mask := range g.masks {
		units, ok := g.letters[mask]
		if !ok {
			u := -1
			units = l.units(func(int) bool { u++; return mask>>u&1 == 1 })
			g.letters[mask] = units
		}
		g.units[i] = units
	}
}

// grades counts how well each quantity is known.
func (g *general) grades(l *lane, rows int) {
	for q := range l.inv.Grades {
		grade := l.evaluator.Quantity(q)
		if grade == nil {
			continue
		}
		for i := range rows {
			one := patternGrade{has: grade.Valid.Get(i), class: grade.Class[i], hasTier: grade.Tier != nil}
			if one.hasTier {
				one.tier = grade.Tier[i]
			}
			l.counts.add(q, one, g.status[i], 1)
		}
	}
}

// cursor is how far the rows of a flow have been gone through.
type cursor struct {
	flow       *Flow
	has, lacks int // rows of Rows and of Missing that are done
}

// rows adds all amounts row by row. at gives each row's place in the batch that was read.
func (l *lane) rows(b *column.Batch, at []int32) error {
	g := &l.general
	g.cursors = grow(g.cursors, len(l.inv.Flows))
	for f := range g.cursors {
		g.cursors[f] = cursor{flow: l.evaluator.Flow(f)}
	}
	for i := range int32(b.Rows) {
		r := rowAdder{l: l, i: i, status: g.status[i], units: g.units[i], group: l.groupOf[l.groups.at(at[i])], file: int32(b.File), row: b.First + int64(at[i])}
		if l.cells.Spread {
			r.content = l.contents.of[at[i]]
		}
		r.period, r.dated = l.layout.periodOf(b, int(i))
		for f := range g.cursors {
			c := &g.cursors[f]
			var err error
			switch {
			case c.has < len(c.flow.Rows) && c.flow.Rows[c.has] == i:
				c.has++
				err = r.add(f, c.flow)
			case c.lacks < len(c.flow.Missing) && c.flow.Missing[c.lacks] == i:
				c.lacks++
				err = r.lack(f, c.flow)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// rowAdder adds the amounts of one row.
type rowAdder struct {
	l       *lane
	i       int32
	status  amounts.Status
	units   string
	group   int32
	file    int32
	row     int64
	content uint64 // see contents
	period  amounts.Period
	dated   bool

	block *amounts.Block // of year
	year  int

	term               int // of the amount that is put next
	coefficient, share float64
}

// takesPart is false of a row that enters no result, or has been counted as without a period.
func (r *rowAdder) takesPart(flow int) bool {
	return takesPart(r.status) && (r.l.inv.Flows[flow].HasTime || r.dated)
}

// add adds a row's amounts for a rule, each to the cells of the calendar years that it falls in.
func (r *rowAdder) add(index int, f *Flow) error {
	if !r.takesPart(index) {
		return nil
	}
	period := r.period
	if r.l.inv.Flows[index].HasTime {
		if period = (amounts.Period{Year: amounts.YearOf(f.Time[r.i])}); period.Year == 0 {
			return r.missing(index, 0, f, true)
		}
	}
	first := true
	for year := period.First(); year <= period.Last(); year++ {
		share := period.Share(year)
		for t := range f.Terms {
			term := &f.Terms[t]
			if !term.Present.Get(int(r.i)) {
				continue
			}
			target := r.l.target(index, f, t, r.i, first)
			first = false
			r.term, r.coefficient, r.share = t, term.Coefficient[r.i], share
			if err := r.put(year, target, float64(term.Coefficient[r.i]*share)); err != nil {
				return r.l.refuse(index, amounts.Origin{File: r.file, Row: r.row}, term.Coefficient[r.i], err)
			}
		}
	}
	return nil
}

// target is the cell of a row's amount for a term of a flow.
func (l *lane) target(index int, f *Flow, term int, row int32, whole bool) amounts.Target {
	mono := f.Terms[term].Mono(row)
	return amounts.Target{Flow: int32(l.inv.First + index), Class: f.Class[row], Mono: mono, Lookup: keyAt(f.Lookup, row), Unless: keyAt(f.Unless, row),
		Counted: !earlier(f.Terms[:term], row, mono), Whole: whole}
}

// refused is the cell that counts a row whose amount cannot be computed.
func (l *lane) refused(index int, f *Flow, row int32, whole bool) amounts.Target {
	return amounts.Target{Flow: int32(l.inv.First + index), Mono: amounts.Refused, Lookup: amounts.None, Unless: keyAt(f.Unless, row), Counted: true, Whole: whole}
}

// lack counts a row whose amount for a rule cannot be computed.
func (r *rowAdder) lack(index int, f *Flow) error {
	if !r.takesPart(index) {
		return nil
	}
	if r.l.inv.Flows[index].HasTime {
		year := 0
		if f.HasTime.Get(int(r.i)) {
			year = amounts.YearOf(f.Time[r.i])
		}
		return r.missing(index, year, f, true)
	}
	for year := r.period.First(); year <= r.period.Last(); year++ {
		if err := r.missing(index, year, f, year == r.period.First()); err != nil {
			return err
		}
	}
	return nil
}

// missing counts a row whose amount cannot be computed; year 0 says that its time is not known either.
func (r *rowAdder) missing(flow, year int, f *Flow, whole bool) error {
	return r.put(year, r.l.refused(flow, f, r.i, whole), 0)
}

func (r *rowAdder) put(year int, target amounts.Target, amount float64) error {
	if r.l.tracing != nil {
		return r.l.tracing.enter(r, year, &target)
	}
	g := &r.l.general
	if r.block == nil || r.year != year {
		part := amounts.Part{Status: r.status, Year: int32(year), Units: r.units}
		n, ok := g.parts[part]
		if !ok {
			if g.parts == nil {
				g.parts = map[amounts.Part]int32{}
			}
			n = r.l.cells.Part(part)
			g.parts[part] = n
		}
		r.block, r.year = r.l.cells.Block(n, r.group), year
	}
	bundle, ok := g.single[target]
	if !ok {
		if g.single == nil {
			g.single = map[amounts.Target]int32{}
		}
		bundle = r.l.space.Bundles.ID([]amounts.Target{target})
		g.single[target] = bundle
	}
	return r.block.Add(bundle, r.file, r.row, r.content, amount)
}

// keyAt is a row's number in a list that may be absent.
func keyAt(list []int32, row int32) int32 {
	if list == nil {
		return amounts.None
	}
	return list[row]
}

// earlier reports whether one of the terms puts an amount of the row into the cell of the same monomial.
func earlier(terms []Term, row, mono int32) bool {
	for s := range terms {
		if terms[s].Present.Get(int(row)) && terms[s].Mono(row) == mono {
			return true
		}
	}
	return false
}

// refuse reports an amount that no sum can take, at its row.
func (l *lane) refuse(flow int, o amounts.Origin, amount float64, err error) error {
	var probs diag.List
	p := diag.Problem{Code: diag.Overflow, Place: diag.Place{File: l.inv.Source.Name(int(o.File)), Row: o.Row}}
	if math.IsNaN(amount) || math.IsInf(amount, 0) {
		p.Code = diag.NotFinite
		p.Why = "a division by zero, or numbers beyond what a double holds"
	}
	p.Message = fmt.Sprintf("the amount for rule %s is %v: %v", l.inv.Flows[flow].Name, amount, err)
	probs.Add(p)
	return probs.Err()
}
