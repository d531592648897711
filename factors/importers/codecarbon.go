package importers

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

var codecarbon = Format{
	Name:  "codecarbon",
	Title: "CodeCarbon: electricity of countries, states, provinces and cloud regions, and of technologies",
	Doc: `Files of codecarbon/data in github.com/mlco2/codecarbon, told apart by what stands in them.

global_energy_mix.json is Our World in Data's, one year a country. The carbon intensity is an older release of the series owid-ember: life-cycle, of what is
generated; 0 is what is printed without generation, and is left out. For --released give the date of Our World in Data's release, not CodeCarbon's: 2024 for
a file whose latest year is 2023. The generation mix is the part of each technology over the sum of the parts: biomass is the lesser of biofuel and other
renewables, other is the rest of these (geothermal, tidal, wave), oil holds other fossil fuels. Countries whose parts miss the total by more than 2 % are left
out. The world is the sum of the countries that have a mix of the latest year or the two before it, in a file of 200 countries or more.

usa_emissions.json holds pounds per MWh: the CO2 of combustion over net generation by state, as EPA prints them in eGRID2016 (total output emission rates; CO2 alone,
CO2e is mostly less than 1 % higher, in Maine 3 and in Vermont 17 %). canada_energy_mix.json is the generation of provinces in per cent by the Canada Energy Regulator, for 2023 an estimate of a model; the
total is off 100 by rounding, so parts are divided by their sum. Their year is that of their folder, as published, else --year.

carbon_intensity_per_source.json and water_consumption_per_source.json hold g CO2e/kWh and US gallons/MWh by technology, each with its source. Coal, oil and gas are
CO2 of combustion (the tool that is cited counts low-carbon sources as 0); what is taken from the World Nuclear Association's comparison is life-cycle. Water is
what plants consume. The world averages say no year, and fossil is a sum of technologies: both are left out.

impact.csv holds cloud regions. It is Google's, to the digit that of 2023; the file does not say so: give --year. Google prints life-cycle intensities for 2019 and 2020 and
those of operation from 2021 on, of what a grid consumes, before its losses (see google-regions). Of other providers' regions nothing is said.

nordic_emissions.json holds one round value for the zones of Sweden and Norway and one for Finland, with years, said to be averages of ENTSO-E data; which emissions are
counted is not said. eu-carbon-intensity-electricity.csv is an early release of Our World in Data for 2000 to 2020 in g CO2/kWh, of generation; whether upstream
emissions are in it is not said (Sweden in 2020 is 13 g here and 39 g in owid-ember).

Pedigree: reliability 2 where computed from reports of plants or grids, 3 to 4 where it cannot be computed again; temporal 5 where no year is said;
geographical 3 where plants of the United States stand for all. The shares of a mix are fixed.`,
	Needs: []string{"released", "year"},
	read:  readCodeCarbon,
}

const codecarbonURL = "https://github.com/mlco2/codecarbon/blob/master/codecarbon/data/"

