package reports

import (
	"html/template"
	"math"
)

// Dumbbell is a figure of entries that each have a value before and one after: two dots on a line.
type Dumbbell struct {
	Unit    string // of all values, as tables have it
	Was     string // what the values before are of
	Now     string
	Entries []Moved

	in *wording
}

// Moved is an entry; nil: it has no value there.
type Moved struct {
	Label    string
	Was, Now *float64
}

func (d *Dumbbell) svg(id string, width float64, title, desc string) template.HTML {
	return draw(d.in, id, width, title, desc, func(c *canvas) float64 {
		var values []*float64
		var sizes []float64
		for i := range d.Entries {
			e := &d.Entries[i]
			for _, v := range []*float64{e.Was, e.Now} {
				if v != nil {
					values, sizes = append(values, v), append(sizes, *v)
				}
			}
		}
		st, sc := d.in.scale(d.Unit, sizes...), scaleOf(values)
		y := c.legend([]series{{Title: d.Was, Letter: "A", Style: 0}, {Title: d.Now, Letter: "B", Style: 1}}, 4) + 20
		labels, row := 236.0, 32.0
		if width < 500 {
			labels, row = 0, 46
		}
		left, right := labels+16, width-84 // room for the change
		x := func(v float64) float64 { return left + float64(sc.at(v)*(right-left)) }
		unit := st.Name
		if sc.log {
			unit += ", " + d.in.say("logarithmic")
		}
		c.write(left, y, asideLook, unit)
		y += 28
		bottom := y + float64(row*float64(len(d.Entries)))
		last := -100.0
		for _, tick := range sc.ticks {
			c.line(x(tick), y-8, x(tick), bottom, gridLook)
			if x(tick)-last > 52 {
				c.write(x(tick), y-13, tickLook, d.in.tickText(tick/st.Factor))
				last = x(tick)
			}
		}
		keys := []series{{Letter: "A"}, {Letter: "B"}}
		for i := range d.Entries {
			e := &d.Entries[i]
			middle := y + float64(row*(float64(i)+0.5))
			if labels > 0 {
				c.label(labels-8, middle, labels-12, endLook, e.Label)
			} else {
				c.write(left-8, middle-8, "", clip(e.Label, width-left, 13))
				middle += 8
			}
			if e.Was != nil && e.Now != nil {
				c.line(x(*e.Was), middle, x(*e.Now), middle, stemLook)
			}
			for class, v := range []*float64{e.Was, e.Now} {
				if v != nil && !(sc.log && *v <= 0) {
					c.dot(keys, class, x(*v), middle)
				}
			}
			if e.Was != nil && e.Now != nil {
				c.write(max(x(*e.Was), x(*e.Now))+16, middle+4.5, valueLook, d.in.relative(*e.Was, *e.Now))
			}
		}
		return bottom + 6
	})
}

// relative is a change in per cent, or as a multiple where that is more than ten.
func (w *wording) relative(was, now float64) string {
	switch {
	case was == 0:
		return ""
	case now/was >= 10:
		return w.short(now/was) + " times"
	}
	text := w.short(math.Abs(100*(now/was-1))) + " %"
	if now < was {
		return "−" + text
	}
	return "+" + text
}

func (d *Dumbbell) told() string {
	var sizes []float64
	for _, e := range d.Entries {
		if e.Now != nil {
			sizes = append(sizes, *e.Now)
		}
	}
	st := d.in.scale(d.Unit, sizes...)
	say := func(v *float64) string {
		if v == nil {
			return "nothing"
		}
		return d.in.short(*v / st.Factor)
	}
	var clauses []string
	for _, e := range d.Entries {
		clauses = append(clauses, d.in.pair(e.Label, d.in.to(say(e.Was), say(e.Now))))
	}
	return d.in.told(clauses)
}
