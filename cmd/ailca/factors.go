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

// factorsCommand is "ailca factors" and what it holds.
func (a *app) factorsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "factors",
		Short: "List the factors of a factor pack, show their rows, and check them",
		Long: `A factor is what an activity is multiplied by: the burden of each kWh, each kg, each device, by category; or a value that formulas look
up, such as a PUE. The unit is that of the activity ("per kWh", "each") or, of a value, its own. The keys are what a row is found by.`,
		Example: `  ailca factors
  ailca factors --factors open@2025.1 --format json
  ailca factors show electricity --region FRA --year 2023 --all-sources
  ailca factors lint ./my-pack`,
		Args: commandOr(func(name string) string { return "ailca factors show " + quoted(name) }),
	}
	cmd.RunE = a.listFactors(cmd)
	list := &cobra.Command{
		Use:     "list",
		Short:   "List the factors of a factor pack",
		Long:    "As ailca factors without more words.",
		Example: "  ailca factors list --factors ./my-pack",
		Args:    cobra.NoArgs,
	}
	list.RunE = a.listFactors(list)
	cmd.AddCommand(list, a.factorsShowCommand(), a.factorsHistoryCommand(), a.factorsStaleCommand(), a.factorsDiffCommand(), a.factorsLintCommand(),
		a.factorsLicencesCommand(), a.factorsFreezeCommand())
	return cmd
}

// listFactors lists what the packs define.
func (a *app) listFactors(cmd *cobra.Command) func(*cobra.Command, []string) error {
	packs := packFlags(cmd)
	format := formatFlag(cmd)
	return func(*cobra.Command, []string) error {
		p, err := packs.load()
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
}

// packsAsked are the packs that a command looks at: one, or several that lie over each other.
type packsAsked struct {
	refs []string
	asOf string
}

// packFlags adds --factors, which may be repeated, and --as-of.
func packFlags(cmd *cobra.Command) *packsAsked {
	var p packsAsked
	cmd.Flags().StringArrayVar(&p.refs, "factors", nil, "factor `PACK`: name@version of an embedded one, or a folder; the newest embedded one where it is not given; repeated, each lies over those before it")
	cmd.Flags().StringVar(&p.asOf, "as-of", "", "leave out what was published after a `DAY` such as 2025-06-30")
	completePacks(cmd)
	return &p
}

// load loads the packs, or fails with all of their problems.
func (p *packsAsked) load() (*factors.Pack, error) {
	if p.asOf != "" && !factors.IsDay(p.asOf) {
		return nil, &usageError{message: fmt.Sprintf("--as-of takes a day such as 2025-06-30, not %q", p.asOf)}
	}
	refs := p.refs
	if len(refs) == 0 {
		refs = []string{""}
	}
	return loadPacks(refs, p.asOf)
}

func loadPacks(refs []string, asOf string) (*factors.Pack, error) {
	var probs diag.List
	p := study.LoadPacks(refs, asOf, &probs)
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

// check refuses names that mean nothing.
func (w *wanted) check(p *factors.Pack, factor string) error {
	if _, ok := p.Definition(factor); !ok {
		known := factorNames(p)
		return &usageError{message: fmt.Sprintf("the factor pack %s has no factor %q", p.Ref(), factor), hint: didYouMean(diag.Nearest(factor, known), known)}
	}
	if _, ok := lca.Words().Category(w.category); w.category != "" && !ok {
		return &usageError{message: fmt.Sprintf("unknown category %q", w.category), hint: didYouMean(diag.Nearest(w.category, lca.Words().CategoryNames()), lca.Words().CategoryNames())}
	}
	if _, ok := registry.Regions().Lookup(w.region); w.region != "" && !ok {
		hint := "ailca regions lists the codes"
		if near := registry.Regions().Nearest(w.region); near != "" {
			hint = didYouMean(near, nil)
		}
		return &usageError{message: fmt.Sprintf("unknown region %q", w.region), hint: hint}
	}
	return yearAsked(w.year)
}

// yearAsked refuses a --year that no row can be valid in.
func yearAsked(year int) error {
	if year != 0 && (year < 1900 || year > 2200) {
		return usagef("--year takes a year from 1900 to 2200, not %d", year)
	}
	return nil
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
