package rules

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

const (
	contestRows = 4096 // a batch as readers make them
	contestPart = 256  // rows of the virtual machine that are timed together: about as long as a batch by columns, as likely to be interrupted
)

const contestMethod = `method: bench
version: "1"
status: draft
date: "2025-01-01"
title: Columns against a virtual machine
categories: [climate_change]
kinds:
  runs:
    lookups:
      losses: {factor: losses, region: region}
    quantities:
      tiered:
        unit: kWh
        tiers:
          - {expr: energy}
          - {expr: hours * power}
          - {expr: 'count * q(1, "kWh")'}
    impacts:
      - {name: rule, perspective: service, stage: training, FLOW}
`

// contest is a rule in the forms that take part: a method's impact, the same as a formula for expr's virtual machine, and as one for a bare
// column machine where there is such a formula.
type contest struct {
	name, impact, vm, formula string
	missing                   float64 // part of the rows that lack a value, independently in each of energy, hours and power
}

var contests = []contest{
	{name: "product", vm: `energy * count * share * overhead * load`},
	{name: "conditional", vm: `count > 1.5 ? max(energy, spare) * overhead : energy * share`},
	{name: "strings", vm: `region == "FRA" && boundary == "facility" || region != "DEU" && metered ? energy * overhead : energy`},
	{name: "tiers", impact: `category: final_energy, value: tiered`, missing: 1. / 3,
		vm:      `energy != nil ? energy : hours != nil && power != nil ? hours * power : count`,
		formula: `(energy ?? (hours * power)) ?? (count * q(1, "kWh"))`},
	{name: "lookup", impact: `amount: energy * losses, factor: electricity, region: region`, vm: `energy * losses(region, year)`, formula: "-"},
}

func contestSchema() *Schema {
	s := &Schema{Kind: "runs", Year: "year"}
	for _, f := range strings.Fields("energy:kWh spare:kWh hours:h power:kW count:1 share:1 overhead:1 load:1") {
		name, unit, _ := strings.Cut(f, ":")
		s.Fields = append(s.Fields, lca.Field{Name: name, Type: lca.Number, Unit: unit})
	}
	s.Fields = append(s.Fields, lca.Field{Name: "region", Type: lca.Text}, lca.Field{Name: "boundary", Type: lca.Text}, lca.Field{Name: "metered", Type: lca.Boolean},
		lca.Field{Name: "year", Type: lca.Integer})
	return s
}

// contestColumns are numbers from 1 to 2, 30 regions, four boundaries, three years, in no order.
func contestColumns(schema *Schema, missing float64) map[string]column.Column {
	random := rand.New(rand.NewPCG(9, 10))
	regions := &column.Dict{Values: strings.Fields("FRA DEU USA")}
	for i := range 27 {
		regions.Values = append(regions.Values, fmt.Sprintf("R%02d", i))
	}
	boundaries := &column.Dict{Values: strings.Fields("device node it facility")}
	out := map[string]column.Column{}
	for _, f := range schema.Fields {
		var c column.Column
		switch f.Name {
		case "region", "boundary":
			c = column.Column{Type: column.String, Codes: make([]int32, contestRows), Dict: regions}
			if f.Name == "boundary" {
				c.Dict = boundaries
			}
		case "metered":
			c = column.Column{Type: column.Bool, Bools: make([]bool, contestRows)}
		default:
			c = column.Column{Floats: make([]float64, contestRows)}
		}
		lacking := missing > 0 && (f.Name == "energy" || f.Name == "hours" || f.Name == "power")
		if lacking {
			c.Valid = column.NewBitmap(contestRows)
		}
		for i := range contestRows {
			if lacking {
				if random.Float64() < missing {
					continue
				}
				c.Valid.Set(i)
			}
			switch {
			case c.Type == column.String:
				c.Codes[i] = int32(random.IntN(len(c.Dict.Values)))
			case c.Type == column.Bool:
				c.Bools[i] = random.IntN(2) == 0
			case f.Name == "year":
				c.Floats[i] = float64(2023 + random.IntN(3))
			default:
				c.Floats[i] = 1 + random.Float64()
			}
		}
		out[f.Name] = c
	}
	return out
}

