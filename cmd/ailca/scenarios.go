package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// scenariosCommand is "ailca scenarios" with list, show, check, diff and drivers.
func (a *app) scenariosCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "scenarios",
		Short: "List, show, check and compare scenarios",
		Long: `A scenario is a YAML file: what drives the impact of AI, year by year, with what each number rests on. Without a command the embedded scenarios are
listed. The commands take embedded scenarios by name or NAME@VERSION, and files; "ailca project --scenarios" computes with them.`,
		Example: `  ailca scenarios
  ailca scenarios show capgemini-high-adoption
  ailca scenarios template
  ailca scenarios check my-scenario.yaml
  ailca scenarios diff iea-base iea-key-questions
  ailca scenarios drivers`,
		Args: commandOr(func(name string) string {
			switch {
			case strings.ContainsAny(name, `./\`) && !strings.Contains(name, "@"):
				return "ailca scenarios check " + quoted(name)
			case strings.Contains(name, "@") || slices.Contains(scenarios.Names(), scenarios.Newest(name)):
				return "ailca scenarios show " + quoted(name)
			}
			return ""
		}),
	}
	cmd.RunE = a.listScenarios(formatFlag(cmd))
	cmd.AddCommand(a.scenariosListCommand(), a.scenariosShowCommand(), a.scenariosCheckCommand(), a.scenariosDiffCommand(), a.scenariosDriversCommand(), a.printTemplateCommand("scenario", scenarios.Template))
	return cmd
}

func (a *app) scenariosListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the embedded scenarios",
		Example: "  ailca scenarios list --format csv",
		Args:    arguments(),
	}
	cmd.RunE = a.listScenarios(formatFlag(cmd))
	return cmd
}

func (a *app) listScenarios(format func() string) func(*cobra.Command, []string) error {
	return func(*cobra.Command, []string) error {
		l := &listing{columns: []string{"scenario", "status", "from", "to", "based_on", "drivers", "published", "title", "of", "source", "licence", "digest"}}
		var probs diag.List
		for _, ref := range scenarios.Names() {
			if s := scenarios.Embedded(ref, &probs); s != nil {
				l.add(s.Ref(), s.Status, s.From, s.To, s.BasedOn, len(s.Drivers), len(s.Published), s.Title, s.Of, s.Source, s.Licence, s.Digest)
			}
		}
		if err := probs.Err(); err != nil {
			return err
		}
		if format() == "table" {
			l = l.only("scenario", "from", "to", "drivers", "title", "of")
		}
		return l.write(a.stdout, format())
	}
}

// completeScenarios completes embedded scenarios, and files.
func completeScenarios(most int) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if most > 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return scenarios.Names(), cobra.ShellCompDirectiveDefault
	}
}

func (a *app) scenariosShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show SCENARIO",
		Short: "Show a scenario: its drivers by year, what each rests on, and what is published of it",
		Long: `Prints of each driver the values by year, whether they are published, derived, fitted or an assumption, and the source. Terms are quantities that only formulas of
the scenario read. What the source prints of the scenario stands beside what the drivers come to: a number that an input was chosen to meet is "fitted" and checks nothing.

The table has at most twelve years; csv and json have all.`,
		Example: `  ailca scenarios show iea-base
  ailca scenarios show capgemini-high-adoption@2025.1
  ailca scenarios show my-scenario.yaml --format csv
  ailca scenarios show iea-base --format yaml`,
		Args:              arguments("SCENARIO"),
		ValidArgsFunction: completeScenarios(1),
	}
	format := choice(cmd, "format", "FORMAT", "how to print; yaml is the file of an embedded scenario", "table", "json", "csv", "yaml")
	cmd.RunE = func(cmd *cobra.Command, refs []string) error {
		if text := scenarios.Text(refs[0]); format() == "yaml" {
			if text == nil {
				return &usageError{message: "there is no embedded scenario " + refs[0], hint: "yaml prints the file of an embedded one: ailca scenarios lists them"}
			}
			_, err := a.stdout.Write(text)
			return err
		}
		var probs diag.List
		s := study.LoadScenario(refs[0], &probs)
		if err := probs.Err(); err != nil {
			return err
		}
		if format() != "table" {
			return scenarioListing(s).write(a.stdout, format())
		}
		_, err := a.stdout.Write([]byte(scenarioText(s)))
		return err
	}
	return cmd
}

// scenarioListing has a row for each value.
func scenarioListing(s *scenarios.Scenario) *listing {
	l := &listing{columns: []string{"scenario", "driver", "term", "region", "task", "category", "kind", "year", "unit", "value", "basis", "source"}}
	for _, term := range []bool{false, true} {
		list := s.Drivers
		if term {
			list = s.Terms
		}
		for i := range list {
			d := &list[i]
			for _, of := range s.Keys(d.Name) {
				for y := s.From; y <= s.To; y++ {
					v, _ := s.Value(d.Name, of, y)
					value := any(absent{})
					if v.Given {
						value = v.Value
					}
					l.add(s.Ref(), d.Name, term, of.Region, of.Task, of.Category, of.Kind, y, d.Measured(), value, d.Basis, d.Source)
				}
			}
		}
	}
	return l
}

// someYears are at most so many of a scenario's years, evenly apart, the first and the last among them.
func someYears(from, to, most int) (out []int) {
	step := max(1, (to-from+most-2)/(most-1))
	for y := from; y < to; y += step {
		out = append(out, y)
	}
	return append(out, to)
}

// scenarioText is a scenario for people.
func scenarioText(s *scenarios.Scenario) string {
	p := &page{}
	p.line(0, "%s: %s", s.Ref(), s.Title)
	p.line(1, "%s, %s, %d to %d", s.Status, s.Date, s.From, s.To)
	p.prose(1, "of:", s.Of)
	p.prose(1, "source:", s.Source)
	if s.URL != "" {
		p.line(1, "%s", s.URL)
	}
	if s.BasedOn != "" {
		p.line(1, "rests on %s", s.BasedOn)
	}
	p.line(1, "sha256 %s", s.Digest)
	p.prose(1, "", s.Doc)
	for _, x := range []struct {
		title string
		list  []scenarios.Driver
	}{{"drivers", s.Drivers}, {"terms", s.Terms}} {
		if len(x.list) == 0 {
			continue
		}
		p.title(x.title)
		l := &listing{columns: []string{strings.TrimSuffix(x.title, "s"), "of", "unit", "basis"}}
		years := someYears(s.From, s.To, 12)
		for _, y := range years {
			l.columns = append(l.columns, fmt.Sprint(y))
		}
		for i := range x.list {
			d := &x.list[i]
			for n, of := range s.Keys(d.Name) {
				row := []any{d.Name, s.RegionTitle(of.String()), d.Measured(), d.Basis}
				if n > 0 {
					row[0], row[3] = "", ""
				}
				some := false
				for _, y := range years {
					v, _ := s.Value(d.Name, of, y)
					if some = some || v.Given; v.Given {
						row = append(row, v.Value)
					} else {
						row = append(row, absent{})
					}
				}
				if some || n == 0 {
					l.add(row...)
				}
			}
		}
		l.table(&p.Builder)
		for i := range x.list {
			d := &x.list[i]
			text := d.Doc
			if d.Source != "" {
				text += " [" + d.Source + "]"
			}
			if d.DistText != "" {
				text += " Spread in the last year, relative: " + d.DistText + "."
			}
			if d.From != s.Ref() {
				text += " (" + d.From + ")"
			}
			if strings.TrimSpace(text) != "" {
				p.prose(0, d.Name+":", text)
			}
		}
	}
	if len(s.Published) > 0 {
		p.title("what is published of it")
		l := &listing{columns: []string{"what", "published", "computed", "difference_percent", "within", "class"}}
		for _, o := range s.Outcomes() {
			difference := any(absent{})
			if o.Value != 0 {
				difference = float64(100 * o.Difference)
			}
			within := o.Within
			if within == "" {
				within = "exactly"
			}
			l.add(o.What, o.Value, o.Computed, difference, within, o.Class)
		}
		l.table(&p.Builder)
	}
	return p.String()
}

func (a *app) scenariosCheckCommand() *cobra.Command {
	cmd := a.checkCommand("scenario", func(ref string, probs *diag.List) { study.LoadScenario(ref, probs) }, completeScenarios(0))
	cmd.Short = "Check scenarios: their form, years, units, regions, formulas, and what is published of them"
	cmd.Long = `Computes each scenario and prints every problem with its place: years without a value, growth that leaves nothing, shares above 1, regions that no registry has, units
that do not fit, drivers that use themselves, and published numbers that the drivers do not come to.`
	cmd.Example = `  ailca scenarios check my-scenario.yaml
  ailca scenarios check iea-base --format json`
	return cmd
}

func (a *app) scenariosDiffCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "List the drivers in which two scenarios differ",
		Long: `Lists drivers and terms that were added, removed and changed from scenario A to scenario B, with what both rest on and the values of the first and the last
year that differ; json has all years. "words" marks what is told otherwise and comes to the same values.`,
		Example: `  ailca scenarios diff iea-base iea-key-questions
  ailca scenarios diff observatory-low observatory-high --format json`,
		Args:              arguments("A", "B"),
		ValidArgsFunction: completeScenarios(2),
	}
	exit := cmd.Flags().Bool("exit-code", false, "end in 5 where there are differences")
	format := choice(cmd, "format", "FORMAT", "how to print", "text", "json")
	cmd.RunE = func(cmd *cobra.Command, refs []string) error {
		var probs diag.List
		x, y := study.LoadScenario(refs[0], &probs), study.LoadScenario(refs[1], &probs)
		if err := probs.Err(); err != nil {
			return err
		}
		list := scenarios.Differences(x, y)
		var err error
		if format() == "json" {
			if list == nil {
				list = []scenarios.Difference{}
			}
			err = a.writeJSON(list)
		} else {
			_, err = a.stdout.Write([]byte(scenarioDifferences(x, y, list)))
		}
		if err == nil && *exit && len(list) > 0 {
			return printed(&differentError{})
		}
		return err
	}
	return cmd
}

// scenarioDifferences lists differences for people.
func scenarioDifferences(x, y *scenarios.Scenario, list []scenarios.Difference) string {
	p := &page{}
	p.line(0, "%s (%d to %d) to %s (%d to %d)", x.Ref(), x.From, x.To, y.Ref(), y.From, y.To)
	if len(list) == 0 {
		p.line(0, "no difference")
	}
	marks := map[string]string{scenarios.Added: "+", scenarios.Removed: "-", scenarios.Changed: "~", scenarios.Words: "~"}
	for _, d := range list {
		kind := "driver"
		if d.Term {
			kind = "term"
		}
		p.line(0, "%s %s %s: %s", marks[d.What], kind, d.Name, d.What)
		for _, side := range []struct {
			mark string
			of   *scenarios.Side
		}{{"-", d.Was}, {"+", d.Now}} {
			if side.of != nil {
				p.prose(1, side.mark, strings.TrimSpace(side.of.Basis+", "+side.of.From+" ("+side.of.Place+") "+side.of.Source))
			}
		}
		if n := len(d.Where); n > 0 {
			first, last := d.Where[0], d.Where[n-1]
			shown := []scenarios.Where{first, last}
			if n == 1 {
				shown = shown[:1]
			}
			for _, w := range shown {
				of := ""
				if w.Of.String() != "" {
					of = " of " + w.Of.String()
				}
				p.line(1, "%d%s: %s → %s %s", w.Year, of, valueText(w.Was), valueText(w.Now), d.Unit)
			}
			if n > 2 {
				p.line(1, "and %s more", plural(n-2, "value"))
			}
		}
	}
	return p.String()
}

func valueText(v *float64) string {
	if v == nil {
		return "nothing"
	}
	return strconv.FormatFloat(*v, 'g', 4, 64)
}

func (a *app) scenariosDriversCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "drivers",
		Short: "List the drivers that scenarios may give, with what each acts on",
		Example: `  ailca scenarios drivers
  ailca scenarios drivers --format csv`,
		Args: arguments(),
	}
	format := formatFlag(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		l := &listing{columns: []string{"driver", "unit", "min", "max", "by", "acts_on", "devices", "doc"}}
		for _, d := range scenarios.Definitions() {
			l.add(d.Name, d.Unit, optional(d.Min), optional(d.Max), strings.Join(d.By, " "), actsText(d.Acts), actsText(d.Devices), d.Doc)
		}
		if format() == "table" {
			l = l.only("driver", "unit", "by", "acts_on", "devices")
		}
		return l.write(a.stdout, format())
	}
	return cmd
}

// actsText says what a driver multiplies or divides.
func actsText(list []scenarios.Act) string {
	var out []string
	for i := range list {
		x := &list[i]
		var words []string
		for _, of := range []struct {
			name string
			list []string
		}{{"", x.Kinds}, {"", x.Perspectives}, {"", x.Stages}, {"", x.Categories}, {"factors ", x.Factors}, {"reads ", x.Reads}} {
			if len(of.list) > 0 {
				words = append(words, of.name+strings.Join(of.list, "+"))
			}
		}
		sign := "×"
		if x.Exponent() < 0 {
			sign = "÷"
		}
		if n := max(x.Exponent(), -x.Exponent()); n > 1 {
			sign += fmt.Sprint(n)
		}
		out = append(out, sign+" "+strings.Join(words, "; "))
	}
	return strings.Join(out, " | ")
}
