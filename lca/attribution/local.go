package attribution

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Swing is what a result does as one quantity alone moves.
type Swing struct {
	Quantity  int
	Low, High float64 // the result at the quantity's low and high value; the first may be the larger one
}

// OneAtATime evaluates a function with all quantities at their medians, which gives base, and with each in turn at its quantiles low and high (0.05 and 0.95,
// say): the bars of a tornado chart, the widest first, those of one width in the order of the quantities. That is 2 × quantities + 1 evaluations. It sees
// nothing of what quantities do together.
func OneAtATime(f Function, quantities int, low, high float64) (base float64, swings []Swing, err error) {
	value := make([]float64, 1)
	point := make([]float64, quantities)
	at := func(q int, u float64) (float64, error) {
		for i := range point {
			point[i] = 0.5
		}
		if q >= 0 {
			point[q] = u
		}
		if err := f(point, value); err != nil {
			return 0, err
		}
		if !finite(value[0]) {
			return 0, fmt.Errorf("the function is %v with quantity %d at its quantile %v and all others at their medians", value[0], q, u)
		}
		return value[0], nil
	}
	if base, err = at(-1, 0.5); err != nil {
		return 0, nil, err
	}
	for q := range quantities {
		s := Swing{Quantity: q}
		if s.Low, err = at(q, low); err != nil {
			return 0, nil, err
		}
		if s.High, err = at(q, high); err != nil {
			return 0, nil, err
		}
		swings = append(swings, s)
	}
	slices.SortStableFunc(swings, func(a, b Swing) int { return cmp.Compare(math.Abs(b.High-b.Low), math.Abs(a.High-a.Low)) })
	return base, swings, nil
}

// Elasticity is the relative change of a result y over that of a quantity x, to first order: x/y dy/dx, so 1 where the result is proportional to the quantity
// and -1 where it is inversely so. It is NaN where the result is 0, which has no relative change.
func Elasticity(x, y, derivative float64) float64 {
	if y == 0 {
		return math.NaN()
	}
	return float64(x*derivative) / y
}
