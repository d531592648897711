package rules

import (
	"fmt"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// quantity compiles a quantity, read at a rung or as it is; nil where it has problems, which are reported once.
func (c *compiler) quantity(q *Quantity, rung string) *quantity {
	name := c.reading(q.Name, rung, q.Ladder)
	if done, ok := c.byName[name]; ok {
		return done
	}
	if c.failed[name] || len(c.m.overrides) > 0 && c.parts > maxParts {
		return nil
	}
	c.stack = append(c.stack, name)
	out := &quantity{name: name.String(), source: q, rung: rung}
	ok := true
	var tiers []tier
	c.inScope(scope{world: c.scope.world, steps: c.scope.steps}, func() {
		for i := range q.Tiers {
			t, fine := c.tier(q, &q.Tiers[i], rung)
			ok = ok && fine
			tiers = append(tiers, t)
		}
	})
	c.stack = c.stack[:len(c.stack)-1]
	if !ok || c.failed[name] {
		c.failed[name] = true
		return nil
	}
	c.add(out, tiers)
	c.byName[name] = out
	return out
}

// add makes a quantity of its tiers part of the program.
func (c *compiler) add(out *quantity, tiers []tier) {
	out.tiers = tiers
	for i := range tiers {
		t := &tiers[i]
		out.terms = max(out.terms, t.form.count)
		if why := t.form.whyNot(); why != "" && out.why == "" {
			out.why = out.name + ": " + why
		}
		out.uses = append(out.uses, t.uses...)
		out.symbols = out.symbols.union(c.symbolsOf(t.node))
		out.chosen.add(t.chosen)
		out.chosen.add(chosen{held: t.form.held})
	}
	if len(out.tiers) == 1 && out.tiers[0].when == nil {
		out.alone, out.sizeAlone = out.tiers[0].node.alone(), out.tiers[0].node.sizeAlone()
	}
	out.index = len(c.p.quantities)
	c.terms += out.terms
	c.p.quantities = append(c.p.quantities, out)
	c.p.steps = append(c.p.steps, slot{quantity: out})
	out.slot = c.slot(slot{quantity: out})
}

func (c *compiler) tier(q *Quantity, t *Tier, rung string) (tier, bool) {
	out := tier{at: t.Expr}
	ok := true
	steps := c.scope.steps
	c.scope.steps = c.scope.world // of quantities that the formula reads
	defer func() { c.scope.steps = steps }()
	if t.When != nil {
		c.scope.condition = true
		when := c.check(t.When)
		c.scope.condition = false
		if when != nil && when.typ != column.Bool {
			c.noCondition(t.When, "when", when)
			when = nil
		}
		if when == nil {
			ok = false
		} else {
			out.when = c.vector(when)
			out.uses = uses(when, nil)
			out.chosen = c.chosenBy(when)
		}
	}
	n := c.measured(t.Expr, q.Unit, q.UnitText, "the quantity "+q.Name)
	if n == nil {
		return out, false
	}
	if rung != "" {
		c.scope.steps = steps
		if n = c.climb(q, t, n, rung); n == nil {
			return out, false
		}
	}
	if !ok || !c.affords(t.Expr, n) {
		return out, false
	}
	out.node = n
	out.form = c.form(n)
	out.class = c.class(n)
	out.class.base = max(out.class.base, class(t.Class))
	out.uses = uses(n, out.uses)
	return out, true
}

// measured checks a formula and brings it to a unit.
func (c *compiler) measured(at *document.Node, u unit.Unit, text, what string) *node {
	n := c.check(at)
	if n == nil {
		return nil
	}
	if n.typ != column.Float || n.date {
		c.noNumber(at, what, n)
		return nil
	}
	if !u.Valid() {
		return nil // reported by the loader
	}
	f, ok := unit.Factor(n.unit, u)
	if !ok {
		p := at.ProblemAt(at.Within(0, 0), diag.UnitMismatch, "%s is due in %s, but its formula yields %s", what, text, show(n.unit))
		p.Why = fmt.Sprintf("%s is %s; %s is %s", text, u.Dimension(), show(n.unit), n.unit.Dimension())
		p.Hint = inBraces(at, c.fitHint(what, n, u))
		c.probs.Add(p)
		return nil
	}
	return scale(n, f, u)
}

// climb multiplies or divides by a ladder's steps between the rung that a tier yields and the one that is asked for.
func (c *compiler) climb(q *Quantity, t *Tier, n *node, rung string) *node {
	l := c.ladder(q.Ladder)
	from, to := -1, -1
	for i, r := range l.Rungs() {
		if r == t.Yields {
			from = i
		}
		if r == rung {
			to = i
		}
	}
	if from < 0 || to < 0 {
		return nil // reported by the loader
	}
	for i := from; i < to; i++ {
		step := c.step(l.Steps[i].Times)
		if step == nil {
			return nil
		}
		n = &node{op: vector.Mul, args: []*node{n, step}, unit: n.unit, at: n.at}
	}
	for i := from; i > to; i-- {
		step := c.step(l.Steps[i-1].Times)
		if step == nil {
			return nil
		}
		n = &node{op: vector.Div, args: []*node{n, step}, unit: n.unit, at: n.at}
	}
	return n
}

// stepIn is a step of a ladder in a world.
type stepIn struct {
	at *document.Node
	in world
}

// step checks what a ladder multiplies by, once for all that climb it.
func (c *compiler) step(at *document.Node) (n *node) {
	key := stepIn{at, c.scope.steps}
	if n := c.climbed[key]; n != nil {
		return n
	}
	c.inScope(scope{world: c.scope.steps, steps: c.scope.steps}, func() { n = c.measured(at, unit.One, "1", "a step of a ladder") })
	if n != nil {
		c.climbed[key] = n
	}
	return n
}

// Limits of all formulas of a kind together: their parts, for the time that it takes to compile them, and what evaluating them takes for a batch.
const (
	maxParts      = 10_000
	maxBatchBytes = 32 << 20
)

// affords counts a formula's parts; false, and reported once, where they are too many to go on.
func (c *compiler) affords(at *document.Node, n *node) bool {
	if c.parts > maxParts {
		return false
	}
	c.parts += n.size()
	message := ""
	switch {
	case c.parts > maxParts || c.p.builder.Len() > maxParts:
		message = fmt.Sprintf("have more than %d parts, ladders' steps included", maxParts)
	case c.batchBytes() > c.mostBatchBytes():
		message = fmt.Sprintf("take more than %d MiB for a batch of %d rows", c.mostBatchBytes()>>20, column.BatchRows)
	default:
		return true
	}
	c.parts = maxParts + 1
	p := at.Problem(diag.TooLarge, "with this formula the rules for %s %s", c.schema.Kind, message)
	p.Hint = "name what formulas have in common as a quantity, or use fewer"
	c.probs.Add(p)
	return false
}

// mostBatchBytes is how many a batch may take. What overrides a method makes some of its formulas anew, each time with what the others make of it.
func (c *compiler) mostBatchBytes() int {
	if len(c.m.overrides) > 0 {
		return 4 * maxBatchBytes
	}
	return maxBatchBytes
}

// batchBytes is about what a runner takes for a batch: the nodes' columns, of each term a coefficient, a monomial and a bit, of each quantity a class
// and a tier.
func (c *compiler) batchBytes() int {
	return c.p.builder.Bytes(column.BatchRows) + (13*c.terms+2*len(c.p.quantities)+16*len(c.p.lookups))*column.BatchRows
}

// uses lists the lookups and quantities that a formula names anywhere.
func uses(n *node, into []slot) []slot {
	switch n.leaf {
	case lookupLeaf:
		return append(into, slot{lookup: n.lookup})
	case quantityLeaf:
		return append(into, slot{quantity: n.quantity})
	}
	for _, a := range n.args {
		into = uses(a, into)
	}
	return into
}

// columns lists the row's columns that a formula reads, or by which it finds what it reads.
func columns(n *node, into []string) []string {
	n.eachLeaf(func(leaf *node) {
		switch leaf.leaf {
		case columnLeaf:
			into = append(into, leaf.column)
		case attributeLeaf:
			into = append(into, leaf.reference.Key)
		}
	})
	return into
}
