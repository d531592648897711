package study

import (
	"cmp"
	"context"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/names"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// totals adds up the totals of all scenarios and years, and draws them where the study asks for it. Of one draw all cases have the same parameters and factors, so that scenarios
// differ by their drivers alone.
func (x *projecting) totals(ctx context.Context, out *Projection) error {
	if x.forms == nil {
		return x.addTotals(out)
	}
	f := x.forms
	q := newQuantities(x.p, x.space)
	if len(f.redraws.keys) > 0 {
		var err error
		if q.redrawing, err = x.newRedrawing(ctx, q, &x.run.options); err != nil {
			return err
		}
	}
	b := f.builder(q)
	sums := f.sumKeys()
	for _, k := range sums {
		b.figure(f.sumNames(k), f.aggregates[k])
	}
	drawn, err := x.p.sample(ctx, q, sums, &x.run.options)
	if err != nil {
		return err
	}
	w := lca.Words()
	for i, k := range sums {
		c, s := &w.Categories[k.category], &drawn.summaries[i]
		t := ProjectedTotal{Scenario: x.impacts.scenarios[k.scenario], Category: c.Name, Unit: c.Unit, Year: int(k.year), Perspective: w.Perspectives[k.perspective].Name,
			Accounting: w.Accountings[k.accounting].Name, Value: f.aggregates[k].value.Float64(), P05: &s.Quantiles[0], P50: &s.Quantiles[1], P95: &s.Quantiles[2], P25: &s.Quantiles[3], P75: &s.Quantiles[4]}
		t.Complete = x.complete(&t)
		if x.unsureFleet(int(k.scenario), &t) {
			t.P05, t.P25, t.P50, t.P75, t.P95 = nil, nil, nil, nil, nil
			out.Totals = append(out.Totals, t)
			continue
		}
		out.Totals = append(out.Totals, t)
		x := f.interval(k, t.Value, s)
		out.Intervals = append(out.Intervals, x)
		for i, probability := range halfOfDraws {
			at := len(probabilities) + i
			out.Quantiles = append(out.Quantiles, lca.Quantile{Study: x.Study, Scenario: x.Scenario, Year: x.Year, Category: x.Category, Unit: x.Unit, Perspective: x.Perspective, Accounting: x.Accounting, By: x.By, Name: x.Name,
				Probability: probability, Value: s.Quantiles[at], Low: s.Low[at], High: s.High[at], Method: x.Method, Pack: x.Pack})
		}
	}
	return nil
}

// halfOfDraws are the ends between which half of the draws lie.
var halfOfDraws = []float64{0.25, 0.75}

// unsureFleet reports whether a total follows a fleet whose need of devices has a distribution. Shipments are not drawn: an interval without that would be far too narrow, and none is told.
func (x *projecting) unsureFleet(scenario int, t *ProjectedTotal) bool {
	if x.fleet == nil || t.Year == x.years[0] || t.Perspective != lca.Words().Perspectives[1].Name {
		return false
	}
	for _, list := range x.acts[scenario].devices {
		if slices.ContainsFunc(list, func(a driverAct) bool { return a.driver.Distribution != nil }) {
			return true
		}
	}
	return slices.ContainsFunc(x.o.Scenarios[scenario].Drivers, func(d scenarios.Driver) bool {
		return d.Distribution != nil && slices.Contains([]string{scenarios.RoleLifetime, scenarios.RoleShape, scenarios.RoleCohorts, scenarios.RoleShipments, scenarios.RoleReuse}, d.Definition.Role)
	})
}

// addTotals adds up totals from the cells, exactly.
func (x *projecting) addTotals(out *Projection) error {
	type key struct {
		scenario, perspective, accounting, category string
		year                                        int
	}
	sums := map[key]*exact.Sum{}
	var order []key
	err := x.impacts.each(func(row *lca.Impact, _ uint32) error {
		if row.ShareOf != lca.Words().ShareOf[0].Name {
			return nil
		}
		k := key{row.Scenario, row.Perspective, row.Accounting, row.Category, row.Year}
		if sums[k] == nil {
			sums[k] = &exact.Sum{}
			order = append(order, k) // rows come in the order of totals
		}
		sums[k].Add(row.Value)
		return nil
	})
	for _, k := range order {
		c, _ := lca.Words().Category(k.category)
		t := ProjectedTotal{Scenario: k.scenario, Category: k.category, Unit: c.Unit, Year: k.year, Perspective: k.perspective, Accounting: k.accounting, Value: sums[k].Float64()}
		t.Complete = x.complete(&t)
		out.Totals = append(out.Totals, t)
	}
	return err
}

// complete reports whether no part of a total is refused under an accepted gap, of the base year or of what follows from the fleet. What other years lack is in no total of a projection.
func (x *projecting) complete(t *ProjectedTotal) bool {
	for k, is := range x.incomplete {
		if is && k.perspective == t.Perspective && k.accounting == t.Accounting && k.category == t.Category {
			return false
		}
	}
	return true
}

// Total finds a total.
func (p *Projection) Total(scenario, category, perspective, accounting string, year int) (ProjectedTotal, bool) {
	i := slices.IndexFunc(p.Totals, func(t ProjectedTotal) bool {
		return t.Scenario == scenario && t.Category == category && t.Perspective == perspective && t.Accounting == accounting && t.Year == year
	})
	if i < 0 {
		return ProjectedTotal{}, false
	}
	return p.Totals[i], true
}

// driverValues lists what the scenarios take their drivers to be.
func (x *projecting) driverValues(out *Projection) {
	for n, s := range x.o.Scenarios {
		for _, list := range [][]scenarios.Driver{s.Drivers, s.Terms} {
			for i := range list {
				d := &list[i]
				for _, of := range s.Keys(d.Name) {
					first, _ := s.Value(d.Name, of, x.years[0])
					for _, y := range x.years {
						row := lca.DriverValue{Study: out.Study, Scenario: out.Names[n], Ref: s.Ref(), Driver: d.Name, Region: of.Region, Task: of.Task, Category: of.Category, Kind: of.Kind, Year: y, Unit: d.Measured(),
							Basis: d.Basis, Source: d.Source, Distribution: d.DistText}
						if a, ok := s.Value(d.Name, of, y); ok && a.Given {
							v := a.Value
							row.Value = &v
							if first.Given && first.Value != 0 {
								r := v / first.Value
								row.Ratio = &r
							}
						}
						out.Drivers = append(out.Drivers, row)
					}
				}
			}
		}
	}
}

// finalEnergy is the category of electricity used, in which what is documented can be set beside a sector's.
const finalEnergy = "final_energy"

// fromAbove sets the sector's electricity beside what is documented.
func (x *projecting) fromAbove(out *Projection) error {
	words := lca.Words()
	documented := map[string]map[int]map[string]*exact.Sum{} // by scenario, year and region, kWh
	err := x.impacts.each(func(row *lca.Impact, _ uint32) error {
		if row.Category != finalEnergy || row.ShareOf != words.ShareOf[0].Name || row.Accounting != words.Accountings[0].Name || row.Perspective != words.Perspectives[0].Name {
			return nil
		}
		years := documented[row.Scenario]
		if years == nil {
			years = map[int]map[string]*exact.Sum{}
			documented[row.Scenario] = years
		}
		if years[row.Year] == nil {
			years[row.Year] = map[string]*exact.Sum{}
		}
		if years[row.Year][row.Region] == nil {
			years[row.Year][row.Region] = &exact.Sum{}
		}
		years[row.Year][row.Region].Add(row.Value)
		return nil
	})
	if err != nil {
		return err
	}
	category, _ := words.Category(finalEnergy)
	toUnit, _ := unit.Factor(unit.MustParse(category.Unit), unit.MustParse("TWh"))
	for n, s := range x.o.Scenarios {
		for i := range s.Drivers {
			d := &s.Drivers[i]
			if d.Definition.Role != scenarios.RoleSector && d.Definition.Role != scenarios.RoleAI {
				continue
			}
			for _, c := range d.Values {
				if c.Key == "" || c.Form == "hold" {
					continue
				}
				for _, y := range x.years {
					row := lca.Sector{Study: out.Study, Scenario: out.Names[n], Year: y, Region: c.Key, Title: s.RegionTitle(c.Key), Basis: d.Basis, Source: d.Source}
					if !fromAbove(s, d, &row) {
						continue
					}
					var sum exact.Sum
					for region, of := range documented[row.Scenario][y] {
						if c.Key == names.World || s.Nearest(d.Name, region) == c.Key {
							sum.Merge(of)
						}
					}
					has := float64(sum.Float64() * toUnit)
					row.Documented = &has
					if row.AI != nil && *row.AI > 0 {
						gap, coverage := *row.AI-has, has / *row.AI
						row.Gap, row.Coverage = &gap, &coverage
					}
					out.Sectors = append(out.Sectors, row)
				}
			}
		}
	}
	slices.SortStableFunc(out.Sectors, func(a, b lca.Sector) int {
		return cmp.Or(cmp.Compare(slices.Index(out.Names, a.Scenario), slices.Index(out.Names, b.Scenario)), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Year, b.Year))
	})
	return nil
}

