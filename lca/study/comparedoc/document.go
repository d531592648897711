// Package comparedoc writes a comparison of two studies as a page for people: which totals changed, because of what, which entries moved, what the methods say side by side.
package comparedoc

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/reports"
)

// Most that a page tells one by one; the data beside it have all.
const (
	mostSteps   = 10
	mostEntries = 20
)

// Of documents a comparison.
func Of(c *study.Comparison) *reports.Document {
	a, b := called(c)
	d := &reports.Document{Kicker: "Comparison", Title: a + " and " + b}
	d.Lead = []reports.Text{reports.Words("What B says otherwise than A, total by total, and because of what. Each difference is parted to the last digit among its causes.")}
	for _, side := range []struct {
		name string
		of   *study.Compared
	}{{"A", &c.A}, {"B", &c.B}} {
		d.Facts = append(d.Facts, reports.Fact{Name: side.name, Value: reports.Words(title(side.of) + ", " + strconv.Itoa(side.of.Year))},
			reports.Fact{Name: side.name + ", method", Value: reports.In(reports.Code, side.of.Method)}, reports.Fact{Name: side.name + ", factor pack", Value: reports.In(reports.Code, side.of.Pack)})
	}
	if len(c.Notes) > 0 {
		list := &reports.List{}
		for _, note := range c.Notes {
			list.Items = append(list.Items, words(note))
		}
		d.Parts = append(d.Parts, &reports.Part{Key: "notes", Heading: reports.Words("To be known first"), Blocks: []reports.Block{{List: list}}})
	}
	d.Parts = append(d.Parts, totals(c), causes(c))
	if p := entries(c); p != nil {
		d.Parts = append(d.Parts, p)
	}
	if p := rulesOf(c); p != nil {
		d.Parts = append(d.Parts, p)
	}
	if p := quantities(c); p != nil {
		d.Parts = append(d.Parts, p)
	}
	d.Parts = append(d.Parts, manner(c))
	return d
}

// called are names that tell the two apart: titles, else methods, packs or studies.
func called(c *study.Comparison) (a, b string) {
	switch {
	case title(&c.A) != title(&c.B):
		return title(&c.A), title(&c.B)
	case c.A.Method != c.B.Method:
		return c.A.Method, c.B.Method
	case c.A.Pack != c.B.Pack:
		return c.A.Pack, c.B.Pack
	}
	return c.A.Study, c.B.Study
}

func title(c *study.Compared) string { return cmp.Or(c.Title, c.Study) }

func words(text string) reports.Cell { return reports.Cell{reports.Words(text)} }

// printed are values in one unit; a nil one is none.
func printed(unit string, values ...*float64) ([]string, string) {
	var have []float64
	for _, v := range values {
		if v != nil {
			have = append(have, *v)
		}
	}
	texts, in := reports.Printed(unit, have...)
	var out []string
	for _, v := range values {
		if v == nil {
			out = append(out, "none")
			continue
		}
		out, texts = append(out, texts[0]), texts[1:]
	}
	return out, in
}

// rounding is the part of a value below which a difference is none.
const rounding = 1e-12

// change says by how much B is above A.
func change(difference, a *float64) string {
	switch {
	case difference == nil:
		return "nothing to compare with"
	case *difference == 0:
		return "no change"
	case a == nil || *a == 0:
		return "from 0"
	case math.Abs(*difference) <= rounding*math.Abs(*a):
		return "rounding alone"
	case *difference >= 9*math.Abs(*a):
		texts, _ := reports.Printed("", (*a+*difference) / *a)
		return texts[0] + " times"
	}
	return percent(*difference / math.Abs(*a))
}

func percent(part float64) string {
	digits := 1
	if math.Abs(part) < 0.01 {
		digits = 2
	}
	text := strconv.FormatFloat(math.Abs(100*part), 'f', digits, 64) + " %"
	if part < 0 {
		return "−" + text
	}
	return "+" + text
}

// headline are the totals of B's year.
func headline(c *study.Comparison) (out []*study.ComparedTotal) {
	for i := range c.Totals {
		if c.Totals[i].Year == c.Year {
			out = append(out, &c.Totals[i])
		}
	}
	return out
}

