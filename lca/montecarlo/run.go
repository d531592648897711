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

// Run draws all figures. Where the draws of all variables, and of the products of a few figures at a time, fit in the memory, each figure is drawn and summed up by
// itself; else as many figures as fit are drawn together, chunk by chunk. Both do the same arithmetic in the same order.
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
	portions, most := m.portions()
	if each := int64(8 * o.Design.Draws); int64(len(m.Variables)+o.Jobs*(most+4))*each <= o.Memory {
		return m.runHeld(ctx, portions, &o)
	}
	return m.runBlocks(ctx, &o)
}

// portion is figures that follow each other, with the products that they and the one before the first need.
type portion struct {
	from, to int
	products []int32
}

// fewProducts is how many products a portion has, but for a single figure that has more: their draws stay in a processor's cache.
const fewProducts = 48

// portions cuts the figures in portions. most is the largest number of products of one.
func (m *Model) portions() (out []portion, most int) {
	in := make([]int, len(m.Products)) // the number of the portion that a product is in, and 1
	var now portion
	add := func(f *Figure) {
		f.eachProduct(func(p int32) {
			if in[p] != len(out)+1 {
				in[p] = len(out) + 1
				now.products = append(now.products, p)
			}
		})
	}
	end := func(at int) {
		now.to = at
		most = max(most, len(now.products))
		m.sort(now.products)
		out = append(out, now)
		now = portion{from: at}
	}
	for i := range m.Figures {
		if n := len(m.Figures[i].Terms) + len(m.Figures[i].Rest); i > now.from && len(now.products)+n > fewProducts {
			end(i)
			if m.Figures[i].Beside {
				add(&m.Figures[i-1])
			}
		}
		add(&m.Figures[i])
	}
	if now.from < len(m.Figures) {
		end(len(m.Figures))
	}
	return out, most
}

// runHeld holds the draws of all variables.
func (m *Model) runHeld(ctx context.Context, portions []portion, o *Options) ([]Summary, error) {
	n := o.Design.Draws
	d, err := m.Hold(ctx, *o)
	if err != nil {
		return nil, err
	}
	out := make([]Summary, len(m.Figures))
	same := m.alike()
	err = each(ctx, o.Jobs, len(portions), func() func(i int) {
		s := stat.NewSample(n)
		w := &worker{model: m, values: make([][]float64, len(m.Variables)), product: make([][]float64, len(m.Products)), u: make([]float64, n), v: make([]float64, n)}
		now, before := make([]float64, n), make([]float64, n)
		var free [][]float64
		return func(i int) {
			p := &portions[i]
			if !slices.ContainsFunc(same[p.from:p.to], func(f int) bool { return f >= p.from }) {
				return // all are drawn elsewhere
			}
			for k, id := range p.products {
				if k == len(free) {
					free = append(free, make([]float64, n))
				}
				w.product[id] = free[k]
			}
			for from := 0; from < n; from += chunk {
				to := min(from+chunk, n)
				for v, values := range d.values {
					w.values[v] = values[from:to]
				}
				w.multiply(p.products, to-from, func(id int32) []float64 { return w.product[id][from:to] })
			}
			if m.Figures[p.from].Beside && p.from > 0 {
				w.figure(o.Design, &m.Figures[p.from-1], 0, before)
			}
			for f := p.from; f < p.to; f++ {
				if same[f] != f {
					continue
				}
				w.figure(o.Design, &m.Figures[f], 0, now)
				out[f] = summary(&m.Figures[f], now, before, s, o.Probabilities)
				now, before = before, now
			}
		}
	})
	for f, first := range same {
		out[f] = out[first]
	}
	return out, err
}

// runBlocks holds the draws of some figures at a time.
func (m *Model) runBlocks(ctx context.Context, o *Options) ([]Summary, error) {
	size := max(1, int(o.Memory/int64(8*max(1, o.Design.Draws))))
	out := make([]Summary, len(m.Figures))
	var last []float64 // draws of the last figure of the block before
	for from := 0; from < len(m.Figures); from += size {
		to := min(from+size, len(m.Figures))
		b, err := m.block(ctx, m.Figures[from:to], o)
		if err != nil {
			return nil, err
		}
		err = each(ctx, o.Jobs, to-from, func() func(i int) {
			s := stat.NewSample(o.Design.Draws)
			return func(i int) {
				before := last
				if i > 0 {
					before = b[i-1]
				}
				out[from+i] = summary(&m.Figures[from+i], b[i], before, s, o.Probabilities)
			}
		})
		if err != nil {
			return nil, err
		}
		last = b[to-from-1]
	}
	return out, nil
}

