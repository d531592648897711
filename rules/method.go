package rules

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Method is a loaded methodology: immutable, shared.
type Method struct {
	Name    string
	Version string
	Status  string // draft or released
	Date    string
	Title   string
	Doc     string
	Digest  string // sha256 of the file

	Revises      string // name@version of the method that it is a revision of; empty of none
	Goal         string // goal and scope (ISO 14044), for a reader
	Requirements []Requirement

	Categories []string // those for which every factor is looked up
	Choices    []Choice
	Parameters []Parameter
	Factors    []FactorUse
	Ladders    []Ladder
	Classes    Classes
	Kinds      []KindRules
	CutOffs    []CutOff
	Exclusions []Statement
	Reconcile  *Reconcile // nil: the perspectives are not set against each other
	Examples   []Example

	Uncertainty *Uncertainty // nil: the figures of rows are taken as exact, and no quantity comes before others

	common Block
	shared []Impact // of several kinds
	file   string
	root   *document.Node
	taken  map[string]string // options in place of defaults, by choice

	overrides []*Overrides // of names, in the order in which they apply
}

// Requirement is something that a standard or the observatory asks of a method, with how the method meets it.
type Requirement struct {
	Requirement string         `doc:"requirement,required"`
	How         string         `doc:"how,required"`
	At          *document.Node `doc:"@"`
}

// Parameter is a number of the method, with its source and distribution.
type Parameter struct {
	Name         string
	Value        float64
	Unit         unit.Unit
	UnitText     string
	Distribution dist.Dist
	Min, Max     *float64 // in Unit; nil: none is stated, see Bounds
	Class        int      // quality class of what uses it
	Source       string
	Doc          string
	Place        diag.Place
	node         *document.Node
}

// FactorUse is how the method uses a factor of a pack: which of its variants, and which fallbacks in which order.
type FactorUse struct {
	Factor     string // the method's own name for it
	Of         string // the pack's name; empty where it is the same
	Select     Select
	ByCategory map[string]Select // categories whose variant differs
	Fallbacks  []Fallback
	Doc        string
	Kinds      []string // of inventory, of a use that overrides say; empty: all
	Place      diag.Place
	node       *document.Node
	by         string // name of the overrides that say it; empty: the method says it
	part       string // the method's name for what overrides part by kinds, of a use of some kinds; empty: it is of all
}

// Source is the pack's name of the factor.
func (u *FactorUse) Source() string { return cmp.Or(u.Of, u.Factor) }

// SelectFor is the variant for a category.
func (u *FactorUse) SelectFor(category string) Select {
	if s, ok := u.ByCategory[category]; ok {
		return s
	}
	return u.Select
}

// Use is how the method uses a factor: as declared, else without variant and fallbacks.
func (m *Method) Use(factor string) FactorUse {
	for _, u := range m.Factors {
		if u.Factor == factor {
			return u
		}
	}
	return FactorUse{Factor: factor}
}

// QuantitiesOf are the quantities of the rules for a kind, then those that kinds share; none where the method has no rules for it.
func (m *Method) QuantitiesOf(kind string) []Quantity {
	for i := range m.Kinds {
		if m.Kinds[i].Kind == kind {
			return slices.Concat(m.Kinds[i].Block.Quantities, m.common.Quantities)
		}
	}
	return nil
}

// Select picks one variant of an electricity factor; empty words pick nothing.
type Select struct {
	Flow   string `doc:"flow"`
	Point  string `doc:"point"`
	Scope  string `doc:"scope"`
	Margin string `doc:"margin"`
}

// Fallback is one declared step from what was asked to what may be taken in its place; exactly one of the fields is set.
type Fallback struct {
	NearestYear  int    `doc:"nearest_year"`  // at most so many years away
	ParentRegion bool   `doc:"parent_region"` // up the region registry, the world excluded
	World        bool   `doc:"world"`         // the world
	Technology   string `doc:"technology"`    // another technology, by name
	Kind         Select `doc:"kind"`          // another kind of figure: what differs from the one chosen
}

// Ladder is a row of energy boundaries.
type Ladder struct {
	Name  string
	Steps []Step
	Doc   string
	Place diag.Place
	node  *document.Node
}

