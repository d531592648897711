package engine

import (
	"cmp"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// learn evaluates the rules for a row of each pattern that is met for the first time.
func (l *lane) learn(b *column.Batch, of numbers) error {
	p := &l.patterns
	p.fresh, p.first = p.fresh[:0], p.first[:0]
	for i := range int32(b.Rows) {
		if n := of.at(i); p.way[n] == unknown {
			p.way[n] = rowByRow
			if int(n) < maxPatterns {
				p.fresh, p.first = append(p.fresh, n), append(p.first, i)
			}
		}
		if of.each == nil {
			break
		}
	}
	if len(p.fresh) == 0 {
		return nil
	}
	sub := l.general.take(b, p.first)
	if err := l.evaluate(sub); err != nil {
		return err
	}
	l.general.statuses(l, sub)
	for len(p.known) < min(p.met.count, maxPatterns) {
		p.known = append(p.known, pattern{})
	}
	for i, n := range p.fresh {
		p.way[n], p.shape[n] = l.resolve(&p.known[n], sub, i)
	}
	return nil
}

// resolve makes a pattern of what the rules made of one of its rows, and tells its way and shape.
func (l *lane) resolve(p *pattern, b *column.Batch, row int) (wayOf, shapeOf int32) {
	period, dated := l.layout.periodOf(b, row)
	if l.layout.hasPeriod() && l.layout.yearCode(b, row) == unlikely || !l.evaluator.Formulas(row, l.patterns.formulas) {
		return rowByRow, 0
	}
	p.status = l.general.status[row]
	var way way
	shape := amounts.Shape{}
	counts := takesPart(p.status) && dated
	if counts {
		var ok bool
		if way, shape, ok = l.trace(b, row, amounts.Part{Status: p.status, Year: int32(period.First())}); !ok {
			return rowByRow, 0
		}
	}
	p.resolved = true
	for q := range l.inv.Grades {
		g := l.evaluator.Quantity(q)
		if g == nil {
			p.grades = append(p.grades, patternGrade{})
			continue
		}
		grade := patternGrade{used: true, has: g.Valid.Get(row), class: g.Class[row], hasTier: g.Tier != nil}
		if grade.hasTier {
			grade.tier = g.Tier[row]
		}
		p.grades = append(p.grades, grade)
	}
	switch {
	case !dated && takesPart(p.status):
		return undated, 0
	case !counts || len(shape.Sums) == 0:
		return nowhere, 0
	}
	return l.patterns.wayOf(way), l.cells.Shape(shape)
}

// wayOf is the number of a way, given to it where it has none. There are few.
func (p *patterns) wayOf(x way) int32 {
	for w := firstWay; w < len(p.ways); w++ {
		if slices.Equal(p.ways[w].formulas, x.formulas) {
			return int32(w)
		}
	}
	p.ways = append(p.ways, x)
	return int32(len(p.ways) - 1)
}

// trace finds by which formulas rows like one row come to their amounts, and which cells these enter; ok is false where no sum takes one of them,
// or where there are too many.
func (l *lane) trace(b *column.Batch, row int, part amounts.Part) (w way, shape amounts.Shape, ok bool) {
	counted := make([]bool, len(l.inv.Flows))
	var targets amountsOf
	for f := range l.inv.Flows {
		flow := l.evaluator.Flow(f)
		if _, lacks := slices.BinarySearch(flow.Missing, int32(row)); lacks {
			targets.add(noFormula, l.refused(f, flow, int32(row), true))
		}
		if _, counted[f] = slices.BinarySearch(flow.Rows, int32(row)); !counted[f] {
			continue
		}
		first := true
		for t := range flow.Terms {
			if flow.Terms[t].Present.Get(row) {
				targets.add(l.patterns.formulas[f][t], l.target(f, flow, t, int32(row), first))
				first = false
			}
		}
	}
	part.Units = l.units(func(f int) bool { return counted[f] })
	shape.Part = l.cells.Part(part)
	slices.SortFunc(targets, func(a, b amountOf) int { return cmp.Compare(a.formula, b.formula) })
	for _, a := range targets {
		sum := amounts.ShapeSum{Bundle: l.space.Bundles.ID(a.targets), Value: -1}
		if a.formula != noFormula {
			inputs := l.evaluator.Inputs(a.formula)
			if len(inputs) == 0 {
				l.evaluator.Load(l.patterns.inputs, nil, 1)
				if _, sum.Shared = l.evaluator.Formula(a.formula); !summable([]float64{sum.Shared}) {
					return w, shape, false
				}
			} else {
				sum.Value = int32(len(w.formulas))
				w.formulas = append(w.formulas, a.formula)
			}
			for _, at := range inputs {
				if !slices.Contains(w.inputs, at) {
					w.inputs = append(w.inputs, at)
				}
			}
		}
		shape.Sums = append(shape.Sums, sum)
	}
	return w, shape, len(w.formulas) <= amounts.MaxValues
}

// noFormula stands for the amount of a row that is only counted, 0.
const noFormula = -1

// amountsOf lists the cells that each formula's amount enters.
type amountsOf []amountOf

type amountOf struct {
	formula int32
	targets []amounts.Target
}

func (a *amountsOf) add(formula int32, t amounts.Target) {
	for i := range *a {
		if (*a)[i].formula == formula {
			(*a)[i].targets = append((*a)[i].targets, t)
			return
		}
	}
	*a = append(*a, amountOf{formula, []amounts.Target{t}})
}
