package importers

import (
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
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

func readGreenAlgorithms(j *job) {
	c := j.csv(foreign.Dialect{Comma: ',', Header: 2})
	switch {
	case c == nil:
	case c.Has("location", "carbonIntensity"):
		readGAElectricity(j, c)
	case c.Has("provider", "PUE"):
		readGAPUE(j, c)
	default:
		j.probs.Add(diag.Problem{Code: diag.MissingColumn, Place: c.Header(), Message: "the file's second line has the columns of none of Green Algorithms' tables of factors",
			Hint: "CI_aggregated.csv has location and carbonIntensity; cloudProviders_datacenters.csv and defaults_PUE.csv have provider and PUE"})
	}
}

// gaSource names where a row is from.
func gaSource(source string) string {
	if source == "" {
		return ""
	}
	return source + ", as compiled in Green Algorithms"
}
