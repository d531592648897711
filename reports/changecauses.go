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
		return p.figure("changes", "changes-"+strconv.Itoa(year)+"-"+slug(perspective), p.about(perspective)+", "+lower(lead.Title), fields, w, w.told(), p.causesTable(year, perspective))
	}
	return nil, nil
}

func abs64(v float64) float64 { return max(v, -v) }

// causeTitle is a cause in words.
func (p *page) causeTitle(name string) string {
	return cmp.Or(p.Text.or().Phrases["cause_"+strings.ReplaceAll(name, " ", "_")], p.Text.humanise(name))
}

// causesTable lists the parts of all differences of a year in a perspective, with the items of each cause.
func (p *page) causesTable(year int, perspective string) *table {
	t := &table{Caption: p.Text.say("changes_causes", strconv.Itoa(year), lower(p.Text.titleOf(p.words.Perspectives, perspective)))}
	for _, name := range []string{"category", "accounting", "origin", "item", "unit"} {
		t.Columns = append(t.Columns, column{Text: p.Text.column(name), Raw: name})
	}
	t.Columns = append(t.Columns, column{Text: p.Text.column("part"), Raw: "part", Number: true}, column{Text: p.Text.column("share_before"), Raw: "share_before", Number: true}, column{Text: p.Text.column("detail"), Raw: "detail"})
	for _, c := range p.categories {
		for _, a := range p.words.Accountings {
			for i := range p.Before.Causes {
				x := &p.Before.Causes[i]
				if x.By != whole || x.Year != year || x.Perspective != perspective || x.Accounting != a.Name || x.Category != c.Name || x.Part == nil || x.A == nil {
					continue
				}
				sc := p.Text.scale(c.Unit, *x.Part)
				share := cell{Value: true, Break: true}
				if *x.A > 0 {
					share = cell{Text: p.Text.change(*x.Part / *x.A), Raw: raw(*x.Part / *x.A), Value: true}
				}
				t.Rows = append(t.Rows, []cell{{Text: c.Title, Raw: c.Name}, {Text: a.Title, Raw: a.Name}, {Text: p.causeTitle(x.Cause), Raw: x.Cause}, blank(x.Item), {Text: sc.Name, Raw: c.Unit},
					{Text: p.Text.signed(*x.Part/sc.Factor, p.Text.short), Full: p.Text.full(*x.Part), Raw: raw(*x.Part), Value: true}, share, blank(x.Detail)})
			}
		}
	}
	return t.cut()
}
