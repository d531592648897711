package montecarlo

import (
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/draws"
	"github.com/ai-impact-observatory/ailca/lca/draws/stat"
)

// Options of a run. Jobs and Memory change no result.
type Options struct {
	Design        *draws.Design
	Probabilities []float64 // of the quantiles, ascending, each within 0 and 1
	Jobs          int       // workers; 0: one for each processor
	Memory        int64     // bytes that the draws of figures may take at a time; 0: 256 MiB
}

// Summary is what the draws of a figure say.
type Summary struct {
	Quantiles []float64 // at the probabilities asked for
	// Low and High are the ends of a 95 % interval of each quantile, which tell how far a quantile may be off for the number of draws. It rests on order
	// statistics of independent draws: for Latin hypercube and Sobol points it is too wide, if anything.
	Low, High []float64
	Mean, SD  float64
	// Exceeds is the share of draws in which the figure before it in the list is larger, ties counted half; NaN where nobody asked.
	Exceeds float64
}

// chunk is how many draws are made at a time: the variables' and products' draws of a chunk stay in a processor's cache.
const chunk = 256

// Run draws all figures, a block of them at a time, and chunk by chunk of the draws. Where the draws of all variables fit in the memory they are made once, and each
// worker takes a block of its own, which a processor's cache nearly holds; else blocks are as large as the memory, and workers share the chunks of one. Both do the same
// arithmetic in the same order.
func (m *Model) Run(ctx context.Context, o Options) ([]Summary, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	if o.Memory <= 0 {
		o.Memory = 256 << 20
	}
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	r := &drawing{model: m, design: o.Design, own: m.alike(), scores: m.scores(), most: max(1, int(o.Memory/int64(2*8*chunk*o.Jobs)))}
	size := max(1, blockBytes/(8*o.Design.Draws))
	if held := len(m.Variables) + len(r.scores.names) + o.Jobs*(size+8); int64(held)*int64(8*o.Design.Draws) <= o.Memory {
		return r.held(ctx, size, &o)
	}
	return r.drawn(ctx, max(1, int(o.Memory/int64(8*o.Design.Draws))), &o)
}

// blockBytes is what the draws of a block's figures take where the variables' draws are held.
const blockBytes = 8 << 20

// drawing is a run of a model.
type drawing struct {
	model  *Model
	design *draws.Design
	own    []int // see alike
	scores scores

	most int // products and variables of a block, but for one figure that has more: each worker has their draws of a chunk
}

// scores are the normal scores by which figures deviate, see Figure.Error.
type scores struct {
	names []string // sorted by nothing: in the order of the figures
	of    []int32  // of each figure; -1 of one that has no rest
}

func (m *Model) scores() (s scores) {
	s.of = make([]int32, len(m.Figures))
	numbers := map[string]int32{}
	for i := range m.Figures {
		f := &m.Figures[i]
		s.of[i] = -1
		if !f.hasRest() {
			continue
		}
		n, ok := numbers[f.errorName()]
		if !ok {
			n = int32(len(s.names))
			numbers[f.errorName()] = n
			s.names = append(s.names, f.errorName())
		}
		s.of[i] = n
	}
	return s
}

// fill makes scores from a draw on.
func (s *scores) fill(d *draws.Design, number int32, from int, out []float64) {
	d.Uniforms(restName(s.names[number]), from, out)
	for k, u := range out {
		out[k] = dist.NormalQuantile(u)
	}
}

// block is figures that follow each other, the one before the first where that is compared with it, and what they need.
type block struct {
	first, from, to int // figures from first on are drawn, those in from to to summed up
	products        []int32
	moving          []moving // of each figure
}

