package main

import (
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
)

// sensitivityCommand is "ailca sensitivity".
func (a *app) sensitivityCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sensitivity [STUDY]",
		Short: "Say what a total depends on: shares of its variance, ranges, elasticities, choices",
		Long: `Computes a study, or the open edition, and tells of one total of its year which uncertain quantities it depends on, the one that
explains most of its variance first.

first        Sobol index of first order: the share of the variance that would go if the quantity were known; with its standard error
total        with all that it does together with others
low, high    the total where the quantity is at its 5th and at its 95th percentile, all others at their values
elasticity   by how many per cent the total changes where the quantity is one per cent larger

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
	cmd.Flags().IntVar(&of.Most, "most", 20, "list at most `N` quantities")
	choices := cmd.Flags().Bool("choices", false, "compute the total with each option of the method's choices")
	sampling := samplingFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if of.Most < 1 || of.Most > 1000 {
			return &usageError{message: fmt.Sprintf("--most is 1 to 1000, not %d", of.Most)}
		}
		s, err := a.sampled(cmd.Context(), args, sampling)
		if err != nil {
			return err
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
			l := &listing{columns: []string{"choice", "option", "accounting", "value", "change", "items", "tau", "largest"}}
			for _, x := range list {
				l.add(x.Choice, x.Option, x.Accounting, x.Value, x.Change, x.Items, known(x.Tau), x.First)
			}
			return l.write(a.stdout, format())
		}
		x, err := s.Sensitivity(cmd.Context(), o, of, &warnings)
		done()
		if err != nil {
			return err
		}
		a.printProblems(&warnings)
		l := &listing{columns: []string{"quantity", "origin", "first", "first_error", "total", "total_error", "low", "high", "elasticity"}}
		for _, r := range append(x.Quantities, x.Origins...) {
			name := r.Quantity
			if name == "" {
				name = "all of them"
			}
			l.add(name, r.Origin, r.First, r.FirstError, known(r.Total), known(r.TotalError), known(r.Low), known(r.High), known(r.Elasticity))
		}
		if err := l.write(a.stdout, format()); err != nil {
			return err
		}
		t := &x.Total
		a.tell(fmt.Sprintf("%s %d, %s, %s: %.4g %s, from %.4g to %.4g", t.Category, t.Year, t.Perspective, t.Accounting, t.Value, t.Unit, t.P05, t.P95))
		return nil
	}
	return cmd
}

// known is a number as a listing takes it: empty where there is none.
func known(v float64) any {
	if math.IsNaN(v) {
		return ""
	}
	return v
}

// samplingFlags adds --draws and --seed to a command; the function sets them on a study, where they were given.
func samplingFlags(cmd *cobra.Command) func(s *study.Study) error {
	draws := cmd.Flags().Int("draws", 0, "draw figures `N` times in place of what the study says; 0 for no intervals")
	seed := cmd.Flags().Int("seed", 0, "draw from the seed `N` in place of the study's")
	return func(s *study.Study) error {
		if cmd.Flags().Changed("draws") {
			if err := s.Draw(*draws); err != nil {
				return &usageError{message: "--draws: " + err.Error()}
			}
		}
		if cmd.Flags().Changed("seed") {
			if *seed < 0 {
				return &usageError{message: fmt.Sprintf("--seed is a whole number from 0, not %d", *seed)}
			}
			s.Seed(uint64(*seed))
		}
		return nil
	}
}
