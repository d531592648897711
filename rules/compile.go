package rules

import (
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

type compiler struct {
	m       *Method
	schema  *Schema
	factors FactorUnits
	probs   *diag.List
	p       *Program

	blocks  []*Block
	byName  map[reading]*quantity
	lookups map[reading]*lookup
	slotOf  map[slot]int
	stack   []reading // quantities and lookups being compiled
	failed  map[reading]bool
	cycles  map[string]bool     // that were told
	climbed map[stepIn]*node    // checked steps of ladders
	parts   int                 // of all formulas so far
	terms   int                 // of all quantities and flows so far
	rows    *lowering           // see overRows
	sets    map[*node]symbolSet // see symbolsOf
	checks  *checkNames         // of checks, which may say more than a method; nil

	scope    scope              // how names are read
	overrode map[reading]*node  // overridden names that are compiled
	read     map[*Override]bool // overrides that are compiled
	trying   bool               // what is compiled is read by nothing
	reach    *reach
}

// newCompiler is ready to compile the rules for a kind; these are nil where the method has none.
func newCompiler(m *Method, schema *Schema, factors FactorUnits, probs *diag.List) (*compiler, *KindRules) {
	c := &compiler{m: m, schema: schema, factors: factors, probs: probs, byName: map[reading]*quantity{}, lookups: map[reading]*lookup{}, slotOf: map[slot]int{},
		failed: map[reading]bool{}, climbed: map[stepIn]*node{}, scope: scope{world: m.allOverrides(), steps: m.allOverrides()}, p: &Program{Method: m, Kind: schema.Kind, builder: &vector.Builder{}, schema: schema}}
	for i := range m.Kinds {
		if m.Kinds[i].Kind == schema.Kind {
			c.blocks = []*Block{&m.Kinds[i].Block, &m.common}
			return c, &m.Kinds[i]
		}
	}
	return c, nil
}

// Compile checks a method's formulas against a kind's columns and a pack's factors and compiles them. All problems go to probs; the
// program is of use only where they hold no error.
//
// where is the study's filter over the kind's columns, a condition in the same language, or nil.
func Compile(m *Method, schema *Schema, factors FactorUnits, where *document.Node, probs *diag.List) *Program {
	c, kind := newCompiler(m, schema, factors, probs)
	p := c.p
	if kind == nil {
		return p
	}
	if !c.distinctNames() {
		return p
	}
	c.knowOverrides()
	c.grading()
	if len(m.overrides) == 0 {
		c.all(&kind.Block)
	}
	for i := range kind.Impacts {
		c.impact(&kind.Impacts[i])
	}
	for i := range kind.Units {
		c.functionalUnit(&kind.Units[i])
	}
	for i := range kind.Shares {
		c.shareOut(&kind.Shares[i])
	}
	if where != nil {
		c.scope = scope{} // which rows a study keeps, no override changes
		if n := c.check(where); n != nil && n.typ != column.Bool {
			c.noCondition(where, "where", n)
		} else if n != nil {
			p.filter, p.filterUses, p.filterChosen = c.vector(n), uses(n, nil), c.chosenBy(n)
		}
	}
	c.scope = scope{world: m.allOverrides(), steps: m.allOverrides()}
	c.tryOverrides()
	c.slot(slot{column: m.Classes.Row})
	for _, b := range m.Classes.Basis {
		c.slot(slot{column: b.Column})
	}
	for _, period := range []string{schema.From, schema.To, schema.Year} {
		c.slot(slot{column: period})
	}
	c.divisors()
	p.markUsed()
	p.gradients = make([]lazyGradient, len(p.flows))
	return p
}

// all compiles what a block names, even if no impact uses it: a wrong formula must not hide.
func (c *compiler) all(b *Block) {
	for i := range b.Lookups {
		c.lookup(&b.Lookups[i])
	}
	for i := range b.Quantities {
		q := &b.Quantities[i]
		if q.Ladder == "" {
			c.quantity(q, "")
		} else if l := c.ladder(q.Ladder); l != nil {
			c.quantity(q, l.Rungs()[len(l.Rungs())-1])
		}
	}
}
