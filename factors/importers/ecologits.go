package importers

import "github.com/ai-impact-observatory/ailca/lca/foreign"

var ecologits = Format{
	Name:  "ecologits",
	Title: "EcoLogits: electricity mixes",
	Doc: `The file electricity_mixes.csv of the EcoLogits repository: for 49 countries and the world kg CO2e, kg Sbe, MJ of primary energy and litres of water per
kWh of electricity. Each column is a category of its own, and of another origin.
gwp is Our World in Data's series after Ember as it stood in 2025: life-cycle, averages of what a country generates. adpe and pe are of ADEME's Base
Empreinte, which is a database of life cycles; the file does not say whether of generation or of consumption, before or after grid losses, so flow and point stay
empty. wue is the water that plants consume, reservoirs included, after the World Resources Institute's guidance on water in purchased electricity: operational;
flow and point stay empty as well. wue is water off site, not the WUE of a data centre.
Values of pe below 3.6 MJ, the energy of the kWh itself (ISL, NOR, BRA, AUT and the world), are kept as they stand: the column seems to count there what is not renewable only.
The file names no year: rows hold for any, unless one is given.
Pedigree: gwp as for the series itself; adpe, mixes that BoaviztAPI dates 2011 (reliability 3, time 4, technology 3); pe, likewise, with values that
cannot be totals (reliability 4); wue, medians of literature times a mix (reliability 3, completeness 2, time 3, technology 3).`,
	Needs: []string{"released"},
	read:  readEcoLogits,
}

// mixColumns are the columns of the file and what each becomes.
var mixColumns = []struct {
	column string
	row    Row
}{
	{"gwp", Row{Factor: "electricity", Category: "climate_change", Unit: "kg CO2e/kWh", Distribution: "pedigree(2,1,1,1,2)", Flow: "production", Point: "generation",
		Scope: "life_cycle", Margin: "average", Quality: "modelled", Note: "of Our World in Data, after Ember"}},
	{"adpe", Row{Factor: "electricity", Category: "abiotic_depletion", Unit: "kg Sbe/kWh", Distribution: "pedigree(3,2,4,1,3)",
		Scope: "life_cycle", Margin: "average", Quality: "modelled", Note: "of ADEME Base Empreinte"}},
	{"pe", Row{Factor: "electricity", Category: "primary_energy", Unit: "MJ/kWh", Distribution: "pedigree(4,2,4,1,3)",
		Scope: "life_cycle", Margin: "average", Quality: "modelled", Note: "of ADEME Base Empreinte"}},
	{"wue", Row{Factor: "electricity", Category: "water_consumption", Unit: "L/kWh", Distribution: "pedigree(3,2,3,1,3)",
		Scope: "operational", Margin: "average", Quality: "modelled", Note: "of the World Resources Institute"}},
}

var mixTable = Table{Name: "ecologits", Title: "Climate change, abiotic depletion, primary energy and water of electricity by country", Series: "ecologits", Licence: "MPL-2.0",
	Source: "GenAI Impact, EcoLogits ({released}), electricity_mixes.csv, after Our World in Data, ADEME Base Empreinte and World Resources Institute",
	URL:    "https://github.com/mlco2/ecologits/blob/main/ecologits/data/electricity_mixes.csv"}

func readEcoLogits(j *job) {
	c := j.csv(foreign.Dialect{})
	need := []string{"name"}
	for _, m := range mixColumns {
		need = append(need, m.column)
	}
	if c == nil || !c.Need(need...) {
		return
	}
	released, ok := j.released("")
	if !ok {
		return
	}
	table, seen := mixTable.dated(released), once{}
	for c.Next() {
		name := c.Text("name")
		region := placeOf(name)
		if region.code != "" && !seen.first(j, c.At("name"), region.code, name) {
			continue
		}
		for _, m := range mixColumns {
			value, ok := j.field(c, m.column, name+" "+m.column, region)
			if !ok {
				continue
			}
			r := m.row
			r.Region, r.From, r.To, r.Value, r.Distribution = region.code, j.Year, j.Year, value, about(value, r.Distribution)
			j.row(c.At(""), table, r)
		}
	}
}
