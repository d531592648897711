package importers

import (
	"fmt"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var ccfGrid = Table{Name: "ccf_grid", Title: "Carbon intensity of electricity of cloud regions", Series: "ccf-grid", Licence: "Apache-2.0", OwnSources: true,
	Source: "Cloud Carbon Footprint ({released}), grid emissions factors", URL: ccfURL + "data"}

// ccfGridSources are what the factors of a source count. Of others nothing is said.
var ccfGridSources = map[string]struct{ name, url string }{
	"EPA": {"U.S. Environmental Protection Agency, eGRID, by NERC region", "https://www.epa.gov/egrid/download-data"},
	"EEA": {"European Environment Agency, Greenhouse gas emission intensity of electricity generation", "https://www.eea.europa.eu"},
}

const (
	ccfGridTonnes = "CO2e (metric ton/kWh)"

	// ccfGridMost is above what any plant emits in t/kWh: lignite comes to 0.0015.
	ccfGridMost = 0.005
)

func readCCFGrid(j *job, c *foreign.CSV, released string) {
	year, ok := j.year(0)
	if !ok || !c.Need("Source") {
		return
	}
	// The three files differ in their columns.
	provider := "gcp"
	if c.Has("Country") {
		provider = "aws"
	} else if c.Has("NERC Region") {
		provider = "azure"
	}
	table := ccfGrid.dated(released)
	for c.Next() {
		if !j.whole(c, "Region", ccfGridTonnes) {
			continue
		}
		what := provider + ":" + c.Text("Region")
		if v, ok := c.Number(ccfGridTonnes); ok && v > ccfGridMost {
			j.left(c.Left(what, fmt.Sprintf("%s t/kWh is more than any fuel emits: its decimal point is lost", clipped(c.Decimal(ccfGridTonnes)))))
			continue
		}
		region := placeOf(what)
		tonnes, ok := j.field(c, ccfGridTonnes, what, region)
		if !ok {
			continue
		}
		row := Row{Factor: "electricity", Category: "climate_change", Region: region.code, From: year, To: year, Value: tonnes, Unit: "t CO2e/kWh",
			Distribution: about(tonnes, "pedigree(3,1,2,2,2)"), Margin: "average", Quality: "modelled"}
		cited := c.Text("Source")
		if cited != "" {
			row.Source = cited + ", as compiled in Cloud Carbon Footprint"
		}
		if s, ok := ccfGridSources[cited]; ok {
			row.Source, row.URL = s.name+", as compiled in Cloud Carbon Footprint", s.url
			row.Flow, row.Point, row.Scope = "production", "generation", "operational"
		}
		if nerc := c.Text("NERC Region"); nerc != "" {
			row.Note = "NERC region " + nerc
		}
		j.row(c.At(""), table, row)
	}
}
