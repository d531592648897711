package study

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
	"github.com/ai-impact-observatory/ailca/reports"
)

// Options of a run. None of them changes a result.
type Options struct {
	Out      string                  // folder under which DIR/<study>/ is written; empty: "out"
	Jobs     int                     // workers; 0: one for each processor
	Progress func(done, total int64) // rows read so far and rows in all; called from any goroutine; may be nil
	Log      *slog.Logger            // may be nil
	Command  []string                // as typed, for timings.json
	Kind     string                  // of Validate: the kind of inventories whose columns do not tell it
	Quality  bool                    // of Validate: inventories are rated

	Memory  int64  // bytes that a run may take; what does not fit goes to scratch files. 0: all is held
	Scratch string // folder of these files; empty: the system's
	Amounts bool   // the amounts table is written, too: an option that adds a file
	Bundle  bool   // so is all that the study names by paths, so that the folder can be run again elsewhere; timings.json, which no digest holds, is left out
}

// Summary is what a run has to say on a terminal.
type Summary struct {
	Folder string
	Page   string       // the report, in the first of its languages
	Rows   []SummaryRow // totals of the study's year
	Notes  []string

	Performance Performance
}

// SummaryRow is a total, over published cells with share_of = total.
type SummaryRow struct {
	Category, Unit          string
	Year                    int
	Perspective, Accounting string
	Value                   float64
	P05, P95                *float64 // nil: nothing was drawn
	Complete                bool     // false: rows were refused under an accepted gap
}

// runState is what one run adds to its plan.
type runState struct {
	space   *amounts.Space
	options Options
	steps   []step
	started time.Time
	pace    Performance
}

// step is a timed part of a run.
type step struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

func (r *runState) timed(name string, do func() error) error {
	began := time.Now()
	err := do()
	r.steps = append(r.steps, step{name, time.Since(began).Seconds()})
	if r.options.Log != nil {
		r.options.Log.Debug(name, "seconds", time.Since(began).Seconds())
	}
	return err
}

// result is what a run computed.
type result struct {
	*assessment
	entries []lca.Entry // the ledger's, sorted

	reconciliation []lca.Reconciliation
	levers         *LeverResults // nil: the study names none
	shown          *shown
	scan           *engine.Result
	warnings       diag.List
}

// close lets go of scratch files.
func (r *result) close() {
	r.assessment.close()
	r.scan.Close()
}

