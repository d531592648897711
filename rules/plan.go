package rules

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// ByNumbers names what a row's numbers may decide, and not only its words and which of its numbers are there: which tier of a quantity is taken, the key
// of a lookup, whether and how a flow applies, and "where", the study's filter. Rows that come to such a decision are evaluated one by one, see tracer.
// Names are of flows, quantities and lookups that a flow needs, in the order of the flows, then of evaluation.
func (p *Program) ByNumbers() []string {
	d := &deciders{p: p, numeric: map[*vector.Expr]bool{}, decides: map[*vector.Expr]bool{}}
	var out []string
	add := func(name string, does bool) {
		if does && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for i := range p.flows {
		f := &p.flows[i]
		add(p.Flows[i].Name, d.condition(f.when) || d.key(f.lookup) || d.key(f.unless) || d.form(&f.form) || d.class(&f.class))
	}
	for _, l := range p.lookups {
		add(l.source.Name, l.used && d.key(&l.key))
	}
	for _, q := range p.quantities {
		for i := range q.tiers {
			t := &q.tiers[i]
			add(q.name, q.used && (d.condition(t.when) || d.form(&t.form) || d.class(&t.class)))
		}
	}
	add("where", d.condition(p.filter))
	return out
}

// deciders finds formulas in which numbers decide.
type deciders struct {
	p       *Program
	numeric map[*vector.Expr]bool
	decides map[*vector.Expr]bool
}

// condition reports whether numbers may decide if a condition holds, or anything inside it.
func (d *deciders) condition(e *vector.Expr) bool {
	return e != nil && (d.isNumeric(e) || d.inside(e))
}

func (d *deciders) key(t *tuple) bool {
	return t != nil && (d.condition(t.region) || d.condition(t.technology))
}

func (d *deciders) form(f *form) bool {
	for i := range f.cases {
		if d.condition(f.cases[i].when) {
			return true
		}
		for k := range f.cases[i].terms {
			if d.inside(f.cases[i].terms[k].coefficient) {
				return true
			}
		}
	}
	return false
}

func (d *deciders) class(c *classOf) bool {
	return slices.ContainsFunc(c.choices, func(x choice) bool { return d.condition(x.test) || d.class(&x.yes) || d.class(&x.no) })
}

// inside reports whether some part of an expression is chosen by numbers.
func (d *deciders) inside(e *vector.Expr) bool {
	if e == nil {
		return false
	}
	does, known := d.decides[e]
	if !known {
		does = e.Op == vector.If && d.isNumeric(e.Args[0]) || e.Op == vector.Gather && d.isNumeric(e.Args[0]) || slices.ContainsFunc(e.Args, d.inside)
		d.decides[e] = does
	}
	return does
}

// isNumeric reports whether an expression's value follows from the row's numbers, and not only from which of them are there.
func (d *deciders) isNumeric(e *vector.Expr) bool {
	is, known := d.numeric[e]
	if known {
		return is
	}
	switch e.Op {
	case vector.Input:
		is = d.input(d.p.slots[e.Slot], e.Type)
	case vector.IsNil: // a number's presence is part of the pattern
	default:
		is = slices.ContainsFunc(e.Args, d.isNumeric)
	}
	d.numeric[e] = is
	return is
}

func (d *deciders) input(s slot, typ column.Type) bool {
	switch {
	case s.lookup != nil:
		return false // found by words and year
	case s.quantity != nil:
		return slices.ContainsFunc(s.quantity.tiers, func(t tier) bool { return d.ofNumbers(&t.form) })
	}
	return typ == column.Float
}

// ofNumbers reports whether a form's coefficients follow from numbers.
func (d *deciders) ofNumbers(f *form) bool {
	for i := range f.cases {
		for k := range f.cases[i].terms {
			t := &f.cases[i].terms[k]
			if t.coefficient != nil && d.isNumeric(t.coefficient) {
				return true
			}
			for _, q := range t.quantities {
				if d.input(slot{quantity: d.p.quantities[q.index]}, column.Float) {
					return true
				}
			}
		}
	}
	return false
}
