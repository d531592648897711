package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Overrides gives names of a method other values in some rows: what a lever does. A row of which an override has no value, or whose condition is not true, keeps what it has. Formulas that
// stand behind a quantity see what is overridden too, so that overrides of several names, of one or of several levers, do not depend on their order. Of one name they do: a later one
// reads what the earlier ones made of it.
type Overrides struct {
	Name       string // of whatever overrides, lower-case letters, digits and hyphens; parameters are called NAME.PARAMETER
	Digest     string
	Parameters *document.Node // as under parameters in a method; only these overrides read them
	Set        []Override

	first int // number of its first parameter in the method
	names []string
}

// Override gives a name another value. Name is a column that holds a number or a text, a parameter, a lookup or a quantity; of a quantity that stands on a ladder it is read at each rung, and Expr,
// which reads it by its bare name, is to be a multiple of it.
type Override struct {
	Name  string         `doc:"name,required"`
	Kinds []string       `doc:"kinds"` // of inventory; empty: all that have the name
	When  *document.Node `doc:"when"`  // nil: all rows
	Expr  *document.Node `doc:"expr,required"`
	Class string         `doc:"class"` // quality class of the value; empty: that of what Expr reads
	Doc   string         `doc:"doc"`
	At    *document.Node `doc:"@"`
}

// maxOverrides is how many overrides there are of a method.
const maxOverrides = 500

// Overridden is the method with names overridden, after those that are already. What is wrong with the form of parameters goes to probs; formulas are checked by Compile. The method itself
// is not changed.
func (m *Method) Overridden(o *Overrides, probs *diag.List) *Method {
	out := *m
	out.Parameters = slices.Clone(m.Parameters)
	own := *o
	own.first = len(out.Parameters)
	l := &loader{m: &Method{}, probs: probs}
	l.parameters(o.Parameters)
	for _, p := range l.m.Parameters {
		own.names = append(own.names, p.Name)
		p.Name = o.Name + "." + p.Name
		out.Parameters = append(out.Parameters, p)
	}
	for i := range o.Set {
		x := &o.Set[i]
		if x.Class != "" {
			l.classOf(x.At.Get("class"), x.Class, 0)
		}
	}
	out.overrides = append(slices.Clone(m.overrides), &own)
	if n := out.countOverrides(); n > maxOverrides {
		probs.Add(o.Set[0].At.Problem(diag.TooLarge, "%d overrides of one method; at most %d are taken", n, maxOverrides))
	}
	sum := sha256.Sum256([]byte(m.Digest + " " + o.Name + " " + o.Digest))
	out.Digest = hex.EncodeToString(sum[:])
	return &out
}

func (m *Method) countOverrides() (n int) {
	for _, o := range m.overrides {
		n += len(o.Set)
	}
	return n
}

// ofOverride is whose formula is being compiled: of the i-th override of a name, at a rung.
type ofOverride struct {
	of    *Overrides // nil: of none
	name  string
	rung  string
	count int // overrides of the name that came before
}

// overriding lists the overrides of a name, in the order in which they apply.
func (c *compiler) overriding(name string) (of []*Overrides, list []*Override) {
	for _, o := range c.m.overrides {
		for i := range o.Set {
			if x := &o.Set[i]; x.Name == name && x.isOf(c.schema.Kind) {
				of, list = append(of, o), append(list, x)
			}
		}
	}
	return of, list
}

func (x *Override) isOf(kind string) bool { return len(x.Kinds) == 0 || slices.Contains(x.Kinds, kind) }

// override is what a name is read as where an override counts, or a parameter of the overrides whose formula is compiled; false where the name is what it is without.
func (c *compiler) override(name, rung string, fail report) (*node, bool) {
	within := c.within
	if within.of != nil {
		if i := slices.Index(within.of.names, name); i >= 0 && rung == "" {
			return c.parameter(within.of.first + i), true
		}
	}
	if len(c.m.overrides) == 0 || c.asTheyAre {
		return nil, false
	}
	of, list := c.overriding(name)
	count := len(list)
	if within.name == name {
		count = within.count
		if rung == "" && within.rung != "" {
			if rung = within.rung; count == 0 {
				return c.plainMember(name, rung, fail), true
			}
		}
	}
	if count == 0 || rung == "" && c.onLadder(name) {
		return nil, false
	}
	key := fmt.Sprintf("%s#%d", name, count)
	if rung != "" {
		key = fmt.Sprintf("%s.%s#%d", name, rung, count)
	}
	if n, done := c.overrode[key]; done {
		return n, true
	}
	if c.inCycle(key, fail) {
		return nil, true
	}
	c.within = ofOverride{of[count-1], name, rung, count - 1}
	c.stack = append(c.stack, key)
	n := c.overridden(list[count-1], key, c.before(name, rung, fail))
	c.stack = c.stack[:len(c.stack)-1]
	c.within = within
	if c.failed[key] {
		n = nil
	}
	if c.overrode == nil {
		c.overrode, c.p.overrides = map[string]*node{}, map[string]bool{}
	}
	c.overrode[key], c.p.overrides[of[count-1].Name] = n, true
	return n, true
}

