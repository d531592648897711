package study

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules"
)

// contribution is what one cell of the amounts table gives to one category.
type contribution struct {
	key      amounts.Key
	flow     *rules.FlowRule
	kind     *kindPlan
	group    []string // names, in the order of the kind's groups
	category string
	amount   float64 // in the flow's measure, parameters and lookups multiplied in
	value    float64 // in the category's unit
	class    int     // quality class: the worst of the amount's and the factor row's
	rows     int64   // in this calendar year
	whole    int64   // rows that are not counted in an earlier year or term
	first    amounts.Origin
	factor   *factors.Found // nil where the rule states the value itself
	refused  string         // why there is no value: gap of an amount or of a factor; empty where there is one
	err      error          // of a missing factor
}

// assess multiplies every cell's amount by its factors, in the order of the cells' keys. Amount, monomial and factor are multiplied in this order.
func (p *plan) assess(scan *engine.Result, space *amounts.Space, each func(c *contribution)) error {
	return scan.Groups(func(g *amounts.Group) error {
		p.assessGroup(g, space, each)
		return nil
	})
}

func (p *plan) assessGroup(g *amounts.Group, space *amounts.Space, each func(c *contribution)) {
	group := append(slices.Clone(g.Names), g.Units)
	for i := range g.Cells {
		e := &g.Cells[i]
		key, cell := e.Key, &e.Cell
		flow, kind := &p.flows[key.Flow], p.kinds[p.flowKind[key.Flow]]
		c := contribution{key: key, group: group, flow: flow, kind: kind, rows: cell.Rows, whole: cell.Whole, first: cell.First, class: int(key.Class)}
		if flow.Unit != nil {
			if key.Mono != amounts.Refused {
				c.amount = float64(cell.Sum.Float64() * space.Monomials.Value(key.Mono))
				c.value = c.amount
				each(&c)
			}
			continue
		}
		rule := flow.Impact
		if rule.Category != "" {
			c.category = rule.Category
			if key.Mono == amounts.Refused {
				c.refused = refusedAmount
			} else {
				c.amount = float64(cell.Sum.Float64() * space.Monomials.Value(key.Mono))
				c.value = c.amount
			}
			each(&c)
			continue
		}
		for _, category := range rule.Categories {
			c := c
			c.category = category
			if key.Unless != amounts.None && p.holds(space, rule.Unless, category, key) {
				continue
			}
			if key.Mono == amounts.Refused {
				c.refused = refusedAmount
				each(&c)
				continue
			}
			c.amount = float64(cell.Sum.Float64() * space.Monomials.Value(key.Mono))
			found, err := p.find(space, rule.Factor, category, key.Lookup, int(key.Year))
			if err != nil {
				c.refused, c.err = refusedFactor, err
				each(&c)
				continue
			}
			c.factor = &found
			c.class = max(c.class, classIndex(found.Row.Quality))
			c.value = float64(c.amount * float64(found.Row.Value*p.toCategory(found.Row)))
			each(&c)
		}
	}
}

const (
	refusedAmount = "the amount cannot be computed"
	refusedFactor = "there is no factor"
)

// find resolves a factor's lookup in a category.
func (p *plan) find(space *amounts.Space, factor, category string, lookup int32, year int) (factors.Found, error) {
	key := factors.Key{Factor: factor, Category: category, Year: year}
	if tuple := space.Tuples.Tuple(lookup); tuple != nil {
		key.Region, key.Technology = space.Names.Name(tuple[0]), space.Names.Name(tuple[1])
	}
	use := p.method.Use(factor)
	return p.pack.Resolve(key, selectOf(use.SelectFor(category)), p.policies[factor])
}

// holds reports whether a factor's row already holds an amount within its boundary.
func (p *plan) holds(space *amounts.Space, u *rules.Unless, category string, key amounts.Key) bool {
	found, err := p.find(space, u.Factor, category, key.Unless, int(key.Year))
	return err == nil && slices.Contains(u.Boundary, found.Row.Boundary)
}

