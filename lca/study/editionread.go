package study

import (
	"bytes"
	"context"
	"io"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets/folder"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/reports"
)

// A report is made of result tables alone: those of a folder that lies anywhere give the report that the run wrote, to the byte, without its inventories, method or factors.

// maxEditionText bounds edition.json, which lists at most 5,000 rows of each kind.
const maxEditionText = 64 << 20

// mostRows of the tables that a report holds whole; the tables of impacts and of intensities, which may be larger, are read row by row.
const mostRows = 4 << 20

// table opens a table of the folder, whose digest must be that in the record.
func (r *Result) table(ctx context.Context, name string) (table *parquet.File, close func() error, err error) {
	var probs diag.List
	at := slices.IndexFunc(r.Record.Outputs, func(o FileRecord) bool { return o.Path == name })
	if at < 0 {
		probs.Errorf(diag.MissingFile, r.at(name), "the run wrote no such table")
		return nil, nil, probs.Err()
	}
	f, size, err := openWithin(r.root, name)
	if err != nil {
		probs.Errorf(diag.MissingFile, r.at(name), "the table: %s", cause(err))
		return nil, nil, probs.Err()
	}
	sum, err := folder.Digest(ctx, io.NewSectionReader(f, 0, size))
	if err == nil && sum != r.Record.Outputs[at].SHA256 {
		probs.Add(diag.Problem{Code: diag.DigestMismatch, Place: r.at(name), Message: "the table is not the one that the run wrote: its SHA-256 is " + sum, Hint: "ailca verify says what of the folder was changed"})
		err = probs.Err()
	}
	if err == nil {
		table, err = parquet.Open(r.at(name).File, f, size)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return table, f.Close, nil
}

// wrote reports whether the run wrote a file.
func (r *Result) wrote(name string) bool {
	return slices.ContainsFunc(r.Record.Outputs, func(o FileRecord) bool { return o.Path == name })
}

// allRows reads a table of the folder; none where the run wrote none.
func allRows[T any](ctx context.Context, r *Result, name string) ([]T, error) {
	if !r.wrote(name) {
		return nil, nil
	}
	table, close, err := r.table(ctx, name)
	if err != nil {
		return nil, err
	}
	defer close()
	return parquet.ReadRows[T](table, mostRows)
}

// eachOf visits the rows of a table of the folder.
func eachOf[T any](ctx context.Context, r *Result, name string, visit func(row *T)) error {
	table, close, err := r.table(ctx, name)
	if err != nil {
		return err
	}
	defer close()
	n := 0
	return parquet.EachRow(table, func(row *T) error {
		if n++; n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		visit(row)
		return nil
	})
}

// Edition reads what the report of a result folder is made of. The folder may come from a stranger: each file's digest must be that in run.json.
func (r *Result) Edition(ctx context.Context) (*reports.Edition, error) {
	var probs diag.List
	at := slices.IndexFunc(r.Record.Outputs, func(o FileRecord) bool { return o.Path == editionText })
	if at < 0 {
		probs.Add(diag.Problem{Code: diag.MissingFile, Place: r.at(editionText), Message: "the folder does not hold what a report says beside its tables", Hint: "run the study again with this version of ailca"})
		return nil, probs.Err()
	}
	if !r.checkFile(ctx, r.Record.Outputs[at], &probs) {
		return nil, probs.Err()
	}
	text, err := r.read(editionText, maxEditionText)
	if err != nil {
		probs.Errorf(unreadCode(err, diag.MissingFile), r.at(editionText), "the file cannot be read: %v", cause(err))
		return nil, probs.Err()
	}
	e, err := reports.ReadText(bytes.NewReader(text))
	if err != nil {
		probs.Errorf(diag.Syntax, r.at(editionText), "not the text of an edition: %v", err)
		return nil, probs.Err()
	}
	e.Totals = &reports.Totals{Year: e.Year}
	if err := eachOf(ctx, r, impactsFile, e.Totals.Add); err != nil {
		return nil, err
	}
	entries := &reports.Entries{}
	if err := eachOf(ctx, r, "intensities.parquet", entries.Add); err != nil {
		return nil, err
	}
	if rows, ok := entries.Whole(); ok {
		e.Intensities = rows
	} else {
		e.Listed = entries
	}
	for _, read := range []func() error{
		func() (err error) { e.Ledger, err = allRows[lca.Entry](ctx, r, "ledger.parquet"); return },
		func() (err error) { e.Intervals, err = allRows[lca.Interval](ctx, r, "intervals.parquet"); return },
		func() (err error) { e.Rankings, err = allRows[lca.Ranking](ctx, r, "rankings.parquet"); return },
		func() (err error) { e.Causes, err = allRows[lca.Cause](ctx, r, "causes.parquet"); return },
		func() (err error) { e.Effects, err = allRows[lca.LeverEffect](ctx, r, "levers.parquet"); return },
		func() (err error) {
			e.Reconciliation, err = allRows[lca.Reconciliation](ctx, r, "reconciliation.parquet")
			return
		},
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return e, nil
}
