package publish

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/licence"
)

// Metadata is what a package says of itself that its tables do not say.
type Metadata struct {
	Name         string        // small letters, digits, - . _
	Version      string        // of the data
	Title        string        // empty: the name
	Description  string        // empty: the tables and their rows
	Created      string        // YYYY-MM-DD; empty: the newest date in a row
	Licence      string        // SPDX identifier of the licence of the collection
	Homepage     string        // an address, or empty
	DOI          string        // without https://doi.org/, or empty
	Keywords     []string      // may be nil
	Contributors []Contributor // at least one
}

// Contributor is a person (who has a family name) or an organisation (which has a name).
type Contributor struct {
	Name         string   // of an organisation; of a person given and family name
	Given        string   // of a person
	Family       string   // of a person
	Email        string   // or empty
	ORCID        string   // https://orcid.org/0000-0000-0000-0000, or empty
	Organisation string   // whom a person works for, or empty
	URL          string   // or empty
	Roles        []string // of Roles; nil: contributor
}

// Roles are what a contributor may be.
var Roles = []string{"author", "publisher", "maintainer", "wrangler", "contributor"}

// Person reports whether the contributor is a person.
func (c *Contributor) Person() bool { return c.Family != "" }

// metadataFile is a metadata file as it is written.
type metadataFile struct {
	Name         string            `doc:"name"`
	Version      string            `doc:"version"`
	Title        string            `doc:"title"`
	Description  string            `doc:"description"`
	Created      string            `doc:"created"`
	Licence      string            `doc:"licence"`
	Homepage     string            `doc:"homepage"`
	DOI          string            `doc:"doi"`
	Keywords     []string          `doc:"keywords"`
	Contributors []contributorFile `doc:"contributors"`
}

type contributorFile struct {
	At           *document.Node `doc:"@"`
	Name         string         `doc:"name"`
	Given        string         `doc:"given"`
	Family       string         `doc:"family"`
	Email        string         `doc:"email"`
	ORCID        string         `doc:"orcid"`
	Organisation string         `doc:"organisation"`
	URL          string         `doc:"url"`
	Roles        []string       `doc:"roles"`
}

// LoadMetadata reads a YAML file. What it says is checked; what it lacks may come from elsewhere, and Complete asks for it.
func LoadMetadata(file string, text []byte, probs *diag.List) *Metadata {
	root := document.Parse(file, text, probs)
	if root == nil {
		return nil
	}
	var f metadataFile
	document.Decode(root, &f, probs)
	m := &Metadata{Name: f.Name, Version: f.Version, Title: f.Title, Description: f.Description, Created: f.Created, Licence: f.Licence,
		Homepage: f.Homepage, DOI: f.DOI, Keywords: f.Keywords}
	for _, c := range f.Contributors {
		m.Contributors = append(m.Contributors, Contributor{c.Name, c.Given, c.Family, c.Email, c.ORCID, c.Organisation, c.URL, c.Roles})
	}
	m.each(func(key string, i int, value, wrong string) {
		n := root.Get(key)
		if key == "contributors" {
			n = f.Contributors[i].At
		}
		probs.Add(n.Problem(diag.BadValue, "%s: %s", shown(value), wrong))
	})
	return m
}

// ParseContributor reads "Family, Given <email>" as a person and "Name <email>" as an organisation.
func ParseContributor(text string) Contributor {
	var c Contributor
	if name, rest, ok := strings.Cut(text, "<"); ok && strings.HasSuffix(rest, ">") {
		text, c.Email = name, strings.TrimSuffix(rest, ">")
	}
	text = strings.TrimSpace(text)
	if family, given, ok := strings.Cut(text, ","); ok {
		c.Family, c.Given = strings.TrimSpace(family), strings.TrimSpace(given)
	} else {
		c.Name = text
	}
	return c
}

// Complete reports what is missing or wrong, each under its flag, and fills in what follows from the rest.
func (m *Metadata) Complete(probs *diag.List) {
	lacks := func(what, flag, example string) {
		probs.Add(diag.Problem{Code: diag.Usage, Message: "the package has no " + what, Hint: fmt.Sprintf("--%s %s, or %s: in the file of --metadata", flag, example, flag)})
	}
	if m.Name == "" {
		lacks("name", "name", "my-inventory")
	}
	if m.Version == "" {
		lacks("version", "version", "1.0.0")
	}
	if m.Licence == "" {
		lacks("licence", "licence", "CC-BY-4.0")
	}
	if len(m.Contributors) == 0 {
		probs.Add(diag.Problem{Code: diag.Usage, Message: "the package names no contributor", Hint: `--contributor "Example Observatory <data@example.org>", --contributor "Lovelace, Ada", or contributors: in the file of --metadata`})
	}
	m.each(func(key string, _ int, value, wrong string) {
		probs.Errorf(diag.Usage, diag.Place{}, "%s is %s: %s", key, shown(value), wrong)
	})
	if m.Title == "" {
		m.Title = m.Name
	}
	for i := range m.Contributors {
		c := &m.Contributors[i]
		if c.Person() {
			c.Name = strings.TrimSpace(c.Given + " " + c.Family)
		}
		if len(c.Roles) == 0 {
			c.Roles = []string{"contributor"}
		}
	}
}

