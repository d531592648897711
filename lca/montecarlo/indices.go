package montecarlo

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/draws"
)

// Drawn holds draws of variables of a model.
type Drawn struct {
	model  *Model
	design *draws.Design
	values [][]float64 // of each variable; nil where it is not held
	units  []int32     // see Units
}

// Hold draws all variables, or those alone that the figures with given numbers need.
func (m *Model) Hold(ctx context.Context, o Options, figures ...int) (*Drawn, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	d := &Drawn{model: m, design: o.Design, values: make([][]float64, len(m.Variables))}
	variables := m.Needed(figures...)
	for _, i := range variables {
		d.values[i] = make([]float64, o.Design.Draws)
	}
	d.units, _ = m.Units()
	err := each(ctx, o.Jobs, (o.Design.Draws+chunk-1)/chunk, func() func(i int) {
		w := m.worker(variables, nil)
		return func(i int) {
			from, to := i*chunk, min((i+1)*chunk, o.Design.Draws)
			w.draw(o.Design, from, to-from)
			for _, v := range variables {
				copy(d.values[v][from:to], w.values[v])
			}
		}
	})
	return d, err
}

// set gives a worker some draws of all variables that are held.
func (d *Drawn) set(w *worker, from, to int) {
	for i, values := range d.values {
		if values != nil {
			w.values[i] = values[from:to]
		}
	}
}

// Index is how much of a figure's variance a part of its variables explains.
type Index struct {
	// First is the Sobol index of first order: the part of the variance that would go, on average, if the variables were known. Total is what would be left if all
	// others were: it counts what they do together with others, too. Both are 0 to 1 but for the error of sampling.
	First, Total float64
	// FirstError and TotalError are standard errors, from batches of the draws.
	FirstError, TotalError float64
}

// batches is how many parts of the draws errors are taken from.
const batches = 20

// Units partitions variables into the smallest parts that are independent of each other: each by itself, save those that share an error or that are made of
// others, which stand together; a sum stands for itself, as what it is made of takes its place. Of each variable it gives the number of its unit; units are numbered in
// the order of their first variables.
func (m *Model) Units() (of []int32, units int) {
	parent := make([]int32, len(m.Variables))
	for i := range parent {
		parent[i] = int32(i)
	}
	root := func(i int32) int32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	join := func(a, b int32) {
		a, b = root(a), root(b)
		parent[max(a, b)] = min(a, b)
	}
	common := map[string]int32{}
	for i := range m.Variables {
		v := &m.Variables[i]
		for _, other := range v.Of {
			join(int32(i), other)
		}
		if v.Common != "" {
			if first, ok := common[v.Common]; ok {
				join(int32(i), first)
			} else {
				common[v.Common] = int32(i)
			}
		}
	}
	of = make([]int32, len(m.Variables))
	number := map[int32]int32{}
	for i := range m.Variables {
		r := root(int32(i))
		if _, ok := number[r]; !ok {
			number[r] = int32(len(number))
		}
		of[i] = number[r]
	}
	return of, len(number)
}

