package reports

import (
	"slices"
	"strconv"
	"strings"
)

// step is the multiple of the unit in which the whole figure and its table are.
func (f *Fan) step() step {
	var sizes []float64
	if b := f.base(); b != nil {
		sizes = append(sizes, b.Value)
	}
	for i := range f.Scenarios {
		for _, p := range f.Scenarios[i].drawn() {
			sizes = append(sizes, p.Value)
		}
	}
	return f.in.scale(f.Unit, sizes...)
}

// number is a year's value as it is printed, with the wider of its intervals.
//
// One that has none, where others have, has two digits.
func (f *Fan) number(st step, p *Projected) number {
	if half, most := f.bands(); p.carried() == nil && (half || most) {
		return st.rough(p.Value, f.Unit)
	}
	return st.within(p.Value, f.Unit, p.carried())
}

// baseText is the base as it is printed, with the digits of the interval that a scenario has in its year.
func (f *Fan) baseText(st step) string {
	b := f.base()
	for i := range f.Scenarios {
		if p := f.Scenarios[i].in(b.Year); p != nil && p.Value == b.Value && p.carried() != nil {
			n := st.within(b.Value, f.Unit, p.carried())
			return number{Text: n.Text, Unit: n.Unit}.String()
		}
	}
	return st.number(b.Value, f.Unit).String()
}

// words are a year's value with its unit and interval: "940 TWh (90 %: 660 to 1,310)".
func (f *Fan) words(st step, p *Projected) string {
	n := f.number(st, p)
	if n.Between == "" {
		return n.String()
	}
	return n.String() + " (" + f.in.pair(f.in.say(p.level()), n.Between) + ")"
}

// ratio is a year's value in multiples of the base: "×2.3". It is empty where the base is not above 0 or the value is below it.
func (f *Fan) ratio(p *Projected) string {
	b := f.base()
	if b == nil || !(b.Value > 0) || p.Value < 0 {
		return ""
	}
	return f.in.times(p.Value, b.Value, p.carried())
}

// times prints a ratio to a decimal, or as the value's interval allows; near and below 1 to two.
func (w *wording) times(value, base float64, b *between) string {
	r := value / base
	if !drawable(r) {
		return ""
	}
	if r == 0 {
		return "×0"
	}
	place := max(magnitude(r)-2, -1)
	if r < 1.1 {
		place = min(-2, magnitude(r)-1)
	}
	if b != nil {
		if coarse, ok := placeOf(r, b.low/base, b.high/base); ok {
			place = max(place, min(coarse, magnitude(r)-1))
		}
	}
	return "×" + w.atPlace(r, place)
}

// Outcome is a scenario's value in the labelled year as the figure writes it: "940 TWh (90 %: 660 to 1,310)", and its ratio to the base. Both are
// empty where there is none: for the title that states the finding.
func (f *Fan) Outcome(scenario int) (value, ratio string) {
	p := f.Scenarios[scenario].in(f.labelled())
	if p == nil {
		return "", ""
	}
	return f.words(f.step(), p), f.ratio(p)
}

func (f *Fan) told() string {
	panels, left := f.panels()
	if len(panels) == 0 {
		return f.in.say("no_scenario")
	}
	st, year := f.step(), strconv.Itoa(f.labelled())
	var clauses []string
	if b := f.base(); b != nil {
		clauses = append(clauses, f.in.pair(strconv.Itoa(b.Year), f.baseText(st)))
	}
	for _, s := range panels {
		text := f.in.say("no_value", year)
		if p := s.in(f.labelled()); p != nil {
			text = f.in.say("in_year", f.words(st, p), year)
			if r := f.ratio(p); r != "" {
				text += ", " + f.in.say("ratio_of", r, strconv.Itoa(f.Base.Year))
			}
		}
		clauses = append(clauses, f.in.pair(cleaned(s.Title), text))
		for _, m := range s.marks() {
			clauses = append(clauses, f.in.pair(cleaned(m.Label), f.in.say("in_year", m.text(st), strconv.Itoa(m.Year))))
		}
	}
	if left > 0 {
		clauses = append(clauses, f.in.say("more_in_table", strconv.Itoa(left)))
	}
	return f.in.told(clauses)
}

// text is a published value in the figure's unit, or as it was published.
func (p *Published) text(st step) string {
	if p.Text != "" {
		return cleaned(p.Text)
	}
	return number{Text: st.in.tickText(p.Value / st.Factor), Unit: st.Name}.String()
}

// Note is how to read the figure, for the line under it.
func (f *Fan) Note() string {
	panels, left := f.panels()
	if len(panels) == 0 {
		return ""
	}
	out := []string{f.in.say("fan_panels")}
	if half, most := f.bands(); half || most {
		out = append(out, f.in.say("fan_bands", f.in.widths(half, most)))
	} else {
		out = append(out, f.in.say("fan_no_bands"))
	}
	if b := f.base(); b != nil {
		out = append(out, f.in.say("fan_base", strconv.Itoa(b.Year)))
	}
	if f.marked() {
		out = append(out, f.in.say("fan_others"))
	}
	if left > 0 {
		out = append(out, f.in.say("fan_left", strconv.Itoa(left)))
	}
	if n := len(f.Scenarios) - len(panels) - left; n > 0 {
		out = append(out, f.in.say("fan_without", strconv.Itoa(n)))
	}
	return strings.Join(out, " ")
}

func (w *wording) widths(half, most bool) string {
	switch {
	case half && most:
		return w.say("half_or_most")
	case half:
		return w.say("half")
	}
	return w.say("most")
}

// bands reports which bands are drawn.
func (f *Fan) bands() (half, most bool) {
	panels, _ := f.panels()
	for _, s := range panels {
		for _, p := range s.drawn() {
			half, most = half || p.half() != nil, most || p.most() != nil
		}
	}
	return half, most
}

// marked reports whether published values are drawn.
func (f *Fan) marked() bool {
	panels, _ := f.panels()
	return slices.ContainsFunc(panels, func(s *Scenario) bool { return len(s.marks()) > 0 })
}
