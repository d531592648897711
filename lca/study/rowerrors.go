package study

import (
	"cmp"
	"math"
	"slices"
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

// errorPart is a part of a figure that bears rows' own errors: that of one row, or of many where squares is not 0.
type errorPart struct {
	err     int32 // number of the error in the group, see forms.errs
	pop     int32 // number of the population in the group, see forms.pops
	product int32
	value   float64
	squares float64
}

// rowError is the error that a row of activities has of its own, in figures of one class: that of one of the largest rows of a cell, which is known wherever it stands.
type rowError struct {
	group  uint32
	split  int32 // of what tells rows of a group apart
	spread int32
	row    uint64 // its number, see amounts.Spread.Rows; 0 of all rows that are not among the largest
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

// settle takes what a group's rows bring to a figure, error by error.
func (f *forms) settle(to *form) {
	if len(to.now) == 0 {
		return
	}
	// By the numbers of errors, parts of one in the order in which they came: a counting sort.
	counts := append(f.counts[:0], make([]int32, len(f.errs.keys)+1)...)
	for i := range to.now {
		counts[to.now[i].err+1]++
	}
	for i := range f.errs.keys {
		counts[i+1] += counts[i]
	}
	sorted := append(f.sorted[:0], to.now...)
	for i := range to.now {
		at := &counts[to.now[i].err]
		sorted[*at] = to.now[i]
		*at++
	}
	f.counts, f.sorted = counts, sorted
	for rest := sorted; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].err == rest[0].err {
			n++
		}
		f.settleOne(to, rest[:n])
		rest = rest[n:]
	}
	to.now = to.now[:0]
}

// settleOne takes the parts of one error, those of one product together.
func (f *forms) settleOne(to *form, parts []errorPart) {
	merged := f.merged[:0]
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
	f.merged = merged
	for i := range merged {
		size += abs(merged[i].value)
	}
	e := f.errs.keys[parts[0].err]
	if parts[0].squares > 0 || len(to.errs) >= mostErrors && size <= to.floor {
		to.leave(e.spread, merged, f.pops.keys)
		return
	}
	own := rowErrors{rowError: e, size: size, terms: make([]partOf, len(merged))}
	for i := range merged {
		own.terms[i] = partOf{merged[i].product, merged[i].value}
	}
	to.errs = append(to.errs, own)
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
	for i := range parts {
		x := &parts[i]
		to.means.add(restKey(x.product, spread), x.value)
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
			if !to.wide {
				to.pairs.add(pairKey(x.product, y.product, spread), value)
			}
		}
	}
	if to.pairs.count > mostPairs {
		to.wide, to.pairs = true, sumsBy{}
	}
}

// restKey and pairKey are keys of products, the lesser number of two first, and a spread.
func restKey(product, spread int32) uint64 { return uint64(product)<<spreadBits | uint64(spread) }

func pairKey(a, b, spread int32) uint64 {
	return uint64(min(a, b))<<(productBits+spreadBits) | uint64(max(a, b))<<spreadBits | uint64(spread)
}

// There are at most 5^5 pedigrees beside the classes, and fewer products than cells.
const (
	spreadBits  = 14
	productBits = 25
)

func productOf(key uint64) int32 { return int32(key >> spreadBits) }

func pairOf(key uint64) (a, b int32) {
	return int32(key >> (productBits + spreadBits)), int32(key >> spreadBits & (1<<productBits - 1))
}

func spreadIn(key uint64) int32 { return int32(key & (1<<spreadBits - 1)) }
