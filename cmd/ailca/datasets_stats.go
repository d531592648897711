package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/datasets/stats"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// statsCommand is "ailca datasets stats".
func (a *app) statsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stats FILE...",
		Short: "Print what inventories hold: missing and distinct values, ranges, frequent words",
		Long: `Prints for each column of an inventory how many rows lack a value, how many values differ, the least and the greatest, the median and how they lie between, and
the most frequent words; then how many rows each source, licence, quality and scope has. Files of one kind are one inventory; of a folder its Parquet
files are taken. Memory does not grow with the rows: up to 65,536 values figures are exact; beyond, numbers of distinct values are within about 1 % and
quantiles within 0.4 %, marked ~; dates are counted by the day, up to 65,536 days. The spread is in twelfths of the range, with "log" in twelfths of its
logarithm: of positive numbers over three powers of ten or more. The figures do not depend on the order of the rows or their files.`,
		Example: `  ailca datasets stats runs.parquet
  ailca datasets stats my-inventory --format json`,
		Args: arguments("FILE..."),
	}
	format := formatFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, paths []string) error {
		var probs diag.List
		var files []string
		for _, path := range paths {
			files = append(files, filesOf(path, &probs)...)
		}
		inventories, closeAll := openInventories(files, &probs)
		defer closeAll()
		if err := probs.Err(); err != nil {
			return a.refusal(&probs, format())
		}
		var all []*stats.Stats
		for _, inv := range inventories {
			s, err := stats.Of(cmd.Context(), inv)
			if err != nil {
				return err
			}
			all = append(all, s)
		}
		return a.writeStats(all, format())
	}
	return cmd
}

func (a *app) writeStats(all []*stats.Stats, format string) error {
	switch format {
	case "json":
		e := json.NewEncoder(a.stdout)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(all)
	case "csv":
		return statsRows(all).write(a.stdout, format)
	}
	for i, s := range all {
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		fmt.Fprintf(a.stdout, "%s: %s in %s\n\n", s.Kind, plural(s.Rows, "row"), plural(s.Files, "file"))
		if err := a.statsTable(s); err != nil {
			return err
		}
	}
	return nil
}

// statsTable prints the columns, then the frequent values of those that say where rows come from.
func (a *app) statsTable(s *stats.Stats) error {
	l := &listing{columns: []string{"column", "unit", "missing", "distinct", "min", "median", "max", "spread", "frequent"}}
	more := &listing{columns: []string{"column", "value", "rows"}}
	var empty []string
	for _, c := range s.Columns {
		if c.Missing == s.Rows {
			empty = append(empty, c.Name)
			continue
		}
		distinct := figure(grouped(c.Distinct))
		if !c.DistinctExact {
			distinct = "~" + distinct
		}
		var low, median, high figure
		if n := c.Numbers; n != nil {
			low, median, high = figure(n.Min.Short()), figure(n.Median.Short()), figure(n.Max.Short())
			if !n.QuantilesExact {
				median = "~" + median
			}
		}
		spread := c.Spark
		if c.SparkLog {
			spread += " log"
		}
		var words []string
		for _, t := range c.Top {
			if slices.Contains(stats.Breakdown, c.Name) {
				more.add(c.Name, t.Value, t.Rows)
			} else if len(words) < 3 {
				words = append(words, fmt.Sprintf("%s (%s)", shortWord(t.Value), grouped(t.Rows)))
			}
		}
		l.add(c.Name, c.Unit, figure(missingText(c.MissingShare)), distinct, low, median, high, spread, strings.Join(words, ", "))
	}
	if err := l.write(a.stdout, "table"); err != nil {
		return err
	}
	if len(empty) > 0 {
		fmt.Fprintf(a.stdout, "\nno row has a value: %s\n", strings.Join(empty, ", "))
	}
	fmt.Fprintln(a.stdout)
	return more.write(a.stdout, "table")
}

// missingText is a share of the rows: none and all are said only of none and all.
func missingText(share float64) string {
	switch {
	case share == 0:
		return ""
	case share == 1:
		return "all"
	case share < 0.001:
		return "< 0.1 %"
	case share > 0.999:
		return "> 99.9 %"
	}
	return fmt.Sprintf("%.1f %%", 100*share)
}

// shortWord is the beginning of a word that is long.
func shortWord(text string) string {
	if runes := []rune(text); len(runes) > 24 {
		return string(runes[:23]) + "…"
	}
	return text
}

// statsRows are all figures, a row for each column.
func statsRows(all []*stats.Stats) *listing {
	l := &listing{columns: []string{"kind", "rows", "column", "type", "unit", "missing", "missing_share", "distinct", "distinct_exact", "min", "p05", "p25", "median", "p75", "p95", "max", "mean", "quantiles_exact", "top"}}
	for _, s := range all {
		for _, c := range s.Columns {
			cells := []any{s.Kind, s.Rows, c.Name, c.Type, c.Unit, c.Missing, c.MissingShare, c.Distinct, c.DistinctExact}
			if n := c.Numbers; n != nil {
				for _, v := range []*stats.Value{&n.Min, &n.P05, &n.P25, &n.Median, &n.P75, &n.P95, &n.Max, n.Mean} {
					text := ""
					if v != nil {
						text = v.Text()
					}
					cells = append(cells, text)
				}
				cells = append(cells, n.QuantilesExact)
			} else {
				cells = append(cells, "", "", "", "", "", "", "", "", "")
			}
			var top []string
			for _, t := range c.Top {
				top = append(top, fmt.Sprintf("%s: %d", t.Value, t.Rows))
			}
			l.add(append(cells, strings.Join(top, "; "))...)
		}
	}
	return l
}
