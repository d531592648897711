package importers

import (
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

// NameReport says how a name that files print was read.
type NameReport struct {
	Registry   string   `json:"registry"` // hardware, models, organisations
	Text       string   `json:"text"`
	ID         string   `json:"id,omitempty"`
	Candidates []string `json:"candidates,omitempty"` // of a name that may mean several
	Nearest    string   `json:"nearest,omitempty"`    // of an unknown one
	Chosen     bool     `json:"chosen,omitempty"`     // by whoever imports
	Count      int64    `json:"count"`                // of records that have it

	stated float64 // how many of it the text speaks of; 0 where it says none
	why    string  // the format says what the name means: how that is known
}

type nameKey struct{ registry, text string }

// maxNames bounds how many names are reported.
const maxNames = 10_000

// named looks a text up in a registry, or in what whoever imports has chosen; the id is empty where it is unknown or may mean several, which the report
// tells. It is nil of an empty text.
func (d *delivery) named(registry, text string) *NameReport {
	shown := foreign.Plain(text) // of a bounded length, whatever the file prints
	if shown == "" {
		return nil
	}
	n := d.names[nameKey{registry, shown}]
	if n == nil {
		found := registries[registry]().Find(shown)
		n = &NameReport{Registry: registry, Text: shown, ID: found.ID, Candidates: found.Candidates, stated: found.Count}
		if found.ID == "" && len(found.Candidates) == 0 {
			n.Nearest = found.Nearest
		}
		if m, ok := d.meaning("hardware_id", shown); ok && registry == "hardware" {
			n.ID, n.Candidates, n.Nearest, n.why = m.Is, nil, "", m.Why
		}
		if chosen, ok := d.options.Choose[shown]; ok {
			d.choose(n, chosen)
		}
		if len(d.names) < maxNames {
			d.names[nameKey{registry, shown}] = n
		}
	}
	n.Count++
	return n
}

// registries are the registries of names.
var registries = map[string]func() *names.Registry{"hardware": names.Hardware, "models": names.Models, "organisations": names.Organisations}

// versions are the versions of the registries.
func versions() map[string]string {
	out := map[string]string{}
	for name, registry := range registries {
		out[name] = registry().Version()
	}
	return out
}

// putName fills a column from a name that was looked up. Of hardware that is not known, or may be several, the column stays missing; models and organisations
// keep the name that is printed. The row says what was chosen and what could not be told.
func (r *row) putName(i int, n *NameReport) {
	if n.ID != "" {
		r.put(i, cell{text: n.ID})
		if n.Chosen {
			r.assume("%s printed as %q, read as %s by choice", r.fields[i].Name, n.Text, n.ID)
		} else if n.why != "" {
			r.assume("%s printed as %q: %s", r.fields[i].Name, n.Text, n.why)
		}
		return
	}
	switch {
	case n.Registry != "hardware":
		r.put(i, cell{text: n.Text})
	case len(n.Candidates) > 0:
		r.assume("hardware printed as %q, which may be %s", n.Text, strings.Join(n.Candidates, ", "))
	default:
		r.assume("hardware printed as %q, which the registry does not know", n.Text)
	}
}

// hardware fills the row's hardware_id from a name as a file prints it, and says what it could not tell. The count is the one that the name states.
func (r *row) hardware(text string) (count float64) {
	n := r.d.named("hardware", text)
	if n == nil {
		return 0
	}
	r.putName(r.at("hardware_id"), n)
	return n.stated
}

// devices is hardware of a name of accelerators or of a system that is made of them, and fills the device_count where the name tells it: two of a server with eight
// accelerators are sixteen of those.
func (r *row) devices(text string) {
	count := r.hardware(text)
	i := r.at("hardware_id")
	if !r.cells[i].has {
		return
	}
	if e, _ := names.Hardware().Lookup(r.cells[i].text); e.Device != "" {
		r.text("hardware_id", e.Device)
		r.assume("%s has %d of the device", e.ID, e.Devices)
		count = float64(max(count, 1) * float64(e.Devices))
	}
	if count > 0 {
		r.number("device_count", count)
	}
}

// model fills the row's model_id: the registry's id where it knows the name, else the name as it is printed.
func (r *row) model(text string) {
	if n := r.d.named("models", text); n != nil {
		r.putName(r.at("model_id"), n)
	}
}

// organisation fills a column with an organisation: the registry's id where it knows the name, else the name as it is printed.
func (r *row) organisation(column, text string) {
	if n := r.d.named("organisations", text); n != nil {
		r.putName(r.at(column), n)
	}
}

// region fills the row's region from a code, a name or an alias of the registry; false where it is none.
func (r *row) region(text, basis string) bool {
	code, ok := names.Regions().Canonical(strings.TrimSpace(text))
	if ok {
		r.text("region", code)
		if r.hasColumn("region_basis") {
			r.text("region_basis", basis)
		}
	}
	return ok
}
