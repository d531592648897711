package importers

import "github.com/ai-impact-observatory/ailca/lca/foreign"

var ccfPower = Table{Name: "ccf_power", Title: "Power of one vCPU by processor", Series: "ccf-power", Licence: "Apache-2.0",
	Source: "Cloud Carbon Footprint ({released}), usage coefficients, averages of SPECpower_ssj2008 results (Standard Performance Evaluation Corporation)", URL: ccfURL + "output"}

func readCCFPower(j *job, c *foreign.CSV, released string) {
	provider, ok := j.provider()
	if !ok {
		return
	}
	table := ccfPower.dated(released)
	for c.Next() {
		if !j.whole(c, "Architecture", "Min Watts", "Max Watts") {
			continue
		}
		for _, p := range []struct{ column, factor string }{{"Min Watts", "vcpu_power_idle"}, {"Max Watts", "vcpu_power_full"}} {
			if watts, ok := j.figure(c, p.column); ok {
				j.row(c.At(""), table, Row{Factor: p.factor, Technology: provider + ":" + c.Text("Architecture"), Value: watts, Unit: "W", Distribution: about(watts, "pedigree(2,3,2,1,3)"), Quality: "modelled"})
			}
		}
	}
}
