package rules

import (
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// tracer finds out how rows of a pattern come to their coefficients. It follows, for one row whose evaluation is known, what the runner did: all that
// the row shares with its pattern, words, attributes, factor values and which numbers are there, becomes constant, and what is left is a formula
// of the columns' numbers alone, with the same operations in the same order.
type tracer struct {
	r        *Runner
	builder  *vector.Builder // of formulas; its slots are those of the program
	machine  *vector.Machine // that computes them
	formulas []*vector.Expr
	inputs   [][]int // of each formula, columns among the program's
	ids      map[*vector.Expr]int32
	slots    []column.Column // loaded
	slotAt   []int           // of each of the program's columns

	row        int
	round      int       // how many rows there were
	known      []reduced // of each expression of the program
	quantities []traced  // of each quantity
	varies     bool      // something depends on numbers that differs from row to row
}

// reduced is what is left of an expression, traced what of a quantity's terms, in a round.
type reduced struct {
	round int
	expr  *vector.Expr
}

type traced struct {
	round int
	terms []*vector.Expr
}

func newTracer(r *Runner) *tracer {
	b := &vector.Builder{}
	t := &tracer{r: r, builder: b, machine: vector.NewMachine(b), ids: map[*vector.Expr]int32{}, slots: make([]column.Column, len(r.p.slots)),
		known: make([]reduced, r.p.builder.Len()), quantities: make([]traced, len(r.p.quantities))}
	for i, s := range r.p.slots {
		if s.column != "" {
			t.slotAt = append(t.slotAt, i)
		}
	}
	return t
}

// maxTraced bounds what computing the formulas of all patterns may take, for a batch.
const maxTraced = 256 << 20

// flow finds the formulas of a flow's terms.
func (t *tracer) flow(f *flow, out *engine.Flow, ids []int32) []int32 {
	if f.time != nil {
		t.varies = true
		return ids
	}
	if f.when != nil {
		t.constant(f.when)
	}
	t.key(f.lookup)
	t.key(f.unless)
	terms := t.form(&f.form)
	t.class(&f.class)
	_, has := slices.BinarySearch(out.Rows, int32(t.row))
	for k := range out.Terms {
		id := int32(-1)
		if has && out.Terms[k].Present.Get(t.row) {
			if k >= len(terms) || terms[k] == nil {
				t.varies = true
				return ids
			}
			id = t.id(terms[k])
		}
		ids = append(ids, id)
	}
	return ids
}

// constant is what a condition comes to for all rows of the pattern; where it depends on more, varies is set.
func (t *tracer) constant(e *vector.Expr) *vector.Expr {
	out := t.expr(e)
	if out.Op != vector.Const {
		t.varies = true
	}
	return out
}

func (t *tracer) key(k *tuple) {
	if k == nil {
		return
	}
	for _, e := range []*vector.Expr{k.region, k.technology} {
		if e != nil {
			t.constant(e)
		}
	}
}

// class looks at the choices that a quality class rests on.
func (t *tracer) class(c *classOf) {
	for i := range c.choices {
		t.constant(c.choices[i].test)
		t.class(&c.choices[i].yes)
		t.class(&c.choices[i].no)
	}
}

// form gives the coefficients of a form's terms, nil for those that the row does not have.
func (t *tracer) form(f *form) []*vector.Expr {
	var out []*vector.Expr
	for i := range f.cases {
		x := &f.cases[i]
		if x.when != nil && !isTrue(t.constant(x.when)) {
			continue
		}
		out = out[:0]
		for k := range x.terms {
			out = t.term(&x.terms[k], out)
		}
	}
	return out
}

func isTrue(e *vector.Expr) bool { return e.Op == vector.Const && !e.Nil && e.Flag }

// term appends a term's coefficients, one for each choice of its quantities' terms, as fillCase computes them.
func (t *tracer) term(source *term, out []*vector.Expr) []*vector.Expr {
	coefficient := t.expr(source.coefficient)
	choice := make([]int, len(source.quantities))
	for {
		product := coefficient
		for j, p := range source.quantities {
			terms := t.quantity(t.r.p.quantities[p.index])
			by := (*vector.Expr)(nil)
			if choice[j] < len(terms) {
				by = terms[choice[j]]
			}
			switch {
			case by == nil:
				product = nil
			case p.exponent < 0:
				product = t.make(vector.Div, product, by)
			default:
				product = t.make(vector.Mul, product, by)
			}
			if product == nil {
				break
			}
		}
		out = append(out, product)
		if !t.r.nextChoice(source, choice) {
			return out
		}
	}
}

// quantity gives the coefficients of a quantity's terms; none where the row does not have it.
func (t *tracer) quantity(q *quantity) []*vector.Expr {
	if known := &t.quantities[q.index]; known.round == t.round {
		return known.terms
	}
	s := &t.r.quantities[q.index]
	has, taken := s.grade.Valid.Get(t.row), int(s.grade.Tier[t.row])
	var out []*vector.Expr
	for i := range q.tiers {
		x := &q.tiers[i]
		if has && i > taken {
			break
		}
		if x.when != nil && !isTrue(t.constant(x.when)) {
			continue
		}
		terms := t.form(&x.form)
		if !has || i < taken {
			continue // its value is not there, for all rows of the pattern: it was asked which case holds
		}
		t.class(&x.class)
		out = make([]*vector.Expr, len(s.terms))
		for k := range s.terms {
			if present := s.terms[k].Present; (present == nil || present.Get(t.row)) && k < len(terms) {
				out[k] = terms[k]
			}
		}
	}
	t.quantities[q.index] = traced{t.round, out}
	return out
}

// id numbers a formula.
func (t *tracer) id(e *vector.Expr) int32 {
	id, ok := t.ids[e]
	if !ok {
		id = int32(len(t.formulas))
		t.ids[e] = id
		t.formulas, t.inputs = append(t.formulas, e), append(t.inputs, t.columnsOf(e, nil, map[*vector.Expr]bool{}))
	}
	return id
}

// columnsOf lists the columns that a formula reads, by their place among the program's. Parts that formulas have in common are one, and looked at once.
func (t *tracer) columnsOf(e *vector.Expr, into []int, seen map[*vector.Expr]bool) []int {
	if seen[e] {
		return into
	}
	seen[e] = true
	if e.Op == vector.Input {
		if at := slices.Index(t.slotAt, e.Slot); !slices.Contains(into, at) {
			into = append(into, at)
		}
	}
	for _, a := range e.Args {
		into = t.columnsOf(a, into, seen)
	}
	return into
}

// agrees reports whether the formulas give, for the row itself, what the runner computed: to the bit, or patterns are not trusted.
func (t *tracer) agrees(formulas [][]int32) bool {
	t.machine.Extend(t.builder)
	t.machine.Load(t.rowSlots(), 1)
	for i := range formulas {
		for k, id := range formulas[i] {
			if id < 0 {
				continue
			}
			v := t.machine.Eval(t.formulas[id])
			if !v.Has(0) || math.Float64bits(v.Float(0)) != math.Float64bits(t.r.flows[i].out.Terms[k].Coefficient[t.row]) {
				return false
			}
		}
	}
	return true
}

// rowSlots are the slots of the row alone.
func (t *tracer) rowSlots() []column.Column {
	out := make([]column.Column, len(t.r.p.slots))
	for i, s := range t.r.p.slots {
		if c := &t.r.slots[i]; s.column != "" && c.Type == column.Float {
			out[i].Floats = c.Floats[t.row : t.row+1]
		}
	}
	return out
}
