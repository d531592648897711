package factors

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/names"
)

// Missing is the error of a key that no row answers, exactly or by a declared fallback.
type Missing struct {
	Key    Key
	Select Select
	Why    string // what the pack holds instead
}

func (m *Missing) Error() string {
	var b strings.Builder
	b.WriteString("no factor " + m.Key.Factor)
	for _, part := range []struct{ name, value string }{{"", m.Key.Category}, {"region ", m.Key.Region}, {"technology ", m.Key.Technology}} {
		if part.value != "" {
			b.WriteString(" " + part.name + part.value)
		}
	}
	if m.Key.Year != 0 {
		fmt.Fprintf(&b, " year %d", m.Key.Year)
	}
	if s := m.Select.String(); s != "" {
		b.WriteString(" (" + s + ")")
	}
	return b.String() + ": " + m.Why
}

// Ambiguous is the error of a Select that leaves open which of several kinds of figure is meant.
type Ambiguous struct {
	Factor, Category string
	Selector         string   // flow, point, scope or margin
	Values           []string // what the pack holds, sorted; "" for rows that do not say
}

func (a *Ambiguous) Error() string {
	values := slices.Clone(a.Values)
	for i, v := range values {
		if v == "" {
			values[i] = "not stated"
		}
	}
	return fmt.Sprintf("%s holds figures of more than one %s (%s): name one", strings.TrimSpace(a.Factor+" "+a.Category), a.Selector, strings.Join(values, ", "))
}

// Ambiguity returns an *Ambiguous where a factor and category hold more kinds of figures than sel tells apart, else nil. It needs no
// key: it can be asked before the first row is read.
func (p *Pack) Ambiguity(factor, category string, sel Select) error {
	s := p.series[seriesKey{factor, category}]
	if s == nil {
		return nil
	}
	i := s.ambiguous(&sel)
	if i < 0 {
		return nil
	}
	return &Ambiguous{Factor: factor, Category: category, Selector: selectors[i].name, Values: slices.Clone(s.has[i])}
}

// ambiguous is the first selector that sel leaves open although the series has several words for it, else -1.
func (s *series) ambiguous(sel *Select) int {
	for i, asked := range sel.values() {
		if asked == "" && len(s.has[i]) > 1 {
			return i
		}
	}
	return -1
}

// missing explains why nothing was found.
func (p *Pack) missing(k Key, sel Select) error {
	why := p.absence(k, &sel)
	if p.AsOf != "" && strings.HasPrefix(why, "the pack holds") {
		why = "as of " + p.AsOf + " " + why // later it may hold more
	}
	return &Missing{Key: k, Select: sel, Why: why}
}

func (p *Pack) absence(k Key, sel *Select) string {
	d, ok := p.Definition(k.Factor)
	if !ok {
		defined := make([]string, len(p.Definitions))
		for i := range p.Definitions {
			defined[i] = p.Definitions[i].Name
		}
		return join("pack "+p.Ref()+" defines no such factor", meant(k.Factor, defined))
	}
	s := p.series[seriesKey{k.Factor, k.Category}]
	if s == nil {
		if held := p.Categories(k.Factor); len(held) > 0 {
			return "the pack holds it for " + strings.Join(held, ", ")
		}
		return "the pack holds no row of it"
	}
	if d.byRegion && k.Region == "" {
		return "no region was given"
	}
	if d.byTechnology && k.Technology == "" {
		return "no technology was given"
	}
	if d.byRegion {
		if _, ok := names.Regions().Lookup(k.Region); !ok {
			return join("the registry has no such region", didYouMean(names.Regions().Nearest(k.Region)))
		}
	}
	at := p.place(k.Region, k.Technology)
	ids := s.rows(at.region, at.technology)
	if len(ids) == 0 {
		if d.byTechnology && !d.byRegion {
			known := make([]string, 0, len(s.at))
			for place := range s.at {
				known = append(known, p.technologies.texts[place.technology])
			}
			slices.Sort(known)
			return join("the pack holds no row of this technology", meant(k.Technology, known))
		}
		return "the pack holds no row of it here"
	}
	var held []years
	var other []string
	for _, id := range ids {
		r := &p.Rows[id]
		if sel.matches(r) {
			held = append(held, years{r.From, r.To})
		} else {
			other = appendNew(other, cmp.Or(r.selectors().String(), "not stated"))
		}
	}
	if len(held) > 0 {
		slices.SortFunc(held, func(a, b years) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
		var periods []string
		for _, h := range slices.Compact(held) {
			periods = append(periods, period(h.from, h.to))
		}
		if len(periods) > 12 {
			periods = append(periods[:1], "...", periods[len(periods)-1])
		}
		return "the pack holds " + strings.Join(periods, ", ")
	}
	slices.Sort(other)
	return "the pack holds it as " + strings.Join(other, "; ")
}

func join(what, hint string) string {
	if hint == "" {
		return what
	}
	return what + "; " + hint
}

func didYouMean(word string) string {
	if word == "" {
		return ""
	}
	return "did you mean " + word + "?"
}
