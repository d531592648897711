package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	registry "github.com/ai-impact-observatory/ailca/lca/names"
)

// regionsCommand is "ailca regions".
func (a *app) regionsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "regions [TEXT]",
		Short: "List or search the regions that files may name",
		Long: `Countries have their ISO 3166-1 alpha-3 codes, states and provinces (kind subdivision) those of ISO 3166-2. The codes of grid zones and of
cloud providers' regions begin with who gave them: em: is Electricity Maps, egrid: and cambium: are of the United States, aws:, azure:,
gcp: and others are providers. The parent is the region that a region is part of: where a method says so, what has no factor of its own
takes that of its parent. The text is looked for in codes, names and other names; upper and lower case do not matter.`,
		Example: `  ailca regions
  ailca regions france
  ailca regions --kind subdivision
  ailca regions virginia --kind provider_region
  ailca regions --format csv`,
		Args: arguments("[TEXT]"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return registry.Regions().Codes(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	format := formatFlag(cmd)
	kind := kindFlag(cmd, registry.Regions().Kinds(), "regions of one kind alone")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		text := strings.ToLower(strings.TrimSpace(strings.Join(args, "")))
		l := listing{columns: []string{"code", "name", "kind", "parent"}}
		for _, code := range registry.Regions().Codes() {
			r, _ := registry.Regions().Lookup(code)
			if kind() != "" && r.Kind != kind() {
				continue
			}
			if slices.ContainsFunc(append([]string{r.Code, r.Name}, r.Aliases...), func(name string) bool { return strings.Contains(strings.ToLower(name), text) }) {
				l.add(r.Code, r.Name, r.Kind, r.Parent)
			}
		}
		if err := l.write(a.stdout, format()); err != nil {
			return err
		}
		if len(l.rows) > 0 {
			return nil
		}
		told := "no region is called so"
		if kind() != "" {
			told = "no region of kind " + kind() + " is called so"
		}
		if near := registry.Regions().Nearest(text); near != "" {
			told += "; " + didYouMean(near, nil)
		}
		a.tell(told)
		return nil
	}
	return cmd
}

// kindFlag adds --kind, which takes one of a few kinds; empty where it is not given.
func kindFlag(cmd *cobra.Command, kinds []string, doc string) func() string {
	c := &checked{kind: "KIND", check: setting{key: "kind", values: kinds}.check}
	cmd.Flags().Var(c, "kind", doc+": "+strings.Join(kinds, ", "))
	cmd.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(kinds, cobra.ShellCompDirectiveNoFileComp))
	return c.String
}
