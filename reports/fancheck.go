package reports

import (
	"errors"
	"fmt"
	"strings"
)

// Check names all that the figure would leave out or that contradicts itself; nil: nothing does.
func (f *Fan) Check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("reports: fan: "+format, args...)) }
	if len(f.Scenarios) == 0 {
		bad("there is no scenario")
	}
	if f.Year != 0 && !drawableYear(f.Year) {
		bad("the labelled year %d has not four digits", f.Year)
	}
	if b := f.Base; b != nil && (!drawableYear(b.Year) || !drawable(b.Value)) {
		bad("the base is %v in the year %d", b.Value, b.Year)
	}
	titles := map[string]bool{}
	for i := range f.Scenarios {
		s := &f.Scenarios[i]
		if strings.TrimSpace(s.Title) == "" {
			bad("scenario %d has no title", i+1)
		}
		if titles[s.Title] {
			bad("two scenarios are called %q", s.Title)
		}
		titles[s.Title] = true
		if len(s.Years) == 0 {
			bad("%q has no year", s.Title)
		}
		years := map[int]bool{}
		for _, p := range s.Years {
			if years[p.Year] {
				bad("%q has the year %d twice", s.Title, p.Year)
			}
			years[p.Year] = true
			if problem := p.problem(); problem != "" {
				bad("%q, %d: %s", s.Title, p.Year, problem)
			}
		}
		for _, m := range s.Published {
			if !drawableYear(m.Year) || !drawable(m.Value) || strings.TrimSpace(m.Label) == "" {
				bad("%q: %v of the year %d, published by %q, lacks a value, a year or a name", s.Title, m.Value, m.Year, m.Label)
			}
		}
	}
	return errors.Join(errs...)
}

// problem is what is wrong with a year; empty: nothing.
func (p *Projected) problem() string {
	if !drawableYear(p.Year) {
		return "the year has not four digits"
	}
	if !drawable(p.Value) {
		return fmt.Sprintf("the value is %v", p.Value)
	}
	if (p.P25 == nil) != (p.P75 == nil) || (p.P05 == nil) != (p.P95 == nil) {
		return "an interval has one end"
	}
	if p.P25 != nil && p.half() == nil || p.P05 != nil && p.most() == nil {
		return "an interval's ends are no numbers in order"
	}
	if b := p.most(); b != nil && (p.Value < b.low || p.Value > b.high) {
		return fmt.Sprintf("the value %v is outside its 90 %% interval, %v to %v", p.Value, b.low, b.high)
	}
	if h, m := p.half(), p.most(); h != nil && m != nil && (h.low < m.low || h.high > m.high) {
		return "the 50 % interval is not within the 90 % interval"
	}
	return ""
}
