package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules"
)

func (a *app) methodsTemplateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "template",
		Short: "Print a commented method to start from: every key of the format, explained",
		Long: `The method that is printed is complete and valid, and carries examples that come out as they say: redirect it into a file, change what you
like, and check it.`,
		Example: `  ailca methods template
  ailca methods template --kind training_runs`,
		Args: arguments(),
	}
	kind := cmd.Flags().String("kind", "", "only what the rules for a `KIND` of inventory need")
	cmd.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(rules.TemplateKinds(), cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(*cobra.Command, []string) error {
		text := rules.Template(*kind)
		if text == "" {
			known := rules.TemplateKinds()
			message := fmt.Sprintf("unknown kind %q", *kind)
			if _, ok := datasets.KindByName(*kind); ok {
				message = fmt.Sprintf("%s is a table that rules refer to: methods have no rules for it", *kind)
			}
			return &usageError{message: message, hint: didYouMean(diag.Nearest(*kind, known), known)}
		}
		_, err := io.WriteString(a.stdout, text)
		return err
	}
	return cmd
}