// Indices computes the indices of the parts of a partition, which gives each variable the number of its part: parts must be independent of each other. The errors
// in Figure.Rest and Moving belong to the part numbered rest; -1 where they are of none. Total indices are computed of the parts with the largest first ones, as many as most
// says, and are NaN of the others. A figure with Per is refused.
//
// Nothing is drawn for the purpose of an index alone. As a figure is a sum of products of independent parts, Y = Σ c P_u P_~u with P_u of the part u and P_~u of all
// others, the expectation given u is Σ c P_u E[P_~u], and E[P_~u] is the product of the other parts' expectations: exact, but for the moments of single parts, which the
// draws give. The variance that is left when all others are known is Σ Σ Cov(P_u, P_u') A A', where A adds up the c P_~u of one P_u (Saltelli et al. 2010, Variance
// based sensitivity analysis of model output, Computer Physics Communications 181, 259 to 270, for what the indices mean). The cost is that of the figure's
// terms times the draws, for each part that they have.
func (d *Drawn) Indices(ctx context.Context, f *Figure, part []int32, parts, rest, most int, jobs int) ([]Index, error) {
	x, err := d.indexer(f, part, parts)
	if err != nil {
		return nil, err
	}
	if x.variance == 0 {
		return x.out, nil
	}
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	err = each(ctx, jobs, parts, func() func(u int) {
		given := make([]float64, x.n)
		return func(u int) { x.first(u, u == rest, given) }
	})
	if err != nil {
		return nil, err
	}
	order := make([]int, parts)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(x.out[b].First, x.out[a].First) })
	err = each(ctx, jobs, parts, func() func(i int) {
		return func(i int) {
			if u := order[i]; i < most {
				x.total(u, u == rest)
			} else {
				x.out[u].Total, x.out[u].TotalError = nan, nan
			}
		}
	})
	return x.out, err
}

// indexer holds what the indices of a figure's parts have in common.
type indexer struct {
	m        *Model
	f        *Figure
	n        int
	batch    int // draws of a batch
	y        []float64
	variance float64
	batchVar []float64
	terms    []partedTerm
	pieces   []piece // distinct products of the variables of one part
	out      []Index
	// The variance of the expectation of the rest given it alone, and given all else.
	restFirst, restTotal float64
}

// piece is a product of variables of one part.
type piece struct {
	part  int32
	units []int32 // of its variables, ascending
	draws []float64
	mean  float64
}

// partedTerm is a term as a product of pieces of different parts.
type partedTerm struct {
	coefficient float64
	pieces      []int32
}

func (d *Drawn) indexer(f *Figure, part []int32, parts int) (*indexer, error) {
	if len(f.Per) > 0 {
		return nil, errNoRatio
	}
	m, n := d.model, d.design.Draws
	x := &indexer{m: m, f: f, n: n, batch: max(2, n/batches), y: make([]float64, n), out: make([]Index, parts)}
	var products []int32
	f.eachProduct(func(p int32) { products = append(products, p) })
	slices.Sort(products)
	products = slices.Compact(products)
	m.sort(products)
	w := m.worker(nil, products)
	var score, sd []float64
	if f.hasRest() {
		score, sd = make([]float64, n), make([]float64, n)
		(&scores{names: []string{f.errorName()}}).fill(d.design, 0, 0, score)
	}
	rest := m.moving(f)
	for from := 0; from < n; from += chunk {
		to := min(from+chunk, n)
		d.set(w, from, to)
		w.multiply(products, to-from, func(p int32) []float64 { return w.product[p][:to-from] })
		if sd != nil {
			w.add(f.Terms, x.y[from:to])
			w.deviation(f, rest, x.y[from:to], sd[from:to])
		}
		var z []float64
		if score != nil {
			z = score[from:to]
		}
		w.figure(f, rest, z, x.y[from:to])
	}
	_, x.variance = meanVariance(x.y)
	for from := 0; from+x.batch <= n; from += x.batch {
		_, v := meanVariance(x.y[from : from+x.batch])
		x.batchVar = append(x.batchVar, v)
	}
	known := map[string]int32{}
	for _, t := range m.expanded(f.Terms) {
		p := partedTerm{coefficient: t.Coefficient}
		for _, own := range byPart(t.Product, part) {
			key := spell(own)
			id, ok := known[key]
			if !ok {
				id = int32(len(x.pieces))
				known[key] = id
				draws := make([]float64, n)
				for i, power := range own {
					from := draws
					if i == 0 {
						from = nil
					}
					raise(from, d.values[power.Variable], power.Exponent, draws)
				}
				mean, _ := meanVariance(draws)
				x.pieces = append(x.pieces, piece{part[own[0].Variable], units(own, d.units), draws, mean})
			}
			p.pieces = append(p.pieces, id)
		}
		x.terms = append(x.terms, p)
	}
	if sd != nil {
		mean, variance := meanVariance(sd)
		x.restFirst = float64(mean * mean)
		x.restTotal = x.restFirst + variance
	}
	return x, nil
}

