package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/lca/study/projectdoc"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// defaultScenarios are those that are projected where none is named: the baseline, and the observatory's reference with its low and high.
const defaultScenarios = "frozen,observatory-low,observatory-reference,observatory-high"

// projectCommand is "ailca project".
func (a *app) projectCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "project [STUDY]",
		Short: "Project a study to later years under scenarios",
		Long: `Takes the rows of the study's year into later years: each contribution is multiplied by what the drivers that act on it have become under a scenario. Devices in
service are followed as stock and flow, so that what is made and what leaves use stands in its own year. Without a study, or with open in its place, it is the open edition.

The sum of documented activities is no estimate of all AI. Where a scenario has the electricity of a sector and AI's share of it, sectors.parquet and the page set the two side by side, and
scaled.parquet has totals of the service perspective over the coverage of the base year, an estimate of another kind, which no other table holds.

Writes DIR/<study>-to-<year>/: impacts.parquet with scenario and year, intervals, fleet (stock, shipments, retirements, e-waste), drivers (what is assumed), decomposition (what drives the
change), sectors, projection.html, and iamc/ for pyam and nomenclature: scenarios.csv, scenarios-long.csv, scenarios.xlsx, variables.yaml, regions.yaml.

With --target nothing is written: it is told what each driver, or drivers of --with moved together, would have to be for a total of the service perspective to change as asked for, relative
to the base year; of the location-based total, or with CATEGORY,YEAR,CHANGE,market of the other one. With --against a later study is computed, and set beside what was projected for its year; nothing is written either.`,
		Example: `  ailca project
  ailca project study.yaml --scenarios frozen,iea-base,capgemini-high-adoption --to 2030
  ailca project --scenarios my-scenario.yaml --to 2030 --category water_consumption
  ailca project --scenarios iea-base --target climate_change,2030,-50%
  ailca project --scenarios iea-base --target climate_change,2030,-50% --with grid_intensity,hardware_efficiency
  ailca project --decompose --scenarios observatory-reference
  ailca project edition-2024.yaml --scenarios frozen,iea-base --to 2026 --against edition-2026.yaml`,
		Args: arguments("[STUDY]"),
	}
	names := cmd.Flags().StringSlice("scenarios", strings.Split(defaultScenarios, ","), "`SCENARIOS` by name, name@version or file, separated by commas")
	cmd.RegisterFlagCompletionFunc("scenarios", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return scenarios.Names(), cobra.ShellCompDirectiveDefault
	})
	to := wholeFlag(cmd, "to", "the last year", "2030", "expected a calendar year")
	category := cmd.Flags().String("category", "climate_change", "`CATEGORY` that the table is of; csv and json have all")
	targets := cmd.Flags().String("target", "", "what drivers would have to be for a total to change so much from the base year: `CATEGORY,YEAR,CHANGE`")
	with := cmd.Flags().StringSlice("with", nil, "with --target: these `DRIVERS` alone, moved together")
	decompose := cmd.Flags().Bool("decompose", false, "print what drives the change, from the base year to the last and from the first scenario to each other one, in place of totals")
	against := cmd.Flags().String("against", "", "a later `STUDY` to set the projection beside")
	format := formatFlag(cmd)
	sampling := samplingFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		target, err := parseTarget(*targets)
		if err != nil {
			return err
		}
		if err := checkDrivers(*with, target); err != nil {
			return err
		}
		if target != nil && *decompose || target != nil && *against != "" || *decompose && *against != "" {
			return usagef("--target, --decompose and --against exclude each other")
		}
		if target != nil && target.Year > to() {
			return &usageError{message: fmt.Sprintf("--target: the projection ends in %d, and the target is of %d", to(), target.Year), hint: fmt.Sprintf("--to %d", target.Year)}
		}
		if _, err := categoryOf(*category); err != nil {
			return err
		}
		s, err := a.sampled(cmd.Context(), args, sampling)
		if err != nil {
			return err
		}
		var probs diag.List
		var later *study.Study
		if *against != "" {
			later = loadStudy(cmd.Context(), []string{*against}, &probs)
		}
		list := loadScenarios(*names, &probs)
		if err := probs.Err(); err != nil {
			return err
		}
		a.printProblems(&probs)
		if !cmd.Flags().Changed("scenarios") {
			list = a.reaching(list, s.Year, to())
		}
		o, done := a.options(cmd.Context())
		defer done()
		p, err := study.Project(cmd.Context(), s, study.ProjectOptions{Options: o, Scenarios: list, To: to()})
		done()
		if err != nil {
			return err
		}
		defer p.Close()
		switch {
		case target != nil:
			return a.printTarget(p, *target, *with, format())
		case later != nil:
			o.Progress = nil
			rows, notes, err := p.Hindcast(cmd.Context(), later, o)
			if err != nil {
				return err
			}
			err = hindsightListing(rows).write(a.stdout, format())
			a.tell(notes...)
			return err
		}
		runID, err := p.RunID(cmd.Context())
		if err != nil {
			return err
		}
		folder, err := p.Write(cmd.Context(), projectionPage(p, runID))
		if err != nil {
			return err
		}
		if *decompose {
			err = a.printDecomposition(p, *category, format())
		} else {
			err = a.printProjection(p, *category, format())
		}
		if err != nil {
			return err
		}
		a.printProblems(&p.Notes)
		a.tell("written to "+folder, "page: "+filepath.Join(folder, "projection.html"))
		return nil
	}
	return cmd
}

