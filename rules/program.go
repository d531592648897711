package rules

import (
	"strings"

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

	builder      *vector.Builder
	slots        []slot
	lookups      []*lookup
	quantities   []*quantity
	derived      []*Derived
	steps        []slot // lookups and quantities in an order in which each stands after what it uses
	flows        []flow
	filter       *vector.Expr // rows that a study keeps; nil: all
	filterUses   []slot
	filterChosen chosen
	schema       *Schema
	named        map[int]bool    // parameters that a formula names
	readChoices  map[string]bool // choices that a formula names
	gradients    []lazyGradient  // of the flows
	forShares    map[slot]bool   // lookups and quantities behind what is shared out, see CompileShares
	overrides    map[string]bool // by name of what overrides: a formula reads what it does
	put          []Put
	names        []string // that formulas may read, of a method with overrides
}

// FlowRule describes one flow: an impact of the method, or the count of a functional unit.
type FlowRule struct {
	Impact   *Impact         // nil of a functional unit
	Unit     *FunctionalUnit // nil of an impact
	Kind     string
	Name     string
	Subject  string // the text of the amount, which names a quantity where the amount is one
	Measure  string // unit of the sums
	Normal   bool   // false: no normal form, the amount is that of its symbols' point values; so too where a quantity that it uses has none
	Why      string // why it has none
	HasTime  bool
	Place    diag.Place
	TimeName string

	// AtPoints names what is chosen by something uncertain: quantities by a tier's condition, lookups by their key, the flow itself by its when, its
	// key or its unless, "where" by the study's filter. Which way a row takes is decided at point values, so that a draw far from these may be of another.
	AtPoints []string
	// Held names the parameters without a distribution that coefficients, conditions or keys hold at their values: another value needs another scan.
	Held []string
}

// flow is the compiled form of a FlowRule.
type flow struct {
	when    *vector.Expr
	chosen  chosen // by when and keys, and what coefficients hold
	node    *node
	symbols symbolSet // what the amount depends on
	held    []int     // as FlowRule.Held
	form    form
	time    *vector.Expr
	lookup  *tuple
	unless  *tuple
	class   classOf
	uses    []slot
}

// tuple is the key of a factor lookup.
type tuple struct {
	region, technology *vector.Expr
	uses               []slot
	columns            []string // of the row, that the key reads
	chosen             chosen
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
	index     int
	name      string // with the rung, where it is read at one
	source    *Quantity
	rungs     []string
	rung      string
	tiers     []tier
	terms     int       // at most, over its tiers
	symbols   symbolSet // what its value depends on, through other quantities too
	chosen    chosen    // by the conditions of its tiers, and what coefficients hold
	alone     *node     // where it depends on parameters alone: it, written without quantities
	sizeAlone int       // leaves of alone, whether kept or not
	why       string    // a tier of it, or of what it uses, has no normal form
	uses      []slot    // lookups and quantities that its tiers name
	slot      int
	read      bool // an expression reads its point value
	used      bool // a flow needs it
}

type tier struct {
	at     *document.Node // its formula
	when   *vector.Expr
	chosen chosen
	node   *node
	form   form
	class  classOf
	uses   []slot
}

// markUsed marks the lookups and quantities that a flow or the filter needs, itself or through another, and tells each flow what stands
// behind it.
func (p *Program) markUsed() {
	for i := range p.flows {
		p.behind(&p.Flows[i], &p.flows[i])
	}
	walk(p.filterUses, map[slot]bool{}, func(u slot) { u.mark() })
}

// walk visits lookups and quantities and all that they use in turn, each once.
func walk(uses []slot, seen map[slot]bool, visit func(u slot)) {
	for _, u := range uses {
		if seen[u] {
			continue
		}
		seen[u] = true
		visit(u)
		if u.lookup != nil {
			walk(u.lookup.key.uses, seen, visit)
		} else {
			walk(u.quantity.uses, seen, visit)
		}
	}
}

func (s slot) mark() {
	if s.lookup != nil {
		s.lookup.used = true
	} else {
		s.quantity.used = true
	}
}

func (p *Program) behind(rule *FlowRule, f *flow) {
	all := f.chosen
	if f.chosen.atPoints {
		rule.AtPoints = append(rule.AtPoints, rule.Name)
	}
	if all.add(p.filterChosen); p.filterChosen.atPoints {
		rule.AtPoints = append(rule.AtPoints, "where")
	}
	walk(f.uses, map[slot]bool{}, func(u slot) {
		u.mark()
		name, by := "", chosen{}
		if u.lookup != nil {
			name, by = u.lookup.source.Name, u.lookup.key.chosen
		} else {
			name, by = u.quantity.name, u.quantity.chosen
		}
		if all.add(by); by.atPoints {
			rule.AtPoints = append(rule.AtPoints, name)
		}
	})
	f.held = all.held
	for _, h := range f.held {
		rule.Held = append(rule.Held, p.Method.Parameters[h].Name)
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

// Needs reports whether a flow or the filter uses a quantity, itself or through another.
func (p *Program) Needs(quantity int) bool { return p.quantities[quantity].used }

// Tiers are the formulas of a quantity's ways, in the order in which they are tried, each with the rung that it yields.
func (p *Program) Tiers(quantity int) []string {
	var out []string
	for _, t := range p.quantities[quantity].source.Tiers {
		text := strings.Join(strings.Fields(t.Expr.Text), " ")
		if t.Yields != "" {
			text += " at " + t.Yields
		}
		out = append(out, text)
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
