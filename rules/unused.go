package rules

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Unused warns of what a method declares and no result depends on, since it is often a name that was meant elsewhere, and refuses a column by which errors
// are shared that no kind has, see CheckSharedBy. programs are those of all
// kinds that the method has rules for, without errors, also of its Variants.
func Unused(m *Method, programs []*Program, probs *diag.List) {
	u := unused{m: m, programs: programs, probs: probs}
	u.choices()
	u.parameters()
	u.factors()
	u.ladders()
	u.sharing()
	u.grading()
	u.block(&m.common, programs)
	for i := range m.Kinds {
		k := &m.Kinds[i]
		u.block(&k.Block, u.of(k.Kind))
	}
}

type unused struct {
	m        *Method
	programs []*Program
	probs    *diag.List
}

func (u *unused) warn(at diag.Place, n *document.Node, hint, format string, args ...any) {
	p := n.ProblemAt(at, diag.UnusedName, format, args...)
	p.Severity, p.Hint = diag.Warning, hint
	u.probs.Add(p)
}

func (u *unused) of(kind string) []*Program {
	var out []*Program
	for _, p := range u.programs {
		if p.Kind == kind {
			out = append(out, p)
		}
	}
	return out
}

func (u *unused) choices() {
	for i := range u.m.Choices {
		if c := &u.m.Choices[i]; !u.any(u.programs, func(p *Program) bool { return p.readChoices[c.Name] }) {
			u.warn(c.Place, c.node, "", "no formula reads the choice %s", c.Name)
		}
	}
}

func (u *unused) any(of []*Program, uses func(p *Program) bool) bool {
	return slices.ContainsFunc(of, uses)
}

func (u *unused) parameters() {
	for i, p := range u.m.Parameters {
		if !u.any(u.programs, func(of *Program) bool { return of.named[i] }) {
			u.warn(p.Place, p.node, "", "no formula names the parameter %s", p.Name)
		}
	}
}

func (u *unused) factors() {
	used := map[string]bool{}
	for i := range u.m.Kinds {
		for _, r := range u.m.Kinds[i].Impacts {
			used[r.Factor] = true
			for _, x := range r.Unless {
				used[x.Factor] = true
			}
		}
	}
	for _, p := range u.programs {
		for _, l := range p.lookups {
			used[l.source.Factor] = true
		}
	}
	for _, f := range u.m.Factors {
		if !used[f.Factor] {
			u.warn(f.Place, f.node, "", "no impact or lookup uses the factor %s", f.Factor)
		}
	}
}

func (u *unused) ladders() {
	blocks := []*Block{&u.m.common}
	for i := range u.m.Kinds {
		blocks = append(blocks, &u.m.Kinds[i].Block)
	}
	for i := range u.m.Ladders {
		l := &u.m.Ladders[i]
		stands := func(q Quantity) bool { return q.Ladder == l.Name }
		if !slices.ContainsFunc(blocks, func(b *Block) bool { return slices.ContainsFunc(b.Quantities, stands) }) {
			u.warn(l.Place, l.node, "", "no quantity stands on the ladder %s", l.Name)
		}
	}
}

// sharing looks for the column by which errors are shared.
func (u *unused) sharing() {
	columns := map[string][]lca.Field{}
	var kinds []string
	for _, p := range u.programs {
		if columns[p.Kind] == nil {
			kinds = append(kinds, p.Kind)
		}
		columns[p.Kind] = p.schema.Fields
	}
	u.m.CheckSharedBy(columns, kinds, u.probs)
}

// grading warns of grading columns, and columns that they grade, which no kind has: what they should grade would pass as it is.
func (u *unused) grading() {
	var names []string
	for _, p := range u.programs {
		for _, f := range p.schema.Fields {
			names = append(names, f.Name)
		}
	}
	unknown := func(name string) (hint string, is bool) {
		if slices.Contains(names, name) {
			return "", false
		}
		if near := diag.Nearest(name, names); near != "" {
			hint = "did you mean " + near + "?"
		}
		return hint, true
	}
	for _, b := range u.m.Classes.Basis {
		if hint, is := unknown(b.Column); is {
			u.warn(b.node.Place, b.node, hint, "no kind has a column %s: it grades nothing", b.Column)
		}
		for i, graded := range b.Of {
			if hint, is := unknown(graded); is {
				item := b.node.Get("of").Items[i]
				u.warn(item.Place, item, hint, "no kind has a column %s that could be graded", graded)
			}
		}
	}
}

func (u *unused) block(b *Block, programs []*Program) {
	by := "impact, functional unit or other quantity that one of them needs"
	for i := range b.Lookups {
		l := &b.Lookups[i]
		if !u.any(programs, func(p *Program) bool {
			return slices.ContainsFunc(p.lookups, func(have *lookup) bool { return have.source == l && (have.used || p.forShares[slot{lookup: have}]) })
		}) {
			u.warn(l.At.Place, l.At, "", "no %s uses the lookup %s", by, l.Name)
		}
	}
	for i := range b.Quantities {
		q := &b.Quantities[i]
		compiled, used := false, false
		for _, p := range programs {
			for _, have := range p.quantities {
				if have.source == q {
					compiled, used = true, used || have.used || p.forShares[slot{quantity: have}]
				}
			}
		}
		switch {
		case !compiled:
			u.warn(q.Node.Place, q.Node, "", "no kind uses the quantity %s, so that its formulas were not checked", q.Name)
		case !used:
			u.warn(q.Node.Place, q.Node, "", "no %s uses the quantity %s", by, q.Name)
		}
	}
}