// projectionPage writes the page of a projection.
func projectionPage(p *study.Projection, runID string) func(io.Writer) error {
	return func(w io.Writer) error {
		d, err := projectdoc.Of(p, runID)
		if err != nil {
			return err
		}
		return signed(d).WriteHTML(w)
	}
}

// reaching are the scenarios that cover the years; the others are told.
func (a *app) reaching(list []*scenarios.Scenario, from, to int) (out []*scenarios.Scenario) {
	var left []string
	for _, s := range list {
		if s.From <= from && to <= s.To {
			out = append(out, s)
		} else {
			left = append(left, fmt.Sprintf("%s (%d to %d)", s.Ref(), s.From, s.To))
		}
	}
	if len(left) > 0 {
		a.tell(fmt.Sprintf("left out, as they do not cover %d to %d: %s", from, to, strings.Join(left, ", ")))
	}
	return out
}

// loadScenarios loads scenarios; each stands once.
func loadScenarios(names []string, probs *diag.List) (out []*scenarios.Scenario) {
	for _, ref := range names {
		ref = strings.TrimSpace(ref)
		if s := study.LoadScenario(ref, probs); s != nil && !slices.ContainsFunc(out, func(o *scenarios.Scenario) bool { return o.Digest == s.Digest }) {
			out = append(out, s)
		}
	}
	return out
}

