package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

func (c *compiler) field(name string) (lca.Field, bool) {
	for _, f := range c.schema.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return lca.Field{}, false
}

func (c *compiler) ladder(name string) *Ladder {
	return (&loader{m: c.m}).ladder(name)
}

// maxNames bounds what a kind's formulas may name.
const maxNames = 1000

// reserved are the words of the language, which cannot be names.
var reserved = []string{"true", "false", "nil", "and", "or", "not", "in", "let", "if", "else", "matches", "contains", choiceWord}

// distinctNames refuses a name that means two things; it is false where there are too many to go on.
func (c *compiler) distinctNames() bool {
	meaning := map[string]string{}
	for _, f := range c.schema.Fields {
		meaning[f.Name] = "a column of " + c.schema.Kind
	}
	for _, r := range c.schema.References {
		meaning[r.Name] = "a table that " + c.schema.Kind + " refers to"
	}
	for _, word := range slices.Concat(reserved, functionNames) {
		meaning[word] = "a word of the language"
	}
	for _, p := range c.m.Parameters {
		c.meaning(meaning, p.Name, "a parameter", p.Place, p.node)
	}
	if c.checks != nil {
		for _, d := range c.checks.definitions {
			c.meaning(meaning, d.name, "a definition", d.expr.Place, d.expr)
		}
	}
	for _, b := range c.blocks {
		for _, l := range b.Lookups {
			c.meaning(meaning, l.Name, "a lookup", l.At.Place, l.At)
		}
		for i := range b.Quantities {
			c.meaning(meaning, b.Quantities[i].Name, "a quantity", b.Quantities[i].Node.Place, b.Quantities[i].Node)
		}
	}
	if n := len(c.names()); n > maxNames {
		c.probs.Add(diag.Problem{Code: diag.TooLarge, Place: diag.Place{File: c.m.file}, Message: fmt.Sprintf("%s has %d columns, parameters, lookups and quantities; at most %d are taken", c.schema.Kind, n, maxNames)})
		return false
	}
	return true
}

func (c *compiler) meaning(known map[string]string, name, what string, at diag.Place, n *document.Node) {
	before, ok := known[name]
	if !ok {
		known[name] = what
		return
	}
	c.probs.Add(n.ProblemAt(at, diag.DuplicateName, "%s names %s, but it is %s already", name, what, before))
}

// grading refuses a column of the rows' quality classes that the kind does not have: every figure would pass as measured. A kind may lack a
// column that grades others, for some kinds say how a figure came to be known and some do not.
func (c *compiler) grading() {
	if row := c.m.Classes.node.Get("row"); row != nil {
		if f, ok := c.field(c.m.Classes.Row); !ok || f.Type != lca.Text {
			c.probs.Add(row.Problem(diag.UnknownName, "the class of a row must stand in a text column of %s, not in %q", c.schema.Kind, c.m.Classes.Row))
		}
	}
	for _, b := range c.m.Classes.Basis {
		if f, ok := c.field(b.Column); ok && f.Type != lca.Text {
			c.probs.Add(b.node.Problem(diag.BadType, "the column %s of %s holds no words that could grade others", b.Column, c.schema.Kind))
		}
	}
}

// report adds a problem at the place that the caller knows.
type report func(code diag.Code, hint, format string, args ...any)

// resolve finds what a name means; nil where it is unknown or has problems of its own.
func (c *compiler) resolve(name string, fail report) *node {
	if n, is := c.override(name, "", fail); is {
		return n
	}
	return c.plain(name, fail)
}

// plain is what a name means where nothing overrides it.
func (c *compiler) plain(name string, fail report) *node {
	for _, b := range c.blocks {
		for i := range b.Quantities {
			if q := &b.Quantities[i]; q.Name == name {
				if q.Ladder != "" {
					l := c.ladder(q.Ladder)
					if l == nil {
						return nil
					}
					return &node{leaf: quantityLeaf, quantity: &quantity{source: q, rungs: l.Rungs()}}
				}
				return c.quantityNode(q, "", fail)
			}
		}
		for i := range b.Lookups {
			if b.Lookups[i].Name == name {
				if c.inCycle(c.reading(name, "", "").lookup(), fail) {
					return nil
				}
				l := c.lookup(&b.Lookups[i])
				if l == nil {
					return nil
				}
				return &node{leaf: lookupLeaf, lookup: l, unit: l.unit}
			}
		}
	}
	if n, defined := c.checks.resolve(c, name, fail); defined {
		return n
	}
	for i, p := range c.m.Parameters {
		if p.Name == name {
			return c.parameter(i)
		}
	}
	if f, ok := c.field(name); ok {
		out := &node{leaf: columnLeaf, column: name, words: f.Values}
		out.typ, out.date, out.unit = typeOf(f)
		return out
	}
	hint := ""
	if c.probs.Count(diag.Error) < 100 { // searching takes time, and nobody reads that many
		if near := diag.Nearest(name, c.names()); near != "" {
			hint = "did you mean " + near + "?"
		}
	}
	fail(diag.UnknownName, hint, "unknown name %q: it is no column of %s, parameter, lookup or quantity", name, c.schema.Kind)
	return nil
}

