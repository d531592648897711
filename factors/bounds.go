package factors

import (
	"fmt"
	"math"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/elementary"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// bounds reads min and max of a factor, which are in its unit.
func (l *loader) bounds(e *factorEntry, d *Definition) {
	for _, b := range []struct {
		key  string
		says *float64
		into **float64
	}{{"min", e.Min, &d.Min}, {"max", e.Max, &d.Max}} {
		if b.says == nil {
			continue
		}
		n := e.At.Get(b.key)
		switch {
		case e.Unit == "":
			p := n.Problem(diag.BadValue, "%s is in the unit of the factor, and %s has none of its own", b.key, e.Name)
			p.Hint = `unit: "1", of a factor without categories; no value of any factor is below 0`
			l.probs.Add(p)
		case *b.says < 0:
			l.probs.Add(n.Problem(diag.OutOfRange, "%s is %v: no value of a factor is below 0", b.key, *b.says))
		default:
			*b.into = b.says
		}
	}
	if d.Min != nil && d.Max != nil && *d.Min > *d.Max {
		l.probs.Add(e.At.Get("max").Problem(diag.OutOfRange, "max %v is below min %v", *d.Max, *d.Min))
	}
}

// sameBounds refuses bounds of an upper layer that are not those of the layer beneath; where it says none, those hold.
func (l *loader) sameBounds(e *factorEntry, d, beneath *Definition) {
	for _, b := range []struct {
		key        string
		says, have *float64
	}{{"min", d.Min, beneath.Min}, {"max", d.Max, beneath.Max}} {
		if b.says != nil && (b.have == nil || *b.have != *b.says) {
			p := e.At.Get(b.key).Problem(diag.BadValue, "%s of %s is not that of the pack beneath", b.key, d.Name)
			p.Hint = "leave it out: what the pack beneath says holds"
			l.probs.Add(p)
		}
	}
}

// Bounds are what a row's quantity cannot be beyond, in the row's unit: 0, the factor's min and what physics rules out below; the factor's max above, or
// +Inf. Its distribution lies between them but for 0.1 % on either side, which the loader sees to. Who draws takes the bound for a draw beyond:
// that moves neither the median nor any quantile from 0.1 % to 99.9 %.
func (p *Pack) Bounds(r *Row) (lo, hi float64) {
	d, ok := p.Definition(r.Factor)
	if !ok {
		return 0, math.Inf(1)
	}
	return d.bounds(r)
}

func (d *Definition) bounds(r *Row) (lo, hi float64) {
	lo, hi = 0, math.Inf(1)
	for _, f := range floors {
		if f.factor != d.Name || r.Category != "" {
			continue
		}
		if factor, ok := unit.Factor(unit.MustParse(f.unit), r.Unit); ok {
			lo = max(lo, float64(f.least*factor))
		}
	}
	if d.Min == nil && d.Max == nil {
		return lo, hi
	}
	if factor, ok := unit.Factor(d.unit, r.Unit); ok {
		if d.Min != nil {
			lo = max(lo, float64(*d.Min*factor))
		}
		if d.Max != nil {
			hi = float64(*d.Max * factor)
		}
	}
	return lo, hi
}

// tail is how much of a distribution may lie beyond a bound.
const tail = 0.001

// checkBounds refuses values beyond the bounds of their factor, and distributions of which more than a tail lies beyond.
func (l *loader) checkBounds() {
	for i := range l.pack.Rows {
		r := &l.pack.Rows[i]
		lo, hi := l.pack.Bounds(r)
		if lo == 0 && math.IsInf(hi, 1) && !couldBeNegative(r.Distribution) {
			continue // as most rows
		}
		if r.Value < lo*(1-slack) || r.Value > hi*(1+slack) {
			if d, _ := l.pack.Definition(r.Factor); d.Min != nil && r.Value < lo*(1-slack) || r.Value > hi*(1+slack) {
				l.probs.Add(diag.Problem{Code: diag.OutOfRange, Place: r.Place(), Why: "the factor's definition says so: min or max in pack.yaml",
					Message: fmt.Sprintf("%s for %s is %s, beyond %s", r.title(), r.period(), quantity(r.Value, r.UnitText), boundsText(lo, hi, r.UnitText))})
			}
			continue // what is below a floor is told there
		}
		if r.Distribution.Family() == dist.Fixed {
			continue
		}
		least, most := r.Distribution.Quantile(tail), r.Distribution.Quantile(1-tail)
		if least >= lo*(1-slack) && most <= hi*(1+slack) {
			continue
		}
		if r.Uncertainty != "declared" {
			r.Distribution = l.within(r, lo, hi)
			continue
		}
		l.probs.Add(diag.Problem{Code: diag.BadDistribution, Place: r.Place(),
			Message: fmt.Sprintf("%s of %s reaches from %.4g to %.4g, beyond %s", r.Distribution, r.title(), least, most, boundsText(lo, hi, r.UnitText)),
			Why:     "its quantiles of 0.1 % and 99.9 % lie within what the quantity can be; draws beyond these are cut to the bound",
			Hint:    "truncated_normal(mean, sd, lo, hi), pert, triangular and uniform end at bounds"})
	}
}

// couldBeNegative reports whether a distribution reaches below zero.
func couldBeNegative(d dist.Dist) bool {
	lo, _ := d.Bounds()
	return lo < 0
}

func boundsText(lo, hi float64, unit string) string {
	if math.IsInf(hi, 1) {
		return "the least that it can be, " + quantity(lo, unit)
	}
	return "what it can be, " + number(lo) + " to " + quantity(hi, unit)
}

// within is the distribution of a row whose scores or spread make a lognormal that would pass a bound, such as that of a PUE near 1: a normal distribution about the value
// with the same standard deviation of a small error, value × ln GSD, cut at the bound and as far on the other side, so that the value stays the median.
func (l *loader) within(r *Row, lo, hi float64) dist.Dist {
	room := min(r.Value-lo, hi-r.Value)
	if !(room > 0) {
		return dist.Dist{} // the bound itself: it cannot be off to both sides
	}
	sd := float64(float64(r.Value*elementary.Ln(r.Distribution.Params()[1])) / 2)
	d, err := dist.New(dist.TruncatedNormal, r.Value, sd, r.Value-room, r.Value+room)
	if err != nil {
		l.probs.Errorf(diag.BadDistribution, r.Place(), "%s of %s: %v", r.Uncertainty, r.title(), err)
	}
	return d
}
