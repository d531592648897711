package engine

import (
	"errors"
	"fmt"
	"math"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// batch adds one batch's flows to the worker's cells.
func (w *worker) batch(inv *Inventory, l *lane, b *column.Batch) error {
	own := b.Columns
	eval := *b
	eval.Columns = own[:len(inv.Columns)]
	if err := l.evaluator.Evaluate(&eval); err != nil {
		return err
	}
	w.statuses(inv, l, b)
	w.periods(l, b)
	w.units(inv, l, b.Rows)
	w.groupIDs(l, b)
	w.grades(inv, l, b.Rows)
	l.blocks = grow(l.blocks, b.Rows)
	clear(l.blocks)
	return w.rows(inv, l, b)
}

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// statuses decides what each row takes part in.
func (w *worker) statuses(inv *Inventory, l *lane, b *column.Batch) {
	l.status = grow(l.status, b.Rows)
	keep := l.evaluator.Keep()
	var scope, partOf, planned *column.Column
	var scopeOf []amounts.Status
	var isPlanned []bool
	if at := l.layout.scope; at >= 0 {
		scope = &b.Columns[at]
		scopeOf = l.scopes.Of(scope.Dict, func(word string) amounts.Status { return scopes[word] })
	}
	if at := l.layout.partOf; at >= 0 {
		partOf = &b.Columns[at]
	}
	if at := l.layout.planned; at >= 0 {
		planned = &b.Columns[at]
		isPlanned = l.planned.Of(planned.Dict, func(word string) bool { return word == inv.Planned.Word })
	}
	for i := range l.status {
		s := amounts.InTotal
		if scope != nil && scope.Valid.Get(i) {
			s = scopeOf[scope.Codes[i]]
		}
		if s == amounts.InTotal && partOf != nil && partOf.Valid.Get(i) {
			s = amounts.PartOf
		}
		if planned != nil && planned.Valid.Get(i) && isPlanned[planned.Codes[i]] {
			s = amounts.Planned
		}
		if !keep.Get(i) {
			s = amounts.Filtered
		}
		l.status[i] = s
		l.counts.Rows[s]++
	}
}

// periods finds each row's calendar years.
func (w *worker) periods(l *lane, b *column.Batch) {
	l.periods, l.dated = grow(l.periods, b.Rows), grow(l.dated, b.Rows)
	if l.layout.from < 0 && l.layout.to < 0 && l.layout.year < 0 {
		clear(l.dated)
		return // a kind whose flows all have dates of their own
	}
	at := func(c, i int) (float64, bool) {
		if c < 0 || !b.Columns[c].Valid.Get(i) {
			return 0, false
		}
		return b.Columns[c].Floats[i], true
	}
	for i := range l.periods {
		from, hasFrom := at(l.layout.from, i)
		to, hasTo := at(l.layout.to, i)
		year, hasYear := at(l.layout.year, i)
		l.periods[i], l.dated[i] = amounts.PeriodOf(from, hasFrom, to, hasTo, year, hasYear)
		if !l.dated[i] && l.status[i] != amounts.Planned && l.status[i] != amounts.Filtered {
			o := amounts.Origin{File: int32(b.File), Row: b.First + int64(i)}
			if l.counts.NoPeriod == 0 || o.Before(l.counts.FirstNoPeriod) {
				l.counts.FirstNoPeriod = o
			}
			l.counts.NoPeriod++
		}
	}
}

// units names, for each row, the functional units that it counts: a letter 1 for each flow of a unit that has the row, 0 for the others.
func (w *worker) units(inv *Inventory, l *lane, rows int) {
	l.units = grow(l.units, rows)
	if l.patterns == nil {
		for f := range inv.Flows {
			if inv.Flows[f].Unit {
				l.unitFlows = append(l.unitFlows, f)
			}
		}
		l.patterns = map[uint64]int32{}
	}
	l.masks = grow(l.masks, rows)
	clear(l.masks)
	for u, f := range l.unitFlows {
		for _, i := range l.evaluator.Flow(f).Rows {
			l.masks[i] |= 1 << u
		}
	}
	for i, mask := range l.masks {
		id, ok := l.patterns[mask]
		if !ok {
			pattern := make([]byte, len(l.unitFlows))
			for u := range pattern {
				pattern[u] = '0' + byte(mask>>u&1)
			}
			id = w.space.Names.ID(string(pattern))
			l.patterns[mask] = id
		}
		l.units[i] = id
	}
}

// groupIDs finds each row's group.
func (w *worker) groupIDs(l *lane, b *column.Batch) {
	l.groups = grow(l.groups, b.Rows)
	n := len(l.layout.groups)
	var columns [MaxGroups]*column.Column
	var ids [MaxGroups][]int32
	for g, at := range l.layout.groups {
		if at < 0 {
			continue
		}
		c := &b.Columns[at]
		columns[g], ids[g] = c, l.ids[g].Of(c.Dict, w.space.Names.ID)
	}
	var key, last [MaxGroups + 1]int32
	lastID := amounts.None
	for i := range l.groups {
		if len(l.unitFlows) > 0 {
			key[n] = l.units[i]
		}
		for g := range n {
			key[g] = amounts.None
			if c := columns[g]; c != nil && c.Valid.Get(i) {
				key[g] = ids[g][c.Codes[i]]
			}
		}
		if lastID == amounts.None || key != last {
			id, ok := l.tuples[key]
			if !ok {
				id = w.space.Tuples.ID(key[:n+min(1, len(l.unitFlows))])
				l.tuples[key] = id
			}
			last, lastID = key, id
		}
		l.groups[i] = lastID
	}
}

// grades counts how well each quantity is known.
func (w *worker) grades(inv *Inventory, l *lane, rows int) {
	for q := range inv.Grades {
		g := l.evaluator.Quantity(q)
		if g == nil {
			continue
		}
		counts := &l.counts.Grades[q]
		for i := range rows {
			if !g.Valid.Get(i) {
				counts[l.status[i]][0]++
				continue
			}
			counts[l.status[i]][1+int(g.Class[i])]++
			if g.Tier != nil && l.status[i] == amounts.InTotal {
				l.counts.tier(q, int(g.Tier[i]))[g.Class[i]]++
			}
		}
	}
}

// cursor is how far the rows of a flow have been gone through.
type cursor struct {
	flow       *Flow
	has, lacks int // rows of Rows and of Missing that are done
}

// rows adds all amounts row by row: the cells of one row lie together, those of neighbouring rows do not.
func (w *worker) rows(inv *Inventory, l *lane, b *column.Batch) error {
	l.cursors = grow(l.cursors, len(inv.Flows))
	for f := range l.cursors {
		l.cursors[f] = cursor{flow: l.evaluator.Flow(f)}
	}
	for i := range int32(b.Rows) {
		for f := range l.cursors {
			c := &l.cursors[f]
			switch {
			case c.has < len(c.flow.Rows) && c.flow.Rows[c.has] == i:
				c.has++
				if l.takesPart(i, &inv.Flows[f]) {
					if err := w.add(inv, l, b, f, c.flow, i); err != nil {
						return err
					}
				}
			case c.lacks < len(c.flow.Missing) && c.flow.Missing[c.lacks] == i:
				c.lacks++
				if l.takesPart(i, &inv.Flows[f]) {
					w.lack(inv, l, b, f, c.flow, i)
				}
			}
		}
	}
	return nil
}

// add adds a row's amounts for a rule, each to the cells of the calendar years that it falls in.
func (w *worker) add(inv *Inventory, l *lane, b *column.Batch, index int, f *Flow, i int32) error {
	number, lookup, unless := int32(inv.First+index), keyAt(f.Lookup, i), keyAt(f.Unless, i)
	origin := amounts.Origin{File: int32(b.File), Row: b.First + int64(i)}
	period := l.periods[i]
	if inv.Flows[index].HasTime {
		if period.Year = amounts.YearOf(f.Time[i]); period.Year == 0 {
			w.missing(l, i, number, 0, unless, origin, true)
			return nil
		}
	}
	first := true
	for year := period.First(); year <= period.Last(); year++ {
		block, share := w.block(l, i, year), period.Share(year)
		for t := range f.Terms {
			term := &f.Terms[t]
			if !term.Present.Get(int(i)) {
				continue
			}
			mono, amount := term.Mono(i), float64(term.Coefficient[i]*share)
			err := block.Add(number, f.Class[i], mono, lookup, unless, origin, amount, !earlier(f.Terms[:t], i, mono), first)
			first = false
			if err != nil && !(errors.Is(err, exact.ErrOverflow) && math.Abs(amount) < 1<<63) {
				return w.refuse(inv, index, origin, term.Coefficient[i], err)
			}
			if err != nil { // a sum that leaves its range is reported at the end
				w.over[amounts.Key{Flow: number, Year: int32(year), Class: f.Class[i], Status: l.status[i], Group: l.groups[i], Mono: mono, Lookup: lookup, Unless: unless}] = true
			}
		}
	}
	return nil
}

// lack counts a row whose amount for a rule cannot be computed.
func (w *worker) lack(inv *Inventory, l *lane, b *column.Batch, index int, f *Flow, i int32) {
	number, unless := int32(inv.First+index), keyAt(f.Unless, i)
	origin := amounts.Origin{File: int32(b.File), Row: b.First + int64(i)}
	if inv.Flows[index].HasTime {
		year := 0
		if f.HasTime.Get(int(i)) {
			year = amounts.YearOf(f.Time[i])
		}
		w.missing(l, i, number, year, unless, origin, true)
		return
	}
	period := l.periods[i]
	for year := period.First(); year <= period.Last(); year++ {
		w.missing(l, i, number, year, unless, origin, year == period.First())
	}
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

// block is where a row's amounts of a year go.
func (w *worker) block(l *lane, row int32, year int) *amounts.Block {
	b := l.blocks[row]
	if b == nil || b.Year() != year {
		b = w.cells.Block(l.status[row], l.groups[row], int32(year))
		l.blocks[row] = b
	}
	return b
}

// takesPart is false of a row that enters no result, or has been counted as without a period.
func (l *lane) takesPart(i int32, spec *FlowSpec) bool {
	s := l.status[i]
	return s != amounts.Planned && s != amounts.Filtered && (spec.HasTime || l.dated[i])
}

// missing counts a row whose amount cannot be computed; year 0 says that its time is not known either.
func (w *worker) missing(l *lane, row, flow int32, year int, unless int32, origin amounts.Origin, first bool) {
	w.block(l, row, year).Add(flow, 0, amounts.Refused, amounts.None, unless, origin, 0, true, first)
}

// refuse reports an amount that no sum can take, at its row.
func (w *worker) refuse(inv *Inventory, flow int, o amounts.Origin, amount float64, err error) error {
	var probs diag.List
	p := diag.Problem{Code: diag.Overflow, Place: diag.Place{File: inv.Source.Name(int(o.File)), Row: o.Row}}
	if math.IsNaN(amount) || math.IsInf(amount, 0) {
		p.Code = diag.NotFinite
		p.Why = "a division by zero, or numbers beyond what a double holds"
	}
	p.Message = fmt.Sprintf("the amount for rule %s is %v: %v", inv.Flows[flow].Name, amount, err)
	probs.Add(p)
	return probs.Err()
}
