package importers

import (
	"fmt"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// mixTechnologies are what a generation mix is split into.
var mixTechnologies = []string{"biomass", "coal", "gas", "hydro", "nuclear", "oil", "other", "solar", "wind"}

// added is the sum over technologies, in a fixed order.
func added(parts map[string]float64) float64 {
	var all float64
	for _, technology := range mixTechnologies {
		all += parts[technology]
	}
	return all
}

// mix delivers what share of a region's generation each technology has.
func (j *job) mix(at diag.Place, t *Table, region string, year int, parts map[string]float64, unit, quality, note string) {
	all := added(parts)
	for _, technology := range mixTechnologies {
		j.row(at, t, Row{Factor: "electricity_mix", Region: region, Technology: technology, From: year, To: year, Value: quotient(parts[technology] / all), Unit: "1",
			Distribution: "fixed", Quality: quality, Note: fmt.Sprintf("%.9g of %.9g %s%s", parts[technology], all, unit, note)})
	}
}
