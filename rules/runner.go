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
	derived    []int32 // and of each derived symbol
	products   products
	values     []float64       // of monomials, by number; NaN where not asked for
	marks      map[int32]int32 // of what a monomial depends on
	names      map[*vector.Expr]*keyState
	tuples     map[[2]*vector.Expr]*tupleState
	zeros      []int32
	batch      int                  // how many there were, this one included
	grades     []column.Memo[uint8] // of the row's own class, then of each basis

	tracer *tracer // of formulas for patterns; nil as long as none were asked for

	from, to, year int   // slots of the row's period, -1 for none
	dated          bool  // a lookup needs the row's year
	rowClass       int   // slot of the row's own class
	basisClass     []int // slots of grading columns

	// memory of one call, reused by the next
	kept, rest, take, applies, have, sub, union column.Bitmap
	selection, every                            []int32
	splits                                      [][2][]int32
	choice                                      []int
}

type quantityState struct {
	grade  engine.Grade
	terms  []engine.Term
	memory []termMemory
	point  []float64
}

type flowState struct {
	out    engine.Flow
	rows   []int32
	memory []termMemory
}

// NewRunner prepares a runner.
func (p *Program) NewRunner(space *amounts.Space, factors FactorValues) *Runner {
	r := &Runner{p: p, space: space, factors: factors, machine: vector.NewMachine(p.builder), slots: make([]column.Column, len(p.slots)),
		lookups: make([]lookupState, len(p.lookups)), quantities: make([]quantityState, len(p.quantities)), flows: make([]flowState, len(p.flows)),
		base: map[*term]int32{}, marks: map[int32]int32{}, names: map[*vector.Expr]*keyState{}, tuples: map[[2]*vector.Expr]*tupleState{},
		grades: make([]column.Memo[uint8], 1+len(p.Method.Classes.Basis))}
	for i := range p.Method.Parameters {
		r.parameters = append(r.parameters, space.Monomials.Symbol(p.parameterSymbol(i)))
	}
	for i := range p.derived {
		r.derived = append(r.derived, space.Monomials.Symbol(p.derivedSymbol(i)))
	}
	for _, l := range p.lookups {
		r.dated = r.dated || l.used && l.byYear
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
	for _, s := range r.names {
		s.memo.Forget()
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
	r.batch++
	next := 0
	for i, s := range r.p.slots {
		if s.column != "" {
			r.slots[i] = b.Columns[next]
			next++
		}
	}
	r.machine.Load(r.slots, b.Rows)
	if r.dated {
		r.firstYears()
	}
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
	s.grade.Class, s.grade.Tier = grow(s.grade.Class, r.rows), grow(s.grade.Tier, r.rows)
	clear(s.grade.Class)
	clear(s.grade.Tier)
	r.prepare(&s.terms, &s.memory, q.terms)
	r.rest, r.take = fillBits(r.rest, r.rows), growBits(r.take, r.rows)
	left := r.rows
	for t := range q.tiers {
		if left == 0 {
			break
		}
		tier := &q.tiers[t]
		copy(r.take, r.rest)
		if tier.when != nil {
			r.keep(r.take, r.machine.Eval(tier.when))
		}
		rows := r.fill(&tier.form, r.take, s.terms, s.memory)
		if len(rows) == 0 {
			continue
		}
		r.classify(&tier.class, rows, s.grade.Class)
		for _, i := range rows {
			s.grade.Tier[i] = uint8(t)
		}
		for w := range r.rest {
			s.grade.Valid[w] |= r.take[w]
			r.rest[w] &^= r.take[w]
		}
		left -= len(rows)
	}
	r.slots[q.slot] = column.Column{Type: column.Float, Valid: s.grade.Valid}
	if q.symbols.empty() {
		r.slots[q.slot].Floats = s.terms[0].Coefficient
	} else if q.read {
		r.slots[q.slot].Floats = r.points(s)
	}
}

// keep clears the rows where a condition is not true.
func (r *Runner) keep(rows column.Bitmap, v *vector.Vec) { v.True(rows) }

// flow computes one rule.
func (r *Runner) flow(index int) {
	f, s := &r.p.flows[index], &r.flows[index]
	r.applies, r.have = fillBits(r.applies, r.rows), growBits(r.have, r.rows)
	applies, have := r.applies, r.have
	if f.when != nil {
		r.keep(applies, r.machine.Eval(f.when))
	}
	copy(have, applies)
	if f.time != nil {
		when := r.machine.Eval(f.time)
		s.out.Time, s.out.HasTime = when.Floats, when.Valid
		if when.Valid != nil {
			for w := range have {
				have[w] &= when.Valid[w]
			}
		}
	}
	r.prepare(&s.out.Terms, &s.memory, f.form.count)
	if s.out.Rows = r.fill(&f.form, have, s.out.Terms, s.memory); len(s.out.Rows) < r.rows {
		s.rows = append(s.rows[:0], s.out.Rows...)
		s.out.Rows = s.rows
	}
	for w := range applies {
		applies[w] &^= have[w]
	}
	s.out.Missing = appendRows(s.out.Missing[:0], applies)
	s.out.Class = grow(s.out.Class, r.rows)
	r.classify(&f.class, s.out.Rows, s.out.Class)
	s.out.Lookup, s.out.Unless = r.keys(f.lookup), r.keys(f.unless)
}
