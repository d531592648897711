package importers

import (
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

var owid = Format{
	Name:  "owid",
	Title: "Our World in Data: carbon intensity of electricity generation (Ember)",
	Doc: `The CSV of ourworldindata.org/grapher/carbon-intensity-electricity: Entity, Code, Year and the intensity in g CO2e/kWh, life-cycle, of what a country
generates. Groups of countries other than the world have no code of a region, or one that begins with OWID_, and are left out: with their members they would
count twice. A value of 0 is what the source prints where it has no generation, and is left out. The last year of a release is provisional.`,
	Needs: []string{"released"},
	read:  readOWID,
}

const owidUnit = "g CO2e/kWh"

func readOWID(j *job) {
	c := j.csv(foreign.Dialect{})
	if c == nil || !c.Need("Entity", "Code", "Year") || !j.dated() {
		return
	}
	value := ""
	for _, name := range c.Columns() {
		if strings.HasPrefix(strings.ToLower(name), "carbon intensity") {
			value = name
		}
	}
	if value == "" {
		j.probs.Add(diag.Problem{Code: diag.MissingColumn, Place: diag.Place{File: j.Name, Line: 1}, Message: "the file has no column of the carbon intensity",
			Hint: `its name begins with "Carbon intensity"`})
		return
	}
	table := &Table{
		Name: "owid", Title: j.format.Title, Series: "owid-ember", Released: j.Released, Licence: "CC-BY-4.0",
		Source: "Our World in Data ({released}), Carbon intensity of electricity generation, based on Ember Yearly Electricity Data and Energy Institute Statistical Review",
		URL:    "https://ourworldindata.org/grapher/carbon-intensity-electricity",
	}
	for c.Next() {
		entity, code := c.Text("Entity"), c.Text("Code")
		year, ok := c.Number("Year")
		if !ok {
			continue
		}
		what := entity + " " + c.Text("Year")
		region, known := names.Regions().Canonical(code)
		grams := c.Decimal(value)
		switch number, _ := c.Number(value); {
		case code == "" || strings.HasPrefix(code, "OWID_") && region != names.World:
			j.left(c.Left(what, "a group of countries, or a place without an ISO code"))
		case !known:
			j.left(c.Left(what, "the registry has no region "+strconv.Quote(code)))
		case grams == "":
			j.left(c.Left(what, "no value"))
		case number == 0:
			j.left(c.Left(what, "printed as 0"))
		default:
			j.Row(table, Row{Factor: "electricity", Category: "climate_change", Region: region, From: int(year), To: int(year), Value: grams, Unit: owidUnit,
				Distribution: "pedigree(2,1,1,1,2)", Flow: "production", Point: "generation", Scope: "life_cycle", Margin: "average", Quality: "modelled"})
		}
	}
}