// parameter is that of a number; nil where its unit is none, which the loader reports.
func (c *compiler) parameter(i int) *node {
	p := &c.m.Parameters[i]
	if !p.Unit.Valid() {
		return nil
	}
	if c.p.named == nil {
		c.p.named = map[int]bool{}
	}
	c.p.named[i] = true
	return &node{leaf: parameterLeaf, parameter: i, unit: p.Unit}
}

// names are all that a formula of the kind may use.
func (c *compiler) names() []string {
	var out []string
	for _, f := range c.schema.Fields {
		out = append(out, f.Name)
	}
	for _, p := range c.m.Parameters {
		out = append(out, p.Name)
	}
	out = append(out, c.checks.names()...)
	for _, b := range c.blocks {
		for _, l := range b.Lookups {
			out = append(out, l.Name)
		}
		for _, q := range b.Quantities {
			out = append(out, q.Name)
		}
	}
	return out
}

func typeOf(f lca.Field) (column.Type, bool, unit.Unit) {
	switch f.Type {
	case lca.Text:
		return column.String, false, unit.One
	case lca.Boolean:
		return column.Bool, false, unit.One
	case lca.Date:
		return column.Float, true, unit.One
	}
	u := unit.One
	if f.Unit != "" {
		u = unit.MustParse(f.Unit) // kinds are part of the program and tested
	}
	return column.Float, false, u
}

// resolveMember finds reference.attribute and quantity.rung.
func (c *compiler) resolveMember(base, property string, fail report) *node {
	if base == choiceWord {
		return c.resolveChoice(property, fail)
	}
	for _, r := range c.schema.References {
		if r.Name != base {
			continue
		}
		var names []string
		for i, f := range r.Fields {
			if f.Name == property {
				out := &node{leaf: attributeLeaf, reference: r, attribute: i, words: f.Values}
				out.typ, out.date, out.unit = typeOf(f)
				return out
			}
			names = append(names, f.Name)
		}
		hint := ""
		if near := diag.Nearest(property, names); near != "" {
			hint = "did you mean " + near + "?"
		}
		fail(diag.UnknownName, hint, "%s has no column %q", base, property)
		return nil
	}
	if n, is := c.override(base, property, fail); is {
		return n
	}
	return c.plainMember(base, property, fail)
}

// plainMember is a quantity read at a rung, where nothing overrides it.
func (c *compiler) plainMember(base, property string, fail report) *node {
	for _, b := range c.blocks {
		for i := range b.Quantities {
			q := &b.Quantities[i]
			if q.Name != base {
				continue
			}
			l := c.ladder(q.Ladder)
			if l == nil && q.Ladder != "" {
				return nil // reported by the loader
			}
			if l == nil {
				fail(diag.BadValue, "", "%s stands on no ladder: it is read by its name alone", base)
				return nil
			}
			if !slices.Contains(l.Rungs(), property) {
				fail(diag.UnknownName, "one of "+strings.Join(l.Rungs(), ", "), "%s is no rung of %s", property, l.Name)
				return nil
			}
			return c.quantityNode(q, property, fail)
		}
	}
	fail(diag.UnknownName, "", "%q is no table that %s refers to and no quantity on a ladder", base, c.schema.Kind)
	return nil
}

func (c *compiler) quantityNode(q *Quantity, rung string, fail report) *node {
	if c.inCycle(c.reading(q.Name, rung, q.Ladder), fail) {
		return nil
	}
	compiled := c.quantity(q, rung)
	if compiled == nil {
		return nil
	}
	return &node{leaf: quantityLeaf, quantity: compiled, unit: q.Unit}
}

// inCycle reports a name that is being compiled already, with the way from it to itself.
func (c *compiler) inCycle(name reading, fail report) bool {
	at := slices.Index(c.stack, name)
	if at < 0 {
		return false
	}
	var cycle []string
	for _, r := range c.stack[at:] {
		cycle = append(cycle, r.String())
	}
	cycle = append(cycle, name.String())
	c.failed[name] = true
	key := strings.Join(slices.Sorted(slices.Values(cycle[1:])), " ") // told once, from whatever name it was come to
	if !c.cycles[key] {
		if c.cycles == nil {
			c.cycles = map[string]bool{}
		}
		c.cycles[key] = true
		fail(diag.Cycle, "", "%s uses itself: %s", name, strings.Join(cycle, " → "))
	}
	return true
}
