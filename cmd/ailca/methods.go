package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/rules"
)

// methodsCommand is "ailca methods" with check, show, diff, test and template.
func (a *app) methodsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "methods",
		Short: "List, check, show, compare and test methods",
		Long: `A method is a YAML file: parameters, ladders of boundaries, quantities as formulas with units, and impacts. Without a command the
embedded methods are listed. The commands take embedded methods by METHOD@VERSION, and files. A new one starts with "ailca methods template".`,
		Example: `  ailca methods
  ailca methods template --kind training_runs
  ailca methods show observatory@1.0.0
  ailca methods diff observatory@1.0.0 observatory@1.1.0
  ailca methods check method.yaml
  ailca methods test method.yaml`,
		Args: commandOr(func(name string) string {
			switch {
			case strings.Contains(name, "@"):
				return "ailca methods show " + quoted(name)
			case strings.ContainsAny(name, `./\`):
				return "ailca methods check " + quoted(name)
			}
			return ""
		}),
	}
	cmd.RunE = a.listMethods(formatFlag(cmd))
	cmd.AddCommand(a.methodsListCommand(), a.methodsCheckCommand(), a.methodsShowCommand(), a.methodsDiffCommand(), a.methodsTestCommand(), a.methodsTemplateCommand())
	return cmd
}

func (a *app) methodsListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the embedded methods",
		Example: "  ailca methods list --format csv",
		Args:    arguments(),
	}
	cmd.RunE = a.listMethods(formatFlag(cmd))
	return cmd
}

func (a *app) listMethods(format func() string) func(*cobra.Command, []string) error {
	return func(*cobra.Command, []string) error {
		l := listing{columns: []string{"method", "status", "date", "kinds", "impacts", "parameters", "examples", "title", "digest"}}
		var probs diag.List
		for _, name := range rules.EmbeddedNames() {
			m := rules.Embedded(name, &probs)
			if m == nil {
				continue
			}
			impacts := 0
			var kinds []string
			for _, k := range m.Kinds {
				impacts += len(k.Impacts)
				kinds = append(kinds, k.Kind)
			}
			l.add(m.Ref(), m.Status, m.Date, strings.Join(kinds, " "), impacts, len(m.Parameters), len(m.Examples), m.Title, m.Digest)
		}
		if err := probs.Err(); err != nil {
			return err
		}
		return l.write(a.stdout, format())
	}
}

// completeMethods completes embedded methods, and files.
func completeMethods(most int) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if most > 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return rules.EmbeddedNames(), cobra.ShellCompDirectiveDefault
	}
}

// factorsFlag adds --factors to a command that compiles methods.
func factorsFlag(cmd *cobra.Command) *string {
	pack := cmd.Flags().String("factors", "", "the factor `PACK@VERSION`, or a pack's folder, whose factors methods may use; the newest embedded one where it is not given")
	completePacks(cmd)
	return pack
}

// completePacks completes --factors.
func completePacks(cmd *cobra.Command) {
	cmd.RegisterFlagCompletionFunc("factors", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return factors.EmbeddedNames(), cobra.ShellCompDirectiveFilterDirs
	})
}

func (a *app) methodsCheckCommand() *cobra.Command {
	var pack *string
	cmd := a.checkCommand("method", func(ref string, probs *diag.List) { study.CheckMethod(ref, *pack, probs) }, completeMethods(0))
	pack = factorsFlag(cmd)
	cmd.Short = "Check methods: their form, units, formulas and examples"
	cmd.Long = `Compiles each method for every kind of inventory that it has rules for, against the definitions of a factor pack, and prints every
problem with its place on standard error. With --format json or csv the problems are printed on standard output in a form
for programs. Examples are read and their names and units checked; "ailca methods test" runs them.`
	cmd.Example = `  ailca methods check method.yaml
  ailca methods check observatory@1.0.0 --factors open@2025.1
  ailca methods check method.yaml --format json`
	return cmd
}

func (a *app) methodsTestCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "test METHOD... | --published [CASE]...",
		Short: "Run the examples that methods carry, or published cases",
		Long: `An example is a row with the tables and factor values that it needs and the results that are expected of it, within a tolerance. One line
is printed for each expectation. The exit code is 4 where any is not met; standard error then says where each stands. Where a method has
errors, --format json or csv prints these in place of a result.

With --published, calculations that were published are done again: inventories, factors and method go through the engine as those of any study,
and what comes out stands beside what was printed. A CASE is one of the program, or a file; without any all of the program are run. A number whose
formula and inputs are all published is "pass" or "FAIL". One that was derived, one that rests on an input that was worked back (partial) and one
that an input was chosen for (fitted) are told as such and not as passes; one that does not reproduce is flagged, with what comes out. --write DIR
keeps the study, the inventories and the factor pack of each case, for "ailca run".`,
		Example: `  ailca methods test observatory@1.0.0
  ailca methods test method.yaml --format json
  ailca methods test --published
  ailca methods test --published my-case.yaml --write cases`,
		ValidArgsFunction: completeMethods(0),
	}
	isPublished := cmd.Flags().Bool("published", false, "run published cases, by name or file, in place of methods' examples")
	write := cmd.Flags().String("write", "", "with --published: keep the files of each case in `DIR`")
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if *isPublished {
			return arguments("[CASE]...")(cmd, args)
		}
		return arguments("METHOD...")(cmd, args)
	}
	pack := factorsFlag(cmd)
	format := formatFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, refs []string) error {
		switch {
		case *isPublished && cmd.Flags().Changed("factors"):
			return usagef("--published and --factors exclude each other: a case brings its factors")
		case *isPublished:
			return a.testPublished(cmd, refs, format(), *write)
		case cmd.Flags().Changed("write"):
			return usagef("--write is for --published")
		}
		var probs, failures diag.List
		l := &listing{columns: []string{"method", "example", "result", "expectation", "expected", "got", "off", "within"}}
		examples, failed, left := 0, 0, 0
		var notes []string
		for _, ref := range refs {
			c := study.CheckMethod(ref, *pack, &probs)
			if c == nil {
				continue
			}
			if len(c.Trials) == 0 {
				notes = append(notes, c.Method.Ref()+" has no examples")
			}
			checks, err := c.RunExamples(cmd.Context(), &failures)
			if err != nil {
				return err
			}
			left += len(c.Trials) - len(checks)
			for i := range checks {
				examples++
				if !addChecks(l, c.Method.Ref(), c.Trials[i].Example.Name, checks[i]) {
					failed++
				}
			}
		}
		if err := probs.Err(); err != nil {
			probs.Merge(&failures)
			return a.refusal(&probs, format())
		}
		if examples > 0 || format() != "table" {
			if err := l.write(a.stdout, format()); err != nil {
				return err
			}
		}
		a.printProblems(&probs)
		a.tell(notes...)
		if err := failures.Err(); err != nil {
			a.printProblems(&failures)
			told := fmt.Sprintf("%d of %s failed", failed, plural(examples, "example"))
			if left > 0 {
				told += fmt.Sprintf(", %d not run", left)
			}
			a.tell(told)
			return printed(err)
		}
		if examples > 0 {
			a.tell(plural(examples, "example") + " ok")
		}
		return nil
	}
	return cmd
}

// addChecks lists the checks of an example and reports whether all are met.
func addChecks(l *listing, method, example string, checks []rules.Check) bool {
	ok := true
	for _, c := range checks {
		result := "ok"
		if !c.OK {
			result, ok = "failed", false
		}
		l.add(method, example, result, c.Name, c.Expected, c.Got, c.Off, c.Within)
	}
	return ok
}
