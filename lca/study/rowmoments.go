package study

import (
	"cmp"
	"math"
	"slices"
)

// moments are what rows' own errors bring to the variance of sums of cells of a result group: of Σ f a over cells, with f a factor for each unit of the cell's amount a, the variance is
// Σ Σ f f' m times that of an error. They are told once for a group, and each figure of many sources takes from them what it counts its cells by.
type moments struct {
	known  bool
	list   []moment
	starts []int32 // of each cell: its first moment; the last is the end

	// Memory.
	exact, bounds sumsBy
	order         []ownAmount
	counts        []int32
	factors       []float64 // of each cell in a figure; no number where it is not in it
	cells         []int32   // that are
	variance      []float64 // by spread
	sizes         []float64 // by error
	large         []int32
}

// moment is of two cells, of which the second is not after the first, and a spread.
type moment struct {
	of, cell int32
	spread   int32
	bound    bool    // at most: rows are not told apart, and the sum is what it is where the same are large in both (Cauchy and Schwarz)
	value    float64 // sum of products of the amounts of each row that is in both
}

// ownAmount is what a cell has of an error: the amount of a row, or the root of the sum of squares of many.
type ownAmount struct {
	cell, err int32
	amount    float64
}

// momentsOf makes the moments of the cells.
func (e *ownErrors) momentsOf() *moments {
	m := &e.moments
	if m.known {
		return m
	}
	m.known = true
	m.exact.clear()
	m.bounds.clear()
	counts := append(m.counts[:0], make([]int32, len(e.errs.keys)+1)...)
	e.eachOwn(func(a ownAmount) { counts[a.err+1]++ })
	for i := range e.errs.keys {
		counts[i+1] += counts[i]
	}
	order := slices.Grow(m.order[:0], int(counts[len(counts)-1]))[:counts[len(counts)-1]]
	e.eachOwn(func(a ownAmount) { order[counts[a.err]] = a; counts[a.err]++ })
	m.counts, m.order = counts, order
	for own := order; len(own) > 0; {
		n := 1
		for n < len(own) && own[n].err == own[0].err {
			n++
		}
		e.pairs(own[:n])
		own = own[n:]
	}
	m.list = m.list[:0]
	add := func(bound bool) func(key uint64, value float64) {
		return func(key uint64, value float64) {
			m.list = append(m.list, moment{int32(key >> (cellBits + spreadBits)), int32(key >> spreadBits & (1<<cellBits - 1)), int32(key & (1<<spreadBits - 1)), bound, value})
		}
	}
	m.exact.visit(add(false))
	m.bounds.visit(add(true))
	slices.SortFunc(m.list, func(a, b moment) int {
		return cmp.Or(cmp.Compare(a.of, b.of), cmp.Compare(a.cell, b.cell), cmp.Compare(a.spread, b.spread), compareBools(a.bound, b.bound))
	})
	m.starts = append(m.starts[:0], make([]int32, len(e.cells)+1)...)
	for i := range m.list {
		m.starts[m.list[i].of+1]++
	}
	for i := range e.cells {
		m.starts[i+1] += m.starts[i]
	}
	return m
}

// cellBits are those of the number of a cell in its group.
const cellBits = (64 - spreadBits) / 2

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// eachOwn visits what cells have of errors, in the order of the cells.
func (e *ownErrors) eachOwn(visit func(a ownAmount)) {
	for c := range e.cells {
		for i := e.cells[c].from; i < e.cells[c].to; i++ {
			p := &e.pieces[i]
			if p.spread < 0 {
				continue
			}
			for _, l := range e.largest[p.from:p.to] {
				visit(ownAmount{int32(c), l.err, l.amount})
			}
			if p.square > 0 {
				visit(ownAmount{int32(c), p.err, math.Sqrt(p.square)})
			}
		}
	}
}

// pairs adds what cells have of one error, in the order of the cells.
func (e *ownErrors) pairs(own []ownAmount) {
	k := &e.errs.keys[own[0].err]
	to := &e.moments.exact
	if k.like == rest {
		to = &e.moments.bounds
	}
	for i := range own {
		a := &own[i]
		for _, b := range own[:i+1] {
			if k.like == rest && e.pops.keys[e.cells[a.cell].pop].apart(&e.pops.keys[e.cells[b.cell].pop]) {
				continue
			}
			to.add(uint64(a.cell)<<(cellBits+spreadBits)|uint64(b.cell)<<spreadBits|uint64(k.spread), float64(a.amount*b.amount))
		}
	}
}

