package reports

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
)

// causesOf are the causes of a total's difference, one row of each, in the order of the comparison.
func (b *Before) causesOf(year int, perspective, accounting, category string) (out []*lca.ComparisonPart) {
	for i := range b.Causes {
		x := &b.Causes[i]
		if x.By != whole || x.Year != year || x.Perspective != perspective || x.Accounting != accounting || x.Category != category || x.Cause == "" || x.CausePart == nil || x.A == nil || x.B == nil {
			continue
		}
		if !slices.ContainsFunc(out, func(o *lca.ComparisonPart) bool { return o.Cause == x.Cause }) {
			out = append(out, x)
		}
	}
	return out
}

// ChangeFigure shows what leads from a total of the former edition to that of this one: the first category of a perspective of which this is known. It is nil where there is none.
func (p *page) ChangeFigure(year int, perspective string) (*figure, error) {
	accountings := p.accountings()
	if p.Before == nil || len(accountings) == 0 {
		return nil, nil
	}
	lead := accountings[0]
	for _, c := range p.categories {
		causes := p.Before.causesOf(year, perspective, lead.Name, c.Name)
		if len(causes) == 0 || !p.assessed(year, perspective, lead.Name, c.Name) {
			continue
		}
		w := &Waterfall{Unit: c.Unit, From: Level{p.Text.say("edition_of", p.BeforeName()), *causes[0].A}, To: Level{p.Text.say("this_edition"), *causes[0].B}, in: p.Text}
		most := causes[0]
		for _, x := range causes {
			w.Steps = append(w.Steps, Change{p.causeTitle(x.Cause), *x.CausePart, x.CauseP05, x.CauseP95})
			if abs64(*x.CausePart) > abs64(*most.CausePart) {
				most = x
			}
		}
		if !w.drawable() || w.From.Value <= 0 {
			continue
		}
		fields := map[string]string{"Category": c.Title, "Year": strconv.Itoa(year), "Change": p.Text.change((w.To.Value - w.From.Value) / w.From.Value), "Cause": p.causeTitle(most.Cause), "Part": p.Text.change(*most.CausePart / w.From.Value)}
		return p.figure("changes", "changes-"+strconv.Itoa(year)+"-"+slug(perspective), p.about(perspective)+", "+lower(lead.Title), fields, w, w.told(), p.linkMade(p.causesTable(year, perspective), perspective))
	}
	return nil, nil
}

func abs64(v float64) float64 { return max(v, -v) }

// causeTitle is a cause in words.
func (p *page) causeTitle(name string) string {
	return cmp.Or(p.Text.or().Phrases["cause_"+strings.ReplaceAll(name, " ", "_")], p.Text.humanise(name))
}

// causesTable leads from each total of a year in the former edition to that in this one, by causes and by the items of each.
func (p *page) causesTable(year int, perspective string) *table {
	t := &table{Caption: p.Text.say("changes_causes", strconv.Itoa(year), lower(p.Text.titleOf(p.words.Perspectives, perspective)))}
	for _, name := range []string{"category", "accounting", "origin", "item", "unit"} {
		t.Columns = append(t.Columns, column{Text: p.Text.column(name), Raw: name})
	}
	t.Columns = append(t.Columns, column{Text: p.Text.column("part"), Raw: "part", Number: true}, column{Text: p.Text.column("share_before"), Raw: "share_before", Number: true}, column{Text: p.Text.column("detail"), Raw: "detail"})
	for _, c := range p.categories {
		for _, a := range p.words.Accountings {
			causes := p.Before.causesOf(year, perspective, a.Name, c.Name)
			if len(causes) == 0 {
				continue
			}
			was, now := *causes[0].A, *causes[0].B
			sc := p.Text.scale(c.Unit, was, now)
			row := func(cause, raw string, item string, part cell, share *float64, detail string) {
				of := cell{Value: true, Break: true}
				if share != nil && was > 0 {
					of = shareOf(p.Text, *share/was)
				}
				t.Rows = append(t.Rows, []cell{{Text: c.Title, Raw: c.Name}, {Text: a.Title, Raw: a.Name}, {Text: cause, Raw: raw}, blank(item), {Text: sc.Name, Raw: c.Unit}, part, of, blank(detail)})
			}
			row(p.Text.say("edition_of", p.BeforeName()), "former", "", figureCell(sc, c.Unit, &was, nil), nil, "")
			for _, x := range causes {
				part := p.Text.changeCell(sc, *x.CausePart)
				if b := interval(x.CauseP05, x.CauseP95); b != nil {
					part.Low, part.High = raw(b.low), raw(b.high)
				}
				row(p.causeTitle(x.Cause), x.Cause, "", part, x.CausePart, "")
				for i := range p.Before.Causes {
					y := &p.Before.Causes[i]
					if y.By == whole && y.Year == year && y.Perspective == perspective && y.Accounting == a.Name && y.Category == c.Name && y.Cause == x.Cause && y.Part != nil && y.Item != x.Cause {
						row(p.causeTitle(x.Cause), x.Cause, y.Item, p.Text.changeCell(sc, *y.Part), y.Part, y.Detail)
					}
				}
			}
			row(p.Text.say("this_edition"), "this", "", figureCell(sc, c.Unit, &now, nil), nil, "")
		}
	}
	return t.cut()
}

// changeCell is a difference in a table, in a step.
func (w *wording) changeCell(sc step, v float64) cell {
	return cell{Text: w.signed(v/sc.Factor, w.short), Full: w.full(v), Raw: raw(v), Value: true}
}

func shareOf(w *wording, share float64) cell {
	return cell{Text: w.change(share), Raw: raw(share), Value: true}
}
