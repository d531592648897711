package rules

import (
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
