package study

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/reports"
)

// factorAges counts the rows of each factor that the totals of the study's year were calculated with, by the year that they describe. A row that is valid for several years describes the
// one nearest to the study's; one that is valid for any year describes none.
func (a *assessment) factorAges() []reports.FactorAge {
	year := a.p.study.Year
	met := map[*factors.Row]bool{}
	for k, x := range a.answers {
		if int(k.year) != year || !a.flows[k.flow].inTotal() {
			continue
		}
		for _, part := range x.parts {
			if part.found != nil && !part.refused {
				met[part.found.Row] = true
			}
		}
	}
	for id := range a.monomials {
		if !a.monomials[id].known {
			continue
		}
		for _, power := range a.space.Monomials.Powers(int32(id)) {
			found, ok := factorOf(a.space.Monomials.At(power.Symbol).Ref)
			if ok && (found.Asked.Year == year || found.Asked.Year == 0) {
				met[found.Row] = true
			}
		}
	}
	count := map[reports.FactorAge]int{}
	for row := range met {
		count[reports.FactorAge{Factor: row.Factor, Year: described(row.From, row.To, year)}]++
	}
	var out []reports.FactorAge
	for x, n := range count {
		x.Rows = n
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b reports.FactorAge) int {
		return cmp.Or(strings.Compare(a.Factor, b.Factor), cmp.Compare(a.Year, b.Year))
	})
	return out
}

// described is the year of a period that is nearest to another; 0 of no period.
func described(from, to, year int) int {
	if from == 0 && to == 0 {
		return 0
	}
	return min(max(year, from), to)
}
