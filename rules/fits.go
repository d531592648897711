package rules

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// maxSearches is after how many errors no more suggestions are looked for: searching takes time, and nobody reads that many.
const maxSearches = 100

// maxFits is how many names a hint lists.
const maxFits = 3

// fit says what a value in got is to be multiplied or divided by to become one in due: "multiply by something in W, such as device_power or
// hardware.rated_power"; what is a word for the value, or empty. The names are those that a formula may use, in order of declaration; a scale that
// differs is converted. It is sure where a name or a function leads from got to due, and empty where nothing sensible can be said.
func (c *compiler) fit(what string, due, got unit.Unit) (hint string, sure bool) {
	times, over := due.Div(got), got.Div(due)
	if !times.Valid() || times.IsDimensionless() || c.probs.Count(diag.Error) >= maxSearches {
		return "", true
	}
	if due.Mul(got).IsDimensionless() {
		return "the inverse is due: 1 / (...)", true
	}
	for _, way := range []struct {
		verb string
		by   unit.Unit
	}{{"multiply" + what, times}, {"divide" + what, over}} {
		names, written := c.namesIn(way.by)
		if len(names) > 0 {
			return fmt.Sprintf("%s by something in %s, such as %s", way.verb, show(written), oneOf(names)), true
		}
	}
	if root, ok := got.Root(2); ok && root.Compatible(due) {
		return "take its square root: sqrt(...)", true
	}
	if hint := equivalents(due, got); hint != "" {
		return hint, true
	}
	if strings.HasPrefix(show(times.Plain()), "1/") {
		return "divide" + what + " by something in " + plainly(over, got, due), false
	}
	return "multiply" + what + " by something in " + plainly(times, due, got), false
}

// counted are the equivalents in which a mass of several substances is counted.
var counted = []string{"CO2e", "Sbe"}

// equivalents is the hint where one of two units counts equivalents and the other is plain mass. Multiplying by one is no sense; either the figure
// is a mass of one substance, or its unit is written short.
func equivalents(due, got unit.Unit) string {
	for _, e := range counted {
		of := unit.MustParse(e)
		switch {
		case due.Div(got).Compatible(of):
			return fmt.Sprintf("where %s is counted already, the unit is %s, not %s; the mass of a substance is multiplied by something in kg %s/kg", e, show(got.Mul(of)), show(got), e)
		case got.Div(due).Compatible(of):
			return fmt.Sprintf("%s is counted: the unit is %s, not %s", e, show(due.Mul(of)), show(due))
		}
	}
	return ""
}

// plainly writes a quotient of two units as a person would, and uncancelled where only counts are left of it: kg CO2e/kg, not CO2e.
func plainly(quotient, numerator, denominator unit.Unit) string {
	counts := strings.NewReplacer(" · ", " ", " / ", "/").Replace(quotient.Dimension())
	if counts != show(quotient) || denominator.IsDimensionless() {
		return show(quotient.Plain())
	}
	if below := show(denominator); strings.ContainsAny(below, " */·") {
		return show(numerator) + "/(" + below + ")"
	}
	return show(numerator) + "/" + show(denominator)
}

