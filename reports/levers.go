package reports

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
)

// Lever is an action that the study computes, in words. Its effects stand in the edition's Effects under its Ref.
type Lever struct {
	Ref          string                 `json:"ref"`
	Status       string                 `json:"status"` // draft or released
	Title        string                 `json:"title"`
	Area         string                 `json:"area"`
	Conditions   string                 `json:"conditions"` // where it can be done
	Rebound      string                 `json:"rebound"`    // what may eat up the gain
	Source       string                 `json:"source"`
	URL          string                 `json:"url,omitempty"`
	Translations map[string]Translation `json:"translations,omitempty"` // of title, conditions and rebound
	Why          string                 `json:"why,omitempty"`          // it changes nothing; empty: it changes some total
	Still        bool                   `json:"still,omitempty"`        // Why is that it changes nothing of what is documented in the year
	Off          string                 `json:"off,omitempty"`          // Ref of the lever before it that excludes it
	Lacks        []string               `json:"lacks,omitempty"`        // what it asks for and is not known
	Fills        []string               `json:"fills,omitempty"`        // what is not known without it
	Apart        string                 `json:"apart,omitempty"`        // attributional or consequential: both of its cases have factors of their own, by that approach; it is not in what all do together
	Given        []LeverNumber          `json:"given,omitempty"`        // numbers that the study gives, in place of the lever's own
}

// LeverNumber is a number of a lever.
type LeverNumber struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Source string  `json:"source"`
}

// leverNote is a lever with what it trades.
type leverNote struct {
	Lever
	Foreign    string // language of its texts, where it is another than the page's
	Address    string // of its source, where that is one of the web
	Instead    string // title of the lever that excludes it
	Less, More string // categories of the leading accounting that become smaller and larger, in words
	Unknown    string // what is not known of it, in words
	Filled     string // and what of the study without it
	Numbers    string // that the study gives, in words
	Blank      bool   // of nothing it is known what it does, for the factor pack lacks what it asks for
}

// effect is what a lever does to a total of the study's year; "" is all together. It is nil where there is none.
func (p *page) effect(lever, perspective, accounting, category string) *lca.LeverEffect {
	for i := range p.Effects {
		if e := &p.Effects[i]; e.Lever == lever && e.Year == p.Year && e.Perspective == perspective && e.Accounting == accounting && e.Category == category {
			return e
		}
	}
	return nil
}

// Consequential reports whether some lever is of marginal factors.
func (p *page) Consequential() bool {
	return slices.ContainsFunc(p.Levers, func(l Lever) bool { return l.Apart == "consequential" })
}

// Apart reports whether some lever stands apart.
func (p *page) Apart() bool {
	return slices.ContainsFunc(p.Levers, func(l Lever) bool { return l.Apart != "" })
}

// title is a lever's; that of all together where there is no lever of the name.
func (p *page) leverTitle(ref string) string {
	for i := range p.Levers {
		if p.Levers[i].Ref == ref {
			return p.Levers[i].Title
		}
	}
	return p.Text.Together
}

// applied are the levers that stand in what all do together, and change something of it.
func (p *page) applied(perspective, accounting, category string) (out []*lca.LeverEffect, known bool) {
	for i := range p.Levers {
		l := &p.Levers[i]
		e := p.effect(l.Ref, perspective, accounting, category)
		if e == nil || l.Off != "" || l.Apart != "" {
			continue
		}
		if e.Added == nil {
			return nil, false
		}
		if *e.Added != 0 {
			out = append(out, e)
		}
	}
	return out, len(out) > 0
}

