package rules

import (
	"math/bits"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// fill computes a form's terms for the set rows. Rows without a value are cleared; those that remain are returned, in memory that the next call
// reuses.
func (r *Runner) fill(f *form, rows column.Bitmap, out []engine.Term, memory []termMemory) []int32 {
	if len(f.cases) == 1 && f.cases[0].when == nil {
		return r.fillCase(&f.cases[0], rows, out, memory)
	}
	r.union = growBits(r.union, r.rows)
	for i := range f.cases {
		x := &f.cases[i]
		r.sub = grow(r.sub, len(rows))
		copy(r.sub, rows)
		if x.when != nil {
			r.keep(r.sub, r.machine.Eval(x.when))
		}
		r.fillCase(x, r.sub, out, memory)
		for w := range r.union {
			r.union[w] |= r.sub[w]
		}
	}
	copy(rows, r.union)
	return r.selected(rows)
}

func (r *Runner) fillCase(x *formCase, set column.Bitmap, out []engine.Term, memory []termMemory) []int32 {
	r.present(x, set)
	rows := r.selected(set)
	if len(rows) == 0 {
		return rows
	}
	k := 0
	for t := range x.terms {
		source := &x.terms[t]
		coefficient := r.machine.Eval(source.coefficient)
		base := r.baseOf(source)
		choice := grow(r.choice, len(source.quantities)) // which term of each quantity
		clear(choice)
		r.choice = choice
		for {
			r.fillOne(source, coefficient, base, choice, rows, set, &out[k], &memory[k])
			k++
			if !r.nextChoice(source, choice) {
				break
			}
		}
	}
	return rows
}

// present clears the rows where a case has no value.
func (r *Runner) present(x *formCase, rows column.Bitmap) {
	for _, n := range x.needs {
		valid := r.quantityOrLookup(n)
		for w := range rows {
			rows[w] &= valid[w]
		}
	}
	for t := range x.terms {
		v := r.machine.Eval(x.terms[t].coefficient)
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

func (r *Runner) nextChoice(source *term, choice []int) bool {
	for j := len(choice) - 1; j >= 0; j-- {
		if choice[j]++; choice[j] < r.p.quantities[source.quantities[j].index].terms {
			return true
		}
		choice[j] = 0
	}
	return false
}

// fillOne writes one term for rows, which are those of set. Where these are all rows of the batch, what is known already is not written again but
// handed on.
func (r *Runner) fillOne(source *term, coefficient *vector.Vec, base int32, choice []int, rows []int32, set column.Bitmap, out *engine.Term, own *termMemory) {
	whole := len(rows) == r.rows && len(source.depends) == 0
	if whole {
		out.Coefficient, out.Monomials, out.Monomial, out.Present = coefficient.Floats, nil, base, nil
	}
	if !whole || coefficient.Const {
		own.coefficients(coefficient, rows, out)
	}
	if !whole {
		for _, i := range rows {
			out.Monomials[i] = base
		}
		for w := range set {
			out.Present[w] |= set[w]
		}
	}
	for _, p := range source.lookups {
		r.times(rows, out, r.lookups[p.index].mono, 0, int32(p.exponent), own)
	}
	for j, p := range source.quantities {
		q := &r.quantities[p.index].terms[choice[j]]
		if q.Present != nil {
			own.restrict(set, q.Present, out)
		}
		switch {
		case p.exponent < 0:
			own.divide(rows, q.Coefficient, out)
		case whole && coefficient.Const && coefficient.Number == 1 && j == 0:
			out.Coefficient = q.Coefficient
		default:
			own.multiply(rows, q.Coefficient, out)
		}
		r.times(rows, out, q.Monomials, q.Monomial, int32(p.exponent), own)
	}
	r.markRows(source, rows, out.Monomials)
}

// termMemory is what a term's columns are written to, reused from batch to batch.
type termMemory struct {
	coefficient []float64
	monomials   []int32
	present     column.Bitmap
}

func (own *termMemory) coefficients(from *vector.Vec, rows []int32, out *engine.Term) {
	out.Coefficient = own.coefficient
	if from.Const {
		for _, i := range rows {
			own.coefficient[i] = from.Number
		}
		return
	}
	for _, i := range rows {
		own.coefficient[i] = from.Floats[i]
	}
}

func (own *termMemory) multiply(rows []int32, by []float64, out *engine.Term) {
	x := out.Coefficient
	out.Coefficient = own.coefficient
	if len(rows) == len(own.coefficient) {
		x, by := x[:len(rows)], by[:len(rows)]
		for i := range own.coefficient {
			own.coefficient[i] = float64(x[i] * by[i])
		}
		return
	}
	for _, i := range rows {
		own.coefficient[i] = float64(x[i] * by[i])
	}
}

func (own *termMemory) divide(rows []int32, by []float64, out *engine.Term) {
	x := out.Coefficient
	out.Coefficient = own.coefficient
	for _, i := range rows {
		own.coefficient[i] = x[i] / by[i]
	}
}

// restrict takes the term from the rows of set where a quantity does not have its own.
func (own *termMemory) restrict(set, present column.Bitmap, out *engine.Term) {
	if out.Present == nil {
		copy(own.present, set)
		out.Present = own.present
	}
	for w := range set {
		out.Present[w] &^= set[w] &^ present[w]
	}
}

// times multiplies the monomials of rows by others: those of by, or the one given where by is nil.
func (r *Runner) times(rows []int32, out *engine.Term, by []int32, one, exponent int32, own *termMemory) {
	switch {
	case out.Monomials == nil && by == nil:
		out.Monomial = r.multiply(out.Monomial, one, exponent)
		return
	case out.Monomials == nil && out.Monomial == amounts.One && exponent == 1:
		out.Monomials = by
		return
	}
	from := out.Monomials
	out.Monomials = own.monomials
	x, y, product := int32(-1), int32(-1), int32(-1) // neighbours are often alike
	a, b := out.Monomial, one
	for _, i := range rows {
		if out.Present != nil && !out.Present.Get(int(i)) {
			continue // what stands there means nothing
		}
		if from != nil {
			a = from[i]
		}
		if by != nil {
			b = by[i]
		}
		if a != x || b != y {
			x, y = a, b
			product = r.multiply(a, b, exponent)
		}
		own.monomials[i] = product
	}
}

// markRows marks the monomials of a formula without normal form with what its value depends on.
func (r *Runner) markRows(source *term, rows, out []int32) {
	for _, leaf := range source.depends {
		switch leaf.leaf {
		case parameterLeaf:
			mark := r.mark(r.parameters[leaf.parameter])
			for _, i := range rows {
				out[i] = r.multiply(out[i], mark, 1)
			}
		case lookupLeaf:
			l := &r.lookups[leaf.lookup.index]
			for _, i := range rows {
				if l.valid.Get(int(i)) {
					out[i] = r.multiply(out[i], r.mark(l.mono[i]), 1)
				}
			}
		case quantityLeaf:
			for t := range r.quantities[leaf.quantity.index].terms {
				q := &r.quantities[leaf.quantity.index].terms[t]
				for _, i := range rows {
					if q.Present.Get(int(i)) && r.quantities[leaf.quantity.index].grade.Valid.Get(int(i)) {
						out[i] = r.multiply(out[i], r.mark(q.Mono(i)), 1)
					}
				}
			}
		}
	}
}

// points evaluates an uncertain quantity at the point values of its symbols.
func (r *Runner) points(s *quantityState) []float64 {
	s.point = grow(s.point, r.rows)
	clear(s.point)
	for t := range s.terms {
		term := &s.terms[t]
		present := term.Present
		if present == nil {
			present = s.grade.Valid
		}
		for w, word := range present {
			for ; word != 0; word &= word - 1 {
				i := w<<6 + bits.TrailingZeros64(word)
				s.point[i] += float64(term.Coefficient[i] * r.value(term.Mono(int32(i))))
			}
		}
	}
	return s.point
}

// prepare makes room for a number of terms, none of which is present yet. What a term holds in rows where it is not present means nothing.
func (r *Runner) prepare(terms *[]engine.Term, memory *[]termMemory, count int) {
	for len(*terms) < count {
		*terms, *memory = append(*terms, engine.Term{}), append(*memory, termMemory{})
	}
	for k := range *terms {
		own := &(*memory)[k]
		own.coefficient, own.monomials, own.present = grow(own.coefficient, r.rows), grow(own.monomials, r.rows), growBits(own.present, r.rows)
		(*terms)[k] = engine.Term{Coefficient: own.coefficient, Monomials: own.monomials, Present: own.present}
	}
}

// selected lists the set rows, in memory that the next call reuses and nobody else writes to.
func (r *Runner) selected(rows column.Bitmap) []int32 {
	if rows.Count() == r.rows {
		for len(r.every) < r.rows {
			r.every = append(r.every, int32(len(r.every)))
		}
		return r.every[:r.rows]
	}
	r.selection = appendRows(r.selection[:0], rows)
	return r.selection
}

func appendRows(out []int32, rows column.Bitmap) []int32 {
	for w, word := range rows {
		first := int32(w) << 6
		if word == ^uint64(0) {
			for i := range int32(64) {
				out = append(out, first+i)
			}
			continue
		}
		for ; word != 0; word &= word - 1 {
			out = append(out, first+int32(bits.TrailingZeros64(word)))
		}
	}
	return out
}

// baseOf is the monomial of a term's parameters and derived symbols.
func (r *Runner) baseOf(t *term) int32 {
	if id, ok := r.base[t]; ok {
		return id
	}
	id := amounts.One
	for _, p := range t.parameters {
		id = r.space.Monomials.Multiply(id, r.parameters[p.index], int32(p.exponent))
	}
	for _, p := range t.derived {
		id = r.space.Monomials.Multiply(id, r.derived[p.index], int32(p.exponent))
	}
	r.base[t] = id
	return id
}
