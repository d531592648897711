package main

import (
	"fmt"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/rules"
)

// listChecks prints what ailca validate looks for in inventories, beside their form.
func (a *app) listChecks(format string) error {
	l := &listing{columns: []string{"check", "severity", "code", "kinds", "condition", "why", "source"}}
	for _, f := range rules.EmbeddedChecks() {
		for _, c := range f.Checks {
			l.add(c.Name, c.Severity.String(), string(c.Code), strings.Join(c.Kinds, " "), c.When, c.Why, c.Origin())
		}
	}
	for _, c := range datasets.Suspicions() {
		l.add(c.Name, c.Severity.String(), string(c.Code), strings.Join(c.Kinds, " "), c.Condition, c.Why, c.Source)
	}
	if format == "text" {
		format = "table"
	}
	if format != "table" {
		return l.write(a.stdout, format)
	}
	for i, r := range l.rows {
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		fmt.Fprintf(a.stdout, "%s: %s [%s]\n   of %s: %s\n   %s\n   source: %s\n", r[0], r[1], r[2], r[3], r[4], r[5], strings.ReplaceAll(r[6].(string), "; ", "\n      "))
	}
	return nil
}

// writeRatings prints the ratings of inventories.
func (a *app) writeRatings(rated []study.Rated, format string) error {
	if format != "text" {
		return ratingListing(rated).write(a.stdout, format)
	}
	q := rules.EmbeddedRatings()
	for i, r := range rated {
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		fmt.Fprintf(a.stdout, "%s: %s (%s)\n", printable(strings.Join(r.Files, " ")), plural(r.Rating.Rows, "row"), r.Kind)
		if r.Rating.Rows == 0 {
			continue
		}
		t := &listing{columns: []string{"indicator", "weighted by", "1", "2", "3", "4", "5", "not applicable"}}
		eachIndicator(r, func(in *rules.Indicator, by string, share func(level int) float64) {
			cells := []any{in.Name, by}
			for _, level := range []int{1, 2, 3, 4, 5, 0} {
				cells = append(cells, shareText(share(level)))
			}
			t.add(cells...)
		})
		if err := t.write(a.stdout, "table"); err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "data quality rating %.2f (%s), by the ILCD handbook's formula %.2f (%s)\n", r.Rating.Mean(), q.Class(r.Rating.Mean()), r.Rating.ILCD(), q.Level(r.Rating.ILCD()))
	}
	return nil
}

// ratingListing is ratings for programs: a line for each indicator and weight with the shares of the levels, and one of all indicators.
func ratingListing(rated []study.Rated) *listing {
	l := &listing{columns: []string{"kind", "files", "rows", "indicator", "pedigree", "weighted_by", "level_1", "level_2", "level_3", "level_4", "level_5", "not_applicable", "dqr", "class", "dqr_ilcd", "level_ilcd"}}
	q := rules.EmbeddedRatings()
	for _, r := range rated {
		files := strings.Join(r.Files, " ")
		if r.Rating.Rows == 0 {
			continue
		}
		eachIndicator(r, func(in *rules.Indicator, by string, share func(level int) float64) {
			l.add(r.Kind, files, r.Rating.Rows, in.Name, in.Pedigree, by, share(1), share(2), share(3), share(4), share(5), share(0), "", "", "", "")
		})
		l.add(r.Kind, files, r.Rating.Rows, "overall", "", "rows", "", "", "", "", "", "", r.Rating.Mean(), q.Class(r.Rating.Mean()), r.Rating.ILCD(), q.Level(r.Rating.ILCD()))
	}
	return l
}

// eachIndicator visits the indicators of a rating: by rows and, where any row has a weight, by that.
func eachIndicator(r study.Rated, visit func(in *rules.Indicator, by string, share func(level int) float64)) {
	q := rules.EmbeddedRatings()
	for i := range q.Indicators {
		visit(&q.Indicators[i], "rows", func(level int) float64 { return r.Rating.Share(i, level, false) })
		if r.Rating.Weight.Float64() > 0 {
			visit(&q.Indicators[i], q.Weight, func(level int) float64 { return r.Rating.Share(i, level, true) })
		}
	}
}

// shareText writes a share of all.
func shareText(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }
