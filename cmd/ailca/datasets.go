package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// datasetsCommand is "ailca datasets" and "ailca datasets schema".
func (a *app) datasetsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "datasets",
		Short: "List the kinds of inventory",
		Long:  `An inventory is a Parquet file whose rows are all of one kind. Each kind fixes its columns, their types and their units.`,
		Example: `  ailca datasets
  ailca datasets --format json
  ailca datasets schema training_runs`,
		Args: commandOr(func(name string) string {
			if _, ok := datasets.KindByName(name); !ok {
				return ""
			}
			return "ailca datasets schema " + name
		}),
	}
	format := formatFlag(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		l := listing{columns: []string{"kind", "title", "columns", "doc"}}
		for _, k := range datasets.Kinds() {
			l.add(k.Name, k.Title, len(k.Columns), k.Doc)
		}
		return l.write(a.stdout, format())
	}
	cmd.AddCommand(a.schemaCommand())
	cmd.AddCommand(a.mergeCommand())
	return cmd
}

func (a *app) schemaCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schema KIND",
		Short: "Print the columns of a kind of inventory",
		Example: `  ailca datasets schema training_runs
  ailca datasets schema hardware --format json`,
		Args: arguments("KIND"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return kindNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	format := formatFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		kind, ok := datasets.KindByName(args[0])
		if !ok {
			return unknownKind(args[0])
		}
		return datasets.WriteSchema(a.stdout, kind, format())
	}
	return cmd
}

func unknownKind(name string) error {
	names := kindNames()
	return &usageError{
		message: fmt.Sprintf("unknown kind %q", name),
		hint:    didYouMean(diag.Nearest(name, names), names),
	}
}

func kindNames() []string {
	var names []string
	for _, k := range datasets.Kinds() {
		names = append(names, k.Name)
	}
	return names
}