// lossesOf is the value of a factor for a region and a year.
func lossesOf(region, year int) float64 { return 1 + float64(region)/64 + float64(year-2020)/1024 }

// contestRunner compiles the contest's rule as a method.
func contestRunner(b *testing.B, c contest, schema *Schema, columns map[string]column.Column) (*Runner, *column.Batch) {
	impact := c.impact
	if impact == "" {
		impact = "category: final_energy, value: '" + c.vm + "'"
	}
	var probs diag.List
	m := Load("bench.yaml", []byte(strings.Replace(contestMethod, "FLOW", impact, 1)), &probs)
	pack := parsePack(b, "factor losses per 1 value 1 by region year\nfactor electricity per kWh value 1 by region year")
	for code, region := range columns["region"].Dict.Values {
		for year := 2023; year <= 2025; year++ {
			name := fmt.Sprintf("losses region=%s technology= year=%d", region, year)
			pack.values[name] = FactorValue{Value: lossesOf(code, year), Name: name}
		}
	}
	p := Compile(m, schema, pack, nil, &probs)
	if err := probs.Err(); err != nil {
		b.Fatal(err)
	}
	batch := &column.Batch{Rows: contestRows, First: 1}
	for _, name := range p.Columns() {
		batch.Columns = append(batch.Columns, columns[name])
	}
	return p.NewRunner(&amounts.Space{}, pack), batch
}

// contestVM compiles the contest's formula for expr's virtual machine in the setting that is quickest: the optimizer on, one machine, and
// the values of a row in a map that holds no others (a struct of typed fields, which it reads by reflection, takes twice the time), a
// lookup by a typed function over a Go map (quicker than nested maps, or a map by a text made of both keys). The first function puts a
// row's values into a map used again for all rows and computes; the second computes from maps made before, one a row, as if rows came so.
func contestVM(b *testing.B, c contest, schema *Schema, columns map[string]column.Column) (row, ready func(i int) any) {
	type key struct {
		region string
		year   int
	}
	factors := map[key]float64{}
	for code, region := range columns["region"].Dict.Values {
		for year := 2023; year <= 2025; year++ {
			factors[key{region, year}] = lossesOf(code, year)
		}
	}
	losses := expr.Function("losses", func(x ...any) (any, error) { return factors[key{x[0].(string), x[1].(int)}], nil }, new(func(string, int) float64))
	env := map[string]any{}
	var fill []func(row int)
	for _, f := range schema.Fields {
		if !strings.Contains(c.vm, f.Name) {
			continue
		}
		c, name := columns[f.Name], f.Name
		var set func(row int)
		switch {
		case name == "year":
			env[name], set = 0, func(row int) { env[name] = int(c.Floats[row]) }
		case c.Type == column.String:
			env[name], set = "", func(row int) { env[name] = c.Dict.Values[c.Codes[row]] }
		case c.Type == column.Bool:
			env[name], set = false, func(row int) { env[name] = c.Bools[row] }
		default:
			env[name], set = 0.0, func(row int) {
				if c.Valid.Get(row) {
					env[name] = c.Floats[row]
				} else {
					env[name] = nil
				}
			}
		}
		fill = append(fill, set)
	}
	program, err := expr.Compile(c.vm, expr.Env(env), expr.Optimize(true), losses)
	if err != nil {
		b.Fatal(err)
	}
	var machine vm.VM
	run := func(env map[string]any) any {
		out, err := machine.Run(program, env)
		if err != nil {
			b.Fatal(err)
		}
		return out
	}
	give := func(i int) {
		for _, set := range fill {
			set(i)
		}
	}
	made := make([]map[string]any, contestRows)
	for i := range made {
		give(i)
		made[i] = maps.Clone(env)
	}
	return func(i int) any { give(i); return run(env) }, func(i int) any { return run(made[i]) }
}

// contestMachine compiles the contest's formula for a bare column machine, nil where it has none.
func contestMachine(b *testing.B, c contest, schema *Schema, columns map[string]column.Column) func() *vector.Vec {
	formula := c.formula
	switch formula {
	case "-":
		return nil
	case "":
		formula = c.vm
	}
	p := oracleProgram(schema)
	e := compileText(b, formula, p, schema)
	m := vector.NewMachine(p.builder)
	var slots []column.Column
	for _, f := range schema.Fields {
		slots = append(slots, columns[f.Name])
	}
	return func() *vector.Vec {
		m.Load(slots, contestRows)
		return m.Eval(e)
	}
}

