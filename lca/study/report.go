package study

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study/chromium"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
	"github.com/ai-impact-observatory/ailca/reports"
)

// Report is a report that is made of result folders.
type Report struct {
	Edition  *reports.Edition
	Chromium string // the browser that makes what follows, see package chromium
	PDF, PNG bool   // its pages are printed, beside them; its cards are drawn as PNG, too

	of []*Result
}

// ReportRecord is report.json: what a report is of, what it was made of, and the digests of what came out.
type ReportRecord struct {
	Format  int            `json:"format"`
	Study   string         `json:"study"`
	Edition reports.Notice `json:"edition"`
	Results []ReportSource `json:"results"`
	Outputs []FileRecord   `json:"outputs"`
	LeftOut string         `json:"left_out,omitempty"` // which file the folder lacks, and why
}

// ReportSource is a result folder that a report was made of.
type ReportSource struct {
	What   string `json:"what"` // run, projection or former edition
	RunID  string `json:"run_id"`
	SHA256 string `json:"sha256"` // of its run.json, which stands for all of it
}

// OpenReport opens the result folders of a report: that of a run and, optionally, that of a projection of the same study, in any order. All problems go to probs; the report is nil where there are errors, and
// must else be closed.
//
// compare is the folder of a former edition's run, whose totals are set beside; empty: there is none.
//
// causes is the folder that a comparison of that edition with this one was written to, which says what the differences go back to; empty: there is none.
func OpenReport(ctx context.Context, folders []string, compare, causes string, probs *diag.List) *Report {
	before := probs.Count(diag.Error)
	out := &Report{}
	var run, projection *Result
	for _, folder := range folders {
		r := openOf(folder, probs)
		if r == nil {
			continue
		}
		out.of = append(out.of, r)
		into, what := &run, "the result of a run"
		if r.Record.Projection != nil {
			into, what = &projection, "a projection"
		}
		if *into != nil {
			probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: r.Folder}, Message: fmt.Sprintf("this is %s, as is %s", what, (*into).Folder), Hint: "a report is of one run, with one projection at most"})
			continue
		}
		*into = r
	}
	switch {
	case run != nil || probs.Count(diag.Error) > before:
	case projection == nil:
		probs.Add(diag.Problem{Code: diag.Usage, Message: "the result of a run is needed", Hint: "name the folder that ailca run says it has written"})
	default:
		probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: projection.Folder}, Message: "this is a projection, and the result of a run is needed beside it", Hint: "name the folder that ailca run says it has written, too"})
	}
	if run != nil && projection != nil {
		if other := otherBasis(&run.Record, &projection.Record); other != "" {
			probs.Add(diag.Problem{Code: diag.Inconsistent, Place: diag.Place{File: projection.Folder}, Message: fmt.Sprintf("the projection rests on another %s than %s", other, run.Folder), Why: "an outlook begins at the totals that the report states",
				Hint: "run and project the study again, as it is now"})
		}
	}
	var former *Result
	if compare != "" {
		if former = openOf(compare, probs); former != nil {
			out.of = append(out.of, former)
		}
		if former != nil && former.Record.Projection != nil {
			probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: former.Folder}, Message: "this is a projection, and the result of a former edition's run is needed"})
		}
	}
	if probs.Count(diag.Error) == before {
		var err error
		if out.Edition, err = run.Edition(ctx); err == nil && projection != nil {
			out.Edition.Outlook, err = projection.Outlook(ctx)
		}
		if err == nil && former != nil {
			if out.Edition.Before, err = former.before(ctx); err == nil && causes != "" {
				err = comparedCauses(causes, out.Edition)
			}
		}
		if err != nil {
			probs.AddError(err, diag.BadValue, diag.Place{File: run.Folder})
		}
	}
	if probs.Count(diag.Error) > before {
		out.Close()
		return nil
	}
	return out
}

// otherBasis says what the totals of two records rest on that differs; empty where they rest on the same.
func otherBasis(a, b *Record) string {
	same := func(a, b []RefRecord) bool { return slices.Equal(a, b) }
	switch {
	case a.StudySHA256 != b.StudySHA256 || a.Study != b.Study:
		return "study, or another state of its file,"
	case a.Year != b.Year:
		return "year"
	case a.Method.Digest != b.Method.Digest:
		return "method"
	case a.Pack.Digest != b.Pack.Digest || a.AsOf != b.AsOf || !same(a.Overlays, b.Overlays):
		return "state of the factors"
	case !slices.Equal(a.Inputs, b.Inputs):
		return "state of the inventories"
	case a.ResultsVersion != b.ResultsVersion:
		return "version of the results"
	}
	return ""
}

// openOf opens a result folder; nil, with the problem told, where it is none.
func openOf(folder string, probs *diag.List) *Result {
	const hint = "run the study, and name the folder that ailca run says it has written"
	if info, err := os.Stat(folder); err == nil {
		if !info.IsDir() {
			probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: filepath.ToSlash(folder)}, Message: "this is a file, and the folder of a result is needed", Hint: hint})
			return nil
		}
		if _, err := os.Stat(filepath.Join(folder, output.Marker)); err != nil {
			probs.Add(diag.Problem{Code: diag.MissingFile, Place: diag.Place{File: filepath.ToSlash(folder)}, Message: "the folder holds no " + output.Marker + ": it is no result folder", Hint: hint})
			return nil
		}
	}
	return OpenRecord(folder, probs)
}

