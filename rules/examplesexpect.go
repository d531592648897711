package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// namer finds what the names mean that an example expects something of: a quantity (at a rung, where it stands on a ladder), else an impact, else a
// functional unit.
type namer struct {
	m     *Method
	kind  *KindRules
	probs *diag.List
	asked []FunctionalUnit // one for each quantity
}

// target is what a name means.
type target struct {
	quantity   *Quantity
	flow       int
	categories []string // of an impact; empty of quantities and functional units
	due        unit.Unit
}

func (n *namer) expectations(e *Example) []expectation {
	var out []expectation
	if e.Expect.Kind != document.Map || len(e.Expect.Fields) == 0 {
		p := e.Expect.Problem(diag.MissingValue, "an example expects something: a map of values by quantity, impact or functional unit")
		p.Hint = "expect: {quantity: 12 kWh, impact: {climate_change: 3 kg CO2e}, other_impact: missing}"
		n.probs.Add(p)
		return nil
	}
	n.each(e.Expect, func(name string, value *document.Node, t target) {
		if len(t.categories) == 0 || value.Kind != document.Map {
			out = append(out, n.value(expectation{name: name, flow: t.flow, due: t.due, at: value}, t)...)
			return
		}
		for _, f := range value.Fields {
			if !slices.Contains(t.categories, f.Key) {
				p := value.ProblemAt(f.Place, diag.UnknownName, "the impact %s is not in the category %q", name, excerpt(f.Key))
				p.Hint = "its categories: " + strings.Join(t.categories, ", ")
				n.probs.Add(p)
				continue
			}
			one := target{categories: []string{f.Key}, flow: t.flow}
			out = append(out, n.value(expectation{name: name, flow: t.flow, at: f.Value}, one)...)
		}
	})
	n.each(e.Class, func(name string, value *document.Node, t target) {
		x := expectation{name: name, flow: t.flow, at: value, class: class(value.Text)}
		if value.Kind != document.Scalar || x.class < 0 {
			words := lca.Names(lca.Words().Qualities)
			p := value.Problem(diag.UnknownName, "expected a quality class")
			p.Hint = "one of " + strings.Join(words, ", ")
			n.probs.Add(p)
			return
		}
		if len(t.categories) > 0 {
			x.category = t.categories[0]
		}
		out = append(out, x)
	})
	n.each(e.Tier, func(name string, value *document.Node, t target) {
		number, err := strconv.Atoi(value.Text)
		switch {
		case t.quantity == nil:
			n.probs.Add(value.Problem(diag.BadValue, "%s is no quantity: it has no tiers", name))
		case err != nil || number < 1 || number > len(t.quantity.Tiers):
			n.probs.Add(value.Problem(diag.OutOfRange, "%s has the tiers 1 to %d", name, len(t.quantity.Tiers)))
		default:
			out = append(out, expectation{name: name, quantity: name, flow: t.flow, at: value, class: -1, tier: number})
		}
	})
	return out
}

// each visits the entries of a map whose keys mean something.
func (n *namer) each(node *document.Node, visit func(name string, value *document.Node, t target)) {
	if node == nil {
		return
	}
	if node.Kind != document.Map {
		n.probs.Add(node.Problem(diag.BadType, "expected a map by quantity, impact or functional unit, found %s", node.Kind))
		return
	}
	for _, f := range node.Fields {
		if t, ok := n.target(f.Key, node, f.Place); ok {
			visit(f.Key, f.Value, t)
		}
	}
}

