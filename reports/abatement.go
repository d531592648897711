package reports

import (
	"html/template"
	"math"
	"slices"
)

// abatement is a figure of what actions change of one total: a bar for each from 0, to the left where it takes away, with its interval. Bars are differences, and so are intervals: none says what is left.
type abatement struct {
	Unit  string // of all values, as tables have it; the figure chooses a multiple
	Steps []Change

	in *wording
}

// drawable reports whether the figure can place all of it.
func (a *abatement) drawable() bool {
	return !slices.ContainsFunc(a.Steps, func(s Change) bool {
		return !drawable(s.Value) || s.Low != nil && !(drawable(*s.Low) && drawable(*s.High))
	})
}

// step is the multiple of the unit in which the figure is.
func (a *abatement) step() step {
	var sizes []float64
	for i := range a.Steps {
		sizes = append(sizes, a.Steps[i].Value)
	}
	most := 0.0
	for _, v := range sizes {
		most = max(most, math.Abs(v))
	}
	return a.in.scale(a.Unit, most)
}

func (a *abatement) svg(id string, width float64, title, desc string) template.HTML {
	return draw(a.in, id, width, title, desc, func(c *canvas) float64 {
		low, high := 0.0, 0.0
		for i := range a.Steps {
			s := &a.Steps[i]
			low, high = min(low, s.Value), max(high, s.Value)
			if s.Low != nil {
				low, high = min(low, *s.Low), max(high, *s.High)
			}
		}
		st, sc := a.step(), linear(low, high)
		labels, row := 236.0, 36.0
		if width < 500 {
			labels, row = 0, 52
			for i := range a.Steps {
				if _, second := fold(a.Steps[i].Label, width); second != "" {
					row = 67
				}
			}
		}
		const number = 64.0 // room for it, at either end
		left, right := labels+10+number, width-number
		x := func(v float64) float64 { return left + float64(sc.at(v)*(right-left)) }
		c.write(labels+10, 12, asideLook, st.Name)
		y := 48.0
		bottom := y + float64(row*float64(len(a.Steps)))
		last := -100.0
		for _, tick := range sc.ticks {
			c.line(x(tick), y-8, x(tick), bottom, gridLook)
			if x(tick)-last > 52 || tick == 0 {
				c.write(x(tick), y-13, tickLook, a.in.signed(tick/st.Factor, a.in.tickText))
				last = x(tick)
			}
		}
		c.line(x(0), y-8, x(0), bottom, zeroLook)
		for i := range a.Steps {
			s := &a.Steps[i]
			middle := y + float64(row*(float64(i)+0.5))
			if labels > 0 {
				c.label(labels-8, middle, labels-12, endLook, s.Label)
			} else {
				first, second := fold(s.Label, width)
				if second != "" {
					c.write(0, middle-25, "", first)
					first = second
				}
				c.write(0, middle-10, "", first)
				middle += 8
			}
			style := moreStyle
			if s.Value < 0 {
				style = lessStyle
			}
			from, to := min(x(0), x(s.Value)), max(x(0), x(s.Value))
			c.area(style, from, middle-8, max(to-from, 1.5), 16)
			if s.Low != nil {
				from, to = min(from, x(*s.Low)), max(to, x(*s.High))
				c.whiskerOver(x(*s.Low), x(*s.High), middle)
			}
			text := a.text(st, s)
			if s.Value < 0 {
				c.write(from-6, middle+4.5, valueEndLook, text)
			} else {
				c.write(to+6, middle+4.5, valueLook, text)
			}
		}
		return bottom + 6
	})
}

// text is a difference with its sign and the digits that its interval carries.
func (a *abatement) text(st step, s *Change) string {
	return a.in.signed(s.Value/st.Factor, func(v float64) string {
		if s.Low == nil {
			return a.in.short(v)
		}
		low, high := *s.Low/st.Factor, *s.High/st.Factor
		if s.Value < 0 {
			low, high = -high, -low
		}
		return step{Factor: 1, in: a.in}.within(v, "", &between{low, high}).Text
	})
}

// change prints a share by which something changes; what is not nothing is not rounded to it.
func (w *wording) change(share float64) string {
	switch n := w.or().Numbers; {
	case share < 0 && share > -0.001:
		return n.Above + "−" + w.group("0.1") + n.Percent
	case share > 0 && share < 0.001:
		return n.Below + "+" + w.group("0.1") + n.Percent
	}
	return w.signed(share, w.percent)
}

// signed prints a number with its sign ahead, of what is not 0.
func (w *wording) signed(v float64, print func(v float64) string) string {
	switch {
	case v < 0:
		return "−" + print(-v)
	case v > 0:
		return "+" + print(v)
	}
	return print(0)
}

func (a *abatement) told() string {
	st := a.step()
	var clauses []string
	for i := range a.Steps {
		clauses = append(clauses, a.in.pair(a.Steps[i].Label, a.text(st, &a.Steps[i])+" "+st.Name))
	}
	return a.in.told(clauses)
}
