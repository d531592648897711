package importers

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

var (
	ccCountries = Table{Name: "codecarbon_countries", Title: "Carbon intensity of electricity by country", Series: "owid-ember", Licence: "CC-BY-4.0",
		Source: "Our World in Data ({released}), Carbon intensity of electricity generation, based on Ember and Energy Institute, as compiled in CodeCarbon global_energy_mix.json",
		URL:    codecarbonURL + "private_infra/global_energy_mix.json"}
	ccMix = Table{Name: "codecarbon_mix", Title: "Generation mix by country", Series: "owid-mix", Licence: "CC-BY-4.0",
		Source: "Our World in Data ({released}), Energy dataset: electricity generation by source, based on Ember and Energy Institute, as compiled in CodeCarbon global_energy_mix.json",
		URL:    codecarbonURL + "private_infra/global_energy_mix.json",
		Doc:    "share of each technology: its part over the sum of the parts, 12 digits"}
)

// ccMixParts are the fields of a country that are a part of its generation, by what each becomes.
var ccMixParts = map[string]string{"coal_TWh": "coal", "gas_TWh": "gas", "oil_TWh": "oil", "nuclear_TWh": "nuclear", "hydroelectricity_TWh": "hydro", "wind_TWh": "wind", "solar_TWh": "solar"}

// openCCWorld reads a year of each country.
func openCCWorld(j *job) *ccReader {
	released, ok := j.released("")
	if !ok {
		return nil
	}
	intensity, mix, seen := ccCountries.dated(released), ccMix.dated(released), once{}
	type sum struct {
		countries int
		parts     map[string]float64
	}
	sums := map[int]*sum{} // by year
	var at diag.Place      // of the last country that is in them
	entry := func(r *ccRecord) {
		year, ok := r.year("year")
		if !ok {
			return
		}
		region := placeOf(r.Key)
		if region.code == "" {
			for _, what := range []string{" carbon intensity", " generation mix"} {
				j.left(r.Left(r.Key+what, region.why()))
			}
			return
		}
		if !seen.first(j, r.Place, region.code, r.Key) {
			return
		}
		if text, v, ok := r.number("carbon_intensity"); ok && v == 0 {
			j.left(r.Left(r.Key+" carbon intensity", "printed as 0"))
		} else if ok {
			j.row(r.Place, intensity, Row{Factor: "electricity", Category: "climate_change", Region: region.code, From: year, To: year, Value: text, Unit: "g CO2e/kWh",
				Distribution: "pedigree(2,1,1,1,2)", Flow: "production", Point: "generation", Scope: "life_cycle", Margin: "average", Quality: "modelled"})
		}
		parts, ok := r.parts(ccMixParts)
		_, biofuel, ok1 := r.number("biofuel_TWh")
		_, renewable, ok2 := r.number("other_renewable_TWh")
		_, total, ok3 := r.number("total_TWh")
		if !ok || !ok1 || !ok2 || !ok3 {
			return
		}
		parts["biomass"] = min(biofuel, renewable)
		parts["other"] = renewable - parts["biomass"]
		all := added(parts)
		if all == 0 || all < 0.98*total || all > min(1.02*total, 1e9) {
			j.left(r.Left(r.Key+" generation mix", fmt.Sprintf("its parts add up to %.6g TWh, its total is %.6g TWh", all, total)))
			return
		}
		j.mix(r.Place, mix, region.code, year, parts, "TWh", "reported", "")
		if region.code == names.World {
			return
		}
		at = r.Place
		if sums[year] == nil {
			sums[year] = &sum{parts: map[string]float64{}}
		}
		sums[year].countries++
		for technology, part := range parts {
			sums[year].parts[technology] += part
		}
	}
	end := func() {
		years := slices.Sorted(maps.Keys(sums))
		if len(years) == 0 {
			return
		}
		newest := years[len(years)-1]
		world, countries := map[string]float64{}, 0
		for _, y := range years {
			if y < newest-2 {
				continue
			}
			countries += sums[y].countries
			for technology, part := range sums[y].parts {
				world[technology] += part
			}
		}
		if countries < 200 || seen[names.World] != "" {
			return
		}
		j.mix(at, mix, names.World, newest, world, "TWh", "reported", fmt.Sprintf("; sum of the %d countries of this table, %.0f %% of it of %d, the rest of the two years before",
			countries, 100*added(sums[newest].parts)/added(world), newest))
	}
	return &ccReader{entry, end}
}
