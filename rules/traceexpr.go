package rules

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

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
	case s.lookup != nil, e.Slot == t.r.year: // rows of one pattern are of one calendar year
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
