package rules

import (
	"fmt"
	"math"

	"github.com/expr-lang/expr/ast"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// value is a cell as the scalar interpreter sees it: nil, float64, string or bool.
type value any

func cell(c *column.Column, i int) value {
	switch {
	case !c.Valid.Get(i):
		return nil
	case c.Type == column.Float:
		return c.Floats[i]
	case c.Type == column.String:
		return c.Dict.Values[c.Codes[i]]
	}
	return c.Bools[i]
}

func vecCell(v *vector.Vec, i int) value {
	switch {
	case !v.Has(i):
		return nil
	case v.Type == column.Float:
		return v.Float(i)
	case v.Type == column.String:
		return v.String(i)
	}
	return v.Bool(i)
}

// interpreter computes a formula for one row, without columns: what a formula means, written as plainly as possible.
type interpreter struct {
	row      map[string]value
	nanInMin bool // a NaN came to a min or max, of which expr makes something else
	zeroAbs  bool // and so of the absolute value of -0
}

func (in *interpreter) eval(n ast.Node) value {
	switch n := n.(type) {
	case *ast.FloatNode:
		return n.Value
	case *ast.IntegerNode:
		return float64(n.Value)
	case *ast.StringNode:
		return n.Value
	case *ast.BoolNode:
		return n.Value
	case *ast.IdentifierNode:
		return in.row[n.Value]
	case *ast.UnaryNode:
		x := in.eval(n.Node)
		switch {
		case x == nil:
			return nil
		case n.Operator == "-":
			return -x.(float64)
		case n.Operator == "+":
			return x
		}
		return !x.(bool)
	case *ast.ConditionalNode:
		switch c := in.eval(n.Cond); c {
		case nil:
			return nil
		case true:
			return in.eval(n.Exp1)
		}
		return in.eval(n.Exp2)
	case *ast.BuiltinNode:
		return in.call(n.Name, n.Arguments)
	case *ast.CallNode:
		return in.call(n.Callee.(*ast.IdentifierNode).Value, n.Arguments)
	case *ast.BinaryNode:
		return in.binary(n)
	}
	panic(fmt.Sprintf("%T", n))
}

func (in *interpreter) binary(n *ast.BinaryNode) value {
	if _, ok := n.Right.(*ast.NilNode); ok {
		return (in.eval(n.Left) == nil) == (n.Operator == "==")
	}
	x := in.eval(n.Left)
	switch n.Operator {
	case "??":
		if x != nil {
			return x
		}
		return in.eval(n.Right)
	case "in":
		if x == nil {
			return nil
		}
		for _, item := range n.Right.(*ast.ArrayNode).Nodes {
			if item.(*ast.StringNode).Value == x {
				return true
			}
		}
		return false
	}
	y := in.eval(n.Right)
	switch n.Operator {
	case "&&", "and", "||", "or":
		decides := n.Operator == "||" || n.Operator == "or"
		switch {
		case x == decides || y == decides:
			return decides
		case x == nil || y == nil:
			return nil
		}
		return !decides
	}
	if x == nil || y == nil {
		return nil
	}
	switch n.Operator {
	case "==":
		return x == y
	case "!=":
		return x != y
	}
	a, b := x.(float64), y.(float64)
	switch n.Operator {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "/":
		return a / b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	case ">=":
		return a >= b
	}
	panic(n.Operator)
}

func (in *interpreter) call(name string, arguments []ast.Node) value {
	var x []float64
	missing := false
	for _, a := range arguments {
		v := in.eval(a)
		if v == nil {
			missing = true
			continue
		}
		x = append(x, v.(float64))
	}
	if missing {
		return nil
	}
	out := x[0]
	switch name {
	case "min", "max":
		in.nanInMin = in.nanInMin || math.IsNaN(out)
		for _, y := range x[1:] {
			in.nanInMin = in.nanInMin || math.IsNaN(y)
			if math.IsNaN(out) {
				break
			}
			if math.IsNaN(y) || name == "min" && y < out || name == "max" && y > out {
				out = y
			}
		}
		return out
	case "abs":
		in.zeroAbs = in.zeroAbs || out == 0 && math.Signbit(out)
		return math.Abs(out)
	case "ceil":
		return math.Ceil(out)
	case "floor":
		return math.Floor(out)
	case "round":
		return math.Round(out)
	case "sqrt":
		return math.Sqrt(out)
	case "ceil_pow2":
		return leastPower(out)
	}
	panic(name)
}

// leastPower counts up from the least power of two that a float64 holds, or down from one.
func leastPower(x float64) float64 {
	switch {
	case math.IsNaN(x) || x < 0:
		return math.NaN()
	case x == 0 || math.IsInf(x, 0):
		return x
	}
	p := 1.0
	for p < x {
		p *= 2
	}
	for p/2 >= x && p/2 > 0 {
		p /= 2
	}
	return p
}

func sameValue(x, y value) bool {
	a, okA := x.(float64)
	b, okB := y.(float64)
	if okA && okB {
		return sameBits(a, b)
	}
	return x == y
}

func rowOf(schema *Schema, columns []column.Column, i int) map[string]value {
	out := map[string]value{}
	for c, f := range schema.Fields {
		out[f.Name] = cell(&columns[c], i)
	}
	return out
}
