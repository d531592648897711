package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// checkCommand is "check" of files of a sort, by path or by the name of an embedded one; load reports what is wrong with one.
func (a *app) checkCommand(what string, load func(ref string, probs *diag.List), complete cobra.CompletionFunc) *cobra.Command {
	argument := strings.ToUpper(what) + "..."
	cmd := &cobra.Command{Use: "check " + argument, Args: arguments(argument), ValidArgsFunction: complete}
	format := choice(cmd, "format", "FORMAT", "how to print the problems", "text", "json", "csv")
	cmd.RunE = func(cmd *cobra.Command, refs []string) error {
		var probs diag.List
		for _, ref := range refs {
			if err := cmd.Context().Err(); err != nil {
				return err
			}
			load(ref, &probs)
		}
		return a.verdict(&probs, format(), plural(len(refs), what)+" valid")
	}
	return cmd
}

// printTemplateCommand is "template" of files of a sort.
func (a *app) printTemplateCommand(what string, text func() []byte) *cobra.Command {
	cmd := &cobra.Command{Use: "template", Short: "Print a " + what + " to start from, with every key explained", Example: "  ailca " + what + "s template", Args: arguments()}
	cmd.RunE = func(*cobra.Command, []string) error {
		_, err := a.stdout.Write(text())
		return err
	}
	return cmd
}
