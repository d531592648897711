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
	r := &drawing{model: m, design: o.Design, own: m.alike(), scores: m.scores(), most: len(m.Products) + len(m.Variables)}
	n := o.Design.Draws
	out := make([][]float64, len(m.Figures))
	for f := range out {
		if !r.skip(f) {
			out[f] = make([]float64, n)
		}
	}
	for _, b := range r.blocks(max(1, len(m.Figures))) {
		if err := r.draw(ctx, o.Jobs, &b, b.from, out[b.from:b.to]); err != nil {
			return nil, err
		}
	}
	for f, first := range r.own {
		out[f] = out[first]
	}
	return out, ctx.Err()
}
