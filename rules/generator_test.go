package rules

import (
	"math"
	"math/rand/v2"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// Names that are no numbers in formulas of the oracle: any other is a number without unit.
var (
	textNames = []string{"s", "t", "region", "provider", "phase"}
	flagNames = []string{"p", "q1", "metered"}
)

// oracleSchema has columns of every type, without units.
func oracleSchema() *Schema {
	s := &Schema{Kind: "rows"}
	for _, name := range []string{"a", "b", "c", "d"} {
		s.Fields = append(s.Fields, lca.Field{Name: name, Type: lca.Number})
	}
	for _, name := range []string{"s", "t"} {
		s.Fields = append(s.Fields, lca.Field{Name: name, Type: lca.Text})
	}
	for _, name := range []string{"p", "q1"} {
		s.Fields = append(s.Fields, lca.Field{Name: name, Type: lca.Boolean})
	}
	return s
}

// generator writes random formulas and rows.
type generator struct {
	*rand.Rand
	missing bool // == nil and ?? may stand in formulas, and a third of a row's values is missing
	wild    bool // everything that the language has, and numbers at the edges of what a float64 is
}

func newGenerator(seed uint64) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)), missing: true, wild: true}
}

func (g *generator) pick(words ...string) string { return words[g.IntN(len(words))] }

// one is a number below tame, of a wild generator below wild.
func (g *generator) one(tame, wild int) int {
	if g.wild {
		return g.IntN(wild)
	}
	return g.IntN(tame)
}

// formula writes one of a type by turns.
func (g *generator) formula(turn int) string {
	depth := 1 + turn%5
	switch turn % 8 {
	case 0:
		return g.text(depth)
	case 1, 2:
		return g.flag(depth)
	}
	return g.number(depth)
}

func (g *generator) number(depth int) string {
	if depth <= 0 {
		if g.wild && g.IntN(5) == 0 {
			return g.pick("0", "2", "7", "9007199254740993", "1e308", "5e-324")
		}
		return g.pick("a", "b", "c", "d", "a", "b", "c", "0.0", "1.0", "2.5", "-3.0", "1e-3", "0.1")
	}
	next := func() string { return g.number(depth - 1) }
	switch g.one(12, 17) {
	case 0, 1:
		return "(" + next() + " + " + next() + ")"
	case 2:
		return "(" + next() + " - " + next() + ")"
	case 3, 4:
		return "(" + next() + " * " + next() + ")"
	case 5:
		return "(" + next() + " / " + next() + ")"
	case 6:
		return "(-" + next() + ")"
	case 7:
		return g.pick("min", "max") + "(" + next() + ", " + next() + g.pick("", ", "+g.number(depth-2)) + ")"
	case 8:
		return []string{"abs", "ceil", "floor", "round", "sqrt", "ceil_pow2", "exp", "ln", "log2"}[g.one(6, 9)] + "(" + next() + ")"
	case 9:
		return "(" + g.flag(depth-1) + " ? " + next() + " : " + next() + ")"
	case 10:
		if g.missing {
			return "(" + next() + " ?? " + next() + ")"
		}
	case 12, 13: // whole powers are written out: of small bases only, to stay within what a formula may hold
		base := "(" + g.number(min(depth-1, 1)) + ")"
		if g.IntN(2) == 0 {
			return "pow(" + base + ", " + g.exponent() + ")"
		}
		return "(" + base + g.pick(" ** ", " ^ ") + g.exponent() + ")"
	case 14:
		return "pow(" + next() + ", " + next() + " * 1.5)"
	case 15: // without brackets: the order is the language's
		out := g.pick("a", "b", "-c", "2", "0.5", "-d")
		for range 2 + g.IntN(3) {
			out += g.pick(" + ", " - ", " * ", " / ", " ** ", " - -", " * -") + g.pick("a", "b", "c", "0.5", "2", "d")
		}
		return "(" + out + ")"
	}
	return g.number(0)
}

func (g *generator) exponent() string {
	return g.pick("2", "3", "9", "2.0", "-1", "-2", "-9", "0", "10", "0.5", "-0.5", "1", "c", "1e3")
}

func (g *generator) text(depth int) string {
	switch {
	case depth > 0 && g.IntN(3) == 0:
		return "(" + g.flag(depth-1) + " ? " + g.text(depth-1) + " : " + g.text(depth-1) + ")"
	case depth > 0 && g.missing && g.IntN(3) == 0:
		return "(" + g.text(depth-1) + " ?? " + g.text(depth-1) + ")"
	}
	return []string{"s", "t", "s", "t", `"one"`, `"two"`, `"else"`, `""`}[g.one(7, 8)]
}

