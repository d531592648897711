package amounts

import (
	"maps"
	"slices"
)

// Mapped is a copy of the space in which symbols have other values and stand for something else: what amounts would be multiplied by, had the lookups behind the symbols found other
// rows. Names, tuples and monomials have the numbers that they have in the space, and symbols keep their names, by which monomials are ordered. Nobody may add to the space meanwhile.
func (s *Space) Mapped(symbol func(Symbol) Symbol) *Space {
	out := &Space{}
	out.Names.ids, out.Names.values = maps.Clone(s.Names.ids), slices.Clone(s.Names.values)
	out.Tuples.ids, out.Tuples.values = maps.Clone(s.Tuples.ids), slices.Clone(s.Tuples.values)
	m := &s.Monomials
	m.mu.Lock()
	defer m.mu.Unlock()
	m.start()
	out.Monomials.known, out.Monomials.ids, out.Monomials.powers = maps.Clone(m.known), maps.Clone(m.ids), slices.Clone(m.powers)
	for _, x := range m.symbols {
		mapped := symbol(x)
		mapped.Name, mapped.Mark = x.Name, x.Mark
		out.Monomials.symbols = append(out.Monomials.symbols, mapped)
	}
	return out
}
