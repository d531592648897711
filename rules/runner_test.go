package rules

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// randomRuns makes a batch for a program: numbers from 1 to 2, a few words, dates in 2023 and 2024, a part of all values missing.
func randomRuns(schema *Schema, names []string, rows int, missing float64) *column.Batch {
	r := rand.New(rand.NewPCG(7, 8))
	words := map[string][]string{"region": {"FRA", "DEU", "USA"}, "operator": {"google", "other"}, "hardware_id": {"gpu", "host"}, "energy_boundary": {"device", "node", "it", "facility"},
		"power_boundary": {"device", "node", "it"}, "energy_basis": {"metered", "declared", "estimated"}, "quality": {"measured", "reported"}}
	b := &column.Batch{Rows: rows, First: 1}
	for _, name := range names {
		f := schema.Fields[slices.IndexFunc(schema.Fields, func(f lca.Field) bool { return f.Name == name })]
		c := column.Column{Floats: make([]float64, rows), Valid: column.NewBitmap(rows)}
		if f.Type == lca.Boolean {
			c = column.Column{Type: column.Bool, Bools: make([]bool, rows), Valid: c.Valid}
		}
		if f.Type == lca.Text {
			c = column.Column{Type: column.String, Codes: make([]int32, rows), Dict: &column.Dict{Values: words[name]}, Valid: c.Valid}
			if c.Dict.Values == nil {
				c.Dict.Values = []string{"x"}
			}
		}
		for i := range rows {
			if r.Float64() < missing {
				continue
			}
			c.Valid.Set(i)
			switch {
			case f.Type == lca.Text:
				c.Codes[i] = int32(r.IntN(len(c.Dict.Values)))
			case f.Type == lca.Boolean:
				c.Bools[i] = r.IntN(2) == 0
			case f.Type == lca.Date:
				c.Floats[i] = 19400 + float64(r.IntN(600)) // 2023-02-12 on
			case f.Type == lca.Integer:
				c.Floats[i] = 2024
			default:
				c.Floats[i] = 1 + r.Float64()
			}
		}
		b.Columns = append(b.Columns, c)
	}
	return b
}

// observatoryRunner evaluates the embedded method for a kind.
func observatoryRunner(t testing.TB, kind string, rows int, missing float64) (*Runner, *column.Batch) {
	t.Helper()
	p, schema, pack := observatoryProgram(t, kind)
	return p.NewRunner(&amounts.Space{}, pack), randomRuns(schema, p.Columns(), rows, missing)
}

// observatoryProgram compiles the embedded method for a kind, with a value for each region and operator.
func observatoryProgram(t testing.TB, kind string) (*Program, *Schema, fakePack) {
	t.Helper()
	pack := openPack(t)
	for _, year := range []string{"2023", "2024"} {
		for i, region := range []string{"FRA", "DEU"} {
			pack.values["grid_losses region="+region+" technology= year="+year] = FactorValue{Value: 1 + 0.1*float64(i), Name: "losses " + region + year}
		}
		pack.values["pue region= technology=google year="+year] = FactorValue{Value: 1.1, Name: "pue google " + year}
		pack.values["wue region= technology=google year="+year] = FactorValue{Value: 1, Name: "wue google " + year}
	}
	schema := kindSchema(t, "../datasets/kinds/"+kind+".yaml")
	var probs diag.List
	p := Compile(observatory(t), schema, pack, nil, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return p, schema, pack
}

func TestARunnerAllocatesNothingOnceItIsWarm(t *testing.T) {
	for _, kind := range []string{"training_runs", "deployments", "fleet"} {
		r, b := observatoryRunner(t, kind, 1000, 0.3)
		r.Evaluate(b)
		if got := testing.AllocsPerRun(10, func() { r.Evaluate(b); r.Keep() }); got != 0 {
			t.Errorf("%s: %v allocations a batch", kind, got)
		}
	}
}

// What a runner gives for a row depends on that row alone: not on the batch that it stands in, nor on the batches before, nor on parts between.
func TestABatchTakesNothingFromTheOnesBefore(t *testing.T) {
	print := func(r *Runner, b *column.Batch) string {
		if err := r.Evaluate(b); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for f := range r.p.Flows {
			flow := r.Flow(f)
			for _, row := range flow.Rows {
				out.WriteString(className(flow.Class[row]) + sumOf(r.space, flow.Terms, int(row)))
				if flow.Lookup != nil {
					out.WriteString(tupleOf(r.space, " at", flow.Lookup[row]))
				}
				out.WriteString("\n")
			}
			out.WriteString("missing")
			for _, row := range flow.Missing {
				out.WriteString(" " + string(rune('0'+row%64)))
			}
			out.WriteString("\n")
		}
		for q := range r.p.quantities {
			if g := r.Quantity(q); g != nil {
				for row := range b.Rows {
					if g.Valid.Get(row) {
						out.WriteString(className(g.Class[row])[:2])
					} else {
						out.WriteString("- ")
					}
				}
				out.WriteString("\n")
			}
		}
		return out.String()
	}
	for _, kind := range []string{"training_runs", "deployments", "fleet"} {
		fresh, b := observatoryRunner(t, kind, 130, 0.4)
		want := print(fresh, b)
		used, other := observatoryRunner(t, kind, 130, 0)
		print(used, other)
		empty := *b
		empty.Rows = 0
		empty.Columns = slices.Clone(b.Columns)
		for i := range empty.Columns {
			c := &empty.Columns[i]
			c.Floats, c.Codes, c.Valid = c.Floats[:0], c.Codes[:0], nil
		}
		print(used, &empty)
		used.Start()
		if got := print(used, b); got != want {
			t.Errorf("%s: after other batches another result", kind)
		}
	}
}

func benchmarkObservatory(b *testing.B, kind string, missing float64) {
	r, batch := observatoryRunner(b, kind, 4096, missing)
	b.ReportAllocs()
	for b.Loop() {
		r.Evaluate(batch)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096, "ns/row")
}

// All rules of the observatory's method for training runs: 12 flows over tiers, a ladder and three lookups.
func BenchmarkObservatoryTrainingRuns(b *testing.B) { benchmarkObservatory(b, "training_runs", 0) }
func BenchmarkObservatoryWithAThirdMissing(b *testing.B) {
	benchmarkObservatory(b, "training_runs", 0.3)
}
func BenchmarkObservatoryFleetWithAThirdMissing(b *testing.B) { benchmarkObservatory(b, "fleet", 0.3) }
