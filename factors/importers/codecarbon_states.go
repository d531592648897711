package importers

import (
	"fmt"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

var (
	ccUSA = Table{Name: "codecarbon_usa", Title: "Carbon intensity of electricity by state of the United States", Series: "egrid-state", Licence: "MIT",
		Source: "U.S. Environmental Protection Agency, eGRID state CO2 total output emission rates, as compiled in CodeCarbon usa_emissions.json ({released})",
		URL:    codecarbonURL + "private_infra/2016/usa_emissions.json"}
	ccCanada = Table{Name: "codecarbon_canada_mix", Title: "Generation mix by province of Canada", Series: "cer-mix", Licence: "MIT",
		Source: "Canada Energy Regulator, Canada's Energy Future data appendices (doi.org/10.35002/zjr8-8x75), as compiled in CodeCarbon canada_energy_mix.json ({released})",
		URL:    codecarbonURL + "private_infra/2023/canada_energy_mix.json"}
)

// ccPercent are the fields of a province, likewise.
var ccPercent = map[string]string{"naturalGas": "gas", "nuclear": "nuclear", "petroleum": "oil", "biomass": "biomass", "coal": "coal", "other": "other", "tidal": "other",
	"solar": "solar", "wind": "wind", "hydro": "hydro"}

// openCCUSA reads the states of the United States.
func openCCUSA(j *job) *ccReader {
	released, ok1 := j.released("")
	year, ok2 := j.year(j.folderYear())
	if !ok1 || !ok2 {
		return nil
	}
	table, seen, stated := ccUSA.dated(released), once{}, false
	entry := func(r *ccRecord) {
		if r.Key == "_unit" {
			if got := r.text("emissions"); got != "lbs/MWh" {
				j.probs.Errorf(diag.BadUnit, r.Place, "the file's unit is %q; lbs/MWh is what can be read", clipped(got))
			}
			stated = true
			return
		}
		text, _, ok := r.number("emissions")
		if !ok {
			return
		}
		code := r.text("regionCode")
		region := placeOf("US-" + code)
		if strings.EqualFold(code, "usa") {
			region = placeOf(code)
		}
		if region.code == "" {
			j.left(r.Left(r.Key, region.why()))
			return
		}
		if !seen.first(j, r.Place, region.code, r.Key) {
			return
		}
		j.row(r.Place, table, Row{Factor: "electricity", Category: "climate_change", Region: region.code, From: year, To: year, Value: text, Unit: "lb CO2e/MWh", Distribution: about(text, "pedigree(2,1,1,1,2)"),
			Flow: "production", Point: "generation", Scope: "operational", Margin: "average", Quality: "modelled", Note: "CO2 alone; CH4 and N2O are not in it"})
	}
	end := func() {
		if !stated {
			j.probs.Add(diag.Problem{Code: diag.MissingKey, Place: diag.Place{File: j.Name}, Message: "the file does not state its unit", Hint: `it has an entry "_unit"`})
		}
	}
	return &ccReader{entry, end}
}

// openCCCanada reads the provinces of Canada.
func openCCCanada(j *job) *ccReader {
	released, ok1 := j.released("")
	year, ok2 := j.year(j.folderYear())
	if !ok1 || !ok2 {
		return nil
	}
	table, seen := ccCanada.dated(released), once{}
	return &ccReader{entry: func(r *ccRecord) {
		parts, ok := r.parts(ccPercent)
		if !ok {
			return
		}
		region := placeOf(r.Key)
		switch all := added(parts); {
		case region.code == "":
			j.left(r.Left(r.Key, region.why()))
		case !seen.first(j, r.Place, region.code, r.Key):
		case all < 98 || all > 102:
			j.left(r.Left(r.Key, fmt.Sprintf("its parts add up to %.6g %%", all)))
		default:
			j.mix(r.Place, table, region.code, year, parts, "%", "modelled", "")
		}
	}}
}
