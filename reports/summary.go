package reports

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca"
)

// SummaryName is what a report's summary is called in a language.
func SummaryName(language string) string { return "summary." + language + ".html" }

// WriteSummary writes the edition's summary for those who decide, in one of the Languages: a page of the report's own kind, without scripts or requests, that is two sheets of A4 at most when it is printed. Its figures and
// sentences are those of the report, which stands beside it under its PageName; it links to summaries in others, under their SummaryName.
func WriteSummary(w io.Writer, e *Edition, language string, others ...string) error {
	return writeSummary(w, e, language, false, others)
}

// WriteSummaryToPrint is WriteSummary without links to files beside it: a browser that prints writes them out as from where the page lies then.
func WriteSummaryToPrint(w io.Writer, e *Edition, language string) error {
	return writeSummary(w, e, language, true, nil)
}

func writeSummary(w io.Writer, e *Edition, language string, toPrint bool, others []string) error {
	text := wordings()[language]
	if text == nil {
		return fmt.Errorf("reports: there is no language %q", language)
	}
	p, err := newPageIn(e, text)
	if err != nil {
		return err
	}
	for _, o := range others {
		if other := wordings()[o]; other != nil && o != language {
			p.Others = append(p.Others, otherPage{o, other.say("language"), other.say("this_page"), SummaryName(o)})
		}
	}
	s := &summary{page: p, Report: PageName(language), Linked: !toPrint}
	if s.Keys, err = p.summaryKeys(); err != nil {
		return err
	}
	if s.Findings, err = p.findings(); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := summaryTemplates()[language].Execute(&out, s); err != nil {
		return fmt.Errorf("reports: %w", err)
	}
	_, err = w.Write(out.Bytes())
	return err
}

// summary is what its template reads.
type summary struct {
	*page
	Report   string // file of the page in the same language
	Linked   bool   // to it
	Keys     []summaryKey
	Findings []*brief
}

// summaryKey is a perspective with its key figures.
type summaryKey struct {
	lca.Term
	*keyFigures
	Left int // cards that stand in the report alone
}

// mostCards is how many key figures of a perspective a summary has room for; the vocabulary knows fewer.
const mostCards = 8

func (p *page) summaryKeys() (out []summaryKey, err error) {
	for _, t := range p.Perspectives() {
		k, err := p.KeyFigures(t.Name)
		if err != nil {
			return nil, err
		}
		if len(k.Cards) == 0 {
			continue
		}
		key := summaryKey{t, k, max(0, len(k.Cards)-mostCards)}
		k.Cards = k.Cards[:min(mostCards, len(k.Cards))]
		out = append(out, key)
	}
	return out, nil
}

// brief is a finding of the report: the first perspective's figure, and what those of the others say.
type brief struct {
	*figure
	Beside []*figure // without their drawings
}

// findings are those of stages, outlook and levers, where the report has them.
func (p *page) findings() (out []*brief, err error) {
	for _, kind := range []struct {
		of   []lca.Term
		make func(perspective string) (*figure, error)
	}{{p.Perspectives(), p.StageFigure}, {p.OutlookPerspectives(), p.OutlookFigure}, {p.Perspectives(), p.LeverFigure}} {
		var b *brief
		for _, t := range kind.of {
			f, err := kind.make(t.Name)
			switch {
			case err != nil:
				return nil, err
			case f == nil:
			case b == nil:
				b = &brief{figure: f}
			default:
				b.Beside = append(b.Beside, f)
			}
		}
		if b != nil {
			out = append(out, b)
		}
	}
	return out, nil
}

// Citation is how the edition is cited.
func (s *summary) Citation() string {
	title := cmp.Or(s.Title, s.Study)
	if s.Edition.Edition != "" {
		title += ", " + s.Text.say("edition", s.Edition.Edition)
	}
	if s.Status != "published" {
		title += " (" + s.Text.say("draft") + ")"
	}
	return strings.TrimSuffix(strings.TrimSpace(s.Text.say("citation", title, s.Study, yearText(s.Year), s.Method, s.Pack, s.Software, s.RunID, s.Licence)), " .")
}

// Quality is the finding on the data under the leading total; empty where there is none.
func (s *summary) Quality() (string, error) {
	if len(s.Keys) == 0 {
		return "", nil
	}
	f, err := s.QualityFigure(s.Keys[0].Name)
	if f == nil || err != nil || f.Wide == "" {
		return "", err
	}
	return f.Title, nil
}

// titled is how many characters a name from the study has at most within a finding. A finding itself is never cut: what it trades stands at its end.
const titled = 110

// cut shortens a text to so many characters, between words where it can: what comes from data takes no more room than a sheet has.
func cut(most int, text string) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	short := string(runes[:most-1])
	if at := strings.LastIndexByte(short, ' '); at > len(short)/2 {
		short = short[:at]
	}
	return strings.TrimRight(short, " ,;:.") + "…"
}

var summaryTemplates = sync.OnceValue(func() map[string]*template.Template {
	own, err := files.ReadFile("summary.css")
	if err != nil {
		panic(err) // the file is part of the program
	}
	style, out := styleSheet()+template.CSS(own), map[string]*template.Template{}
	for language, w := range wordings() {
		out[language] = template.Must(template.New("summary.tmpl").Funcs(template.FuncMap{"style": func() template.CSS { return style }, "policy": func() string { return policyOf(style) },
			"say": w.say, "many": func(n int, phrase string) string { return w.many(int64(n), phrase) }, "status": w.status, "year": yearText, "upper": upper, "list": w.list, "column": w.column, "cut": cut}).
			ParseFS(files, "templates/summary.tmpl"))
	}
	return out
})
