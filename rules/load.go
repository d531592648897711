package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// loader fills a Method section by section.
type loader struct {
	m          *Method
	probs      *diag.List
	overriding bool // factors are those of overrides, which may be of some kinds
}

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// named walks a map of names in the order written and refuses malformed ones.
func (l *loader) named(n *document.Node, what string, each func(name string, at diag.Place, value *document.Node)) {
	if n == nil || n.Kind == document.Null {
		return
	}
	if n.Kind != document.Map {
		l.probs.Add(n.Problem(diag.BadType, "expected a map of %ss, found %s", what, n.Kind))
		return
	}
	if most := limitOf(what); len(n.Fields) > most {
		l.probs.Add(n.Problem(diag.TooLarge, "%d %ss; at most %d are taken", len(n.Fields), what, most))
		return
	}
	for _, f := range n.Fields {
		if l.probs.Full() {
			return // nobody reads as many
		}
		if !nameForm.MatchString(f.Key) {
			p := n.ProblemAt(f.Place, diag.BadValue, "%q is not a name of a %s", f.Key, what)
			p.Hint = "write lower-case letters, digits and underscores, a letter first"
			l.probs.Add(p)
			continue
		}
		each(f.Key, f.Place, f.Value)
	}
}

// limitOf is how many of a sort of thing a method may name: far more than a person writes, and few enough to go through in no time.
func limitOf(what string) int {
	switch what {
	case "kind", "grading column", "ladder", "quality class":
		return 64
	}
	return maxNames
}

// few refuses a list that is too long.
func (l *loader) few(list *document.Node, what string) bool {
	if list == nil || len(list.Items) <= limitOf(what) {
		return true
	}
	l.probs.Add(list.Problem(diag.TooLarge, "%d %ss; at most %d are taken", len(list.Items), what, limitOf(what)))
	return false
}

// word refuses what is not one of the words.
func (l *loader) word(n *document.Node, got string, words []string) {
	if n == nil || n.Cut {
		return
	}
	for _, w := range words {
		if got == w {
			return
		}
	}
	p := n.Problem(diag.UnknownName, "unknown word %q", got)
	if near := diag.Nearest(got, words); near != "" {
		p.Hint = fmt.Sprintf("did you mean %s?", near)
	} else {
		p.Hint = "one of " + strings.Join(words, ", ")
	}
	l.probs.Add(p)
}

func (l *loader) category(n *document.Node, got string) {
	l.word(n, got, lca.Words().CategoryNames())
}

// unknownUnit stands for one that has been reported: what is due in it, or made of it, is not complained of again.
var unknownUnit = sync.OnceValue(func() unit.Unit { return unit.MustParse("m").Pow(unit.MaxPower + 1) })

// words refuses what is not one of the words, and what stands twice: it would count twice.
func (l *loader) words(list *document.Node, words []string) {
	if list == nil {
		return
	}
	seen := map[string]bool{}
	for _, item := range list.Items {
		if l.probs.Full() {
			return
		}
		if seen[item.Text] {
			l.probs.Add(item.Problem(diag.DuplicateName, "%s stands twice in this list", item.Text))
			continue
		}
		seen[item.Text] = true
		l.word(item, item.Text, words)
	}
}

func (l *loader) unit(n *document.Node, text string) unit.Unit {
	u, err := unit.Parse(text)
	if err == nil {
		return u
	}
	if n != nil && !n.Cut {
		l.probs.Add(n.Problem(diag.BadUnit, "%v", err))
	}
	return unknownUnit()
}

// decode fills a struct and reports whether nothing was wrong with it.
func (l *loader) decode(n *document.Node, into any) bool {
	before := l.probs.Count(diag.Error)
	document.Decode(n, into, l.probs)
	return l.probs.Count(diag.Error) == before
}

// classOf reads a quality class; an empty word is the given default.
func (l *loader) classOf(n *document.Node, word string, fallback int) int {
	if word == "" {
		return fallback
	}
	l.word(n, word, lca.Names(lca.Words().Qualities))
	return max(class(word), 0)
}

