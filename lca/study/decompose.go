package study

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/attribution"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// A decomposition says what drives a change, between two years of a scenario or between two scenarios in a year: each contribution is a product of the base year's and of what drivers
// have become, which LMDI parts (package attribution). Burdens of making and leaving have one factor more: what the fleet puts into service and what leaves it.

// ProjectedAt is a scenario in a year.
type ProjectedAt struct {
	Scenario string `json:"scenario"`
	Year     int    `json:"year"`
}

// Decomposition parts the difference of a total among drivers. The parts and the rest add up to it in float64, the rest last.
type Decomposition struct {
	From        ProjectedAt  `json:"from"`
	To          ProjectedAt  `json:"to"`
	Category    string       `json:"category"`
	Unit        string       `json:"unit"`
	Perspective string       `json:"perspective"`
	Accounting  string       `json:"accounting"`
	A           float64      `json:"a"`
	B           float64      `json:"b"`
	Difference  float64      `json:"difference"`
	Parts       []DriverPart `json:"parts"`
	Rest        float64      `json:"rest,omitempty"` // less than half of the quantum of which parts are multiples
}

// DriverPart is what a driver does to a total.
type DriverPart struct {
	Driver string  `json:"driver"`
	Title  string  `json:"title"`
	Value  float64 `json:"value"`
}

// fleetDriver is what the fleet's stock and flow does.
const fleetDriver, fleetTitle = "fleet", "Devices put into service and leaving use"

// contributions are the sums of contributions on which the same drivers act, by case.
type contributions struct {
	keys   []factorAt
	of     map[factorAt]int
	values [][]float64
}

// add adds a contribution to a case.
func (c *contributions) add(k factorAt, cases, n int, value float64) {
	i, ok := c.of[k]
	if !ok {
		if c.of == nil {
			c.of = map[factorAt]int{}
		}
		k.region, k.task = strings.Clone(k.region), strings.Clone(k.task)
		i = len(c.keys)
		c.of[k] = i
		c.keys, c.values = append(c.keys, k), append(c.values, make([]float64, cases))
	}
	c.values[i][n] += value
}

// totalPlace names a total by places in the vocabulary.
type totalPlace struct{ perspective, accounting, category uint8 }

// each visits the totals that a sum of contributions is part of.
func (x *projecting) each(k *factorAt, visit func(totalPlace)) {
	f := &x.flows[k.flow]
	if !f.inTotal() {
		return
	}
	for _, name := range f.rule.Accountings {
		visit(totalPlace{f.perspective, placeOf(lca.Words().Accountings, name), k.category})
	}
}

// caseOf finds a scenario's year among the cases.
func (p *Projection) caseOf(at ProjectedAt) (int, bool) {
	s := slices.Index(p.Names, at.Scenario)
	if s < 0 || at.Year < p.Base || at.Year > p.To {
		return 0, false
	}
	return s*len(p.x.years) + at.Year - p.Base, true
}

