package methoddoc

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/reports"
	"github.com/ai-impact-observatory/ailca/rules"
)

// sharing is what is written once for some kinds.
type sharing struct {
	kinds      []string
	quantities []*shared
	impacts    []*sharedImpact
}

// sharedImpact is an impact as it is written, with what it is in each kind.
type sharedImpact struct {
	name  string
	kinds []string
	read  []*rules.ImpactText
}

// shared is a quantity as it is written, with the rungs at which kinds read it.
type shared struct {
	name, ladder string
	read         []reading
}

type reading struct {
	kind string
	text *rules.QuantityText
}

func (g *sharing) key() string { return strings.Join(g.kinds, "+") }

// group finds which quantities kinds share: those of one name, written at one place.
func (w *writer) group() {
	byPlace := map[[2]string]*shared{}
	var order []*shared
	for i := range w.d.Kinds {
		k := &w.d.Kinds[i]
		for j := range k.Quantities {
			q := &k.Quantities[j]
			name := strings.TrimSuffix(q.Name, "."+q.Rung)
			at := [2]string{q.Place, name}
			if byPlace[at] == nil {
				byPlace[at] = &shared{name: name, ladder: q.Ladder}
				order = append(order, byPlace[at])
			}
			byPlace[at].read = append(byPlace[at].read, reading{k.Kind, q})
		}
	}
	w.keys = map[string]string{}
	for _, s := range order {
		var kinds []string
		for _, r := range s.read {
			if !slices.Contains(kinds, r.kind) {
				kinds = append(kinds, r.kind)
			}
		}
		g := w.groupOf(kinds)
		g.quantities = append(g.quantities, s)
		for _, kind := range kinds {
			w.keys[kind+"/"+s.name] = "quantity/" + g.key() + "/" + s.name
		}
	}
	w.groupImpacts()
	slices.SortStableFunc(w.groups, func(a, b *sharing) int { return len(b.kinds) - len(a.kinds) })
}

// groupOf is the group of some kinds.
func (w *writer) groupOf(kinds []string) *sharing {
	for _, g := range w.groups {
		if slices.Equal(g.kinds, kinds) {
			return g
		}
	}
	w.groups = append(w.groups, &sharing{kinds: kinds})
	return w.groups[len(w.groups)-1]
}

// groupImpacts finds which impacts kinds share: those of one name, written at one place.
func (w *writer) groupImpacts() {
	byPlace := map[[2]string]*sharedImpact{}
	var order []*sharedImpact
	for i := range w.d.Kinds {
		k := &w.d.Kinds[i]
		for j := range k.Impacts {
			r := &k.Impacts[j]
			at := [2]string{r.Place, r.Name}
			if byPlace[at] == nil {
				byPlace[at] = &sharedImpact{name: r.Name}
				order = append(order, byPlace[at])
			}
			byPlace[at].kinds, byPlace[at].read = append(byPlace[at].kinds, k.Kind), append(byPlace[at].read, r)
		}
	}
	for _, s := range order {
		g := w.groupOf(s.kinds)
		g.impacts = append(g.impacts, s)
		for _, kind := range s.kinds {
			w.keys[impactOf(kind, s.name)] = "impact/" + g.key() + "/" + s.name
		}
	}
}

// impactOf names an impact of a kind among the keys.
func impactOf(kind, name string) string { return "impact " + kind + "/" + name }

func (w *writer) equations() *reports.Part {
	p := part("equations", "Equations")
	p.say("Formulas stand as the file writes them. Of the tiers of a quantity the first whose condition holds and whose inputs all have a value is taken, row by row; " +
		"units are converted where they differ. A normal form is the same formula as a sum of products: what the row gives (·), times (×) and over (/) the parameters, lookups and factors that are uncertain.")
	for _, g := range w.groups {
		if len(g.kinds) < 2 {
			continue
		}
		var titles []string
		for _, k := range g.kinds {
			titles = append(titles, strings.ToLower(titleOf(k)))
		}
		sub := part("equations/"+g.key(), "Shared by "+joined(titles))
		w.rules(sub, g)
		p.part.Parts = append(p.part.Parts, sub.part)
	}
	for i := range w.d.Kinds {
		k := &w.d.Kinds[i]
		sub := part("equations/"+k.Kind, titleOf(k.Kind))
		for _, g := range w.groups {
			if slices.Equal(g.kinds, []string{k.Kind}) {
				w.rules(sub, g)
			}
		}
		if s := derived(k); len(s.Rows) > 0 {
			sub.sheetOr(s, "")
		}
		p.part.Parts = append(p.part.Parts, sub.part)
	}
	return p.part
}

