package rules

import (
	"fmt"
	"math"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

func (l *loader) parameters(n *document.Node) {
	l.named(n, "parameter", func(name string, at diag.Place, value *document.Node) {
		var raw struct {
			Value        float64 `doc:"value,required"`
			Unit         string  `doc:"unit,required"`
			Distribution string  `doc:"distribution,required"`

			Min    *float64 `doc:"min"`
			Max    *float64 `doc:"max"`
			Class  string   `doc:"class"`
			Source string   `doc:"source,required"`
			Doc    string   `doc:"doc"`
		}
		sound := l.decode(value, &raw)
		p := Parameter{Name: name, Value: raw.Value, UnitText: raw.Unit, Source: raw.Source, Doc: raw.Doc, Place: at, node: value,
			Min: raw.Min, Max: raw.Max}
		p.Unit = l.unit(value.Get("unit"), raw.Unit)
		p.Class = l.classOf(value.Get("class"), raw.Class, class("modelled"))
		if d := value.Get("distribution"); d != nil {
			p.Distribution = l.distribution(d, raw.Distribution)
			if median := value.Get("value"); sound && !median.Cut {
				l.median(d, &p)
			}
		}
		if sound {
			l.bounded(&p)
			l.about0(&p)
		}
		if s := value.Get("source"); s != nil && strings.TrimSpace(raw.Source) == "" {
			l.probs.Add(s.Problem(diag.MissingValue, "a parameter needs a source"))
		}
		l.m.Parameters = append(l.m.Parameters, p)
	})
}

// Bounds are what the parameter cannot be beyond, in its unit: min and max, infinite where it states none. Its distribution lies between them but for
// 0.1 % on either side, which the loader sees to. Who draws takes the bound for a draw beyond: that moves neither the median nor any quantile from 0.1 %
// to 99.9 %.
func (p *Parameter) Bounds() (lo, hi float64) {
	lo, hi = math.Inf(-1), math.Inf(1)
	if p.Min != nil {
		lo = *p.Min
	}
	if p.Max != nil {
		hi = *p.Max
	}
	return lo, hi
}

// tail is how much of a distribution may lie beyond a bound, and slack what rounding may add, as a part of the bound.
const (
	tail  = 0.001
	slack = 1e-9
)

// bounded refuses a value beyond the bounds of its parameter, and a distribution of which more than a tail lies beyond.
func (l *loader) bounded(p *Parameter) {
	lo, hi := p.Bounds()
	if lo > hi {
		l.probs.Add(p.node.Get("max").Problem(diag.OutOfRange, "max %v is below min %v", hi, lo))
		return
	}
	if p.Value < lo || p.Value > hi {
		l.probs.Add(p.node.Get("value").Problem(diag.OutOfRange, "the value %v is beyond %s", p.Value, p.limits()))
		return
	}
	if p.Distribution.Family() == dist.Fixed {
		return
	}
	least, most := p.Distribution.Quantile(tail), p.Distribution.Quantile(1-tail)
	if least >= lo-float64(slack*math.Abs(lo)) && most <= hi+float64(slack*math.Abs(hi)) {
		return
	}
	n := p.node.Get("distribution")
	wrong := n.Problem(diag.BadDistribution, "%s reaches from %.4g to %.4g, beyond %s", p.Distribution, least, most, p.limits())
	wrong.Why = "its quantiles of 0.1 % and 99.9 % lie within what the quantity can be; draws beyond these are cut to the bound"
	wrong.Hint = "truncated_normal(mean, sd, lo, hi), pert, triangular and uniform end at bounds"
	l.probs.Add(wrong)
}

// about0 refuses a spread about 0, and warns of one that passes 0.
func (l *loader) about0(p *Parameter) {
	d, n := p.Distribution, p.node.Get("distribution")
	if n == nil || d.Family() == dist.Fixed {
		return
	}
	if p.Value == 0 {
		if lo, hi := d.Bounds(); lo != hi {
			wrong := n.Problem(diag.BadDistribution, "a spread about 0 cannot be drawn as a part of the value: %s would have no effect", d)
			wrong.Why = "what a formula comes to in a draw is its value times the drawn parameter over the parameter's value"
			wrong.Hint = "distribution: fixed, or a value that is not 0"
			l.probs.Add(wrong)
		}
		return
	}
	beyond, side, least := d.CDF(math.Nextafter(0, -1)), "below", "min"
	if p.Value < 0 {
		beyond, side, least = 1-d.CDF(0), "above", "max"
	}
	lo, hi := p.Bounds()
	if !(beyond > tail) || !math.IsInf(lo, -1) && p.Value > 0 || !math.IsInf(hi, 1) && p.Value < 0 {
		return // a bound that is stated beyond 0 says that it may be there
	}
	wrong := n.Problem(diag.OutOfRange, "%.2g %% of the draws of %s are %s 0, and the value is not", 100*beyond, d, side)
	wrong.Severity = diag.Warning
	wrong.Hint = fmt.Sprintf("truncated_normal or lognormal; where it may be %s 0, %s says how far", side, least)
	l.probs.Add(wrong)
}

// limits are the bounds as they are written.
func (p *Parameter) limits() string {
	var out []string
	if p.Min != nil {
		out = append(out, "min "+numberText(*p.Min))
	}
	if p.Max != nil {
		out = append(out, "max "+numberText(*p.Max))
	}
	return strings.Join(out, " to ")
}

// distribution reads a distribution; fixed where it is none.
func (l *loader) distribution(n *document.Node, text string) dist.Dist {
	d, err := dist.Parse(text)
	if err != nil && !n.Cut {
		l.probs.Add(n.Problem(diag.BadDistribution, "%v", err))
	}
	return d
}

// median refuses a value that is not the median of its distribution.
func (l *loader) median(n *document.Node, p *Parameter) {
	err := p.Distribution.Check(p.Value)
	if err == nil {
		return
	}
	wrong := n.Problem(diag.BadDistribution, "%v", err)
	for _, f := range []float64{100, 0.01, 1000, 0.001} {
		if scaled := p.Distribution.Times(f); (p.UnitText == "%" || f > 100 || f < 0.01) && scaled.Check(p.Value) == nil {
			wrong.Hint = fmt.Sprintf("the distribution is in the unit of the value, %s: write %s", p.UnitText, scaled)
			if median, ok := p.Distribution.Rounded(); ok {
				wrong.Hint += ", or value: " + median
			}
			l.probs.Add(wrong)
			return
		}
	}
	if median, ok := p.Distribution.Rounded(); ok {
		wrong.Hint = "value is the median: write value: " + median
	}
	l.probs.Add(wrong)
}
