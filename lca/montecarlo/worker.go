package montecarlo

import (
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/draws"
	"github.com/ai-impact-observatory/ailca/lca/elementary"
)

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
		case v.Sum != nil:
			w.sum(v, out)
		case v.fixed():
			for k := range out {
				out[k] = v.Point
			}
		default:
			d.Uniforms(v.Name, from, w.u[:n])
			if v.Common != "" {
				z := w.common[v.Common][:n]
				if !made[v.Common] {
					d.Uniforms(CommonName(v.Common), from, w.v[:n])
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

// sum makes draws of a sum of products.
func (w *worker) sum(v *Variable, out []float64) {
	clear(out)
	n := len(out)
	product := w.v[:n]
	for parts := v.Sum; len(parts) > 0; {
		if len(parts) >= 4 && parts[0].plain() && parts[1].plain() && parts[2].plain() && parts[3].plain() { // so that the sum is read and written seldom
			a, b, c, d := parts[0].Coefficient, parts[1].Coefficient, parts[2].Coefficient, parts[3].Coefficient
			p, q, r, s := w.plain(&parts[0], n), w.plain(&parts[1], n), w.plain(&parts[2], n), w.plain(&parts[3], n)
			for k := range out {
				out[k] = out[k] + float64(a*p[k]) + float64(b*q[k]) + float64(c*r[k]) + float64(d*s[k])
			}
			parts = parts[4:]
			continue
		}
		for k := range product {
			product[k] = parts[0].Coefficient
		}
		for _, power := range parts[0].Product {
			raise(product, w.values[power.Variable][:n], power.Exponent, product)
		}
		for k, x := range product {
			out[k] += x
		}
		parts = parts[1:]
	}
}

// plain reports whether a part is a multiple of one variable.
func (p *Part) plain() bool { return len(p.Product) == 1 && p.Product[0].Exponent == 1 }

// plain is that variable.
func (w *worker) plain(p *Part, n int) []float64 { return w.values[p.Product[0].Variable][:n] }

// CommonName is the name under which an error that variables share is drawn.
func CommonName(name string) string { return "common " + name }

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

// figure adds up a figure's draws. score has the normal scores of its error, where it has a rest.
func (w *worker) figure(f *Figure, moving moving, score, out []float64) {
	clear(out)
	w.add(f.Terms, out)
	if f.hasRest() {
		sd := w.v[:len(out)]
		w.deviation(f, moving, out, sd)
		for k, z := range score {
			out[k] += deviated(sd[k], float64(moving.mean*out[k]), z)
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

// fewSkewed is the coefficient of variation below which a lognormal number is taken for a normal one.
const fewSkewed = 0.02

// deviated is what a rest of a mean and standard deviation deviates by where its score is z: as a lognormal number of both, or where the mean is 0 or far above the
// deviation as a normal one.
func deviated(sd, mean, z float64) float64 {
	cv := sd / math.Abs(mean)
	if !(cv > fewSkewed && cv < math.Inf(1)) {
		return float64(sd * z)
	}
	s2 := elementary.Ln(1 + float64(cv*cv))
	return float64(mean * (elementary.Exp(float64(math.Sqrt(s2)*z)-float64(s2/2)) - 1))
}

// moving is how a figure's rest moves with its terms: the standard deviation of Figure.Moving as a part of them, or by itself where they cancel at the point values, so
// that there is nothing to move with.
type moving struct {
	part, sd float64
	mean     float64 // of the whole rest, as a part of the terms; 0 where it has both signs
}

func (m *Model) moving(f *Figure) (x moving) {
	point := 0.0
	if f.hasRest() {
		point = m.pointOf(f.Terms)
	}
	if point == 0 {
		return moving{sd: math.Sqrt(f.Moving)}
	}
	return moving{part: math.Sqrt(f.Moving) / point, mean: f.RestMean / point}
}

// deviation is the standard deviation of a figure's rest in each draw, of which sum has the terms.
func (w *worker) deviation(f *Figure, x moving, sum, out []float64) {
	clear(out)
	for _, r := range f.Rest {
		a, b := w.product[r.A][:len(out)], w.product[r.B][:len(out)]
		for k := range out {
			out[k] += float64(float64(r.Value*a[k]) * b[k])
		}
	}
	for k := range out {
		moved := float64(x.part * sum[k])
		out[k] = math.Sqrt(max(0, out[k]+float64(moved*moved)+float64(x.sd*x.sd)))
	}
}

func restName(figure string) string { return "rest " + figure }

// add adds terms in their order, some at a time so that sums are read and written seldom.
func (w *worker) add(terms []Term, out []float64) {
	n := len(out)
	for ; len(terms) >= 4; terms = terms[4:] {
		a, b, c, d := terms[0].Coefficient, terms[1].Coefficient, terms[2].Coefficient, terms[3].Coefficient
		p, q, r, s := w.product[terms[0].Product][:n], w.product[terms[1].Product][:n], w.product[terms[2].Product][:n], w.product[terms[3].Product][:n]
		for k := range out {
			out[k] = out[k] + float64(a*p[k]) + float64(b*q[k]) + float64(c*r[k]) + float64(d*s[k])
		}
	}
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
