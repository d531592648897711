package study

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sync"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// A corner is a set of causes that are as in B, while the others are as in A. What the scan of a corner gives, its amounts, does not depend on the factors that
// amounts are multiplied by, so that a corner and the one with the other pack cost one scan: see priced. They cost two where a formula's way depends on a factor.

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

// cornerScan is the amounts of a corner.
type cornerScan struct {
	plan   *plan
	space  *amounts.Space
	result *engine.Result
	pack   int // by whose factors formulas were computed
	owned  bool

	assessment *assessment // of the plan; nil: it is not made
}

func (s *cornerScan) close() {
	if s.owned {
		s.result.Close()
	}
}

// has reports whether a cause is as in B.
func (c *comparing) has(set int, name string) int {
	if u := slices.Index(c.unions, name); u >= 0 {
		return set >> u & 1
	}
	return 0
}

// corners evaluates all corners of the causes, and between two methods all that parting the rules into changes needs.
func (c *comparing) corners() error {
	if err := c.prepareRows(); err != nil {
		return err
	}
	if err := c.prepareRules(); err != nil {
		return err
	}
	err := c.evaluate()
	if err == nil || !slices.Contains(c.unions, rulesCause) || !isInvalid(err) {
		return err
	}
	// Some method between the two is none. The changes are taken together, and the factors with them where they need each other.
	if len(c.mixture.Items()) > 1 {
		c.mixture.MergeAll()
		c.notes = append(c.notes, "the changes of the rules do not go without each other: they are taken as one")
		if err = c.prepareRules(); err == nil {
			err = c.evaluate()
		}
	}
	if err != nil && isInvalid(err) && slices.Contains(c.unions, factorsCause) {
		c.unions = slices.DeleteFunc(c.unions, func(u string) bool { return u == factorsCause })
		c.unions[slices.Index(c.unions, rulesCause)] = rulesCause + " and " + factorsCause
		c.coloured = 0
		err = c.evaluate()
	}
	return err
}

func isInvalid(err error) bool {
	_, ok := err.(*diag.Invalid)
	return ok
}

// evaluate scans and prices.
func (c *comparing) evaluate() error {
	c.sets, c.inner, c.factors = make([]*cornerTotals, 1<<len(c.unions)), make([]map[int]*cornerTotals, 1<<len(c.unions)), factorItems{c: c}
	c.drawn = make([]drawnCorner, 1<<len(c.unions))
	for i := range c.rows.sums {
		c.rows.sums[i] = map[totalKey]float64{}
	}
	factorBit, rulesBit := 0, 0
	if u := slices.Index(c.unions, factorsCause); u >= 0 {
		factorBit = 1 << u
	}
	if u := slices.Index(c.unions, rulesCause); u >= 0 {
		rulesBit = 1 << u
	}
	all := 1<<c.coloured - 1
	for set := range c.sets {
		if set&factorBit != 0 || set&rulesBit != 0 && all > 0 {
			continue // with the one without
		}
		for mask := 0; mask <= all; mask++ {
			at := set
			if mask == all && all > 0 {
				at |= rulesBit
			}
			own, other, err := c.corner(at, mask, factorBit)
			if err != nil {
				return err
			}
			if mask == 0 || mask == all {
				if c.has(at, inventoryCause) == 0 {
					if err := c.measureRows(at, mask, factorBit); err != nil {
						return err
					}
				}
				c.sets[at] = own
				if factorBit != 0 {
					c.sets[at|factorBit] = other
				}
			}
			if rulesBit != 0 && all > 0 {
				c.keep(set, mask, own)
				if factorBit != 0 {
					c.keep(set|factorBit, mask, other)
				}
			}
		}
	}
	return nil
}

func (c *comparing) keep(set, mask int, m *cornerTotals) {
	if c.inner[set] == nil {
		c.inner[set] = map[int]*cornerTotals{}
	}
	c.inner[set][mask] = m
}