// expanded are terms without variables that are sums: of what these are made of.
func (m *Model) expanded(terms []Term) []Part {
	var out []Part
	var add func(coefficient float64, done, rest Product)
	add = func(coefficient float64, done, rest Product) {
		for i, power := range rest {
			v := &m.Variables[power.Variable]
			if v.Sum == nil {
				continue
			}
			for k := range v.Sum {
				add(float64(coefficient*v.Sum[k].Coefficient), slices.Concat(done, rest[:i]), slices.Concat(v.Sum[k].Product, rest[i+1:]))
			}
			return
		}
		out = append(out, Part{coefficient, joined(slices.Concat(done, rest))})
	}
	for _, t := range terms {
		add(t.Coefficient, nil, m.Products[t.Product])
	}
	return out
}

// mostWidth is what a width is at most: no more than it is told apart.
const mostWidth = 1 << 30

// Width is how many products a figure's terms have where variables that are sums are written out; mostWidth of more.
func (m *Model) Width(f *Figure) int {
	var width func(p Product) int
	width = func(p Product) int {
		n := 1
		for _, power := range p {
			if sum := m.Variables[power.Variable].Sum; sum != nil {
				of := 0
				for i := range sum {
					of = min(of+width(sum[i].Product), mostWidth)
				}
				if of > mostWidth/max(n, 1) {
					return mostWidth
				}
				n *= of
			}
		}
		return n
	}
	n := 0
	for _, t := range f.Terms {
		n = min(n+width(m.Products[t.Product]), mostWidth)
	}
	return n
}

// joined has each variable of a product once.
func joined(p Product) Product {
	slices.SortStableFunc(p, func(a, b Power) int { return cmp.Compare(a.Variable, b.Variable) })
	out := p[:0]
	for _, power := range p {
		if n := len(out); n > 0 && out[n-1].Variable == power.Variable {
			if out[n-1].Exponent += power.Exponent; out[n-1].Exponent == 0 {
				out = out[:n-1]
			}
			continue
		}
		out = append(out, power)
	}
	return out
}

// units are those of a product's variables.
func units(p Product, of []int32) (out []int32) {
	for _, power := range p {
		out = append(out, of[power.Variable])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// independent reports whether pieces have no unit in common.
func (p *piece) independent(o *piece) bool {
	a, b := p.units, o.units
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			return false
		}
	}
	return true
}

// byPart takes a product apart into those of one part each, in the order of the first of their powers.
func byPart(p Product, part []int32) []Product {
	var out []Product
	at := map[int32]int{}
	for _, power := range p {
		i, ok := at[part[power.Variable]]
		if !ok {
			i = len(out)
			at[part[power.Variable]] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], power)
	}
	return out
}

func spell(p Product) string {
	b := make([]byte, 0, 8*len(p))
	for _, x := range p {
		b = append(b, byte(x.Variable), byte(x.Variable>>8), byte(x.Variable>>16), byte(x.Variable>>24), byte(x.Exponent), byte(x.Exponent>>8))
	}
	return string(b)
}

// own are the pieces of a part, each with the terms that have it.
func (x *indexer) own(u int) (own []int32, terms map[int32][]int) {
	terms = map[int32][]int{}
	for i := range x.terms {
		t := &x.terms[i]
		for _, id := range t.pieces {
			if x.pieces[id].part == int32(u) {
				if terms[id] == nil {
					own = append(own, id)
				}
				terms[id] = append(terms[id], i)
			}
		}
	}
	return own, terms
}

