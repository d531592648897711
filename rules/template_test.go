package rules

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// format is what the loader knows of one sort of map: its keys, and which of them it must have.
type format struct {
	where          string
	keys, required []string
}

// formats finds the structs that the loader decodes into: those of this package's files whose fields say keys.
func formats(t *testing.T) []format {
	t.Helper()
	others := []string{"checks.go", "ratings.go", "requirements.go", "overrides.go"} // files of their own, which are no methods
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var out []format
	set := token.NewFileSet()
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") || slices.Contains(others, f.Name()) {
			continue
		}
		file, err := parser.ParseFile(set, f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			s, ok := n.(*ast.StructType)
			if !ok {
				return true
			}
			one := format{where: set.Position(s.Pos()).String()}
			for _, field := range s.Fields.List {
				if field.Tag == nil {
					continue
				}
				tag, _ := strconv.Unquote(field.Tag.Value)
				key, option, _ := strings.Cut(reflect.StructTag(tag).Get("doc"), ",")
				if key == "" || key == "@" || key == "-" {
					continue
				}
				one.keys = append(one.keys, key)
				if option == "required" {
					one.required = append(one.required, key)
				}
			}
			if len(one.keys) > 0 {
				out = append(out, one)
			}
			return true
		})
	}
	return out
}

// Whatever key the loader knows stands in the template, in a map of its own sort.
func TestTheTemplateHasEveryKey(t *testing.T) {
	var probs diag.List
	root := document.Parse("template.yaml", []byte(Template("")), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	all := formats(t)
	if len(all) < 20 {
		t.Fatalf("%d sorts of map were found", len(all))
	}
	for _, f := range all {
		var seen []string
		var walk func(n *document.Node)
		walk = func(n *document.Node) {
			if n == nil {
				return
			}
			var keys []string
			for _, field := range n.Fields {
				keys = append(keys, field.Key)
				walk(field.Value)
			}
			for _, item := range n.Items {
				walk(item)
			}
			of := func(set, keys []string) bool {
				return !slices.ContainsFunc(keys, func(k string) bool { return !slices.Contains(set, k) })
			}
			if of(f.keys, keys) && of(keys, f.required) {
				seen = append(seen, keys...)
			}
		}
		walk(root)
		for _, key := range f.keys {
			if !slices.Contains(seen, key) {
				t.Errorf("%s: the template has no %s, or not beside the keys that must be there", f.where, key)
			}
		}
	}
}

func TestTheTemplateIsLimitedToAKind(t *testing.T) {
	if kinds := TemplateKinds(); len(kinds) < 3 || Template("hardware") != "" {
		t.Errorf("%q", kinds)
	}
	for _, kind := range TemplateKinds() {
		var probs diag.List
		m := Load("template.yaml", []byte(Template(kind)), &probs)
		if probs.Err() != nil || len(m.Kinds) != 1 || m.Kinds[0].Kind != kind || strings.Contains(Template(kind), "#@") {
			t.Errorf("%s: %v", kind, probs.Problems())
		}
	}
	if slices.ContainsFunc(EmbeddedNames(), func(name string) bool {
		return strings.Contains(name, "template") || strings.Contains(name, "my-method")
	}) {
		t.Errorf("the template is among the embedded methods: %q", EmbeddedNames())
	}
}