// totals has a table of the headline year, and one of all others.
func totals(c *study.Comparison) *reports.Part {
	part := &reports.Part{Key: "totals", Heading: reports.Words("What changed")}
	sheet := func(key, caption string, of func(t *study.ComparedTotal) bool) *reports.Sheet {
		s := &reports.Sheet{Key: key, Caption: caption, Columns: []string{"Category", "Year", "Perspective", "Accounting", "A", "B", "Unit", "Change", "Coverage"}}
		for i := range c.Totals {
			if t := &c.Totals[i]; of(t) && !alikeBefore(c, i) {
				s.Rows = append(s.Rows, totalRow(c, t))
			}
		}
		return s
	}
	part.Blocks = []reports.Block{{Sheet: sheet("totals/table", fmt.Sprintf("Totals of %d", c.Year), func(t *study.ComparedTotal) bool { return t.Year == c.Year })}}
	if others := sheet("totals/years", "Totals of other years", func(t *study.ComparedTotal) bool { return t.Year != c.Year }); len(others.Rows) > 0 {
		part.Blocks = append(part.Blocks, reports.Block{Folded: &reports.Folded{Summary: "Totals of other years", Blocks: []reports.Block{{Sheet: others}}}})
	}
	return part
}

func alike(a, b *study.ComparedTotal) bool {
	same := func(x, y *float64) bool { return (x == nil) == (y == nil) && (x == nil || *x == *y) }
	return a.Year == b.Year && a.Category == b.Category && a.Perspective == b.Perspective && same(a.A, b.A) && same(a.B, b.B)
}

// alikeBefore reports whether a total before it, under another accounting, is the same: what does not depend on the accounting is told once.
func alikeBefore(c *study.Comparison, i int) bool {
	for k := range i {
		if alike(&c.Totals[k], &c.Totals[i]) {
			return true
		}
	}
	return false
}

func totalRow(c *study.Comparison, t *study.ComparedTotal) []reports.Cell {
	w := lca.Words()
	var accountings []string
	for i := range c.Totals {
		if o := &c.Totals[i]; alike(o, t) {
			accountings = append(accountings, lca.Title(w.Accountings, o.Accounting))
		}
	}
	texts, unit := printed(t.Unit, t.A, t.B)
	return []reports.Cell{words(lca.Words().CategoryTitle(t.Category)), words(strconv.Itoa(t.Year)), words(lca.Title(w.Perspectives, t.Perspective)), words(strings.Join(accountings, ", ")),
		words(texts[0]), words(texts[1]), words(unit), words(change(t.Difference, t.A)), words(t.Coverage())}
}

// causes has a figure for each total that differs; totals that are alike under several accountings have one.
func causes(c *study.Comparison) *reports.Part {
	part := &reports.Part{Key: "causes", Heading: reports.Words("Because of what")}
	var shown []*study.ComparedTotal
	for _, t := range headline(c) {
		if t.Difference == nil || len(t.Parts) == 0 || !t.Changed() || slices.ContainsFunc(shown, func(s *study.ComparedTotal) bool { return alike(s, t) }) {
			continue
		}
		shown = append(shown, t)
		drawn := waterfall(c, t)
		if len(shown) > 1 {
			drawn.Note = "" // which the first says
		}
		part.Blocks = append(part.Blocks, reports.Block{Drawn: drawn})
	}
	if len(shown) == 0 {
		part.Blocks = []reports.Block{{Prose: reports.Words("No total differs that both have.")}}
	}
	return part
}

// step is an item, or a cause that is told as a whole.
type step struct {
	cause, item string
	value       float64
}

// steps are the parts of a total by cause, the largest of each first, the rest of a cause together.
func steps(t *study.ComparedTotal, most int) (out []step) {
	sizes := make([]float64, 0, len(t.Parts))
	for _, p := range t.Parts {
		sizes = append(sizes, math.Abs(p.Value))
	}
	slices.Sort(sizes)
	least := 0.0
	if len(sizes) > most {
		least = sizes[len(sizes)-most]
	}
	for _, cause := range t.Causes {
		var own []step
		rest := step{cause: cause.Cause}
		others := 0
		for _, p := range t.Parts {
			switch {
			case p.Cause != cause.Cause:
			case math.Abs(p.Value) < least:
				rest.value += p.Value
				others++
			default:
				own = append(own, step{p.Cause, p.Item, p.Value})
			}
		}
		slices.SortStableFunc(own, func(a, b step) int { return cmp.Compare(math.Abs(b.value), math.Abs(a.value)) })
		out = append(out, own...)
		if others > 0 {
			rest.item = fmt.Sprintf("%d other items of %s", others, cause.Cause)
			out = append(out, rest)
		}
	}
	return slices.DeleteFunc(out, func(s step) bool { return s.cause == "rounding" || !t.Tells(s.value) })
}

