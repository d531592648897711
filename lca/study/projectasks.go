package study

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/elementary"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// What is asked of a projection once it stands: which assumption matters most, and what a driver would have to be for a target to be met. Both move drivers of a scenario and leave all
// else; they are of the service perspective, for the fleet's past cannot be moved by a factor.

// Swing is what a total comes to where a driver of a scenario is otherwise than the scenario has it.
type Swing struct {
	Scenario   string
	Driver     string
	Title      string
	Category   string
	Unit       string
	Accounting string
	Year       int
	Center     float64
	Low, High  Setting
	Drawn      bool // low and high are percentiles of the driver's distribution; else what it was in the base year, and what the scenario has
}

// Setting is a value of a driver and what the total then is.
type Setting struct {
	Text  string
	Total float64
}

// Swings are those of all drivers of a scenario for one category, in the last year, the widest first: each driver as it was in the base year beside what the scenario has, and those with a
// distribution at its 5th and 95th percentile, too, which is another measure.
func (p *Projection) Swings(scenario, category, accounting string) []Swing {
	x := p.x
	n, ok := p.caseOf(ProjectedAt{scenario, p.To})
	t, found := x.place(category, accounting)
	if !ok || !found {
		return nil
	}
	s := p.Scenarios[n/len(x.years)]
	total, ok := p.Total(scenario, category, lca.Words().Perspectives[0].Name, accounting, p.To)
	if !ok {
		return nil
	}
	var out []Swing
	for _, name := range x.acting(n / len(x.years)) {
		d, _ := s.Get(name)
		w := Swing{Scenario: scenario, Driver: name, Title: d.Definition.Title, Category: category, Unit: total.Unit, Accounting: accounting, Year: p.To, Center: total.Value}
		then, now := fmt.Sprint(p.Base), fmt.Sprint(p.To) // of what is told apart there are many values
		if len(s.Keys(name)) == 1 {
			first, _ := s.Value(name, scenarios.Asked{}, p.Base)
			last, _ := s.Value(name, scenarios.Asked{}, p.To)
			then, now = fmt.Sprintf("%d: %.3g", p.Base, first.Value), fmt.Sprintf("%d: %.3g", p.To, last.Value)
		}
		w.Low = Setting{then, x.sum(t, n, func(k *factorAt, v float64) float64 {
			if e := x.effect(k, name, n); e != 0 {
				return v / e
			}
			return v
		})}
		w.High = Setting{now, total.Value}
		if w.Low.Total != w.High.Total {
			out = append(out, w)
		}
		if d.Distribution == nil || d.Definition.Role == scenarios.RoleCohorts {
			continue
		}
		w.Drawn = true
		at := func(u float64) Setting {
			q := d.Distribution.Quantile(u)
			return Setting{fmt.Sprintf("×%.3g", q), x.sum(t, n, func(k *factorAt, v float64) float64 {
				for _, a := range x.acts[n/len(x.years)].flows[k.flow] {
					if a.driver.Name == name && among(a.categories, category) && x.effect(k, name, n) != 1 {
						v = float64(v * elementary.Pow(q, float64(a.power)))
					}
				}
				return v
			})}
		}
		if w.Low, w.High = at(0.05), at(0.95); w.Low.Total != w.High.Total {
			out = append(out, w)
		}
	}
	slices.SortStableFunc(out, func(a, b Swing) int { return cmp.Compare(b.width(), a.width()) })
	return out
}

// sum adds up a total of the service perspective in a case, each sum of contributions as of makes it.
func (x *projecting) sum(t totalPlace, n int, of func(k *factorAt, v float64) float64) (sum float64) {
	for i := range x.parts.keys {
		k := &x.parts.keys[i]
		if x.within(k, t) {
			sum += of(k, x.parts.values[i][n])
		}
	}
	return sum
}

// within reports whether a sum of contributions is part of a total.
func (x *projecting) within(k *factorAt, t totalPlace) (in bool) {
	x.each(k, func(of totalPlace) { in = in || of == t })
	return in
}

func (w *Swing) width() float64 {
	return max(w.Low.Total, w.High.Total, w.Center) - min(w.Low.Total, w.High.Total, w.Center)
}

func number(v float64) string { return fmt.Sprintf("%.4g", v) }

// place finds a total of the service perspective.
func (x *projecting) place(category, accounting string) (totalPlace, bool) {
	w := lca.Words()
	if _, ok := w.Category(category); !ok || !slices.Contains(lca.Names(w.Accountings), accounting) {
		return totalPlace{}, false
	}
	return totalPlace{0, placeOf(w.Accountings, accounting), placeOfCategory(category)}, true
}

// Target is a total that is asked for.
type Target struct {
	Category   string
	Accounting string
	Year       int
	Change     float64 // relative to the base year: -0.5 is half of it
}

// Answered is what a driver, or two moved alike, would have to be for a target to be met under a scenario.
type Answered struct {
	Scenario string
	Drivers  []string
	Titles   []string
	Total    float64   // under the scenario
	Wanted   float64   // that is asked for
	Factor   float64   // by which what the drivers do to impacts is multiplied; NaN where no factor does
	Times    []float64 // of each driver: by which its value in the year is multiplied
	Needed   []float64 // the ratio to the base year that is needed; NaN where it is told apart by something
	Has      []float64 // and that the scenario has
	Values   []float64 // of each driver its value then, in its unit; NaN where it is told apart by something
	Units    []string
	Least    float64 // what the total comes to however far the drivers go
	Why      string  // no factor does, or the value is beyond the driver's bounds
}