// value reads an expected value, or missing; one for each category of an impact.
func (n *namer) value(x expectation, t target) []expectation {
	x.class = -1
	categories := t.categories
	if len(categories) == 0 {
		categories = []string{""}
	}
	if x.at.Kind != document.Scalar {
		p := x.at.Problem(diag.BadType, "expected a value such as 12 kWh, or missing, found %s", x.at.Kind)
		n.probs.Add(p)
		return nil
	}
	x.missing = x.at.Text == "missing"
	if len(categories) > 1 && !x.missing {
		p := x.at.Problem(diag.BadValue, "the impact %s gives several categories: expect a value of each", x.name)
		p.Hint = fmt.Sprintf("%s: {%s: ...}", x.name, strings.Join(categories, ": ..., "))
		n.probs.Add(p)
		return nil
	}
	var out []expectation
	for _, category := range categories {
		x.category = category
		if c, known := lca.Words().Category(category); known {
			x.due = unit.MustParse(c.Unit)
		} else if category != "" {
			return nil // reported with the method
		}
		if x.given = x.due; !x.due.Valid() {
			return nil
		}
		if !x.missing {
			var why string
			if x.value, x.given, why = measure(x.at.Text, x.due); why != "" {
				p := x.at.Problem(diag.BadValue, "%s: %s", x.name, why)
				if !strings.ContainsAny(x.at.Text, "0123456789") {
					p.Hint = "or missing, where there is no value"
				}
				n.probs.Add(p)
				return nil
			}
			if bare := strings.TrimSpace(x.at.Text); !strings.Contains(bare, " ") && !x.due.Equal(unit.One) {
				p := x.at.Problem(diag.BadUnit, "%s is expected with its unit: %s alone could be of any", x.name, bare)
				p.Hint = "write " + bare + " " + show(x.due)
				n.probs.Add(p)
				return nil
			}
		}
		out = append(out, x)
	}
	return out
}

// target finds what a name means.
func (n *namer) target(name string, node *document.Node, at diag.Place) (target, bool) {
	base, rung, hasRung := strings.Cut(name, ".")
	for _, b := range []*Block{&n.kind.Block, &n.m.common} {
		for i := range b.Quantities {
			if q := &b.Quantities[i]; q.Name == base {
				return n.quantity(q, name, rung, hasRung, node, at)
			}
		}
	}
	names := n.names()
	for i := range n.kind.Impacts {
		r := &n.kind.Impacts[i]
		if r.Name != name {
			continue
		}
		if r.Value != nil {
			return target{flow: i, categories: []string{r.Category}}, true
		}
		return target{flow: i, categories: r.Categories}, true
	}
	for i := range n.kind.Units {
		if u := &n.kind.Units[i]; u.Name == name {
			due, err := unit.Parse(u.Unit)
			return target{flow: len(n.kind.Impacts) + i, due: due}, err == nil // else reported with the method
		}
	}
	p := node.ProblemAt(at, diag.UnknownName, "%q is no quantity, impact or functional unit of %s", excerpt(name), n.kind.Kind)
	if near := diag.Nearest(name, names); near != "" {
		p.Hint = "did you mean " + near + "?"
	}
	n.probs.Add(p)
	return target{}, false
}

func (n *namer) quantity(q *Quantity, name, rung string, hasRung bool, node *document.Node, at diag.Place) (target, bool) {
	var rungs []string
	if l := (&loader{m: n.m}).ladder(q.Ladder); l != nil {
		rungs = l.Rungs()
	}
	var p diag.Problem
	switch {
	case rungs != nil && !hasRung:
		p = node.ProblemAt(at, diag.BadValue, "%s is known at several boundaries: say at which it is expected", q.Name)
		p.Hint = fmt.Sprintf("write %s.%s, for example", q.Name, rungs[len(rungs)-1])
	case rungs == nil && hasRung:
		p = node.ProblemAt(at, diag.BadValue, "%s stands on no ladder: it is named alone", q.Name)
	case rungs != nil && !slices.Contains(rungs, rung):
		p = node.ProblemAt(at, diag.UnknownName, "%q is no rung of %s", excerpt(rung), q.Ladder)
		p.Hint = "one of " + strings.Join(rungs, ", ")
	default:
		t := target{quantity: q, due: q.Unit, flow: len(n.kind.Impacts) + len(n.kind.Units) + len(n.asked)}
		n.asked = append(n.asked, FunctionalUnit{Name: name, Unit: q.UnitText, Count: &document.Node{Kind: document.Scalar, Text: name, Place: at},
			At: &document.Node{Kind: document.Map, Place: at}})
		return t, true
	}
	n.probs.Add(p)
	return target{}, false
}

// names are all that an example may expect something of.
func (n *namer) names() []string {
	var out []string
	for _, b := range []*Block{&n.kind.Block, &n.m.common} {
		for i := range b.Quantities {
			q := &b.Quantities[i]
			if l := (&loader{m: n.m}).ladder(q.Ladder); l != nil {
				for _, rung := range l.Rungs() {
					out = append(out, q.Name+"."+rung)
				}
				continue
			}
			out = append(out, q.Name)
		}
	}
	for _, r := range n.kind.Impacts {
		out = append(out, r.Name)
	}
	for _, u := range n.kind.Units {
		out = append(out, u.Name)
	}
	return out
}
