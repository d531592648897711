package rules

import (
	"fmt"
	"math"
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
			return k.problem(n, diag.BadType, "", "%s takes true or false, not a %s", n.Operator, a.typ)
		}
		return &node{op: vector.Not, typ: column.Bool, args: []*node{a}, at: at}
	}
	return k.problem(n, diag.Refused, "", "the operator %s is not part of the rules language", n.Operator)
}

// number refuses operands that are no numbers, or dates.
func (k *checker) number(n ast.Node, operator string, args ...*node) bool {
	for _, a := range args {
		if a.typ != column.Float {
			k.problem(n, diag.BadType, "", "%s takes numbers, not a %s", operator, a.typ)
			return false
		}
		if a.date {
			k.problem(n, diag.BadType, "the calendar is handled by the kind's period and by time:", "%s takes no dates", operator)
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
	a, b := k.node(n.Left, depth+1), k.node(n.Right, depth+1)
	if a == nil || b == nil {
		return nil
	}
	switch n.Operator {
	case "+", "-":
		if !k.number(n, n.Operator, a, b) {
			return nil
		}
		if b = k.convert(n, b, a.unit, n.Operator); b == nil {
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
		return k.power(n, a, b, at)
	case "<", "<=", ">", ">=":
		if !k.number(n, n.Operator, a, b) {
			return nil
		}
		if b = k.convert(n, b, a.unit, n.Operator); b == nil {
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
		if a.typ != b.typ {
			return k.problem(n, diag.BadType, "", "a %s is never equal to a %s", a.typ, b.typ)
		}
		if a.typ == column.Float {
			if !k.number(n, n.Operator, a, b) {
				return nil
			}
			if b = k.convert(n, b, a.unit, n.Operator); b == nil {
				return nil
			}
		}
		out := &node{op: vector.Equal, typ: column.Bool, args: []*node{a, b}, at: at}
		if n.Operator == "!=" {
			out = &node{op: vector.Not, typ: column.Bool, args: []*node{out}, at: at}
		}
		return out
	case "&&", "and", "||", "or":
		if a.typ != column.Bool || b.typ != column.Bool {
			return k.problem(n, diag.BadType, "", "%s takes true or false, not a %s and a %s", n.Operator, a.typ, b.typ)
		}
		op := vector.And
		if n.Operator == "||" || n.Operator == "or" {
			op = vector.Or
		}
		return &node{op: op, typ: column.Bool, args: []*node{a, b}, at: at}
	case "??":
		if a.typ != b.typ || a.date != b.date {
			return k.problem(n, diag.BadType, "", "both sides of ?? must be of one type, not a %s and a %s", a.typ, b.typ)
		}
		if a.typ == column.Float && !a.date {
			if b = k.convert(n, b, a.unit, "??"); b == nil {
				return nil
			}
		}
		return &node{op: vector.Coalesce, typ: a.typ, date: a.date, args: []*node{a, b}, unit: a.unit, at: at}
	}
	return k.problem(n, diag.Refused, "", "the operator %s is not part of the rules language", n.Operator)
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
			out.options = append(out.options, s.Value)
		}
		if ok {
			return out
		}
	}
	return k.problem(n, diag.BadType, `for example: phase in ["development", "failed"]`, "in takes a text and a list of constant texts")
}

// power expands small whole exponents to products; other powers have no column kernel.
func (k *checker) power(n *ast.BinaryNode, a, b *node, at diag.Place) *node {
	if !k.number(n, n.Operator, a, b) {
		return nil
	}
	e := b.number
	if b.leaf != constant || !b.unit.Equal(unit.One) || e != math.Trunc(e) || e < 1 || e > 9 {
		return k.problem(n, diag.Refused, "", "an exponent must be a whole number from 1 to 9")
	}
	if k.count += int(e-1) * a.size(); k.count > maxNodes {
		return k.tooLarge(k.place(n.Location().From))
	}
	out := a
	for range int(e) - 1 {
		out = &node{op: vector.Mul, args: []*node{out, a}, unit: out.unit.Mul(a.unit), at: at}
	}
	return out
}

func (k *checker) conditional(n *ast.ConditionalNode, at diag.Place, depth int) *node {
	c, a, b := k.node(n.Cond, depth+1), k.node(n.Exp1, depth+1), k.node(n.Exp2, depth+1)
	if a == nil || b == nil || c == nil {
		return nil
	}
	if c.typ != column.Bool {
		return k.problem(n.Cond, diag.BadType, "", "a condition must be true or false, not a %s", c.typ)
	}
	if a.typ != b.typ || a.date != b.date {
		return k.problem(n, diag.BadType, "", "both branches must be of one type, not a %s and a %s", a.typ, b.typ)
	}
	if a.typ == column.Float && !a.date {
		if b = k.convert(n.Exp2, b, a.unit, "?:"); b == nil {
			return nil
		}
	}
	return &node{op: vector.If, typ: a.typ, date: a.date, args: []*node{c, a, b}, unit: a.unit, at: at}
}

// convert brings an operand to another unit of its dimension.
func (k *checker) convert(n ast.Node, a *node, to unit.Unit, operator string) *node {
	f, ok := unit.Factor(a.unit, to)
	if !ok {
		hint := ""
		if a.leaf == constant && a.unit.IsDimensionless() {
			hint = fmt.Sprintf(`a number with a unit is written q(%g, "%s")`, a.number, to)
		}
		return k.problem(n, diag.UnitMismatch, hint, "%s needs values of one dimension: %s is %s, %s is %s", operator, show(to), to.Dimension(), show(a.unit), a.unit.Dimension())
	}
	return scale(a, f, to)
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
