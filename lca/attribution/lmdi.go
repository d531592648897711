package attribution

import (
	"errors"
	"fmt"
	"math"

	"github.com/ai-impact-observatory/ailca/lca/elementary"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// Divisia is a change of a total, parted among the drivers of its cells by their logarithmic means.
type Divisia struct {
	Drivers []float64 // the part of each driver
	// Appeared is what cells are that were 0 before and are not after, and Disappeared, which is not positive, what cells were that are 0 after, where no
	// driver is told to be the cause.
	Appeared, Disappeared float64
}

// misfit bounds what the drivers of a cell may leave of its change, relative to the greater of its two values. Rounding leaves less than 1e-12.
const misfit = 1e-9

// LMDI parts the change of a total among drivers by the logarithmic mean Divisia index, additive, method I (Ang 2005, The LMDI approach to decomposition
// analysis, Energy Policy 33, 867 to 871; Ang 2015, LMDI decomposition approach, Energy Policy 86, 233 to 238).
//
// The total is the sum of cells, such as countries or kinds of device. Cell i has the values before[i] and after[i], both of which are products of the same
// factors, such as activity, share and intensity. drivers[d][i] is what driver d, a factor, is after, divided by what it was before. The ratios of a cell
// multiply to that of its values. The part of a driver is
//
//	part(d) = Σ over cells i of L(after[i], before[i]) × ln drivers[d][i], with L(a, b) = (a - b) / ln(a / b), L(a, a) = a and L(a, 0) = 0
//
// The parts add up to the change of the total. With before and after exchanged, every part changes its sign. What is twice as large has parts twice as large.
// Cells may be grouped: the parts of groups add up to those of the whole. A driver whose ratios are 1 gets exactly 0. Unlike Shapley values, those of LMDI need
// no values in between, and their number of drivers is not bounded; the factors must multiply.
//
// A cell that appears or disappears has no ratio of values. Its change goes to the drivers that are told to be the cause by a ratio that is infinite, for a
// driver that comes from 0, or 0, for one that goes to 0: to several in equal parts. That is the limit in which all of them come from, or go to, the same small value
// (Ang and Liu 2007, Handling zero values in the logarithmic mean Divisia index decomposition approach, Energy Policy 35, 238 to 246; Wood and Lenzen 2006, Energy
// Policy 34, 1326 to 1331); the cell's other drivers get nothing. Where none is told, the change stands in Appeared or Disappeared. A cell that is 0 before and
// after changes nothing, and its ratios are not looked at.
//
// Each product is rounded, sums are exact before they are rounded once. So the parts miss the change by rounding, of the size of 2^-52 of the cells' values for each
// driver; see Divisia.Parts. They do not depend on the order of cells.
//
// It is an error where the lengths differ, a value is negative or not finite, a ratio is not as above, or the drivers of a cell leave more than 1e-9 of it
// unexplained.
func LMDI(before, after []float64, drivers [][]float64) (Divisia, error) {
	if len(before) != len(after) {
		return Divisia{}, fmt.Errorf("%d cells before and %d after", len(before), len(after))
	}
	for d, ratios := range drivers {
		if len(ratios) != len(before) {
			return Divisia{}, fmt.Errorf("%d cells, of which driver %d has %d", len(before), d, len(ratios))
		}
	}
	sums := make([]exact.Sum, len(drivers))
	var appeared, disappeared exact.Sum
	for i, b := range before {
		a := after[i]
		if !(b >= 0 && b <= math.MaxFloat64 && a >= 0 && a <= math.MaxFloat64) {
			return Divisia{}, fmt.Errorf("cell %d: %v before and %v after are not two finite values of at least 0", i, b, a)
		}
		var err error
		switch {
		case a == 0 && b == 0:
		case b == 0:
			err = limit(sums, &appeared, drivers, i, a, math.Inf(1))
		case a == 0:
			err = limit(sums, &disappeared, drivers, i, -b, 0)
		default:
			err = spread(sums, drivers, i, b, a)
		}
		if err != nil {
			return Divisia{}, fmt.Errorf("cell %d: %w", i, err)
		}
	}
	out := Divisia{Drivers: make([]float64, len(drivers)), Appeared: appeared.Float64(), Disappeared: disappeared.Float64()}
	finite := appeared.IsFinite() && disappeared.IsFinite()
	for d := range sums {
		out.Drivers[d] = sums[d].Float64()
		finite = finite && sums[d].IsFinite()
	}
	if !finite {
		return Divisia{}, errors.New("a part leaves the range of float64")
	}
	return out, nil
}

// spread parts the change of a cell that is there before and after.
func spread(sums []exact.Sum, drivers [][]float64, i int, before, after float64) error {
	mean := logarithmicMean(after, before)
	explained := 0.0
	for d := range drivers {
		ratio := drivers[d][i]
		if !(ratio > 0 && ratio <= math.MaxFloat64) {
			return fmt.Errorf("driver %d: its ratio %v is not positive and finite", d, ratio)
		}
		part := float64(mean * elementary.Ln(ratio))
		sums[d].Add(part)
		explained += part
	}
	if change := after - before; !(math.Abs(explained-change) <= max(float64(misfit*max(before, after)), 0x1p-1022)) {
		return fmt.Errorf("it changes by %v, of which its drivers explain %v: their ratios must multiply to %v", change, explained, after/before)
	}
	return nil
}

// limit gives the change of a cell that appears or disappears to the drivers whose ratio tells that they are the cause, else to other.
func limit(sums []exact.Sum, other *exact.Sum, drivers [][]float64, i int, change, cause float64) error {
	causes := 0
	for d := range drivers {
		switch ratio := drivers[d][i]; {
		case ratio == cause:
			causes++
		case !(ratio > 0 && ratio <= math.MaxFloat64):
			return fmt.Errorf("driver %d: its ratio %v is neither positive and finite nor %v, for a value of 0 on one side", d, ratio, cause)
		}
	}
	if causes == 0 {
		other.Add(change)
		return nil
	}
	for d := range drivers {
		if drivers[d][i] == cause {
			sums[d].Add(change / float64(causes))
		}
	}
	return nil
}

// Parts makes of parts multiples of one power of two that add up to the change of the total to the bit, added as float64 in any order, as the function Parts does;
// rest is what it is there.
func (d Divisia) Parts(difference float64) (out Divisia, rest float64) {
	n := len(d.Drivers)
	all := append(append(make([]float64, 0, n+2), d.Drivers...), d.Appeared, d.Disappeared)
	all, rest = Parts(difference, all)
	return Divisia{all[:n:n], all[n], all[n+1]}, rest
}

// logarithmicMean is L(a, b) of two finite values that are at least 0, to 5 units in the last place. It lies between them and is the same for (b, a).
//
// Where the values are near, their logarithms nearly cancel. There, with x = (a - b) / (a + b), ln(a / b) = 2 artanh x = 2 (x + x³/3 + x⁵/5 + ...), so that
//
//	L(a, b) = (a + b)/2 / (1 + x²/3 + x⁴/5 + ...)
func logarithmicMean(a, b float64) float64 {
	a, b = max(a, b), min(a, b)
	difference := a - b
	switch {
	case difference == 0 || b == 0:
		return b
	case difference > b: // ln(a / b) is more than ln 2
		ratio := a / b
		if ratio > math.MaxFloat64 {
			return difference / (elementary.Ln(a) - elementary.Ln(b))
		}
		return difference / elementary.Ln(ratio)
	}
	// The difference is exact, and x is at most 1/3.
	x := difference / a / (1 + b/a)
	square := float64(x * x)
	series := 0.0
	for k := 17; k > 0; k-- {
		series = float64((series + 1/float64(2*k+1)) * square)
	}
	return (b + float64(difference/2)) / (1 + series)
}
