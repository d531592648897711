package lca_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Go may compute x*y + z with one rounding instead of two, and does on arm64 and with GOAMD64=v3: other bits. Only an explicit
// conversion, float64(x*y), keeps the rounding of the product. An assignment does not: the specification allows fusion across
// statements, and the compiler follows a product through variables, fields and inlined functions to the sum.
//
// So a product of floats, or a quotient by a power of two, which becomes one, stands in a conversion, unless what takes it first cannot be a sum: a product, a quotient, a comparison, min,
// max, a function of package math, a function of another module, an interface.

// goPackage is what go list says of a package.
type goPackage struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
	Module                  *struct{ Path string }
}

// goList lists the module's packages and all that they import, compiled for this machine.
var goList = sync.OnceValues(func() (pkgs []goPackage, err error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,Module", "./...")
	cmd.Dir = ".."
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, problems.String())
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs, nil
		} else if err != nil {
			return nil, err
		}
		pkgs = append(pkgs, p)
	}
})

// packages is goList for a test, skipped where there is no go command.
func packages(t *testing.T) []goPackage {
	t.Helper()
	pkgs, err := goList()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("the go command is not there, which knows the packages' types")
	}
	if err != nil {
		t.Fatal(err)
	}
	return pkgs
}

// checker type-checks files with the compiled packages that they import.
type checker struct {
	positions *token.FileSet
	imports   types.Importer
}

func newChecker(pkgs []goPackage) checker {
	exports := map[string]string{}
	for _, p := range pkgs {
		exports[p.ImportPath] = p.Export
	}
	positions := token.NewFileSet()
	return checker{positions, importer.ForCompiler(positions, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})}
}

// bareProducts lists the places of the products that a sum could swallow, in the files of one package.
func (c checker) bareProducts(t *testing.T, path string, files []source) []token.Position {
	t.Helper()
	var trees []*ast.File
	for _, f := range files {
		tree, err := parser.ParseFile(c.positions, f.path, f.text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		trees = append(trees, tree)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	if _, err := (&types.Config{Importer: c.imports}).Check(path, c.positions, trees, info); err != nil {
		t.Fatal(err)
	}
	var places []token.Position
	for _, tree := range trees {
		ast.PreorderStack(tree, nil, func(n ast.Node, above []ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if isProduct(info, n) && rounded(info.Types[n].Type) && mayBeAdded(info, n, above) {
					places = append(places, c.positions.Position(n.OpPos))
				}
			case *ast.AssignStmt:
				if (n.Tok == token.MUL_ASSIGN || n.Tok == token.QUO_ASSIGN && isPowerOfTwo(info, n.Rhs[0])) && rounded(info.Types[n.Lhs[0]].Type) {
					places = append(places, c.positions.Position(n.TokPos))
				}
			}
			return true
		})
	}
	return places
}

// isProduct tells whether a product is computed: x*y, and x/2, which the compiler turns into x*0.5. The latter is exact unless it is
// subnormal.
func isProduct(info *types.Info, x *ast.BinaryExpr) bool {
	return info.Types[x].Value == nil && (x.Op == token.MUL || x.Op == token.QUO && isPowerOfTwo(info, x.Y))
}

func isPowerOfTwo(info *types.Info, x ast.Expr) bool {
	v := info.Types[x].Value
	if v == nil {
		return false
	}
	f, _ := constant.Float64Val(constant.ToFloat(v))
	fraction, _ := math.Frexp(f)
	return math.Abs(fraction) == 0.5
}

// rounded tells whether products of the type are rounded: of floats, complex numbers and what may be one of them.
func rounded(t types.Type) bool {
	if p, ok := t.(*types.TypeParam); ok {
		t = p.Constraint()
	}
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Info()&(types.IsFloat|types.IsComplex) != 0
	case *types.Union:
		for term := range t.Terms() {
			if rounded(term.Type()) {
				return true
			}
		}
	case *types.Interface:
		for embedded := range t.EmbeddedTypes() {
			if rounded(embedded) {
				return true
			}
		}
	}
	return false
}

// mayBeAdded tells whether the product's value may come to a sum without a rounding on its way. above is what holds the product,
// innermost last.
func mayBeAdded(info *types.Info, product ast.Expr, above []ast.Node) bool {
	if b, ok := info.Types[product].Type.Underlying().(*types.Basic); ok && b.Info()&types.IsComplex != 0 {
		return true // it holds sums of products itself
	}
	value := product
	for _, holder := range slices.Backward(above) {
		switch h := holder.(type) {
		case *ast.ParenExpr:
			value = h
		case *ast.UnaryExpr:
			value = h
		case *ast.BinaryExpr:
			return h.Op == token.ADD || h.Op == token.SUB
		case *ast.CallExpr:
			return !h.Ellipsis.IsValid() && mayBeAddedBy(info, h, value)
		default:
			return true
		}
	}
	return true
}