// Step leads from one boundary to the next fuller one.
type Step struct {
	From  string         `doc:"from,required"`
	To    string         `doc:"to,required"`
	Times *document.Node `doc:"times,required"`
}

// Rungs are the boundaries from the narrowest to the fullest.
func (l *Ladder) Rungs() []string {
	rungs := []string{l.Steps[0].From}
	for _, s := range l.Steps {
		rungs = append(rungs, s.To)
	}
	return rungs
}

// Classes says where a row's quality class comes from.
type Classes struct {
	Row   string  // column with the class of all that is read from the row
	Basis []Basis // columns that grade other columns
	node  *document.Node
}

// Basis is a column whose words grade what is read from other columns, and the factors that are found by them. A word that it does not know grades worst.
type Basis struct {
	Column string
	Of     []string
	Words  map[string]int // word → class
	node   *document.Node
}

// Statement is a named thing that the method leaves out, with the reason.
type Statement struct {
	Name   string `doc:"name,required"`
	Reason string `doc:"reason,required"`
}

// CutOff is a part of the life cycle that the method leaves out, with an estimate of its size where a source allows one.
type CutOff struct {
	Name     string         `doc:"name,required"`
	Reason   string         `doc:"reason,required"`
	Estimate *Estimate      `doc:"estimate"`
	At       *document.Node `doc:"@"`
}

// Estimate is a share of what the method does count in a stage and category.
type Estimate struct {
	Stage    string  `doc:"stage,required"`
	Category string  `doc:"category,required"`
	Share    float64 `doc:"share,required"`
	Source   string  `doc:"source,required"`
}

// KindRules are the rules for one kind of inventory.
type KindRules struct {
	Kind    string
	Block   Block
	Impacts []Impact
	Units   []FunctionalUnit
	Shares  []ShareOut
	Place   diag.Place
}

// Block is a set of named lookups and quantities.
type Block struct {
	Lookups    []Lookup
	Quantities []Quantity
}

// Lookup is a factor value used inside expressions, a PUE for example.
type Lookup struct {
	Name       string
	Factor     string         `doc:"factor,required"`
	Region     *document.Node `doc:"region"`
	Technology *document.Node `doc:"technology"`
	Doc        string         `doc:"doc"`
	At         *document.Node `doc:"@"`
}

// Quantity is a named formula.
type Quantity struct {
	Name     string
	Unit     unit.Unit
	UnitText string
	Ladder   string
	Doc      string
	Tiers    []Tier
	Node     *document.Node
}

// Tier is one way to a quantity.
type Tier struct {
	When   *document.Node `doc:"when"`
	Expr   *document.Node `doc:"expr,required"`
	Yields string         `doc:"yields"`
	Class  string         `doc:"class"`
	At     *document.Node `doc:"@"`
}

// Impact is a rule that gives a burden: an amount multiplied by a factor of each category, or a value of one category.
type Impact struct {
	Name        string         `doc:"name,required"`
	Perspective string         `doc:"perspective,required"`
	Stage       string         `doc:"stage,required"`
	Accountings []string       `doc:"accounting"` // empty: under each
	ShareOf     string         `doc:"share_of"`   // empty: total
	When        *document.Node `doc:"when"`
	Time        string         `doc:"time"` // date column that gives the year; empty: the row's period

	Amount     *document.Node `doc:"amount"`
	Factor     string         `doc:"factor"`
	Region     *document.Node `doc:"region"`
	Technology *document.Node `doc:"technology"`
	Categories []string       `doc:"categories"` // empty: those of the method
	UnlessAt   *document.Node `doc:"unless"`
	Unless     []Unless       `doc:"-"` // at most maxUnless
	Otherwise  []string       `doc:"otherwise"`

	Category string         `doc:"category"`
	Value    *document.Node `doc:"value"`

	Kinds []string       `doc:"kinds"` // of an impact under common: the kinds that share it
	Doc   string         `doc:"doc"`
	At    *document.Node `doc:"@"`
}