// first computes the first index of a part. given is memory for the expectation of the figure given the part.
func (x *indexer) first(u int, hasRest bool, given []float64) {
	own, terms := x.own(u)
	clear(given)
	for _, id := range own {
		sum := 0.0
		for _, i := range terms[id] {
			t := &x.terms[i]
			mean := t.coefficient
			for _, other := range t.pieces {
				if other != id {
					mean = float64(mean * x.pieces[other].mean)
				}
			}
			sum += mean
		}
		for d, z := range x.pieces[id].draws {
			given[d] += float64(sum * z)
		}
	}
	rest := 0.0
	if hasRest {
		rest = x.restFirst
	}
	x.out[u].First, x.out[u].FirstError = x.share(func(from, to int) float64 {
		_, variance := meanVariance(given[from:to])
		return variance + rest
	})
}

// total computes the total index of a part.
func (x *indexer) total(u int, hasRest bool) {
	own, terms := x.own(u)
	others := make([][]float64, len(own)) // of each piece: what it is multiplied by
	for k := range own {
		others[k] = make([]float64, x.n)
	}
	v := make([]float64, chunk)
	var factors [][]float64
	for from := 0; from < x.n; from += chunk { // what is multiplied stays at hand
		to := min(from+chunk, x.n)
		for k, id := range own {
			for _, i := range terms[id] {
				factors = factors[:0]
				for _, other := range x.terms[i].pieces {
					if other != id {
						factors = append(factors, x.pieces[other].draws[from:to])
					}
				}
				addProduct(x.terms[i].coefficient, factors, v[:to-from], others[k][from:to])
			}
		}
	}
	rest := 0.0
	if hasRest {
		rest = x.restTotal
	}
	x.out[u].Total, x.out[u].TotalError = x.share(func(from, to int) float64 {
		sum := rest
		for a := range own {
			for b := range a + 1 {
				if x.pieces[own[a]].independent(&x.pieces[own[b]]) {
					continue
				}
				mean := 0.0
				for d := from; d < to; d++ {
					mean += float64(others[a][d] * others[b][d])
				}
				mean = float64(mean*covariance(x.pieces[own[a]].draws[from:to], x.pieces[own[b]].draws[from:to])) / float64(to-from)
				if a != b {
					mean = float64(mean * 2)
				}
				sum += mean
			}
		}
		return sum
	})
}

// addProduct adds c times the factors, multiplied in their order, to out; v is memory.
func addProduct(c float64, factors [][]float64, v, out []float64) {
	last := len(factors) - 1
	switch {
	case last < 0:
		for d := range out {
			out[d] += c
		}
		return
	case last == 0:
		for d, z := range factors[0] {
			out[d] += float64(c * z)
		}
		return
	}
	for d, z := range factors[0] {
		v[d] = float64(c * z)
	}
	for _, f := range factors[1:last] {
		for d, z := range f {
			v[d] = float64(v[d] * z)
		}
	}
	for d, z := range factors[last] {
		out[d] += float64(v[d] * z)
	}
}

// share is a variance over that of the figure, with its standard error.
func (x *indexer) share(variance func(from, to int) float64) (share, deviation float64) {
	var each []float64
	for k, whole := range x.batchVar {
		if whole > 0 {
			each = append(each, variance(k*x.batch, (k+1)*x.batch)/whole)
		}
	}
	return variance(0, x.n) / x.variance, standardError(each)
}

func standardError(v []float64) float64 {
	if len(v) < 2 {
		return nan
	}
	_, variance := meanVariance(v)
	return math.Sqrt(variance / float64(len(v)))
}

func meanVariance(v []float64) (mean, variance float64) {
	if len(v) == 0 {
		return nan, nan
	}
	sum := 0.0
	for _, x := range v {
		sum += x - v[0]
	}
	mean = v[0] + sum/float64(len(v))
	for _, x := range v {
		variance += float64((x - mean) * (x - mean))
	}
	return mean, variance / float64(max(1, len(v)-1))
}

func covariance(a, b []float64) float64 {
	x, _ := meanVariance(a)
	y, _ := meanVariance(b)
	sum := 0.0
	for i := range a {
		sum += float64((a[i] - x) * (b[i] - y))
	}
	return sum / float64(max(1, len(a)-1))
}
