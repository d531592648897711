package importers

import (
	"encoding/json"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var azureRegions = Format{
	Name:  "azure-regions",
	Title: "Microsoft: PUE, WUE and renewable energy of Azure regions",
	Doc: `The file regiondata.json of the repository autosysops/azure_sustainability_data, which a program takes out of Microsoft's datacenter fact sheets: for each Azure
region the PUE, the WUE in litres per kWh of IT energy, and the share of renewable energy that Microsoft says covers it.
All figures are texts, shares with a percent sign; a decimal comma is read as a point. What is absent or null is left out. The share is Microsoft's own, contracts
included: it becomes provider_renewable_share, never a share of the grid. Figures that several regions have in common (those of one country often do) are kept for each.
PUE and WUE are rows of the region's code as technology (azure:westeurope), beside those of operators. Some regions have the figure 1.12, which
Microsoft gives as the design of its newest data centres: it may not be metered. A WUE of 0.0 is kept as printed.
The sheets are of fiscal years 2022 to 2024; the file does not say which. Rows hold for any year, unless one is given.
Pedigree: declared by the operator without assurance (reliability 2), all of the region (completeness 1), a year of the last few (time 2), the region and its
data centres themselves. Shares are fixed.`,
	Needs: []string{"released"},
	read:  readAzureRegions,
}

// azureFigures are the keys of a region that are read, and what each becomes.
var azureFigures = []struct {
	group, key string
	place      bool // found by region; else by technology
	row        Row
}{
	{"carbon", "pue", false, Row{Factor: "pue", Unit: "1", Distribution: "pedigree(2,1,2,1,1)", Quality: "reported"}},
	{"carbon", "renewable", true, Row{Factor: "provider_renewable_share", Unit: "%", Distribution: "fixed", Quality: "reported"}},
	{"water", "wue", false, Row{Factor: "wue", Unit: "L/kWh", Distribution: "pedigree(2,1,2,1,1)", Quality: "reported"}},
}

var azureTable = Table{Name: "azure_regions", Title: "PUE, WUE and renewable energy of Azure regions", Series: "azure-fact-sheets", Licence: "MIT",
	Source: "Microsoft, datacenter fact sheets of Azure regions, as compiled by autosysops, azure_sustainability_data ({released})",
	URL:    "https://github.com/autosysops/azure_sustainability_data"}

func readAzureRegions(j *job) {
	released, ok := j.released("")
	if !ok {
		return
	}
	table, seen := azureTable.dated(released), once{}
	j.entries(func(e *foreign.Entry) bool {
		if e.Key != "" || !e.IsObject() {
			j.probs.Errorf(diag.BadType, e.Place, "expected an array of regions, each an object with the key id")
			return false
		}
		var entry map[string]json.RawMessage
		if !e.Into(&entry) {
			return true
		}
		id, ok := azureText(entry["id"])
		if !ok || id == "" {
			j.probs.Errorf(diag.MissingKey, e.Place, "the entry has no id: expected the name of a region, such as westeurope")
			return e.Index > 0 // where the first has none, the file is of another tool
		}
		if e.Index == 0 && entry["carbon"] == nil && entry["water"] == nil {
			j.probs.Errorf(diag.MissingKey, e.Place, "the entry %q has neither of the keys carbon, water", clipped(id))
			return false
		}
		region := placeOf("azure:" + id)
		if region.code != "" && !seen.first(j, e.Place, region.code, id) {
			return true
		}
		for _, f := range azureFigures {
			what := id + " " + f.group + "." + f.key
			var group map[string]json.RawMessage
			if raw := entry[f.group]; raw != nil && json.Unmarshal(raw, &group) != nil {
				j.probs.Errorf(diag.BadType, e.Place, "%s: expected an object, found %s", id+" "+f.group, shortened(raw))
				continue
			}
			value, ok := azureText(group[f.key])
			if !ok {
				j.probs.Errorf(diag.BadType, e.Place, "%s: expected a text or a number, found %s", what, shortened(group[f.key]))
				continue
			}
			if f.row.Unit == "%" && value != "" {
				number, percent := strings.CutSuffix(value, "%")
				if !percent {
					j.probs.Errorf(diag.BadUnit, e.Place, "%s: expected a share with its percent sign, such as 13%%, found %q", what, clipped(value))
					continue
				}
				value = strings.TrimSpace(number)
			}
			if strings.Count(value, ",") == 1 && !strings.Contains(value, ".") {
				value = strings.Replace(value, ",", ".", 1)
			}
			if !j.member(e, what, value, region) {
				continue
			}
			r := f.row
			r.From, r.To, r.Value, r.Distribution = j.Year, j.Year, value, about(value, r.Distribution)
			if f.place {
				r.Region = region.code
			} else {
				r.Technology = region.code
			}
			j.row(e.Place, table, r)
		}
		return true
	})
}

// azureText is a figure as text: empty where it is absent or null, false where it is neither text nor number.
func azureText(raw json.RawMessage) (string, bool) {
	if raw == nil || string(raw) == "null" {
		return "", true
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return strings.TrimSpace(text), true
	}
	var number json.Number
	if json.Unmarshal(raw, &number) == nil {
		return number.String(), true
	}
	return "", false
}
