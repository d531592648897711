package rules

import (
	"github.com/ai-impact-observatory/ailca/lca/amounts"
)

// Within is what a symbol of value 1 stands for that marks the amounts of a formula without normal form: the symbol Of is within the amount, in a
// way that is no power of it. The amount holds for Of's point value alone.
type Within struct{ Of amounts.Symbol }

// memo remembers what was found for keys of three numbers: at hand for the keys met last, in a map for all.
type memo[T any] struct {
	at  [256]memoEntry[T]
	all map[[3]int32]T
}

type memoEntry[T any] struct {
	key   [3]int32
	known bool
	value T
}

// get returns what is known of a key.
func (m *memo[T]) get(a, b, c int32) (T, bool) {
	if e := &m.at[uint32(a*31+b*17+c)%uint32(len(m.at))]; e.known && e.key == [3]int32{a, b, c} {
		return e.value, true
	}
	return m.recall(a, b, c)
}

func (m *memo[T]) recall(a, b, c int32) (T, bool) {
	v, ok := m.all[[3]int32{a, b, c}]
	if ok {
		m.remember(a, b, c, v)
	}
	return v, ok
}

func (m *memo[T]) remember(a, b, c int32, v T) {
	m.at[uint32(a*31+b*17+c)%uint32(len(m.at))] = memoEntry[T]{[3]int32{a, b, c}, true, v}
}

// put tells what is found for a key.
func (m *memo[T]) put(a, b, c int32, v T) {
	if m.all == nil {
		m.all = map[[3]int32]T{}
	}
	m.all[[3]int32{a, b, c}] = v
	m.remember(a, b, c, v)
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
		r.values = append(r.values, r.space.Monomials.Value(int32(len(r.values))))
	}
	return r.values[id]
}

// mark is the product of the marks of a monomial's symbols, each once; a mark is its own mark.
func (r *Runner) mark(id int32) int32 {
	for int(id) >= len(r.marks) {
		mark, m := amounts.One, &r.space.Monomials
		for _, p := range m.Powers(int32(len(r.marks))) {
			s := m.At(p.Symbol)
			if _, ok := s.Ref.(Within); !ok {
				s = amounts.Symbol{Name: "within " + s.Name, Value: 1, Ref: Within{s}}
			}
			mark = m.Multiply(mark, m.Symbol(s), 1)
		}
		r.marks = append(r.marks, mark)
	}
	return r.marks[id]
}
