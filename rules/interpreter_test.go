package rules

import (
	"fmt"
	"math"

	"github.com/expr-lang/expr/ast"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/elementary"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// value is a cell as the scalar interpreter sees it: nil, float64, string or bool; where it does as expr does with integers, an int too.
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

// difference is a point in which the rules language differs from expr's virtual machine on rows without missing values.
type difference uint8

const (
	nanInMin difference = 1 << iota
	absOfZero
	wholePower
	otherPower
	integers

	likeExpr = nanInMin | absOfZero | wholePower | otherPower | integers
)

// differences are all of them, with their reasons.
var differences = []struct {
	is     difference
	reason string
}{
	{nanInMin, "min and max: expr drops a NaN that does not stand first; here a NaN comes out wherever it stands"},
	{absOfZero, "abs(-0): expr leaves the sign; here it is 0, as of every other negative number"},
	{wholePower, "a whole constant power: expr calls math.Pow, or what pow is given as; here it is a product, as its unit is"},
	{otherPower, "any other x ** y: expr calls math.Pow, whose bits differ from machine to machine; here it is elementary.Pow"},
	{integers, "literals without a point: expr's are integers, whose 0 has no sign and whose sums wrap; here every number is a float64"},
}

// interpreter computes a formula for one row, without columns: what a formula means, written as plainly as possible. In the differences
// that it is told it does what expr does.
type interpreter struct {
	row  map[string]value
	like difference
}

func (in *interpreter) eval(n ast.Node) value {
	switch n := n.(type) {
	case *ast.FloatNode:
		return n.Value
	case *ast.IntegerNode:
		if in.like&integers != 0 {
			return n.Value
		}
		return float64(n.Value)
	case *ast.StringNode:
		return n.Value
	case *ast.BoolNode:
		return n.Value
	case *ast.IdentifierNode:
		return in.row[n.Value]
	case *ast.UnaryNode:
		x := in.eval(n.Node)
		if x == nil || n.Operator == "+" {
			return x
		}
		switch x := x.(type) {
		case int:
			return -x
		case float64:
			return -x
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
	if _, ok := n.Left.(*ast.NilNode); ok {
		return (in.eval(n.Right) == nil) == (n.Operator == "==")
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
	case "==", "!=":
		if numeric(x) {
			x, y = toFloat(x), toFloat(y)
		}
		return (x == y) == (n.Operator == "==")
	case "**", "^":
		if in.like&otherPower != 0 {
			if times := wholeNumber(n.Right); times == 0 || in.like&wholePower != 0 {
				return math.Pow(toFloat(x), toFloat(y))
			}
		}
		return in.power(n.Right, toFloat(x), toFloat(y))
	}
	if i, ok := x.(int); ok {
		if j, ok := y.(int); ok {
			switch n.Operator {
			case "+":
				return i + j
			case "-":
				return i - j
			case "*":
				return i * j
			}
		}
	}
	a, b := toFloat(x), toFloat(y)
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

// power takes a whole constant power by multiplying.
func (in *interpreter) power(exponent ast.Node, x, y float64) value {
	times := wholeNumber(exponent)
	if times == 0 || in.like&wholePower != 0 {
		return elementary.Pow(x, y)
	}
	out := x
	for range max(times, -times) - 1 {
		out *= x
	}
	if times < 0 {
		return 1 / out
	}
	return out
}

// wholeNumber is a literal from 1 to 9, or its negation; 0 of anything else.
func wholeNumber(n ast.Node) int {
	switch n := n.(type) {
	case *ast.UnaryNode:
		if n.Operator == "-" {
			if times := wholeNumber(n.Node); times > 0 {
				return -times
			}
		} else if n.Operator == "+" {
			return wholeNumber(n.Node)
		}
	case *ast.IntegerNode:
		if n.Value >= 1 && n.Value <= 9 {
			return n.Value
		}
	case *ast.FloatNode:
		if n.Value == math.Trunc(n.Value) && n.Value >= 1 && n.Value <= 9 {
			return int(n.Value)
		}
	}
	return 0
}

func (in *interpreter) call(name string, arguments []ast.Node) value {
	x := make([]value, len(arguments))
	for i, a := range arguments {
		if x[i] = in.eval(a); x[i] == nil {
			return nil
		}
	}
	switch name {
	case "min", "max":
		out := x[0]
		for _, y := range x[1:] {
			a, b := toFloat(out), toFloat(y)
			switch {
			case name == "min" && b < a || name == "max" && b > a:
				out = y
			case in.like&nanInMin == 0 && !math.IsNaN(a) && math.IsNaN(b):
				out = y
			}
		}
		return out
	case "abs":
		if i, ok := x[0].(int); ok {
			return max(i, -i)
		}
		if in.like&absOfZero != 0 && x[0] == 0.0 {
			return x[0]
		}
		return math.Abs(x[0].(float64))
	}
	a := toFloat(x[0])
	switch name {
	case "ceil":
		return math.Ceil(a)
	case "floor":
		return math.Floor(a)
	case "round":
		return math.Round(a)
	case "sqrt":
		return math.Sqrt(a)
	case "exp":
		return elementary.Exp(a)
	case "ln":
		return elementary.Ln(a)
	case "log2":
		return elementary.Log2(a)
	case "pow":
		return in.power(arguments[1], a, toFloat(x[1]))
	case "ceil_pow2":
		return leastPower(a)
	}
	panic(name)
}

// leastPower is the least power of two that is not below x.
func leastPower(x float64) float64 {
	switch {
	case math.IsNaN(x) || x < 0:
		return math.NaN()
	case x == 0 || math.IsInf(x, 1):
		return x
	}
	fraction, exponent := math.Frexp(x)
	if fraction == 0.5 {
		return x
	}
	return math.Ldexp(1, exponent)
}

func numeric(x value) bool {
	switch x.(type) {
	case int, float64:
		return true
	}
	return false
}

func toFloat(x value) float64 {
	if i, ok := x.(int); ok {
		return float64(i)
	}
	return x.(float64)
}

// sameValue compares by bits; an integer is the number that it stands for.
func sameValue(x, y value) bool {
	if numeric(x) && numeric(y) {
		return sameBits(toFloat(x), toFloat(y))
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
