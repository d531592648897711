package rules

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// function is a function of numbers. It is called with at least least and at most most of them.
type function struct {
	name        string
	least, most int
	op          vector.Op
	units       unitRule
}

// unitRule says what units a function takes and gives.
type unitRule uint8

const (
	literal unitRule = iota // q(400, "W"): a constant with its unit
	same                    // all arguments in the first one's unit, and so the result
	without                 // numbers alone: 50 % is taken as 0.5
	rooted                  // any unit that has a square root
	powered                 // a whole constant power of any unit, any power of a number
)

// functions are those of the rules language. A new one is a row here and a kernel of the column machine.
var functions = []function{
	{"q", 2, 2, vector.Const, literal},
	{"min", 2, maxNodes, vector.Min, same},
	{"max", 2, maxNodes, vector.Max, same},
	{"abs", 1, 1, vector.Abs, same},
	{"ceil", 1, 1, vector.Ceil, without},
	{"floor", 1, 1, vector.Floor, without},
	{"round", 1, 1, vector.Round, without},
	{"sqrt", 1, 1, vector.Sqrt, rooted},
	{"exp", 1, 1, vector.Exp, without},
	{"ln", 1, 1, vector.Ln, without},
	{"log2", 1, 1, vector.Log2, without},
	{"pow", 2, 2, vector.Pow, powered},
	{"ceil_pow2", 1, 1, vector.CeilPow2, without},
}

// functionNames are their names in that order.
var functionNames = func() []string {
	var names []string
	for _, f := range functions {
		names = append(names, f.name)
	}
	return names
}()

func (k *checker) call(n ast.Node, name string, arguments []ast.Node, at diag.Place, depth int) *node {
	if len(arguments) > 0 && arguments[0].Location().From < n.Location().From {
		return k.problem(n, diag.Refused, "write "+name+"(...) around what it is taken of", "the operator | is not part of the rules language")
	}
	for _, f := range functions {
		if f.name == name {
			return k.apply(n, f, arguments, at, depth)
		}
	}
	return k.problem(n, diag.UnknownName, functionHint(name), "the function %s is not part of the rules language", name)
}

// otherNames tells how the rules language writes what other languages have a function for.
var otherNames = map[string]string{
	"log":    "ln(x) is the natural logarithm, log2(x) that to base 2",
	"log10":  "write ln(x) / ln(10)",
	"if":     choiceHint,
	"iff":    choiceHint,
	"ifelse": choiceHint,
	"sum":    "write a + b: a formula is about one row, and its results are added up for it",
	"mean":   "write (a + b) / 2: a formula is about one row",
	"int":    "write floor(x), or round(x)",
	"float":  "a number needs no conversion; a unit is converted where it is due",
	"isnull": "write x == nil",
	"now":    calendarHint,
	"date":   calendarHint,
	"any":    "write a or b",
	"all":    "write a and b",
	"map":    "a formula is about one row: it has no lists",
	"filter": "a formula is about one row: it has no lists",
	"reduce": "a formula is about one row: it has no lists",
	"count":  "a formula is about one row: it has no lists",
	"len":    textHint,
	"lower":  textHint,
	"upper":  textHint,
	"trim":   textHint,
}

// functionHint says what may have been meant by a function that is none.
func functionHint(name string) string {
	if hint, ok := otherNames[strings.ToLower(name)]; ok {
		return hint
	}
	if near := diag.Nearest(name, functionNames); near != "" {
		return "did you mean " + near + "?"
	}
	return "known functions: " + strings.Join(functionNames, ", ")
}

// apply checks a function's arguments and builds its node.
func (k *checker) apply(n ast.Node, f function, arguments []ast.Node, at diag.Place, depth int) *node {
	if f.units == literal {
		return k.quantityLiteral(n, arguments, at)
	}
	if len(arguments) < f.least || len(arguments) > f.most {
		numbers := fmt.Sprintf("%d numbers", f.least)
		switch {
		case f.least == 1:
			numbers = "1 number"
		case f.most > f.least:
			numbers = fmt.Sprintf("%d numbers or more", f.least)
		}
		example := f.name + "(" + strings.Join([]string{"a", "b"}[:f.least], ", ") + ")"
		return k.problem(n, diag.BadValue, "for example "+example, "%s takes %s, not %d", f.name, numbers, len(arguments))
	}
	var args []*node
	for _, a := range arguments {
		arg := k.node(a, depth+1)
		if arg == nil || !k.number(a, f.name, arg) {
			return nil
		}
		args = append(args, arg)
	}
	first := args[0]
	switch f.units {
	case without:
		if first = k.bare(arguments[0], first, f.name); first == nil {
			return nil
		}
		return &node{op: f.op, args: []*node{first}, at: at}
	case rooted:
		return k.root(arguments[0], first, at)
	case powered:
		return k.power(n, f.name, arguments[0], arguments[1], first, args[1], at)
	}
	if len(args) == 1 {
		return &node{op: f.op, args: args, unit: first.unit, at: at}
	}
	out := first
	for i, a := range args[1:] {
		if a = k.convert(arguments[i+1], a, first, f.name); a == nil {
			return nil
		}
		out = &node{op: f.op, args: []*node{out, a}, unit: first.unit, at: at}
	}
	return out
}

