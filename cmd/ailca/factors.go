package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	registry "github.com/ai-impact-observatory/ailca/lca/names"
	"github.com/ai-impact-observatory/ailca/lca/study"
)

// factorsCommand is "ailca factors" and "ailca factors show".
func (a *app) factorsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "factors",
		Short: "List the factors of a factor pack, and show their rows",
		Long: `A factor is what an activity is multiplied by: the burden of each kWh, each kg, each device, by category; or a value that formulas look
up, such as a PUE. The unit is that of the activity ("per kWh", "each") or, of a value, its own. The keys are what a row is found by.`,
		Example: `  ailca factors
  ailca factors --factors open@2025.1 --format json
  ailca factors show electricity --region FRA --year 2024`,
		Args: commandOr(func(name string) string { return "ailca factors show " + quoted(name) }),
	}
	pack := factorsFlag(cmd)
	format := formatFlag(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		p, err := loadPack(*pack)
		if err != nil {
			return err
		}
		rows := map[string]int{}
		for i := range p.Rows {
			rows[p.Rows[i].Factor]++
		}
		l := listing{columns: []string{"factor", "unit", "keys", "rows", "title", "categories"}}
		for i := range p.Definitions {
			d := &p.Definitions[i]
			categories := p.Categories(d.Name)
			l.add(d.Name, factorUnit(p, d, len(categories) > 0), strings.Join(d.Keys, " "), rows[d.Name], d.Title, strings.Join(categories, " "))
		}
		return l.write(a.stdout, format())
	}
	cmd.AddCommand(a.factorsShowCommand())
	return cmd
}

// loadPack loads a pack, or fails with all of its problems.
func loadPack(ref string) (*factors.Pack, error) {
	var probs diag.List
	p := study.LoadPack(ref, &probs)
	return p, probs.Err()
}

// factorUnit says what a burden is per, or in what unit a value is.
func factorUnit(p *factors.Pack, d *factors.Definition, burden bool) string {
	if !burden {
		u, _ := p.Unit(d.Name, "")
		if text := u.String(); text != "" {
			return text
		}
		return "1"
	}
	if per := d.Per.String(); per != "" && per != "1" {
		return "per " + per
	}
	return "each"
}

// wanted are the rows that are asked for; empty words and 0 ask for all.
type wanted struct {
	category, region, technology string
	year                         int
}

func (w *wanted) fits(r *factors.Row) bool {
	return (w.category == "" || r.Category == w.category) && (w.region == "" || r.Region == w.region) && (w.technology == "" || r.Technology == w.technology) &&
		(w.year == 0 || r.From == 0 || r.From <= w.year && w.year <= r.To)
}

func (a *app) factorsShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "Show the rows of a factor",
		Long:  `A row is valid from one year to another, both included; without years it is valid in all. Rows that the pack derives from others say so.`,
		Example: `  ailca factors show electricity --region FRA --year 2024
  ailca factors show embodied --category climate_change
  ailca factors show pue --format csv`,
		Args: arguments("NAME"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			p, err := loadPack("")
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return factorNames(p), cobra.ShellCompDirectiveNoFileComp
		},
	}
	pack := factorsFlag(cmd)
	var w wanted
	cmd.Flags().StringVar(&w.category, "category", "", "rows of a `CATEGORY` alone")
	cmd.Flags().StringVar(&w.region, "region", "", "rows of a `REGION` alone, by its code")
	cmd.Flags().StringVar(&w.technology, "technology", "", "rows of a `TECHNOLOGY` alone: an operator, a device, a way of generating")
	cmd.Flags().IntVar(&w.year, "year", 0, "rows that are valid in a `YEAR` alone")
	cmd.RegisterFlagCompletionFunc("category", cobra.FixedCompletions(categoryNames(), cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("region", cobra.FixedCompletions(registry.Regions().Codes(), cobra.ShellCompDirectiveNoFileComp))
	format := formatFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		p, err := loadPack(*pack)
		if err != nil {
			return err
		}
		if err := w.check(p, args[0]); err != nil {
			return err
		}
		l := factorRows(p, args[0], &w)
		if format() == "table" {
			l = l.filled()
		}
		if err := l.write(a.stdout, format()); err != nil {
			return err
		}
		if len(l.rows) == 0 {
			a.tell("no row of " + args[0] + " is as asked")
		}
		return nil
	}
	return cmd
}

// check refuses names that mean nothing.
func (w *wanted) check(p *factors.Pack, factor string) error {
	if _, ok := p.Definition(factor); !ok {
		known := factorNames(p)
		return &usageError{message: fmt.Sprintf("the factor pack %s has no factor %q", p.Ref(), factor), hint: didYouMean(diag.Nearest(factor, known), known)}
	}
	if _, ok := lca.Words().Category(w.category); w.category != "" && !ok {
		return &usageError{message: fmt.Sprintf("unknown category %q", w.category), hint: didYouMean(diag.Nearest(w.category, categoryNames()), categoryNames())}
	}
	if _, ok := registry.Regions().Lookup(w.region); w.region != "" && !ok {
		hint := "ailca regions lists the codes"
		if near := registry.Regions().Nearest(w.region); near != "" {
			hint = didYouMean(near, nil)
		}
		return &usageError{message: fmt.Sprintf("unknown region %q", w.region), hint: hint}
	}
	return nil
}

// factorRows lists the rows that are asked for, by the names of the pack's own columns.
func factorRows(p *factors.Pack, factor string, w *wanted) *listing {
	out := &listing{columns: []string{"category", "region", "technology", "valid_from", "valid_to", "value", "unit", "distribution", "boundary", "flow", "point", "scope", "margin", "quality", "released", "source"}}
	for i := range p.Rows {
		r := &p.Rows[i]
		if r.Factor != factor || !w.fits(r) {
			continue
		}
		source := r.Source
		if len(r.Derived) > 0 {
			source = fmt.Sprintf("derived from %d rows", len(r.Derived))
		}
		out.add(r.Category, r.Region, r.Technology, yearText(r.From), yearText(r.To), r.Value, r.UnitText, r.Distribution.String(), r.Boundary, r.Flow, r.Point, r.Scope, r.Margin, r.Quality, r.Released, source)
	}
	return out
}

// filled is the listing without the columns in which no row has anything.
func (l *listing) filled() *listing {
	if len(l.rows) == 0 {
		return l
	}
	used := make([]bool, len(l.columns))
	for _, cells := range l.rows {
		for c, cell := range cells {
			used[c] = used[c] || cell != ""
		}
	}
	out := &listing{}
	for c, name := range l.columns {
		if used[c] {
			out.columns = append(out.columns, name)
		}
	}
	for _, cells := range l.rows {
		var kept []any
		for c, cell := range cells {
			if used[c] {
				kept = append(kept, cell)
			}
		}
		out.add(kept...)
	}
	return out
}

func yearText(year int) string {
	if year == 0 {
		return ""
	}
	return strconv.Itoa(year)
}

func factorNames(p *factors.Pack) []string {
	var out []string
	for _, d := range p.Definitions {
		out = append(out, d.Name)
	}
	return out
}

func categoryNames() []string {
	var out []string
	for _, c := range lca.Words().Categories {
		out = append(out, c.Name)
	}
	return out
}
