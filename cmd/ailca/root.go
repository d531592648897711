package main

import (
	"slices"

	"github.com/spf13/cobra"
)

// root builds the command line.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "ailca",
		Short: "Assess the environmental impact of artificial intelligence from open inventories",
		Long: `Reads open Parquet inventories of hardware, training runs and deployments, applies versioned factor tables and methodology
rules, and writes result tables and a report. Settings come from flags, then from AILCA_* variables (AILCA_JOBS for --jobs),
then from ailca.yaml in the current folder, then from defaults.`,
		Example: `  ailca run
  ailca init my-study
  ailca validate my-study/study.yaml
  ailca datasets schema training_runs
  ailca units --format csv`,
		Args:              anyCommand,
		ValidArgs:         []cobra.Completion{cobra.CompletionWithDesc("assess", "The same as run")},
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.load(cmd) },
		SilenceErrors:     true,
		SilenceUsage:      true,
	}
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpTemplate(helpTemplate)
	root.SetHelpCommand(helpCommand())
	addSettingFlags(root.PersistentFlags())
	for _, s := range settingsTable() {
		if words := slices.Concat(s.values, s.examples); len(words) > 0 {
			root.RegisterFlagCompletionFunc(s.flag(), cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
		}
	}
	root.AddCommand(a.commands()...)
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			describeCompletion(c)
		}
	}
	return root
}

// describeCompletion makes cobra's command like the others: with examples, and strict about its arguments.
func describeCompletion(c *cobra.Command) {
	c.Short = "Print a script that completes ailca's commands in a shell"
	c.Long = "The help of each shell's command says how to load its script."
	c.Example = "  ailca completion bash\n  ailca completion fish --no-descriptions"
	c.Args = anyCommand
	c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	for _, shell := range c.Commands() {
		shell.Short = "Print the script for " + shell.Name()
		shell.Example = "  ailca completion " + shell.Name()
		shell.Args = arguments()
	}
}

// commands lists the subcommands; cobra shows them by name.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		a.runCommand(),
		a.explainCommand(),
		a.sensitivityCommand(),
		a.validateCommand(),
		a.contributeCommand(),
		a.initCommand(),
		a.verifyCommand(),
		a.historyCommand(),
		a.datasetsCommand(),
		a.factorsCommand(),
		a.importCommand(),
		a.unitsCommand(),
		a.regionsCommand(),
		a.namesCommand(),
		a.methodsCommand(),
		a.versionCommand(),
		a.exitTopic(),
		a.compareCommand(),
		a.projectCommand(),
		a.reportCommand(),
		a.scenariosCommand(),
		a.leversCommand(),
	}
}

// helpTemplate opens with examples.
const helpTemplate = `{{.Short}}
{{if .HasExample}}
Examples:
{{.Example}}
{{end}}{{with .Long}}
{{. | trimTrailingWhitespaces}}
{{end}}{{if or .Runnable .HasAvailableSubCommands}}
Usage:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} COMMAND{{end}}
{{end}}{{with .Aliases}}
Also called:{{range .}} {{.}}{{end}}
{{end}}{{if .HasAvailableSubCommands}}
Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{range .Aliases}} (also: {{.}}){{end}}{{end}}{{end}}
{{end}}{{if and .HasAvailableLocalFlags (or .Runnable .HasAvailableSubCommands)}}
Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if and .HasAvailableInheritedFlags (or .Runnable .HasAvailableSubCommands)}}
Flags of every command:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasHelpSubCommands}}
Topics of {{.CommandPath}} help:{{range .Commands}}{{if .IsAdditionalHelpTopicCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}`
