package study

import (
	"io"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/montecarlo"
)

// writeIntervals are the tables of what draws say beside the intervals that stand in the tables of impacts and intensities.
func (p *plan) writeIntervals(res *result) []resultFile {
	in := res.intervals
	files := []resultFile{
		{"intervals.parquet", func(w io.Writer) error {
			return parquet.WriteRows(w, in.sums, p.meta("intervals", lca.IntervalsFormat))
		}},
		{"rankings.parquet", func(w io.Writer) error {
			return parquet.WriteRows(w, in.rankings, p.meta("rankings", lca.RankingsFormat))
		}},
		{"causes.parquet", func(w io.Writer) error { return parquet.WriteRows(w, in.causes, p.meta("causes", lca.CausesFormat)) }},
	}
	if len(p.study.Sampling.Quantiles) > 0 {
		files = append(files, resultFile{"quantiles.parquet", func(w io.Writer) error {
			return parquet.WriteRows(w, in.quantiles, p.meta("quantiles", lca.QuantilesFormat))
		}})
	}
	return files
}

// distinguished is how probable it has to be that one entry is larger than another for a ranking to say so.
const distinguished = 0.9

// rank makes the rows of the table of rankings. order are the numbers of the intensities' forms by what may be compared, the largest first.
func (in *intervals) rank(f *forms, order []int, summaries []montecarlo.Summary) {
	p, words := f.a.p, lca.Words()
	place := 0
	for i, at := range order {
		r, s := f.ratios[at], &summaries[i]
		alone := (i == 0 || !f.ratios[order[i-1]].beside(r)) && (i+1 == len(order) || !r.beside(f.ratios[order[i+1]]))
		if alone {
			continue // nothing to rank
		}
		if i == 0 || !f.ratios[order[i-1]].beside(r) {
			place = 0
		}
		place++
		pair := len(words.Perspectives) * len(words.Accountings)
		category := &words.Categories[r.burden/pair]
		names := f.groupNames(r.group)
		row := lca.Ranking{Study: p.study.Name, Scenario: scenario, Kind: p.kinds[r.kind].kind.Name, FunctionalUnit: r.unit, ComparisonClass: r.text, Category: category.Name,
			Unit: category.Unit + "/" + r.unit, Perspective: words.Perspectives[r.burden%pair/len(words.Accountings)].Name, Accounting: words.Accountings[r.burden%len(words.Accountings)].Name,
			Place: place, Item: names[0], Model: names[1], Organisation: names[2], Region: names[3], Hardware: names[4], Year: int(r.year), Scope: r.scope, Value: r.value,
			P05: s.Quantiles[0], P50: s.Quantiles[1], P95: s.Quantiles[2], Method: p.method.Ref(), Pack: p.pack.Ref()}
		if place > 1 {
			below := s.Exceeds
			row.Below, row.Distinguishable = &below, below >= distinguished
		}
		in.rankings = append(in.rankings, row)
	}
	in.rankings = slices.Clip(in.rankings)
}
