package study

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// ratioKey identifies what an intensity divides: all of one group, over all years where items are kept apart, else of one year.
type ratioKey struct {
	kind   int
	year   int // 0: over all years of the item
	status amounts.Status
	group  string // names, joined; comparison classes included
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
	names   []string
	last    int // last calendar year
	units   map[int32]*exact.Sum
	burdens map[burdenKey]*burden
}

// intensities gathers burdens and units of groups.
type intensities struct {
	p      *plan
	byItem bool
	ratios map[ratioKey]*ratio
}

func newIntensities(p *plan) *intensities {
	return &intensities{p: p, byItem: slices.Contains(p.study.GroupBy, "item"), ratios: map[ratioKey]*ratio{}}
}

func (in *intensities) ratio(c *contribution) *ratio {
	k := ratioKey{kind: in.p.flowKind[c.key.Flow], year: int(c.key.Year), status: c.key.Status, group: strings.Join(c.group, "\x00")}
	if in.byItem {
		k.year = 0
	}
	r := in.ratios[k]
	if r == nil {
		r = &ratio{names: c.group, units: map[int32]*exact.Sum{}, burdens: map[burdenKey]*burden{}}
		in.ratios[k] = r
	}
	r.last = max(r.last, int(c.key.Year))
	return r
}

// units adds a count of a functional unit.
func (in *intensities) units(c *contribution) {
	r := in.ratio(c)
	s := r.units[c.key.Flow]
	if s == nil {
		s = &exact.Sum{}
		r.units[c.key.Flow] = s
	}
	s.Add(c.value)
}

// burden adds a contribution; one without a value makes the group's figure incomplete.
func (in *intensities) burden(c *contribution, accounting string) {
	r := in.ratio(c)
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
}

// scopeOf is the word of a status in the table.
var scopeOf = map[amounts.Status]string{amounts.InTotal: "volume", amounts.PartOf: "volume", amounts.Intensity: "intensity", amounts.Sample: "sample"}

func (in *intensities) table() []lca.Intensity {
	words := lca.Words()
	var out []lca.Intensity
	for k, r := range in.ratios {
		kind := in.p.kinds[k.kind]
		for flow, units := range r.units {
			n := units.Float64()
			if n <= 0 {
				continue
			}
			u := in.p.flows[flow].Unit
			var class []string
			for _, at := range kind.classes[int(flow)-kind.first] {
				class = append(class, cmp.Or(r.names[at], "not stated"))
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
					ComparisonClass: strings.Join(class, ", "), Item: r.names[0], Model: r.names[1], Organisation: r.names[2], Region: r.names[3], Hardware: r.names[4],
					Impact: v, Units: n, Value: v / n, Quality: words.Qualities[b.class].Name, Complete: !b.incomplete, Method: in.p.method.Ref(), Pack: in.p.pack.Ref()})
			}
		}
	}
	slices.SortFunc(out, func(a, b lca.Intensity) int {
		return cmp.Or(
			strings.Compare(a.Kind, b.Kind),
			strings.Compare(a.FunctionalUnit, b.FunctionalUnit),
			strings.Compare(a.ComparisonClass, b.ComparisonClass),
			cmp.Compare(a.Year, b.Year),
			strings.Compare(a.Scope, b.Scope),
			strings.Compare(a.Item, b.Item),
			strings.Compare(a.Model, b.Model),
			strings.Compare(a.Organisation, b.Organisation),
			strings.Compare(a.Region, b.Region),
			strings.Compare(a.Hardware, b.Hardware),
			rankCategory(a.Category, b.Category),
			rank(words.Perspectives, a.Perspective, b.Perspective),
			rank(words.Accountings, a.Accounting, b.Accounting),
			cmp.Compare(a.Impact, b.Impact),
		)
	})
	return out
}
