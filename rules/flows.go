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
	if done, ok := c.lookups[source.Name]; ok {
		return done
	}
	c.lookups[source.Name] = nil
	l := &lookup{source: source}
	_, value, keys, ok := c.factors.FactorUnit(source.Factor)
	if !ok {
		c.probs.Add(source.At.Get("factor").Problem(diag.UnknownName, "the factor pack has no factor %q", source.Factor))
		return nil
	}
	l.unit = value
	l.byYear = slices.Contains(keys, "year")
	l.use = c.m.Use(source.Factor)
	key, fine := c.key(source.At, keys, source.Factor, source.Region, source.Technology)
	if !fine {
		return nil
	}
	l.key = *key
	l.index = len(c.p.lookups)
	c.p.lookups = append(c.p.lookups, l)
	l.slot = c.slot(slot{lookup: l})
	c.lookups[source.Name] = l
	return l
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
			c.probs.Add(r.When.Problem(diag.BadType, "when must be true or false, not a %s", when.typ))
			ok = false
		default:
			f.when = c.vector(when)
		}
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
		category, _ := lca.Words().Category(r.Category)
		n = c.measured(r.Value, unit.MustParse(category.Unit), category.Unit, "the impact "+r.Name)
		rule.Measure, rule.Subject = category.Unit, r.Value.Text
	} else if r.Amount != nil {
		per, _, keys, known := c.factors.FactorUnit(r.Factor)
		if !known {
			c.probs.Add(r.At.Get("factor").Problem(diag.UnknownName, "the factor pack has no factor %q", r.Factor))
			return
		}
		n = c.measured(r.Amount, per, show(per), "the amount for the factor "+r.Factor)
		rule.Measure, rule.Subject = show(per), r.Amount.Text
		key, fine := c.key(r.At, keys, r.Factor, r.Region, r.Technology)
		f.lookup, ok = key, ok && fine
		if r.Unless != nil {
			_, _, keys, known := c.factors.FactorUnit(r.Unless.Factor)
			if !known {
				c.probs.Add(r.At.Get("unless").Problem(diag.UnknownName, "the factor pack has no factor %q", r.Unless.Factor))
				return
			}
			f.unless, fine = c.key(r.At.Get("unless"), keys, r.Unless.Factor, nil, r.Unless.Technology)
			ok = ok && fine
		}
	}
	if n == nil || !ok {
		return
	}
	c.finish(rule, f, n)
}

func (c *compiler) functionalUnit(u *FunctionalUnit) {
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

func (c *compiler) finish(rule FlowRule, f flow, n *node) {
	f.form = c.form(n)
	rule.Normal, rule.Why = f.form.why == "", f.form.why
	rule.Subject = strings.TrimSpace(rule.Subject)
	f.class = c.class(n)
	c.p.Flows = append(c.p.Flows, rule)
	c.p.flows = append(c.p.flows, f)
}
