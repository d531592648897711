package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/rules/levers"
)

// leversCommand is "ailca levers" with list, show, check and template.
func (a *app) leversCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "levers [STUDY]",
		Short: "Compute what actions would change of a study's totals",
		Long: `A lever is an action: a YAML file that gives names of the method, such as a facility's PUE or the region of a row, other values in the rows for which its condition holds. What it does is the
difference between the study with it and without, for the study's year. Without a study, or with open in its place, it is the open edition; without --levers those are computed that the study names, or all embedded ones where it names none.

difference    what the lever changes alone; less than 0 is less impact
p05, p95      percentiles of the difference, both cases drawn from the same numbers
added         what it changes on top of the levers above it, so that nothing is counted twice: these add up to what all do together
trades        categories of the service perspective that become larger where another becomes smaller

A lever that excludes one above it is computed alone, and left out of what all do together. No lever is an avoided emission: nothing outside of the study's boundary is counted, and each tells what may
eat up the gain ("ailca levers show").

A lever whose cases have factors of their own, such as marginal ones, stands apart: base is the study with these factors, and it is in nothing that all do together. With marginal factors it is consequential.
A number that a lever leaves to the study stands there under lever_parameters, or is given with --give; a lever that is named without it is refused. Embedded levers that the study does not name are told.

With --write DIR the table is written as levers.parquet.`,
		Example: `  ailca levers
  ailca levers study.yaml --category water_consumption
  ailca levers study.yaml --levers evaporative-cooling,./my-lever.yaml --format csv
  ailca levers study.yaml --levers reuse --give reuse.reused=0.3
  ailca levers list
  ailca levers show longer-life
  ailca levers template`,
		Args: arguments("[STUDY]"),
	}
	names := cmd.Flags().StringSlice("levers", nil, "`LEVERS` by name, name@version or file, separated by commas, in the order in which they are applied; where left out those that the study names, or else all embedded ones")
	cmd.RegisterFlagCompletionFunc("levers", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return levers.Names(), cobra.ShellCompDirectiveDefault
	})
	category := cmd.Flags().String("category", "climate_change", "`CATEGORY` that the table is of; csv and json have all")
	give := cmd.Flags().StringArray("give", nil, "number of a lever, in place of the file's or the study's: `LEVER.PARAMETER=VALUE`; once for each")
	write := cmd.Flags().String("write", "", "write levers.parquet into the new folder `DIR`")
	format := formatFlag(cmd)
	sampling := samplingFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if _, err := categoryOf(*category); err != nil {
			return err
		}
		if len(args) == 1 && slices.Contains(levers.Names(), levers.Newest(args[0])) {
			return &usageError{message: args[0] + " is a lever, and a study is needed", hint: fmt.Sprintf("ailca levers show %s, or ailca levers STUDY --levers %s", args[0], args[0])}
		}
		s, err := a.sampled(cmd.Context(), args, sampling)
		if err != nil {
			return err
		}
		var probs diag.List
		var list []*levers.Lever
		own := len(*names) == 0 && len(s.Levers) > 0
		if own {
			list = s.OwnLevers(&probs)
		} else {
			list = loadLevers(*names, &probs)
		}
		s.Give(*give, list, &probs)
		if err := probs.Err(); err != nil {
			return err
		}
		a.printProblems(&probs)
		o, done := a.options(cmd.Context())
		defer done()
		r, err := s.ComputeLevers(cmd.Context(), study.LeverOptions{Options: o, Levers: list, Lenient: len(*names) == 0 && !own})
		done()
		if err != nil {
			return err
		}
		if *write != "" {
			if err := r.Write(cmd.Context(), *write); err != nil {
				return err
			}
		}
		a.printProblems(&r.Warnings)
		if err := leverEffects(r, *category, format()).write(a.stdout, format()); err != nil {
			return err
		}
		a.tell(leverNotes(r, *category)...)
		if left := leftOut(list); own && len(left) > 0 {
			a.tell("of the embedded levers the study does not name " + strings.Join(left, ", ") + ": name them with --levers")
		}
		if *write != "" {
			a.tell("written to " + filepath.Join(*write, "levers.parquet"))
		}
		return nil
	}
	cmd.AddCommand(a.leversListCommand(), a.leversShowCommand(), a.leversCheckCommand(), a.printTemplateCommand("lever", levers.Template))
	return cmd
}

// leftOut are the names of embedded levers that are not in a list.
func leftOut(list []*levers.Lever) []string {
	return slices.DeleteFunc(levers.ShortNames(), func(name string) bool {
		return slices.ContainsFunc(list, func(l *levers.Lever) bool { return l.Name == name })
	})
}

