package rules

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// factorUses reads factors that overrides have a method use otherwise, as under factors in a method. All problems go to probs.
func factorUses(n *document.Node, probs *diag.List) []FactorUse {
	l := &loader{m: &Method{}, probs: probs, overriding: true}
	l.factors(n)
	return l.m.Factors
}

// CheckUses reads what Overrides.Factors may hold, for who has no method at hand, and visits each entry with the words of margin that it selects or falls back to. All problems of its form go to probs.
func CheckUses(n *document.Node, probs *diag.List, visit func(use *FactorUse, margins []string)) {
	uses := factorUses(n, probs)
	for i := range uses {
		u := &uses[i]
		margins := []string{u.Select.Margin}
		for _, s := range u.ByCategory {
			margins = append(margins, s.Margin)
		}
		for _, f := range u.Fallbacks {
			margins = append(margins, f.Kind.Margin)
		}
		slices.Sort(margins)
		visit(u, slices.DeleteFunc(slices.Compact(margins), func(s string) bool { return s == "" }))
	}
}

// useOtherwise has the method, which is a copy, look up factors as overrides say. An entry replaces the method's use as a whole; one of some kinds is a use of its own, which the impacts of these kinds name in
// place of the method's.
func (m *Method) useOtherwise(o *Overrides, probs *diag.List) {
	uses := factorUses(o.Factors, probs)
	if len(uses) == 0 {
		return
	}
	m.Factors, m.Kinds = slices.Clone(m.Factors), slices.Clone(m.Kinds)
	for _, u := range uses {
		u.by = o.Name
		if u.Of == "" {
			was := m.Use(u.Factor)
			u.Of = was.Source()
		}
		if len(u.Kinds) == 0 {
			if at := slices.IndexFunc(m.Factors, func(x FactorUse) bool { return x.Factor == u.Factor }); at >= 0 {
				m.Factors[at] = u
			} else {
				m.Factors = append(m.Factors, u)
			}
			continue
		}
		if name := m.lookedUp(u.Factor); name != "" {
			probs.Add(u.At("kinds").Problem(diag.Refused, "%s is read by the lookup %s, which is the same for all kinds: kinds cannot part it", u.Factor, name))
			continue
		}
		was := u.Factor
		u.Factor = o.Name + "." + was
		m.Factors = append(m.Factors, u)
		for i := range m.Kinds {
			k := &m.Kinds[i]
			if !slices.Contains(u.Kinds, k.Kind) {
				continue
			}
			k.Impacts = slices.Clone(k.Impacts)
			for n := range k.Impacts {
				if k.Impacts[n].Factor == was {
					k.Impacts[n].Factor = u.Factor
				}
			}
		}
	}
}

// lookedUp names a lookup of a factor; empty where formulas read none.
func (m *Method) lookedUp(factor string) string {
	blocks := []*Block{&m.common}
	for i := range m.Kinds {
		blocks = append(blocks, &m.Kinds[i].Block)
	}
	for _, b := range blocks {
		for i := range b.Lookups {
			if b.Lookups[i].Factor == factor {
				return b.Lookups[i].Name
			}
		}
	}
	return ""
}

// By is the name of the overrides that say how the factor is used; empty where it is the method.
func (u *FactorUse) By() string { return u.by }
