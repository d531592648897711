package rules

import (
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Description is a method as a person reads it: plain texts and numbers, in a fixed order, ready to be printed or written as JSON.
type Description struct {
	Method     string            `json:"method"` // name@version
	Status     string            `json:"status"`
	Date       string            `json:"date"`
	Title      string            `json:"title"`
	Doc        string            `json:"doc"`
	Digest     string            `json:"digest"`            // sha256 of the file
	Revises    string            `json:"revises,omitempty"` // name@version of its predecessor
	Goal       string            `json:"goal,omitempty"`
	Meets      []RequirementText `json:"meets"`
	Categories []string          `json:"categories"`
	Choices    []ChoiceText      `json:"choices"`
	Parameters []ParameterText   `json:"parameters"`
	Factors    []FactorText      `json:"factors"`
	Ladders    []LadderText      `json:"ladders"`
	Classes    ClassesText       `json:"classes"`
	Kinds      []KindDescription `json:"kinds"`
	CutOffs    []StatementText   `json:"cut_offs"`
	Exclusions []StatementText   `json:"exclusions"`
	Reconcile  *ReconcileText    `json:"reconcile,omitempty"`
	Examples   []ExampleText     `json:"examples"`

	Uncertainty *UncertaintyText `json:"uncertainty,omitempty"`
}

// UncertaintyText says what is drawn beyond the distributions of parameters, and what first.
type UncertaintyText struct {
	Rank      []string       `json:"rank"`                // parameters and factors, the most important first
	Inventory *RowErrorsText `json:"inventory,omitempty"` // absent: the figures of rows are taken as exact
	Place     string         `json:"place"`
}

// RowErrorsText says how far the figures of rows may be off.
type RowErrorsText struct {
	SharedBy string         `json:"shared_by"` // column
	GradedBy []string       `json:"graded_by"` // columns that say the class of a row's figures
	Classes  []RowErrorText `json:"classes"`   // from best to worst; a class that is not here is exact
	Pedigree *PedigreeText  `json:"pedigree,omitempty"`
}

// RowErrorText is the spread of rows of a class.
type RowErrorText struct {
	Class  string  `json:"class"`
	GSD2   float64 `json:"gsd2"`
	Shared float64 `json:"shared"` // part of the variance that rows have in common
	Source string  `json:"source"`
}

// PedigreeText is the spread of rows that state scores.
type PedigreeText struct {
	Basic  float64 `json:"basic"`
	Shared float64 `json:"shared"`
	Source string  `json:"source"`
}

// ReconcileText says how the perspectives meet.
type ReconcileText struct {
	Stages  []string `json:"stages"`
	Use     string   `json:"use"`
	Kind    string   `json:"kind"`
	Count   string   `json:"count"`
	From    string   `json:"from"`
	Retired string   `json:"retired"`
	Life    string   `json:"life"`
	Place   string   `json:"place"`
}

// RequirementText is a requirement that the method meets, and how.
type RequirementText struct {
	Requirement string `json:"requirement"`
	How         string `json:"how"`
	Place       string `json:"place"`
}

// ChoiceText describes a value choice.
type ChoiceText struct {
	Name    string       `json:"name"`
	Default string       `json:"default"`
	Doc     string       `json:"doc"`
	Options []OptionText `json:"options"`
	Place   string       `json:"place"`
}

// OptionText describes an alternative of a choice.
type OptionText struct {
	Name   string `json:"name"`
	Doc    string `json:"doc"`
	Source string `json:"source,omitempty"`
}

// ParameterText describes a parameter.
type ParameterText struct {
	Name         string  `json:"name"`
	Value        float64 `json:"value"`
	Unit         string  `json:"unit"`
	Distribution string  `json:"distribution"`
	Class        string  `json:"class"`
	Source       string  `json:"source"`
	Doc          string  `json:"doc"`
	Place        string  `json:"place"`

	Min *float64 `json:"min,omitempty"`
	Max *float64 `json:"max,omitempty"`
}

// Bounds are the bounds in words: "1 at least"; empty where none is stated.
func (p *ParameterText) Bounds() string {
	switch {
	case p.Min != nil && p.Max != nil:
		return numberText(*p.Min) + " to " + numberText(*p.Max)
	case p.Min != nil:
		return numberText(*p.Min) + " at least"
	case p.Max != nil:
		return numberText(*p.Max) + " at most"
	}
	return ""
}

// FactorText describes how the method uses a factor.
type FactorText struct {
	Factor    string   `json:"factor"`
	Select    []string `json:"select"` // the variant: "flow production"; for some categories another: "primary_energy: scope operational"
	Fallbacks []string `json:"fallbacks"`
	Doc       string   `json:"doc"`
	Place     string   `json:"place"`
}

// LadderText describes a ladder.
type LadderText struct {
	Name  string     `json:"name"`
	Rungs []string   `json:"rungs"` // from the narrowest to the fullest
	Steps []StepText `json:"steps"`
	Doc   string     `json:"doc"`
	Place string     `json:"place"`
}

// StepText is a step of a ladder.
type StepText struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Times string `json:"times"`
}