func derived(k *rules.KindDescription) *reports.Sheet {
	s := &reports.Sheet{Key: "derived/" + k.Kind, Caption: titleOf(k.Kind) + ": what is made of parameters alone and stands in normal forms as one symbol", Columns: []string{"Symbol", "At the parameters' values", "Parameters"}}
	for _, x := range k.Derived {
		s.Rows = append(s.Rows, []reports.Cell{{code(x.Formula)}, words(number(x.Value)), {codes(x.Parameters)}})
	}
	return s
}

// rules adds the quantities of a group, then its impacts.
func (w *writer) rules(into *builder, g *sharing) {
	for _, s := range g.quantities {
		into.part.Parts = append(into.part.Parts, w.quantity(g, s))
	}
	for _, s := range g.impacts {
		into.part.Parts = append(into.part.Parts, w.impact(g, s))
	}
}

// heading is a name in code, with a unit.
func heading(name, unit string) reports.Text {
	out := code(name)
	if unit != "" {
		out = append(out, reports.Span{Text: " [" + unit + "]", Style: reports.Quiet})
	}
	return out
}

func (w *writer) quantity(g *sharing, s *shared) *reports.Part {
	q := s.read[0].text
	p := part("quantity/"+g.key()+"/"+s.name, "")
	p.part.Heading = heading(s.name, q.Unit)
	if q.Doc != "" {
		p.say(upperFirst(q.Doc) + ".")
	}
	l := &reports.List{Ordered: len(q.Tiers) > 1}
	for i := range q.Tiers {
		l.Items = append(l.Items, reports.Cell{tier(&q.Tiers[i])})
	}
	p.part.Blocks = append(p.part.Blocks, reports.Block{List: l})
	if s.ladder != "" {
		var rungs []string
		for _, r := range s.read {
			if !slices.Contains(rungs, r.text.Rung) {
				rungs = append(rungs, r.text.Rung)
			}
		}
		p.text(append(quiet("On the ladder "), reports.Span{Text: s.ladder, Style: reports.Code}, reports.Span{Text: ", read at " + joined(rungs) + ".", Style: reports.Quiet}))
	}
	if !slices.ContainsFunc(s.read, func(r reading) bool { return r.text.Needed }) {
		p.text(quiet("No impact needs it."))
	}
	p.uses(w, s)
	p.normalForms(s)
	return p.part
}

// tier is a formula with its condition, rung and class.
func tier(t *rules.TierText) reports.Text {
	out := reports.In(reports.Formula, t.Expr)
	if t.When != "" {
		out = append(out, reports.Span{Text: " where ", Style: reports.Quiet}, reports.Span{Text: t.When, Style: reports.Code})
	}
	var beside []string
	if t.Yields != "" {
		beside = append(beside, "gives "+t.Yields)
	}
	if t.Class != "" {
		beside = append(beside, "at best "+t.Class)
	}
	if len(beside) > 0 {
		out = append(out, reports.Span{Text: " " + list(beside), Style: reports.Quiet})
	}
	return out
}

// uses links to what a quantity is made of.
func (b *builder) uses(w *writer, s *shared) {
	var found []rules.UseText
	kinds := map[rules.UseText]string{}
	for _, r := range s.read {
		for _, u := range r.text.Uses {
			if !slices.Contains(found, u) {
				found = append(found, u)
				kinds[u] = r.kind
			}
		}
	}
	if len(found) == 0 {
		return
	}
	b.text(append(quiet("Uses "), w.names(found, func(u rules.UseText) string { return kinds[u] })...))
}

