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
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Schema is what rules may read of a kind.
type Schema struct {
	Kind       string
	Fields     []lca.Field
	References []*Reference
	From, To   string // date columns of the row's period; may be empty
	Year       string // integer column with its year; may be empty
}

// Reference is a table that a column of the kind refers to: name.attribute reads an attribute of the row with that id.
type Reference struct {
	Name   string
	Key    string // column of the kind
	Fields []lca.Field
	Table  *vector.Reference
}

// FactorUnits tells what a pack knows of a factor: the unit of activity that its burdens are per, and for a factor that is no burden the
// unit of its values.
type FactorUnits interface {
	FactorUnit(name string) (per, value unit.Unit, keys []string, ok bool)
}

// Program is a method compiled for a kind. It is immutable and shared by runners.
type Program struct {
	Method *Method
	Kind   string
	Flows  []FlowRule

	builder    *vector.Builder
	slots      []slot
	lookups    []*lookup
	quantities []*quantity // in an order in which each stands after what it uses
	flows      []flow
	filter     *vector.Expr // rows that a study keeps; nil: all
	schema     *Schema
}

// FlowRule describes one flow: an impact of the method, or the count of a functional unit.
type FlowRule struct {
	Impact   *Impact         // nil of a functional unit
	Unit     *FunctionalUnit // nil of an impact
	Kind     string
	Name     string
	Subject  string // the text of the amount, which names a quantity where the amount is one
	Measure  string // unit of the sums
	Normal   bool   // false: no normal form, evaluated per row and case
	Why      string // why it has none
	HasTime  bool
	Place    diag.Place
	TimeName string
}

// flow is the compiled form of a FlowRule.
type flow struct {
	when   *vector.Expr
	form   form
	time   *vector.Expr
	lookup *tuple
	unless *tuple
	class  classOf
}

// tuple is the key of a factor lookup.
type tuple struct{ region, technology *vector.Expr }

// slot is a vector input: a column of the inventory, or the point value of a quantity or lookup.
type slot struct {
	column   string
	quantity *quantity
	lookup   *lookup
}

type lookup struct {
	index  int
	source *Lookup
	use    FactorUse
	key    tuple
	byYear bool
	unit   unit.Unit
	slot   int
}

type quantity struct {
	index   int
	name    string // with the rung, where it is read at one
	source  *Quantity
	rungs   []string
	rung    string
	tiers   []tier
	terms   int // at most, over its tiers
	certain bool
	slot    int
	used    bool // a flow needs it
}

type tier struct {
	when  *vector.Expr
	form  form
	class classOf
}

// form is a compiled formula.
type form struct {
	terms []term
	count int // of terms once quantities are expanded
	needs []*node
	why   string // no normal form: terms is one coefficient of point values
}

type term struct {
	coefficient *vector.Expr
	parameters  []power
	lookups     []power
	quantities  []power
}

type power struct{ index, exponent int }

// classOf says where a tier's quality class comes from.
type classOf struct {
	base       int // worst of the tier's own and its parameters'
	row        bool
	basis      []int
	quantities []int
	lookups    []int
}

type compiler struct {
	m       *Method
	schema  *Schema
	factors FactorUnits
	probs   *diag.List
	p       *Program

	blocks  []*Block
	byName  map[string]*quantity
	lookups map[string]*lookup
	slotOf  map[slot]int
	stack   []string // quantities being compiled
	failed  map[string]bool
}

// Compile checks a method's formulas against a kind's columns and a pack's factors and compiles them. All problems go to probs; the
// program is of use only where they hold no error.
//
// where is the study's filter over the kind's columns, a condition in the same language, or nil.
func Compile(m *Method, schema *Schema, factors FactorUnits, where *document.Node, probs *diag.List) *Program {
	p := &Program{Method: m, Kind: schema.Kind, builder: &vector.Builder{}, schema: schema}
	c := &compiler{m: m, schema: schema, factors: factors, probs: probs, p: p, byName: map[string]*quantity{}, lookups: map[string]*lookup{},
		slotOf: map[slot]int{}, failed: map[string]bool{}}
	var kind *KindRules
	for i := range m.Kinds {
		if m.Kinds[i].Kind == schema.Kind {
			kind = &m.Kinds[i]
		}
	}
	if kind == nil {
		return p
	}
	c.blocks = []*Block{&kind.Block, &m.common}
	c.distinctNames()
	for i := range kind.Block.Quantities { // even if no impact uses them: a wrong formula must not hide
		q := &kind.Block.Quantities[i]
		if q.Ladder == "" {
			c.quantity(q, "")
		} else if l := c.ladder(q.Ladder); l != nil {
			c.quantity(q, l.Rungs()[len(l.Rungs())-1])
		}
	}
	for i := range kind.Impacts {
		c.impact(&kind.Impacts[i])
	}
	for i := range kind.Units {
		c.functionalUnit(&kind.Units[i])
	}
	if where != nil {
		if n := c.check(where); n != nil && n.typ != column.Bool {
			probs.Add(where.Problem(diag.BadType, "where must be true or false, not a %s", n.typ))
		} else if n != nil {
			p.filter = c.vector(n)
		}
	}
	c.slot(slot{column: m.Classes.Row})
	for _, b := range m.Classes.Basis {
		c.slot(slot{column: b.Column})
	}
	for _, period := range []string{schema.From, schema.To, schema.Year} {
		c.slot(slot{column: period})
	}
	p.markUsed()
	return p
}

