package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Choice is a value choice of a method: named alternatives of which a study takes one, such as how burdens of recycling are shared out. A formula reads it as
// choice.NAME, a text that is known before the first row is read. ISO 14044 asks that such choices be stated and their alternatives tried.
type Choice struct {
	Name    string
	Default string // the option that is taken where a study does not say
	Doc     string
	Options []Option
	Place   diag.Place
	node    *document.Node
}

// Option is one of the alternatives.
type Option struct {
	Name   string
	Doc    string
	Source string
}

// names are those of the options.
func (c *Choice) names() []string {
	var out []string
	for _, o := range c.Options {
		out = append(out, o.Name)
	}
	return out
}

// choiceWord stands ahead of a choice's name in formulas.
const choiceWord = "choice"

// maxOptions bounds the options of one choice.
const maxOptions = 32

func (l *loader) choices(n *document.Node) {
	l.named(n, "choice", func(name string, at diag.Place, value *document.Node) {
		var raw struct {
			Default string         `doc:"default,required"`
			Doc     string         `doc:"doc"`
			Options *document.Node `doc:"options,required"`
		}
		sound := l.decode(value, &raw)
		c := Choice{Name: name, Default: raw.Default, Doc: raw.Doc, Place: at, node: value}
		l.named(raw.Options, "option", func(name string, at diag.Place, value *document.Node) {
			var o struct {
				Doc    string `doc:"doc"`
				Source string `doc:"source"`
			}
			if value.Kind != document.Null {
				document.Decode(value, &o, l.probs)
			}
			c.Options = append(c.Options, Option{name, o.Doc, o.Source})
		})
		switch {
		case !sound:
		case len(c.Options) < 2 || len(c.Options) > maxOptions:
			l.probs.Add(value.Get("options").Problem(diag.BadValue, "the choice %s is between 2 and %d options, not %d", name, maxOptions, len(c.Options)))
		default:
			l.word(value.Get("default"), c.Default, c.names())
		}
		l.m.Choices = append(l.m.Choices, c)
	})
}

// chosenOption is the option of a choice that is taken.
func (m *Method) chosenOption(c *Choice) string {
	if option, ok := m.taken[c.Name]; ok {
		return option
	}
	return c.Default
}

// With is the method with options taken in place of the defaults; at is where a study says so, a map of options by choice, and may be nil. What the method does not
// have is a problem. The method itself is not changed.
func (m *Method) With(at *document.Node, probs *diag.List) *Method {
	if at == nil || at.Kind == document.Null {
		return m
	}
	if at.Kind != document.Map {
		probs.Add(at.Problem(diag.BadType, "expected a map of options by choice, found %s", at.Kind))
		return m
	}
	out := *m
	out.taken = maps.Clone(m.taken)
	if out.taken == nil {
		out.taken = map[string]string{}
	}
	var names []string
	for i := range m.Choices {
		names = append(names, m.Choices[i].Name)
	}
	for _, f := range at.Fields {
		i := slices.Index(names, f.Key)
		if i < 0 {
			p := at.ProblemAt(f.Place, diag.UnknownName, "the method %s has no choice %q", m.ref(), excerpt(f.Key))
			p.Hint = meant(f.Key, names, "it has none: remove this key")
			probs.Add(p)
			continue
		}
		c := &m.Choices[i]
		if f.Value.Kind != document.Scalar || !slices.Contains(c.names(), f.Value.Text) {
			p := f.Value.Problem(diag.UnknownName, "%q is no option of %s", excerpt(f.Value.Text), c.Name)
			p.Hint = meant(f.Value.Text, c.names(), "")
			probs.Add(p)
			continue
		}
		out.taken[c.Name] = f.Value.Text
	}
	return &out
}

// ByDefault is the method with the default option of each choice.
func (m *Method) ByDefault() *Method {
	out := *m
	out.taken = nil
	return &out
}

// meant is a hint with the name that is near, else all of them.
func meant(name string, names []string, none string) string {
	if near := diag.Nearest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	if len(names) == 0 {
		return none
	}
	return "one of " + strings.Join(names, ", ")
}

