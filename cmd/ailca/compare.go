package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/lca/study/comparedoc"
)

// compareCommand is "ailca compare".
func (a *app) compareCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "compare A [B]",
		Short: "Say what two editions, methods, packs or inventories differ by, and because of what",
		Long: `Computes both sides and parts the difference of each total, to the last digit, among its causes: rows of the inventory that were added, removed or
changed (by column), rows of factor tables, changes of the method's rules, the catalogue, and the study's filters and choices.

A and B are studies, result folders or open, the open edition. Of a result folder it is told, too, what the same study gives with this version of the
program (software). In place of two studies, one with two methods or two packs, inventories with two methods, or two inventories of a kind with one:

  ailca compare study.yaml --method observatory@1.0.0 --method observatory@1.1.0 --pack open@2025.2
  ailca compare requests.parquet --method ecologits@0.8 --method ecologits@0.9
  ailca compare last-year.parquet this-year.parquet --method observatory@1.0.0

Of inventories every gap is accepted, and told; nothing is drawn unless --draws says so.

A part is the Owen value: what a cause does on the way from A to B, averaged over all orders in which the causes may change, and within a cause over all
orders of its items. No order is preferred, the parts add up, and with A and B exchanged they change their signs. Where a total is on one side alone
there is nothing to compare, and no part. With --order causes change one after the other, in the order given: what parts are then depends on it.

The table is of one total of one year (--category, --perspective, --accounting, --year); csv and json have all. --write puts data and a page with figures into a folder.`,
		Example: `  ailca compare open study.yaml
  ailca compare out/edition-2025 out/edition-2026 --category water_consumption
  ailca compare requests.parquet --method ecologits@0.8 --method ecologits@0.9
  ailca compare open --pack open@2025.1 --pack ./my-pack --format csv`,
		Args: arguments("A", "[B]..."),
	}
	format := formatFlag(cmd)
	methods := cmd.Flags().StringArray("method", nil, "`METHOD` in place of the study's; twice: that of A, then that of B")
	packs := cmd.Flags().StringArray("pack", nil, "factor `PACK` in place of the study's; twice: that of A, then that of B")
	var of comparedTotal
	cmd.Flags().StringVar(&of.category, "category", "", "`CATEGORY` of the total that the table is of; the first that both have where it is left out")
	cmd.Flags().StringVar(&of.perspective, "perspective", "", "`PERSPECTIVE` of the total")
	cmd.Flags().StringVar(&of.accounting, "accounting", "", "`ACCOUNTING` of the total")
	year := wholeFlag(cmd, "year", "of the totals that the table is of; B's, or the last that both sides have, where it is left out", "0", "expected a calendar year")
	most := wholeFlag(cmd, "most", "list at most so many items of a cause, and entries that moved", "10", "expected a whole number from 1 to 1000")
	write := cmd.Flags().String("write", "", "write comparison.parquet, comparison.json and comparison.html into this new `DIR`")
	order := cmd.Flags().StringSlice("order", nil, "have causes change one after the other, in this order, in place of the mean over all orders: `CAUSES` such as inventory,factors,rules")
	sampling := samplingFlags(cmd)
	exit := cmd.Flags().Bool("exit-code", false, "end in 5 where a total differs")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if of.most = most(); of.most < 1 || of.most > 1000 {
			return usagef("--most is 1 to 1000, not %d", of.most)
		}
		for i, cause := range *order {
			if known := study.CauseNames(); !slices.Contains(known, cause) || slices.Contains((*order)[:i], cause) {
				return &usageError{message: fmt.Sprintf("--order: %q is no cause, or stands twice", cause), hint: "causes: " + strings.Join(known, ", ")}
			}
		}
		if *write != "" {
			if err := study.NewFolder(*write); err != nil {
				return err
			}
		}
		sides, err := a.sides(cmd.Context(), args, *methods, *packs)
		defer sides.close()
		if err != nil {
			return err
		}
		for _, s := range sides.studies {
			if err := sampling(s); err != nil {
				return err
			}
		}
		o, done := a.options(cmd.Context())
		defer done()
		o.Progress = nil // there are many scans
		c, err := study.Compare(cmd.Context(), sides.studies[0], sides.studies[1], study.CompareOptions{Options: o, Published: sides.published, Order: *order, Year: year()})
		done()
		if err != nil {
			return err
		}
		if err := a.printComparison(c, &of, format()); err != nil {
			return err
		}
		if *write != "" {
			if err := c.Write(cmd.Context(), *write, func(w io.Writer) error { return signed(comparedoc.Of(c)).WriteHTML(w) }); err != nil {
				return err
			}
			a.tell("written to " + *write)
		}
		if *exit && c.Differs() {
			return printed(&differentError{})
		}
		return nil
	}
	return cmd
}

