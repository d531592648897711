package attribution

import (
	"fmt"
	"math"
	"slices"
)

// Points is a design of points in the unit cube. Matrices 0 and 1 are independent of each other and so are their columns, one of each quantity.
type Points interface {
	// Fill sets out to the coordinates of the points from, from+1, … in a column of a matrix, numbers above 0 and below 1.
	Fill(matrix, column, from int, out []float64)
}

// SobolOptions say how indices of a black box are estimated.
type SobolOptions struct {
	Points     Points
	Draws      int     // points of each matrix, 2 at least
	Seed       uint64  // of the bootstrap
	Replicates int     // of the bootstrap; 0: 1,000
	Confidence float64 // of the intervals; 0: 0.95
}

// SobolIndices are those of a black box.
type SobolIndices struct {
	Mean, Variance float64 // of the result, over both matrices
	Evaluations    int     // of the function
	Indices        []Index // one of each quantity
}

// maxBatches bounds the parts that draws are summed up in for errors and intervals. Up to as many draws, each is by itself.
const maxBatches = 1000

// Sobol estimates the indices of each of a function's quantities from draws × (quantities + 2) evaluations. With the matrices A and B of points, and A with
// one column of B, called C, the first-order index is
//
//	Σ f(B) (f(C) - f(A)) / (n Var f)
//
// and the total one Σ (f(A) - f(C))² / (2 n Var f): the estimators which Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola 2010 (Variance based
// sensitivity analysis of model output, Computer Physics Communications 181, 259 to 270, table 2, b and f) find the best of those of this cost; the second is
// by Jansen 1999 (Analysis of variance designs for model output, Computer Physics Communications 117, 35 to 43). The mean is taken off f(B), which changes no
// expectation and keeps the estimator's error from growing with the mean. An estimate may lie somewhat below 0 or above 1.
//
// Errors are those of the ratios to first order, from the spread over the draws or, of more than 1,000, over 1,000 batches of them; intervals are percentiles
// of a bootstrap of the same (Archer, Saltelli and Sobol 1997, Sensitivity measures, ANOVA-like techniques and the use of bootstrap, Journal of Statistical
// Computation and Simulation 58, 99 to 120). Both take the draws as independent: of stratified or low-discrepancy points they are too wide.
func Sobol(f Function, quantities int, o SobolOptions) (SobolIndices, error) {
	if o.Draws < 2 {
		return SobolIndices{}, fmt.Errorf("%d draws: Sobol indices need 2 at least", o.Draws)
	}
	if o.Replicates <= 0 {
		o.Replicates = 1000
	}
	if o.Confidence == 0 {
		o.Confidence = 0.95
	}
	batches, shift, err := evaluate(f, quantities, o)
	if err != nil {
		return SobolIndices{}, err
	}
	each := make([]int, len(batches))
	for i := range each {
		each[i] = 1
	}
	whole := total(batches, each, quantities)
	out := SobolIndices{Mean: shift + whole.mean(), Variance: whole.variance(), Evaluations: o.Draws * (quantities + 2), Indices: make([]Index, quantities)}
	if out.Variance == 0 {
		return out, nil
	}
	for q := range out.Indices {
		out.Indices[q] = whole.index(q)
		whole.errors(q, batches, &out.Indices[q])
	}
	first, totals := make([][]float64, quantities), make([][]float64, quantities)
	for r := range o.Replicates {
		clear(each)
		k := key(o.Seed).of(forBootstrap).of(r)
		for i := range batches {
			each[k.of(i).below(len(batches))]++
		}
		replicate := total(batches, each, quantities)
		for q := range quantities {
			index := replicate.index(q)
			first[q] = append(first[q], index.First.Value)
			totals[q] = append(totals[q], index.Total.Value)
		}
	}
	tail := float64((1 - o.Confidence) / 2)
	for q := range out.Indices {
		x := &out.Indices[q]
		x.First.Low, x.First.High = quantile(first[q], tail), quantile(first[q], 1-tail)
		x.Total.Low, x.Total.High = quantile(totals[q], tail), quantile(totals[q], 1-tail)
	}
	return out, nil
}

// sums are what estimates are made of, over some draws. Values of the function have a common shift taken off, against cancellation.
type sums struct {
	n       float64
	y, y2   float64   // of f(A) + f(B), and of their squares
	change  []float64 // of f(C) - f(A), of each quantity
	change2 []float64 // of its square
	with    []float64 // of f(B) (f(C) - f(A))
}

