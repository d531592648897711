package factors

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Finding is what a lint says of a row.
type Finding struct {
	Lint     string
	Row      *Row
	Message  string
	Why      string
	Accepted *Accepted // by which of the pack's own statements; nil where by none
}

// Accepted is a pack's statement that findings of a lint are right as they are, and why. Empty fields fit anything.
type Accepted struct {
	Lint, Table, Factor, Category, Region, Technology, Series string
	Reason                                                    string
	Place                                                     diag.Place
}

// fits reports whether the statement covers a finding.
func (a *Accepted) fits(f *Finding) bool {
	r := f.Row
	return a.Lint == f.Lint && (a.Table == "" || a.Table == r.table.File) && (a.Factor == "" || a.Factor == r.Factor) && (a.Category == "" || a.Category == r.Category) &&
		(a.Region == "" || a.Region == r.Region) && (a.Technology == "" || a.Technology == r.Technology) && (a.Series == "" || a.Series == r.Series)
}

// Problem is the finding as a warning at its row; accepted it is a note with the reason.
func (f *Finding) Problem() diag.Problem {
	p := diag.Problem{Code: diag.Code(f.Lint), Severity: diag.Warning, Place: f.Row.Place(), Message: f.Message, Why: f.Why}
	if f.Accepted != nil {
		p.Severity, p.Why = diag.Note, "accepted: "+f.Accepted.Reason
	}
	return p
}

// Lint looks for what tables of factors have been wrong by before. Findings are in order of the lints, then of the rows; those that the pack accepts
// say so. It also returns the statements that accepted nothing.
func (p *Pack) Lint() (findings []Finding, unused []Accepted) {
	c := &linter{pack: p, scales: map[[2]string]scaleResult{}}
	for _, l := range lints {
		c.lint = l
		before := len(c.found)
		l.look(c)
		slices.SortStableFunc(c.found[before:], func(a, b Finding) int { return cmp.Compare(a.Row.ID, b.Row.ID) })
	}
	used := make([]bool, len(p.Accepted))
	for i := range c.found {
		for j := range p.Accepted {
			if p.Accepted[j].fits(&c.found[i]) {
				c.found[i].Accepted, used[j] = &p.Accepted[j], true
				break
			}
		}
	}
	for j, u := range used {
		if !u {
			unused = append(unused, p.Accepted[j])
		}
	}
	return c.found, unused
}

// LintRule describes a lint.
type LintRule struct{ Name, Title, Why string }

// LintRules lists the lints in the order in which their findings come.
func LintRules() []LintRule {
	out := make([]LintRule, len(lints))
	for i, l := range lints {
		out[i] = l.LintRule
	}
	return out
}

// LintNames lists their names.
func LintNames() []string {
	out := make([]string, len(lints))
	for i, l := range lints {
		out[i] = l.Name
	}
	return out
}

// linter is a pack while it is looked at.
type linter struct {
	pack   *Pack
	lint   lint
	found  []Finding
	scales map[[2]string]scaleResult
}

// tell adds a finding.
func (c *linter) tell(r *Row, format string, args ...any) {
	c.found = append(c.found, Finding{Lint: c.lint.Name, Row: r, Message: fmt.Sprintf(format, args...), Why: c.lint.Why})
}

// in is a row's value in a unit that is written text; false where it is of another dimension.
func (c *linter) in(r *Row, to unit.Unit, text string) (float64, bool) {
	key := [2]string{r.UnitText, text}
	s, ok := c.scales[key]
	if !ok {
		s.factor, s.ok = unit.Factor(r.Unit, to)
		c.scales[key] = s
	}
	return float64(r.Value * s.factor), s.ok
}

// perKilowattHour calls f for each row of a category that is counted per unit of energy, with its value in a unit.
func (c *linter) perKilowattHour(category, text string, f func(r *Row, value float64)) {
	to, kWh := unit.MustParse(text), unit.MustParse("kWh")
	for i := range c.pack.Rows {
		r := &c.pack.Rows[i]
		if r.Category != category {
			continue
		}
		if d, ok := c.pack.Definition(r.Factor); !ok || !d.perKnown || !d.Per.Compatible(kWh) {
			continue
		}
		if v, ok := c.in(r, to, text); ok {
			f(r, v)
		}
	}
}

// each calls f for the rows of each factor, category and kind of figure, in order of name; rows in order of place and year.
func (c *linter) each(f func(rows []*Row)) {
	l := loader{pack: c.pack}
	for _, key := range l.seriesKeys() {
		s := c.pack.series[key]
		for _, form := range s.forms {
			var rows []*Row
			for _, id := range s.ids {
				if r := &c.pack.Rows[id]; r.Form == form {
					rows = append(rows, r)
				}
			}
			if len(rows) > 0 {
				f(rows)
			}
		}
	}
}

// eachPlace calls f for the rows of each factor, category, kind of figure and place of one layer and series, by release and year; derived rows are
// left out. The rows are f's until it returns.
func (c *linter) eachPlace(f func(rows []*Row)) {
	l := loader{pack: c.pack}
	group := func(a, b *Row) int {
		return cmp.Or(compareForms(a.Form, b.Form), cmp.Compare(a.layer, b.layer), cmp.Compare(a.Series, b.Series))
	}
	var own []*Row
	for _, key := range l.seriesKeys() {
		s := c.pack.series[key]
		for start := 0; start < len(s.ids); {
			first := &c.pack.Rows[s.ids[start]]
			here := s.rows(first.region, first.technology)
			start += len(here)
			own = own[:0]
			for _, id := range here {
				if r := &c.pack.Rows[id]; r.Derived == nil {
					own = append(own, r)
				}
			}
			slices.SortStableFunc(own, func(a, b *Row) int {
				return cmp.Or(group(a, b), cmp.Compare(a.published, b.published), cmp.Compare(a.From, b.From))
			})
			for rest := own; len(rest) > 0; {
				n := 1
				for n < len(rest) && group(rest[0], rest[n]) == 0 {
					n++
				}
				f(rest[:n])
				rest = rest[n:]
			}
		}
	}
}
