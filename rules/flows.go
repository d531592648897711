package rules

import (
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// lookup compiles a named lookup; nil where it has problems, which are reported once.
func (c *compiler) lookup(source *Lookup) *lookup {
	name := c.reading(source.Name, "", "")
	if done, ok := c.lookups[name]; ok {
		return done
	}
	c.lookups[name] = nil
	l := &lookup{source: source}
	_, value, keys, ok := c.factorUnit(source.At, source.Factor)
	if !ok {
		return nil
	}
	l.unit = value
	l.byYear = slices.Contains(keys, "year")
	l.use = c.m.Use(source.Factor)
	c.stack = append(c.stack, name.lookup())
	fine := false
	c.inScope(scope{world: c.scope.world, steps: c.scope.world}, func() {
		var key *tuple
		key, fine = c.key(source.At, keys, source.Factor, source.Region, source.Technology)
		l.key = *key
	})
	c.stack = c.stack[:len(c.stack)-1]
	if !fine {
		return nil
	}
	l.index = len(c.p.lookups)
	c.p.lookups = append(c.p.lookups, l)
	c.p.steps = append(c.p.steps, slot{lookup: l})
	l.slot = c.slot(slot{lookup: l})
	c.lookups[name] = l
	return l
}

// lookup is the name among what is being compiled, where a quantity may be called so too.
func (r reading) lookup() reading {
	r.name = "lookup " + r.name
	return r
}

// factorUnit asks the pack for a factor that a rule names; a rule without one has been reported by the loader.
func (c *compiler) factorUnit(at *document.Node, name string) (per, value unit.Unit, keys []string, ok bool) {
	if name == "" {
		return per, value, nil, false
	}
	if per, value, keys, ok = c.factors.FactorUnit(name); !ok {
		p := at.Get("factor").Problem(diag.UnknownName, "the factor pack has no factor %q", name)
		p.Hint = c.factorHint(name)
		c.probs.Add(p)
	}
	if use := c.m.Use(name); use.by != "" && !c.trying {
		c.readBy(use.by)
	}
	return per, value, keys, ok
}

// key compiles what a factor is found by, and refuses keys that the factor does not have or lacks.
func (c *compiler) key(at *document.Node, keys []string, factor string, region, technology *document.Node) (*tuple, bool) {
	out := &tuple{}
	ok := true
	one := func(name string, from *document.Node, into **vector.Expr) {
		has := slices.Contains(keys, name)
		switch {
		case has && from == nil:
			p := at.Problem(diag.MissingKey, "%s is found by %s: the key %q is missing here", factor, strings.Join(keys, ", "), name)
			c.probs.Add(p)
			ok = false
		case !has && from != nil:
			c.probs.Add(from.Problem(diag.UnknownKey, "%s is not found by %s, but by %s", factor, name, strings.Join(keys, ", ")))
			ok = false
		case from != nil:
			n := c.check(from)
			if n == nil {
				ok = false
				return
			}
			if n.typ != column.String {
				c.probs.Add(from.Problem(diag.BadType, "%s must be a text, not a %s", name, n.typ))
				ok = false
				return
			}
			*into = c.vector(n)
			out.chosen.add(c.chosenBy(n))
			out.uses = uses(n, out.uses)
			out.columns = columns(n, out.columns)
		}
	}
	one("region", region, &out.region)
	one("technology", technology, &out.technology)
	return out, ok
}

func (c *compiler) impact(r *Impact) {
	rule := FlowRule{Impact: r, Kind: c.schema.Kind, Name: r.Name, Place: r.At.Place}
	var f flow
	ok := true
	if r.When != nil {
		when := c.check(r.When)
		switch {
		case when == nil:
			ok = false
		case when.typ != column.Bool:
			c.noCondition(r.When, "when", when)
			ok = false
		default:
			f.when = c.vector(when)
			f.uses = uses(when, nil)
			f.chosen = c.chosenBy(when)
		}
	}
	if r.Time == "" && !c.hasPeriod() {
		p := r.At.Problem(diag.MissingKey, "rows of %s have no period: the impact %s must say its time", c.schema.Kind, r.Name)
		p.Hint = "time: a date column"
		c.probs.Add(p)
		ok = false
	}
	if r.Time != "" {
		field, known := c.field(r.Time)
		if !known || field.Type != lca.Date {
			c.probs.Add(r.At.Get("time").Problem(diag.UnknownName, "time must name a date column of %s, not %q", c.schema.Kind, r.Time))
			ok = false
		} else {
			f.time = c.p.builder.Column(c.slot(slot{column: r.Time}), column.Float)
			rule.HasTime, rule.TimeName = true, r.Time
		}
	}
	var n *node
	if r.Value != nil {
		if category, known := lca.Words().Category(r.Category); known {
			n = c.counted(r, func() *node {
				return c.measured(r.Value, unit.MustParse(category.Unit), category.Unit, "the impact "+r.Name)
			})
			rule.Measure, rule.Subject = category.Unit, r.Value.Text
		}
	} else if r.Amount != nil {
		per, _, keys, known := c.factorUnit(r.At, r.Factor)
		if !known {
			return
		}
		n = c.counted(r, func() *node { return c.measured(r.Amount, per, show(per), "the amount for the factor "+r.Factor) })
		rule.Measure, rule.Subject = show(per), r.Amount.Text
		key, fine := c.key(r.At, keys, r.Factor, r.Region, r.Technology)
		f.lookup, ok = key, ok && fine
		f.uses = append(f.uses, key.uses...)
	}
	for i := range r.Unless {
		u := &r.Unless[i]
		_, _, keys, known := c.factorUnit(u.At, u.Factor)
		if !known {
			return
		}
		key, fine := c.key(u.At, keys, u.Factor, nil, u.Technology)
		ok = ok && fine
		if f.uses = append(f.uses, key.uses...); i == 0 {
			f.unless = key
			continue
		}
		// A cell carries one pair of names: the technology of the second stands where a region would.
		f.unless.region, f.unless.columns = key.technology, append(f.unless.columns, key.columns...)
		f.unless.chosen.add(key.chosen)
	}
	if n == nil || !ok {
		return
	}
	c.finish(rule, f, n)
}

// hasPeriod reports whether rows of the kind say when they took place.
func (c *compiler) hasPeriod() bool { return c.schema.From+c.schema.To+c.schema.Year != "" }

func (c *compiler) functionalUnit(u *FunctionalUnit) {
	if u.Count == nil || u.Unit == "" {
		return // reported by the loader
	}
	if !c.hasPeriod() {
		c.probs.Add(u.At.Problem(diag.BadValue, "rows of %s have no period: nothing can be counted for a year", c.schema.Kind))
	}
	rule := FlowRule{Unit: u, Kind: c.schema.Kind, Name: u.Name, Place: u.At.Place, Measure: u.Unit, Subject: u.Count.Text}
	for i, name := range u.Class {
		if field, ok := c.field(name); !ok || field.Type != lca.Text {
			c.probs.Add(u.At.Get("class").Items[i].Problem(diag.UnknownName, "a comparison class is made of text columns of %s, not %q", c.schema.Kind, name))
		}
	}
	parsed, err := unit.Parse(u.Unit)
	if err != nil {
		c.probs.Add(u.At.Get("unit").Problem(diag.BadUnit, "%v", err))
		return
	}
	if n := c.measured(u.Count, parsed, u.Unit, "the functional unit "+u.Name); n != nil {
		c.finish(rule, flow{}, n)
	}
}

// formula is where the flow's formula stands.
func (r *FlowRule) formula() *document.Node {
	switch {
	case r.Unit != nil:
		return r.Unit.Count
	case r.Impact.Value != nil:
		return r.Impact.Value
	}
	return r.Impact.Amount
}

func (c *compiler) finish(rule FlowRule, f flow, n *node) {
	if !c.affords(rule.formula(), n) {
		return
	}
	f.form = c.form(n)
	c.terms += f.form.count
	rule.Why = f.form.whyNot()
	rule.Normal = rule.Why == ""
	rule.Subject = strings.TrimSpace(rule.Subject)
	var keys []string
	if f.lookup != nil {
		keys = f.lookup.columns
		f.chosen.add(f.lookup.chosen)
	}
	if f.unless != nil {
		f.chosen.add(f.unless.chosen)
	}
	f.class = c.class(n, keys...)
	f.uses = uses(n, f.uses)
	f.node, f.symbols = n, c.symbolsOf(n)
	f.chosen.add(chosen{held: f.form.held})
	c.p.Flows = append(c.p.Flows, rule)
	c.p.flows = append(c.p.flows, f)
}