func newSums(quantities int) *sums {
	return &sums{change: make([]float64, quantities), change2: make([]float64, quantities), with: make([]float64, quantities)}
}

func (s *sums) mean() float64 { return s.y / (2 * s.n) }

func (s *sums) variance() float64 {
	mean := s.mean()
	return max(0, s.y2/(2*s.n)-float64(mean*mean))
}

func (s *sums) index(q int) (x Index) {
	if v := s.variance(); v > 0 {
		x.First.Value = (s.with[q] - float64(s.mean()*s.change[q])) / (s.n * v)
		x.Total.Value = s.change2[q] / (2 * s.n * v)
	}
	return x
}

// errors sets the standard errors of a quantity's indices, as those of ratios of means.
func (s *sums) errors(q int, batches []*sums, x *Index) {
	mean, v := s.mean(), s.variance()
	first, total := 0.0, 0.0
	for _, b := range batches {
		// The batch's sum of squares about the mean of all.
		about := float64((b.y2 - float64(2*mean*b.y) + float64(2*b.n*mean*mean)) / 2)
		d := b.with[q] - float64(mean*b.change[q]) - float64(x.First.Value*about)
		first += float64(d * d)
		d = float64(b.change2[q]/2) - float64(x.Total.Value*about)
		total += float64(d * d)
	}
	x.First.Error = math.Sqrt(first) / (s.n * v)
	x.Total.Error = math.Sqrt(total) / (s.n * v)
}

// total adds up batches, each as many times as is said.
func total(batches []*sums, times []int, quantities int) *sums {
	out := newSums(quantities)
	for i, b := range batches {
		if times[i] == 0 {
			continue
		}
		w := float64(times[i])
		out.n += float64(w * b.n)
		out.y += float64(w * b.y)
		out.y2 += float64(w * b.y2)
		for q := range quantities {
			out.change[q] += float64(w * b.change[q])
			out.change2[q] += float64(w * b.change2[q])
			out.with[q] += float64(w * b.with[q])
		}
	}
	return out
}

// evaluate computes the function at all points and adds up each batch of draws. shift is what it took off the values.
func evaluate(f Function, quantities int, o SobolOptions) (batches []*sums, shift float64, err error) {
	batches = make([]*sums, min(o.Draws, maxBatches))
	for i := range batches {
		batches[i] = newSums(quantities)
	}
	width := min(rows, o.Draws)
	a, b, given := make([]float64, width*quantities), make([]float64, width*quantities), make([]float64, width*quantities)
	fa, fb, fc, column := make([]float64, width), make([]float64, width), make([]float64, width), make([]float64, width)
	for from := 0; from < o.Draws; from += width {
		n := min(width, o.Draws-from)
		for matrix, points := range [][]float64{a, b} {
			for q := range quantities {
				o.Points.Fill(matrix, q, from, column[:n])
				for i, u := range column[:n] {
					points[i*quantities+q] = u
				}
			}
		}
		// at evaluates the function at matrix A with column q of B; at B as a whole for q = -1, at A for q = -2.
		at := func(q int, values []float64) error {
			copy(given, a)
			switch {
			case q == -1:
				copy(given, b)
			case q >= 0:
				for i := range n {
					given[i*quantities+q] = b[i*quantities+q]
				}
			}
			if err := f(given[:n*quantities], values[:n]); err != nil {
				return err
			}
			if i := slices.IndexFunc(values[:n], func(y float64) bool { return !finite(y) }); i >= 0 {
				return fmt.Errorf("the function is %v at draw %d", values[i], from+i)
			}
			return nil
		}
		if err := at(-2, fa); err != nil {
			return nil, 0, err
		}
		if err := at(-1, fb); err != nil {
			return nil, 0, err
		}
		if from == 0 {
			for _, y := range fa[:n] {
				shift += y / float64(n)
			}
		}
		batch := func(i int) *sums { return batches[(from+i)*len(batches)/o.Draws] }
		for i := range n {
			fa[i] -= shift
			fb[i] -= shift
			s := batch(i)
			s.n++
			s.y += fa[i] + fb[i]
			s.y2 += float64(fa[i]*fa[i]) + float64(fb[i]*fb[i])
		}
		for q := range quantities {
			if err := at(q, fc); err != nil {
				return nil, 0, err
			}
			for i := range n {
				s, change := batch(i), fc[i]-shift-fa[i]
				s.change[q] += change
				s.change2[q] += float64(change * change)
				s.with[q] += float64(fb[i] * change)
			}
		}
	}
	return batches, shift, nil
}
