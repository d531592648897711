package published_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/lca/study/published"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// # Methods calculated independently
//
// That a case comes out could rest on numbers that somebody wrote down. So the rows and factors of every case of the program are given other numbers, and what
// the engine gives is compared, to 1e-12, with a calculation in math/big that knows nothing of the rules: a Go function of each method.
//
// To add a method, write in a file of its own, independent_NAME_test.go, a function
//
//	func calculateName(r *caseRow) []output
//
// which computes what the method gives for one row of an activity, and add its line to calculations below. It reads the row and the case,
//
//	r.kind                            the kind of inventory: "training_runs"
//	r.num("flop")                     a number in the column's unit of the kind's file, as a number; nil where the row has none
//	r.text("region")                  a text; empty where the row has none
//	r.of("hardware", "peak_flops")    a number of the row of a table that the row names, found by its hardware_id; of a host: r.at("hardware", id, column)
//	r.factor("electricity", "climate_change", region, technology)    a factor's value, in the category's unit per unit of activity of the pack; nil where there is none
//	r.choice("boundary")              an option that the case chooses; empty where it chooses none
//
// computes with the functions of big_test.go (add, sub, mul, div, exp, ln, sqrt, pow, ceil, ceilPow2, num("0.34") of a constant; nil goes through all of them, or(a, b) is the first
// that is not nil), and returns outputs: values in the category's unit by category and stage, as they stand in the impact table, and of quantities by name:
//
//	output{category: "climate_change", stage: "training", value: v}         accounting: "location" or "market", empty for both; perspective: empty for service
//	output{quantity: "run_energy.it", value: v}                             in the quantity's unit
//	output{unit: "request", value: v}                                       the count of a functional unit
//
// Only what expectations of cases are of needs an output; a value of nil counts as none. Constants are written from the publication, not from the method's file.

// calculations are those of the methods, one line each.
var calculations = map[string]func(r *caseRow) []output{
	"bloom@2022":           calculateBLOOM,
	"boavizta-gpu@2.4":     calculateBoaviztaGPU,
	"boavizta-server@2.4":  calculateBoaviztaServer,
	"capgemini@2025":       calculateCapgemini,
	"codecarbon@2.2.3":     calculateCodeCarbon2,
	"codecarbon@3.0":       calculateCodeCarbon3,
	"gemini@2025":          calculateGemini,
	"ecologits@0.8":        calculateEcoLogits08,
	"ecologits@0.9":        calculateEcoLogits09,
	"ecologits@0.9.4":      calculateEcoLogits094,
	"green-algorithms@3.0": calculateGreenAlgorithms,
	"mistral@2025":         calculateMistral,
	"mlco2@2019":           calculateMLCO2,
	"nvidia-pcf@2025":      calculateNVIDIA,
	"observatory@1.1.0":    calculateObservatory,
	"patterson@2021":       calculatePatterson,
	"sci-ai@2025":          calculateSCIAI,
	"sci@1.0":              calculateSCI,
}

// output is a value that a method gives for a row.
type output struct {
	category, stage, perspective, accounting string
	quantity, unit                           string
	value                                    *big.Float
}

// trials is how many times each case is given other numbers.
const trials = 4

// within is how near the engine comes to the exact value, relative to it: float64 has 2e-16, and formulas are some tens of operations long.
const within = 1e-12

func TestCasesWithOtherNumbersComeOutAsCalculatedIndependently(t *testing.T) {
	for _, name := range published.Names() {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(name + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			for trial := range trials + 1 { // the first with the numbers of the publication
				given := string(text)
				if trial > 0 {
					given = otherNumbers(t, name, given, trial)
				}
				compareIndependently(t, name, given)
				if t.Failed() {
					t.Logf("trial %d:\n%s", trial, given)
					return
				}
			}
		})
	}
}

