package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// anyCommand refuses whatever follows a command that has subcommands and is none of them.
func anyCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return unknownCommand(cmd, args[0])
}

// commandOr is anyCommand of a command whose user may have meant another with an argument: hint names it, or nothing.
func commandOr(hint func(name string) string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		err := anyCommand(cmd, args)
		var usage *usageError
		if !errors.As(err, &usage) {
			return err
		}
		if meant := hint(args[0]); meant != "" && !strings.HasPrefix(usage.hint, "did you mean") {
			usage.hint = didYouMean(meant, nil)
		}
		return err
	}
}

func unknownCommand(cmd *cobra.Command, name string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
			names = append(append(names, c.Name()), c.Aliases...)
		}
	}
	if len(names) == 0 {
		return &usageError{message: fmt.Sprintf("%q has no commands, and so no %q", cmd.CommandPath(), name), hint: "ailca help " + strings.TrimPrefix(cmd.CommandPath(), "ailca ") + " shows its help"}
	}
	near := diag.Nearest(name, names)
	if more := cmd.SuggestionsFor(name); near == "" && len(more) > 0 {
		near = more[0]
	}
	return &usageError{
		message: fmt.Sprintf("unknown command %q for %q", name, cmd.CommandPath()),
		hint:    didYouMean(near, names),
	}
}

// arguments takes as many arguments as there are names; "PATH..." takes one or more, "[STUDY]" none or one, "[STUDY]..." any number. Names come last to first
// in rank: at most the last may be of those kinds.
func arguments(names ...string) cobra.PositionalArgs {
	least, most := len(names), len(names)
	if len(names) > 0 {
		switch last := names[len(names)-1]; {
		case strings.HasSuffix(last, "..."):
			most = 1 << 20
			if strings.HasPrefix(last, "[") {
				least--
			}
		case strings.HasPrefix(last, "["):
			least--
		}
	}
	return func(cmd *cobra.Command, args []string) error {
		hint := "usage: " + cmd.UseLine()
		switch {
		case len(args) < least:
			return &usageError{message: fmt.Sprintf("%q needs %s", cmd.CommandPath(), names[len(args)]), hint: hint}
		case len(args) > most:
			return &usageError{message: fmt.Sprintf("unexpected argument %q for %q", args[most], cmd.CommandPath()), hint: hint}
		}
		return nil
	}
}

// flagError makes a usageError of what the flag parser says.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		message := err.Error()
		if what, _, number := strings.Cut(message, "strconv.ParseInt:"); number { // which says how Go reads numbers
			message = what + "expected a whole number in digits"
		}
		return &usageError{message: message, hint: fmt.Sprintf("%s --help lists the flags", cmd.CommandPath())}
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, "--"+f.Name)
		}
	})
	written := "--" + unknown.GetSpecifiedName()
	if letters := unknown.GetSpecifiedShortnames(); letters != "" {
		written = "-" + unknown.GetSpecifiedName()
	}
	hint := fmt.Sprintf("%s --help lists the flags", cmd.CommandPath())
	if near := diag.Nearest(written, names); near != "" && strings.HasPrefix(written, "--") {
		hint = didYouMean(near, nil)
	}
	return &usageError{message: fmt.Sprintf("unknown flag %s for %q", written, cmd.CommandPath()), hint: hint}
}

// didYouMean names the nearest known name, or where none is near all of them.
func didYouMean(near string, known []string) string {
	if near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	return "known here: " + strings.Join(known, ", ")
}

// helpCommand is "ailca help", strict about what it is asked for.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND...]",
		Short: "Show a command's help",
		Example: `  ailca help datasets schema
  ailca help exit-codes`,
		RunE: func(cmd *cobra.Command, args []string) error {
			of := cmd.Root()
			for _, name := range args {
				next, _, err := of.Find([]string{name})
				if err != nil || next == of {
					return unknownCommand(of, name)
				}
				of = next
			}
			of.InitDefaultHelpFlag()
			return of.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			of, _, err := cmd.Root().Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, c := range of.Commands() {
				if c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
					names = append(names, c.Name()+"\t"+c.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}