var (
	nameForm    = regexp.MustCompile(`^[a-z0-9][-a-z0-9._]{0,99}$`)
	versionForm = regexp.MustCompile(`^[0-9A-Za-z][-0-9A-Za-z.+_]{0,63}$`)
	orcidForm   = regexp.MustCompile(`^https://orcid\.org/[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]$`)
	emailForm   = regexp.MustCompile(`^[^@\s<>"]+@[^@\s<>"]+\.[^@\s<>"]+$`)
	doiForm     = regexp.MustCompile(`^10\.[0-9]{4,9}/[-._;()/:A-Za-z0-9]+$`)
)

// each tells every value that is there and wrong, a contributor's with its index.
func (m *Metadata) each(tell func(key string, i int, value, wrong string)) {
	form := func(key string, i int, value string, ok func(string) bool, wrong string) {
		switch {
		case value == "":
		case len(value) > 4096 || strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) && (r != '\n' || key != "description") }):
			tell(key, i, value, "a text of at most 4096 bytes without control characters is needed")
		case ok != nil && !ok(value):
			tell(key, i, value, wrong)
		}
	}
	form("name", 0, m.Name, nameForm.MatchString, "small letters, digits, - . and _ make a name")
	form("version", 0, m.Version, versionForm.MatchString, "letters, digits, . - + and _ make a version, such as 1.0.0 or 2025.1")
	form("title", 0, m.Title, nil, "")
	form("description", 0, m.Description, nil, "")
	form("created", 0, m.Created, isDay, "a day is written YYYY-MM-DD")
	form("licence", 0, m.Licence, isLicence, notALicence(m.Licence))
	form("homepage", 0, m.Homepage, isAddress, "an address begins with https:// or http://")
	form("doi", 0, m.DOI, doiForm.MatchString, "a DOI is written as 10.5281/zenodo.1234567")
	for _, k := range m.Keywords {
		form("keywords", 0, k, nil, "")
	}
	for i, c := range m.Contributors {
		if c.Name == "" && c.Family == "" {
			tell("contributors", i, c.Given, "a contributor has a name, or a family name and a given one")
		}
		for _, text := range []string{c.Name, c.Given, c.Family, c.Organisation} {
			form("contributors", i, text, nil, "")
		}
		form("contributors", i, c.Email, emailForm.MatchString, "not an address of e-mail")
		form("contributors", i, c.ORCID, orcidForm.MatchString, "an ORCID is written as https://orcid.org/0000-0002-1825-0097")
		form("contributors", i, c.URL, isAddress, "an address begins with https:// or http://")
		for _, role := range c.Roles {
			form("contributors", i, role, func(r string) bool { return slices.Contains(Roles, r) }, "a role is one of "+strings.Join(Roles, ", "))
		}
	}
}

// isLicence reports whether a text is the SPDX identifier of a licence that is known.
func isLicence(id string) bool { return slices.Contains(licences(), id) }

func notALicence(id string) string {
	wrong := "the registry of licences has no such SPDX identifier"
	near := diag.Nearest(id, licences())
	for _, l := range licences() { // CCBY and CC BY stand for CC-BY-4.0, the shortest that begins so
		if begin := bare(id); begin != "" && strings.HasPrefix(bare(l), begin) && (near == "" || len(l) < len(near)) {
			near = l
		}
	}
	if near != "" {
		return wrong + "; did you mean " + near + "?"
	}
	return wrong + "; known are " + strings.Join(licences(), ", ")
}

// bare is a text's small letters and digits.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(text))
}

// licences are the SPDX identifiers of the registry, not its own words for what has none.
func licences() []string {
	var out []string
	for _, l := range licence.All() {
		if l.SPDX() {
			out = append(out, l.ID)
		}
	}
	return out
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// isAddress reports whether a text is an absolute address of the web, written so that it can stand in Markdown.
func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>\"`|\\", r)
	})
}

func shown(text string) string { return strconv.Quote(diag.Excerpt(text, 80)) }
