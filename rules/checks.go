package rules

import (
	"embed"
	"fmt"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// CheckFile is a file of checks: what of an inventory's figures cannot be, or is seldom meant, in the language of the methods. Its checks are
// compiled for a kind of inventory together with those of other files, see CompileChecks. It is immutable and shared.
type CheckFile struct {
	Name   string
	Doc    string
	Checks []*Suspicion

	m     *Method // holds the constants as parameters
	names checkNames
}

// Suspicion is one thing to look for. A finding never changes a result: it asks somebody to look at a row.
type Suspicion struct {
	Name     string
	Kinds    []string // of inventory
	Severity diag.Severity
	Code     diag.Code
	Column   string // at which a finding stands
	Counts   string // a column of words: the check is about all rows together, see Mixed; empty: about each row
	Message  string // {name} and {formula | unit} stand for values of the row
	When     string // the condition, as written
	Why      string
	Hint     string
	Source   string

	file    *CheckFile
	when    *document.Node
	lacking *document.Node
	node    *document.Node
}

//go:embed checks
var checkFiles embed.FS

// EmbeddedChecks are the files of checks that are part of the program, in order of name.
var EmbeddedChecks = sync.OnceValue(func() []*CheckFile {
	var out []*CheckFile
	entries, err := checkFiles.ReadDir("checks")
	if err != nil {
		panic(err) // the files are part of the program
	}
	var probs diag.List
	for _, e := range entries {
		text, err := checkFiles.ReadFile(path.Join("checks", e.Name()))
		if err != nil {
			panic(err)
		}
		out = append(out, LoadChecks(path.Join("rules/checks", e.Name()), text, &probs))
	}
	if err := probs.Err(); err != nil {
		panic(err)
	}
	return out
})

// LoadChecks reads a file of checks. All problems of form go to probs; nil where there are any. Formulas are checked by CompileChecks.
func LoadChecks(name string, text []byte, probs *diag.List) *CheckFile {
	before := probs.Count(diag.Error)
	root := document.Parse(name, text, probs)
	if root == nil {
		return nil
	}
	var raw struct {
		Checks      string         `doc:"checks,required"`
		Doc         string         `doc:"doc,required"`
		Constants   *document.Node `doc:"constants"`
		Definitions *document.Node `doc:"definitions"`
		LookFor     *document.Node `doc:"look_for,required"`
	}
	document.Decode(root, &raw, probs)
	f := &CheckFile{Name: raw.Checks, Doc: raw.Doc, m: &Method{Name: raw.Checks, file: name, root: root}}
	l := &loader{m: f.m, probs: probs}
	l.constants(raw.Constants)
	l.definitions(raw.Definitions, &f.names)
	l.named(raw.LookFor, "check", func(name string, _ diag.Place, value *document.Node) {
		if c := l.check(name, value); c != nil {
			c.file = f
			f.Checks = append(f.Checks, c)
		}
	})
	if probs.Count(diag.Error) > before {
		return nil
	}
	return f
}

// constants reads numbers with unit and source, which formulas name. They have no distribution: nothing is drawn for a check.
func (l *loader) constants(n *document.Node) {
	l.named(n, "constant", func(name string, at diag.Place, value *document.Node) {
		var raw struct {
			Value  float64 `doc:"value,required"`
			Unit   string  `doc:"unit,required"`
			Source string  `doc:"source,required"`
			Doc    string  `doc:"doc"`
		}
		l.decode(value, &raw)
		if value.Get("source") != nil && strings.TrimSpace(raw.Source) == "" {
			l.probs.Add(value.Get("source").Problem(diag.MissingValue, "a constant needs a source"))
		}
		l.m.Parameters = append(l.m.Parameters, Parameter{Name: name, Value: raw.Value, UnitText: raw.Unit, Unit: l.unit(value.Get("unit"), raw.Unit), Source: raw.Source, Doc: raw.Doc, Place: at, node: value})
	})
}

func (l *loader) definitions(n *document.Node, into *checkNames) {
	l.named(n, "definition", func(name string, _ diag.Place, value *document.Node) {
		into.definitions = append(into.definitions, definition{name, value})
	})
}

// check reads one check; nil where its form is wrong.
func (l *loader) check(name string, value *document.Node) *Suspicion {
	before := l.probs.Count(diag.Error)
	var raw struct {
		Kinds    []string       `doc:"kinds,required"`
		Severity string         `doc:"severity,required"`
		Code     string         `doc:"code,required"`
		Column   string         `doc:"column,required"`
		Counts   string         `doc:"counts"`
		When     *document.Node `doc:"when,required"`
		Lacking  *document.Node `doc:"lacking"`
		Message  string         `doc:"message,required"`
		Why      string         `doc:"why,required"`
		Hint     string         `doc:"hint"`
		Source   string         `doc:"source,required"`
	}
	document.Decode(value, &raw, l.probs)
	c := &Suspicion{Name: name, Kinds: raw.Kinds, Code: diag.Code(raw.Code), Column: raw.Column, Counts: raw.Counts, Message: raw.Message, Why: raw.Why, Hint: raw.Hint, Source: raw.Source,
		when: raw.When, lacking: raw.Lacking, node: value}
	if raw.When != nil {
		c.When = strings.Join(strings.Fields(raw.When.Text), " ")
	}
	severity, ok := diag.SeverityNamed(raw.Severity)
	if c.Severity = severity; !ok && raw.Severity != "" {
		l.probs.Add(value.Get("severity").Problem(diag.UnknownName, "a check is an error, a warning or a note, not %q", raw.Severity))
	}
	if raw.Code != "" {
		l.word(value.Get("code"), raw.Code, findingNames())
	}
	if (raw.Lacking != nil) != (raw.Counts != "") {
		l.probs.Add(value.Problem(diag.MissingKey, "counts names a column of words, lacking says of which rows they do not go together: both or neither"))
	}
	if l.probs.Count(diag.Error) > before {
		return nil
	}
	return c
}

func findingNames() []string {
	var out []string
	for _, c := range diag.Findings {
		out = append(out, string(c))
	}
	return out
}

// parts cuts a message into texts and the formulas between them: text, formula, text, ...
func (c *Suspicion) parts() ([]string, error) {
	var out []string
	rest := c.Message
	for {
		text, after, found := strings.Cut(rest, "{")
		out = append(out, text)
		if !found {
			return out, nil
		}
		formula, behind, closed := strings.Cut(after, "}")
		if !closed {
			return nil, fmt.Errorf("{ is not closed by }")
		}
		out, rest = append(out, formula), behind
	}
}

// unitOf parts a formula of a message from the unit in which its value is shown, empty where none is written.
func unitOf(formula string) (text, unitText string) {
	text, unitText, _ = strings.Cut(formula, "|")
	return strings.TrimSpace(text), strings.TrimSpace(unitText)
}

// shownUnit is a unit behind a number, with a space ahead of it.
func shownUnit(u unit.Unit) string {
	if u.Equal(unit.One) {
		return ""
	}
	return " " + show(u)
}

// Constants are the numbers of its file that a check names, in its condition or through a definition, in the order in which the file has them.
func (c *Suspicion) Constants() []Parameter {
	named := map[string]bool{}
	var look func(text string)
	look = func(text string) {
		for _, word := range wordForm.FindAllString(text, -1) {
			if named[word] {
				continue
			}
			named[word] = true
			for _, d := range c.file.names.definitions {
				if d.name == word {
					look(d.expr.Text)
				}
			}
		}
	}
	look(c.When)
	var out []Parameter
	for _, p := range c.file.m.Parameters {
		if named[p.Name] {
			out = append(out, p)
		}
	}
	return out
}

var wordForm = regexp.MustCompile(`[a-z][a-z0-9_]*`)

// Origin says where a check and its bounds come from: its source, and each constant that it names with its value and source.
func (c *Suspicion) Origin() string {
	out := []string{c.Source}
	for _, p := range c.Constants() {
		out = append(out, fmt.Sprintf("%s = %s%s: %s", p.Name, numberText(p.Value), shownUnit(p.Unit), strings.TrimSuffix(p.Source, ".")))
	}
	return strings.Join(out, "; ")
}
