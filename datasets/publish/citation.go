package publish

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/licence"
)

// Citation is what CITATION.cff says of data that are to be cited. What is empty is left out; the format asks for a message, a title and an author.
type Citation struct {
	Message     string
	Title       string
	Version     string
	Released    string // YYYY-MM-DD
	Abstract    string
	Licence     string // written where it is an SPDX identifier of the registry of licences
	URL         string
	DOI         string // without https://doi.org/
	Identifiers []Identifier
	Keywords    []string
	Authors     []Contributor
}

// Identifier is what else names the data, with what it is.
type Identifier struct{ Value, Description string }

// citation is what CITATION.cff says of a package.
func citation(m *Metadata) *Citation {
	return &Citation{Message: "If you use these data, please cite them as below, and the sources that their rows name.", Title: m.Title, Version: m.Version, Released: m.Created,
		Abstract: m.Description, Licence: m.Licence, URL: m.Homepage, DOI: m.DOI, Keywords: m.Keywords, Authors: m.authors()}
}

// Write writes CITATION.cff, Citation File Format 1.2.0. Every value is in double quotes: no text is anything else to a reader of YAML.
func (c *Citation) Write(w io.Writer) error {
	var b bytes.Buffer
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", key, document.Quote(value))
		}
	}
	line("cff-version", "1.2.0")
	line("message", c.Message)
	line("type", "dataset")
	line("title", c.Title)
	line("version", c.Version)
	line("date-released", c.Released)
	line("abstract", c.Abstract)
	if l, known := licence.Named(c.Licence); known && l.SPDX() {
		line("license", c.Licence)
	}
	line("url", c.URL)
	line("doi", c.DOI)
	if len(c.Identifiers) > 0 {
		b.WriteString("identifiers:\n")
		for _, id := range c.Identifiers {
			fmt.Fprintf(&b, "  - type: other\n    value: %s\n    description: %s\n", document.Quote(id.Value), document.Quote(id.Description))
		}
	}
	if len(c.Keywords) > 0 {
		b.WriteString("keywords:\n")
		for _, k := range c.Keywords {
			fmt.Fprintf(&b, "  - %s\n", document.Quote(k))
		}
	}
	b.WriteString("authors:\n")
	for _, who := range c.Authors {
		first := "  - "
		field := func(key, value string) {
			if value != "" {
				fmt.Fprintf(&b, "%s%s: %s\n", first, key, document.Quote(value))
				first = "    "
			}
		}
		if who.Person() {
			field("family-names", who.Family)
			field("given-names", who.Given)
			field("affiliation", who.Organisation)
		} else {
			field("name", who.Name)
		}
		field("email", who.Email)
		field("orcid", who.ORCID)
		field("website", who.URL)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// authors are those whom a citation names: the contributors whose role it is, all where none has it.
func (m *Metadata) authors() []Contributor {
	out := slices.DeleteFunc(slices.Clone(m.Contributors), func(c Contributor) bool { return !slices.Contains(c.Roles, "author") })
	if len(out) == 0 {
		return m.Contributors
	}
	return out
}
