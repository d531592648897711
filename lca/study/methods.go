package study

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/names"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Compiled is a method compiled for every kind of inventory that it has rules for, against the factors of a pack.
type Compiled struct {
	Method   *rules.Method
	Pack     string           // name@version
	Programs []*rules.Program // in the order of the method's kinds
	Trials   []*rules.Trial   // of the method's examples, in order

	plan     *plan
	maxParts int // of what RunExamples compiles
}

// CheckMethod loads a method, an embedded one by name@version or a file, and compiles it. The pack is name@version of an embedded one, a folder, or
// empty for the newest embedded one. All problems go to probs; the result is nil where there are errors.
func CheckMethod(ref, pack string, probs *diag.List) *Compiled {
	before := probs.Count(diag.Error)
	m := loadMethod(ref, probs)
	p := loadPack(pack, probs)
	if m == nil || p == nil {
		return nil
	}
	c := compileMethod(m, p, probs)
	if probs.Count(diag.Error) > before {
		return nil
	}
	return c
}

// loadMethod finds a method by name@version or in a file.
func loadMethod(ref string, probs *diag.List) *rules.Method {
	if !isPath(ref) {
		if info, err := os.Stat(ref); err != nil || info.IsDir() {
			return embeddedMethod(ref, probs)
		}
	}
	text, err := readBounded(ref)
	if err != nil {
		probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: filepath.ToSlash(ref)}, Message: cause(err)})
		return nil
	}
	return rules.Load(filepath.ToSlash(ref), text, probs)
}

// embeddedMethod loads an embedded method; a name without version is refused with those that there are.
func embeddedMethod(ref string, probs *diag.List) *rules.Method {
	if strings.Contains(ref, "@") {
		return rules.Embedded(ref, probs)
	}
	p := diag.Problem{Code: diag.NotFound, Message: fmt.Sprintf("%q is neither a file nor the name@version of an embedded method", ref),
		Hint: "embedded: " + strings.Join(rules.EmbeddedNames(), ", ")}
	for _, name := range rules.EmbeddedNames() {
		if strings.HasPrefix(name, ref+"@") {
			p.Hint = "did you mean " + name + "?"
		}
	}
	probs.Add(p)
	return nil
}

// loadPack finds a factor pack: the newest embedded one where ref is empty.
func loadPack(ref string, probs *diag.List) *factors.Pack {
	if ref == "" {
		known := factors.EmbeddedNames()
		ref = known[len(known)-1]
	}
	if info, err := os.Stat(ref); err == nil && info.IsDir() {
		return loadFolder(ref, probs)
	} else if isPath(ref) {
		message := "is not a folder"
		if err != nil {
			message = "there is no such folder"
		}
		probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: filepath.ToSlash(ref)}, Message: message})
		return nil
	}
	return factors.Embedded(ref, probs)
}

// loadFolder loads the pack that a folder holds.
func loadFolder(path string, probs *diag.List) *factors.Pack {
	at := filepath.Clean(path)
	return factors.Load(os.DirFS(filepath.Dir(at)), filepath.Base(at), probs)
}

// compileMethod compiles a method and checks its examples. What it returns is of use only where there are no errors.
func compileMethod(m *rules.Method, pack *factors.Pack, probs *diag.List) *Compiled {
	before := probs.Count(diag.Error)
	out := &Compiled{Method: m, Pack: pack.Ref(), plan: &plan{method: m, pack: pack, policies: map[string]factors.Policy{}}, maxParts: maxExampleParts}
	out.plan.policy(probs)
	for _, k := range m.Kinds {
		kind, ok := datasets.KindByName(k.Kind)
		if !ok {
			p := diag.Problem{Code: diag.UnknownName, Place: k.Place, Message: fmt.Sprintf("there is no kind of inventory named %q", k.Kind), Hint: "one of " + strings.Join(datasets.KindNames(), ", ")}
			if near := diag.Nearest(k.Kind, datasets.KindNames()); near != "" {
				p.Hint = "did you mean " + near + "?"
			}
			probs.Add(p)
			continue
		}
		program := rules.Compile(m, schemaOf(kind, nil), out.plan, nil, probs)
		out.plan.burdens(program, probs)
		out.Programs = append(out.Programs, program)
	}
	if probs.Count(diag.Error) == before && len(out.Programs) == len(m.Kinds) {
		rules.Unused(m, out.Programs, probs)
	}
	for i := range m.Examples {
		if t := rules.NewTrial(m, &m.Examples[i], kinds{}, out.plan, probs); t != nil {
			out.Trials = append(out.Trials, t)
		}
	}
	return out
}

// Description is the method as a person reads it.
func (c *Compiled) Description() *rules.Description {
	return rules.Describe(c.Method, c.Programs, c.plan)
}

// maxExampleParts bounds what all examples of a method compile together: each compiles the method anew, for its tables are its own.
const maxExampleParts = 250_000

// RunExamples runs the method's examples, in order, and gives the checks of each that was run. What differs from the expectation goes to probs.
func (c *Compiled) RunExamples(ctx context.Context, probs *diag.List) ([][]rules.Check, error) {
	var out [][]rules.Check
	parts := 0
	for _, t := range c.Trials {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if parts > c.maxParts {
			p := t.Example.At.Problem(diag.TooLarge, "the examples up to here compile formulas of more than %d parts: no more are run", c.maxParts)
			p.Hint = "run fewer, or shorten the method"
			probs.Add(p)
			break
		}
		out = append(out, t.Run(probs))
		parts += t.Parts()
	}
	return out, nil
}

// kinds tells the rules of the kinds of inventory.
type kinds struct{}

func (kinds) Schema(name string) (s *rules.Schema, id string, ok bool) {
	kind, ok := datasets.KindByName(name)
	if !ok {
		return nil, "", false
	}
	return schemaOf(kind, nil), kind.ID, true
}

// Fault checks words, codes and bounds as the kind's file states them.
func (kinds) Fault(name string, field lca.Field, text string, number float64) string {
	kind, _ := datasets.KindByName(name)
	f, ok := kind.Column(field.Name)
	if !ok {
		return ""
	}
	with := ""
	if f.Unit != "" && f.Unit != "1" {
		with = " " + f.Unit
	}
	switch {
	case f.Values != nil && !slices.Contains(f.Values, text):
		return fmt.Sprintf("%q is not a value of %s, which are %s", text, f.Name, strings.Join(f.Values, ", "))
	case f.Registry != "" && !isRegion(text):
		return fmt.Sprintf("%s %q is not in the registry of %s", f.Name, text, f.Registry)
	case f.Min != nil && number < *f.Min:
		return fmt.Sprintf("%s is %v%s; it cannot be below %v", f.Name, number, with, *f.Min)
	case f.Max != nil && number > *f.Max:
		return fmt.Sprintf("%s is %v%s; it cannot be above %v", f.Name, number, with, *f.Max)
	}
	return ""
}

func isRegion(code string) bool {
	_, ok := names.Regions().Lookup(code)
	return ok
}

// burdens refuses lookups, inside formulas, of factors whose values are by category.
func (p *plan) burdens(program *rules.Program, probs *diag.List) {
	program.EachLookup(func(factor string, at *document.Node) {
		if categories := p.pack.Categories(factor); len(categories) > 0 {
			x := at.Problem(diag.BadValue, "the values of %s are burdens by category (%s): a formula cannot look one up", factor, strings.Join(categories, ", "))
			x.Hint = "an impact multiplies by it: {amount: ..., factor: " + factor + "}"
			probs.Add(x)
		}
	})
}