// comparedSides are the two that are compared.
type comparedSides struct {
	studies   [2]*study.Study
	published [2]*study.Result // of sides that are result folders, and compared as they were published
	opened    []*study.Result  // all that studies may read from
}

func (s *comparedSides) close() {
	for _, r := range s.opened {
		r.Close()
	}
}

// sides finds what is compared.
func (a *app) sides(ctx context.Context, args, methods, packs []string) (*comparedSides, error) {
	sides := &comparedSides{}
	for _, x := range []struct {
		flag string
		list []string
	}{{"--method", methods}, {"--pack", packs}} {
		if len(x.list) > 2 {
			return sides, usagef("%s is given %d times: once for both sides, or twice, for A and for B", x.flag, len(x.list))
		}
	}
	at := func(list []string, i int) string {
		if len(list) == 0 {
			return ""
		}
		return list[min(i, len(list)-1)]
	}
	var probs diag.List
	files := slices.ContainsFunc(args, func(arg string) bool { return strings.EqualFold(filepath.Ext(arg), ".parquet") })
	switch {
	case files && len(methods) == 0:
		return sides, &usageError{message: "inventories are compared under a method, and none is named", hint: "--method ecologits@0.8 --method ecologits@0.9 for two methods, one --method for two inventories"}
	case files && len(methods) == 1 && len(packs) < 2 && len(args) != 2:
		return sides, &usageError{message: "there is nothing to compare " + strings.Join(args, ", ") + " with", hint: "name two inventories, or --method or --pack twice"}
	case files:
		both := [2][]string{args, args}
		if len(methods) == 1 && len(packs) < 2 { // A and B are inventories
			both = [2][]string{args[:1], args[1:]}
		}
		for i := range sides.studies {
			pack := at(packs, i)
			if pack == "" {
				pack = study.NewestPack()
			}
			sides.studies[i] = study.OfInventories(ctx, []string{"a", "b"}[i], at(methods, i), pack, both[i], &probs)
			if probs.Err() != nil {
				break
			}
		}
	case len(args) == 1 && len(methods) < 2 && len(packs) < 2:
		return sides, &usageError{message: "there is nothing to compare " + args[0] + " with", hint: "name a second study or result folder, or --method or --pack twice"}
	case len(args) > 2:
		return sides, usagef("%d studies are named; two are compared", len(args))
	default:
		for i := range sides.studies {
			s, published := a.side(ctx, args[min(i, len(args)-1)], &probs)
			if published != nil {
				sides.opened = append(sides.opened, published)
			}
			if s != nil {
				if at(methods, i)+at(packs, i) == "" { // else what was published is not what is compared
					sides.published[i] = published
				}
				sides.studies[i] = s.With(at(methods, i), at(packs, i))
			}
		}
	}
	err := probs.Err()
	if err == nil {
		a.printProblems(&probs)
	}
	return sides, err
}

// side is a study by its file, that of a result folder, or the open edition.
func (a *app) side(ctx context.Context, arg string, probs *diag.List) (*study.Study, *study.Result) {
	if info, err := os.Stat(arg); err == nil && info.IsDir() {
		r := study.OpenResult(ctx, arg, "", probs)
		if r == nil {
			return nil, nil
		}
		return r.Study, r
	}
	return loadStudy(ctx, []string{arg}, probs), nil
}

// comparedTotal picks the total that a table is of.
type comparedTotal struct {
	category, perspective, accounting string
	most                              int
}

// find is the first total of the headline year that fits.
func (of *comparedTotal) find(c *study.Comparison) (*study.ComparedTotal, error) {
	var words, categories []string
	fits := func(asked, has string) bool { return asked == "" || asked == has }
	var other *study.ComparedTotal
	for i := range c.Totals {
		t := &c.Totals[i]
		if t.Year != c.Year {
			continue
		}
		categories = append(categories, t.Category)
		words = append(words, t.Category+", "+t.Perspective+", "+t.Accounting)
		if !fits(of.category, t.Category) || !fits(of.perspective, t.Perspective) || !fits(of.accounting, t.Accounting) {
			continue
		}
		if t.Difference != nil {
			return t, nil
		}
		if other == nil {
			other = t
		}
	}
	if other != nil || of.category+of.perspective+of.accounting == "" {
		return other, nil
	}
	hint := "there are: " + strings.Join(words, "; ")
	if near := diag.Nearest(of.category, categories); of.category != "" && near != "" && !slices.Contains(categories, of.category) {
		hint = "did you mean " + near + "?"
	}
	return nil, &usageError{message: fmt.Sprintf("there is no total of %d of %s", c.Year, strings.Join(slices.DeleteFunc([]string{of.category, of.perspective, of.accounting},
		func(s string) bool { return s == "" }), ", ")), hint: hint}
}

