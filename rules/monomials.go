package rules

import (
	"math"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
)

// Within is what a symbol of value 1 stands for that marks the amounts of a formula without normal form: the symbol Of is within the amount, in a
// way that is no power of it. The amount holds for Of's point value alone.
type Within struct{ Of amounts.Symbol }

// products remembers products of monomials: those met last at hand, all in a map.
type products struct {
	recent [256]struct {
		key [3]int32
		id  int32
	}
	all map[[3]int32]int32
}

func (p *products) get(a, b, exponent int32) (int32, bool) {
	r, key := &p.recent[uint32(a*31+b*17+exponent)%uint32(len(p.recent))], [3]int32{a, b, exponent}
	if r.key == key { // never of an empty one, for no exponent is 0
		return r.id, true
	}
	id, ok := p.all[key]
	if ok {
		r.key, r.id = key, id
	}
	return id, ok
}

func (p *products) put(a, b, exponent, id int32) {
	if p.all == nil {
		p.all = map[[3]int32]int32{}
	}
	p.all[[3]int32{a, b, exponent}] = id
}

// multiply returns the monomial a × b^exponent.
func (r *Runner) multiply(a, b, exponent int32) int32 {
	if b == amounts.One {
		return a
	}
	id, ok := r.products.get(a, b, exponent)
	if !ok {
		id = r.space.Monomials.Multiply(a, b, exponent)
		r.products.put(a, b, exponent, id)
	}
	return id
}

// value is a monomial's point value.
func (r *Runner) value(id int32) float64 {
	for int(id) >= len(r.values) {
		r.values = append(r.values, math.NaN())
	}
	if math.IsNaN(r.values[id]) {
		r.values[id] = r.space.Monomials.Value(id)
	}
	return r.values[id]
}

// mark is the product of the marks of a monomial's symbols; a mark is its own mark.
func (r *Runner) mark(id int32) int32 {
	mark, ok := r.marks[id]
	if !ok {
		m := &r.space.Monomials
		mark = amounts.One
		for _, p := range m.Powers(id) {
			s := m.At(p.Symbol)
			if !s.Mark {
				s = withinSymbol(s)
			}
			mark = m.Multiply(mark, m.Symbol(s), 1)
		}
		r.marks[id] = mark
	}
	return mark
}