// ClassesText says where a row's quality class comes from.
type ClassesText struct {
	Row   string      `json:"row"` // the column that holds it
	Basis []BasisText `json:"basis"`
}

// BasisText is a column whose words grade what is read from other columns.
type BasisText struct {
	Column string   `json:"column"`
	Of     []string `json:"of"`
	Words  []string `json:"words"` // "metered: measured"
}

// StatementText is what the method leaves out.
type StatementText struct {
	Name     string        `json:"name"`
	Reason   string        `json:"reason"`
	Estimate *EstimateText `json:"estimate,omitempty"` // of its size, where there is one
}

// EstimateText is the size of what is left out, as a share of what counts in a stage and category.
type EstimateText struct {
	Stage    string  `json:"stage"`
	Category string  `json:"category"`
	Share    float64 `json:"share"`
	Source   string  `json:"source"`
}

// ExampleText is a worked example.
type ExampleText struct {
	Name   string   `json:"name"`
	Kind   string   `json:"kind"`
	Source string   `json:"source"`
	Doc    string   `json:"doc"`
	Expect []string `json:"expect"` // "facility_energy: 1287 MWh"
	Within string   `json:"within"` // the tolerance; empty where it is but that of rounding
	Place  string   `json:"place"`
}

// KindDescription describes the rules for a kind of inventory.
type KindDescription struct {
	Kind            string         `json:"kind"`
	Lookups         []LookupText   `json:"lookups"`
	Quantities      []QuantityText `json:"quantities"` // in order of evaluation: each stands after what it uses
	Derived         []DerivedText  `json:"derived"`
	Impacts         []ImpactText   `json:"impacts"`
	FunctionalUnits []UnitText     `json:"functional_units"`
	ShareOut        []ShareText    `json:"share_out"`
}

// DerivedText describes a symbol made of parameters alone.
type DerivedText struct {
	Formula    string   `json:"formula"`
	Parameters []string `json:"parameters"`
	Value      float64  `json:"value"` // at the parameters' values
}

// UseText is a name that a formula uses.
type UseText struct {
	Name string `json:"name"`
	What string `json:"what"` // column, attribute, parameter, lookup, factor or quantity
}

// LookupText describes a factor value inside formulas.
type LookupText struct {
	Name      string    `json:"name"`
	Unit      string    `json:"unit"`
	Factor    string    `json:"factor"`
	Keys      []string  `json:"keys"` // "region = region", "technology = operator", "year"
	Fallbacks []string  `json:"fallbacks"`
	Uses      []UseText `json:"uses"`
	Doc       string    `json:"doc"`
	Place     string    `json:"place"`
}

// QuantityText describes a quantity, read at a rung where it stands on a ladder.
type QuantityText struct {
	Name   string     `json:"name"`
	Unit   string     `json:"unit"`
	Ladder string     `json:"ladder,omitempty"`
	Rung   string     `json:"rung,omitempty"`
	Needed bool       `json:"needed"` // an impact or a functional unit depends on it
	Uses   []UseText  `json:"uses"`
	Tiers  []TierText `json:"tiers"`
	Doc    string     `json:"doc"`
	Place  string     `json:"place"`
}

// TierText describes one way to a quantity.
type TierText struct {
	When   string `json:"when,omitempty"`
	Expr   string `json:"expr"` // as written
	Yields string `json:"yields,omitempty"`
	Class  string `json:"class,omitempty"`
	Normal string `json:"normal,omitempty"` // its normal form; conversions and steps of the ladder included
	Why    string `json:"why,omitempty"`    // it has none
	Place  string `json:"place"`
}

