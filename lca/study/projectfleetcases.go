package study

import (
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// madeOrRetired says how many times what devices came to in a year enters each case: burdens of making by what is put into service, those of leaving as they are documented in the base year.
func (x *projecting) madeOrRetired(g *amounts.Group, f *flow, key *amounts.Key) [][]float64 {
	base, r := x.years[0], x.fleet.regions[g.Names[regionGroup]]
	switch f.spec.TimeName {
	case x.fleet.stock.From:
		if r == nil || int(key.Year) != r.mixMade && int(key.Year) != base {
			return nil
		}
		out := make([]float64, x.cases())
		for n := range out {
			y := n % len(x.years)
			switch {
			case y == 0 && int(key.Year) == base:
				out[n] = 1
			case y > 0 && int(key.Year) == r.mixMade && len(r.flows) > 0:
				out[n] = r.flows[n/len(x.years)].Years[y].Shipments / r.made[r.mixMade]
			}
		}
		return [][]float64{out}
	case x.fleet.stock.Retired:
		if int(key.Year) != base {
			return nil
		}
		out := make([]float64, x.cases())
		for n := 0; n < len(out); n += len(x.years) {
			out[n] = 1
		}
		return [][]float64{out}
	}
	return x.used(g, f, key)
}

// retired says how many times what devices of a cohort come to when they leave enters each case.
func (x *projecting) retired(g *amounts.Group, f *flow, key *amounts.Key) [][]float64 {
	if f.spec.TimeName != x.fleet.stock.Retired {
		return nil
	}
	r := x.fleet.regions[g.Names[regionGroup]]
	of := cohortOf{g.Names[hardwareGroup], int(key.Year)}
	if r == nil || r.held[of] == 0 {
		return nil
	}
	gone := make([]float64, x.cases())
	for s, flow := range r.flows {
		gone := gone[s*len(x.years):][:len(x.years)]
		for i := range r.of {
			if r.of[i] != of {
				continue
			}
			gone[0] += r.before[s][i]
			for y, n := range flow.Cohort(i).Retirements[1:] {
				gone[y+1] += n
			}
		}
		for y := range gone {
			gone[y] /= r.held[of]
		}
	}
	out := [][]float64{gone}
	if of.year != r.mixHeld {
		return out
	}
	var latest exact.Sum // devices of the latest cohort, which stand for later ones
	for o, n := range r.held {
		if o.year == r.mixHeld {
			latest.Add(n)
		}
	}
	mix := latest.Float64()
	for _, from := range x.years[1:] {
		gone := make([]float64, x.cases())
		for s, flow := range r.flows {
			for y, n := range flow.New(from).Retirements {
				gone[s*len(x.years)+y] = n / mix
			}
		}
		out = append(out, gone)
	}
	return out
}

// leaves reports whether a rule is of devices that leave use.
func (x *projecting) leaves(f *flow) bool {
	return x.fleet != nil && x.p.kinds[f.kind] == x.fleet.kind && f.spec.TimeName == x.fleet.stock.Retired
}

// kept is what a contribution comes to without what is used again of what leaves use: all of it of other contributions. Mass that leaves use is recorded on the way.
func (x *projecting) kept(part *part, region string, n int, value float64) float64 {
	f := part.scope.flow
	if !x.leaves(f) {
		return value
	}
	if f.inTotal() && part.scope.category == x.fleet.stock.Waste {
		sum := x.fleet.mass[massAt{n, region}]
		if sum == nil {
			sum = &exact.Sum{}
			x.fleet.mass[massAt{n, strings.Clone(region)}] = sum
		}
		sum.Add(value)
	}
	return float64(value * (1 - role(x.o.Scenarios[n/len(x.years)], scenarios.RoleReuse, region, x.years[n%len(x.years)])))
}
