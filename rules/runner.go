package rules

import (
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
	values     []float64 // of monomials, NaN where not yet computed
	names      map[*column.Dict][]int32
	tuples     map[[2]int32]int32
	grades     map[gradeKey][]uint8
	selection  []int32
	kept       column.Bitmap
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
	tier  []uint8 // which tier each row took
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
		base: map[*term]int32{}, products: map[[3]int32]int32{}, tuples: map[[2]int32]int32{}}
	for _, q := range p.Method.Parameters {
		r.parameters = append(r.parameters, space.Monomials.Symbol(amounts.Symbol{Name: "parameter " + q.Name, Value: q.Value, Ref: q}))
	}
	for i := range r.lookups {
		r.lookups[i].found = map[lookupKey]foundValue{}
	}
	r.Start()
	return r
}

// Start forgets the dictionaries of the part before.
func (r *Runner) Start() {
	r.machine.Forget()
	r.names = map[*column.Dict][]int32{}
	r.grades = map[gradeKey][]uint8{}
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
	r.kept = grow(r.kept, (r.rows+63)/64)
	r.kept.Fill(r.rows)
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
	for i := range r.p.lookups {
		r.lookUp(i)
	}
	for i, q := range r.p.quantities {
		if q.used {
			r.quantity(i, q)
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
	from, to, year := r.columnOf(r.p.schema.From), r.columnOf(r.p.schema.To), r.columnOf(r.p.schema.Year)
	at := func(c *column.Column, i int) (float64, bool) {
		if c == nil || !c.Valid.Get(i) {
			return 0, false
		}
		return c.Floats[i], true
	}
	for i := range r.years {
		f, hasF := at(from, i)
		t, hasT := at(to, i)
		y, hasY := at(year, i)
		r.years[i] = 0
		if p, ok := amounts.PeriodOf(f, hasF, t, hasT, y, hasY); ok {
			r.years[i] = int32(p.First())
		}
	}
}

func (r *Runner) columnOf(name string) *column.Column {
	for i, s := range r.p.slots {
		if s.column == name && name != "" {
			return &r.slots[i]
		}
	}
	return nil
}

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

func growBits(b column.Bitmap, n int) column.Bitmap {
	b = grow(b, (n+63)/64)
	clear(b)
	return b
}

// keyNames returns, for each row, the number of a key's name, None where it has no value.
func (r *Runner) keyNames(e *vector.Expr) func(i int) int32 {
	if e == nil {
		return func(int) int32 { return amounts.None }
	}
	v := r.machine.Eval(e)
	if v.Const {
		id := amounts.None
		if !v.Nil {
			id = r.space.Names.ID(v.Text)
		}
		return func(int) int32 { return id }
	}
	ids := r.names[v.Dict]
	for len(ids) < len(v.Dict.Values) {
		ids = append(ids, r.space.Names.ID(v.Dict.Values[len(ids)]))
	}
	r.names[v.Dict] = ids
	return func(i int) int32 {
		if !v.Valid.Get(i) {
			return amounts.None
		}
		return ids[v.Codes[i]]
	}
}

// lookUp finds the factor row of each row of the batch.
func (r *Runner) lookUp(index int) {
	l, s := r.p.lookups[index], &r.lookups[index]
	s.mono, s.value, s.class = grow(s.mono, r.rows), grow(s.value, r.rows), grow(s.class, r.rows)
	s.valid = growBits(s.valid, r.rows)
	region, technology := r.keyNames(l.key.region), r.keyNames(l.key.technology)
	var last lookupKey
	var found foundValue
	for i := range r.rows {
		k := lookupKey{region(i), technology(i), 0}
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
func (r *Runner) quantity(index int, q *quantity) {
	s := &r.quantities[index]
	s.grade.Valid = growBits(s.grade.Valid, r.rows)
	s.grade.Class, s.tier = grow(s.grade.Class, r.rows), grow(s.tier, r.rows)
	r.prepare(&s.terms, q.terms)
	rest := make(column.Bitmap, len(s.grade.Valid))
	rest.Fill(r.rows)
	take := make(column.Bitmap, len(rest))
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
		for _, i := range rows {
			s.tier[i] = uint8(t)
		}
		for w := range rest {
			s.grade.Valid[w] |= take[w]
			rest[w] &^= take[w]
		}
	}
	r.slots[q.slot] = column.Column{Type: column.Float, Valid: s.grade.Valid}
	if q.certain && q.terms == 1 {
		r.slots[q.slot].Floats = s.terms[0].Coefficient
	} else if r.p.builder.Reads(q.slot) {
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
	r.selection = appendRows(r.selection[:0], rows, r.rows)
	return r.selection
}

func appendRows(out []int32, rows column.Bitmap, n int) []int32 {
	for i := range n {
		if rows.Get(i) {
			out = append(out, int32(i))
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
		choice := make([]int, len(source.quantities)) // which term of each quantity
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
	applies := make(column.Bitmap, (r.rows+63)/64)
	applies.Fill(r.rows)
	if f.when != nil {
		r.keep(applies, r.machine.Eval(f.when))
	}
	have := make(column.Bitmap, len(applies))
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
	s.rows = appendRows(s.rows[:0], have, r.rows)
	s.out.Rows = s.rows
	for w := range applies {
		applies[w] &^= have[w]
	}
	s.out.Missing = appendRows(s.out.Missing[:0], applies, r.rows)
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
	region, technology := r.keyNames(t.region), r.keyNames(t.technology)
	for _, i := range rows {
		k := [2]int32{region(int(i)), technology(int(i))}
		id, ok := r.tuples[k]
		if !ok {
			id = r.space.Tuples.ID(k[:])
			r.tuples[k] = id
		}
		out[i] = id
	}
	return out
}