// LeverFigure shows what levers add, one on top of the other, to the first category of a perspective of which this is known of all. It is nil where nothing is changed.
func (p *page) LeverFigure(perspective string) (*figure, error) {
	accountings := p.accountings()
	if len(accountings) == 0 || len(p.Effects) == 0 {
		return nil, nil
	}
	lead := accountings[0].Name
	for _, c := range p.categories {
		if !p.assessed(p.Year, perspective, lead, c.Name) {
			continue
		}
		list, known := p.applied(perspective, lead, c.Name)
		all := p.effect("", perspective, lead, c.Name)
		if !known || all == nil || all.Difference == nil || all.Base == 0 {
			continue
		}
		w := &abatement{Unit: c.Unit, in: p.Text}
		most := list[0]
		for _, e := range list {
			w.Steps = append(w.Steps, Change{p.leverTitle(e.Lever), *e.Added, e.AddedP05, e.AddedP95})
			if *e.Added < *most.Added {
				most = e
			}
		}
		w.Steps = append(w.Steps, Change{p.Text.Together, *all.Difference, all.P05, all.P95})
		if !w.drawable() {
			continue
		}
		fields := map[string]string{"Lever": cut(titled, p.leverTitle(most.Lever)), "Share": p.Text.change(*most.Added / all.Base), "All": p.Text.change(*all.Difference / all.Base), "Traded": p.traded(perspective, lead), "Category": lower(c.Title), "Year": strconv.Itoa(p.Year)}
		if *most.Added >= 0 {
			fields["Nothing"] = "yes"
		}
		return p.figure("levers", "levers-"+slug(perspective), p.about(perspective)+", "+lower(accountings[0].Title), fields, w, w.told(), p.linkMade(p.leverTable(perspective), perspective))
	}
	return nil, nil
}

// traded names the categories of which all levers together take more; empty: of none.
func (p *page) traded(perspective, accounting string) string {
	var more []string
	for _, c := range p.categories {
		e := p.effect("", perspective, accounting, c.Name)
		if e != nil && e.Difference != nil && *e.Difference > 0 && p.assessed(p.Year, perspective, accounting, c.Name) {
			more = append(more, lower(c.Title))
		}
	}
	return strings.Join(more, ", ")
}

// leverTable lists what each lever does to each total of a perspective, alone and on top of those before it.
func (p *page) leverTable(perspective string) *table {
	t := &table{Caption: p.Text.say("levers_table", strconv.Itoa(p.Year), lower(p.Text.titleOf(p.words.Perspectives, perspective)))}
	for _, name := range []string{"lever", "category", "accounting", "unit"} {
		t.Columns = append(t.Columns, column{Text: p.Text.column(name), Raw: name})
	}
	for _, name := range []string{"base", "alone", "share_alone", "added", "share_added"} {
		t.Columns = append(t.Columns, column{Text: p.Text.column(name), Raw: name, Number: true})
	}
	refs := []string{}
	for i := range p.Levers {
		refs = append(refs, p.Levers[i].Ref)
	}
	for _, ref := range append(refs, "") {
		for _, c := range p.categories {
			rows, first := p.accountings(), (*lca.LeverEffect)(nil)
			for _, a := range rows {
				e := p.effect(ref, perspective, a.Name, c.Name)
				if e == nil || e.Difference != nil && *e.Difference == 0 && (e.Added == nil || *e.Added == 0) {
					continue
				}
				if first != nil && sameEffect(first, e) {
					continue // does not depend on the accounting
				}
				title := a.Title
				if first == nil && !slices.ContainsFunc(rows, func(b lca.Term) bool {
					o := p.effect(ref, perspective, b.Name, c.Name)
					return o == nil || !sameEffect(e, o)
				}) {
					title = p.Text.Each
				}
				first = e
				row := p.effectRow(e, ref, c, title, a.Name)
				row[1] = p.flagged(t, row[1], p.assessed(p.Year, perspective, a.Name, c.Name))
				t.Rows = append(t.Rows, row)
			}
		}
	}
	return t
}

func sameEffect(a, b *lca.LeverEffect) bool {
	return a.Base == b.Base && same(a.Difference, b.Difference) && same(a.P05, b.P05) && same(a.P95, b.P95) && same(a.Added, b.Added)
}