// names lists what is used, quantities with links.
func (w *writer) names(list []rules.UseText, kind func(rules.UseText) string) (out reports.Text) {
	for i, u := range list {
		if i > 0 {
			out = append(out, reports.Span{Text: ", ", Style: reports.Quiet})
		}
		name, _, _ := strings.Cut(u.Name, ".")
		span := reports.Span{Text: u.Name, Style: reports.Code}
		if u.What == "quantity" {
			span.To = w.keys[kind(u)+"/"+name]
		}
		out = append(out, span)
	}
	return append(out, reports.Span{Text: ".", Style: reports.Quiet})
}

// normalForms folds the normal form of each tier, at each rung that is read, or says why there is none.
func (b *builder) normalForms(s *shared) {
	l := &reports.List{}
	seen := map[string]bool{}
	for _, r := range s.read {
		for i, t := range r.text.Tiers {
			head := ""
			if r.text.Rung != "" {
				head = "at " + r.text.Rung
			}
			if len(r.text.Tiers) > 1 {
				head = strings.TrimPrefix(head+", tier "+strconv.Itoa(i+1), ", ")
			}
			text := reports.Text{}
			if head != "" {
				text = quiet(upperFirst(head) + ": ")
			}
			text = append(text, normalForm(t.Normal, t.Why)...)
			if id := head + "\x00" + t.Normal + "\x00" + t.Why; !seen[id] {
				seen[id] = true
				l.Items = append(l.Items, reports.Cell{text})
			}
		}
	}
	b.fold("Normal form of "+s.name, l)
}

func normalForm(normal, why string) (out reports.Text) {
	if normal != "" {
		out = reports.In(reports.Formula, normal)
	}
	if why != "" {
		if normal != "" {
			out = append(out, reports.Span{Text: " "})
		}
		out = append(out, reports.Span{Text: "no normal form: " + why, Style: reports.Quiet})
	}
	return out
}

func (b *builder) fold(summary string, l *reports.List) {
	if len(l.Items) > 0 {
		b.part.Blocks = append(b.part.Blocks, reports.Block{Folded: &reports.Folded{Summary: summary, Blocks: []reports.Block{{List: l}}}})
	}
}

func (w *writer) impact(g *sharing, s *sharedImpact) *reports.Part {
	kind, r := s.kinds[0], s.read[0]
	p := part("impact/"+g.key()+"/"+r.Name, "")
	p.part.Heading = heading(r.Name, "")
	if r.ShareOf != w.words.ShareOf[0].Name {
		p.part.Heading = append(p.part.Heading, reports.Span{Text: " "}, reports.Span{Text: strings.ToLower(titleIn(w.words.ShareOf, r.ShareOf)), Style: reports.Flag})
	}
	equation := r.Value
	if r.Factor != "" {
		equation = bracketed(r.Amount) + " × " + r.Factor
	}
	line := reports.In(reports.Formula, equation)
	if r.When != "" {
		line = append(line, reports.Span{Text: " where ", Style: reports.Quiet}, reports.Span{Text: r.When, Style: reports.Code})
	}
	p.text(line)
	if r.Doc != "" {
		p.say(upperFirst(r.Doc) + ".")
	}
	beside := reports.Text{{Text: titleIn(w.words.Stages, r.Stage) + ": " + w.manner(r) + ".", Style: reports.Quiet}}
	if r.Time != "" {
		beside = append(beside, reports.Span{Text: " The year is that of ", Style: reports.Quiet}, reports.Span{Text: r.Time, Style: reports.Code}, reports.Span{Text: ".", Style: reports.Quiet})
	}
	if r.Unless != "" {
		beside = append(beside, reports.Span{Text: " Dropped where ", Style: reports.Quiet}, reports.Span{Text: r.Unless, Style: reports.Code}, reports.Span{Text: ".", Style: reports.Quiet})
	}
	for i, o := range r.Otherwise {
		if i == 0 {
			beside = append(beside, reports.Span{Text: " Where the factor has no row, category by category: ", Style: reports.Quiet})
		} else {
			beside = append(beside, reports.Span{Text: ", ", Style: reports.Quiet})
		}
		beside = append(beside, reports.Span{Text: o, Style: reports.Code, To: w.keys[impactOf(kind, o)]})
	}
	if len(r.Otherwise) > 0 {
		beside = append(beside, reports.Span{Text: ".", Style: reports.Quiet})
	}
	if len(r.AtPoints) > 0 {
		beside = append(append(append(beside, reports.Span{Text: " Chosen at point values: ", Style: reports.Quiet}), codes(r.AtPoints)...), reports.Span{Text: ".", Style: reports.Quiet})
	}
	if len(r.Held) > 0 {
		beside = append(append(append(beside, reports.Span{Text: " Held at their values: ", Style: reports.Quiet}), codes(r.Held)...), reports.Span{Text: ".", Style: reports.Quiet})
	}
	p.text(beside)
	if len(r.Uses) > 0 {
		p.text(append(quiet("Uses "), w.names(r.Uses, func(rules.UseText) string { return kind })...))
	}
	l := &reports.List{}
	for i, x := range s.read {
		text := normalForm(x.Normal, x.Why)
		switch {
		case len(text) == 0 || i > 0 && x.Normal == r.Normal && x.Why == r.Why:
			continue
		case slices.ContainsFunc(s.read, func(x *rules.ImpactText) bool { return x.Normal != r.Normal || x.Why != r.Why }):
			text = append(quiet(titleOf(s.kinds[i])+": "), text...)
		}
		l.Items = append(l.Items, reports.Cell{text})
	}
	p.fold("Normal form of "+r.Name, l)
	return p.part
}