// fewLeft is the part of a variance below which nothing is left of it once all is taken away.
const fewLeft = 1e-12

// settleWide takes what a group's rows bring to a figure whose errors are multiplied by too many products to tell these apart.
func (f *forms) settleWide(to *form) {
	e := &f.own
	m := e.momentsOf()
	for len(m.factors) < len(e.cells) {
		m.factors = append(m.factors, math.NaN())
	}
	m.cells = m.cells[:0]
	largest := 0.0 // that a row can be in the figure
	for i := range to.now {
		x := &to.now[i]
		if math.IsNaN(m.factors[x.cell]) {
			m.factors[x.cell] = 0
			m.cells = append(m.cells, x.cell)
		}
		m.factors[x.cell] += x.factor
		largest += float64(abs(x.factor) * e.cells[x.cell].largest)
	}
	m.variance = append(m.variance[:0], make([]float64, len(f.spreads.keys))...)
	for _, c := range m.cells {
		factor := m.factors[c]
		for _, x := range m.list[m.starts[c]:m.starts[c+1]] {
			other := m.factors[x.cell]
			if math.IsNaN(other) {
				continue
			}
			v := float64(float64(factor*other) * x.value)
			if x.bound {
				v = abs(v)
			}
			if x.cell != c {
				v = float64(2 * v) // for either order
			}
			m.variance[x.spread] += v
		}
	}
	for _, c := range m.cells {
		m.factors[c] = math.NaN()
	}
	var own []rowErrors
	if largest >= float64(leastError*to.size) && (len(to.errs) < mostErrors || largest > to.floor) {
		own = f.largest(to)
	}
	all := slices.Clone(m.variance)
	for i := range own {
		sum := 0.0
		for _, t := range own[i].terms {
			sum += t.value
		}
		m.variance[own[i].spread] -= float64(sum * sum)
	}
	for s, v := range m.variance {
		if v > float64(fewLeft*all[s]) {
			to.whole.add(uint64(s), v)
		}
	}
	for _, x := range own {
		to.own(x)
	}
}

// largest are the errors of rows that a figure draws one by one, as far as can be told by now.
func (f *forms) largest(to *form) []rowErrors {
	e := &f.own
	m := &e.moments
	for len(m.sizes) < len(e.errs.keys) {
		m.sizes = append(m.sizes, 0)
	}
	each := func(visit func(x *brought, p *piece, l *rowAmount)) {
		for i := range to.now {
			x := &to.now[i]
			cell := &e.cells[x.cell]
			for k := cell.from; k < cell.to; k++ {
				p := &e.pieces[k]
				if p.spread < 0 {
					continue
				}
				for l := p.from; l < p.to; l++ {
					visit(x, p, &e.largest[l])
				}
			}
		}
	}
	m.large = m.large[:0]
	each(func(x *brought, _ *piece, l *rowAmount) {
		size := abs(float64(l.amount * x.factor))
		if size == 0 {
			return
		}
		if m.sizes[l.err] == 0 {
			m.large = append(m.large, l.err)
		}
		m.sizes[l.err] += size
	})
	met := len(m.large)
	least := float64(leastError * to.size)
	chosen := slices.DeleteFunc(slices.Clone(m.large), func(err int32) bool {
		return m.sizes[err] < least || len(to.errs) >= mostErrors && m.sizes[err] <= to.floor
	})
	slices.SortFunc(chosen, func(a, b int32) int { return cmp.Or(-cmp.Compare(m.sizes[a], m.sizes[b]), cmp.Compare(a, b)) })
	chosen = chosen[:min(len(chosen), mostErrors)]
	out := make([]rowErrors, len(chosen))
	for i, err := range chosen {
		out[i] = rowErrors{rowError: e.errs.keys[err], size: m.sizes[err]}
	}
	for _, err := range m.large[:met] {
		m.sizes[err] = 0
	}
	if len(out) == 0 {
		return nil
	}
	for i, err := range chosen {
		m.sizes[err] = float64(-1 - i) // its place, until all have been met
	}
	each(func(x *brought, p *piece, l *rowAmount) {
		if m.sizes[l.err] >= 0 {
			return
		}
		own := &out[int(-1-m.sizes[l.err])]
		product := f.products.id(e.cells[x.cell].by(x.mono).of(x.row, p.shared))
		value := float64(l.amount * x.factor)
		for i := range own.terms {
			if own.terms[i].product == product {
				own.terms[i].value += value
				return
			}
		}
		own.terms = append(own.terms, partOf{product, value})
	})
	for _, err := range chosen {
		m.sizes[err] = 0
	}
	return out
}
