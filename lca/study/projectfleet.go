package study

import (
	"context"
	"fmt"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/stock"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// fleetProjection follows devices in service. What a device of a cohort comes to when it leaves use is not in the amounts of the study, whose rows mostly have not left: the fleet is scanned
// once more as if every device in service at the end of the base year left in the year in which it came, so that the amounts of what leaves stand by cohort.
type fleetProjection struct {
	kind    *kindPlan
	stock   *datasets.Stock
	cohorts *engine.Result // amounts of what leaves, by the year in which devices came; nil where no rule counts what leaves
	regions map[string]*regionFleet
	lacking map[string]bool       // regions of which some device has no known mass, under an accepted gap
	mass    map[massAt]*exact.Sum // kg that leave use, reused or not
	left    int                   // rows of devices that came after the base year
}

// massAt is a case and a region.
type massAt struct {
	n      int
	region string
}

// regionFleet is the devices of a region.
type regionFleet struct {
	cohorts []stock.Cohort
	of      []cohortOf
	lives   []float64            // of each cohort its mean service life, years, though it be known when it leaves; 0: not known
	made    map[int]float64      // devices by the year in which they were put into service
	held    map[cohortOf]float64 // devices of the cohort scan
	mixMade int                  // the latest year with devices, of at least stock.Quantum: what is made in later years is as that
	mixHeld int                  // likewise of those in service at the end of the base year
	life    float64              // mean service life, years, of devices as they come in
	flows   []*stock.Flow        // of each scenario
	before  [][]float64          // of each scenario and cohort: devices that left in the base year, by the model
}

// cohortOf names a cohort of the cohort scan.
type cohortOf struct {
	hardware string
	year     int
}

func (f *fleetProjection) close() {
	if f.cohorts != nil {
		f.cohorts.Close()
	}
}

// stockKind is the kind whose rows are devices in service and of which the method has rules; nil where the study has none.
func (x *projecting) stockKind() (*kindPlan, bool) {
	for _, k := range x.p.kinds {
		if k.kind.Stock != nil && x.p.method.Has(k.kind.Name) {
			return k, true
		}
	}
	return nil, false
}

// followFleet reads the devices, and projects them under each scenario.
func (x *projecting) followFleet(ctx context.Context, out *Projection) error {
	k, ok := x.stockKind()
	if !ok {
		return nil
	}
	f := &fleetProjection{kind: k, stock: k.kind.Stock, regions: map[string]*regionFleet{}, lacking: map[string]bool{}, mass: map[massAt]*exact.Sum{}}
	x.fleet = f
	lives, err := x.lives(k)
	if err != nil {
		return err
	}
	if err := x.readFleet(ctx, f, lives); err != nil {
		return err
	}
	if slices.ContainsFunc(k.program.Flows, func(r rules.FlowRule) bool { return r.TimeName == f.stock.Retired }) {
		if err := x.scanCohorts(ctx, f); err != nil {
			return err
		}
	}
	for _, region := range f.names() {
		if err := x.projectRegion(f, region); err != nil {
			return err
		}
	}
	if f.left > 0 {
		x.problems.Add(diag.Problem{Code: diag.NotRead, Severity: diag.Note,
			Message: fmt.Sprintf("%d rows of %s came into service after %d: what is put into service in later years follows the scenario, and these rows are left out", f.left, k.kind.Name, x.years[0])})
	}
	x.noteLeft(f)
	x.fleetRowsOf(f, out)
	return nil
}

// noteLeft notes that the base year holds devices that are taken to have left, which no row says.
func (x *projecting) noteLeft(f *fleetProjection) {
	var sum exact.Sum
	for _, r := range f.regions {
		if len(r.before) > 0 {
			for _, n := range r.before[0] {
				sum.Add(n)
			}
		}
	}
	if n := sum.Float64(); n > 0 {
		x.problems.Add(diag.Problem{Code: diag.NotRead, Severity: diag.Note,
			Message: fmt.Sprintf("%s devices of rows that count what was shipped are taken to have left in %d, by their service lives: end of life and e-waste of that year hold them beside what is documented", number(n), x.years[0])})
	}
}

// names are the regions, sorted.
func (f *fleetProjection) names() []string {
	var out []string
	for r := range f.regions {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}

// role is the value of a driver that has a role: that of the scenario, else what stands for it.
func role(s *scenarios.Scenario, name, region string, year int) float64 {
	for _, d := range scenarios.Definitions() {
		if d.Role != name {
			continue
		}
		if a, ok := s.Value(d.Name, scenarios.Asked{Region: region}, year); ok && a.Given {
			return a.Value
		}
		if d.Value != nil {
			return *d.Value
		}
	}
	return 0
}

// projectRegion follows a region's devices under each scenario.
func (x *projecting) projectRegion(f *fleetProjection, region string) error {
	r, base := f.regions[region], x.years[0]
	for i := range x.acts {
		s := x.acts[i].scenario
		cohorts := slices.Clone(r.cohorts)
		shape := func(year int) float64 { return role(s, scenarios.RoleShape, region, year) }
		for n := range cohorts {
			if cohorts[n].Life.Mean > 0 {
				cohorts[n].Life.Shape = shape(base)
			}
		}
		life := func(year int) stock.Lifetime {
			mean := r.life
			if now, then := role(s, scenarios.RoleLifetime, region, year), role(s, scenarios.RoleLifetime, region, base); now > 0 && then > 0 {
				mean = float64(mean * float64(now/then))
			}
			return stock.Lifetime{Mean: mean, Shape: shape(year)}
		}
		fleet := stock.Fleet{Base: base, Cohorts: cohorts, Life: life}
		if d, given := s.ByRole(scenarios.RoleCohorts); given {
			fleet.Output = func(year int) float64 { return x.efficiency(s, d, year) }
			for n := range cohorts {
				cohorts[n].Output = x.efficiency(s, d, cohorts[n].Year)
			}
		}
		var flow *stock.Flow
		var err error
		if d, given := s.ByRole(scenarios.RoleShipments); given {
			var shipments []float64
			for _, ratio := range x.ratios(s, d, scenarios.Asked{Region: region})[1:] {
				if r.mixMade == 0 { // there is nothing of which more could come
					ratio = 0
				}
				shipments = append(shipments, float64(r.made[base]*ratio))
			}
			flow, err = fleet.ByShipments(shipments)
		} else {
			flow, err = fleet.ByDemand(x.need(&x.acts[i], region)[1:])
		}
		var before []float64
		if err == nil {
			before, err = leftInBase(base, cohorts)
		}
		if err != nil {
			where := region
			if where == "" {
				where = "no region"
			}
			var probs diag.List
			probs.Add(x.p.study.at("inventories", f.kind.kind.Name).Problem(diag.Overflow, "the devices of %s cannot be followed under %s: %v", where, s.Ref(), err))
			return probs.Err()
		}
		r.flows, r.before = append(r.flows, flow), append(r.before, before)
	}
	return nil
}

// efficiency is that of devices put into service in a year, relative to those of the base year. Of years before the scenario begins it is that of its first.
func (x *projecting) efficiency(s *scenarios.Scenario, d *scenarios.Driver, year int) float64 {
	now, _ := s.Value(d.Name, scenarios.Asked{}, max(year, s.From))
	base, _ := s.Value(d.Name, scenarios.Asked{}, x.years[0])
	return now.Value / base.Value
}

// renewed is how the mean efficiency of devices in use changes while the fleet is renewed, year by year, relative to the base year: that of a region's devices, of all where it has none,
// and of new devices where no fleet is documented.
func (x *projecting) renewed(s *scenarios.Scenario, d *scenarios.Driver, region string) []float64 {
	out := make([]float64, len(x.years))
	at := slices.Index(x.o.Scenarios, s)
	means := func(y int) float64 {
		var output, devices exact.Sum
		for name, r := range x.fleet.regions {
			if x.fleet.regions[region] == nil || name == region {
				of := r.flows[at].Years[y]
				output.Add(float64(of.Stock * of.Output))
				devices.Add(of.Stock)
			}
		}
		return output.Float64() / devices.Float64()
	}
	for i, year := range x.years {
		out[i] = x.efficiency(s, d, year)
		if x.fleet != nil {
			if first, now := means(0), means(i); first > 0 && now > 0 {
				out[i] = now / first
			}
		}
	}
	return out
}

// leftInBase is how many devices of each cohort left in the base year, by the model: of those of which it is known what was shipped, and not what is there.
func leftInBase(base int, cohorts []stock.Cohort) ([]float64, error) {
	before := make([]float64, len(cohorts))
	var shipped []stock.Cohort
	var at []int
	for i, c := range cohorts {
		if !c.AtBase && c.Year < base {
			shipped, at = append(shipped, c), append(at, i)
		}
	}
	flow, err := (&stock.Fleet{Base: base - 1, Cohorts: shipped, Life: func(int) stock.Lifetime { return stock.Lifetime{} }}).ByShipments([]float64{0})
	if err != nil {
		return nil, err
	}
	for n, i := range at {
		before[i] = flow.Cohort(n).Retirements[1]
	}
	return before, nil
}
