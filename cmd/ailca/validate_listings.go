package main

import (
	"fmt"
	"math"
	"slices"
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
			l.add(c.Name, c.Severity.String(), string(c.Code), strings.Join(c.Kinds, " "), c.When, c.Why, c.Source)
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
		fmt.Fprintf(a.stdout, "%s: %s [%s]\n   of %s: %s\n   %s\n   source: %s\n", r[0], r[1], r[2], r[3], r[4], r[5], r[6])
	}
	return nil
}

// writeRatings prints the ratings of inventories.
func (a *app) writeRatings(rated []study.Rated, format string) error {
	l := &listing{columns: []string{"kind", "files", "indicator", "weighted_by", "level_1", "level_2", "level_3", "level_4", "level_5", "not_applicable", "rows", "dqr", "dqr_ilcd", "class", "pedigree"}}
	q := rules.EmbeddedRatings()
	for _, r := range rated {
		shares := func(i int, weighted bool) (out []any) {
			for _, level := range []int{1, 2, 3, 4, 5, 0} {
				out = append(out, shareText(r.Rating.Share(i, level, weighted)))
			}
			return out
		}
		for i, in := range q.Indicators {
			row := func(by string, weighted bool) {
				cells := append([]any{r.Kind, strings.Join(r.Files, " "), in.Name, by}, shares(i, weighted)...)
				l.add(append(cells, r.Rating.Rows, "", "", "", in.Pedigree)...)
			}
			row("rows", false)
			if r.Rating.Weight.Float64() > 0 {
				row(q.Weight, true)
			}
		}
		mean := r.Rating.Mean()
		class := ""
		if !math.IsNaN(mean) {
			class = q.Class(mean)
		}
		l.add(r.Kind, strings.Join(r.Files, " "), "overall", "rows", "", "", "", "", "", "", r.Rating.Rows, decimals(mean), decimals(r.Rating.ILCD()), class, "")
	}
	if format != "text" {
		return l.write(a.stdout, format)
	}
	for i, r := range rated {
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		fmt.Fprintf(a.stdout, "%s: %s (%s)\n", strings.Join(r.Files, " "), plural(r.Rating.Rows, "row"), r.Kind)
		t := &listing{columns: []string{"indicator", "weighted_by", "1", "2", "3", "4", "5", "not_applicable"}}
		var overall []any
		for _, cells := range l.rows {
			if cells[0] != r.Kind || cells[1] != strings.Join(r.Files, " ") {
				continue
			}
			if cells[2] == "overall" {
				overall = cells
				continue
			}
			t.rows = append(t.rows, slices.Clone(cells[2:10]))
		}
		if err := t.write(a.stdout, "table"); err != nil {
			return err
		}
		if r.Rating.Rows > 0 {
			fmt.Fprintf(a.stdout, "data quality rating %s (%s), by the ILCD handbook's formula %s\n", overall[11], overall[13], overall[12])
		}
	}
	return nil
}

// shareText writes a share, empty where there is none.
func shareText(share float64) string {
	if math.IsNaN(share) {
		return ""
	}
	return fmt.Sprintf("%.1f %%", 100*share)
}

func decimals(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return fmt.Sprintf("%.2f", v)
}
