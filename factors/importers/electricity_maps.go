package importers

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

var electricityMaps = Format{
	Name:  "electricity-maps",
	Title: "Electricity Maps: yearly carbon intensity of zones, as published in CO2.js",
	Doc: `The JSON files of the CO2.js repository, data/output/electricity-maps/yearly_2023.json: for each zone the intensity in whole g CO2e/kWh and the shares of
renewable and of carbon-free electricity in whole per cent. The year is that of the file's name.
Electricity Maps traces flows between zones: the figures are those of what a zone consumes, imports included, averages over the hours of the year, with life-cycle
factors of each technology (IPCC 2014 and others). They are per kWh generated or imported, before the losses within the zone's own grid. They are never to be
mixed with figures of production such as Ember's.
A zone is a country, a state or a part of a grid (em:DK-DK1). A country's zone may leave out what is a zone of its own: GB is Great Britain without Northern
Ireland, IN is mainland India. Where the zone is named otherwise than the region, the note says so. A life-cycle intensity of 0 is left out: no source has one.
Pedigree: hourly measured generation times factors from literature (reliability 2, technology 2), missing hours and small zones estimated (completeness 2), the
year and the place themselves. Shares are parts of a mix: fixed. ODbL asks to share alike: the table is a pack of its own.`,
	Needs: []string{"released", "year"},
	read:  readElectricityMaps,
}

// zoneFigure is a key of a zone, the unit that its figure is printed in, and what it becomes.
type zoneFigure struct {
	key, printed string
	row          Row
}

// zoneFigures are the keys of a zone that are read.
var zoneFigures = []zoneFigure{
	{"carbonIntensity", "gCO2eq/kWh", Row{Factor: "electricity", Category: "climate_change", Unit: "g CO2e/kWh", Distribution: "pedigree(2,2,1,1,2)", Flow: "consumption",
		Point: "generation", Scope: "life_cycle", Margin: "average", Quality: "modelled"}},
	{"renewableEnergy", "%", Row{Factor: "renewable_share", Unit: "%", Distribution: "fixed", Quality: "modelled"}},
	{"carbonFreeEnergy", "%", Row{Factor: "carbon_free_share", Unit: "%", Distribution: "fixed", Quality: "modelled"}},
}

var zoneTable = Table{Name: "electricity_maps", Title: "Yearly carbon intensity of zones and their shares of renewable and carbon-free electricity", Series: "electricity-maps", Licence: "ODbL-1.0",
	Source: "Electricity Maps ({released}), yearly carbon intensity and shares of renewable and carbon-free electricity, as published in CO2.js by The Green Web Foundation",
	URL:    "https://github.com/thegreenwebfoundation/co2.js/tree/main/data/output/electricity-maps"}

func readElectricityMaps(j *job) {
	released, ok := j.released("")
	if !ok {
		return
	}
	year := 0
	if j.begins() == '{' { // of a file of another tool no year is asked for
		if year, ok = j.year(yearAmong(j.base())); !ok {
			return
		}
	}
	table, seen := zoneTable.dated(released), once{}
	j.entries(func(e *foreign.Entry) bool {
		if e.Key == "" || !e.IsObject() {
			j.probs.Errorf(diag.BadType, e.Place, "expected an object of zones, each an object with the keys %s", zoneKeys())
			return false
		}
		var zone map[string]json.RawMessage
		if !e.Into(&zone) {
			return true
		}
		if !slices.ContainsFunc(zoneFigures, func(f zoneFigure) bool { return zone[f.key] != nil }) {
			j.probs.Errorf(diag.MissingKey, e.Place, "the entry %q has none of the keys %s", clipped(e.Key), zoneKeys())
			return e.Index > 0 // where the first has none, the file is of another tool
		}
		what := "zone " + e.Key
		region := zoneRegion(e.Key)
		if region.Code != "" && !seen.first(j, e.Place, region.Code, what) {
			return true
		}
		note := zoneNote(e.Key, zone["zone"], region)
		for _, f := range zoneFigures {
			what := what + " " + f.key
			var figure struct {
				Value json.Number
				Unit  string
			}
			if raw := zone[f.key]; raw != nil && json.Unmarshal(raw, &figure) != nil {
				j.probs.Errorf(diag.BadType, e.Place, "%s: expected an object with value and unit, found %s", what, shortened(raw))
				continue
			}
			value := figure.Value.String()
			if value != "" && figure.Unit != f.printed {
				j.probs.Errorf(diag.BadUnit, e.Place, "%s: expected the unit %s, found %q", what, f.printed, clipped(figure.Unit))
				continue
			}
			switch {
			case !j.member(e, what, value, place{region.Code, e.Key}):
			case f.row.Scope == "life_cycle" && zero(value):
				j.left(e.Left(what, "printed as 0"))
			default:
				r := f.row
				r.Region, r.From, r.To, r.Value, r.Note = region.Code, year, year, value, note
				j.row(e.Place, table, r)
			}
		}
		return true
	})
}

// zoneRegion finds a zone among those of Electricity Maps first: a zone's key may be what another registry calls something else. It is empty for
// one that the registry does not have.
func zoneRegion(key string) names.Region {
	for _, name := range []string{"em:" + key, key} {
		if code, ok := names.Regions().Canonical(name); ok {
			region, _ := names.Regions().Lookup(code)
			return region
		}
	}
	return names.Region{}
}

// zoneNote names the zone where its own name is another than the region's.
func zoneNote(key string, raw json.RawMessage, region names.Region) string {
	var zone struct{ ZoneName string }
	if json.Unmarshal(raw, &zone) != nil || zone.ZoneName == "" || strings.EqualFold(zone.ZoneName, region.Name) {
		return ""
	}
	return "zone " + key + ", " + zone.ZoneName
}

// zoneKeys lists the keys that are read of a zone.
func zoneKeys() string {
	var keys []string
	for _, f := range zoneFigures {
		keys = append(keys, f.key)
	}
	return strings.Join(keys, ", ")
}

// shortened is a JSON text as a problem shows it.
func shortened(raw json.RawMessage) string {
	if len(raw) > 40 {
		return strconv.Quote(string(raw[:40])) + "..."
	}
	return strconv.Quote(string(raw))
}
