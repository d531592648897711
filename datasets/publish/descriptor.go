package publish

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/licence"
)

// Descriptor is datapackage.json: a Frictionless Data Package that readers of version 1 and of version 2 understand. What neither defines (kind, rows,
// unit, ucum, textRule, moreRows, emptyColumns) is ours.
type Descriptor struct {
	Schema       string            `json:"$schema"`
	Profile      string            `json:"profile"`
	Format       int               `json:"ailcaFormat,omitempty"` // of a package of inventories
	Name         string            `json:"name"`
	ID           string            `json:"id,omitempty"`
	Title        string            `json:"title"`
	Description  string            `json:"description,omitempty"`
	Homepage     string            `json:"homepage,omitempty"`
	Version      string            `json:"version,omitempty"`
	Created      string            `json:"created,omitempty"`
	Keywords     []string          `json:"keywords,omitempty"`
	Contributors []ContributorItem `json:"contributors,omitempty"`
	Licenses     []LicenseItem     `json:"licenses,omitempty"`
	Sources      []SourceItem      `json:"sources,omitempty"`
	Resources    []Resource        `json:"resources"`
}

// DescriptorSchema is that of version 2, which a reader of version 1 passes over.
const DescriptorSchema = "https://datapackage.org/profiles/2.0/datapackage.json"

// Resource is a file of the package that holds a table.
type Resource struct {
	Schema       string        `json:"$schema,omitempty"`
	Profile      string        `json:"profile"`
	Type         string        `json:"type,omitempty"`
	Name         string        `json:"name"`
	Kind         string        `json:"kind,omitempty"`
	Title        string        `json:"title"`
	Description  string        `json:"description,omitempty"`
	Path         string        `json:"path"`
	Format       string        `json:"format"`
	MediaType    string        `json:"mediatype"`
	Encoding     string        `json:"encoding,omitempty"`
	Bytes        int64         `json:"bytes"`
	Hash         string        `json:"hash"`
	Rows         int64         `json:"rows"`
	TextRule     string        `json:"textRule,omitempty"`
	Dialect      *Dialect      `json:"dialect,omitempty"`
	Table        TableSchema   `json:"schema"`
	EmptyColumns []string      `json:"emptyColumns,omitempty"` // of the kind: left out, for no row fills them
	Licenses     []LicenseItem `json:"licenses,omitempty"`
	Sources      []SourceItem  `json:"sources,omitempty"`
	MoreRows     int64         `json:"moreRows,omitempty"` // whose sources are not listed, for there are too many
}

// Dialect says how a CSV file is written.
type Dialect struct {
	Delimiter      string `json:"delimiter"`
	LineTerminator string `json:"lineTerminator"`
	QuoteChar      string `json:"quoteChar"`
	DoubleQuote    bool   `json:"doubleQuote"`
	Header         bool   `json:"header"`
}

// TableSchema describes a table's columns.
type TableSchema struct {
	Fields        []SchemaField `json:"fields"`
	PrimaryKey    []string      `json:"primaryKey,omitempty"`
	ForeignKeys   []ForeignKey  `json:"foreignKeys,omitempty"`
	MissingValues []string      `json:"missingValues"`
}

// SchemaField describes a column.
type SchemaField struct {
	Name        string       `json:"name"`
	Title       string       `json:"title,omitempty"`
	Type        string       `json:"type"`
	Format      string       `json:"format,omitempty"`
	Description string       `json:"description,omitempty"`
	Unit        string       `json:"unit,omitempty"`
	UCUM        string       `json:"ucum,omitempty"`
	Constraints *Constraints `json:"constraints,omitempty"`
}

// Constraints are what a column's values keep.
type Constraints struct {
	Required bool     `json:"required,omitempty"`
	Unique   bool     `json:"unique,omitempty"`
	Minimum  *float64 `json:"minimum,omitempty"`
	Maximum  *float64 `json:"maximum,omitempty"`
	Enum     []string `json:"enum,omitempty"`
}

// ForeignKey says in which column of which resource the values of a column stand.
type ForeignKey struct {
	Fields    []string  `json:"fields"`
	Reference Reference `json:"reference"`
}

// Reference is the other end of a ForeignKey.
type Reference struct {
	Resource string   `json:"resource"`
	Fields   []string `json:"fields"`
}

// LicenseItem is a licence, of a table with the rows under it.
type LicenseItem struct {
	Name       string `json:"name"`
	Path       string `json:"path,omitempty"`
	Title      string `json:"title"`
	ShareAlike bool   `json:"shareAlike,omitempty"`
	Rows       int64  `json:"rows,omitempty"`
}

// SourceItem is where rows were taken from.
type SourceItem struct {
	Title   string `json:"title"`
	Path    string `json:"path,omitempty"`
	License string `json:"license,omitempty"`
	Rows    int64  `json:"rows"`
}

// At says where the source is, if that is an address of the web; else it says nothing. Version 1 of the descriptor takes two dots for a way out of the package.
func (s *SourceItem) At(url string) {
	if isAddress(url) && !strings.Contains(url, "..") {
		s.Path = url
	}
}

// ContributorItem is a person or an organisation.
type ContributorItem struct {
	Title        string   `json:"title"`
	GivenName    string   `json:"givenName,omitempty"`
	FamilyName   string   `json:"familyName,omitempty"`
	Path         string   `json:"path,omitempty"`
	Email        string   `json:"email,omitempty"`
	Role         string   `json:"role"`
	Roles        []string `json:"roles"`
	Organization string   `json:"organization,omitempty"`
}