// fromAbove sets what a scenario has of a sector and of AI in it in a year and region; false where that is nothing.
func fromAbove(s *scenarios.Scenario, d *scenarios.Driver, row *lca.Sector) bool {
	of := scenarios.Asked{Region: row.Region}
	a, _ := s.Value(d.Name, of, row.Year)
	if !a.Given {
		return false
	}
	if d.Definition.Role == scenarios.RoleAI {
		row.AI = &a.Value
		return true
	}
	row.Sector = &a.Value
	if share, ok := s.ByRole(scenarios.RoleShare); ok {
		if v, _ := s.Value(share.Name, of, row.Year); v.Given {
			ai := float64(v.Value * a.Value)
			row.Share, row.AI = &v.Value, &ai
		}
	}
	return true
}

// scale scales totals of the service perspective to the electricity of AI in the world that a scenario has, by the coverage of the base year: a step of its own, which no other table holds.
func (p *Projection) scale() {
	for _, row := range p.Sectors {
		if row.Region != names.World || row.Year != p.Base || row.Coverage == nil || *row.Coverage <= 0 {
			continue
		}
		factor := 1 / *row.Coverage
		for _, t := range p.Totals {
			if t.Scenario == row.Scenario && t.Perspective == lca.Words().Perspectives[0].Name {
				p.Scaled = append(p.Scaled, lca.Scaled{Study: p.Study, Scenario: t.Scenario, Year: t.Year, Category: t.Category, Unit: t.Unit, Perspective: t.Perspective, Accounting: t.Accounting,
					Documented: t.Value, Factor: factor, Scaled: float64(t.Value * factor), Basis: row.Basis, Source: row.Source, Method: p.Method(), Pack: p.Pack()})
			}
		}
	}
}
