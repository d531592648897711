package datasets

import (
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// alike gathers, of the rows of a part, what tells that two rows are one thing, or count something twice: digests of what two rows that are one thing
// would have in common, and periods. Only rows that have an id and say what they are take part: of a log of requests, or of
// jobs without a name, many rows are alike and all of them count.
type alike struct {
	kind           *Kind
	id, scope      *columnCheck
	planned        *columnCheck
	all            []*columnCheck // but the id and the origin
	need, same     []*columnCheck
	who            []*columnCheck
	anyone         bool // the file lacks a column of who
	amounts, byDay []*columnCheck
	unless         []*columnCheck
	event          *columnCheck
	overlapNeed    []*columnCheck
	overlapUnless  []*columnCheck
	marks          []*columnCheck // that tell rows apart, and then those that may be the same; nil where the file lacks one
	anyWord        []column.Digest
	from, to, year *columnCheck
	begin, end     *columnCheck // of overlaps
	complete       bool         // the file has what twins need
	overlaps       bool         // and what overlaps need
	alone          bool         // these alone are looked for
	rows           []int32
	states         []column.Digest
	volumeCode     int32
	dictSeen       int
	plannedCode    int32
	plannedSeen    int
	out            *likenesses

	twinClass, spanClass class // what they do not cover need not be gathered
}

// maxMarks is how many columns tell rows apart, or make an overlap a suspicion, at most.
const maxMarks = 4

// stretch is the period of a row.
type stretch struct {
	row      place
	from, to int32            // days
	marks    [maxMarks]uint32 // of what stands in each column of Overlaps.Apart and then of Overlaps.Same, 0 for nothing
}

type keyedSpan struct {
	key column.Digest
	stretch
}

// likenesses is what some rows have that is to be set against the other parts'.
type likenesses struct {
	twins []idSlot
	spans []keyedSpan
}

func (l *likenesses) size() int { return len(l.twins) + 2*len(l.spans) }

func newAlike(p *partCheck) *alike {
	k := p.checking.inv.kind
	a := &alike{kind: k, id: p.id, volumeCode: -1, plannedCode: -1, alone: !p.checking.opt.Suspect}
	if p.id == nil {
		return a
	}
	get := func(names []string) (out []*columnCheck, complete bool) {
		complete = len(names) > 0
		for _, n := range names {
			c := p.column(n)
			if c == nil {
				complete = false
				continue
			}
			out = append(out, c)
		}
		return out, complete
	}
	for _, c := range p.columns {
		if c != p.id && !slices.Contains(k.Merge.Origin, c.field.Name) { // which says where a row was read from, not what it is
			a.all = append(a.all, c)
		}
	}
	a.need, a.complete = get(k.Twins.Need)
	a.same, _ = get(k.Twins.Same)
	a.who, _ = get(k.Twins.Who)
	a.anyone = len(a.who) < len(k.Twins.Who)
	a.amounts, _ = get(k.Twins.Amounts)
	a.byDay, _ = get(k.Twins.ByDay)
	a.unless, _ = get(k.Twins.Unless)
	a.overlapNeed, a.overlaps = get(k.Overlaps.Need)
	a.overlapUnless, _ = get(k.Overlaps.Unless)
	for _, n := range slices.Concat(k.Overlaps.Apart, k.Overlaps.Same) {
		a.marks = append(a.marks, p.column(n))
		a.anyWord = append(a.anyWord, column.DigestOf(k.Overlaps.Any[n]))
	}
	a.event, a.scope, a.planned = p.column(k.Twins.Event.Column), p.column(k.Roles.Scope), p.column(k.Roles.Planned.Column)
	a.from, a.to, a.year = p.column(k.Period.From), p.column(k.Period.To), p.column(k.Period.Year)
	a.begin, a.end = a.from, a.to
	if k.Overlaps.From != "" {
		a.begin, a.end = p.column(k.Overlaps.From), p.column(k.Overlaps.To)
	}
	return a
}

// batch gathers the next rows into out. first is the place of the first of them.
func (a *alike) batch(b *column.Batch, first place, out *likenesses) {
	a.out = out
	if a.id == nil || a.id.none {
		return
	}
	if a.complete && !a.alone {
		a.gatherTwins(b, first)
	}
	if len(a.kind.Twins.Amounts) > 0 && !a.alone {
		a.gatherNameless(b, first)
	}
	if a.overlaps && a.scope != nil {
		a.gatherSpans(b, first)
	}
}

// eligible lists the rows that have an id and a value in each column of need, and none in those of unless.
func (a *alike) eligible(b *column.Batch, need, unless []*columnCheck) []int32 {
	a.rows = a.rows[:0]
	id := &b.Columns[a.id.at]
	for w := range (b.Rows + 63) / 64 {
		rows := word(id.Valid, w, b.Rows)
		for _, c := range need {
			rows &= word(b.Columns[c.at].Valid, w, b.Rows)
		}
		for _, c := range unless {
			if !c.none {
				rows &^= word(b.Columns[c.at].Valid, w, b.Rows)
			}
		}
		for ; rows != 0; rows &= rows - 1 {
			a.rows = append(a.rows, int32(w*64+bits.TrailingZeros64(rows)))
		}
	}
	return a.rows
}

func (a *alike) gatherTwins(b *column.Batch, first place) {
	rows := a.timed(b, a.eligible(b, a.need, a.unless))
	if a.rows = rows; len(rows) == 0 {
		return
	}
	a.out.twins = roomy(a.out.twins)
	states := a.fold(b, rows, slices.Concat(a.need, a.same, present(a.from, a.to, a.year)))
	for i, r := range rows {
		add := func(k column.Digest) {
			if a.twinClass.covers(k) {
				a.out.twins = append(a.out.twins, newIDSlot(k, first+place(r)))
			}
		}
		if len(a.kind.Twins.Amounts) == 0 {
			add(states[i])
			continue
		}
		for _, columns := range [][]*columnCheck{a.amounts, a.byDay} { // one of each: rows of two sources seldom have all amounts
			for _, c := range columns {
				if a.tells(b, c, r) {
					add(stir(states[i], math.Float64bits(b.Columns[c.at].Floats[r]), uint64(c.index)))
					break
				}
			}
		}
	}
}

// timed leaves of rows those that are no single events and have a time.
func (a *alike) timed(b *column.Batch, rows []int32) []int32 {
	rows = slices.DeleteFunc(rows, func(r int32) bool { return a.isEvent(b, r) })
	dated := a.from != nil || a.to != nil || a.year != nil
	if k := &a.kind.Period; dated || k.From != "" { // a row without a time does not tell what it is
		rows = slices.DeleteFunc(rows, func(r int32) bool { return !a.has(b, a.from, r) && !a.has(b, a.to, r) && !a.has(b, a.year, r) })
	}
	return rows
}

// isEvent reports whether a row is a single event, of which many are alike.
func (a *alike) isEvent(b *column.Batch, row int32) bool {
	return a.event != nil && a.has(b, a.event, row) && b.Columns[a.event.at].Floats[row] <= a.kind.Twins.Event.Most
}

// gatherNameless gathers rows that lack a value of need, such as whose they are, but say when and how much: by all that stands in them, as they are one
// thing only where all of it is the same. Of a kind that has events a row must say that it is more than one.
func (a *alike) gatherNameless(b *column.Batch, first place) {
	if a.kind.Twins.Event.Column != "" && a.event == nil {
		return
	}
	amount := func(r int32) bool {
		tells := func(c *columnCheck) bool { return a.tells(b, c, r) }
		return slices.ContainsFunc(a.amounts, tells) || slices.ContainsFunc(a.byDay, tells)
	}
	rows := slices.DeleteFunc(a.timed(b, a.eligible(b, nil, a.unless)), func(r int32) bool {
		return a.isNamed(b, r) || a.event != nil && !a.has(b, a.event, r) || !amount(r)
	})
	if a.rows = rows; len(rows) == 0 {
		return
	}
	a.out.twins = roomy(a.out.twins)
	for i, k := range a.fold(b, rows, a.all) {
		if a.twinClass.covers(k) {
			a.out.twins = append(a.out.twins, newIDSlot(k, first+place(rows[i])))
		}
	}
}

// roomy has room for what is gathered before it is delivered, so that it is not copied as it grows.
func roomy[T any](s []T) []T {
	if cap(s) > 0 {
		return s
	}
	return make([]T, 0, segment/2)
}

func present(columns ...*columnCheck) []*columnCheck {
	return slices.DeleteFunc(columns, func(c *columnCheck) bool { return c == nil })
}

func (a *alike) has(b *column.Batch, c *columnCheck, row int32) bool {
	return c != nil && !c.none && b.Columns[c.at].Valid.Get(int(row))
}

// tells reports whether a row has an amount that tells it from others: those that are often the same only where the row has days.
func (a *alike) tells(b *column.Batch, c *columnCheck, row int32) bool {
	if !a.has(b, c, row) || b.Columns[c.at].Floats[row] <= 0 {
		return false
	}
	return slices.Contains(a.amounts, c) || a.has(b, a.from, row) || a.has(b, a.to, row)
}

// enters reports whether a row may enter totals: it is of scope volume and not planned.
func (a *alike) enters(b *column.Batch, row int32) bool {
	return a.isVolume(b, row) && !(a.planned != nil && a.wordIs(b, a.planned, row, a.kind.Roles.Planned.Word, &a.plannedCode, &a.plannedSeen))
}

// isVolume reports whether a row enters totals, as far as its scope says.
func (a *alike) isVolume(b *column.Batch, row int32) bool {
	return a.scope != nil && a.wordIs(b, a.scope, row, "volume", &a.volumeCode, &a.dictSeen)
}

// isNamed reports whether a row has what twins need.
func (a *alike) isNamed(b *column.Batch, row int32) bool {
	return a.complete && !slices.ContainsFunc(a.need, func(c *columnCheck) bool { return !a.has(b, c, row) })
}

// isSomebodys reports whether a row says whose it is.
func (a *alike) isSomebodys(b *column.Batch, row int32) bool {
	return !a.anyone && a.isNamed(b, row) && !slices.ContainsFunc(a.who, func(c *columnCheck) bool { return !a.has(b, c, row) })
}

// wordIs reports whether a word stands in a row. code is where the column's dictionary has it, looked for in the entries that are new.
func (a *alike) wordIs(b *column.Batch, c *columnCheck, row int32, word string, code *int32, seen *int) bool {
	col := &b.Columns[c.at]
	if col.Dict == nil || c.none || !col.Valid.Get(int(row)) {
		return false
	}
	for ; *code < 0 && *seen < len(col.Dict.Values); *seen++ {
		if col.Dict.Values[*seen] == word {
			*code = int32(*seen)
		}
	}
	return col.Codes[row] == *code
}

// fold gives each of some rows a digest of what stands in some columns. A value that is missing adds nothing.
func (a *alike) fold(b *column.Batch, rows []int32, columns []*columnCheck) []column.Digest {
	a.states = append(a.states[:0], make([]column.Digest, len(rows))...)
	states := a.states
	for _, c := range columns {
		if c.none {
			continue
		}
		col, tag := &b.Columns[c.at], uint64(c.index)+1
		switch {
		case col.Digests != nil:
			for i, r := range rows {
				if d := col.Digests[r]; col.Valid.Get(int(r)) && d != blank {
					states[i] = stir(states[i], d.Hi, d.Lo^tag)
				}
			}
		case col.Type == column.String:
			keys := c.digests(col.Dict)
			for i, r := range rows {
				if col.Valid.Get(int(r)) && keys[col.Codes[r]] != blank {
					d := keys[col.Codes[r]]
					states[i] = stir(states[i], d.Hi, d.Lo^tag)
				}
			}
		case col.Type == column.Bool:
			for i, r := range rows {
				if col.Valid.Get(int(r)) {
					v := uint64(0)
					if col.Bools[r] {
						v = 1
					}
					states[i] = stir(states[i], v, tag)
				}
			}
		default:
			for i, r := range rows {
				if col.Valid.Get(int(r)) {
					states[i] = stir(states[i], math.Float64bits(col.Floats[r]), tag)
				}
			}
		}
	}
	return states
}

// stir mixes a value into a digest by two full products, each folded upon itself. The constants are digits of pi.
func stir(d column.Digest, x, y uint64) column.Digest {
	h1, l1 := bits.Mul64(d.Hi^x^0x243f6a8885a308d3, d.Lo^y^0x13198a2e03707344)
	h2, l2 := bits.Mul64(d.Lo^x^0xa4093822299f31d0, d.Hi^y^0x082efa98ec4e6c89)
	return column.Digest{Hi: h1 ^ l1, Lo: h2 ^ l2}
}

// gatherSpans gathers the periods of rows that enter totals.
func (a *alike) gatherSpans(b *column.Batch, first place) {
	rows := a.eligible(b, a.overlapNeed, a.overlapUnless)
	days := func(c *columnCheck) []float64 {
		if c == nil || c.none || b.Columns[c.at].Valid != nil {
			return nil
		}
		return b.Columns[c.at].Floats
	}
	from, to := days(a.begin), days(a.end)
	rows = slices.DeleteFunc(rows, func(r int32) bool { // most rows of a log are of one day
		return from != nil && to != nil && math.Floor(to[r]) <= math.Floor(from[r]) || a.isEvent(b, r) || !a.enters(b, r)
	})
	if a.rows = rows; len(rows) == 0 {
		return
	}
	a.out.spans = roomy(a.out.spans)
	states := a.fold(b, rows, a.overlapNeed)
	for i, r := range rows {
		s := keyedSpan{key: states[i]}
		var ok bool
		if !a.spanClass.covers(s.key) {
			continue
		}
		if s.from, s.to, ok = a.period(b, r); !ok || s.to <= s.from { // rows of one day only touch
			continue
		}
		s.row = first + place(r)
		for n, c := range a.marks {
			if a.has(b, c, r) {
				s.marks[n] = short(c, &b.Columns[c.at], r, a.anyWord[n])
			}
		}
		a.out.spans = append(a.out.spans, s)
	}
}

// short is 32 bits of what stands in a row, 0 for nothing or a word that says nothing.
func short(c *columnCheck, col *column.Column, row int32, nothing column.Digest) uint32 {
	var d column.Digest
	switch {
	case col.Digests != nil:
		d = col.Digests[row]
	case col.Type == column.String:
		d = c.digests(col.Dict)[col.Codes[row]]
	case col.Type == column.Bool && col.Bools[row]:
		d = stir(d, 1, 1)
	case col.Type != column.Bool:
		d = stir(d, math.Float64bits(col.Floats[row]), 1)
	}
	if d == blank || d == nothing {
		return 0
	}
	return uint32(d.Hi^d.Lo>>32) | 1
}

const farDay = math.MaxInt32 // of what has no end

// period is the first and last day of a row.
func (a *alike) period(b *column.Batch, row int32) (from, to int32, ok bool) {
	number := func(c *columnCheck) (float64, bool) {
		if !a.has(b, c, row) {
			return 0, false
		}
		return math.Floor(b.Columns[c.at].Floats[row]), true
	}
	f, hasF := number(a.begin)
	t, hasT := number(a.end)
	if a.begin != a.from { // devices are there until they are retired
		if !hasT {
			t = farDay
		}
		return int32(f), int32(min(t, farDay)), hasF
	}
	y, hasY := number(a.year)
	p, known := amounts.PeriodOf(f, hasF, t, hasT, y, hasY)
	switch {
	case !known || hasF != hasT: // one day alone does not say how long it took
		return 0, 0, false
	case p.Year != 0:
		return newYear(p.Year), newYear(p.Year+1) - 1, true
	}
	return int32(p.From), int32(p.To), true
}

// newYear is the first of January of a year.
func newYear(year int) int32 {
	return int32(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}
