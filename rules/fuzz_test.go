package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/expr-lang/expr/parser"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Whatever a method file holds, loading and compiling it ends, in problems or in a program that runs.
func FuzzLoad(f *testing.F) {
	f.Add(strings.Replace(soundMethod, "FORMULA", "energy", 1))
	f.Add(strings.Replace(normalMethod, "FORMULA", "a * p", 1))
	files, _ := filepath.Glob("testdata/rules/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(archive.Files[0].Data))
	}
	text, err := os.ReadFile("methods/observatory/1.0.0.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	for _, tiers := range []string{
		"[{when: metered, expr: energy, class: measured}, {when: region == \"FRA\", expr: device_hours * power}, {expr: limit, class: defaulted}]",
		"[{expr: energy}, {expr: energy * load}, {when: used.it > used.node, expr: used.device}]",
		"[{when: count > 1 and phase in [\"x\"], expr: exp(ln(load)) * energy}, {when: energy == nil, expr: pow(load, count) * limit}]",
		"[{when: hardware.rated_power != nil, expr: device_hours * hardware.rated_power}, {expr: device_hours * power ?? energy}]",
	} {
		f.Add(strings.Replace(soundMethod, "{unit: kWh, expr: FORMULA}", "{unit: kWh, tiers: "+tiers+"}", 1))
	}
	for _, c := range hostileCases(f) {
		if len(c.text) < 4000 {
			f.Add(c.text)
		}
	}
	schema := runsSchema()
	f.Fuzz(func(t *testing.T, text string) {
		var probs diag.List
		m := Load("m.yaml", []byte(text), &probs)
		if m == nil {
			if probs.Count(diag.Error) == 0 {
				t.Fatal("no method and no problem")
			}
			return
		}
		pack := parsePack(t, errorPack)
		for _, k := range m.Kinds {
			s := *schema
			s.Kind = k.Kind
			p := Compile(m, &s, pack, nil, &probs)
			if probs.Count(diag.Error) == 0 {
				runBoth(t, p, &s, pack)
			}
		}
		for _, p := range probs.Problems() {
			_ = p.String()
			if p.Place.File != "m.yaml" || p.Place.Line > strings.Count(text, "\n")+strings.Count(text, "\r")+2 {
				t.Fatalf("a problem outside the file: %s", p)
			}
		}
	})
}

// withFormula is a sound method with a formula in it, whatever that is.
func withFormula(formula string) string {
	return strings.Replace(soundMethod, "{unit: kWh, expr: FORMULA}", "\n        unit: kWh\n        expr: |\n          "+strings.ReplaceAll(formula, "\n", "\n          "), 1)
}

// Whatever a formula is, it is refused at a place within it or gives a row the same bits alone and among others.
func FuzzFormula(f *testing.F) {
	for _, seed := range []string{"energy", "device_hours * power * load", "energy ?? limit", `metered ? energy : q(5, "kWh")`, "max(energy, limit) / count", "(energy + limit) ** 3 / count ** 2",
		`region in ["a"] and phase != "b" ? energy : 2 * energy`, "hardware.rated_power * device_hours", "used.node - used.device + used.it", "losses * energy / (load + 1)",
		"ceil(count) * ceil_pow2(count) * sqrt(count) * energy", "energy | max(limit)", `1 < count < 3 ? energy : -energy`, "let x = 1; x", "all([1], # > 0)", "energy // comment", "0x10 * energy",
		"exp(-count) * energy", "ln(count) / log2(count) * energy", "pow(count, -2) * energy", "energy ** 2 / pow(energy, 1)", "count ** 0.5 * energy", "sqrt(energy * energy)", "count ^ -9 * energy",
		"2 ** count * energy", `ceil(q(50, "%")) * energy`, `pow(load, count) * energy`, `energy / q(1, "MWh") * limit`, "exp(ln(load)) * limit", "sqrt(load) * limit ** 2 / limit"} {
		f.Add(seed)
	}
	schema := runsSchema()
	f.Fuzz(func(t *testing.T, formula string) {
		if len(formula) > 4000 {
			return
		}
		text := withFormula(formula)
		var probs diag.List
		m := Load("m.yaml", []byte(text), &probs)
		if m == nil {
			return
		}
		pack := parsePack(t, errorPack+"losses region=FRA = 1.5 measured")
		p := Compile(m, schema, pack, nil, &probs)
		if probs.Count(diag.Error) == 0 {
			runBoth(t, p, schema, pack)
		}
	})
}

