package study

import (
	"context"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
)

// scenario is the name under which an assessment of what happened stands in the tables.
const scenario = "historical"

// assessment multiplies every cell's amount by its factors and gives the contributions to the tables that they belong to, one group of amounts after the
// other. Amount, monomial and factor are multiplied in this order. The groups of amounts that make a result group, rows of one item, model, organisation,
// region and hardware, follow each other: so sums are held of one result group at a time, whatever the number of groups.
type assessment struct {
	p         *plan
	space     *amounts.Space
	answers   map[answerKey]*answer
	monomials []monomial
	flows     []flow

	sums        sums
	names       named
	inventory   int // of the result group
	impacts     *impactTable
	intensities *intensities
	ledger      *ledger
	holes       holes
	incomplete  map[incompleteKey]bool
	refused     refusedTotals // nil: nobody asks for it
	reconciler  *reconciler   // nil where nobody asks
	forms       *forms        // nil where nothing is drawn
	intervals   *intervals    // nil until, and where nothing is, drawn
}

// incompleteKey is a total of which a part was refused under an accepted gap.
type incompleteKey struct {
	year                              int
	perspective, accounting, category string
}

func (p *plan) newAssessment(space *amounts.Space, o *Options) *assessment {
	a := &assessment{p: p, space: space, answers: map[answerKey]*answer{}, ledger: newLedger(p), incomplete: map[incompleteKey]bool{}}
	if p.refusals {
		a.refused = refusedTotals{}
	}
	a.names.leading = slices.IndexFunc(groupNames, p.study.inGroup)
	a.impacts, a.intensities = newImpactTable(p, &a.names, &a.sums), newIntensities(p, &a.names, &a.sums)
	for _, s := range []*shelf{&a.impacts.shelf, &a.intensities.shelf} {
		s.budget, s.dir = rowsMemory(o.Memory), o.Scratch
	}
	a.reconciler = p.newReconciler()
	if p.study.Sampling.Draws > 0 {
		a.forms = newForms(a)
		a.impacts.forms, a.intensities.forms = a.forms, a.forms
	}
	for i := range p.flows {
		a.flows = append(a.flows, a.flow(i))
		f := &a.flows[i]
		f.account = a.reconciler.role(f.rule, f.inTotal())
	}
	return a
}

// close lets go of temporary files.
func (a *assessment) close() {
	a.impacts.shelf.close()
	a.intensities.shelf.close()
}

// walk is a walk over the groups of amounts, such as that of engine.Result.
type walk interface {
	Groups(visit func(g *amounts.Group) error) error
}

// all assesses all amounts.
func (a *assessment) all(ctx context.Context, t walk) error {
	visited := 0
	err := t.Groups(func(g *amounts.Group) error {
		if visited++; visited%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		return a.group(g)
	})
	if err != nil {
		return err
	}
	return a.done()
}

// done ends the result group.
func (a *assessment) done() error {
	if a.names.count == 0 {
		return nil
	}
	group := uint32(a.names.count - 1)
	if err := a.impacts.done(group); err != nil {
		return err
	}
	if err := a.intensities.done(group); err != nil {
		return err
	}
	if a.forms != nil {
		a.forms.done()
	}
	return nil
}

