package rules

import (
	"fmt"
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
			Class        string  `doc:"class"`
			Source       string  `doc:"source,required"`
			Doc          string  `doc:"doc"`
		}
		sound := l.decode(value, &raw)
		p := Parameter{Name: name, Value: raw.Value, UnitText: raw.Unit, Source: raw.Source, Doc: raw.Doc, Place: at, node: value}
		p.Unit = l.unit(value.Get("unit"), raw.Unit)
		p.Class = l.classOf(value.Get("class"), raw.Class, class("modelled"))
		if d := value.Get("distribution"); d != nil {
			p.Distribution = l.distribution(d, raw.Distribution)
			if median := value.Get("value"); sound && !median.Cut {
				l.median(d, &p)
			}
		}
		if s := value.Get("source"); s != nil && strings.TrimSpace(raw.Source) == "" {
			l.probs.Add(s.Problem(diag.MissingValue, "a parameter needs a source"))
		}
		l.m.Parameters = append(l.m.Parameters, p)
	})
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
