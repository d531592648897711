package reports

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
)

// intervalKey names an interval of the edition: a total of a year, or the part of it in which a column has a value.
type intervalKey struct {
	year                              int
	perspective, accounting, category string
	by, name                          string
}

// sure makes the edition's intervals and rankings findable.
func (p *page) sure() {
	p.intervals, p.below = map[intervalKey]*lca.Interval{}, map[lca.Intensity]*lca.Ranking{}
	for i := range p.Intervals {
		x := &p.Intervals[i]
		p.intervals[intervalKey{x.Year, x.Perspective, x.Accounting, x.Category, x.By, x.Name}] = x
	}
	for i := range p.Rankings {
		p.below[rankedAs(&p.Rankings[i])] = &p.Rankings[i]
	}
}

// rankedAs is what names an entry of a ranking.
func rankedAs(r *lca.Ranking) lca.Intensity {
	return lca.Intensity{Kind: r.Kind, FunctionalUnit: r.FunctionalUnit, ComparisonClass: r.ComparisonClass, Category: r.Category, Perspective: r.Perspective, Accounting: r.Accounting,
		Item: r.Item, Model: r.Model, Organisation: r.Organisation, Region: r.Region, Hardware: r.Hardware, Scope: r.Scope, Year: r.Year}
}

// ranking is the place of an intensity among those that it may be compared with; nil where there is none.
func (p *page) ranking(row *lca.Intensity) *lca.Ranking {
	return p.below[lca.Intensity{Kind: row.Kind, FunctionalUnit: row.FunctionalUnit, ComparisonClass: row.ComparisonClass, Category: row.Category, Perspective: row.Perspective, Accounting: row.Accounting,
		Item: row.Item, Model: row.Model, Organisation: row.Organisation, Region: row.Region, Hardware: row.Hardware, Scope: row.Scope, Year: row.Year}]
}

// Drawn reports whether figures have intervals.
func (p *page) Drawn() bool { return len(p.Intervals) > 0 }

// drawnAs is how an edition says its figures were drawn.
var drawnAs = regexp.MustCompile(`^([0-9]{1,9}) draws, ([a-z_]+), seed ([0-9]+)$`)

// Sampling says how figures were drawn, in the page's language where it is said as editions do; else as it stands.
func (p *page) Sampling() string {
	m := drawnAs.FindStringSubmatch(p.Edition.Sampling)
	if m == nil {
		return p.Edition.Sampling
	}
	return p.Text.say("sampling", count(p.Text, p.draws()), p.Text.named(m[2]), m[3])
}

// draws is how many the edition's intervals are from; 0 where it does not say.
func (p *page) draws() int {
	m := drawnAs.FindStringSubmatch(p.Edition.Sampling)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // nine digits
	return n
}

// totalInterval is that of a total; nil where there is none.
func (p *page) totalInterval(year int, perspective, accounting, category string) *between {
	return p.partInterval(year, perspective, accounting, category, "total", "")
}

// partInterval is that of the part of a total in which a column has a value; nil where there is none.
func (p *page) partInterval(year int, perspective, accounting, category, by, name string) *between {
	if x := p.intervals[intervalKey{year, perspective, accounting, category, by, name}]; x != nil {
		return &between{x.P05, x.P95}
	}
	return nil
}

// rounded prints a part of a total with the digits that it has wherever else it stands, and without its interval: those of the interval of the total, or of the part by one column, that has this
// value; two where none has and figures have intervals.
func (p *page) rounded(sc step, v float64, year int, perspective, accounting string, c lca.Category) number {
	of := p.totalInterval(year, perspective, accounting, c.Name)
	if x := p.intervals[intervalKey{year, perspective, accounting, c.Name, "total", ""}]; x == nil || !near(x.Value, v) {
		of = nil
		for i := range p.Intervals {
			if x := &p.Intervals[i]; x.Year == year && x.Perspective == perspective && x.Accounting == accounting && x.Category == c.Name && near(x.Value, v) {
				of = &between{x.P05, x.P95}
				break
			}
		}
	}
	return p.digits(sc, v, c.Unit, of)
}

