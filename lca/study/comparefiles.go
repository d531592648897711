package study

import (
	"context"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
)

// Differs reports whether a total differs by more than rounding, or stands on one side alone.
func (c *Comparison) Differs() bool {
	for i := range c.Totals {
		if t := &c.Totals[i]; t.Difference == nil || t.Changed() {
			return true
		}
	}
	return false
}

// Write writes comparison.parquet, comparison.json and, as page gives it, comparison.html into a new folder, which appears once it is complete.
func (c *Comparison) Write(ctx context.Context, target string, page func(io.Writer) error) error {
	return writeNew(ctx, target, []resultFile{{"comparison.parquet", c.writeParts}, {"comparison.json", func(w io.Writer) error { return writeJSON(w, c) }}, {"comparison.html", page}})
}

// writeNew writes files into a new folder, which appears once it is complete.
func writeNew(ctx context.Context, target string, files []resultFile) error {
	if err := NewFolder(target); err != nil {
		return err
	}
	folder, err := output.Begin(target)
	if err != nil {
		return err
	}
	defer folder.Discard()
	if _, err = createAll(ctx, folder, files); err != nil {
		return err
	}
	return folder.Commit()
}

// writeParts writes the comparison as a table.
func (c *Comparison) writeParts(w io.Writer) error {
	items := map[[2]string]CauseItem{}
	for _, cause := range c.Causes {
		for _, item := range cause.Items {
			items[[2]string{cause.Name, item.Name}] = item
		}
	}
	var rows []lca.ComparisonPart
	head := lca.ComparisonPart{StudyA: c.A.Study, StudyB: c.B.Study, MethodA: c.A.Method, MethodB: c.B.Method, PackA: c.A.Pack, PackB: c.B.Pack}
	units := map[string]string{}
	for i := range c.Totals {
		t := &c.Totals[i]
		units[t.Category] = t.Unit
		r := head
		r.Year, r.Category, r.Unit, r.Perspective, r.Accounting, r.By = t.Year, t.Category, t.Unit, t.Perspective, t.Accounting, "total"
		r.A, r.B, r.Difference = t.A, t.B, t.Difference
		if len(t.Parts) == 0 {
			rows = append(rows, r)
		}
		for _, p := range t.Parts {
			item := items[[2]string{p.Cause, p.Item}]
			cause := t.Causes[slices.IndexFunc(t.Causes, func(x CausePart) bool { return x.Cause == p.Cause })]
			r.CausePart = &cause.Value
			r.Cause, r.Item, r.Part, r.CauseP05, r.CauseP95, r.Detail, r.Was, r.Now = p.Cause, p.Item, &p.Value, cause.P05, cause.P95, item.Detail, item.Was, item.Now
			rows = append(rows, r)
		}
	}
	for i := range c.Names {
		n := &c.Names[i]
		r := head
		r.Year, r.Category, r.Unit, r.Perspective, r.Accounting, r.By, r.Name = c.Year, n.Category, units[n.Category], n.Perspective, n.Accounting, n.By, n.Name
		difference := n.Difference()
		r.A, r.B, r.Difference = n.A, n.B, &difference
		for u := range n.Causes {
			if n.Causes[u] != 0 {
				r.Cause, r.Part = c.Causes[u].Name, &n.Causes[u]
				rows = append(rows, r)
			}
		}
	}
	return parquet.WriteRows(w, rows, []parquet.KeyValue{{Key: parquet.FormatKey, Value: strconv.Itoa(lca.ComparisonFormat)}, {Key: "ailca.table", Value: "comparison"},
		{Key: "ailca.results_version", Value: strconv.Itoa(lca.ResultsVersion)}})
}

// NewFolder refuses a folder that holds anything.
func NewFolder(target string) error {
	if entries, err := os.ReadDir(target); err != nil || len(entries) == 0 {
		return nil
	}
	var probs diag.List
	probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: target}, Message: "the folder is not empty", Hint: "name a new folder"})
	return probs.Err()
}
