package study

import (
	"bytes"
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
	p := LoadPack(pack, probs)
	if m == nil || p == nil {
		return nil
	}
	c := compileMethod(m, p, before, probs)
	if probs.Count(diag.Error) > before {
		return nil
	}
	return c
}

// loadMethod finds a method by name@version or in a file.
func loadMethod(ref string, probs *diag.List) *rules.Method {
	refuse := func(code diag.Code, message, hint string) *rules.Method {
		probs.Add(diag.Problem{Code: code, Place: diag.Place{File: filepath.ToSlash(ref)}, Message: message, Hint: hint})
		return nil
	}
	info, err := os.Stat(ref)
	switch {
	case ref == "-":
		return refuse(diag.Usage, "a file is needed; standard input is not read", "")
	case err == nil && info.IsDir():
		hint := "name the file in it"
		if _, err := os.Stat(filepath.Join(ref, packFile)); err == nil {
			hint = "it holds a factor pack: ailca validate checks it"
		}
		return refuse(diag.NotFound, "is a folder; a method is a file", hint)
	case err != nil && !isPath(ref):
		return embeddedMethod(ref, probs)
	}
	text, err := readBounded(ref)
	if err != nil {
		return refuse(diag.NotFound, cause(err), "")
	}
	if message, hint := notMethod(ref, text); message != "" {
		return refuse(diag.Usage, message, hint)
	}
	return rules.Load(filepath.ToSlash(ref), text, probs)
}

const packFile = "pack.yaml"

// notMethod says what a file is that is plainly something else than a method; message is empty of what may be one.
func notMethod(file string, text []byte) (message, hint string) {
	if isParquet(text) {
		return "this is a Parquet file, not a method", "ailca validate checks inventories"
	}
	var ignored diag.List
	root := document.Parse(file, text, &ignored)
	switch {
	case root.Get("kinds") != nil:
	case root.Get("study") != nil:
		return "this is a study, not a method: ailca validate checks it", "a study names its method: method: ./method.yaml"
	case root.Get("pack") != nil && root.Get("method") == nil:
		return "this is the definition of a factor pack, not a method", "ailca validate checks the pack: name its folder, " + filepath.ToSlash(filepath.Dir(file))
	}
	return "", ""
}

// isParquet knows a Parquet file by how it begins, whatever its name.
func isParquet(text []byte) bool { return bytes.HasPrefix(text, []byte("PAR1")) }

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

// compileMethod compiles a method and checks its examples. What it returns is of use only where there are no errors: where there are no more than the
// given number, from before the method was read.
func compileMethod(m *rules.Method, pack *factors.Pack, before int, probs *diag.List) *Compiled {
	out := &Compiled{Method: m, Pack: pack.Ref(), plan: &plan{method: m, pack: pack, policies: map[string]factors.Policy{}}, maxParts: maxExampleParts}
	out.plan.policy(probs)
	for i := range m.Kinds {
		kind := ofKind(m, i, probs)
		if kind == nil {
			continue
		}
		program := rules.Compile(m, schemaOf(kind, nil), out.plan, nil, probs)
		out.plan.burdens(program, probs)
		out.Programs = append(out.Programs, program)
	}
	for i := range m.Examples {
		if t := rules.NewTrial(m, &m.Examples[i], kinds{}, out.plan, probs); t != nil {
			out.Trials = append(out.Trials, t)
		}
	}
	programs := slices.Clone(out.Programs)
	for _, v := range m.Variants()[1:] { // a formula may be wrong, and a quantity used, under another option alone
		for _, program := range out.Programs {
			if kind, ok := datasets.KindByName(program.Kind); ok && probs.Count(diag.Error) == before {
				programs = append(programs, rules.Compile(v, schemaOf(kind, nil), out.plan, nil, probs))
			}
		}
	}
	if probs.Count(diag.Error) == before { // else what seems unused may be what a mistake hides
		rules.Unused(m, programs, probs)
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
		if categories := p.pack.Categories(p.source(factor)); len(categories) > 0 {
			x := at.Problem(diag.BadValue, "the values of %s are burdens by category (%s): a formula cannot look one up", factor, strings.Join(categories, ", "))
			x.Hint = "an impact multiplies by it: {amount: ..., factor: " + factor + "}"
			probs.Add(x)
		}
	})
}
