package montecarlo

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/dist"
)

// At is a figure where some variables are at a quantile of theirs, all others at their point values: what is made of variables follows. Rests are at their mean.
func (m *Model) At(f *Figure, moved []int32, u float64) float64 {
	values := make([][]float64, len(m.Variables))
	for i := range m.Variables {
		v := &m.Variables[i]
		values[i] = []float64{v.Point}
		switch {
		case v.Made != nil:
			of := make([][]float64, len(v.Of))
			for k, id := range v.Of {
				of[k] = values[id]
			}
			values[i] = v.Made(of)
		case v.Dist.Family() != dist.Fixed && slices.Contains(moved, int32(i)):
			v.fill([]float64{u}, values[i])
		}
	}
	of := func(terms []Term) float64 {
		sum := 0.0
		for _, t := range terms {
			x := t.Coefficient
			for _, power := range m.Products[t.Product] {
				x = raised(x, values[power.Variable][0], power.Exponent)
			}
			sum += x
		}
		return sum
	}
	if len(f.Per) > 0 {
		return of(f.Terms) / of(f.Per)
	}
	return of(f.Terms)
}

// Elasticity is by how many per cent a figure changes, about the point values, where variables that it is made of are each one per cent larger: the sum of the
// terms, each times the exponents that it has of them, over the figure. What is made of variables counts as a variable of its own.
func (m *Model) Elasticity(f *Figure, of []int32) float64 {
	sums := func(terms []Term) (slope, value float64) {
		for _, t := range terms {
			x := float64(t.Coefficient * m.PointOf(t.Product))
			value += x
			for _, power := range m.Products[t.Product] {
				if slices.Contains(of, power.Variable) {
					slope += float64(x * float64(power.Exponent))
				}
			}
		}
		return slope, value
	}
	slope, value := sums(f.Terms)
	if value == 0 {
		return 0
	}
	out := slope / value
	if len(f.Per) > 0 {
		slope, value = sums(f.Per)
		out -= slope / value
	}
	return out
}