// finding is the cause that changed a total most, or its item where the steps are of one cause alone; empty where there are none.
func finding(t *study.ComparedTotal, all []step) (largest string) {
	if len(all) == 0 {
		return ""
	}
	most := -1.0
	found := func(name string, value float64) {
		if math.Abs(value) > most {
			most, largest = math.Abs(value), name
		}
	}
	cause := all[0].cause
	one := !slices.ContainsFunc(all, func(s step) bool { return s.cause != cause })
	if one && len(all) > 1 {
		for _, p := range t.Parts {
			if p.Cause == cause {
				found(p.Item, p.Value)
			}
		}
		return largest
	}
	for _, c := range t.Causes {
		found(c.Cause, c.Value)
	}
	return largest
}

func waterfall(c *study.Comparison, t *study.ComparedTotal) *reports.Drawn {
	w := lca.Words()
	key := "causes/" + t.Category + "/" + t.Perspective + "/" + t.Accounting
	figure := &reports.Waterfall{Unit: t.Unit, From: reports.Level{Label: "A: " + c.A.Method, Value: *t.A}, To: reports.Level{Label: "B: " + c.B.Method, Value: *t.B}}
	if c.A.Method == c.B.Method {
		a, b := called(c)
		figure.From.Label, figure.To.Label = "A: "+a, "B: "+b
	}
	all := steps(t, mostSteps)
	for _, s := range all {
		drawn := reports.Change{Label: s.item, Value: s.value}
		if alone := !slices.ContainsFunc(all, func(o step) bool { return o.cause == s.cause && o.item != s.item }); alone { // it is the cause
			if at := slices.IndexFunc(t.Causes, func(x study.CausePart) bool { return x.Cause == s.cause }); at >= 0 {
				drawn.Low, drawn.High = t.Causes[at].P05, t.Causes[at].P95
			}
		}
		figure.Steps = append(figure.Steps, drawn)
	}
	largest := finding(t, all)
	texts, unit := reports.Printed(t.Unit, *t.A, *t.B)
	d := &reports.Drawn{Key: key, Figure: figure,
		Title:    fmt.Sprintf("%s: %s to %s %s (%s); most of all changed: %s", lca.Words().CategoryTitle(t.Category), texts[0], texts[1], unit, change(t.Difference, t.A), largest),
		Question: fmt.Sprintf("%s, %s, %d: what leads from A to B?", lca.Title(w.Perspectives, t.Perspective), lca.Title(w.Accountings, t.Accounting), t.Year),
		Note:     "Each bar is the Owen value of a cause's item: what it changes on the way from A to B, averaged over all orders in which causes, and the items of each, may change. The bars add up to the difference; whiskers are the 5th and 95th percentile of a cause that is one bar.",
		Source:   source(c)}
	if largest == "" {
		d.Title = lca.Words().CategoryTitle(t.Category) + ": no change"
	}
	sheet := &reports.Sheet{Key: key + "/table", Caption: "Parts of the difference, in " + t.Unit, Columns: []string{"Cause", "Item", "Part", "Share of A", "5 % to 95 %", "What changed"}}
	items := map[[2]string]study.CauseItem{}
	for _, cause := range c.Causes {
		for _, item := range cause.Items {
			items[[2]string{cause.Name, item.Name}] = item
		}
	}
	for _, cause := range t.Causes {
		interval := ""
		if cause.P05 != nil {
			_, low, high := reports.Rounded(cause.Value, *cause.P05, *cause.P95)
			interval = number(low) + " to " + number(high)
			if cause.WithinNoise() {
				interval += ", within noise"
			}
		}
		sheet.Rows = append(sheet.Rows, []reports.Cell{{reports.In(reports.Strong, cause.Cause)}, words("all of it"), words(number(cause.Value)), words(share(cause.Value, t.A)), words(interval), words("")})
		own := slices.DeleteFunc(slices.Clone(t.Parts), func(p study.Part) bool { return p.Cause != cause.Cause || p.Item == cause.Cause })
		slices.SortStableFunc(own, func(a, b study.Part) int { return cmp.Compare(math.Abs(b.Value), math.Abs(a.Value)) })
		for i, p := range own {
			if i == mostEntries {
				sheet.Rows = append(sheet.Rows, []reports.Cell{words(p.Cause), words(fmt.Sprintf("%d others: see comparison.parquet", len(own)-i)), words(""), words(""), words(""), words("")})
				break
			}
			item := items[[2]string{p.Cause, p.Item}]
			detail := reports.Cell{reports.Words(item.Detail)}
			if place := places(item.Was, item.Now); place != "" {
				detail = append(detail, reports.In(reports.Quiet, place))
			}
			sheet.Rows = append(sheet.Rows, []reports.Cell{words(p.Cause), words(p.Item), words(number(p.Value)), words(share(p.Value, t.A)), words(""), detail})
		}
	}
	d.Sheet = sheet
	return d
}