func (l *loader) classes(n *document.Node) {
	if n == nil {
		return
	}
	var raw struct {
		Row   string         `doc:"row"`
		Basis *document.Node `doc:"basis"`
	}
	document.Decode(n, &raw, l.probs)
	l.m.Classes.Row, l.m.Classes.node = raw.Row, n
	l.named(raw.Basis, "grading column", func(name string, at diag.Place, value *document.Node) {
		var b struct {
			Of    []string       `doc:"of,required"`
			Words *document.Node `doc:"words,required"`
		}
		document.Decode(value, &b, l.probs)
		basis := Basis{Column: name, Of: b.Of, Words: map[string]int{}, node: value}
		l.named(b.Words, "word", func(word string, at diag.Place, value *document.Node) {
			if value.Text == "" {
				l.probs.Add(value.Problem(diag.MissingValue, "the word %s needs a quality class", word))
			}
			basis.Words[word] = l.classOf(value, value.Text, 0)
		})
		l.m.Classes.Basis = append(l.m.Classes.Basis, basis)
	})
}

func (l *loader) factors(n *document.Node) {
	l.named(n, "factor", func(name string, at diag.Place, value *document.Node) {
		var raw struct {
			Of         string         `doc:"of"`
			Select     Select         `doc:"select"`
			ByCategory *document.Node `doc:"by_category"`
			Fallbacks  []Fallback     `doc:"fallbacks"`
			Doc        string         `doc:"doc"`
		}
		var kinds []string
		read := value
		if at := value.Get("kinds"); at != nil && l.overriding {
			document.Decode(at, &kinds, l.probs)
			read = value.Without("kinds")
		}
		sound := value.Kind == document.Null || l.decode(read, &raw)
		for i, f := range raw.Fallbacks {
			set := 0
			for _, is := range []bool{f.NearestYear > 0, f.ParentRegion, f.World, f.Technology != "", f.Kind != Select{}} {
				if is {
					set++
				}
			}
			if set != 1 && sound {
				l.probs.Add(value.Get("fallbacks").Items[i].Problem(diag.BadValue, "a fallback is one of nearest_year: N, parent_region: true, world: true, technology: NAME, kind: {margin: average}"))
			}
		}
		use := FactorUse{Factor: name, Of: raw.Of, Select: raw.Select, Fallbacks: raw.Fallbacks, Doc: raw.Doc, ByCategory: map[string]Select{}, Kinds: kinds, Place: at, node: value}
		l.named(raw.ByCategory, "category", func(category string, at diag.Place, value *document.Node) {
			l.category(value, category)
			s := raw.Select
			document.Decode(value, &s, l.probs)
			use.ByCategory[category] = s
		})
		l.m.Factors = append(l.m.Factors, use)
	})
}

// maxSteps bounds a ladder.
const maxSteps = 16

func (l *loader) ladders(n *document.Node) {
	l.named(n, "ladder", func(name string, at diag.Place, value *document.Node) {
		var raw struct {
			Steps []Step `doc:"steps,required"`
			Doc   string `doc:"doc"`
		}
		document.Decode(value, &raw, l.probs)
		if len(raw.Steps) == 0 {
			l.probs.Add(value.Problem(diag.MissingKey, "a ladder needs at least one step"))
			return
		}
		if len(raw.Steps) > maxSteps {
			l.probs.Add(value.Problem(diag.TooLarge, "a ladder has at most %d steps, not %d", maxSteps, len(raw.Steps)))
			return
		}
		for i := 1; i < len(raw.Steps); i++ {
			if raw.Steps[i].From != raw.Steps[i-1].To {
				l.probs.Add(value.Get("steps").Items[i].Problem(diag.BadValue, "the step starts at %s, but the one before leads to %s", raw.Steps[i].From, raw.Steps[i-1].To))
			}
		}
		ladder := Ladder{Name: name, Steps: raw.Steps, Doc: raw.Doc, Place: at, node: value}
		for i, rung := range ladder.Rungs() {
			if slices.Contains(ladder.Rungs()[:i], rung) {
				l.probs.Add(value.Get("steps").Items[i-1].Problem(diag.DuplicateName, "the ladder comes to %s twice", rung))
			}
		}
		l.m.Ladders = append(l.m.Ladders, ladder)
	})
}

func (l *loader) ladder(name string) *Ladder {
	for i := range l.m.Ladders {
		if l.m.Ladders[i].Name == name {
			return &l.m.Ladders[i]
		}
	}
	return nil
}

