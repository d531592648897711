package rules

import (
	"math/bits"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

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
