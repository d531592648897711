package rules

import (
	"math/rand/v2"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
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

// generator writes random formulas.
type generator struct {
	*rand.Rand
	missing bool // == nil and ?? may stand in them
}

func (g *generator) pick(words ...string) string { return words[g.IntN(len(words))] }

func (g *generator) number(depth int) string {
	if depth <= 0 {
		return g.pick("a", "b", "c", "d", "a", "b", "c", "0.0", "1.0", "2.5", "-3.0", "1e-3", "0.1")
	}
	switch g.IntN(12) {
	case 0, 1:
		return "(" + g.number(depth-1) + " + " + g.number(depth-1) + ")"
	case 2:
		return "(" + g.number(depth-1) + " - " + g.number(depth-1) + ")"
	case 3, 4:
		return "(" + g.number(depth-1) + " * " + g.number(depth-1) + ")"
	case 5:
		return "(" + g.number(depth-1) + " / " + g.number(depth-1) + ")"
	case 6:
		return "(-" + g.number(depth-1) + ")"
	case 7:
		return g.pick("min", "max") + "(" + g.number(depth-1) + ", " + g.number(depth-1) + g.pick("", ", "+g.number(depth-2)) + ")"
	case 8:
		return g.pick("abs", "ceil", "floor", "round", "sqrt", "ceil_pow2") + "(" + g.number(depth-1) + ")"
	case 9:
		return "(" + g.flag(depth-1) + " ? " + g.number(depth-1) + " : " + g.number(depth-1) + ")"
	case 10:
		if g.missing {
			return "(" + g.number(depth-1) + " ?? " + g.number(depth-1) + ")"
		}
	}
	return g.number(0)
}

func (g *generator) text(depth int) string {
	switch {
	case depth > 0 && g.IntN(3) == 0:
		return "(" + g.flag(depth-1) + " ? " + g.text(depth-1) + " : " + g.text(depth-1) + ")"
	case depth > 0 && g.missing && g.IntN(3) == 0:
		return "(" + g.text(depth-1) + " ?? " + g.text(depth-1) + ")"
	}
	return g.pick("s", "t", "s", "t", `"one"`, `"two"`, `"else"`)
}

func (g *generator) flag(depth int) string {
	if depth <= 0 {
		return g.pick("p", "q1", "p", "true", "false")
	}
	switch g.IntN(9) {
	case 0, 1:
		return "(" + g.number(depth-1) + g.pick(" < ", " <= ", " > ", " >= ", " == ", " != ") + g.number(depth-1) + ")"
	case 2:
		return "(" + g.flag(depth-1) + g.pick(" && ", " and ") + g.flag(depth-1) + ")"
	case 3:
		return "(" + g.flag(depth-1) + g.pick(" || ", " or ") + g.flag(depth-1) + ")"
	case 4:
		return "(not " + g.flag(depth-1) + ")"
	case 5:
		return "(" + g.text(depth-1) + g.pick(" == ", " != ") + g.text(depth-1) + ")"
	case 6:
		return "(" + g.text(depth-1) + g.pick(" in ", " not in ") + `["one", "three"])`
	case 7:
		return "(" + g.flag(depth-1) + g.pick(" == ", " != ") + g.flag(depth-1) + ")"
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

// rowsOf makes random columns; a third of the values is missing where they may be.
func (g *generator) rowsOf(n int, words []string) []column.Column {
	valid := func() column.Bitmap {
		if !g.missing || g.IntN(4) == 0 {
			return nil
		}
		b := column.NewBitmap(n)
		for i := range n {
			if g.IntN(3) > 0 {
				b.Set(i)
			}
		}
		return b
	}
	var out []column.Column
	for range 4 {
		c := column.Column{Floats: make([]float64, n), Valid: valid()}
		for i := range c.Floats {
			if c.Valid.Get(i) {
				c.Floats[i] = []float64{0, 1, -1, 2, 0.1, -2.5, 1e300, 1e-300, g.NormFloat64(), g.NormFloat64() * 1e6}[g.IntN(10)]
			}
		}
		out = append(out, c)
	}
	for range 2 {
		c := column.Column{Type: column.String, Codes: make([]int32, n), Valid: valid(), Dict: &column.Dict{Values: words}}
		for i := range c.Codes {
			if c.Valid.Get(i) {
				c.Codes[i] = int32(g.IntN(len(words)))
			}
		}
		out = append(out, c)
	}
	for range 2 {
		c := column.Column{Type: column.Bool, Bools: make([]bool, n), Valid: valid()}
		for i := range c.Bools {
			c.Bools[i] = c.Valid.Get(i) && g.IntN(2) == 0
		}
		out = append(out, c)
	}
	return out
}

// oracleSizes are numbers of rows about the edges of words and of batches.
var oracleSizes = []int{0, 1, 2, 63, 64, 65, 100, 127, 128, 129}

func distinct(words []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, w := range words {
		if !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}
