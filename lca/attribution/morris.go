package attribution

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// MorrisOptions say how a black box is screened.
type MorrisOptions struct {
	Trajectories int     // 2 at least; 10 to 50 are usual
	Levels       int     // of the grid in each direction, an even number; 0: 4
	Low, High    float64 // the ends of the grid in each direction; both 0: 0 and 1. Quantities without bounds need ends inside.
	Seed         uint64
}

// Effects are the elementary effects of a quantity: by how much the result changes as the quantity alone moves by half of the grid or somewhat more, over the
// length of the move in the unit cube.
type Effects struct {
	Mean     float64 // Morris's μ: 0 where effects of both signs cancel
	Absolute float64 // Campolongo's μ*, the mean of the sizes, by which quantities are ranked
	Spread   float64 // σ: the standard deviation; large against μ* where the effect is not linear or depends on others
	Error    float64 // standard error of Absolute
}

// Morris screens a function's quantities from trajectories × (quantities + 1) evaluations. A trajectory starts at a random point of the grid and moves each
// quantity once, in a random order, up or down by Δ = levels / (2 (levels - 1)) of the grid's length, so that each level is as likely as the others (Morris
// 1991, Factorial sampling plans for preliminary computational experiments, Technometrics 33, 161 to 174; μ* by Campolongo, Cariboni and Saltelli 2007, An
// effective screening design for sensitivity analysis of large models, Environmental Modelling & Software 22, 1509 to 1518). A quantity's start and direction
// in a trajectory depend on the seed, the trajectory's number and the quantity's.
func Morris(f Function, quantities int, o MorrisOptions) ([]Effects, error) {
	if o.Levels == 0 {
		o.Levels = 4
	}
	if o.Low == 0 && o.High == 0 {
		o.High = 1
	}
	switch {
	case o.Trajectories < 2:
		return nil, fmt.Errorf("%d trajectories: a spread needs 2 at least", o.Trajectories)
	case o.Levels < 2 || o.Levels%2 != 0:
		return nil, fmt.Errorf("a grid of %d levels: the number must be even, so that all levels are as likely", o.Levels)
	case !(0 <= o.Low && o.Low < o.High && o.High <= 1):
		return nil, fmt.Errorf("a grid from %v to %v does not lie in the unit cube", o.Low, o.High)
	}
	effects := make([][]float64, quantities)
	points, values := make([]float64, (quantities+1)*quantities), make([]float64, quantities+1)
	for t := range o.Trajectories {
		order, steps := trajectory(points, quantities, t, &o)
		if err := f(points, values); err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(values, func(y float64) bool { return !finite(y) }); i >= 0 {
			return nil, fmt.Errorf("the function is %v at point %d of trajectory %d", values[i], i, t)
		}
		for i, q := range order {
			effects[q] = append(effects[q], (values[i+1]-values[i])/steps[q])
		}
	}
	out := make([]Effects, quantities)
	for q, e := range effects {
		var sizes []float64
		for _, x := range e {
			sizes = append(sizes, math.Abs(x))
		}
		out[q].Mean, out[q].Spread = meanDeviation(e)
		out[q].Absolute, out[q].Error = meanDeviation(sizes)
		out[q].Error /= math.Sqrt(float64(len(e)))
	}
	return out, nil
}

// trajectory sets points to those of a trajectory. It gives the order in which quantities move, and each one's signed step.
func trajectory(points []float64, quantities, number int, o *MorrisOptions) (order []int, steps []float64) {
	k := key(o.Seed).of(forTrajectory).of(number)
	half := o.Levels / 2
	at := func(level int) float64 { return o.Low + float64((o.High-o.Low)*float64(level))/float64(o.Levels-1) }
	from, to, turn := make([]float64, quantities), make([]float64, quantities), make([]key, quantities)
	steps = make([]float64, quantities)
	for q := range quantities {
		k := k.of(q)
		level := k.of(0).below(half)
		from[q], to[q] = at(level), at(level+half)
		if k.of(1).below(2) == 1 {
			from[q], to[q] = to[q], from[q]
		}
		steps[q] = to[q] - from[q]
		turn[q] = k.of(2)
		order = append(order, q)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(turn[a], turn[b]) })
	copy(points, from)
	for i, q := range order {
		next := points[(i+1)*quantities : (i+2)*quantities]
		copy(next, points[i*quantities:])
		next[q] = to[q]
	}
	return order, steps
}

// meanDeviation gives the mean and the standard deviation of a sample of two at least.
func meanDeviation(x []float64) (mean, deviation float64) {
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	for _, v := range x {
		deviation += float64((v - mean) * (v - mean))
	}
	return mean, math.Sqrt(deviation / float64(len(x)-1))
}
