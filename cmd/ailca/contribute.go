package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/submission"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
)

// contributeCommand is "ailca contribute".
func (a *app) contributeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "contribute FILE... -o DIR",
		Short: "Make a submission to the open database: data, licence, method of measurement, attestation",
		Long: `Checks inventories and what is said of them, and writes a folder to be handed in: the data as Parquet (a Parquet file as it is, a CSV file turned
into Parquet), submission.yaml, a README and SHA256SUMS. Nothing is written where there is an error; warnings are recorded. What is said of the data
comes from a form (--metadata; --template prints one with comments), and a flag goes before the form.

--check DIR checks a submission that came from somebody else: digests, no file too many and none missing, no links, every value, the form.`,
		Example: `  ailca contribute --template > metadata.yaml
  ailca contribute runs.csv -o my-submission --metadata metadata.yaml
  ailca contribute --check my-submission`,
		Args: func(*cobra.Command, []string) error { return nil }, // what is needed depends on the flags
	}
	flags := cmd.Flags()
	out := flags.StringP("submission", "o", "", "`DIR` that the submission is written to; it must not hold anything")
	form := flags.StringP("metadata", "m", "", "`FILE` that says what the data are, how they were measured and with which right they are handed in")
	template := flags.Bool("template", false, "print a form with comments to start from")
	checked := flags.String("check", "", "check the submission in `DIR`")
	kind := flags.String("kind", "", "the `KIND` of inventories that do not tell theirs")
	cmd.RegisterFlagCompletionFunc("kind", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return kindNames(), cobra.ShellCompDirectiveNoFileComp
	})
	corrects := flags.StringSlice("corrects", nil, "`IDS` of rows that you handed in before and that these put right, with commas")
	fields := submission.Fields()
	for _, f := range fields {
		flags.String(f.Flag, "", f.Doc)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		alone := ownFlags(cmd)
		if *kind != "" {
			if _, ok := datasets.KindByName(*kind); !ok {
				return unknownKind(*kind)
			}
		}
		switch {
		case *template:
			if len(args) > 0 || alone > 1 {
				return &usageError{message: "--template prints a form and takes nothing else", hint: "ailca contribute --template > metadata.yaml"}
			}
			_, err := io.WriteString(a.stdout, submission.Template())
			return err
		case *checked != "":
			if len(args) > 0 || alone > 1 {
				return &usageError{message: "--check takes a folder and nothing else", hint: "ailca contribute --check DIR"}
			}
			return a.checkSubmission(cmd.Context(), *checked)
		case len(args) == 0:
			return &usageError{message: `"ailca contribute" needs FILE...`, hint: "usage: " + cmd.UseLine()}
		case *out == "":
			return &usageError{message: "the folder of the submission is not named", hint: outHint(cmd, "-o DIR")}
		}
		var probs diag.List
		f := &submission.Form{}
		if *form != "" {
			if f = submission.LoadFormFile(*form, &probs); f == nil {
				return probs.Err()
			}
		}
		for _, field := range fields {
			if flags.Changed(field.Flag) {
				value, _ := flags.GetString(field.Flag)
				f.Set(field, value)
			}
		}
		if flags.Changed("corrects") {
			f.SetCorrects(*corrects)
		}
		if err := newFolder(*out, "submission", "what was handed in is not replaced"); err != nil {
			return err
		}
		return a.contribute(cmd.Context(), args, f, submission.Options{Jobs: a.settings.Jobs, Kind: *kind}, *out, &probs)
	}
	return cmd
}

// ownFlags counts the flags of the command itself that were given.
func ownFlags(cmd *cobra.Command) int {
	n := 0
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.Changed {
			n++
		}
	})
	return n
}

// outHint says how what a command writes is named: -o DIR.
func outHint(cmd *cobra.Command, flag string) string {
	if cmd.Flags().Changed("out") {
		flag += "; --out is where runs write their results"
	}
	return flag
}

// contribute checks files and a form and writes the submission, whole or not at all.
func (a *app) contribute(ctx context.Context, paths []string, f *submission.Form, o submission.Options, out string, probs *diag.List) error {
	d, err := submission.Prepare(ctx, paths, f, o, probs)
	if err != nil {
		return err
	}
	if err := probs.Err(); err != nil {
		return err
	}
	defer d.Close()
	folder, err := output.Begin(out)
	if err != nil {
		return err
	}
	defer folder.Discard()
	if err := d.Write(ctx, func(name string) (io.WriteCloser, error) { return folder.Create(name) }); err != nil {
		return err
	}
	// What was written is what will be opened elsewhere: it is checked as if it came from there.
	var again diag.List
	s, err := submission.Open(ctx, folder.Path(), o, &again)
	s.Close()
	if err != nil {
		return err
	}
	if err := again.Err(); err != nil {
		return err
	}
	if err := folder.Commit(); err != nil {
		return err
	}
	a.printProblems(probs)
	a.tellTables(d.Tables)
	shown := filepath.ToSlash(filepath.Clean(out))
	a.tell("written to "+shown+", under "+d.Licence, "check it as others will: ailca contribute --check "+quoted(shown))
	return nil
}

// tellTables says what a submission holds.
func (a *app) tellTables(tables []*submission.Table) {
	for _, t := range tables {
		line := fmt.Sprintf("%s: %s of %s", t.File, plural(t.Rows, "row"), t.Kind.Name)
		if t.Confidential > 0 {
			line += fmt.Sprintf(", %s of them confidential: do not pass the folder on", grouped(t.Confidential))
		}
		a.tell(line)
	}
}

// checkSubmission checks a submission that came from somebody else.
func (a *app) checkSubmission(ctx context.Context, path string) error {
	var probs diag.List
	s, err := submission.Open(ctx, path, submission.Options{Jobs: a.settings.Jobs}, &probs)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := probs.Err(); err != nil {
		return err
	}
	a.printProblems(&probs)
	a.tellTables(s.Tables)
	a.tell(strings.Join([]string{s.Contributor.Name, s.Date, s.Licence}, ", ")+": "+s.Title, "valid; sha256 "+s.Folder.Digest)
	return nil
}
