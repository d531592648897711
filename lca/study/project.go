package study

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// A projection takes the rows of a study's year into later years: each contribution is multiplied by what the drivers of a scenario that act on it have become since. The
// inventories are scanned once, whatever the number of scenarios and years, for these are passes over the table of amounts. Devices in service are followed as stock and flow, so that
// what is made and what is thrown away stands in its own year.

// ProjectOptions of a projection. Scenarios and To change the result, the others do not.
type ProjectOptions struct {
	Options
	Scenarios []*scenarios.Scenario
	To        int // the last year
}

// Projection is what a study comes to under scenarios.
type Projection struct {
	Study     string
	Base, To  int
	Scenarios []*scenarios.Scenario
	Names     []string // of the scenarios, as tables have them
	Totals    []ProjectedTotal
	Intervals []lca.Interval // of totals; empty where nothing was drawn
	Quantiles []lca.Quantile // likewise, the ends of the middle half
	Fleet     []lca.FleetFlow
	Drivers   []lca.DriverValue
	Sectors   []lca.Sector
	Scaled    []lca.Scaled
	Notes     diag.List // warnings and notes

	x *projecting
}

// ProjectedTotal is a total of a year under a scenario.
type ProjectedTotal struct {
	Scenario, Category, Unit string
	Year                     int
	Perspective, Accounting  string
	Value                    float64
	P05, P25, P50, P75, P95  *float64 // nil: nothing was drawn
	Complete                 bool     // false: a part is refused under an accepted gap
}

// projecting is a projection in the making.
type projecting struct {
	*assessment
	o        *ProjectOptions
	run      *runState
	scan     *engine.Result
	base     *result      // the assessment of the study as it is
	years    []int        // from the base year on
	acts     []driverActs // of each scenario
	factors  map[factorAt][]float64
	problems diag.List
	told     map[string]bool
	fleet    *fleetProjection // nil where the study has no devices in service
	weights  map[weightKey]float64
	held     map[string]map[string]bool // by scenario: regions of which it says nothing
	acted    map[string]bool            // scenario and driver: it acts on something
	active   map[int]bool               // kinds, but for devices in service, of which something is documented in the base year
	parts    contributions
	spreads  map[spreadAt]int32 // what products are multiplied by where drivers are uncertain: a monomial
}

// close lets go of what the projection holds.
func (p *Projection) Close() {
	if p == nil || p.x == nil {
		return
	}
	p.x.close()
}

func (x *projecting) close() {
	if x.assessment != nil {
		x.assessment.close()
	}
	if x.base != nil {
		x.base.close()
	} else if x.scan != nil {
		x.scan.Close()
	}
	if x.fleet != nil {
		x.fleet.close()
	}
	x.p.close()
}

// Limits of a projection.
const (
	maxScenarios = 100
	maxCases     = 5000 // scenarios times years
)

// projectable refuses studies and years that cannot be projected.
func projectable(s *Study, o *ProjectOptions, probs *diag.List) {
	if n := len(o.Scenarios); n == 0 || n > maxScenarios || n*(o.To-s.Year+1) > maxCases {
		probs.Add(diag.Problem{Code: diag.Usage, Message: fmt.Sprintf("%d scenarios to %d: there is one at least, at most %d, and at most %d scenarios times years", n, o.To, maxScenarios, maxCases)})
	}
	if len(s.Amounts) > 0 {
		probs.Add(s.at("amounts").Problem(diag.BadValue, "amounts tables do not hold the days of a fleet: a study that adds them up cannot be projected"))
	}
	if o.To <= s.Year {
		probs.Add(s.at("year").Problem(diag.OutOfRange, "the study is of %d: it cannot be projected to %d", s.Year, o.To))
	}
	for _, sc := range o.Scenarios {
		var lacks []string
		if s.Year < sc.From {
			lacks = append(lacks, fmt.Sprintf("it begins in %d, and the study is of %d", sc.From, s.Year))
		}
		if o.To > sc.To {
			lacks = append(lacks, fmt.Sprintf("it ends in %d", sc.To))
		}
		if len(lacks) > 0 {
			x := sc.Problem(diag.OutOfRange, "the scenario %s does not reach from %d to %d: %s", sc.Ref(), s.Year, o.To, strings.Join(lacks, "; "))
			x.Hint = "project fewer years (--to), or write a scenario that rests on it (based_on) and says how it goes on"
			probs.Add(x)
		}
	}
}