// Run computes a study and writes its result folder. Problems of the files that the study names, and gaps that it does not accept, are returned as a
// *diag.Invalid; then nothing is written.
func Run(ctx context.Context, s *Study, o Options) (*Summary, error) {
	if o.Out == "" {
		o.Out = "out"
	}
	run := &runState{space: &amounts.Space{}, options: o, started: time.Now()}
	var probs diag.List
	var p *plan
	err := run.timed("open", func() (err error) {
		p, err = s.compiled(ctx, o.Jobs, &probs)
		if err == nil && probs.Count(diag.Error) > 0 { // all problems are told at once
			err = p.check(ctx, true, o.Jobs, &probs)
		}
		return err
	})
	defer p.close()
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		return nil, err
	}
	p.digestInputs(ctx, o.Jobs)
	res, err := p.compute(ctx, run, &probs)
	if err != nil {
		return nil, err
	}
	defer res.close()
	if len(p.levers) > 0 {
		own := o
		own.Progress = nil
		err := run.timed("levers", func() (err error) {
			res.levers, err = s.ComputeLevers(ctx, LeverOptions{Options: own, Levers: p.levers})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	folder := filepath.Join(o.Out, s.Name)
	if err := p.write(ctx, run, res, folder); err != nil {
		return nil, err
	}
	sum := &Summary{Folder: folder, Page: filepath.Join(folder, reports.PageName(p.study.Reports[0])), Rows: p.summary(res), Performance: run.performance()}
	if o.Bundle {
		sum.Notes = append(sum.Notes, p.bundleNote())
	}
	for _, list := range []*diag.List{&probs, &res.warnings} {
		for _, w := range list.Problems() {
			sum.Notes = append(sum.Notes, w.String())
		}
	}
	return sum, nil
}

// scanned scans and checks the inventories, and adds the amounts of other runs.
func (p *plan) scanned(ctx context.Context, run *runState, probs *diag.List) (*engine.Result, error) {
	run.pace = p.toRead()
	var done atomic.Int64
	var scan *engine.Result
	err := run.timed(scanStep, func() (err error) {
		p.startChecks()
		o := engine.Options{Jobs: run.options.Jobs, Memory: amountsMemory(run.options.Memory), Scratch: run.options.Scratch, Spread: p.spread}
		if run.options.Progress != nil {
			o.Progress = func(rows int64) { run.options.Progress(done.Add(rows), run.pace.Rows) }
		}
		scan, err = engine.Scan(ctx, p.inventories(run), run.space, o)
		if err := p.finishChecks(ctx, run.options.Jobs, err, probs); err != nil {
			return err
		}
		return p.addPartials(ctx, scan, run)
	})
	if err != nil {
		if scan != nil {
			scan.Close()
		}
		return nil, err
	}
	return scan, nil
}

// compute scans and checks the inventories and multiplies the amounts.
func (p *plan) compute(ctx context.Context, run *runState, probs *diag.List) (*result, error) {
	scan, err := p.scanned(ctx, run, probs)
	if err != nil {
		return nil, err
	}
	res := &result{assessment: p.newAssessment(run.space, &run.options), shown: p.newShown(), scan: scan}
	err = run.timed("assess", func() error {
		var probs diag.List
		p.periods(scan, &probs)
		if err := res.all(ctx, gathered{scan}); err != nil {
			return err
		}
		if err := p.explain(ctx, run, &res.holes); err != nil {
			return err
		}
		res.holes.report(p.study, &probs)
		if err := probs.Err(); err != nil {
			return err
		}
		res.warnings = probs
		if err := p.shareOut(ctx, run, res, &res.warnings); err != nil {
			return err
		}
		res.ledger.rows(scan.Counts)
		res.ledger.overlaps()
		if err := res.reconcile(ctx); err != nil {
			return err
		}
		res.entries = res.ledger.table()
		p.empty(scan, res.impacts.years(), &res.warnings)
		p.leftOut(&res.warnings)
		p.betweenPartials(&res.warnings)
		return res.finite()
	})
	if err == nil && res.forms != nil && !p.undrawn {
		if err = run.timed("draw", func() error { return res.draw(ctx, &run.options) }); err == nil {
			res.undrawn(&res.warnings)
		}
	}
	if err != nil {
		res.close()
		return nil, err
	}
	return res, nil
}

// periods refuses rows whose calendar year is not known: a factor, and the total that they enter, depend on it.
func (p *plan) periods(scan *engine.Result, probs *diag.List) {
	for i, k := range p.kinds {
		c := &scan.Counts[i]
		if c.NoPeriod == 0 {
			continue
		}
		probs.Add(diag.Problem{Code: diag.NoPeriod, Place: diag.Place{File: k.files()[c.FirstNoPeriod.File], Row: c.FirstNoPeriod.Row},
			Message: "the row says no time: neither " + k.kind.Period.From + ", " + k.kind.Period.To + " nor " + k.kind.Period.Year + others(c.NoPeriod),
			Why:     "a total is per calendar year, and factors change from year to year"})
	}
}

// empty warns of a study whose year has no result: a filter or a year that fits no row is a mistake more often than a finding.
func (p *plan) empty(scan *engine.Result, with []int, probs *diag.List) {
	var years []string
	for _, y := range with {
		if y == p.study.Year {
			return
		}
		years = append(years, strconv.Itoa(y))
	}
	var parts []string
	var rows, ruleless int64
	for s := range amounts.Statuses {
		var n int64
		for i, k := range p.kinds {
			count := scan.Counts[i].Rows[s]
			rows += count
			if amounts.Status(s) == amounts.InTotal && !p.method.Has(k.kind.Name) {
				ruleless += count
			} else {
				n += count
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, amounts.Status(s)))
		}
	}
	if ruleless > 0 {
		parts = append(parts, fmt.Sprintf("%d of kinds that the method has no rules for", ruleless))
	}
	message := fmt.Sprintf("no row enters a total of %d: %d rows were read", p.study.Year, rows)
	if len(parts) > 0 {
		message += ", " + strings.Join(parts, ", ")
	}
	x := p.study.at("year").Problem(diag.NoTotal, "%s", message)
	x.Severity = diag.Warning
	if len(years) > 0 {
		x.Hint = "there are results for " + strings.Join(years, ", ")
	}
	probs.Add(x)
}

// finite refuses results that are no numbers, and negative ones, which no activity has.
func (r *result) finite() error {
	const most = 100 // problems that are listed
	var probs diag.List
	enough := errors.New("enough")
	if r.intensities.odd {
		err := r.intensities.each(func(i *lca.Intensity, _ uint32) error {
			if i.Value-i.Value != 0 {
				probs.Errorf(diag.NotFinite, diag.Place{}, "the intensity of %s, %s, %s per %s is %v", i.Category, i.Item, i.Model, i.FunctionalUnit, i.Value)
			}
			if probs.Count(diag.Error) >= most {
				return enough
			}
			return nil
		})
		if err != nil && err != enough {
			return err
		}
	}
	if r.impacts.odd {
		err := r.impacts.each(func(i *lca.Impact, _ uint32) error {
			if i.Value < 0 && i.ShareOf == lca.Words().ShareOf[0].Name {
				probs.Errorf(diag.NegativeTotal, diag.Place{}, "the result for %s, %s, %d, %s is %v: a part of a total cannot be negative", i.Category, i.Stage, i.Year, i.Item, i.Value)
			}
			if i.Value-i.Value != 0 {
				probs.Errorf(diag.NotFinite, diag.Place{}, "the result for %s, %s, %d, %s is %v", i.Category, i.Stage, i.Year, i.Item, i.Value)
			}
			if probs.Count(diag.Error) >= most {
				return enough
			}
			return nil
		})
		if err != nil && err != enough {
			return err
		}
	}
	return probs.Err()
}

// summary lists the totals of the study's year.
func (p *plan) summary(res *result) []SummaryRow {
	words := lca.Words()
	var out []SummaryRow
	for _, category := range words.Categories {
		for _, perspective := range words.Perspectives {
			for _, accounting := range words.Accountings {
				sel := reports.Selection{Study: p.study.Name, Scenario: scenario, Year: p.study.Year, Perspective: perspective.Name, Accounting: accounting.Name,
					Method: p.method.Ref(), Pack: p.pack.Ref(), Category: category.Name}
				if v, err := res.shown.totals.Total(sel); err == nil {
					row := SummaryRow{Category: category.Name, Unit: category.Unit, Year: p.study.Year, Perspective: perspective.Name, Accounting: accounting.Name,
						Value: v, Complete: !res.incomplete[incompleteKey{p.study.Year, perspective.Name, accounting.Name, category.Name}]}
					row.P05, row.P95 = res.intervals.total(&row)
					out = append(out, row)
				}
			}
		}
	}
	return out
}

// total is the interval of a total; nil where there is none. So is that of no intervals.
func (in *intervals) total(of *SummaryRow) (p05, p95 *float64) {
	if in == nil {
		return nil, nil
	}
	for i := range in.sums {
		if x := &in.sums[i]; x.By == aggregateNames[byTotal] && x.Year == of.Year && x.Category == of.Category && x.Perspective == of.Perspective && x.Accounting == of.Accounting {
			return &x.P05, &x.P95
		}
	}
	return nil, nil
}

// write puts all files of the result into a folder that appears once it is complete.
func (p *plan) write(ctx context.Context, run *runState, res *result, target string) error {
	if err := replaceable(target); err != nil {
		return err
	}
	folder, err := output.Begin(target)
	if err != nil {
		return err
	}
	defer folder.Discard()
	record, err := p.newRecord(ctx, res.intervals)
	if err != nil {
		return err
	}
	err = run.timed("write", func() error {
		// The tables beside each other, and then the report, which is made of what was met on the way.
		tables := []resultFile{{"impacts.parquet", p.writeImpacts(res)}, {"ledger.parquet", p.writeLedger(res)}, {"intensities.parquet", p.writeIntensities(res)}}
		if res.intervals != nil {
			tables = append(tables, p.writeIntervals(res)...)
		}
		if p.study.Reconcile != nil {
			tables = append(tables, resultFile{"reconciliation.parquet", p.writeReconciliation(res)})
		}
		if res.levers != nil {
			tables = append(tables, resultFile{"levers.parquet", func(w io.Writer) error {
				return parquet.WriteRows(w, res.levers.Effects, p.meta("levers", lca.LeversFormat))
			}})
		}
		tables = append(tables, resultFile{studyCopy, func(w io.Writer) error {
			_, err := w.Write(p.study.text)
			return err
		}})
		if run.options.Amounts {
			tables = append(tables, resultFile{amountsFile, p.writeAmounts(res.scan, run.space, record)})
		}
		if record.Outputs, err = createAll(ctx, folder, tables); err != nil {
			return err
		}
		e, err := p.edition(res, record)
		if err != nil {
			return err
		}
		pages, _, err := pagesOf(e, e.Languages)
		if err != nil {
			return err
		}
		written, err := createAll(ctx, folder, append([]resultFile{{editionText, e.WriteText}}, pageFiles(pages)...))
		if err != nil {
			return err
		}
		record.Outputs = append(record.Outputs, written...)
		if run.options.Bundle {
			if record.Bundle, err = p.writeBundle(ctx, folder, record.Inputs); err != nil {
				return err
			}
		}
		_, err = create(folder, output.Marker, record.write)
		return err
	})
	if err != nil {
		return err
	}
	if !run.options.Bundle {
		if _, err := create(folder, timingsFile, run.timings(p.study)); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return folder.Commit()
}

// resultFile is a file of the result folder.
type resultFile struct {
	name  string
	write func(io.Writer) error
}

// createAll writes files at the same time, and returns their records in the order of the files. The error is that of the first that failed.
func createAll(ctx context.Context, folder *output.Folder, files []resultFile) ([]FileRecord, error) {
	records, errs := make([]FileRecord, len(files)), make([]error, len(files))
	var wait sync.WaitGroup
	for i, f := range files {
		wait.Go(func() {
			digest, err := create(folder, f.name, func(w io.Writer) error { return f.write(stopping{ctx, w}) })
			records[i], errs[i] = FileRecord{Path: f.name, SHA256: digest}, err
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return records, ctx.Err()
}

// stopping is a writer that fails once the context is done.
type stopping struct {
	context.Context
	io.Writer
}

func (s stopping) Write(b []byte) (int, error) {
	if err := s.Err(); err != nil {
		return 0, err
	}
	return s.Writer.Write(b)
}

// host tells on what a run took place, for timings.json.
func host() map[string]any {
	name, _ := os.Hostname()
	return map[string]any{"name": name, "os": runtime.GOOS, "arch": runtime.GOARCH, "processors": runtime.NumCPU(), "go": runtime.Version()}
}

// inGroup reports whether the study groups by a column.
func (s *Study) inGroup(name string) bool { return slices.Contains(s.GroupBy, name) }
