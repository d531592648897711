package study

import (
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
)

// Where a corner lacks a factor that its side's own study does not lack, such as that of a region which only the other's inventory has, the other pack's stands in: whether it is there is no
// difference between the packs as the studies use them. So the whole of what a new row bears counts as the inventory's.

// filler is what stands in where a corner's pack has no row.
type filler struct {
	plan   *plan // the corner's method with the other pack
	lacks  func(factor, category, region, technology string) bool
	missed *missedLookups // of the side's own study
}

// lookup finds a value inside a formula, which failed with an error.
func (f *filler) lookup(factor, region, technology string, year int, err error) (factors.Found, error) {
	if f.missed.of[askedLookup{factor, region, technology, year}] { // complete, since the study has been run
		return factors.Found{}, err
	}
	return f.plan.resolve(factor, "", region, technology, year)
}

// fill takes the other pack's factor for a part that was refused.
func (a *assessment) fill(x *part, f *flow, category string, key *amounts.Key) {
	region, technology := "", ""
	if tuple := a.space.Tuples.Tuple(key.Lookup); tuple != nil {
		region, technology = a.space.Names.Name(tuple[0]), a.space.Names.Name(tuple[1])
	}
	if a.p.filler.lacks(f.rule.Factor, category, region, technology) {
		return
	}
	found, err := a.p.filler.plan.find(a.space, f.rule.Factor, category, key.Lookup, int(key.Year))
	if err != nil {
		return
	}
	x.refused, x.err, x.found, x.class = false, nil, &found, classIndex(found.Row.Quality)
	x.factor = float64(found.Row.Value * a.p.toCategory(found.Row))
}

// packOf is the pack that a row is of.
func (p *plan) packOf(r *factors.Row) *factors.Pack {
	if p.filler != nil {
		if rows := p.filler.plan.pack.Rows; int(r.ID) < len(rows) && &rows[r.ID] == r {
			return p.filler.plan.pack
		}
	}
	return p.pack
}

// lacks reports whether a study itself lacks a factor.
func (c *comparing) lacks(side int, factor, category, region, technology string) bool {
	for k := range c.ends[side].result.holes.found {
		if k.factor == factor && k.category == category && (k.region == region && k.technology == technology || k.region == "" && k.technology == "") {
			return true
		}
	}
	return false
}
