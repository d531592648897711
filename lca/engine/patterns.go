package engine

import (
	"cmp"
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
	way      []int32 // of each pattern: how its rows are added, unknown, or one of ways
	shape    []int32 // of each pattern: the shape of its rows' amounts, among those of the cells
	rows     []int64 // of each pattern, met so far
	ways     []way
	flags    [][]int32 // of each feature, memory for the batch's numbers
	sorted   []int32   // the batch's rows, by way
	start    []int32   // where the rows of each way begin in it, and where the last ones end
	fresh    []int32   // patterns met for the first time
	first    []int32   // a row of each of these
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
	status   amounts.Status
	grades   []patternGrade
}

// way is how the amounts of rows come from their numbers: many patterns, of other regions and years, share one.
type way struct {
	formulas []int32
	inputs   []int // columns that they read
}

// Ways that are there from the start: the rules are applied to each row; rows that enter nothing; rows of which no year is known.
const (
	rowByRow = iota
	nowhere
	undated
	firstWay
	unknown = -1
)

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
	p.ways = make([]way, firstWay)
	p.inputs, p.memory = make([]column.Column, len(l.inv.Columns)), make([]column.Column, len(l.inv.Columns))
	p.formulas = make([][]int32, len(l.inv.Flows))
}

// reads reports whether the words of a column tell patterns apart.
func (p *patterns) reads(column int) bool {
	return slices.Contains(p.features, feature{column, ByValue})
}

// number gives each row's pattern.
func (p *patterns) number(l *lane, b *column.Batch) numbers {
	out := numbers{}
	for stage, f := range p.features {
		var n numbers
		bound := 3
		switch {
		case f.column < 0:
			n, bound = l.years.number(&l.layout, b), lastYear-yearZero
		case f.use == ByPresence:
			n = presence(b.Columns[f.column].Valid, b.Rows, &p.flags[stage])
		case b.Columns[f.column].Type == column.Bool:
			n = flags(&b.Columns[f.column], b.Rows, &p.flags[stage])
		default:
			w := l.words[f.column]
			n = w.number(&b.Columns[f.column], b.Rows)
			bound = len(w.values)
		}
		out = p.met.number(stage, out, n, bound, b.Rows)
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
	for len(p.way) < p.met.count {
		p.way, p.shape, p.rows = append(p.way, unknown), append(p.shape, 0), append(p.rows, 0)
	}
	if err := l.learn(b, of); err != nil {
		return nil, err
	}
	p.sort(of, b.Rows)
	if l.layout.hasPeriod() {
		for _, i := range p.sorted[p.start[undated]:p.start[undated+1]] {
			l.counts.noPeriod(b.File, b.First+int64(i))
		}
	}
	for w := firstWay; w < len(p.ways); w++ {
		rows := p.sorted[p.start[w]:p.start[w+1]]
		if len(rows) == 0 {
			continue
		}
		if err := l.addWay(b, of, &p.ways[w], rows); err != nil {
			return nil, err
		}
	}
	return p.sorted[p.start[rowByRow]:p.start[rowByRow+1]], nil
}

// sort brings the rows of one way together, in their order, and counts those of each pattern.
func (p *patterns) sort(of numbers, rows int) {
	p.sorted, p.start = grow(p.sorted, rows), grow(p.start, len(p.ways)+2)
	clear(p.start)
	if of.each == nil {
		way := p.way[of.one]
		if way != rowByRow {
			p.rows[of.one] += int64(rows)
		}
		for w := int(way) + 1; w < len(p.start); w++ {
			p.start[w] = int32(rows)
		}
		for i := range p.sorted {
			p.sorted[i] = int32(i)
		}
		return
	}
	// Two places on: where a way begins is one place on when the rows are put, and at its place then.
	for _, n := range of.each {
		p.start[p.way[n]+2]++
		p.rows[n]++
	}
	for w := range p.ways {
		p.start[w+1] += p.start[w]
	}
	for i, n := range of.each {
		at := &p.start[p.way[n]+1]
		p.sorted[*at] = int32(i)
		*at++
	}
}

// learn evaluates the rules for a row of each pattern that is met for the first time.
func (l *lane) learn(b *column.Batch, of numbers) error {
	p := &l.patterns
	p.fresh, p.first = p.fresh[:0], p.first[:0]
	for i := range int32(b.Rows) {
		if n := of.at(i); p.way[n] == unknown {
			p.way[n] = rowByRow
			if n < maxPatterns {
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
	if dated && period.First() != period.Last() || !l.evaluator.Formulas(row, l.patterns.formulas) {
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

// trace finds by which formulas rows like one row come to their amounts, and which cells these enter; ok is false where no sum takes one of them.
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
	shape.Values = len(w.formulas)
	return w, shape, true
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

// addWay adds the amounts of rows of one way.
func (l *lane) addWay(b *column.Batch, of numbers, w *way, rows []int32) error {
	p := &l.patterns
	add := &p.adding
	add.File, add.First, add.At, add.Values = int32(b.File), b.First, rows, add.Values[:0]
	add.Groups, add.Shapes = grow(add.Groups, len(rows)), grow(add.Shapes, len(rows))
	for k, i := range rows {
		add.Groups[k], add.Shapes[k] = l.groupOf[l.groups.at(i)], p.shape[of.at(i)]
	}
	l.load(b, w, rows)
	for _, f := range w.formulas {
		each, _ := l.evaluator.Formula(f)
		each = each[:len(rows)]
		if !summable(each) {
			return l.refusedIn(b)
		}
		add.Values = append(add.Values, each)
	}
	l.cells.AddRows(add)
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

// load hands the numbers of rows to the evaluator.
func (l *lane) load(b *column.Batch, w *way, rows []int32) {
	q := &l.patterns
	for _, at := range w.inputs {
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
	l.evaluator.Load(q.inputs, w.inputs, len(rows))
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
	for n, rows := range l.patterns.rows {
		if n >= len(l.patterns.known) || !l.patterns.known[n].resolved {
			continue // counted row by row
		}
		p := &l.patterns.known[n]
		l.counts.Rows[p.status] += rows
		for q, g := range p.grades {
			if g.used {
				l.counts.add(q, g, p.status, rows)
			}
		}
		l.patterns.rows[n] = 0
	}
}
