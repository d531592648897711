package reports

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/licence"
)

// dataset is what the page says of itself to programs that look for data: a Dataset of schema.org in JSON-LD. It follows from the edition alone, without what a report sets beside it, and names no file, for the
// page may lie anywhere without one. What is not known is left out.
type dataset struct {
	Context     string     `json:"@context"`
	Type        string     `json:"@type"`
	Name        string     `json:"name,omitempty"`
	Description string     `json:"description,omitempty"`
	Identifier  *property  `json:"identifier,omitempty"`
	Version     string     `json:"version,omitempty"`
	Status      string     `json:"creativeWorkStatus,omitempty"`
	Language    string     `json:"inLanguage,omitempty"`
	License     any        `json:"license,omitempty"` // an address, or a work that has a name
	Temporal    string     `json:"temporalCoverage,omitempty"`
	Measured    []property `json:"variableMeasured,omitempty"`
	BasedOn     []string   `json:"isBasedOn,omitempty"` // addresses; names and licences stand in the register of the page
}

// property is a PropertyValue of schema.org.
type property struct {
	Type        string `json:"@type"`
	Name        string `json:"name,omitempty"`
	ID          string `json:"propertyID,omitempty"`
	Value       string `json:"value,omitempty"`
	Description string `json:"description,omitempty"`
	Unit        string `json:"unitText,omitempty"`
	Technique   string `json:"measurementTechnique,omitempty"`
}

// work is a CreativeWork of schema.org.
type work struct {
	Type string `json:"@type"`
	Name string `json:"name,omitempty"`
}

// Dataset is what stands in the head of the page. The template writes it as JSON in which no text ends the block: < > & are written by their numbers.
func (p *page) Dataset() dataset {
	d := dataset{Context: "https://schema.org", Type: "Dataset", Name: cmp.Or(p.Title, p.Study), Description: p.Goal, Version: p.Edition.Edition, Status: p.Status, Language: p.Text.Language, License: licenceWork(p.Licence)}
	if p.RunID != "" {
		d.Identifier = &property{Type: "PropertyValue", ID: "run_id", Value: p.RunID}
	}
	if p.Year != 0 {
		d.Temporal = strconv.Itoa(p.Year)
	}
	for _, c := range p.held() {
		d.Measured = append(d.Measured, property{Type: "PropertyValue", Name: c.Title, ID: c.Name, Description: c.Indicator, Unit: c.Unit, Technique: c.Model})
	}
	for _, s := range p.Sources {
		if url := webAddress(s.URL); url != "" && !slices.Contains(d.BasedOn, url) {
			d.BasedOn = append(d.BasedOn, url)
		}
	}
	return d
}

// held are the categories that a total of any year or an intensity has.
func (p *page) held() []lca.Category {
	seen := map[string]bool{}
	for sel := range p.totals {
		seen[sel.Category] = true
	}
	for i := range p.Intensities {
		seen[p.Intensities[i].Category] = true
	}
	if p.Listed != nil {
		for _, u := range p.Listed.units {
			seen[u.category] = true
		}
	}
	var out []lca.Category
	for _, c := range p.categories {
		if seen[c.Name] {
			out = append(out, c)
		}
	}
	return out
}

// licenceWork is a licence by the address of its text, or by its name where the registry knows no address; nil where there is none.
func licenceWork(id string) any {
	l, known := licence.Named(id)
	switch {
	case strings.TrimSpace(id) == "":
		return nil
	case known && l.URL != "":
		return l.URL
	}
	return work{Type: "CreativeWork", Name: cmp.Or(l.Name, id)}
}
