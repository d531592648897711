package importers

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

var greenAlgorithms = Format{
	Name:  "green-algorithms",
	Title: "Green Algorithms: carbon intensity of electricity and PUE",
	Doc: `Files of data/latest in github.com/GreenAlgorithms/green-algorithms-tool, told apart by their columns. Each begins with a line of units; the names of the columns
stand in the second.

CI_aggregated.csv is a compilation in g CO2e/kWh: each row keeps its source and, where its source or comment says so, the year of its data; --year stands in for
those that say none, and without it they are left out. What is counted follows from the source and the comment. Production mix factors of the AIB are direct
emissions; "combined generation and T&D" is per kWh delivered; "generation only" and "power sector" are of generation. Where nothing is said, as for
states and provinces, the kinds stay empty. Its codes are its own: one that the registry does not know is looked up by name, so that CA-MT, Manitoba, becomes
CA-MB and not Montana. A row of one supplier or grid inside a region (two suppliers in Hong Kong, three grids in Australia) is no value of the region and is left out.

cloudProviders_datacenters.csv and defaults_PUE.csv hold PUE: technology is the region's code, such as gcp:europe-west1, and the operator as the pack
names it; that of the unknown operator is the Uptime Institute's survey and stands under industry. The year is the first one that the source names: of the survey, of the article, of
the day a page was read. Most regions have no PUE and are left out.

Pedigree: reliability 3, since values are quoted from compilations; completeness 1 for a grid, 3 for a fleet; technological 2. A PUE printed with two decimals is a
fleet's average of a year.`,
	Needs: []string{"released"},
	read:  readGreenAlgorithms,
}

const gaURL = "https://github.com/GreenAlgorithms/green-algorithms-tool/blob/main/data/latest/"

var (
	gaElectricity = Table{Name: "green-algorithms-electricity", Title: "Carbon intensity of electricity by country, state and province", Series: "green-algorithms", Licence: "CC-BY-4.0", OwnSources: true,
		Source: "Green Algorithms ({released}), CI_aggregated.csv", URL: gaURL + "CI_aggregated.csv"}
	gaPUE = Table{Name: "green-algorithms-pue", Title: "Power usage effectiveness of cloud regions and operators", Series: "green-algorithms-pue", Licence: "CC-BY-4.0", OwnSources: true,
		Source: "Green Algorithms ({released}), cloudProviders_datacenters.csv and defaults_PUE.csv", URL: gaURL + "cloudProviders_datacenters.csv"}
)

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

// gaOperators are operators whom the pack names otherwise.
var gaOperators = map[string]string{"unknown": "industry", "gcp": "google", "azure": "microsoft"}

func readGreenAlgorithms(j *job) {
	c := j.csv(foreign.Dialect{Comma: ',', Header: 2})
	if c == nil {
		return
	}
	released, ok := j.dateGiven("")
	switch {
	case !ok:
	case c.Has("location", "carbonIntensity"):
		readGAElectricity(j, c, released)
	case c.Has("provider", "PUE"):
		readGAPUE(j, c, released)
	default:
		j.probs.Add(diag.Problem{Code: diag.MissingColumn, Place: diag.Place{File: j.Name, Line: 2}, Message: "the file's second line has the columns of none of Green Algorithms' tables of factors",
			Hint: "CI_aggregated.csv has location and carbonIntensity; cloudProviders_datacenters.csv and defaults_PUE.csv have provider and PUE"})
	}
}

func readGAElectricity(j *job, c *foreign.CSV, released string) {
	if !c.Need("countryName", "regionName", "source", "comments") {
		return
	}
	table := gaElectricity
	table.Released = released
	for c.Next() {
		code, name := c.Text("location"), c.Text("regionName")
		what := strings.TrimSpace(code + " " + name)
		region, known := gaRegion(code, name)
		source, comment := c.Text("source"), c.Text("comments")
		year := gaYear(source, comment)
		if year == 0 {
			year = j.Year
		}
		grams := j.figure(c, "carbonIntensity")
		switch {
		case grams == "":
			if c.Text("carbonIntensity") == "" {
				j.left(c.Left(what, "no value"))
			}
		case strings.Contains(name, "("):
			j.left(c.Left(what, "of one supplier or grid inside a region"))
		case !known:
			j.left(c.Left(what, "the registry has no region "+strconv.Quote(code)))
		case year == 0:
			j.left(c.Left(what, "the row does not say the year of its data, and no --year YEAR is given"))
		default:
			row := Row{Factor: "electricity", Category: "climate_change", Region: region, From: year, To: year, Value: grams, Unit: "g CO2e/kWh", Distribution: about(grams, "pedigree(3,1,1,1,2)"),
				Margin: "average", Quality: "modelled", Source: gaSource(source), URL: address(source), Note: comment}
			for _, k := range gaKinds {
				if strings.Contains(source, k.text) || strings.Contains(comment, k.text) {
					row.Flow, row.Point, row.Scope = k.flow, k.point, k.scope
					break
				}
			}
			j.Row(&table, row)
		}
	}
}

// gaRegion finds a region by the source's code, and by its name where the code is none of the registry's.
func gaRegion(code, name string) (string, bool) {
	if strings.EqualFold(code, "world") {
		return names.World, true
	}
	if region, known := names.Regions().Canonical(code); known {
		return region, true
	}
	country, _, _ := strings.Cut(code, "-")
	whole, known := names.Regions().Canonical(country)
	region, found := names.Regions().Canonical(name)
	return region, known && found && region != whole && names.Regions().Within(region, whole)
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

// gaSource names where a row is from.
func gaSource(source string) string {
	if source == "" {
		return ""
	}
	return source + ", as compiled in Green Algorithms"
}

func readGAPUE(j *job, c *foreign.CSV, released string) {
	source := "source_PUE" // of regions
	regions := c.Has("Name")
	if !regions {
		source = "source"
	}
	if !c.Need(source) {
		return
	}
	table := gaPUE
	table.Released = released
	for c.Next() {
		provider, name := c.Text("provider"), c.Text("Name")
		what := strings.TrimSpace(provider + " " + name)
		cited := c.Text(source)
		year := j.Year
		if said := anyYear.FindString(cited); said != "" {
			year = yearAlone(said)
		}
		pue := j.figure(c, "PUE")
		technology, known := gaOperator(provider), provider != ""
		pedigree := "pedigree(3,3,1,1,2)"
		if regions {
			technology, known = names.Regions().Canonical(provider + ":" + name)
			pedigree = "pedigree(3,1,1,1,2)"
		}
		switch {
		case pue == "":
			if c.Text("PUE") == "" {
				j.left(c.Left(what, "no PUE"))
			}
		case !known:
			j.left(c.Left(what, "the registry has no region "+strconv.Quote(provider+":"+name)))
		case year == 0:
			j.left(c.Left(what, "the source does not say its year, and no --year YEAR is given"))
		default:
			page, _, _ := strings.Cut(cited, " (") // address (day of reading)
			if first, rest, ok := strings.Cut(page, " "); ok && yearAlone(first) != 0 {
				page = rest
			}
			j.Row(&table, Row{Factor: "pue", Technology: technology, From: year, To: year, Value: pue, Unit: "1", Distribution: pedigree, Quality: "reported",
				Source: gaSource(cited), URL: address(page), Note: "the year is that of the source"})
		}
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
