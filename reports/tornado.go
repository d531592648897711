package reports

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Tornado is a figure of which assumption matters most: around a central result, a bar for each driver from the result where it is low to the result where it is
// high while all others stay central. Bars stand in order of their range, the longest first.
//
// A driver one of whose results is no number or out of all proportion (beyond 1e300) is not drawn; Check names it.
type Tornado struct {
	Unit    string // of all results, as tables have it; the figure chooses a multiple
	Center  Level  // the result with every driver at its central value
	Drivers []Driver
	Most    int // drivers that are drawn; 0: 12

	in *wording // nil: English
}

// Driver is an assumption that was moved alone.
type Driver struct {
	Label     string
	Low, High Setting // of the driver: High may well have the smaller result
}

// Setting is a driver's value and the result that it leads to.
type Setting struct {
	Text   string // the driver's value with its unit: "1.08", "4 years"
	Result float64
}

// mostDrivers are drawn where the figure does not say how many.
const mostDrivers = 12

// least and most are the ends of what a driver does to the result, the central one included.
func (d *Driver) least(center float64) float64 { return min(d.Low.Result, d.High.Result, center) }
func (d *Driver) most(center float64) float64  { return max(d.Low.Result, d.High.Result, center) }

func (d *Driver) drawable() bool { return drawable(d.Low.Result) && drawable(d.High.Result) }

// Ranked are the drivers whose results are numbers, by the range of their results with the central one, largest first; those of one range stay in their order.
func (t *Tornado) Ranked() []Driver {
	var out []Driver
	for _, d := range t.Drivers {
		if d.drawable() {
			out = append(out, d)
		}
	}
	center := t.Center.Value
	if !drawable(center) {
		return out
	}
	span := func(d *Driver) float64 { return d.most(center) - d.least(center) }
	slices.SortStableFunc(out, func(a, b Driver) int { return cmp.Compare(span(&b), span(&a)) })
	return out
}

// rows are the drivers that are drawn, and how many of no larger range are not.
func (t *Tornado) rows() (out []Driver, smaller int) {
	out = t.Ranked()
	if !drawable(t.Center.Value) {
		return nil, len(out)
	}
	if n := cmp.Or(max(0, t.Most), mostDrivers); len(out) > n {
		out, smaller = out[:n], len(out)-n
	}
	return out, smaller
}

// step is the multiple of the unit in which the figure and its table are.
func (t *Tornado) step() step {
	var sizes []float64
	if drawable(t.Center.Value) {
		sizes = append(sizes, t.Center.Value)
	}
	for _, d := range t.Ranked() {
		sizes = append(sizes, d.Low.Result, d.High.Result)
	}
	return t.in.scale(t.Unit, sizes...)
}

// texts are a driver's two results, rounded to what their range carries.
func (d *Driver) texts(st step, center float64) (low, high string) {
	l, h := d.Low.Result/st.Factor, d.High.Result/st.Factor
	place, ok := placeOf(center/st.Factor, d.least(center)/st.Factor, d.most(center)/st.Factor)
	if !ok {
		return st.in.short(l), st.in.short(h)
	}
	return st.in.atPlace(l, ownPlace(l, place)), st.in.atPlace(h, ownPlace(h, place))
}

// center is the central result with its unit, its label cut to what a width holds at size 13; 0: not cut.
func (t *Tornado) center(st step, width float64) string {
	label, value := cmp.Or(cleaned(t.Center.Label), "Central result"), ": "+st.number(t.Center.Value, t.Unit).String()
	if width > 0 {
		label = clip(label, width-extent(value, 13), 13)
	}
	return label + value
}

// settings are a driver's two values in words, each of at most some characters; 0: of any number. It is empty where neither is told.
func (d *Driver) settings(most int) string {
	var out []string
	for _, s := range []struct{ key, text string }{{"L", d.Low.Text}, {"H", d.High.Text}} {
		text := []rune(cleaned(s.text))
		if most > 0 && len(text) > most {
			text = append([]rune(strings.TrimRight(string(text[:max(1, most-1)]), " -–")), '…')
		}
		if len(text) > 0 {
			out = append(out, s.key+" "+string(text))
		}
	}
	return strings.Join(out, " · ")
}

// Largest is the driver that matters most and what it does to the result, as the figure writes it: "700 to 1,200 TWh". Both are empty where there is none.
func (t *Tornado) Largest() (driver, results string) {
	rows, _ := t.rows()
	if len(rows) == 0 {
		return "", ""
	}
	st := t.step()
	low, high := rows[0].texts(st, t.Center.Value)
	if rows[0].Low.Result > rows[0].High.Result {
		low, high = high, low
	}
	return rows[0].Label, number{Text: low + " to " + high, Unit: st.Name}.String()
}

func (t *Tornado) told() string {
	rows, smaller := t.rows()
	if len(rows) == 0 {
		return "No driver has a result."
	}
	st := t.step()
	clauses := []string{t.center(st, 0)}
	for i := range rows {
		low, high := rows[i].texts(st, t.Center.Value)
		text := cleaned(rows[i].Label) + ": " + low + " where it is low"
		if s := cleaned(rows[i].Low.Text); s != "" {
			text += " (" + s + ")"
		}
		text += ", " + high + " where it is high"
		if s := cleaned(rows[i].High.Text); s != "" {
			text += " (" + s + ")"
		}
		clauses = append(clauses, text)
	}
	if smaller > 0 {
		clauses = append(clauses, strconv.Itoa(smaller)+" of no larger range in the table")
	}
	return t.in.told(clauses)
}

// Note is how to read the figure, for the line under it.
func (t *Tornado) Note() string {
	rows, smaller := t.rows()
	if len(rows) == 0 {
		return ""
	}
	out := "One driver at a time is set low (L) or high (H) while all others stay central, so that what they do together is not seen. How long a bar is also depends on how far apart its two settings were chosen."
	if smaller > 0 {
		out += " Drivers of no larger range that are in the table alone: " + strconv.Itoa(smaller) + "."
	}
	if n := len(t.Drivers) - len(rows) - smaller; n > 0 {
		out += " Drivers without a result: " + strconv.Itoa(n) + "."
	}
	return out
}
