package engine

import (
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

// maxPatterns bounds the patterns that are known: where there are more, further ones are not looked into. Of maxMet that were met all are forgotten, so
// that rows which hardly have anything in common do not take ever more memory.
var ( // tests try fewer
	maxPatterns = 1 << 15
	maxMet      = 8 * maxPatterns
)

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
	for _, at := range []int{l.layout.partOf, l.layout.alternativeTo} {
		if at >= 0 {
			uses[at] = max(uses[at], ByPresence)
		}
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

// bytes is about how much memory it takes to tell patterns apart.
func (p *patterns) bytes() int { return p.met.bytes() + 4*cap(p.way) + 4*cap(p.shape) + 8*cap(p.rows) }

// restartPatterns begins without patterns. Words keep their numbers, for groups have them, too; where those of the first column alone are too many, the
// rules are applied to each row from now on.
func (l *lane) restartPatterns() {
	l.fold()
	l.cells.ForgetShapes()
	first := l.patterns.features[0]
	l.patterns = patterns{}
	if first.use == ByValue && l.words[first.column] != nil && len(l.words[first.column].values) > maxMet {
		for at := range l.words {
			if !slices.Contains(l.layout.keys(), at) {
				l.words[at] = nil
			}
		}
		return
	}
	l.patterns.prepare(l)
}

// reads reports whether the words of a column tell patterns apart.
func (p *patterns) reads(column int) bool {
	return slices.Contains(p.features, feature{column, ByValue})
}

// number gives each row's pattern.
func (p *patterns) number(l *lane, b *column.Batch) numbers {
	out := numbers{}
	if len(p.features) == 0 {
		p.met.count = 1
	}
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