func (g *generator) flag(depth int) string {
	if depth <= 0 {
		return g.pick("p", "q1", "p", "true", "false")
	}
	switch g.one(9, 12) {
	case 0, 1:
		return "(" + g.number(depth-1) + g.pick(" < ", " <= ", " > ", " >= ", " == ", " != ") + g.number(depth-1) + ")"
	case 2:
		return "(" + g.flag(depth-1) + g.pick(" && ", " and ") + g.flag(depth-1) + ")"
	case 3:
		return "(" + g.flag(depth-1) + g.pick(" || ", " or ") + g.flag(depth-1) + ")"
	case 4:
		return "(" + g.pick("not ", "!") + g.flag(depth-1) + ")"
	case 5:
		return "(" + g.text(depth-1) + g.pick(" == ", " != ") + g.text(depth-1) + ")"
	case 6:
		return "(" + g.text(depth-1) + g.pick(" in ", " not in ") + `["one", "three"])`
	case 7:
		return "(" + g.flag(depth-1) + g.pick(" == ", " != ") + g.flag(depth-1) + ")"
	case 9:
		return "(" + g.text(depth-1) + g.pick(" in ", " not in ") + g.pick(`[]`, `["two"]`, `["", "one", "two", "three", "else"]`) + ")"
	case 10: // without brackets
		out := g.flag(0)
		for range 2 + g.IntN(3) {
			out += g.pick(" and ", " or ", " && ", " || ") + g.pick("p", "q1", "not p", "!q1", "a < b", "s == t", "c + 1 >= d * 2", `t not in ["one"]`)
		}
		return "(" + out + ")"
	}
	if g.missing {
		value := g.pick(g.number(depth-1), g.text(depth-1), g.flag(depth-1))
		if g.IntN(2) == 0 && !strings.HasPrefix(value, `"`) && value != "true" && value != "false" {
			return "(" + value + g.pick(" == ", " != ") + "nil)"
		}
		return "(" + g.flag(depth-1) + " ?? " + g.flag(depth-1) + ")"
	}
	return g.flag(0)
}

// nastyNumbers are values at the edges of what a float64 is.
var nastyNumbers = []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), 5e-324, -5e-324, 2.2250738585072009e-308, 2.2250738585072014e-308,
	math.MaxFloat64, -math.MaxFloat64, 1e300, 1e-300, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 0.49999999999999994, 4503599627370495.5, 9007199254740993, -9007199254740992, 1 << 63,
	0.1, 1.0 / 3, 2, -2, 3, 4, 8, 9, 10, 1023, 1024, -1074, -1075, 709.782712893384, 709.7827128933841, -745.1332191019411, -745.1332191019412, math.E, math.Pi, 1 + 0x1p-52, 1 - 0x1p-53}

// float is a number; a wild generator's may be nasty, or any bits whatever.
func (g *generator) float() float64 {
	if !g.wild {
		return []float64{0, 1, -1, 2, 0.1, -2.5, 1e300, 1e-300, g.NormFloat64(), g.NormFloat64() * 1e6}[g.IntN(10)]
	}
	switch g.IntN(8) {
	case 0, 1, 2:
		return nastyNumbers[g.IntN(len(nastyNumbers))]
	case 3:
		return math.Float64frombits(g.Uint64())
	case 4:
		return float64(g.IntN(200) - 100)
	}
	return math.Ldexp(g.Float64()-0.5, g.IntN(40)-8)
}

// rowsOf makes random columns for oracleSchema.
func (g *generator) rowsOf(n int, words []string) []column.Column {
	return g.columns(oracleSchema(), n, words)
}

// columns makes random columns for a schema; where values may be missing a third of them is, in three columns of four.
func (g *generator) columns(schema *Schema, n int, words []string) []column.Column {
	dict := &column.Dict{Values: words}
	var out []column.Column
	for _, f := range schema.Fields {
		var c column.Column
		if g.missing && g.IntN(4) > 0 {
			c.Valid = column.NewBitmap(n)
			for i := range n {
				if g.IntN(3) > 0 {
					c.Valid.Set(i)
				}
			}
		}
		switch f.Type {
		case lca.Text:
			c.Type, c.Codes, c.Dict = column.String, make([]int32, n), dict
			for i := range n {
				if c.Valid.Get(i) {
					c.Codes[i] = int32(g.IntN(len(words)))
				}
			}
		case lca.Boolean:
			c.Type, c.Bools = column.Bool, make([]bool, n)
			for i := range n {
				c.Bools[i] = g.IntN(2) == 0 // also where there is none: what stands there means nothing
			}
		default:
			c.Floats = make([]float64, n)
			for i := range n {
				c.Floats[i] = g.float()
			}
		}
		out = append(out, c)
	}
	return out
}

// oracleSizes are numbers of rows about the edges of words and of batches.
var oracleSizes = []int{0, 1, 2, 63, 64, 65, 100, 127, 128, 129}

// schemaOf has a column for each name in a formula.
func schemaOf(tree ast.Node) *Schema {
	names := &nameFinder{}
	ast.Walk(&tree, names)
	s := &Schema{Kind: "rows"}
	seen := map[string]bool{}
	for _, id := range names.found {
		if seen[id.Value] {
			continue
		}
		seen[id.Value] = true
		f := lca.Field{Name: id.Value, Type: lca.Number}
		switch {
		case isIn(id.Value, textNames):
			f.Type = lca.Text
		case isIn(id.Value, flagNames):
			f.Type = lca.Boolean
		}
		s.Fields = append(s.Fields, f)
	}
	return s
}

func isIn(word string, words []string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

// nameFinder gathers the names of columns.
type nameFinder struct{ found []*ast.IdentifierNode }

func (f *nameFinder) Visit(n *ast.Node) {
	if id, ok := (*n).(*ast.IdentifierNode); ok && !isIn(id.Value, functionNames) {
		f.found = append(f.found, id)
	}
}