// Project projects a study under scenarios. Problems, of the study too, are returned as a *diag.Invalid. The projection must be closed.
func Project(ctx context.Context, s *Study, o ProjectOptions) (*Projection, error) {
	var probs diag.List
	projectable(s, &o, &probs)
	if err := probs.Err(); err != nil {
		return nil, err
	}
	own := *s
	own.GroupBy, own.Reconcile = []string{groupNames[regionGroup], groupNames[hardwareGroup]}, nil
	own.dropLevers()
	own.Sampling.Quantiles = halfOfDraws
	run := &runState{space: &amounts.Space{}, options: o.Options, started: time.Now()}
	p, err := own.compiled(ctx, o.Jobs, &probs)
	if err == nil && probs.Count(diag.Error) > 0 {
		err = p.check(ctx, true, o.Jobs, &probs)
	}
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		p.close()
		return nil, err
	}
	p.undrawn = true
	x := &projecting{o: &o, run: run, factors: map[factorAt][]float64{}, spreads: map[spreadAt]int32{}, told: map[string]bool{}, weights: map[weightKey]float64{}, held: map[string]map[string]bool{}, acted: map[string]bool{}, active: map[int]bool{}}
	x.assessment = p.newAssessment(run.space, &o.Options)
	out := &Projection{Study: s.Name, Base: s.Year, To: o.To, Scenarios: o.Scenarios, x: x}
	if err := x.project(ctx, out, &probs); err != nil {
		out.Close()
		return nil, err
	}
	for _, list := range []*diag.List{&probs, &x.base.warnings, &x.problems} {
		out.Notes.Merge(list)
	}
	return out, nil
}

// project does it all.
func (x *projecting) project(ctx context.Context, out *Projection, probs *diag.List) (err error) {
	for y := out.Base; y <= out.To; y++ {
		x.years = append(x.years, y)
	}
	out.Names = scenarioNames(x.o.Scenarios)
	x.impacts.scenarios = out.Names
	x.impacts.shelf.budget = 0
	if x.forms != nil {
		x.forms.totalsOnly, x.forms.bySource, x.forms.rows, x.forms.noRatios, x.forms.unnamed = true, true, nil, true, groupNames[hardwareGroup]
	}
	if x.base, err = x.p.compute(ctx, x.run, probs); err != nil {
		return err
	}
	x.base.warnings = withoutUnusedGaps(&x.base.warnings) // what leaves use in later years may need them
	x.scan = x.base.scan
	for _, s := range x.o.Scenarios {
		x.acts = append(x.acts, x.actsOf(s))
	}
	if err := x.weigh(ctx); err != nil {
		return err
	}
	if err := x.followFleet(ctx, out); err != nil {
		return err
	}
	if err := x.walk(ctx); err != nil {
		return err
	}
	if err := x.explainHoles(ctx); err != nil {
		return err
	}
	x.holes.report(x.p.study, &x.problems)
	x.idle()
	if err := x.problems.Err(); err != nil {
		return err
	}
	if err := x.totals(ctx, out); err != nil {
		return err
	}
	if len(out.Totals) == 0 {
		problem := x.p.study.at("year").Problem(diag.NoTotal, "no row of %d enters a total: there is nothing to project", out.Base)
		problem.Hint = "name another year of the study, one of which its inventories have rows"
		x.problems.Add(problem)
		return x.problems.Err()
	}
	x.masses(out)
	x.driverValues(out)
	if err := x.fromAbove(out); err != nil {
		return err
	}
	out.scale()
	x.silent()
	return x.finiteTotals(out)
}

// scenarioNames are the names that tables have: with the version where one name stands for two.
func scenarioNames(list []*scenarios.Scenario) []string {
	var out []string
	for i, s := range list {
		name := s.Name
		if slices.ContainsFunc(list, func(o *scenarios.Scenario) bool { return o != s && o.Name == s.Name }) {
			name = s.Ref()
		}
		for n := 2; slices.Contains(out, name); n++ {
			name = fmt.Sprintf("%s (%d)", list[i].Ref(), n)
		}
		out = append(out, name)
	}
	return out
}

