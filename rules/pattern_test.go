package rules

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
)

// alike makes a batch in which each row of another stands several times in a row, each time with other numbers: words, what is missing and the columns
// of the period stay, as in rows of one pattern.
func alike(schema *Schema, names []string, b *column.Batch, times int) *column.Batch {
	r := rand.New(rand.NewPCG(5, 6))
	out := &column.Batch{Rows: b.Rows * times, First: 1}
	for at, c := range b.Columns {
		x := column.Column{Type: c.Type, Dict: c.Dict, Valid: column.NewBitmap(out.Rows)}
		period := slices.Contains([]string{schema.From, schema.To, schema.Year}, names[at])
		for row := range b.Rows {
			for k := range times {
				if c.Valid.Get(row) {
					x.Valid.Set(row*times + k)
				}
				switch c.Type {
				case column.String:
					x.Codes = append(x.Codes, c.Codes[row])
				case column.Bool:
					x.Bools = append(x.Bools, c.Bools[row])
				default:
					v := c.Floats[row]
					if c.Valid.Get(row) && !period && k > 0 {
						v = []float64{v, 0, -v, 2 * v, r.NormFloat64() * 1e3, 1e300, 1e-300}[r.IntN(7)]
					}
					x.Floats = append(x.Floats, v)
				}
			}
		}
		out.Columns = append(out.Columns, x)
	}
	return out
}

// checkPatterns compares what the runner makes of rows of one pattern with what the formulas found for one of them say. It returns how many patterns had
// formulas.
func checkPatterns(t *testing.T, p *Program, schema *Schema, pack FactorValues, base *column.Batch) (told int) {
	t.Helper()
	const times = 7
	b := alike(schema, p.Columns(), base, times)
	r := p.NewRunner(&amounts.Space{}, pack)
	if err := r.Evaluate(b); err != nil {
		t.Fatal(err)
	}
	formulas := make([][]int32, len(p.Flows))
	every := make([]int, len(b.Columns))
	for i := range every {
		every[i] = i
	}
	for first := 0; first < b.Rows; first += times {
		if !r.Formulas(first, formulas) {
			continue
		}
		told++
		r.Load(b.Columns, every, b.Rows)
		for f := range p.Flows {
			out := r.Flow(f)
			_, has := slices.BinarySearch(out.Rows, int32(first))
			_, lacks := slices.BinarySearch(out.Missing, int32(first))
			for row := first; row < first+times; row++ {
				_, hasToo := slices.BinarySearch(out.Rows, int32(row))
				_, lacksToo := slices.BinarySearch(out.Missing, int32(row))
				if has != hasToo || lacks != lacksToo || has && (out.Class[row] != out.Class[first]) ||
					out.Lookup != nil && out.Lookup[row] != out.Lookup[first] || out.Unless != nil && out.Unless[row] != out.Unless[first] {
					t.Fatalf("%s: rows %d and %d are of one pattern, but the rules make different things of them", p.Flows[f].Name, first, row)
				}
				for k := range out.Terms {
					if !has {
						continue
					}
					term := &out.Terms[k]
					id := formulas[f][k]
					if term.Present.Get(row) != (id >= 0) {
						t.Fatalf("%s, term %d of row %d: present %t, formula %d", p.Flows[f].Name, k, row, term.Present.Get(row), id)
					}
					if id < 0 {
						continue
					}
					each, v := r.Formula(id)
					if each != nil {
						v = each[row]
					}
					if !sameBits(v, term.Coefficient[row]) || term.Mono(int32(row)) != term.Mono(int32(first)) {
						t.Fatalf("%s, term %d of row %d: %v × %d, by the formula %v × %d", p.Flows[f].Name, k, row, term.Coefficient[row], term.Mono(int32(row)), v, term.Mono(int32(first)))
					}
				}
			}
		}
		for q := range p.Quantities() {
			g := r.Quantity(q)
			for row := first; g != nil && row < first+times; row++ {
				if g.Valid.Get(row) != g.Valid.Get(first) || g.Class[row] != g.Class[first] || g.Tier != nil && g.Tier[row] != g.Tier[first] {
					t.Fatalf("%s: rows %d and %d are of one pattern, but not of one grade", p.Quantities()[q], first, row)
				}
			}
		}
		if keep := r.Keep(); keep != nil {
			for row := first; row < first+times; row++ {
				if keep.Get(row) != keep.Get(first) {
					t.Fatalf("rows %d and %d are of one pattern, but one is filtered out", first, row)
				}
			}
		}
	}
	return told
}

