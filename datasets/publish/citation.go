package publish

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/document"
)

// citation writes CITATION.cff, Citation File Format 1.2.0.
func citation(w io.Writer, m *Metadata) error {
	var b bytes.Buffer
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", key, document.Quote(value))
		}
	}
	line("cff-version", "1.2.0")
	line("message", "If you use these data, please cite them as below, and the sources that their rows name.")
	line("type", "dataset")
	line("title", m.Title)
	line("version", m.Version)
	line("date-released", m.Created)
	line("abstract", m.Description)
	if !strings.HasPrefix(m.Licence, "LicenseRef-") && !notInName.MatchString(m.Licence) {
		line("license", m.Licence)
	}
	line("url", m.Homepage)
	line("doi", m.DOI)
	if len(m.Keywords) > 0 {
		b.WriteString("keywords:\n")
		for _, k := range m.Keywords {
			fmt.Fprintf(&b, "  - %s\n", document.Quote(k))
		}
	}
	b.WriteString("authors:\n")
	for _, c := range m.authors() {
		first := "  - "
		field := func(key, value string) {
			if value != "" {
				fmt.Fprintf(&b, "%s%s: %s\n", first, key, document.Quote(value))
				first = "    "
			}
		}
		if c.Person() {
			field("family-names", c.Family)
			field("given-names", c.Given)
			field("affiliation", c.Organisation)
		} else {
			field("name", c.Name)
		}
		field("email", c.Email)
		field("orcid", c.ORCID)
		field("website", c.URL)
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
