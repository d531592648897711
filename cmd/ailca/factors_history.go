package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/study"
)

// factorsHistoryCommand is "ailca factors history".
func (a *app) factorsHistoryCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "history NAME",
		Short: "Show a factor's values as they were released, one after the other",
		Long: `A publication that comes out every year gives other values for years that it gave before. The releases of each series stand together, those of every
embedded version of the pack included, with how much each differs from the one before.`,
		Example: `  ailca factors history electricity --region FRA --year 2023
  ailca factors history pue --technology google`,
		Args:              arguments("NAME"),
		ValidArgsFunction: completeFactors,
	}
	packs := packFlags(cmd)
	w := wantedFlags(cmd)
	format := formatFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		return a.listRows(packs, w, args[0], func(p *factors.Pack) (*listing, error) {
			l, err := history(p, args[0], w, packs.asOf)
			if err != nil {
				return nil, err
			}
			return l, l.writeLong(a.stdout, format(), l.columns, "source")
		})
	}
	return cmd
}

// release is a value in a pack.
type release struct {
	row  *factors.Row
	pack string
}

// history gathers the values of a pack and of the embedded versions of the same name.
func history(p *factors.Pack, factor string, w *wanted, asOf string) (*listing, error) {
	type question struct{ category, region, technology, years, kind, boundary, series string }
	var order []question
	values := map[question][]release{}
	add := func(from *factors.Pack) {
		for i := range from.Rows {
			r := &from.Rows[i]
			if r.Factor != factor || !w.fits(r) {
				continue
			}
			q := question{r.Category, r.Region, r.Technology, yearText(r.From) + "-" + yearText(r.To), strings.Join([]string{r.Flow, r.Point, r.Scope, r.Margin}, " "), r.Boundary, r.Series}
			if values[q] == nil {
				order = append(order, q)
			}
			if !slices.ContainsFunc(values[q], func(o release) bool {
				return o.row.Released == r.Released && o.row.Value == r.Value && o.row.UnitText == r.UnitText
			}) {
				values[q] = append(values[q], release{r, from.Layer(r).Ref})
			}
		}
	}
	for _, ref := range factors.EmbeddedNames() {
		name, _, _ := strings.Cut(ref, "@")
		if name != p.Name || slices.ContainsFunc(p.Layers, func(l factors.Layer) bool { return l.Ref == ref }) {
			continue
		}
		other, err := loadPacks([]string{ref}, asOf)
		if err != nil {
			return nil, err
		}
		add(other)
	}
	add(p)
	out := &listing{columns: []string{"category", "region", "technology", "valid_from", "valid_to", "flow", "point", "scope", "margin", "boundary", "series", "released", "value", "unit", "change", "pack", "source"}}
	for _, q := range order {
		list := values[q]
		slices.SortStableFunc(list, func(a, b release) int { return strings.Compare(a.row.Released, b.row.Released) })
		for i, v := range list {
			change := figure("")
			if i > 0 && list[i-1].row.UnitText == v.row.UnitText && list[i-1].row.Value > 0 {
				change = percent(v.row.Value/list[i-1].row.Value - 1)
			}
			r := v.row
			out.add(r.Category, r.Region, r.Technology, yearText(r.From), yearText(r.To), r.Flow, r.Point, r.Scope, r.Margin, r.Boundary, r.Series, r.Released, r.Value, r.UnitText, change, v.pack, sourceOf(r))
		}
	}
	return out, nil
}

// percent writes a relative change: "+3.8 %".
func percent(change float64) figure { return figure(fmt.Sprintf("%+.1f %%", 100*change)) }

