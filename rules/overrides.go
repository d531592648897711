package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Overrides gives names of a method other values in some rows: what a lever does. A row of which an override has no value, or whose condition is not true, keeps what it has.
//
// Its formulas read every name as it is without these overrides, and with all others: what one of them does is never seen by another of the same Overrides, so that nothing counts twice. Formulas of
// the method read what is overridden. Of overrides of different names the order does not matter; of one name a later one reads what the earlier ones made of it.
type Overrides struct {
	Name       string // of whatever overrides, lower-case letters, digits and hyphens; parameters are called NAME.PARAMETER
	Digest     string
	Parameters *document.Node // as under parameters in a method; only these overrides read them
	Factors    *document.Node // as under factors in a method: how it uses them in place of what it says itself; kinds: of impacts, left out: all
	Set        []Override

	first int // number of its first parameter in the method
	names []string
}

// Override gives a name another value. Name is a column that holds a number or a text, a parameter, a lookup, a quantity or, where it is none of these, an impact: its amount or value. Of several of one
// name the first counts whose condition holds and which has a value. Of a quantity that stands on a ladder an override is read at each rung, and Expr is to be a multiple of it, which it reads by its bare name: the steps to the rung are those with all
// overrides. When reads it at a rung, or rungs would differ in what holds.
type Override struct {
	Name     string         `doc:"name,required"`
	Kinds    []string       `doc:"kinds"` // of inventory; empty: all that have the name
	When     *document.Node `doc:"when"`  // nil: all rows
	Expr     *document.Node `doc:"expr,required"`
	Class    string         `doc:"class"`    // quality class of the value; empty: that of what Expr reads
	Optional bool           `doc:"optional"` // a method may lack the name
	Doc      string         `doc:"doc"`
	At       *document.Node `doc:"@"`
}

// Limits of what overrides a method: in all, and of what compiling one name may lean on.
const (
	maxOverrides = 500
	maxLeaning   = 2000
)

// MaxOverriding is how many Overrides one method takes.
const MaxOverriding = 64

// world is a set of Overrides of the method, by their numbers: those that apply.
type world uint64

// scope is how names are read.
type scope struct {
	world, steps world      // in which names are read, and the steps of ladders
	of           *Overrides // whose formula is compiled; nil: of none
	ladder       string     // the overridden quantity on a ladder whose bare name, in this formula, is the quantity at a rung
	rung         string
	rungSteps    world
	condition    bool   // a condition is compiled
	impact       string // the overridden impact whose bare name, in this formula, is counted
	counted      *node
}

// reading names what is compiled: a name, at a rung, and the overrides that make a difference to it.
type reading struct {
	name, rung   string
	world, steps world
}

