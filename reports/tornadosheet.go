package reports

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// Sheet is the table behind the figure: all drivers in its order and unit, those without a result last.
func (t *Tornado) Sheet(key, caption string) *Sheet {
	st := t.step()
	unit := ""
	if st.Name != "" && st.Name != "1" {
		unit = ", " + st.Name
	}
	out := &Sheet{Key: key, Caption: caption, Columns: []string{"Driver", "Low", "High", "Result at low" + unit, "Result at high" + unit, "Range" + unit}}
	center := "not supplied"
	if drawable(t.Center.Value) {
		center = t.in.short(t.Center.Value / st.Factor)
	}
	out.Rows = append(out.Rows, row(cmp.Or(t.Center.Label, "Central result"), "", "", center, center, ""))
	for _, d := range t.Ranked() {
		if !drawable(t.Center.Value) {
			out.Rows = append(out.Rows, row(d.Label, d.Low.Text, d.High.Text, t.in.short(d.Low.Result/st.Factor), t.in.short(d.High.Result/st.Factor), ""))
			continue
		}
		low, high := d.texts(st, t.Center.Value)
		out.Rows = append(out.Rows, row(d.Label, d.Low.Text, d.High.Text, low, high, t.in.short((d.most(t.Center.Value)-d.least(t.Center.Value))/st.Factor)))
	}
	for _, d := range t.Drivers {
		if !d.drawable() {
			said := func(v float64) string {
				if drawable(v) {
					return t.in.short(v / st.Factor)
				}
				return "not supplied"
			}
			out.Rows = append(out.Rows, row(d.Label, d.Low.Text, d.High.Text, said(d.Low.Result), said(d.High.Result), ""))
		}
	}
	return out
}

// Check names all that the figure would leave out or that contradicts itself; nil: nothing does.
func (t *Tornado) Check() error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("reports: tornado: "+format, args...))
	}
	if !drawable(t.Center.Value) {
		bad("the central result is %v", t.Center.Value)
	}
	if len(t.Drivers) == 0 {
		bad("there is no driver")
	}
	if t.Most < 0 {
		bad("%d drivers at most are asked for", t.Most)
	}
	labels := map[string]bool{}
	for i := range t.Drivers {
		d := &t.Drivers[i]
		if strings.TrimSpace(d.Label) == "" {
			bad("driver %d has no label", i+1)
		}
		if labels[d.Label] {
			bad("two drivers are called %q", d.Label)
		}
		labels[d.Label] = true
		if !d.drawable() {
			bad("%q: the results are %v and %v", d.Label, d.Low.Result, d.High.Result)
		}
		if strings.TrimSpace(d.Low.Text) == "" || strings.TrimSpace(d.High.Text) == "" {
			bad("%q lacks the text of a setting", d.Label)
		}
	}
	return errors.Join(errs...)
}
