package study

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules"
)

// missedLookups are lookups inside formulas for which the pack has no row.
type missedLookups struct {
	mu sync.Mutex
	of map[askedLookup]bool
}

type askedLookup struct {
	factor, region, technology string
	year                       int
}

func (m *missedLookups) add(factor, region, technology string, year int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of == nil {
		m.of = map[askedLookup]bool{}
	}
	m.of[askedLookup{factor, region, technology, year}] = true
}

// cornerTotals are the totals of a corner.
type cornerTotals struct {
	flows  map[flowTotal]float64 // parts by impact
	totals []float64             // by number
	names  []map[string][]float64
}

// flowTotal are the numbers of a flow and a total.
type flowTotal struct{ flow, total int32 }

func (m *cornerTotals) total(i int) float64 {
	if i >= len(m.totals) {
		return 0
	}
	return m.totals[i]
}

func (m *cornerTotals) name(column int, name string, total int) float64 {
	if values := m.names[column][name]; total < len(values) {
		return values[total]
	}
	return 0
}

// priced is amounts multiplied by one pack's factors.
type priced struct {
	p          *plan
	assessment *assessment
	space      *amounts.Space
	symbols    []pricedSymbol
	monomials  []float64
	sums       map[flowTotal]*exact.Sum
	named      bool // parts are told by columns, too
	names      []map[string][]float64
	at         map[*under]*pricedUnder
	differs    bool // a factor inside formulas has another value than the scan met
	unsure     bool // or there is none, or it is inside a formula in a way that is no power of it
}

// pricedSymbol is a factor's row, or a parameter, inside amounts.
type pricedSymbol struct {
	known bool
	value float64
	found *factors.Found // nil of a parameter
}

type pricedUnder struct {
	sum      *exact.Sum
	total    int
	headline bool
}

func (c *comparing) newPriced(p *plan, space *amounts.Space, named bool) *priced {
	x := &priced{p: p, space: space, sums: map[flowTotal]*exact.Sum{}, at: map[*under]*pricedUnder{}, names: make([]map[string][]float64, len(groupNames)+1)}
	x.assessment = p.newAssessment(space, &Options{})
	if x.named = named; named {
		for _, column := range append(slices.Clone(c.columns), len(groupNames)) {
			x.names[column] = map[string][]float64{}
		}
	}
	return x
}

// symbol is the value of a symbol by the pack; own is asked of the pack that the scan was with.
func (x *priced) symbol(id int32, own bool) *pricedSymbol {
	for int(id) >= len(x.symbols) {
		x.symbols = append(x.symbols, pricedSymbol{})
	}
	s := &x.symbols[id]
	if s.known {
		return s
	}
	at := x.space.Monomials.At(id)
	s.known, s.value = true, at.Value
	within, isWithin := at.Ref.(rules.Within)
	found, isFactor := at.Ref.(factors.Found)
	switch {
	case isWithin && !own:
		if _, of := within.Of.Ref.(factors.Found); of {
			v, ok := x.p.again(within.Of.Name)
			x.unsure = x.unsure || !ok || v.Value != within.Of.Value
		}
	case isFactor && own:
		s.found = &found
	case isFactor:
		other, ok := x.p.again(at.Name)
		if !ok {
			x.unsure = true
			break
		}
		now := other.Ref.(factors.Found)
		x.differs = x.differs || other.Value != at.Value
		s.value, s.found = other.Value, &now
	}
	return s
}

// again finds a factor's value by the name of the symbol that another pack's was given.
func (p *plan) again(name string) (rules.FactorValue, bool) {
	var factor, region, technology string
	var year, row int
	if n, err := fmt.Sscanf(name, factorName, &factor, &region, &technology, &year, &row); n != 5 || err != nil {
		return rules.FactorValue{}, false
	}
	return p.FactorValue(p.method.Use(factor), region, technology, year)
}

// monomial is a product of symbols at the pack's values, as Monomials.Value computes it.
func (x *priced) monomial(id int32, own bool) float64 {
	for int(id) >= len(x.monomials) {
		x.monomials = append(x.monomials, math.NaN())
	}
	if math.IsNaN(x.monomials[id]) {
		x.monomials[id] = powerProduct(x.space.Monomials.Powers(id), func(symbol int32) float64 { return x.symbol(symbol, own).value })
	}
	return x.monomials[id]
}

// powerProduct multiplies powers in the order of Monomials.Value.
func powerProduct(powers []amounts.Power, value func(symbol int32) float64) float64 {
	v := 1.0
	for _, p := range powers {
		for range p.Exponent {
			v = float64(v * value(p.Symbol))
		}
	}
	for _, p := range powers {
		for range -p.Exponent {
			v /= value(p.Symbol)
		}
	}
	return v
}