// noLadder reports a ladder that is not there.
func (l *loader) noLadder(n *document.Node, name string) {
	if n.Cut {
		return
	}
	var names []string
	for i := range l.m.Ladders {
		names = append(names, l.m.Ladders[i].Name)
	}
	p := n.Problem(diag.UnknownName, "there is no ladder %q", name)
	if near := diag.Nearest(name, names); near != "" {
		p.Hint = "did you mean " + near + "?"
	} else if len(names) > 0 {
		p.Hint = "one of " + strings.Join(names, ", ")
	} else {
		p.Hint = "a ladder is described under ladders, or the key is left out"
	}
	l.probs.Add(p)
}

func (l *loader) block(n *document.Node, into *Block) {
	if n == nil {
		return
	}
	var raw struct {
		Lookups    *document.Node `doc:"lookups"`
		Quantities *document.Node `doc:"quantities"`
		Impacts    []Impact       `doc:"impacts"`
	}
	document.Decode(n, &raw, l.probs)
	if l.few(n.Get("impacts"), "impact") {
		l.m.shared = raw.Impacts
	}
	l.lookups(raw.Lookups, into)
	l.quantities(raw.Quantities, into)
}

func (l *loader) lookups(n *document.Node, into *Block) {
	l.named(n, "lookup", func(name string, at diag.Place, value *document.Node) {
		lookup := Lookup{Name: name}
		document.Decode(value, &lookup, l.probs)
		into.Lookups = append(into.Lookups, lookup)
	})
}

func (l *loader) quantities(n *document.Node, into *Block) {
	l.named(n, "quantity", func(name string, at diag.Place, value *document.Node) {
		var raw struct {
			Unit   string         `doc:"unit,required"`
			Ladder string         `doc:"ladder"`
			Doc    string         `doc:"doc"`
			Tiers  []Tier         `doc:"tiers"`
			Expr   *document.Node `doc:"expr"`
			Class  string         `doc:"class"`
		}
		sound := l.decode(value, &raw)
		q := Quantity{Name: name, UnitText: raw.Unit, Ladder: raw.Ladder, Doc: raw.Doc, Tiers: raw.Tiers, Node: value}
		q.Unit = l.unit(value.Get("unit"), raw.Unit)
		if raw.Expr != nil {
			if len(q.Tiers) > 0 {
				l.probs.Add(raw.Expr.Problem(diag.BadValue, "a quantity has either tiers or one expr, not both"))
			}
			q.Tiers = []Tier{{Expr: raw.Expr, Class: raw.Class, At: value}}
		} else if raw.Class != "" {
			l.probs.Add(value.Get("class").Problem(diag.BadValue, "each tier says its own class"))
		}
		if len(q.Tiers) == 0 && sound {
			l.probs.Add(value.Problem(diag.MissingKey, "the quantity %s needs an expr or tiers", name))
		}
		if len(q.Tiers) > 64 {
			l.probs.Add(value.Problem(diag.TooLarge, "the quantity %s has %d tiers; at most 64 are taken", name, len(q.Tiers)))
		}
		var rungs []string
		if q.Ladder != "" {
			if ladder := l.ladder(q.Ladder); ladder != nil {
				rungs = ladder.Rungs()
			} else {
				l.noLadder(value.Get("ladder"), q.Ladder)
			}
		}
		for _, t := range q.Tiers {
			l.classOf(t.At.Get("class"), t.Class, 0)
			switch {
			case q.Ladder == "" && t.Yields != "":
				l.probs.Add(t.At.Problem(diag.BadValue, "yields says a rung, but %s stands on no ladder", name))
			case rungs != nil && t.Yields == "":
				p := t.At.Problem(diag.MissingKey, "the tier must say which rung of %s it yields", q.Ladder)
				p.Hint = "yields: one of " + strings.Join(rungs, ", ")
				l.probs.Add(p)
			case rungs != nil:
				l.word(t.At.Get("yields"), t.Yields, rungs)
			}
		}
		into.Quantities = append(into.Quantities, q)
	})
}

// cutOffs checks the words of estimates.
func (l *loader) cutOffs() {
	for _, c := range l.m.CutOffs {
		if c.Estimate == nil {
			continue
		}
		at := c.At.Get("estimate")
		l.word(at.Get("stage"), c.Estimate.Stage, lca.Names(lca.Words().Stages))
		l.category(at.Get("category"), c.Estimate.Category)
		if at.Get("share") != nil && c.Estimate.Share < 0 {
			l.probs.Add(at.Get("share").Problem(diag.OutOfRange, "the share %v is negative", c.Estimate.Share))
		}
	}
}

