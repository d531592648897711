package study

import (
	"cmp"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/factors"
)

// population is the rows that stand in cells of a group which differ in nothing but what they are multiplied by. Rows of another year are others, and so are those
// of the same rule under another key or class; another rule may be of the same rows.
type population struct {
	flow, year, lookup, unless int32
	class                      uint8
}

// apart reports whether no row is in both.
func (p *population) apart(o *population) bool {
	return p.year != o.year || p.flow == o.flow && *p != *o
}

// ownErrors are the errors that rows of the result group that is not done have of their own.
type ownErrors struct {
	cells   []groupCell
	pieces  []piece
	largest []rowAmount
	pops    numbered[population]
	errs    numbered[rowError]

	parts    numbered[string] // groups of amounts, whose rows are others
	rules    numbered[restOf] // of rows that are not told apart
	restPops numbered[restOf]
	memory   wideMemory

	counts                 []int32 // memory of settleEach
	errors, sorted, merged []errorPart
}

// groupCell is a cell whose rows have errors of their own.
type groupCell struct {
	base     productKey
	pop      int32
	from, to int32 // its pieces
	sources  int   // how many of these have such errors

	positive, negative float64 // what rows with such errors come to by the means of these, by sign
}

// rowAmount is the amount of a single row.
type rowAmount struct {
	amount float64
	row    uint64 // its number, see amounts.Spread.Rows
	err    int32
}

// brought is what a cell brings to a figure.
type brought struct {
	cell   int32
	mono   int32 // see productKey
	row    *factors.Row
	factor float64 // for each unit of the cell's amount
}

// by is what a cell's parts are multiplied by, but for factor and source, with the monomial that it has in a figure.
func (c *groupCell) by(mono int32) productKey {
	return productKey{mono: mono, redraw: c.base.redraw}
}

// clear forgets the group.
func (e *ownErrors) clear() {
	e.cells, e.pieces, e.largest = e.cells[:0], e.pieces[:0], e.largest[:0]
	e.pops.clear()
	e.parts.clear()
	e.rules.clear()
	e.restPops.clear()
	e.errs.clear()
}

// errorPart is a part of a figure that bears rows' own errors: that of one row, or of many where squares is not 0.
type errorPart struct {
	err     int32 // number of the error in the group, see ownErrors.errs
	pop     int32 // number of the population in the group, see ownErrors.pops
	product int32
	value   float64
	squares float64
}

// rowError is the error that a row of activities has of its own, in figures of one class: that of one of the largest rows of a cell, which is known wherever it stands.
type rowError struct {
	group  uint32
	part   int32 // of the group of amounts in the result group, whose rows are others: number in forms.parts and 1; 0: the first
	split  int32 // of what tells rows of a group apart
	spread int32
	row    uint64 // its number, see amounts.Spread.Rows; the year of all rows that are not among the largest
	like   uint8  // among rows that are alike; rest of all that are not among the largest
}

// rest stands for rows that are not among the largest.
const rest = math.MaxUint8

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

// mostErrors is how many rows' own errors a figure draws one by one.
const mostErrors = 24

// settle takes what a group's rows bring to a figure.
func (f *forms) settle(to *form) {
	if len(to.now) == 0 {
		return
	}
	if !to.wide && f.own.products(to.now) > mostPairs {
		to.wide, to.pairs = true, sumsBy{}
	}
	if to.wide {
		f.settleWide(to)
	} else {
		f.settleEach(to)
	}
	to.now = to.now[:0]
}

// products is by how many different products errors are multiplied in contributions, each with its source's: counted until there are too many.
func (e *ownErrors) products(list []brought) int {
	type by struct {
		base productKey
		row  *factors.Row
	}
	var met []by
	n := 0
	for i := range list {
		k := by{e.cells[list[i].cell].by(list[i].mono), list[i].row}
		if slices.Contains(met, k) {
			continue
		}
		met = append(met, k)
		if n += e.cells[list[i].cell].sources; n > mostPairs {
			break
		}
	}
	return n
}