// group assesses a group of amounts.
func (a *assessment) group(g *amounts.Group) error {
	if names := g.Names[:groupColumns]; g.Inventory != a.inventory || !a.names.is(names) {
		if err := a.done(); err != nil {
			return err
		}
		a.names.add(names)
		a.inventory = g.Inventory
	}
	a.intensities.begin(g)
	for i := range g.Cells {
		key, c := &g.Cells[i].Key, &g.Cells[i].Cell
		f := &a.flows[key.Flow]
		if f.unit && key.Mono == amounts.Refused {
			continue
		}
		ratios := a.intensities.ratios(key.Year, key.Status)
		var m *monomial
		amount := 0.0
		if key.Mono != amounts.Refused {
			m = a.monomial(key.Mono)
			amount = float64(c.Sum.Float64() * m.value)
		}
		if f.unit {
			for _, r := range ratios {
				r.last = max(r.last, key.Year)
				if r.key.flow == key.Flow {
					a.sums.add(&r.units, amount)
					if a.forms != nil {
						a.forms.unit(r, key, amount)
					}
				}
			}
			continue
		}
		if a.forms != nil && m != nil {
			a.forms.look(g, i, amount, m.value)
		}
		if f.account&isUse != 0 && key.Status == amounts.InTotal {
			a.reconciler.uses(g.Names, key.Year, amount, m != nil)
		}
		for _, part := range a.answer(key).parts {
			if f.account&(isMade|isCharged) != 0 && key.Status == amounts.InTotal && (m == nil || part.refused) {
				a.reconciler.refuse(g.Names, part.scope)
			}
			if m == nil || part.refused {
				a.refuse(part, key, c, ratios, m != nil, amount)
				continue
			}
			value, factor := amount, 1.0
			if part.found != nil {
				factor = part.factor
				value = float64(amount * factor)
			}
			a.give(part, key, c, ratios, m, amount, value)
			if a.forms != nil {
				a.forms.give(part, key, max(int(key.Class), part.class), factor, ratios)
			}
			if f.account&(isMade|isCharged) != 0 && key.Status == amounts.InTotal {
				a.reconciler.give(g.Names, part.scope, value)
			}
		}
	}
	return nil
}

// give records a contribution that has a value. Options and credits stand in the impact table and nowhere else: the ledger's values add up to totals, and
// intensities are parts of totals.
func (a *assessment) give(part *part, key *amounts.Key, c *amounts.Cell, ratios []*ratio, m *monomial, amount, value float64) {
	class := max(int(key.Class), part.class)
	for i := range part.scope.under {
		u := &part.scope.under[i]
		if key.Status == amounts.InTotal {
			a.impacts.add(a.bin(part.scope, u), class, part.scope.flow.shareOf, value)
		}
		if !part.scope.flow.inTotal() {
			continue
		}
		if key.Status == amounts.InTotal {
			a.ledger.value(part, u, m, class, amount, value, c.Rows)
		}
		for _, r := range ratios {
			a.intensities.add(r, key.Year, u.burden, false, value, class)
		}
	}
}

// refuse records a contribution without a value: the amount cannot be computed, or there is no factor.
func (a *assessment) refuse(part *part, key *amounts.Key, c *amounts.Cell, ratios []*ratio, hasAmount bool, amount float64) {
	in := &part.hole
	if !hasAmount {
		in = &part.scope.hole
	}
	if in.hole == nil {
		*in = a.holes.find(a, part, key, hasAmount)
	}
	in.add(key, c)
	if a.refused != nil && part.scope.flow.inTotal() && key.Status == amounts.InTotal {
		use := a.p.method.Use(in.key.factor)
		a.refused.add(in, part.scope.flow, use.Whole(), key, c)
	}
	for i := range part.scope.under {
		u := &part.scope.under[i]
		if !part.scope.flow.inTotal() {
			if key.Status == amounts.InTotal && in.hole.gap != nil {
				a.ledger.refused(part, u, in, i, c.Rows)
			}
			continue
		}
		for _, r := range ratios {
			a.intensities.add(r, key.Year, u.burden, true, 0, 0)
		}
		if key.Status == amounts.InTotal && in.hole.gap != nil {
			a.ledger.refused(part, u, in, i, c.Rows)
			if hasAmount {
				a.ledger.covered(part.scope, u, amount, false)
			}
			if !u.incomplete {
				u.incomplete = true
				a.incomplete[incompleteKey{int(key.Year), part.scope.flow.rule.Perspective, u.name, part.scope.category}] = true
			}
		}
	}
}

// bin is where a scope's rows stand in the impact table; it is made for the first of them.
func (a *assessment) bin(s *scope, u *under) *impactBin {
	if u.rows == nil {
		f := s.flow
		u.rows = a.impacts.bin(impactKey{year: s.year, perspective: f.perspective, accounting: u.accounting, category: s.categoryAt, stage: f.stage, kind: int16(f.kind)})
	}
	return u.rows
}

// functionalUnit is the first functional unit that the method states for a kind.
func (p *plan) functionalUnit(kind string) string {
	for _, k := range p.method.Kinds {
		if k.Kind == kind && len(k.Units) > 0 {
			return k.Units[0].Name
		}
	}
	return ""
}
