package study

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/datasets/folder"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
	"github.com/ai-impact-observatory/ailca/reports"
)

// Bounds of what is read of a report's folder, which may come from a stranger.
const (
	maxReportRecord  = 16 << 20 // bytes of report.json, which lists a file for each table
	maxReportText    = 4096     // bytes of each of its texts
	maxReportLeading = 16       // totals; a report has one for each perspective
)

// IndexedReports reads the folders of reports for an index that stands in a folder above all of them. Each file that an index links to must be the one that was written, by its digest. All problems go to probs.
func IndexedReports(ctx context.Context, folders []string, above string, probs *diag.List) (out []reports.Indexed) {
	for _, name := range folders {
		if ctx.Err() != nil {
			probs.AddError(ctx.Err(), diag.Usage, diag.Place{})
			return nil
		}
		at := diag.Place{File: filepath.ToSlash(filepath.Clean(name))}
		way, err := wayTo(name, above)
		switch {
		case err != nil:
			probs.Add(diag.Problem{Code: diag.Usage, Place: at, Message: fmt.Sprintf("the folder does not lie below %s, where the index is to stand", filepath.ToSlash(above)), Why: "its links lead to what is published with it",
				Hint: "name by --out the folder that holds the reports"})
			continue
		case slices.ContainsFunc(out, func(r reports.Indexed) bool { return r.Folder == way }):
			probs.Add(diag.Problem{Code: diag.DuplicateName, Place: at, Message: "the folder is named twice"})
			continue
		}
		if r := indexedReport(ctx, name, at.File, probs); r != nil {
			r.Folder = way
			out = append(out, *r)
		}
	}
	return out
}

// wayTo is the path of a folder from one above it, with slashes.
func wayTo(name, above string) (string, error) {
	from, err := filepath.Abs(above)
	if err != nil {
		return "", err
	}
	to, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	way, err := filepath.Rel(from, to)
	if way = filepath.ToSlash(way); err == nil && !isLocal(way) {
		err = fmt.Errorf("%s does not lie in %s", name, above)
	}
	return way, err
}

// indexedReport reads one folder; nil, with the problem told, where it is none of a report.
func indexedReport(ctx context.Context, name, shown string, probs *diag.List) *reports.Indexed {
	at := func(file string) diag.Place { return diag.Place{File: shown + "/" + file} }
	root, err := os.OpenRoot(name)
	if err != nil {
		probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: shown}, Message: "the folder of a report is needed: " + noFolder(err), Hint: "name the folder that ailca report says it has written"})
		return nil
	}
	defer root.Close()
	text, err := readWithin(root, output.ReportMarker, maxReportRecord)
	if err != nil {
		probs.Add(diag.Problem{Code: unreadCode(err, diag.MissingFile), Place: at(output.ReportMarker), Message: "the record of a report is needed: " + cause(err), Hint: "name the folder that ailca report says it has written"})
		return nil
	}
	record, problem := parseReport(text)
	if problem != nil {
		problem.Place = at(output.ReportMarker)
		probs.Add(*problem)
		return nil
	}
	out, good := &reports.Indexed{Study: record.Study, Notice: record.Edition}, true
	linked := reports.IndexFiles()
	for _, f := range record.Outputs {
		if slices.Contains(linked, f.Path) {
			out.Files = append(out.Files, f.Path)
			good = asWritten(ctx, root, f, at(f.Path), probs) && good
		}
	}
	if len(out.Files) == 0 {
		probs.Errorf(diag.MissingFile, at(output.ReportMarker), "it lists no page")
	}
	if !good || len(out.Files) == 0 {
		return nil
	}
	return out
}

// asWritten tells whether a file of a report has the digest that its record states; if not, the problem is told.
func asWritten(ctx context.Context, root *os.Root, f FileRecord, at diag.Place, probs *diag.List) bool {
	info, err := root.Lstat(f.Path)
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	var sum string
	if err == nil {
		var file *os.File
		if file, _, err = openWithin(root, f.Path); err == nil {
			sum, err = folder.Digest(ctx, file)
			file.Close()
		}
	}
	switch {
	case err != nil:
		probs.Errorf(diag.MissingFile, at, "the file that %s lists: %s", output.ReportMarker, cause(err))
	case sum != f.SHA256:
		probs.Add(diag.Problem{Code: diag.DigestMismatch, Place: at, Message: "the file is not the one that was written: its SHA-256 is " + sum, Why: output.ReportMarker + " states " + f.SHA256, Hint: "fetch the folder again, or write the report again"})
	default:
		return true
	}
	return false
}

// parseReport reads the text of report.json. The place of the problem is left open.
func parseReport(text []byte) (*ReportRecord, *diag.Problem) {
	return parseWritten[ReportRecord](text, writtenRecord{of: "a report", format: lca.ReportFormat, again: "write the report again"})
}

// wrong says what of a record no report writes; empty for nothing.
func (r *ReportRecord) wrong() string {
	e := &r.Edition
	switch {
	case !nameForm.MatchString(r.Study):
		return fmt.Sprintf("%q is no name of a study", r.Study)
	case !amounts.YearKnown(e.Year):
		return fmt.Sprintf("%d is no year of a study", e.Year)
	case len(e.Leading) > maxReportLeading:
		return fmt.Sprintf("it has %d leading totals", len(e.Leading))
	}
	texts := []string{e.Title, e.Language, e.Edition, e.Status, e.Method, e.MethodStatus, e.Pack, e.PackStatus, e.RunID, e.Licence}
	for language, title := range e.Titles {
		texts = append(texts, language, title)
	}
	for _, l := range e.Leading {
		if (l.P05 == nil) != (l.P95 == nil) || l.P05 != nil && *l.P05 > *l.P95 {
			return "a total has half an interval, or one that is upside down"
		}
		texts = append(texts, l.Perspective, l.Accounting, l.Category, l.Unit)
	}
	for _, t := range texts {
		if len(t) > maxReportText || !utf8.ValidString(t) {
			return fmt.Sprintf("a text has more than %d bytes", maxReportText)
		}
	}
	seen := map[string]bool{}
	for _, f := range r.Outputs {
		if !isLocal(f.Path) || !isDigest(f.SHA256) || seen[f.Path] {
			return fmt.Sprintf("the file %q is listed twice, or without a digest, or lies elsewhere", f.Path)
		}
		seen[f.Path] = true
	}
	return ""
}
