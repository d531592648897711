// Package attribution says what a result's uncertainty, or the result itself, goes back to. It is mathematics of functions of independent uniform
// numbers and of sums of products of random variables, and knows nothing of what they stand for:
//
//   - Sobol and Morris take a function as a black box and pay with evaluations of it; OneAtATime and Elasticity look at it near one point.
//   - Sum.Split takes the function's structure, a sum of products, and needs no evaluation of it.
//   - Exceeds, Compare and Ranks say which of several results is larger as far as their draws can tell.
//
// Everything is computed in one order, without fused operations and without functions whose last bits depend on the processor: the same input gives the
// same bits everywhere. What is random is keyed by a seed and by what it is for, never by when it is asked for.
//
// The indices are Sobol's. Of a result Y with independent groups of variables, the first-order index of the group g is
//
//	S = Var(E[Y|g]) / Var(Y)
//
// which is the part of the variance that would go, on average, if the group were known, and the total index is
//
//	T = E[Var(Y|all but g)] / Var(Y)
//
// which is the part that would be left if all others were known: it counts what the group does together with others, too. First-order indices of a
// partition sum to 1 at most, total ones to 1 at least, both to 1 just where Y is a sum of functions of single groups (Sobol 1993, Sensitivity estimates
// for nonlinear mathematical models, Mathematical Modelling and Computational Experiments 1, 407 to 414; Homma and Saltelli 1996, Importance measures in
// global sensitivity analysis of nonlinear models, Reliability Engineering and System Safety 52, 1 to 17). A result that does not vary has indices 0.
package attribution

import (
	"math"
	"math/bits"
	"slices"
)

// Estimate is a number that sampling may have left uncertain.
type Estimate struct {
	Value     float64
	Error     float64 // standard error; 0 where the value is exact
	Low, High float64 // confidence interval; both are the value where that is exact
}

func exactly(x float64) Estimate { return Estimate{Value: x, Low: x, High: x} }

// Index holds the Sobol indices of a variable or of a group.
type Index struct {
	First, Total Estimate
}

// Function evaluates a model at points of the unit cube, which lie in points one behind the other, as many numbers each as the model has quantities. It
// sets values, one of each point, keeps neither slice, and may change points.
type Function func(points, values []float64) error

// rows is how many points a Function is given at once, at most.
const rows = 1024

// key is a random number that is known by what it is for: each step adds a number to its name. The mixing is that of SplitMix64 (Steele, Lea and Flood 2014,
// Fast splittable pseudorandom number generators, OOPSLA 14, 453 to 472, with Stafford's variant 13 of the constants).
type key uint64

func (k key) of(n int) key {
	z := uint64(k) + (uint64(n)+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return key(z ^ z>>31)
}

// below is a number of 0 to n-1, each as likely as the others but for a part of n in 2^64.
func (k key) below(n int) int {
	high, _ := bits.Mul64(uint64(k), uint64(n))
	return int(high)
}

// Purposes that keys start from, so that one seed may serve all.
const (
	forBootstrap = iota
	forTrajectory
)

// quantile interpolates linearly between order statistics (definition 7 of Hyndman and Fan 1996, Sample quantiles in statistical packages, The American
// Statistician 50, 361 to 365). It sorts values, of which there is one at least.
func quantile(values []float64, p float64) float64 {
	slices.Sort(values)
	at := float64(p * float64(len(values)-1))
	i := min(int(at), len(values)-1)
	if i == len(values)-1 {
		return values[i]
	}
	return values[i] + float64((at-float64(i))*(values[i+1]-values[i]))
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