// bracketed sets a formula in brackets that a product would tear apart.
func bracketed(formula string) string {
	if strings.ContainsAny(formula, "+-?<>=&|") || strings.Contains(formula, " or ") || strings.Contains(formula, " and ") {
		return "(" + formula + ")"
	}
	return formula
}

func upperFirst(text string) string {
	if text == "" || text[0] < 'a' || text[0] > 'z' {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// factors tells what of the pack the method uses, and how; lookups and ladders with them.
func (w *writer) factors() *reports.Part {
	p := part("factors", "Factors, lookups and ladders")
	f := &reports.Sheet{Key: "factors-table", Caption: "Factors of the pack", Columns: []string{"Factor", "Variant", "Where there is no such row", "Meaning"}}
	for _, x := range w.d.Factors {
		f.Rows = append(f.Rows, []reports.Cell{{code(x.Factor)}, words(orElse(strings.Join(x.Select, "; "), "the only one")), words(orElse(strings.Join(x.Fallbacks, ", then "), "nothing stands in")), words(orElse(x.Doc, notSaid))})
	}
	p.sheetOr(f, "The method says nothing of how it uses factors: each is looked up exactly as asked.")
	l := &reports.Sheet{Key: "lookups-table", Caption: "Lookups: values of factors inside formulas", Columns: []string{"Lookup", "Unit", "Factor", "Found by", "Where there is no such row", "Meaning"}}
	seen := map[[2]string]bool{}
	for _, k := range w.d.Kinds {
		for _, x := range k.Lookups {
			if id := [2]string{x.Name, x.Place}; !seen[id] {
				seen[id] = true
				l.Rows = append(l.Rows, []reports.Cell{{code(x.Name)}, words(x.Unit), {code(x.Factor)}, words(orElse(list(x.Keys), "nothing: there is one")), words(orElse(strings.Join(x.Fallbacks, ", then "), "nothing stands in")), words(orElse(x.Doc, notSaid))})
			}
		}
	}
	p.sheetOr(l, "No formula looks a factor up.")
	d := &reports.Sheet{Key: "ladders-table", Caption: "Ladders: going up multiplies, going down divides", Columns: []string{"Ladder", "From", "To", "Times", "Meaning"}}
	for _, x := range w.d.Ladders {
		for _, s := range x.Steps {
			d.Rows = append(d.Rows, []reports.Cell{{code(x.Name)}, words(s.From), words(s.To), {code(s.Times)}, words(orElse(x.Doc, notSaid))})
		}
	}
	return p.sheetOr(d, "The method has no ladder of boundaries.")
}