// The tables, one for each publication behind CodeCarbon's files.
var (
	ccCountries = Table{Name: "codecarbon-countries", Title: "Carbon intensity of electricity by country", Series: "owid-ember", Licence: "CC-BY-4.0",
		Source: "Our World in Data ({released}), Carbon intensity of electricity generation, based on Ember and Energy Institute, as compiled in CodeCarbon global_energy_mix.json",
		URL:    codecarbonURL + "private_infra/global_energy_mix.json"}
	ccMix = Table{Name: "codecarbon-mix", Title: "Generation mix by country", Series: "owid-mix", Licence: "CC-BY-4.0",
		Source: "Our World in Data ({released}), Energy dataset: electricity generation by source, based on Ember and Energy Institute, as compiled in CodeCarbon global_energy_mix.json",
		URL:    codecarbonURL + "private_infra/global_energy_mix.json",
		Doc:    "share of each technology: its part over the sum of the parts, 12 digits"}
	ccUSA = Table{Name: "codecarbon-usa", Title: "Carbon intensity of electricity by state of the United States", Series: "egrid-state", Licence: "MIT",
		Source: "U.S. Environmental Protection Agency, eGRID state CO2 total output emission rates, as compiled in CodeCarbon usa_emissions.json ({released})",
		URL:    codecarbonURL + "private_infra/2016/usa_emissions.json"}
	ccCanada = Table{Name: "codecarbon-canada-mix", Title: "Generation mix by province of Canada", Series: "cer-mix", Licence: "MIT",
		Source: "Canada Energy Regulator, Canada's Energy Future data appendices (doi.org/10.35002/zjr8-8x75), as compiled in CodeCarbon canada_energy_mix.json ({released})",
		URL:    codecarbonURL + "private_infra/2023/canada_energy_mix.json"}
	ccCarbon = Table{Name: "codecarbon-carbon-per-source", Title: "Carbon intensity of generation by technology", Series: "codecarbon-carbon-per-source", Licence: "MIT", OwnSources: true,
		Source: "CodeCarbon ({released}), carbon_intensity_per_source.json", URL: codecarbonURL + "private_infra/carbon_intensity_per_source.json"}
	ccWater = Table{Name: "codecarbon-water-per-source", Title: "Water consumption of generation by technology", Series: "codecarbon-water-per-source", Licence: "MIT", OwnSources: true,
		Source: "CodeCarbon ({released}), water_consumption_per_source.json", URL: codecarbonURL + "private_infra/water_consumption_per_source.json"}
	ccGoogle = Table{Name: "codecarbon-google", Title: "Carbon intensity of electricity of Google Cloud regions", Series: "google-region-carbon", Licence: "MIT", OwnSources: true,
		Source: "Google, Carbon free energy for Google Cloud regions, as compiled in CodeCarbon impact.csv ({released})", URL: codecarbonURL + "cloud/impact.csv"}
	ccClouds = Table{Name: "codecarbon-clouds", Title: "Carbon intensity of electricity of cloud regions", Series: "codecarbon-clouds", Licence: "MIT", OwnSources: true,
		Source: "CodeCarbon ({released}), impact.csv", URL: codecarbonURL + "cloud/impact.csv"}
	ccNordic = Table{Name: "codecarbon-nordic", Title: "Carbon intensity of electricity of Nordic price zones", Series: "codecarbon-nordic", Licence: "MIT",
		Source: "CodeCarbon ({released}), nordic_emissions.json, averages of ENTSO-E data", URL: codecarbonURL + "private_infra/nordic_emissions.json"}
	ccEurope = Table{Name: "codecarbon-europe", Title: "Carbon intensity of electricity in Europe, 2000 to 2020", Series: "owid-europe", Licence: "CC-BY-4.0",
		Source: "Our World in Data, Carbon intensity of electricity, as compiled in CodeCarbon eu-carbon-intensity-electricity.csv ({released})",
		URL:    codecarbonURL + "private_infra/2020/eu-carbon-intensity-electricity.csv"}
)

// mixTechnologies are what a generation mix is split into.
var mixTechnologies = []string{"biomass", "coal", "gas", "hydro", "nuclear", "oil", "other", "solar", "wind"}

// The sources' words for technologies. An empty one is left out, with the reason.
var (
	ccMixParts = map[string]string{"coal_TWh": "coal", "gas_TWh": "gas", "oil_TWh": "oil", "nuclear_TWh": "nuclear", "hydroelectricity_TWh": "hydro", "wind_TWh": "wind", "solar_TWh": "solar"}
	ccPercent  = map[string]string{"naturalGas": "gas", "nuclear": "nuclear", "petroleum": "oil", "biomass": "biomass", "coal": "coal", "other": "other", "tidal": "other",
		"solar": "solar", "wind": "wind", "hydro": "hydro"}
	ccSources = map[string]struct{ technology, why, note string }{
		"coal": {technology: "coal"}, "petroleum": {technology: "oil"}, "natural_gas": {technology: "gas"}, "geothermal": {technology: "other", note: "of geothermal plants"}, "hydroelectricity": {technology: "hydro"},
		"nuclear": {technology: "nuclear"}, "solar": {technology: "solar"}, "wind": {technology: "wind"}, "biomass": {technology: "biomass"},
		"fossil":        {why: "a sum of technologies"},
		"world_average": {why: "an average of the world for a year that is not said"},
	}
	// ccScopes: what a cited page counts, by what its address holds.
	ccScopes = []struct{ address, scope, note string }{
		{"responsibleproblemsolving/energy-usage", "operational", "CO2 of combustion"},
		{"world-nuclear.org", "life_cycle", ""},
	}
)

