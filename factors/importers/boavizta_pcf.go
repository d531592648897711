package importers

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/elementary"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var boaviztaPCF = Format{
	Name:  "boavizta-pcf",
	Title: "Boavizta: product carbon footprints of devices as their manufacturers report them",
	Doc: `boavizta-data-us.csv (commas, points) or boavizta-data-fr.csv (semicolons, decimal commas) of github.com/Boavizta/environmental-footprint-data; both hold
the same rows. One device each: climate change of manufacture (factor embodied), transport and end of life (factor device_end_of_life, per device), in
kg CO2e, each the device's total times the printed share of that stage. The use stage is not read: it depends on where and how long a device runs.

Left out: devices without a share of manufacture; shares of more than 1; shares printed as 0, which the tools that filled the table wrote where they
found none in a report; a device that stands a second time. A share of transport or end of life that is blank gives no row. Where the four shares
are all printed and their sum is more than 5 % off 1, the note says so.

The technology is manufacturer and name in lower case with dashes, "+" written as plus. The date of a row is that of the manufacturer's report, as exact as it is
printed; a row without one has the date of the snapshot. The boundary is server for devices of the class Server, and empty for others, which the
classes of boundaries do not know.

gwp_error_ratio is read as the standard deviation of the device's total over the total: the README speaks of "the error margin", and Boavizta's own readers
take it from "estimated standard deviation of +/- X kgCO2e" (Dell) and "X +/- Y kg of CO2e" (Lenovo, HP). It becomes a lognormal distribution with that
coefficient of variation, gsd2 = exp(2 sqrt(ln(1 + ratio^2))), for each stage alike: the reports give none by stage. The printed total is a mean; it is kept as
the median, so that the distribution's own mean is higher, by sqrt(1 + ratio^2): 2 % for a ratio of 0.2, 41 % for 1. 0 means that a report gives none. Without one: pedigree, expert estimate of component
classes by attributes of the device (reliability and technology 4), few suppliers (completeness 4), inputs some years older and of larger regions (2, 2);
its spread is about that of the median printed ratio, 0.2.

The licence asks to share alike. Boavizta advises against using the figures for exact assessments or to compare manufacturers.`,
	Needs: []string{"released"},
	read:  readBoaviztaPCF,
}

// boaviztaStages are the shares of the total that become factors. The first one has to be there.
var boaviztaStages = []boaviztaStage{
	{"gwp_manufacturing_ratio", "embodied", "manufacture"},
	{"gwp_transport_ratio", "transport", "transport"},
	{"gwp_eol_ratio", "device_end_of_life", "end of life"},
}

type boaviztaStage struct{ column, factor, name string }

const (
	boaviztaUnit     = "kg CO2e"
	boaviztaPedigree = "pedigree(4,4,2,2,4)"
	boaviztaMost     = 100_000 // devices, whose ids are held to find those that stand twice
)

// boaviztaBoundaries gives the classes of devices that a boundary of factor tables is meant for.
var boaviztaBoundaries = map[string]string{"Server": "server"}

// boaviztaDevice is what stood at an id before.
type boaviztaDevice struct {
	line    int
	figures string
}

var boaviztaTable = Table{Name: "boavizta_pcf", Title: "Product carbon footprints of devices as their manufacturers report them", Series: "boavizta-pcf", Licence: "ODbL-1.0", OwnSources: true,
	Source: "Boavizta ({released}), environmental-footprint-data, after product carbon footprint reports of the manufacturers",
	URL:    "https://github.com/Boavizta/environmental-footprint-data"}

func readBoaviztaPCF(j *job) {
	c := j.csv(foreign.Dialect{})
	if c == nil || !c.Need("manufacturer", "name", "subcategory", "gwp_total", "gwp_use_ratio", "gwp_manufacturing_ratio", "gwp_transport_ratio",
		"gwp_eol_ratio", "gwp_error_ratio", "report_date", "sources") {
		return
	}
	released, ok := j.released("")
	if !ok {
		return
	}
	table := boaviztaTable.dated(released)
	text := c.Text
	if c.Separator() == ";" { // this file writes every point between digits as a comma, in names and addresses too
		text = func(column string) string { return withPoints(c.Text(column)) }
	}
	seen := map[string]boaviztaDevice{}
	for c.Next() {
		manufacturer, name := text("manufacturer"), text("name")
		if _, rest, ok := strings.Cut(strings.ToLower(name), strings.ToLower(manufacturer)+" "); ok && len(rest)+len(manufacturer)+1 == len(name) {
			name = name[len(manufacturer)+1:]
		}
		what := manufacturer + " " + name
		total, ok := c.Number("gwp_total")
		shares, read := boaviztaShares(c)
		if !read {
			continue
		}
		if !ok || total <= 0 {
			if c.Text("gwp_total") == "" || ok {
				j.left(c.Left(what, "no total"))
			}
			continue
		}
		if !slices.ContainsFunc(boaviztaStages, func(s boaviztaStage) bool { return shares[s.column].text != "" }) {
			j.left(c.Left(what, "no share of manufacture"))
			continue
		}
		id := slug(what)
		if id == "" || len(id) > maxTechnology {
			j.left(c.Left(what, fmt.Sprintf("no id can be made of its name: it has no Latin letter or digit, or more than %d of them", maxTechnology)))
			continue
		}
		if len(seen) == boaviztaMost {
			j.probs.Add(c.Problem(diag.TooLarge, "", "more than %d devices: the rest of the file was not read", boaviztaMost))
			return
		}
		figures := fmt.Sprint(total, shares)
		if before, ok := seen[id]; ok {
			why := fmt.Sprintf("stands in line %d already, with the same figures", before.line)
			if before.figures != figures {
				why = fmt.Sprintf("has the id %s of line %d, with other figures: which of them counts is not said", id, before.line)
			}
			j.left(c.Left(what, why))
			continue
		}
		seen[id] = boaviztaDevice{c.At("").Line, figures}
		row := Row{Category: "climate_change", Technology: id, Unit: boaviztaUnit, Boundary: boaviztaBoundaries[c.Text("subcategory")], Quality: "modelled",
			Released: released, URL: address(text("sources"))}
		printed := text("report_date")
		if date, ok := reportDate(printed); ok {
			row.Released = date
		}
		if printed == "" {
			printed = "no date"
		}
		row.Source = fmt.Sprintf("%s (%s), product carbon footprint report of %s, as collected in Boavizta (%s), environmental-footprint-data", manufacturer, printed, name, released)
		for _, s := range boaviztaStages {
			share := shares[s.column]
			switch {
			case share.text == "" && s.factor != "embodied":
				continue
			case share.text == "":
				j.left(c.Left(what, "no share of manufacture"))
				continue
			case share.value == 0:
				j.left(c.Left(what, "the share of "+s.name+" is printed as 0, as where a report gives none"))
				continue
			case share.value < 0 || share.value > 1:
				j.left(c.Left(what, "the share of "+s.name+" is "+share.text+", which is not between 0 and 1"))
				continue
			}
			r := row
			r.Factor = s.factor
			r.Value = strconv.FormatFloat(float64(total*share.value), 'g', 12, 64)
			r.Distribution = boaviztaDistribution(r.Value, shares["gwp_error_ratio"].value)
			r.Note = fmt.Sprintf("%s, total %s kg x %s", c.Text("subcategory"), c.Decimal("gwp_total"), share.text) + boaviztaDoubt(shares)
			j.row(c.At(""), table, r)
		}
	}
}

