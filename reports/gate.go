package reports

import (
	"fmt"
	"slices"
	"strings"
)

// Faults lists why the edition's report should not be published as it stands: a text that readers need is empty, the study, its method or its factor pack are drafts, more than a share of the leading total
// of the study's year rests on default values, or entries that stand in one ranking are in different units, so that they cannot be compared.
func (e *Edition) Faults(mostDefaulted float64) (out []string) {
	for _, x := range []struct{ what, text string }{{"title", e.Title}, {"goal", e.Goal}, {"scope", e.ScopeText}, {"licence", e.Licence}} {
		if strings.TrimSpace(x.text) == "" {
			out = append(out, "the study says no "+x.what)
		}
	}
	for _, x := range []struct{ what, is, want string }{{"the study", e.Status, "published"}, {"the method " + e.Method, e.MethodStatus, "released"}, {"the factor pack " + e.Pack, e.PackStatus, "released"}} {
		if x.is != x.want {
			out = append(out, fmt.Sprintf("%s is %s, not %s", x.what, x.is, x.want))
		}
	}
	for _, l := range e.Levers {
		if l.Status != "released" {
			out = append(out, fmt.Sprintf("the lever %s is %s, not released", l.Ref, l.Status))
		}
	}
	if e.Outlook != nil {
		for _, c := range e.Outlook.Cases {
			if c.Status != "released" {
				out = append(out, fmt.Sprintf("the scenario %s is %s, not released", c.Ref, c.Status))
			}
		}
	}
	p, err := newPage(e)
	if err != nil {
		return append(out, err.Error())
	}
	if share, of, ok := p.defaulted(); ok && share > mostDefaulted {
		out = append(out, fmt.Sprintf("%s of the %s of %d rests on default values, more than %s", english().percent(share), of, e.Year, english().percent(mostDefaulted)))
	}
	type class struct{ kind, unit, class, category string }
	units := map[class]string{}
	var told []class
	for i := range e.Rankings {
		r := &e.Rankings[i]
		c := class{r.Kind, r.FunctionalUnit, r.ComparisonClass, r.Category}
		switch was, ok := units[c]; {
		case !ok:
			units[c] = r.Unit
		case was != r.Unit && !slices.Contains(told, c):
			told = append(told, c)
			out = append(out, fmt.Sprintf("the ranking of %s by %s per %s, %s, mixes %s and %s", english().humanise(r.Kind), r.Category, r.FunctionalUnit, r.ComparisonClass, was, r.Unit))
		}
	}
	return out
}

// defaulted is the share of default values in the study's leading total: of the first perspective, category and accounting that has one.
func (p *page) defaulted() (share float64, category string, ok bool) {
	worst := p.words.Qualities[len(p.words.Qualities)-1].Name
	for _, perspective := range p.Perspectives() {
		for _, c := range p.categories {
			for _, a := range p.accountings() {
				all, err := p.total(p.Year, perspective.Name, a.Name, c.Name)
				if err != nil || all == nil || *all == 0 {
					continue
				}
				sel := p.base
				sel.Year, sel.Perspective, sel.Accounting, sel.Category = p.Year, perspective.Name, a.Name, c.Name
				return value(split(p.totals[sel].qualities, []string{worst})[0]) / *all, lower(c.Title), true
			}
		}
	}
	return 0, "", false
}