// markUsed marks the quantities that some flow needs, itself or through another.
func (p *Program) markUsed() {
	mark := func(f *form) {
		for _, n := range f.needs {
			if n.leaf == quantityLeaf {
				n.quantity.used = true
			}
		}
	}
	var conditions []*vector.Expr
	for i := range p.flows {
		mark(&p.flows[i].form)
		conditions = append(conditions, p.flows[i].when)
		for _, t := range p.flows[i].form.terms {
			conditions = append(conditions, t.coefficient)
		}
	}
	for i := len(p.quantities) - 1; i >= 0; i-- {
		q := p.quantities[i]
		for _, e := range conditions {
			q.used = q.used || reads(e, q.slot)
		}
		if !q.used {
			continue
		}
		for t := range q.tiers {
			mark(&q.tiers[t].form)
			conditions = append(conditions, q.tiers[t].when)
			for _, term := range q.tiers[t].form.terms {
				conditions = append(conditions, term.coefficient)
			}
		}
	}
}

// reads reports whether an expression reads a slot.
func reads(e *vector.Expr, slot int) bool {
	if e == nil {
		return false
	}
	if e.Op == vector.Input && e.Slot == slot {
		return true
	}
	for _, a := range e.Args {
		if reads(a, slot) {
			return true
		}
	}
	return false
}

// Columns are the inventory's columns that the program reads.
func (p *Program) Columns() []string {
	var out []string
	for _, s := range p.slots {
		if s.column != "" {
			out = append(out, s.column)
		}
	}
	return out
}

// Quantities are the names of the quantities that the program evaluates, in order of evaluation.
func (p *Program) Quantities() []string {
	out := make([]string, len(p.quantities))
	for i, q := range p.quantities {
		out[i] = q.name
	}
	return out
}

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

// slot returns the number of a vector input, -1 for a column that the kind does not have.
func (c *compiler) slot(s slot) int {
	if s.quantity == nil && s.lookup == nil {
		if _, ok := c.field(s.column); !ok {
			return -1
		}
	}
	if i, ok := c.slotOf[s]; ok {
		return i
	}
	i := len(c.p.slots)
	c.slotOf[s] = i
	c.p.slots = append(c.p.slots, s)
	return i
}

// distinctNames refuses a name that means two things.
func (c *compiler) distinctNames() {
	meaning := map[string]string{}
	for _, f := range c.schema.Fields {
		meaning[f.Name] = "a column of " + c.schema.Kind
	}
	for _, p := range c.m.Parameters {
		c.meaning(meaning, p.Name, "a parameter", p.Place, nil)
	}
	for _, b := range c.blocks {
		for _, l := range b.Lookups {
			c.meaning(meaning, l.Name, "a lookup", l.At.Place, l.At)
		}
		for i := range b.Quantities {
			c.meaning(meaning, b.Quantities[i].Name, "a quantity", b.Quantities[i].Node.Place, b.Quantities[i].Node)
		}
	}
}

func (c *compiler) meaning(known map[string]string, name, what string, at diag.Place, n *document.Node) {
	before, ok := known[name]
	if !ok {
		known[name] = what
		return
	}
	p := diag.Problem{Code: diag.DuplicateName, Place: at}
	if n != nil {
		p = n.Problem(diag.DuplicateName, "")
	}
	p.Message = fmt.Sprintf("%s names %s, but it is %s already", name, what, before)
	c.probs.Add(p)
}

// report adds a problem at the place that the caller knows.
type report func(code diag.Code, hint, format string, args ...any)

// resolve finds what a name means; nil where it is unknown or has problems of its own.
func (c *compiler) resolve(name string, fail report) *node {
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
				l := c.lookup(&b.Lookups[i])
				if l == nil {
					return nil
				}
				return &node{leaf: lookupLeaf, lookup: l, unit: l.unit}
			}
		}
	}
	for i, p := range c.m.Parameters {
		if p.Name == name {
			return &node{leaf: parameterLeaf, parameter: i, unit: p.Unit}
		}
	}
	if f, ok := c.field(name); ok {
		out := &node{leaf: columnLeaf, column: name}
		out.typ, out.date, out.unit = typeOf(f)
		return out
	}
	hint := ""
	if near := diag.Nearest(name, c.names()); near != "" {
		hint = "did you mean " + near + "?"
	}
	fail(diag.UnknownName, hint, "unknown name %q: it is no column of %s, parameter, lookup or quantity", name, c.schema.Kind)
	return nil
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
	for _, r := range c.schema.References {
		if r.Name != base {
			continue
		}
		var names []string
		for i, f := range r.Fields {
			if f.Name == property {
				out := &node{leaf: attributeLeaf, reference: r, attribute: i}
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
	for _, b := range c.blocks {
		for i := range b.Quantities {
			q := &b.Quantities[i]
			if q.Name != base {
				continue
			}
			l := c.ladder(q.Ladder)
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
	name := q.Name
	if rung != "" {
		name += "." + rung
	}
	if slices.Contains(c.stack, name) {
		at := slices.Index(c.stack, name)
		cycle := append(slices.Clone(c.stack[at:]), name)
		fail(diag.Cycle, "", "%s uses itself: %s", name, strings.Join(cycle, " → "))
		c.failed[name] = true
		return nil
	}
	compiled := c.quantity(q, rung)
	if compiled == nil {
		return nil
	}
	return &node{leaf: quantityLeaf, quantity: compiled, unit: q.Unit}
}
