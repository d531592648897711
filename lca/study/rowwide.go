package study

import (
	"cmp"
	"math"
	"slices"
)

// What rows' own errors bring to the variance of a figure of many sources is told error by error, in one pass over the pieces of its cells: of a row that stands in several cells with
// the amounts a, each of which counts by f, it is (Σ f a)² times that of the error. Of rows that are not told apart, roots r of sums of squares are known, and that the same rows may stand in
// cells of different rules, and in no two cells of one rule but those that differ only in what they are multiplied by. It is at most what it is where the same rows are large in all (Cauchy and
// Schwarz), which over pairs of such cells comes to
//
//	(Σ |f| r)² - Σ over rules of (Σ |f| r)² + Σ over populations of (Σ |f| r)².

// wideMemory is the memory of settleWide: all of it is 0 between two figures.
type wideMemory struct {
	factors []float64 // of each cell in a figure; no number where it is not in it
	cells   []int32   // that are
	errs    sumsOf    // by error
	rules   sumsOf    // by number in ownErrors.rules
	pops    sumsOf    // by number in ownErrors.restPops
	spreads []float64
	chosen  []int32
}

// sumsOf adds up by small numbers, and knows which it has met.
type sumsOf struct {
	values []float64
	is     []bool
	met    []int32
}

func (s *sumsOf) add(at int32, v float64) {
	for len(s.values) <= int(at) {
		s.values, s.is = append(s.values, 0), append(s.is, false)
	}
	if !s.is[at] {
		s.is[at] = true
		s.met = append(s.met, at)
	}
	s.values[at] += v
}

func (s *sumsOf) clear() {
	for _, at := range s.met {
		s.values[at], s.is[at] = 0, false
	}
	s.met = s.met[:0]
}

// restOf is a rule, or a population, of the rows of an error that are not told apart.
type restOf struct{ err, of int32 }

// settleWide takes what a group's rows bring to a figure whose errors are multiplied by too many products to tell these apart.
func (f *forms) settleWide(to *form) {
	e, m := &f.own, &f.own.memory
	for len(m.factors) < len(e.cells) {
		m.factors = append(m.factors, math.NaN())
	}
	m.cells = m.cells[:0]
	for i := range to.now {
		x := &to.now[i]
		if math.IsNaN(m.factors[x.cell]) {
			m.factors[x.cell] = 0
			m.cells = append(m.cells, x.cell)
		}
		m.factors[x.cell] += x.factor
	}
	for _, c := range m.cells {
		factor := m.factors[c]
		for k := e.cells[c].from; k < e.cells[c].to; k++ {
			p := &e.pieces[k]
			if p.spread < 0 {
				continue
			}
			for _, l := range e.largest[p.from:p.to] {
				m.errs.add(l.err, float64(l.amount*factor))
			}
			if p.square > 0 {
				root := float64(math.Sqrt(p.square) * abs(factor))
				m.errs.add(p.err, root)
				m.rules.add(p.rule, root)
				m.pops.add(p.pop, root)
			}
		}
		m.factors[c] = math.NaN()
	}
	m.spreads = append(m.spreads[:0], make([]float64, len(f.spreads.keys))...)
	own := f.largest(to)
	for _, err := range m.errs.met {
		v := m.errs.values[err]
		m.spreads[e.errs.keys[err].spread] += float64(v * v)
	}
	for _, x := range []struct {
		sums *sumsOf
		of   []restOf
		sign float64
	}{{&m.rules, e.rules.keys, -1}, {&m.pops, e.restPops.keys, 1}} {
		for _, at := range x.sums.met {
			v := x.sums.values[at]
			m.spreads[e.errs.keys[x.of[at].err].spread] += float64(x.sign * float64(v*v))
		}
	}
	m.errs.clear()
	m.rules.clear()
	m.pops.clear()
	for s, v := range m.spreads {
		if v > 0 {
			to.whole.add(uint64(s), v)
		}
	}
	for _, x := range own {
		to.own(x)
	}
}

// largest are the errors of rows that a figure draws one by one, as far as can be told by now. They are taken out of the sums by error.
func (f *forms) largest(to *form) []rowErrors {
	e, m := &f.own, &f.own.memory
	sums := &m.errs
	least := float64(leastError * to.size)
	m.chosen = m.chosen[:0]
	for _, err := range sums.met {
		size := abs(sums.values[err])
		if e.errs.keys[err].like != rest && size > 0 && size >= least && (len(to.errs) < mostErrors || size > to.floor) {
			m.chosen = append(m.chosen, err)
		}
	}
	if len(m.chosen) == 0 {
		return nil
	}
	slices.SortFunc(m.chosen, func(a, b int32) int {
		return cmp.Or(-cmp.Compare(abs(sums.values[a]), abs(sums.values[b])), cmp.Compare(a, b))
	})
	m.chosen = m.chosen[:min(len(m.chosen), mostErrors)]
	out := make([]rowErrors, len(m.chosen))
	place := map[int32]int{}
	for i, err := range m.chosen {
		out[i] = rowErrors{rowError: e.errs.keys[err], size: abs(sums.values[err])}
		sums.values[err] = 0
		place[err] = i
	}
	for i := range to.now {
		x := &to.now[i]
		cell := &e.cells[x.cell]
		for k := cell.from; k < cell.to; k++ {
			p := &e.pieces[k]
			if p.spread < 0 {
				continue
			}
			for _, l := range e.largest[p.from:p.to] {
				if at, ok := place[l.err]; ok {
					out[at].add(f.products.id(cell.by(x.mono).of(x.row, p.shared)), float64(l.amount*x.factor))
				}
			}
		}
	}
	return out
}

// add adds a part.
func (e *rowErrors) add(product int32, value float64) {
	for i := range e.terms {
		if e.terms[i].product == product {
			e.terms[i].value += value
			return
		}
	}
	e.terms = append(e.terms, partOf{product, value})
}
