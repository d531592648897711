package rules

import (
	"cmp"
	"slices"
	"strings"

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

// useOtherwise has the method, which is a copy, look up factors as overrides say. An entry replaces the method's use as a whole, with those of some kinds that earlier overrides say; one of some kinds is a use of its
// own, which the impacts of these kinds name in place of the one before, in what drops them too.
func (m *Method) useOtherwise(o *Overrides, probs *diag.List) {
	uses := factorUses(o.Factors, probs)
	if len(uses) == 0 {
		return
	}
	m.Factors, m.Kinds = slices.Clone(m.Factors), slices.Clone(m.Kinds)
	for _, u := range uses {
		u.by = o.Name
		if u.Of == "" {
			sources := m.sourcesOf(u.Factor, u.Kinds)
			if len(sources) > 1 {
				p := u.At().ProblemAt(u.Place, diag.BadValue, "%s is %s, by what is set before: of which this is a use is not said", u.Factor, strings.Join(sources, " and "))
				p.Hint = "name it: of: " + sources[0]
				probs.Add(p)
				continue
			}
			u.Of = sources[0]
		}
		if len(u.Kinds) == 0 {
			m.rename(u.Factor, u.Factor, nil)
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
		u.part, u.Factor = u.Factor, o.Name+"."+u.Factor
		m.rename(u.part, u.Factor, u.Kinds)
		m.Factors = append(slices.DeleteFunc(m.Factors, func(x FactorUse) bool { return x.Factor == u.Factor }), u)
	}
}

// isOf reports whether a name of an impact's factor is a factor of the method, or one of the uses of some kinds into which overrides part it.
func (m *Method) isOf(name, factor string) bool { return name == factor || m.Use(name).part == factor }

// rename has the impacts of some kinds, nil being all, name a factor of the method otherwise, however earlier overrides have them name it.
func (m *Method) rename(factor, to string, kinds []string) {
	for i := range m.Kinds {
		k := &m.Kinds[i]
		if len(kinds) > 0 && !slices.Contains(kinds, k.Kind) {
			continue
		}
		k.Impacts = slices.Clone(k.Impacts)
		for n := range k.Impacts {
			r := &k.Impacts[n]
			if r.Factor != "" && m.isOf(r.Factor, factor) {
				r.Factor = to
			}
			r.Unless = slices.Clone(r.Unless)
			for j := range r.Unless {
				if m.isOf(r.Unless[j].Factor, factor) {
					r.Unless[j].Factor = to
				}
			}
		}
	}
}

// sourcesOf are the pack's names of a factor of the method, one at least, as the impacts of some kinds, none being all, name it.
func (m *Method) sourcesOf(factor string, kinds []string) (out []string) {
	add := func(name string) {
		use := m.Use(name)
		if source := use.Source(); !slices.Contains(out, source) {
			out = append(out, source)
		}
	}
	if len(kinds) == 0 {
		add(factor) // lookups read it too
	}
	for i := range m.Kinds {
		k := &m.Kinds[i]
		if len(kinds) > 0 && !slices.Contains(kinds, k.Kind) {
			continue
		}
		for n := range k.Impacts {
			if name := k.Impacts[n].Factor; name != "" && m.isOf(name, factor) {
				add(name)
			}
		}
	}
	if len(out) == 0 {
		add(factor)
	}
	return out
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

// Reads reports whether an impact, what drops it, or a lookup of the method names a factor.
func (m *Method) Reads(factor string) bool {
	for i := range m.Kinds {
		for n := range m.Kinds[i].Impacts {
			r := &m.Kinds[i].Impacts[n]
			if m.isOf(r.Factor, factor) || slices.ContainsFunc(r.Unless, func(u Unless) bool { return m.isOf(u.Factor, factor) }) {
				return true
			}
		}
	}
	return m.lookedUp(factor) != ""
}

// Whole is the method's own name of the factor, of which overrides may have parted a use of some kinds.
func (u *FactorUse) Whole() string { return cmp.Or(u.part, u.Factor) }

// By is the name of the overrides that say how the factor is used; empty where it is the method.
func (u *FactorUse) By() string { return u.by }
