package importers

import (
	"fmt"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
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

// ccShapes are the JSON files, told apart by a key of the file or of its first entry. open is nil where something is missing, which it tells.
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
	j.entries(func(e *foreign.Entry) bool {
		r := &ccRecord{Entry: e, probs: j.probs}
		if e.IsObject() && !e.Into(&r.fields) {
			return false
		}
		if reader == nil {
			if reader = openCodeCarbon(j, r); reader == nil {
				return false
			}
		}
		if e.Index == ccMaxEntries || len(e.Key) > ccMaxText {
			j.probs.Errorf(diag.TooLarge, e.Place, "more than %d entries, or one with a name of more than %d bytes: the rest of the file was not read", ccMaxEntries, ccMaxText)
			return false
		}
		reader.entry(r)
		return !j.probs.Full()
	})
	if reader != nil && reader.end != nil {
		reader.end()
	}
}

// openCodeCarbon finds out by its first entry which file it is; nil, with the problem told, where it is none, or lacks what its name should say.
func openCodeCarbon(j *job, first *ccRecord) *ccReader {
	for _, s := range ccShapes {
		if _, has := first.fields[s.key]; s.file && s.key == first.Key || !s.file && has {
			return s.open(j)
		}
	}
	j.probs.Add(diag.Problem{Code: diag.MissingKey, Place: first.Place, Message: fmt.Sprintf("the file begins with the entry %q, as no file of CodeCarbon that can be read does", clipped(first.Key)),
		Hint: "entries of countries have carbon_intensity, of states emissions and regionCode, of provinces naturalGas; other files have unit, or data and metadata"})
	return nil
}
