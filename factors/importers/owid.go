package importers

import (
	"slices"
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

var owidTable = Table{Name: "owid", Title: "Our World in Data: carbon intensity of electricity generation (Ember)", Series: "owid-ember", Licence: "CC-BY-4.0",
	Source: "Our World in Data ({released}), Carbon intensity of electricity generation, based on Ember Yearly Electricity Data and Energy Institute Statistical Review",
	URL:    "https://ourworldindata.org/grapher/carbon-intensity-electricity"}

func readOWID(j *job) {
	c := j.csv(foreign.Dialect{})
	if c == nil || !c.Need("Entity", "Code", "Year") {
		return
	}
	released, ok := j.released("")
	if !ok {
		return
	}
	columns := slices.DeleteFunc(c.Columns(), func(name string) bool { return !strings.HasPrefix(strings.ToLower(name), "carbon intensity") })
	if len(columns) != 1 {
		j.probs.Errorf(diag.MissingColumn, c.Header(), "the file has %d columns of the carbon intensity: expected one whose name begins so", len(columns))
		return
	}
	table := owidTable.dated(released)
	for c.Next() {
		code, what := c.Text("Code"), c.Text("Entity")+" "+c.Text("Year")
		year, ok := j.yearIn(c, "Year")
		if !ok {
			continue
		}
		region := placeOf(code)
		if code == "" || strings.HasPrefix(code, "OWID_") && region.code != names.World {
			j.left(c.Left(what, "a group of countries, or a place without an ISO code"))
			continue
		}
		grams, ok := j.field(c, columns[0], what, region)
		switch {
		case !ok:
		case zero(grams):
			j.left(c.Left(what, "printed as 0"))
		default:
			j.row(c.At(""), table, Row{Factor: "electricity", Category: "climate_change", Region: region.code, From: year, To: year, Value: grams, Unit: "g CO2e/kWh",
				Distribution: "pedigree(2,1,1,1,2)", Flow: "production", Point: "generation", Scope: "life_cycle", Margin: "average", Quality: "modelled"})
		}
	}
}
