package rules

import (
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// normal writes a formula's normal form: of each term the coefficient of the row, then the symbols that it is multiplied by and divided by; of
// several cases each with its condition. why is what the compiler says against it, or empty.
func (d *describer) normal(n *node, why string) (text, whyNot string) {
	if why != "" {
		return "", why
	}
	form, why := d.c.normalise(n)
	if why != "" {
		return "", why
	}
	var cases []string
	for _, x := range form.cases {
		text := d.sum(x.terms)
		var conditions []string
		for _, condition := range x.when {
			conditions = append(conditions, d.p.Method.arithmetic(condition, bindsNot))
		}
		if len(conditions) > 0 {
			text += " if " + strings.Join(conditions, " and ")
		}
		cases = append(cases, text)
	}
	return strings.Join(cases, "; "), ""
}

func (d *describer) sum(terms []normalTerm) string {
	if len(terms) == 1 && len(terms[0].powers) == 0 {
		return d.p.Method.arithmetic(terms[0].coefficient, bindsSum)
	}
	var b strings.Builder
	for i := range terms {
		term := d.term(&terms[i])
		switch rest, negative := strings.CutPrefix(term, "-"); {
		case i > 0 && negative:
			b.WriteString(" - " + rest)
		case i > 0:
			b.WriteString(" + " + term)
		default:
			b.WriteString(term)
		}
	}
	return b.String()
}

func (d *describer) term(t *normalTerm) string {
	var times, over []string
	for _, p := range t.powers {
		text := d.p.Method.arithmetic(p.leaf, bindsName)
		exponent := max(p.exponent, -p.exponent)
		if exponent > 1 {
			text += "^" + strconv.Itoa(exponent)
		}
		if p.exponent > 0 {
			times = append(times, text)
		} else {
			over = append(over, text)
		}
	}
	c, sign := t.coefficient.unsigned()
	switch {
	case len(times) > 0 && isNumber(c, 1):
	case c.leaf == constant && wholeInverse(c.number) > 1:
		times = append([]string{"1 / " + numberText(wholeInverse(c.number))}, times...)
	default:
		times = append([]string{d.p.Method.arithmetic(c, bindsProduct)}, times...)
	}
	out := sign + strings.Join(times, " × ")
	for _, o := range over {
		out += " / " + o
	}
	return out
}

// unsigned takes the minus off a coefficient that has one; sign is "-" then.
func (n *node) unsigned() (size *node, sign string) {
	switch {
	case n.leaf == constant && n.number < 0:
		size := *n
		size.number = -n.number
		return &size, "-"
	case n.leaf == inner && n.op == vector.Neg:
		return n.args[0], "-"
	case n.leaf == inner && n.op == vector.Mul && n.args[1].leaf == constant && n.args[1].number < 0:
		by, _ := n.args[1].unsigned()
		return times(n.args[0], by), "-"
	}
	return n, ""
}