// Whatever a formula of numbers, texts and flags is, where it compiles it gives what the scalar interpreter gives, row for row.
func FuzzOracle(f *testing.F) {
	g := newGenerator(11)
	for i := range 40 {
		f.Add(g.formula(i), uint64(i))
	}
	for i, c := range oracleFormulas(f) {
		f.Add(c.text, uint64(i))
	}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		if len(text) > 2000 || strings.Contains(text, "q(") { // the interpreter knows no units
			return
		}
		var probs diag.List
		schema := oracleSchema()
		p := oracleProgram(schema)
		c := &compiler{m: &Method{}, schema: schema, factors: fakePack{}, probs: &probs, p: p, slotOf: map[slot]int{}}
		for i, s := range p.slots {
			c.slotOf[s] = i
		}
		at := document.Parse("f.yaml", []byte("expr: |\n  "+strings.ReplaceAll(text, "\n", "\n  ")), &probs).Get("expr")
		if at == nil || at.Kind != document.Scalar || probs.Count(diag.Error) > 0 {
			return
		}
		n := c.check(at)
		if (n == nil) != (probs.Count(diag.Error) > 0) {
			t.Fatalf("checked: %t, problems: %v", n != nil, probs.Err())
		}
		tree, err := parser.Parse(at.Text)
		if n == nil || n.date || err != nil {
			return
		}
		e := c.vector(n)
		m := vector.NewMachine(p.builder)
		for range 2 {
			const rows = 66
			columns := digestColumns(schema, rows, seed)
			m.Load(columns, rows)
			v := m.Eval(e)
			for i := range rows {
				in := interpreter{row: rowOf(schema, columns, i)}
				if got, want := vecCell(v, i), in.eval(tree.Node); !sameValue(got, want) {
					t.Fatalf("row %v: %v, plainly %v", in.row, got, want)
				}
			}
			seed++
		}
	})
}

// runBoth evaluates random rows at once and one by one, and by their patterns.
func runBoth(t *testing.T, p *Program, schema *Schema, pack fakePack) {
	t.Helper()
	const rows = 66
	all := randomRuns(schema, p.Columns(), rows, 0.3)
	checkPatterns(t, p, schema, pack, all)
	space := &amounts.Space{}
	whole, single := p.NewRunner(space, pack), p.NewRunner(space, pack)
	if err := whole.Evaluate(all); err != nil {
		t.Fatal(err)
	}
	for row := range rows {
		one := &column.Batch{Rows: 1, First: int64(row + 1)}
		for _, c := range all.Columns {
			cut := column.Column{Type: c.Type, Dict: c.Dict, Valid: column.NewBitmap(1)}
			if c.Valid.Get(row) {
				cut.Valid.Set(0)
			}
			switch c.Type {
			case column.String:
				cut.Codes = c.Codes[row : row+1]
			case column.Bool:
				cut.Bools = c.Bools[row : row+1]
			default:
				cut.Floats = c.Floats[row : row+1]
			}
			one.Columns = append(one.Columns, cut)
		}
		if err := single.Evaluate(one); err != nil {
			t.Fatal(err)
		}
		for f := range p.Flows {
			a, b := whole.Flow(f), single.Flow(f)
			has := false
			for _, i := range a.Rows {
				has = has || int(i) == row
			}
			if has != (len(b.Rows) == 1) {
				t.Fatalf("row %d of %s has a value: %t, alone %t", row, p.Flows[f].Name, has, !has)
			}
			if !has {
				continue
			}
			if a.Class[row] != b.Class[0] || len(a.Terms) != len(b.Terms) {
				t.Fatalf("row %d of %s: class %d, alone %d", row, p.Flows[f].Name, a.Class[row], b.Class[0])
			}
			for k := range a.Terms {
				x, y := &a.Terms[k], &b.Terms[k]
				if x.Present.Get(row) != y.Present.Get(0) || !sameBits(x.Coefficient[row], y.Coefficient[0]) || x.Mono(int32(row)) != y.Mono(0) {
					t.Fatalf("row %d of %s, term %d: %v, alone %v", row, p.Flows[f].Name, k, x.Coefficient[row], y.Coefficient[0])
				}
			}
		}
	}
}
