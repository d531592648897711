package importers

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var gaPUE = Table{Name: "green_algorithms_pue", Title: "Power usage effectiveness of cloud regions and operators", Series: "green-algorithms-pue", Licence: "CC-BY-4.0", OwnSources: true,
	Source: "Green Algorithms ({released}), cloudProviders_datacenters.csv and defaults_PUE.csv", URL: gaURL + "cloudProviders_datacenters.csv"}

// gaOperators are operators whom the pack names otherwise.
var gaOperators = map[string]string{"unknown": "industry", "gcp": "google", "azure": "microsoft"}

var anyYear = regexp.MustCompile(`\b(?:19|20)\d\d\b`)

func readGAPUE(j *job, c *foreign.CSV) {
	source, pedigree := "source", "pedigree(3,3,1,1,2)"
	regions := c.Has("Name")
	if regions {
		source, pedigree = "source_PUE", "pedigree(3,1,1,1,2)"
	}
	if !c.Need(source) {
		return
	}
	released, ok := j.released("")
	if !ok {
		return
	}
	table := gaPUE.dated(released)
	for c.Next() {
		provider, name := c.Text("provider"), c.Text("Name")
		what := strings.TrimSpace(provider + " " + name)
		found := place{gaOperator(provider), provider}
		if regions {
			found = placeOf(provider + ":" + name)
		}
		pue, ok := j.field(c, "PUE", what, found)
		if !ok {
			continue
		}
		cited, year := c.Text(source), j.Year
		if said := anyYear.FindString(cited); said != "" {
			year = yearAlone(said)
		}
		if year == 0 {
			j.left(c.Left(what, "the source does not say its year, and no --year YEAR is given"))
			continue
		}
		page, _, _ := strings.Cut(cited, " (") // address (day of reading)
		if first, rest, ok := strings.Cut(page, " "); ok && yearAlone(first) != 0 {
			page = rest
		}
		j.row(c.At(""), table, Row{Factor: "pue", Technology: found.code, From: year, To: year, Value: pue, Unit: "1", Distribution: about(pue, pedigree), Quality: "reported",
			Source: gaSource(cited), URL: address(page), Note: "the year is that of the source"})
	}
}

// gaOperator is an operator as the pack names it.
func gaOperator(provider string) string {
	name := strings.ToLower(provider)
	if as, ok := gaOperators[name]; ok {
		return as
	}
	return strings.Join(slices.Collect(strings.FieldsSeq(name)), "-")
}