func (r reading) String() string {
	if r.rung != "" {
		return r.name + "." + r.rung
	}
	return r.name
}

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
		if slices.Contains(reserved, p.Name) || slices.Contains(functionNames, p.Name) {
			probs.Add(p.node.ProblemAt(p.Place, diag.DuplicateName, "%s names a parameter, but it is a word of the language already", p.Name))
		}
		p.Name = o.Name + "." + p.Name
		out.Parameters = append(out.Parameters, p)
	}
	for i := range o.Set {
		x := &o.Set[i]
		if x.Class != "" {
			l.classOf(x.At.Get("class"), x.Class, 0)
		}
	}
	out.useOtherwise(o, probs)
	if len(o.Set) > 0 {
		out.overrides = append(slices.Clone(m.overrides), &own)
	}
	switch n := out.countOverrides(); {
	case n > maxOverrides:
		probs.Add(o.Set[0].At.Problem(diag.TooLarge, "%d overrides of one method; at most %d are taken", n, maxOverrides))
	case len(out.overrides) > MaxOverriding:
		probs.Add(o.Set[0].At.Problem(diag.TooLarge, "the method is overridden %d times; at most %d are taken", len(out.overrides), MaxOverriding))
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

// allOverrides is the world of all of them.
func (m *Method) allOverrides() world { return world(1)<<min(len(m.overrides), MaxOverriding) - 1 }

// of lists the overrides of a name for a kind.
func (o *Overrides) of(name, kind string) (out []*Override) {
	for i := range o.Set {
		if x := &o.Set[i]; x.Name == name && x.isOf(kind) {
			out = append(out, x)
		}
	}
	return out
}

func (x *Override) isOf(kind string) bool { return len(x.Kinds) == 0 || slices.Contains(x.Kinds, kind) }

// reach is the overrides that make a difference to names: to what a name is, to what its own formulas read, and to the steps of ladders.
type reach struct {
	name, tiers map[string]world
	ladders     map[string]world
}

// reached finds out what overrides make a difference to, by the words in formulas: some of these may be no names, and then more is told apart than need be.
func (c *compiler) reached() *reach {
	if c.reach != nil {
		return c.reach
	}
	r := &reach{map[string]world{}, map[string]world{}, map[string]world{}}
	known, reads, tiers, steps := map[string]bool{}, map[string]map[string]bool{}, map[string]map[string]bool{}, map[string]map[string]bool{}
	for _, name := range c.names() {
		known[name] = true
	}
	note := func(into map[string]map[string]bool, name string, formulas ...*document.Node) {
		for _, f := range formulas {
			eachWord(f, func(word string) {
				if known[word] {
					if into[name] == nil {
						into[name] = map[string]bool{}
					}
					into[name][word] = true
				}
			})
		}
	}
	for _, b := range c.blocks {
		for i := range b.Lookups {
			note(reads, b.Lookups[i].Name, b.Lookups[i].Region, b.Lookups[i].Technology)
		}
		for i := range b.Quantities {
			q := &b.Quantities[i]
			for _, t := range q.Tiers {
				note(reads, q.Name, t.When, t.Expr)
				note(tiers, q.Name, t.When, t.Expr)
			}
			if l := c.ladder(q.Ladder); q.Ladder != "" && l != nil {
				for _, s := range l.Steps {
					note(reads, q.Name, s.Times)
					note(steps, l.Name, s.Times)
				}
			}
		}
	}
	for n, o := range c.m.overrides {
		for i := range o.Set {
			if x := &o.Set[i]; x.isOf(c.schema.Kind) && n < MaxOverriding {
				r.name[x.Name] |= 1 << n
				note(reads, x.Name, x.When, x.Expr)
				note(tiers, x.Name, x.When, x.Expr)
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for name, words := range reads {
			of := r.name[name]
			for word := range words {
				of |= r.name[word]
			}
			changed = changed || of != r.name[name]
			r.name[name] = of
		}
	}
	for into, of := range map[*map[string]world]map[string]map[string]bool{&r.tiers: tiers, &r.ladders: steps} {
		for name, words := range of {
			for word := range words {
				(*into)[name] |= r.name[word]
			}
		}
	}
	c.reach = r
	return r
}

// reading is what a name of the method is compiled as in the scope.
func (c *compiler) reading(name, rung, ladder string) reading {
	out := reading{name: name, rung: rung}
	if len(c.m.overrides) == 0 {
		return out
	}
	r := c.reached()
	if rung == "" {
		out.world = c.scope.world & r.name[name]
		return out
	}
	out.world, out.steps = c.scope.world&r.tiers[name], c.scope.steps&r.ladders[ladder]
	return out
}

// inScope does something in another scope.
func (c *compiler) inScope(s scope, do func()) {
	was := c.scope
	c.scope = s
	do()
	c.scope = was
}

// override is what a name is read as where an override counts, or a parameter of the overrides whose formula is compiled; false where the name is what it is without.
func (c *compiler) override(name, rung string, fail report) (*node, bool) {
	s := c.scope
	if s.of != nil && rung == "" {
		if i := slices.Index(s.of.names, name); i >= 0 {
			return c.parameter(s.of.first + i), true
		}
		if name == s.ladder && s.condition {
			rungs := c.ladder(c.onLadder(name)).Rungs()
			fail(diag.BadValue, "write "+name+"."+rungs[len(rungs)-1]+", for example", "%s is known at several boundaries: a condition says at which it is read", name)
			return nil, true
		}
		if name == s.impact {
			return copied(s.counted), true
		}
		if name == s.ladder {
			return c.before(name, s.rung, s.world, s.rungSteps, fail), true
		}
	}
	if s.world == 0 || rung == "" && c.onLadder(name) != "" {
		return nil, false
	}
	return c.lastOverride(name, rung, s.world, s.steps, fail)
}

// onLadder is the ladder of a quantity that is known at several boundaries; empty of what is none.
func (c *compiler) onLadder(name string) string {
	for _, b := range c.blocks {
		for i := range b.Quantities {
			if b.Quantities[i].Name == name {
				return b.Quantities[i].Ladder
			}
		}
	}
	return ""
}

// before is what a name is in a world.
func (c *compiler) before(name, rung string, in, steps world, fail report) (n *node) {
	if n, is := c.lastOverride(name, rung, in, steps, fail); is {
		return n
	}
	c.inScope(scope{world: in, steps: steps}, func() {
		if rung != "" {
			n = c.plainMember(name, rung, fail)
		} else {
			n = c.plain(name, fail)
		}
	})
	return n
}

// lastOverride is a name as the last of those overrides that are in a world makes it; false where none overrides it there.
func (c *compiler) lastOverride(name, rung string, in, steps world, fail report) (*node, bool) {
	at, list := c.lastOf(name, in)
	if at < 0 {
		return nil, false
	}
	o, r := c.m.overrides[at], c.reached()
	key := reading{name, rung, in & r.name[name], 0}
	if rung != "" {
		key.world, key.steps = in&(r.tiers[name]|1<<at), steps&r.ladders[c.onLadder(name)]
	}
	if n, done := c.overrode[key]; done {
		return copied(n), true
	}
	switch {
	case c.inCycle(key, fail):
		return nil, true
	case len(c.stack) > maxLeaning:
		c.probs.Add(list[0].At.Problem(diag.TooLarge, "%s leans on a chain of more than %d names", name, maxLeaning))
		return nil, true
	case c.parts > maxParts: // told
		return nil, true
	}
	c.compiled(o, list)
	c.stack = append(c.stack, key)
	without := in &^ (1 << at)
	var n *node
	if before := c.before(name, rung, without, steps, fail); before != nil {
		s := scope{world: without, steps: without, of: o}
		if rung != "" {
			s.ladder, s.rung, s.rungSteps = name, rung, steps
		}
		c.inScope(s, func() { n = c.overridden(list, key, before) })
	}
	c.stack = c.stack[:len(c.stack)-1]
	if c.failed[key] {
		n = nil
	}
	if c.overrode == nil {
		c.overrode = map[reading]*node{}
	}
	c.overrode[key] = n
	return copied(n), true
}

// lastOf finds the last of the overrides that are in a world which give a name of the kind another value: their number, -1 where there are none, and what they say of it.
func (c *compiler) lastOf(name string, in world) (at int, list []*Override) {
	for at = min(len(c.m.overrides), MaxOverriding) - 1; at >= 0; at-- {
		if in&(1<<at) == 0 {
			continue
		}
		if list = c.m.overrides[at].of(name, c.schema.Kind); len(list) > 0 {
			break
		}
	}
	return at, list
}

// compiled notes that overrides are read.
func (c *compiler) compiled(o *Overrides, list []*Override) {
	for _, x := range list {
		if c.read == nil {
			c.read = map[*Override]bool{}
		}
		c.read[x] = true
	}
	if !c.trying {
		c.readBy(o.Name)
	}
}

// readBy notes that what is compiled leans on the overrides that are called so.
func (c *compiler) readBy(name string) {
	if c.p.overrides == nil {
		c.p.overrides = map[string]bool{}
	}
	c.p.overrides[name] = true
}

// copied is a node of one's own: a formula sets the place at which it reads it.
func copied(n *node) *node {
	if n == nil {
		return nil
	}
	out := *n
	return &out
}

// overridden compiles the overrides of a name that are of one Overrides; nil where they have problems.
func (c *compiler) overridden(list []*Override, key reading, before *node) *node {
	x := list[0]
	if before.date || before.typ != column.Float && before.typ != column.String {
		c.probs.Add(x.At.Get("name").Problem(diag.BadType, "%s holds a %s: numbers and texts can be overridden", x.Name, kindOf(before)))
		return nil
	}
	if before.typ == column.String {
		out := before
		for _, x := range slices.Backward(list) {
			if out = c.overriddenText(x, out); out == nil {
				return nil
			}
		}
		return out
	}
	q := &Quantity{Name: x.Name, Unit: before.unit, UnitText: show(before.unit), Doc: x.Doc, Node: x.At}
	var tiers []tier
	for _, x := range list {
		q.Tiers = append(q.Tiers, Tier{When: x.When, Expr: x.Expr, Class: x.Class, At: x.At})
	}
	ok := true
	for i := range q.Tiers {
		t, fine := c.tier(q, &q.Tiers[i], "")
		tiers, ok = append(tiers, t), ok && fine
	}
	if !ok {
		return nil
	}
	for i, x := range list {
		if key.rung != "" && !multiple(tiers[i].node, before.quantity) {
			c.probs.Add(x.Expr.Problem(diag.BadValue, "%s is known at several boundaries: what it becomes is to be a multiple of %s", x.Name, x.Name))
			return nil
		}
		c.put(x, tiers[i].node, before.unit)
	}
	q.Tiers = append(q.Tiers, Tier{Expr: x.Expr, At: x.At})
	tiers = append(tiers, tier{at: x.At, node: before, form: c.form(before), class: c.class(before), uses: uses(before, nil)})
	out := &quantity{name: key.String(), source: q}
	c.add(out, tiers)
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
	if !c.wordsOf(x, n, before.words) {
		return nil
	}
	c.put(x, n, before.unit)
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
	if !c.affords(x.Expr, out) {
		return nil
	}
	return out
}

func both(a, b *node) *node { return &node{op: vector.And, typ: column.Bool, args: []*node{a, b}} }

// Overridden reports whether formulas of the program read a name to which the overrides that are called so give another value.
func (p *Program) Overridden(by string) bool { return p.overrides[by] }
