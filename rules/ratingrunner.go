package rules

import (
	"math"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Rating is how rows are rated: how many are of each level, and the ratings of the rows. Ratings of the same program are added in any order.
type Rating struct {
	Rows     int64
	Levels   [][Levels]int64     // of each indicator: rows of each level, 0 for what does not apply
	Weighted [][Levels]exact.Sum // the same, by weight
	Weight   exact.Sum           // of all rows
	Classes  []int64             // rows of each class
	mean     exact.Sum           // of the rows' means
	ilcd     exact.Sum           // of the rows' ratings by the handbook's formula
}

// NewRating is one of no rows.
func (r *Ratings) NewRating() *Rating {
	return &Rating{Levels: make([][Levels]int64, len(r.Indicators)), Weighted: make([][Levels]exact.Sum, len(r.Indicators)), Classes: make([]int64, len(r.Classes))}
}

// Merge adds another one.
func (r *Rating) Merge(other *Rating) {
	r.Rows += other.Rows
	for i := range r.Levels {
		for level := range r.Levels[i] {
			r.Levels[i][level] += other.Levels[i][level]
			r.Weighted[i][level].Merge(&other.Weighted[i][level])
		}
	}
	for i, n := range other.Classes {
		r.Classes[i] += n
	}
	r.Weight.Merge(&other.Weight)
	r.mean.Merge(&other.mean)
	r.ilcd.Merge(&other.ilcd)
}

// Mean is the mean over the rows of the mean of each row's indicators, as the PEF has it. It is NaN of no rows.
func (r *Rating) Mean() float64 { return ofRows(&r.mean, r.Rows) }

// ILCD is the mean over the rows of the handbook's rating of each, to which the worst indicator adds four more times. It is NaN of no rows.
func (r *Rating) ILCD() float64 { return ofRows(&r.ilcd, r.Rows) }

func ofRows(sum *exact.Sum, rows int64) float64 {
	if rows == 0 {
		return math.NaN()
	}
	return sum.Float64() / float64(rows)
}

// Share is the part of the rows, or with weighted of the weight, that has a level of an indicator; NaN of none.
func (r *Rating) Share(indicator, level int, weighted bool) float64 {
	if weighted {
		all := r.Weight.Float64()
		if all == 0 {
			return math.NaN()
		}
		return r.Weighted[indicator][level].Float64() / all
	}
	if r.Rows == 0 {
		return math.NaN()
	}
	return float64(r.Levels[indicator][level]) / float64(r.Rows)
}

// RowRating is what the levels of a row come to: the mean of those that apply, and the handbook's formula (sum + 4 · worst) / (i + 4). Both are NaN
// where none applies.
func RowRating(levels []int) (mean, ilcd float64) {
	sum, worst, i := 0, 0, 0
	for _, l := range levels {
		if l > 0 {
			sum, worst, i = sum+l, max(worst, l), i+1
		}
	}
	if i == 0 {
		return math.NaN(), math.NaN()
	}
	return float64(sum) / float64(i), float64(sum+4*worst) / float64(i+4)
}

// RatingRunner rates batches. It belongs to one goroutine.
type RatingRunner struct {
	Rating  *Rating // of all batches so far
	p       *RatingProgram
	machine *vector.Machine
	slots   []column.Column
	vecs    []*vector.Vec
	levels  []int
}

// NewRunner prepares a runner.
func (p *RatingProgram) NewRunner() *RatingRunner {
	n := len(p.levels)
	return &RatingRunner{Rating: p.Ratings.NewRating(), p: p, machine: vector.NewMachine(p.p.builder), slots: make([]column.Column, len(p.p.slots)), vecs: make([]*vector.Vec, n), levels: make([]int, n)}
}

// Start forgets the dictionaries of the part before.
func (r *RatingRunner) Start() { r.machine.Forget() }

// Evaluate rates a batch whose columns are those of RatingProgram.Columns, in order.
func (r *RatingRunner) Evaluate(b *column.Batch) {
	copy(r.slots, b.Columns)
	r.machine.Load(r.slots, b.Rows)
	for i, e := range r.p.levels {
		r.vecs[i] = r.machine.Eval(e)
	}
	var weight *vector.Vec
	if r.p.weight != nil {
		weight = r.machine.Eval(r.p.weight)
	}
	out := r.Rating
	out.Rows += int64(b.Rows)
	for row := range b.Rows {
		weighs := 0.0
		if weight != nil && weight.Has(row) {
			if w := weight.Float(row); w > 0 && !math.IsInf(w, 0) {
				weighs = w
				out.Weight.Add(w)
			}
		}
		for i, v := range r.vecs {
			level := Levels - 1
			if v.Has(row) {
				level = int(max(0, min(Levels-1, v.Float(row)))) // one that is declared may be out of bounds, which the check tells
			}
			r.levels[i] = level
			out.Levels[i][level]++
			if weighs > 0 {
				out.Weighted[i][level].Add(weighs)
			}
		}
		mean, ilcd := RowRating(r.levels)
		if math.IsNaN(mean) {
			continue
		}
		out.mean.Add(mean)
		out.ilcd.Add(ilcd)
		for i, c := range r.p.Ratings.Classes {
			if mean <= c.Most || i == len(r.p.Ratings.Classes)-1 {
				out.Classes[i]++
				break
			}
		}
	}
}
