package study

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/draws"
	"github.com/ai-impact-observatory/ailca/lca/draws/stat"
	"github.com/ai-impact-observatory/ailca/lca/montecarlo"
)

// Each cause's part has an interval: all corners are drawn from the same numbers, what is called the same has the same quantile in each, and the part is computed draw by draw. So what
// both sides have in common cancels. Intervals of parts do not add up to that of the difference.

// drawnCorner are the draws of a corner's totals.
type drawnCorner map[totalKey][]float64

// drawing reports whether parts have intervals.
func (c *comparing) drawing() bool { return c.sampling.Draws > 0 && !c.undrawn }

// affordDraws leaves intervals out where the draws of all corners' totals take more memory than there is.
func (c *comparing) affordDraws() {
	most := c.o.Memory
	if most <= 0 {
		most = 2 << 30
	}
	totals := max(len(c.ends[0].totals), len(c.ends[1].totals))
	if c.drawing() && int64(8*c.sampling.Draws)*int64(totals)<<len(c.unions) > most/2 {
		c.undrawn = true
		c.notes = append(c.notes, fmt.Sprintf("parts have no intervals: %d draws of %d totals in %d corners take too much memory", c.sampling.Draws, totals, 1<<len(c.unions)))
	}
}

// sampleBy takes the later study's draws, from its seed. Points are random: dimensions of others go by what a study ranks, which differs between corners.
func (c *comparing) sampleBy(s *Sampling) { c.sampling = s.paired() }

func (s Sampling) paired() Sampling {
	s.Points, s.Tolerance, s.Quantiles = draws.Random, 0, nil
	return s
}

// alikeFactors has rows of two packs drawn alike that answer the same question: what error they share with others is what the later pack says, else what the other does.
type alikeFactors struct{ shared map[string]sharedFactor }

type sharedFactor struct {
	name string
	rho  float64
}

func (f *alikeFactors) common(r *factors.Row) (name string, rho float64) {
	s := f.shared[r.Meaning()]
	return s.name, s.rho
}

func (c *comparing) alike() *alikeFactors {
	if c.alikes == nil {
		c.alikes = &alikeFactors{map[string]sharedFactor{}}
		for _, e := range c.ends {
			p := e.plan.pack
			for i := range p.Rows {
				r := &p.Rows[i]
				if name, rho := p.CommonMeaning(r); name != "" {
					c.alikes.shared[r.Meaning()] = sharedFactor{name, rho}
				}
			}
		}
	}
	return c.alikes
}

// drawTotals draws the totals of an assessment of all amounts.
func (c *comparing) drawTotals(a *assessment) (drawnCorner, error) {
	return a.drawTotals(c.ctx, &c.o.Options, &c.sampling, c.alike(), 0)
}

// drawTotals draws the totals of an assessment of all amounts, those of a year or, of year 0, all, with random points. alike may be nil.
func (a *assessment) drawTotals(ctx context.Context, o *Options, s *Sampling, alike *alikeFactors, year int) (drawnCorner, error) {
	f := a.forms
	q := newQuantities(a.p, a.space)
	q.alike = alike
	if len(f.redraws.keys) > 0 {
		var err error
		if q.redrawing, err = a.newRedrawing(ctx, q, o); err != nil {
			return nil, err
		}
	}
	b := f.builder(q)
	var keys []aggregateKey
	for _, k := range f.sumKeys() {
		if k.by == byTotal && (year == 0 || int(k.year) == year) {
			keys = append(keys, k)
			b.figure(f.sumNames(k), f.aggregates[k])
		}
	}
	design, err := draws.New(s.Seed, draws.Random, s.Draws, nil)
	if err != nil {
		return nil, err
	}
	values, err := q.model.Values(ctx, montecarlo.Options{Design: design, Jobs: o.Jobs})
	if err != nil {
		return nil, err
	}
	out := drawnCorner{}
	for i, k := range keys {
		out[totalKey{k.year, k.perspective, k.accounting, k.category}] = values[i]
	}
	return out, nil
}

// drawCorner assesses the amounts of a scan with a plan's factors, and draws the totals.
func (c *comparing) drawCorner(s *cornerScan, p *plan) (drawnCorner, error) {
	if s.assessment != nil && p == s.plan {
		return c.drawTotals(s.assessment)
	}
	space := s.space
	if p != s.plan {
		space = space.Mapped(func(x amounts.Symbol) amounts.Symbol {
			if _, is := x.Ref.(factors.Found); is {
				if v, ok := p.again(x.Name); ok {
					x.Value, x.Ref = v.Value, v.Ref
				}
			}
			return x
		})
	}
	a := p.newAssessment(space, &Options{Memory: c.o.Memory, Scratch: c.o.Scratch})
	defer a.close()
	if err := a.all(c.ctx, gathered{s.result}); err != nil {
		return nil, err
	}
	return c.drawTotals(a)
}

// intervals gives each cause's part of a total the 5th and the 95th percentile of its draws, by number of the union, and the last to the difference; nil where nothing is drawn.
func (c *comparing) intervals(k totalKey) [][2]float64 {
	if !c.drawing() || len(c.unions) == 0 {
		return nil
	}
	n := c.sampling.Draws
	sample := stat.NewSample(n)
	ends := func(values []float64) [2]float64 {
		sample.Set(values)
		q, _, _ := sample.Quantiles([]float64{0.05, 0.95}, 0.95)
		return [2]float64{q[0], q[1]}
	}
	var out [][2]float64
	for u := range c.unions {
		part := make([]float64, n)
		for set, w := range c.weights(u) {
			if w == 0 {
				continue
			}
			add(part, c.drawn[set|1<<u][k], w)
			add(part, c.drawn[set][k], -w)
		}
		out = append(out, ends(part))
	}
	difference := make([]float64, n)
	add(difference, c.drawn[len(c.drawn)-1][k], 1)
	add(difference, c.drawn[0][k], -1)
	return append(out, ends(difference))
}

// add adds multiples of values; none are 0.
func add(to, values []float64, times float64) {
	for i, v := range values {
		to[i] += float64(times * v)
	}
}

// ofUnion is a union's interval; nil where there is none.
func ofUnion(intervals [][2]float64, at int) (low, high *float64) {
	if at < 0 || at >= len(intervals) || math.IsNaN(intervals[at][0]+intervals[at][1]) {
		return nil, nil
	}
	return &intervals[at][0], &intervals[at][1]
}

// sameGroups reports whether a study groups by what corners do.
func (c *comparing) sameGroups(s *Study) bool {
	return len(s.GroupBy) == len(c.columns) && !slices.ContainsFunc(c.columns, func(column int) bool { return !s.inGroup(groupNames[column]) })
}
