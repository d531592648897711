package importers

import (
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var (
	ccGoogle = Table{Name: "codecarbon_google", Title: "Carbon intensity of electricity of Google Cloud regions", Series: "google-region-carbon", Licence: "MIT", OwnSources: true,
		Source: "Google, Carbon free energy for Google Cloud regions, as compiled in CodeCarbon impact.csv ({released})", URL: codecarbonURL + "cloud/impact.csv"}
	ccClouds = Table{Name: "codecarbon_clouds", Title: "Carbon intensity of electricity of cloud regions", Series: "codecarbon-clouds", Licence: "MIT", OwnSources: true,
		Source: "CodeCarbon ({released}), impact.csv", URL: codecarbonURL + "cloud/impact.csv"}
	ccEurope = Table{Name: "codecarbon_europe", Title: "Carbon intensity of electricity in Europe, 2000 to 2020", Series: "owid-europe", Licence: "CC-BY-4.0",
		Source: "Our World in Data, Carbon intensity of electricity, as compiled in CodeCarbon eu-carbon-intensity-electricity.csv ({released})",
		URL:    codecarbonURL + "private_infra/2020/eu-carbon-intensity-electricity.csv"}
)

// ccEuropeValue is the column of eu-carbon-intensity-electricity.csv, which tells it from Our World in Data's own files.
const ccEuropeValue = "Carbon intensity of electricity (gCO2/kWh)"

func readCodeCarbonCSV(j *job) {
	c := j.csv(foreign.Dialect{})
	switch {
	case c == nil:
	case c.Has("Entity", ccEuropeValue):
		readCCEurope(j, c)
	case c.Has("provider", "impact"):
		readCCClouds(j, c)
	default:
		j.probs.Add(diag.Problem{Code: diag.MissingColumn, Place: c.Header(), Message: "the file has the columns of none of CodeCarbon's tables of factors",
			Hint: "impact.csv has provider, region and impact; eu-carbon-intensity-electricity.csv has Entity, Code, Year and " + ccEuropeValue})
	}
}

func readCCEurope(j *job, c *foreign.CSV) {
	released, ok := j.released("")
	if !c.Need("Entity", "Code", "Year") || !ok {
		return
	}
	table := ccEurope.dated(released)
	for c.Next() {
		code, what := c.Text("Code"), c.Text("Entity")+" "+c.Text("Year")
		year, ok := j.yearIn(c, "Year")
		if !ok {
			continue
		}
		if code == "" {
			j.left(c.Left(what, "a group of countries"))
			continue
		}
		region := placeOf(code)
		if grams, ok := j.field(c, ccEuropeValue, what, region); ok {
			j.row(c.At(""), table, Row{Factor: "electricity", Category: "climate_change", Region: region.code, From: year, To: year, Value: grams, Unit: "g CO2e/kWh",
				Distribution: about(grams, "pedigree(2,1,1,1,2)"), Flow: "production", Point: "generation", Margin: "average", Quality: "modelled", Note: "printed as g CO2"})
		}
	}
}

func readCCClouds(j *job, c *foreign.CSV) {
	released, ok1 := j.released("")
	year, ok2 := j.year(0)
	if !c.Need("provider", "region", "impact", "source") || !ok1 || !ok2 {
		return
	}
	google, clouds := ccGoogle.dated(released), ccClouds.dated(released)
	for c.Next() {
		provider, code := c.Text("provider"), c.Text("region")
		region := placeOf(provider + ":" + code)
		grams, ok := j.field(c, "impact", provider+" "+code, region)
		if !ok {
			continue
		}
		table, row := clouds, Row{Factor: "electricity", Category: "climate_change", Region: region.code, From: year, To: year, Value: grams, Unit: "g CO2e/kWh",
			Distribution: about(grams, "pedigree(3,2,1,2,2)"), Margin: "average", Quality: "modelled", URL: address(c.Text("source")), Note: c.Text("comment")}
		if provider == "gcp" {
			table, row.Flow, row.Point, row.Scope = google, "consumption", "generation", "operational"
			if year < 2021 {
				row.Scope = "life_cycle"
			}
		}
		j.row(c.At(""), table, row)
	}
}