func places(was, now string) string {
	switch {
	case was == "" || was == now:
		return now
	case now == "":
		return was
	}
	return was + " → " + now
}

func share(part float64, of *float64) string {
	if of == nil || *of == 0 {
		return ""
	}
	return percent(part / math.Abs(*of))
}

// number is a part in its table, to four digits.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

func source(c *study.Comparison) string {
	return fmt.Sprintf("A: %s, %s · B: %s, %s", c.A.Method, c.A.Pack, c.B.Method, c.B.Pack)
}

// entries has a figure of those that moved most, of the first total that differs and the narrowest column that there is.
func entries(c *study.Comparison) *reports.Part {
	part := &reports.Part{Key: "entries", Heading: reports.Words("Which entries moved")}
	var told []*study.ComparedTotal
	for _, t := range headline(c) {
		if t.Difference == nil || slices.ContainsFunc(told, func(o *study.ComparedTotal) bool { return alike(o, t) }) {
			continue
		}
		told = append(told, t)
		for _, by := range []string{"item", "model", "organisation", "region", "hardware"} {
			d := dumbbell(c, t, by)
			if d == nil {
				continue
			}
			part.Blocks = append(part.Blocks, reports.Block{Drawn: d})
			break
		}
		if len(part.Blocks) == 3 {
			break
		}
	}
	if len(part.Blocks) == 0 {
		return nil
	}
	return part
}

func dumbbell(c *study.Comparison, t *study.ComparedTotal, by string) *reports.Drawn {
	key := "entries/" + t.Category + "/" + t.Perspective + "/" + t.Accounting + "/" + by
	figure := &reports.Dumbbell{Unit: t.Unit}
	figure.Was, figure.Now = called(c)
	sheet := &reports.Sheet{Key: key + "/table", Caption: "Entries that moved most, in " + t.Unit, Columns: []string{"Entry", "A", "B", "Change"}}
	for _, cause := range c.Causes {
		sheet.Columns = append(sheet.Columns, "By "+cause.Name)
	}
	for i := range c.Names {
		n := &c.Names[i]
		if n.By != by || n.Category != t.Category || n.Perspective != t.Perspective || n.Accounting != t.Accounting || len(figure.Entries) == mostEntries || !n.Moved() {
			continue
		}
		figure.Entries = append(figure.Entries, reports.Moved{Label: n.Name, Was: n.A, Now: n.B})
		difference := n.Difference()
		var d *float64
		if n.A != nil && n.B != nil {
			d = &difference
		}
		row := []reports.Cell{words(n.Name), words(optional(n.A)), words(optional(n.B)), words(change(d, n.A))}
		for at := range c.Causes {
			text := ""
			switch {
			case at >= len(n.Causes):
			case n.Tells(n.Causes[at]):
				text = number(n.Causes[at])
			default:
				text = number(0)
			}
			row = append(row, words(text))
		}
		sheet.Rows = append(sheet.Rows, row)
	}
	if len(figure.Entries) == 0 {
		return nil
	}
	first := figure.Entries[0]
	return &reports.Drawn{Key: key, Figure: figure, Sheet: sheet, Source: source(c),
		Title:    fmt.Sprintf("%s: %s moved most", lca.Words().CategoryTitle(t.Category), first.Label),
		Question: fmt.Sprintf("%s, %s, %d, by %s: which entries moved?", lca.Title(lca.Words().Perspectives, t.Perspective), lca.Title(lca.Words().Accountings, t.Accounting), t.Year, by),
		Note:     fmt.Sprintf("The %d entries with the largest difference at most. An entry with one dot is on one side alone.", mostEntries)}
}

func optional(v *float64) string {
	if v == nil {
		return "none"
	}
	return number(*v)
}

