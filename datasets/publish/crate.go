package publish

import (
	"fmt"
	"strconv"
	"strings"
)

// crateDocument is ro-crate-metadata.json: a flat graph of entities in JSON-LD, as RO-Crate 1.2 defines it.
type crateDocument struct {
	Context string   `json:"@context"`
	Graph   []entity `json:"@graph"`
}

// entity is a node of the graph. Which properties stand in it depends on its type.
type entity struct {
	ID             string   `json:"@id"`
	Type           string   `json:"@type"`
	About          *ref     `json:"about,omitempty"`
	ConformsTo     *ref     `json:"conformsTo,omitempty"`
	Name           string   `json:"name,omitempty"`
	GivenName      string   `json:"givenName,omitempty"`
	FamilyName     string   `json:"familyName,omitempty"`
	Email          string   `json:"email,omitempty"`
	Affiliation    *ref     `json:"affiliation,omitempty"`
	Description    string   `json:"description,omitempty"`
	Version        string   `json:"version,omitempty"`
	Identifier     string   `json:"identifier,omitempty"`
	URL            string   `json:"url,omitempty"`
	Keywords       []string `json:"keywords,omitempty"`
	DatePublished  string   `json:"datePublished,omitempty"`
	License        []ref    `json:"license,omitempty"`
	Author         []ref    `json:"author,omitempty"`
	Publisher      []ref    `json:"publisher,omitempty"`
	HasPart        []ref    `json:"hasPart,omitempty"`
	Measured       []ref    `json:"variableMeasured,omitempty"`
	ContentSize    string   `json:"contentSize,omitempty"`
	EncodingFormat string   `json:"encodingFormat,omitempty"`
	SHA256         string   `json:"sha256,omitempty"`
	UnitText       string   `json:"unitText,omitempty"`
	UnitCode       string   `json:"unitCode,omitempty"`
	MinValue       *float64 `json:"minValue,omitempty"`
	MaxValue       *float64 `json:"maxValue,omitempty"`
}

type ref struct {
	ID string `json:"@id"`
}

// crate describes the package and the files that were written so far.
func crate(m *Metadata, d *Descriptor, files []File) *crateDocument {
	c := &crateDocument{Context: "https://w3id.org/ro/crate/1.2/context"}
	c.add(entity{ID: CrateFile, Type: "CreativeWork", About: &ref{"./"}, ConformsTo: &ref{"https://w3id.org/ro/crate/1.2"}})
	root := entity{ID: "./", Type: "Dataset", Name: d.Title, Description: d.Description, Version: d.Version, Identifier: d.ID, URL: d.Homepage, Keywords: d.Keywords, DatePublished: m.Created}
	c.add(root) // completed below: the graph opens with it
	license := func(l LicenseItem) ref {
		id := l.Path
		if id == "" {
			id = "#" + l.Name
		}
		what := l.Title + " (" + l.Name + ")"
		if l.ShareAlike {
			what += ": share alike"
		}
		c.add(entity{ID: id, Type: "CreativeWork", Name: l.Title, Identifier: l.Name, Description: what})
		return ref{id}
	}
	root.License = append(root.License, license(d.Licenses[0]))
	for i := range m.Contributors {
		who := &m.Contributors[i]
		id := c.contributor(who, i)
		for _, role := range who.Roles {
			if role == "publisher" {
				root.Publisher = append(root.Publisher, id)
			}
		}
		root.Author = append(root.Author, id)
	}
	for _, f := range files {
		e := entity{ID: f.Path, Type: "File", Name: f.Path, ContentSize: strconv.FormatInt(f.Bytes, 10), SHA256: f.SHA256}
		e.describe(d, f.Path)
		for i := range d.Resources {
			if r := &d.Resources[i]; r.Path == f.Path {
				for _, l := range r.Licenses {
					e.License = append(e.License, license(l))
				}
				if r.Format == "csv" {
					root.Measured = append(root.Measured, c.measured(r)...)
				}
			}
		}
		c.add(e)
		root.HasPart = append(root.HasPart, ref{f.Path})
	}
	c.Graph[1] = root
	return c
}

// add appends an entity unless one of its name is there.
func (c *crateDocument) add(e entity) {
	for i := range c.Graph {
		if c.Graph[i].ID == e.ID {
			return
		}
	}
	c.Graph = append(c.Graph, e)
}

// contributor adds a person or an organisation, and a person's organisation.
func (c *crateDocument) contributor(who *Contributor, i int) ref {
	e := entity{ID: who.ORCID, Type: "Organization", Name: who.Name, GivenName: who.Given, FamilyName: who.Family, Email: who.Email, URL: who.URL}
	if e.ID == "" {
		e.ID = who.URL
	}
	if e.ID == "" {
		e.ID = fmt.Sprintf("#contributor-%d", i+1)
	}
	if who.Person() {
		e.Type = "Person"
		if who.Organisation != "" {
			e.Affiliation = &ref{fmt.Sprintf("#organisation-of-contributor-%d", i+1)}
			c.add(entity{ID: e.Affiliation.ID, Type: "Organization", Name: who.Organisation})
		}
	}
	c.add(e)
	return ref{e.ID}
}

// measured adds a table's columns that have a unit.
func (c *crateDocument) measured(r *Resource) (out []ref) {
	for _, f := range r.Table.Fields {
		if f.Unit == "" {
			continue
		}
		e := entity{ID: "#" + r.Kind + "." + f.Name, Type: "PropertyValue", Name: f.Name, Description: r.Title + ": " + f.Description, UnitText: f.Unit, UnitCode: f.UCUM}
		if f.Constraints != nil {
			e.MinValue, e.MaxValue = f.Constraints.Minimum, f.Constraints.Maximum
		}
		c.add(e)
		out = append(out, ref{e.ID})
	}
	return out
}

// describe says what a file is.
func (e *entity) describe(d *Descriptor, path string) {
	switch path {
	case DescriptorFile:
		e.EncodingFormat, e.ConformsTo = "application/json", &ref{"https://specs.frictionlessdata.io/data-package/"}
		e.Description = "descriptor of the tables: columns, units, sources, licences, digests"
	case ReadmeFile:
		e.EncodingFormat, e.Description = "text/markdown", "the descriptor for people"
	case CitationFile:
		e.EncodingFormat, e.Description, e.ConformsTo = "application/yaml", "how to cite the package", &ref{"https://citation-file-format.github.io/1.2.0/schema.json"}
	}
	for _, r := range d.Resources {
		if r.Path != path {
			continue
		}
		e.Name, e.EncodingFormat = r.Title+", "+strings.ToUpper(r.Format[:1])+r.Format[1:], r.MediaType
		e.Description = fmt.Sprintf("%s %s.", r.Description, rowsText(r.Rows))
		if r.Format == "csv" {
			e.Name = r.Title + ", CSV"
			e.ConformsTo = &ref{"https://specs.frictionlessdata.io/tabular-data-resource/"}
		}
	}
}