// add adds a contribution.
func (x *priced) add(c *comparing, part *part, names []string, value float64) {
	for i := range part.scope.under {
		u := &part.scope.under[i]
		at := x.at[u]
		if at == nil {
			f := part.scope.flow
			k := totalKey{part.scope.year, f.perspective, u.accounting, part.scope.categoryAt}
			at = &pricedUnder{total: c.totals.number(k), headline: int(part.scope.year) == c.year}
			key := flowTotal{int32(c.flows.number(flowName{x.p.kinds[f.kind].kind.Name, f.rule.Name})), int32(at.total)}
			if x.sums[key] == nil {
				x.sums[key] = &exact.Sum{}
			}
			at.sum = x.sums[key]
			x.at[u] = at
		}
		at.sum.Add(value)
		if !at.headline || !x.named {
			continue
		}
		x.name(len(groupNames), part.scope.flow.rule.Stage, at.total, value)
		for _, column := range c.columns {
			if names[column] != "" {
				x.name(column, names[column], at.total, value)
			}
		}
	}
}

func (x *priced) name(column int, name string, total int, value float64) {
	values, ok := x.names[column][name]
	if !ok && len(x.names[column]) >= mostNames {
		return
	}
	for len(values) <= total {
		values = append(values, 0)
	}
	values[total] += value
	if !ok || len(values) != len(x.names[column][name]) {
		x.names[column][cloned(name, ok)] = values
	}
}

func cloned(name string, known bool) string {
	if known {
		return name
	}
	return string([]byte(name)) // a group's names are not kept
}

func (x *priced) measure(c *comparing) *cornerTotals {
	m := &cornerTotals{flows: map[flowTotal]float64{}, totals: make([]float64, len(c.totals.all)), names: x.names}
	sums := make([]exact.Sum, len(c.totals.all))
	keys := make([]flowTotal, 0, len(x.sums))
	for k := range x.sums {
		keys = append(keys, k)
	}
	for _, k := range keys { // exact sums depend on no order
		v := x.sums[k].Float64()
		m.flows[k] = v
		sums[k.total].Add(v)
	}
	for i := range sums {
		m.totals[i] = sums[i].Float64()
	}
	return m
}

// price multiplies amounts by the factors with which they were computed, and where other is another plan by that one's, too; the factors' parts are told to items, which may be
// nil. It is not sure of the second result where the other factors may lead formulas another way than those of the scan did.
func (c *comparing) price(s *cornerScan, other *plan, items *weightedItems, named bool) (own, others *cornerTotals, sure bool, err error) {
	x := c.newPriced(s.plan, s.space, named)
	var y *priced
	if sure = true; other != nil {
		y, sure = c.newPriced(other, s.space, named), s.plan.missesSame(other)
	}
	err = gathered{s.result}.Groups(func(g *amounts.Group) error {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		for i := range g.Cells {
			key, cell := &g.Cells[i].Key, &g.Cells[i].Cell
			f := &x.assessment.flows[key.Flow]
			if key.Status != amounts.InTotal || f.unit || key.Mono == amounts.Refused || !f.inTotal() {
				continue
			}
			coefficient := cell.Sum.Float64()
			parts := x.assessment.answer(key).parts
			if y != nil {
				b := bothPrices{x, y, key, coefficient, x.monomial(key.Mono, true), y.monomial(key.Mono, false), s.pack, items}
				c.both(&b, g.Names, parts, y.assessment.answer(key).parts)
				continue
			}
			for _, part := range parts {
				if !part.refused {
					x.add(c, part, g.Names, part.of(float64(coefficient*x.monomial(key.Mono, true))))
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, false, err
	}
	own = x.measure(c)
	if y != nil {
		others = y.measure(c)
		sure = sure && !y.unsure && !(y.differs && s.plan.choosesByFactors())
	}
	return own, others, sure, nil
}

// of is a part's value for an amount.
func (p *part) of(amount float64) float64 {
	if p.found == nil {
		return amount
	}
	return float64(amount * p.factor)
}

// missesSame reports whether formulas find with another pack's factors what they found in a scan, and nothing more, each in the same unit.
func (p *plan) missesSame(other *plan) bool {
	p.missed.mu.Lock()
	defer p.missed.mu.Unlock()
	for k := range p.missed.of {
		if _, ok := other.FactorValue(other.method.Use(k.factor), k.region, k.technology, k.year); ok {
			return false
		}
	}
	return !p.otherUnits(other)
}

// choosesByFactors reports whether something uncertain, which a factor may be, decides which way a row takes.
func (p *plan) choosesByFactors() bool {
	return slices.ContainsFunc(p.flows, func(f rules.FlowRule) bool { return len(f.AtPoints) > 0 })
}

// otherUnits reports whether a factor that is no burden is in another unit in another pack.
func (p *plan) otherUnits(other *plan) bool {
	for _, use := range p.method.Factors {
		_, a, _, known := p.FactorUnit(use.Factor)
		_, b, _, knows := other.FactorUnit(use.Factor)
		if factor, ok := unit.Factor(a, b); known != knows || known && (!ok || factor != 1) {
			return true
		}
	}
	return false
}
