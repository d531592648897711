package rules

import (
	"math"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// How tightly an expression binds; what binds less than its place asks for is put in brackets.
const (
	bindsChoice = iota
	bindsOr
	bindsAnd
	bindsNot
	bindsComparison
	bindsSum
	bindsProduct
	bindsSign
	bindsName
)

// formula writes a checked expression as text of the rules language: with as few brackets as its meaning allows, constants with their units. The
// conversions that the checker folded in are left out, for reading the text puts them in again: the same names give an equal expression.
func (m *Method) formula(n *node) string {
	w := formulaWriter{m: m, times: " * ", over: " / "}
	return w.write(n, bindsChoice)
}

// arithmetic writes a checked expression as it is computed: conversions between units stand in it as the numbers that they are.
func (m *Method) arithmetic(n *node, binds int) string {
	w := formulaWriter{m: m, times: " · ", over: " / ", conversions: true}
	return w.write(n, binds)
}

type formulaWriter struct {
	m           *Method
	times, over string
	conversions bool                                 // are written out
	leaf        func(n *node) (text string, ok bool) // what stands for a leaf in place of its name; may be nil
}

// write gives the text of an expression in a place that asks for a strength of binding.
func (w *formulaWriter) write(n *node, asked int) string {
	text, binds := w.text(n)
	if binds < asked {
		return "(" + text + ")"
	}
	return text
}

func (w *formulaWriter) text(n *node) (text string, binds int) {
	if w.leaf != nil {
		if text, ok := w.leaf(n); ok {
			return text, bindsName
		}
	}
	switch n.leaf {
	case constant:
		if n.choice != nil {
			return choiceText(n.choice), bindsName
		}
		return constantText(n)
	case columnLeaf:
		return n.column, bindsName
	case attributeLeaf:
		return n.reference.Name + "." + n.reference.Fields[n.attribute].Name, bindsName
	case parameterLeaf:
		return w.m.Parameters[n.parameter].Name, bindsName
	case lookupLeaf:
		return n.lookup.source.Name, bindsName
	case quantityLeaf:
		return n.quantity.name, bindsName
	case derivedLeaf:
		if isCall(n.derived.Text) {
			return n.derived.Text, bindsName
		}
		return n.derived.Text, bindsChoice
	}
	switch n.op {
	case vector.Mul:
		if w.conversions && n.args[1].leaf == constant && n.args[1].unit.Equal(unit.One) {
			return w.write(n.args[0], bindsProduct) + w.scaled(n.args[1].number), bindsProduct
		}
		if n.converts() {
			return w.text(n.args[0])
		}
		return w.infix(n, w.times, bindsProduct), bindsProduct
	case vector.Div:
		return w.infix(n, w.over, bindsProduct), bindsProduct
	case vector.Add:
		return w.infix(n, " + ", bindsSum), bindsSum
	case vector.Sub:
		return w.infix(n, " - ", bindsSum), bindsSum
	case vector.Neg:
		return "-" + w.write(n.args[0], bindsSign), bindsSign
	case vector.Less, vector.LessEqual, vector.Equal:
		return w.comparison(n, false), bindsComparison
	case vector.And:
		return w.infix(n, " and ", bindsAnd), bindsAnd
	case vector.Or:
		return w.infix(n, " or ", bindsOr), bindsOr
	case vector.Not:
		switch a := n.args[0]; {
		case a.leaf == inner && (a.op == vector.Equal || a.op == vector.IsNil):
			return w.comparison(a, true), bindsComparison
		case a.leaf == inner && a.op == vector.In:
			return w.write(a.args[0], bindsSum) + " not in " + options(a.options), bindsComparison
		default:
			return "not " + w.write(a, bindsName), bindsNot
		}
	case vector.In:
		return w.write(n.args[0], bindsSum) + " in " + options(n.options), bindsComparison
	case vector.IsNil:
		return w.comparison(n, false), bindsComparison
	case vector.If:
		return w.write(n.args[0], bindsOr) + " ? " + w.write(n.args[1], bindsChoice) + " : " + w.write(n.args[2], bindsChoice), bindsChoice
	case vector.Coalesce:
		// The language mixes ?? with no other operator: what stands beside it is a name, a call or in brackets.
		left := n.args[0]
		for !w.conversions && left.converts() {
			left = left.args[0]
		}
		text := w.write(left, bindsName)
		if left.leaf == inner && left.op == vector.Coalesce {
			text, _ = w.text(left)
		}
		return text + " ?? " + w.write(n.args[1], bindsName), bindsChoice
	}
	return w.call(n), bindsName
}

// infix writes an operator that groups from the left.
func (w *formulaWriter) infix(n *node, operator string, binds int) string {
	return w.write(n.args[0], binds) + operator + w.write(n.args[1], binds+1)
}

// comparison writes ==, <, <= and tests for a value, or the opposite of those that have one. Where the left side was converted to the right one's
// unit, the formula was written the other way round.
func (w *formulaWriter) comparison(n *node, not bool) string {
	if n.op == vector.IsNil {
		if not {
			return w.write(n.args[0], bindsSum) + " != nil"
		}
		return w.write(n.args[0], bindsSum) + " == nil"
	}
	a, b := n.args[0], n.args[1]
	operator := " < "
	switch {
	case n.op == vector.Equal && not:
		operator = " != "
	case n.op == vector.Equal:
		operator = " == "
	case a.converts() && n.op == vector.Less:
		a, b, operator = b, a, " > "
	case a.converts():
		a, b, operator = b, a, " >= "
	case n.op == vector.LessEqual:
		operator = " <= "
	}
	return w.write(a, bindsSum) + operator + w.write(b, bindsSum)
}

// converts reports whether a product is a conversion between units rather than one that somebody wrote: by a bare number, and yet into
// another unit.
func (n *node) converts() bool {
	if n.leaf != inner || n.op != vector.Mul || n.args[1].leaf != constant || !n.args[1].unit.Equal(unit.One) || !n.unit.Valid() {
		return false
	}
	return !n.unit.Equal(n.args[0].unit.Mul(n.args[1].unit))
}

// scaled writes a product with a bare number, such as that of a conversion: as a quotient where it is one over a whole number.
func (w *formulaWriter) scaled(f float64) string {
	if inverse := wholeInverse(f); inverse > 1 {
		return w.over + numberText(inverse)
	}
	return w.times + numberText(f)
}

// wholeInverse is the whole number that f is one over, else 0.
func wholeInverse(f float64) float64 {
	if inverse := math.Round(1 / f); inverse >= 1 && inverse < 1e15 && 1/inverse == f {
		return inverse
	}
	return 0
}

// call writes a function; of min and max in one go what was read so.
func (w *formulaWriter) call(n *node) string {
	var args []*node
	var gather func(a *node)
	gather = func(a *node) {
		if a.leaf == inner && a.op == n.op && len(a.args) == 2 && (n.op == vector.Min || n.op == vector.Max) {
			gather(a.args[0])
			args = append(args, a.args[1])
			return
		}
		args = append(args, a)
	}
	if n.op == vector.Min || n.op == vector.Max {
		gather(n)
	} else {
		args = n.args
	}
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = w.write(a, bindsChoice)
	}
	return functionName(n.op) + "(" + strings.Join(texts, ", ") + ")"
}

