package montecarlo

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/dist"
)

// At is a figure where some variables are at a quantile of theirs, all others at their point values: what is made of variables follows. Rests are at their mean.
func (m *Model) At(f *Figure, moved []int32, u float64) float64 {
	return m.at(f, func(i int32) float64 {
		v := &m.Variables[i]
		if v.Dist.Family() == dist.Fixed || !slices.Contains(moved, i) {
			return v.Point
		}
		out := []float64{0}
		v.fill([]float64{u}, out)
		return out[0]
	})
}

// Elasticity is by how many per cent a figure changes, about the point values, where variables are each one per cent larger, and what is made of them follows: the
// slope between a hundred thousandth less and more.
func (m *Model) Elasticity(f *Figure, of []int32) float64 {
	const step = 1e-5
	scaled := func(by float64) float64 {
		return m.at(f, func(i int32) float64 {
			if v := &m.Variables[i]; slices.Contains(of, i) {
				return float64(v.Point * by)
			}
			return m.Variables[i].Point
		})
	}
	value := scaled(1)
	if value == 0 {
		return 0
	}
	return (scaled(1+step) - scaled(1-step)) / (2 * step) / value
}

// at is a figure at values of the variables that are drawn.
func (m *Model) at(f *Figure, drawn func(variable int32) float64) float64 {
	values := make([]float64, len(m.Variables))
	product := func(coefficient float64, p Product) float64 {
		for _, power := range p {
			coefficient = raised(coefficient, values[power.Variable], power.Exponent)
		}
		return coefficient
	}
	for i := range m.Variables {
		v := &m.Variables[i]
		switch {
		case v.Made != nil:
			of := make([][]float64, len(v.Of))
			for k, id := range v.Of {
				of[k] = []float64{values[id]}
			}
			values[i] = v.Made(of)[0]
		case v.Sum != nil:
			for k := range v.Sum {
				values[i] += product(v.Sum[k].Coefficient, v.Sum[k].Product)
			}
		default:
			values[i] = drawn(int32(i))
		}
	}
	of := func(terms []Term) float64 {
		sum := 0.0
		for _, t := range terms {
			sum += product(t.Coefficient, m.Products[t.Product])
		}
		return sum
	}
	if len(f.Per) > 0 {
		return of(f.Terms) / of(f.Per)
	}
	return of(f.Terms)
}
