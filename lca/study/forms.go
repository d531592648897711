package study

import (
	"cmp"
	"math"
	"slices"
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
	products map[productKey]int32
	keys     []productKey // by number
	errors   map[sharedError]int32
	shared   []sharedError // by number
	spreads  []spread      // by number
	splits   []string      // names of what tells rows of a group apart, by number
	splitIDs map[string]int32

	aggregates map[aggregateKey]*form
	rows       map[rowForm]*form // of the impact table; nil once there are too many
	ratios     []*ratioForm      // of the intensity table, by number less 1; nil once there are too many
	noRatios   bool

	group   uint32  // the result group that is not done
	kinds   []int   // of each result group, as the plan numbers them
	touched []*form // in it
	own     []piece // of the cell that is looked at
}

// mostFigures bounds the rows of each table, and the values of each column that totals are told by, whose intervals are published.
const mostFigures = 10_000

// productKey is what a part is multiplied by: a monomial, the row of a factor, and the error that rows of one source share. Each but the monomial may be none.
type productKey struct {
	mono   int32
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
	terms map[int32]float64 // by product
	size  float64           // of all parts: sum of magnitudes
	value *exact.Sum        // of an aggregate: of the published cells
	errs  []rowErrors       // of the rows whose errors are largest; those after open are of the group that is not done
	open  int
	now   []restNow            // of all other rows that have errors of their own: of the group that is not done
	means map[restKey]float64  // and of those that are: sums, for their means,
	pairs map[restPair]float64 // and products of their parts, for their variance

	inGroup bool
}

// rowError is the error that a row of activities has of its own, in figures of one class: that of one of the largest rows of a result group and source.
type rowError struct {
	group  uint32
	split  int32 // of what tells rows of a group apart
	spread int32
	rank   uint8 // among the rows of the group, the largest first
}

// rowErrors are the parts of a figure that bear a row's error.
type rowErrors struct {
	rowError
	terms []partOf
	size  float64
}

type partOf struct {
	product int32
	value   float64
}

type restKey struct {
	product int32
	spread  int32
}

// restPair is two products, the lesser number first, that parts of the same rows are multiplied by.
type restPair struct {
	a, b   int32
	spread int32
}

// restNow is what many rows of a group add up to, and the sum of the squares of their parts.
type restNow struct {
	restKey
	split        int32
	sum, squares float64
}

// mostErrors is how many rows' own errors a figure draws one by one.
const mostErrors = 24

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
	return &forms{a: a, products: map[productKey]int32{}, errors: map[sharedError]int32{}, splitIDs: map[string]int32{}, aggregates: map[aggregateKey]*form{}, rows: map[rowForm]*form{}}
}

func (f *forms) product(k productKey) int32 {
	id, ok := f.products[k]
	if !ok {
		id = int32(len(f.keys))
		f.products[k] = id
		f.keys = append(f.keys, k)
	}
	return id
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
	if to.terms == nil {
		to.terms = map[int32]float64{}
	}
	to.terms[product] += value
	to.size += abs(value)
}

// addRow adds a part that bears the error of a row.
func (f *forms) addRow(to *form, product int32, e rowError, value float64) {
	f.touch(to)
	to.size += abs(value)
	i := to.open
	for ; i < len(to.errs); i++ {
		if to.errs[i].rowError == e {
			break
		}
	}
	if i == len(to.errs) {
		to.errs = append(to.errs, rowErrors{rowError: e})
	}
	r := &to.errs[i]
	r.size += abs(value)
	for k := range r.terms {
		if r.terms[k].product == product {
			r.terms[k].value += value
			return
		}
	}
	r.terms = append(r.terms, partOf{product, value})
}

// addRest adds what many rows are together.
func (f *forms) addRest(to *form, product, spread, split int32, sum, squares float64) {
	f.touch(to)
	to.size += abs(sum)
	for i := range to.now {
		if r := &to.now[i]; r.product == product && r.spread == spread && r.split == split {
			// What is added is of the same rows, such as in another year: the root of their squares is at most the sum of both.
			root := math.Sqrt(r.squares) + math.Sqrt(squares)
			r.sum, r.squares = r.sum+sum, float64(root*root)
			return
		}
	}
	to.now = append(to.now, restNow{restKey{product, spread}, split, sum, squares})
}