// ccUnits are the units that a file by technology may state, in the source's words.
var ccUnits = map[string]struct {
	unit, category, distribution string
	table                        *Table
}{
	"gCO2.eq/kWh":         {"g CO2e/kWh", "climate_change", "pedigree(3,3,5,3,2)", &ccCarbon},
	"gal us Water.eq/MWh": {"gal/MWh", "water_consumption", "pedigree(2,2,5,3,2)", &ccWater},
}

// ccShapes are the JSON files, told apart by a key of the file or of its first entry.
var ccShapes = []struct {
	key  string
	file bool // a key of the file
	open func(j *job) *ccReader
}{
	{"unit", true, openCCSources},
	{"data", true, openCCNordic},
	{"metadata", true, openCCNordic},
	{"carbon_intensity", false, openCCWorld},
	{"regionCode", false, openCCUSA},
	{"naturalGas", false, openCCCanada},
}

// Limits of what is remembered of a file.
const (
	ccMaxEntries = 10_000
	ccMaxText    = 1_000
)

// ccReader takes a file's entries one by one; nil functions take nothing.
type ccReader struct {
	entry func(r *ccRecord)
	end   func()
}

func readCodeCarbon(j *job) {
	switch j.begins() {
	case '{':
	case '[':
		j.probs.Errorf(diag.BadType, diag.Place{File: j.Name, Line: 1}, "the file is a list, as no JSON file of CodeCarbon that can be read is")
		return
	default:
		readCodeCarbonCSV(j)
		return
	}
	var reader *ccReader
	seen := map[string]bool{}
	j.entries(func(e *foreign.Entry) bool {
		r := &ccRecord{Entry: e, probs: j.probs}
		if e.IsObject() && !e.Into(&r.fields) {
			return false
		}
		if reader == nil {
			for _, s := range ccShapes {
				if _, has := r.fields[s.key]; s.file && s.key == e.Key || !s.file && has {
					reader = s.open(j)
					break
				}
			}
			if reader == nil {
				j.probs.Add(diag.Problem{Code: diag.MissingKey, Place: e.Place, Message: fmt.Sprintf("the file begins with the entry %q, as no file of CodeCarbon that can be read does", e.Key),
					Hint: "entries of countries have carbon_intensity, of states emissions and regionCode, of provinces naturalGas; other files have unit, or data and metadata"})
				return false
			}
			if reader.entry == nil {
				return false // what was missing is told
			}
		}
		switch {
		case seen[e.Key]:
			j.probs.Errorf(diag.DuplicateName, e.Place, "the entry %q stands twice", clipped(e.Key))
			return false
		case len(seen) == ccMaxEntries || len(e.Key) > ccMaxText:
			j.probs.Errorf(diag.TooLarge, e.Place, "more than %d entries, or one with a name of more than %d bytes", ccMaxEntries, ccMaxText)
			return false
		}
		seen[e.Key] = true
		reader.entry(r)
		return !j.probs.Full()
	})
	if reader != nil && reader.end != nil {
		reader.end()
	}
}

// ccRecord is an entry whose fields are read by name.
type ccRecord struct {
	*foreign.Entry
	fields map[string]json.RawMessage
	probs  *diag.List
}

// number is a field as the text that the source wrote and as a number; false, with the problem told, where it is missing, none or negative.
func (r *ccRecord) number(key string) (text string, v float64, ok bool) {
	raw, has := r.fields[key]
	text = string(raw)
	if !has || text == "null" {
		r.probs.Errorf(diag.MissingKey, r.Place, "the entry %q has no %s", r.Key, key)
		return "", 0, false
	}
	v, err := foreign.ParseNumber(text)
	switch {
	case err != nil:
		r.probs.Errorf(diag.BadType, r.Place, "%s of the entry %q: expected a number, found %s", key, r.Key, clipped(text))
		return "", 0, false
	case v < 0:
		r.probs.Errorf(diag.OutOfRange, r.Place, "%s of the entry %q is negative: %s", key, r.Key, clipped(text))
		return "", 0, false
	}
	return text, v, true
}

