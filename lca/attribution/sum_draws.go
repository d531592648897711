package attribution

import (
	"fmt"
	"math"
)

// squares are sums over draws of squared deviations.
type squares struct {
	n             float64
	sum           float64   // of Y - E[Y]
	first, totals []float64 // of E[Y|g] - E[Y] and of Y - E[Y|all but g], of each group
}

// byDraws computes means of squares over the draws.
func (c *compiled) byDraws() (Split, error) {
	n, err := c.draws()
	if err != nil {
		return Split{}, err
	}
	w := c.worker()
	bounds := func(b int) (from, to int) { return b * n / splitBatches, (b + 1) * n / splitBatches }

	// Expectations that moments do not give are means over all draws, and over each batch for the errors.
	sampled := false
	whole := make([]float64, len(c.factors))
	each := make([][]float64, splitBatches)
	for f := range c.factors {
		sampled = sampled || !c.factors[f].known
	}
	for b := range each {
		from, to := bounds(b)
		each[b] = make([]float64, len(c.factors))
		if sampled {
			w.sumFactors(from, to, each[b])
		}
		for f := range each[b] {
			whole[f] += each[b][f]
			each[b][f] /= float64(to - from)
		}
	}
	for f := range whole {
		whole[f] /= float64(n)
		if c.factors[f].known {
			whole[f] = c.factors[f].mean
			for b := range each {
				each[b][f] = whole[f]
			}
		}
	}
	means := c.means(func(f int) float64 { return whole[f] })

	all := make([]squares, splitBatches)
	own := all // with each batch's own means
	for b := range all {
		from, to := bounds(b)
		all[b] = w.square(from, to, means)
	}
	var mean [splitBatches]float64
	if sampled {
		own = make([]squares, splitBatches)
		for b := range own {
			from, to := bounds(b)
			parts := c.means(func(f int) float64 { return each[b][f] })
			own[b] = w.square(from, to, parts)
			mean[b] = c.mean(parts)
		}
	}

	sum := func(of func(*squares) float64) (total float64) {
		for b := range all {
			total += of(&all[b])
		}
		return total
	}
	square := sum(func(s *squares) float64 { return s.sum })
	out := Split{Mean: interval(c.mean(means), deviation(mean[:])/math.Sqrt(splitBatches)), Groups: make([]Index, c.reported)}
	// ratio is the ratio of two sums, with the error of one of means.
	ratio := func(of, over func(*squares) float64) Estimate {
		whole := sum(over)
		value := sum(of) / whole
		var rests [splitBatches]float64
		for b := range own {
			rests[b] = of(&own[b]) - float64(value*over(&own[b]))
		}
		return interval(value, float64(deviation(rests[:])*math.Sqrt(splitBatches))/whole)
	}
	out.Variance = ratio(func(s *squares) float64 { return s.sum }, func(s *squares) float64 { return s.n })
	if square == 0 {
		return out, nil
	}
	for g := range out.Groups {
		out.Groups[g] = Index{
			First: ratio(func(s *squares) float64 { return s.first[g] }, func(s *squares) float64 { return s.sum }),
			Total: ratio(func(s *squares) float64 { return s.totals[g] }, func(s *squares) float64 { return s.sum }),
		}
	}
	return out, nil
}

func interval(value, deviation float64) Estimate {
	return Estimate{value, deviation, value - float64(student*deviation), value + float64(student*deviation)}
}

func deviation(x []float64) float64 {
	_, d := meanDeviation(x)
	return d
}

// draws is how many draws there are of each variable that the sum has.
func (c *compiled) draws() (int, error) {
	n := -1
	for _, f := range c.factors {
		for _, p := range f.powers {
			if k := len(c.sum.Variables[p.Variable].Draws); n >= 0 && k != n {
				return 0, fmt.Errorf("variable %d has %d draws, and others %d", p.Variable, k, n)
			} else {
				n = k
			}
		}
	}
	if n < MinDraws {
		return 0, fmt.Errorf("%d draws of the variables, whose moments are not all known or whose monomials are too many for them: %d are needed at least", max(n, 0), MinDraws)
	}
	return n, nil
}

// worker computes with some draws at a time, which fit into the processor's cache.
type worker struct {
	*compiled
	chunk          int
	factors, parts [][]float64 // values; a part of one factor shares them
	first, totals  [][]float64 // deviations, of each group
	y              []float64
	after          [][]float64 // products of a term's parts from one on
	before         []float64
}

