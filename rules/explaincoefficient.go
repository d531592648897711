package rules

import (
	"math"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// ExplainCoefficient opens up the coefficient of one of a flow's terms for a row of the runner's last batch that has it: what the run computed before anything
// uncertain, by the same operations in the same order, down to columns, attributes and constants. A parameter that the coefficient holds at its value is a constant
// in it. The result is nil where the parts do not come to the coefficient to the bit.
func (p *Program) ExplainCoefficient(r *Runner, flow, term, row int) *Explained {
	x := coefficients{p: p, r: r, row: row}
	terms := x.form(&p.flows[flow].form)
	if term >= len(terms) || terms[term] == nil {
		return nil
	}
	if math.Float64bits(terms[term].Number) != math.Float64bits(r.flows[flow].out.Terms[term].Coefficient[row]) {
		return nil
	}
	return terms[term]
}

// coefficients follows, for one row, what a runner did.
type coefficients struct {
	p     *Program
	r     *Runner
	row   int
	parts int
}

// form gives the coefficients of a form's terms.
func (x *coefficients) form(f *form) []*Explained {
	var out []*Explained
	for i := range f.cases {
		c := &f.cases[i]
		if c.when != nil {
			if v := x.r.machine.Eval(c.when); !v.Has(x.row) || !v.Bool(x.row) {
				continue
			}
		}
		out = out[:0]
		for k := range c.terms {
			out = x.term(&c.terms[k], out)
		}
	}
	return out
}

// term appends a term's coefficients, one for each choice of its quantities' terms, as Runner.fillCase computes them.
func (x *coefficients) term(source *term, out []*Explained) []*Explained {
	choice := make([]int, len(source.quantities))
	for {
		product := x.expr(source.coefficient)
		for j, p := range source.quantities {
			terms := x.quantity(x.p.quantities[p.index])
			if choice[j] >= len(terms) || terms[choice[j]] == nil || x.parts > maxExplained {
				product = nil
				break
			}
			product = timesQuantity(product, terms[choice[j]], p.exponent)
		}
		out = append(out, product)
		if !x.r.nextChoice(source, choice) {
			return out
		}
	}
}

// timesQuantity multiplies by a quantity's coefficient, or divides.
func timesQuantity(a, by *Explained, exponent int) *Explained {
	if exponent < 0 {
		return &Explained{What: AnOperation, Name: "/", Op: vector.Div, Has: true, Class: -1, Number: a.Number / by.Number, Args: []*Explained{a, by}}
	}
	if a.What == AConstant && a.Number == 1 {
		return by
	}
	return &Explained{What: AnOperation, Name: "*", Op: vector.Mul, Has: true, Class: -1, Number: float64(a.Number * by.Number), Args: []*Explained{a, by}}
}

// quantity gives the coefficients of a quantity's terms, by the tier that the row takes; none where it has no value.
func (x *coefficients) quantity(q *quantity) []*Explained {
	s := &x.r.quantities[q.index]
	if !q.used || !s.grade.Valid.Get(x.row) {
		return nil
	}
	t := &q.tiers[s.grade.Tier[x.row]]
	var out []*Explained
	for _, c := range x.form(&t.form) {
		if c != nil {
			c = &Explained{What: AQuantity, Name: q.name, Has: true, Number: c.Number, Class: int(s.grade.Class[x.row]), Place: t.at.Place, Tier: int(s.grade.Tier[x.row]) + 1, Tiers: len(q.tiers),
				Args: []*Explained{c}}
		}
		out = append(out, c)
	}
	return out
}

// expr opens up an expression of the program's machine.
func (x *coefficients) expr(e *vector.Expr) *Explained {
	x.parts++
	v := x.r.machine.Eval(e)
	out := &Explained{What: AnOperation, Type: e.Type, Has: v.Has(x.row), Class: -1, Op: e.Op}
	switch {
	case !out.Has:
	case e.Type == column.String:
		out.Text = v.String(x.row)
	case e.Type == column.Bool:
		out.Text = strconv.FormatBool(v.Bool(x.row))
	default:
		out.Number = v.Float(x.row)
	}
	switch e.Op {
	case vector.Const:
		out.What = AConstant
	case vector.Input:
		x.input(x.p.slots[e.Slot], out)
	case vector.Gather:
		out.What, out.Name = AnAttribute, e.Reference.Name+"."+e.Reference.Table.Names[e.Attribute]
		out.Reference = e.Reference.Name
		if key := x.r.machine.Eval(e.Args[0]); key.Has(x.row) {
			out.ID = key.String(x.row)
			out.At, _ = e.Reference.Row(out.ID)
		}
	case vector.If:
		test := x.expr(e.Args[0])
		out.Name, out.Test = "?:", []*Explained{test}
		switch {
		case !test.Has:
		case test.Text == "true":
			out.Args = []*Explained{x.expr(e.Args[1])}
		default:
			out.Args = []*Explained{x.expr(e.Args[2])}
		}
	case vector.Coalesce:
		first := x.expr(e.Args[0])
		if out.Name, out.Args = "??", []*Explained{first}; !first.Has {
			out.Test, out.Args = out.Args, []*Explained{x.expr(e.Args[1])}
		}
	default:
		if out.Name = signs[e.Op]; out.Name == "" {
			out.Name = functionName(e.Op)
		}
		for _, a := range e.Args {
			out.Args = append(out.Args, x.expr(a))
		}
	}
	return out
}

// input is what stands in a slot: a column, what a lookup found, or a quantity at the point values of what is uncertain.
func (x *coefficients) input(s slot, out *Explained) {
	switch {
	case s.lookup != nil:
		out.What, out.Name, out.Factor, out.Place = ALookup, s.lookup.source.Name, s.lookup.source.Factor, s.lookup.source.At.Place
		if found := &x.r.lookups[s.lookup.index]; out.Has && found.mono[x.row] != amounts.One {
			out.Class = int(found.class[x.row])
			out.Ref = x.r.space.Monomials.At(x.r.space.Monomials.Powers(found.mono[x.row])[0].Symbol).Ref
		}
	case s.quantity != nil:
		out.What, out.Name, out.Unit = AQuantity, s.quantity.name, s.quantity.source.UnitText
		if !out.Has {
			return
		}
		g := &x.r.quantities[s.quantity.index].grade
		out.Class, out.Tier, out.Tiers = int(g.Class[x.row]), int(g.Tier[x.row])+1, len(s.quantity.tiers)
		out.Place = s.quantity.tiers[g.Tier[x.row]].at.Place
		if terms := x.quantity(s.quantity); s.quantity.symbols.empty() && len(terms) > 0 && terms[0] != nil && x.parts <= maxExplained {
			out.Args = terms[0].Args
		}
	default:
		out.What, out.Name = AColumn, s.column
		for _, f := range x.p.schema.Fields {
			if f.Name == s.column {
				out.Unit = f.Unit
			}
		}
	}
}