// digits prints a value with the digits of an interval, and without it; with two where there is none and figures have intervals.
func (p *page) digits(sc step, v float64, unit string, of *between) number {
	if of == nil && p.Drawn() {
		return sc.rough(v, unit)
	}
	n := sc.within(v, unit, of)
	n.Between, n.Low, n.High = "", "", ""
	return n
}

// interval is that of an entry's intensity; nil where there is none.
func (e *entry) interval(category, accounting string) *between {
	if row := e.values[[2]string{category, accounting}]; row != nil && row.P05 != nil && row.P95 != nil {
		return &between{*row.P05, *row.P95}
	}
	return nil
}

// origins are what quantities are that vary, in the order in which figures show them.
var origins = []string{"parameter", "factor", "inventory"}

// CauseFigure shows what the variance of the totals of the study's year comes from. It is nil where nothing was drawn.
func (p *page) CauseFigure(perspective string) (*figure, error) {
	t := &table{Caption: p.Text.say("causes_table", strconv.Itoa(p.Year), lower(p.Text.titleOf(p.words.Perspectives, perspective)))}
	for _, name := range []string{"category", "accounting", "origin", "quantity"} {
		t.Columns = append(t.Columns, column{Text: p.Text.column(name), Raw: name})
	}
	for _, name := range []string{"first", "first_error", "total_index"} {
		t.Columns = append(t.Columns, column{Text: p.Text.column(name), Raw: name, Number: true})
	}
	t.Columns = append(t.Columns, column{Text: p.Text.column("interval"), Raw: "interval"})
	d := stacked{in: p.Text}
	for i, o := range origins {
		d.Series = append(d.Series, series{Title: p.Text.say("origin_" + o), Style: i})
	}
	// the part of a variance that no origin explains by itself
	d.Series = append(d.Series, series{Title: p.Text.say("several_together"), Style: len(origins)})
	var fields map[string]string
	var clauses []string
	var undrawn []string
	over, most := false, 0.0 // some bar's shares add up to more than all; the largest standard error of a share in a bar
	for _, c := range p.categories {
		for _, a := range p.accountings() {
			causes, assessed := p.causes(perspective, a.Name, c.Name), p.assessed(p.Year, perspective, a.Name, c.Name)
			if len(causes) == 0 || a.Name != p.accountings()[0].Name && slices.EqualFunc(causes, p.causes(perspective, p.accountings()[0].Name, c.Name), sameCause) {
				continue
			}
			label := ""
			if x := p.intervals[intervalKey{p.Year, perspective, a.Name, c.Name, "total", ""}]; x != nil {
				sc := p.Text.scale(c.Unit, x.Value)
				label = sc.within(x.Value, c.Unit, &between{x.P05, x.P95}).Between + " " + sc.Name
			}
			parts := make([]float64, len(d.Series))
			rest := 1.0
			for _, x := range causes {
				origin := slices.Index(origins, x.Origin)
				title := x.Origin
				if origin >= 0 {
					title = d.Series[origin].Title
				}
				if x.Quantity == "" && origin >= 0 {
					parts[origin] = min(1, max(0, x.First))
					rest -= parts[origin]
				}
				what := cell{Text: cmp.Or(p.Text.quantityTitle(x), p.Text.say("all_of_them")), Raw: x.Quantity}
				t.Rows = append(t.Rows, []cell{p.flagged(t, cell{Text: c.Title, Raw: c.Name}, assessed), {Text: a.Title, Raw: a.Name}, {Text: title, Raw: x.Origin}, what, p.Text.shareCell(x.First), p.Text.errorCell(x.FirstError), p.Text.shareCell(x.Total), blank(label)})
				if x.Quantity != "" && fields == nil && assessed {
					fields = map[string]string{"Quantity": p.Text.quantityTitle(x), "Share": p.Text.percent(min(1, x.First)), "Category": lower(c.Title), "Year": strconv.Itoa(p.Year)}
				}
			}
			parts[len(parts)-1] = max(0, rest)
			switch {
			case a.Name != p.accountings()[0].Name:
			case !assessed:
				undrawn = append(undrawn, c.Title)
			default:
				// of estimates that add up to more than all, the bar is drawn to their sum and says the estimates themselves
				over = over || sum(parts) > 1.005
				d.Bars = append(d.Bars, bar{Label: c.Title, Total: label, Parts: parts, Shares: parts})
				for i, s := range d.Series {
					clauses = append(clauses, c.Title+", "+lower(s.Title)+" "+p.Text.percent(parts[i]))
				}
				for _, x := range causes {
					if x.Quantity == "" && x.FirstError > most {
						most = x.FirstError
					}
				}
			}
		}
	}
	if fields == nil || len(d.Bars) == 0 {
		return nil, nil
	}
	f, err := p.figure("causes", "causes-"+slug(perspective), p.about(perspective), fields, d, p.Text.told(clauses), p.linkMade(t, perspective))
	if err != nil {
		return nil, err
	}
	f.Note = p.undrawn(undrawn) + f.Note
	if most > 0 {
		f.Note += " " + strings.ReplaceAll(p.Text.ShareError, "{error}", p.Text.percent(most))
	}
	if over {
		f.Note += " " + p.Text.ShareSum
	}
	return f, nil
}

