package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
)

// sensitivityCommand is "ailca sensitivity".
func (a *app) sensitivityCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sensitivity [STUDY]",
		Short: "Say what a total depends on: shares of its variance, ranges, elasticities, choices",
		Long: `Computes a study, or the open edition (no study, or open), and tells of one total of its year which uncertain quantities it depends on, the one that
explains most of its variance first.

first        Sobol index of first order: the share of the variance that would go if the quantity were known; with its standard error
total        with all that it does together with others
low, high    the total where the quantity is at its 5th and at its 95th percentile, all others at their values
elasticity   by how many per cent the total changes where the quantity is one per cent larger

The last line says the total and its interval; in CSV and JSON they stand in each row, as value, p05 and p95 in unit.

Indices follow from the structure of the total, a sum of products: no model is run for them, so that all quantities are looked at and none need be
screened out. What shares an error, such as the years of one grid, stands as one.

With --choices the total is computed anew with each option of each choice of the method, under each accounting. These are alternatives and in no
interval; tau says whether the ranking of items survives: 1 where no two change places.`,
		Example: `  ailca sensitivity
  ailca sensitivity study.yaml --category water_consumption --format csv
  ailca sensitivity --choices`,
		Args: arguments("[STUDY]"),
	}
	format := formatFlag(cmd)
	var of study.SensitivityOptions
	cmd.Flags().StringVar(&of.Category, "category", "", "`CATEGORY` of the total; the first that the study has where it is left out")
	cmd.Flags().StringVar(&of.Perspective, "perspective", "", "`PERSPECTIVE` of the total")
	cmd.Flags().StringVar(&of.Accounting, "accounting", "", "`ACCOUNTING` of the total")
	most := wholeFlag(cmd, "most", "list at most so many quantities", "20", "expected a whole number from 1 to 1000")
	choices := cmd.Flags().Bool("choices", false, "compute the total with each option of the method's choices")
	sampling := samplingFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if of.Most = most(); of.Most < 1 || of.Most > 1000 {
			return &usageError{message: fmt.Sprintf("--most is 1 to 1000, not %d", of.Most)}
		}
		s, err := a.sampled(cmd.Context(), args, sampling)
		if err != nil {
			return err
		}
		if cmd.Flags().Changed("draws") && s.Sampling.Draws == 0 && !*choices {
			return &usageError{message: "--draws 0: shares of a variance come from draws", hint: "100 to 1000000, or leave --draws out"}
		}
		o, done := a.options(cmd.Context())
		defer done()
		var warnings diag.List
		if *choices {
			list, err := s.Alternatives(cmd.Context(), o, of, &warnings)
			done()
			if err != nil {
				return err
			}
			a.printProblems(&warnings)
			if err := alternativesListing(list, s.Year).write(a.stdout, format()); err != nil {
				return err
			}
			if !slices.ContainsFunc(list, func(x study.Alternative) bool { return x.Choice != "" }) {
				a.tell("the method has no choices: the total stands as it is, under each accounting")
			}
			return nil
		}
		x, err := s.Sensitivity(cmd.Context(), o, of, &warnings)
		done()
		if err != nil {
			return err
		}
		a.printProblems(&warnings)
		l := sensitivityListing(x)
		if format() == "table" {
			l = l.only(l.columns[:ofQuantities]...) // the last line says the total
		}
		if err := l.write(a.stdout, format()); err != nil {
			return err
		}
		t := &x.Total
		value, low, high := within(t.Value, &t.P05, &t.P95)
		a.tell(fmt.Sprintf("%s %d, %s, %s: %s %s, from %s to %s, 5 %% to 95 %%", t.Category, t.Year, t.Perspective, t.Accounting, tableCell("", value), t.Unit, tableCell("", low), tableCell("", high)))
		return nil
	}
	return cmd
}

// ofQuantities is how many columns of the listing are of quantities; the others are of the total, the same in each row.
const ofQuantities = 9

// sensitivityListing has a row for each quantity and, last, for all of each origin.
func sensitivityListing(x *study.Sensitivity) *listing {
	l := &listing{columns: []string{"quantity", "origin", "first", "first_error", "total", "total_error", "low", "high", "elasticity",
		"category", "year", "perspective", "accounting", "value", "p05", "p95", "unit"}}
	t := &x.Total
	for _, r := range append(x.Quantities, x.Origins...) {
		name := r.Quantity
		switch {
		case name != "":
		case r.Origin == "inventory":
			name = "all of the inventory"
		default:
			name = "all " + r.Origin + "s"
		}
		l.add(name, r.Origin, r.First, r.FirstError, known(r.Total), known(r.TotalError), known(r.Low), known(r.High), known(r.Elasticity),
			t.Category, t.Year, t.Perspective, t.Accounting, t.Value, t.P05, t.P95, t.Unit)
	}
	return l
}

// baseline is the row of a total as the study takes its method.
const baseline = "baseline"

// alternativesListing has a row for each option and accounting, the baseline first.
func alternativesListing(list []study.Alternative, year int) *listing {
	l := &listing{columns: []string{"choice", "option", "accounting", "category", "year", "perspective", "value", "unit", "change", "items", "tau", "largest"}}
	for _, x := range list {
		choice := x.Choice
		if choice == "" {
			choice = baseline
		}
		l.add(choice, x.Option, x.Accounting, x.Category, year, x.Perspective, x.Value, x.Unit, x.Change, x.Items, known(x.Tau), x.First)
	}
	return l
}

// known is a number as a listing takes it: absent where there is none.
func known(v float64) any {
	if math.IsNaN(v) {
		return absent{}
	}
	return v
}

// wholeFlag adds a flag that takes a whole number; expected says which, where a text is none. The value is read when the command runs.
func wholeFlag(cmd *cobra.Command, name, doc, value, expected string) func() int {
	c := &checked{kind: "N", value: value, check: func(text string) error {
		if _, err := strconv.Atoi(text); err != nil {
			return errors.New(expected)
		}
		return nil
	}}
	cmd.Flags().Var(c, name, doc)
	return func() int {
		n, _ := strconv.Atoi(c.value) // checked
		return n
	}
}

// samplingFlags adds --draws and --seed to a command; the function sets them on a study, where they were given.
func samplingFlags(cmd *cobra.Command) func(s *study.Study) error {
	draws := wholeFlag(cmd, "draws", "draw figures so many times in place of what the study says; 0 for no intervals", "0",
		"expected a whole number in digits: 100 to 1000000, or 0 for no intervals")
	seed := wholeFlag(cmd, "seed", "draw from this seed in place of the study's", "0", "expected a whole number from 0, in digits")
	return func(s *study.Study) error {
		if cmd.Flags().Changed("draws") {
			if err := s.Draw(draws()); err != nil {
				return &usageError{message: "--draws: " + err.Error()}
			}
		}
		if cmd.Flags().Changed("seed") {
			n := seed()
			if n < 0 {
				return &usageError{message: fmt.Sprintf("--seed is a whole number from 0, not %d", n)}
			}
			s.Seed(uint64(n))
		}
		return nil
	}
}
