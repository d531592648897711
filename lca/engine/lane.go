package engine

import (
	"math"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// lane is a worker's state for one inventory.
type lane struct {
	inv       *Inventory
	space     *amounts.Space
	layout    layout
	evaluator Evaluator
	cells     *amounts.Cells
	counts    Counts
	unitFlows []int // flows that count a functional unit

	words   []*words // of each column of the layout that is numbered, nil for the others
	grouped combination
	merged  merged
	names   []int32   // of a group, reused
	groups  numbers   // of the batch's rows
	groupOf []int32   // of each combination, the number of its group in cells
	years   yearCodes // of the batch's rows

	contents contents // of the batch's rows, where spreads are kept

	patterns patterns
	general  general
	tracing  *tracing // nil of a scan
}

// newLane prepares a lane whose cells are meant to take so many bytes, 0 for any, and that keep the spread of amounts or do not.
func newLane(inv *Inventory, space *amounts.Space, memory int, spread bool) *lane {
	l := &lane{inv: inv, space: space, layout: inv.layout(), cells: &amounts.Cells{Memory: memory, Spread: spread}, counts: newCounts(inv.Grades)}
	for f := range inv.Flows {
		if inv.Flows[f].Unit {
			l.unitFlows = append(l.unitFlows, f)
		}
	}
	if spread {
		l.contents.prepare(l)
	}
	l.start()
	return l
}

// start begins with nothing: no word, pattern or group has a number yet.
func (l *lane) start() {
	l.words, l.patterns, l.general = make([]*words, len(l.layout.columns)), patterns{}, general{}
	l.patterns.prepare(l)
	l.startGroups()
}

// startGroups begins with no group. Words by which patterns are told apart keep their numbers.
func (l *lane) startGroups() {
	l.grouped, l.groupOf, l.merged = combination{}, nil, merged{}
	for _, at := range l.layout.keys() {
		if at >= 0 && !l.patterns.reads(at) {
			l.words[at] = newWords()
		}
	}
}

// bytes is about how much memory the lane takes for what it has met so far.
func (l *lane) bytes() int {
	n := l.cells.Bytes() + l.grouped.bytes() + l.merged.met.bytes() + 4*cap(l.groupOf) + l.patterns.bytes()
	for _, w := range l.words {
		if w != nil {
			n += w.bytes
		}
	}
	return n
}

// spill writes the cells to a file and begins anew with groups; with patterns, too, where these take much of the memory that there is.
func (l *lane) spill(dir string, memory int) error {
	if err := l.cells.Spill(dir); err != nil {
		return err
	}
	l.startGroups()
	if l.bytes() > memory/4 {
		l.fold()
		l.cells.Restart()
		l.start()
	}
	return nil
}

// begin prepares for a part: dictionaries of the one before have ended.
func (l *lane) begin() {
	if l.evaluator == nil {
		l.evaluator = l.inv.New()
	}
	l.evaluator.Start()
	for _, w := range l.words {
		if w != nil {
			w.memo.Forget()
		}
	}
	l.general.forget()
	l.contents.forget()
}

// batch adds a batch's amounts to the cells.
func (l *lane) batch(b *column.Batch) error {
	if l.patterns.met.count > maxMet {
		l.restartPatterns()
	}
	l.group(b)
	if l.cells.Spread {
		l.contents.number(b)
	}
	if !l.patterns.possible {
		return l.generally(b, nil)
	}
	rest, err := l.byPattern(b)
	if err != nil || len(rest) == 0 {
		return err
	}
	return l.generally(b, rest)
}

// group finds each row's group.
func (l *lane) group(b *column.Batch) {
	l.numberGroups(b)
	for n := len(l.groupOf); n < l.grouped.count; n++ {
		names := l.groupNames(int32(n))
		l.groupOf = append(l.groupOf, l.cells.Group(names, l.neighbourhood()))
	}
}

// numberGroups gives each row the number of its combination of names.
func (l *lane) numberGroups(b *column.Batch) {
	l.groups = numbers{}
	for stage, at := range l.layout.groups {
		n, bound := l.wordsOf(b, at)
		l.groups = l.grouped.number(stage, l.groups, n, bound, b.Rows)
	}
	if l.inv.Merge != nil {
		n := l.merged.number(l, b)
		l.groups = l.grouped.number(len(l.layout.groups), l.groups, n, len(l.merged.words), b.Rows)
	}
	if len(l.grouped.stages) == 0 {
		l.grouped.count = 1
	}
}

// wordsOf numbers a batch's words in a column, below a bound.
func (l *lane) wordsOf(b *column.Batch, at int) (n numbers, bound int) {
	if at < 0 {
		return numbers{}, 1
	}
	return l.words[at].number(&b.Columns[at], b.Rows), len(l.words[at].values)
}

func (l *lane) groupNames(group int32) []string {
	all := len(l.layout.groups)
	if l.inv.Merge != nil {
		all++
	}
	l.names = grow(l.names, all)
	l.grouped.parts(group, l.names)
	out := make([]string, all)
	if l.inv.Merge != nil {
		out[all-1] = l.merged.words[l.names[all-1]]
	}
	for g, at := range l.layout.groups {
		if at >= 0 {
			out[g] = l.words[at].values[l.names[g]]
		}
	}
	return out
}

// neighbourhood is the number of the word, of the group named last, in the first column that rules read as well: what its rows are multiplied by depends
// on it.
func (l *lane) neighbourhood() int32 {
	for g, at := range l.layout.groups {
		if at >= 0 && l.patterns.reads(at) {
			return min(l.names[g], maxNeighbourhoods)
		}
	}
	return 0
}

const maxNeighbourhoods = 1 << 16

// units writes, for the flows that count a functional unit, a letter 1 for each that has a row, 0 for the others.
func (l *lane) units(has func(flow int) bool) string {
	if len(l.unitFlows) == 0 {
		return ""
	}
	out := make([]byte, len(l.unitFlows))
	for u, f := range l.unitFlows {
		out[u] = '0'
		if has(f) {
			out[u] = '1'
		}
	}
	return string(out)
}

// noPeriod counts a row of which no year is known.
func (c *Counts) noPeriod(file int, row int64) {
	o := amounts.Origin{File: int32(file), Row: row}
	if c.NoPeriod == 0 || o.Before(c.FirstNoPeriod) {
		c.FirstNoPeriod = o
	}
	c.NoPeriod++
}

// takesPart is false of rows that count nowhere.
func takesPart(s amounts.Status) bool { return s != amounts.Planned && s != amounts.Filtered }

// grow gives n elements of a slice's memory; what stands in them is of no use.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// periodOf is the time that a row covers.
func (l *layout) periodOf(b *column.Batch, i int) (amounts.Period, bool) {
	at := func(c int) (float64, bool) {
		if c < 0 || !b.Columns[c].Valid.Get(i) {
			return 0, false
		}
		return b.Columns[c].Floats[i], true
	}
	from, hasFrom := at(l.from)
	to, hasTo := at(l.to)
	year, hasYear := at(l.year)
	return amounts.PeriodOf(from, hasFrom, to, hasTo, year, hasYear)
}

// yearCodes gives a number for each calendar year.
type yearCodes struct {
	buffer   []int32
	from, to float64 // of the period looked at last
	code     int32
	known    bool
}

// Codes of years: 0 where none is known, unlikely where a row covers more than one or states another than it has, else years since yearZero.
const (
	yearZero = 1900
	lastYear = 2300 // none is known from here on
	unlikely = 1
)

// number finds the calendar year of each row.
func (y *yearCodes) number(l *layout, b *column.Batch) numbers {
	missing := func(c int) bool { return c < 0 || b.Columns[c].Valid != nil && none(b.Columns[c].Valid, b.Rows) }
	noFrom, noTo, noYear := missing(l.from), missing(l.to), missing(l.year)
	if noFrom && noTo && noYear {
		return numbers{}
	}
	if noFrom && noTo {
		c := &b.Columns[l.year]
		if c.Valid == nil && same(c.Floats[:b.Rows]) {
			return numbers{one: l.yearCode(b, 0)}
		}
		y.buffer = grow(y.buffer, b.Rows)
		for i, v := range c.Floats[:b.Rows] {
			y.buffer[i] = unlikely
			if year := int32(v); float64(year) == v && amounts.YearKnown(int(year)) {
				y.buffer[i] = year - yearZero
			}
		}
		if c.Valid != nil {
			for i := range y.buffer {
				if !c.Valid.Get(i) {
					y.buffer[i] = 0
				}
			}
		}
		return numbers{each: y.buffer}
	}
	y.buffer = grow(y.buffer, b.Rows)
	for i := range y.buffer {
		y.buffer[i] = y.dated(l, b, i)
	}
	return numbers{each: y.buffer}
}

// dated is the code of a row that may have days; neighbours are often of one day.
func (y *yearCodes) dated(l *layout, b *column.Batch, i int) int32 {
	day := func(c int) float64 {
		if c < 0 || !b.Columns[c].Valid.Get(i) {
			return math.NaN()
		}
		return math.Floor(b.Columns[c].Floats[i])
	}
	from, to := day(l.from), day(l.to)
	year := l.year >= 0 && b.Columns[l.year].Valid.Get(i)
	if from != from && to != to || year {
		return l.yearCode(b, i)
	}
	if from == y.from && to == y.to && y.known {
		return y.code
	}
	y.from, y.to, y.known = from, to, from == from && to == to
	y.code = l.yearCode(b, i)
	return y.code
}

// yearCode is the code of a row.
func (l *layout) yearCode(b *column.Batch, i int) int32 {
	p, ok := l.periodOf(b, i)
	code := int32(0)
	switch {
	case ok && p.First() != p.Last():
		return unlikely
	case ok:
		code = int32(p.First() - yearZero)
	}
	// A year that is stated is that of the pattern, or the row is looked at on its own: rules may read it.
	if l.year >= 0 && b.Columns[l.year].Valid.Get(i) && (code == 0 || b.Columns[l.year].Floats[i] != float64(code+yearZero)) {
		return unlikely
	}
	return code
}
