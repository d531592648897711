package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
)

// factorsLintCommand is "ailca factors lint".
func (a *app) factorsLintCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lint [PACK...]",
		Short: "Look for what tables of factors have been wrong by before",
		Long: `Reads packs (the newest embedded one where none is named; several lie over each other) and looks for mistakes that have been published: energy that
is not there, units mixed up, values copied from year to year, licences that forbid to pass a value on. A pack accepts a finding with a reason in its
pack.yaml; those are counted, and listed with --accepted. Ends with exit code 6 where a finding is not accepted, and with 3 where the pack has errors.`,
		Example: `  ailca factors lint ./my-pack
  ailca factors lint open@2025.2 --accepted
  ailca factors lint --rules`,
		Args: cobra.ArbitraryArgs,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return factors.EmbeddedNames(), cobra.ShellCompDirectiveFilterDirs
		},
	}
	accepted := cmd.Flags().Bool("accepted", false, "list accepted findings too, with their reasons")
	rules := cmd.Flags().Bool("rules", false, "list what is looked for, and why")
	format := formatFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if *rules {
			l := &listing{columns: []string{"lint", "title", "why"}}
			for _, r := range factors.LintRules() {
				l.add(r.Name, r.Title, r.Why)
			}
			return l.write(a.stdout, format())
		}
		if len(args) == 0 {
			args = []string{""}
		}
		var probs diag.List
		p := study.LoadPacks(args, "", &probs)
		if probs.Err() != nil {
			return a.refusal(&probs, format())
		}
		findings, unused := p.Lint()
		l := &listing{columns: []string{"lint", "factor", "category", "region", "technology", "valid_from", "valid_to", "place", "finding", "accepted"}}
		open := 0
		for _, f := range findings {
			reason := ""
			if f.Accepted != nil {
				reason = f.Accepted.Reason
			} else {
				open++
			}
			if f.Accepted == nil || *accepted {
				r := f.Row
				l.add(f.Lint, r.Factor, r.Category, r.Region, r.Technology, yearText(r.From), yearText(r.To), r.Place().String(), f.Message, reason)
			}
		}
		if err := l.writeLong(a.stdout, format(), []string{"lint", "place", "finding", "accepted"}, "accepted"); err != nil {
			return err
		}
		for i := range unused {
			probs.Add(diag.Problem{Code: diag.UnusedName, Severity: diag.Warning, Place: unused[i].Place, Message: "no finding of " + unused[i].Lint + " is accepted by this",
				Hint: "remove it: it could hide a later mistake"})
		}
		a.printProblems(&probs)
		a.tell(fmt.Sprintf("%s: %s, %d accepted with a reason", p.Ref(), plural(open, "finding"), len(findings)-open))
		if open > 0 {
			return printed(&gateError{})
		}
		return nil
	}
	return cmd
}

// gateError ends a command that was to let nothing through and did.
type gateError struct{}

func (*gateError) Error() string { return "a quality gate failed" }

// factorsLicencesCommand is "ailca factors licences".
func (a *app) factorsLicencesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "licences",
		Short: "List the licences of a pack's rows and whether they may be passed on",
		Long: `Lists each licence with the rows and tables under it. redistribute is yes, share-alike (under the same licence alone), no, or unknown for one that the
registry of licences (lca/licence/licences.csv) does not have. Ends with exit code 6 where a row must not be passed on.`,
		Example: `  ailca factors licences
  ailca factors licences --factors ./my-pack --format csv`,
		Args: cobra.NoArgs,
	}
	packs := packFlags(cmd)
	format := formatFlag(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		p, err := packs.load()
		if err != nil {
			return err
		}
		l := &listing{columns: []string{"licence", "redistribute", "attribution", "rows", "tables", "name", "url"}}
		forbidden := 0
		for _, u := range p.LicenceUses() {
			attribution := "no"
			if u.Attribution || !u.Known {
				attribution = "yes"
			}
			if u.Redistribute != "yes" && u.Redistribute != "share-alike" {
				forbidden += u.Rows
			}
			l.add(u.ID, u.Redistribute, attribution, u.Rows, strings.Join(u.Tables, " "), u.Name, u.URL)
		}
		if err := l.write(a.stdout, format()); err != nil {
			return err
		}
		if forbidden > 0 {
			a.tell(plural(forbidden, "row") + " must not be passed on")
			return printed(&gateError{})
		}
		a.tell("no row forbids redistribution")
		return nil
	}
	return cmd
}

// factorsFreezeCommand is "ailca factors freeze".
func (a *app) factorsFreezeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "freeze FOLDER",
		Short: "Freeze a released pack by the digests of its files",
		Long: `Writes SHA256SUMS into the folder of a pack whose status is released: the SHA-256 of pack.yaml and of each table, in the form of the command sha256sum.
From then on the pack is read only where its files are those; a change is a new version in a folder of its own.`,
		Example: `  ailca factors freeze ./my-pack`,
		Args:    arguments("FOLDER"),
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		folder := args[0]
		target := filepath.Join(folder, factors.SumsFile)
		if info, err := os.Stat(filepath.Join(folder, "pack.yaml")); err != nil || !info.Mode().IsRegular() {
			return &usageError{message: filepath.ToSlash(folder) + " is no folder with a pack.yaml", hint: "a factor pack is a folder with pack.yaml and its CSV files"}
		}
		if _, err := os.Lstat(target); err == nil {
			return &usageError{message: filepath.ToSlash(target) + " is there already: the pack is frozen", hint: "a change is a new version, in a folder of its own"}
		}
		sums, err := factors.Sums(os.DirFS(folder), ".")
		if err != nil {
			return err
		}
		f, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return err
		}
		if _, err := f.Write(sums); err != nil {
			f.Close()
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
		var probs diag.List
		p := study.LoadPack(folder, &probs)
		if err := probs.Err(); err != nil {
			os.Remove(target)
			return err
		}
		if p.Status != "released" {
			os.Remove(target)
			return &usageError{message: p.Ref() + " is a " + p.Status, hint: "once nothing of it will change, write status: released into its pack.yaml, then freeze it"}
		}
		a.tell("wrote " + filepath.ToSlash(target))
		return nil
	}
	return cmd
}
