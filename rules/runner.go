package rules

import (
	"math/bits"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// FactorValues finds the values that lookups inside formulas take.
type FactorValues interface {
	// FactorValue applies the method's choice of variant and fallbacks; ok is false where there is no such row.
	FactorValue(use FactorUse, region, technology string, year int) (v FactorValue, ok bool)
}

// FactorValue is a value found for a lookup.
type FactorValue struct {
	Value float64
	Class int    // quality class
	Name  string // names the row and the way to it, uniquely within a run
	Ref   any    // the row, for whoever explains a result
}

// Runner evaluates a program over batches. It belongs to one goroutine; the space may be shared with other runners.
type Runner struct {
	p       *Program
	space   *amounts.Space
	factors FactorValues
	machine *vector.Machine
	rows    int
	slots   []column.Column

	lookups    []lookupState
	quantities []quantityState
	flows      []flowState
	years      []int32

	parameters []int32 // monomial of each parameter
	base       map[*term]int32
	products   map[[3]int32]int32
	values     []float64                            // of monomials, NaN where not yet computed
	names      map[*vector.Expr]*column.Memo[int32] // of the strings of a key
	tuples     map[[2]int32]int32
	grades     []column.Memo[uint8] // of the row's own class, then of each basis

	from, to, year int   // slots of the row's period, -1 for none
	rowClass       int   // slot of the row's own class
	basisClass     []int // slots of grading columns

	// memory of one call, reused by the next
	kept, rest, take, applies, have column.Bitmap
	selection                       []int32
	splits                          [][2][]int32
	choice                          []int
}

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

type quantityState struct {
	grade engine.Grade
	terms []engine.Term
	point []float64
}

type flowState struct {
	out  engine.Flow
	rows []int32
}

// NewRunner prepares a runner.
func (p *Program) NewRunner(space *amounts.Space, factors FactorValues) *Runner {
	r := &Runner{p: p, space: space, factors: factors, machine: vector.NewMachine(p.builder), slots: make([]column.Column, len(p.slots)),
		lookups: make([]lookupState, len(p.lookups)), quantities: make([]quantityState, len(p.quantities)), flows: make([]flowState, len(p.flows)),
		base: map[*term]int32{}, products: map[[3]int32]int32{}, tuples: map[[2]int32]int32{}, names: map[*vector.Expr]*column.Memo[int32]{},
		grades: make([]column.Memo[uint8], 1+len(p.Method.Classes.Basis))}
	for _, q := range p.Method.Parameters {
		r.parameters = append(r.parameters, space.Monomials.Symbol(amounts.Symbol{Name: "parameter " + q.Name, Value: q.Value, Ref: q}))
	}
	for i := range r.lookups {
		r.lookups[i].found = map[lookupKey]foundValue{}
	}
	r.from, r.to, r.year = r.slotOf(p.schema.From), r.slotOf(p.schema.To), r.slotOf(p.schema.Year)
	r.rowClass = r.slotOf(p.Method.Classes.Row)
	for _, b := range p.Method.Classes.Basis {
		r.basisClass = append(r.basisClass, r.slotOf(b.Column))
	}
	return r
}

// slotOf is the slot of a column, -1 for none.
func (r *Runner) slotOf(name string) int {
	for i, s := range r.p.slots {
		if s.column == name && name != "" {
			return i
		}
	}
	return -1
}

// Start forgets the dictionaries of the part before.
func (r *Runner) Start() {
	r.machine.Forget()
	for _, m := range r.names {
		m.Forget()
	}
	for i := range r.grades {
		r.grades[i].Forget()
	}
}

// Flow returns a flow of the last batch.
func (r *Runner) Flow(i int) *engine.Flow { return &r.flows[i].out }

// Quantity returns the grade of a quantity of the last batch, nil for one that no flow needs.
func (r *Runner) Quantity(i int) *engine.Grade {
	if !r.p.quantities[i].used {
		return nil
	}
	return &r.quantities[i].grade
}

// Keep tells which rows of the last batch the filter keeps, nil for all.
func (r *Runner) Keep() column.Bitmap {
	if r.p.filter == nil {
		return nil
	}
	r.kept = fillBits(r.kept, r.rows)
	r.keep(r.kept, r.machine.Eval(r.p.filter))
	return r.kept
}

// Evaluate computes a batch whose columns are those of Program.Columns, in order.
func (r *Runner) Evaluate(b *column.Batch) error {
	r.rows = b.Rows
	next := 0
	for i, s := range r.p.slots {
		if s.column != "" {
			r.slots[i] = b.Columns[next]
			next++
		}
	}
	r.machine.Load(r.slots, b.Rows)
	r.firstYears()
	for _, s := range r.p.steps {
		switch {
		case s.lookup != nil && s.lookup.used:
			r.lookUp(s.lookup)
		case s.quantity != nil && s.quantity.used:
			r.quantity(s.quantity)
		}
	}
	for i := range r.p.flows {
		r.flow(i)
	}
	return nil
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

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// growBits gives a bitmap of n cleared bits, fillBits one of n set ones.
func growBits(b column.Bitmap, n int) column.Bitmap {
	b = grow(b, (n+63)/64)
	clear(b)
	return b
}

func fillBits(b column.Bitmap, n int) column.Bitmap {
	b = grow(b, (n+63)/64)
	b.Fill(n)
	return b
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

// quantity takes, for each row, the first tier that has a value.
func (r *Runner) quantity(q *quantity) {
	s := &r.quantities[q.index]
	s.grade.Valid = growBits(s.grade.Valid, r.rows)
	s.grade.Class = grow(s.grade.Class, r.rows)
	r.prepare(&s.terms, q.terms)
	r.rest, r.take = fillBits(r.rest, r.rows), growBits(r.take, r.rows)
	rest, take := r.rest, r.take
	for t := range q.tiers {
		if rest.Count() == 0 {
			break
		}
		tier := &q.tiers[t]
		copy(take, rest)
		if tier.when != nil {
			r.keep(take, r.machine.Eval(tier.when))
		}
		if take.Count() == 0 {
			continue
		}
		r.present(take, &tier.form)
		rows := r.selected(take)
		if len(rows) == 0 {
			continue
		}
		r.fill(&tier.form, rows, s.terms)
		r.classify(&tier.class, rows, s.grade.Class)
		for w := range rest {
			s.grade.Valid[w] |= take[w]
			rest[w] &^= take[w]
		}
	}
	r.slots[q.slot] = column.Column{Type: column.Float, Valid: s.grade.Valid}
	if q.certain && q.terms == 1 {
		r.slots[q.slot].Floats = s.terms[0].Coefficient
	} else if q.read {
		r.slots[q.slot].Floats = r.points(s)
	}
}

// points evaluates an uncertain quantity at the point values of its symbols.
func (r *Runner) points(s *quantityState) []float64 {
	s.point = grow(s.point, r.rows)
	clear(s.point)
	for _, t := range s.terms {
		for i := range s.point {
			if t.Present.Get(i) {
				s.point[i] += float64(t.Coefficient[i] * r.value(t.Monomials[i]))
			}
		}
	}
	return s.point
}

// prepare makes room for a number of terms, none of which is present yet.
func (r *Runner) prepare(terms *[]engine.Term, count int) {
	for len(*terms) < count {
		*terms = append(*terms, engine.Term{})
	}
	for k := range *terms {
		t := &(*terms)[k]
		t.Coefficient, t.Monomials, t.Present = grow(t.Coefficient, r.rows), grow(t.Monomials, r.rows), growBits(t.Present, r.rows)
		clear(t.Coefficient)
	}
}

// keep clears the rows where a condition is not true.
func (r *Runner) keep(rows column.Bitmap, v *vector.Vec) {
	if v.Const {
		if v.Nil || !v.Flag {
			clear(rows)
		}
		return
	}
	for i := range r.rows {
		if rows.Get(i) && !(v.Flags[i] && v.Valid.Get(i)) {
			rows.Clear(i)
		}
	}
}

// present clears the rows where a form has no value.
func (r *Runner) present(rows column.Bitmap, f *form) {
	for _, n := range f.needs {
		valid := r.quantityOrLookup(n)
		for w := range rows {
			rows[w] &= valid[w]
		}
	}
	for t := range f.terms {
		v := r.machine.Eval(f.terms[t].coefficient)
		switch {
		case v.Const && v.Nil:
			clear(rows)
		case !v.Const && v.Valid != nil:
			for w := range rows {
				rows[w] &= v.Valid[w]
			}
		}
	}
}

func (r *Runner) quantityOrLookup(n *node) column.Bitmap {
	if n.leaf == lookupLeaf {
		return r.lookups[n.lookup.index].valid
	}
	return r.quantities[n.quantity.index].grade.Valid
}

// selected lists the set rows, in memory that the next call reuses.
func (r *Runner) selected(rows column.Bitmap) []int32 {
	r.selection = appendRows(r.selection[:0], rows)
	return r.selection
}

func appendRows(out []int32, rows column.Bitmap) []int32 {
	for w, word := range rows {
		for ; word != 0; word &= word - 1 {
			out = append(out, int32(w*64+bits.TrailingZeros64(word)))
		}
	}
	return out
}

// fill computes a form's terms for the selected rows.
func (r *Runner) fill(f *form, rows []int32, out []engine.Term) {
	k := 0
	for t := range f.terms {
		source := &f.terms[t]
		coefficient := r.machine.Eval(source.coefficient)
		base := r.baseOf(source)
		choice := grow(r.choice, len(source.quantities)) // which term of each quantity
		clear(choice)
		r.choice = choice
		for {
			r.fillOne(source, coefficient, base, choice, rows, &out[k])
			k++
			if !r.nextChoice(source, choice) {
				break
			}
		}
	}
}

func (r *Runner) nextChoice(source *term, choice []int) bool {
	for j := len(choice) - 1; j >= 0; j-- {
		if choice[j]++; choice[j] < r.p.quantities[source.quantities[j].index].terms {
			return true
		}
		choice[j] = 0
	}
	return false
}

func (r *Runner) fillOne(source *term, coefficient *vector.Vec, base int32, choice []int, rows []int32, out *engine.Term) {
	if coefficient.Const {
		for _, i := range rows {
			out.Coefficient[i] = coefficient.Number
		}
	} else {
		for _, i := range rows {
			out.Coefficient[i] = coefficient.Floats[i]
		}
	}
	for _, i := range rows {
		out.Monomials[i] = base
		out.Present.Set(int(i))
	}
	for _, p := range source.lookups {
		mono := r.lookups[p.index].mono
		for _, i := range rows {
			out.Monomials[i] = r.multiply(out.Monomials[i], mono[i], int32(p.exponent))
		}
	}
	for j, p := range source.quantities {
		q := &r.quantities[p.index].terms[choice[j]]
		for _, i := range rows {
			if !q.Present.Get(int(i)) {
				out.Present.Clear(int(i))
				continue
			}
			if p.exponent > 0 {
				out.Coefficient[i] *= q.Coefficient[i]
			} else {
				out.Coefficient[i] /= q.Coefficient[i]
			}
			out.Monomials[i] = r.multiply(out.Monomials[i], q.Monomials[i], int32(p.exponent))
		}
	}
}

// baseOf is the monomial of a term's parameters.
func (r *Runner) baseOf(t *term) int32 {
	if id, ok := r.base[t]; ok {
		return id
	}
	id := amounts.One
	for _, p := range t.parameters {
		id = r.space.Monomials.Multiply(id, r.parameters[p.index], int32(p.exponent))
	}
	r.base[t] = id
	return id
}

func (r *Runner) multiply(a, b, exponent int32) int32 {
	if b == amounts.One {
		return a
	}
	k := [3]int32{a, b, exponent}
	if id, ok := r.products[k]; ok {
		return id
	}
	id := r.space.Monomials.Multiply(a, b, exponent)
	r.products[k] = id
	return id
}

// value is a monomial's point value.
func (r *Runner) value(id int32) float64 {
	for int(id) >= len(r.values) {
		r.values = append(r.values, r.space.Monomials.Value(int32(len(r.values))))
	}
	return r.values[id]
}

// flow computes one rule.
func (r *Runner) flow(index int) {
	f, s := &r.p.flows[index], &r.flows[index]
	r.applies, r.have = fillBits(r.applies, r.rows), growBits(r.have, r.rows)
	applies, have := r.applies, r.have
	if f.when != nil {
		r.keep(applies, r.machine.Eval(f.when))
	}
	copy(have, applies)
	r.present(have, &f.form)
	if f.time != nil {
		when := r.machine.Eval(f.time)
		s.out.Time, s.out.HasTime = when.Floats, when.Valid
		if when.Valid != nil {
			for w := range have {
				have[w] &= when.Valid[w]
			}
		}
	}
	s.rows = appendRows(s.rows[:0], have)
	s.out.Rows = s.rows
	for w := range applies {
		applies[w] &^= have[w]
	}
	s.out.Missing = appendRows(s.out.Missing[:0], applies)
	r.prepare(&s.out.Terms, f.form.count)
	r.fill(&f.form, s.rows, s.out.Terms)
	s.out.Class = grow(s.out.Class, r.rows)
	r.classify(&f.class, s.rows, s.out.Class)
	s.out.Lookup = r.keys(f.lookup, s.rows, s.out.Lookup)
	s.out.Unless = r.keys(f.unless, s.rows, r.keys(f.unless, s.out.Missing, s.out.Unless))
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
