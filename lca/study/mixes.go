package study

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
)

// Amounts of many sources err by as many numbers, and stand in many figures: under each category, accounting and stage, in a row, a total and its parts. So what errors come to is
// told once of the amounts, and not of each figure: a mix is what sources bring to an amount, and a figure has a term of the mix.
//
// Of a cell that is alone in a figure the mix is its own. Of the cells of several result groups that stand in an aggregate under one key, and so are multiplied by the same whatever the
// figure, the amounts are one mix.

// mixtures are all mixes of a run, by number.
type mixtures struct {
	list    []mixture
	targets numbered[target]
	of      map[mixKey]int32 // those of aggregates: number and 1
}

// mixture is an amount by the errors of what it is made of.
type mixture struct {
	weight float64 // of the amounts: sum of magnitudes
	parts  []mixPart
	own    bool // of a single cell
	merged int  // parts before it differ by source or spread, and are sorted by these
}

// mixPart is the amount of rows of one source and spread.
type mixPart struct {
	shared int32 // number of the error that the rows share, and 1; 0: none
	spread int32 // of the errors that each of them has of its own, and 1; 0: they have none
	value  float64
}

// target is what aggregates are made of the same cells: all, or those in which a column of result groups has a value.
type target struct {
	by   aggregate
	name string
}

// mixKey is the cells that are multiplied by the same in each figure of a target.
type mixKey struct {
	target int32
	cell   amounts.Key
}

// add adds parts. Those of one source and spread are added up now and then: a mix of cells of many groups takes no more than twice the room that it needs.
func (m *mixture) add(pieces []piece) {
	if n := len(m.parts) + len(pieces); n > cap(m.parts) && n > 2*m.merged+len(pieces) {
		m.merge()
	}
	m.parts = slices.Grow(m.parts, len(pieces))
	for i := range pieces {
		m.parts = append(m.parts, mixPart{pieces[i].shared, pieces[i].spread + 1, pieces[i].amount})
	}
}

// merge adds up parts of one source and spread, in the order in which they came.
func (m *mixture) merge() {
	slices.SortStableFunc(m.parts, func(a, b mixPart) int {
		return cmp.Or(cmp.Compare(a.shared, b.shared), cmp.Compare(a.spread, b.spread))
	})
	n := 0
	for _, p := range m.parts {
		if n > 0 && m.parts[n-1].shared == p.shared && m.parts[n-1].spread == p.spread {
			m.parts[n-1].value += p.value
			continue
		}
		m.parts[n] = p
		n++
	}
	m.parts, m.merged = m.parts[:n], n
}

// looked is the cell of amounts that is looked at.
type looked struct {
	key    amounts.Key
	base   productKey
	mono   int32 // of base, see under
	amount float64
	size   float64 // of its parts: sum of magnitudes
	gross  float64 // of its pieces: sum of magnitudes
	mean   float64 // of the amount, by the means of rows' own errors
	pieces []piece // in ownErrors.pieces
	one    bool    // they are of one source and spread
	mixed  bool    // what splits it is known, so that other groups' cells may be of other sources
	number int32   // in ownErrors.cells; -1: its rows have no errors of their own

	mixes    [byNothing + 1]int32 // by what it is for, number and 1; 0: not made. The last is the cell's own
	row      *factors.Row         // for which products are known, as are those of the pieces
	products [byNothing + 1]int32 // number and 1
}

// piece is a part of a cell's amount: that of rows of one source and quality.
type piece struct {
	amount float64
	shared int32 // number of the error that the rows share, and 1; 0: none
	spread int32 // of the errors that each of them has of its own; -1: they have none
	from   int32 // in ownErrors.largest: the amounts of the largest rows
	to     int32
	rest   float64 // sum of all others
	square float64 // and of their squares
	err    int32   // number of the error of all others
	mean   float64 // of rows' own errors
	rule   int32   // of all others: numbers in ownErrors.rules and restPops
	pop    int32

	product int32 // number of what it is multiplied by, and 1; 0: not known
}

// under has contributions of the cell multiplied by another monomial than the cell's, until the next call.
func (f *forms) under(mono int32) {
	if c := &f.looked; c.base.mono != mono {
		c.base.mono = mono
		c.forget()
	}
}

// forget forgets products: of another factor's row, or another monomial.
func (c *looked) forget() {
	c.products = [byNothing + 1]int32{}
	for i := range c.pieces {
		c.pieces[i].product = 0
	}
}