// blocks cuts the figures in blocks of so many at most.
func (r *drawing) blocks(size int) (out []block) {
	m := r.model
	in, has := make([]int, len(m.Products)), make([]int, len(m.Variables)) // the number of the block that a product or a variable is in, and 1
	variables := 0
	var need func(variable int32)
	need = func(variable int32) {
		if has[variable] != len(out)+1 {
			has[variable] = len(out) + 1
			variables++
			m.Variables[variable].of(need)
		}
	}
	for from := 0; from < len(m.Figures); from = out[len(out)-1].to {
		b := block{first: from, from: from, to: from}
		variables = 0
		if from > 0 && m.Figures[from].Beside {
			b.first--
		}
		for i := b.first; i < len(m.Figures) && i < from+size && (i <= from || len(b.products)+variables <= r.most); i++ {
			b.to = i + 1
			b.moving = append(b.moving, m.moving(&m.Figures[i]))
			if r.skip(i) {
				continue
			}
			m.Figures[i].eachProduct(func(p int32) {
				if in[p] != len(out)+1 {
					in[p] = len(out) + 1
					b.products = append(b.products, p)
					for _, power := range m.Products[p] {
						need(power.Variable)
					}
				}
			})
		}
		m.sort(b.products)
		out = append(out, b)
	}
	return out
}

// skip reports whether a figure is made of the same as another before it.
func (r *drawing) skip(figure int) bool { return r.own[figure] != figure }

// sumUp summarises a figure of a block, of which values has the draws of each.
func (r *drawing) sumUp(b *block, f int, values [][]float64, s *stat.Sample, probabilities []float64) Summary {
	var before []float64
	if f > b.first {
		before = values[f-1-b.first]
	}
	return summary(&r.model.Figures[f], values[f-b.first], before, s, probabilities)
}

// finish gives figures that are made of the same as another its summary.
func (r *drawing) finish(out []Summary) []Summary {
	for f, first := range r.own {
		out[f] = out[first]
	}
	return out
}

// held holds the draws of all variables.
func (r *drawing) held(ctx context.Context, size int, o *Options) ([]Summary, error) {
	m, n := r.model, o.Design.Draws
	d, err := m.Hold(ctx, *o)
	if err != nil {
		return nil, err
	}
	scores := make([][]float64, len(r.scores.names))
	err = each(ctx, o.Jobs, len(scores), func() func(i int) {
		return func(i int) {
			scores[i] = make([]float64, n)
			r.scores.fill(o.Design, int32(i), 0, scores[i])
		}
	})
	if err != nil {
		return nil, err
	}
	blocks := r.blocks(size)
	out := make([]Summary, len(m.Figures))
	err = each(ctx, o.Jobs, len(blocks), func() func(i int) {
		w := m.worker(nil, nil)
		s := stat.NewSample(n)
		var values, free [][]float64
		return func(i int) {
			b := &blocks[i]
			for len(values) < b.to-b.first {
				values = append(values, make([]float64, n))
			}
			for len(free) < len(b.products) {
				free = append(free, make([]float64, chunk))
			}
			for k, p := range b.products {
				w.product[p] = free[k]
			}
			for from := 0; from < n; from += chunk {
				to := min(from+chunk, n)
				d.set(w, from, to)
				w.multiply(b.products, to-from, func(p int32) []float64 { return w.product[p][:to-from] })
				for f := b.first; f < b.to; f++ {
					if r.skip(f) {
						continue
					}
					var score []float64
					if at := r.scores.of[f]; at >= 0 {
						score = scores[at][from:to]
					}
					w.figure(&m.Figures[f], b.moving[f-b.first], score, values[f-b.first][from:to])
				}
			}
			for f := b.from; f < b.to; f++ {
				if !r.skip(f) {
					out[f] = r.sumUp(b, f, values, s, o.Probabilities)
				}
			}
		}
	})
	return r.finish(out), err
}