// isCall reports whether a formula is one call of a function.
func isCall(text string) bool {
	name, rest, found := strings.Cut(text, "(")
	if !found || !nameForm.MatchString(name) {
		return false
	}
	depth := 1
	for i, r := range rest {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			return i == len(rest)-1
		}
	}
	return false
}

func functionName(op vector.Op) string {
	for _, f := range functions {
		if f.op == op && f.units != literal {
			return f.name
		}
	}
	return "?"
}

func constantText(n *node) (text string, binds int) {
	switch n.typ {
	case column.Bool:
		return strconv.FormatBool(n.flag), bindsName
	case column.String:
		return strconv.Quote(n.text), bindsName
	}
	number := numberText(n.number)
	if !n.unit.Equal(unit.One) && n.unit.Valid() {
		return "q(" + number + ", " + strconv.Quote(show(n.unit)) + ")", bindsName
	}
	if math.Signbit(n.number) {
		return number, bindsSign
	}
	return number, bindsName
}

// numberText writes the fewest digits that read back to the number.
func numberText(v float64) string {
	if size := math.Abs(v); v == 0 || size >= 1e-4 && size < 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strings.Replace(strconv.FormatFloat(v, 'e', -1, 64), "e+", "e", 1)
}

func options(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = strconv.Quote(word)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
