package rules

import (
	"cmp"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

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

// EachLookup visits the lookups inside the program's formulas: the factor that each reads, and the place where it says so.
func (p *Program) EachLookup(visit func(factor string, at *document.Node)) {
	for _, l := range p.lookups {
		visit(l.source.Factor, l.source.At.Get("factor"))
	}
}

// Quantities are the names of the quantities that the program evaluates, in order of evaluation.
func (p *Program) Quantities() []string {
	out := make([]string, len(p.quantities))
	for i, q := range p.quantities {
		out[i] = q.name
	}
	return out
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
