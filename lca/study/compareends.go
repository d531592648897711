package study

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// endOfComparison is one of the studies, run.
type endOfComparison struct {
	study  *Study
	plan   *plan
	run    *runState
	result *result
	totals map[totalKey]float64              // as published, where a result folder is compared
	anew   map[totalKey]float64              // as computed
	names  []map[string]map[totalKey]float64 // by column of groupNames and, last, stage

	overflow [groupColumns + 1]bool // columns with more names than are told apart
}

// open opens a study and compiles its method.
func (c *comparing) open(i int, s *Study) error {
	own := *s
	own.Sampling = c.sampling
	own.dropLevers()
	e := &endOfComparison{study: &own, run: &runState{space: &amounts.Space{}, options: c.o.Options}}
	var probs diag.List
	var err error
	e.plan, err = own.compiled(c.ctx, c.o.Jobs, &probs)
	c.ends[i] = e
	if err == nil && probs.Count(diag.Error) > 0 {
		err = e.plan.check(c.ctx, true, c.o.Jobs, &probs)
	}
	if err == nil {
		err = probs.Err()
	}
	if err == nil && len(e.plan.partials) > 0 {
		x := own.at("amounts").Problem(diag.BadValue, "amounts of other runs cannot be compared: what rows they come from is not known")
		x.Hint = "compare studies that name the inventories"
		probs.Add(x)
		err = probs.Err()
	}
	return err
}

// end runs a study.
func (c *comparing) end(i int) (err error) {
	e := c.ends[i]
	own := e.study
	var probs diag.List
	for _, k := range e.plan.kinds {
		k.content = c.content(k.kind)
	}
	e.plan.missed, e.plan.undrawn = &missedLookups{}, true
	if e.result, err = e.plan.compute(c.ctx, e.run, &probs); err != nil {
		return err
	}
	c.gaps(i)
	if years := e.result.impacts.years(); own.lastYear && len(years) > 0 {
		own.Year = years[len(years)-1]
	}
	if err := e.computed(); err != nil {
		return err
	}
	e.anew = e.totals
	return e.published(c.ctx, c.o.Published[i])
}

// gaps notes what a study has no figure of.
func (c *comparing) gaps(side int) {
	const most = 6
	name := []string{"A", "B"}[side]
	seen := map[string]bool{}
	var said []string
	for _, o := range c.ends[side].result.holes.sorted() {
		text := fmt.Sprintf("%s lacks %s of %s of %s", name, o.subject, plural(int(o.rows()), "row"), o.kind)
		if o.factor != "" {
			text = strings.TrimSpace(fmt.Sprintf("%s lacks the factor %s %s %s", name, o.factor, o.region, o.technology)) + ": " + plural(int(o.rows()), "row") + " of " + o.kind
			text += ", " + o.category
		} else if o.why != "" {
			text += ": " + o.why
		}
		if !seen[text] {
			seen[text] = true
			said = append(said, text)
		}
	}
	if len(said) > most {
		said = append(said[:most:most], fmt.Sprintf("%s lacks %d things more: its ledger has all", name, len(said)-most))
	}
	c.notes = append(c.notes, said...)
}

// content are the columns of a kind that both methods read, by which the same row has the same errors under both.
func (c *comparing) content(kind *datasets.Kind) []string {
	out := []string{}
	a, b := c.ends[0].plan.kindOf(kind), c.ends[1].plan.kindOf(kind)
	if a == nil || b == nil {
		return nil
	}
	for _, name := range a.program.Columns() {
		if slices.Contains(b.program.Columns(), name) {
			out = append(out, name)
		}
	}
	return out
}

// published takes a result folder's totals in place of those computed anew.
func (e *endOfComparison) published(ctx context.Context, r *Result) error {
	if r == nil {
		return nil
	}
	rows, err := r.impacts(ctx)
	if err != nil {
		return err
	}
	sums := map[totalKey]*exact.Sum{}
	for i := range rows {
		if k, ok := keyOf(&rows[i]); ok {
			if sums[k] == nil {
				sums[k] = &exact.Sum{}
			}
			sums[k].Add(rows[i].Value)
		}
	}
	e.totals = map[totalKey]float64{}
	for k, s := range sums {
		e.totals[k] = s.Float64()
	}
	return nil
}

// keyOf is the total that a row of the impact table is a part of; false where it is of none, or of words that this version does not know.
func keyOf(r *lca.Impact) (totalKey, bool) {
	words := lca.Words()
	p, a := slices.Index(lca.Names(words.Perspectives), r.Perspective), slices.Index(lca.Names(words.Accountings), r.Accounting)
	c := slices.IndexFunc(words.Categories, func(c lca.Category) bool { return c.Name == r.Category })
	return totalKey{int32(r.Year), uint8(p), uint8(a), uint8(c)}, r.ShareOf == words.ShareOf[0].Name && p >= 0 && a >= 0 && c >= 0
}

// maxPublished bounds the rows of a published impact table that are read.
const maxPublished = 4 << 20

// impacts are the rows of a result folder's impact table.
func (r *Result) impacts(ctx context.Context) ([]lca.Impact, error) {
	table, close, err := r.table(ctx, impactsFile)
	if err != nil {
		return nil, err
	}
	defer close()
	return parquet.ReadRows[lca.Impact](table, maxPublished)
}

// computed adds up the cells that a run publishes.
func (e *endOfComparison) computed() error {
	sums := map[totalKey]*exact.Sum{}
	type nameKey struct {
		column int
		name   string
		totalKey
	}
	names := map[nameKey]*exact.Sum{}
	e.names = make([]map[string]map[totalKey]float64, len(groupNames)+1)
	err := e.result.impacts.each(func(r *lca.Impact, _ uint32) error {
		k, ok := keyOf(r)
		if !ok {
			return nil
		}
		if sums[k] == nil {
			sums[k] = &exact.Sum{}
		}
		sums[k].Add(r.Value)
		for column, name := range [...]string{r.Item, r.Model, r.Organisation, r.Region, r.Hardware, r.Stage} {
			if name == "" {
				continue
			}
			n := nameKey{column, name, k}
			if names[n] == nil {
				if e.names[column] == nil {
					e.names[column] = map[string]map[totalKey]float64{}
				}
				if e.names[column][name] == nil {
					if len(e.names[column]) >= mostNames {
						e.overflow[column] = true
						continue
					}
					e.names[column][name] = map[totalKey]float64{}
				}
				names[n] = &exact.Sum{}
			}
			names[n].Add(r.Value)
		}
		return nil
	})
	e.totals = map[totalKey]float64{}
	for k, s := range sums {
		e.totals[k] = s.Float64()
	}
	for n, s := range names {
		e.names[n.column][n.name][n.totalKey] = s.Float64()
	}
	return err
}

// mostNames is how many names of a column are told apart; a column with more is left out.
const mostNames = 5000
