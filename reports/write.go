package reports

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"
)

// Write writes the edition's report in English: one HTML file without scripts that asks for nothing from outside. The same edition gives
// the same bytes. Its one script element is a block of data that no browser runs (see page.Dataset). It returns an error for an edition whose totals have no meaning, and writes nothing then.
func Write(w io.Writer, e *Edition) error {
	_, err := WriteWithTables(w, e, "en")
	return err
}

// TableFile is a table of a report as the file that the page offers: all rows, all digits.
type TableFile struct {
	ID, Caption string // the file is ID.csv
	CSV         []byte

	of *table
}

// PageName is what the report's file is called in a language.
func PageName(language string) string { return "report." + language + ".html" }

// WriteWithTables is Write in one of the Languages, and gives the tables of the page as files, each once, in its order. It links to the pages in others, which stand beside it under their PageName.
func WriteWithTables(w io.Writer, e *Edition, language string, others ...string) ([]TableFile, error) {
	text := wordings()[language]
	if text == nil {
		return nil, fmt.Errorf("reports: there is no language %q", language)
	}
	p, err := newPageIn(e, text)
	if err != nil {
		return nil, err
	}
	for _, o := range others {
		if other := wordings()[o]; other != nil && o != language {
			p.Others = append(p.Others, otherPage{o, other.say("language"), other.say("this_page"), PageName(o)})
		}
	}
	var tables []TableFile
	own := template.FuncMap{"kept": func(t *table) (keptFile, error) {
		text := t.text()
		if !slices.ContainsFunc(tables, func(x TableFile) bool { return x.ID == t.ID }) {
			tables = append(tables, TableFile{t.ID, t.Caption, []byte(text), t})
		}
		return keep(t.ID, text)
	}}
	set := templates()[language]
	for _, f := range set.sections {
		s := &section{ID: f.id, Heading: f.heading}
		body := template.Must(f.body.Clone()).Funcs(own)
		if s.Body, err = render(body, p); err != nil {
			return nil, err
		}
		p.Sections = append(p.Sections, s)
	}
	var out bytes.Buffer
	if err := set.layout.Execute(&out, p); err != nil {
		return nil, fmt.Errorf("reports: %w", err)
	}
	_, err = w.Write(out.Bytes())
	return tables, err
}

// section is a part of the report. One without a heading stands before the contents.
type section struct {
	ID, Heading string
	Body        template.HTML
}

//go:embed templates style.css figure.css document.css summary.css index.css trace.css
var files embed.FS

type sectionFile struct {
	id, heading string
	body        *template.Template // never executed itself: one that was could not be cloned
}

type templateSet struct {
	layout   *template.Template
	sections []sectionFile
}

// templates reads the report's shape in each language: templates/layout.tmpl and parts.tmpl around one file for each section, in order of file names.
// en/30-stages.html is the section with the id stages in English; its template "heading" is its title.
var templates = sync.OnceValue(func() map[string]*templateSet {
	out := map[string]*templateSet{}
	for language, text := range wordings() {
		out[language] = templatesIn(text)
	}
	return out
})

func templatesIn(w *wording) *templateSet {
	folder := "templates/" + w.Language
	base := template.Must(template.New("layout.tmpl").Funcs(template.FuncMap{"style": styleSheet, "policy": policy, "lower": lower, "upper": upper, "percent": w.percent,
		"count": func(n int) string { return count(w, n) }, "say": w.say, "many": func(n int, phrase string) string { return w.many(int64(n), phrase) }, "status": w.status, "missing": func() string { return w.Missing },
		"kept": func(t *table) (keptFile, error) { return keep(t.ID, t.text()) }}).
		ParseFS(files, "templates/layout.tmpl", "templates/parts.tmpl"))
	entries, err := files.ReadDir(folder) // sorted by name
	if err != nil {
		panic(err) // the files are part of the program
	}
	set := &templateSet{}
	for _, entry := range entries {
		name, ok := strings.CutSuffix(entry.Name(), ".html")
		if !ok {
			continue
		}
		own := template.Must(template.Must(base.Clone()).ParseFS(files, folder+"/"+entry.Name()))
		_, id, _ := strings.Cut(name, "-")
		var heading string
		if own.Lookup("heading") != nil {
			var b strings.Builder
			if err := template.Must(own.Clone()).ExecuteTemplate(&b, "heading", nil); err != nil {
				panic(err)
			}
			heading = b.String()
		}
		set.sections = append(set.sections, sectionFile{id, heading, own.Lookup(entry.Name())})
	}
	set.layout = template.Must(base.Clone()).Lookup("layout.tmpl")
	return set
}

func render(t *template.Template, p *page) (template.HTML, error) {
	var b strings.Builder
	if err := t.Execute(&b, p); err != nil {
		return "", fmt.Errorf("reports: %w", err)
	}
	return template.HTML(b.String()), nil
}

// styleSheet is what all pages have: their own style, and that of figures.
func styleSheet() template.CSS {
	var out template.CSS
	for _, name := range []string{"style.css", "figure.css"} {
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err) // the files are part of the program
		}
		out += template.CSS(text)
	}
	return out
}

func policy() string { return policyOf(styleSheet()) }
