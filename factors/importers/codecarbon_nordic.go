package importers

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

var ccNordic = Table{Name: "codecarbon_nordic", Title: "Carbon intensity of electricity of Nordic price zones", Series: "codecarbon-nordic", Licence: "MIT",
	Source: "CodeCarbon ({released}), nordic_emissions.json, averages of ENTSO-E data", URL: codecarbonURL + "private_infra/nordic_emissions.json"}

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
		released, ok := j.released(said)
		if !ok {
			return
		}
		if zones == nil || zones.fields == nil {
			j.probs.Errorf(diag.MissingKey, diag.Place{File: j.Name}, "the file has no data")
			return
		}
		table, seen := ccNordic.dated(released), once{}
		for _, zone := range slices.Sorted(maps.Keys(zones.fields)) {
			e := *zones.Entry
			e.Key = zone
			r := &ccRecord{Entry: &e, probs: j.probs}
			if err := json.Unmarshal(zones.fields[zone], &r.fields); err != nil {
				j.probs.Errorf(diag.BadType, e.Place, "the zone %q is no object", clipped(zone))
				continue
			}
			if got := r.text("unit"); got != "gCO2eq/kWh" {
				j.probs.Errorf(diag.BadUnit, e.Place, "the unit of the zone %q is %q; gCO2eq/kWh is what can be read", clipped(zone), clipped(got))
				continue
			}
			text, _, ok1 := r.number("emission_factor")
			year, ok2 := r.year("year")
			if !ok1 || !ok2 {
				continue
			}
			region := placeOf(zone)
			if region.code == "" {
				j.left(r.Left(zone, region.why()))
				continue
			}
			if !seen.first(j, e.Place, region.code, zone) {
				continue
			}
			j.row(e.Place, table, Row{Factor: "electricity", Category: "climate_change", Region: region.code, From: year, To: year, Value: text, Unit: "g CO2e/kWh", Distribution: about(text, "pedigree(4,5,1,2,2)"),
				Margin: "average", Quality: "defaulted", Note: r.text("description")})
		}
	}
	return &ccReader{entry, end}
}