// done ends a result group: of its rows' errors those that are not among a figure's largest go to the rest.
func (f *forms) done() {
	for _, to := range f.touched {
		to.inGroup = false
		if len(to.errs) >= 4*mostErrors {
			to.settle()
		}
		to.open = len(to.errs)
		to.settleNow()
	}
	f.touched = f.touched[:0]
	f.kinds = append(f.kinds, f.a.inventory)
	f.group++
}

// settleNow adds what is left of the group's rows to the rest. The same rows are multiplied by several products, by how much each is not known: that they are
// multiplied alike is the most that their parts can have in common (Cauchy and Schwarz).
func (to *form) settleNow() {
	for i := range to.now {
		x := &to.now[i]
		to.mean(x.restKey, x.sum)
		for k := range i + 1 {
			if y := &to.now[k]; y.spread == x.spread && y.split == x.split {
				to.pair(x.product, y.product, x.spread, math.Sqrt(float64(x.squares*y.squares)), i == k)
			}
		}
	}
	to.now = to.now[:0]
}

func (to *form) mean(k restKey, sum float64) {
	if to.means == nil {
		to.means = map[restKey]float64{}
	}
	to.means[k] += sum
}

// pair adds a product of two parts of the same rows; of two different ones it counts for either order.
func (to *form) pair(a, b, spread int32, value float64, same bool) {
	if to.pairs == nil {
		to.pairs = map[restPair]float64{}
	}
	if !same {
		value = float64(2 * value)
	}
	to.pairs[restPair{min(a, b), max(a, b), spread}] += value
}

// settle keeps the errors of the largest rows. Of rows alike those that came first stay.
func (to *form) settle() {
	if len(to.errs) <= mostErrors {
		return
	}
	slices.SortStableFunc(to.errs, func(a, b rowErrors) int { return -cmp.Compare(a.size, b.size) })
	for _, e := range to.errs[mostErrors:] {
		for i, x := range e.terms {
			to.mean(restKey{x.product, e.spread}, x.value)
			for k := range i + 1 {
				to.pair(x.product, e.terms[k].product, e.spread, float64(x.value*e.terms[k].value), i == k)
			}
		}
	}
	to.errs = slices.Clip(to.errs[:mostErrors])
	to.open = min(to.open, len(to.errs))
}

func abs(v float64) float64 { return max(v, -v) }

// piece is a part of a cell's amount: that of rows of one source and quality.
type piece struct {
	amount  float64
	shared  int32 // number of the error that the rows share, and 1; 0: none
	spread  int32 // of the errors that each of them has of its own; -1: they have none
	split   int32
	largest []float64 // amounts of the largest rows, the largest first
	rest    float64   // sum of all others
	squares float64   // and of their squares

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
	kind := f.a.p.kinds[g.Inventory]
	for k := range g.Portions[i] {
		x := &g.Portions[i][k]
		c := piece{amount: float64(x.Sum.Float64() * value), spread: -1, product: -1}
		if s := f.spreadOf(kind.rowError(f.a.p.method, x.Names, g.Cells[i].Key.Class)); s >= 0 {
			if f.spreads[s].shared > 0 {
				c.shared = 1 + f.sharedError(sharedError{kind.kind.Name, x.Names[0], s})
			}
			if f.spreads[s].shared < 1 {
				c.spread, c.split = s, f.splitOf(x.Names)
				c.single(x, value)
			}
		}
		f.own = append(f.own, c)
	}
	return f.own
}

