package rules

import (
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// CheckProgram is the checks of a kind of inventory, compiled to columns. It is immutable and shared by runners.
type CheckProgram struct {
	p      *Program
	checks []compiledCheck
}

type compiledCheck struct {
	*Suspicion
	when    *vector.Expr
	message []shownPart
	counted *vector.Expr // the words of Counts, with their order in words
	words   []string
	lacking *vector.Expr
}

// shownPart is a text, or a value of a row.
type shownPart struct {
	text  string
	value *vector.Expr // nil of a text
	exact bool         // as it stands in the column
	date  bool
	unit  string // behind it
}

// CompileChecks compiles those checks of the files that are for the schema's kind. lists are what may stand behind in, by name. All problems go to
// probs; the program is of use only where they hold no error.
func CompileChecks(files []*CheckFile, schema *Schema, lists map[string][]string, probs *diag.List) *CheckProgram {
	shared := newShared(schema)
	out := &CheckProgram{p: shared.p}
	for _, f := range files {
		c := shared.compiler(f.m, f.names, schema, lists, probs)
		if !c.distinctNames() {
			continue
		}
		for _, check := range f.Checks {
			if slices.Contains(check.Kinds, schema.Kind) {
				if compiled, ok := c.compileCheck(check); ok {
					out.checks = append(out.checks, compiled)
				}
			}
		}
	}
	return out
}

// shared is what compilers of several files have in common: one machine.
type shared struct {
	p      *Program
	slotOf map[slot]int
}

func newShared(schema *Schema) *shared {
	return &shared{&Program{Kind: schema.Kind, builder: &vector.Builder{}, schema: schema}, map[slot]int{}}
}

func (s *shared) compiler(m *Method, names checkNames, schema *Schema, lists map[string][]string, probs *diag.List) *compiler {
	names.lists = lists
	c, _ := newCompiler(m, schema, noFactors{}, probs)
	c.p, c.slotOf, c.checks = s.p, s.slotOf, &names
	return c
}

// condition compiles what is true or false; nil, reported, where it is neither.
func (c *compiler) condition(at *document.Node, what string) *vector.Expr {
	n := c.check(at)
	if n == nil {
		return nil
	}
	if n.typ != column.Bool {
		c.noCondition(at, what, n)
		return nil
	}
	return c.vector(n)
}

func (c *compiler) compileCheck(check *Suspicion) (out compiledCheck, ok bool) {
	before := c.probs.Count(diag.Error)
	out.Suspicion = check
	out.when = c.condition(check.when, "when")
	if _, known := c.field(check.Column); !known {
		c.probs.Add(check.node.Get("column").Problem(diag.UnknownName, "%s has no column %q", c.schema.Kind, check.Column))
	}
	if check.Counts != "" {
		f, known := c.field(check.Counts)
		if !known || f.Type != lca.Text || len(f.Values) == 0 {
			c.probs.Add(check.node.Get("counts").Problem(diag.UnknownName, "%s has no column %q with a list of words", c.schema.Kind, check.Counts))
		} else {
			out.words = f.Values
			out.counted = c.p.builder.Column(c.slot(slot{column: f.Name}), column.String)
		}
		out.lacking = c.condition(check.lacking, "lacking")
		return out, c.probs.Count(diag.Error) == before
	}
	parts, err := check.parts()
	if err != nil {
		c.probs.Add(check.node.Get("message").Problem(diag.Syntax, "%v", err))
	}
	for i, text := range parts {
		part := shownPart{text: text}
		if i%2 == 1 {
			part = c.shown(check.node.Get("message"), text)
		}
		out.message = append(out.message, part)
	}
	return out, c.probs.Count(diag.Error) == before
}

// shown compiles a formula of a message.
func (c *compiler) shown(at *document.Node, formula string) (part shownPart) {
	text, unitText := unitOf(formula)
	within := *at // problems stand at the message
	within.Text = text
	n := c.check(&within)
	if n == nil {
		return part
	}
	if unitText != "" {
		u, err := unit.Parse(unitText)
		if err != nil {
			c.probs.Add(at.Problem(diag.BadUnit, "%v", err))
			return part
		}
		if n = c.measured(&within, u, unitText, "a value of the message"); n == nil {
			return part
		}
	}
	part.exact, part.date = n.leaf == columnLeaf || n.leaf == attributeLeaf || n.leaf == parameterLeaf, n.date
	if n.typ == column.Float && !n.date {
		part.unit = shownUnit(n.unit)
	}
	part.value = c.vector(n)
	return part
}

// Columns are the inventory's columns that the checks read.
func (p *CheckProgram) Columns() []string { return p.p.Columns() }

// Checks are the checks, in the order in which CheckRunner numbers them.
func (p *CheckProgram) Checks() []*Suspicion {
	out := make([]*Suspicion, len(p.checks))
	for i := range p.checks {
		out[i] = p.checks[i].Suspicion
	}
	return out
}

// counts writes how many rows have each word, those that none has left out.
func (c *compiledCheck) counts(of []int64) string {
	var out []string
	for i, word := range c.words {
		if of[i] > 0 {
			out = append(out, word+" "+numberText(float64(of[i])))
		}
	}
	return strings.Join(out, ", ")
}
