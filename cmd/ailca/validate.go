package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

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
inventory (.parquet), or to a folder: a factor pack, a package, or a version of a dataset. The kind of an inventory is recognised by its columns unless --kind names it. Files of one kind
are one inventory: no id may stand in two of them. Devices are looked for in a hardware inventory beside them, then in the open edition.

Errors refuse a file. Warnings ask somebody to look: values that are implausible or contradict each other, rows that are one thing under two names or
count something twice, texts that tell of a person. Notes say what is worth knowing. --checks lists all that is looked for beside form and reference,
with reason and source; --deny warnings ends with exit code 6 where there are any. A run refuses the same errors and looks for nothing else.

With --quality each inventory is rated by the six indicators of the ILCD handbook, on standard output: for each indicator the share of the rows, and of
their energy where it is given, at each level from 1, very good, to 5, very poor, and the mean with its class.
With --format json or csv the problems, or the rating, are printed on standard output in a form for programs. Memory does not grow with the problems: of
one check at most 100 are listed and of one severity at most 1,000; the others are counted, and a last line for each severity and code says how many.`,
		Example: `  ailca validate study.yaml
  ailca validate runs.parquet --kind training_runs --quality
  ailca validate study.yaml --format json --deny warnings
  ailca validate --checks`,
		Args: cobra.ArbitraryArgs,
	}
	kind := cmd.Flags().String("kind", "", "the `KIND` of the inventories; recognised where it is not given")
	cmd.RegisterFlagCompletionFunc("kind", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return kindNames(), cobra.ShellCompDirectiveNoFileComp
	})
	format := choice(cmd, "format", "FORMAT", "how to print the problems", "text", "json", "csv")
	deny := choice(cmd, "deny", "SEVERITY", "what ends with exit code 6, beside errors", "nothing", "warnings", "notes")
	checks := cmd.Flags().Bool("checks", false, "list what is looked for, with severity, reason and source")
	quality := cmd.Flags().Bool("quality", false, "rate the quality of the inventories' data")
	cmd.RunE = func(cmd *cobra.Command, paths []string) error {
		if *checks {
			return a.listChecks(format())
		}
		if len(paths) == 0 {
			return &usageError{message: "ailca validate needs PATH...", hint: "see ailca validate --help"}
		}
		if *kind != "" {
			if _, ok := datasets.KindByName(*kind); !ok {
				return unknownKind(*kind)
			}
		}
		var probs diag.List
		o, done := a.options(cmd.Context())
		defer done()
		o.Kind, o.Quality = *kind, *quality
		var files []string
		for _, path := range paths {
			files = append(files, inventoriesOf(path)...)
		}
		rated := study.Validate(cmd.Context(), files, o, &probs)
		done()
		if err := cmd.Context().Err(); err != nil {
			return err
		}
		if *quality {
			if err := a.writeRatings(rated, format()); err != nil {
				return err
			}
			if format() != "text" {
				return a.denied(&probs, deny(), probs.Err())
			}
		}
		return a.denied(&probs, deny(), a.findings(&probs, format(), plural(len(paths), "path")+" valid"))
	}
	return cmd
}

// inventoriesOf are the inventories of a folder that is no factor pack and has some; of anything else the path itself.
func inventoriesOf(path string) []string {
	if _, err := os.Lstat(filepath.Join(path, "pack.yaml")); err == nil {
		return []string{path}
	}
	var probs diag.List
	if files := filesOf(path, &probs); len(files) > 0 {
		return files
	}
	return []string{path}
}

// denied ends a command that is to let nothing of a severity through, and else as it ended.
func (a *app) denied(probs *diag.List, deny string, err error) error {
	if err != nil || deny == "nothing" || probs.Count(diag.Warning) == 0 && (deny == "warnings" || probs.Count(diag.Note) == 0) {
		return err
	}
	return printed(&gateError{})
}

// findings prints what a check found: for programs all problems, on standard output; for people all of them, the errors first, with their count, and
// that all is well where there is no error.
func (a *app) findings(probs *diag.List, format, well string) error {
	if format != "text" {
		return a.verdict(probs, format, well)
	}
	a.printProblems(probs)
	var counts []string
	for s := diag.Error; s <= diag.Note; s++ {
		if n := probs.Count(s); n > 0 && a.wants(s) {
			counts = append(counts, plural(n, s.String()))
		}
	}
	if err := probs.Err(); err != nil {
		fmt.Fprintln(a.stderr, strings.Join(counts, ", "))
		return printed(err)
	}
	if len(counts) > 0 {
		well += ", with " + strings.Join(counts, ", ")
	}
	a.tell(well)
	return nil
}

// verdict prints what a check found: for programs all problems, on standard output; for people the errors, or else the warnings and that all is well.
func (a *app) verdict(probs *diag.List, format, well string) error {
	if format != "text" {
		if err := a.listProblems(probs, format); err != nil {
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
	if err := a.listProblems(probs, format); err != nil {
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

// listProblems prints problems for programs on standard output, and on standard error how many of them are counted alone.
func (a *app) listProblems(probs *diag.List, format string) error {
	if err := problemListing(probs).write(a.stdout, format); err != nil {
		return err
	}
	for _, o := range probs.Omitted() {
		if a.wants(o.Severity) {
			fmt.Fprintf(a.stderr, "%s [%s] not listed\n", plural(o.Count, "more "+o.Severity.String()), o.Code)
		}
	}
	return nil
}

// problemListing is a list of problems as a listing: a line that is unknown is 0, a text that is unknown is empty. Problems that are counted alone have
// a line for each severity and code, after all others, which says how many they are.
func problemListing(probs *diag.List) *listing {
	l := &listing{columns: []string{"severity", "code", "file", "line", "col", "row", "column", "message", "why", "hint"}}
	for _, p := range probs.Problems() {
		l.add(p.Severity.String(), string(p.Code), p.Place.File, p.Place.Line, p.Place.Col, p.Place.Row, p.Place.Column, p.Message, p.Why, p.Hint)
	}
	for _, o := range probs.Omitted() {
		l.add(o.Severity.String(), string(o.Code), o.File, 0, 0, int64(0), "", grouped(int64(o.Count))+" more of this code are not listed", "memory does not grow with the problems: they are counted", "mend those that are listed, and run the check again")
	}
	return l
}
