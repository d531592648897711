package lca_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/ai-impact-observatory/ailca"

// A wall keeps an import out of some packages. Packages of this module are written without the module's path; a name covers
// what stands below it. A wall holds for tests too, unless it says otherwise.
type wall struct {
	name     string
	imports  []string // what may not be imported ...
	by       []string // ... by these packages; nil: by any
	save     []string // ... save by these
	notTests bool     // tests may
}

var walls = []wall{
	{name: "siblings do not import each other", by: []string{"factors"}, imports: []string{"rules", "datasets", "reports"}},
	{name: "siblings do not import each other", by: []string{"rules"}, imports: []string{"factors", "datasets", "reports"}},
	{name: "siblings do not import each other", by: []string{"datasets"}, imports: []string{"factors", "rules", "reports"}},
	{name: "siblings do not import each other", by: []string{"reports"}, imports: []string{"factors", "rules", "datasets"}},
	{name: "only lca/study and cmd join the siblings", by: []string{"lca"}, save: []string{"lca/study"}, imports: []string{"factors", "rules", "datasets", "reports"}},
	{name: "publishing a folder needs no sibling", by: []string{"lca/study/output"}, imports: []string{"factors", "rules", "datasets", "reports"}},
	{name: "only cmd runs a study", imports: []string{"lca/study"}, save: []string{"lca/study", "cmd"}},
	{name: "nothing imports cmd", imports: []string{"cmd"}},
	{name: "reports compute no impact", by: []string{"reports"}, imports: []string{"lca/engine", "lca/amounts"}},
	{name: "expr stays under rules", imports: []string{"github.com/expr-lang"}, save: []string{"rules"}},
	{name: "Parquet libraries stay under datasets/parquet", imports: []string{"github.com/apache/arrow", "github.com/xitongsys"}, save: []string{"datasets/parquet"}},
	{name: "pqarrow is for tests", imports: []string{"github.com/apache/arrow/go/v17/parquet/pqarrow"}, notTests: true},
	{name: "the command line stays under cmd", imports: []string{"github.com/spf13"}, save: []string{"cmd"}},
	{name: "progress and colour stay under cmd", imports: []string{"github.com/vbauerster", "github.com/jedib0t"}, save: []string{"cmd"}},
	{name: "JSON Schemas are checked under datasets", imports: []string{"github.com/santhosh-tekuri/jsonschema"}, save: []string{"datasets"}, notTests: true},
	{name: "workbooks are written by reports/workbook", imports: []string{"github.com/xuri"}, save: []string{"reports/workbook"}, notTests: true},
	{name: "YAML is read by lca/document", imports: []string{"github.com/goccy/go-yaml", "go.yaml.in", "gopkg.in"}, save: []string{"lca/document"}, notTests: true},
}

// inexact lists functions of package math whose last bits differ between processor architectures: nothing that reaches a result may
// use them. math.Sqrt, FMA, Floor and the like are exact everywhere.
var inexact = []string{"Acos", "Acosh", "Asin", "Asinh", "Atan", "Atan2", "Atanh", "Cbrt", "Cos", "Cosh", "Erf", "Erfc", "Erfcinv", "Erfinv",
	"Exp", "Exp2", "Expm1", "Gamma", "Hypot", "J0", "J1", "Jn", "Lgamma", "Log", "Log10", "Log1p", "Log2", "Pow", "Sin", "Sincos", "Sinh", "Tan",
	"Tanh", "Y0", "Y1", "Yn"}

// mayBeInexact lists the files outside tests that may use them, with the reason.
var mayBeInexact = map[string]string{}

// source is a Go file by its path from the module's root.
type source struct{ path, text string }

// breaches lists every breach of the walls in the files, in their order.
func breaches(t *testing.T, files []source, mayBeInexact map[string]string) []string {
	t.Helper()
	var out []string
	positions := token.NewFileSet()
	for _, f := range files {
		tree, err := parser.ParseFile(positions, f.path, f.text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		test := strings.HasSuffix(f.path, "_test.go")
		for _, imp := range tree.Imports {
			imported, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range walls {
				if w.stands(path.Dir(f.path), imported, test) {
					out = append(out, fmt.Sprintf("%s imports %s: %s", f.path, imported, w.name))
				}
			}
			if imported != "math" || test || mayBeInexact[f.path] != "" {
				continue
			}
			for _, name := range uses(tree, imp) {
				out = append(out, fmt.Sprintf("%s uses math.%s: its last bits depend on the processor; lca/elementary has what does not", f.path, name))
			}
		}
	}
	return out
}

// stands tells whether the wall stands between a package and what it imports.
func (w wall) stands(importer, imported string, test bool) bool {
	if test && w.notTests {
		return false
	}
	imported = strings.TrimPrefix(imported, module+"/")
	return below(imported, w.imports) && (w.by == nil || below(importer, w.by)) && !below(importer, w.save)
}

// below tells whether a package is one of some or stands below one.
func below(pkg string, of []string) bool {
	return slices.ContainsFunc(of, func(p string) bool { return pkg == p || strings.HasPrefix(pkg, p+"/") })
}

// uses lists the inexact functions that a file uses of package math, imported under whatever name.
func uses(tree *ast.File, imp *ast.ImportSpec) []string {
	name := "math"
	if imp.Name != nil {
		name = imp.Name.Name
	}
	if name == "." {
		return []string{"* by a dot import"}
	}
	var out []string
	ast.Inspect(tree, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == name && slices.Contains(inexact, s.Sel.Name) {
				out = append(out, s.Sel.Name)
			}
		}
		return true
	})
	return out
}