// alike gives each figure the first one that is made of the same: what does not depend on the accounting stands under each. Figures that are compared with a
// neighbour, or draw errors by their names, are themselves.
func (m *Model) alike() []int {
	out, first := make([]int, len(m.Figures)), map[string]int{}
	var key []byte
	for i := range m.Figures {
		out[i] = i
		f := &m.Figures[i]
		if f.Beside || len(f.Rest) > 0 || i+1 < len(m.Figures) && m.Figures[i+1].Beside {
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

// multiply makes n draws of products, which stand in the order of sort: what one has in common with the one before it, from its first power on, is not multiplied
// again. So each is the product of its powers in their order, whatever stands beside it.
func (w *worker) multiply(products []int32, n int, out func(product int32) []float64) {
	var last Product
	w.stack = slices.Grow(w.stack, 1)
	for _, p := range products {
		own := w.model.Products[p]
		depth := 0
		for depth < len(own)-1 && depth < len(last) && own[depth] == last[depth] {
			depth++
		}
		depth = min(depth, max(0, len(last)-1)) // the last power of the one before is in no partial product
		for len(w.stack) < len(own) {
			w.stack = append(w.stack, make([]float64, chunk))
		}
		to := out(p)
		if len(own) == 0 {
			for k := range to {
				to[k] = 1
			}
		}
		for ; depth < len(own); depth++ {
			target := w.stack[depth][:n]
			if depth == len(own)-1 {
				target = to
			}
			var from []float64
			if depth > 0 {
				from = w.stack[depth-1][:n]
			}
			raise(from, w.values[own[depth].Variable][:n], own[depth].Exponent, target)
		}
		last = own
	}
}

// raise makes from × x^exponent; from is 1 where it is nil.
func raise(from, x []float64, exponent int32, out []float64) {
	x = x[:len(out)]
	switch {
	case from == nil && exponent > 0:
		copy(out, x)
		exponent--
	case from == nil:
		for k := range out {
			out[k] = 1 / x[k]
		}
		exponent++
	case exponent > 0:
		from = from[:len(out)]
		for k := range out {
			out[k] = float64(from[k] * x[k])
		}
		exponent--
	default:
		from = from[:len(out)]
		for k := range out {
			out[k] = from[k] / x[k]
		}
		exponent++
	}
	for range exponent {
		for k := range out {
			out[k] = float64(out[k] * x[k])
		}
	}
	for range -exponent {
		for k := range out {
			out[k] /= x[k]
		}
	}
}

// block draws figures.
func (m *Model) block(ctx context.Context, figures []Figure, o *Options) ([][]float64, error) {
	variables, products := m.needed(figures)
	m.sort(products)
	out := make([][]float64, len(figures))
	for i := range out {
		out[i] = make([]float64, o.Design.Draws)
	}
	err := each(ctx, o.Jobs, (o.Design.Draws+chunk-1)/chunk, func() func(i int) {
		w := m.worker(variables, products)
		return func(i int) {
			from := i * chunk
			to := min(from+chunk, o.Design.Draws)
			w.draw(o.Design, from, to-from)
			for f := range figures {
				w.figure(o.Design, &figures[f], from, out[f][from:to])
			}
		}
	})
	return out, err
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

// worker makes the draws of a chunk.
type worker struct {
	model     *Model
	variables []int32
	products  []int32
	values    [][]float64 // of each variable that is needed
	product   [][]float64 // of each product that is needed
	common    map[string][]float64
	u, v      []float64
	stack     [][]float64 // partial products
}

func (m *Model) worker(variables, products []int32) *worker {
	w := &worker{model: m, variables: variables, products: products, values: make([][]float64, len(m.Variables)), product: make([][]float64, len(m.Products)),
		u: make([]float64, chunk), v: make([]float64, chunk), common: map[string][]float64{}}
	for _, i := range variables {
		w.values[i] = make([]float64, chunk)
		if v := &m.Variables[i]; v.Common != "" && w.common[v.Common] == nil {
			w.common[v.Common] = make([]float64, chunk)
		}
	}
	for _, i := range products {
		w.product[i] = make([]float64, chunk)
	}
	return w
}

// draw makes n draws of all variables and products.
func (w *worker) draw(d *draws.Design, from, n int) {
	m := w.model
	made := map[string]bool{}
	for _, i := range w.variables {
		v := &m.Variables[i]
		out := w.values[i][:n]
		switch {
		case v.Made != nil:
			of := make([][]float64, len(v.Of))
			for k, id := range v.Of {
				of[k] = w.values[id][:n]
			}
			copy(out, v.Made(of))
		case v.fixed():
			for k := range out {
				out[k] = v.Point
			}
		default:
			d.Uniforms(v.Name, from, w.u[:n])
			if v.Common != "" {
				z := w.common[v.Common][:n]
				if !made[v.Common] {
					d.Uniforms(commonName(v.Common), from, w.v[:n])
					for k, u := range w.v[:n] {
						z[k] = dist.NormalQuantile(u)
					}
					made[v.Common] = true
				}
				correlate(w.u[:n], z, v.Rho)
			}
			v.fill(w.u[:n], out)
		}
	}
	w.multiply(w.products, n, func(p int32) []float64 { return w.product[p][:n] })
}

// commonName is the name under which an error that variables share is drawn.
func commonName(name string) string { return "common " + name }

// figure adds up a figure's draws from a number on.
func (w *worker) figure(d *draws.Design, f *Figure, from int, out []float64) {
	clear(out)
	w.add(f.Terms, out)
	if len(f.Rest) > 0 {
		n := len(out)
		sd := w.v[:n]
		w.deviation(f, out, sd)
		d.Uniforms(restName(f.Name), from, w.u[:n])
		for k, u := range w.u[:n] {
			out[k] += float64(sd[k] * dist.NormalQuantile(u))
		}
	}
	if len(f.Per) > 0 {
		per := w.v[:len(out)]
		clear(per)
		w.add(f.Per, per)
		for k := range out {
			out[k] /= per[k]
		}
	}
}

// mostPairs is how many rests of a figure are each multiplied by its products.
const mostPairs = 64

// deviation is the standard deviation of a figure's rest in each draw, of which sum has the terms. Where there are very many rests, each is taken to move with the
// figure as a whole: its variance at the point values times the square of what the figure is in the draw over what it is there.
func (w *worker) deviation(f *Figure, sum, out []float64) {
	if len(f.Rest) > mostPairs {
		variance := 0.0
		for _, r := range f.Rest {
			variance += float64(float64(r.Value*w.model.PointOf(r.A)) * w.model.PointOf(r.B))
		}
		sd, point := math.Sqrt(max(0, variance)), w.model.pointOf(f.Terms)
		if point == 0 { // terms that cancel: there is nothing to move with
			for k := range out {
				out[k] = sd
			}
			return
		}
		scale := sd / point
		for k := range out {
			out[k] = math.Abs(float64(scale * sum[k]))
		}
		return
	}
	clear(out)
	for _, r := range f.Rest {
		a, b := w.product[r.A][:len(out)], w.product[r.B][:len(out)]
		for k := range out {
			out[k] += float64(float64(r.Value*a[k]) * b[k])
		}
	}
	for k := range out {
		out[k] = math.Sqrt(max(0, out[k]))
	}
}

func restName(figure string) string { return "rest " + figure }

func (w *worker) add(terms []Term, out []float64) {
	for _, t := range terms {
		c, x := t.Coefficient, w.product[t.Product][:len(out)]
		for k := range out {
			out[k] += float64(c * x[k])
		}
	}
}

// correlate makes uniform numbers of which any two series that share z have normal scores of correlation rho.
func correlate(u, z []float64, rho float64) {
	common, own := sqrt(rho), sqrt(1-rho)
	for k := range u {
		score := float64(common*z[k]) + float64(own*dist.NormalQuantile(u[k]))
		u[k] = inside(dist.NormalCDF(score))
	}
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