// year is a field as a calendar year.
func (r *ccRecord) year(key string) (int, bool) {
	text, _, ok := r.number(key)
	if !ok {
		return 0, false
	}
	y := yearAlone(text)
	if y == 0 {
		r.probs.Errorf(diag.BadValue, r.Place, "%s of the entry %q: expected a year, found %s", key, r.Key, clipped(text))
	}
	return y, y != 0
}

// text is a field as a text; empty where it is none, or longer than any that is meant.
func (r *ccRecord) text(key string) string {
	var s string
	if json.Unmarshal(r.fields[key], &s) != nil || len(s) > ccMaxText {
		return ""
	}
	return strings.TrimSpace(s)
}

// openCCWorld reads a year of each country.
func openCCWorld(j *job) *ccReader {
	released, ok := j.dateGiven("")
	if !ok {
		return &ccReader{}
	}
	intensity, mix := ccCountries, ccMix
	intensity.Released, mix.Released = released, released
	type sum struct {
		countries int
		parts     map[string]float64
	}
	sums := map[int]*sum{} // by year
	entry := func(r *ccRecord) {
		year, ok := r.year("year")
		if !ok {
			return
		}
		region, known := names.Regions().Canonical(r.Key)
		if !known {
			for _, what := range []string{" carbon intensity", " generation mix"} {
				j.left(r.Left(r.Key+what, "the registry has no region "+strconv.Quote(r.Key)))
			}
			return
		}
		if text, v, ok := r.number("carbon_intensity"); ok && v == 0 {
			j.left(r.Left(r.Key+" carbon intensity", "printed as 0"))
		} else if ok {
			j.Row(&intensity, Row{Factor: "electricity", Category: "climate_change", Region: region, From: year, To: year, Value: text, Unit: "g CO2e/kWh",
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
		mixRows(j, &mix, region, year, parts, "TWh", "reported", "")
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
		if countries < 200 {
			return
		}
		mixRows(j, &mix, names.World, newest, world, "TWh", "reported", fmt.Sprintf("; sum of the %d countries of this table, %.0f %% of it of %d, the rest of the two years before",
			countries, 100*added(sums[newest].parts)/added(world), newest))
	}
	return &ccReader{entry, end}
}

// parts adds up an entry's fields by technology.
func (r *ccRecord) parts(columns map[string]string) (map[string]float64, bool) {
	out, ok := map[string]float64{}, true
	for _, column := range slices.Sorted(maps.Keys(columns)) {
		_, v, found := r.number(column)
		out[columns[column]] += v
		ok = ok && found
	}
	return out, ok
}

// added is the sum over technologies, in a fixed order.
func added(parts map[string]float64) float64 {
	var all float64
	for _, technology := range mixTechnologies {
		all += parts[technology]
	}
	return all
}

// mixRows writes what share of a region's generation each technology has.
func mixRows(j *job, t *Table, region string, year int, parts map[string]float64, unit, quality, note string) {
	all := added(parts)
	for _, technology := range mixTechnologies {
		j.Row(t, Row{Factor: "electricity_mix", Region: region, Technology: technology, From: year, To: year, Value: quotient(parts[technology] / all), Unit: "1",
			Distribution: "fixed", Quality: quality, Note: fmt.Sprintf("%.9g of %.9g %s%s", parts[technology], all, unit, note)})
	}
}

// openCCUSA reads the states of the United States.
func openCCUSA(j *job) *ccReader {
	released, ok1 := j.dateGiven("")
	year, ok2 := j.yearGiven(folderYear(j.Name))
	if !ok1 || !ok2 {
		return &ccReader{}
	}
	table := ccUSA
	table.Released = released
	stated := false
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
		region, known := names.Regions().Canonical("US-" + code)
		if !known && strings.EqualFold(code, "usa") {
			region, known = names.Regions().Canonical(code)
		}
		if !known {
			j.left(r.Left(r.Key, "the registry has no state "+strconv.Quote(code)))
			return
		}
		j.Row(&table, Row{Factor: "electricity", Category: "climate_change", Region: region, From: year, To: year, Value: text, Unit: "lb CO2e/MWh", Distribution: about(text, "pedigree(2,1,1,1,2)"),
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
	released, ok1 := j.dateGiven("")
	year, ok2 := j.yearGiven(folderYear(j.Name))
	if !ok1 || !ok2 {
		return &ccReader{}
	}
	table := ccCanada
	table.Released = released
	return &ccReader{entry: func(r *ccRecord) {
		parts, ok := r.parts(ccPercent)
		if !ok {
			return
		}
		region, known := names.Regions().Canonical(r.Key)
		switch all := added(parts); {
		case !known:
			j.left(r.Left(r.Key, "the registry has no province "+strconv.Quote(r.Key)))
		case all < 98 || all > 102:
			j.left(r.Left(r.Key, fmt.Sprintf("its parts add up to %.6g %%", all)))
		default:
			mixRows(j, &table, region, year, parts, "%", "modelled", "")
		}
	}}
}

// openCCSources reads values by technology; their unit stands first.
func openCCSources(j *job) *ccReader {
	released, ok := j.dateGiven("")
	if !ok {
		return &ccReader{}
	}
	var unit, word string
	var table Table
	var row Row
	var pedigree string
	type value struct {
		left      foreign.Left
		text, url string
		ok        bool
	}
	values, order := map[string]*value{}, []string(nil)
	at := func(name string) *value {
		if values[name] == nil {
			values[name] = &value{}
			order = append(order, name)
		}
		return values[name]
	}
	entry := func(r *ccRecord) {
		var raw json.RawMessage
		if !r.Into(&raw) {
			return
		}
		r.fields = map[string]json.RawMessage{r.Key: raw}
		if r.Key == "unit" {
			word = r.text("unit")
			u, known := ccUnits[word]
			if !known {
				j.probs.Errorf(diag.BadUnit, r.Place, "the file's unit is %q; %s are what can be read", clipped(word), strings.Join(slices.Sorted(maps.Keys(ccUnits)), ", "))
				return
			}
			unit, table = u.unit, *u.table
			table.Released = released
			row = Row{Factor: "generation", Category: u.category, Unit: unit, Quality: "modelled"}
			pedigree = u.distribution
			return
		}
		if name, cited := strings.CutSuffix(r.Key, "_source"); cited {
			at(name).url = r.text(r.Key)
			return
		}
		v := at(r.Key)
		v.text, _, v.ok = r.number(r.Key)
		v.left = r.Left(r.Key, "")
	}
	end := func() {
		if unit == "" {
			return // told above
		}
		for _, name := range order {
			v := values[name]
			source, known := ccSources[name]
			switch {
			case !v.ok:
				continue // told above, or a source without a value
			case !known:
				v.left.Why = "no technology of a mix"
				j.left(v.left)
			case source.why != "":
				v.left.Why = source.why
				j.left(v.left)
			default:
				out := row
				out.Technology, out.Value, out.URL, out.Note = source.technology, v.text, address(v.url), source.note
				out.Distribution = about(v.text, pedigree)
				if out.URL == "" {
					out.Source = v.url
				}
				if out.Category == "water_consumption" {
					out.Scope = "operational"
				}
				for _, s := range ccScopes {
					if out.Category == "climate_change" && strings.Contains(v.url, s.address) {
						out.Scope, out.Note = s.scope, cmp.Or(s.note, out.Note)
					}
				}
				j.Row(&table, out)
			}
		}
	}
	return &ccReader{entry, end}
}

// openCCNordic reads price zones; the file's date stands behind them.
func openCCNordic(j *job) *ccReader {
	var zones *ccRecord
	said := ""
	entry := func(r *ccRecord) {
		switch r.Key {
		case "data":
			zones = r
		case "metadata":
			said = r.text("last_updated")
		default:
			j.left(r.Left(r.Key, "neither data nor metadata"))
		}
	}
	end := func() {
		released, ok := j.dateGiven(said)
		if !ok {
			return
		}
		if zones == nil || zones.fields == nil {
			j.probs.Errorf(diag.MissingKey, diag.Place{File: j.Name}, "the file has no data")
			return
		}
		table := ccNordic
		table.Released = released
		for _, zone := range slices.Sorted(maps.Keys(zones.fields)) {
			e := *zones.Entry
			e.Key = zone
			r := &ccRecord{Entry: &e, probs: j.probs}
			if err := json.Unmarshal(zones.fields[zone], &r.fields); err != nil {
				j.probs.Errorf(diag.BadType, e.Place, "the zone %q is no object", zone)
				continue
			}
			if got := r.text("unit"); got != "gCO2eq/kWh" {
				j.probs.Errorf(diag.BadUnit, e.Place, "the unit of the zone %q is %q; gCO2eq/kWh is what can be read", zone, clipped(got))
				continue
			}
			text, _, ok1 := r.number("emission_factor")
			year, ok2 := r.year("year")
			if !ok1 || !ok2 {
				continue
			}
			region, known := names.Regions().Canonical(zone)
			if !known {
				j.left(r.Left(zone, "the registry has no zone "+strconv.Quote(zone)))
				continue
			}
			j.Row(&table, Row{Factor: "electricity", Category: "climate_change", Region: region, From: year, To: year, Value: text, Unit: "g CO2e/kWh", Distribution: about(text, "pedigree(4,5,1,2,2)"),
				Margin: "average", Quality: "defaulted", Note: r.text("description")})
		}
	}
	return &ccReader{entry, end}
}

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
		j.probs.Add(diag.Problem{Code: diag.MissingColumn, Place: diag.Place{File: j.Name, Line: 1}, Message: "the file has the columns of none of CodeCarbon's tables of factors",
			Hint: "impact.csv has provider, region and impact; eu-carbon-intensity-electricity.csv has Entity, Code, Year and " + ccEuropeValue})
	}
}

func readCCEurope(j *job, c *foreign.CSV) {
	released, ok := j.dateGiven("")
	if !c.Need("Entity", "Code", "Year") || !ok {
		return
	}
	table := ccEurope
	table.Released = released
	for c.Next() {
		code := c.Text("Code")
		what := c.Text("Entity") + " " + c.Text("Year")
		year := yearAlone(c.Text("Year"))
		grams := j.figure(c, ccEuropeValue)
		region, known := names.Regions().Canonical(code)
		switch {
		case year == 0:
			j.probs.Errorf(diag.BadValue, c.At("Year"), "expected a year, found %q", clipped(c.Text("Year")))
		case code == "":
			j.left(c.Left(what, "a group of countries"))
		case !known:
			j.left(c.Left(what, "the registry has no region "+strconv.Quote(code)))
		case grams == "":
			if c.Text(ccEuropeValue) == "" {
				j.left(c.Left(what, "no value"))
			}
		default:
			j.Row(&table, Row{Factor: "electricity", Category: "climate_change", Region: region, From: year, To: year, Value: grams, Unit: "g CO2e/kWh", Distribution: about(grams, "pedigree(2,1,1,1,2)"),
				Flow: "production", Point: "generation", Margin: "average", Quality: "modelled", Note: "printed as g CO2"})
		}
	}
}

func readCCClouds(j *job, c *foreign.CSV) {
	released, ok1 := j.dateGiven("")
	year, ok2 := j.yearGiven(0)
	if !c.Need("provider", "region", "impact", "source") || !ok1 || !ok2 {
		return
	}
	google, clouds := ccGoogle, ccClouds
	google.Released, clouds.Released = released, released
	for c.Next() {
		provider, code := c.Text("provider"), c.Text("region")
		grams := j.figure(c, "impact")
		region, known := names.Regions().Canonical(provider + ":" + code)
		if !known || grams == "" {
			switch {
			case !known:
				j.left(c.Left(provider+" "+code, "the registry has no region "+strconv.Quote(provider+":"+code)))
			case c.Text("impact") == "":
				j.left(c.Left(provider+" "+code, "no value"))
			}
			continue
		}
		table, row := &clouds, Row{Factor: "electricity", Category: "climate_change", Region: region, From: year, To: year, Value: grams, Unit: "g CO2e/kWh",
			Distribution: about(grams, "pedigree(3,2,1,2,2)"), Margin: "average", Quality: "modelled", URL: address(c.Text("source")), Note: c.Text("comment")}
		if provider == "gcp" {
			table, row.Flow, row.Point, row.Scope = &google, "consumption", "generation", "operational"
			if year < 2021 {
				row.Scope = "life_cycle"
			}
		}
		j.Row(table, row)
	}
}
