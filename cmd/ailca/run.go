package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
)

// runCommand is "ailca run".
func (a *app) runCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "run [STUDY]...",
		Aliases: []string{"assess"},
		Short:   "Run a study, or the embedded open edition, and write its result folder",
		Long: `Writes the impact table, the ledger, the intensities and the report to DIR/<study>/, DIR being what --out says, and prints a summary.
p05 and p95 are the 5th and the 95th percentile of a total; the table for people rounds them and the value to the digits that they carry, csv and json do not.
Without a study, or with open in its place, the open edition that is part of the program is run. The folder appears once it is complete, in place of a former
result; a run that fails or is interrupted leaves what was there before.

Several studies are run one after the other and their totals printed side by side, with their percentiles in csv and json.

Every figure is drawn: its 5th, 50th and 95th percentile stand in the tables, those of totals in intervals.parquet, what they come from in causes.parquet and
which entries cannot be told apart in rankings.parquet. How many times, and from which seed, says the study (draws, seed, sampling), or --draws and --seed.

With --amounts the exact sums that all results come from are written, too. A study takes such tables of others under amounts: what several
machines have read of one inventory adds up to the result of the whole, to the bit.

With --bundle the folder holds what somebody else needs to run it again, too: the method, packs, inventories and amounts that the study names by paths, copied to bundle/, with
the licences of their rows. The study's text stays as it is. ailca verify runs such a folder again wherever it lies. It has no timings.json.

With --explain-plan nothing is computed or written: the files are opened, their columns checked and the method compiled, and what a run would
read and do is printed.`,
		Example: `  ailca run
  ailca run study.yaml --out results
  ailca run --format csv --quiet
  ailca run study.yaml open
  ailca run study.yaml --bundle
  ailca run study.yaml --explain-plan`,
		Args: arguments("[STUDY]..."),
	}
	format := formatFlag(cmd)
	table := cmd.Flags().Bool("amounts", false, "write the table of amounts, which other runs can add to theirs")
	bundle := cmd.Flags().Bool("bundle", false, "copy what the study names into the result folder, so that others can run it again")
	sampling := samplingFlags(cmd)
	explain := cmd.Flags().Bool("explain-plan", false, "print what a run would read and do, and end")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			if *explain {
				return &usageError{message: "--explain-plan takes one study", hint: "name one of them"}
			}
			o, done := a.options(cmd.Context())
			defer done()
			o.Amounts, o.Bundle = *table, *bundle
			return a.runBeside(cmd.Context(), args, o, sampling, format())
		}
		s, err := a.sampled(cmd.Context(), args, sampling)
		if err != nil {
			return err
		}
		if *explain {
			return a.explainPlan(cmd.Context(), s, format())
		}
		o, done := a.options(cmd.Context())
		defer done()
		o.Amounts, o.Bundle = *table, *bundle
		summary, err := study.Run(cmd.Context(), s, o)
		done()
		if err != nil {
			return err
		}
		if err := summaryListing(summary).write(a.stdout, format()); err != nil {
			return err
		}
		a.tell(summary.Notes...)
		a.tell("written to "+summary.Folder, "report: "+summary.Page, pace(&summary.Performance))
		return nil
	}
	return cmd
}

func loadStudy(ctx context.Context, args []string, probs *diag.List) *study.Study {
	if len(args) == 0 || args[0] == openEdition {
		return study.EmbeddedEdition(probs)
	}
	return study.LoadFile(ctx, args[0], probs)
}

// summaryListing is the summary as a listing. A total that lacks a part is marked, so that nobody cites it as the whole.
func summaryListing(s *study.Summary) *listing {
	l := &listing{columns: []string{"category", "year", "perspective", "accounting", "value", "p05", "p95", "unit", "coverage"}}
	for _, r := range s.Rows {
		coverage := "complete"
		if !r.Complete {
			coverage = "incomplete"
		}
		value, p05, p95 := within(r.Value, r.P05, r.P95)
		l.add(r.Category, r.Year, r.Perspective, r.Accounting, value, p05, p95, r.Unit, coverage)
	}
	return l
}

// tell prints lines to standard error at the log levels info and debug.
func (a *app) tell(lines ...string) {
	if a.settings.LogLevel != "info" && a.settings.LogLevel != "debug" {
		return
	}
	for _, line := range lines {
		fmt.Fprintln(a.stderr, printable(line))
	}
}

// sampled loads a study, prints its warnings, and has it draw as flags say.
func (a *app) sampled(ctx context.Context, args []string, sampling func(*study.Study) error) (*study.Study, error) {
	var probs diag.List
	s := loadStudy(ctx, args, &probs)
	if err := probs.Err(); err != nil {
		return nil, err
	}
	a.printProblems(&probs)
	return s, sampling(s)
}
