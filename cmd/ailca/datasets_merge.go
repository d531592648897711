package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/datasets/merge"
	"github.com/ai-impact-observatory/ailca/datasets/submission"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
)

// mergeCommand is "ailca datasets merge".
func (a *app) mergeCommand() *cobra.Command {
	rules := merge.TheRules()
	cmd := &cobra.Command{
		Use:   "merge [BASE] SUBMISSION... -o DIR --version V --date DATE",
		Short: "Fold submissions into a version of a dataset",
		Long: `Reads submissions, and a former version to rest on where one is named (a folder with dataset.yaml), and writes a new version: one Parquet file a kind,
dataset.yaml, CHANGELOG.md, changes.csv with what became of every row, and SHA256SUMS. Nothing that was published is touched.

Duplicates are kept once; a correction must be declared; of conflicting statements of several contributors all are kept and one counts; confidential
rows are published only within sums. --rules prints the rules. The order in which folders are named makes no difference.`,
		Example: `  ailca datasets merge --rules
  ailca datasets merge first-submission second-submission -o dataset-2026.1 --name open-inventory --version 2026.1 --date 2026-01-31
  ailca datasets merge dataset-2026.1 third-submission -o dataset-2026.2 --version 2026.2 --date 2026-07-31`,
		Args: func(*cobra.Command, []string) error { return nil }, // --rules takes none
	}
	var o merge.Options
	flags := cmd.Flags()
	out := flags.StringP("dataset", "o", "", "`DIR` that the version is written to; it must not hold anything")
	printed := flags.Bool("rules", false, "print the rules of merging")
	flags.StringVar(&o.Version, "version", "", "`VERSION` that is made, such as 2026.1")
	flags.StringVar(&o.Date, "date", "", "`DATE` of the version: YYYY-MM-DD")
	flags.StringVar(&o.Name, "name", "", "`NAME` of the dataset; that of the base where there is one")
	flags.IntVar(&o.Minimum, "minimum-contributors", rules.Minimum, "`NUMBER` of contributors that a sum over confidential rows must have")
	flags.Float64Var(&o.Largest, "dominance", rules.Largest, "`SHARE` of such a sum that one contributor may have at most")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		alone := ownFlags(cmd)
		switch {
		case *printed && (len(args) > 0 || alone > 1):
			return &usageError{message: "--rules prints the rules and takes nothing else", hint: "ailca datasets merge --rules"}
		case *printed:
			return merge.WriteRules(a.stdout)
		case len(args) == 0:
			return &usageError{message: `"ailca datasets merge" needs SUBMISSION...`, hint: "usage: " + cmd.UseLine()}
		case *out == "":
			return &usageError{message: "the folder of the version is not named", hint: outHint(cmd, "-o DIR")}
		}
		if err := newFolder(*out, "dataset", "a version is not replaced"); err != nil {
			return err
		}
		o.Submission = submission.Options{Jobs: a.settings.Jobs}
		return a.merge(cmd.Context(), args, o, *out)
	}
	return cmd
}

// merge puts a version together and publishes it, whole or not at all.
func (a *app) merge(ctx context.Context, paths []string, o merge.Options, out string) error {
	var probs diag.List
	v, err := merge.Merge(ctx, paths, o, &probs)
	if err != nil {
		return err
	}
	if err := probs.Err(); err != nil {
		return err
	}
	folder, err := output.Begin(out)
	if err != nil {
		return err
	}
	defer folder.Discard()
	if err := v.Write(ctx, func(name string) (io.WriteCloser, error) { return folder.Create(name) }); err != nil {
		return err
	}
	// What was written is what the next version rests on: it is checked as if it came from elsewhere.
	var again diag.List
	d, err := merge.Open(ctx, folder.Path(), o.Submission.Jobs, &again)
	if err != nil {
		return err
	}
	digest := ""
	if d != nil {
		digest = d.Folder.Digest
	}
	d.Close()
	if err := again.Err(); err != nil {
		return err
	}
	if err := folder.Commit(); err != nil {
		return err
	}
	a.printProblems(&probs)
	counts := map[merge.Action]int64{}
	turned := map[int]int64{}
	for _, c := range v.Changes {
		counts[c.Action] += c.Rows
		turned[c.Counts]++
	}
	for _, t := range []struct {
		action merge.Action
		text   string
	}{
		{merge.Held, "of submissions that the base holds already"}, {merge.Kept, "kept"}, {merge.Added, "added"}, {merge.Corrected, "corrected"}, {merge.Conflict, "in conflict with a row that counts"},
		{merge.Duplicate, "left out as duplicates"}, {merge.Aggregated, "confidential, within sums"}, {merge.Suppressed, "confidential, suppressed"}, {merge.Left, "confidential, in no sum"},
	} {
		if n := counts[t.action]; n > 0 {
			a.tell(plural(n, "row") + " " + t.text)
		}
	}
	for _, t := range []struct {
		counts int
		text   string
	}{{1, "no longer an alternative: counting now"}, {-1, "now an alternative: another contributor's row counts"}} {
		if n := turned[t.counts]; n > 0 {
			a.tell(plural(n, "row") + " " + t.text)
		}
	}
	shown := filepath.ToSlash(filepath.Clean(out))
	a.tell(fmt.Sprintf("written to %s: %s %s, sha256 %s", shown, v.Name, v.Version, digest))
	a.tell(v.Unpublished()...)
	return nil
}
