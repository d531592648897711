package main

import (
	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// unitsCommand is "ailca units".
func (a *app) unitsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "units",
		Short: "List the units of measure that files may use",
		Long: `Units are combined by products and quotients with integer powers: "kg CO2e/kWh", "L/kWh", "m3", "s-1". The factor is what a value is
multiplied by to give it in the base units, exactly.`,
		Example: `  ailca units
  ailca units --format csv`,
		Args: arguments(),
	}
	format := formatFlag(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		l := listing{columns: []string{"symbol", "name", "dimension", "factor", "base", "doc", "source"}}
		for _, u := range unit.All() {
			l.add(u.Symbol, u.Name, u.Dimension, u.Factor, u.Base, u.Doc, u.Source)
		}
		return l.write(a.stdout, format())
	}
	return cmd
}
