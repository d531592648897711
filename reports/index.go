package reports

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// IndexName is what an index of reports is called in a language.
func IndexName(language string) string { return "index." + language + ".html" }

// IndexMark stands at the head of every index, and of nothing else.
const IndexMark = `<meta name="ailca" content="index of reports">`

// Indexed is a report of an index. It may come from a stranger.
type Indexed struct {
	Study  string
	Folder string   // of the report, from where the index stands, with slashes
	Files  []string // of the folder, that the index may link to
	Notice
}

// WriteIndex writes an index of reports in one of the Languages, as a page of their own kind: the latest year first and, of one year, the last edition by name. It links to files of the reports' folders alone, and to indices in others, under their
// IndexName. The same reports give the same bytes in any order.
func WriteIndex(w io.Writer, list []Indexed, language string, others ...string) error {
	text := wordings()[language]
	if text == nil {
		return fmt.Errorf("reports: there is no language %q", language)
	}
	x := &index{Text: text}
	for _, o := range others {
		if other := wordings()[o]; other != nil && o != language {
			x.Others = append(x.Others, otherPage{o, other.say("language"), other.say("this_page"), IndexName(o)})
		}
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Indexed) int {
		return cmp.Or(cmp.Compare(b.Year, a.Year), strings.Compare(b.Edition, a.Edition), strings.Compare(a.Study, b.Study), strings.Compare(a.Folder, b.Folder))
	})
	for i := range list {
		x.Reports = append(x.Reports, text.indexed(&list[i]))
	}
	var out bytes.Buffer
	if err := indexTemplates()[language].Execute(&out, x); err != nil {
		return fmt.Errorf("reports: %w", err)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// index is what its template reads.
type index struct {
	Text    *wording
	Others  []otherPage
	Reports []indexedReport
}

type indexedReport struct {
	*Indexed
	Title, Foreign string
	Figures        []indexedFigure
	Links          []indexedLink
}

type indexedFigure struct {
	Of         string // category, perspective and accounting
	Incomplete bool
	number
}

type indexedLink struct {
	Text, Of string // Of is the report, for those who hear links by themselves
	Language string // of what it leads to; empty: of none
	Address  string
}

func (w *wording) indexed(r *Indexed) (out indexedReport) {
	out.Indexed = r
	out.Title, out.Foreign = r.in(w.Language)
	p := &page{Text: w, words: w.vocabulary()}
	p.categories = p.words.Categories
	for _, l := range r.Leading {
		out.Figures = append(out.Figures, indexedFigure{p.named(l), l.Incomplete, p.printed(l)})
	}
	link := func(file, text, language string) {
		if slices.Contains(r.Files, file) {
			out.Links = append(out.Links, indexedLink{text, out.Title, language, (&url.URL{Path: r.Folder + "/" + file}).String()})
		}
	}
	for _, l := range Languages() {
		name := wordings()[l].say("language")
		for _, file := range [][2]string{{PageName(l), "index_report"}, {SummaryName(l), "index_summary"}} {
			link(file[0], w.say(file[1], name), l)
			link(PDFName(file[0]), w.say(file[1], name+", PDF"), l)
		}
	}
	link("tables.xlsx", w.say("index_workbook"), "")
	link("tables.csv", w.say("index_tables"), "")
	return out
}

// PDFName is what a page of a report's folder is called, printed.
func PDFName(page string) string { return strings.TrimSuffix(page, ".html") + ".pdf" }

// PNGName is what a picture of a report's folder is called, drawn in pixels.
func PNGName(picture string) string { return strings.TrimSuffix(picture, ".svg") + ".png" }

// IndexFiles are the files of a report's folder that an index links to, where they are there.
func IndexFiles() (out []string) {
	for _, l := range Languages() {
		for _, page := range []string{PageName(l), SummaryName(l)} {
			out = append(out, page, PDFName(page))
		}
	}
	return append(out, "tables.xlsx", "tables.csv")
}

var indexTemplates = sync.OnceValue(func() map[string]*template.Template {
	own, err := files.ReadFile("index.css")
	if err != nil {
		panic(err) // the file is part of the program
	}
	style, out := styleSheet()+template.CSS(own), map[string]*template.Template{}
	for language, w := range wordings() {
		out[language] = template.Must(template.New("index.tmpl").Funcs(template.FuncMap{"style": func() template.CSS { return style }, "policy": func() string { return policyOf(style) },
			"mark": func() template.HTML { return IndexMark }, "say": w.say, "many": func(n int, phrase string) string { return w.many(int64(n), phrase) }, "status": w.status, "year": yearText, "upper": upper,
			"column": w.column, "cut": func(most int, text string) string { return cut(most, cleaned(text)) }}).ParseFS(files, "templates/index.tmpl"))
	}
	return out
})