// single tells the amounts of single rows apart.
func (c *piece) single(x *amounts.Portion, value float64) {
	if x.Rows <= 1 || x.Spread == nil {
		c.largest = append(c.largest, c.amount)
		return
	}
	for _, l := range x.Spread.Largest {
		if l != 0 {
			c.largest = append(c.largest, float64(l*value))
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
	i := slices.Index(f.spreads, s)
	if i < 0 {
		i = len(f.spreads)
		f.spreads = append(f.spreads, s)
	}
	return int32(i)
}

func (f *forms) sharedError(e sharedError) int32 {
	id, ok := f.errors[e]
	if !ok {
		id = int32(len(f.shared))
		e.source = strings.Clone(e.source) // a group's names are not kept
		f.errors[e] = id
		f.shared = append(f.shared, e)
	}
	return id
}

func (f *forms) splitOf(names []string) int32 {
	text := strings.Join(names, "\x00")
	id, ok := f.splitIDs[text]
	if !ok {
		id = int32(len(f.splits))
		f.splitIDs[text] = id
		f.splits = append(f.splits, text)
	}
	return id
}

// spread adds a contribution to a figure, piece by piece. amount is that of the whole cell, of which value is what it comes to.
func (f *forms) spread(to *form, x *part, mono int32, pieces []piece, amount, value float64) {
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
			c.row, c.product = row, f.product(productKey{mono, row, c.shared})
		}
		if c.spread < 0 {
			f.add(to, c.product, float64(c.amount*scale))
			continue
		}
		for rank, l := range c.largest {
			f.addRow(to, c.product, rowError{f.group, c.split, c.spread, uint8(rank)}, float64(l*scale))
		}
		if c.squares > 0 {
			f.addRest(to, c.product, c.spread, c.split, float64(c.rest*scale), float64(float64(c.squares*scale)*scale))
		}
	}
}

// give adds a contribution to the figures that it is part of.
func (f *forms) give(x *part, key *amounts.Key, pieces []piece, class int, amount, value float64, ratios []*ratio) {
	s := x.scope
	for i := range s.under {
		u := &s.under[i]
		if key.Status == amounts.InTotal {
			if f.rows != nil {
				f.spread(f.row(rowForm{f.a.bin(s, u), f.group, uint8(class), s.flow.shareOf}), x, key.Mono, pieces, amount, value)
			}
			if s.flow.inTotal() {
				for _, to := range f.sums(f.a.bin(s, u), class) {
					f.spread(to, x, key.Mono, pieces, amount, value)
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
			f.spread(b.form, x, key.Mono, pieces, amount, value)
		}
	}
}

// row is the form of a row of the impact table; nil where there are too many rows.
func (f *forms) row(k rowForm) *form {
	to := f.rows[k]
	if to == nil {
		if len(f.rows) == mostFigures {
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
		at(byStage, lca.Words().Stages[b.key.stage].Name)
		at(byInventory, f.a.p.kinds[b.key.kind].kind.Name)
		for i, by := range byGroup {
			if name := f.a.names.last[i]; by != byNothing && name != "" {
				at(by, name)
			}
		}
		w.common = len(w.own)
	}
	k := b.sumKey()
	k.by, k.name = byQuality, lca.Words().Qualities[class].Name
	w.own = append(w.own[:w.common], f.aggregate(k))
	return w.own
}

func (b *impactBin) sumKey() aggregateKey {
	return aggregateKey{year: b.key.year, perspective: b.key.perspective, accounting: b.key.accounting, category: b.key.category}
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
		if len(f.aggregates) >= 4*mostFigures && k.by >= byModel {
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
	f.add(r.form, f.product(productKey{mono: key.Mono}), amount)
}

// ratio keeps what a row of the intensity table is made of, and returns its number; 0 where there are too many rows.
func (f *forms) ratio(impact, units *form, in *intensities, b *ratioBin, burden int, group uint32, value float64) int {
	if f.noRatios || impact == nil || units == nil {
		return 0
	}
	if len(f.ratios) == mostFigures {
		f.ratios, f.noRatios = nil, true
		return 0
	}
	spec := in.p.flows[b.key.flow].Unit
	f.ratios = append(f.ratios, &ratioForm{impact: impact, units: units, kind: in.p.flowKind[b.key.flow], unit: spec.Name, text: b.key.text, scope: b.key.scope, year: b.key.year,
		burden: burden, group: group, value: value})
	return len(f.ratios)
}
