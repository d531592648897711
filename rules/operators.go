package rules

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

func (k *checker) unary(n *ast.UnaryNode, at diag.Place, depth int) *node {
	a := k.node(n.Node, depth+1)
	if a == nil {
		return nil
	}
	switch n.Operator {
	case "-":
		if !k.number(n, "-", a) {
			return nil
		}
		return &node{op: vector.Neg, args: []*node{a}, unit: a.unit, at: at}
	case "+":
		if !k.number(n, "+", a) {
			return nil
		}
		return a
	case "!", "not":
		if a.typ != column.Bool {
			return k.problem(n, diag.BadType, conditionHint(a), "%s takes true or false, not a %s", n.Operator, a.typ)
		}
		return &node{op: vector.Not, typ: column.Bool, args: []*node{a}, at: at}
	}
	return k.problem(n, diag.Refused, operatorHint(n.Operator), "the operator %s is not part of the rules language", n.Operator)
}

// number refuses operands that are no numbers, or dates.
func (k *checker) number(n ast.Node, operator string, args ...*node) bool {
	for _, a := range args {
		if a.typ != column.Float {
			k.problem(n, diag.BadType, numberHint(operator, a), "%s takes numbers, not a %s", operator, a.typ)
			return false
		}
		if a.date {
			k.problem(n, diag.BadType, calendarHint, "%s takes no dates", operator)
			return false
		}
	}
	return true
}

func (k *checker) binary(n *ast.BinaryNode, at diag.Place, depth int) *node {
	if n.Operator == "==" || n.Operator == "!=" {
		if out, handled := k.presence(n, at, depth); handled {
			return out
		}
	}
	if n.Operator == "in" {
		return k.in(n, at, depth)
	}
	if k.chained(n) {
		return k.problem(n.Right, diag.Refused, "write a < b and b < c", "a comparison has two sides: a chain of them is not part of the rules language")
	}
	a := k.node(n.Left, depth+1)
	k.text = a != nil && a.typ == column.String
	b := k.node(n.Right, depth+1)
	k.text = false
	if a == nil || b == nil {
		return nil
	}
	if a.date && b.date && k.c.checks != nil {
		if out := k.dates(n.Operator, a, b, at); out != nil {
			return out
		}
	}
	switch n.Operator {
	case "+", "-":
		if !k.number(n, n.Operator, a, b) {
			return nil
		}
		if b = k.convert(n, b, a, n.Operator); b == nil {
			return nil
		}
		op := vector.Add
		if n.Operator == "-" {
			op = vector.Sub
		}
		return &node{op: op, args: []*node{a, b}, unit: a.unit, at: at}
	case "*":
		if !k.number(n, "*", a, b) {
			return nil
		}
		return &node{op: vector.Mul, args: []*node{a, b}, unit: a.unit.Mul(b.unit), at: at}
	case "/":
		if !k.number(n, "/", a, b) {
			return nil
		}
		return &node{op: vector.Div, args: []*node{a, b}, unit: a.unit.Div(b.unit), at: at}
	case "**", "^":
		if !k.number(n, n.Operator, a, b) {
			return nil
		}
		return k.power(n, n.Operator, n.Left, n.Right, a, b, at)
	case "<", "<=", ">", ">=":
		if !k.number(n, n.Operator, a, b) {
			return nil
		}
		if b = k.convert(n, b, a, n.Operator); b == nil {
			return nil
		}
		if n.Operator[0] == '>' {
			a, b = b, a
		}
		op := vector.Less
		if strings.HasSuffix(n.Operator, "=") {
			op = vector.LessEqual
		}
		return &node{op: op, typ: column.Bool, args: []*node{a, b}, at: at}
	case "==", "!=":
		if a.typ != b.typ || a.date != b.date {
			return k.problem(n, diag.BadType, equalHint(a, b), "a %s is never equal to a %s", kindOf(a), kindOf(b))
		}
		if a.typ == column.Float {
			if !k.number(n, n.Operator, a, b) {
				return nil
			}
			if b = k.convert(n, b, a, n.Operator); b == nil {
				return nil
			}
		}
		if !k.mayBe(n.Right, a, b) || !k.mayBe(n.Left, b, a) {
			return nil
		}
		out := &node{op: vector.Equal, typ: column.Bool, args: []*node{a, b}, at: at}
		if n.Operator == "!=" {
			out = &node{op: vector.Not, typ: column.Bool, args: []*node{out}, at: at}
		}
		return out
	case "&&", "and", "||", "or":
		if a.typ != column.Bool || b.typ != column.Bool {
			hint := conditionHint(a)
			if a.typ == column.Bool {
				hint = conditionHint(b)
			}
			return k.problem(n, diag.BadType, hint, "%s takes true or false, not a %s and a %s", n.Operator, a.typ, b.typ)
		}
		op := vector.And
		if n.Operator == "||" || n.Operator == "or" {
			op = vector.Or
		}
		return &node{op: op, typ: column.Bool, args: []*node{a, b}, at: at}
	case "??":
		if a.typ != b.typ || a.date != b.date {
			return k.problem(n, diag.BadType, "", "both sides of ?? must be of one type, not a %s and a %s", kindOf(a), kindOf(b))
		}
		if a.typ == column.Float && !a.date {
			if b = k.convert(n, b, a, "??"); b == nil {
				return nil
			}
		}
		return &node{op: vector.Coalesce, typ: a.typ, date: a.date, args: []*node{a, b}, unit: a.unit, at: at}
	}
	return k.problem(n, diag.Refused, operatorHint(n.Operator), "the operator %s is not part of the rules language", n.Operator)
}