// corner evaluates one corner and the one that differs from it in the factors; nil where these are the same in both studies.
func (c *comparing) corner(set, mask, factorBit int) (own, other *cornerTotals, err error) {
	all := 1<<c.coloured - 1
	full := 1<<len(c.unions) - 1&^factorBit
	var s *cornerScan
	switch {
	case set == 0 && mask == 0 && c.usable(0):
		s = c.ends[0].scanned(0)
	case set == full && mask == all && c.usable(1):
		s = c.ends[1].scanned(1)
	default:
		if s, err = c.scan(set, mask, 0); err != nil {
			return nil, nil, err
		}
	}
	defer s.close()
	if factorBit == 0 {
		if err := c.drawAt(set, mask, s, s.plan); err != nil {
			return nil, nil, err
		}
		one, _, _, err := c.price(s, nil, nil)
		return one, nil, err
	}
	weight := 0.0
	if mask == 0 || mask == all {
		weight = c.weights(bits.TrailingZeros(uint(factorBit)))[set]
	}
	otherPlan, err := c.plan(set, mask, 1-s.pack)
	if err != nil {
		return nil, nil, err
	}
	items := &weightedItems{&c.factors, weight, s.pack}
	x, y, sure, err := c.price(s, otherPlan, items)
	if err != nil {
		return nil, nil, err
	}
	if err := c.drawAt(set|s.pack*factorBit, mask, s, s.plan); err != nil {
		return nil, nil, err
	}
	if sure {
		err = c.drawAt(set|(1-s.pack)*factorBit, mask, s, otherPlan)
	} else { // formulas depend on factors in other ways than by multiplication
		var s2 *cornerScan
		if s2, err = c.scan(set, mask, 1-s.pack); err != nil {
			return nil, nil, err
		}
		defer s2.close()
		if y, _, _, err = c.price(s2, nil, nil); err == nil {
			err = c.drawAt(set|(1-s.pack)*factorBit, mask, s2, s2.plan)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if s.pack == 1 {
		x, y = y, x
	}
	return x, y, nil
}

// usable reports whether the scan of a study's own run is one of its corner.
func (c *comparing) usable(side int) bool {
	return !c.drawing() || c.sameGroups(c.ends[side].study)
}

// drawAt draws the totals of a corner, where parts have intervals.
func (c *comparing) drawAt(set, mask int, s *cornerScan, p *plan) (err error) {
	if all := 1<<c.coloured - 1; !c.drawing() || mask != 0 && mask != all {
		return nil
	}
	c.drawn[set], err = c.drawCorner(s, p)
	return err
}

// scanned is the scan of the study's own run.
func (e *endOfComparison) scanned(pack int) *cornerScan {
	return &cornerScan{plan: e.plan, space: e.run.space, result: e.result.scan, pack: pack, assessment: e.result.assessment}
}

// plan compiles what a corner computes, with the factors of a side.
func (c *comparing) plan(set, mask, pack int) (*plan, error) {
	if c.has(set, rulesCause+" and "+factorsCause) == 1 {
		pack = 1
	}
	inventory, settings := c.ends[c.has(set, inventoryCause)], c.ends[c.has(set, boundaryCause)]
	m, err := c.method(mask, c.has(set, rulesCause)+c.has(set, rulesCause+" and "+factorsCause))
	if err != nil {
		return nil, err
	}
	tables, err := c.catalogues(c.has(set, catalogueCause))
	if err != nil {
		return nil, err
	}
	return c.assemble(m.ByDefault().With(settings.study.Choices, &diag.List{}), inventory, c.packs[pack], tables, settings.study)
}

// assemble compiles a method for inventories, factors, catalogues and a study's settings that were each opened and checked before. Problems, such as of factors that the pack
// does not define, are a *diag.Invalid.
func (c *comparing) assemble(m *rules.Method, inventory *endOfComparison, pack *factors.Pack, tables map[string]*vector.Reference, settings *Study) (*plan, error) {
	var probs diag.List
	study := *settings
	study.GroupBy, study.lenient = nil, true // holes are told of the studies themselves
	for _, column := range c.columns {
		study.GroupBy = append(study.GroupBy, groupNames[column])
	}
	p := &plan{study: &study, method: m, pack: pack, tables: map[string]*datasets.Inventory{}, policies: map[string]factors.Policy{}, names: inventory.plan.names, catalogued: tables, missed: &missedLookups{}}
	for _, kind := range datasets.Kinds() {
		if inv := inventory.plan.tables[kind.Name]; inv != nil && kind.Activity {
			p.tables[kind.Name] = inv
			p.kinds = append(p.kinds, &kindPlan{kind: kind, inventory: inv, content: c.content(kind)})
		}
	}
	p.policy(&probs)
	if probs.Err() == nil {
		p.compile(&probs)
	}
	return p, probs.Err()
}

// mergedCatalogues are the catalogues of a side.
type mergedCatalogues struct {
	tables map[string]*vector.Reference
}

// catalogues are those of a side, with the rows that only the other side has: an inventory may refer to these.
func (c *comparing) catalogues(side int) (map[string]*vector.Reference, error) {
	if c.same {
		return c.ends[side].plan.catalogued, nil
	}
	if c.merged[side].tables != nil {
		return c.merged[side].tables, nil
	}
	out := map[string]*vector.Reference{}
	for _, kind := range datasets.Kinds() {
		if kind.Activity {
			continue
		}
		own, other := c.ends[side].plan.catalogued[kind.Name], c.ends[1-side].plan.catalogued[kind.Name]
		if own == nil || other == nil {
			if own == nil {
				own = other
			}
			if own != nil {
				out[kind.Name] = own
			}
			continue
		}
		merged, err := withRowsOf(own, other, kind.ID)
		if err != nil {
			return nil, err
		}
		out[kind.Name] = merged
	}
	c.merged[side].tables = out
	return out, nil
}

// withRowsOf is a catalogue with the rows of another one whose ids it does not have.
func withRowsOf(own, other *vector.Reference, id string) (*vector.Reference, error) {
	key, _ := other.Table.Lookup(id)
	var more []int
	for row := range other.Table.Rows {
		if key.Valid.Get(row) {
			if _, has := own.Row(key.Dict.Values[key.Codes[row]]); !has {
				more = append(more, row)
			}
		}
	}
	if len(more) == 0 {
		return own, nil
	}
	t := &column.Table{Names: own.Table.Names}
	b := newTableBuilder(own.Table)
	for row := range own.Table.Rows {
		b.add(own.Table, row)
	}
	for _, row := range more {
		b.add(other.Table, row)
	}
	t.Data, t.Rows = b.columns(), b.rows
	return vector.NewReference(own.Name, t, id)
}

// scan scans a corner.
func (c *comparing) scan(set, mask, pack int) (*cornerScan, error) {
	p, err := c.plan(set, mask, pack)
	if err != nil {
		return nil, err
	}
	return c.scanPlan(p, pack, nil)
}

// scanPlan scans what a plan reads, or rows that are held in memory in its place, by kind.
func (c *comparing) scanPlan(p *plan, pack int, rows map[string]engine.Source) (*cornerScan, error) {
	run := &runState{space: &amounts.Space{}, options: c.o.Options}
	inventories := p.inventories(run)
	for i := range inventories {
		k := p.kinds[i]
		if rows != nil {
			inventories[i].Source = rows[k.kind.Name]
			continue
		}
		k.ruleOut()
		inventories[i].RuledOut, inventories[i].Source = k.ruledOut, unchecked{k.inventory, k}
	}
	res, err := engine.Scan(c.ctx, inventories, run.space, engine.Options{Jobs: c.o.Jobs, Memory: amountsMemory(c.o.Memory), Scratch: c.o.Scratch, Spread: p.spread})
	if err != nil {
		return nil, err
	}
	return &cornerScan{plan: p, space: run.space, result: res, pack: pack, owned: true}, nil
}

// totalNumber is the number of a total.
func (c *comparing) totalNumber(k totalKey) int {
	i, ok := c.totalAt[k]
	if !ok {
		i = len(c.totals)
		c.totalAt[k] = i
		c.totals = append(c.totals, k)
	}
	return i
}

func (c *comparing) flowNumber(k flowName) int {
	i, ok := c.flowAt[k]
	if !ok {
		i = len(c.flows)
		c.flowAt[k] = i
		c.flows = append(c.flows, k)
	}
	return i
}

func (c *comparing) newPriced(p *plan, space *amounts.Space) *priced {
	x := &priced{p: p, space: space, sums: map[flowTotal]*exact.Sum{}, at: map[*under]*pricedUnder{}, names: make([]map[string][]float64, len(groupNames)+1)}
	x.assessment = p.newAssessment(space, &Options{})
	for _, column := range append(slices.Clone(c.columns), len(groupNames)) {
		x.names[column] = map[string][]float64{}
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
			at = &pricedUnder{total: c.totalNumber(k), headline: int(part.scope.year) == c.ends[1].study.Year}
			key := flowTotal{int32(c.flowNumber(flowName{x.p.kinds[f.kind].kind.Name, f.rule.Name})), int32(at.total)}
			if x.sums[key] == nil {
				x.sums[key] = &exact.Sum{}
			}
			at.sum = x.sums[key]
			x.at[u] = at
		}
		at.sum.Add(value)
		if !at.headline {
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
	m := &cornerTotals{flows: map[flowTotal]float64{}, totals: make([]float64, len(c.totals)), names: x.names}
	sums := make([]exact.Sum, len(c.totals))
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
func (c *comparing) price(s *cornerScan, other *plan, items *weightedItems) (own, others *cornerTotals, sure bool, err error) {
	x := c.newPriced(s.plan, s.space)
	var y *priced
	if sure = true; other != nil {
		y, sure = c.newPriced(other, s.space), s.plan.missesSame(other)
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

// tableBuilder copies rows of tables with the same columns.
type tableBuilder struct {
	data  []column.Column
	codes []map[string]int32
	valid [][]bool
	rows  int
}

func newTableBuilder(like *column.Table) *tableBuilder {
	b := &tableBuilder{}
	for i := range like.Data {
		b.data = append(b.data, column.Column{Type: like.Data[i].Type})
		if like.Data[i].Type == column.String {
			b.data[i].Dict = &column.Dict{}
		}
		b.codes, b.valid = append(b.codes, map[string]int32{}), append(b.valid, nil)
	}
	return b
}

// add copies a row.
func (b *tableBuilder) add(from *column.Table, row int) {
	for i := range b.data {
		b.cell(i, &from.Data[i], row)
	}
	b.rows++
}

func (b *tableBuilder) cell(i int, from *column.Column, row int) {
	to, has := &b.data[i], from.Valid.Get(row)
	b.valid[i] = append(b.valid[i], has)
	switch to.Type {
	case column.String:
		code := int32(0)
		if has {
			text := from.Dict.Values[from.Codes[row]]
			known, ok := b.codes[i][text]
			if !ok {
				known = int32(len(to.Dict.Values))
				b.codes[i][text] = known
				to.Dict.Values = append(to.Dict.Values, text)
			}
			code = known
		} else if len(to.Dict.Values) == 0 {
			to.Dict.Values, b.codes[i][""] = append(to.Dict.Values, ""), 0
		}
		to.Codes = append(to.Codes, code)
	case column.Bool:
		to.Bools = append(to.Bools, has && from.Bools[row])
	default:
		v := 0.0
		if has {
			v = from.Floats[row]
		}
		to.Floats = append(to.Floats, v)
	}
}

// columns are the rows so far.
func (b *tableBuilder) columns() []column.Column {
	for i := range b.data {
		if slices.Contains(b.valid[i], false) {
			b.data[i].Valid = column.NewBitmap(b.rows)
			for row, has := range b.valid[i] {
				if has {
					b.data[i].Valid.Set(row)
				}
			}
		}
	}
	return b.data
}

// unchecked is an inventory whose values have been checked before.
type unchecked struct {
	*datasets.Inventory
	kind *kindPlan
}

func (s unchecked) Name(file int) string { return s.kind.files()[file] }

func (s unchecked) Open(_ context.Context, part int, columns []string) (engine.Reader, error) {
	return s.Inventory.Open(part, columns)
}
