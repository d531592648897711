package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
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

// Whatever a formula is, it is refused at a place within it or gives a row the same bits alone and among others.
func FuzzFormula(f *testing.F) {
	for _, seed := range []string{"energy", "device_hours * power * load", "energy ?? limit", `metered ? energy : q(5, "kWh")`, "max(energy, limit) / count", "(energy + limit) ** 3 / count ** 2",
		`region in ["a"] and phase != "b" ? energy : 2 * energy`, "hardware.rated_power * device_hours", "used.node - used.device + used.it", "losses * energy / (load + 1)",
		"ceil(count) * ceil_pow2(count) * sqrt(count) * energy", "energy | max(limit)", `1 < count < 3 ? energy : -energy`, "let x = 1; x", "all([1], # > 0)", "energy // comment", "0x10 * energy"} {
		f.Add(seed)
	}
	schema := runsSchema()
	f.Fuzz(func(t *testing.T, formula string) {
		if len(formula) > 4000 {
			return
		}
		text := strings.Replace(soundMethod, "{unit: kWh, expr: FORMULA}", "\n        unit: kWh\n        expr: |\n          "+strings.ReplaceAll(formula, "\n", "\n          "), 1)
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

// runBoth evaluates random rows at once and one by one.
func runBoth(t *testing.T, p *Program, schema *Schema, pack fakePack) {
	t.Helper()
	const rows = 66
	all := randomRuns(schema, p.Columns(), rows, 0.3)
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
				if x.Present.Get(row) != y.Present.Get(0) || !sameBits(x.Coefficient[row], y.Coefficient[0]) || x.Monomials[row] != y.Monomials[0] {
					t.Fatalf("row %d of %s, term %d: %v, alone %v", row, p.Flows[f].Name, k, x.Coefficient[row], y.Coefficient[0])
				}
			}
		}
	}
}
