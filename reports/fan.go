package reports

import (
	"cmp"
	"math"
	"slices"
)

// Fan is a figure of how large something becomes, and how sure that is: a panel for each scenario, all on one scale that holds 0, with a line over the years
// and, where a year has them, bands of what was drawn within that scenario. No band holds more than one scenario. At most 12 panels are drawn.
//
// A value that is no number or out of all proportion (beyond 1e300), and a year that is not of four digits, are not drawn; Check names them.
type Fan struct {
	Unit      string // of all values, as tables have it; the figure chooses a multiple
	Line      string // what the lines are: "Median", say; empty: "Value"
	Base      *Baseline
	Scenarios []Scenario
	Year      int // whose values are written at the lines, with their ratio to the base; 0: the last year of all scenarios

	in *wording // nil: English
}

// Baseline is the value that ratios are to: that of the last year that has happened, the same for all scenarios.
type Baseline struct {
	Year  int
	Value float64
}

// Scenario is one course of things, with what others published of it.
type Scenario struct {
	Title     string
	Years     []Projected // in any order; of a year that is missing, or whose value is NaN, the line has a gap or none
	Published []Published
}

// Projected is a scenario's value in a year. P25 to P75 is its 50 % interval and P05 to P95 its 90 % interval; nil, both ends: there is none.
type Projected struct {
	Year               int
	Value              float64
	P05, P25, P75, P95 *float64
}

// Published is a value that stands beside ours as a mark.
type Published struct {
	Label string // who published it
	Year  int
	Value float64
	Text  string // how it was published, with its unit: ">1,260 TWh"; empty: the value
}

// mostPanels and mostMarks are how many scenarios a fan draws, and how many published values in each.
const mostPanels, mostMarks = 12, 6

// drawable is a number that a figure can place.
func drawable(v float64) bool { return math.Abs(v) <= 1e300 }

// drawableYear keeps a year that is not stated from stretching an axis.
func drawableYear(y int) bool { return y >= 1000 && y <= 9999 }

// line is what the lines are.
func (f *Fan) line() string { return cmp.Or(f.Line, f.in.say("value")) }

// half and most are a year's intervals; nil where there is none that can be drawn.
func (p *Projected) half() *between { return interval(p.P25, p.P75) }
func (p *Projected) most() *between { return interval(p.P05, p.P95) }

func interval(low, high *float64) *between {
	if low == nil || high == nil || !drawable(*low) || !drawable(*high) || *low > *high {
		return nil
	}
	return &between{*low, *high}
}

// carried is the interval whose digits a value carries: the wider one.
func (p *Projected) carried() *between {
	if b := p.most(); b != nil {
		return b
	}
	return p.half()
}

// level is the phrase for what carried holds.
func (p *Projected) level() string {
	if p.most() == nil {
		return "half"
	}
	return "most"
}

// drawn are the years that have a place in the figure, in order.
func (s *Scenario) drawn() []Projected {
	var out []Projected
	for _, p := range s.Years {
		if drawableYear(p.Year) && drawable(p.Value) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Projected) int { return a.Year - b.Year })
	return out
}

// marks are the published values that have a place in the figure.
func (s *Scenario) marks() []Published {
	var out []Published
	for _, p := range s.Published {
		if drawableYear(p.Year) && drawable(p.Value) && len(out) < mostMarks {
			out = append(out, p)
		}
	}
	return out
}

// panels are the scenarios that are drawn: the first of those that have a value.
func (f *Fan) panels() (out []*Scenario, left int) {
	for i := range f.Scenarios {
		switch s := &f.Scenarios[i]; {
		case len(s.drawn()) == 0:
		case len(out) == mostPanels:
			left++
		default:
			out = append(out, s)
		}
	}
	return out, left
}

// base is the baseline; nil where there is none that could be drawn.
func (f *Fan) base() *Baseline {
	if f.Base == nil || !drawable(f.Base.Value) || !drawableYear(f.Base.Year) {
		return nil
	}
	return f.Base
}

// labelled is the year whose values are written; 0 where there is none.
func (f *Fan) labelled() int {
	if f.Year != 0 {
		return f.Year
	}
	last := 0
	for i := range f.Scenarios {
		for _, p := range f.Scenarios[i].drawn() {
			last = max(last, p.Year)
		}
	}
	return last
}

// in finds a scenario's value in a year; nil where it has none.
func (s *Scenario) in(year int) *Projected {
	for _, p := range s.drawn() {
		if p.Year == year {
			return &p
		}
	}
	return nil
}
