package reports

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
)

// Outlook is what an edition's documented activities would come to in later years under scenarios, as a projection computed it.
type Outlook struct {
	RunID    string // of the projection
	Draws    int    // 0: nothing was drawn
	Command  string // that makes it again
	Base, To int
	Cases    []OutlookCase // in the order of the projection
	Totals   []OutlookTotal
	Sectors  []lca.Sector

	at map[outlookKey]int // of totals, once one was asked for
}

type outlookKey struct {
	scenario, category, perspective, accounting string
	year                                        int
}

// OutlookCase is a scenario. Of says what its numbers are of: whoever cites a ratio cites this, too.
type OutlookCase struct {
	Name, Ref, Status, Title, Of, Source, URL string
	Translations                              map[string]Translation // of title and of

	Foreign string // language of the texts, where it is another than the page's
}

// OutlookTotal is a total of a year under a scenario.
type OutlookTotal struct {
	Scenario, Category, Unit string
	Year                     int
	Perspective, Accounting  string
	Value                    float64
	P05, P25, P75, P95       *float64 // nil: nothing was drawn
}

func (o *Outlook) total(scenario, category, perspective, accounting string, year int) *OutlookTotal {
	if o.at == nil {
		o.at = map[outlookKey]int{}
		for i, t := range slices.Backward(o.Totals) { // of several of one key the first
			o.at[outlookKey{t.Scenario, t.Category, t.Perspective, t.Accounting, t.Year}] = i
		}
	}
	if i, ok := o.at[outlookKey{scenario, category, perspective, accounting, year}]; ok {
		return &o.Totals[i]
	}
	return nil
}

// OutlookPerspectives are those that the projection has totals of.
func (p *page) OutlookPerspectives() (out []lca.Term) {
	for _, t := range p.words.Perspectives {
		if p.Outlook != nil && slices.ContainsFunc(p.Outlook.Totals, func(x OutlookTotal) bool { return x.Perspective == t.Name }) {
			out = append(out, t)
		}
	}
	return out
}

// outlookLead is the accounting that figures are of.
func (p *page) outlookLead() string { return p.words.Accountings[0].Name }

// OutlookFigure shows the first category of a perspective under each scenario; nil where there is none.
func (p *page) OutlookFigure(perspective string) (*figure, error) {
	o := p.Outlook
	for _, c := range p.categories {
		if !p.assessed(o.Base, perspective, p.outlookLead(), c.Name) {
			continue
		}
		f := &Fan{Unit: c.Unit, in: p.Text}
		for _, x := range o.Cases {
			s := Scenario{Title: x.Title}
			for y := o.Base; y <= o.To; y++ {
				t := o.total(x.Name, c.Name, perspective, p.outlookLead(), y)
				if t == nil {
					continue
				}
				s.Years = append(s.Years, Projected{Year: y, Value: t.Value, P05: t.P05, P25: t.P25, P75: t.P75, P95: t.P95})
				if y == o.Base && f.Base == nil {
					f.Base = &Baseline{Year: y, Value: t.Value}
				}
			}
			if len(s.Years) > 0 {
				f.Scenarios = append(f.Scenarios, s)
			}
		}
		if len(f.Scenarios) == 0 {
			continue
		}
		fields := map[string]string{"Category": lower(c.Title), "Base": strconv.Itoa(o.Base), "To": strconv.Itoa(o.To), "Count": strconv.Itoa(len(f.Scenarios))}
		low, high := f.extremes()
		fields["Low"], fields["LowRatio"] = cut(titled, f.Scenarios[low].Title), f.ratio(f.Scenarios[low].in(o.To))
		fields["High"], fields["HighRatio"] = cut(titled, f.Scenarios[high].Title), f.ratio(f.Scenarios[high].in(o.To))
		if low == high {
			fields["One"] = "yes"
		}
		d, err := p.figure("outlook", "outlook-"+slug(perspective), p.about(perspective)+", "+lower(p.Text.titleOf(p.words.Accountings, p.outlookLead())), fields, f, f.told(), p.linkMade(p.outlookTable(perspective), perspective))
		if err == nil {
			d.Note, d.Command, d.Source = strings.TrimSpace(f.Note()+" "+d.Note+" "+p.Text.OutlookNotes[perspective]), o.Command, d.Source+" · "+p.Text.say("projection")+" "+o.RunID
			if o.Draws > 0 {
				d.Source += ", " + p.Text.say("draws", count(p.Text, o.Draws))
				if n := p.draws(); n > 0 {
					d.Note += " " + p.Text.say("outlook_draws", count(p.Text, o.Draws), count(p.Text, n))
				}
			}
		}
		return d, err
	}
	return nil, nil
}

