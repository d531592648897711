package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Trial is an example whose names and units are known to be right, ready to be run.
type Trial struct {
	Example *Example

	m        *Method // with what is expected of quantities as functional units beside those of the method
	schema   *Schema
	units    FactorUnits
	program  *Program // once it has run
	row      map[string]exampleCell
	factors  []trialFactor
	expected []expectation
}

// trialFactor is a factor's value in the unit that formulas and impacts take it in.
type trialFactor struct {
	*ExampleFactor
	value float64
	class int
}

// expectation is one value that the example expects: of a flow, in one category where the flow is multiplied by a factor.
type expectation struct {
	name     string
	quantity string // the quantity or rung that it is about; empty of impacts and functional units
	flow     int
	category string
	at       *document.Node

	missing bool
	value   float64   // in due
	due     unit.Unit // of the flow's result
	given   unit.Unit
	class   int // expected quality class, -1 for a value
	tier    int // expected tier, from 1; 0 for a value
}

// NewTrial checks an example against a kind's columns, the factors' definitions and the method's names. It is nil where the example has problems,
// which go to probs; those of the method itself are not told again.
func NewTrial(m *Method, e *Example, kinds Kinds, factors FactorUnits, probs *diag.List) *Trial {
	before := probs.Count(diag.Error)
	schema, _, ok := kinds.Schema(e.Kind)
	at := slices.IndexFunc(m.Kinds, func(k KindRules) bool { return k.Kind == e.Kind })
	if at < 0 {
		p := e.At.Get("kind").Problem(diag.UnknownName, "the method has no rules for %q", excerpt(e.Kind))
		var names []string
		for _, k := range m.Kinds {
			if _, _, known := kinds.Schema(k.Kind); known {
				names = append(names, k.Kind)
			}
		}
		if near := diag.Nearest(e.Kind, names); near != "" {
			p.Hint = "did you mean " + near + "?"
		} else if len(names) > 0 {
			p.Hint = "one of " + strings.Join(names, ", ")
		}
		probs.Add(p)
		return nil
	}
	if !ok {
		return nil // a kind that there is not is reported where the method has rules for it
	}
	t := &Trial{Example: e, units: factors}
	r := rowReader{kinds: kinds, kind: e.Kind, probs: probs}
	t.row = r.row(e.Row, schema.Fields)
	t.schema = r.tables(e, schema, t.row)
	t.countable()
	t.readFactors(m, factors, probs)
	kind := m.Kinds[at]
	kind.Units = slices.Concat(kind.Units, kind.shareUnits()) // an example may expect what a row counts for a sharing out
	n := namer{m: m, kind: &kind, probs: probs}
	t.expected = n.expectations(e)
	if probs.Count(diag.Error) > before {
		return nil
	}
	own := *m.With(e.Choices, probs)
	if probs.Count(diag.Error) > before {
		return nil
	}
	own.Kinds = slices.Clone(m.Kinds)
	own.Kinds[at].Units, own.Kinds[at].Shares = append(kind.Units, n.asked...), nil
	t.m = &own
	return t
}

// noYear is a column without values.
const noYear = " year"

// countable gives a kind whose rows have no period a year that no row has: functional units ask for one.
func (t *Trial) countable() {
	if t.schema.From+t.schema.To+t.schema.Year == "" {
		t.schema.Fields = append(slices.Clone(t.schema.Fields), lca.Field{Name: noYear, Type: lca.Integer})
		t.schema.Year = noYear
	}
}

// readFactors checks names, keys and units of an example's factors.
func (t *Trial) readFactors(m *Method, factors FactorUnits, probs *diag.List) {
	seen := map[[5]string]bool{}
	for i := range t.Example.Factors {
		f := &t.Example.Factors[i]
		per, value, keys, ok := factors.FactorUnit(f.Factor)
		if !ok {
			p := f.At.Get("factor").Problem(diag.UnknownName, "the factor pack has no factor %q", excerpt(f.Factor))
			if near := diag.Nearest(f.Factor, m.factorNames()); near != "" {
				p.Hint = "did you mean " + near + "?"
			}
			probs.Add(p)
			continue
		}
		year := ""
		if f.Year != 0 {
			year = strconv.Itoa(f.Year)
		}
		for _, k := range [][2]string{{"region", f.Region}, {"technology", f.Technology}, {"year", year}} {
			if k[1] != "" && !slices.Contains(keys, k[0]) {
				by := "nothing"
				if len(keys) > 0 {
					by = strings.Join(keys, ", ")
				}
				probs.Add(f.At.Get(k[0]).Problem(diag.UnknownKey, "%s is not found by %s, but by %s", f.Factor, k[0], by))
			}
		}
		if key := [5]string{f.Factor, f.Category, f.Region, f.Technology, year}; seen[key] {
			probs.Add(f.At.Problem(diag.DuplicateName, "the example has two values of %s for one key", f.Factor))
		} else {
			seen[key] = true
		}
		due := value
		if c, known := lca.Words().Category(f.Category); known {
			due = unit.MustParse(c.Unit).Div(per)
		} else if f.Category != "" {
			continue // reported by the loader
		}
		u, err := unit.Parse(f.Unit)
		if err != nil {
			probs.Add(f.At.Get("unit").Problem(diag.BadUnit, "%v", err))
			continue
		}
		scale, fits := unit.Factor(u, due)
		if !fits {
			p := f.At.Get("unit").Problem(diag.UnitMismatch, "%s is due in %s, not in %s", f.Factor, show(due), show(u))
			p.Why = fmt.Sprintf("%s is %s; %s is %s", show(due), due.Dimension(), show(u), u.Dimension())
			if f.Category == "" {
				p.Hint = "a burden says its category"
			}
			probs.Add(p)
			continue
		}
		t.factors = append(t.factors, trialFactor{f, float64(f.Value * scale), max(class(f.Class), 0)})
	}
}

// factorNames are the factors that the method names.
func (m *Method) factorNames() []string {
	var out []string
	add := func(name string) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, u := range m.Factors {
		add(u.Factor)
	}
	for _, l := range m.common.Lookups {
		add(l.Factor)
	}
	for _, k := range m.Kinds {
		for _, l := range k.Block.Lookups {
			add(l.Factor)
		}
		for _, r := range k.Impacts {
			add(r.Factor)
		}
	}
	return out
}

// batch is the example's row as the program reads it.
func (t *Trial) batch() *column.Batch {
	b := &column.Batch{Rows: 1, First: 1}
	for _, name := range t.program.Columns() {
		for _, f := range t.schema.Fields {
			if f.Name == name {
				b.Columns = append(b.Columns, columnOf(f, []exampleCell{t.row[name]}))
			}
		}
	}
	return b
}

// find is the first of the example's values for a key.
func (t *Trial) find(factor, category, region, technology string, year int) (*trialFactor, bool) {
	for i := range t.factors {
		f := &t.factors[i]
		if f.Factor == factor && f.Category == category && (f.Region == "" || f.Region == region) &&
			(f.Technology == "" || f.Technology == technology) && (f.Year == 0 || f.Year == year) {
			return f, true
		}
	}
	return nil, false
}

// FactorValue finds what a lookup inside a formula takes.
func (t *Trial) FactorValue(use FactorUse, region, technology string, year int) (FactorValue, bool) {
	f, ok := t.find(use.Factor, "", region, technology, year)
	if !ok {
		return FactorValue{}, false
	}
	return FactorValue{Value: f.value, Class: f.class, Name: fmt.Sprintf("factor %s %q %q %d", use.Factor, region, technology, year)}, true
}
