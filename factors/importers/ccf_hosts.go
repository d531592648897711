package importers

import (
	"fmt"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var (
	ccfEmbodied = Table{Name: "ccf_embodied", Title: "Manufacture of the hosts of instances", Series: "ccf-embodied", Licence: "Apache-2.0",
		Source: "Cloud Carbon Footprint ({released}), embodied coefficients, after Teads Engineering (Davy 2021)", URL: ccfURL + "output"}
	ccfInstances = Table{Name: "ccf_instances", Title: "Manufacture of the hosts of instances, by platform", Series: "ccf-instances", Licence: "Apache-2.0",
		Source: "Cloud Carbon Footprint ({released}), list of instances, after Teads Engineering (Davy 2021)", URL: ccfURL + "data"}
)

const (
	ccfHostTonnes = "Platform Embedded Emissions (mtCo2eq)"
	ccfHostKilos  = "Platform Embedded Emissions (kgCo2eq)"
)

// ccfHost is the manufacture of the host of an instance.
func ccfHost(technology, value, unit string) Row {
	return Row{Factor: "embodied", Category: "climate_change", Technology: technology, Value: value, Unit: unit, Distribution: about(value, "pedigree(4,5,2,2,3)"), Boundary: "server",
		Quality: "modelled", Note: "of the whole host, accelerators included"}
}

func readCCFEmbodied(j *job, c *foreign.CSV, released string) {
	provider, ok := j.provider()
	if !ok {
		return
	}
	table := ccfEmbodied.dated(released)
	for c.Next() {
		if !j.whole(c, "type", "total") {
			continue
		}
		technology := provider + ":" + c.Text("type")
		if processor := c.Text("microarchitecture"); processor != "" {
			technology += " (" + processor + ")"
		}
		if kilos, ok := j.figure(c, "total"); ok {
			j.row(c.At(""), table, ccfHost(technology, kilos, "kg CO2e"))
		}
	}
}

func readCCFInstances(j *job, c *foreign.CSV, released string) {
	provider, ok := j.provider()
	if !ok {
		return
	}
	table := ccfInstances.dated(released)
	for c.Next() {
		if !j.whole(c, "Instance Type") {
			continue
		}
		technology := provider + ":" + c.Text("Instance Type")
		if c.Text(ccfHostTonnes) == "" {
			j.left(c.Left(technology, "no value"))
		} else if tonnes, ok := j.figure(c, ccfHostTonnes); ok {
			j.row(c.At(""), table, ccfHost(technology, tonnes, "t CO2e"))
		}
	}
}

func readCCFGoogleInstances(j *job, c *foreign.CSV, _ string) {
	for c.Next() {
		if !j.whole(c, "Instance Type", ccfHostKilos) {
			continue
		}
		what := "gcp:" + c.Text("Instance Type")
		kilos, ok := c.Number(ccfHostKilos)
		tonnes, both := c.Number(ccfHostTonnes)
		switch {
		case !ok: // told
		case both && (kilos < 0.999999*1000*tonnes || kilos > 1.000001*1000*tonnes):
			j.left(c.Left(what, fmt.Sprintf("%g kg and %g t are not the same", kilos, tonnes)))
		default:
			j.left(c.Left(what, "the file's figures grow with the square of a host's memory: an error of its makers"))
		}
	}
}
