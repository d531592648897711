package engine

import (
	"errors"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// patterns finds the pattern of each row, and what is known of it.
type patterns struct {
	possible bool // some rows may be added by their pattern
	features []feature
	met      combination
	known    []pattern
	flags    [][]int32 // of each feature, memory for the batch's numbers
	sorted   []int32   // the batch's rows, by pattern
	start    []int32   // where the rows of each of here begin in it
	here     []int32   // patterns of the batch
	counts   []int32   // of each pattern, 0 between batches
	fresh    []int32   // those met for the first time
	rows     []int32   // a row of each of these
	rest     []int32   // rows to which the rules are applied one by one
	formulas [][]int32 // of each flow
	inputs   []column.Column
	memory   []column.Column // of inputs
	adding   amounts.Rows
}

// feature is a column that tells patterns apart.
type feature struct {
	column int // -1: the calendar year
	use    Use
}

// pattern is what rows of one pattern have in common.
type pattern struct {
	resolved bool
	regular  bool // false: the rules are applied to each row
	undated  bool // no year is known
	counts   bool // its rows enter some cell
	status   amounts.Status
	shape    int32   // of its rows' amounts, among those of the cells
	formulas []int32 // by which each row's amounts are computed
	inputs   []int   // columns that they read
	rows     int64   // met so far
	grades   []patternGrade
}

// patternGrade is how well a quantity is known.
type patternGrade struct {
	used, has, hasTier bool
	class, tier        uint8
}

// maxPatterns bounds the patterns that are known: where there are more, further ones are not looked into.
const maxPatterns = 1 << 15

// prepare lists what tells patterns apart.
func (p *patterns) prepare(l *lane) {
	p.possible = len(l.inv.Uses) == len(l.inv.Columns)
	for f := range l.inv.Flows {
		if l.inv.Flows[f].HasTime { // its years differ from row to row
			p.possible = false
		}
	}
	if !p.possible {
		return
	}
	uses := map[int]Use{}
	for i, u := range l.inv.Uses {
		uses[i] = u
	}
	for _, at := range []int{l.layout.scope, l.layout.planned} {
		if at >= 0 {
			uses[at] = ByValue
		}
	}
	if at := l.layout.partOf; at >= 0 {
		uses[at] = max(uses[at], ByPresence)
	}
	for at := range l.layout.columns {
		use, ok := uses[at]
		if !ok {
			continue
		}
		if use == ByValue && l.words[at] == nil {
			l.words[at] = newWords()
		}
		p.features = append(p.features, feature{at, use})
	}
	if l.layout.hasPeriod() {
		p.features = append(p.features, feature{column: -1})
	}
	p.flags = make([][]int32, len(p.features))
	p.inputs, p.memory = make([]column.Column, len(l.inv.Columns)), make([]column.Column, len(l.inv.Columns))
	p.formulas = make([][]int32, len(l.inv.Flows))
}

// number gives each row's pattern.
func (p *patterns) number(l *lane, b *column.Batch) numbers {
	out := numbers{}
	for stage, f := range p.features {
		var n numbers
		switch {
		case f.column < 0:
			n = l.years.number(&l.layout, b)
		case f.use == ByPresence:
			n = presence(b.Columns[f.column].Valid, b.Rows, &p.flags[stage])
		case b.Columns[f.column].Type == column.Bool:
			n = flags(&b.Columns[f.column], b.Rows, &p.flags[stage])
		default:
			n = l.words[f.column].number(&b.Columns[f.column], b.Rows)
		}
		out = p.met.number(stage, out, n, b.Rows)
	}
	return out
}

// flags numbers truth values: 1 for false, 2 for true, 0 for none.
func flags(c *column.Column, rows int, buffer *[]int32) numbers {
	if c.Valid != nil && none(c.Valid, rows) {
		return numbers{}
	}
	*buffer = grow(*buffer, rows)
	out := *buffer
	for i, v := range c.Bools[:rows] {
		switch {
		case !c.Valid.Get(i):
			out[i] = 0
		case v:
			out[i] = 2
		default:
			out[i] = 1
		}
	}
	return numbers{each: out}
}

// byPattern adds the amounts of rows whose pattern allows it, and returns the others.
func (l *lane) byPattern(b *column.Batch) ([]int32, error) {
	p := &l.patterns
	of := p.number(l, b)
	for len(p.known) < min(p.met.count, maxPatterns) {
		p.known = append(p.known, pattern{})
	}
	p.sort(of, b.Rows)
	if err := l.learn(b); err != nil {
		return nil, err
	}
	p.rest = p.rest[:0]
	for k, n := range p.here {
		rows := p.sorted[p.start[k]:p.start[k+1]]
		if int(n) >= len(p.known) || !p.known[n].regular {
			p.rest = append(p.rest, rows...)
			continue
		}
		if err := l.addPattern(b, &p.known[n], rows); err != nil {
			return nil, err
		}
	}
	slices.Sort(p.rest)
	return p.rest, nil
}

// sort brings the rows of one pattern together, in their order.
func (p *patterns) sort(of numbers, rows int) {
	p.here, p.sorted = p.here[:0], grow(p.sorted, rows)
	if of.each == nil {
		p.here, p.start = append(p.here, of.one), append(p.start[:0], 0, int32(rows))
		for i := range p.sorted {
			p.sorted[i] = int32(i)
		}
		return
	}
	for len(p.counts) < p.met.count {
		p.counts = append(p.counts, 0)
	}
	for _, n := range of.each {
		if p.counts[n] == 0 {
			p.here = append(p.here, n)
		}
		p.counts[n]++
	}
	p.start = append(p.start[:0], 0)
	for k, n := range p.here {
		p.start = append(p.start, p.start[k]+p.counts[n])
		p.counts[n] = p.start[k]
	}
	for i, n := range of.each {
		p.sorted[p.counts[n]] = int32(i)
		p.counts[n]++
	}
	for _, n := range p.here {
		p.counts[n] = 0
	}
}

// learn evaluates the rules for a row of each pattern that is met for the first time.
func (l *lane) learn(b *column.Batch) error {
	p := &l.patterns
	p.fresh, p.rows = p.fresh[:0], p.rows[:0]
	for k, n := range p.here {
		if int(n) < len(p.known) && !p.known[n].resolved {
			p.fresh, p.rows = append(p.fresh, n), append(p.rows, p.sorted[p.start[k]])
		}
	}
	if len(p.fresh) == 0 {
		return nil
	}
	sub := l.general.take(b, p.rows)
	if err := l.evaluate(sub); err != nil {
		return err
	}
	l.general.statuses(l, sub)
	for i, n := range p.fresh {
		l.resolve(&p.known[n], sub, i)
	}
	return nil
}

// resolve makes a pattern of what the rules made of one of its rows.
func (l *lane) resolve(p *pattern, b *column.Batch, row int) {
	p.resolved, p.status = true, l.general.status[row]
	period, dated := l.layout.periodOf(b, row)
	if dated && period.First() != period.Last() || !l.evaluator.Formulas(row, l.patterns.formulas) {
		return
	}
	p.regular, p.undated = true, !dated
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
	if !takesPart(p.status) || p.undated {
		return
	}
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
	shape := amounts.Shape{Part: l.cells.Part(amounts.Part{Status: p.status, Year: int32(period.First()), Units: l.units(func(f int) bool { return counted[f] })})}
	for _, a := range targets {
		sum := amounts.ShapeSum{Bundle: l.space.Bundles.ID(a.targets), Value: -1}
		if a.formula != noFormula {
			inputs := l.evaluator.Inputs(a.formula)
			if len(inputs) == 0 {
				l.evaluator.Load(l.patterns.inputs, nil, 1)
				if _, sum.Shared = l.evaluator.Formula(a.formula); !summable([]float64{sum.Shared}) {
					p.regular = false // refused at each of its rows
					return
				}
			} else {
				sum.Value = int32(len(p.formulas))
				p.formulas = append(p.formulas, a.formula)
			}
			for _, at := range inputs {
				if !slices.Contains(p.inputs, at) {
					p.inputs = append(p.inputs, at)
				}
			}
		}
		shape.Sums = append(shape.Sums, sum)
	}
	shape.Values = len(p.formulas)
	p.counts, p.shape = len(shape.Sums) > 0, l.cells.Shape(shape)
}

// noFormula stands for the amount of a row that is only counted, 0.
const noFormula = -1

// amountsOf lists the cells that each formula's amount enters.
type amountsOf []struct {
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
	*a = append(*a, struct {
		formula int32
		targets []amounts.Target
	}{formula, []amounts.Target{t}})
}

// addPattern adds the amounts of a pattern's rows.
func (l *lane) addPattern(b *column.Batch, p *pattern, rows []int32) error {
	p.rows += int64(len(rows))
	if p.undated && takesPart(p.status) && l.layout.hasPeriod() {
		for _, i := range rows {
			l.counts.noPeriod(b.File, b.First+int64(i))
		}
	}
	if !p.counts {
		return nil
	}
	q := &l.patterns
	q.adding.Shape, q.adding.File, q.adding.First, q.adding.At = p.shape, int32(b.File), b.First, rows
	q.adding.Groups = grow(q.adding.Groups, len(rows))
	for k, i := range rows {
		q.adding.Groups[k] = l.groupOf[l.groups.at(i)]
	}
	q.adding.Values = q.adding.Values[:0]
	l.load(b, p, rows)
	for _, f := range p.formulas {
		each, _ := l.evaluator.Formula(f)
		each = each[:len(rows)]
		if !summable(each) {
			return l.refusedIn(b)
		}
		q.adding.Values = append(q.adding.Values, each)
	}
	l.cells.AddRows(&q.adding)
	return nil
}

// summable reports whether a sum takes each of the amounts.
func summable(amounts []float64) bool {
	for _, v := range amounts {
		if !(math.Abs(v) < 1<<63) {
			return false
		}
	}
	return true
}

// load hands the numbers of a pattern's rows to the evaluator.
func (l *lane) load(b *column.Batch, p *pattern, rows []int32) {
	q := &l.patterns
	for _, at := range p.inputs {
		if len(rows) == b.Rows {
			q.inputs[at] = b.Columns[at]
			continue
		}
		m := &q.memory[at]
		m.Floats = grow(m.Floats, len(rows))
		from, to := b.Columns[at].Floats, m.Floats
		for k, i := range rows {
			to[k] = from[i]
		}
		q.inputs[at].Floats = to
	}
	l.evaluator.Load(q.inputs, p.inputs, len(rows))
}

// refusedIn finds, of an amount that no sum takes, the row that an evaluation row by row meets first.
func (l *lane) refusedIn(b *column.Batch) error {
	if err := l.generally(b, nil); err != nil {
		return err
	}
	return errors.New("engine: an amount was refused, but not where the rules are applied row by row")
}

// fold adds the patterns' rows to the counts.
func (l *lane) fold() {
	for i := range l.patterns.known {
		p := &l.patterns.known[i]
		if p.rows == 0 {
			continue
		}
		l.counts.Rows[p.status] += p.rows
		for q, g := range p.grades {
			if g.used {
				l.counts.add(q, g, p.status, p.rows)
			}
		}
		p.rows = 0
	}
}