// settleEach takes what a group's rows bring to a figure, error by error.
func (f *forms) settleEach(to *form) {
	e := &f.own
	parts := e.errors[:0]
	for i := range to.now {
		x := &to.now[i]
		cell := &e.cells[x.cell]
		for k := range e.pieces[cell.from:cell.to] {
			p := &e.pieces[int(cell.from)+k]
			if p.spread < 0 {
				continue
			}
			product := f.products.id(cell.by(x.mono).of(x.row, p.shared))
			for _, l := range e.largest[p.from:p.to] {
				parts = append(parts, errorPart{l.err, cell.pop, product, float64(l.amount * x.factor), 0})
			}
			if p.square > 0 {
				parts = append(parts, errorPart{p.err, cell.pop, product, float64(p.rest * x.factor), float64(float64(p.square*x.factor) * x.factor)})
			}
		}
	}
	// By the numbers of errors, parts of one in the order in which they came: a counting sort.
	counts := append(e.counts[:0], make([]int32, len(e.errs.keys)+1)...)
	for i := range parts {
		counts[parts[i].err+1]++
	}
	for i := range e.errs.keys {
		counts[i+1] += counts[i]
	}
	sorted := append(e.sorted[:0], parts...)
	for i := range parts {
		at := &counts[parts[i].err]
		sorted[*at] = parts[i]
		*at++
	}
	e.counts, e.sorted, e.errors = counts, sorted, parts
	for rest := sorted; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].err == rest[0].err {
			n++
		}
		f.settleOne(to, rest[:n])
		rest = rest[n:]
	}
}

// settleOne takes the parts of one error, those of one product together.
func (f *forms) settleOne(to *form, parts []errorPart) {
	merged := f.own.merged[:0]
	size := 0.0
next:
	for _, x := range parts {
		for k := range merged {
			if y := &merged[k]; y.product == x.product && (y.pop == x.pop || x.squares == 0) {
				// Many rows that are the same ones: the root of their squares is at most the sum of both.
				root := math.Sqrt(x.squares) + math.Sqrt(y.squares)
				y.value, y.squares = y.value+x.value, float64(root*root)
				continue next
			}
		}
		merged = append(merged, x)
	}
	f.own.merged = merged
	for i := range merged {
		size += merged[i].value
	}
	size = abs(size)
	e := f.own.errs.keys[parts[0].err]
	if parts[0].squares > 0 || len(to.errs) >= mostErrors && size <= to.floor {
		to.leave(e.spread, merged, f.own.pops.keys)
		return
	}
	own := rowErrors{rowError: e, size: size, terms: make([]partOf, len(merged))}
	for i := range merged {
		own.terms[i] = partOf{merged[i].product, merged[i].value}
	}
	to.own(own)
}

// own adds a row's error to those that are drawn one by one.
func (to *form) own(e rowErrors) {
	to.errs = append(to.errs, e)
	if len(to.errs) >= 2*mostErrors {
		to.keep(mostErrors, 0)
		to.floor = to.errs[len(to.errs)-1].size
	}
}

// keep keeps the errors of at most so many of the largest rows, none below a size. Of rows alike those that came first stay.
func (to *form) keep(most int, least float64) {
	slices.SortStableFunc(to.errs, func(a, b rowErrors) int { return -cmp.Compare(a.size, b.size) })
	n := 0
	for n < len(to.errs) && n < most && to.errs[n].size >= least {
		n++
	}
	for _, e := range to.errs[n:] {
		parts := make([]errorPart, len(e.terms))
		for i, t := range e.terms {
			parts[i] = errorPart{product: t.product, value: t.value}
		}
		to.leave(e.spread, parts, nil)
	}
	to.errs = to.errs[:n]
}

// mostPairs is how many products of parts a figure's variance is made of; of more, it is known as a whole.
const mostPairs = 64

// leave adds the parts of an error to the rest. Of one row's the products with each other are known; those of many rows that are multiplied by several products
// are at most what they are where all are multiplied alike (Cauchy and Schwarz), and nothing where no row is in both.
func (to *form) leave(spread int32, parts []errorPart, of []population) {
	beyond := false // of a product there is no number in a pairKey
	for i := range parts {
		x := &parts[i]
		for k := range i + 1 {
			y := &parts[k]
			value := float64(x.value * y.value)
			if x.squares > 0 {
				if of[x.pop].apart(&of[y.pop]) {
					continue
				}
				value = math.Sqrt(float64(x.squares * y.squares))
			}
			if i != k {
				value = float64(2 * value) // for either order
			}
			to.whole.add(uint64(spread), value)
			if beyond = beyond || (x.product|y.product)>>productBits != 0; !to.wide && !beyond {
				to.pairs.add(pairKey(x.product, y.product, spread), value)
			}
		}
	}
	if to.pairs.count > mostPairs || beyond {
		to.wide, to.pairs = true, sumsBy{}
	}
}

// pairKey is a key of two products, the lesser number first, and a spread.
func pairKey(a, b, spread int32) uint64 {
	return uint64(min(a, b))<<(productBits+spreadBits) | uint64(max(a, b))<<spreadBits | uint64(spread)
}

// There are at most 5^5 pedigrees beside the classes, and fewer products than cells.
const (
	spreadBits  = 14
	productBits = 25
)

func pairOf(key uint64) (a, b int32) {
	return int32(key >> (productBits + spreadBits)), int32(key >> spreadBits & (1<<productBits - 1))
}

func spreadIn(key uint64) int32 { return int32(key & (1<<spreadBits - 1)) }