// BenchmarkAgainstVM computes five rules over the same rows by columns and by expr's virtual machine, in turns, and reports what a row
// takes: of a runner, which is what a study runs, of a bare column machine, and of the virtual machine. Figures are medians over the
// turns. x is how many times quicker than the virtual machine that is given each row's values; what that machine takes where the maps of
// values are ready stands beside it.
func BenchmarkAgainstVM(b *testing.B) {
	for _, c := range contests {
		b.Run(c.name, func(b *testing.B) {
			schema := contestSchema()
			columns := contestColumns(schema, c.missing)
			r, batch := contestRunner(b, c, schema, columns)
			row, ready := contestVM(b, c, schema, columns)
			machine := contestMachine(b, c, schema, columns)
			evaluate := func() {
				if err := r.Evaluate(batch); err != nil {
					b.Fatal(err)
				}
			}
			evaluate()
			agree(b, r, machine, row, ready)
			allocations := testing.AllocsPerRun(10, evaluate)
			bare := 0.0
			if machine != nil {
				bare = testing.AllocsPerRun(10, func() { machine() })
			}

			var byRunner, byMachine, byVM, byReady []time.Duration
			for b.Loop() {
				start := time.Now()
				evaluate()
				byRunner = append(byRunner, time.Since(start))
				if machine != nil {
					start = time.Now()
					machine()
					byMachine = append(byMachine, time.Since(start))
				}
				for first := 0; first < contestRows; first += contestPart {
					start = time.Now()
					for i := range contestPart {
						row(first + i)
					}
					byVM = append(byVM, time.Since(start))
					start = time.Now()
					for i := range contestPart {
						ready(first + i)
					}
					byReady = append(byReady, time.Since(start))
				}
			}
			theirs := perRow(byVM, contestPart)
			b.ReportMetric(0, "ns/op") // of a turn of all sides: says nothing
			b.ReportMetric(theirs, "ns/row-vm")
			b.ReportMetric(perRow(byReady, contestPart), "ns/row-vm-ready")
			b.ReportMetric(perRow(byRunner, contestRows), "ns/row-runner")
			b.ReportMetric(theirs/perRow(byRunner, contestRows), "x-runner")
			if machine != nil {
				b.ReportMetric(perRow(byMachine, contestRows), "ns/row-machine")
				b.ReportMetric(theirs/perRow(byMachine, contestRows), "x-machine")
			}
			b.ReportMetric(allocations+bare, "allocs/batch")
		})
	}
}

// agree compares the results of all sides, row by row, to the bit.
func agree(b *testing.B, r *Runner, machine func() *vector.Vec, row, ready func(i int) any) {
	flow := r.Flow(0)
	if len(flow.Rows) != contestRows || len(flow.Missing) != 0 {
		b.Fatalf("the runner has %d rows and misses %d", len(flow.Rows), len(flow.Missing))
	}
	var v *vector.Vec
	if machine != nil {
		v = machine()
	}
	for i := range contestRows {
		want := row(i).(float64)
		if got := ready(i).(float64); !sameBits(got, want) {
			b.Fatalf("row %d: the virtual machine gives %v and %v", i, want, got)
		}
		got := 0.0
		for _, t := range flow.Terms {
			if t.Present.Get(i) {
				got += float64(t.Coefficient[i] * r.space.Monomials.Value(t.Mono(int32(i))))
			}
		}
		if !sameBits(got, want) {
			b.Fatalf("row %d: the runner gives %v, the virtual machine %v", i, got, want)
		}
		if v != nil {
			if !v.Has(i) || !sameBits(v.Float(i), want) {
				b.Fatalf("row %d: the machine gives %v, the virtual machine %v", i, vecCell(v, i), want)
			}
		}
	}
}

// perRow is the median of what turns over a number of rows took, per row.
func perRow(turns []time.Duration, rows float64) float64 {
	slices.Sort(turns)
	return float64(turns[len(turns)/2].Nanoseconds()) / rows
}
