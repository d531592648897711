package amounts

import "testing"

func TestAMappedSpaceHasOtherValuesUnderTheSameNumbers(t *testing.T) {
	s := &Space{}
	name := s.Names.ID("FRA")
	tuple := s.Tuples.ID([]int32{name, None})
	a, b := s.Monomials.Symbol(Symbol{Name: "a", Value: 2}), s.Monomials.Symbol(Symbol{Name: "b", Value: 5})
	quotient := s.Monomials.Multiply(a, b, -1)
	m := s.Mapped(func(x Symbol) Symbol {
		if x.Name == "b" {
			x.Value, x.Name = 8, "ignored"
		}
		return x
	})
	if got := m.Monomials.Value(quotient); got != 0.25 {
		t.Errorf("a/b is %v, not 2/8", got)
	}
	if got := s.Monomials.Value(quotient); got != 0.4 {
		t.Errorf("the space itself changed: a/b is %v", got)
	}
	if m.Names.Name(name) != "FRA" || m.Tuples.ID([]int32{name, None}) != tuple || m.Monomials.Multiply(a, b, -1) != quotient {
		t.Error("numbers are others than in the space")
	}
	m.Names.ID("DEU")
	if s.Names.ID("CHN") != 1 {
		t.Error("what is added to the copy stands in the space")
	}
}