func (l *loader) kinds(n *document.Node) {
	l.named(n, "kind", func(name string, at diag.Place, value *document.Node) {
		var raw struct {
			Lookups    *document.Node   `doc:"lookups"`
			Quantities *document.Node   `doc:"quantities"`
			Impacts    []Impact         `doc:"impacts,required"`
			Units      []FunctionalUnit `doc:"functional_units"`
			Shares     []ShareOut       `doc:"share_out"`
		}
		document.Decode(value, &raw, l.probs)
		k := KindRules{Kind: name, Impacts: raw.Impacts, Units: raw.Units, Shares: raw.Shares, Place: at}
		for _, r := range k.Impacts {
			if r.Kinds != nil {
				l.probs.Add(r.At.Get("kinds").Problem(diag.BadValue, "the impact %s is of %s, where it stands; an impact that several kinds share stands under common", r.Name, name))
			}
		}
		for _, r := range l.m.shared {
			if slices.Contains(r.Kinds, name) {
				r.Unless = nil // each kind's own
				k.Impacts = append(k.Impacts, r)
			}
		}
		l.lookups(raw.Lookups, &k.Block)
		l.quantities(raw.Quantities, &k.Block)
		if !l.few(value.Get("impacts"), "impact") || !l.few(value.Get("functional_units"), "functional unit") {
			return
		}
		seen := map[string]bool{}
		for i := range k.Impacts {
			l.impact(&k.Impacts[i])
			l.unless(&k.Impacts[i])
			if name := k.Impacts[i].Name; seen[name] {
				l.probs.Add(k.Impacts[i].At.Problem(diag.DuplicateName, "two impacts are named %s", name))
			} else {
				seen[name] = true
			}
		}
		l.otherwise(&k)
		units := map[string]bool{}
		for _, u := range k.Units {
			if units[u.Name] {
				l.probs.Add(u.At.Problem(diag.DuplicateName, "two functional units are named %s", u.Name))
			}
			units[u.Name] = true
		}
		l.shareOuts(&k, value)
		l.m.Kinds = append(l.m.Kinds, k)
	})
	for _, r := range l.m.shared {
		if len(r.Kinds) == 0 {
			p := r.At.Problem(diag.MissingKey, "the impact %s under common is of no kind", r.Name)
			p.Hint = "kinds: [training_runs, deployments]"
			l.probs.Add(p)
		}
		for i, name := range r.Kinds {
			if !l.m.Has(name) {
				p := r.At.Get("kinds").Items[i].Problem(diag.UnknownName, "the method has no rules for the kind %q", excerpt(name))
				p.Hint = "name it under kinds, if only as {impacts: []}"
				l.probs.Add(p)
			}
		}
	}
}

func (l *loader) impact(r *Impact) {
	words := lca.Words()
	l.word(r.At.Get("perspective"), r.Perspective, lca.Names(words.Perspectives))
	l.word(r.At.Get("stage"), r.Stage, lca.Names(words.Stages))
	if r.ShareOf == "" {
		r.ShareOf = words.ShareOf[0].Name
	}
	l.word(r.At.Get("share_of"), r.ShareOf, lca.Names(words.ShareOf))
	if len(r.Accountings) == 0 {
		r.Accountings = lca.Names(words.Accountings)
	}
	l.words(r.At.Get("accounting"), lca.Names(words.Accountings))
	l.words(r.At.Get("categories"), lca.Words().CategoryNames())
	byFactor := r.Amount != nil && r.Factor != "" && r.Value == nil && r.Category == ""
	byValue := r.Amount == nil && r.Factor == "" && r.Value != nil && r.Category != ""
	if !byFactor && !byValue {
		p := r.At.Problem(diag.MissingKey, "the impact %s needs either amount and factor, or category and value", r.Name)
		p.Hint = "{amount: ..., factor: ...} multiplies by a factor of each category; {category: ..., value: ...} states the value itself"
		l.probs.Add(p)
	}
	if r.Category != "" {
		l.category(r.At.Get("category"), r.Category)
	}
	if len(r.Categories) == 0 {
		r.Categories = l.m.Categories
	}
}
