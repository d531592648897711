package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/expr-lang/expr/ast"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// The texts of this file tell how the rules language writes what other languages write differently.

const (
	percentHint  = `per cent is written q(5, "%")`
	calendarHint = "the calendar is handled by the kind's period and by an impact's time"
	textHint     = `texts are only compared, with ==, != and in ["a", "b"]`
	choiceHint   = "a choice is written condition ? value : other"
	logicHint    = "logic is written and, or, not"
)

// operatorHints are for operators that the rules language does not have, with what is written instead.
var operatorHints = map[string]string{
	"%":          percentHint + "; there is no remainder",
	"matches":    textHint,
	"contains":   textHint,
	"startsWith": textHint,
	"endsWith":   textHint,
	"..":         "write a <= x and x <= b",
}

func operatorHint(operator string) string { return operatorHints[operator] }

// conditionHint is for what stands in the place of a condition.
func conditionHint(n *node) string {
	switch {
	case n.date:
		return "test for a value with x != nil"
	case n.typ == column.Float:
		return "compare it, for example x > 0, or test for a value with x != nil"
	case n.typ == column.String:
		return `compare it: x == "a" or x == "b", or x in ["a", "b"]`
	}
	return ""
}

// numberHint is for what stands in the place of a number.
func numberHint(operator string, n *node) string {
	switch {
	case n.typ == column.Bool && strings.ContainsAny(operator, "<>"):
		return "a condition is used as it stands: x, or not x"
	case n.typ == column.Bool:
		return "write condition ? 1 : 0"
	case n.leaf == constant:
		if _, err := strconv.ParseFloat(n.text, 64); err == nil {
			return "a number is written without quotes"
		}
	}
	return textHint
}

// equalHint is for two sides of different types.
func equalHint(a, b *node) string {
	if a.date || b.date {
		return calendarHint
	}
	for _, side := range [][2]*node{{a, b}, {b, a}} {
		text, other := side[0], side[1]
		switch {
		case text.typ != column.String:
		case other.leaf == constant && other.typ == column.Float:
			return fmt.Sprintf(`a text is written in quotes: "%g"`, other.number)
		case text.leaf == constant && other.typ == column.Float:
			return "a number is written without quotes"
		case text.leaf == constant && other.typ == column.Bool:
			return "true and false are written without quotes"
		}
	}
	for _, side := range []*node{a, b} {
		if side.typ == column.Bool && side.leaf != constant {
			return "a condition is used as it stands: x, or not x"
		}
	}
	return ""
}

// otherWords are names of other languages.
var otherWords = map[string]string{
	"null": "what has no value is tested with x == nil", "none": "what has no value is tested with x == nil",
	"na": "what has no value is tested with x == nil", "nan": "what has no value is tested with x == nil",
	"true": "true and false are written in small letters", "false": "true and false are written in small letters",
	"e": "a power of e is written exp(x)", "pi": "write its value: 3.141592653589793",
}

// nameHint is for a name that is unknown; near is what the names that are known suggest.
func (k *checker) nameHint(name, near string) string {
	if word, isOther := otherWords[strings.ToLower(name)]; isOther {
		return word
	}
	if slices.Contains(functionNames, name) {
		return "a function is written with its arguments: " + name + "(...)"
	}
	for _, r := range k.c.schema.References {
		for _, f := range r.Fields {
			if f.Name == name {
				return "write " + r.Name + "." + name
			}
		}
		if last := len(r.Fields) - 1; r.Name == name && last >= 0 {
			return "of a table one column is read: " + name + "." + r.Fields[last].Name
		}
	}
	if k.text && !k.nearText(near) {
		return fmt.Sprintf("a text is written in quotes: %q", name)
	}
	if _, _, _, isFactor := k.c.factors.FactorUnit(name); isFactor && near == "" {
		return name + " is a factor: a formula reads it through a lookup, an impact multiplies by it"
	}
	return near
}

// nearText reports whether a suggestion names a text column.
func (k *checker) nearText(suggestion string) bool {
	for _, f := range k.c.schema.Fields {
		if f.Type == lca.Text && suggestion == "did you mean "+f.Name+"?" {
			return true
		}
	}
	return false
}

// maxListed is how many columns of a table a hint lists.
const maxListed = 16

// baseHint is for the first name of name.name, where it is no table and no quantity on a ladder.
func (k *checker) baseHint(name string) string {
	if k.c.probs.Count(diag.Error) >= maxSearches {
		return ""
	}
	var bases []string
	for _, r := range k.c.schema.References {
		if r.Name == name { // it is the second that is unknown
			var columns []string
			for _, f := range r.Fields[:min(len(r.Fields), maxListed)] {
				columns = append(columns, f.Name)
			}
			return "its columns are " + strings.Join(columns, ", ")
		}
		bases = append(bases, r.Name)
	}
	for _, b := range k.c.blocks {
		for i := range b.Quantities {
			if b.Quantities[i].Ladder != "" {
				bases = append(bases, b.Quantities[i].Name)
			}
		}
	}
	if slices.Contains(k.c.names(), name) {
		return name + " is read by its name alone"
	}
	if near := diag.Nearest(name, bases); near != "" {
		return "did you mean " + near + "?"
	}
	if len(bases) == 0 || len(bases) > maxListed {
		return ""
	}
	return "ahead of a point stands " + oneOf(bases)
}