// mayBeAddedBy tells whether a call may add to its argument.
func mayBeAddedBy(info *types.Info, call *ast.CallExpr, argument ast.Expr) bool {
	called := info.Types[call.Fun]
	if called.IsType() {
		return false
	}
	if called.IsBuiltin() {
		name, _ := ast.Unparen(call.Fun).(*ast.Ident)
		return name == nil || name.Name != "min" && name.Name != "max"
	}
	signature, ok := called.Type.Underlying().(*types.Signature)
	if !ok {
		return true
	}
	i := min(slices.Index(call.Args, argument), signature.Params().Len()-1)
	param := signature.Params().At(i).Type()
	if s, ok := param.(*types.Slice); ok && signature.Variadic() && i == signature.Params().Len()-1 {
		param = s.Elem()
	}
	if types.IsInterface(param) && !rounded(param) {
		return false
	}
	fun := ast.Unparen(call.Fun)
	if s, ok := fun.(*ast.SelectorExpr); ok {
		fun = s.Sel
	}
	name, ok := fun.(*ast.Ident)
	if !ok {
		return true
	}
	f, ok := info.Uses[name].(*types.Func)
	if !ok || f.Pkg() == nil {
		return true
	}
	return f.Pkg().Path() == "math" && f.Name() == "Dim" || strings.HasPrefix(f.Pkg().Path()+"/", module+"/")
}

func TestNoProductCanBeFusedWithASum(t *testing.T) {
	pkgs := packages(t)
	c := newChecker(pkgs)
	seen := 0
	for _, p := range pkgs {
		if p.Module == nil || p.Module.Path != module {
			continue
		}
		seen++
		var files []source
		for _, name := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, source{filepath.Join(p.Dir, name), string(text)})
		}
		for _, place := range c.bareProducts(t, p.ImportPath, files) {
			t.Errorf("%s: the product may be fused with a sum: float64(x*y) keeps its rounding", place)
		}
	}
	if seen < 15 {
		t.Errorf("only %d packages of the module found", seen)
	}
}

// Lines that end in "// fused" hold one product that the compiler could fuse, as it does most of them on arm64.
const plantedProducts = `package p

import (
	"fmt"
	"math"
)

type kg float64
type pair struct{ a, b float64 }

func add(x, y float64) float64 { return x + y }
func times(x, y float64) float64 { return x * y } // fused
func generic[T int | float64](x, y, z T) T { return x*y + z } // fused
func rounding[T float32 | float64](x, y, z T) T { return T(x*y) + z }
func whole[T int | uint8](x, y, z T) T { return x*y + z }

func fused(x, y, z float64, xs []float64, k kg, c complex128, f float32) {
	_ = x*y + z // fused
	_ = x/2 + z // fused
	_ = z - x/-0.25 // fused
	x /= 8 // fused
	_ = x/3 + z
	x /= y
	_ = z - x*y // fused
	_ = z + (x * y) // fused
	_ = z - -(x * y) // fused
	_ = x*2 - y // fused
	_ = x*y*z + 1 // fused
	z += x * y // fused
	z -= (x * y) // fused
	t := x * y // fused
	_ = t + z
	t = x * y // fused
	var u = -x * y // fused
	_ = t + u
	xs[0] = x * y // fused
	x *= y // fused
	_ = pair{a: x * y} // fused
	_ = []float64{x * y} // fused
	_ = add(x*y, z) // fused
	_ = k*k + 1 // fused
	_ = f*f + 1 // fused
	_ = c * c // fused
	_ = complex128(c * c) // fused
	_ = func() float64 { return x * y } // fused
	_ = math.Dim(x*y, z) // fused
	_ = math.Sqrt(x*y + z) // fused
	for i := range xs {
		xs[i] += xs[i] * x // fused
	}
	_ = math.FMA(x, y, z) + float64(x*y*z) + float64(-(x * y))
	_ = float64(x*y) + z
	t = float64(x * y)
	_ = kg(k*k) + 1
	_ = float32(f*f) + 1
	_ = x*y/z + 1
	_ = (x * y) / z
	_ = x*y < z || x*y == 2
	_ = math.Floor(x*y) + math.Abs(x*y) + min(x*y, 2) + max(z, x*y)
	_ = int(x*y) + 1
	_ = [3]int{1, 2, 3}[int(x*y)]
	_ = len(xs)*2 + 1
	const half = 0.5
	_ = half*3 + x
	_ = 1.5*2.5 + x
	_ = fmt.Sprint(x*y, x*y)
	fmt.Printf("%v", x*y)
	var any interface{} = float64(x * y)
	_ = any
}
`

func TestPlantedProductsAreFound(t *testing.T) {
	c := newChecker(packages(t))
	var got, want []string
	for _, place := range c.bareProducts(t, module+"/planted", []source{{"planted.go", plantedProducts}}) {
		got = append(got, fmt.Sprint(place.Line))
	}
	for i, line := range strings.Split(plantedProducts, "\n") {
		if strings.HasSuffix(line, "// fused") {
			want = append(want, fmt.Sprint(i+1))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("found in lines %v, planted in lines %v", got, want)
	}
}