// Of the observatory's method, rows whose words and gaps are alike come to their amounts by one formula each, whatever their numbers.
func TestRowsOfOnePatternShareTheirFormulas(t *testing.T) {
	for _, kind := range []string{"training_runs", "deployments"} {
		for _, missing := range []float64{0.1, 0.3, 0.6} {
			p, schema, pack := observatoryProgram(t, kind)
			const rows = 200
			told := checkPatterns(t, p, schema, pack, randomRuns(schema, p.Columns(), rows, missing))
			// Where contracts and on-site supply are stated, the numbers decide.
			if told == 0 || missing == 0.6 && told < rows/4 {
				t.Errorf("%s, %v missing: formulas for %d of %d patterns", kind, missing, told, rows)
			}
		}
	}
}

// Where numbers decide what becomes of a row, no formula is told.
func TestWhatNumbersDecideHasNoFormula(t *testing.T) {
	for formula, want := range map[string]bool{
		"energy * 2":             true,
		"energy / count + limit": true,
		"energy ?? limit":        true,
		"max(energy, limit)":     true, // one formula, whichever is larger
		"load * energy":          true,
		"hardware.rated_power * device_hours * load":        true,
		`region == "FRA" ? energy : limit`:                  true,
		`count > 2 ? energy : limit`:                        false,
		`(count > 2 ? energy : limit) + energy`:             false,
		`energy > limit ? energy : limit`:                   false,
		`count == nil ? energy : energy * count`:            true,
		`count != nil && count > 2 ? energy : limit`:        false,
		`region == "FRA" && count > 2 ? energy : limit`:     false,
		`year > 2022 ? energy : limit`:                      true, // of one calendar year
		`region == "nowhere" && count > 2 ? limit : energy`: true, // never asked
	} {
		var probs diag.List
		schema := runsSchema()
		m := Load("m.yaml", []byte(withFormula(formula)), &probs)
		if m == nil {
			t.Fatalf("%s: %v", formula, probs.Err())
		}
		pack := parsePack(t, errorPack+"losses region=FRA = 1.5 measured")
		p := Compile(m, schema, pack, nil, &probs)
		if err := probs.Err(); err != nil {
			t.Fatalf("%s: %v", formula, err)
		}
		base := randomRuns(schema, p.Columns(), 40, 0)
		if told := checkPatterns(t, p, schema, pack, base) == base.Rows; told != want {
			t.Errorf("%s: formulas told %t, want %t", formula, told, want)
		}
	}
}

// Uses say what patterns are told apart by: words that rules read, and whether numbers are there.
func TestUsesTellHowColumnsAreRead(t *testing.T) {
	p, _, _ := observatoryProgram(t, "deployments")
	uses := p.Uses()
	if len(uses) != len(p.Columns()) {
		t.Fatalf("%d uses of %d columns", len(uses), len(p.Columns()))
	}
	for i, name := range p.Columns() {
		want := engine.ByPresence
		if slices.Contains([]string{"hardware_id", "energy_boundary", "power_boundary", "energy_basis", "quality", "region", "region_basis", "operator"}, name) {
			want = engine.ByValue
		}
		if uses[i] != want {
			t.Errorf("%s is used %d, want %d", name, uses[i], want)
		}
	}
}

// Formulas that share their parts are as large as these parts, not as all that they would be written out: each of fifty quantities names the one before twice.
func TestFormulasThatShareTheirPartsAreFoundQuickly(t *testing.T) {
	text := withFormula("q50")
	at := strings.Index(text, "quantities:\n") + len("quantities:\n")
	indent := text[at : at+strings.IndexFunc(text[at:], func(r rune) bool { return r != ' ' })]
	var more strings.Builder
	for i := 1; i <= 50; i++ {
		fmt.Fprintf(&more, "%sq%d: {unit: kWh, expr: 'max(q%d, q%d + limit)'}\n", indent, i, i-1, i-1)
	}
	text = text[:at] + indent + "q0: {unit: kWh, expr: energy}\n" + more.String() + text[at:]
	var probs diag.List
	schema := runsSchema()
	m := Load("m.yaml", []byte(text), &probs)
	if m == nil {
		t.Fatal(probs.Err())
	}
	p := Compile(m, schema, parsePack(t, errorPack), nil, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	base := randomRuns(schema, p.Columns(), 3, 0)
	if told := checkPatterns(t, p, schema, parsePack(t, errorPack), base); told != base.Rows {
		t.Errorf("formulas of %d of %d patterns", told, base.Rows)
	}
}