// kindOf is a checked expression's type in words.
func kindOf(n *node) string {
	if n.date {
		return "date"
	}
	return n.typ.String()
}

// constructHint is for what the parser reads and the rules language does not have.
func constructHint(n ast.Node) string {
	switch n.(type) {
	case *ast.VariableDeclaratorNode:
		return "name it as a quantity of its own"
	case *ast.SequenceNode:
		return "a formula is one expression; name the others as quantities"
	case *ast.ChainNode:
		return "write a dot alone: what has no value stays without one"
	case *ast.ArrayNode:
		return `a list stands only behind in: region in ["FRA", "DEU"]`
	case *ast.SliceNode:
		return textHint
	case *ast.CallNode:
		return "a function is written around its argument: abs(x)"
	}
	return "a formula is made of numbers, texts, names, + - * / **, comparisons, and, or, not, ?:, ??, in a list, and " + strings.Join(functionNames, ", ")
}

var (
	choiceWords = regexp.MustCompile(`(?i)(^|\s)(if|then|else)(\s|$)`)
	numberComma = regexp.MustCompile(`[0-9],[0-9]`)
)

// saying is what to say of a parser's message of a form.
type saying struct {
	message *regexp.Regexp
	text    string
}

// syntaxHints are tried in order upon the parser's message. They are made once a formula is wrong: to make them takes longer than most commands.
var syntaxHints = sync.OnceValue(func() []saying {
	return []saying{
		{regexp.MustCompile(`Operator\("==?"\)`), "equality is written ==, at most <=, at least >="},
		{regexp.MustCompile(`Operator\("[<>]"\)`), "inequality is written !=, at most <=, at least >="},
		{regexp.MustCompile(`Operator\("&"\)|U\+007C`), logicHint},
		{regexp.MustCompile(`Operator\(","\)`), "something is missing ahead of the comma"},
		{regexp.MustCompile(`Operator\("[*/+]"\)`), "something is missing ahead of the operator; " + percentHint},
		{regexp.MustCompile(`Operator\("!"\)`), "inequality is written !="},
		{regexp.MustCompile(`(?i)Identifier\("(and|or|not|in)"\)`), "and, or, not and in are written in small letters"},
		{regexp.MustCompile(`Identifier\(|Number\(|String\(`), `an operator is missing; ` + logicHint + `; a list in ["a", "b"]; a number with a unit q(100, "kWh")`},
		{regexp.MustCompile(`bad number syntax`), `a number with a unit is written q(100, "kWh")`},
		{regexp.MustCompile(`unexpected token EOF`), "a value, a closing bracket or the other branch of a choice is missing"},
		{regexp.MustCompile(`Bracket\("[{}]"\)`), "round brackets group: (a + b) * c"},
		{regexp.MustCompile(`Bracket\(`), "brackets are closed in the order in which they were opened"},
		{regexp.MustCompile(`literal not terminated`), "the text has no closing quote"},
		{regexp.MustCompile(`U\+00D7|U\+00B7|U\+22C5`), "a product is written *"},
		{regexp.MustCompile(`U\+00F7`), "a quotient is written /"},
		{regexp.MustCompile(`U\+2212|U\+2013`), "minus is written -"},
		{regexp.MustCompile(`U\+00B[239]|U\+221A`), "powers and roots are written x ** 2, sqrt(x)"},
		{regexp.MustCompile(`U\+2264|U\+2265|U\+2260`), "comparisons are written <=, >=, !="},
		{regexp.MustCompile(`U\+201[CDE]|U\+2018|U\+2019`), `quotes are straight: "text"`},
		{regexp.MustCompile(`coalesce`), "?? binds first: put its operands in brackets"},
		{regexp.MustCompile(`integer literal`), "a large number is written with an exponent: 1e20"},
		{regexp.MustCompile(`out of range|too large`), "numbers go up to 1.8e308"},
	}
})

// syntaxHint says what may have been meant by a text that is no formula.
func syntaxHint(message, text string) string {
	if strings.HasSuffix(strings.TrimSpace(text), "%") {
		return percentHint
	}
	if strings.Contains(message, `Operator(",")`) && numberComma.MatchString(text) {
		return "a number has a point and no separators: 1000.5"
	}
	if strings.Contains(message, "Identifier(") && choiceWords.MatchString(text) {
		return choiceHint
	}
	for _, s := range syntaxHints() {
		if s.message.MatchString(message) {
			return s.text
		}
	}
	return ""
}

// memberHint is for name["name"], where that is what stands.
func memberHint(base *ast.IdentifierNode, property *ast.StringNode) string {
	if base == nil || property == nil || !nameForm.MatchString(property.Value) {
		return ""
	}
	return "write " + base.Value + "." + property.Value
}