// before reads what a report shows of a former edition.
func (r *Result) before(ctx context.Context) (*reports.Before, error) {
	e, err := r.Edition(ctx)
	if err != nil {
		return nil, err
	}
	return &reports.Before{Study: e.Study, Edition: e.Edition, Year: e.Year, Method: e.Method, Pack: e.Pack, RunID: e.RunID, Totals: e.Totals, Intervals: e.Intervals}, nil
}

// Close lets go of the folders.
func (r *Report) Close() {
	for _, x := range r.of {
		x.Close()
	}
}

// pagesOf are the pages of an edition in languages, English where none is named, and the tables of the first.
func pagesOf(e *reports.Edition, languages []string) (pages []reportPage, tables []reports.TableFile, err error) {
	for i, language := range orEnglish(languages) {
		var page bytes.Buffer
		own, err := reports.WriteWithTables(&page, e, language, languages...)
		if err != nil {
			return nil, nil, err
		}
		pages = append(pages, reportPage{reports.PageName(language), page.Bytes(), page.Bytes()})
		if i == 0 {
			tables = own
		}
	}
	return pages, tables, nil
}

// summariesOf are the summaries of an edition in languages, English where none is named.
func summariesOf(e *reports.Edition, languages []string) (pages []reportPage, err error) {
	for _, language := range orEnglish(languages) {
		var page, paper bytes.Buffer
		if err := reports.WriteSummary(&page, e, language, languages...); err != nil {
			return nil, err
		}
		if err := reports.WriteSummaryToPrint(&paper, e, language); err != nil {
			return nil, err
		}
		pages = append(pages, reportPage{reports.SummaryName(language), page.Bytes(), paper.Bytes()})
	}
	return pages, nil
}

// cardFiles are pictures of an edition for links to it, in languages, English where none is named.
func cardsOf(e *reports.Edition, languages []string) (cards []reportCard, err error) {
	for _, language := range orEnglish(languages) {
		var card bytes.Buffer
		if err := reports.WriteCard(&card, e, language); err != nil {
			return nil, err
		}
		cards = append(cards, reportCard{reports.CardName(language), card.Bytes()})
	}
	return cards, nil
}

// reportCard is the picture of a report in a language.
type reportCard struct {
	name string
	svg  []byte
}

func orEnglish(languages []string) []string {
	if len(languages) == 0 {
		return reports.Languages()[:1]
	}
	return languages
}

// reportPage is a report, or its summary, in a language.
type reportPage struct {
	name  string
	html  []byte
	paper []byte // what is printed to PDF
}

func pageFiles(pages []reportPage) (out []resultFile) {
	for _, p := range pages {
		out = append(out, resultFile{p.name, content(p.html)})
	}
	return out
}

// content writes what is there already.
func content(text []byte) func(io.Writer) error {
	return func(w io.Writer) error { _, err := w.Write(text); return err }
}

// ReportFolder is what Write has written.
type ReportFolder struct {
	Path    string
	LeftOut string // which file the folder lacks, and why; empty: none
}

// Write writes the report's folder below a folder, in place of a former one. It has a page and a summary in each of the languages, those that the study asks for where none is named; tables are in the first.
func (r *Report) Write(ctx context.Context, out string, languages ...string) (*ReportFolder, error) {
	target := filepath.Join(out, r.Edition.Study+"-report")
	if !nameForm.MatchString(r.Edition.Study) {
		return nil, fmt.Errorf("%q is no name of a study", r.Edition.Study)
	}
	if err := ownFiles(target, output.ReportMarker); err != nil {
		return nil, err
	}
	folder, err := output.Begin(target)
	if err != nil {
		return nil, err
	}
	defer folder.Discard()
	notice, err := r.Edition.Notice()
	if err != nil {
		return nil, err
	}
	record := &ReportRecord{Format: lca.ReportFormat, Study: r.Edition.Study, Edition: *notice}
	for i, x := range r.of {
		what := "run"
		switch {
		case x.Record.Projection != nil:
			what = "projection"
		case r.Edition.Before != nil && i == len(r.of)-1:
			what = "former edition"
		}
		record.Results = append(record.Results, ReportSource{what, x.Record.RunID, x.Digest})
	}
	if len(languages) == 0 {
		languages = r.Edition.Languages
	}
	pages, tables, err := pagesOf(r.Edition, languages)
	if err != nil {
		return nil, err
	}
	summaries, err := summariesOf(r.Edition, languages)
	if err != nil {
		return nil, err
	}
	pages = append(pages, summaries...)
	files := pageFiles(pages)
	for _, p := range pages {
		if !r.PDF {
			break
		}
		printed, err := chromium.Print(ctx, r.Chromium, p.paper, r.Edition.Year)
		if err != nil {
			return nil, err
		}
		files = append(files, resultFile{reports.PDFName(p.name), content(printed)})
	}
	cards, err := cardsOf(r.Edition, languages)
	if err != nil {
		return nil, err
	}
	for _, card := range cards {
		files = append(files, resultFile{card.name, content(card.svg)})
		if !r.PNG {
			continue
		}
		drawn, err := chromium.Picture(ctx, r.Chromium, card.svg, reports.CardWidth, reports.CardHeight)
		if err != nil {
			return nil, err
		}
		files = append(files, resultFile{reports.PNGName(card.name), content(drawn)})
	}
	beside, left, err := tableFiles(r.Edition, tables)
	if err != nil {
		return nil, err
	}
	files, record.LeftOut = append(files, beside...), left
	if record.Outputs, err = createAll(ctx, folder, files); err != nil {
		return nil, err
	}
	if _, err := create(folder, output.ReportMarker, func(w io.Writer) error { return writeJSON(w, record) }); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &ReportFolder{target, record.LeftOut}, folder.Commit()
}
