package amounts

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"sync"
)

// Symbol is an uncertain thing that amounts are multiplied by: a parameter of the method, or a row of a factor table found by a lookup.
type Symbol struct {
	Name  string  // unique in a run: "parameter pue_default", "pue google 2021"
	Value float64 // the point value
	Ref   any     // what it stands for, for whoever explains a result; not compared
	Mark  bool    // it marks what it is in, and is 1: in a product it stands once, however often and on whichever side it was multiplied
}

// Power is a symbol and its exponent in a monomial.
type Power struct {
	Symbol   int32
	Exponent int32
}

// Monomials interns products of integer powers of symbols. Number 0 is the empty product, one. It is safe for concurrent use.
type Monomials struct {
	mu      sync.RWMutex
	symbols []Symbol
	known   map[string]int32
	powers  [][]Power // of each monomial, sorted by symbol name
	ids     map[string]int32
}

const (
	// One is the empty product.
	One = int32(0)
	// Refused stands in place of a monomial in cells that only count rows: a rule applies to them, but its amount cannot be computed.
	Refused = int32(-1)
)

func (m *Monomials) start() {
	if m.ids == nil {
		m.ids, m.known = map[string]int32{"": One}, map[string]int32{}
		m.powers = [][]Power{nil}
	}
}

// Symbol returns the monomial of one symbol to the first power. Of symbols with one name the first is kept.
func (m *Monomials) Symbol(s Symbol) int32 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.start()
	id, ok := m.known[s.Name]
	if !ok {
		id = int32(len(m.symbols))
		m.symbols = append(m.symbols, s)
		m.known[s.Name] = id
	}
	return m.intern([]Power{{id, 1}})
}

func (m *Monomials) intern(powers []Power) int32 {
	var key []byte
	for _, p := range powers {
		key = binary.LittleEndian.AppendUint32(key, uint32(p.Symbol))
		key = binary.LittleEndian.AppendUint32(key, uint32(p.Exponent))
	}
	if id, ok := m.ids[string(key)]; ok {
		return id
	}
	id := int32(len(m.powers))
	m.ids[string(key)] = id
	m.powers = append(m.powers, powers)
	return id
}

// Multiply returns the product a × b^exponent.
func (m *Monomials) Multiply(a, b int32, exponent int32) int32 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.start()
	x, y := m.powers[a], m.powers[b]
	out := make([]Power, 0, len(x)+len(y))
	for len(x) > 0 || len(y) > 0 {
		switch {
		case len(y) == 0 || len(x) > 0 && m.symbols[x[0].Symbol].Name < m.symbols[y[0].Symbol].Name:
			out = append(out, x[0])
			x = x[1:]
		case len(x) == 0 || m.symbols[y[0].Symbol].Name < m.symbols[x[0].Symbol].Name:
			out = append(out, Power{y[0].Symbol, m.exponent(y[0].Symbol, y[0].Exponent*exponent)})
			y = y[1:]
		default:
			if e := m.exponent(x[0].Symbol, x[0].Exponent+y[0].Exponent*exponent); e != 0 {
				out = append(out, Power{x[0].Symbol, e})
			}
			x, y = x[1:], y[1:]
		}
	}
	return m.intern(out)
}

// exponent is that of a symbol in a product: of a mark always 1.
func (m *Monomials) exponent(symbol, exponent int32) int32 {
	if m.symbols[symbol].Mark {
		return 1
	}
	return exponent
}

// Powers returns a monomial's symbols, sorted by name. The slice must not be changed.
func (m *Monomials) Powers(id int32) []Power {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if id == One || id == Refused {
		return nil
	}
	return m.powers[id]
}

// count is how many monomials there are.
func (m *Monomials) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.start()
	return len(m.powers)
}

// At returns a symbol.
func (m *Monomials) At(symbol int32) Symbol {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.symbols[symbol]
}

// Value is the monomial at its symbols' point values, multiplied in the order of their names: first all positive powers, then the
// division by each negative one.
func (m *Monomials) Value(id int32) float64 {
	v := 1.0
	powers := m.Powers(id)
	for _, p := range powers {
		for range p.Exponent {
			v = float64(v * m.At(p.Symbol).Value)
		}
	}
	for _, p := range powers {
		for range -p.Exponent {
			v /= m.At(p.Symbol).Value
		}
	}
	return v
}

// Derivative is the derivative of a monomial with respect to one of its symbols, at the symbols' point values: exponent × value with one power
// less. It is 0 where the symbol is not in it.
func (m *Monomials) Derivative(id, symbol int32) float64 {
	for _, p := range m.Powers(id) {
		if p.Symbol == symbol {
			return float64(float64(p.Exponent) * m.Value(m.Multiply(id, m.Symbol(m.At(symbol)), -1)))
		}
	}
	return 0
}

// Compare orders monomials by their symbols' names and exponents.
func (m *Monomials) Compare(a, b int32) int {
	if a == b {
		return 0
	}
	if a == Refused || b == Refused {
		return cmp.Compare(a, b)
	}
	return slices.CompareFunc(m.Powers(a), m.Powers(b), func(p, q Power) int {
		return cmp.Or(strings.Compare(m.At(p.Symbol).Name, m.At(q.Symbol).Name), cmp.Compare(p.Exponent, q.Exponent))
	})
}
