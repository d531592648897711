package rules

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// knowOverrides refuses overrides of names that the kind does not have, where they are said to be of it, of what is read by others than rules, and parameters that would hide a name.
func (c *compiler) knowOverrides() {
	if len(c.m.overrides) == 0 {
		return
	}
	names := append(c.names(), c.impactNames()...)
	c.p.names = names
	for _, o := range c.m.overrides {
		for i := range o.Set {
			x := &o.Set[i]
			if !x.isOf(c.schema.Kind) {
				continue
			}
			if why := c.beyondRules(x.Name); why != "" {
				p := x.At.Get("name").Problem(diag.Refused, "%s of %s cannot be overridden: %s", x.Name, c.schema.Kind, why)
				p.Hint = "override the quantities that it leads to"
				c.probs.Add(p)
			}
			if len(x.Kinds) == 0 || x.Optional || slices.Contains(names, x.Name) {
				continue
			}
			p := x.At.Get("name").Problem(diag.UnknownName, "the method %s has no %q for %s", c.m.ref(), excerpt(x.Name), c.schema.Kind)
			if near := diag.Nearest(x.Name, names); near != "" {
				p.Hint = "did you mean " + near + "?"
			}
			c.probs.Add(p)
		}
		for i, name := range o.names {
			if slices.Contains(names, name) {
				p := &c.m.Parameters[o.first+i]
				c.probs.Add(p.node.ProblemAt(p.Place, diag.DuplicateName, "%s names a parameter of %s, but %s has a %s already, which its formulas could not read", name, o.Name, c.schema.Kind, name))
			}
		}
	}
}

// beyondRules says who reads a column that is read before any rule is.
func (c *compiler) beyondRules(name string) string {
	for _, r := range c.schema.References {
		if r.Key == name {
			return "it says which row of " + r.Name + " is meant, and that is looked up before"
		}
	}
	if name != "" && slices.Contains([]string{c.schema.From, c.schema.To, c.schema.Year}, name) {
		return "it is when the row took place, by which totals are told apart"
	}
	if name == c.m.Classes.Row || slices.ContainsFunc(c.m.Classes.Basis, func(b Basis) bool { return b.Column == name }) {
		return "it is how well the row is known"
	}
	return ""
}

// tryOverrides compiles the overrides that nothing reads, where they are said to be of the kind: a wrong formula must not hide.
func (c *compiler) tryOverrides() {
	names := c.names()
	c.trying = true
	for n, o := range c.m.overrides {
		if n >= MaxOverriding {
			break
		}
		for i := range o.Set {
			x := &o.Set[i]
			if !slices.Contains(x.Kinds, c.schema.Kind) || !slices.Contains(names, x.Name) || c.beyondRules(x.Name) != "" || c.read[x] {
				continue
			}
			upTo := world(1)<<(n+1) - 1
			rung := ""
			if on := c.onLadder(x.Name); on != "" {
				if l := c.ladder(on); l != nil {
					rung = l.Rungs()[len(l.Rungs())-1]
				}
			}
			c.lastOverride(x.Name, rung, upTo, upTo, func(diag.Code, string, string, ...any) {})
		}
	}
	c.trying = false
}

// wordsOf refuses words among what a formula comes to that a column of words does not have.
func (c *compiler) wordsOf(x *Override, n *node, words []string) (fine bool) {
	fine = true
	n.results(func(n *node) {
		if n.leaf == constant && n.typ == column.String && words != nil && !slices.Contains(words, n.text) {
			p := x.Expr.Problem(diag.UnknownName, "%q is no word of %s", excerpt(n.text), x.Name)
			p.Hint = meant(n.text, words, "")
			c.probs.Add(p)
			fine = false
		}
	})
	return fine
}

// results visits what a formula comes to in one case or another.
func (n *node) results(visit func(*node)) {
	switch {
	case n.leaf == inner && n.op == vector.If:
		n.args[1].results(visit)
		n.args[2].results(visit)
	case n.leaf == inner && n.op == vector.Coalesce:
		for _, a := range n.args {
			a.results(visit)
		}
	default:
		visit(n)
	}
}

// multiple reports whether a formula is a quantity times something in which the quantity does not stand, whatever case holds.
func multiple(n *node, of *quantity) bool {
	switch {
	case n.leaf == quantityLeaf:
		return n.quantity == of
	case n.leaf != inner:
		return false
	case n.op == vector.Mul:
		return multiple(n.args[0], of) && !n.args[1].names(of) || multiple(n.args[1], of) && !n.args[0].names(of)
	case n.op == vector.Div:
		return multiple(n.args[0], of) && !n.args[1].names(of)
	case n.op == vector.If:
		return !n.args[0].names(of) && multiple(n.args[1], of) && multiple(n.args[2], of)
	case n.op == vector.Coalesce:
		return !slices.ContainsFunc(n.args, func(a *node) bool { return !multiple(a, of) })
	}
	return false
}

// names reports whether a quantity stands in a formula.
func (n *node) names(of *quantity) bool {
	return n.leaf == quantityLeaf && n.quantity == of || slices.ContainsFunc(n.args, func(a *node) bool { return a.names(of) })
}

// put notes the words and numbers that an override puts in the place of what rows hold, where these are no formulas: constants, and parameters of its own.
func (c *compiler) put(x *Override, n *node, u unit.Unit) {
	if at := slices.IndexFunc(c.m.Parameters, func(p Parameter) bool { return p.Name == x.Name }); at >= 0 {
		c.withinParameter(x, n, &c.m.Parameters[at])
	}
	if _, is := c.field(x.Name); !is {
		return
	}
	n.results(func(n *node) {
		switch {
		case n.leaf == constant && n.typ == column.String:
			c.p.put = append(c.p.put, Put{x.Name, n.text, nil, x.Expr})
		case n.leaf == constant && n.typ == column.Float:
			c.p.put = append(c.p.put, Put{x.Name, "", &n.number, x.Expr})
		case n.leaf == parameterLeaf:
			p := &c.m.Parameters[n.parameter]
			low, high := p.ends()
			if f, ok := unit.Factor(p.Unit, u); ok {
				for _, v := range []float64{low, high} {
					v = float64(v * f)
					c.p.put = append(c.p.put, Put{x.Name, "", &v, x.Expr})
				}
			}
		}
	})
}

// withinParameter refuses numbers in the place of a parameter that are beyond its bounds.
func (c *compiler) withinParameter(x *Override, n *node, of *Parameter) {
	n.results(func(n *node) {
		if n.leaf != constant || n.typ != column.Float {
			return
		}
		switch {
		case of.Min != nil && n.number < *of.Min:
			c.probs.Add(x.Expr.Problem(diag.OutOfRange, "%s is %v; it cannot be below %v", x.Name, n.number, *of.Min))
		case of.Max != nil && n.number > *of.Max:
			c.probs.Add(x.Expr.Problem(diag.OutOfRange, "%s is %v; it cannot be above %v", x.Name, n.number, *of.Max))
		}
	})
}

// Knows reports whether formulas for the kind may read a name. It is of a method with overrides.
func (p *Program) Knows(name string) bool { return slices.Contains(p.names, name) }

// Put is a word or a number that an override puts in the place of what rows hold in a column, in the column's unit.
type Put struct {
	Column string
	Word   string
	Number *float64 // nil: it is a word
	At     *document.Node
}

// Puts lists what overrides put in the place of what rows hold, where it is no formula: words, numbers, and parameters of their own. Whether it may stand there, the owner of the column knows.
func (p *Program) Puts() []Put { return p.put }
