package importers

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

var gaElectricity = Table{Name: "green_algorithms_electricity", Title: "Carbon intensity of electricity by country, state and province", Series: "green-algorithms", Licence: "CC-BY-4.0", OwnSources: true,
	Source: "Green Algorithms ({released}), CI_aggregated.csv", URL: gaURL + "CI_aggregated.csv"}

// gaKinds are what a row counts, by a text that its source or its comment holds; the first that fits counts.
var gaKinds = []struct{ text, flow, point, scope string }{
	{"Association of Issuing Bodies", "production", "generation", "operational"},
	{"Combined generation and T&D factor", "production", "delivered", ""},
	{"Generation & transmission & distribution", "production", "delivered", ""},
	{"Generation factor only", "production", "generation", ""},
	{"Emissions intensity of the power sector", "production", "generation", ""},
}

// gaYears are how a row says the year of its data.
var gaYears = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\bdata from (?:[a-z]+ )?((?:19|20)\d\d)\b`),
	regexp.MustCompile(`(?i)\bbased on ((?:19|20)\d\d) data\b`),
	regexp.MustCompile(`(?i)\bbased on ((?:19|20)\d\d) national inventory\b`),
}

func readGAElectricity(j *job, c *foreign.CSV) {
	if !c.Need("countryName", "regionName", "source", "comments") {
		return
	}
	released, ok := j.released("")
	if !ok {
		return
	}
	table := gaElectricity.dated(released)
	for c.Next() {
		code, name := c.Text("location"), c.Text("regionName")
		what := strings.TrimSpace(code + " " + name)
		if strings.Contains(name, "(") {
			j.left(c.Left(what, "of one supplier or grid inside a region"))
			continue
		}
		region := gaRegion(code, name)
		grams, ok := j.field(c, "carbonIntensity", what, region)
		if !ok {
			continue
		}
		source, comment := c.Text("source"), c.Text("comments")
		year := cmp.Or(gaYear(source, comment), j.Year)
		if year == 0 {
			j.left(c.Left(what, "the row does not say the year of its data, and no --year YEAR is given"))
			continue
		}
		row := Row{Factor: "electricity", Category: "climate_change", Region: region.code, From: year, To: year, Value: grams, Unit: "g CO2e/kWh", Distribution: about(grams, "pedigree(3,1,1,1,2)"),
			Margin: "average", Quality: "modelled", Source: gaSource(source), URL: address(source), Note: comment}
		for _, k := range gaKinds {
			if strings.Contains(source, k.text) || strings.Contains(comment, k.text) {
				row.Flow, row.Point, row.Scope = k.flow, k.point, k.scope
				break
			}
		}
		j.row(c.At(""), table, row)
	}
}

// gaRegion finds a region by the source's code, and by its name where the code is none of the registry's.
func gaRegion(code, name string) place {
	if strings.EqualFold(code, "world") {
		return place{names.World, code}
	}
	region := placeOf(code)
	if region.code == "" {
		country, _, _ := strings.Cut(code, "-")
		whole, known := names.Regions().Canonical(country)
		named, found := names.Regions().Canonical(name)
		if known && found && named != whole && names.Regions().Within(named, whole) {
			region.code = named
		}
	}
	return region
}

// gaYear is the year that a row says its data is of; 0 where it says none.
func gaYear(texts ...string) int {
	for _, pattern := range gaYears {
		for _, text := range texts {
			if m := pattern.FindStringSubmatch(text); m != nil {
				return yearAlone(m[1])
			}
		}
	}
	return 0
}
