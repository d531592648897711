package study

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/elementary"
	"github.com/ai-impact-observatory/ailca/lca/montecarlo"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// A driver's distribution is of its value in the last year of the projection, relative to what the scenario says. In the base year it is known; between, the logarithm of what it is off by
// grows evenly. Scenarios that give a driver the same distribution share its draws, so that they stay paired.

// driverSpread is what a driver is off by in a year; its value is 1.
type driverSpread struct {
	driver string
	text   string // of the distribution
	dist   dist.Dist
	years  int // since the base year
	of     int // years of the projection
}

// spreadAt is what a product of uncertain drivers depends on.
type spreadAt struct {
	mono int32
	of   factorAt
	n    int // the case
}

// spread multiplies a monomial by what the drivers that act on a contribution are off by in a case. What a scenario leaves as it is in the base year is off by nothing.
func (x *projecting) spread(mono int32, of factorAt, n int) int32 {
	year := n % len(x.years)
	acts, s := x.acts[n/len(x.years)].flows[of.flow], x.acts[n/len(x.years)].scenario
	if year == 0 || len(acts) == 0 {
		return mono
	}
	if !slices.ContainsFunc(acts, func(a driverAct) bool { return a.driver.Distribution != nil }) {
		return mono
	}
	k := spreadAt{mono, of, n}
	if out, ok := x.spreads[k]; ok {
		return out
	}
	k.of.region, k.of.task = strings.Clone(of.region), strings.Clone(of.task)
	category, kind := lca.Words().Categories[of.category].Name, x.p.kinds[x.flows[of.flow].kind].kind.Name
	out := mono
	for _, a := range acts {
		if a.driver.Distribution == nil || !among(a.categories, category) {
			continue
		}
		if v, ok := s.Value(a.driver.Name, scenarios.Asked{Region: of.region, Task: of.task, Category: category, Kind: kind}, x.years[year]); ok && v.Held {
			continue
		}
		s := driverSpread{a.driver.Name, a.driver.DistText, *a.driver.Distribution, year, len(x.years) - 1}
		one := x.space.Monomials.Symbol(amounts.Symbol{Name: s.name(), Value: 1, Ref: s})
		out = x.space.Monomials.Multiply(out, one, int32(a.power))
	}
	x.spreads[k] = out
	return out
}

func (s *driverSpread) name() string {
	return fmt.Sprintf("driver %s %s %d/%d", s.driver, s.text, s.years, s.of)
}

// driver is the variable of what a driver is off by.
func (q *quantities) driver(s *driverSpread) int32 {
	last := q.variable(originDriver+" "+s.driver+" "+s.text, func() (montecarlo.Variable, quantity) {
		return montecarlo.Variable{Point: 1, Dist: s.dist}, quantity{originDriver, s.driver, ""}
	})
	if last < 0 || s.years == s.of {
		return last
	}
	return q.variable(s.name(), func() (montecarlo.Variable, quantity) {
		part := float64(s.years) / float64(s.of)
		v := montecarlo.Variable{Point: 1, Of: []int32{last}}
		v.Made = func(draws [][]float64) []float64 {
			out := make([]float64, len(draws[0]))
			for i, d := range draws[0] {
				out[i] = elementary.Pow(d, part)
			}
			return out
		}
		return v, quantity{originDriver, s.driver, ""}
	})
}