// cases are how many scenarios and years there are.
func (x *projecting) cases() int { return len(x.o.Scenarios) * len(x.years) }

// weightKey is what the need of devices is told apart by.
type weightKey struct {
	kind         int
	region, task string
}

// weigh adds up how many device hours are documented in the base year, by kind, region and task.
func (x *projecting) weigh(ctx context.Context) error {
	stock, _ := x.stockKind()
	if stock == nil {
		return nil
	}
	return gathered{x.scan}.Groups(func(g *amounts.Group) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i := range g.Cells {
			key, c := &g.Cells[i].Key, &g.Cells[i].Cell
			f := &x.flows[key.Flow]
			if key.Status == amounts.InTotal && int(key.Year) == x.years[0] && x.p.kinds[g.Inventory] != stock {
				x.active[g.Inventory] = true
			}
			if !f.unit || key.Status != amounts.InTotal || int(key.Year) != x.years[0] || key.Mono == amounts.Refused || f.spec.Unit.Name != stock.kind.Stock.Hours {
				continue
			}
			k := weightKey{g.Inventory, g.Names[regionGroup], x.task(g)}
			if _, ok := x.weights[k]; !ok {
				k.region, k.task = strings.Clone(k.region), strings.Clone(k.task)
			}
			x.weights[k] += float64(c.Sum.Float64() * x.monomial(key.Mono).value)
		}
		return nil
	})
}

// task is the task class of a group; empty where its kind has none.
func (x *projecting) task(g *amounts.Group) string {
	k := x.p.kinds[g.Inventory]
	if at := slices.Index(k.groups[groupColumns:], taskColumn); at >= 0 {
		return g.Names[groupColumns+at]
	}
	return ""
}

// taskColumn is the column of task classes.
const taskColumn = "task"

// walk multiplies the contributions of the base year.
func (x *projecting) walk(ctx context.Context) error {
	var cohorts *pulled
	if x.fleet != nil && x.fleet.cohorts != nil {
		cohorts = pull(x.fleet.cohorts)
		defer cohorts.stop()
	}
	fleet := -1 // its place among the inventories
	if x.fleet != nil {
		fleet = slices.Index(x.p.kinds, x.fleet.kind)
	}
	leave := func(until func(names []string) bool) error { // cohorts come in the order of their names, as the groups of amounts do
		for ; cohorts != nil && cohorts.group != nil && until(cohorts.group.Names); cohorts.next() {
			g := *cohorts.group
			g.Inventory = fleet // in their own scan it is the first
			if err := x.resultGroup(&g); err != nil {
				return err
			}
			x.cells(&g, x.retired)
		}
		return nil
	}
	all := func([]string) bool { return true }
	err := gathered{x.scan}.Groups(func(g *amounts.Group) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		by := x.used
		if fleet >= 0 && g.Inventory >= fleet {
			until := all
			if g.Inventory == fleet {
				by, until = x.madeOrRetired, func(names []string) bool { return slices.Compare(names, g.Names) <= 0 }
			}
			if err := leave(until); err != nil {
				return err
			}
		}
		if err := x.resultGroup(g); err != nil {
			return err
		}
		x.cells(g, by)
		return nil
	})
	if err == nil {
		err = leave(all)
	}
	if err == nil && cohorts != nil {
		err = cohorts.err
	}
	if err != nil {
		return err
	}
	return x.done()
}

// resultGroup begins the result group of a group of amounts, where it is not that of the one before.
func (x *projecting) resultGroup(g *amounts.Group) error {
	names := slices.Clone(g.Names[:groupColumns])
	names[hardwareGroup] = "" // a device of a later year is none of today's
	if g.Inventory == x.inventory && x.names.is(names) {
		return nil
	}
	if err := x.done(); err != nil {
		return err
	}
	x.names.add(names)
	x.inventory = g.Inventory
	return nil
}