// compareIndependently runs a case and compares each number that it expects something of.
func compareIndependently(t *testing.T, name, text string) {
	t.Helper()
	var probs diag.List
	c := study.ReadCase(name+".yaml", []byte(text), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	for _, part := range c.ByMethod() {
		if calculations[part.Method] == nil {
			t.Fatalf("the method %s has no independent calculation: add one to calculations", part.Method)
		}
	}
	var differs diag.List // from the publication, as it must
	results, err := c.Run(context.Background(), study.CaseOptions{}, &differs)
	if err != nil {
		t.Fatal(err)
	}
	root := document.Parse(name, []byte(text), &probs)
	for i := range c.Expect {
		e := &c.Expect[i]
		got := results[i].Measured
		if got.Value == nil {
			t.Errorf("%s: missing: %s", e.ID, got.Why)
			continue
		}
		want := expected(t, root, c.Case, e)
		if want == nil {
			t.Errorf("%s: the calculation gives no value", e.ID)
			continue
		}
		value := new(big.Float).SetPrec(precision).SetRat(got.Value)
		off, _ := div(sub(value, want), want).Float64()
		if !(math.Abs(off) <= within) {
			t.Errorf("%s: the engine gives %.17g, the calculation %.17g, %.2g off", e.ID, value, want, off)
		}
	}
}

// expected calculates what an expectation is of, in the unit that the engine tells it in.
func expected(t *testing.T, root *document.Node, c *published.Case, e *published.Expectation) *big.Float {
	if e.Of == nil {
		var parts []*big.Float
		units := []unit.Unit{unit.One, unit.One} // of quantities, which are in one
		for i, id := range e.Ratio {
			at := slices.IndexFunc(c.Expect, func(o published.Expectation) bool { return o.ID == id })
			parts = append(parts, expected(t, root, c, &c.Expect[at]))
			if category, ok := lca.Words().Category(c.Expect[at].Of.Category); ok {
				units[i] = unit.MustParse(category.Unit)
			}
		}
		if by, ok := unit.Exact(units[0], units[1]); ok { // MJ over kWh
			parts[0] = mul(parts[0], zero().SetRat(by))
		}
		return div(parts[0], parts[1])
	}
	var sum, units *big.Float
	s := e.Of
	for _, f := range root.Get("tables").Fields {
		kind, _ := datasets.KindByName(f.Key)
		if !kind.Activity || s.Kind != "" && s.Kind != kind.Name {
			continue
		}
		for _, row := range f.Value.Items {
			r := &caseRow{t: t, root: root, kind: kind.Name, row: row}
			if !slices.Contains(s.Items, r.text(kind.ID)) {
				continue
			}
			for _, o := range calculations[c.MethodOf(e)](r) {
				switch {
				case o.value == nil:
				case s.Quantity != nil:
					if o.quantity == s.Quantity.Text {
						return o.value
					}
				case o.unit != "":
					if o.unit == s.Per {
						units = o.value
					}
				case o.category == s.Category && (o.accounting == "" || o.accounting == s.Accounting) && (o.perspective == s.Perspective || o.perspective == "" && s.Perspective == "service") &&
					(len(s.Stages) == 0 || slices.Contains(s.Stages, o.stage)):
					if sum == nil {
						sum = num("0")
					}
					sum = add(sum, o.value)
				}
			}
		}
	}
	if s.Per != "" {
		return div(sum, units)
	}
	return sum
}

// newestPack is the pack whose definitions of factors hold.
var newestPack = sync.OnceValue(func() *factors.Pack {
	var probs diag.List
	pack := study.LoadPack("", &probs)
	if err := probs.Err(); err != nil {
		panic(err) // it is part of the program
	}
	return pack
})

// caseRow is a row of a case as a calculation reads it: from the file's text.
type caseRow struct {
	t    *testing.T
	root *document.Node
	kind string
	row  *document.Node
}

func (r *caseRow) text(column string) string {
	if n := r.row.Get(column); n != nil && n.Kind == document.Scalar {
		return n.Text
	}
	return ""
}

func (r *caseRow) num(column string) *big.Float { return r.figure(r.kind, r.row, column) }

// of reads an attribute of the row of a table that the row names.
func (r *caseRow) of(table, column string) *big.Float {
	kind, _ := datasets.KindByName(table)
	return r.at(table, r.text(kind.ID), column)
}

// at reads an attribute of a table's row.
func (r *caseRow) at(table, id, column string) *big.Float {
	kind, _ := datasets.KindByName(table)
	rows := r.root.Get("tables").Get(table)
	if rows == nil {
		return nil
	}
	for _, row := range rows.Items {
		if row.Get(kind.ID).Text == id {
			return r.figure(table, row, column)
		}
	}
	return nil
}

// textAt reads a text of a table's row.
func (r *caseRow) textAt(table, id, column string) string {
	kind, _ := datasets.KindByName(table)
	if rows := r.root.Get("tables").Get(table); rows != nil {
		for _, row := range rows.Items {
			if n := row.Get(column); row.Get(kind.ID).Text == id && n != nil {
				return n.Text
			}
		}
	}
	return ""
}

// figure reads a number in its column's unit.
func (r *caseRow) figure(table string, row *document.Node, column string) *big.Float {
	kind, _ := datasets.KindByName(table)
	col, ok := kind.Column(column)
	if !ok {
		r.t.Fatalf("%s has no column %s", table, column)
	}
	n := row.Get(column)
	if n == nil || n.Kind != document.Scalar {
		return nil
	}
	return inUnit(r.t, n.Text, orText(col.Unit, "1"))
}

// inUnit reads "314 ZFLOP" as a number in another unit; a number without a unit is in it already.
func inUnit(t *testing.T, text, to string) *big.Float {
	number, unitText, has := strings.Cut(text, " ")
	value, ok := new(big.Rat).SetString(number)
	if !ok {
		t.Fatalf("%q is no number", text)
	}
	if has {
		by, ok := unit.Exact(unit.MustParse(unitText), unit.MustParse(to))
		if !ok {
			t.Fatalf("%q is not in %s", text, to)
		}
		value.Mul(value, by)
	}
	return new(big.Float).SetPrec(precision).SetRat(value)
}

func orText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// factor is the value of a factor in a category, none for a factor that is no burden. What the case leaves out of region, technology and year holds for all.
func (r *caseRow) factor(name, category, region, technology string) *big.Float {
	defined := newestPack()
	list := r.root.Get("factors")
	if list == nil {
		return nil
	}
	for _, f := range list.Items {
		has := func(key, value string) bool { n := f.Get(key); return n == nil || n.Text == value }
		given := ""
		if n := f.Get("category"); n != nil {
			given = n.Text
		}
		if f.Get("factor").Text != name || given != category || !has("region", region) || !has("technology", technology) || !has("year", orText(r.text("year"), r.root.Get("year").Text)) {
			continue
		}
		of := name
		if of == "residual_mix" {
			of = "electricity"
		}
		d, ok := defined.Definition(of)
		if !ok {
			r.t.Fatalf("no factor %s is defined", of)
		}
		due := orText(d.UnitText(), "1")
		if c, ok := lca.Words().Category(category); ok {
			due = unit.MustParse(c.Unit).Div(d.Per).String()
		}
		return inUnit(r.t, f.Get("value").Text+" "+f.Get("unit").Text, due)
	}
	return nil
}

// choice is the option that the case takes.
func (r *caseRow) choice(name string) string {
	if n := r.root.Get("choices").Get(name); n != nil {
		return n.Text
	}
	return ""
}

// otherNumbers gives the rows and the factors of a case other numbers, from 0.7 to 1.4 times those that they have and within the bounds of their columns. The
// same case, trial and place give the same number on every machine.
func otherNumbers(t *testing.T, name, text string, trial int) string {
	t.Helper()
	var probs diag.List
	root := document.Parse(name, []byte(text), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(text, "\n")
	type change struct {
		n  *document.Node
		to string
	}
	var changes []change
	draw := func(place string) float64 {
		h := fnv.New64a()
		fmt.Fprintf(h, "%s %d %s", name, trial, place)
		return rand.New(rand.NewPCG(h.Sum64(), 1)).Float64()
	}
	alter := func(n *document.Node, place string, least, most float64) {
		number, rest, has := strings.Cut(n.Text, " ")
		v, err := strconv.ParseFloat(number, 64)
		if err != nil || v == 0 {
			return
		}
		u := draw(place)
		to := float64(v * (0.7 + 0.7*u))
		switch {
		case v == least: // nothing is below
			to = float64(v * (1 + 0.4*u))
		case v == most:
			to = float64(v * (1 - 0.3*u))
		case to > most:
			to = v + float64((most-v)*u)
		case to < least:
			to = v + float64((least-v)*u)
		}
		written := strconv.FormatFloat(to, 'g', 9, 64)
		if has {
			written += " " + rest
		}
		changes = append(changes, change{n, written})
	}
	for _, f := range root.Get("tables").Fields {
		kind, _ := datasets.KindByName(f.Key)
		for i, row := range f.Value.Items {
			for _, v := range row.Fields {
				col, ok := kind.Column(v.Key)
				if !ok || col.Type != lca.Number || v.Value.Kind != document.Scalar {
					continue
				}
				least, most := math.Inf(-1), math.Inf(1)
				if _, _, has := strings.Cut(v.Value.Text, " "); !has || col.Unit == "1" { // else the bounds are in another unit, and of no use here
					if col.Min != nil {
						least = *col.Min
					}
					if col.Max != nil {
						most = *col.Max
					}
				}
				alter(v.Value, fmt.Sprintf("%s %d %s", f.Key, i, v.Key), least, most)
			}
		}
	}
	if list := root.Get("factors"); list != nil {
		for i, f := range list.Items {
			least := math.Inf(-1)
			if slices.Contains([]string{"pue", "grid_losses"}, f.Get("factor").Text) {
				least = 1 // by their definition
			}
			alter(f.Get("value"), fmt.Sprintf("factor %d", i), least, math.Inf(1))
		}
	}
	slices.SortFunc(changes, func(a, b change) int { // from the end, so that places stay where they are
		return (b.n.Place.Line-a.n.Place.Line)*100_000 + b.n.Place.Col - a.n.Place.Col
	})
	for _, c := range changes {
		line, col := []rune(lines[c.n.Place.Line-1]), c.n.Place.Col-1
		if c.n.Quoted {
			col++
		}
		old := string(line[col : col+len([]rune(c.n.Text))])
		if old != c.n.Text {
			t.Fatalf("%s: %q stands where %q is read", c.n.Place, old, c.n.Text)
		}
		lines[c.n.Place.Line-1] = string(line[:col]) + c.to + string(line[col+len([]rune(c.n.Text)):])
	}
	return strings.Join(lines, "\n")
}