// effectRow is a row of leverTable.
func (p *page) effectRow(e *lca.LeverEffect, ref string, c lca.Category, title, accounting string) []cell {
	sc := p.Text.scale(c.Unit, e.Base)
	cellOf := func(v, low, high *float64) cell {
		var within *between
		if low != nil && high != nil {
			within = &between{*low, *high}
		}
		return figureCell(sc, c.Unit, v, within)
	}
	share := func(v *float64) cell {
		if v == nil || e.Base == 0 {
			return cell{Value: true, Break: true}
		}
		return cell{Text: p.Text.change(*v / e.Base), Raw: raw(*v / e.Base), Value: true}
	}
	added := cellOf(e.Added, e.AddedP05, e.AddedP95)
	added.Break = e.Added == nil && e.Difference != nil // it is excluded: no figure is expected
	name := p.Text.Together
	if ref != "" {
		short, _, _ := strings.Cut(ref, "@")
		name = p.Text.humanise(strings.ReplaceAll(short, "-", " "))
	}
	code := cmp.Or(ref, "together")
	if e.Apart != "" {
		name, code = p.Text.say("lever_"+e.Apart, name), code+" ("+e.Apart+")"
	}
	return []cell{{Text: name, Raw: code}, {Text: c.Title, Raw: c.Name}, {Text: title, Raw: accounting}, {Text: sc.Name, Raw: c.Unit},
		p.digits(sc, e.Base, c.Unit, p.totalInterval(e.Year, e.Perspective, e.Accounting, c.Name)).cell(), cellOf(e.Difference, e.P05, e.P95), share(e.Difference), added, share(e.Added)}
}

// LeverNotes are the levers with their conditions, what may eat up the gain, and what they trade.
func (p *page) LeverNotes() (out []leverNote) {
	accountings := p.accountings()
	for _, l := range p.Levers {
		n := leverNote{Lever: l, Foreign: p.foreignTo(l.Translations), Address: webAddress(l.URL), Unknown: strings.Join(l.Lacks, ", "), Filled: strings.Join(l.Fills, ", ")}
		var numbers []string
		for _, x := range l.Given {
			text := p.Text.pair(x.Name, p.Text.full(x.Value))
			if x.Unit != "1" {
				text += " " + x.Unit
			}
			numbers = append(numbers, text+" ("+x.Source+")")
		}
		n.Numbers = p.Text.list(numbers)
		n.Blank = l.Apart != "" && n.Unknown != "" && !slices.ContainsFunc(p.Effects, func(e lca.LeverEffect) bool { return e.Lever == l.Ref && e.Difference != nil && *e.Difference != 0 })
		if l.Still {
			n.Why = p.Text.say("lever_still", strconv.Itoa(p.Year))
		}
		if l.Off != "" {
			n.Instead = p.leverTitle(l.Off)
		}
		if len(accountings) > 0 {
			var less, more []string
			for _, perspective := range p.Perspectives()[:min(1, len(p.Perspectives()))] {
				for _, c := range p.categories {
					e := p.effect(l.Ref, perspective.Name, accountings[0].Name, c.Name)
					if e == nil || e.Difference == nil || *e.Difference == 0 || e.Base == 0 || !p.assessed(p.Year, perspective.Name, accountings[0].Name, c.Name) {
						continue // of what is not assessed nothing is claimed
					}
					text := lower(c.Title) + " (" + p.Text.change(*e.Difference/e.Base)
					if e.P05 != nil && *e.P05 < 0 && *e.P95 > 0 {
						text += ", " + p.Text.WithinNoise
					}
					if text += ")"; *e.Difference < 0 {
						less = append(less, text)
					} else {
						more = append(more, text)
					}
				}
			}
			n.Less, n.More = p.Text.list(less), p.Text.list(more)
		}
		out = append(out, n)
	}
	return out
}
