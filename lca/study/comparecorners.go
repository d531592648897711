package study

import (
	"context"
	"math/bits"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// A corner is a set of causes that are as in B, while the others are as in A. What the scan of a corner gives, its amounts, does not depend on the factors that
// amounts are multiplied by, so that a corner and the one with the other pack cost one scan: see priced. They cost two where a formula's way depends on a factor.

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
	c.affordDraws()
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
	c.sets, c.inner, c.factors = make([]*cornerTotals, 1<<len(c.unions)), make([]map[int]map[flowTotal]float64, 1<<len(c.unions)), factorItems{c: c}
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
			if err := c.ctx.Err(); err != nil {
				return err
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

// keep holds the parts by impact of a corner between two methods.
func (c *comparing) keep(set, mask int, m *cornerTotals) {
	if c.inner[set] == nil {
		c.inner[set] = map[int]map[flowTotal]float64{}
	}
	c.inner[set][mask] = m.flows
}

// corner evaluates one corner and the one that differs from it in the factors; nil where these are the same in both studies.
func (c *comparing) corner(set, mask, factorBit int) (own, other *cornerTotals, err error) {
	all := 1<<c.coloured - 1
	full := 1<<len(c.unions) - 1&^factorBit
	named := mask == 0 || mask == all
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
		one, _, _, err := c.price(s, nil, nil, named)
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
	x, y, sure, err := c.price(s, otherPlan, items, named)
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
		if y, _, _, err = c.price(s2, nil, nil, named); err == nil {
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
	return c.assemble(m.ByDefault().With(settings.study.Choices, &diag.List{}), inventory, pack, tables, settings.study)
}

// assemble compiles a method for inventories, the factors of a side, catalogues and a study's settings that were each opened and checked before. Problems, such as of factors that the pack
// does not define, are a *diag.Invalid.
func (c *comparing) assemble(m *rules.Method, inventory *endOfComparison, pack int, tables map[string]*vector.Reference, settings *Study) (*plan, error) {
	var probs diag.List
	study := *settings
	study.GroupBy, study.lenient = nil, true // holes are told of the studies themselves
	for _, column := range c.columns {
		study.GroupBy = append(study.GroupBy, groupNames[column])
	}
	p := &plan{study: &study, method: m, pack: c.packs[pack], tables: map[string]*datasets.Inventory{}, policies: map[string]factors.Policy{}, names: inventory.plan.names, catalogued: tables, missed: &missedLookups{}}
	for _, kind := range datasets.Kinds() {
		if inv := inventory.plan.tables[kind.Name]; inv != nil && kind.Activity {
			p.tables[kind.Name] = inv
			p.kinds = append(p.kinds, &kindPlan{kind: kind, inventory: inv, content: c.content(kind)})
		}
	}
	other := &plan{study: &study, method: m, pack: c.packs[1-pack], policies: map[string]factors.Policy{}}
	p.policy(&probs)
	other.policy(&diag.List{}) // what is wrong with it is told of that pack's own corners
	p.filler = &filler{plan: other, missed: c.ends[pack].plan.missed, lacks: func(factor, category, region, technology string) bool {
		return c.lacks(pack, factor, category, region, technology)
	}}
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
	space, res, err := p.scanUnchecked(c.ctx, &c.o.Options, rows)
	if err != nil {
		return nil, err
	}
	return &cornerScan{plan: p, space: space, result: res, pack: pack, owned: true}, nil
}

// scanUnchecked scans a plan's inventories, whose values have been checked before, or rows that are held in memory in their place, by kind.
func (p *plan) scanUnchecked(ctx context.Context, o *Options, rows map[string]engine.Source) (*amounts.Space, *engine.Result, error) {
	run := &runState{space: &amounts.Space{}, options: *o}
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
	res, err := engine.Scan(ctx, inventories, run.space, engine.Options{Jobs: o.Jobs, Memory: amountsMemory(o.Memory), Scratch: o.Scratch, Spread: p.spread})
	return run.space, res, err
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
