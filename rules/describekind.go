package rules

import (
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// describer reads the formulas of a compiled program once more: a program keeps what is computed, not what was written.
type describer struct {
	p *Program
	c *compiler
}

func describeKind(p *Program, factors FactorUnits) KindDescription {
	out := KindDescription{Kind: p.Kind, Lookups: []LookupText{}, Quantities: []QuantityText{}, Derived: []DerivedText{},
		Impacts: []ImpactText{}, FunctionalUnits: []UnitText{}, ShareOut: []ShareText{}}
	d := &describer{p: p, c: p.reader(factors)}
	for _, l := range p.lookups {
		out.Lookups = append(out.Lookups, d.lookup(l))
	}
	for _, q := range p.quantities {
		out.Quantities = append(out.Quantities, d.quantity(q))
	}
	for _, x := range p.derived {
		text := DerivedText{Formula: x.Text, Value: x.Value}
		for _, i := range x.Parameters {
			text.Parameters = append(text.Parameters, p.Method.Parameters[i].Name)
		}
		out.Derived = append(out.Derived, text)
	}
	for i := range p.Flows {
		if p.Flows[i].Impact != nil {
			out.Impacts = append(out.Impacts, d.impact(i))
		} else {
			out.FunctionalUnits = append(out.FunctionalUnits, d.functionalUnit(i))
		}
	}
	shares := p.Method.Shares(p.Kind)
	for i := range shares {
		out.ShareOut = append(out.ShareOut, d.shareOut(&shares[i]))
	}
	return out
}

// reader is a compiler that finds all names of a program compiled. What it compiles itself, for a closer look, goes to a program of its own.
func (p *Program) reader(factors FactorUnits) *compiler {
	c, _ := newCompiler(p.Method, p.schema, factors, &diag.List{})
	for _, q := range p.quantities {
		c.byName[reading{name: q.source.Name, rung: q.rung}] = q
	}
	for _, l := range p.lookups {
		c.lookups[reading{name: l.source.Name}] = l
	}
	return c
}

func (d *describer) lookup(l *lookup) LookupText {
	s := l.source
	out := LookupText{Name: s.Name, Unit: show(l.unit), Factor: s.Factor, Fallbacks: l.use.fallbacks(), Doc: s.Doc, Place: s.At.Place.String(), Keys: []string{}}
	var uses usesOf
	for _, k := range []struct {
		name string
		from *document.Node
	}{{"region", s.Region}, {"technology", s.Technology}} {
		if k.from != nil {
			out.Keys = append(out.Keys, k.name+" = "+written(k.from))
			uses.read(d.c.check(k.from), d.p.Method)
		}
	}
	if l.byYear {
		out.Keys = append(out.Keys, "year")
	}
	out.Uses = append(uses.list(), UseText{s.Factor, "factor"})
	return out
}

func (d *describer) quantity(q *quantity) QuantityText {
	s := q.source
	out := QuantityText{Name: q.name, Unit: s.UnitText, Ladder: s.Ladder, Rung: q.rung, Needed: q.used, Doc: s.Doc, Place: s.Node.Place.String()}
	var uses usesOf
	for i := range s.Tiers {
		t := &s.Tiers[i]
		tier := TierText{When: written(t.When), Expr: written(t.Expr), Yields: t.Yields, Class: t.Class, Place: t.Expr.Place.String()}
		if t.When != nil {
			uses.read(d.c.check(t.When), d.p.Method)
		}
		uses.read(q.tiers[i].node, d.p.Method)
		tier.Normal, tier.Why = d.normal(q.tiers[i].node, q.tiers[i].form.why)
		out.Tiers = append(out.Tiers, tier)
	}
	out.Uses = uses.list()
	return out
}

func (d *describer) impact(i int) ImpactText {
	rule, flow := &d.p.Flows[i], &d.p.flows[i]
	r := rule.Impact
	out := ImpactText{Name: r.Name, Perspective: r.Perspective, Stage: r.Stage, Accounting: listed(r.Accountings), ShareOf: r.ShareOf, Categories: listed(r.Categories),
		When: written(r.When), Time: r.Time, Amount: written(r.Amount), Value: written(r.Value), Unit: rule.Measure, Doc: r.Doc, Place: r.At.Place.String()}
	if r.Value != nil {
		out.Categories = []string{r.Category}
	}
	var uses usesOf
	if r.When != nil {
		uses.read(d.c.check(r.When), d.p.Method)
	}
	if r.Time != "" {
		uses.add(r.Time, "column")
	}
	uses.read(flow.node, d.p.Method)
	if out.Normal, out.Why = d.normal(flow.node, flow.form.why); out.Why == "" {
		out.Why = d.below(flow.node)
	}
	out.Held, out.AtPoints = rule.Held, rule.AtPoints
	if r.Factor != "" {
		out.Factor = d.found(&uses, r.Factor, r.Region, r.Technology)
		if out.Normal != "" {
			out.Normal = multiplied(out.Normal) + " × " + out.Factor
		}
		uses.add(r.Factor, "factor")
	}
	var unless []string
	for _, u := range r.Unless {
		held := d.found(&uses, u.Factor, nil, u.Technology)
		switch {
		case u.For != "":
			held += " has a row: that of " + u.For
		case len(u.Boundary) == 0:
			held += " has a row"
		default:
			held += " holds it: boundary " + strings.Join(u.Boundary, ", ")
		}
		unless = append(unless, held)
		uses.add(u.Factor, "factor")
	}
	out.Unless, out.Otherwise = strings.Join(unless, "; or "), r.Otherwise
	out.Uses = uses.list()
	return out
}

// multiplied puts a sum in brackets.
func multiplied(normal string) string {
	if strings.Contains(normal, " + ") || strings.Contains(normal, " - ") || strings.Contains(normal, " if ") {
		return "(" + normal + ")"
	}
	return normal
}

// found writes a factor with what it is found by.
func (d *describer) found(uses *usesOf, factor string, keys ...*document.Node) string {
	var by []string
	for _, k := range keys {
		if k != nil {
			by = append(by, written(k))
			uses.read(d.c.check(k), d.p.Method)
		}
	}
	if _, _, keys, _ := d.c.factors.FactorUnit(factor); slices.Contains(keys, "year") {
		by = append(by, "year")
	}
	if len(by) == 0 {
		return factor
	}
	return factor + "[" + strings.Join(by, ", ") + "]"
}

func (d *describer) functionalUnit(i int) UnitText {
	rule, flow := &d.p.Flows[i], &d.p.flows[i]
	u := rule.Unit
	out := UnitText{Name: u.Name, Unit: u.Unit, Count: written(u.Count), Class: listed(u.Class), Doc: u.Doc, Place: u.At.Place.String()}
	var uses usesOf
	uses.read(flow.node, d.p.Method)
	if out.Normal, out.Why = d.normal(flow.node, flow.form.why); out.Why == "" {
		out.Why = d.below(flow.node)
	}
	out.Uses = uses.list()
	return out
}

// below says at which tier of which quantity a normal form fails that a formula depends on; empty where none does.
func (d *describer) below(n *node) string {
	seen := map[*quantity]bool{}
	var search func(q *quantity) string
	search = func(q *quantity) string {
		if q.why == "" || seen[q] {
			return ""
		}
		seen[q] = true
		for i := range q.tiers {
			if why := q.tiers[i].form.why; why != "" {
				return q.name + ", tier " + numberText(float64(i+1)) + ": " + why
			}
		}
		for _, u := range q.uses {
			if u.quantity != nil {
				if why := search(u.quantity); why != "" {
					return why
				}
			}
		}
		return q.why
	}
	for _, u := range uses(n, nil) {
		if u.quantity != nil {
			if why := search(u.quantity); why != "" {
				return why
			}
		}
	}
	return ""
}

// usesOf gathers names in order of first appearance.
type usesOf struct{ found []UseText }

func (u *usesOf) add(name, what string) {
	if use := (UseText{name, what}); !slices.Contains(u.found, use) {
		u.found = append(u.found, use)
	}
}

func (u *usesOf) list() []UseText { return append([]UseText{}, u.found...) }

// read adds what a checked expression uses.
func (u *usesOf) read(n *node, m *Method) {
	if n == nil {
		return
	}
	n.eachLeaf(func(leaf *node) {
		if what := leafNames[leaf.leaf]; what != "" {
			u.add(m.formula(leaf), what)
		}
	})
}

var leafNames = map[leaf]string{columnLeaf: "column", attributeLeaf: "attribute", parameterLeaf: "parameter", lookupLeaf: "lookup", quantityLeaf: "quantity"}
