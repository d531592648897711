package rules

import (
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Uses tells how the program uses each of its Columns: by which word stands in it, or by whether there is a value. That, and the calendar year in which
// a row begins, is all that patterns of rows are told apart by.
func (p *Program) Uses() []engine.Use {
	var out []engine.Use
	for i, s := range p.slots {
		if s.column == "" {
			continue
		}
		use := engine.ByPresence
		if !p.builder.OnlyPresence(i) || p.byWord(i) {
			use = engine.ByValue
		}
		out = append(out, use)
	}
	return out
}

// byWord reports whether a column's words are read other than by an expression: as the key of a factor, or as a class.
func (p *Program) byWord(slot int) bool {
	if name := p.slots[slot].column; name == p.Method.Classes.Row || slices.ContainsFunc(p.Method.Classes.Basis, func(b Basis) bool { return b.Column == name }) {
		return true
	}
	is := func(t *tuple) bool {
		return t != nil && slices.ContainsFunc([]*vector.Expr{t.region, t.technology}, func(e *vector.Expr) bool { return e != nil && e.Op == vector.Input && e.Slot == slot })
	}
	for _, l := range p.lookups {
		if is(&l.key) {
			return true
		}
	}
	for i := range p.flows {
		if is(p.flows[i].lookup) || is(p.flows[i].unless) {
			return true
		}
	}
	return false
}

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

// Formulas finds the formulas by which rows of one pattern with a row of the last batch get their coefficients, see engine.Evaluator.
func (r *Runner) Formulas(row int, formulas [][]int32) bool {
	if r.tracer == nil {
		r.tracer = newTracer(r)
	}
	t := r.tracer
	if t.builder.Bytes(column.BatchRows) >= maxTraced {
		return false
	}
	t.row, t.varies = row, false
	t.round++
	if r.p.filter != nil {
		t.constant(r.p.filter)
	}
	for i := range r.p.flows {
		formulas[i] = t.flow(&r.p.flows[i], &r.flows[i].out, formulas[i][:0])
	}
	return !t.varies && t.builder.Bytes(column.BatchRows) < maxTraced && t.agrees(formulas)
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

// expr brings an expression to what is left of it for rows of the pattern. A constant without a value has none in all of them, anything else has one.
func (t *tracer) expr(e *vector.Expr) *vector.Expr {
	known := &t.known[e.ID()]
	if known.round != t.round {
		*known = reduced{t.round, t.reduce(e)}
	}
	return known.expr
}

func (t *tracer) reduce(e *vector.Expr) *vector.Expr {
	switch e.Op {
	case vector.Const:
		return t.value(e.Type, !e.Nil, e.Number, e.Flag, e.Text)
	case vector.Input:
		return t.input(e)
	case vector.Gather:
		return t.attribute(e)
	case vector.IsNil:
		a := t.expr(e.Args[0])
		return t.builder.Flag(a.Op == vector.Const && a.Nil)
	case vector.Coalesce:
		if a := t.expr(e.Args[0]); a.Op != vector.Const || !a.Nil {
			return a
		}
		return t.expr(e.Args[1])
	case vector.If:
		switch test := t.constant(e.Args[0]); {
		case test.Nil || test.Op != vector.Const:
			return t.builder.Missing(e.Type)
		case test.Flag:
			return t.expr(e.Args[1])
		}
		return t.expr(e.Args[2])
	case vector.And, vector.Or:
		a, b := t.expr(e.Args[0]), t.expr(e.Args[1])
		for _, side := range []*vector.Expr{a, b} {
			if side.Op == vector.Const && !side.Nil && side.Flag == (e.Op == vector.Or) {
				return side
			}
		}
		for _, side := range []*vector.Expr{a, b} {
			if side.Op != vector.Const {
				return t.builder.Make(e.Op, a, b)
			}
		}
		if a.Nil || b.Nil {
			return t.builder.Missing(column.Bool)
		}
		return a // both are true of an And, false of an Or
	}
	args := make([]*vector.Expr, len(e.Args))
	for i, a := range e.Args {
		if args[i] = t.expr(a); args[i].Op == vector.Const && args[i].Nil {
			return t.builder.Missing(e.Type)
		}
	}
	if e.Op == vector.In {
		return t.folded(t.builder.Member(args[0], e.Options))
	}
	return t.make(e.Op, args...)
}

// make applies an operation, and computes it where all is constant.
func (t *tracer) make(op vector.Op, args ...*vector.Expr) *vector.Expr {
	if args[0] == nil {
		return nil
	}
	return t.folded(t.builder.Make(op, args...))
}

func (t *tracer) folded(e *vector.Expr) *vector.Expr {
	if len(e.Args) == 0 || slices.ContainsFunc(e.Args, func(a *vector.Expr) bool { return a.Op != vector.Const }) {
		return e
	}
	t.machine.Extend(t.builder)
	t.machine.Load(nil, 1)
	v := t.machine.Eval(e)
	return t.value(e.Type, v.Has(0), v.Number, v.Flag, v.Text)
}

func (t *tracer) value(typ column.Type, has bool, number float64, flag bool, text string) *vector.Expr {
	switch {
	case !has:
		return t.builder.Missing(typ)
	case typ == column.String:
		return t.builder.Text(text)
	case typ == column.Bool:
		return t.builder.Flag(flag)
	}
	return t.builder.Number(number)
}

// input is what the row has in a slot: the column itself where it is a number.
func (t *tracer) input(e *vector.Expr) *vector.Expr {
	s, c := t.r.p.slots[e.Slot], &t.r.slots[e.Slot]
	has := c.Valid.Get(t.row)
	switch {
	case !has:
		return t.builder.Missing(e.Type)
	case s.lookup != nil:
		return t.builder.Number(c.Floats[t.row])
	case s.quantity != nil:
		return t.point(s.quantity)
	case e.Type == column.String:
		return t.builder.Text(c.Dict.Values[c.Codes[t.row]])
	case e.Type == column.Bool:
		return t.builder.Flag(c.Bools[t.row])
	}
	return t.builder.Column(e.Slot, column.Float)
}

// point is a quantity's number at the point values of its symbols, as points computes it.
func (t *tracer) point(q *quantity) *vector.Expr {
	terms := t.quantity(q)
	if q.symbols.empty() && len(terms) > 0 && terms[0] != nil {
		return terms[0]
	}
	sum := t.builder.Number(0)
	for k, x := range terms {
		if x != nil {
			value := t.builder.Number(t.r.value(t.r.quantities[q.index].terms[k].Mono(int32(t.row))))
			sum = t.make(vector.Add, sum, t.make(vector.Mul, x, value))
		}
	}
	return sum
}

// attribute is that of the table row that the row's key refers to.
func (t *tracer) attribute(e *vector.Expr) *vector.Expr {
	key := t.constant(e.Args[0])
	if key.Op != vector.Const || key.Nil {
		return t.builder.Missing(e.Type)
	}
	row, ok := e.Reference.Row(key.Text)
	c := &e.Reference.Table.Data[e.Attribute]
	if !ok || !c.Valid.Get(row) {
		return t.builder.Missing(e.Type)
	}
	switch e.Type {
	case column.String:
		return t.builder.Text(c.Dict.Values[c.Codes[row]])
	case column.Bool:
		return t.builder.Flag(c.Bools[row])
	}
	return t.builder.Number(c.Floats[row])
}

// id numbers a formula.
func (t *tracer) id(e *vector.Expr) int32 {
	id, ok := t.ids[e]
	if !ok {
		id = int32(len(t.formulas))
		t.ids[e] = id
		t.formulas, t.inputs = append(t.formulas, e), append(t.inputs, t.columnsOf(e, nil))
	}
	return id
}

// columnsOf lists the columns that a formula reads, by their place among the program's.
func (t *tracer) columnsOf(e *vector.Expr, into []int) []int {
	if e.Op == vector.Input {
		if at := slices.Index(t.slotAt, e.Slot); !slices.Contains(into, at) {
			into = append(into, at)
		}
	}
	for _, a := range e.Args {
		into = t.columnsOf(a, into)
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

// Inputs lists the columns that a formula reads, see engine.Evaluator.
func (r *Runner) Inputs(formula int32) []int { return r.tracer.inputs[formula] }

// Load begins the computation of formulas for rows, see engine.Evaluator.
func (r *Runner) Load(columns []column.Column, inputs []int, rows int) {
	t := r.tracer
	for _, at := range inputs {
		t.slots[t.slotAt[at]].Floats = columns[at].Floats
	}
	t.machine.Extend(t.builder)
	t.machine.Load(t.slots, rows)
}

// Formula computes a formula for the rows loaded, see engine.Evaluator.
func (r *Runner) Formula(formula int32) (each []float64, one float64) {
	v := r.tracer.machine.Eval(r.tracer.formulas[formula])
	if v.Const {
		return nil, v.Number
	}
	return v.Floats, 0
}