// drawn draws the variables for each block anew.
func (r *drawing) drawn(ctx context.Context, size int, o *Options) ([]Summary, error) {
	m, n := r.model, o.Design.Draws
	out := make([]Summary, len(m.Figures))
	var values [][]float64
	blocks := r.blocks(size)
	for i := range blocks {
		b := &blocks[i]
		for len(values) < b.to-b.first {
			values = append(values, make([]float64, n))
		}
		if err := r.draw(ctx, o.Jobs, b, b.first, values); err != nil {
			return nil, err
		}
		err := each(ctx, o.Jobs, b.to-b.from, func() func(i int) {
			s := stat.NewSample(n)
			return func(i int) {
				if f := b.from + i; !r.skip(f) {
					out[f] = r.sumUp(b, f, values, s, o.Probabilities)
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return r.finish(out), nil
}

// draw fills values with the draws of the block's figures from the first given on.
func (r *drawing) draw(ctx context.Context, jobs int, b *block, first int, values [][]float64) error {
	m, n := r.model, r.design.Draws
	variables := m.needed(b.products)
	return each(ctx, jobs, (n+chunk-1)/chunk, func() func(i int) {
		w := m.worker(variables, b.products)
		score := make([]float64, chunk)
		return func(i int) {
			from := i * chunk
			to := min(from+chunk, n)
			w.draw(r.design, from, to-from)
			for f, last := first, int32(-1); f < b.to; f++ {
				if r.skip(f) {
					continue
				}
				if at := r.scores.of[f]; at >= 0 && at != last {
					r.scores.fill(r.design, at, from, score[:to-from])
					last = at
				}
				w.figure(&m.Figures[f], b.moving[f-b.first], score[:to-from], values[f-first][from:to])
			}
		}
	})
}

// alike gives each figure the first one that is made of the same: what does not depend on the accounting stands under each. Figures that are compared with a
// neighbour are themselves.
func (m *Model) alike() []int {
	out, first := make([]int, len(m.Figures)), map[string]int{}
	var key []byte
	for i := range m.Figures {
		out[i] = i
		f := &m.Figures[i]
		if f.Beside || i+1 < len(m.Figures) && m.Figures[i+1].Beside {
			continue
		}
		key = key[:0]
		for _, list := range [][]Term{f.Terms, f.Per} {
			key = binary.LittleEndian.AppendUint64(key, uint64(len(list)))
			for _, t := range list {
				key = binary.LittleEndian.AppendUint64(key, math.Float64bits(t.Coefficient))
				key = binary.LittleEndian.AppendUint32(key, uint32(t.Product))
			}
		}
		for _, x := range f.Rest {
			key = binary.LittleEndian.AppendUint64(key, math.Float64bits(x.Value))
			key = binary.LittleEndian.AppendUint32(key, uint32(x.A))
			key = binary.LittleEndian.AppendUint32(key, uint32(x.B))
		}
		if f.hasRest() {
			key = binary.LittleEndian.AppendUint64(key, math.Float64bits(f.Moving))
			key = binary.LittleEndian.AppendUint64(key, math.Float64bits(f.RestMean))
			key = append(key, f.errorName()...)
		}
		if at, ok := first[string(key)]; ok {
			out[i] = at
		} else {
			first[string(key)] = i
		}
	}
	return out
}

// sort puts products that begin alike beside each other.
func (m *Model) sort(products []int32) {
	slices.SortFunc(products, func(a, b int32) int {
		return slices.CompareFunc(m.Products[a], m.Products[b], func(x, y Power) int {
			return cmp.Or(cmp.Compare(x.Variable, y.Variable), cmp.Compare(x.Exponent, y.Exponent))
		})
	})
}

// each does n pieces of work by some workers, each made by begin, and waits for them.
func each(ctx context.Context, workers, n int, begin func() func(i int)) error {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(max(1, workers), n) {
		wait.Go(func() {
			do := begin()
			for ctx.Err() == nil {
				i := int(next.Add(1) - 1)
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	wait.Wait()
	return ctx.Err()
}

// summary says what a figure's draws say.
func summary(f *Figure, values, before []float64, s *stat.Sample, probabilities []float64) Summary {
	out := Summary{Exceeds: nan}
	if f.Beside && before != nil {
		out.Exceeds = exceeds(before, values)
	}
	s.Set(values)
	out.Mean, out.SD = s.Mean(), s.SD()
	out.Quantiles, out.Low, out.High = s.Quantiles(probabilities, confidence)
	return out
}

// confidence is that of a quantile's own interval.
const confidence = 0.95

// exceeds is the share of draws in which a is larger than b, ties counted half.
func exceeds(a, b []float64) float64 {
	twice := 0
	for k := range a {
		switch {
		case a[k] > b[k]:
			twice += 2
		case a[k] == b[k]:
			twice++
		}
	}
	return float64(twice) / 2 / float64(len(a))
}