// rulesOf sets what both methods say side by side, of what changed and a result depends on.
func rulesOf(c *study.Comparison) *reports.Part {
	if c.Rules == nil || !c.Rules.Differs() {
		return nil
	}
	changed := &reports.Sheet{Key: "rules/changed", Caption: "What both say, and say otherwise", Columns: []string{"Rule", "What", "A", "B"}}
	alone := &reports.Sheet{Key: "rules/alone", Caption: "What one of them alone says", Columns: []string{"Rule", "What", "Said"}}
	for i := range c.Rules.Changes {
		x := &c.Rules.Changes[i]
		if x.Words {
			continue
		}
		rule := reports.Cell{reports.Words(x.Name), reports.In(reports.Quiet, strings.TrimSpace(x.Section+" "+x.Kind))}
		var said []string
		for k := range x.Fields {
			f := &x.Fields[k]
			was, now := f.Excerpts()
			switch {
			case f.Words:
			case x.Was == "" || x.Now == "":
				said = append(said, strings.TrimSpace(f.Field+" "+was+now))
			default:
				changed.Rows = append(changed.Rows, []reports.Cell{rule, words(cmp.Or(f.Field, x.What)), placed(was, f.WasPlace), placed(now, f.NowPlace)})
			}
		}
		if len(said) > 0 {
			alone.Rows = append(alone.Rows, []reports.Cell{rule, words(x.What), placed(strings.Join(said, "; "), x.Was+x.Now)})
		}
	}
	part := &reports.Part{Key: "rules", Heading: reports.Words("The rules side by side")}
	if len(changed.Rows) > 0 {
		part.Blocks = append(part.Blocks, reports.Block{Sheet: changed})
	}
	if len(alone.Rows) > 0 {
		part.Blocks = append(part.Blocks, reports.Block{Folded: &reports.Folded{Summary: "What one of them alone says", Blocks: []reports.Block{{Sheet: alone}}}})
	}
	return part
}

// placed is a text of a file with its place.
func placed(text, place string) reports.Cell {
	if text == "" {
		return words("")
	}
	out := reports.Cell{reports.In(reports.Code, text)}
	if place != "" {
		out = append(out, reports.In(reports.Quiet, place))
	}
	return out
}

func quantities(c *study.Comparison) *reports.Part {
	if len(c.Quantities) == 0 {
		return nil
	}
	sheet := &reports.Sheet{Key: "quantities/table", Caption: "Means over the rows for which both methods compute the quantity", Columns: []string{"Quantity", "Kind", "A", "B", "Unit", "B over A", "Least of a row", "Most of a row", "Rows"}}
	for i := range c.Quantities {
		q := &c.Quantities[i]
		sheet.Rows = append(sheet.Rows, []reports.Cell{words(q.Name), words(q.Kind), words(optional(q.A)), words(optional(q.B)), words(q.Unit), words(optional(q.Ratio)), words(optional(q.LeastRatio)),
			words(optional(q.MostRatio)), words(strconv.Itoa(q.Rows))})
	}
	return &reports.Part{Key: "quantities", Heading: reports.Words("Quantities on the way"), Blocks: []reports.Block{
		{Prose: reports.Words("What both methods compute under one name of the rows of B, with its factors: energy per token, devices, shares of time. A quantity that does not change is not listed.")}, {Sheet: sheet}}}
}

// manner says how parts are computed, and what was left whole.
func manner(c *study.Comparison) *reports.Part {
	list := &reports.List{}
	if c.Order != nil {
		list.Items = append(list.Items, words("Here the causes change one after the other, as was asked: "+strings.Join(c.Order, ", ")+". Parts of causes depend on this order; only the items of each are averaged over all orders."))
	}
	for _, text := range []string{
		"Causes are the inventory (rows added, removed, changed by column), the catalogue of devices, rows of factors, rules and parameters of the method, the study's filters and choices, and the software. All combinations of causes as in A and as in B are computed.",
		"A part is an Owen value: Shapley's value of the causes, and of the items within each. It prefers no order, adds up to the difference, and changes its sign with A and B exchanged.",
		"Intervals are of paired draws: what is called the same in A and B has the same draw in both. Intervals of parts do not add up. A part whose interval holds both signs is within noise.",
		"Where a factor is asked for that one of the packs lacks, though the study itself does not lack it, the other pack's stands in: what a new row bears counts as the inventory's.",
		"Draws are paired as far as both sides describe an error in one way: a factor that states another distribution or shares its error with other rows gives its part an interval even where its value is the same.",
		"A total that one side alone has is compared with nothing, never with 0.",
	} {
		list.Items = append(list.Items, words(text))
	}
	return &reports.Part{Key: "manner", Heading: reports.Words("How this is computed"), Blocks: []reports.Block{{List: list}}}
}