// Variants are the method, and the method with each option of each choice in turn that is not taken: between them every formula counts somewhere.
func (m *Method) Variants() []*Method {
	out := []*Method{m}
	for i := range m.Choices {
		c := &m.Choices[i]
		for _, o := range c.Options {
			if o.Name == m.chosenOption(c) {
				continue
			}
			v := *m
			v.taken = maps.Clone(m.taken)
			if v.taken == nil {
				v.taken = map[string]string{}
			}
			v.taken[c.Name] = o.Name
			out = append(out, &v)
		}
	}
	return out
}

// Taken is each choice with the option that is taken, in the method's order.
func (m *Method) Taken() [][2]string {
	var out [][2]string
	for i := range m.Choices {
		out = append(out, [2]string{m.Choices[i].Name, m.chosenOption(&m.Choices[i])})
	}
	return out
}

// Ref is name@version, followed by the options that are taken in place of defaults: results of different choices are results of different methods, and never
// added.
func (m *Method) Ref() string {
	var differs []string
	for i := range m.Choices {
		if c := &m.Choices[i]; m.chosenOption(c) != c.Default {
			differs = append(differs, c.Name+"="+m.chosenOption(c))
		}
	}
	if differs == nil {
		return m.ref()
	}
	return m.ref() + " (" + strings.Join(differs, ", ") + ")"
}

// ref is name@version.
func (m *Method) ref() string { return m.Name + "@" + m.Version }

// resolveChoice is the text that choice.NAME stands for.
func (c *compiler) resolveChoice(name string, fail report) *node {
	var names []string
	for i := range c.m.Choices {
		x := &c.m.Choices[i]
		if x.Name == name {
			if c.p.readChoices == nil {
				c.p.readChoices = map[string]bool{}
			}
			c.p.readChoices[name] = true
			return &node{leaf: constant, typ: column.String, text: c.m.chosenOption(x), words: x.names(), choice: x}
		}
		names = append(names, x.Name)
	}
	fail(diag.UnknownName, meant(name, names, "choices are described under choices"), "the method has no choice %q", name)
	return nil
}

// known is the truth of a condition that the method's choices alone decide; ok is false of any other.
func (n *node) known() (is, ok bool) {
	switch {
	case n.typ != column.Bool:
		return false, false
	case n.leaf == constant:
		return n.flag, true
	case n.leaf != inner:
		return false, false
	}
	text := func(i int) bool { return n.args[i].leaf == constant && n.args[i].typ == column.String }
	switch n.op {
	case vector.Equal:
		if text(0) && text(1) {
			return n.args[0].text == n.args[1].text, true
		}
	case vector.In:
		if text(0) {
			return slices.Contains(n.options, n.args[0].text), true
		}
	case vector.Not:
		is, ok = n.args[0].known()
		return !is, ok
	case vector.And, vector.Or:
		decides := n.op == vector.Or
		a, aKnown := n.args[0].known()
		b, bKnown := n.args[1].known()
		switch {
		case aKnown && a == decides, bKnown && b == decides:
			return decides, true
		case aKnown && bKnown:
			return !decides, true
		}
	}
	return false, false
}

// decided is a formula without the branches that the method's choices rule out.
func (n *node) decided() *node {
	if n.leaf != inner {
		return n
	}
	if n.op == vector.If {
		if is, ok := n.args[0].known(); ok && is {
			return n.args[1].decided()
		} else if ok {
			return n.args[2].decided()
		}
	}
	for i, a := range n.args {
		if b := a.decided(); b != a {
			out := *n
			out.args = slices.Clone(n.args)
			for j := i; j < len(out.args); j++ {
				out.args[j] = out.args[j].decided()
			}
			return &out
		}
	}
	return n
}

// choiceText is a choice as a formula names it.
func choiceText(c *Choice) string { return fmt.Sprintf("%s.%s", choiceWord, c.Name) }
