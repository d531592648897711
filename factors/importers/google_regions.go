package importers

import (
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var googleRegions = Format{
	Name:  "google-regions",
	Title: "Google: carbon characteristics of Google Cloud regions",
	Doc: `The yearly files of the region-carbon-info repository (2019.csv to 2024.csv): for each Google Cloud region the carbon intensity of its grid in g CO2e/kWh, and
the share of carbon-free energy (CFE). The year is that of the file's name.
The series has a break. Up to 2020 the column is called "Lifecycle grid carbon intensity", from 2021 on "Grid carbon intensity", which the repository's readme
defines as operational gross emissions. The scope follows the column's name, so that no method can mix the two.
Google takes the hourly mix of grids from Electricity Maps. The readme does not say whether of production or of consumption. It can only be consumption: Swiss
plants emit next to nothing in operation, and Zurich has 59 to 118 g/kWh in 2021 to 2023; the Green Software Foundation's table of cloud regions also lists these
figures as consumption-based. They are before grid losses, as those of Electricity Maps.
The CFE share counts, hour by hour, what the grid supplies and what Google has contracted: it is the provider's and becomes provider_carbon_free_share, never a
share of the grid. Where it is blank it is left out. An intensity printed as 0 is a rounded one (Montreal in 2021 and 2022) and is kept. Other columns are not read.
Pedigree: computed by Google from another's data, not reproducible (reliability 3, completeness 2), for a grid that holds the site (place 2), with factors of
technologies (technology 2). Shares are fixed.`,
	Needs: []string{"released", "year"},
	read:  readGoogleRegions,
}

const (
	googleRegion = "Google Cloud Region"
	googleCFE    = "Google CFE"
)

// googleIntensities are the names that the column of the intensity has had, with the scope that each stands for.
var googleIntensities = []struct{ column, scope string }{
	{"Lifecycle grid carbon intensity (gCO2eq / kWh)", "life_cycle"},
	{"Grid carbon intensity (gCO2eq / kWh)", "operational"},
}

var googleTable = Table{Name: "google_regions", Title: "Carbon characteristics of Google Cloud regions", Series: "google-region-carbon", Licence: "Apache-2.0",
	Source: "Google ({released}), Carbon free energy for Google Cloud regions, yearly data, with hourly grid data of Electricity Maps",
	URL:    "https://github.com/GoogleCloudPlatform/region-carbon-info"}

func readGoogleRegions(j *job) {
	c := j.csv(foreign.Dialect{})
	if c == nil || !c.Need(googleRegion, googleCFE) {
		return
	}
	figures := map[string]Row{}
	var columns, missing []string
	for _, g := range googleIntensities {
		if c.Has(g.column) {
			columns = append(columns, g.column)
			figures[g.column] = Row{Factor: "electricity", Category: "climate_change", Unit: "g CO2e/kWh", Distribution: "pedigree(3,2,1,2,2)", Flow: "consumption",
				Point: "generation", Scope: g.scope, Margin: "average", Quality: "modelled"}
		}
		missing = append(missing, strconv.Quote(g.column))
	}
	if len(columns) == 0 {
		j.probs.Errorf(diag.MissingColumn, c.Header(), "the file has no column of the carbon intensity: neither %s", strings.Join(missing, " nor "))
		return
	}
	released, ok := j.released("")
	if !ok {
		return
	}
	year, ok := j.year(yearAmong(j.base()))
	if !ok {
		return
	}
	columns = append(columns, googleCFE)
	figures[googleCFE] = Row{Factor: "provider_carbon_free_share", Unit: "1", Distribution: "fixed", Quality: "reported"}
	table, seen := googleTable.dated(released), once{}
	for c.Next() {
		name := c.Text(googleRegion)
		region := placeOf("gcp:" + name)
		if region.code != "" && !seen.first(j, c.At(googleRegion), region.code, name) {
			continue
		}
		for _, column := range columns {
			value, ok := j.field(c, column, name+" "+column, region)
			if !ok {
				continue
			}
			r := figures[column]
			r.Region, r.From, r.To, r.Value = region.code, year, year, value
			if r.Category != "" && zero(value) {
				r.Distribution, r.Note = "fixed", "printed as 0: rounded to whole grams"
			}
			j.row(c.At(""), table, r)
		}
	}
}