// extremes are the scenarios with the least and the most in the last year.
func (f *Fan) extremes() (low, high int) {
	value := func(i int) float64 {
		if p := f.Scenarios[i].in(f.labelled()); p != nil {
			return p.Value
		}
		return 0
	}
	for i := range f.Scenarios {
		if value(i) < value(low) {
			low = i
		}
		if value(i) > value(high) {
			high = i
		}
	}
	return low, high
}

// outlookTable lists all totals of a perspective in the base year and in the last one.
func (p *page) outlookTable(perspective string) *table {
	o := p.Outlook
	t := &table{Caption: p.Text.say("outlook_table", strconv.Itoa(o.Base), strconv.Itoa(o.To), lower(p.Text.titleOf(p.words.Perspectives, perspective)))}
	for _, name := range []string{"scenario", "category", "accounting", "unit"} {
		t.Columns = append(t.Columns, column{Text: p.Text.column(name), Raw: name})
	}
	t.Columns = append(t.Columns, column{Text: strconv.Itoa(o.Base), Raw: "base", Number: true}, column{Text: strconv.Itoa(o.To), Raw: "last", Number: true}, column{Text: p.Text.column("ratio"), Raw: "ratio", Number: true})
	for _, x := range o.Cases {
		for _, c := range p.categories {
			for i, a := range p.words.Accountings {
				first, last := o.total(x.Name, c.Name, perspective, a.Name, o.Base), o.total(x.Name, c.Name, perspective, a.Name, o.To)
				if last == nil {
					continue
				}
				if before := o.total(x.Name, c.Name, perspective, p.words.Accountings[0].Name, o.To); i > 0 && before != nil && before.Value == last.Value {
					continue // does not depend on the accounting
				}
				sc := p.Text.scale(c.Unit, last.Value)
				was, ratio := cell{Value: true, Break: true}, cell{Value: true, Break: true}
				if first != nil {
					was = figureCell(sc, c.Unit, &first.Value, interval(first.P05, first.P95))
					if first.Value > 0 {
						r := last.Value / first.Value
						ratio = cell{Text: p.Text.times(last.Value, first.Value, interval(last.P05, last.P95)), Raw: raw(r), Value: true}
					}
				}
				became := figureCell(sc, c.Unit, &last.Value, interval(last.P05, last.P95))
				if o.Draws > 0 && interval(last.P05, last.P95) == nil {
					became = sc.rough(last.Value, c.Unit).cell()
				}
				t.Rows = append(t.Rows, []cell{{Text: x.Title, Raw: x.Ref}, p.flagged(t, cell{Text: c.Title, Raw: c.Name}, p.assessed(o.Base, perspective, a.Name, c.Name)), {Text: a.Title, Raw: a.Name}, {Text: sc.Name, Raw: c.Unit}, was,
					became, ratio})
			}
		}
	}
	return t
}

// SectorTable sets what is documented in the base year beside the electricity of a sector that scenarios have for the world; nil where none has.
func (p *page) SectorTable() *table {
	o := p.Outlook
	t := &table{ID: "outlook-sectors", Caption: p.Text.say("sectors", strconv.Itoa(o.Base))}
	t.Columns = []column{{Text: p.Text.column("scenario"), Raw: "scenario"}, {Text: p.Text.column("coverage_of"), Raw: "coverage", Number: true}, {Text: p.Text.column("ai"), Raw: "ai", Unit: "TWh", RawUnit: "TWh", Number: true},
		{Text: p.Text.column("documented"), Raw: "documented", Unit: "TWh", RawUnit: "TWh", Number: true}, {Text: p.Text.column("source"), Raw: "source"}}
	for i := range o.Sectors {
		x := &o.Sectors[i]
		if x.Year != o.Base || x.Region != "WOR" || x.AI == nil || x.Documented == nil {
			continue
		}
		title := x.Scenario
		for _, c := range o.Cases {
			if c.Name == x.Scenario {
				title = c.Title
			}
		}
		covers := cell{Value: true, Break: true}
		if x.Coverage != nil {
			covers = cell{Text: p.Text.percent(*x.Coverage), Raw: raw(*x.Coverage), Value: true}
		}
		number := func(v float64) cell {
			return cell{Text: p.Text.short(v), Raw: raw(v), Full: p.Text.full(v), Value: true}
		}
		t.Rows = append(t.Rows, []cell{{Text: title, Raw: x.Scenario}, covers, number(*x.AI), p.digits(step{Factor: 1, in: p.Text}, *x.Documented, "TWh", nil).cell(), plain(x.Source)})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}