// Unless drops an amount in each category where a factor's row already holds it: one of a boundary, or any row where no boundary is said.
type Unless struct {
	Factor     string         `doc:"factor,required"`
	Technology *document.Node `doc:"technology,required"`
	Boundary   []string       `doc:"boundary"`
	For        string         `doc:"-"` // the impact in whose place this one stands, which names it under otherwise; empty where the rule itself says unless
	At         *document.Node `doc:"@"`
}

// UnlessKey is where the technology of the i-th Unless stands in the pair that a cell carries for them.
func UnlessKey(i int) int { return 1 - i }

// Holds reports whether a row of the boundary holds the amount.
func (u *Unless) Holds(boundary string) bool {
	return len(u.Boundary) == 0 || slices.Contains(u.Boundary, boundary)
}

// maxUnless is how many an impact may name, those of otherwise included: a cell of the amounts table carries a pair of names for them.
const maxUnless = 2

// FunctionalUnit is what a kind's results are divided by.
type FunctionalUnit struct {
	Name  string         `doc:"name,required"`
	Unit  string         `doc:"unit,required"` // as printed after the slash
	Count *document.Node `doc:"count,required"`
	Class []string       `doc:"class"` // columns whose words make a comparison class
	Doc   string         `doc:"doc"`
	At    *document.Node `doc:"@"`
}

// Load reads a method. All problems of its form go to probs; formulas are checked by Compile, for the columns of a kind are known only
// there.
func Load(name string, text []byte, probs *diag.List) *Method {
	root := document.Parse(name, text, probs)
	if root == nil {
		return nil
	}
	sum := sha256.Sum256(text)
	return load(name, root, hex.EncodeToString(sum[:]), probs)
}

// load reads a method's document.
func load(name string, root *document.Node, digest string, probs *diag.List) *Method {
	var raw struct {
		Method     string         `doc:"method,required"`
		Version    string         `doc:"version,required"`
		Status     string         `doc:"status,required"`
		Date       string         `doc:"date,required"`
		Title      string         `doc:"title,required"`
		Doc        string         `doc:"doc"`
		Revises    string         `doc:"revises"`
		Goal       string         `doc:"goal"`
		Meets      []Requirement  `doc:"meets"`
		Categories []string       `doc:"categories,required"`
		Choices    *document.Node `doc:"choices"`
		Classes    *document.Node `doc:"classes"`
		Parameters *document.Node `doc:"parameters"`
		Factors    *document.Node `doc:"factors"`
		Ladders    *document.Node `doc:"ladders"`
		Common     *document.Node `doc:"common"`
		Kinds      *document.Node `doc:"kinds,required"`
		CutOffs    []CutOff       `doc:"cut_offs"`
		Exclusions []Statement    `doc:"exclusions"`
		Reconcile  *Reconcile     `doc:"reconcile"`
		Uncertain  *document.Node `doc:"uncertainty"`
		Examples   *document.Node `doc:"examples"`
	}
	document.Decode(root, &raw, probs)
	m := &Method{Name: raw.Method, Version: raw.Version, Status: raw.Status, Date: raw.Date, Title: raw.Title, Doc: raw.Doc,
		Digest: digest, Categories: raw.Categories, CutOffs: raw.CutOffs, Exclusions: raw.Exclusions, Reconcile: raw.Reconcile,
		Revises: raw.Revises, Goal: raw.Goal, Requirements: raw.Meets, file: name, root: root}
	l := loader{m: m, probs: probs}
	l.head(root)
	l.word(root.Get("status"), m.Status, []string{"draft", "released"})
	l.words(root.Get("categories"), lca.Words().CategoryNames())
	l.choices(raw.Choices)
	l.classes(raw.Classes)
	l.parameters(raw.Parameters)
	l.factors(raw.Factors)
	l.ladders(raw.Ladders)
	l.block(raw.Common, &m.common)
	l.cutOffs()
	l.kinds(raw.Kinds)
	l.reconcile()
	l.uncertainty(raw.Uncertain)
	l.examples(raw.Examples)
	return m
}

// class is a quality class's index, or -1.
func class(word string) int {
	for i, q := range lca.Words().Qualities {
		if q.Name == word {
			return i
		}
	}
	return -1
}
