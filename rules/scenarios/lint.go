package scenarios

import (
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// lint warns of what is valid and seldom meant.
func (l *loader) lint() {
	warn := func(p diag.Problem, why, hint string) {
		p.Severity, p.Why, p.Hint = diag.Warning, why, hint
		l.probs.Add(p)
	}
	var given []string
	for _, d := range l.s.Drivers {
		given = append(given, d.Name)
	}
	for i := range l.s.Drivers {
		d := &l.s.Drivers[i]
		if d.From != l.s.Ref() {
			continue // told of the scenario that states it
		}
		if len(d.Definition.Acts) > 0 && !slices.ContainsFunc(d.Values, func(c Course) bool { return !c.constant() }) {
			warn(d.at.Problem(diag.UnusedName, "%s is the same in all years: it changes nothing", d.Name), "a driver acts by its ratio to the base year, and not by its level", "give it a course: series: {2024: 1, 2030: 2}, or growth: 10 %")
		}
		for k := range d.Values {
			c := &d.Values[k]
			for _, r := range c.Rates {
				if r.Value > 1 && !strings.Contains(r.at.Text, "%") {
					warn(r.at.Problem(diag.Implausible, "growth of %s is %s %% a year", r.at.Text, short(float64(100*r.Value))), "", "with its sign it is "+r.at.Text+" %")
				}
			}
			if c.Form == "growth" && !c.started && !d.Unit.Equal(unit.One) {
				warn(c.at.Get("growth").Problem(diag.Implausible, "%s begins at 1 %s", d.Name, d.UnitText), "growth says no level, and without start: it is 1 in the first year", "say what it is in the first year: start: 0.4")
			}
		}
		var twice []string
		for _, name := range d.Definition.Holds {
			if slices.Contains(given, name) {
				twice = append(twice, name)
			}
		}
		if len(twice) > 0 {
			warn(d.at.Problem(diag.Inconsistent, "%s holds the effects of %s already, which the scenario names, too", d.Name, strings.Join(twice, ", ")), "they would count twice", "take one away; a driver of the scenario below with NAME: and nothing behind it")
		}
	}
}

// constant reports whether a course says one value for all years.
func (c *Course) constant() bool {
	switch c.Form {
	case "value", hold:
		return true
	case "series":
		return len(c.Points) > 0 && !slices.ContainsFunc(c.Points, func(p Point) bool { return p.Value != c.Points[0].Value })
	}
	return false
}
