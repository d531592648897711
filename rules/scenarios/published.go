package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Published is what the source prints of a scenario.
type Published struct {
	What   string         `doc:"what,required"`
	Driver string         `doc:"driver,required"` // or term
	Year   int            `doc:"year,required"`
	Key    string         `doc:"for"` // the region, task or category
	Value  float64        `doc:"value,required"`
	Unit   string         `doc:"unit"`
	Index  bool           `doc:"index"`  // relative to the first year
	Within string         `doc:"within"` // empty: exactly
	Class  string         `doc:"class,required"`
	Source string         `doc:"source"`
	Doc    string         `doc:"doc"`
	At     *document.Node `doc:"@"`

	within   float64
	relative bool
}

// Classes of what is published. Checks are the first three; a number that the drivers themselves state, and one that an input was chosen for, are met by what they are.
var publishedClasses = []string{"exact", "derived", "check", "input", "reading", "bound", "fitted"}

// publishedForm checks what is said to be published, but for the values.
func (l *loader) publishedForm() {
	for i := range l.s.Published {
		p := &l.s.Published[i]
		if p.At == nil {
			continue
		}
		if at := p.At.Get("class"); at != nil && !slices.Contains(publishedClasses, p.Class) {
			l.bad(at, diag.UnknownName, "exact: reproduced from its inputs; derived: a ratio of what is published; check: of an input that was fitted elsewhere; input: a driver states it; reading: likewise, read off a chart; bound: likewise, printed as a bound; fitted: an input was chosen for it", "unknown word %q", p.Class)
		}
		d, ok := l.s.Get(p.Driver)
		if at := p.At.Get("driver"); at != nil && at.Kind == document.Scalar && !ok && !l.told(p.Driver) {
			hint := ""
			if near := diag.Nearest(p.Driver, l.names()); near != "" {
				hint = "did you mean " + near + "?"
			}
			l.bad(at, diag.UnknownName, hint, "the scenario has no driver or term %q", p.Driver)
		}
		if ok && p.Key != "" {
			l.publishedKey(p, d)
		}
		if at := p.At.Get("year"); l.dated && at != nil && (p.Year < l.s.From || p.Year > l.s.To) {
			l.bad(at, diag.OutOfRange, "", "the scenario covers %d to %d, not %d", l.s.From, l.s.To, p.Year)
		}
		if at := p.At.Get("within"); at != nil && at.Kind == document.Scalar {
			var is bool
			if p.within, is = percentage(at); !is {
				l.bad(at, diag.BadType, "write 0.5 % of the value, or 0.005 in its unit", "expected a tolerance")
			} else if p.within < 0 {
				l.bad(at, diag.OutOfRange, "", "a tolerance is 0 or more")
			}
			p.relative = strings.HasSuffix(strings.TrimSpace(p.Within), "%")
		}
		if ok && p.Unit != "" && !p.Index {
			if u, err := unit.Parse(p.Unit); err != nil {
				l.bad(p.At.Get("unit"), diag.BadUnit, "", "%v", err)
			} else if !u.Compatible(d.Unit) {
				l.bad(p.At.Get("unit"), diag.UnitMismatch, "", "%s is in %s, not in %s", p.Driver, d.Measured(), p.Unit)
			}
		}
	}
}

// publishedKey refuses a key that the driver has no course of: the number would be met by that of all others.
func (l *loader) publishedKey(p *Published, d *Driver) {
	by := d.By
	if by == "" {
		by = "region" // a formula may read what is told apart
	}
	at := p.At.Get("for")
	if message, hint := l.wrongKey(by, p.Key); message != "" {
		l.bad(at, diag.UnknownName, hint, "%s", message)
		return
	}
	if by != "region" && !slices.ContainsFunc(d.Values, func(c Course) bool { return c.Key == p.Key }) {
		l.bad(at, diag.UnknownName, "", "%s has no course of its own for %s", p.Driver, p.Key)
	}
}

// told reports whether a driver may be there but for what has been told.
func (l *loader) told(name string) bool {
	return l.lost || l.root.Get("drivers").Get(name) != nil || l.root.Get("terms").Get(name) != nil
}

func (l *loader) names() []string {
	var out []string
	for _, d := range slices.Concat(l.s.Drivers, l.s.Terms) {
		out = append(out, d.Name)
	}
	return out
}

// Outcome is what became of something published.
type Outcome struct {
	*Published
	Computed   float64 // in the unit of the published value
	Difference float64 // relative to it
	Met        bool

	given bool
}

// Outcomes compares what is published with what the values come to.
func (s *Scenario) Outcomes() []Outcome {
	var out []Outcome
	for i := range s.Published {
		p := &s.Published[i]
		d, _ := s.Get(p.Driver)
		o := Outcome{Published: p}
		of := p.asked(d)
		a, _ := s.Value(p.Driver, of, p.Year)
		o.Computed, o.given = a.Value, a.Given
		if p.Index {
			first, _ := s.Value(p.Driver, of, s.From)
			o.Computed = a.Value / first.Value
		} else if p.Unit != "" {
			num, den, _ := unit.Ratio(unit.MustParse(d.Measured()), unit.MustParse(p.Unit)) // checked before
			if o.Computed = float64(a.Value*num) / den; float64(p.Value*den)/num == a.Value {
				o.Computed = p.Value // there and back is not always the same to the last bit
			}
		}
		o.Difference = (o.Computed - p.Value) / math.Abs(p.Value)
		switch {
		case !a.Given:
		case p.Within == "":
			o.Met = o.Computed == p.Value
		case p.relative:
			o.Met = math.Abs(o.Difference) <= p.within
		default:
			o.Met = math.Abs(o.Computed-p.Value) <= p.within
		}
		out = append(out, o)
	}
	return out
}

func (p *Published) asked(d *Driver) (of Asked) {
	switch {
	case p.Key == "":
	case d.By == "task":
		of.Task = p.Key
	case d.By == "category":
		of.Category = p.Key
	case d.By == "kind":
		of.Kind = p.Key
	default:
		of.Region = p.Key
	}
	return of
}

// checkPublished refuses a scenario that does not come to what its source prints.
func (l *loader) checkPublished() {
	s := *l.s
	for _, o := range s.Outcomes() {
		if o.Met {
			continue
		}
		within := "exactly"
		if o.Within != "" {
			within = "within " + o.Within
		}
		computed := "computed " + short(o.Computed)
		if short(o.Computed) == short(o.Value) {
			computed = fmt.Sprintf("computed %v", o.Computed)
		}
		if !o.given {
			computed = "and the scenario says nothing of it"
		}
		l.bad(o.At, diag.ExampleFailed, "mend the drivers, or the number", "%s: published %v (%s), %s", o.What, o.Value, within, computed)
	}
}
