package importers

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

var cambium = Format{
	Name:  "cambium",
	Title: "NREL: projected (Cambium) and past (eGRID) carbon intensity of electricity in the United States",
	Doc: `The two yearly files of the measure add_ems_emissions_reporting in github.com/NREL/openstudio-common-measures-gem, told apart by their regions; a row a year, a column a
region.

future_annual_co2e.csv holds Cambium's regions (AZNMc, CAMXc, ...) in kg CO2e/MWh, every second year from 2020 to 2050. They are yearly averages; whether of what is generated or
used, and whether upstream emissions are in it, is not said, nor which release and scenario: these kinds stay empty. A year stands for itself: what lies between is for a
scenario to say.

historical_annual_co2e.csv holds subregions of eGRID (AZNM, CAMX, ...) from 2007 to 2019 in lb CO2e/MWh. The unit stands nowhere, and the measure reads both files as kilograms. It is
pounds: CAMX in 2018 is 524 and RFCW 1234, where eGRID2018 has total output rates of 499 and 1174 lb/MWh (226 and 533 kg). In all 25 subregions that were compared the figures of
2018 are 5.0 to 5.5 % above those rates, most in Hawaii and Alaska, as eGRID's losses of the grid are: they are per kWh delivered, of plants in operation.

Pedigree: projections are an expert's model (reliability 4), far from what is known (temporal 3); the past is computed from reports of plants (2).`,
	Needs: []string{"released"},
	read:  readCambium,
}

const cambiumURL = "https://github.com/NREL/openstudio-common-measures-gem/blob/develop/lib/measures/add_ems_emissions_reporting/resources/"

// cambiumFiles are the two files, told apart by whose regions their columns are.
var cambiumFiles = []struct {
	prefix, unit string // of the registry's codes; of the values
	table        Table
	row          Row // of what a value is
}{
	{"cambium:", "kg CO2e/MWh",
		Table{Name: "cambium", Title: "Projected carbon intensity of electricity in the United States", Series: "cambium", Licence: "BSD-3-Clause",
			Source: "National Renewable Energy Laboratory, Cambium, as compiled in openstudio-common-measures-gem ({released})", URL: cambiumURL + "future_annual_co2e.csv"},
		Row{Distribution: "pedigree(4,1,3,1,2)", Note: "projection; release and scenario are not said"}},
	{"egrid:", "lb CO2e/MWh",
		Table{Name: "cambium_egrid", Title: "Carbon intensity of electricity by eGRID subregion", Series: "egrid-delivered", Licence: "BSD-3-Clause",
			Source: "U.S. Environmental Protection Agency, eGRID, with grid losses, as compiled in openstudio-common-measures-gem ({released})", URL: cambiumURL + "historical_annual_co2e.csv"},
		Row{Distribution: "pedigree(2,1,1,1,2)", Flow: "production", Point: "delivered", Scope: "operational"}},
}

func readCambium(j *job) {
	c := j.csv(foreign.Dialect{})
	if c == nil {
		return
	}
	year := ""
	var columns []string
	for i, name := range c.Columns() {
		if i == 0 && strings.EqualFold(name, "year") {
			year = name
		} else {
			columns = append(columns, name)
		}
	}
	if year == "" {
		j.probs.Add(diag.Problem{Code: diag.MissingColumn, Place: c.Header(), Message: `the file's first column is not "year"`, Hint: "the others are regions, such as CAMXc or CAMX"})
		return
	}
	// One column of a kind decides the unit; one of the other kind beside it would be read 2.2 times too high or low.
	file, regions := -1, map[string]string{}
	for _, column := range columns {
		for i, f := range cambiumFiles {
			region, known := names.Regions().Canonical(f.prefix + column)
			switch {
			case !known || column == "":
			case file >= 0 && file != i:
				j.probs.Errorf(diag.BadValue, c.Header(), "the file has regions of Cambium, in kilograms, and of eGRID, in pounds: %s is of the other kind", clipped(column))
				return
			case slices.Contains(slices.Collect(maps.Values(regions)), region):
				j.probs.Errorf(diag.DuplicateName, c.Header(), "the region of the column %s stands twice", clipped(column))
				return
			default:
				file, regions[column] = i, region
			}
		}
	}
	if file < 0 {
		j.probs.Add(diag.Problem{Code: diag.MissingColumn, Place: c.Header(), Message: "no column is a region of Cambium or eGRID", Hint: "such as CAMXc or CAMX"})
		return
	}
	released, ok := j.released("")
	if !ok {
		return
	}
	table, row := cambiumFiles[file].table.dated(released), cambiumFiles[file].row
	row.Factor, row.Category, row.Unit, row.Margin, row.Quality = "electricity", "climate_change", cambiumFiles[file].unit, "average", "modelled"
	pedigree := row.Distribution
	for c.Next() {
		y, ok := j.yearIn(c, year)
		if !ok {
			continue
		}
		for _, column := range columns {
			region := place{regions[column], cambiumFiles[file].prefix + column}
			value, ok := j.field(c, column, column+" "+strconv.Itoa(y), region)
			if ok {
				row.Region, row.From, row.To, row.Value, row.Distribution = region.code, y, y, value, about(value, pedigree)
				j.row(c.At(""), table, row)
			}
		}
	}
}