// boaviztaShare is a printed share; without a text where it is blank.
type boaviztaShare struct {
	text  string
	value float64
}

// boaviztaShares reads the shares of a row by their columns; false, with the problem told, where one is no number.
func boaviztaShares(c *foreign.CSV) (map[string]boaviztaShare, bool) {
	out, read := map[string]boaviztaShare{}, true
	for _, column := range []string{"gwp_use_ratio", "gwp_manufacturing_ratio", "gwp_transport_ratio", "gwp_eol_ratio", "gwp_error_ratio"} {
		v, ok := c.Number(column)
		if ok {
			out[column] = boaviztaShare{c.Decimal(column), v}
		} else if c.Text(column) != "" {
			read = false
		}
	}
	return out, read
}

// boaviztaDoubt is a remark on shares that do not make up a whole.
func boaviztaDoubt(shares map[string]boaviztaShare) string {
	sum := 0.0
	for _, column := range []string{"gwp_use_ratio", "gwp_manufacturing_ratio", "gwp_transport_ratio", "gwp_eol_ratio"} {
		if shares[column].value == 0 {
			return ""
		}
		sum += shares[column].value
	}
	if math.Abs(sum-1) <= 0.05 {
		return ""
	}
	return "; the printed shares of all stages add up to " + strconv.FormatFloat(sum, 'g', 4, 64)
}

// boaviztaDistribution is the lognormal distribution of a coefficient of variation; without one the pedigree.
func boaviztaDistribution(value string, ratio float64) string {
	if !(ratio > 0 && ratio <= 10) { // what is outside is a slip
		return boaviztaPedigree
	}
	gsd2 := elementary.Exp(float64(2 * math.Sqrt(elementary.Ln(1+float64(ratio*ratio)))))
	return fmt.Sprintf("lognormal(%s, %s)", value, strconv.FormatFloat(gsd2, 'g', 4, 64))
}

var (
	commaBetween = regexp.MustCompile(`([0-9]),([0-9])`)
	noLetters    = regexp.MustCompile(`[^a-z0-9]+`)
)

// withPoints writes each comma between digits as a point.
func withPoints(text string) string {
	for commaBetween.MatchString(text) { // twice for 1,2,3
		text = commaBetween.ReplaceAllString(text, "$1.$2")
	}
	return text
}

// slug is a name as an id: lower-case letters and digits, and dashes between.
func slug(name string) string {
	return strings.Trim(noLetters.ReplaceAllString(strings.ReplaceAll(strings.ToLower(name), "+", " plus "), "-"), "-")
}

// reportDate reads a date in words or figures as exactly as it says: a year, a month of it, a day. Where day and month cannot be told apart it is the year.
func reportDate(text string) (string, bool) {
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, ",", " ")), " ")
	for _, form := range []struct{ reads, writes string }{
		{"2006", "2006"}, {"January 2006", "2006-01"}, {"Jan 2006", "2006-01"}, {"January 2 2006", "2006-01-02"}, {"Jan 2 2006", "2006-01-02"},
		{"2 January 2006", "2006-01-02"}, {"2006-1-2", "2006-01-02"}, {"2006-1", "2006-01"}, {"2/1/2006", "2006-01-02"}, {"1/2/2006", "2006-01-02"},
	} {
		d, err := time.Parse(form.reads, text)
		if err != nil || !isYear(d.Year()) {
			continue
		}
		if strings.Contains(form.reads, "/") && d.Day() <= 12 && d.Day() != int(d.Month()) {
			return d.Format("2006"), true
		}
		return d.Format(form.writes), true
	}
	return "", false
}