// look makes a cell the one whose contributions are given next. amount is all of it, value that of the cell's monomial.
func (f *forms) look(g *amounts.Group, i int, amount, value float64) {
	e, key := &f.own, &g.Cells[i].Key
	f.looked = looked{key: *key, base: f.base(key, amount), amount: amount, size: abs(amount), gross: abs(amount), mean: amount, one: true, number: -1}
	c := &f.looked
	c.mono = c.base.mono
	if g.Portions == nil {
		return
	}
	c.mixed, c.size, c.gross, c.mean = true, 0, 0, 0
	kind := f.a.p.kinds[g.Inventory]
	pop := e.pops.id(population{key.Flow, key.Year, key.Lookup, key.Unless, key.Class})
	part := int32(0)
	if text := strings.Join(g.Names, "\x00") + "\x00" + g.Units; e.parts.id(text) > 0 {
		part = 1 + f.parts.id(text)
	}
	first, own := len(e.pieces), groupCell{base: c.base, pop: pop}
	for k := range g.Portions[i] {
		x := &g.Portions[i][k]
		p := piece{amount: float64(x.Sum.Float64() * value), spread: -1, mean: 1}
		if s := f.spreadOf(kind.rowError(x.Names[1], key.Class)); s >= 0 {
			spread := &f.spreads.keys[s]
			if spread.shared > 0 {
				p.shared = 1 + f.shared.id(sharedError{kind.kind.Name, x.Names[0], s})
			}
			if spread.shared < 1 {
				p.mean, _ = spread.moments()
				p.spread = s
				f.single(&p, x, value, rowError{group: f.group, part: part, split: f.splits.id(strings.Join(x.Names, "\x00")), spread: s}, pop)
			}
		}
		if p.spread < 0 {
			c.size += abs(p.amount)
		} else {
			c.size += abs(p.rest)
			for _, l := range e.largest[p.from:p.to] {
				c.size += abs(l.amount)
			}
			m := float64(p.amount * p.mean)
			own.positive += max(m, 0)
			own.negative += min(m, 0)
			own.sources++
		}
		c.gross += abs(p.amount)
		c.mean += float64(p.amount * p.mean)
		e.pieces = append(e.pieces, p)
		if last := e.pieces[first]; last.shared != p.shared || last.spread != p.spread {
			c.one = false
		}
	}
	c.pieces = e.pieces[first:]
	if own.sources > 0 {
		own.from, own.to = int32(first), int32(len(e.pieces))
		c.number = int32(len(e.cells))
		e.cells = append(e.cells, own)
	}
}

// single tells the amounts of single rows of a piece apart.
func (f *forms) single(p *piece, x *amounts.Portion, value float64, err rowError, pop int32) {
	e := &f.own
	p.from = int32(len(e.largest))
	add := func(amount float64, row uint64) {
		like := 0
		for _, other := range e.largest[p.from:] {
			if other.row == row {
				like++
			}
		}
		own := err
		own.row, own.like = row, uint8(like)
		e.largest = append(e.largest, rowAmount{amount, row, e.errs.id(own)})
	}
	switch {
	case x.Spread == nil:
		add(p.amount, 0)
	case x.Rows <= 1:
		add(p.amount, x.Spread.Rows[0])
	default:
		for i, l := range x.Spread.Largest {
			if l != 0 {
				add(float64(l*value), x.Spread.Rows[i])
			}
		}
		if n := x.Rows - (int64(len(e.largest)) - int64(p.from)); n > 0 {
			cell := amounts.Cell{Sum: x.Sum, Rows: x.Rows, Spread: x.Spread}
			amount, squares := cell.Rest()
			// Squares below the grid are not nothing: as many equal amounts have at least this.
			squares = max(squares, float64(amount*amount)/float64(n))
			p.rest, p.square = float64(amount*value), float64(float64(squares*value)*value)
			own := err
			own.row, own.like = uint64(uint32(e.pops.keys[pop].year)), rest // rows of another year are others
			p.err = e.errs.id(own)
			p.rule, p.pop = e.rules.id(restOf{p.err, e.pops.keys[pop].flow}), e.restPops.id(restOf{p.err, pop})
		}
	}
	p.to = int32(len(e.largest))
}

// product is what the cell's amount is multiplied by in a figure by a column, byNothing in one that has cells of its group alone; by is what the figure has of it.
func (f *forms) product(sum aggregate) (product int32, by float64) {
	c := &f.looked
	if c.base.redraw > 0 && f.redraws.keys[c.base.redraw-1].group != allGroups {
		sum = byNothing // what it is multiplied by is no other group's
	}
	if sum == byStage || sum == byInventory || sum == byQuality {
		sum = byTotal // whose cells tell these apart
	}
	if !c.mixed || c.one && (sum == byNothing || f.bySource) {
		if c.products[byNothing] == 0 {
			shared := int32(0)
			if len(c.pieces) > 0 {
				shared = c.pieces[0].shared
			}
			c.products[byNothing] = 1 + f.products.id(c.base.of(c.row, shared))
		}
		return c.products[byNothing] - 1, c.mean
	}
	if c.products[sum] == 0 {
		if c.mixes[sum] == 0 {
			c.mixes[sum] = f.mix(sum)
		}
		k := c.base
		k.row, k.mix = c.row, c.mixes[sum]
		c.products[sum] = 1 + f.products.id(k)
	}
	return c.products[sum] - 1, c.gross
}

// mix is the number, and 1, of the mix that the cell's amount is part of.
func (f *forms) mix(sum aggregate) int32 {
	c, m := &f.looked, &f.mixes
	if sum == byNothing {
		m.list = append(m.list, mixture{weight: c.gross, own: true})
		m.list[len(m.list)-1].add(c.pieces)
		return int32(len(m.list))
	}
	k := mixKey{m.targets.id(target{sum, f.targetName(sum)}), c.key}
	number := m.of[k]
	if number == 0 {
		if m.of == nil {
			m.of = map[mixKey]int32{}
		}
		m.list = append(m.list, mixture{})
		number = int32(len(m.list))
		m.of[k] = number
	}
	x := &m.list[number-1]
	x.weight += c.gross
	x.add(c.pieces)
	return number
}

// dropOwn forgets the mixes of single cells, once no figure of single groups is drawn.
func (f *forms) dropOwn() {
	if f.rows != nil || !f.noRatios {
		return
	}
	for i := range f.mixes.list {
		if m := &f.mixes.list[i]; m.own {
			m.parts = nil
		}
	}
}

// targetName is the value that a column has in the result group that is not done.
func (f *forms) targetName(by aggregate) string {
	for i, of := range byGroup {
		if of == by {
			return f.a.names.last[i]
		}
	}
	return ""
}