// categoryOf finds a category.
func categoryOf(name string) (lca.Category, error) {
	c, ok := lca.Words().Category(name)
	if ok {
		return c, nil
	}
	var known []string
	for _, c := range lca.Words().Categories {
		known = append(known, c.Name)
	}
	hint := "one of " + strings.Join(known, ", ")
	if near := diag.Nearest(name, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return c, &usageError{message: fmt.Sprintf("there is no category %q", name), hint: hint}
}

var targetForm = regexp.MustCompile(`^\s*([^\s,]+)[\s,]+(\d{4})[\s,]+([+-]?\d+(?:\.\d+)?)\s*%(?:[\s,]+([^\s,]+))?\s*$`)

// parseTarget reads a target; nil of none.
func parseTarget(text string) (*study.Target, error) {
	if text == "" {
		return nil, nil
	}
	m := targetForm.FindStringSubmatch(text)
	if m == nil {
		return nil, &usageError{message: fmt.Sprintf("--target: %q is no target", text), hint: "write category, year and change: climate_change,2030,-50% and, for the other accounting, climate_change,2030,-50%,market"}
	}
	if _, err := categoryOf(m[1]); err != nil {
		return nil, err
	}
	year, _ := strconv.Atoi(m[2])
	change, _ := strconv.ParseFloat(m[3], 64)
	t := &study.Target{Category: m[1], Year: year, Change: change / 100, Accounting: lca.Words().Accountings[0].Name}
	if m[4] != "" {
		t.Accounting = m[4]
	}
	if known := lca.Names(lca.Words().Accountings); !slices.Contains(known, t.Accounting) {
		return nil, &usageError{message: fmt.Sprintf("--target: there is no accounting %q", t.Accounting), hint: "one of " + strings.Join(known, ", ")}
	}
	if t.Change <= -1 {
		return nil, &usageError{message: fmt.Sprintf("--target: a change of %s %% leaves nothing", m[3]), hint: "write less than 100 % of decline"}
	}
	return t, nil
}

// checkDrivers refuses drivers of --with that are none.
func checkDrivers(names []string, target *study.Target) error {
	if len(names) > 0 && target == nil {
		return usagef("--with says which drivers of --target are moved, and there is no target")
	}
	var known []string
	for _, d := range scenarios.Definitions() {
		if len(d.Acts) > 0 && d.Role != scenarios.RoleCohorts {
			known = append(known, d.Name)
		}
	}
	for _, n := range names {
		if !slices.Contains(known, n) {
			hint := "one of " + strings.Join(known, ", ")
			if near := diag.Nearest(n, known); near != "" {
				hint = "did you mean " + near + "?"
			}
			return &usageError{message: fmt.Sprintf("--with: no driver %q acts on impacts", n), hint: hint}
		}
	}
	return nil
}

// printProjection prints totals: all of them in JSON and CSV, and for people those of a category, with years side by side.
func (a *app) printProjection(p *study.Projection, category, format string) error {
	if format != "table" {
		l := &listing{columns: []string{"scenario", "category", "year", "perspective", "accounting", "value", "p05", "p50", "p95", "unit", "coverage"}}
		for _, t := range p.Totals {
			l.add(t.Scenario, t.Category, t.Year, t.Perspective, t.Accounting, t.Value, optional(t.P05), optional(t.P50), optional(t.P95), t.Unit, coverage(t.Complete))
		}
		return l.write(a.stdout, format)
	}
	l := &listing{columns: []string{"scenario", "perspective", "accounting"}}
	years := someYears(p.Base, p.To, 7)
	for _, y := range years {
		l.columns = append(l.columns, fmt.Sprint(y))
	}
	l.columns = append(l.columns, fmt.Sprintf("%d p05", p.To), fmt.Sprintf("%d p95", p.To), fmt.Sprintf("%d/%d", p.To, p.Base), "unit", "coverage")
	for _, name := range p.Names {
		for _, perspective := range lca.Words().Perspectives {
			for _, accounting := range lca.Words().Accountings {
				row := []any{name, perspective.Name, accounting.Name}
				some := false
				for _, y := range years {
					t, ok := p.Total(name, category, perspective.Name, accounting.Name, y)
					if some = some || ok; ok {
						row = append(row, t.Value)
					} else {
						row = append(row, absent{})
					}
				}
				if !some {
					continue
				}
				first, _ := p.Total(name, category, perspective.Name, accounting.Name, p.Base)
				last, ok := p.Total(name, category, perspective.Name, accounting.Name, p.To)
				ratio := any(absent{})
				if ok && first.Value != 0 {
					ratio = last.Value / first.Value
				}
				_, low, high := within(last.Value, last.P05, last.P95)
				l.add(append(row, low, high, ratio, last.Unit, coverage(last.Complete))...)
			}
		}
	}
	if len(l.rows) == 0 {
		a.tell("no total of " + category + " is known")
	}
	return l.write(a.stdout, format)
}

func coverage(complete bool) string {
	if complete {
		return "complete"
	}
	return "incomplete"
}

// printDecomposition prints what drives the changes.
func (a *app) printDecomposition(p *study.Projection, category, format string) error {
	l := &listing{columns: []string{"from", "to", "category", "perspective", "accounting", "a", "b", "driver", "part", "share_percent", "unit"}}
	add := func(from, to study.ProjectedAt) error {
		list, err := p.Decompose(from, to)
		for _, d := range list {
			if format == "table" && (d.Category != category || d.Difference == 0) {
				continue
			}
			for _, x := range append(slices.Clone(d.Parts), study.DriverPart{Driver: "rounding", Value: d.Rest}) {
				if x.Driver == "rounding" && x.Value == 0 {
					continue
				}
				share := any(absent{})
				if d.Difference != 0 {
					share = 100 * x.Value / math.Abs(d.Difference)
				}
				l.add(fmt.Sprintf("%s %d", from.Scenario, from.Year), fmt.Sprintf("%s %d", to.Scenario, to.Year), d.Category, d.Perspective, d.Accounting, d.A, d.B, x.Driver, x.Value, share, d.Unit)
			}
		}
		return err
	}
	for i, name := range p.Names {
		if err := add(study.ProjectedAt{Scenario: name, Year: p.Base}, study.ProjectedAt{Scenario: name, Year: p.To}); err != nil {
			return err
		}
		if i > 0 {
			if err := add(study.ProjectedAt{Scenario: p.Names[0], Year: p.To}, study.ProjectedAt{Scenario: name, Year: p.To}); err != nil {
				return err
			}
		}
	}
	if format == "table" {
		l = l.only("from", "to", "perspective", "accounting", "a", "b", "driver", "part", "share_percent", "unit")
	}
	return l.write(a.stdout, format)
}

// printTarget prints what drivers would have to be.
func (a *app) printTarget(p *study.Projection, t study.Target, with []string, format string) error {
	answers, err := p.Ask(t, with)
	if err != nil {
		return usagef("--target: %v", err)
	}
	known := func(v float64) any {
		if math.IsNaN(v) {
			return absent{}
		}
		return v
	}
	l := &listing{columns: []string{"scenario", "driver", "total", "wanted", "times_scenario", "ratio_in_scenario", "ratio_needed", "value_needed", "unit", "why_not"}}
	for _, x := range answers {
		for i, driver := range x.Drivers {
			if len(x.Needed) == 0 { // no factor does
				l.add(x.Scenario, driver, x.Total, x.Wanted, absent{}, absent{}, absent{}, absent{}, "", x.Why)
				continue
			}
			l.add(x.Scenario, driver, x.Total, x.Wanted, known(x.Times[i]), known(x.Has[i]), known(x.Needed[i]), known(x.Values[i]), x.Units[i], x.Why)
		}
	}
	if len(l.rows) == 0 {
		return &usageError{message: fmt.Sprintf("--target: there is no total of %s, %s in the service perspective that a driver acts on", t.Category, t.Accounting), hint: "targets are of the service perspective, which has no e-waste"}
	}
	if err := l.write(a.stdout, format); err != nil {
		return err
	}
	if len(with) > 1 {
		a.tell("the drivers are moved together, each as much for its impacts as the others: all of them have to be so")
	}
	a.tell(fmt.Sprintf("service perspective, %s, %s of %d; times_scenario multiplies what the scenario has in %d, ratios are to %d", t.Accounting, t.Category, t.Year, t.Year, p.Base))
	return nil
}

// hindsightListing sets projected and later totals side by side.
func hindsightListing(rows []study.Hindsight) *listing {
	l := &listing{columns: []string{"scenario", "category", "year", "perspective", "accounting", "projected", "p05", "p95", "later", "error_percent", "unchanged_error_percent", "within", "unit", "coverage"}}
	percent := func(v *float64) any {
		if v == nil {
			return absent{}
		}
		return float64(100 * *v)
	}
	for _, h := range rows {
		value, low, high := within(h.Projected, h.P05, h.P95)
		in := any("")
		if h.Within != nil {
			in = *h.Within
		}
		l.add(h.Scenario, h.Category, h.Year, h.Perspective, h.Accounting, value, low, high, optional(h.Later), percent(h.Error), percent(h.Unchanged), in, h.Unit, coverage(h.Complete))
	}
	return l
}