// onLadder reports whether a name is a quantity that is known at several boundaries.
func (c *compiler) onLadder(name string) bool {
	for _, b := range c.blocks {
		for i := range b.Quantities {
			if b.Quantities[i].Name == name {
				return b.Quantities[i].Ladder != ""
			}
		}
	}
	return false
}

// before is what an override's name is without it.
func (c *compiler) before(name, rung string, fail report) *node {
	if n, is := c.override(name, rung, fail); is {
		return n
	}
	if rung != "" {
		return c.plainMember(name, rung, fail)
	}
	return c.plain(name, fail)
}

// overridden compiles an override; nil where it has problems.
func (c *compiler) overridden(x *Override, key string, before *node) *node {
	if before == nil {
		return nil
	}
	if before.date || before.typ != column.Float && before.typ != column.String {
		c.probs.Add(x.At.Get("name").Problem(diag.BadType, "%s holds a %s: numbers and texts can be overridden", x.Name, kindOf(before)))
		return nil
	}
	if before.typ == column.String {
		return c.overriddenText(x, before)
	}
	q := &Quantity{Name: x.Name, Unit: before.unit, UnitText: show(before.unit), Doc: x.Doc, Node: x.At}
	q.Tiers = []Tier{{When: x.When, Expr: x.Expr, Class: x.Class, At: x.At}, {Expr: x.Expr, At: x.At}}
	first, ok := c.tier(q, &q.Tiers[0], "")
	if !ok {
		return nil
	}
	second := tier{at: x.At, node: before, form: c.form(before), class: c.class(before), uses: uses(before, nil)}
	out := &quantity{name: key, source: q}
	c.add(out, []tier{first, second})
	return &node{leaf: quantityLeaf, quantity: out, unit: before.unit}
}

// overriddenText compiles an override of a text.
func (c *compiler) overriddenText(x *Override, before *node) *node {
	n := c.check(x.Expr)
	if n == nil {
		return nil
	}
	if n.typ != column.String {
		c.probs.Add(x.Expr.Problem(diag.BadType, "%s is a text, and the formula yields a %s", x.Name, kindOf(n)))
		return nil
	}
	if n.leaf == constant {
		c.p.words = append(c.p.words, OverridingWord{x.Name, n.text, x.Expr})
	}
	if n.leaf == constant && before.words != nil && !slices.Contains(before.words, n.text) {
		p := x.Expr.Problem(diag.UnknownName, "%q is no word of %s", excerpt(n.text), x.Name)
		p.Hint = meant(n.text, before.words, "")
		c.probs.Add(p)
		return nil
	}
	when := has(n)
	if x.When != nil {
		w := c.check(x.When)
		if w == nil {
			return nil
		}
		if w.typ != column.Bool {
			c.noCondition(x.When, "when", w)
			return nil
		}
		when = both(both(has(w), w), when)
	}
	out := &node{op: vector.If, typ: column.String, args: []*node{when, n, before}, unit: before.unit, words: before.words, at: x.At.Place}
	if out.size() > maxNodes {
		c.probs.Add(x.At.Problem(diag.TooLarge, "with this override %s is a formula of more than %d parts", x.Name, maxNodes))
		return nil
	}
	return out
}

func both(a, b *node) *node { return &node{op: vector.And, typ: column.Bool, args: []*node{a, b}} }

// knowOverrides refuses overrides of names that the kind does not have, where they are said to be of it.
func (c *compiler) knowOverrides() {
	for _, o := range c.m.overrides {
		for i := range o.Set {
			x := &o.Set[i]
			if !slices.Contains(x.Kinds, c.schema.Kind) || slices.Contains(c.names(), x.Name) {
				continue
			}
			p := x.At.Get("name").Problem(diag.UnknownName, "the method %s has no %q for %s", c.m.ref(), excerpt(x.Name), c.schema.Kind)
			if near := diag.Nearest(x.Name, c.names()); near != "" {
				p.Hint = "did you mean " + near + "?"
			}
			c.probs.Add(p)
		}
	}
}

// Overridden reports whether formulas of the program read a name to which the overrides that are called so give another value.
func (p *Program) Overridden(by string) bool { return p.overrides[by] }

// OverridingWord is a text that an override puts in the place of what rows hold in a column.
type OverridingWord struct {
	Column, Word string
	At           *document.Node
}

// OverridingWords lists the texts that overrides put in the place of what rows hold, where they are words and no formulas. Whether they may stand there, the owner of the column knows.
func (p *Program) OverridingWords() []OverridingWord { return p.words }