// loadLevers loads levers, each once; all embedded ones where none is named.
func loadLevers(names []string, probs *diag.List) (out []*levers.Lever) {
	if len(names) == 0 {
		return levers.All(probs)
	}
	for _, ref := range names {
		if l := study.LoadLever(strings.TrimSpace(ref), probs); l != nil && !slices.ContainsFunc(out, func(o *levers.Lever) bool { return o.Digest == l.Digest }) {
			if other := slices.IndexFunc(out, func(o *levers.Lever) bool { return o.Name == l.Name }); other >= 0 {
				probs.Add(l.Problem(diag.DuplicateName, "%s and %s have one name: which of them is meant could not be told", out[other].Ref(), l.Ref()))
				continue
			}
			out = append(out, l)
		}
	}
	return out
}

// leverEffects lists what levers change: all totals in JSON and CSV, and for people those of a category.
func leverEffects(r *study.LeverResults, category, format string) *listing {
	l := &listing{columns: []string{"lever", "area", "category", "year", "perspective", "accounting", "base", "difference", "p05", "p95", "percent", "added", "added_p05", "added_p95", "unit", "coverage", "apart"}}
	for i := range r.Effects {
		e := &r.Effects[i]
		if format == "table" && (e.Category != category || e.Difference != nil && *e.Difference == 0 && (e.Added == nil || *e.Added == 0)) {
			continue
		}
		name := e.Lever
		if name == "" {
			name = e.Title
		}
		if format == "table" && e.Apart != "" {
			name += " (apart, " + e.Apart + ")"
		}
		percent := any(absent{})
		if e.Base != 0 && e.Difference != nil {
			percent = float64(100 * *e.Difference / e.Base)
		}
		l.add(name, e.Area, e.Category, e.Year, e.Perspective, e.Accounting, e.Base, optional(e.Difference), optional(e.P05), optional(e.P95), percent, optional(e.Added), optional(e.AddedP05), optional(e.AddedP95), e.Unit, coverage(e.Complete), e.Apart)
	}
	if format == "table" {
		return l.only("lever", "perspective", "accounting", "base", "difference", "p05", "p95", "percent", "added", "unit", "coverage")
	}
	return l
}

// leverNotes say what the table does not.
func leverNotes(r *study.LeverResults, category string) (out []string) {
	for _, x := range r.Levers {
		if x.Why != "" {
			out = append(out, x.Lever.Ref()+": "+x.Why)
		}
		if x.Off != "" {
			out = append(out, fmt.Sprintf("%s cannot be had beside %s: it is computed alone", x.Lever.Ref(), x.Off))
		}
		for _, p := range x.Lever.Given() {
			out = append(out, fmt.Sprintf("%s with %s = %s (%s)", x.Lever.Ref(), p.Name, strings.TrimSuffix(fmt.Sprintf("%v %s", p.Value, p.UnitText), " 1"), p.Source))
		}
		if x.Lever.Apart() {
			out = append(out, fmt.Sprintf("%s stands apart, %s: both of its cases are computed with %s, and it is not in what all do together", x.Lever.Ref(), x.Lever.Approach, strings.Join(x.Lever.UnderWhat(), ", ")))
		}
		if n := len(x.Lacks); n > 0 {
			out = append(out, fmt.Sprintf("%s asks for what is not known: %s; what it does there is not counted as nothing", x.Lever.Ref(), few(x.Lacks)))
		}
		if n := len(x.Fills); n > 0 {
			out = append(out, fmt.Sprintf("%s gives a value to what has none without it: %s; the difference there is not known", x.Lever.Ref(), few(x.Fills)))
		}
		if len(x.Down) > 0 && len(x.Up) > 0 {
			out = append(out, fmt.Sprintf("%s trades: less %s, more %s", x.Lever.Ref(), titles(x.Down), titles(x.Up)))
		}
	}
	if !slices.ContainsFunc(r.Effects, func(e lca.LeverEffect) bool {
		return e.Category == category && (e.Difference == nil || *e.Difference != 0 || e.Added != nil && *e.Added != 0)
	}) {
		told := func(x study.LeverResult) bool {
			return slices.ContainsFunc(r.Effects, func(e lca.LeverEffect) bool { return e.Lever == x.Lever.Ref() && e.Category == category })
		}
		switch {
		case !slices.ContainsFunc(r.Levers, told):
			out = append(out, fmt.Sprintf("of no lever is it known what it changes of the %s of %d", category, r.Year))
		case slices.ContainsFunc(r.Levers, func(x study.LeverResult) bool { return !told(x) }):
			out = append(out, fmt.Sprintf("no lever of which it is known changes the %s of %d", category, r.Year))
		default:
			out = append(out, fmt.Sprintf("no lever changes the %s of %d", category, r.Year))
		}
	}
	return append(out, fmt.Sprintf("differences to the %s of %d, the study's year; what may eat up a gain: ailca levers show LEVER", category, r.Year))
}

