package rules

import (
	"cmp"
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
	quantities []*quantity
	steps      []slot // lookups and quantities in an order in which each stands after what it uses
	flows      []flow
	filter     *vector.Expr // rows that a study keeps; nil: all
	filterUses []slot
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
	Normal   bool   // false: no normal form, evaluated per row and case; so too where a quantity that it uses has none
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
	uses   []slot
}

// tuple is the key of a factor lookup.
type tuple struct {
	region, technology *vector.Expr
	uses               []slot
	columns            []string // of the row, that the key reads
}

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
	used   bool // a flow needs it
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
	why     string // a tier of it, or of what it uses, has no normal form
	uses    []slot // lookups and quantities that its tiers name
	slot    int
	read    bool // an expression reads its point value
	used    bool // a flow needs it
}

type tier struct {
	when  *vector.Expr
	form  form
	class classOf
	uses  []slot
}

// form is a compiled formula.
type form struct {
	terms []term
	count int // of terms once quantities are expanded
	needs []*node
	why   string // no normal form: terms is one coefficient of point values
	below string // why a quantity that it uses has none
}

// whyNot says why a form or what it uses is no normal one; empty where all is.
func (f *form) whyNot() string { return cmp.Or(f.why, f.below) }

type term struct {
	coefficient *vector.Expr
	parameters  []power
	lookups     []power
	quantities  []power
}

type power struct{ index, exponent int }

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
	stack   []string // quantities and lookups being compiled
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
	if !c.distinctNames() {
		return p
	}
	c.grading()
	for i := range kind.Block.Lookups { // even if no impact uses them: a wrong formula must not hide
		c.lookup(&kind.Block.Lookups[i])
	}
	for i := range kind.Block.Quantities {
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
			p.filter, p.filterUses = c.vector(n), uses(n, nil)
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

// markUsed marks the lookups and quantities that a flow or the filter needs, itself or through another, and those whose point value an
// expression reads.
func (p *Program) markUsed() {
	var mark func(uses []slot)
	mark = func(uses []slot) {
		for _, u := range uses {
			switch {
			case u.lookup != nil && !u.lookup.used:
				u.lookup.used = true
				mark(u.lookup.key.uses)
			case u.quantity != nil && !u.quantity.used:
				u.quantity.used = true
				mark(u.quantity.uses)
			}
		}
	}
	for i := range p.flows {
		mark(p.flows[i].uses)
	}
	mark(p.filterUses)
	for _, q := range p.quantities {
		q.read = p.builder.Reads(q.slot)
	}
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

// maxNames bounds what a kind's formulas may name.
const maxNames = 1000

// reserved are the words of the language, which cannot be names.
var reserved = []string{"true", "false", "nil", "and", "or", "not", "in", "let", "if", "else", "matches", "contains"}

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
				if c.inCycle("lookup "+name, fail) {
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
	if c.probs.Count(diag.Error) < 100 { // searching takes time, and nobody reads that many
		if near := diag.Nearest(name, c.names()); near != "" {
			hint = "did you mean " + near + "?"
		}
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
	if c.inCycle(name, fail) {
		return nil
	}
	compiled := c.quantity(q, rung)
	if compiled == nil {
		return nil
	}
	return &node{leaf: quantityLeaf, quantity: compiled, unit: q.Unit}
}

// inCycle reports a name that is being compiled already, with the way from it to itself.
func (c *compiler) inCycle(name string, fail report) bool {
	at := slices.Index(c.stack, name)
	if at < 0 {
		return false
	}
	cycle := append(slices.Clone(c.stack[at:]), name)
	fail(diag.Cycle, "", "%s uses itself: %s", name, strings.Join(cycle, " → "))
	c.failed[name] = true
	return true
}