// oneOf lists names as alternatives.
func oneOf(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// fitHint says what would make a checked number one in due. The unit of a quantity is the method's own, and may be what is wrong.
func (c *compiler) fitHint(what string, n *node, due unit.Unit) string {
	if n.isBare() {
		return bareHint(n, due)
	}
	hint, sure := c.fit("", due, n.unit)
	if strings.HasPrefix(what, "the quantity ") && !sure && hint != "" {
		hint += ", or write unit: " + yamlText(show(n.unit))
	}
	return hint
}

// yamlText is a unit as a file holds it: 1 and % in quotes.
func yamlText(unit string) string {
	if strings.ContainsAny(unit[:1], "%0123456789") {
		return strconv.Quote(unit)
	}
	return unit
}

// breaksBraces finds what a formula without quotes cannot hold inside { }: a comma between arguments, a list.
var breaksBraces = regexp.MustCompile(`\([^()]*, |\[`)

// inBraces adds to a hint that shows a formula what it needs where it stands.
func inBraces(at *document.Node, hint string) string {
	if !at.Flow || at.Quoted || !breaksBraces.MatchString(hint) {
		return hint
	}
	return hint + ", with single quotes around the whole formula, for it stands in { }"
}

// operandHint says what would fit beside an operand of another dimension.
func (c *compiler) operandHint(a, beside *node) string {
	switch {
	case a.isBare():
		return bareHint(a, beside.unit)
	case beside.isBare():
		return bareHint(beside, a.unit)
	}
	hint, _ := c.fit(" what is in "+show(a.unit), beside.unit, a.unit)
	return hint
}

// isBare reports whether a node is a constant as it stands in the text, without a unit.
func (n *node) isBare() bool { return n.leaf == constant && n.unit.Equal(unit.One) }

func bareHint(n *node, due unit.Unit) string {
	return fmt.Sprintf(`a number with a unit is written q(%g, "%s")`, n.number, show(due))
}

// namesIn are the first few names whose values can be converted to a unit, and the unit of the first.
func (c *compiler) namesIn(u unit.Unit) (names []string, first unit.Unit) {
	add := func(name string, in unit.Unit) bool {
		if in.Compatible(u) {
			if len(names) == 0 {
				first = in
			}
			names = append(names, name)
		}
		return len(names) < maxFits
	}
	c.eachNumber(add)
	return names, first
}

// eachNumber visits what has a number that a formula may name, in order of declaration, until visit is false: columns, attributes, parameters,
// lookups, and quantities, those that are being compiled left out.
func (c *compiler) eachNumber(visit func(name string, in unit.Unit) bool) {
	for _, f := range c.schema.Fields {
		if typ, date, u := typeOf(f); typ == column.Float && !date && !visit(f.Name, u) {
			return
		}
	}
	for _, r := range c.schema.References {
		for _, f := range r.Fields {
			if typ, date, u := typeOf(f); typ == column.Float && !date && !visit(r.Name+"."+f.Name, u) {
				return
			}
		}
	}
	for _, p := range c.m.Parameters {
		if !visit(p.Name, p.Unit) {
			return
		}
	}
	compiling := map[string]bool{}
	for _, r := range c.stack {
		compiling[r.String()] = true
	}
	for _, b := range c.blocks {
		for _, l := range b.Lookups {
			if _, value, _, ok := c.factors.FactorUnit(l.Factor); ok && !compiling["lookup "+l.Name] && !visit(l.Name, value) {
				return
			}
		}
		for i := range b.Quantities {
			q := &b.Quantities[i]
			name := q.Name
			if q.Ladder != "" {
				l := c.ladder(q.Ladder)
				if l == nil {
					continue
				}
				rungs := l.Rungs()
				name += "." + rungs[len(rungs)-1]
			}
			if !compiling[name] && !visit(name, q.Unit) {
				return
			}
		}
	}
}

// noCondition reports a formula that is neither true nor false where a condition is due.
func (c *compiler) noCondition(at *document.Node, what string, n *node) {
	p := at.Problem(diag.BadType, "%s must be true or false, not a %s", what, kindOf(n))
	p.Hint = conditionHint(n)
	c.probs.Add(p)
}

// noNumber reports a formula that yields no number where one is due.
func (c *compiler) noNumber(at *document.Node, what string, n *node) {
	p := at.ProblemAt(at.Within(0, 0), diag.BadType, "%s must be a number, not a %s", what, kindOf(n))
	switch {
	case n.date:
		p.Hint = calendarHint
	case n.typ == column.Bool:
		p.Hint = choiceHint
	case n.leaf == constant:
		p.Hint = "names and numbers are written without quotes"
	}
	c.probs.Add(p)
}

// factorHint names the factor that may have been meant, of those that the method names elsewhere and the pack knows.
func (c *compiler) factorHint(name string) string {
	if c.probs.Count(diag.Error) >= maxSearches {
		return ""
	}
	var names []string
	add := func(factor string) {
		if _, _, _, ok := c.factors.FactorUnit(factor); ok {
			names = append(names, factor)
		}
	}
	for _, use := range c.m.Factors {
		add(use.Factor)
	}
	for _, b := range c.blocks {
		for _, l := range b.Lookups {
			add(l.Factor)
		}
	}
	for _, k := range c.m.Kinds {
		for _, r := range k.Impacts {
			add(r.Factor)
		}
	}
	if near := diag.Nearest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}