// few names the first of many.
func few(names []string) string {
	text := strings.Join(names[:min(len(names), 3)], ", ")
	if n := len(names) - 3; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

func titles(categories []string) string {
	var out []string
	for _, name := range categories {
		c, _ := lca.Words().Category(name)
		out = append(out, strings.ToLower(c.Title))
	}
	return strings.Join(out, ", ")
}

func (a *app) leversListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the embedded levers",
		Example: "  ailca levers list --format csv",
		Args:    arguments(),
	}
	format := formatFlag(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		l := &listing{columns: []string{"lever", "status", "area", "title", "sets", "conditions", "rebound", "source", "licence", "digest"}}
		var probs diag.List
		for _, x := range levers.All(&probs) {
			var sets []string
			for _, o := range x.Overrides.Set {
				sets = append(sets, o.Name)
			}
			sets = append(sets, x.LooksUp()...)
			l.add(x.Ref(), x.Status, x.Area, x.Title, strings.Join(sets, " "), x.Conditions, x.Rebound, x.Source, x.Licence, x.Digest)
		}
		if err := probs.Err(); err != nil {
			return err
		}
		if format() == "table" {
			l = l.only("lever", "area", "title", "sets")
		}
		return l.write(a.stdout, format())
	}
	return cmd
}

// completeLevers completes embedded levers, and files.
func completeLevers(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return levers.Names(), cobra.ShellCompDirectiveDefault
}

func (a *app) leversShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show LEVER",
		Short: "Show a lever: what it sets, under which conditions, and what may eat up the gain",
		Example: `  ailca levers show evaporative-cooling
  ailca levers show longer-life --format yaml`,
		Args:              arguments("LEVER"),
		ValidArgsFunction: completeLevers,
	}
	format := choice(cmd, "format", "FORMAT", "how to print; yaml is the file of an embedded lever", "text", "yaml")
	cmd.RunE = func(_ *cobra.Command, refs []string) error {
		if format() == "yaml" {
			text := levers.Text(refs[0])
			if text == nil {
				return &usageError{message: "there is no embedded lever " + refs[0], hint: "yaml prints the file of an embedded one: ailca levers list has them"}
			}
			_, err := a.stdout.Write(text)
			return err
		}
		var probs diag.List
		l := study.LoadLever(refs[0], &probs)
		if err := probs.Err(); err != nil {
			return err
		}
		_, err := a.stdout.Write([]byte(leverText(l)))
		return err
	}
	return cmd
}

// leverText is a lever for people.
func leverText(l *levers.Lever) string {
	p := &page{}
	p.line(0, "%s: %s", l.Ref(), l.Title)
	p.line(1, "%s, %s, %s", l.Status, l.Date, l.Area)
	p.prose(1, "source:", l.Source)
	if l.URL != "" {
		p.line(1, "%s", l.URL)
	}
	if len(l.Excludes) > 0 {
		p.line(1, "cannot be had beside %s", strings.Join(l.Excludes, ", "))
	}
	p.line(1, "sha256 %s", l.Digest)
	p.prose(1, "", l.Doc)
	p.prose(0, "conditions:", l.Conditions)
	p.prose(0, "what may eat up the gain:", l.Rebound)
	if l.Apart() {
		p.title("stands apart, " + l.Approach)
		p.prose(1, "", "both cases are computed with "+strings.Join(l.UnderWhat(), ", ")+"; it is not in what all do together")
		if len(l.Accountings) > 0 {
			p.line(1, "told under the accounting %s", strings.Join(l.Accountings, ", "))
		}
	}
	p.title("sets")
	for _, text := range l.Sets() {
		p.line(1, "%s", text)
	}
	if len(l.Asks) > 0 {
		p.title("left to the study")
		for _, a := range l.Asks {
			what := a.Doc
			if a.Unit != "1" {
				what += ", in " + a.Unit
			}
			p.prose(0, a.Name+":", what)
			p.line(1, "lever_parameters: {%s: {%s: {value: ..., source: ...}}}", l.Name, a.Name)
		}
	}
	if list := l.Parameters(); len(list) > 0 {
		p.title("parameters")
		t := &listing{columns: []string{"parameter", "value", "unit", "distribution"}}
		for i := range list {
			t.add(list[i].Name, list[i].Value, list[i].UnitText, list[i].Distribution.String())
		}
		t.table(&p.Builder)
		for i := range list {
			p.prose(0, list[i].Name+":", list[i].Doc+" ["+list[i].Source+"]")
		}
	}
	return p.String()
}

func (a *app) leversCheckCommand() *cobra.Command {
	cmd := a.checkCommand("lever", func(ref string, probs *diag.List) { study.LoadLever(ref, probs) }, completeLevers)
	cmd.Short = "Check the form of levers"
	cmd.Long = `Prints every problem of form with its place: keys, areas, kinds, parameters with their distributions and sources. Whether a method has the names that a lever sets, and its formulas fit, depends on the
method, and is told where the lever is computed: ailca levers STUDY --levers FILE.`
	cmd.Example = "  ailca levers check my-lever.yaml"
	return cmd
}