// errorCell is the standard error of a share.
func (w *wording) errorCell(share float64) cell {
	if share != share {
		return cell{Value: true, Break: true}
	}
	return cell{Text: "±\u00a0" + w.percent(share), Raw: raw(share), Value: true}
}

// quantityTitle is a quantity in words: a parameter's name is made of them, a row of a factor says which factor it is of and for what, a row of an inventory what it
// is of.
func (w *wording) quantityTitle(x *lca.Cause) string {
	title := strings.Replace(x.Quantity, " "+x.Category+" ", " ", 1) // which the line says
	switch x.Origin {
	case "parameter":
		return w.humanise(x.Quantity)
	case "factor":
		name, of, _ := strings.Cut(title, " ")
		if of == "" {
			return w.humanise(name)
		}
		return w.humanise(name) + ", " + strings.ReplaceAll(of, "_", " ")
	}
	return upper(title)
}

// shareCell is a share of a variance; NaN is of what was not computed.
func (w *wording) shareCell(share float64) cell {
	if share != share {
		return cell{Value: true}
	}
	return cell{Text: w.percent(min(1, max(0, share))), Raw: raw(share), Value: true}
}

func sameCause(a, b *lca.Cause) bool {
	return a.Origin == b.Origin && a.Quantity == b.Quantity && a.First == b.First
}

// causes are those of a total of the study's year, whole origins first.
func (p *page) causes(perspective, accounting, category string) []*lca.Cause {
	var out []*lca.Cause
	for i := range p.Causes {
		if x := &p.Causes[i]; x.Year == p.Year && x.Perspective == perspective && x.Accounting == accounting && x.Category == category {
			out = append(out, x)
		}
	}
	return out
}

// Largest lists what contributes most to the spread of a perspective's totals, by name.
func (p *page) Largest(perspective string) []string {
	var out []string
	for _, c := range p.categories {
		a := p.accountings()
		if len(a) == 0 {
			return nil
		}
		if !p.assessed(p.Year, perspective, a[0].Name, c.Name) {
			continue // of what is not assessed nothing is claimed
		}
		var names []string
		for _, x := range p.causes(perspective, a[0].Name, c.Name) {
			if x.Quantity != "" && len(names) < 3 && x.First >= 0.01 {
				names = append(names, p.Text.quantityTitle(x)+" ("+p.Text.percent(min(1, x.First))+")")
			}
		}
		if len(names) > 0 {
			out = append(out, p.Text.pair(c.Title, p.Text.list(names)))
		}
	}
	return out
}
