package rules

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Ask is a place of a method where a factor's value is looked for, with the formulas that give its region and its technology; nil for none.
type Ask struct {
	Factor             string // the method's own name for it
	Region, Technology *document.Node
}

// Asks lists where the rules for a kind look for factors: lookups, those that kinds share included, impacts and what drops them.
func (m *Method) Asks(kind string) []Ask {
	var out []Ask
	lookups := func(b *Block) {
		for _, l := range b.Lookups {
			out = append(out, Ask{l.Factor, l.Region, l.Technology})
		}
	}
	for _, k := range m.Kinds {
		if k.Kind != kind {
			continue
		}
		lookups(&k.Block)
		lookups(&m.common)
		for _, r := range k.Impacts {
			if r.Factor != "" {
				out = append(out, Ask{r.Factor, r.Region, r.Technology})
			}
			for _, u := range r.Unless {
				out = append(out, Ask{u.Factor, nil, u.Technology})
			}
		}
	}
	return out
}

// Readings are quantities of a method compiled to be read off rows of a kind, beside what its impacts need.
type Readings struct {
	program *Program
	flows   []int
	units   []unit.Unit
	runner  *Runner
	space   *amounts.Space
}

// CompileReadings compiles quantities by name, with the rung where they stand on a ladder: "run_energy.it". Each name is a single value of a document, at
// which its problems are told. The result is nil where there are any.
func CompileReadings(m *Method, schema *Schema, factors FactorUnits, names []*document.Node, probs *diag.List) *Readings {
	before := probs.Count(diag.Error)
	at := slices.IndexFunc(m.Kinds, func(k KindRules) bool { return k.Kind == schema.Kind })
	if at < 0 {
		for _, name := range names {
			probs.Add(name.Problem(diag.UnknownName, "the method %s has no rules for %s, and so no quantity of it", m.Ref(), schema.Kind))
		}
		return nil
	}
	n := namer{m: m, kind: &m.Kinds[at], probs: probs}
	r := &Readings{}
	for _, name := range names {
		t, ok := n.target(name.Text, name, name.Place)
		if ok && t.quantity == nil {
			probs.Add(name.Problem(diag.BadValue, "%s is no quantity", excerpt(name.Text)))
		}
		r.flows, r.units = append(r.flows, t.flow), append(r.units, t.due)
	}
	if probs.Count(diag.Error) > before {
		return nil
	}
	own := *m
	own.Kinds = slices.Clone(m.Kinds)
	own.Kinds[at].Units = append(slices.Clone(m.Kinds[at].Units), n.asked...)
	if schema.From+schema.To+schema.Year == "" { // functional units ask for a period
		dated := *schema
		dated.Fields = append(slices.Clone(schema.Fields), lca.Field{Name: noYear, Type: lca.Integer})
		dated.Year = noYear
		schema = &dated
	}
	r.program = Compile(&own, schema, factors, nil, probs)
	if probs.Count(diag.Error) > before {
		return nil
	}
	return r
}

// Columns are those of the batches that Evaluate takes, in order. A column that the kind does not have is missing in every row.
func (r *Readings) Columns() []string { return r.program.Columns() }

// Unit is that of a reading's values.
func (r *Readings) Unit(i int) unit.Unit { return r.units[i] }

// Evaluate computes a batch.
func (r *Readings) Evaluate(b *column.Batch, factors FactorValues) error {
	if r.runner == nil {
		r.space = &amounts.Space{}
		r.runner = r.program.NewRunner(r.space, factors)
		r.runner.Start()
	}
	return r.runner.Evaluate(b)
}

// Start forgets the dictionaries of the part before.
func (r *Readings) Start() {
	if r.runner != nil {
		r.runner.Start()
	}
}

// Value is a reading of a row of the last batch; why says what the row lacks where it has none.
func (r *Readings) Value(i, row int) (value float64, why string, ok bool) {
	f := r.runner.Flow(r.flows[i])
	if !slices.Contains(f.Rows, int32(row)) {
		return 0, r.runner.Lacking(r.flows[i], row), false
	}
	for k := range f.Terms {
		term := &f.Terms[k]
		if !term.Present.Get(row) {
			continue
		}
		monomial := term.Monomial
		if term.Monomials != nil {
			monomial = term.Monomials[row]
		}
		value += float64(term.Coefficient[row] * r.space.Monomials.Value(monomial))
	}
	return value, "", true
}