func (c *compiled) worker() *worker {
	w := &worker{compiled: c}
	most := 0
	for _, t := range c.terms {
		most = max(most, len(t.parts))
	}
	columns := len(c.factors) + len(c.parts) + 2*c.groups + most + 3
	w.chunk = max(16, min(512, (1<<19)/columns))
	make2 := func(n int) [][]float64 {
		out := make([][]float64, n)
		for i := range out {
			out[i] = make([]float64, w.chunk)
		}
		return out
	}
	w.factors, w.first, w.totals, w.after = make2(len(c.factors)), make2(c.groups), make2(c.groups), make2(most+1)
	w.y, w.before = make([]float64, w.chunk), make([]float64, w.chunk)
	for _, p := range c.parts {
		if len(p.factors) == 1 {
			w.parts = append(w.parts, w.factors[p.factors[0]])
		} else {
			w.parts = append(w.parts, make([]float64, w.chunk))
		}
	}
	return w
}

// raise computes all factors at some draws.
func (w *worker) raise(from, n int) {
	for i := range w.compiled.factors {
		out := w.factors[i][:n]
		for j, p := range w.compiled.factors[i].powers {
			x := w.compiled.sum.Variables[p.Variable].Draws[from : from+n]
			for d := range out {
				v := power(x[d], p.Exponent)
				if j > 0 {
					v = float64(v * out[d])
				}
				out[d] = v
			}
		}
	}
}

// power is x^e by repeated squaring, as exact for any processor as products are.
func power(x float64, e int) float64 {
	switch e {
	case 1:
		return x
	case -1:
		return 1 / x
	}
	product := 1.0
	for n := max(e, -e); n > 0; n >>= 1 {
		if n&1 != 0 {
			product = float64(product * x)
		}
		x = float64(x * x)
	}
	if e < 0 {
		return 1 / product
	}
	return product
}

// sumFactors adds the factors' values at draws to sums.
func (w *worker) sumFactors(from, to int, sums []float64) {
	for ; from < to; from += w.chunk {
		n := min(w.chunk, to-from)
		w.raise(from, n)
		for f := range sums {
			for _, x := range w.factors[f][:n] {
				sums[f] += x
			}
		}
	}
}

// square adds up squared deviations at draws from expectations that are made of the parts' means.
func (w *worker) square(from, to int, means []float64) squares {
	out := squares{n: float64(to - from), first: make([]float64, w.groups), totals: make([]float64, w.groups)}
	weights := w.weights(means)
	mean := w.mean(means)
	for ; from < to; from += w.chunk {
		n := min(w.chunk, to-from)
		w.raise(from, n)
		w.multiply(n)
		w.deviate(n, means, weights)
		for g := range w.groups {
			for d := range n {
				x, y := w.first[g][d], w.totals[g][d]
				out.first[g] += float64(x * x)
				out.totals[g] += float64(y * y)
			}
		}
		for _, y := range w.y[:n] {
			out.sum += float64((y - mean) * (y - mean))
		}
	}
	return out
}

// weights are what the deviation of each part is multiplied by in E[Y|g]: over its terms, the coefficients times the means of the other parts.
func (w *worker) weights(means []float64) []float64 {
	out := make([]float64, len(w.compiled.parts))
	for _, t := range w.terms {
		for i, p := range t.parts {
			product := t.coefficient
			for j, other := range t.parts {
				if j != i {
					product = float64(product * means[other])
				}
			}
			out[p] += product
		}
	}
	return out
}

// multiply computes the parts from the factors.
func (w *worker) multiply(n int) {
	for i, p := range w.compiled.parts {
		if len(p.factors) == 1 {
			continue
		}
		out := w.parts[i][:n]
		copy(out, w.factors[p.factors[0]])
		for _, f := range p.factors[1:] {
			for d, x := range w.factors[f][:n] {
				out[d] = float64(out[d] * x)
			}
		}
	}
}

// deviate computes the sum and the deviations of each group from the parts.
func (w *worker) deviate(n int, means, weights []float64) {
	clear(w.y)
	for g := range w.groups {
		clear(w.first[g])
		clear(w.totals[g])
	}
	for i, p := range w.compiled.parts {
		first, mean, weight := w.first[p.group][:n], means[i], weights[i]
		for d, x := range w.parts[i][:n] {
			first[d] += float64((x - mean) * weight)
		}
	}
	for _, t := range w.terms {
		k := len(t.parts)
		for d := range n {
			w.after[k][d], w.before[d] = t.coefficient, 1
		}
		for i := k - 1; i >= 0; i-- {
			after, next := w.after[i][:n], w.after[i+1][:n]
			for d, x := range w.parts[t.parts[i]][:n] {
				after[d] = float64(next[d] * x)
			}
		}
		for i, p := range t.parts {
			totals, after, before, mean := w.totals[w.compiled.parts[p].group][:n], w.after[i+1][:n], w.before[:n], means[p]
			for d, x := range w.parts[p][:n] {
				totals[d] += float64(before[d] * (x - mean) * after[d])
				before[d] = float64(before[d] * x)
			}
		}
		for d, x := range w.after[0][:n] {
			w.y[d] += x
		}
	}
}
