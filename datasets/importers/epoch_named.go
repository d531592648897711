package importers

import (
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

// epochNaming are the columns of Epoch AI's other tables that name devices.
var epochNaming = []string{"Training hardware", "Chip type (primary)", "Chip type (secondary)"}

// readEpochNamed makes a row without figures of each device that a table of models or clusters names and no file ahead of it described. False of another table.
func readEpochNamed(j *job, c *foreign.CSV) bool {
	naming := ""
	for _, column := range epochNaming {
		if c.Has(column) {
			naming = column
			break
		}
	}
	if naming == "" {
		return false
	}
	for c.Next() {
		j.record()
		l := c.Left(c.Text("Model")+c.Text("Name"), "")
		used := false
		for _, column := range epochNaming {
			for _, name := range epochList(c.Text(column)) {
				used = j.epochNamed(name, l, c.Rows()) || used
			}
		}
		if used {
			j.use(1)
			continue
		}
		l.Why = "names no device that is certain and was not described before"
		j.leave(l)
	}
	j.unread(c)
	return true
}

// epochNamed adds a row of a device that is known by its name alone; false where there is one already, or the name is not certain.
func (j *job) epochNamed(name string, l foreign.Left, no int) bool {
	r := j.rows.next()
	if !r.epochHardware(name) {
		return false
	}
	id := r.cells[r.at("hardware_id")].text
	if j.ids["hardware_id\x00"+id] > 0 {
		return false
	}
	j.unique(r, "hardware_id", id)
	e, ok := names.Hardware().Lookup(id)
	if !ok {
		e.Name = name
	}
	r.text("name", e.Name)
	if maker, ok := names.Organisations().Lookup(e.Maker); ok {
		r.text("manufacturer", maker.Name)
	}
	r.text("class", "accelerator")
	r.text("quality", "reported")
	r.assume("named in %s, without figures", j.base())
	if e.Kind != "" && e.Kind != "accelerator" {
		r.assume("of the kind %s, which is counted as one device there", e.Kind)
	}
	r.epochSource("Epoch AI, which names it in "+strings.TrimSuffix(j.base(), ".csv"), "https://epoch.ai/data")
	return r.deliver(j, l, no) == ""
}