func descriptor(m *Metadata, tables []*table) *Descriptor {
	d := &Descriptor{Schema: DescriptorSchema, Profile: "data-package", Format: Format, Name: m.Name, Title: m.Title,
		Description: m.Description, Homepage: m.Homepage, Version: m.Version, Created: m.Created + "T00:00:00Z", Keywords: m.Keywords,
		Licenses: []LicenseItem{License(m.Licence, 0)}}
	if m.DOI != "" {
		d.ID = "https://doi.org/" + m.DOI
	}
	for _, c := range m.Contributors {
		item := ContributorItem{Title: c.Name, GivenName: c.Given, FamilyName: c.Family, Path: c.URL, Email: c.Email, Role: c.Roles[0], Roles: c.Roles, Organization: c.Organisation}
		if item.Path == "" {
			item.Path = c.ORCID
		}
		d.Contributors = append(d.Contributors, item)
	}
	kinds := map[string]bool{}
	var parts []string
	for _, t := range tables {
		kinds[t.inv.Kind().Name] = true
		parts = append(parts, fmt.Sprintf("%s (%s)", strings.ToLower(t.inv.Kind().Title), rowsText(t.inv.TotalRows())))
	}
	if d.Description == "" {
		d.Description = "Inventories for the life-cycle assessment of artificial intelligence: " + strings.Join(parts, ", ") + ". Every row says its source, licence and quality."
	}
	for _, t := range tables {
		d.Resources = append(d.Resources, t.resource(kinds, "csv"), t.resource(kinds, "parquet"))
	}
	return d
}

func rowsText(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

// ResourceName is what the descriptor calls a kind's table in a format.
func ResourceName(kind, format string) string {
	if format == "csv" {
		return kind
	}
	return kind + "-" + format
}

// resource describes one of the table's two files.
func (t *table) resource(kinds map[string]bool, format string) Resource {
	k := t.inv.Kind()
	r := Resource{Profile: "data-resource", Name: ResourceName(k.Name, format), Kind: k.Name, Title: k.Title, Description: k.Doc, Format: format, Rows: t.inv.TotalRows(),
		MediaType: "application/vnd.apache.parquet", Table: t.schema(kinds, format), EmptyColumns: t.empty, MoreRows: t.more}
	file := t.files[0]
	if format == "csv" {
		file = t.files[1]
		r.tabular(datasets.TextRule)
	}
	r.Path, r.Bytes, r.Hash = file.Path, file.Bytes, "sha256:"+file.SHA256
	for _, l := range t.licences {
		r.Licenses = append(r.Licenses, License(l.word, l.rows))
	}
	for _, s := range t.sources {
		item := SourceItem{Title: s.title, License: s.licence, Rows: s.rows}
		item.At(s.url)
		r.Sources = append(r.Sources, item)
	}
	return r
}

// CSVResource describes a CSV file of a package, whose texts stand in it by a rule in words.
func CSVResource(name, title, path string, bytes int64, sha256 string, rows int64, textRule string, schema TableSchema) Resource {
	r := Resource{Name: name, Title: title, Path: path, Format: "csv", Bytes: bytes, Hash: "sha256:" + sha256, Rows: rows, Table: schema}
	r.tabular(textRule)
	return r
}

// tabular says how a CSV file of ours is to be read.
func (r *Resource) tabular(textRule string) {
	r.Schema, r.Type, r.Profile = "https://datapackage.org/profiles/2.0/dataresource.json", "table", "tabular-data-resource"
	r.MediaType, r.Encoding, r.TextRule = "text/csv", "utf-8", textRule
	r.Dialect = &Dialect{Delimiter: ",", LineTerminator: "\n", QuoteChar: `"`, DoubleQuote: true, Header: true}
}

func (t *table) schema(kinds map[string]bool, format string) TableSchema {
	k := t.inv.Kind()
	s := TableSchema{MissingValues: []string{""}}
	for _, field := range t.fields {
		f, _ := k.Column(field.Name)
		out := SchemaField{Name: f.Name, Type: f.Type.String(), Description: f.Doc, Unit: f.Unit, UCUM: ucum()[f.Unit]}
		c := Constraints{Required: f.Required, Unique: f.Name == k.ID && f.Required, Minimum: f.Min, Maximum: f.Max, Enum: f.Values}
		if c.Required || c.Unique || c.Minimum != nil || c.Maximum != nil || c.Enum != nil {
			out.Constraints = &c
		}
		s.Fields = append(s.Fields, out)
		if f.References != "" && kinds[f.References] {
			other, _ := datasets.KindByName(f.References)
			s.ForeignKeys = append(s.ForeignKeys, ForeignKey{[]string{f.Name}, Reference{ResourceName(other.Name, format), []string{other.ID}}})
		}
		if c.Unique {
			s.PrimaryKey = []string{f.Name}
		}
	}
	return s
}

// Column finds a field by name; nil for none.
func (s *TableSchema) Column(name string) *SchemaField {
	i := slices.IndexFunc(s.Fields, func(f SchemaField) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &s.Fields[i]
}

// FieldType is a field's type as tables know it; ok is false for a type that no package of ours has.
func (f *SchemaField) FieldType() (t lca.FieldType, ok bool) { return lca.ParseFieldType(f.Type) }

var notInName = regexp.MustCompile(`[^-a-zA-Z0-9._]+`)

// License names a licence as a descriptor does: by its SPDX identifier, what has none as a reference of its own.
func License(id string, rows int64) LicenseItem {
	l, known := licence.Named(id)
	item := LicenseItem{Name: id, Path: l.URL, Title: id, ShareAlike: l.ShareAlike(), Rows: rows}
	if known {
		item.Title = l.Name
	}
	if id == "" || notInName.MatchString(id) {
		item.Name = "LicenseRef-" + strings.Trim(notInName.ReplaceAllString(id, "-"), "-")
	}
	return item
}
