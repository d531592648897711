package rules

import (
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// lookupState is what a lookup found: for the rows of the batch, and for every key so far.
type lookupState struct {
	mono  []int32
	value []float64
	class []uint8
	valid column.Bitmap
	index []int32 // of each row, the number of what it found, from 1
	found []foundValue
	known dense
}

type foundValue struct {
	mono  int32
	value float64
	class uint8
	ok    bool
}

// firstYears computes the calendar year in which each row's period begins, 0 where it has none.
func (r *Runner) firstYears() {
	r.years = grow(r.years, r.rows)
	at := func(slot, i int) (float64, bool) {
		if slot < 0 || !r.slots[slot].Valid.Get(i) {
			return 0, false
		}
		return r.slots[slot].Floats[i], true
	}
	for i := range r.years {
		f, hasF := at(r.from, i)
		t, hasT := at(r.to, i)
		y, hasY := at(r.year, i)
		r.years[i] = 0
		if p, ok := amounts.PeriodOf(f, hasF, t, hasT, y, hasY); ok {
			r.years[i] = int32(p.First())
		}
	}
}

// keyState is what a key is for the rows of the batch, and what is known of its strings.
type keyState struct {
	ids   []int32
	memo  column.Memo[int32]
	batch int // the batch that ids are of
}

// key gives, for each row, the number of a name that a factor is found by; None where there is none. e may be nil.
func (r *Runner) key(e *vector.Expr) []int32 {
	s := r.names[e]
	if s == nil {
		s = &keyState{}
		r.names[e] = s
	}
	if s.batch == r.batch {
		return s.ids
	}
	s.batch = r.batch
	s.ids = grow(s.ids, r.rows)
	fixed := amounts.None
	if e != nil {
		v := r.machine.Eval(e)
		if !v.Const {
			gather(s.ids, v, s.memo.Of(v.Dict, r.space.Names.ID))
			return s.ids
		}
		if !v.Nil {
			fixed = r.space.Names.ID(v.Text)
		}
	}
	for i := range s.ids {
		s.ids[i] = fixed
	}
	return s.ids
}

// gather writes the number of each row's string.
func gather(out []int32, v *vector.Vec, ids []int32) {
	if v.Valid == nil {
		for i, code := range v.Codes[:len(out)] {
			out[i] = ids[code]
		}
		return
	}
	for i := range out {
		out[i] = amounts.None
		if v.Valid.Get(i) {
			out[i] = ids[v.Codes[i]]
		}
	}
}

// lookUp finds the factor row of each row of the batch.
func (r *Runner) lookUp(l *lookup) {
	s := &r.lookups[l.index]
	s.index, s.mono, s.value, s.class = grow(s.index, r.rows), grow(s.mono, r.rows), grow(s.value, r.rows), grow(s.class, r.rows)
	s.valid = growBits(s.valid, r.rows)
	names, others := r.key(l.key.region), r.key(l.key.technology)
	if l.key.region == nil {
		names, others = others, names
	}
	years := r.years
	if !l.byYear {
		years = r.noYears()
	}
	s.known.each(names, others, years, s.index, func(row int) int32 {
		region, technology := names[row], others[row]
		if l.key.region == nil {
			region, technology = technology, region
		}
		s.found = append(s.found, r.find(l, region, technology, years[row]))
		return int32(len(s.found))
	})
	for i, n := range s.index {
		found := &s.found[n-1]
		s.mono[i], s.value[i], s.class[i] = found.mono, found.value, found.class
		if found.ok {
			s.valid.Set(i)
		}
	}
	r.slots[l.slot] = column.Column{Type: column.Float, Floats: s.value, Valid: s.valid}
}

func (r *Runner) find(l *lookup, region, technology, year int32) (f foundValue) {
	if l.key.region != nil && region == amounts.None || l.key.technology != nil && technology == amounts.None || l.byYear && year == 0 {
		return f
	}
	if v, ok := r.factors.FactorValue(l.use, r.space.Names.Name(region), r.space.Names.Name(technology), int(year)); ok {
		f = foundValue{value: v.Value, class: uint8(v.Class), ok: true}
		f.mono = r.space.Monomials.Symbol(amounts.Symbol{Name: v.Name, Value: v.Value, Ref: v.Ref})
	}
	return f
}

// tupleState is what a tuple is for the rows of the batch.
type tupleState struct {
	ids   []int32
	known dense
	batch int
}

// noYears is a year of 0 for each row.
func (r *Runner) noYears() []int32 {
	for len(r.zeros) < r.rows {
		r.zeros = append(r.zeros, 0)
	}
	return r.zeros[:r.rows]
}

// keys gives, for each row, the number of the tuple that finds its factor; nil where a rule finds none.
func (r *Runner) keys(t *tuple) []int32 {
	if t == nil {
		return nil
	}
	k := [2]*vector.Expr{t.region, t.technology}
	s := r.tuples[k]
	if s == nil {
		s = &tupleState{}
		r.tuples[k] = s
	}
	if s.batch == r.batch {
		return s.ids
	}
	s.batch = r.batch
	s.ids = grow(s.ids, r.rows)
	names, others := r.key(t.region), r.key(t.technology)
	if t.region == nil {
		names, others = others, names
	}
	s.known.each(names, others, r.noYears(), s.ids, func(row int) int32 {
		region, technology := names[row], others[row]
		if t.region == nil {
			region, technology = technology, region
		}
		return r.space.Tuples.ID([]int32{region, technology}) + 1
	})
	for i := range s.ids {
		s.ids[i]--
	}
	return s.ids
}
