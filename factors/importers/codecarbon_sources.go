package importers

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var (
	ccCarbon = Table{Name: "codecarbon_carbon_per_source", Title: "Carbon intensity of generation by technology", Series: "codecarbon-carbon-per-source", Licence: "MIT", OwnSources: true,
		Source: "CodeCarbon ({released}), carbon_intensity_per_source.json", URL: codecarbonURL + "private_infra/carbon_intensity_per_source.json"}
	ccWater = Table{Name: "codecarbon_water_per_source", Title: "Water consumption of generation by technology", Series: "codecarbon-water-per-source", Licence: "MIT", OwnSources: true,
		Source: "CodeCarbon ({released}), water_consumption_per_source.json", URL: codecarbonURL + "private_infra/water_consumption_per_source.json"}
)

// ccSources are what the words for sources of electricity become. An empty technology is left out, with the reason.
var ccSources = map[string]struct{ technology, why, note string }{
	"coal": {technology: "coal"}, "petroleum": {technology: "oil"}, "natural_gas": {technology: "gas"}, "geothermal": {technology: "other", note: "of geothermal plants"}, "hydroelectricity": {technology: "hydro"},
	"nuclear": {technology: "nuclear"}, "solar": {technology: "solar"}, "wind": {technology: "wind"}, "biomass": {technology: "biomass"},
	"fossil":        {why: "a sum of technologies"},
	"world_average": {why: "an average of the world for a year that is not said"},
}

// ccScopes: what a cited page counts, by what its address holds.
var ccScopes = []struct{ address, scope, note string }{
	{"responsibleproblemsolving/energy-usage", "operational", "CO2 of combustion"},
	{"world-nuclear.org", "life_cycle", ""},
}

// ccUnits are the units that a file by technology may state, in the source's words.
var ccUnits = map[string]struct {
	unit, category, scope, distribution string
	table                               *Table
}{
	"gCO2.eq/kWh":         {"g CO2e/kWh", "climate_change", "", "pedigree(3,3,5,3,2)", &ccCarbon},
	"gal us Water.eq/MWh": {"gal/MWh", "water_consumption", "operational", "pedigree(2,2,5,3,2)", &ccWater},
}

// ccSource is a value of a technology, and what is cited for it.
type ccSource struct {
	record *foreign.Left // nil: none
	value  string
	cited  string
}

// openCCSources reads values by technology; their unit stands first.
func openCCSources(j *job) *ccReader {
	released, ok := j.released("")
	if !ok {
		return nil
	}
	var table *Table
	var row Row
	sources, order := map[string]*ccSource{}, []string(nil)
	source := func(name string) *ccSource {
		if sources[name] == nil {
			sources[name] = &ccSource{}
			order = append(order, name)
		}
		return sources[name]
	}
	entry := func(r *ccRecord) {
		var raw json.RawMessage
		if !r.Into(&raw) {
			return
		}
		r.fields = map[string]json.RawMessage{r.Key: raw}
		name, cited := strings.CutSuffix(r.Key, "_source")
		switch {
		case r.Key == "unit":
			word := r.text("unit")
			u, known := ccUnits[word]
			if !known {
				j.probs.Errorf(diag.BadUnit, r.Place, "the file's unit is %q; %s are what can be read", clipped(word), strings.Join(slices.Sorted(maps.Keys(ccUnits)), ", "))
				return
			}
			table = u.table.dated(released)
			row = Row{Factor: "generation", Category: u.category, Unit: u.unit, Distribution: u.distribution, Scope: u.scope, Quality: "modelled"}
		case cited:
			source(name).cited = r.text(r.Key)
		default:
			if text, _, ok := r.number(r.Key); ok {
				l := r.Left(r.Key, "")
				source(name).record, source(name).value = &l, text
			}
		}
	}
	end := func() {
		for _, name := range order {
			s := sources[name]
			word, known := ccSources[name]
			switch {
			case table == nil || s.record == nil: // told above, or cited without a value
				continue
			case !known:
				word.why = "no technology of a mix"
			}
			if word.why != "" {
				s.record.Why = word.why
				j.left(*s.record)
				continue
			}
			r := row
			r.Technology, r.Value, r.Distribution, r.URL, r.Note = word.technology, s.value, about(s.value, row.Distribution), address(s.cited), word.note
			if r.URL == "" {
				r.Source = s.cited
			}
			for _, c := range ccScopes {
				if r.Category == "climate_change" && strings.Contains(s.cited, c.address) {
					r.Scope, r.Note = c.scope, cmp.Or(c.note, r.Note)
				}
			}
			j.row(s.record.Place, table, r)
		}
	}
	return &ccReader{entry, end}
}
