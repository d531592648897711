package engine

import (
	"fmt"
	"math"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
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
	w.groupIDs(l, b)
	w.grades(inv, l, b.Rows)
	for f := range inv.Flows {
		if err := w.flow(inv, l, b, f); err != nil {
			return err
		}
	}
	return nil
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
	word := func(at, i int) (string, bool) {
		if at < 0 || !b.Columns[at].Valid.Get(i) {
			return "", false
		}
		c := &b.Columns[at]
		return c.Dict.Values[c.Codes[i]], true
	}
	for i := range l.status {
		s := amounts.InTotal
		if scope, ok := word(l.layout.scope, i); ok {
			s = scopes[scope]
		}
		if _, ok := word(l.layout.partOf, i); ok && s == amounts.InTotal {
			s = amounts.PartOf
		}
		if planned, ok := word(l.layout.planned, i); ok && planned == inv.Planned.Word {
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

// groupIDs finds each row's group.
func (w *worker) groupIDs(l *lane, b *column.Batch) {
	l.groups = grow(l.groups, b.Rows)
	n := len(l.layout.groups)
	var columns [12]*column.Column
	var ids [12][]int32
	for g, at := range l.layout.groups {
		if at < 0 {
			continue
		}
		c := &b.Columns[at]
		columns[g], ids[g] = c, w.names(l, c.Dict)
	}
	var key, last [12]int32
	lastID := amounts.None
	for i := range l.groups {
		for g := range n {
			key[g] = amounts.None
			if c := columns[g]; c != nil && c.Valid.Get(i) {
				key[g] = ids[g][c.Codes[i]]
			}
		}
		if lastID == amounts.None || key != last {
			id, ok := l.tuples[key]
			if !ok {
				id = w.space.Tuples.ID(key[:n])
				l.tuples[key] = id
			}
			last, lastID = key, id
		}
		l.groups[i] = lastID
	}
}

// names returns the run's numbers for the strings of a dictionary.
func (w *worker) names(l *lane, d *column.Dict) []int32 {
	if d == nil {
		return nil
	}
	ids := l.ids[d]
	for len(ids) < len(d.Values) {
		ids = append(ids, w.space.Names.ID(d.Values[len(ids)]))
	}
	l.ids[d] = ids
	return ids
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
			at := 0
			if g.Valid.Get(i) {
				at = 1 + int(g.Class[i])
			}
			counts[l.status[i]][at]++
		}
	}
}

// flow adds a rule's amounts, each to the cells of the calendar years that it falls in.
func (w *worker) flow(inv *Inventory, l *lane, b *column.Batch, index int) error {
	f := l.evaluator.Flow(index)
	number := int32(inv.First + index)
	keyOf := func(i int32) amounts.Key {
		k := amounts.Key{Flow: number, Status: l.status[i], Group: l.groups[i], Lookup: amounts.None, Unless: amounts.None}
		return k
	}
	counts := func(i int32) bool { return l.status[i] != amounts.Planned && l.status[i] != amounts.Filtered }
	for _, i := range f.Rows {
		if !counts(i) {
			continue
		}
		period := l.periods[i]
		switch {
		case inv.Flows[index].HasTime:
			period = amounts.Period{Year: amounts.YearOf(f.Time[i])}
		case !l.dated[i]:
			continue // counted as without a period
		}
		k := keyOf(i)
		k.Class = f.Class[i]
		if f.Lookup != nil {
			k.Lookup = f.Lookup[i]
		}
		if f.Unless != nil {
			k.Unless = f.Unless[i]
		}
		origin := amounts.Origin{File: int32(b.File), Row: b.First + int64(i)}
		for year := period.First(); year <= period.Last(); year++ {
			k.Year = int32(year)
			share := period.Share(year)
			for t := range f.Terms {
				term := &f.Terms[t]
				if !term.Present.Get(int(i)) {
					continue
				}
				k.Mono = term.Monomial
				if term.Monomials != nil {
					k.Mono = term.Monomials[i]
				}
				if err := w.add(k, term.Coefficient[i]*share, origin); err != nil {
					return w.refuse(inv, l, index, origin, term.Coefficient[i], err)
				}
			}
		}
	}
	for _, i := range f.Missing {
		if !counts(i) || !inv.Flows[index].HasTime && !l.dated[i] {
			continue
		}
		k := keyOf(i)
		k.Mono = amounts.Refused
		if f.Unless != nil {
			k.Unless = f.Unless[i]
		}
		period := l.periods[i]
		if inv.Flows[index].HasTime {
			period = amounts.Period{}
		}
		origin := amounts.Origin{File: int32(b.File), Row: b.First + int64(i)}
		for year := period.First(); year <= period.Last(); year++ {
			k.Year = int32(year)
			if err := w.add(k, 0, origin); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *worker) add(k amounts.Key, amount float64, origin amounts.Origin) error {
	c := w.cells[k]
	if c == nil {
		c = &amounts.Cell{}
		w.cells[k] = c
	}
	if c.Rows == 0 || origin.Before(c.First) {
		c.First = origin
	}
	c.Rows++
	return c.Sum.Add(amount)
}

// refuse reports an amount that no sum can take, at its row.
func (w *worker) refuse(inv *Inventory, l *lane, flow int, o amounts.Origin, amount float64, err error) error {
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
