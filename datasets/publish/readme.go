package publish

import (
	_ "embed"
	"fmt"
	"io"
	"strings"
	"text/template"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/folder"
)

//go:embed readme.md.tmpl
var readmeText string

// listedSources is how many sources of a table the README lists; the descriptor lists more.
const listedSources = 50

// readme renders the descriptor for people.
func readme(w io.Writer, d *Descriptor) error {
	t, err := template.New(ReadmeFile).Funcs(template.FuncMap{
		"md":      folder.Markdown,
		"day":     func(created string) string { return strings.TrimSuffix(created, "T00:00:00Z") },
		"rows":    rowsText,
		"size":    sizeText,
		"sha":     func(hash string) string { return strings.TrimPrefix(hash, "sha256:") },
		"csvs":    func() []Resource { return ofFormat(d, "csv") },
		"limits":  limits,
		"first":   func(s []SourceItem) []SourceItem { return s[:min(len(s), listedSources)] },
		"rest":    func(s []SourceItem) int { return max(len(s)-listedSources, 0) },
		"join":    strings.Join,
		"keys":    func(r Resource) []ForeignKey { return r.Table.ForeignKeys },
		"rule":    func() string { return datasets.TextRule },
		"sumFile": func() string { return SumsFile },
	}).Parse(readmeText)
	if err != nil {
		return err
	}
	return t.Execute(w, d)
}

func ofFormat(d *Descriptor, format string) (out []Resource) {
	for _, r := range d.Resources {
		if r.Format == format {
			out = append(out, r)
		}
	}
	return out
}

// limits is what a column's values keep, in a few words.
func limits(f SchemaField) string {
	c := f.Constraints
	if c == nil {
		return ""
	}
	var out []string
	if c.Required {
		out = append(out, "required")
	}
	switch {
	case c.Minimum != nil && c.Maximum != nil:
		out = append(out, datasets.NumberText(*c.Minimum)+" to "+datasets.NumberText(*c.Maximum))
	case c.Minimum != nil:
		out = append(out, "at least "+datasets.NumberText(*c.Minimum))
	case c.Maximum != nil:
		out = append(out, "at most "+datasets.NumberText(*c.Maximum))
	}
	if c.Enum != nil {
		out = append(out, strings.Join(c.Enum, ", "))
	}
	return strings.Join(out, "; ")
}

func sizeText(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d B", n)
	case n < 10_000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return fmt.Sprintf("%d MB", (n+500_000)/1_000_000)
}
