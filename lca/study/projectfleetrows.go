package study

import (
	"fmt"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/stock"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// fleetRowsOf makes the table of the fleet, but for masses.
func (x *projecting) fleetRowsOf(f *fleetProjection, out *Projection) {
	for s := range x.o.Scenarios {
		for _, region := range f.names() {
			r := f.regions[region]
			for i, y := range r.flows[s].Years {
				row := lca.FleetFlow{Study: out.Study, Scenario: out.Names[s], Year: y.Year, Region: region, Stock: y.Stock, Method: x.p.method.Ref(), Pack: x.p.pack.Ref()}
				if i == 0 {
					made := r.made[y.Year]
					row.Documented = &made
				} else {
					opening, shipments, retirements, idle := r.flows[s].Years[i-1].Stock, y.Shipments, y.Retirements, y.Idle
					row.Opening, row.Shipments, row.Retirements, row.Idle = &opening, &shipments, &retirements, &idle
				}
				age := y.MeanAge
				row.MeanAge = &age
				out.Fleet = append(out.Fleet, row)
			}
		}
	}
}

// masses adds to the table of the fleet what becomes of the mass that leaves use.
func (x *projecting) masses(out *Projection) {
	if x.fleet == nil {
		return
	}
	for i := range out.Fleet {
		row := &out.Fleet[i]
		at := slices.Index(out.Names, row.Scenario)
		sum := x.fleet.mass[massAt{at*len(x.years) + row.Year - out.Base, row.Region}]
		if sum == nil || x.fleet.lacking[row.Region] {
			continue
		}
		s := x.o.Scenarios[at]
		reuse, collection := role(s, scenarios.RoleReuse, row.Region, row.Year), role(s, scenarios.RoleCollection, row.Region, row.Year)
		m, err := stock.Split(sum.Float64(), reuse, collection)
		if err != nil {
			x.problems.Add(diag.Problem{Code: diag.Overflow, Severity: diag.Warning, Message: fmt.Sprintf("the mass that leaves use in %d in %s cannot be parted: %v", row.Year, row.Region, err)})
			continue
		}
		row.RetiredMass, row.Reused, row.EWaste, row.Collected, row.Uncollected = &m.Retired, &m.Reused, &m.EWaste, &m.Collected, &m.Uncollected
	}
}
