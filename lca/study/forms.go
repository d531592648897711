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
	parts    numbered[string] // names and units of groups of amounts

	redraws     numbered[redrawKey] // rules without normal form, and groups
	redrawn     []bool              // of each rule: it has none, and is redrawn
	redrawnSums []float64           // of each rule that is: its amounts' magnitudes

	aggregates map[aggregateKey]*form
	rows       map[rowForm]*form // of the impact table; nil once there are too many
	ratios     []*ratioForm      // of the intensity table, by number less 1; nil once there are too many
	noRatios   bool
	totalsOnly bool            // parts of totals have no aggregates
	bySource   bool            // what a cell counts by in a figure depends on more than its key: sources' parts are told apart in each figure, see mixtures
	unnamed    string          // a column that the study groups by, in which result groups have no names all the same; empty: none
	most       int             // rows of a table that have intervals, see Sampling.MostIntervals
	dropped    [byNothing]bool // columns of which some value has no aggregate, as there are too many

	mixes   mixtures
	group   uint32  // the result group that is not done
	kinds   []int   // of each result group, as the plan numbers them
	touched []*form // in it
	own     ownErrors
	looked  looked // the cell that is looked at
}

// productKey is what a part is multiplied by: a monomial, or what a rule without normal form is redrawn to; the row of a factor; and the error that rows of one
// source share, or the mix of amounts of several. Each but the monomial may be none.
type productKey struct {
	mono   int32
	redraw int32 // 0: none, else its number and 1
	row    *factors.Row
	shared int32 // 0: none, else its number and 1
	mix    int32 // 0: none, else its number and 1
}

// of is what the amount of a source is multiplied by.
func (k productKey) of(row *factors.Row, shared int32) productKey {
	return productKey{k.mono, k.redraw, row, shared, 0}
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

// form is what a figure is made of. All parts are by the means of rows' own errors; what these vary by is that of the rows whose errors are largest, one by one, and
// that of all others together.
type form struct {
	terms sumsBy      // by product: what is multiplied by it, or where that has a mix, the mix's weight times what each amount of it counts by
	size  float64     // of all parts: sum of magnitudes
	value *exact.Sum  // of an aggregate: of the published cells
	errs  []rowErrors // of the rows whose errors are largest
	floor float64     // size of the smallest of them, once there are as many as are kept

	positive, negative float64 // means of all parts whose rows have errors of their own, by sign
	pairs              sumsBy  // of all other rows' errors the sums of products of their parts, by products and spread; empty where wide
	wide               bool    // they have more than mostPairs of these
	whole              sumsBy  // by spread: all of these together

	inGroup bool
	now     []brought // in the group that is not done
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
	most int       // keys since its memory is what it is
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

// clear forgets all keys, and the memory that many of them took once there are few.
func (n *numbered[K]) clear() {
	if n.most = max(n.most, len(n.keys)); n.most > 1024 && 8*len(n.keys) < n.most {
		n.keys, n.ids, n.most = nil, nil, 0
		return
	}
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

// done ends a result group: of its rows' errors those that are not among a figure's largest go to the rest.
func (f *forms) done() {
	for _, to := range f.touched {
		to.inGroup = false
		f.settle(to)
	}
	f.touched = f.touched[:0]
	f.kinds = append(f.kinds, f.a.inventory)
	f.own.clear()
	f.group++
}

func abs(v float64) float64 { return max(v, -v) }

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

// contribute adds what the cell that is looked at brings to a figure: factor for each unit of its amount.
func (f *forms) contribute(to *form, sum aggregate, row *factors.Row, factor float64) {
	c := &f.looked
	if to == nil || factor == 0 || c.gross == 0 {
		return
	}
	f.touch(to)
	to.size += float64(c.size * abs(factor))
	if row != c.row {
		c.row = row
		c.forget()
	}
	if f.bySource && c.mixed && !c.one {
		for i := range c.pieces {
			p := &c.pieces[i]
			if p.product == 0 {
				p.product = 1 + f.products.id(c.base.of(row, p.shared))
			}
			to.terms.add(uint64(p.product-1), float64(float64(p.amount*p.mean)*factor))
		}
	} else {
		product, by := f.product(sum)
		to.terms.add(uint64(product), float64(by*factor))
	}
	if c.number < 0 {
		return
	}
	own := &f.own.cells[c.number]
	up, down := float64(own.positive*factor), float64(own.negative*factor)
	to.positive += max(up, down)
	to.negative += min(up, down)
	to.now = append(to.now, brought{c.number, c.base.mono, row, factor})
}

// give adds a contribution of the cell that is looked at to the figures that it is part of: factor for each unit of its amount.
func (f *forms) give(x *part, key *amounts.Key, class int, factor float64, ratios []*ratio) {
	s, row := x.scope, x.row()
	for i := range s.under {
		u := &s.under[i]
		if key.Status == amounts.InTotal {
			if f.rows != nil {
				f.contribute(f.row(rowForm{f.a.bin(s, u), f.group, uint8(class), s.flow.shareOf}), byNothing, row, factor)
			}
			if s.flow.inTotal() {
				for _, x := range f.sums(f.a.bin(s, u), class) {
					f.contribute(x.form, x.by, row, factor)
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
			f.contribute(b.form, byNothing, row, factor)
		}
	}
}

// row is the form of a row of the impact table; nil where there are too many rows.
func (f *forms) row(k rowForm) *form {
	to := f.rows[k]
	if to == nil {
		if len(f.rows) == f.most {
			f.rows = nil
			f.dropOwn()
			return nil
		}
		to = &form{}
		f.rows[k] = to
	}
	return to
}

// sums are the aggregates that cells of a bin and quality class are part of, in the result group that is not done.
func (f *forms) sums(b *impactBin, class int) []sumOf {
	w := &b.forms
	if w.group != f.group+1 { // 0: of no group
		w.group, w.own = f.group+1, w.own[:0]
		k := b.sumKey()
		at := func(by aggregate, name string) {
			k.by, k.name = by, name
			if to := f.aggregate(k); to != nil {
				w.own = append(w.own, sumOf{to, by})
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
	w.own = append(w.own[:w.common], sumOf{f.aggregate(k), byQuality})
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
	for _, x := range f.sums(b, class) {
		if x.form.value == nil {
			x.form.value = &exact.Sum{}
		}
		x.form.value.Add(value)
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
	own    []sumOf
	common int // of them do not depend on the quality class
}

// sumOf is an aggregate and the column that it is by.
type sumOf struct {
	form *form
	by   aggregate
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
	r.form.terms.add(uint64(f.products.id(productKey{mono: key.Mono})), amount)
	r.form.size += abs(amount)
}

// ratio keeps what a row of the intensity table is made of, and returns its number; 0 where there are too many rows.
func (f *forms) ratio(impact, units *form, in *intensities, b *ratioBin, burden int, group uint32, value float64) int {
	if f.noRatios || impact == nil || units == nil {
		return 0
	}
	if len(f.ratios) == f.most {
		f.ratios, f.noRatios = nil, true
		f.dropOwn()
		return 0
	}
	spec := in.p.flows[b.key.flow].Unit
	f.ratios = append(f.ratios, &ratioForm{impact: impact, units: units, kind: in.p.flowKind[b.key.flow], unit: spec.Name, text: b.key.text, scope: b.key.scope, year: b.key.year,
		burden: burden, group: group, value: value})
	return len(f.ratios)
}
