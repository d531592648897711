package main

import (
	"context"
	"path/filepath"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
)

// openEdition is what the embedded open edition is called on the command line.
const openEdition = "open"

// runBeside runs several studies one after the other and prints their totals side by side. Problems of all are found before the first is run.
func (a *app) runBeside(ctx context.Context, paths []string, o study.Options, sampling func(*study.Study) error, format string) error {
	var probs diag.List
	studies := make([]*study.Study, len(paths))
	for i, path := range paths {
		studies[i] = loadStudy(ctx, []string{path}, &probs)
	}
	if err := probs.Err(); err != nil {
		return err
	}
	a.printProblems(&probs)
	for _, s := range studies {
		if err := sampling(s); err != nil {
			return err
		}
	}
	names := map[string]string{}
	for i, s := range studies {
		if before, twice := names[s.Name]; twice {
			return &usageError{message: before + " and " + paths[i] + " are both called " + s.Name, hint: "their results would stand in one folder: give one of them another name"}
		}
		names[s.Name] = paths[i]
	}
	summaries := make([]*study.Summary, len(paths))
	for i, s := range studies {
		summary, err := study.Run(ctx, s, o)
		if err != nil {
			return err
		}
		summaries[i] = summary
	}
	if err := besideListing(summaries, format != "table").write(a.stdout, format); err != nil {
		return err
	}
	for _, s := range summaries {
		a.tell(s.Notes...)
		a.tell("written to "+s.Folder, "report: "+s.Page, pace(&s.Performance))
	}
	return nil
}

// besideListing has a column for each study, with the value where it has the total, two of its interval if asked for, and one that says whether a part lacks.
func besideListing(summaries []*study.Summary, intervals bool) *listing {
	l := &listing{columns: []string{"category", "year", "perspective", "accounting"}}
	type total struct {
		category, unit          string
		year                    int
		perspective, accounting string
	}
	at := map[total]int{}
	for i, s := range summaries {
		name := filepath.Base(s.Folder)
		first := len(l.columns)
		if l.columns = append(l.columns, name); intervals {
			l.columns = append(l.columns, name+"_p05", name+"_p95")
		}
		l.columns = append(l.columns, name+"_coverage")
		wide := len(l.columns) - first
		for _, r := range s.Rows {
			key := total{r.Category, r.Unit, r.Year, r.Perspective, r.Accounting}
			row, ok := at[key]
			if !ok {
				row = len(l.rows)
				at[key] = row
				l.add(r.Category, r.Year, r.Perspective, r.Accounting)
				for range summaries {
					for range wide - 1 {
						l.rows[row] = append(l.rows[row], absent{})
					}
					l.rows[row] = append(l.rows[row], "")
				}
				l.rows[row] = append(l.rows[row], r.Unit)
			}
			coverage := "complete"
			if !r.Complete {
				coverage = "incomplete"
			}
			value, p05, p95 := within(r.Value, r.P05, r.P95)
			cells := []any{value, coverage}
			if intervals {
				cells = []any{value, p05, p95, coverage}
			}
			copy(l.rows[row][4+wide*i:], cells)
		}
	}
	l.columns = append(l.columns, "unit")
	return l
}
