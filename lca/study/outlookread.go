package study

import (
	"context"
	"fmt"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/reports"
)

// maxOutlook is how many totals an outlook has.
const maxOutlook = 1 << 18

// Outlook reads what a report shows of a projection's folder: its totals, with their quantiles, and the scenarios by the copies in the folder or, of embedded ones, by the program. The folder may come from
// a stranger: each table's digest must be that in run.json, and each scenario's that in the record.
func (r *Result) Outlook(ctx context.Context) (*reports.Outlook, error) {
	var probs diag.List
	if r.Record.Projection == nil {
		probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: r.Folder}, Message: "the folder holds the result of a run, and that of a projection is needed", Hint: "name the folder that ailca project says it has written"})
		return nil, probs.Err()
	}
	out := &reports.Outlook{RunID: r.Record.RunID, Draws: r.Record.Draws, Base: r.Record.Year, To: r.Record.Projection.To, Command: r.projectCommand()}
	for i := range r.Record.Projection.Scenarios {
		x := &r.Record.Projection.Scenarios[i]
		s := r.copiedScenario(x, &probs)
		if s == nil {
			return nil, probs.Err()
		}
		if "sha256:"+s.Digest != x.Digest {
			probs.Errorf(diag.DigestMismatch, r.at("run.json"), "the scenario %s is another one now: its digest is %s, that of the projection %s", x.Ref, s.Digest, x.Digest)
			return nil, probs.Err()
		}
		out.Cases = append(out.Cases, reports.OutlookCase{Name: x.Name, Ref: s.Ref(), Status: s.Status, Title: s.Title, Of: s.Of, Translations: translations(s.Translations), Source: s.Source, URL: s.URL})
	}
	type key struct {
		scenario, category, perspective, accounting string
		year                                        int
	}
	sums, at, beyond := map[key]*exact.Sum{}, map[key]int{}, false
	err := eachOf(ctx, r, impactsFile, func(row *lca.Impact) {
		if row.ShareOf != lca.Words().ShareOf[0].Name {
			return
		}
		k := key{row.Scenario, row.Category, row.Perspective, row.Accounting, row.Year}
		if sums[k] == nil && len(out.Totals) < maxOutlook {
			sums[k], at[k] = &exact.Sum{}, len(out.Totals)
			out.Totals = append(out.Totals, reports.OutlookTotal{Scenario: row.Scenario, Category: row.Category, Unit: row.Unit, Year: row.Year, Perspective: row.Perspective, Accounting: row.Accounting})
		}
		if s := sums[k]; s != nil {
			s.Add(row.Value)
		} else {
			beyond = true
		}
	})
	if err != nil {
		return nil, err
	}
	if beyond {
		probs.Add(diag.Problem{Code: diag.TooLarge, Place: r.at(impactsFile), Message: fmt.Sprintf("the projection has more than %d totals", maxOutlook)})
		return nil, probs.Err()
	}
	for k, s := range sums {
		out.Totals[at[k]].Value = s.Float64()
	}
	intervals, err := allRows[lca.Interval](ctx, r, "intervals.parquet")
	if err != nil {
		return nil, err
	}
	for i := range intervals {
		x := &intervals[i]
		if n, ok := at[key{x.Scenario, x.Category, x.Perspective, x.Accounting, x.Year}]; ok && x.By == aggregateNames[byTotal] {
			out.Totals[n].P05, out.Totals[n].P95 = &x.P05, &x.P95
		}
	}
	quantiles, err := allRows[lca.Quantile](ctx, r, "quantiles.parquet")
	if err != nil {
		return nil, err
	}
	for i := range quantiles {
		x := &quantiles[i]
		n, ok := at[key{x.Scenario, x.Category, x.Perspective, x.Accounting, x.Year}]
		switch {
		case !ok || x.By != aggregateNames[byTotal]:
		case x.Probability == 0.25:
			out.Totals[n].P25 = &x.Value
		case x.Probability == 0.75:
			out.Totals[n].P75 = &x.Value
		}
	}
	out.Sectors, err = allRows[lca.Sector](ctx, r, "sectors.parquet")
	return out, err
}

// projectCommand is what makes a projection again. Scenarios of files are named by their copies in the folder.
func (r *Result) projectCommand() string {
	var refs []string
	for _, s := range r.Record.Projection.Scenarios {
		if len(s.Files) > 0 {
			refs = append(refs, s.Files[0])
		} else {
			refs = append(refs, s.Ref)
		}
	}
	study := r.Record.StudyFile
	if study == "" {
		study = "open"
	}
	command := fmt.Sprintf("ailca project %s --scenarios %s --to %d", shellWord(study), shellWord(strings.Join(refs, ",")), r.Record.Projection.To)
	if n := r.Record.Asked.Draws; n != nil {
		command += fmt.Sprintf(" --draws %d", *n)
	}
	if n := r.Record.Asked.Seed; n != nil {
		command += fmt.Sprintf(" --seed %d", *n)
	}
	return command
}
