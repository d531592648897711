package rules

import (
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Bounds is what is known of a column's values in a group of rows without reading them.
type Bounds struct {
	Min, Max         float64 // of numbers, integers and dates, none of which is NaN or infinite
	MinText, MaxText string  // of texts, compared byte by byte
	Missing          int64   // rows without a value, -1 where it is not known
	Empty            bool    // no row has a value: the bounds mean nothing
}

// RulesOut reports whether the study's filter keeps no row of a group, by the bounds of its columns; ok is false for a column of which nothing is
// known. Where it says false the filter may still keep none: what depends on quantities, lookups, attributes of other tables, or on functions that
// are no plain arithmetic may be anything.
func (p *Program) RulesOut(bounds func(column string) (b Bounds, ok bool)) bool {
	if p.filter == nil {
		return false
	}
	g := rowGroup{p, bounds}
	return !g.of(p.filter).yes
}

// rowGroup evaluates expressions over all rows of a group at once.
type rowGroup struct {
	p      *Program
	bounds func(column string) (Bounds, bool)
}

// possible is what an expression may give in rows of a group: each that a row has is in it, others may be.
type possible struct {
	missing bool // no value
	number  extremes[float64]
	text    extremes[string]
	yes, no bool // of a condition
}

// extremes bound the values that rows have, where some may have one.
type extremes[T float64 | string] struct {
	some  bool
	known bool // else the values may be anything
	low   T
	high  T
}

// anything is what may come of what is not known.
func anything(t column.Type) possible {
	o := possible{missing: true}
	switch t {
	case column.Float:
		o.number.some = true
	case column.String:
		o.text.some = true
	default:
		o.yes, o.no = true, true
	}
	return o
}

// some tells whether a row may have a value.
func (o possible) some() bool { return o.number.some || o.text.some || o.yes || o.no }

func (g *rowGroup) of(e *vector.Expr) possible {
	switch e.Op {
	case vector.Const:
		return constantly(e)
	case vector.Input:
		return g.column(e)
	case vector.If:
		return g.choice(e)
	}
	args := make([]possible, len(e.Args))
	for i, a := range e.Args {
		args[i] = g.of(a)
	}
	a := args[0]
	b := args[len(args)-1] // of two
	out := possible{missing: a.missing || b.missing}
	switch e.Op {
	case vector.IsNil:
		return possible{yes: a.missing, no: a.some()}
	case vector.Coalesce:
		if !a.missing {
			return a
		}
		missing := b.missing
		a = a.or(b)
		a.missing = missing
		return a
	case vector.Not:
		out.yes, out.no = a.no, a.yes
	case vector.And:
		return and(a, b)
	case vector.Or:
		return not(and(not(a), not(b)))
	case vector.In:
		out.yes, out.no = a.text.in(e.Options)
	case vector.Equal:
		out.yes, out.no = equal(a, b)
	case vector.Less, vector.LessEqual:
		out.yes, out.no = isLess(a.number, b.number, e.Op == vector.LessEqual)
	case vector.Neg, vector.Abs, vector.Add, vector.Sub, vector.Mul, vector.Div, vector.Min, vector.Max:
		out.number = arithmetic(e.Op, a.number, b.number)
	case vector.Gather:
		if !a.some() {
			return possible{missing: true}
		}
		return anything(e.Type)
	default:
		return anything(e.Type)
	}
	return out
}

func constantly(e *vector.Expr) possible {
	switch {
	case e.Nil:
		return possible{missing: true}
	case e.Type == column.Float:
		return possible{number: between(e.Number, e.Number)}
	case e.Type == column.String:
		return possible{text: extremes[string]{true, true, e.Text, e.Text}}
	}
	return possible{yes: e.Flag, no: !e.Flag}
}

// between are the bounds of numbers; they are known where they are finite, for then so is all between them.
func between(low, high float64) extremes[float64] {
	if !(low <= high) || math.IsInf(low, 0) || math.IsInf(high, 0) {
		return extremes[float64]{some: true}
	}
	return extremes[float64]{true, true, low, high}
}

func (g *rowGroup) column(e *vector.Expr) possible {
	out := anything(e.Type)
	name := g.p.slots[e.Slot].column
	if name == "" { // a quantity or a lookup
		return out
	}
	b, ok := g.bounds(name)
	switch {
	case !ok:
		return out
	case b.Empty:
		return possible{missing: true}
	}
	out.missing = b.Missing != 0
	switch e.Type {
	case column.Float:
		out.number = between(b.Min, b.Max)
	case column.String:
		out.text = extremes[string]{true, true, b.MinText, b.MaxText}
	}
	return out
}

// choice is c ? a : b, which looks only at the branch that c chooses.
func (g *rowGroup) choice(e *vector.Expr) possible {
	c := g.of(e.Args[0])
	out := possible{}
	if c.yes {
		out = out.or(g.of(e.Args[1]))
	}
	if c.no {
		out = out.or(g.of(e.Args[2]))
	}
	out.missing = out.missing || c.missing
	return out
}

// or has what either has.
func (o possible) or(p possible) possible {
	return possible{missing: o.missing || p.missing, number: o.number.or(p.number), text: o.text.or(p.text), yes: o.yes || p.yes, no: o.no || p.no}
}

func (a extremes[T]) or(b extremes[T]) extremes[T] {
	switch {
	case !a.some:
		return b
	case !b.some:
		return a
	case !a.known || !b.known:
		return extremes[T]{some: true}
	}
	return extremes[T]{true, true, min(a.low, b.low), max(a.high, b.high)}
}

func not(a possible) possible {
	a.yes, a.no = a.no, a.yes
	return a
}

// and is false where either is, whatever the other.
func and(a, b possible) possible {
	return possible{yes: a.yes && b.yes, no: a.no || b.no, missing: a.missing && (b.missing || b.yes) || b.missing && a.yes}
}

// in tells whether values may be one of the options, and whether they may be none.
func (a extremes[T]) in(options []T) (yes, no bool) {
	if !a.some || !a.known {
		return a.some && len(options) > 0, a.some
	}
	yes = slices.ContainsFunc(options, func(o T) bool { return a.low <= o && o <= a.high })
	return yes, !yes || a.low < a.high
}

func equal(a, b possible) (yes, no bool) {
	switch {
	case a.number.some && b.number.some:
		return a.number.equal(b.number)
	case a.text.some && b.text.some:
		return a.text.equal(b.text)
	}
	return a.yes && b.yes || a.no && b.no, a.yes && b.no || a.no && b.yes
}

func (a extremes[T]) equal(b extremes[T]) (yes, no bool) {
	if !a.known || !b.known {
		return true, true
	}
	return a.low <= b.high && b.low <= a.high, a.low != b.high || b.low != a.high
}

// isLess compares a < b, or a <= b.
func isLess(a, b extremes[float64], orEqual bool) (yes, no bool) {
	switch {
	case !a.some || !b.some:
		return false, false
	case !a.known || !b.known:
		return true, true
	case orEqual:
		return a.low <= b.high, a.high > b.low
	}
	return a.low < b.high, a.high >= b.low
}

// arithmetic are the bounds of a result. Each operation is monotone in each of its numbers, and rounding keeps the order: the extremes are among the
// results of the extremes. A result that is infinite makes the bounds unknown.
func arithmetic(op vector.Op, a, b extremes[float64]) extremes[float64] {
	switch {
	case !a.some || !b.some:
		return extremes[float64]{}
	case !a.known || !b.known:
		return extremes[float64]{some: true}
	}
	switch op {
	case vector.Neg:
		return between(-a.high, -a.low)
	case vector.Abs:
		if a.low <= 0 && 0 <= a.high {
			return between(0, max(-a.low, a.high))
		}
		x, y := math.Abs(a.low), math.Abs(a.high)
		return between(min(x, y), max(x, y))
	case vector.Add:
		return between(a.low+b.low, a.high+b.high)
	case vector.Sub:
		return between(a.low-b.high, a.high-b.low)
	case vector.Min:
		return between(min(a.low, b.low), min(a.high, b.high))
	case vector.Max:
		return between(max(a.low, b.low), max(a.high, b.high))
	case vector.Mul:
		return product(a, b, func(x, y float64) float64 { return float64(x * y) })
	}
	if b.low <= 0 && 0 <= b.high {
		return extremes[float64]{some: true}
	}
	return product(a, b, func(x, y float64) float64 { return x / y })
}

// product is from the least to the largest result of the extremes.
func product(a, b extremes[float64], of func(x, y float64) float64) extremes[float64] {
	p, q, r, s := of(a.low, b.low), of(a.low, b.high), of(a.high, b.low), of(a.high, b.high)
	return between(min(p, q, r, s), max(p, q, r, s))
}