// ImpactText describes an impact.
type ImpactText struct {
	Name        string    `json:"name"`
	Perspective string    `json:"perspective"`
	Stage       string    `json:"stage"`
	Accounting  []string  `json:"accounting"`
	ShareOf     string    `json:"share_of"`
	Categories  []string  `json:"categories"`
	When        string    `json:"when,omitempty"`
	Time        string    `json:"time,omitempty"`
	Amount      string    `json:"amount,omitempty"`
	Value       string    `json:"value,omitempty"`
	Factor      string    `json:"factor,omitempty"` // with its keys: electricity[region, year]
	Unless      string    `json:"unless,omitempty"`
	Otherwise   []string  `json:"otherwise,omitempty"` // impacts that stand in where the factor has no row
	Unit        string    `json:"unit"`                // of the sum over rows
	Normal      string    `json:"normal,omitempty"`    // its normal form, times the factor
	Why         string    `json:"why,omitempty"`       // it has none, and the tier where that arises
	Held        []string  `json:"held,omitempty"`      // parameters without a distribution that its coefficients hold at their values
	AtPoints    []string  `json:"at_points,omitempty"` // quantities and lookups chosen by something uncertain, decided at point values
	Uses        []UseText `json:"uses"`
	Doc         string    `json:"doc"`
	Place       string    `json:"place"`
}

// UnitText describes a functional unit.
type UnitText struct {
	Name   string    `json:"name"`
	Unit   string    `json:"unit"`
	Count  string    `json:"count"`
	Class  []string  `json:"class"` // columns of its comparison class
	Normal string    `json:"normal,omitempty"`
	Why    string    `json:"why,omitempty"`
	Uses   []UseText `json:"uses"`
	Doc    string    `json:"doc"`
	Place  string    `json:"place"`
}

// Describe describes a method that compiles without errors against the factors, the kinds in the order of its programs.
func Describe(m *Method, programs []*Program, factors FactorUnits) *Description {
	d := &Description{Method: m.Ref(), Status: m.Status, Date: m.Date, Title: m.Title, Doc: m.Doc, Digest: m.Digest, Revises: m.Revises, Goal: m.Goal, Categories: listed(m.Categories),
		Parameters: []ParameterText{}, Factors: []FactorText{}, Ladders: []LadderText{}, Kinds: []KindDescription{}, CutOffs: []StatementText{},
		Exclusions: []StatementText{}, Examples: []ExampleText{}, Classes: m.Classes.describe()}
	d.Meets, d.Choices = []RequirementText{}, []ChoiceText{}
	for _, r := range m.Requirements {
		d.Meets = append(d.Meets, RequirementText{r.Requirement, r.How, r.At.Place.String()})
	}
	for _, c := range m.Choices {
		text := ChoiceText{Name: c.Name, Default: c.Default, Doc: c.Doc, Place: c.Place.String()}
		for _, o := range c.Options {
			text.Options = append(text.Options, OptionText(o))
		}
		d.Choices = append(d.Choices, text)
	}
	for _, p := range m.Parameters {
		d.Parameters = append(d.Parameters, ParameterText{p.Name, p.Value, p.UnitText, distribution(p), lca.Words().Qualities[p.Class].Name, p.Source, p.Doc, p.Place.String(), p.Min, p.Max})
	}
	for i := range m.Factors {
		u := &m.Factors[i]
		d.Factors = append(d.Factors, FactorText{u.Factor, u.variants(m), u.fallbacks(), u.Doc, u.Place.String()})
	}
	for i := range m.Ladders {
		l := &m.Ladders[i]
		out := LadderText{Name: l.Name, Rungs: l.Rungs(), Doc: l.Doc, Place: l.Place.String()}
		for _, s := range l.Steps {
			out.Steps = append(out.Steps, StepText{s.From, s.To, written(s.Times)})
		}
		d.Ladders = append(d.Ladders, out)
	}
	for _, p := range programs {
		d.Kinds = append(d.Kinds, describeKind(p, factors))
	}
	for _, c := range m.CutOffs {
		d.CutOffs = append(d.CutOffs, StatementText{c.Name, c.Reason, (*EstimateText)(c.Estimate)})
	}
	for _, x := range m.Exclusions {
		d.Exclusions = append(d.Exclusions, StatementText{Name: x.Name, Reason: x.Reason})
	}
	if r := m.Reconcile; r != nil {
		d.Reconcile = &ReconcileText{r.Stages, r.Use, r.Fleet.Kind, r.Fleet.Count, r.Fleet.From, r.Fleet.Retired, r.Fleet.Life, r.At.Place.String()}
	}
	d.Uncertainty = m.describeUncertainty()
	for _, e := range m.Examples {
		out := ExampleText{Name: e.Name, Kind: e.Kind, Source: e.Source, Doc: e.Doc, Within: e.Within, Place: e.At.Place.String(), Expect: []string{}}
		for _, f := range e.Expect.Fields {
			out.Expect = append(out.Expect, f.Key+": "+flat(f.Value))
		}
		d.Examples = append(d.Examples, out)
	}
	return d
}

