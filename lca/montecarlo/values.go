package montecarlo

import (
	"context"
	"runtime"
)

// Values are the draws of all figures, each as many as the design has, for whoever computes with several models draw by draw: variables of one name have the same draws in each that
// draws them alike. They are held at once; Memory of the options counts for nothing.
func (m *Model) Values(ctx context.Context, o Options) ([][]float64, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	r := &drawing{model: m, design: o.Design, own: m.alike(), scores: m.scores(), products: len(m.Products)}
	n := o.Design.Draws
	out := make([][]float64, len(m.Figures))
	for f := range out {
		if !r.skip(f) {
			out[f] = make([]float64, n)
		}
	}
	for _, b := range r.blocks(max(1, len(m.Figures))) {
		variables := m.needed(b.products)
		err := each(ctx, o.Jobs, (n+chunk-1)/chunk, func() func(i int) {
			w := m.worker(variables, b.products)
			score := make([]float64, chunk)
			return func(i int) {
				from := i * chunk
				to := min(from+chunk, n)
				w.draw(o.Design, from, to-from)
				for f, last := b.from, int32(-1); f < b.to; f++ {
					if r.skip(f) {
						continue
					}
					if at := r.scores.of[f]; at >= 0 && at != last {
						r.scores.fill(o.Design, at, from, score[:to-from])
						last = at
					}
					w.figure(&m.Figures[f], b.moving[f-b.first], score[:to-from], out[f][from:to])
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	for f, first := range r.own {
		out[f] = out[first]
	}
	return out, ctx.Err()
}
