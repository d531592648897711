package main

import (
	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
)

// validateCommand is "ailca validate".
func (a *app) validateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "validate PATH...",
		Short: "Check studies, inventories, factor packs and methods",
		Long: `Finds every problem of every file and prints them together on standard error. A path leads to a study or a method (.yaml), to an
inventory (.parquet), or to the folder of a factor pack. The kind of an inventory is recognised by its columns unless --kind names it.
With --format json or csv the problems are printed on standard output, all of them, in a form for programs.`,
		Example: `  ailca validate study.yaml
  ailca validate runs.parquet --kind training_runs
  ailca validate study.yaml --format json`,
		Args: arguments("PATH..."),
	}
	kind := cmd.Flags().String("kind", "", "the `KIND` of the inventories; recognised where it is not given")
	cmd.RegisterFlagCompletionFunc("kind", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return kindNames(), cobra.ShellCompDirectiveNoFileComp
	})
	format := choice(cmd, "format", "FORMAT", "how to print the problems", "text", "json", "csv")
	cmd.RunE = func(cmd *cobra.Command, paths []string) error {
		if *kind != "" {
			if _, ok := datasets.KindByName(*kind); !ok {
				return unknownKind(*kind)
			}
		}
		var probs diag.List
		o, done := a.options(cmd.Context())
		defer done()
		o.Kind = *kind
		study.Validate(cmd.Context(), paths, o, &probs)
		done()
		if err := cmd.Context().Err(); err != nil {
			return err
		}
		return a.verdict(&probs, format(), plural(len(paths), "path")+" valid")
	}
	return cmd
}

// verdict prints what a check found: for programs all problems, on standard output; for people the errors, or else the warnings and that all is well.
func (a *app) verdict(probs *diag.List, format, well string) error {
	if format != "text" {
		if err := problemListing(probs).write(a.stdout, format); err != nil {
			return err
		}
		return printed(probs.Err())
	}
	if err := probs.Err(); err != nil {
		return err
	}
	a.printProblems(probs)
	a.tell(well)
	return nil
}

// refusal ends a command whose input has errors: for programs they are listed, on standard output, in place of a result.
func (a *app) refusal(probs *diag.List, format string) error {
	if format == "text" || format == "table" {
		return probs.Err()
	}
	if err := problemListing(probs).write(a.stdout, format); err != nil {
		return err
	}
	return printed(probs.Err())
}

// printed marks an error as one that needs no more printing.
func printed(err error) error {
	if err == nil {
		return nil
	}
	return &printedError{err}
}

// problemListing is a list of problems as a listing: a line that is unknown is 0, a text that is unknown is empty.
func problemListing(probs *diag.List) *listing {
	l := &listing{columns: []string{"severity", "code", "file", "line", "col", "row", "column", "message", "why", "hint"}}
	for _, p := range probs.Problems() {
		l.add(p.Severity.String(), string(p.Code), p.Place.File, p.Place.Line, p.Place.Col, p.Place.Row, p.Place.Column, p.Message, p.Why, p.Hint)
	}
	return l
}
