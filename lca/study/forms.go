package study

import (
	"strings"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// forms gathers, while the amounts are assessed, what each figure that is published is made of: its parts by what they are multiplied by, which is all that
// drawing them needs. Parts are added in the order in which groups of amounts are walked, which depends on names and values alone.
//
// A part is what a contribution is at the point values of everything; products are taken relative to these, so that the parts of a figure add up to it.
type forms struct {
	a        *assessment
	products numbered[productKey]
	shared   numbered[sharedError]
	spreads  numbered[spread]
	splits   numbered[string] // names of what tells rows of a group apart

	redraws     numbered[redrawKey] // rules without normal form, and groups
	redrawn     []bool              // of each rule: it has none, and is redrawn
	redrawnSums []float64           // of each rule that is: its amounts' magnitudes

	aggregates map[aggregateKey]*form
	rows       map[rowForm]*form // of the impact table; nil once there are too many
	ratios     []*ratioForm      // of the intensity table, by number less 1; nil once there are too many
	noRatios   bool
	totalsOnly bool            // parts of totals have no aggregates
	unnamed    string          // a column that the study groups by, in which result groups have no names all the same; empty: none
	most       int             // rows of a table that have intervals, see Sampling.MostIntervals
	dropped    [byNothing]bool // columns of which some value has no aggregate, as there are too many

	group   uint32               // the result group that is not done
	kinds   []int                // of each result group, as the plan numbers them
	touched []*form              // in it
	own     []piece              // of the cell that is looked at
	pops    numbered[population] // of the group that is not done
	errs    numbered[rowError]   // of the group that is not done

	counts         []int32 // memory of settle
	sorted, merged []errorPart
}

// productKey is what a part is multiplied by: a monomial, or what a rule without normal form is redrawn to; the row of a factor; and the error that rows of one
// source share. Each but the monomial may be none.
type productKey struct {
	mono   int32
	redraw int32 // 0: none, else its number and 1
	row    *factors.Row
	shared int32 // 0: none, else its number and 1
}

// spread is how far a row's activity may be off.
type spread struct {
	name   string  // the quality class, or the scores of its pedigree
	gsd2   float64 // of the whole error
	shared float64 // part of the variance of its logarithm that rows of one source have in common
}

// sharedError is the error that all rows of a source have in common whose activity may be off as far.
type sharedError struct {
	kind, source string
	spread       int32
}

// aggregateKey names a sum of cells: a total, or the part of it in which a column has a value.
type aggregateKey struct {
	scenario                          int32 // by number, see impactTable
	year                              int32
	perspective, accounting, category uint8
	by                                aggregate
	name                              string
}

// aggregate is a column by which the parts of totals are published; total is none.
type aggregate uint8

// rowForm is a row of the impact table.
type rowForm struct {
	bin            *impactBin
	group          uint32
	class, shareOf uint8
}

// form is what a figure is made of.
type form struct {
	terms sumsBy      // by product: of parts without an error of their own
	size  float64     // of all parts: sum of magnitudes
	value *exact.Sum  // of an aggregate: of the published cells
	errs  []rowErrors // of the rows whose errors are largest
	floor float64     // size of the smallest of them, once there are as many as are kept
	means sumsBy      // of all other rows that have errors of their own: sums by product and spread, for their means,
	pairs sumsBy      // and products of their parts, for their variance; empty where wide
	wide  bool        // they have more than mostPairs of these
	whole sumsBy      // by spread: all of these together

	inGroup bool
	now     []errorPart // of the group that is not done
}

// ratioForm is a row of the intensity table: an impact over a number of functional units.
type ratioForm struct {
	impact, units *form
	kind          int
	unit, text    string // functional unit and comparison class
	scope         string
	year          int32
	burden        int // category, perspective and accounting, see burdenAt
	group         uint32
	value         float64
}

func newForms(a *assessment) *forms {
	f := &forms{a: a, aggregates: map[aggregateKey]*form{}, rows: map[rowForm]*form{}, redrawnSums: make([]float64, len(a.p.flows)), most: a.p.study.Sampling.MostIntervals}
	f.redrawn = a.p.redrawn()
	f.shared.kept = func(e sharedError) sharedError {
		e.source = strings.Clone(e.source) // a group's names are not kept
		return e
	}
	return f
}

// numbered gives keys numbers, from 0, in the order in which they are met.
type numbered[K comparable] struct {
	keys []K // by number
	ids  map[K]int32
	kept func(K) K // what is kept of a key whose memory is used again; nil: the key
}

// id is the number of a key.
func (n *numbered[K]) id(k K) int32 {
	id, ok := n.ids[k]
	if !ok {
		if n.ids == nil {
			n.ids = map[K]int32{}
		}
		if n.kept != nil {
			k = n.kept(k)
		}
		id = int32(len(n.keys))
		n.ids[k] = id
		n.keys = append(n.keys, k)
	}
	return id
}

// clear forgets all keys.
func (n *numbered[K]) clear() {
	n.keys = n.keys[:0]
	clear(n.ids)
}

// touch makes a form one of those to which the group adds.
func (f *forms) touch(to *form) {
	if !to.inGroup {
		to.inGroup = true
		f.touched = append(f.touched, to)
	}
}

// add adds a part that bears no error of its own.
func (f *forms) add(to *form, product int32, value float64) {
	f.touch(to)
	to.terms.add(uint64(product), value)
	to.size += abs(value)
}

// addErrors adds a part that bears rows' own errors.
func (f *forms) addErrors(to *form, x errorPart) {
	f.touch(to)
	to.size += abs(x.value)
	to.now = append(to.now, x)
}

// done ends a result group: of its rows' errors those that are not among a figure's largest go to the rest.
func (f *forms) done() {
	for _, to := range f.touched {
		to.inGroup = false
		f.settle(to)
	}
	f.touched = f.touched[:0]
	f.kinds = append(f.kinds, f.a.inventory)
	f.errs.clear()
	f.pops.clear()
	f.group++
}

func abs(v float64) float64 { return max(v, -v) }

// piece is a part of a cell's amount: that of rows of one source and quality.
type piece struct {
	amount  float64
	shared  int32 // number of the error that the rows share, and 1; 0: none
	spread  int32 // of the errors that each of them has of its own; -1: they have none
	split   int32
	pop     int32
	largest []float64 // amounts of the largest rows, the largest first
	rows    []uint64  // and their numbers
	rest    float64   // sum of all others
	squares float64   // and of their squares
	errs    []int32   // numbers of the errors of each of the largest, and of all others

	row     *factors.Row // for which product is known
	product int32
}

// pieces are the parts of a cell's amount that errors tell apart, each multiplied by the value of the cell's monomial; amount is all of it. They are good until the
// next call.
func (f *forms) pieces(g *amounts.Group, i int, amount, value float64) []piece {
	f.own = f.own[:0]
	if g.Portions == nil {
		f.own = append(f.own, piece{amount: amount, spread: -1, product: -1})
		return f.own
	}
	kind, key := f.a.p.kinds[g.Inventory], &g.Cells[i].Key
	pop := f.pops.id(population{key.Flow, key.Year, key.Lookup, key.Unless, key.Class})
	for k := range g.Portions[i] {
		x := &g.Portions[i][k]
		c := piece{amount: float64(x.Sum.Float64() * value), spread: -1, pop: pop, product: -1}
		if s := f.spreadOf(kind.rowError(x.Names[1], g.Cells[i].Key.Class)); s >= 0 {
			if f.spreads.keys[s].shared > 0 {
				c.shared = 1 + f.shared.id(sharedError{kind.kind.Name, x.Names[0], s})
			}
			if f.spreads.keys[s].shared < 1 {
				c.spread, c.split = s, f.splits.id(strings.Join(x.Names, "\x00"))
				c.single(x, value)
				for n, row := range c.rows {
					like := 0
					for _, other := range c.rows[:n] {
						if other == row {
							like++
						}
					}
					c.errs = append(c.errs, f.errs.id(rowError{f.group, c.split, c.spread, row, uint8(like)}))
				}
				c.errs = append(c.errs, f.errs.id(rowError{group: f.group, split: c.split, spread: c.spread, like: rest}))
			}
		}
		f.own = append(f.own, c)
	}
	return f.own
}

// single tells the amounts of single rows apart.
func (c *piece) single(x *amounts.Portion, value float64) {
	if x.Spread == nil {
		c.largest, c.rows = append(c.largest, c.amount), append(c.rows, 0)
		return
	}
	if x.Rows <= 1 {
		c.largest, c.rows = append(c.largest, c.amount), append(c.rows, x.Spread.Rows[0])
		return
	}
	for i, l := range x.Spread.Largest {
		if l != 0 {
			c.largest, c.rows = append(c.largest, float64(l*value)), append(c.rows, x.Spread.Rows[i])
		}
	}
	if x.Rows > int64(len(c.largest)) {
		rest := amounts.Cell{Sum: x.Sum, Rows: x.Rows, Spread: x.Spread}
		amount, squares := rest.Rest()
		// Squares below the grid are not nothing: as many equal amounts have at least this.
		squares = max(squares, float64(amount*amount)/float64(x.Rows-int64(len(c.largest))))
		c.rest, c.squares = float64(amount*value), float64(float64(squares*value)*value)
	}
}

// spreadOf is the number of a spread; -1 of none.
func (f *forms) spreadOf(s spread) int32 {
	if s.gsd2 <= 1 {
		return -1
	}
	return f.spreads.id(s)
}

// base is what all parts of a cell are multiplied by.
func (f *forms) base(key *amounts.Key, amount float64) productKey {
	if !f.redrawn[key.Flow] {
		return productKey{mono: key.Mono}
	}
	f.redrawnSums[key.Flow] += abs(amount)
	k := redrawKey{key.Flow, f.group}
	if len(f.redraws.keys) > mostRedrawn {
		k.group = allGroups
	}
	return productKey{mono: amounts.One, redraw: 1 + f.redraws.id(k)}
}

// spread adds a contribution to a figure, piece by piece. amount is that of the whole cell, of which value is what it comes to.
func (f *forms) spread(to *form, x *part, base productKey, pieces []piece, amount, value float64) {
	if to == nil || value == 0 {
		return
	}
	var row *factors.Row
	if x.found != nil {
		row = x.found.Row
	}
	scale := value / amount
	for i := range pieces {
		c := &pieces[i]
		if c.row != row || c.product < 0 {
			c.row, c.product = row, f.products.id(productKey{base.mono, base.redraw, row, c.shared})
		}
		if c.spread < 0 {
			f.add(to, c.product, float64(c.amount*scale))
			continue
		}
		for rank, l := range c.largest {
			f.addErrors(to, errorPart{c.errs[rank], c.pop, c.product, float64(l * scale), 0})
		}
		if c.squares > 0 {
			f.addErrors(to, errorPart{c.errs[len(c.largest)], c.pop, c.product, float64(c.rest * scale), float64(float64(c.squares*scale) * scale)})
		}
	}
}

// give adds a contribution to the figures that it is part of.
func (f *forms) give(x *part, key *amounts.Key, base productKey, pieces []piece, class int, amount, value float64, ratios []*ratio) {
	s := x.scope
	for i := range s.under {
		u := &s.under[i]
		if key.Status == amounts.InTotal {
			if f.rows != nil {
				f.spread(f.row(rowForm{f.a.bin(s, u), f.group, uint8(class), s.flow.shareOf}), x, base, pieces, amount, value)
			}
			if s.flow.inTotal() {
				for _, to := range f.sums(f.a.bin(s, u), class) {
					f.spread(to, x, base, pieces, amount, value)
				}
			}
		}
		if !s.flow.inTotal() || f.noRatios {
			continue
		}
		for _, r := range ratios {
			b := &r.burdens[u.burden]
			if b.form == nil {
				b.form = &form{}
			}
			f.spread(b.form, x, base, pieces, amount, value)
		}
	}
}

// row is the form of a row of the impact table; nil where there are too many rows.
func (f *forms) row(k rowForm) *form {
	to := f.rows[k]
	if to == nil {
		if len(f.rows) == f.most {
			f.rows = nil
			return nil
		}
		to = &form{}
		f.rows[k] = to
	}
	return to
}

// sums are the aggregates that cells of a bin and quality class are part of, in the result group that is not done.
func (f *forms) sums(b *impactBin, class int) []*form {
	w := &b.forms
	if w.group != f.group+1 { // 0: of no group
		w.group, w.own = f.group+1, w.own[:0]
		k := b.sumKey()
		at := func(by aggregate, name string) {
			k.by, k.name = by, name
			if to := f.aggregate(k); to != nil {
				w.own = append(w.own, to)
			}
		}
		at(byTotal, "")
		if w.common = len(w.own); f.totalsOnly {
			return w.own
		}
		at(byStage, lca.Words().Stages[b.key.stage].Name)
		at(byInventory, f.a.p.kinds[b.key.kind].kind.Name)
		for i, by := range byGroup {
			if name := f.a.names.last[i]; by != byNothing && name != "" {
				at(by, name)
			}
		}
		w.common = len(w.own)
	}
	if f.totalsOnly {
		return w.own
	}
	k := b.sumKey()
	k.by, k.name = byQuality, lca.Words().Qualities[class].Name
	w.own = append(w.own[:w.common], f.aggregate(k))
	return w.own
}

func (b *impactBin) sumKey() aggregateKey {
	return aggregateKey{scenario: b.key.scenario, year: b.key.year, perspective: b.key.perspective, accounting: b.key.accounting, category: b.key.category}
}

// cell adds a published cell to the values of the totals that it is part of.
func (f *forms) cell(b *impactBin, class, shareOf int, value float64) {
	if shareOf != 0 { // the first of share_of is total
		return
	}
	for _, to := range f.sums(b, class) {
		if to.value == nil {
			to.value = &exact.Sum{}
		}
		to.value.Add(value)
	}
}

// Columns by which parts of totals are published. Items have rows of their own in the impact table.
const (
	byTotal aggregate = iota
	byStage
	byInventory
	byQuality
	byModel
	byOrganisation
	byRegion
	byHardware
	byNothing
)

var aggregateNames = [...]string{"total", "stage", "kind", "quality", "model", "organisation", "region", "hardware"}

// byGroup is the aggregate of each of the names of a result group.
var byGroup = [groupColumns]aggregate{byNothing, byModel, byOrganisation, byRegion, byHardware}

// sumForms holds the aggregates of a bin's cells, for the result group that is not done.
type sumForms struct {
	group  uint32
	own    []*form
	common int // of them do not depend on the quality class
}

// aggregate is that of a key; nil where its column has too many values.
func (f *forms) aggregate(k aggregateKey) *form {
	to := f.aggregates[k]
	if to == nil {
		if len(f.aggregates) >= 4*f.most && k.by >= byModel {
			f.dropped[k.by] = true
			return nil
		}
		to = &form{}
		f.aggregates[k] = to
	}
	return to
}

// unit adds to the functional units of a ratio.
func (f *forms) unit(r *ratio, key *amounts.Key, amount float64) {
	if f.noRatios {
		return
	}
	if r.form == nil {
		r.form = &form{}
	}
	f.add(r.form, f.products.id(productKey{mono: key.Mono}), amount)
}

// ratio keeps what a row of the intensity table is made of, and returns its number; 0 where there are too many rows.
func (f *forms) ratio(impact, units *form, in *intensities, b *ratioBin, burden int, group uint32, value float64) int {
	if f.noRatios || impact == nil || units == nil {
		return 0
	}
	if len(f.ratios) == f.most {
		f.ratios, f.noRatios = nil, true
		return 0
	}
	spec := in.p.flows[b.key.flow].Unit
	f.ratios = append(f.ratios, &ratioForm{impact: impact, units: units, kind: in.p.flowKind[b.key.flow], unit: spec.Name, text: b.key.text, scope: b.key.scope, year: b.key.year,
		burden: burden, group: group, value: value})
	return len(f.ratios)
}