// toCategory is what a row's value is multiplied by to be in the category's unit per unit of activity.
func (p *plan) toCategory(row *factors.Row) float64 {
	to, _ := p.pack.Unit(row.Factor, row.Category)
	f, _ := unit.Factor(row.Unit, to) // the pack's loader has refused rows in other dimensions
	return f
}

// cellKey identifies a cell of the impact table.
type cellKey struct {
	year                                              int
	stage, category, perspective, accounting, shareOf string
	kind, quality                                     string
	group                                             [5]string // item, model, organisation, region, hardware
}

// impactTable adds contributions to cells, exactly.
type impactTable struct{ cells map[cellKey]*exact.Sum }

func (t *impactTable) add(c *contribution, accounting string) {
	r := c.flow.Impact
	k := cellKey{year: int(c.key.Year), stage: r.Stage, category: c.category, perspective: r.Perspective, accounting: accounting, shareOf: r.ShareOf,
		kind: c.kind.kind.Name, quality: lca.Words().Qualities[c.class].Name}
	copy(k.group[:], c.group)
	s := t.cells[k]
	if s == nil {
		s = &exact.Sum{}
		if t.cells == nil {
			t.cells = map[cellKey]*exact.Sum{}
		}
		t.cells[k] = s
	}
	s.Add(c.value)
}

// rows gives the table in order: year, perspective, accounting, category, stage, kind, item, model, organisation, region, hardware, quality, share_of;
// words in the order of the vocabulary, names by value.
func (t *impactTable) rows(p *plan) []lca.Impact {
	words := lca.Words()
	out := make([]lca.Impact, 0, len(t.cells))
	for k, s := range t.cells {
		category, _ := words.Category(k.category)
		out = append(out, lca.Impact{Study: p.study.Name, Scenario: scenario, Year: k.year, Stage: k.stage, Category: k.category, Unit: category.Unit,
			Perspective: k.perspective, Accounting: k.accounting, ShareOf: k.shareOf, Kind: k.kind, Item: k.group[0], Model: k.group[1],
			Organisation: k.group[2], Region: k.group[3], Hardware: k.group[4], FunctionalUnit: p.functionalUnit(k.kind), Value: s.Float64(),
			Quality: k.quality, Method: p.method.Ref(), Pack: p.pack.Ref()})
	}
	slices.SortFunc(out, func(a, b lca.Impact) int {
		return cmp.Or(
			cmp.Compare(a.Year, b.Year),
			rank(words.Perspectives, a.Perspective, b.Perspective),
			rank(words.Accountings, a.Accounting, b.Accounting),
			rankCategory(a.Category, b.Category),
			rank(words.Stages, a.Stage, b.Stage),
			strings.Compare(a.Kind, b.Kind),
			slices.Compare([]string{a.Item, a.Model, a.Organisation, a.Region, a.Hardware}, []string{b.Item, b.Model, b.Organisation, b.Region, b.Hardware}),
			rank(words.Qualities, a.Quality, b.Quality),
			rank(words.ShareOf, a.ShareOf, b.ShareOf),
		)
	})
	return out
}

// scenario is the name under which an assessment of what happened stands in the tables.
const scenario = "historical"

// functionalUnit is the first functional unit that the method states for a kind.
func (p *plan) functionalUnit(kind string) string {
	for _, k := range p.method.Kinds {
		if k.Kind == kind && len(k.Units) > 0 {
			return k.Units[0].Name
		}
	}
	return ""
}

// rank compares words by their order in the vocabulary.
func rank(terms []lca.Term, a, b string) int {
	if a == b {
		return 0
	}
	names := lca.Names(terms)
	return cmp.Compare(slices.Index(names, a), slices.Index(names, b))
}

func rankCategory(a, b string) int {
	at := func(name string) int {
		return slices.IndexFunc(lca.Words().Categories, func(c lca.Category) bool { return c.Name == name })
	}
	if a == b {
		return 0
	}
	return cmp.Compare(at(a), at(b))
}
