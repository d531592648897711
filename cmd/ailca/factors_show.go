package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	registry "github.com/ai-impact-observatory/ailca/lca/names"
)

// factorsShowCommand is "ailca factors show".
func (a *app) factorsShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "Show the rows of a factor",
		Long: `A row is valid from one year to another, both included; without years it is valid in all. Rows that the pack derives from others say so.
shared_error names the error that rows have in common where the pack declares a correlation, rho the correlation of any two of them.
With --all-sources the values that answer one question stand together, the chosen one first, each with the reason.`,
		Example: `  ailca factors show electricity --region FRA --year 2024
  ailca factors show electricity --region FRA --year 2023 --all-sources --factors open@2025.2 --factors ./my-pack
  ailca factors show embodied --category climate_change
  ailca factors show pue --format csv`,
		Args:              arguments("NAME"),
		ValidArgsFunction: completeFactors,
	}
	packs := packFlags(cmd)
	w := wantedFlags(cmd)
	all := cmd.Flags().Bool("all-sources", false, "show every value at hand, which one is chosen and why")
	format := formatFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		return a.listRows(packs, w, args[0], func(p *factors.Pack) (*listing, error) {
			if *all {
				l := factorChoices(p, args[0], w)
				return l, l.writeLong(a.stdout, format(), choiceColumns, "source", "url", "licence")
			}
			l := factorRows(p, args[0], w)
			return l, l.writeLong(a.stdout, format(), l.columns, "source")
		})
	}
	return cmd
}

// listRows loads the packs, refuses names that mean nothing, writes what is asked for and says where that is no row.
func (a *app) listRows(packs *packsAsked, w *wanted, factor string, write func(*factors.Pack) (*listing, error)) error {
	p, err := packs.load()
	if err != nil {
		return err
	}
	if err := w.check(p, factor); err != nil {
		return err
	}
	l, err := write(p)
	if err == nil && len(l.rows) == 0 {
		a.tell("no row of " + factor + " is as asked")
	}
	return err
}

// factorRows lists the rows that are asked for, by the names of the pack's own columns.
func factorRows(p *factors.Pack, factor string, w *wanted) *listing {
	out := &listing{columns: []string{"category", "region", "technology", "valid_from", "valid_to", "value", "unit", "distribution", "boundary", "flow", "point", "scope", "margin", "quality", "series", "released",
		"shared_error", "rho", "source"}}
	for i := range p.Rows {
		r := &p.Rows[i]
		if r.Factor != factor || !w.fits(r) {
			continue
		}
		common, rho := p.Common(r)
		out.add(r.Category, r.Region, r.Technology, yearText(r.From), yearText(r.To), r.Value, r.UnitText, r.Distribution.String(), r.Boundary, r.Flow, r.Point, r.Scope, r.Margin, r.Quality, r.Series, r.Released,
			common, numberOrNone(rho), sourceOf(r))
	}
	return out
}

// numberOrNone is a number as text; empty where it is 0.
func numberOrNone(v float64) string {
	if v == 0 {
		return ""
	}
	return number(v)
}

// sourceOf is where a value is from, in words.
func sourceOf(r *factors.Row) string {
	if len(r.Derived) > 0 {
		return fmt.Sprintf("derived from %d rows", len(r.Derived))
	}
	return r.Source
}

// choiceColumns are those of a table of choices. Distributions are left to JSON and CSV; why is the last, since it is the longest.
var choiceColumns = []string{"chosen", "category", "region", "technology", "valid_from", "valid_to", "boundary", "flow", "point", "scope", "margin", "value", "unit",
	"series", "released", "pack", "source", "why"}

// factorChoices lists every value at hand, those for one question together, the chosen one first.
func factorChoices(p *factors.Pack, factor string, w *wanted) *listing {
	out := &listing{columns: []string{"chosen", "category", "region", "technology", "valid_from", "valid_to", "value", "unit", "distribution", "uncertainty", "boundary", "flow", "point", "scope", "margin",
		"series", "released", "pack", "why", "source", "url", "licence"}}
	for _, c := range p.Choices(factor, w.year, w.fits) {
		r := c.Row
		chosen := ""
		if c.Chosen {
			chosen = "yes"
		}
		out.add(chosen, r.Category, r.Region, r.Technology, yearText(r.From), yearText(r.To), r.Value, r.UnitText, r.Distribution.String(), r.Uncertainty, r.Boundary, r.Flow, r.Point, r.Scope, r.Margin,
			r.Series, r.Released, p.Layer(r).Ref, c.Why, sourceOf(r), r.URL, r.Licence)
	}
	return out
}

// wantedFlags adds the flags that choose rows.
func wantedFlags(cmd *cobra.Command) *wanted {
	var w wanted
	cmd.Flags().StringVar(&w.category, "category", "", "rows of a `CATEGORY` alone")
	cmd.Flags().StringVar(&w.region, "region", "", "rows of a `REGION` alone, by its code")
	cmd.Flags().StringVar(&w.technology, "technology", "", "rows of a `TECHNOLOGY` alone: an operator, a device, a way of generating")
	cmd.Flags().IntVar(&w.year, "year", 0, "rows that are valid in a `YEAR` alone")
	cmd.RegisterFlagCompletionFunc("category", cobra.FixedCompletions(lca.Words().CategoryNames(), cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("region", cobra.FixedCompletions(registry.Regions().Codes(), cobra.ShellCompDirectiveNoFileComp))
	return &w
}
