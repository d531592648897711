package study

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// ratioKey identifies what an intensity divides: the rows of one group and comparison class that count a functional unit. An item's ratio is over all
// years in which it has a part, any other is of one calendar year.
type ratioKey struct {
	flow   int32 // the flow that counts the unit
	year   int
	status amounts.Status
	group  [5]string                // item, model, organisation, region, hardware
	class  [engine.MaxGroups]string // words of the unit's comparison class
}

// burdenKey is one category's burden of such a group.
type burdenKey struct{ category, perspective, accounting string }

type burden struct {
	value      exact.Sum
	class      int
	supplied   bool // some part has a value
	incomplete bool // some part was refused
}

type ratio struct {
	last    int // last calendar year
	units   exact.Sum
	burdens map[burdenKey]*burden
}

// intensities gathers burdens and counts of functional units. Rows that do not count a unit take no part in its ratio, neither above nor
// below: the engine keeps them in groups of their own.
type intensities struct {
	p      *plan
	units  [][]int32 // of each kind, the flows that count a unit, in order
	ratios map[ratioKey]*ratio
}

func newIntensities(p *plan) *intensities {
	in := &intensities{p: p, units: make([][]int32, len(p.kinds)), ratios: map[ratioKey]*ratio{}}
	for i, f := range p.flows {
		if f.Unit != nil {
			in.units[p.flowKind[i]] = append(in.units[p.flowKind[i]], int32(i))
		}
	}
	return in
}

// each visits the ratios to which a contribution's rows belong.
func (in *intensities) each(c *contribution, visit func(flow int32, r *ratio)) {
	units := in.units[in.p.flowKind[c.key.Flow]]
	if len(units) == 0 {
		return
	}
	counted := c.group[len(c.group)-1] // a letter for each unit
	for u, flow := range units {
		if counted[u] != '1' {
			continue
		}
		k := ratioKey{flow: flow, year: int(c.key.Year), status: c.key.Status}
		copy(k.group[:], c.group)
		if k.group[0] != "" {
			k.year = 0
		}
		for i, at := range c.kind.classes[int(flow)-c.kind.first] {
			k.class[i] = c.group[at]
		}
		r := in.ratios[k]
		if r == nil {
			r = &ratio{burdens: map[burdenKey]*burden{}}
			in.ratios[k] = r
		}
		r.last = max(r.last, int(c.key.Year))
		visit(flow, r)
	}
}

// count adds to a functional unit's count.
func (in *intensities) count(c *contribution) {
	in.each(c, func(flow int32, r *ratio) {
		if flow == c.key.Flow {
			r.units.Add(c.value)
		}
	})
}

// burden adds a contribution; one without a value makes the group's figure incomplete.
func (in *intensities) burden(c *contribution, accounting string) {
	in.each(c, func(_ int32, r *ratio) {
		k := burdenKey{c.category, c.flow.Impact.Perspective, accounting}
		b := r.burdens[k]
		if b == nil {
			b = &burden{}
			r.burdens[k] = b
		}
		if c.refused != "" {
			b.incomplete = true
			return
		}
		b.supplied = true
		b.value.Add(c.value)
		b.class = max(b.class, c.class)
	})
}

// scopeOf is the word of a status in the table.
var scopeOf = map[amounts.Status]string{amounts.InTotal: "volume", amounts.PartOf: "volume", amounts.Intensity: "intensity", amounts.Sample: "sample"}

func (in *intensities) table() []lca.Intensity {
	words := lca.Words()
	var out []lca.Intensity
	for k, r := range in.ratios {
		n := r.units.Float64()
		if n <= 0 {
			continue
		}
		kind, u := in.p.kinds[in.p.flowKind[k.flow]], in.p.flows[k.flow].Unit
		var class []string
		for i := range u.Class {
			class = append(class, cmp.Or(k.class[i], "not stated"))
		}
		if k.status == amounts.PartOf {
			class = append(class, "part of another row")
		}
		for bk, b := range r.burdens {
			if !b.supplied {
				continue // absent, not 0; the ledger tells why
			}
			category, _ := words.Category(bk.category)
			v := b.value.Float64()
			out = append(out, lca.Intensity{Study: in.p.study.Name, Scenario: scenario, Year: r.last, Category: bk.category, Unit: category.Unit + "/" + u.Name,
				Perspective: bk.perspective, Accounting: bk.accounting, Kind: kind.kind.Name, Scope: scopeOf[k.status], FunctionalUnit: u.Name,
				ComparisonClass: strings.Join(class, ", "), Item: k.group[0], Model: k.group[1], Organisation: k.group[2], Region: k.group[3], Hardware: k.group[4],
				Impact: v, Units: n, Value: v / n, Quality: words.Qualities[b.class].Name, Complete: !b.incomplete, Method: in.p.method.Ref(), Pack: in.p.pack.Ref()})
		}
	}
	slices.SortFunc(out, func(a, b lca.Intensity) int {
		return cmp.Or(
			strings.Compare(a.Kind, b.Kind),
			strings.Compare(a.FunctionalUnit, b.FunctionalUnit),
			strings.Compare(a.ComparisonClass, b.ComparisonClass),
			cmp.Compare(a.Year, b.Year),
			strings.Compare(a.Scope, b.Scope),
			slices.Compare([]string{a.Item, a.Model, a.Organisation, a.Region, a.Hardware}, []string{b.Item, b.Model, b.Organisation, b.Region, b.Hardware}),
			rankCategory(a.Category, b.Category),
			rank(words.Perspectives, a.Perspective, b.Perspective),
			rank(words.Accountings, a.Accounting, b.Accounting),
			cmp.Compare(a.Impact, b.Impact),
			cmp.Compare(a.Units, b.Units),
			strings.Compare(a.Quality, b.Quality),
		)
	})
	return out
}