// bare brings an argument to a number without unit, and refuses what is no number.
func (k *checker) bare(n ast.Node, a *node, operator string) *node {
	f, ok := unit.Factor(a.unit, unit.One)
	if !ok {
		return k.problem(n, diag.UnitMismatch, divideBy(a.unit), "%s takes a number without unit, not %s (%s)", operator, show(a.unit), a.unit.Dimension())
	}
	return scale(a, f, unit.One)
}

// divideBy is the hint that makes a number of what has a unit.
func divideBy(u unit.Unit) string {
	if !u.Valid() {
		return ""
	}
	return fmt.Sprintf("divide by q(1, %q) to make it a number", show(u))
}

// root checks a square root: of a square it has the unit that was squared.
func (k *checker) root(n ast.Node, a *node, at diag.Place) *node {
	if a.unit.IsDimensionless() {
		return &node{op: vector.Sqrt, args: []*node{k.bare(n, a, "sqrt")}, at: at}
	}
	u, ok := a.unit.Root(2)
	if !ok {
		return k.problem(n, diag.UnitMismatch, "take it of a number, or of a square such as mm2; "+divideBy(a.unit), "sqrt(%s) has no unit: %s is no square (%s)", show(a.unit), show(a.unit), a.unit.Dimension())
	}
	return &node{op: vector.Sqrt, args: []*node{a}, unit: u, at: at}
}

// maxExponent bounds the powers that are taken by multiplying.
const maxExponent = 9

// power is x ** y, x ^ y or pow(x, y). A whole constant exponent is written out as products, whose unit is the power of x's; any other power
// is one of numbers without unit.
func (k *checker) power(n ast.Node, operator string, base, exponent ast.Node, a, b *node, at diag.Place) *node {
	times, written := wholeExponent(b)
	if !written {
		if !b.unit.IsDimensionless() {
			return k.problem(exponent, diag.UnitMismatch, divideBy(b.unit), "the exponent of %s must be a number without unit, not %s (%s)", operator, show(b.unit), b.unit.Dimension())
		}
		if !a.unit.IsDimensionless() {
			hint := divideBy(a.unit)
			if _, ok := a.unit.Root(2); ok && b.leaf == constant && b.number == 0.5 {
				hint = "write sqrt(...)"
			}
			return k.problem(n, diag.UnitMismatch, hint, "%s takes %s (%s) to no power but a whole constant from 1 to %d or -1 to -%d", operator, show(a.unit), a.unit.Dimension(), maxExponent, maxExponent)
		}
		return &node{op: vector.Pow, args: []*node{k.bare(base, a, operator), k.bare(exponent, b, operator)}, at: at}
	}
	if k.count += (max(times, -times) - 1) * a.size(); k.count > maxNodes {
		return k.tooLarge(k.place(n.Location().From))
	}
	out := a
	for range max(times, -times) - 1 {
		out = &node{op: vector.Mul, args: []*node{out, a}, unit: out.unit.Mul(a.unit), at: at}
	}
	if times < 0 {
		one := &node{leaf: constant, number: 1, at: at}
		out = &node{op: vector.Div, args: []*node{one, out}, unit: unit.One.Div(out.unit), at: at}
	}
	return out
}

// wholeExponent is the value of a literal from 1 to maxExponent, or of its negation.
func wholeExponent(n *node) (int, bool) {
	sign := 1
	if n.leaf == inner && n.op == vector.Neg {
		sign, n = -1, n.args[0]
	}
	if n.leaf != constant || n.typ != column.Float || !n.unit.Equal(unit.One) {
		return 0, false
	}
	for e := 1; e <= maxExponent; e++ {
		if n.number == float64(e) {
			return sign * e, true
		}
	}
	return 0, false
}

// quantityLiteral is q(400, "W").
func (k *checker) quantityLiteral(n ast.Node, arguments []ast.Node, at diag.Place) *node {
	wrong := func(hint string) *node {
		return k.problem(n, diag.BadValue, hint, "q takes a constant number and a unit")
	}
	const example = `for example q(400, "W")`
	if len(arguments) != 2 {
		return wrong(example)
	}
	text, isText := arguments[1].(*ast.StringNode)
	if name, isName := arguments[1].(*ast.IdentifierNode); isName {
		return wrong(fmt.Sprintf("the unit stands in quotes: %q", name.Value))
	}
	if !isText {
		return wrong(example)
	}
	switch arguments[0].(type) {
	case *ast.IntegerNode, *ast.FloatNode:
	case *ast.UnaryNode:
		return wrong(fmt.Sprintf("write the sign ahead of it: -q(5, %q)", text.Value))
	case *ast.StringNode:
		return wrong("the number is written without quotes")
	default:
		return wrong(fmt.Sprintf("what is no constant is multiplied by one: ... * q(1, %q)", text.Value))
	}
	number := k.node(arguments[0], maxDepth-1)
	if number == nil {
		return nil
	}
	u, err := unit.Parse(text.Value)
	if err != nil {
		return k.problem(arguments[1], diag.BadUnit, "", "%v", err)
	}
	number.unit, number.at = u, at
	return number
}
