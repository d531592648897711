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

// keep clears the rows where a condition is not true.
func (r *Runner) keep(rows column.Bitmap, v *vector.Vec) { v.True(rows) }

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