// cells gives the contributions of a group to the cases. by says how many times the contribution of a cell enters each case, before drivers act: in one go or in
// several, which are added one by one, so that what is the same adds up to the same; nil where it enters none.
func (x *projecting) cells(g *amounts.Group, by func(g *amounts.Group, f *flow, key *amounts.Key) [][]float64) {
	region, task := g.Names[regionGroup], x.task(g)
	for i := range g.Cells {
		key, c := &g.Cells[i].Key, &g.Cells[i].Cell
		f := &x.flows[key.Flow]
		if f.unit || key.Status != amounts.InTotal {
			continue
		}
		goes := by(g, f, key)
		if goes == nil {
			continue
		}
		var m *monomial
		amount := 0.0
		if key.Mono != amounts.Refused {
			m = x.monomial(key.Mono)
			amount = float64(c.Sum.Float64() * m.value)
		}
		if x.forms != nil && m != nil {
			x.forms.look(g, i, amount, m.value)
		}
		for _, part := range x.answer(key).parts {
			if m == nil || part.refused {
				x.refuse(part, key, c, nil, m != nil, amount)
				if x.leaves(f) && part.scope.category == x.fleet.stock.Waste {
					x.fleet.lacking[strings.Clone(region)] = true
				}
				continue
			}
			value := amount
			if part.found != nil {
				value = float64(amount * part.factor)
			}
			at := factorAt{f.at, part.scope.categoryAt, region, task}
			drivers := x.driversOf(f, part.scope.categoryAt, region, task)
			for _, times := range goes {
				for n, t := range times {
					if t != 0 {
						v := x.kept(part, region, n, float64(float64(value*t)*drivers[n]))
						x.put(n, part, key, at, amount, v)
						x.parts.add(at, x.cases(), n, v)
					}
				}
			}
		}
	}
}

// put records a contribution to a case.
func (x *projecting) put(n int, part *part, key *amounts.Key, at factorAt, amount, value float64) {
	class := max(int(key.Class), part.class)
	f := part.scope.flow
	s, year := n/len(x.years), x.years[n%len(x.years)]
	if x.forms != nil && f.inTotal() {
		x.forms.under(x.spread(x.forms.looked.mono, at, n))
	}
	for i := range part.scope.under {
		u := &part.scope.under[i]
		bin := x.impacts.bin(impactKey{scenario: int32(s), year: int32(year), perspective: f.perspective, accounting: u.accounting, category: part.scope.categoryAt, stage: f.stage, kind: int16(f.kind)})
		x.impacts.add(bin, class, f.shareOf, value)
		if x.forms != nil && f.inTotal() && amount != 0 {
			for _, of := range x.forms.sums(bin, class) {
				x.forms.contribute(of.form, of.by, part.row(), value/amount)
			}
		}
	}
}

// used is what services did in the base year: it enters every case once.
func (x *projecting) used(_ *amounts.Group, _ *flow, key *amounts.Key) [][]float64 {
	if int(key.Year) != x.years[0] {
		return nil
	}
	out := make([]float64, x.cases())
	for i := range out {
		out[i] = 1
	}
	return [][]float64{out}
}

// withoutUnusedGaps leaves out warnings of gaps that nothing in the study's own years needs.
func withoutUnusedGaps(list *diag.List) (out diag.List) {
	for _, p := range list.Problems() {
		if p.Code != diag.UnusedGap {
			out.Add(p)
		}
	}
	return out
}

// explainHoles finds out what the rows lack whose amounts cannot be computed.
func (x *projecting) explainHoles(ctx context.Context) error {
	if err := x.p.explain(ctx, x.run, &x.holes); err != nil {
		return err
	}
	if x.fleet == nil {
		return nil
	}
	for _, o := range x.holes.found { // the rows themselves say no retirement, which is none of what they lack
		if o.kind == x.fleet.kind.kind.Name && o.lacks == "no value of "+x.fleet.stock.Retired {
			o.lacks = "it counts once the devices leave use, in a later year"
		}
	}
	return nil
}

// finiteTotals refuses totals that are no numbers.
func (x *projecting) finiteTotals(out *Projection) error {
	var probs diag.List
	for i := range out.Totals {
		if t := &out.Totals[i]; t.Value-t.Value != 0 || math.IsInf(t.Value, 0) {
			probs.Errorf(diag.NotFinite, diag.Place{}, "the total of %s in %d under %s is %v", t.Category, t.Year, t.Scenario, t.Value)
		}
	}
	return probs.Err()
}