func TestTheWallsStand(t *testing.T) {
	files := moduleFiles(t)
	if len(files) < 20 {
		t.Fatalf("only %d files found: this is not the module", len(files))
	}
	for _, breach := range breaches(t, files, mayBeInexact) {
		t.Error(breach)
	}
	for file := range mayBeInexact {
		if !slices.ContainsFunc(files, func(f source) bool { return f.path == file }) {
			t.Errorf("%s may use inexact functions and is not there", file)
		}
	}
}

// moduleFiles reads all Go files of the module, whatever system they are for, but no test data.
func moduleFiles(t *testing.T) []source {
	t.Helper()
	root := ".."
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil || !strings.HasPrefix(string(mod), "module "+module+"\n") {
		t.Fatalf("the module's root is not where it was: %v", err)
	}
	var files []source
	err = fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := entry.Name(); entry.IsDir() && name != "." && (base[0] == '.' || base[0] == '_' || base == "testdata" || base == "node_modules") {
			return fs.SkipDir
		}
		if entry.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		files = append(files, source{name, string(text)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestPlantedBreachesAreFound(t *testing.T) {
	importing := func(imported string) string { return "package p\nimport _ \"" + imported + "\"\n" }
	ours := func(pkg string) string { return importing(module + "/" + pkg) }
	const pqarrow = "github.com/apache/arrow/go/v17/parquet/pqarrow"
	for _, c := range []struct {
		file, text string
		breaches   int
	}{
		// A breach of each wall.
		{"factors/a.go", ours("rules"), 1},
		{"rules/vector/a.go", ours("factors"), 1},
		{"rules/a_test.go", ours("datasets"), 1},
		{"datasets/parquet/a.go", ours("reports"), 1},
		{"reports/a.go", ours("datasets/parquet"), 1},
		{"lca/unit/a.go", ours("factors"), 1},
		{"lca/engine/a.go", ours("rules/vector"), 1},
		{"lca/a.go", ours("reports"), 1},
		{"lca/study/output/a.go", ours("datasets"), 1},
		{"reports/a.go", ours("lca/study"), 1},
		{"lca/study/a.go", ours("cmd/ailca"), 1},
		{"reports/a.go", ours("lca/engine"), 1},
		{"reports/a.go", ours("lca/amounts"), 1},
		{"lca/engine/a.go", importing("github.com/expr-lang/expr/ast"), 1},
		{"datasets/importers/a.go", importing("github.com/apache/arrow/go/v17/parquet/file"), 1},
		{"lca/study/a_test.go", importing("github.com/xitongsys/parquet-go/reader"), 1},
		{"datasets/parquet/a.go", importing(pqarrow), 1},
		{"datasets/a.go", importing(pqarrow), 2},
		{"lca/study/a.go", importing("github.com/spf13/viper"), 1},
		{"lca/study/a.go", importing("github.com/spf13/cobra"), 1},
		{"lca/engine/a.go", importing("github.com/vbauerster/mpb/v8"), 1},
		{"rules/a.go", importing("github.com/goccy/go-yaml"), 1},
		{"lca/dist/a.go", "package p\nimport \"math\"\nvar _ = math.Exp(1) + math.Sqrt(2)\n", 1},
		{"lca/dist/a.go", "package p\nimport m \"math\"\nvar _, _ = m.Log(1), m.Pow\n", 2},
		{"lca/dist/a.go", "package p\nimport . \"math\"\nvar _ = Exp(1)\n", 1},
		// What is allowed, or only looks like a breach.
		{"cmd/ailca/a.go", ours("lca/study") + "import _ \"github.com/spf13/viper\"\n", 0},
		{"lca/study/a.go", ours("reports") + "import _ \"" + module + "/lca/engine\"\n", 0},
		{"lca/study/a.go", ours("lca/study/output"), 0},
		{"datasets/parquet/a_test.go", importing(pqarrow), 0},
		{"rules/a.go", ours("rules/vector") + "import _ \"github.com/expr-lang/expr/parser\"\n", 0},
		{"lca/document/a.go", importing("github.com/goccy/go-yaml/parser"), 0},
		{"lca/dist/a_test.go", "package p\nimport \"math\"\nvar _ = math.Exp(1)\n", 0},
		{"lca/dist/allowed.go", "package p\nimport \"math\"\nvar _ = math.Exp(1)\n", 0},
		{"lca/dist/a.go", "package p\nimport \"math\"\nvar _ = math.FMA(1, 2, math.Floor(math.Sqrt(3)))\n", 0},
		{"lca/dist/a.go", "package p\nvar _ = math.Exp(1)\n", 0},
		{"lca/ruleset/a.go", ours("lca/engineering"), 0},
	} {
		got := breaches(t, []source{{c.file, c.text}}, map[string]string{"lca/dist/allowed.go": "planted"})
		if len(got) != c.breaches {
			t.Errorf("%s with\n%s%d breaches expected, found %q", c.file, c.text, c.breaches, got)
		}
	}
}

// A wall that no planted breach meets could be mistyped and nobody would know.
func TestEveryWallNamesWhatIsThere(t *testing.T) {
	folders := map[string]bool{}
	for _, f := range moduleFiles(t) {
		for dir := path.Dir(f.path); dir != "."; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	for _, w := range walls {
		for _, pkg := range slices.Concat(w.by, w.save, w.imports) {
			if !strings.Contains(pkg, ".") && !folders[pkg] {
				t.Errorf("the wall %q names the package %s, which is not there", w.name, pkg)
			}
		}
	}
}
