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
	found map[lookupKey]foundValue
}

type lookupKey struct{ region, technology, year int32 }

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

// key gives each row the number of a name that a factor is found by.
type key struct {
	vec   *vector.Vec
	ids   []int32
	fixed int32 // where vec is nil
}

func (k *key) at(i int) int32 {
	switch {
	case k.vec == nil:
		return k.fixed
	case !k.vec.Valid.Get(i):
		return amounts.None
	}
	return k.ids[k.vec.Codes[i]]
}

// key prepares a key for the batch; that of no expression is None in each row.
func (r *Runner) key(e *vector.Expr) key {
	if e == nil {
		return key{fixed: amounts.None}
	}
	v := r.machine.Eval(e)
	switch {
	case v.Const && v.Nil:
		return key{fixed: amounts.None}
	case v.Const:
		return key{fixed: r.space.Names.ID(v.Text)}
	}
	memo := r.names[e]
	if memo == nil {
		memo = &column.Memo[int32]{}
		r.names[e] = memo
	}
	return key{vec: v, ids: memo.Of(v.Dict, r.space.Names.ID)}
}

// lookUp finds the factor row of each row of the batch.
func (r *Runner) lookUp(l *lookup) {
	s := &r.lookups[l.index]
	s.mono, s.value, s.class = grow(s.mono, r.rows), grow(s.value, r.rows), grow(s.class, r.rows)
	s.valid = growBits(s.valid, r.rows)
	region, technology := r.key(l.key.region), r.key(l.key.technology)
	var last lookupKey
	var found foundValue
	for i := range r.rows {
		k := lookupKey{region.at(i), technology.at(i), 0}
		if l.byYear {
			k.year = r.years[i]
		}
		if i == 0 || k != last {
			last, found = k, r.find(l, s, k)
		}
		s.mono[i], s.value[i], s.class[i] = found.mono, found.value, found.class
		if found.ok {
			s.valid.Set(i)
		}
	}
	r.slots[l.slot] = column.Column{Type: column.Float, Floats: s.value, Valid: s.valid}
}

func (r *Runner) find(l *lookup, s *lookupState, k lookupKey) foundValue {
	if f, ok := s.found[k]; ok {
		return f
	}
	var f foundValue
	missing := l.key.region != nil && k.region == amounts.None || l.key.technology != nil && k.technology == amounts.None || l.byYear && k.year == 0
	if !missing {
		if v, ok := r.factors.FactorValue(l.use, r.space.Names.Name(k.region), r.space.Names.Name(k.technology), int(k.year)); ok {
			f = foundValue{value: v.Value, class: uint8(v.Class), ok: true}
			f.mono = r.space.Monomials.Symbol(amounts.Symbol{Name: v.Name, Value: v.Value, Ref: v.Ref})
		}
	}
	s.found[k] = f
	return f
}

func (r *Runner) keys(t *tuple, rows []int32, out []int32) []int32 {
	if t == nil {
		return nil
	}
	out = grow(out, r.rows)
	region, technology := r.key(t.region), r.key(t.technology)
	var last [2]int32
	id := amounts.None
	for _, i := range rows {
		k := [2]int32{region.at(int(i)), technology.at(int(i))}
		if id == amounts.None || k != last {
			have, ok := r.tuples[k]
			if !ok {
				have = r.space.Tuples.ID(k[:])
				r.tuples[k] = have
			}
			last, id = k, have
		}
		out[i] = id
	}
	return out
}
