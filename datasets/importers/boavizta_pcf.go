package importers

import (
	"regexp"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

var boaviztaPCF = Format{
	Name:  "boavizta-pcf",
	Title: "Boavizta: servers, as the product carbon footprint reports of their manufacturers describe them",
	Doc: `boavizta-data-us.csv (commas, points) or boavizta-data-fr.csv (semicolons, decimal commas) of github.com/Boavizta/environmental-footprint-data (ODbL 1.0, which asks to share
alike); both hold the same rows, and one of them is enough: a server that stands in a file ahead of it with the same figures is left out. Each server is a row of the class server, with mass (weight, kg), memory (GB) and lifetime (years), which is the one that
its manufacturer's report assumes. The id is manufacturer and name in lower case with dashes, the technology of the factors that "ailca import factors boavizta-pcf" makes of
the same file: the burdens of making the server are factors, and are read there.

In the file with decimal commas every point between digits is a comma, in names and addresses too; they are read as points.

Left out: devices that are no server (laptops, monitors and so on, counted by class), for a catalogue of hardware holds accelerators and servers. yearly_tec is not read: it is
the energy of a year of use as the manufacturer supposes it, neither a rated nor an idle power. The date of a report is not the day when a server came out. Boavizta advises
against using the figures for exact assessments.`,
	Kinds: []string{"hardware"},
	read:  readBoaviztaPCF,
}

func readBoaviztaPCF(j *job) {
	c := j.csv(foreign.Dialect{})
	if c == nil || !c.Need("manufacturer", "name", "subcategory") {
		return
	}
	for c.Next() {
		j.record()
		text := c.Text
		if c.Separator() == ";" {
			text = func(column string) string { return pointsBetweenDigits(c.Text(column)) }
		}
		maker, name := text("manufacturer"), text("name")
		if rest, ok := cutFold(name, maker+" "); ok {
			name = rest
		}
		what := foreign.Plain(maker + " " + name)
		l := c.Left(what, "")
		if class := c.Text("subcategory"); class != "Server" {
			l.Why = "no server, but of the class " + class
			j.leave(l)
			continue
		}
		figures := []string{what}
		for _, column := range []string{"weight", "memory", "lifetime", "number_cpu", "report_date"} {
			figures = append(figures, text(column))
		}
		if before, met := j.again(strings.Join(figures, "\x00"), l.Place); met && before.File != j.Name {
			l.Why = "stands in another file already, with the same figures"
			j.leave(l)
			continue
		}
		r := j.rows.next()
		j.unique(r, "hardware_id", boaviztaID(what))
		r.text("name", what)
		r.text("manufacturer", maker)
		r.text("class", "server")
		r.positive(c, "mass", "weight", "kg")
		r.positive(c, "memory", "memory", "GB")
		if r.positive(c, "lifetime", "lifetime", "a"); r.has("lifetime") {
			r.assume("lifetime is the one that the manufacturer's report assumes")
		}
		if n, ok := c.Number("number_cpu"); ok {
			r.assume("reported with %v processors", n)
		}
		r.text("quality", "reported")
		r.boaviztaSource(maker, text("report_date"), text("sources"))
		j.give(r, l, c.Rows())
	}
	j.unread(c)
}

// boaviztaSource says where the row is from.
func (r *row) boaviztaSource(maker, date, link string) {
	source := "Boavizta, environmental-footprint-data, after the product carbon footprint report of " + maker
	if date != "" {
		source += " (" + date + ")"
	}
	r.usually("source", source)
	if link = firstLink(link); link == "" {
		link = "https://github.com/Boavizta/environmental-footprint-data"
	}
	r.text("url", link)
	r.text("licence", "ODbL-1.0")
}

var noLatin = regexp.MustCompile(`[^a-z0-9]+`)

// boaviztaID is the id of a device, as the factors of the same file have it.
func boaviztaID(name string) string {
	return strings.Trim(noLatin.ReplaceAllString(strings.ReplaceAll(strings.ToLower(name), "+", " plus "), "-"), "-")
}

var commaBetweenDigits = regexp.MustCompile(`([0-9]),([0-9])`)

// pointsBetweenDigits writes each comma between digits as a point.
func pointsBetweenDigits(text string) string {
	for commaBetweenDigits.MatchString(text) { // twice for 1,2,3
		text = commaBetweenDigits.ReplaceAllString(text, "$1.$2")
	}
	return text
}

// cutFold is a text without what it opens with, upper or lower case.
func cutFold(text, prefix string) (string, bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return text, false
	}
	return text[len(prefix):], true
}