// acting are the drivers that act on contributions in one of some scenarios, by name.
func (x *projecting) acting(of ...int) []string {
	var out []string
	for _, s := range of {
		for _, list := range x.acts[s].flows {
			for _, a := range list {
				if !slices.Contains(out, a.driver.Name) {
					out = append(out, a.driver.Name)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// effect is what a driver multiplies contributions by in a case.
func (x *projecting) effect(k *factorAt, driver string, n int) float64 {
	acts := &x.acts[n/len(x.years)]
	out := 1.0
	category := lca.Words().Categories[k.category].Name
	for _, a := range acts.flows[k.flow] {
		if a.driver.Name != driver || !among(a.categories, category) {
			continue
		}
		r := x.ratios(acts.scenario, a.driver, scenarios.Asked{Region: k.region, Task: k.task, Category: category, Kind: x.p.kinds[x.flows[k.flow].kind].kind.Name})[n%len(x.years)]
		for range a.power {
			out = float64(out * r)
		}
		for range -a.power {
			out /= r
		}
	}
	return out
}

// Decompose parts the differences of all totals between two scenarios or years.
func (p *Projection) Decompose(from, to ProjectedAt) ([]Decomposition, error) {
	a, okA := p.caseOf(from)
	b, okB := p.caseOf(to)
	if !okA || !okB {
		return nil, fmt.Errorf("the projection has no %s %d or no %s %d", from.Scenario, from.Year, to.Scenario, to.Year)
	}
	x := p.x
	drivers := x.acting(a/len(x.years), b/len(x.years))
	effects := make([][]float64, len(drivers)) // of each driver, by sum of contributions
	fleet := make([]float64, len(x.parts.keys))
	for i := range fleet {
		fleet[i] = 1
	}
	for d, name := range drivers {
		effects[d] = make([]float64, len(x.parts.keys))
		for i := range x.parts.keys {
			k := &x.parts.keys[i]
			effects[d][i] = x.effect(k, name, b) / x.effect(k, name, a)
		}
	}
	for i := range x.parts.keys {
		before, after := x.parts.values[i][a], x.parts.values[i][b]
		if x.fleet == nil || x.p.kinds[x.flows[x.parts.keys[i].flow].kind] != x.fleet.kind {
			continue
		}
		switch {
		case before == 0 && after != 0:
			fleet[i] = math.Inf(1)
		case before != 0:
			fleet[i] = after / before
			for d := range drivers {
				if effects[d][i] == 0 { // which is the cause
					fleet[i] = 1
					break
				}
				fleet[i] /= effects[d][i]
			}
		}
	}
	cells := map[totalPlace][]int{}
	for i := range x.parts.keys {
		x.each(&x.parts.keys[i], func(t totalPlace) { cells[t] = append(cells[t], i) })
	}
	var totals []totalPlace
	for t := range cells {
		totals = append(totals, t)
	}
	slices.SortFunc(totals, func(s, t totalPlace) int {
		return cmp.Or(cmp.Compare(s.category, t.category), cmp.Compare(s.perspective, t.perspective), cmp.Compare(s.accounting, t.accounting))
	})
	w := lca.Words()
	var out []Decomposition
	for _, t := range totals {
		c := &w.Categories[t.category]
		d := Decomposition{From: from, To: to, Category: c.Name, Unit: c.Unit, Perspective: w.Perspectives[t.perspective].Name, Accounting: w.Accountings[t.accounting].Name}
		one, _ := p.Total(from.Scenario, d.Category, d.Perspective, d.Accounting, from.Year)
		other, _ := p.Total(to.Scenario, d.Category, d.Perspective, d.Accounting, to.Year)
		d.A, d.B, d.Difference = one.Value, other.Value, other.Value-one.Value
		if err := x.lmdi(&d, cells[t], a, b, drivers, effects, fleet); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// lmdi parts a total.
func (x *projecting) lmdi(d *Decomposition, cells []int, a, b int, drivers []string, effects [][]float64, fleet []float64) error {
	before, after := make([]float64, len(cells)), make([]float64, len(cells))
	ratios := make([][]float64, len(drivers)+1)
	for n := range ratios {
		ratios[n] = make([]float64, len(cells))
	}
	for at, i := range cells {
		before[at], after[at] = x.parts.values[i][a], x.parts.values[i][b]
		for n := range drivers {
			ratios[n][at] = effects[n][i]
		}
		ratios[len(drivers)][at] = fleet[i]
	}
	divisia, err := attribution.LMDI(before, after, ratios)
	if err != nil {
		return fmt.Errorf("%s, %s: %w", d.Category, d.Perspective, err)
	}
	divisia, d.Rest = divisia.Parts(d.Difference)
	for n, v := range divisia.Drivers {
		part := DriverPart{Driver: fleetDriver, Title: fleetTitle, Value: v}
		if n < len(drivers) {
			def, _ := scenarios.DefinitionOf(drivers[n])
			part.Driver, part.Title = def.Name, def.Title
		} else {
			part.Value = v + divisia.Appeared + divisia.Disappeared
		}
		if part.Value != 0 {
			d.Parts = append(d.Parts, part)
		}
	}
	slices.SortStableFunc(d.Parts, func(s, t DriverPart) int { return cmp.Compare(math.Abs(t.Value), math.Abs(s.Value)) })
	return nil
}
