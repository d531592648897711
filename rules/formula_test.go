package rules

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// equalNodes compares all but places; units by scale and dimension.
func equalNodes(a, b *node) bool {
	return a.leaf == b.leaf && a.op == b.op && a.typ == b.typ && a.date == b.date && (a.unit.Equal(b.unit) || !a.unit.Valid() && !b.unit.Valid()) &&
		a.number == b.number && a.flag == b.flag && a.text == b.text && slices.Equal(a.options, b.options) && a.column == b.column &&
		a.reference == b.reference && a.attribute == b.attribute && a.parameter == b.parameter && a.lookup == b.lookup && a.quantity == b.quantity &&
		slices.EqualFunc(a.args, b.args, equalNodes)
}

// checked reads a formula over a schema; nil where it is refused.
func checked(m *Method, schema *Schema, text string) (*node, error) {
	var probs diag.List
	c := &compiler{m: m, schema: schema, probs: &probs, p: &Program{}}
	n := c.check(&document.Node{Kind: document.Scalar, Text: text})
	return n, probs.Err()
}

func TestAWrittenFormulaReadsBackToAnEqualOne(t *testing.T) {
	schema := oracleSchema()
	m := &Method{}
	formulas := 3000
	if testing.Short() {
		formulas = 300
	}
	for _, missing := range []bool{false, true} {
		g := &generator{Rand: rand.New(rand.NewPCG(11, 12)), missing: missing}
		compared := 0
		for i := range formulas {
			text := []func(int) string{g.number, g.flag, g.text}[i%3](1 + i%6)
			first, err := checked(m, schema, text)
			if err != nil {
				continue // the generator writes some that are refused, too deep ones for example
			}
			compared++
			written := m.formula(first)
			second, err := checked(m, schema, written)
			if err != nil {
				t.Fatalf("%s\nis written as\n%s\nwhich is refused: %v", text, written, err)
			}
			if !equalNodes(first, second) {
				t.Fatalf("%s\nis written as\n%s\nwhich is another formula", text, written)
			}
			if again := m.formula(second); again != written {
				t.Fatalf("%s is written as %s", written, again)
			}
		}
		if compared < formulas*9/10 {
			t.Errorf("%d of %d formulas were compared", compared, formulas)
		}
	}
}

// unitSchema has columns with units.
func unitSchema() *Schema {
	s := &Schema{Kind: "runs"}
	for _, f := range []struct{ name, unit string }{{"time", "h"}, {"days", "d"}, {"power", "W"}, {"energy", "kWh"}, {"heat", "MJ"}, {"side", "mm"}, {"share", "%"}, {"pure", "1"}, {"more", "Wh/kWh"}} {
		s.Fields = append(s.Fields, lca.Field{Name: f.name, Type: lca.Number, Unit: f.unit})
	}
	s.Fields = append(s.Fields, lca.Field{Name: "word", Type: lca.Text}, lca.Field{Name: "day", Type: lca.Date})
	return s
}

func TestFormulasAreWrittenWithFewBracketsAndTheirUnits(t *testing.T) {
	m := &Method{Parameters: []Parameter{{Name: "load"}}}
	for _, c := range []struct{ name, formula, written, arithmetic string }{
		{"a product", "(time * power)", "time * power", "time · power"},
		{"brackets that matter", "time * (power + q(1, \"kW\"))", `time * (power + q(1, "kW"))`, `time · (power + q(1, "kW") · 1000)`},
		{"brackets that do not", "(time * power) + (energy)", "time * power + energy", "time · power + energy · 1000"},
		{"a difference of a difference", "energy - (energy - energy)", "energy - (energy - energy)", "energy - (energy - energy)"},
		{"a quotient of a product", "energy / (time * power)", "energy / (time * power)", "energy / (time · power)"},
		{"a quotient of a quotient", "energy / time / power", "energy / time / power", "energy / time / power"},
		{"a conversion by a whole divisor", "energy + heat", "energy + heat", "energy + heat · 0.2777777777777778"},
		{"a conversion to a larger unit", "days + time", "days + time", "days + time / 24"},
		{"a number taken of per cent", "exp(share)", "exp(share)", "exp(share / 100)"},
		{"a ratio of equal scales", "ln(energy / energy) + ln(more)", "ln(energy / energy) + ln(more)", "ln(energy / energy) + ln(more / 1000)"},
		{"a whole power", "side ** 3", "side * side * side", "side · side · side"},
		{"a negative power", "side ** -2", "1 / (side * side)", "1 / (side · side)"},
		{"another power", "pure ** 0.5 * pow(pure, load)", "pow(pure, 0.5) * pow(pure, load)", "pow(pure, 0.5) · pow(pure, load)"},
		{"min of several", "min(energy, heat, energy)", "min(energy, heat, energy)", "min(energy, heat · 0.2777777777777778, energy)"},
		{"min within max", "max(energy, min(energy, heat))", "max(energy, min(energy, heat))", "max(energy, min(energy, heat · 0.2777777777777778))"},
		{"greater, with a conversion", "energy > heat ? 1 : 0", "energy > heat ? 1 : 0", "energy > heat · 0.2777777777777778 ? 1 : 0"},
		{"greater, without", "energy >= energy", "energy <= energy", "energy <= energy"},
		{"less, with a conversion", "energy <= heat", "energy <= heat", "energy <= heat · 0.2777777777777778"},
		{"a negated list", `not (word in ["a", "b\"c"])`, `word not in ["a", "b\"c"]`, `word not in ["a", "b\"c"]`},
		{"presence", "day != nil and not (word == nil or word == \"x\")", `day != nil and not (word == nil or word == "x")`, `day != nil and not (word == nil or word == "x")`},
		{"or within and", "(word == \"a\" or word == \"b\") and (word == \"c\" and word == \"d\")", `(word == "a" or word == "b") and (word == "c" and word == "d")`, `(word == "a" or word == "b") and (word == "c" and word == "d")`},
		{"choices within a choice", "word == \"a\" ? (word == \"b\" ? 1 : 2) : word == \"c\" ? 3 : 4", `word == "a" ? word == "b" ? 1 : 2 : word == "c" ? 3 : 4`, `word == "a" ? word == "b" ? 1 : 2 : word == "c" ? 3 : 4`},
		{"a choice in a sum", "1 + (word == \"a\" ? 2 : 3)", `1 + (word == "a" ? 2 : 3)`, `1 + (word == "a" ? 2 : 3)`},
		{"alternatives", "((energy ?? heat) ?? energy) + (energy + (energy ?? heat))", "(energy ?? heat ?? energy) + (energy + (energy ?? heat))", ""},
		{"a sign", "-(energy + energy) * -energy", "-(energy + energy) * -energy", "-(energy + energy) · -energy"},
		{"small and large numbers", "pure * 1e-9 + 6.02e23 + 1000000 + 0.25", "pure * 1e-09 + 6.02e23 + 1000000 + 0.25", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := checked(m, unitSchema(), c.formula)
			if err != nil {
				t.Fatal(err)
			}
			written := m.formula(n)
			if written != c.written {
				t.Errorf("written as %s, want %s", written, c.written)
			}
			if got := m.arithmetic(n, bindsChoice); c.arithmetic != "" && got != c.arithmetic {
				t.Errorf("computed as %s, want %s", got, c.arithmetic)
			}
			again, err := checked(m, unitSchema(), written)
			if err != nil || !equalNodes(n, again) {
				t.Errorf("%s is another formula: %v", written, err)
			}
		})
	}
}