// chained reports whether a logical and is a chain of comparisons, as in 1 < a < 3: the parser has both sides share what stands in the middle.
func (k *checker) chained(n *ast.BinaryNode) bool {
	right, isBinary := n.Right.(*ast.BinaryNode)
	left, alsoBinary := n.Left.(*ast.BinaryNode)
	if n.Operator != "&&" || !isBinary || !alsoBinary {
		return false
	}
	if left.Operator == "&&" { // a longer chain
		if left, alsoBinary = left.Right.(*ast.BinaryNode); !alsoBinary {
			return false
		}
	}
	return left.Right == right.Left
}

// presence handles x == nil and x != nil.
func (k *checker) presence(n *ast.BinaryNode, at diag.Place, depth int) (*node, bool) {
	side := n.Left
	if _, isNil := n.Right.(*ast.NilNode); !isNil {
		if _, isNil := n.Left.(*ast.NilNode); !isNil {
			return nil, false
		}
		side = n.Right
	}
	a := k.node(side, depth+1)
	if a == nil {
		return nil, true
	}
	out := &node{op: vector.IsNil, typ: column.Bool, args: []*node{a}, at: at}
	if n.Operator == "!=" {
		out = &node{op: vector.Not, typ: column.Bool, args: []*node{out}, at: at}
	}
	return out, true
}

func (k *checker) in(n *ast.BinaryNode, at diag.Place, depth int) *node {
	a := k.node(n.Left, depth+1)
	list, ok := n.Right.(*ast.ArrayNode)
	if a == nil {
		return nil
	}
	out := &node{op: vector.In, typ: column.Bool, args: []*node{a}, at: at}
	if ok && a.typ == column.String {
		for _, item := range list.Nodes {
			s, isText := item.(*ast.StringNode)
			if !isText {
				ok = false
				break
			}
			if !k.mayBe(s, a, &node{leaf: constant, typ: column.String, text: s.Value}) {
				return nil
			}
			out.options = append(out.options, s.Value)
		}
		if ok {
			return out
		}
	}
	if name, isName := n.Right.(*ast.IdentifierNode); isName && a.typ == column.String {
		if words, known := k.c.checks.list(name.Value); known {
			out.options = words
			return out
		}
	}
	hint := `for example: phase in ["development", "failed"]`
	if a.typ == column.Float && !a.date {
		hint = "numbers are compared: x == 1 or x == 2"
	}
	return k.problem(n, diag.BadType, hint, "in takes a text and a list of constant texts")
}

// mayBe refuses to compare a column with a text that cannot stand in it: the comparison would never be true, and nobody would notice.
func (k *checker) mayBe(at ast.Node, a, text *node) bool {
	if a.words == nil || text.leaf != constant || text.choice != nil || slices.Contains(a.words, text.text) {
		return true
	}
	hint := "one of " + strings.Join(a.words, ", ")
	if near := diag.Nearest(text.text, a.words); near != "" {
		hint = "did you mean " + near + "?"
	}
	k.problem(at, diag.UnknownName, hint, "%s is never %q", k.c.m.formula(a), text.text)
	return false
}

func (k *checker) conditional(n *ast.ConditionalNode, at diag.Place, depth int) *node {
	c, a, b := k.node(n.Cond, depth+1), k.node(n.Exp1, depth+1), k.node(n.Exp2, depth+1)
	if a == nil || b == nil || c == nil {
		return nil
	}
	if c.typ != column.Bool {
		return k.problem(n.Cond, diag.BadType, conditionHint(c), "a condition must be true or false, not a %s", kindOf(c))
	}
	if a.typ != b.typ || a.date != b.date {
		return k.problem(n.Exp2, diag.BadType, "", "both branches must be of one type, not a %s and a %s", kindOf(a), kindOf(b))
	}
	if a.typ == column.Float && !a.date {
		if b = k.convert(n.Exp2, b, a, "?:"); b == nil {
			return nil
		}
	}
	return &node{op: vector.If, typ: a.typ, date: a.date, args: []*node{c, a, b}, unit: a.unit, at: at}
}

// convert brings an operand to the unit of another one, of the same dimension.
func (k *checker) convert(n ast.Node, a, to *node, operator string) *node {
	f, ok := unit.Factor(a.unit, to.unit)
	if !ok {
		return k.problem(n, diag.UnitMismatch, k.c.operandHint(a, to), "%s needs values of one dimension: %s is %s, %s is %s", operator,
			show(to.unit), to.unit.Dimension(), show(a.unit), a.unit.Dimension())
	}
	return scale(a, f, to.unit)
}

// scale multiplies by a constant.
func scale(a *node, f float64, to unit.Unit) *node {
	if f == 1 {
		out := *a
		out.unit = to
		return &out
	}
	return &node{op: vector.Mul, args: []*node{a, {leaf: constant, number: f, at: a.at}}, unit: to, at: a.at}
}

func show(u unit.Unit) string {
	if s := u.String(); s != "" {
		return s
	}
	return "1"
}