// printComparison prints a comparison: all of it in JSON, all parts in CSV, and for people the totals and the parts of one.
func (a *app) printComparison(c *study.Comparison, of *comparedTotal, format string) error {
	switch format {
	case "json":
		return a.writeJSON(c)
	case "csv":
		return partsListing(c).write(a.stdout, format)
	}
	t, err := of.find(c)
	if err != nil {
		return err
	}
	_, err = a.stdout.Write([]byte(comparisonText(c, t, of.most)))
	return err
}

// partsListing has a row for each part of each total.
func partsListing(c *study.Comparison) *listing {
	l := &listing{columns: []string{"category", "year", "perspective", "accounting", "unit", "a", "b", "difference", "cause", "item", "part", "cause_part", "cause_p05", "cause_p95"}}
	for i := range c.Totals {
		t := &c.Totals[i]
		head := []any{t.Category, t.Year, t.Perspective, t.Accounting, t.Unit, optional(t.A), optional(t.B), optional(t.Difference)}
		if len(t.Parts) == 0 {
			l.add(append(head, "", "", absent{}, absent{}, absent{}, absent{})...)
		}
		for _, p := range t.Parts {
			whole := t.Causes[slices.IndexFunc(t.Causes, func(x study.CausePart) bool { return x.Cause == p.Cause })]
			l.add(append(slices.Clone(head), p.Cause, p.Item, p.Value, whole.Value, optional(whole.P05), optional(whole.P95))...)
		}
	}
	return l
}

func optional(v *float64) any {
	if v == nil {
		return absent{}
	}
	return *v
}

// percentOf is a change over a value in per cent; absent where that is nothing or 0.
func percentOf(change float64, of *float64) any {
	if of == nil || *of == 0 {
		return absent{}
	}
	return math.Round(change/math.Abs(*of)*1e4) / 100
}

// comparisonText is a comparison for people.
func comparisonText(c *study.Comparison, of *study.ComparedTotal, most int) string {
	p := &page{}
	for _, side := range []struct {
		name string
		of   *study.Compared
	}{{"A", &c.A}, {"B", &c.B}} {
		p.line(0, "%s  %s, %d: %s, %s", side.name, side.of.Study, side.of.Year, side.of.Method, side.of.Pack)
	}
	if len(c.Causes) == 0 {
		p.line(0, "nothing differs that a total depends on")
	}
	for _, note := range c.Notes {
		p.prose(0, "", note)
	}
	p.title("totals of " + fmt.Sprint(c.Year))
	if others := otherYears(c); len(others) > 0 {
		p.prose(0, "", "there are totals of "+strings.Join(others, ", ")+" as well: --year, or csv and json")
	}
	totals := &listing{columns: []string{"category", "perspective", "accounting", "A", "B", "difference", "%", "unit", "coverage"}}
	for i := range c.Totals {
		t := &c.Totals[i]
		if t.Year != c.Year {
			continue
		}
		difference, change := any(absent{}), any(absent{})
		if t.Difference != nil {
			difference, change = 0.0, 0.0 // but for rounding
			if t.Changed() {
				difference, change = *t.Difference, percentOf(*t.Difference, t.A)
			}
		}
		totals.add(t.Category, t.Perspective, t.Accounting, optional(t.A), optional(t.B), difference, change, t.Unit, t.Coverage())
	}
	totals.table(&p.Builder)
	if of != nil {
		partsText(p, c, of, most)
	}
	return p.String()
}

// otherYears are those of totals beside the headline year.
func otherYears(c *study.Comparison) (out []string) {
	for i := range c.Totals {
		if year := fmt.Sprint(c.Totals[i].Year); c.Totals[i].Year != c.Year && !slices.Contains(out, year) {
			out = append(out, year)
		}
	}
	return out
}