// factorsStaleCommand is "ailca factors stale".
func (a *app) factorsStaleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stale",
		Short: "List the values that are old",
		Long: `Lists for each factor, category and series how old its newest values are, seen from a year: that of the pack unless --year names another. A place is
stale where its newest value holds for a year more than --behind years earlier. With --places each of them is listed.`,
		Example: `  ailca factors stale
  ailca factors stale --year 2026 --behind 1 --places`,
		Args: cobra.NoArgs,
	}
	packs := packFlags(cmd)
	year := cmd.Flags().Int("year", 0, "the `YEAR` from which it is seen; that of the pack's date where it is not given")
	behind := cmd.Flags().Int("behind", 2, "how many `YEARS` a value may lie behind")
	places := cmd.Flags().Bool("places", false, "list each place")
	format := formatFlag(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := yearAsked(*year); err != nil {
			return err
		}
		if *behind < 0 {
			return usagef("--behind takes a number of years from 0 on, not %d", *behind)
		}
		p, err := packs.load()
		if err != nil {
			return err
		}
		from := *year
		if from == 0 && len(p.Date) >= 4 {
			from, _ = strconv.Atoi(p.Date[:4])
		}
		l := &listing{columns: []string{"factor", "category", "series", "places", "stale", "newest", "released"}}
		if *places {
			l.columns = []string{"factor", "category", "series", "region", "technology", "newest", "released", "source"}
		}
		stale := 0
		for _, age := range p.Ages(from, *behind) {
			stale += len(age.Stale)
			if !*places {
				l.add(age.Factor, age.Category, age.Series, age.Places, len(age.Stale), yearText(age.Newest), age.Released)
			}
			for _, r := range age.Stale {
				if *places {
					l.add(age.Factor, age.Category, age.Series, r.Region, r.Technology, yearText(r.To), r.Released, r.Source)
				}
			}
		}
		if *places {
			err = l.writeLong(a.stdout, format(), l.columns, "source")
		} else {
			err = l.write(a.stdout, format())
		}
		if err != nil {
			return err
		}
		a.tell(fmt.Sprintf("%s more than %s behind %d", plural(stale, "place"), plural(*behind, "year"), from))
		return nil
	}
	return cmd
}

// factorsDiffCommand is "ailca factors diff".
func (a *app) factorsDiffCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff PACK PACK",
		Short: "List what differs between two packs",
		Long: `A row is the same row where factor, category, region, technology, years, boundary, kind of figure and series are. Of several releases the one that a study
would take is compared. The ratio is the new value over the old one. A pack is name@version of an embedded one, or a folder.`,
		Example: `  ailca factors diff open@2025.1 open@2025.2
  ailca factors diff open@2025.2 ./my-pack --factor electricity --format csv`,
		Args: arguments("PACK", "PACK"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return factors.EmbeddedNames(), cobra.ShellCompDirectiveFilterDirs
		},
	}
	factor := cmd.Flags().String("factor", "", "rows of a `FACTOR` alone")
	values := cmd.Flags().Bool("values", false, "changed values alone, not rows that are new, gone or differ in words")
	format := formatFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		was, err := loadPacks(args[:1], "")
		if err != nil {
			return err
		}
		now, err := loadPacks(args[1:], "")
		if err != nil {
			return err
		}
		if *factor != "" && !slices.Contains(append(factorNames(was), factorNames(now)...), *factor) {
			w := wanted{}
			return w.check(now, *factor)
		}
		l := &listing{columns: []string{"change", "factor", "category", "region", "technology", "valid_from", "valid_to", "boundary", "flow", "scope", "margin", "series", "was", "now", "unit", "ratio", "differs"}}
		counts := map[string]int{}
		for _, c := range factors.Diff(was, now) {
			r, change, before, after, ratio := c.Now, "changed", "", "", ""
			switch {
			case c.Was == nil:
				change = "new"
			case c.Now == nil:
				change, r = "gone", c.Was
			}
			if *factor != "" && r.Factor != *factor {
				continue
			}
			counts[change]++
			if slices.Contains(c.What, "value") {
				counts["value"]++
			} else if *values {
				continue
			}
			if c.Was != nil {
				before = numberText(c.Was.Value)
				if c.Was.UnitText != r.UnitText {
					before += " " + c.Was.UnitText
				}
			}
			if c.Now != nil {
				after = numberText(c.Now.Value)
			}
			if c.Ratio != 0 {
				ratio = strconv.FormatFloat(c.Ratio, 'g', 4, 64)
			}
			l.add(change, r.Factor, r.Category, r.Region, r.Technology, yearText(r.From), yearText(r.To), r.Boundary, r.Flow, r.Scope, r.Margin, r.Series, figure(before), figure(after), r.UnitText, figure(ratio), strings.Join(c.What, " "))
		}
		if err := l.writeLong(a.stdout, format(), l.columns, ""); err != nil {
			return err
		}
		a.tell(fmt.Sprintf("%s changed, %s in value; %s new, %s gone", plural(counts["changed"], "row"), grouped(int64(counts["value"])), grouped(int64(counts["new"])), grouped(int64(counts["gone"]))))
		return nil
	}
	return cmd
}

func numberText(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// completeFactors completes the names of the newest pack's factors.
func completeFactors(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	p, err := loadPacks([]string{study.NewestPack()}, "")
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return factorNames(p), cobra.ShellCompDirectiveNoFileComp
}