// Ask finds what each driver of each scenario would have to be, alone, or drivers that are named together. A driver that the scenario does not name is as in the base year.
func (p *Projection) Ask(t Target, together []string) ([]Answered, error) {
	x := p.x
	place, ok := x.place(t.Category, t.Accounting)
	if !ok {
		return nil, fmt.Errorf("there is no total of %s, %s", t.Category, t.Accounting)
	}
	if t.Year <= p.Base || t.Year > p.To {
		return nil, fmt.Errorf("the projection is of %d to %d, and the target of %d", p.Base, p.To, t.Year)
	}
	var out []Answered
	for i, s := range p.Scenarios {
		name := p.Names[i]
		first, okA := p.Total(name, t.Category, lca.Words().Perspectives[0].Name, t.Accounting, p.Base)
		last, okB := p.Total(name, t.Category, lca.Words().Perspectives[0].Name, t.Accounting, t.Year)
		if !okA || !okB {
			continue
		}
		wanted := float64(first.Value * (1 + t.Change))
		groups := [][]string{slices.Compact(slices.Sorted(slices.Values(together)))}
		if len(together) == 0 {
			groups = nil
			for _, d := range scenarios.Definitions() {
				if len(d.Acts) > 0 && d.Role != scenarios.RoleCohorts {
					groups = append(groups, []string{d.Name})
				}
			}
		}
		n, _ := p.caseOf(ProjectedAt{name, t.Year})
		for _, drivers := range groups {
			a := Answered{Scenario: name, Drivers: drivers, Total: last.Value, Wanted: wanted}
			x.ask(&a, s, place, n, t.Year, p.Base)
			if len(together) > 0 || a.Least != a.Total {
				out = append(out, a)
			}
		}
	}
	return out, nil
}

// ask finds the factor.
func (x *projecting) ask(a *Answered, s *scenarios.Scenario, t totalPlace, n, year, base int) {
	w := lca.Words()
	category := w.Categories[t.category].Name
	// The total is a sum of powers of the factor, one for each number of times that the drivers act on a contribution.
	sums := map[int]float64{}
	for i := range x.parts.keys {
		k := &x.parts.keys[i]
		if !x.within(k, t) || x.parts.values[i][n] == 0 {
			continue
		}
		power := 0
		for _, name := range a.Drivers {
			def, _ := scenarios.DefinitionOf(name)
			for j := range def.Acts {
				act := &def.Acts[j]
				if x.actsOn(act, &x.flows[k.flow], int(k.flow)) && among(act.Categories, category) {
					power += max(act.Exponent(), -act.Exponent()) // a driver that divides goes the other way
				}
			}
		}
		sums[power] += x.parts.values[i][n]
	}
	powers := make([]int, 0, len(sums))
	for k := range sums {
		powers = append(powers, k)
	}
	slices.Sort(powers)
	total := func(q float64) (v float64) {
		for _, k := range powers {
			v += float64(sums[k] * elementary.Pow(q, float64(k)))
		}
		return v
	}
	a.Least = sums[0]
	switch {
	case len(powers) == 0 || len(powers) == 1 && powers[0] == 0:
		a.Factor, a.Why = math.NaN(), "it acts on none of it"
		a.Least = a.Total
		return
	case a.Wanted <= a.Least:
		a.Factor, a.Why = math.NaN(), fmt.Sprintf("however far it goes, %s is left", number(a.Least))
	default:
		low, high := 0.0, 1.0
		for total(high) < a.Wanted && high < 1e12 {
			high += high
		}
		if total(high) < a.Wanted {
			a.Factor, a.Why = math.NaN(), "however large it is, the total does not come to it"
			return
		}
		for range 200 {
			if middle := float64((low + high) / 2); total(middle) < a.Wanted {
				low = middle
			} else {
				high = middle
			}
		}
		a.Factor = high
	}
	for _, name := range a.Drivers {
		def, _ := scenarios.DefinitionOf(name)
		a.Titles, a.Units = append(a.Titles, def.Title), append(a.Units, def.Unit)
		q := a.Factor
		if len(def.Acts) > 0 && def.Acts[0].Exponent() < 0 {
			q = 1 / q
		}
		has, value := 1.0, math.NaN()
		if _, given := s.Get(name); given && len(s.Keys(name)) > 1 {
			has = math.NaN()
		} else if given {
			first, _ := s.Value(name, scenarios.Asked{}, base)
			last, _ := s.Value(name, scenarios.Asked{}, year)
			if has = math.NaN(); first.Given && last.Given && first.Value != 0 {
				has, value = last.Value/first.Value, float64(last.Value*q)
			}
		}
		a.Times, a.Has, a.Needed, a.Values = append(a.Times, q), append(a.Has, has), append(a.Needed, float64(has*q)), append(a.Values, value)
		if value != value && def.Min != nil && *def.Min > 0 && q < 1 {
			a.Why = fmt.Sprintf("%s is %s at least, and the scenario does not say what it is: whether it can fall so far is not known", name, number(*def.Min))
		}
		if v := value; v == v && (def.Min != nil && v < *def.Min || def.Max != nil && v > *def.Max) {
			a.Why = fmt.Sprintf("%s would be %s, which it cannot be", name, number(v))
		}
	}
}
