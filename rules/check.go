package rules

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Limits of one formula.
const (
	maxText  = 16 << 10
	maxNodes = 1000
	maxDepth = 64
)

// node is a checked expression: typed, with a unit, and free of anything that has no column kernel. Conversions between units are
// multiplications by a constant, so that what stands below needs no units any more.
type node struct {
	leaf leaf
	op   vector.Op // of what is no leaf
	typ  column.Type
	date bool // a number that is a date: it can only be tested for presence
	unit unit.Unit
	args []*node
	at   diag.Place

	number  float64
	flag    bool
	text    string
	options []string

	column    string
	reference *Reference
	attribute int
	parameter int
	lookup    *lookup
	quantity  *quantity
}

type leaf uint8

const (
	inner leaf = iota
	constant
	columnLeaf
	attributeLeaf
	parameterLeaf
	lookupLeaf
	quantityLeaf
)

// checker turns one formula's text into a node.
type checker struct {
	c     *compiler
	at    *document.Node
	count int
	large bool  // reported as too large
	lines []int // rune offset of each line's start
}

// check parses and types a formula; nil where it has problems.
func (c *compiler) check(at *document.Node) *node {
	if at == nil {
		return nil
	}
	if at.Kind != document.Scalar {
		c.probs.Add(at.Problem(diag.BadType, "expected a formula, found %s", at.Kind))
		return nil
	}
	k := &checker{c: c, at: at, lines: []int{0}}
	text := strings.TrimRight(at.Text, "\n")
	if len(text) > maxText {
		c.probs.Add(at.Problem(diag.TooLarge, "the formula has %d bytes; at most %d are read", len(text), maxText))
		return nil
	}
	depth := 0
	for i, r := range []rune(text) {
		switch r {
		case '\n':
			k.lines = append(k.lines, i+1)
		case '(', '[', '{':
			if depth++; depth > maxDepth {
				c.probs.Add(at.ProblemAt(k.place(i), diag.TooLarge, "brackets nested deeper than %d", maxDepth))
				return nil
			}
		case ')', ']', '}':
			depth--
		}
	}
	config := conf.CreateNew()
	config.MaxNodes = maxNodes
	config.DisableIfOperator = true
	tree, err := parser.ParseWithConfig(text, config)
	if err != nil {
		p := at.Problem(diag.Syntax, "not readable as a formula: %v", err)
		var e *file.Error
		if errors.As(err, &e) && strings.Contains(e.Message, "maximum allowed nodes") {
			k.tooLarge(k.place(e.From))
			return nil
		} else if errors.As(err, &e) {
			p = at.ProblemAt(k.place(e.From), diag.Syntax, "not readable as a formula: %s", e.Message)
		}
		c.probs.Add(p)
		return nil
	}
	return k.node(tree.Node, 0)
}

// place is where a rune of the formula's text stands in its file.
func (k *checker) place(offset int) diag.Place {
	line := 0
	for line+1 < len(k.lines) && k.lines[line+1] <= offset {
		line++
	}
	return k.at.Within(line, offset-k.lines[line])
}

func (k *checker) problem(n ast.Node, code diag.Code, hint, format string, args ...any) *node {
	p := k.at.ProblemAt(k.place(n.Location().From), code, format, args...)
	p.Hint = hint
	k.c.probs.Add(p)
	return nil
}

func (k *checker) node(n ast.Node, depth int) *node {
	if k.count++; k.count > maxNodes || depth > maxDepth {
		return k.tooLarge(k.place(n.Location().From))
	}
	at := k.place(n.Location().From)
	switch n := n.(type) {
	case *ast.IntegerNode:
		return &node{leaf: constant, number: float64(n.Value), at: at}
	case *ast.FloatNode:
		if math.IsInf(n.Value, 0) || math.IsNaN(n.Value) {
			return k.problem(n, diag.BadValue, "", "the number is out of range")
		}
		return &node{leaf: constant, number: n.Value, at: at}
	case *ast.BoolNode:
		return &node{leaf: constant, typ: column.Bool, flag: n.Value, at: at}
	case *ast.StringNode:
		return &node{leaf: constant, typ: column.String, text: n.Value, at: at}
	case *ast.IdentifierNode:
		return k.identifier(n, at)
	case *ast.MemberNode:
		return k.member(n, at)
	case *ast.UnaryNode:
		return k.unary(n, at, depth)
	case *ast.BinaryNode:
		return k.binary(n, at, depth)
	case *ast.ConditionalNode:
		return k.conditional(n, at, depth)
	case *ast.CallNode:
		if id, ok := n.Callee.(*ast.IdentifierNode); ok {
			return k.call(n, id.Value, n.Arguments, at, depth)
		}
	case *ast.BuiltinNode:
		return k.call(n, n.Name, n.Arguments, at, depth)
	case *ast.NilNode:
		return k.problem(n, diag.Refused, "test for a value with x != nil", "nil stands only beside == or !=")
	}
	return k.problem(n, diag.Refused, "a formula is made of numbers, texts, names, + - * /, comparisons, and, or, not, ?:, ??, in a list, and "+strings.Join(functionNames, ", "),
		"this construct is not part of the rules language")
}

func (k *checker) tooLarge(at diag.Place) *node {
	if !k.large {
		k.large = true
		p := k.at.ProblemAt(at, diag.TooLarge, "the formula is too large: at most %d parts, nested at most %d deep", maxNodes, maxDepth)
		p.Hint = "name parts of it as quantities"
		k.c.probs.Add(p)
	}
	return nil
}

// size is the number of parts of a formula.
func (n *node) size() int {
	size := 1
	for _, a := range n.args {
		size += a.size()
	}
	return size
}

func (k *checker) identifier(n *ast.IdentifierNode, at diag.Place) *node {
	out := k.c.resolve(n.Value, func(code diag.Code, hint, format string, args ...any) {
		k.problem(n, code, hint, format, args...)
	})
	if out == nil {
		return nil
	}
	if q := out.quantity; q != nil && q.source.Ladder != "" {
		return k.problem(n, diag.BadValue, fmt.Sprintf("write %s.%s, for example", n.Value, q.rungs[len(q.rungs)-1]), "%s is known at several boundaries: say at which it is read", n.Value)
	}
	out.at = at
	return out
}

func (k *checker) member(n *ast.MemberNode, at diag.Place) *node {
	base, isName := n.Node.(*ast.IdentifierNode)
	property, isText := n.Property.(*ast.StringNode)
	if !isName || !isText || n.Optional {
		return k.problem(n, diag.Refused, "", "only name.name is accepted here")
	}
	out := k.c.resolveMember(base.Value, property.Value, func(code diag.Code, hint, format string, args ...any) {
		k.problem(base, code, hint, format, args...)
	})
	if out != nil {
		out.at = at
	}
	return out
}

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
