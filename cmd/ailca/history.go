package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
)

// historyCommand is "ailca history".
func (a *app) historyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "history FOLDER",
		Short: "Show each total as it was first published and as later editions restate it",
		Long: `Reads all result folders in a folder and below it, and lists each total (category, year, perspective, accounting) as the first edition states it that does, and as each later
one does, with the method, the factor pack and the id of the run. Editions stand in the order of what their studies call them (edition; the year where a study says nothing),
numbers by their value, then of the studies' names.

A total is the correctly rounded exact sum of the published cells. The change is against the edition before, in the unit of the total and in per cent of it: null, never 0, where that edition does
not state the total, or states it in another unit. It is unchanged where value and coverage are the same to the bit. An edition that no longer states a total has a row without a value. Where the coverage is incomplete a part was
refused under an accepted gap: a change between totals of unlike coverage is not one of the thing itself.

No file is read that has another digest than its run.json states; whether the figures are those of a run, ailca verify says.`,
		Example: `  ailca history out
  ailca history out --category climate_change --year 2024 --format csv`,
		Args: arguments("FOLDER"),
	}
	category := cmd.Flags().String("category", "", "totals of a `CATEGORY` alone")
	year := cmd.Flags().Int("year", 0, "totals of a calendar `YEAR` alone")
	format := formatFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := yearAsked(*year); err != nil {
			return err
		}
		var probs diag.List
		editions, totals, err := study.History(cmd.Context(), args[0], &probs)
		if err == nil {
			err = probs.Err()
		}
		if err != nil {
			return err
		}
		l := historyListing(totals, func(p *study.Published) bool {
			return (*category == "" || p.Category == *category) && (*year == 0 || p.Year == *year)
		})
		if len(l.rows) == 0 && len(totals) > 0 {
			var categories []string
			for i := range totals {
				categories = append(categories, totals[i].Category)
			}
			hint := ""
			if near := diag.Nearest(*category, categories); near != "" && near != *category {
				hint = "did you mean " + near + "?"
			}
			return &usageError{message: "no edition states such a total", hint: hint}
		}
		if err := l.writeLong(a.stdout, format(), l.columns, ""); err != nil {
			return err
		}
		if names := studiesOf(editions); len(names) > 1 {
			a.tell("the folder holds results of several studies, which are set beside each other as editions of one: " + strings.Join(names, ", "))
		}
		for _, e := range editions {
			a.tell(fmt.Sprintf("edition %s: %s, %s, %s, run %s, in %s", e.Text, e.Study, e.Method, e.Pack, e.RunID, e.Folder))
		}
		return nil
	}
	return cmd
}

// studiesOf are the names of the editions' studies without what tells years apart, in the order in which they come.
func studiesOf(editions []*study.Edition) (out []string) {
	for _, e := range editions {
		name := strings.TrimRight(e.Study, "0123456789.-_")
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// historyListing has a row for each total and edition from that on which first states it.
func historyListing(totals []study.Published, wanted func(*study.Published) bool) *listing {
	l := &listing{columns: []string{"category", "scenario", "year", "perspective", "accounting", "edition", "status", "value", "p05", "p95", "unit", "coverage", "change", "change_percent",
		"study", "method", "factor_pack", "run_id", "folder"}}
	for i := range totals {
		p := &totals[i]
		if !wanted(p) {
			continue
		}
		var value, p05, p95 any = absent{}, absent{}, absent{}
		coverage := ""
		if p.Value != nil {
			value, p05, p95 = within(*p.Value, p.P05, p.P95)
			if coverage = "complete"; !p.Complete {
				coverage = "incomplete"
			}
		}
		e := p.Edition
		l.add(p.Category, p.Scenario, p.Year, p.Perspective, p.Accounting, e.Text, p.Status, value, p05, p95, p.Unit, coverage, stated(p.Change), stated(p.Percent), e.Study, e.Method, e.Pack, e.RunID, e.Folder)
	}
	return l
}

// stated is a number as a listing takes it: absent where there is none.
func stated(v *float64) any {
	if v == nil {
		return absent{}
	}
	return *v
}