// partsText tells the parts of a total.
func partsText(p *page, c *study.Comparison, t *study.ComparedTotal, most int) {
	manner := ""
	if c.Order != nil {
		manner = "; one after the other: " + strings.Join(c.Order, ", ")
	}
	p.title(fmt.Sprintf("%s %d, %s, %s, in %s%s", t.Category, t.Year, t.Perspective, t.Accounting, t.Unit, manner))
	switch {
	case t.Difference == nil:
		p.line(0, "it is on one side alone: there is nothing to compare it with")
		return
	case !t.Changed() && !slices.ContainsFunc(t.Parts, func(x study.Part) bool { return t.Tells(x.Value) }):
		p.line(0, "no difference")
		return
	}
	parts := &listing{columns: []string{"part", "% of A", "p05", "p95", "because of"}}
	items := &listing{columns: []string{"item", "what it is"}}
	for _, cause := range c.Causes {
		own := slices.DeleteFunc(slices.Clone(t.Parts), func(x study.Part) bool { return x.Cause != cause.Name || !t.Tells(x.Value) })
		if len(own) == 0 {
			continue
		}
		whole := t.Causes[slices.IndexFunc(t.Causes, func(x study.CausePart) bool { return x.Cause == cause.Name })]
		title := cause.Title
		if whole.WithinNoise() {
			title += "; within noise"
		}
		value, low, high := within(whole.Value, whole.P05, whole.P95)
		parts.add(value, percentOf(whole.Value, t.A), low, high, title)
		if len(own) == 1 && own[0].Item == cause.Name {
			if at := slices.IndexFunc(cause.Items, func(x study.CauseItem) bool { return x.Name == cause.Name && x.Detail != cause.Title }); at >= 0 {
				items.add(cause.Name, cause.Items[at].Detail)
			}
			continue
		}
		slices.SortStableFunc(own, func(x, y study.Part) int {
			switch {
			case math.Abs(x.Value) > math.Abs(y.Value):
				return -1
			case math.Abs(x.Value) < math.Abs(y.Value):
				return 1
			}
			return 0
		})
		rest, others := 0.0, 0
		for i, x := range own {
			if i >= most && len(own) > most+1 {
				rest += x.Value
				others++
				continue
			}
			parts.add(x.Value, percentOf(x.Value, t.A), absent{}, absent{}, "  "+x.Item)
			for _, item := range cause.Items {
				if item.Name == x.Item {
					items.add(item.Name, item.Detail)
				}
			}
		}
		if others > 0 {
			parts.add(rest, percentOf(rest, t.A), absent{}, absent{}, fmt.Sprintf("  %d others", others))
		}
	}
	value, low, high := within(*t.Difference, t.P05, t.P95)
	parts.add(value, percentOf(*t.Difference, t.A), low, high, "all: B - A")
	if t.P05 == nil {
		parts = parts.only("part", "% of A", "because of")
	}
	parts.table(&p.Builder)
	if len(items.rows) > 0 {
		p.title("what changed")
		for _, row := range items.rows {
			p.prose(0, row[0].(string)+":", row[1].(string))
		}
	}
	movedText(p, c, t, most)
	quantitiesText(p, c, most)
}

// movedText tells which entries moved.
func movedText(p *page, c *study.Comparison, t *study.ComparedTotal, most int) {
	for _, by := range []string{"item", "model", "organisation", "region", "hardware", "stage"} {
		l := &listing{columns: []string{by, "A", "B", "difference", "%"}}
		for _, cause := range c.Causes {
			l.columns = append(l.columns, cause.Name)
		}
		for i := range c.Names {
			n := &c.Names[i]
			if n.By != by || n.Category != t.Category || n.Perspective != t.Perspective || n.Accounting != t.Accounting || len(l.rows) == most || !n.Moved() {
				continue
			}
			row := []any{n.Name, optional(n.A), optional(n.B), n.Difference(), percentOf(n.Difference(), n.A)}
			for _, v := range n.Causes {
				if !n.Tells(v) {
					v = 0
				}
				row = append(row, v)
			}
			l.add(row...)
		}
		if len(l.rows) > 0 {
			p.title("which moved most, by " + by)
			l.table(&p.Builder)
		}
	}
}

// quantitiesText tells what the methods compute on the way.
func quantitiesText(p *page, c *study.Comparison, most int) {
	if len(c.Quantities) == 0 {
		return
	}
	p.title("quantities on the way: of B's rows under both methods, mean over those that have it under both")
	l := &listing{columns: []string{"kind", "quantity", "A", "B", "unit", "B/A", "least B/A", "most B/A", "rows"}}
	for i := range c.Quantities {
		q := &c.Quantities[i]
		l.add(q.Kind, q.Name, optional(q.A), optional(q.B), q.Unit, optional(q.Ratio), optional(q.LeastRatio), optional(q.MostRatio), q.Rows)
	}
	l.table(&p.Builder)
}