func (m *Method) describeUncertainty() *UncertaintyText {
	u := m.Uncertainty
	if u == nil {
		return nil
	}
	out := &UncertaintyText{Rank: listed(u.Rank), Place: u.At.Place.String()}
	e := u.Inventory
	if e == nil {
		return out
	}
	text := &RowErrorsText{SharedBy: e.SharedBy, GradedBy: []string{}, Classes: []RowErrorText{}, Pedigree: (*PedigreeText)(e.Pedigree)}
	for _, g := range m.RowGrades() {
		text.GradedBy = append(text.GradedBy, g.Column)
	}
	for i, c := range e.Classes {
		if c != (RowError{}) {
			text.Classes = append(text.Classes, RowErrorText{lca.Words().Qualities[i].Name, c.GSD2, c.Shared, c.Source})
		}
	}
	out.Inventory = text
	return out
}

func (c *Classes) describe() ClassesText {
	out := ClassesText{Row: c.Row, Basis: []BasisText{}}
	for _, b := range c.Basis {
		text := BasisText{Column: b.Column, Of: listed(b.Of), Words: []string{}}
		for _, f := range b.node.Get("words").Fields {
			text.Words = append(text.Words, f.Key+": "+written(f.Value))
		}
		out.Basis = append(out.Basis, text)
	}
	return out
}

// distribution is a parameter's, "fixed" where it has none.
func distribution(p Parameter) string {
	if p.Distribution.Family() == dist.Fixed {
		return "fixed"
	}
	return p.Distribution.String()
}

// variants lists what the method chooses of a factor.
func (u *FactorUse) variants(m *Method) []string {
	out := listed(u.Select.words())
	if u.Of != "" {
		out = append([]string{"of " + u.Of}, out...)
	}
	for _, category := range lca.Words().Categories {
		s, differs := u.ByCategory[category.Name]
		if !differs {
			continue
		}
		for _, w := range s.words() {
			if !slices.Contains(u.Select.words(), w) {
				out = append(out, category.Name+": "+w)
			}
		}
	}
	return out
}

// words lists what a Select picks.
func (s Select) words() (out []string) {
	for _, c := range [][2]string{{"flow", s.Flow}, {"point", s.Point}, {"scope", s.Scope}, {"margin", s.Margin}} {
		if c[1] != "" {
			out = append(out, c[0]+" "+c[1])
		}
	}
	return out
}

// fallbacks lists the declared steps in order.
func (u *FactorUse) fallbacks() []string {
	out := []string{}
	for _, f := range u.Fallbacks {
		switch {
		case f.NearestYear > 0:
			out = append(out, "nearest year, "+numberText(float64(f.NearestYear))+" away at most")
		case f.ParentRegion:
			out = append(out, "parent region")
		case f.World:
			out = append(out, "world")
		case f.Technology != "":
			out = append(out, "technology "+f.Technology)
		case f.Kind != Select{}:
			out = append(out, "kind: "+strings.Join(f.Kind.words(), ", "))
		}
	}
	return out
}

// listed is a list that is written as [] where it is empty.
func listed(words []string) []string { return append([]string{}, words...) }

// written is a formula as it stands in the file, on one line.
func written(n *document.Node) string {
	if n == nil {
		return ""
	}
	return strings.Join(strings.Fields(n.Text), " ")
}
