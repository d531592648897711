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
	words   []string // of a text column: all that may stand in it; nil for any

	column    string
	reference *Reference
	attribute int
	parameter int
	lookup    *lookup
	quantity  *quantity
	choice    *Choice  // of a constant text: the choice that it is the taken option of
	derived   *Derived // a symbol made of parameters alone; stands in normal forms only
	tangent   symbol   // of a tangentLeaf: what the quantity is derived by; stands in derivatives only
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
	derivedLeaf
	tangentLeaf
)

// checker turns one formula's text into a node.
type checker struct {
	c     *compiler
	at    *document.Node
	count int
	large bool  // reported as too large
	text  bool  // beside the operator stands a text
	lines []int // rune offset of each line's start
}

// check parses and types a formula; nil where it has problems.
func (c *compiler) check(at *document.Node) *node {
	if at == nil {
		return nil
	}
	if c.probs.Full() {
		return nil // nobody reads as many
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
			p = at.ProblemAt(k.place(e.From), diag.Syntax, "%s", headline(e.Message))
			p.Hint = inBraces(at, syntaxHint(e.Message, text))
		}
		if strings.TrimSpace(text) == "" {
			p = at.Problem(diag.Syntax, "the formula is empty")
		}
		if !at.Cut { // told already
			c.probs.Add(p)
		}
		return nil
	}
	n := k.node(tree.Node, 0)
	if n != nil && len(c.m.Choices) > 0 {
		n = n.decided()
	}
	return n
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
	p.Hint = inBraces(k.at, hint)
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
	return k.problem(n, diag.Refused, constructHint(n), "this construct is not part of the rules language")
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
		if code == diag.UnknownName {
			hint = k.nameHint(n.Value, hint)
		}
		k.problem(n, code, hint, format, args...)
	})
	if out == nil {
		return nil
	}
	if q := out.quantity; q != nil && q.rungs != nil {
		return k.problem(n, diag.BadValue, fmt.Sprintf("write %s.%s, for example", n.Value, q.rungs[len(q.rungs)-1]), "%s is known at several boundaries: say at which it is read", n.Value)
	}
	out.at = at
	return out
}

func (k *checker) member(n *ast.MemberNode, at diag.Place) *node {
	base, isName := n.Node.(*ast.IdentifierNode)
	property, isText := n.Property.(*ast.StringNode)
	if !isName || !isText || n.Optional || n.Location() != property.Location() { // name["name"]
		return k.problem(n, diag.Refused, memberHint(base, property), "only name.name is accepted here")
	}
	out := k.c.resolveMember(base.Value, property.Value, func(code diag.Code, hint, format string, args ...any) {
		if hint == "" && code == diag.UnknownName {
			hint = k.baseHint(base.Value)
		}
		k.problem(base, code, hint, format, args...)
	})
	if out != nil {
		out.at = at
	}
	return out
}
