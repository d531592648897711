package rules

import (
	"github.com/expr-lang/expr/ast"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// functionNames are the functions of the rules language.
var functionNames = []string{"q", "min", "max", "abs", "ceil", "floor", "round", "sqrt", "ceil_pow2"}

// functions of numbers that keep or need a unit: "keep" gives the argument's unit, "one" takes dimensionless numbers alone.
var functions = map[string]struct {
	op    vector.Op
	arity int // of min and max: 2 or more
	unit  string
}{
	"min":       {vector.Min, -2, "keep"},
	"max":       {vector.Max, -2, "keep"},
	"abs":       {vector.Abs, 1, "keep"},
	"ceil":      {vector.Ceil, 1, "one"},
	"floor":     {vector.Floor, 1, "one"},
	"round":     {vector.Round, 1, "one"},
	"sqrt":      {vector.Sqrt, 1, "one"},
	"ceil_pow2": {vector.CeilPow2, 1, "one"},
}

func (k *checker) call(n ast.Node, name string, arguments []ast.Node, at diag.Place, depth int) *node {
	if name == "q" {
		return k.quantityLiteral(n, arguments, at)
	}
	f, ok := functions[name]
	if !ok {
		hint := "known functions: q, min, max, abs, ceil, floor, round, sqrt, ceil_pow2"
		if near := diag.Nearest(name, functionNames); near != "" {
			hint = "did you mean " + near + "?"
		}
		return k.problem(n, diag.UnknownName, hint, "the function %s is not part of the rules language", name)
	}
	if f.arity > 0 && len(arguments) != f.arity || f.arity < 0 && len(arguments) < -f.arity {
		return k.problem(n, diag.BadValue, "", "%s takes %d numbers, not %d", name, max(f.arity, -f.arity), len(arguments))
	}
	var args []*node
	for _, a := range arguments {
		arg := k.node(a, depth+1)
		if arg == nil || !k.number(a, name, arg) {
			return nil
		}
		args = append(args, arg)
	}
	out := args[0]
	if f.unit == "one" {
		if out = k.convert(arguments[0], out, unit.One, name); out == nil {
			return nil
		}
		return &node{op: f.op, args: []*node{out}, at: at}
	}
	if len(args) == 1 {
		return &node{op: f.op, args: args, unit: out.unit, at: at}
	}
	for i, a := range args[1:] {
		if a = k.convert(arguments[i+1], a, out.unit, name); a == nil {
			return nil
		}
		out = &node{op: f.op, args: []*node{out, a}, unit: out.unit, at: at}
	}
	return out
}

// quantityLiteral is q(400, "W").
func (k *checker) quantityLiteral(n ast.Node, arguments []ast.Node, at diag.Place) *node {
	wrong := func() *node {
		return k.problem(n, diag.BadValue, `for example q(400, "W")`, "q takes a constant number and a unit")
	}
	if len(arguments) != 2 {
		return wrong()
	}
	text, isText := arguments[1].(*ast.StringNode)
	switch arguments[0].(type) {
	case *ast.IntegerNode, *ast.FloatNode:
	default:
		isText = false
	}
	if !isText {
		return wrong()
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
