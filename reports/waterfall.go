package reports

import (
	"html/template"
	"math"
	"strconv"
)

// Waterfall is a figure of what leads from one value to another: bars that each begin where the one before ends.
type Waterfall struct {
	Unit  string // of all values, as tables have it; the figure chooses a multiple
	From  Level
	Steps []Change
	To    Level

	in *wording // nil: English
}

// Level is a value that a waterfall begins or ends at.
type Level struct {
	Label string
	Value float64
}

// Change is a step of a waterfall, with its interval where it has one.
type Change struct {
	Label     string
	Value     float64
	Low, High *float64
}

// Styles of its bars, of all figures' styles: levels, what adds and what takes away. A sign stands ahead of each number, so that nothing is told by colour alone.
const (
	levelStyle = 0
	moreStyle  = 2
	lessStyle  = 1
)

func (w *Waterfall) svg(id string, width float64, title, desc string) template.HTML {
	return draw(w.in, id, width, title, desc, func(c *canvas) float64 {
		ends := []*float64{&w.From.Value, &w.To.Value}
		at := w.From.Value
		for i := range w.Steps {
			s := &w.Steps[i]
			before := at
			at += s.Value
			after := at
			ends = append(ends, &after)
			if s.Low != nil {
				low, high := before+*s.Low, before+*s.High
				ends = append(ends, &low, &high)
			}
		}
		sizes := []float64{w.From.Value, w.To.Value}
		st := w.in.scale(w.Unit, sizes...)
		sc := w.scaling(ends)
		labels, row := 236.0, 34.0
		if width < 500 {
			labels, row = 0, 46
		}
		left, right := labels+16, width-78
		x := func(v float64) float64 { return left + float64(sc.at(v)*(right-left)) }
		y := 50.0
		unit := st.Name
		if sc.low > 0 {
			unit += w.in.say("semicolon") + " " + w.in.say("axis_from", sc.text(sc.low, st))
		}
		c.write(left, 12, asideLook, unit)
		bottom := y + float64(row*float64(len(w.Steps)+2))
		last := -100.0
		for _, tick := range sc.ticks {
			c.line(x(tick), y-8, x(tick), bottom, gridLook)
			if x(tick)-last > 52 {
				c.write(x(tick), y-13, tickLook, sc.text(tick, st))
				last = x(tick)
			}
		}
		bar := func(i int, label string, from, to float64, style int, text string, end float64, interval func(middle float64)) {
			middle := y + float64(row*(float64(i)+0.5))
			if labels > 0 {
				c.label(labels-8, middle, labels-12, endLook, label)
			} else {
				c.write(left, middle-8, "", clip(label, width-left, 13))
				middle += 8
			}
			low, high := min(x(from), x(to)), max(x(from), x(to))
			c.area(style, low, middle-8, max(high-low, 1.5), 16)
			if interval != nil {
				interval(middle)
			}
			c.write(max(high, end)+6, middle+4.5, valueLook, text)
		}
		zero := max(sc.low, 0)
		bar(0, w.From.Label, zero, w.From.Value, levelStyle, w.in.short(w.From.Value/st.Factor), 0, nil)
		at = w.From.Value
		for i := range w.Steps {
			s := &w.Steps[i]
			style, sign := moreStyle, "+"
			if s.Value < 0 {
				style, sign = lessStyle, "−"
			}
			var interval func(middle float64)
			end := 0.0
			if before := at; s.Low != nil {
				end = x(before + *s.High)
				interval = func(middle float64) { c.whiskerOver(x(before+*s.Low), x(before+*s.High), middle) }
			}
			bar(i+1, s.Label, at, at+s.Value, style, sign+w.in.short(math.Abs(s.Value/st.Factor)), end, interval)
			at += s.Value
		}
		bar(len(w.Steps)+1, w.To.Label, zero, w.To.Value, levelStyle, w.in.short(w.To.Value/st.Factor), 0, nil)
		return bottom + 6
	})
}

// text prints a step of a linear axis with as many decimals as tell steps apart.
func (s scaling) text(tick float64, st step) string {
	if s.low <= 0 || len(s.ticks) < 2 {
		return st.in.tickText(tick / st.Factor)
	}
	decimals := max(0, -int(math.Floor(log10((s.ticks[1]-s.ticks[0])/st.Factor))))
	return strconv.FormatFloat(tick/st.Factor, 'f', decimals, 64)
}

// scaling is linear: from 0 unless all that happens is far away from it.
func (w *Waterfall) scaling(ends []*float64) scaling {
	low, high := *ends[0], *ends[0]
	for _, v := range ends {
		low, high = min(low, *v), max(high, *v)
	}
	if low > 0 && high-low < low/4 {
		margin := (high - low) / 10
		return linear(low-margin, high)
	}
	return linear(min(low, 0), max(high, 0))
}

func (w *Waterfall) told() string {
	st := w.in.scale(w.Unit, w.From.Value, w.To.Value)
	clauses := []string{w.in.pair(w.From.Label, w.in.short(w.From.Value/st.Factor)+" "+st.Name)}
	for _, s := range w.Steps {
		clauses = append(clauses, w.in.pair(s.Label, w.in.short(s.Value/st.Factor)))
	}
	return w.in.told(append(clauses, w.in.pair(w.To.Label, w.in.short(w.To.Value/st.Factor)+" "+st.Name)))
}

// drawable reports whether the figure can place all of it.
func (w *Waterfall) drawable() bool {
	at := w.From.Value
	for _, s := range w.Steps {
		at += s.Value
		if !drawable(at) || s.Low != nil && !(drawable(*s.Low) && drawable(*s.High)) {
			return false
		}
	}
	return drawable(w.From.Value) && drawable(w.To.Value)
}
