package study

import (
	"cmp"
	"math"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/levers"
)

// A case of a computation of levers: what it is compiled from, its totals, and what of it is not known.

// leverCase is the totals of a case.
type leverCase struct {
	totals     map[totalKey]float64
	incomplete map[incompleteKey]bool
	refused    refusedTotals
	lacks      map[holeKey]bool
	drawn      drawnCorner
}

// refusedRows are those of a rule in a calendar year that lack in a total, for something has no value.
type refusedRows struct {
	hole       holeKey
	kind, rule string
	year       int32
}

// refusedFrom says how many rows lack, which is the first of them, and in which totals they lack.
type refusedFrom struct {
	rows        int64
	first       amounts.Origin
	perspective string
	accountings []string // empty: all
}

type refusedTotals map[refusedRows]refusedFrom

// add takes rows of a cell. whole is the method's own name of the factor that has no value; empty where it is none.
func (t refusedTotals) add(r *refusal, f *flow, whole string, key *amounts.Key, c *amounts.Cell) {
	of := refusedRows{r.key, r.kind.kind.Name, f.rule.Name, key.Year}
	of.hole.factor = cmp.Or(whole, of.hole.factor) // the same rows lack, however their factor is called
	x, met := t[of]
	if !met || c.First.Before(x.first) {
		x.first = c.First
	}
	x.rows += c.Whole
	x.perspective, x.accountings = f.rule.Perspective, f.rule.Accountings
	t[of] = x
}

// lacksOther reports whether a case has no value of other rows than another case, be they more or fewer, in a total: their difference would take what is not known for nothing.
func (c *leverCase) lacksOther(k totalKey, than *leverCase) bool {
	words := lca.Words()
	category, perspective, accounting := words.Categories[k.category].Name, words.Perspectives[k.perspective].Name, words.Accountings[k.accounting].Name
	within := func(r refusedRows, f refusedFrom) bool {
		return int(r.year) == int(k.year) && r.hole.category == category && f.perspective == perspective && among(f.accountings, accounting)
	}
	for r, f := range c.refused {
		if o := than.refused[r]; within(r, f) && (o.rows != f.rows || o.first != f.first) {
			return true
		}
	}
	for r, f := range than.refused {
		if within(r, f) && c.refused[r].rows == 0 {
			return true
		}
	}
	return false
}

// plan compiles the study's method under levers, and with factors of their own where under has any.
func (x *levering) plan(under *rules.Overrides, list []*levers.Lever) (*plan, error) {
	var probs diag.List
	m := x.base.method
	if under != nil && under.Factors != nil {
		m = m.Overridden(under, &probs)
	}
	for _, l := range list {
		m = m.Overridden(&l.Overrides, &probs)
	}
	study := *x.study
	study.lenient = true // what lacks a factor is told by total
	p := &plan{study: &study, method: m, pack: x.base.pack, tables: x.base.tables, policies: map[string]factors.Policy{}, names: x.base.names, catalogued: x.base.catalogued, undrawn: true, refusals: true}
	for _, k := range x.base.kinds {
		p.kinds = append(p.kinds, &kindPlan{kind: k.kind, inventory: k.inventory, content: x.content[k.kind.Name]})
	}
	p.policy(&probs)
	if probs.Err() == nil {
		p.compile(&probs)
		p.placed(&probs)
	}
	return p, probs.Err()
}

// placed refuses words and numbers that a lever puts where they cannot stand, such as a region that no registry has, or a PUE below 1.
func (p *plan) placed(probs *diag.List) {
	for _, k := range p.kinds {
		for _, put := range k.program.Puts() {
			field, ok := k.kind.Column(put.Column)
			if !ok {
				continue
			}
			problem, wrong := diag.Problem{}, false
			if put.Number != nil {
				problem, wrong = field.Number(*put.Number, put.At.Place)
			} else {
				problem, wrong = field.Word(put.Word, put.At.Place)
			}
			if wrong {
				probs.Add(problem)
			}
		}
	}
}

// assessed scans and assesses a case.
func (x *levering) assessed(p *plan) (*leverCase, error) {
	space, scan, err := p.scanUnchecked(x.ctx, &x.o.Options, nil)
	if err != nil {
		return nil, err
	}
	defer scan.Close()
	a := p.newAssessment(space, &x.o.Options)
	defer a.close()
	if err := a.all(x.ctx, gathered{scan}); err != nil {
		return nil, err
	}
	return x.measured(a)
}

// measured takes an assessment's totals, and draws them.
func (x *levering) measured(a *assessment) (*leverCase, error) {
	sums := map[totalKey]*exact.Sum{}
	err := a.impacts.each(func(r *lca.Impact, _ uint32) error {
		if k, ok := keyOf(r); ok {
			if sums[k] == nil {
				sums[k] = &exact.Sum{}
			}
			sums[k].Add(r.Value)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &leverCase{totals: map[totalKey]float64{}, incomplete: a.incomplete, refused: a.refused, lacks: map[holeKey]bool{}}
	for key := range a.holes.found {
		out.lacks[key] = true
	}
	for k, s := range sums {
		out.totals[k] = s.Float64()
	}
	if x.sampling.Draws > 0 {
		out.drawn, err = a.drawTotals(x.ctx, &x.o.Options, &x.sampling, nil, x.study.Year)
	}
	return out, err
}

// possible refuses a case in which a total is not finite, or is below 0 while the study as it is has it above: no action takes away more than there is.
func (x *levering) possible(k totalKey, l *levers.Lever, base *leverCase, cases ...*leverCase) error {
	for _, c := range cases {
		if c == nil {
			continue
		}
		words := lca.Words()
		category := words.Categories[k.category]
		var probs diag.List
		if more := c.totals[k] - base.totals[k]; math.IsInf(more, 0) || math.IsNaN(more) {
			p := l.Problem(diag.NotFinite, "with %s the %s of %d is %v %s, and without it %v", l.Ref(), category.Name, k.year, c.totals[k], category.Unit, base.totals[k])
			p.Hint = "look at what it sets: a value that cannot be, or a number that is too large"
			probs.Add(p)
			return probs.Err()
		}
		if base.totals[k] < 0 || !(c.totals[k] < 0) {
			continue
		}
		p := l.Problem(diag.NegativeTotal, "with %s the %s of %d is %v %s, below 0", l.Ref(), category.Name, k.year, c.totals[k], category.Unit)
		p.Why, p.Hint = "no action takes away more than there is", "look at what it sets: a value that cannot be, or a share above 1"
		probs.Add(p)
		return probs.Err()
	}
	return nil
}
